//! Polygons that should divide an area between them: where they overlap, where they leave a gap, what lies outside its parent.

use super::PolygonIndex;
use crate::geometry::{BBox, LonLat, area_m2, area_m2_polygon};
use geo::{BooleanOps, Contains, InteriorPoint, MultiPolygon, Orient, Polygon, orient::Direction, unary_union};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Overlaps and gaps of less than this are slivers: the same line drawn twice, or rounded. Square metres.
pub const SLIVER_M2: f64 = 1.0;

/// How far from a gap a polygon's border may lie and still bound it, metres: overlays round to 2⁻³⁰ of the whole.
const BOUNDS_GAP_M: f64 = 0.01;

/// What is wrong between polygons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefectKind {
    /// An area in two polygons.
    Overlap,
    /// An area in none, enclosed by polygons.
    Gap,
}

/// An overlap or a gap. Polygons are known by their place in the list given.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    pub kind: DefectKind,
    /// Of an overlap the first polygon; of a gap the one that bounds most of it, `None` if none is near enough.
    pub a: Option<usize>,
    /// Of an overlap the second polygon; of a gap the next one, if several bound it.
    pub b: Option<usize>,
    /// On the ellipsoid, m²; of an overlap all of it.
    pub area_m2: f64,
    /// A place inside; of an overlap in several pieces inside the largest.
    pub at: LonLat,
}

/// The part of a polygon that lies outside its parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Excess {
    /// m²
    pub area_m2: f64,
    /// A place inside the largest piece.
    pub at: LonLat,
}

/// All overlaps and gaps of at least `sliver_m2` (usually [`SLIVER_M2`]): overlaps by polygon, then gaps, large ones first.
///
/// A gap is a hole in the union of all polygons, so a lake that no polygon covers is one; an inlet from outside is not.
/// `shapes`: degrees, EPSG:4326, valid. On all cores; 71 districts with 83,000 vertices take about 0.2 s.
#[must_use]
pub fn overlaps_and_gaps(shapes: &[MultiPolygon], sliver_m2: f64) -> Vec<Defect> {
    let index = PolygonIndex::new(shapes);
    let (overlaps, gaps) = rayon::join(|| overlaps(shapes, &index, sliver_m2), || gaps(shapes, &index, sliver_m2));
    overlaps.into_iter().chain(gaps).collect()
}

/// What of `child` lies outside `parent`, if it is at least `sliver_m2`.
#[must_use]
pub fn outside(parent: &MultiPolygon, child: &MultiPolygon, sliver_m2: f64) -> Option<Excess> {
    let rest = child.difference(parent);
    let area_m2 = area_m2(&rest);
    if area_m2 < sliver_m2 {
        return None;
    }
    Some(Excess { area_m2, at: place_inside(largest(&rest)?)? })
}

/// The part of `whole` that lies in none of `parts`, right-hand rings; `None` if it has less than `sliver_m2`.
#[must_use]
pub fn uncovered(whole: &MultiPolygon, parts: &[&MultiPolygon], sliver_m2: f64) -> Option<Excess> {
    outside(&unary_union(parts.iter().copied()), whole, sliver_m2)
}

fn overlaps(shapes: &[MultiPolygon], index: &PolygonIndex, sliver_m2: f64) -> Vec<Defect> {
    let overlap = |&(a, b): &(usize, usize)| {
        let common = shapes[a].intersection(&shapes[b]);
        let area_m2 = area_m2(&common);
        if area_m2 < sliver_m2 {
            return None;
        }
        let at = place_inside(largest(&common)?)?;
        Some(Defect { kind: DefectKind::Overlap, a: Some(a), b: Some(b), area_m2, at })
    };
    index.pairs().par_iter().filter_map(overlap).collect()
}

fn gaps(shapes: &[MultiPolygon], index: &PolygonIndex, sliver_m2: f64) -> Vec<Defect> {
    // A union tells inside from outside by the rings' direction.
    let oriented: Vec<MultiPolygon> = shapes.iter().map(|shape| shape.orient(Direction::Default)).collect();
    let union = unary_union(&oriented);
    let holes = union.0.iter().flat_map(Polygon::interiors).map(|ring| Polygon::new(ring.clone(), vec![]));
    let gap = |hole: Polygon| {
        let open = without_islands(&hole, &union);
        let area_m2 = area_m2(&open);
        if area_m2 < sliver_m2 {
            return None;
        }
        let at = place_inside(largest(&open)?)?;
        let (a, b) = bounding(&hole, index);
        Some(Defect { kind: DefectKind::Gap, a, b, area_m2, at })
    };
    let mut gaps: Vec<Defect> = holes.filter_map(gap).collect();
    gaps.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    gaps
}

/// The hole less what parts of the union lie in it.
fn without_islands(hole: &Polygon, union: &MultiPolygon) -> MultiPolygon {
    let whole = MultiPolygon(vec![hole.clone()]);
    let Some(bounds) = BBox::around(hole) else { return whole };
    let lies_within = |part: &&Polygon| {
        let first =
            part.exterior().points().next().filter(|&first| LonLat::try_from(first).is_ok_and(|at| bounds.contains(at)));
        first.is_some_and(|first| hole.contains(&first))
    };
    let islands: Vec<Polygon> = union.0.iter().filter(lies_within).cloned().collect();
    if islands.is_empty() { whole } else { whole.difference(&MultiPolygon(islands)) }
}

