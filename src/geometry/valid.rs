//! Polygons from files made valid: what was mended, what can't be.

use super::{Flaw, LonLat, PositionError, area_m2, flaw::first_flaw, measure::signed_area_m2};
use geo::{BooleanOps, Coord, Intersects as _, Line, LineString, MultiPolygon, Polygon, bool_ops::FillRule, bool_ops::OpType};
use std::collections::HashMap;

/// A ring of less than a square millimetre has no area: it is a line, or a point.
const NO_AREA_M2: f64 = 1e-6;

/// A valid shape: finite, in range, right-hand rings (exterior counter-clockwise, RFC 7946), no repeated vertices, no crossing
/// borders; and what was done to make it so.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    pub shape: MultiPolygon,
    /// In the order done; empty if the shape was valid as it came.
    pub repairs: Vec<Repair>,
}

impl Mended {
    /// Whether anything but the rings' direction was changed. Direction is a convention on which files differ.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.repairs.iter().any(|repair| !matches!(repair, Repair::Turned { .. }))
    }
}

/// One kind of repair.
#[derive(Clone, Debug, PartialEq)]
pub enum Repair {
    /// Rings turned to the right-hand direction.
    Turned { rings: usize },
    /// Vertices that repeated the one before them, removed.
    RepeatedVertices { removed: usize },
    /// Parts and holes without area, removed.
    NoArea { removed: usize },
    /// Borders that crossed or ran along themselves, cut at the crossings; what an odd number of windings encloses is kept
    /// (each ring by itself; then holes are subtracted and parts joined).
    Untangled { flaw: Flaw, at: LonLat, area_before_m2: f64, area_after_m2: f64 },
}

/// Why a shape can't be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidShape {
    #[error("it has no polygon")]
    Empty,
    #[error("vertex {vertex} of part {part} is no position: {source}; are the coordinates in another reference system?", part = part + 1, vertex = vertex + 1)]
    Position { part: usize, vertex: usize, source: PositionError },
    #[error("it has no area; its border starts at {at}")]
    NoArea { at: LonLat },
    #[error(
        "its border runs {degrees:.1}° of longitude from {at} to the next vertex: the long way round; cut a polygon that crosses \
         the antimeridian in two there, at 180° and −180° (RFC 7946, section 3.1.9)"
    )]
    LongWayRound { at: LonLat, degrees: f64 },
    #[error("its border crosses itself in thousands of places, first at {at}: that is no border; draw it anew")]
    Scribble { at: LonLat },
    #[error("{flaw} at {at}, and cutting it there did not help; redraw the border at that place")]
    Tangled { flaw: Flaw, at: LonLat },
}

/// Makes `shape` valid. A valid shape comes back with the very same vertices, so that shared borders stay shared.
///
/// `shape`: degrees, EPSG:4326; `geo` closes rings when it makes a polygon.
///
/// # Errors
/// [`InvalidShape`] where that is not possible, with the place.
pub fn mend(shape: MultiPolygon) -> Result<Mended, InvalidShape> {
    check_positions(&shape)?;
    check_way_round(&shape)?;
    let first = shape.0.iter().find_map(|polygon| polygon.exterior().0.first().copied()).ok_or(InvalidShape::Empty)?;
    let at = LonLat::try_from(geo::Point(first)).map_err(|source| InvalidShape::Position { part: 0, vertex: 0, source })?;
    let mut repairs = Vec::new();
    let mut shape = remove_repeated(shape, &mut repairs);
    shape = remove_without_area(shape, &mut repairs);
    if shape.0.is_empty() {
        return Err(InvalidShape::NoArea { at });
    }
    if let Some((flaw, at)) = first_flaw(&shape) {
        if is_scribble(&shape) {
            return Err(InvalidShape::Scribble { at });
        }
        let area_before_m2 = area_m2(&shape);
        shape = untangle(&shape).ok_or(InvalidShape::Tangled { flaw, at })?;
        repairs.push(Repair::Untangled { flaw, at, area_before_m2, area_after_m2: area_m2(&shape) });
    }
    let shape = turn(shape, &mut repairs);
    Ok(Mended { shape, repairs })
}

