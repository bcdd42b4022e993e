//! An index of boxes that come and go, each known by a number.

use crate::geometry::BBox;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

type BoxOf = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// An R-tree of numbered boxes, degrees. A number may come more than once, with other boxes.
#[derive(Clone, Debug, Default)]
pub struct Boxes {
    tree: RTree<BoxOf>,
}

impl Boxes {
    /// O(N log N), much quicker than one by one.
    #[must_use]
    pub fn new(boxes: impl IntoIterator<Item = (BBox, u32)>) -> Self {
        Self { tree: RTree::bulk_load(boxes.into_iter().map(|(bounds, number)| entry(&bounds, number)).collect()) }
    }

    pub fn insert(&mut self, bounds: &BBox, number: u32) {
        self.tree.insert(entry(bounds, number));
    }

    /// Whether it was there.
    pub fn remove(&mut self, bounds: &BBox, number: u32) -> bool {
        self.tree.remove(&entry(bounds, number)).is_some()
    }

    /// The numbers whose boxes meet `bounds` (touching is meeting), in no order.
    pub fn meeting<'a>(&'a self, bounds: &BBox) -> impl Iterator<Item = u32> + use<'a> {
        self.tree.locate_in_envelope_intersecting(envelope(bounds)).map(|found| found.data)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.tree.size()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tree.size() == 0
    }
}

fn envelope(bounds: &BBox) -> AABB<[f64; 2]> {
    AABB::from_corners([bounds.west, bounds.south], [bounds.east, bounds.north])
}

fn entry(bounds: &BBox, number: u32) -> BoxOf {
    GeomWithData::new(Rectangle::from_corners([bounds.west, bounds.south], [bounds.east, bounds.north]), number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bounds((west, south, width, height): (i8, i8, u8, u8)) -> BBox {
        let (west, south) = (f64::from(west), f64::from(south));
        BBox { west, south, east: west + f64::from(width) / 8.0, north: south + f64::from(height) / 8.0 }
    }

    proptest! {
        #[test]
        fn finds_what_a_full_search_finds(
            first in prop::collection::vec(any::<(i8, i8, u8, u8)>(), 0..40),
            more in prop::collection::vec(any::<(i8, i8, u8, u8)>(), 0..40),
            removed in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
            asked: (i8, i8, u8, u8),
        ) {
            let mut all: Vec<(BBox, u32)> = first.into_iter().zip(0..).map(|(it, number)| (bounds(it), number)).collect();
            let mut boxes = Boxes::new(all.clone());
            for (it, number) in more.into_iter().zip(100..) {
                boxes.insert(&bounds(it), number);
                all.push((bounds(it), number));
            }
            for index in removed.iter().filter(|_| !all.is_empty()).map(|index| index.index(all.len().max(1))).collect::<Vec<_>>() {
                if index < all.len() {
                    let (it, number) = all.swap_remove(index);
                    prop_assert!(boxes.remove(&it, number));
                    prop_assert!(!boxes.remove(&it, number));
                }
            }
            prop_assert_eq!(boxes.len(), all.len());
            let asked = bounds(asked);
            let mut found: Vec<u32> = boxes.meeting(&asked).collect();
            let mut expected: Vec<u32> = all.iter().filter(|(it, _)| it.intersects(&asked)).map(|&(_, number)| number).collect();
            found.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
