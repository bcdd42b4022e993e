//! Polygons that fit, nearly fit, and do not.

use super::*;
use crate::{
    geometry::area_m2,
    place::Level,
    spatial::tests::{Ring as Units, shape, tessellation},
};
use geo::{Coord, LineString, MultiPolygon};
use proptest::prelude::*;

fn id(name: &str) -> Id {
    Id::derived("build", name)
}

fn square((west, south, east, north): (i64, i64, i64, i64)) -> Units {
    vec![(west, south), (east, south), (east, north), (west, north), (west, south)]
}

/// Name, level, parent, rings in units of 2⁻¹⁶ degrees (about 1.5 m).
type Given<'a> = (&'a str, Level, Option<&'a str>, Vec<Units>);

fn built(given: &[Given]) -> Result<(Partition, Vec<Mended>), BuildError> {
    let shapes: Vec<MultiPolygon> = given.iter().map(|(.., rings)| shape(rings)).collect();
    let inputs = given.iter().zip(&shapes).map(|((name, level, parent, _), shape)| PlaceInput {
        id: id(name),
        level: *level,
        parent: parent.map(id),
        shape,
    });
    Partition::build(&inputs.collect::<Vec<_>>(), super::DEFAULT_TOLERANCE_M)
}

/// The vertices of a ring from its smallest one on, without the closing one.
fn cyclic(ring: &LineString) -> Vec<(u64, u64)> {
    let mut ring: Vec<Coord> = ring.0[1..].to_vec();
    let first = (0..ring.len()).min_by(|&a, &b| (ring[a].x, ring[a].y).partial_cmp(&(ring[b].x, ring[b].y)).unwrap());
    ring.rotate_left(first.unwrap());
    ring.iter().map(|at| (at.x.to_bits(), at.y.to_bits())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_fits_comes_back_bit_for_bit(seed: u64, side in 1usize..7) {
        let cells = tessellation(side, seed, 12);
        let shapes: Vec<MultiPolygon> = cells.into_iter().map(|ring| shape(&[ring])).collect();
        let inputs: Vec<PlaceInput> = shapes
            .iter()
            .enumerate()
            .map(|(n, shape)| PlaceInput { id: id(&n.to_string()), level: Level::Village, parent: None, shape })
            .collect();
        let (partition, mended) = Partition::build(&inputs, 0.05).unwrap();
        prop_assert_eq!(mended, vec![]);
        prop_assert_eq!(partition.check(), Ok(()));
        for (input, given) in inputs.iter().zip(&shapes) {
            let traced = partition.shape(partition.key(input.id).unwrap());
            prop_assert_eq!(traced.0.len(), 1);
            prop_assert_eq!(cyclic(traced.0[0].exterior()), cyclic(given.0[0].exterior()));
        }
    }
}

#[test]
fn holes_and_islands_come_back() {
    // A frame with a hole that touches its border in one corner, a lake with an island that belongs to the frame's owner too.
    let hole = vec![(0, 0), (20, 40), (40, 20), (0, 0)];
    let lake = square((60, 60, 100, 100));
    let frame = vec![square((0, 0, 128, 128)), hole.clone(), lake.clone()];
    let given = [
        ("frame", Level::Village, None, frame),
        ("corner", Level::Village, None, vec![hole]),
        ("lake", Level::Village, None, vec![lake, square((70, 70, 80, 80))]),
        ("island", Level::Village, None, vec![square((70, 70, 80, 80))]),
    ];
    let (partition, mended) = built(&given).unwrap();
    assert_eq!(mended, []);
    for (name, _, _, rings) in &given {
        let key = partition.key(id(name)).unwrap();
        let traced = partition.shape(key);
        assert_eq!(crate::geometry::find_flaw(&traced), None);
        assert!((area_m2(&traced) / area_m2(&shape(rings)) - 1.0).abs() < 1e-12, "{name}");
        assert_eq!((partition.parts(key), traced.0[0].interiors().len()), (1, rings.len() - 1), "{name}");
    }
}

#[test]
fn ground_without_grid_is_the_villages_own() {
    let given = [
        ("village", Level::Village, None, vec![square((0, 0, 128, 64))]),
        ("grid", Level::Grid, Some("village"), vec![square((0, 0, 64, 64))]),
        ("other", Level::Village, None, vec![square((300, 0, 364, 64))]),
    ];
    let (partition, mended) = built(&given).unwrap();
    assert!(mended.iter().all(|it| it.kind == MendedKind::VertexInserted), "{mended:?}");
    let at = |x| partition.locate(crate::spatial::tests::lon_lat((x, 30))).and_then(|key| partition.place(key)).map(|it| it.id);
    assert_eq!([10, 100, 200, 310].map(at), [Some(id("grid")), Some(id("village")), None, Some(id("other"))]);
}

#[test]
fn a_place_may_come_before_what_it_is_part_of() {
    let rings = || vec![square((0, 0, 64, 64))];
    let given = [
        ("grid", Level::Grid, Some("village"), rings()),
        ("other", Level::Village, None, vec![square((300, 0, 364, 64))]),
        ("village", Level::Village, None, rings()),
    ];
    let (partition, mended) = built(&given).unwrap();
    assert_eq!(mended, []);
    assert_eq!(partition.children(partition.key(id("village")).unwrap()), [partition.key(id("grid")).unwrap()]);
}

#[test]
fn a_vertex_that_the_neighbour_lacks_is_inserted() {
    let given = [
        ("a", Level::Village, None, vec![square((0, 0, 64, 64))]),
        ("b", Level::Village, None, vec![vec![(64, 0), (128, 0), (128, 64), (64, 64), (64, 30), (64, 0)]]),
    ];
    let (partition, mended) = built(&given).unwrap();
    let [Mended { kind: MendedKind::VertexInserted, places, .. }] = &mended[..] else { panic!("{mended:?}") };
    assert_eq!(places[..], [id("a")]);
    assert_eq!(partition.shape(partition.key(id("a")).unwrap()).0[0].exterior().0.len(), 6);
    assert_eq!(partition.check(), Ok(()));
}

/// Two squares side by side, the second one's west border moved by so many metres.
fn apart(east_m: f64) -> Result<(Partition, Vec<Mended>), BuildError> {
    let first = shape(&[square((0, 0, 64, 64))]);
    let mut second = shape(&[square((64, 0, 128, 64))]);
    let shift = east_m / (111_320.0 * 29.25f64.to_radians().cos());
    let border = second.0[0].exterior().0[0].x;
    second.0[0].exterior_mut(|ring| {
        for at in ring.0.iter_mut().filter(|at| at.x.to_bits() == border.to_bits()) {
            at.x += shift;
        }
    });
    let village = shape(&[square((0, 0, 128, 64))]);
    let input = |name, level, parent: Option<&str>, shape| PlaceInput { id: id(name), level, parent: parent.map(id), shape };
    let inputs = [
        input("village", Level::Village, None, &village),
        input("a", Level::Grid, Some("village"), &first),
        input("b", Level::Grid, Some("village"), &second),
    ];
    Partition::build(&inputs, 0.05)
}

#[test]
fn lines_drawn_twice_become_one() {
    for (east_m, kind) in [(0.03, MendedKind::VertexMoved), (0.3, MendedKind::Gap), (-0.3, MendedKind::Overlap)] {
        let (partition, mended) = apart(east_m).unwrap();
        assert!(mended.iter().any(|it| it.kind == kind), "{mended:?}");
        assert_eq!(partition.check(), Ok(()));
        let area = |name| partition.area_m2(partition.key(id(name)).unwrap());
        assert!((area("a") + area("b") - area("village")).abs() < 1e-3, "{east_m}");
        if let Some(sliver) = mended.iter().find(|it| it.kind == MendedKind::Gap || it.kind == MendedKind::Overlap) {
            let expected = 64.0 / 65_536.0 * 110_860.0 * east_m.abs();
            assert!((sliver.area_m2 / expected - 1.0).abs() < 0.01, "{} {expected}", sliver.area_m2);
        }
    }
}

#[test]
fn what_is_large_is_refused_with_its_place() {
    let error = apart(-10.0).unwrap_err();
    let BuildError::Flaws(flaws) = &error else { panic!("{error}") };
    let [BuildFlaw { kind: FlawKind::Overlap, places, area_m2, at }] = &flaws[..] else { panic!("{flaws:?}") };
    let mut both = [id("a"), id("b")];
    both.sort_unstable();
    assert_eq!(places[..], both);
    assert!((area_m2 / (64.0 / 65_536.0 * 110_860.0 * 10.0) - 1.0).abs() < 0.01, "{area_m2}");
    assert!(at.lon() > 110.5 + 55.0 / 65_536.0 && at.lon() < 110.5 + 64.0 / 65_536.0, "{at}");
    assert!(apart(10.0).unwrap().1.iter().all(|it| it.kind == MendedKind::VertexInserted));
    let given = [
        ("village", Level::Village, None, vec![square((0, 0, 64, 64))]),
        ("grid", Level::Grid, Some("village"), vec![square((30, 30, 94, 60))]),
    ];
    let error = built(&given).unwrap_err();
    let BuildError::Flaws(flaws) = &error else { panic!("{error}") };
    assert!(matches!(flaws[..], [BuildFlaw { kind: FlawKind::OutsideParent, .. }]), "{error}");
}

#[test]
fn says_what_is_wrong_with_the_tree() {
    let one = || vec![square((0, 0, 64, 64))];
    let twice = [("a", Level::Village, None, one()), ("a", Level::Village, None, one())];
    assert_eq!(built(&twice).unwrap_err(), BuildError::Twice(id("a")));
    let orphan = [("a", Level::Grid, Some("b"), one())];
    assert_eq!(built(&orphan).unwrap_err(), BuildError::Parent { place: id("a"), parent: Some(id("b")) });
    let askew = [("a", Level::Village, None, one()), ("b", Level::MicroGrid, Some("a"), one())];
    assert_eq!(built(&askew).unwrap_err(), BuildError::Parent { place: id("b"), parent: Some(id("a")) });
    assert_eq!(Partition::build(&[], f64::NAN).unwrap_err().to_string(), BuildError::Tolerance(f64::NAN).to_string());
    assert_eq!(built(&[]).unwrap().0.arcs().count(), 0);
}
