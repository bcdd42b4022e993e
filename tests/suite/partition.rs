//! The demo's boundaries as a subdivision.

use geo::CoordsIter;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::{
    geometry::{LonLat, area_m2},
    partition::{
        DEFAULT_TOLERANCE_M, Partition, PlaceInput,
        marathon::{check_points, edit_at_random},
    },
    testing::subdistrict::{Settings, Subdistrict},
};

fn dice(seed: u64) -> impl FnMut() -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    move || random.next_u64()
}

/// The demo's three levels, and where its households live.
#[test]
fn the_demo_survives_random_edits() {
    let settings = Settings { grids: 40, households: 500, reports: 0, months: 1, ..Settings::default() };
    let subdistrict = Subdistrict::generate(&settings);
    let boundaries = subdistrict.villages.iter().chain(&subdistrict.grids).chain(&subdistrict.microgrids);
    let inputs: Vec<PlaceInput> =
        boundaries.map(|it| PlaceInput { id: it.id, level: it.level, parent: it.parent, shape: &it.shape }).collect();
    let (first, mended) = Partition::build(&inputs, DEFAULT_TOLERANCE_M).unwrap();
    assert_eq!(mended, []);
    assert_eq!(first.check(), Ok(()));
    for input in &inputs {
        let key = first.key(input.id).unwrap();
        assert!((first.area_m2(key) / area_m2(input.shape) - 1.0).abs() < 1e-12);
        assert_eq!(first.shape(key).coords_count(), input.shape.coords_count());
    }
    let households: Vec<LonLat> = subdistrict.households.iter().filter_map(|(household, _)| household.location).collect();
    assert!(households.len() > 300);
    check_points(&first, &households);
    edit_at_random(&first, &mut dice(11), 300, &households);
}