/// The first flaw of a shape and its place; `None` if no border crosses, touches or overlaps itself and parts and holes lie as
/// they should. Positions that are out of range are [`mend`]'s to refuse.
#[must_use]
pub fn find_flaw(shape: &MultiPolygon) -> Option<(Flaw, LonLat)> {
    let shape = remove_without_area(remove_repeated(shape.clone(), &mut Vec::new()), &mut Vec::new());
    first_flaw(&shape)
}

fn rings(polygon: &Polygon) -> impl Iterator<Item = &LineString> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn check_positions(shape: &MultiPolygon) -> Result<(), InvalidShape> {
    for (part, polygon) in shape.0.iter().enumerate() {
        for (vertex, at) in rings(polygon).flat_map(|ring| ring.0.iter()).enumerate() {
            LonLat::from_degrees(at.x, at.y).map_err(|source| InvalidShape::Position { part, vertex, source })?;
        }
    }
    Ok(())
}

/// An edge is the straight line between two positions in degrees: from 179° to −179° it runs once around the world.
fn check_way_round(shape: &MultiPolygon) -> Result<(), InvalidShape> {
    for edge in shape.0.iter().flat_map(rings).flat_map(LineString::lines) {
        let degrees = (edge.end.x - edge.start.x).abs();
        let along_a_pole = edge.start.y.abs() >= 90.0 && edge.end.y.abs() >= 90.0;
        if degrees > 180.0
            && !along_a_pole
            && let Ok(at) = LonLat::from_degrees(edge.start.x, edge.start.y)
        {
            return Err(InvalidShape::LongWayRound { at, degrees });
        }
    }
    Ok(())
}

/// Pairs of edges that are looked at, and crossings among them that are no drawing error any more: to untangle a random
/// border takes time with the square of its vertices.
const PAIRS: usize = 5_000_000;
const CROSSINGS: usize = 10_000;

fn is_scribble(shape: &MultiPolygon) -> bool {
    let mut edges: Vec<Line> = shape.0.iter().flat_map(rings).flat_map(LineString::lines).collect();
    let west = |edge: &Line| edge.start.x.min(edge.end.x);
    edges.sort_by(|a, b| west(a).total_cmp(&west(b)));
    let (mut pairs, mut crossings) = (0, 0);
    for (i, edge) in edges.iter().enumerate() {
        let east = edge.start.x.max(edge.end.x);
        for other in edges[i + 1..].iter().take_while(|other| west(other) <= east) {
            pairs += 1;
            crossings += usize::from(edge.intersects(other));
            // Neighbours in a ring touch at their common vertex.
            if crossings > CROSSINGS + edges.len() {
                return true;
            }
            if pairs > PAIRS {
                return false;
            }
        }
    }
    false
}

/// Changes each ring; `change` returns `None` to drop it (a dropped exterior drops its polygon).
fn map_rings(shape: MultiPolygon, mut change: impl FnMut(LineString, bool) -> Option<LineString>) -> MultiPolygon {
    let polygons = shape.0.into_iter().filter_map(|polygon| {
        let (exterior, holes) = polygon.into_inner();
        let exterior = change(exterior, false)?;
        Some(Polygon::new(exterior, holes.into_iter().filter_map(|hole| change(hole, true)).collect()))
    });
    MultiPolygon(polygons.collect())
}

fn remove_repeated(shape: MultiPolygon, repairs: &mut Vec<Repair>) -> MultiPolygon {
    let mut removed = 0;
    let shape = map_rings(shape, |mut ring, _| {
        let before = ring.0.len();
        ring.0.dedup();
        removed += before - ring.0.len();
        Some(ring)
    });
    if removed > 0 {
        repairs.push(Repair::RepeatedVertices { removed });
    }
    shape
}

fn remove_without_area(shape: MultiPolygon, repairs: &mut Vec<Repair>) -> MultiPolygon {
    let mut removed = 0;
    let shape = map_rings(shape, |ring, _| {
        let keep = ring.0.len() >= 4 && !encloses_nothing(&ring);
        removed += usize::from(!keep);
        keep.then_some(ring)
    });
    if removed > 0 {
        repairs.push(Repair::NoArea { removed });
    }
    shape
}

