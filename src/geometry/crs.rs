//! Coordinate reference systems of files, by EPSG code.

use super::{LonLat, PositionError, epsg::definition};
use geo::{Coord, MapCoords};
use proj4rs::{Proj, transform::transform};
use std::fmt;

/// A coordinate reference system that coordinates can be brought from and to.
///
/// x is the easting (or longitude) and y the northing (or latitude), as files carry them, whatever their format. In
/// what order an *authority* names the two is another matter: see [`Self::authority_order`].
#[derive(Clone)]
pub struct Crs {
    epsg: u32,
    order: AxisOrder,
    proj: Proj,
    wgs84: Proj,
}

/// Which coordinate comes first where the authority's own order is asked for (e.g. `Content-Crs` answers, WFS, GML).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisOrder {
    /// Longitude or easting first.
    EastNorth,
    /// Latitude or northing first.
    NorthEast,
}

/// Why there is no such reference system, or no position for coordinates in it.
#[derive(Debug, thiserror::Error)]
pub enum CrsError {
    #[error(
        "EPSG:{0} is not known; known are 4326, 4490, 4269, 3857, CGCS2000 Gauss–Krüger 4491–4554, UTM 32601–32660, \
         32701–32760 and 26901–26923, and 2229, 2263"
    )]
    Unknown(u32),
    #[error("EPSG:{epsg} can't be used: {reason}")]
    Unsupported { epsg: u32, reason: String },
    #[error("x {x}, y {y} is no place in EPSG:{epsg}: {reason}")]
    NoPlace { epsg: u32, x: f64, y: f64, reason: String },
    #[error("x {x}, y {y} of EPSG:{epsg}: {source}")]
    Position { epsg: u32, x: f64, y: f64, source: PositionError },
}

impl Crs {
    /// # Errors
    /// [`CrsError::Unknown`] for a code without definition, [`CrsError::Unsupported`] where its projection is not implemented.
    pub fn from_epsg(epsg: u32) -> Result<Self, CrsError> {
        let (definition, order) = definition(epsg).ok_or(CrsError::Unknown(epsg))?;
        let unsupported = |error: proj4rs::errors::Error| CrsError::Unsupported { epsg, reason: error.to_string() };
        let proj = Proj::from_proj_string(&definition).map_err(unsupported)?;
        let wgs84 = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(unsupported)?;
        if !proj.has_inverse() || !proj.has_forward() {
            return Err(CrsError::Unsupported { epsg, reason: "its projection has no inverse".to_owned() });
        }
        Ok(Self { epsg, order, proj, wgs84 })
    }

    /// The EPSG code.
    #[must_use]
    pub fn epsg(&self) -> u32 {
        self.epsg
    }

    /// Whether coordinates are degrees of longitude and latitude.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        self.proj.is_latlong()
    }

    /// The position of easting `x`, northing `y` (in the system's own unit; degrees if it is geographic) in WGS 84.
    ///
    /// # Errors
    /// [`CrsError::NoPlace`] where the projection has no such place, [`CrsError::Position`] for degrees out of range.
    pub fn to_lonlat(&self, x: f64, y: f64) -> Result<LonLat, CrsError> {
        let place = if self.is_wgs84() { Coord { x, y } } else { self.coord_to_wgs84(Coord { x, y })? };
        LonLat::from_degrees(place.x, place.y).map_err(|source| CrsError::Position { epsg: self.epsg, x, y, source })
    }

    /// Easting and northing of a position.
    ///
    /// # Errors
    /// [`CrsError::NoPlace`] where the projection does not reach.
    pub fn from_lonlat(&self, position: LonLat) -> Result<(f64, f64), CrsError> {
        let place = self.coord_from_wgs84(position.to_point().0)?;
        Ok((place.x, place.y))
    }

    /// A whole geometry in WGS 84 longitude and latitude, vertex by vertex.
    ///
    /// # Errors
    /// As [`Self::to_lonlat`], for the first vertex concerned.
    pub fn geometry_to_lonlat<G: MapCoords<f64, f64>>(&self, geometry: &G) -> Result<G::Output, CrsError> {
        geometry.try_map_coords(|at| self.to_lonlat(at.x, at.y).map(|position| position.to_point().0))
    }

    /// A whole WGS 84 geometry in this system, vertex by vertex.
    ///
    /// # Errors
    /// As [`Self::from_lonlat`], for the first vertex concerned.
    pub fn geometry_from_lonlat<G: MapCoords<f64, f64>>(&self, geometry: &G) -> Result<G::Output, CrsError> {
        geometry.try_map_coords(|at| self.coord_from_wgs84(at))
    }

    /// The order in which EPSG itself names the axes: latitude or northing first for geographic systems and for CGCS2000's
    /// Gauss–Krüger zones, easting first for the others here. Files do not follow it.
    #[must_use]
    pub fn authority_order(&self) -> AxisOrder {
        self.order
    }

    /// Degrees that need no change: WGS 84, and CGCS2000, which is equal at the metre level.
    fn is_wgs84(&self) -> bool {
        matches!(self.epsg, 4326 | 4490)
    }

    fn coord_to_wgs84(&self, at: Coord) -> Result<Coord, CrsError> {
        let geographic = self.is_geographic();
        let mut place = if geographic { (at.x.to_radians(), at.y.to_radians(), 0.0) } else { (at.x, at.y, 0.0) };
        transform(&self.proj, &self.wgs84, &mut place).map_err(|error| self.no_place(at, &error.to_string()))?;
        self.finite(at, Coord { x: place.0.to_degrees(), y: place.1.to_degrees() })
    }

    fn coord_from_wgs84(&self, at: Coord) -> Result<Coord, CrsError> {
        if self.is_wgs84() {
            return Ok(at);
        }
        let mut place = (at.x.to_radians(), at.y.to_radians(), 0.0);
        transform(&self.wgs84, &self.proj, &mut place).map_err(|error| self.no_place(at, &error.to_string()))?;
        let geographic = self.is_geographic();
        let (x, y) = if geographic { (place.0.to_degrees(), place.1.to_degrees()) } else { (place.0, place.1) };
        self.finite(at, Coord { x, y })
    }

    fn finite(&self, from: Coord, to: Coord) -> Result<Coord, CrsError> {
        if to.x.is_finite() && to.y.is_finite() {
            Ok(to)
        } else {
            Err(self.no_place(from, "the projection does not reach there"))
        }
    }

    fn no_place(&self, at: Coord, reason: &str) -> CrsError {
        CrsError::NoPlace { epsg: self.epsg, x: at.x, y: at.y, reason: reason.to_owned() }
    }
}

