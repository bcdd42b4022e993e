//! Assignment against a full search with exact integers, and against `geo`.

use super::*;
use crate::{
    geometry::{LonLat, distance_to_border_m},
    place::PlacementStatus,
    spatial::tests::{Ring, contains_exactly, lon_lat, shape, tessellation},
};
use geo::{Contains, MultiPolygon};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

fn shapes(polygons: &[Vec<Ring>]) -> Vec<MultiPolygon> {
    polygons.iter().map(|rings| shape(rings)).collect()
}

/// A tessellation, one cell of which has a hole, with a few polygons over it and a sliver along its western border.
fn polygons(seed: u64) -> Vec<Vec<Ring>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut polygons: Vec<Vec<Ring>> = tessellation(4, seed, 12).into_iter().map(|ring| vec![ring]).collect();
    let box_of = |w: i64, s: i64, e: i64, n: i64| vec![(w, s), (e, s), (e, n), (w, n), (w, s)];
    polygons[5].push(box_of(90, 90, 100, 100));
    for _ in 0..3 {
        let (w, s) = (random.random_range(0..200), random.random_range(0..200));
        polygons.push(vec![box_of(w, s, w + random.random_range(1..60), s + random.random_range(1..60))]);
    }
    polygons.push(vec![box_of(-1, 0, 1, 256)]);
    polygons
}

