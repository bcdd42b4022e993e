//! Tessellations against integer arithmetic, which is exact.

use super::PolygonIndex;
use crate::geometry::{LonLat, distance_to_border_m};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Units of a tessellation: coordinates are integers in these, so f64 degrees hold them exactly.
const UNITS_PER_DEGREE: f64 = 65_536.0;
const CELL: i64 = 64;

pub(crate) type Ring = Vec<(i64, i64)>;

/// A tessellation of `side`² cells: corners moved at random, borders with random vertices, all of them shared by both
/// sides. Some runs of borders are straight along an axis, where the half-open rule matters most.
pub(crate) fn tessellation(side: usize, seed: u64, wiggle: i64) -> Vec<Ring> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut shift = |limit: i64| if limit == 0 || random.random_bool(0.3) { 0 } else { random.random_range(-limit..=limit) };
    let n = i64::try_from(side).unwrap();
    let mut corner = std::collections::HashMap::new();
    let mut middle = std::collections::HashMap::new();
    for x in 0..=n {
        for y in 0..=n {
            corner.insert((x, y), (x * CELL + shift(wiggle), y * CELL + shift(wiggle)));
        }
    }
    for x in 0..=n {
        for y in 0..=n {
            for (to, across) in [((x + 1, y), (0, 1)), ((x, y + 1), (1, 0))] {
                if let Some(&(bx, by)) = corner.get(&to) {
                    let (ax, ay) = corner[&(x, y)];
                    let off = shift(wiggle);
                    let at = ((ax + bx).div_euclid(2) + across.0 * off, (ay + by).div_euclid(2) + across.1 * off);
                    middle.insert(((x, y), to), at);
                }
            }
        }
    }
    let cell = |x: i64, y: i64| {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        let mut ring = Vec::new();
        for (i, &from) in corners.iter().enumerate() {
            let to = corners[(i + 1) % 4];
            ring.push(corner[&from]);
            ring.push(middle[&(from.min(to), from.max(to))]);
        }
        ring.push(ring[0]);
        ring
    };
    (0..n).flat_map(|y| (0..n).map(move |x| (x, y))).map(|(x, y)| cell(x, y)).collect()
}

fn degrees(at: (i64, i64)) -> Coord {
    #[expect(clippy::cast_precision_loss, reason = "small integers")]
    Coord { x: 110.5 + at.0 as f64 / UNITS_PER_DEGREE, y: 29.25 + at.1 as f64 / UNITS_PER_DEGREE }
}

pub(crate) fn lon_lat(at: (i64, i64)) -> LonLat {
    LonLat::try_from(geo::Point(degrees(at))).unwrap()
}

pub(crate) fn shape(rings: &[Ring]) -> MultiPolygon {
    let line = |ring: &Ring| LineString::from(ring.iter().map(|&at| degrees(at)).collect::<Vec<_>>());
    MultiPolygon(vec![Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect())])
}

