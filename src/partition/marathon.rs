//! Many random edits, checked against brute force: tests of generated ground, of the demo and of real data share it.

use super::{
    Change, EditError, Partition, PlaceKey,
    fuzz::{Source, positions, random_edit, total_m2},
};
use crate::{
    geometry::{LonLat, find_flaw},
    place::Level,
    spatial::{PolygonIndex, SLIVER_M2, overlaps_and_gaps},
};
use geo::MultiPolygon;
use std::collections::BTreeMap;

/// The keys of a level and the shapes there.
fn shapes(partition: &Partition, level: Level) -> (Vec<PlaceKey>, Vec<MultiPolygon>) {
    let of_level = partition.places().filter(|(_, place)| place.level == level);
    of_level.map(|(key, _)| (key, partition.shape(key))).unzip()
}

/// Each point is where the shapes say that it is, in one place of a level at most.
///
/// # Panics
/// If one is not.
pub fn check_points(partition: &Partition, points: &[LonLat]) {
    for level in [Level::Village, Level::Grid, Level::MicroGrid] {
        let (keys, shapes) = shapes(partition, level);
        let index = PolygonIndex::new(&shapes);
        for &point in points {
            let expected: Vec<PlaceKey> = index.containing(point).into_iter().map(|it| keys[it]).collect();
            let found = partition.locate(point).and_then(|key| partition.at_level(key, level));
            assert_eq!(expected, found.into_iter().collect::<Vec<_>>(), "{level} {point}");
        }
    }
}

/// # Panics
/// If a shape is invalid, or villages overlap or leave a gap.
pub fn check_shapes(partition: &Partition) {
    for level in [Level::Village, Level::Grid, Level::MicroGrid] {
        let (_, shapes) = shapes(partition, level);
        for shape in &shapes {
            assert_eq!(find_flaw(shape), None);
        }
    }
    assert_eq!(overlaps_and_gaps(&shapes(partition, Level::Village).1, SLIVER_M2), []);
}

/// `count` random edits with all checks, then all of them taken back. By kind of edit: how many were done, how many refused.
///
/// # Panics
/// If a check fails: invariants, total area, each of `points` in one place, valid shapes, exact undo.
pub fn edit_at_random(
    first: &Partition,
    source: &mut impl Source,
    count: usize,
    points: &[LonLat],
) -> BTreeMap<String, [usize; 2]> {
    let mut partition = first.clone();
    let area_m2 = total_m2(first);
    let mut changes: Vec<Change> = Vec::new();
    let mut tally: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for number in 0..count {
        let Some(edit) = random_edit(&partition, source) else { continue };
        let kind = format!("{edit:?}").split(' ').next().unwrap_or_default().to_owned();
        let result = partition.perform(&edit);
        tally.entry(kind).or_default()[usize::from(result.is_err())] += 1;
        match result {
            Ok(change) => changes.push(change),
            Err(error) => assert!(!matches!(error, EditError::Broken(_) | EditError::OutOfOrder), "{number} {edit:?} {error}"),
        }
        if number % 50 == 49 || number + 1 == count {
            assert_eq!(partition.check(), Ok(()), "{number} {edit:?}");
            let relative = total_m2(&partition) / area_m2 - 1.0;
            assert!(relative.abs() < 1e-9, "{relative}");
            let mut all = positions(&partition, 50, source);
            all.extend_from_slice(points);
            check_points(&partition, &all);
        }
        if number % 500 == 499 {
            check_shapes(&partition);
        }
    }
    for change in changes.iter().rev() {
        assert_eq!(partition.apply(&change.inverse()), Ok(()));
    }
    assert!(partition.arcs().eq(first.arcs()) && partition.places().eq(first.places()));
    for (key, _) in first.places() {
        assert_eq!(partition.shape(key), first.shape(key));
    }
    for change in &changes {
        assert_eq!(partition.apply(change), Ok(()));
    }
    assert_eq!(partition.check(), Ok(()));
    tally
}