impl fmt::Debug for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crs").field("epsg", &self.epsg).finish_non_exhaustive()
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.epsg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::distance_m;

    fn crs(epsg: u32) -> Crs {
        Crs::from_epsg(epsg).unwrap()
    }

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::from_degrees(lon, lat).unwrap()
    }

    /// Code, longitude, latitude, easting, northing by PROJ 9.5.1 (pyproj 3.7.2).
    const PROJ: &[(u32, f64, f64, f64, f64)] = &[
        (4547, 113.0, 23.01, 397_481.378_538, 2_545_994.752_451),
        (3857, 110.55, 29.35, 12_306_369.707_196, 3_420_269.061_406),
        (2263, -73.878_620_09, 40.710_518_93, 1_017_901.000_816, 198_161.014_986),
        (2229, -118.266_861_909, 34.073_216_645, 6_480_851.303_260, 1_849_134.406_269),
        (32649, 110.55, 29.35, 456_318.262_430, 3_246_847.708_716),
        (32749, 110.55, -29.35, 456_318.262_430, 6_753_152.291_284),
        (26910, -122.4, 37.7, 552_892.516_321, 4_172_699.609_461),
        (4491, 76.0, 30.0, 13_596_488.748_067, 3_320_534.436_436),
        (4507, 106.2, 29.35, 616_535.077_996, 3_248_661.057_843),
    ];

    #[test]
    fn agrees_with_proj() {
        for &(epsg, lon, lat, x, y) in PROJ {
            let got = crs(epsg).from_lonlat(at(lon, lat)).unwrap();
            assert!((got.0 - x).abs() < 1e-4 && (got.1 - y).abs() < 1e-4, "EPSG:{epsg} {got:?}");
            assert!(distance_m(crs(epsg).to_lonlat(x, y).unwrap(), at(lon, lat)) < 1e-4, "EPSG:{epsg}");
        }
    }

    #[test]
    fn all_zones_of_cgcs2000() {
        // East of each central meridian the plane is the same but for the zone number: PROJ's values 1.3° east, 29.35° N.
        let (x, y) = (626_247.173_130_629_7, 3_248_764.928_590_251);
        for zone in 0..21 {
            let place = at(75.0 + 3.0 * f64::from(zone) + 1.3, 29.35);
            let plain = crs(4534 + zone).from_lonlat(place).unwrap();
            let numbered = crs(4513 + zone).from_lonlat(place).unwrap();
            assert!((plain.0 - x).abs() < 1e-6 && (plain.1 - y).abs() < 1e-6, "{plain:?}");
            assert!((numbered.0 - plain.0 - f64::from(25 + zone) * 1e6).abs() < 1e-6 && (numbered.1 - plain.1).abs() < 1e-6);
            assert!(distance_m(crs(4513 + zone).to_lonlat(numbered.0, numbered.1).unwrap(), place) < 1e-6);
        }
    }

    #[test]
    fn degrees_pass_unchanged() {
        for epsg in [4326, 4490] {
            assert_eq!(crs(epsg).to_lonlat(113.0, 23.01).unwrap(), at(113.0, 23.01));
            assert_eq!(crs(epsg).from_lonlat(at(113.0, 23.01)).unwrap(), (113.0, 23.01));
            assert!(matches!(crs(epsg).to_lonlat(23.01, 113.0), Err(CrsError::Position { .. })));
        }
    }

    #[test]
    fn the_authority_has_its_own_order() {
        for epsg in [4326, 4490, 4513, 4547, 4554] {
            assert_eq!(crs(epsg).authority_order(), AxisOrder::NorthEast);
        }
        for epsg in [3857, 2263, 32649] {
            assert_eq!(crs(epsg).authority_order(), AxisOrder::EastNorth);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(matches!(Crs::from_epsg(1), Err(CrsError::Unknown(1))));
        assert!(crs(4547).to_lonlat(f64::NAN, 0.0).is_err());
        assert!(crs(3857).from_lonlat(at(0.0, 90.0)).is_err());
    }
}
