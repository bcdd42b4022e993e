//! A box of longitudes and latitudes.

use super::LonLat;

/// West, south, east, north in degrees (RFC 7946's order); never crosses the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BBox {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl BBox {
    /// The smallest box around `geometry`, `None` if it is empty.
    #[must_use]
    pub fn around<G>(geometry: &G) -> Option<Self>
    where
        G: geo::BoundingRect<f64>,
        <G as geo::BoundingRect<f64>>::Output: Into<Option<geo::Rect<f64>>>,
    {
        let rect: geo::Rect = geometry.bounding_rect().into()?;
        Some(Self { west: rect.min().x, south: rect.min().y, east: rect.max().x, north: rect.max().y })
    }

    #[must_use]
    pub fn contains(&self, point: LonLat) -> bool {
        (self.west..=self.east).contains(&point.lon()) && (self.south..=self.north).contains(&point.lat())
    }

    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}
