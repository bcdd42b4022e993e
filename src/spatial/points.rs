//! Which points of many lie in a box.

use crate::geometry::{BBox, LonLat};
use rstar::{AABB, RTree, primitives::GeomWithData};

/// An R-tree over points, which are known by their place in the list given.
#[derive(Debug, Default)]
pub struct PointIndex(RTree<GeomWithData<[f64; 2], u32>>);

impl PointIndex {
    /// `points`: at most 2³²; those without a position are in no box. O(N log N).
    #[must_use]
    pub fn new(points: impl IntoIterator<Item = Option<LonLat>>) -> Self {
        let numbered = (0_u32..).zip(points).filter_map(|(i, at)| Some(GeomWithData::new([at?.lon(), at?.lat()], i)));
        Self(RTree::bulk_load(numbered.collect()))
    }

    /// The points in a box, its border included, in no particular order.
    pub fn within(&self, bounds: &BBox) -> impl Iterator<Item = u32> {
        let envelope = AABB::from_corners([bounds.west, bounds.south], [bounds.east, bounds.north]);
        self.0.locate_in_envelope(envelope).map(|point| point.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_a_box() {
        let at = |lon, lat| LonLat::from_degrees(lon, lat).ok();
        let index = PointIndex::new([at(1.0, 1.0), None, at(2.0, 1.0), at(3.0, 3.0)]);
        let mut found: Vec<_> = index.within(&BBox { west: 1.0, south: 1.0, east: 2.0, north: 2.0 }).collect();
        found.sort_unstable();
        assert_eq!(found, [0, 2]);
        assert_eq!(index.within(&BBox { west: 5.0, south: 1.0, east: 6.0, north: 2.0 }).count(), 0);
    }
}
