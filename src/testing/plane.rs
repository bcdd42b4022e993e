//! A small plane in metres on which the generators draw, and its way to longitude and latitude.

use crate::geometry::LonLat;
use geo::{Area, MultiPolygon};

/// A position or direction in metres: x east, y north.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Xy {
    pub x: f64,
    pub y: f64,
}

impl Xy {
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        self.distance_squared(other).sqrt()
    }

    #[must_use]
    pub fn distance_squared(self, other: Self) -> f64 {
        let d = other - self;
        d.x * d.x + d.y * d.y
    }

    /// From `self` (t = 0) to `other` (t = 1).
    #[must_use]
    pub fn towards(self, other: Self, t: f64) -> Self {
        self + (other - self) * t
    }

    /// Twice the signed area of the triangle `self`, `b`, `c`: positive if it is counter-clockwise.
    #[must_use]
    pub fn turn(self, b: Self, c: Self) -> f64 {
        (b.x - self.x) * (c.y - self.y) - (b.y - self.y) * (c.x - self.x)
    }

    /// Distance to the segment from `a` to `b`.
    #[must_use]
    pub fn distance_to_segment(self, a: Self, b: Self) -> f64 {
        let (ab, ap) = (b - a, self - a);
        let length = ab.x * ab.x + ab.y * ab.y;
        let t = if length > 0.0 { ((ap.x * ab.x + ap.y * ab.y) / length).clamp(0.0, 1.0) } else { 0.0 };
        self.distance(a.towards(b, t))
    }
}

impl std::ops::Add for Xy {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl std::ops::Sub for Xy {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl std::ops::Mul<f64> for Xy {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// The plane that touches the ellipsoid at a centre; good to about 1 in 10,000 within 10 km of it.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    centre: LonLat,
    /// Metres to a degree of longitude and of latitude at the centre.
    lon_m: f64,
    lat_m: f64,
}

impl Plane {
    /// The plane at 110.55 E 29.35 N. The lengths of a degree on WGS 84 there are written out, since `cos` is not the same on
    /// every machine.
    ///
    /// # Panics
    /// Never: the centre is a valid position.
    #[must_use]
    pub fn suoxiyu() -> Self {
        let centre = LonLat::from_degrees(110.55, 29.35).expect("a valid position");
        Self { centre, lon_m: 97_108.849, lat_m: 110_841.561 }
    }

    /// The position of `at`, rounded to 7 decimals of a degree (about 1 cm).
    ///
    /// # Panics
    /// If `at` lies farther away than the earth is round.
    #[must_use]
    pub fn to_lonlat(&self, at: Xy) -> LonLat {
        let lon = round_7(self.centre.lon() + at.x / self.lon_m);
        let lat = round_7(self.centre.lat() + at.y / self.lat_m);
        LonLat::from_degrees(lon, lat).expect("a subdistrict does not reach round the earth")
    }

    /// The area on the plane. It may be used for decisions, being the same on every machine; that on the ellipsoid, which takes
    /// sines, may not.
    #[must_use]
    pub fn area_m2(&self, shape: &MultiPolygon) -> f64 {
        shape.unsigned_area() * self.lon_m * self.lat_m
    }

    #[must_use]
    pub fn to_xy(&self, at: LonLat) -> Xy {
        Xy::new((at.lon() - self.centre.lon()) * self.lon_m, (at.lat() - self.centre.lat()) * self.lat_m)
    }
}

fn round_7(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_within_a_centimetre() {
        let plane = Plane::suoxiyu();
        let at = Xy::new(-7_213.4, 5_321.7);
        assert!(plane.to_xy(plane.to_lonlat(at)).distance(at) < 0.01);
    }

    #[test]
    fn distance_to_a_segment() {
        let (a, b) = (Xy::new(0.0, 0.0), Xy::new(10.0, 0.0));
        assert!((Xy::new(5.0, 3.0).distance_to_segment(a, b) - 3.0).abs() < 1e-12);
        assert!((Xy::new(13.0, 4.0).distance_to_segment(a, b) - 5.0).abs() < 1e-12);
        assert!(a.turn(b, Xy::new(0.0, 1.0)) > 0.0);
    }
}
