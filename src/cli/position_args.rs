//! Where positions stand in a file, and in which datum or reference system.

use crate::{geometry::Datum, intake::Mapping};

/// What the flags say goes before what the mapping says.
#[derive(Debug, clap::Args)]
pub struct PositionArgs {
    /// Column of the longitude; found by its name if left out
    #[arg(long, value_name = "COLUMN", requires = "lat", conflicts_with_all = ["x", "wkt"])]
    lon: Option<String>,
    /// Column of the latitude
    #[arg(long, value_name = "COLUMN", requires = "lon")]
    lat: Option<String>,
    /// Column of the easting, with --crs
    #[arg(long, value_name = "COLUMN", requires_all = ["y", "crs"], conflicts_with = "wkt")]
    x: Option<String>,
    /// Column of the northing
    #[arg(long, value_name = "COLUMN", requires = "x")]
    y: Option<String>,
    /// Column of the position or shape as well-known text
    #[arg(long, value_name = "COLUMN")]
    wkt: Option<String>,
    /// Datum of longitudes and latitudes: wgs84, gcj02 or bd09
    #[arg(long, value_name = "DATUM")]
    pub datum: Option<Datum>,
    /// Reference system of the coordinates, if not longitude and latitude
    #[arg(long, value_name = "EPSG:N")]
    pub crs: Option<String>,
}

impl PositionArgs {
    /// Lets `mapping` read positions from the columns that the flags name.
    pub fn apply(&self, mapping: &mut Mapping) {
        if self.lon.is_some() || self.x.is_some() || self.wkt.is_some() {
            let position = &mut mapping.position;
            (position.lon, position.lat) = (self.lon.clone(), self.lat.clone());
            (position.x, position.y) = (self.x.clone(), self.y.clone());
            (position.wkt, position.unit) = (self.wkt.clone(), None);
        }
    }
}
