//! A position on the ground.

use std::fmt;

/// Longitude and latitude in degrees, WGS 84 (EPSG:4326), longitude first. Always finite and in range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// Why two numbers are not a position.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PositionError {
    #[error("longitude {0} is outside -180..180")]
    Longitude(f64),
    #[error("latitude {0} is outside -90..90")]
    Latitude(f64),
}

impl LonLat {
    /// `lon`, `lat`: degrees.
    ///
    /// # Errors
    /// [`PositionError`] where a coordinate is not finite or out of range.
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PositionError::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PositionError::Latitude(lat));
        }
        Ok(Self { lon, lat })
    }

    /// Longitude in degrees.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    #[must_use]
    pub fn to_point(self) -> geo::Point {
        geo::Point::new(self.lon, self.lat)
    }
}

impl TryFrom<geo::Point> for LonLat {
    type Error = PositionError;

    fn try_from(point: geo::Point) -> Result<Self, PositionError> {
        Self::from_degrees(point.x(), point.y())
    }
}

impl fmt::Display for LonLat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} {:.6}", self.lon, self.lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_position() {
        assert_eq!(LonLat::from_degrees(181.0, 0.0), Err(PositionError::Longitude(181.0)));
        assert_eq!(LonLat::from_degrees(0.0, -90.5), Err(PositionError::Latitude(-90.5)));
        assert!(LonLat::from_degrees(f64::NAN, 0.0).is_err());
        assert!(LonLat::from_degrees(-180.0, 90.0).is_ok());
    }
}