/// The stated rule, in integers.
pub(crate) fn contains_exactly(rings: &[Ring], (px, py): (i64, i64)) -> bool {
    let edges = rings.iter().flat_map(|ring| ring.windows(2));
    let crossed = edges.filter(|edge| {
        let ((x1, y1), (x2, y2)) = (edge[0], edge[1]);
        if (y1 > py) == (y2 > py) {
            return false;
        }
        // x where the edge has the point's latitude: x1 + (py − y1)(x2 − x1)/(y2 − y1) > px, multiplied out.
        let (run, rise) = (x2 - x1, y2 - y1);
        let left = (py - y1) * run - (px - x1) * rise;
        if rise > 0 { left > 0 } else { left < 0 }
    });
    crossed.count() % 2 == 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_point_is_in_exactly_one_cell(seed: u64, side in 1usize..7, wiggle in 0i64..13) {
        let cells = tessellation(side, seed, wiggle);
        let shapes: Vec<_> = cells.iter().map(|ring| shape(std::slice::from_ref(ring))).collect();
        let index = PolygonIndex::new(&shapes);
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ 1);
        let end = i64::try_from(side).unwrap() * CELL + 30;
        let anywhere: Vec<_> = (0..200).map(|_| (random.random_range(-30..end), random.random_range(-30..end))).collect();
        let vertices = cells.iter().flatten().copied();
        let on_edges = cells.iter().flat_map(|ring| ring.windows(2)).map(|e| (e[0], e[1])).filter_map(|((ax, ay), (bx, by))| {
            ((ax + bx) % 2 == 0 && (ay + by) % 2 == 0).then_some((i64::midpoint(ax, bx), i64::midpoint(ay, by)))
        });
        let whole = index.pairs();
        for at in anywhere.iter().copied().chain(vertices).chain(on_edges) {
            let expected: Vec<usize> = (0..cells.len()).filter(|&i| contains_exactly(&cells[i..=i], at)).collect();
            prop_assert!(expected.len() <= 1);
            prop_assert_eq!(index.containing(lon_lat(at)), expected, "{:?}", at);
        }
        prop_assert!(whole.iter().all(|(a, b)| a < b));
        // Within the area, borders included: exactly one.
        let inner = |(x, y): (i64, i64)| x > 26 && y > 26 && x < end - 56 && y < end - 56;
        for ring in &cells {
            for &at in ring.iter().filter(|&&at| inner(at)) {
                prop_assert_eq!(index.containing(lon_lat(at)).len(), 1);
            }
        }
    }

    #[test]
    fn holes_are_outside(seed: u64) {
        let cells = tessellation(5, seed, 12);
        // The middle cell cut out of a square around everything, with an island in the hole.
        let frame = vec![(-99, -99), (999, -99), (999, 999), (-99, 999), (-99, -99)];
        let island = vec![(150, 150), (158, 150), (158, 158), (150, 158), (150, 150)];
        let rings = [frame, cells[12].clone(), island];
        let index = PolygonIndex::new(&[shape(&rings)]);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let around = (0..300).map(|_| (random.random_range(100..220), random.random_range(100..220)));
        for at in around.chain(rings.iter().flatten().copied()) {
            prop_assert_eq!(index.contains(0, lon_lat(at)), contains_exactly(&rings, at), "{:?}", at);
        }
    }

    #[test]
    fn nearest_border_is_that_of_a_full_search(seed: u64, far in 0i64..40_000) {
        let cells = tessellation(4, seed, 12);
        let shapes: Vec<_> = cells.iter().map(|ring| shape(std::slice::from_ref(ring))).collect();
        let index = PolygonIndex::new(&shapes);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..10 {
            let at = lon_lat((random.random_range(-30 - far..300), random.random_range(-30..300 + far)));
            let distances: Vec<f64> = shapes.iter().map(|shape| distance_to_border_m(at, shape).unwrap()).collect();
            let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
            let near = index.nearest_border(at, f64::INFINITY).unwrap();
            prop_assert!((near.border_m - least).abs() < 1e-5, "{} {}", near.border_m, least);
            prop_assert!(near.polygons.iter().all(|&i| (distances[i] - least).abs() < 1e-5));
            prop_assert_eq!(index.nearest_border(at, least - 1e-4), None);
            prop_assert!(index.nearest_border(at, least + 1e-4).is_some());
            for (i, distance) in distances.iter().enumerate() {
                prop_assert!((index.border_m(i, at).unwrap() - distance).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn a_point_on_a_shared_border_goes_east_and_north() {
    let square = |x: i64, y: i64| vec![(x, y), (x + 64, y), (x + 64, y + 64), (x, y + 64), (x, y)];
    let shapes: Vec<_> = [square(0, 0), square(64, 0), square(0, 64), square(64, 64)].map(|ring| shape(&[ring])).into();
    let index = PolygonIndex::new(&shapes);
    assert_eq!(index.containing(lon_lat((64, 20))), [1]);
    assert_eq!(index.containing(lon_lat((20, 64))), [2]);
    assert_eq!(index.containing(lon_lat((64, 64))), [3]);
    assert_eq!(index.containing(lon_lat((0, 0))), [0]);
    assert!(index.containing(lon_lat((128, 20))).is_empty());
    assert!(index.containing(lon_lat((20, 128))).is_empty());
    assert_eq!(index.nearest_border(lon_lat((64, 20)), 1.0).unwrap().polygons, [0, 1]);
}

#[test]
fn nothing_to_search() {
    let index = PolygonIndex::new(&[]);
    assert!(index.containing(lon_lat((0, 0))).is_empty());
    assert_eq!(index.nearest_border(lon_lat((0, 0)), f64::INFINITY), None);
    assert_eq!(index.border_m(0, lon_lat((0, 0))), None);
    let empty = PolygonIndex::new(&[MultiPolygon(vec![]), shape(&[vec![(0, 0), (9, 0), (0, 9), (0, 0)]])]);
    assert_eq!(empty.containing(lon_lat((1, 1))), [1]);
    assert_eq!(empty.border_m(0, lon_lat((1, 1))), None);
}

#[test]
fn the_antimeridian_is_near_on_both_sides() {
    let west = |x: f64| Coord { x, y: -17.0 };
    let ring = vec![west(179.9), Coord { x: 180.0, y: -17.0 }, Coord { x: 180.0, y: -16.9 }, west(179.9)];
    let index = PolygonIndex::new(&[MultiPolygon(vec![Polygon::new(LineString(ring), vec![])])]);
    let point = LonLat::from_degrees(-179.999, -16.95).unwrap();
    let near = index.nearest_border(point, 200.0).unwrap();
    // 0.001° of the parallel −16.95°: 0.001·π/180·N(φ)·cos φ = 106.5 m.
    assert!((near.border_m - 106.507).abs() < 0.01, "{}", near.border_m);
}