fn points(seed: u64, polygons: &[Vec<Ring>]) -> Vec<(i64, i64)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let anywhere = (0..150).map(|_| (random.random_range(-20..280), random.random_range(-20..280)));
    anywhere.chain(polygons.iter().flatten().flatten().copied()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn agrees_with_a_full_search(seed: u64) {
        let polygons = polygons(seed);
        let shapes = shapes(&polygons);
        let assigner = Assigner::new(shapes.clone());
        for at in points(seed, &polygons) {
            let point = lon_lat(at);
            let got = assigner.assign(Some(point), DEFAULT_TOLERANCE_M);
            let candidates: Vec<usize> = (0..polygons.len()).filter(|&i| contains_exactly(&polygons[i], at)).collect();
            let areas = assigner.areas_m2();
            let smallest = candidates.iter().copied().reduce(|best, i| if areas[i] < areas[best] { i } else { best });
            let border_m = shapes.iter().filter_map(|shape| distance_to_border_m(point, shape)).fold(f64::INFINITY, f64::min);
            let status = match candidates.len() {
                0 if border_m <= DEFAULT_TOLERANCE_M => PlacementStatus::Near,
                0 => PlacementStatus::Outside,
                1 => PlacementStatus::Inside,
                _ => PlacementStatus::Overlap,
            };
            prop_assert_eq!((got.grid, &got.candidates, got.status), (smallest, &candidates, status), "{:?}", at);
            prop_assert_eq!(got.nearest.is_some(), status == PlacementStatus::Near);
            prop_assert_eq!(got.border_m.is_some(), status != PlacementStatus::Outside);
            if let Some(found_m) = got.border_m {
                prop_assert!((found_m - border_m).abs() < 1e-5, "{} {}", found_m, border_m);
            }
            if let Some(nearest) = got.nearest {
                prop_assert!((distance_to_border_m(point, &shapes[nearest]).unwrap() - border_m).abs() < 1e-5);
            }
            // Off the borders `geo` must say the same.
            if border_m > 0.001 {
                let by_geo: Vec<usize> = (0..shapes.len()).filter(|&i| shapes[i].contains(&point.to_point())).collect();
                prop_assert_eq!(by_geo, candidates);
            }
        }
    }

    #[test]
    fn the_order_of_the_polygons_does_not_matter(seed: u64) {
        let polygons = polygons(seed);
        let mut order: Vec<usize> = (0..polygons.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let shuffled: Vec<Vec<Ring>> = order.iter().map(|&i| polygons[i].clone()).collect();
        let points: Vec<_> = points(seed, &polygons).into_iter().map(|at| Some(lon_lat(at))).collect();
        let one = Assigner::new(shapes(&polygons)).assign_all(&points, DEFAULT_TOLERANCE_M);
        let other = Assigner::new(shapes(&shuffled)).assign_all(&points, DEFAULT_TOLERANCE_M);
        for (a, b) in one.iter().zip(&other) {
            prop_assert_eq!(a.grid, b.grid.map(|i| order[i]));
            prop_assert_eq!(a.nearest, b.nearest.map(|i| order[i]));
            let mut candidates: Vec<usize> = b.candidates.iter().map(|&i| order[i]).collect();
            candidates.sort_unstable();
            prop_assert_eq!(&a.candidates, &candidates);
            prop_assert_eq!((a.border_m, a.status), (b.border_m, b.status));
        }
    }
}

fn square(west: i64, south: i64, side: i64) -> MultiPolygon {
    let (east, north) = (west + side, south + side);
    shape(&[vec![(west, south), (east, south), (east, north), (west, north), (west, south)]])
}

#[test]
fn of_several_the_smallest_then_the_first() {
    let assigner = Assigner::new(vec![square(0, 0, 64), square(10, 10, 20), square(10, 10, 20)]);
    let got = assigner.assign(Some(lon_lat((12, 12))), DEFAULT_TOLERANCE_M);
    assert_eq!((got.grid, got.candidates, got.status), (Some(1), vec![0, 1, 2], PlacementStatus::Overlap));
}

#[test]
fn near_is_a_hint_only() {
    let assigner = Assigner::new(vec![square(0, 0, 64)]);
    // One unit is 1/65,536 degree, 1.48 m of longitude there.
    let at = Some(lon_lat((66, 30)));
    let near = assigner.assign(at, DEFAULT_TOLERANCE_M);
    assert_eq!((near.grid, near.nearest, near.status), (None, Some(0), PlacementStatus::Near));
    assert!((near.border_m.unwrap() - 2.965).abs() < 0.01, "{near:?}");
    let outside = assigner.assign(at, 1.0);
    assert_eq!((outside.nearest, outside.border_m, outside.status), (None, None, PlacementStatus::Outside));
    assert_eq!(assigner.assign(at, -1.0).status, PlacementStatus::Outside);
    assert_eq!(assigner.assign(None, DEFAULT_TOLERANCE_M).status, PlacementStatus::NoPosition);
    assert_eq!(Assigner::new(vec![]).assign(at, f64::INFINITY).status, PlacementStatus::Outside);
    // On the eastern border: in no polygon, and 0 m from it.
    let on_border = assigner.assign(Some(lon_lat((64, 30))), 0.0);
    assert_eq!((on_border.status, on_border.nearest), (PlacementStatus::Near, Some(0)));
}

/// A place and its label.
type Row = (Option<(i64, i64)>, Option<&'static str>);

#[test]
fn agreement_counts_any_candidate_and_never_the_nearest() {
    let assigner = Assigner::new(vec![square(0, 0, 64), square(32, 0, 64), square(64, 0, 640)]);
    let keys = ["0", "a", "0"].map(str::to_owned);
    let rows: [Row; 9] = [
        (Some((40, 10)), Some("0")),      // in 0 and 1: 0 agrees
        (Some((40, 10)), Some(" a ")),    // 1 agrees
        (Some((500, 500)), Some("0")),    // the second polygon called "0"
        (Some((20, 10)), Some("a")),      // 12 units west of it: 18 m
        (Some((-2, 10)), Some("0")),      // outside all, 3 m: no agreement
        (Some((20, 10)), Some("nobody")), // no such polygon
        (Some((20, 10)), Some(" ")),      // no label
        (Some((20, 10)), None),
        (None, Some("0")),
    ];
    let points: Vec<Option<LonLat>> = rows.iter().map(|(at, _)| at.map(lon_lat)).collect();
    let labels: Vec<Option<&str>> = rows.iter().map(|(_, label)| *label).collect();
    let assignments = assigner.assign_all(&points, DEFAULT_TOLERANCE_M);
    let agreement = assigner.agreement(&points, &assignments, &labels, &keys);
    assert_eq!((agreement.agree, agreement.of, agreement.outside_all), (3, 6, 1));
    let classes = [
        (DistanceClass::Within5M, 1),
        (DistanceClass::Within50M, 1),
        (DistanceClass::Within500M, 0),
        (DistanceClass::Farther, 0),
        (DistanceClass::UnknownLabel, 1),
    ];
    assert_eq!(agreement.disagree, classes);
}
