//! Positions, boxes, datums, coordinate reference systems; areas in m² and distances in m on the ellipsoid.
//!
//! An edge is the straight segment between two stored longitude/latitude vertices, for containment, area and distance
//! alike, so a vertex inserted on it changes nothing.

mod bbox;
mod compactness;
mod crs;
mod datum;
mod densify;
mod ellipsoid;
mod epsg;
mod flaw;
mod lonlat;
mod measure;
mod valid;
pub(crate) mod vicinity;

pub use bbox::BBox;
pub use compactness::Compactness;
pub use crs::{AxisOrder, Crs, CrsError};
pub use datum::{Datum, UnknownDatum};
pub use densify::{LONGEST_EDGE_M, densified};
pub use flaw::Flaw;
pub use lonlat::{LonLat, PositionError};
pub use measure::{area_m2, area_m2_polygon, distance_m, distance_to_border_m, perimeter_m};
pub use valid::{InvalidShape, Mended, Repair, find_flaw, mend};

/// EPSG code of what Wangge stores: WGS 84 longitude/latitude (CGCS2000, EPSG:4490, is equal at the metre level).
pub const SRID: i32 = 4326;
