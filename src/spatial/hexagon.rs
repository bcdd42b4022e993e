//! Points counted by hexagon: H3 cells (h3geo.org).

use crate::geometry::LonLat;
use geo::{Coord, LineString, Polygon};
use h3o::{CellIndex, LatLng, Resolution};
use std::collections::BTreeMap;

/// A cell and the points in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hexagon {
    /// H3 index, 15 hexadecimal digits.
    pub cell: String,
    pub count: u32,
    /// EPSG:4326, counter-clockwise.
    pub outline: Polygon,
}

/// The resolutions that a district can use: edges of about 1.4 km (7), 530 m (8), 200 m (9), 76 m (10), 29 m (11).
pub const RESOLUTIONS: std::ops::RangeInclusive<u8> = 7..=11;

/// Counts `points` by cell, in the order of the cells.
///
/// `resolution`: clamped to [`RESOLUTIONS`].
#[must_use]
pub fn hexagons(points: impl IntoIterator<Item = LonLat>, resolution: u8) -> Vec<Hexagon> {
    let resolution = resolution.clamp(*RESOLUTIONS.start(), *RESOLUTIONS.end());
    let resolution = Resolution::try_from(resolution).unwrap_or(Resolution::Nine);
    let mut counts: BTreeMap<CellIndex, u32> = BTreeMap::new();
    for point in points {
        if let Ok(position) = LatLng::new(point.lat(), point.lon()) {
            *counts.entry(position.to_cell(resolution)).or_default() += 1;
        }
    }
    counts.into_iter().map(|(cell, count)| Hexagon { cell: cell.to_string(), count, outline: outline(cell) }).collect()
}

fn outline(cell: CellIndex) -> Polygon {
    let ring: Vec<Coord> = cell.boundary().iter().map(|corner| Coord { x: corner.lng(), y: corner.lat() }).collect();
    Polygon::new(LineString::new(ring), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, Winding};

    #[test]
    fn every_point_is_counted_in_the_cell_around_it() {
        let points: Vec<_> = (0..100)
            .map(|i| LonLat::from_degrees(110.5 + f64::from(i % 10) * 0.003, 29.3 + f64::from(i / 10) * 0.003).unwrap())
            .collect();
        let cells = hexagons(points.iter().copied(), 9);
        assert_eq!(cells.iter().map(|cell| cell.count).sum::<u32>(), 100);
        for cell in &cells {
            assert!(cell.outline.exterior().is_ccw());
            let inside = points.iter().filter(|point| cell.outline.contains(&point.to_point())).count();
            assert_eq!(inside, cell.count as usize);
        }
    }
}