/// A figure of eight has no area on balance, but encloses two.
fn encloses_nothing(ring: &LineString) -> bool {
    if signed_area_m2(ring).abs() >= NO_AREA_M2 {
        return false;
    }
    let alone = MultiPolygon(vec![Polygon::new(ring.clone(), vec![])]);
    // A scribble encloses a lot of little things; the overlay would take its time over them.
    if is_scribble(&alone) {
        return false;
    }
    let parts = enclosed(&alone.0[0]);
    parts.0.iter().map(|part| signed_area_m2(part.exterior()).abs()).sum::<f64>() < NO_AREA_M2
}

/// What an odd number of windings of the exterior encloses.
fn enclosed(polygon: &Polygon) -> MultiPolygon {
    let alone = Polygon::new(polygon.exterior().clone(), vec![]);
    alone.boolean_op_with_fill_rule(&MultiPolygon::<f64>(vec![]), OpType::Union, FillRule::EvenOdd)
}

fn untangle(shape: &MultiPolygon) -> Option<MultiPolygon> {
    let mut whole = MultiPolygon(vec![]);
    for polygon in &shape.0 {
        let mut part = enclosed(polygon);
        for hole in polygon.interiors() {
            part = part.difference(&enclosed(&Polygon::new(hole.clone(), vec![])));
        }
        whole = whole.union(&part);
    }
    let tidy = |shape| {
        let shape = remove_without_area(remove_repeated(shape, &mut Vec::new()), &mut Vec::new());
        (!shape.0.is_empty() && first_flaw(&shape).is_none()).then_some(shape)
    };
    // The overlay works on a grid of 2⁻³⁰ of the shape's size. Its vertices go back to where the file had them, so that
    // neighbours still share them, unless the border crosses again by that.
    tidy(with_original_vertices(whole.clone(), shape)).or_else(|| tidy(whole))
}

/// Moves each vertex to the vertex of `original` that it stands for.
fn with_original_vertices(shape: MultiPolygon, original: &MultiPolygon) -> MultiPolygon {
    /// Degrees; 1 mm.
    const CELL: f64 = 1e-8;
    #[expect(clippy::cast_possible_truncation, reason = "180° are 1.8e10 cells")]
    let cell = |at: Coord| ((at.x / CELL).round() as i64, (at.y / CELL).round() as i64);
    let mut vertices: HashMap<(i64, i64), Coord> = HashMap::new();
    for &at in original.0.iter().flat_map(rings).flat_map(|ring| ring.0.iter()) {
        vertices.insert(cell(at), at);
    }
    let nearest = |at: Coord| {
        let (x, y) = cell(at);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        let distance = |found: &Coord| (found.x - at.x).abs().max((found.y - at.y).abs());
        let found = around.filter_map(|key| vertices.get(&key)).filter(|found| distance(found) < CELL);
        found.min_by(|a, b| distance(a).total_cmp(&distance(b))).copied().unwrap_or(at)
    };
    map_rings(shape, |ring, _| Some(LineString(ring.0.into_iter().map(nearest).collect())))
}