/// The two polygons on whose borders most vertices of the gap lie.
fn bounding(gap: &Polygon, index: &PolygonIndex) -> (Option<usize>, Option<usize>) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for vertex in gap.exterior().points() {
        let Ok(vertex) = LonLat::try_from(vertex) else { continue };
        for polygon in index.borders_within(vertex, BOUNDS_GAP_M) {
            *counts.entry(polygon).or_default() += 1;
        }
    }
    let mut polygons: Vec<(usize, usize)> = counts.into_iter().collect();
    polygons.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let mut polygons = polygons.into_iter().map(|(polygon, _)| polygon);
    (polygons.next(), polygons.next())
}

fn largest(shape: &MultiPolygon) -> Option<&Polygon> {
    shape.0.iter().max_by(|a, b| area_m2_polygon(a).total_cmp(&area_m2_polygon(b)))
}

fn place_inside(polygon: &Polygon) -> Option<LonLat> {
    LonLat::try_from(polygon.interior_point()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::tests::{shape, tessellation};
    use proptest::prelude::*;

    type Corners = (i64, i64, i64, i64);

    fn square((west, south, east, north): Corners) -> MultiPolygon {
        shape(&[vec![(west, south), (east, south), (east, north), (west, north), (west, south)]])
    }

    #[test]
    fn an_overlap_is_found_with_its_area_and_place() {
        let shapes = [square((0, 0, 64, 64)), square((60, 0, 128, 64)), square((300, 0, 310, 10))];
        let defects = overlaps_and_gaps(&shapes, SLIVER_M2);
        let [Defect { kind: DefectKind::Overlap, a: Some(0), b: Some(1), area_m2: found, at }] = defects[..] else {
            panic!("{defects:?}")
        };
        assert!((found / area_m2(&square((60, 0, 64, 64))) - 1.0).abs() < 1e-6);
        assert!(PolygonIndex::new(&[square((60, 0, 64, 64))]).contains(0, at));
    }

    #[test]
    fn a_gap_is_found_with_its_neighbours() {
        // Four around an opening of 8 × 4.
        let shapes = [square((0, 0, 64, 30)), square((0, 34, 64, 64)), square((0, 30, 28, 34)), square((36, 30, 64, 34))];
        let defects = overlaps_and_gaps(&shapes, SLIVER_M2);
        let [Defect { kind: DefectKind::Gap, a: Some(_), b: Some(_), area_m2: found, .. }] = defects[..] else {
            panic!("{defects:?}")
        };
        assert!((found / area_m2(&square((28, 30, 36, 34))) - 1.0).abs() < 1e-6);
        assert!(overlaps_and_gaps(&shapes, found * 2.0).is_empty());
    }

    #[test]
    fn a_hole_that_another_fills_is_no_gap() {
        let ring = |(w, s, e, n): Corners| vec![(w, s), (e, s), (e, n), (w, n), (w, s)];
        let frame = shape(&[ring((0, 0, 64, 64)), ring((10, 10, 20, 20))]);
        assert_eq!(overlaps_and_gaps(&[frame.clone(), square((10, 10, 20, 20))], SLIVER_M2), []);
        let defects = overlaps_and_gaps(&[frame], SLIVER_M2);
        assert!(matches!(defects[..], [Defect { kind: DefectKind::Gap, a: Some(0), b: None, .. }]), "{defects:?}");
    }

    #[test]
    fn an_island_in_a_gap_is_not_part_of_it() {
        let ring = |(w, s, e, n): Corners| vec![(w, s), (e, s), (e, n), (w, n), (w, s)];
        let frame = shape(&[ring((0, 0, 64, 64)), ring((10, 10, 40, 40))]);
        let island = square((15, 15, 35, 35));
        let defects = overlaps_and_gaps(&[frame, island.clone()], SLIVER_M2);
        let [Defect { kind: DefectKind::Gap, a: Some(0), b: None, area_m2: found, at }] = defects[..] else {
            panic!("{defects:?}")
        };
        assert!((found / (area_m2(&square((10, 10, 40, 40))) - area_m2(&island)) - 1.0).abs() < 1e-6);
        assert!(!PolygonIndex::new(&[island]).contains(0, at));
    }

    #[test]
    fn what_lies_outside_the_parent() {
        let parent = square((0, 0, 64, 64));
        assert_eq!(outside(&parent, &square((0, 0, 30, 64)), SLIVER_M2), None);
        let excess = outside(&parent, &square((30, 30, 70, 40)), SLIVER_M2).unwrap();
        assert!((excess.area_m2 / area_m2(&square((64, 30, 70, 40))) - 1.0).abs() < 1e-6);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn a_tessellation_has_neither(seed: u64, side in 1usize..6, missing in 0usize..25) {
            let shapes: Vec<_> = tessellation(side, seed, 12).into_iter().map(|ring| shape(&[ring])).collect();
            prop_assert_eq!(overlaps_and_gaps(&shapes, SLIVER_M2), vec![]);
            let (x, y) = (missing % side, missing / side);
            if y < side && (1..side.saturating_sub(1)).contains(&x) && (1..side.saturating_sub(1)).contains(&y) {
                let mut fewer = shapes.clone();
                let cell = fewer.remove(missing);
                let defects = overlaps_and_gaps(&fewer, SLIVER_M2);
                prop_assert_eq!(defects.len(), 1);
                prop_assert!((defects[0].area_m2 / area_m2(&cell) - 1.0).abs() < 1e-5);
            }
        }
    }
}
