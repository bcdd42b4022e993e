//! The whole room: against brute force on generated ground and on real municipalities.

use super::{
    DEFAULT_TOLERANCE_M, Partition, PlaceInput,
    fuzz::{drive, lattice, positions, total_m2},
    marathon::{check_points, edit_at_random},
};
use crate::{
    geometry::{LonLat, area_m2},
    place::{Id, Level},
};
use geo::MultiPolygon;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn dice(seed: u64) -> impl FnMut() -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    move || random.next_u64()
}

/// How many random edits: `WANGGE_RANDOM_EDITS`, or so many that it takes some seconds.
fn edits() -> usize {
    std::env::var("WANGGE_RANDOM_EDITS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_500)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_bytes_say_is_an_edit_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        drive(&bytes);
    }
}

#[test]
fn random_edits_leave_neither_gap_nor_overlap() {
    let first = lattice(12, 1);
    assert_eq!(first.check(), Ok(()));
    let points = positions(&first, 300, &mut dice(3));
    check_points(&first, &points);
    let tally = edit_at_random(&first, &mut dice(7), edits(), &points);
    println!("{tally:?}");
    assert!(tally.values().all(|[done, _]| *done > 0), "{tally:?}");
}

/// Liechtenstein with its municipalities as grids; buildings as households. The folder comes from `WANGGE_REAL_DATA`.
#[test]
#[ignore = "needs data that are not ours to ship: WANGGE_REAL_DATA names the folder"]
fn liechtenstein_survives_random_edits() {
    let folder = std::path::PathBuf::from(std::env::var("WANGGE_REAL_DATA").unwrap()).join("liechtenstein");
    let features = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        geojson::FeatureCollection::try_from(text.parse::<geojson::GeoJson>().unwrap()).unwrap().features
    };
    let shape_of = |feature: &geojson::Feature| match geo::Geometry::try_from(feature.clone()) {
        Ok(geo::Geometry::Polygon(polygon)) => Some(MultiPolygon(vec![polygon])),
        Ok(geo::Geometry::MultiPolygon(shape)) => Some(shape),
        _ => None,
    };
    let text_of = |feature: &geojson::Feature, name: &str| {
        feature.property(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned()
    };
    let areas: Vec<(String, String, MultiPolygon)> = features("admin.geojson")
        .iter()
        .filter_map(|it| Some((text_of(it, "admin_level"), text_of(it, "name"), shape_of(it)?)))
        .collect();
    let id = |name: &str| Id::derived("liechtenstein", name);
    let inputs: Vec<PlaceInput> = areas
        .iter()
        .filter_map(|(level, name, shape)| match level.as_str() {
            "2" => Some(PlaceInput { id: id(name), level: Level::Village, parent: None, shape }),
            "8" => Some(PlaceInput { id: id(name), level: Level::Grid, parent: Some(id("Liechtenstein")), shape }),
            _ => None,
        })
        .collect();
    let (first, mended) = Partition::build(&inputs, DEFAULT_TOLERANCE_M).unwrap();
    println!("{} repairs, the first {:?}", mended.len(), mended.first());
    assert_eq!(first.places().count(), 12);
    for input in &inputs {
        let area = first.area_m2(first.key(input.id).unwrap());
        assert!((area / area_m2(input.shape) - 1.0).abs() < 1e-6, "{area}");
    }
    // 160 km² (Amt für Statistik: 160.5).
    assert!((total_m2(&first) / 160.5e6 - 1.0).abs() < 0.01, "{}", total_m2(&first));
    let buildings: Vec<LonLat> = features("buildings.geojson")
        .iter()
        .filter_map(|it| LonLat::try_from(geo::InteriorPoint::interior_point(&shape_of(it)?)?).ok())
        .collect();
    check_points(&first, &buildings);
    edit_at_random(&first, &mut dice(13), edits(), &buildings);
}