/// Exterior counter-clockwise, holes clockwise.
fn turn(shape: MultiPolygon, repairs: &mut Vec<Repair>) -> MultiPolygon {
    let mut turned = 0;
    let shape = map_rings(shape, |mut ring, hole| {
        if (signed_area_m2(&ring) < 0.0) != hole {
            ring.0.reverse();
            turned += 1;
        }
        Some(ring)
    });
    if turned > 0 {
        repairs.push(Repair::Turned { rings: turned });
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(points: &[(f64, f64)]) -> LineString {
        // A village-sized figure: hundredths of a degree around 110° E, 29° N.
        points.iter().map(|(x, y)| (110.0 + x / 100.0, 29.0 + y / 100.0)).collect()
    }

    fn polygon(exterior: &[(f64, f64)], holes: &[&[(f64, f64)]]) -> Polygon {
        Polygon::new(ring(exterior), holes.iter().map(|hole| ring(hole)).collect())
    }

    #[test]
    fn the_long_way_round_the_world_is_refused() {
        let at = |points: &[(f64, f64)]| MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])]);
        let wrong = at(&[(179.9, 1.0), (-179.9, 1.0), (-179.9, 1.1), (179.9, 1.1)]);
        let refused = mend(wrong).unwrap_err();
        assert!(matches!(refused, InvalidShape::LongWayRound { .. }) && refused.to_string().contains("359.8°"), "{refused}");
        assert!(mend(at(&[(-180.0, -90.0), (180.0, -90.0), (180.0, -60.0), (0.0, -65.0), (-180.0, -60.0)])).is_ok());
    }

    #[test]
    fn a_scribble_is_refused_at_once() {
        // Each edge crosses nearly all others.
        let points = (0..1_500).map(|i| (f64::from(i * 997 % 1_500) / 100.0, f64::from(i * 613 % 1_499) / 100.0));
        let scribble = Polygon::new(ring(&points.collect::<Vec<_>>()), vec![]);
        let refused = mend(MultiPolygon(vec![scribble])).unwrap_err();
        assert!(matches!(refused, InvalidShape::Scribble { .. }), "{refused}");
    }

    #[test]
    fn combs_have_no_flaw() {
        // Forty thousand edges, each of which passes all others in longitude, then in latitude.
        let teeth = 20_000;
        let at = |i: u32| f64::from(i) / f64::from(teeth);
        let level: Vec<_> =
            (0..teeth).flat_map(|i| [(0.0, at(2 * i)), (1.0, at(2 * i + 1))]).chain([(-1.0, 2.0), (-1.0, 0.0)]).collect();
        let upright: Vec<_> = level.iter().map(|&(x, y)| (y, x)).collect();
        for comb in [level, upright] {
            assert_eq!(flaw_of(vec![polygon(&comb, &[])]), None);
        }
    }

    #[test]
    fn a_scribble_without_area_on_balance_is_refused_at_once() {
        // There and back mirrored: the windings cancel.
        let there = (0..1_500).map(|i| (f64::from(i * 997 % 1_500) / 100.0, f64::from(i * 613 % 1_499) / 100.0));
        let there: Vec<_> = there.collect();
        let both: Vec<_> = there.iter().copied().chain(there.iter().rev().map(|&(x, y)| (-x, y))).collect();
        let refused = mend(MultiPolygon(vec![polygon(&both, &[])])).unwrap_err();
        assert!(matches!(refused, InvalidShape::Scribble { .. }), "{refused}");
    }

    const SQUARE: &[(f64, f64)] = &[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)];

    fn mended(polygons: Vec<Polygon>) -> Mended {
        let mended = mend(MultiPolygon(polygons)).unwrap();
        assert_eq!(find_flaw(&mended.shape), None);
        let again = mend(mended.shape.clone()).unwrap();
        assert_eq!((again.shape, again.repairs), (mended.shape.clone(), vec![]));
        mended
    }

    fn flaw_of(polygons: Vec<Polygon>) -> Option<Flaw> {
        find_flaw(&MultiPolygon(polygons)).map(|(flaw, _)| flaw)
    }

    #[test]
    fn a_valid_shape_is_left_alone() {
        let hole: &[_] = &[(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)];
        let shape = vec![polygon(SQUARE, &[hole]), polygon(&[(5.0, 0.0), (6.0, 0.0), (6.0, 1.0)], &[])];
        let result = mended(shape.clone());
        assert_eq!((result.shape.0, result.repairs), (shape, vec![]));
    }

    #[test]
    fn rings_are_turned_and_repeats_removed() {
        let clockwise: Vec<_> = SQUARE.iter().rev().flat_map(|&at| [at, at]).collect();
        let result = mended(vec![polygon(&clockwise, &[]), polygon(&[(9.0, 9.0), (9.5, 9.5), (9.0, 9.0)], &[])]);
        let expected = [Repair::RepeatedVertices { removed: 4 }, Repair::NoArea { removed: 1 }, Repair::Turned { rings: 1 }];
        assert_eq!(result.repairs, expected);
        assert!(result.is_repaired());
        assert!(signed_area_m2(result.shape.0[0].exterior()) > 0.0);
        assert!(!mended(vec![polygon(&[(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)], &[])]).is_repaired());
    }

    #[test]
    fn a_figure_of_eight_keeps_both_loops() {
        let eight = polygon(&[(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0)], &[]);
        let result = mended(vec![eight]);
        let [Repair::Untangled { flaw, at, area_after_m2, .. }, ..] = &result.repairs[..] else {
            panic!("{:?}", result.repairs)
        };
        assert_eq!(*flaw, Flaw::Crossing);
        assert!((at.lon() - 110.01).abs() < 1e-9 && (at.lat() - 29.01).abs() < 1e-9);
        assert_eq!(result.shape.0.len(), 2);
        let triangle = area_m2(&MultiPolygon(vec![polygon(&[(0.0, 0.0), (1.0, 1.0), (0.0, 2.0)], &[])]));
        assert!((area_after_m2 / (2.0 * triangle) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn flaws_are_told_apart() {
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[])]), None);
        let spike = polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (4.0, 6.0), (4.0, 4.0), (0.0, 4.0)], &[]);
        assert!(matches!(flaw_of(vec![spike]), Some(Flaw::Overlap | Flaw::SelfTouch)));
        let pinched = polygon(&[(0.0, 0.0), (2.0, 1.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0)], &[]);
        assert_eq!(flaw_of(vec![pinched]), Some(Flaw::SelfTouch));
        let outside: &[_] = &[(5.0, 1.0), (6.0, 1.0), (6.0, 2.0)];
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[outside])]), Some(Flaw::HoleOutside));
        let across: &[_] = &[(3.0, 1.0), (6.0, 1.0), (6.0, 2.0)];
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[across])]), Some(Flaw::Crossing));
        let inside = polygon(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)], &[]);
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[]), inside.clone()]), Some(Flaw::PartInside));
        let hole: &[_] = &[(0.5, 0.5), (3.0, 0.5), (3.0, 3.0), (0.5, 3.0)];
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[hole]), inside]), None);
        let beside = polygon(&[(4.0, 0.0), (8.0, 0.0), (8.0, 4.0), (4.0, 4.0)], &[]);
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[]), beside]), Some(Flaw::Overlap));
        let corner = polygon(&[(4.0, 4.0), (8.0, 4.0), (8.0, 8.0)], &[]);
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[]), corner]), None);
        let touching_hole: &[_] = &[(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)];
        assert_eq!(flaw_of(vec![polygon(SQUARE, &[touching_hole])]), None);
    }

    #[test]
    fn mended_areas() {
        let whole = area_m2(&MultiPolygon(vec![polygon(SQUARE, &[])]));
        let spike = polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (4.0, 6.0), (4.0, 4.0), (0.0, 4.0)], &[]);
        let inside = polygon(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)], &[]);
        for shape in [vec![spike], vec![polygon(SQUARE, &[]), inside]] {
            assert!((area_m2(&mended(shape).shape) / whole - 1.0).abs() < 1e-6);
        }
        let beside = polygon(&[(4.0, 0.0), (8.0, 0.0), (8.0, 4.0), (4.0, 4.0)], &[]);
        let joined = mended(vec![polygon(SQUARE, &[]), beside]);
        assert_eq!(joined.shape.0.len(), 1);
        assert!((area_m2(&joined.shape) / (2.0 * whole) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn refuses_with_the_place() {
        assert_eq!(mend(MultiPolygon(vec![])).unwrap_err(), InvalidShape::Empty);
        let line = polygon(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)], &[]);
        assert!(
            matches!(mend(MultiPolygon(vec![line])).unwrap_err(), InvalidShape::NoArea { at } if (at.lon() - 110.0).abs() < 1e-12)
        );
        let projected = Polygon::new(LineString::from(vec![(1.0, 1.0), (397_481.0, 2.0), (1.0, 3.0)]), vec![]);
        let error = mend(MultiPolygon(vec![projected])).unwrap_err();
        assert!(matches!(error, InvalidShape::Position { part: 0, vertex: 1, .. }));
        assert!(error.to_string().contains("vertex 2 of part 1"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn whatever_comes_is_mended_or_refused(points in prop::collection::vec((0u8..9, 0u8..9), 3..14)) {
            let points: Vec<_> = points.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
            let shape = MultiPolygon(vec![polygon(&points, &[])]);
            let even_odd = enclosed(&shape.0[0]);
            match mend(shape) {
                Ok(mended) => {
                    prop_assert_eq!(find_flaw(&mended.shape), None);
                    prop_assert!((area_m2(&mended.shape) - area_m2(&even_odd)).abs() < 1.0);
                }
                Err(InvalidShape::NoArea { .. }) => prop_assert!(area_m2(&even_odd) < 1.0),
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }
}
