//! Small seeded samples for tests and benches: tessellations, points, streams of cases.

use super::{
    border::{Borders, NOWHERE, cell_edges},
    growth::Ground,
    locate::Locator,
    mesh::Mesh,
    noise::fractal,
    plane::{Plane, Xy},
    random::Dice,
};
use crate::{
    case::{Case, CaseEvent, REPORT, State},
    geometry::{BBox, LonLat},
    place::Id,
};
use chrono::{DateTime, TimeDelta, Utc};
use geo::MultiPolygon;

/// `n` places with winding borders that tile a square of `side_m` metres around 110.55 E 29.35 N (its rim winds as well).
/// Neighbours share every vertex; rings are right-hand.
///
/// # Panics
/// If `n` is 0.
#[must_use]
pub fn tessellation(seed: u64, n: usize, side_m: f64) -> Vec<MultiPolygon> {
    let mut dice = Dice::new(seed, "tessellation");
    let half = side_m / 2.0;
    #[expect(clippy::cast_precision_loss, reason = "counts of places")]
    let across = (n as f64).sqrt().ceil();
    // About 20 cells a place.
    let spacing = side_m / across / 4.5;
    let reach = half + spacing * 6.0;
    let mesh = Mesh::new(Xy::new(-reach, -reach), Xy::new(reach, reach), &mut dice, |_| spacing);
    let inside = |at: Xy| at.x.abs() < half && at.y.abs() < half;
    let region: Vec<usize> = mesh.sites.iter().map(|&at| if inside(at) { 0 } else { NOWHERE }).collect();
    let cells: Vec<usize> = (0..region.len()).filter(|&cell| region[cell] == 0).collect();
    let seeds = seeds(&mesh, &region, n, side_m, &mut dice);
    let cost = |a: usize, b: usize| {
        let (from, to) = (mesh.sites[a], mesh.sites[b]);
        let middle = from.towards(to, 0.5) * (1.0 / (spacing * 6.0));
        from.distance(to) * (0.4 + fractal(seed, 3, middle.x, middle.y).abs())
    };
    let ground = Ground { mesh: &mesh, region: &region, within: 0, weight: &mesh.area, cost };
    let mut label = vec![NOWHERE; region.len()];
    for (&cell, part) in cells.iter().zip(ground.divide(&cells, &seeds, &vec![1.0; n], 1)) {
        label[cell] = part;
    }
    let borders = Borders::new(&mesh, &label, Plane::suoxiyu(), seed, 0.25);
    let around = cell_edges(&mesh);
    let mut parts = vec![Vec::new(); n];
    for &cell in &cells {
        parts[label[cell]].push(cell);
    }
    parts.iter().enumerate().map(|(part, cells)| borders.outline(cells, |cell| label[cell] == part, &around)).collect()
}

/// `n` different cells near the knots of a shaken lattice.
fn seeds(mesh: &Mesh, region: &[usize], n: usize, side_m: f64, dice: &mut Dice) -> Vec<usize> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of places"
    )]
    let across = (n as f64).sqrt().ceil() as u32;
    let step = side_m / f64::from(across);
    let mut knots: Vec<Xy> = (0..across)
        .flat_map(|row| (0..across).map(move |column| Xy::new(f64::from(column) + 0.5, f64::from(row) + 0.5)))
        .map(|knot| (knot + Xy::new(dice.between(-0.3, 0.3), dice.between(-0.3, 0.3))) * step - Xy::new(side_m, side_m) * 0.5)
        .collect();
    dice.shuffle(&mut knots);
    let locator = Locator::new(&mesh.sites);
    let seeds: Vec<usize> = knots.into_iter().take(n).map(|knot| locator.nearest(knot)).collect();
    debug_assert!(seeds.iter().all(|&seed| region[seed] == 0));
    seeds
}

/// `n` points, evenly spread over `bbox`, rounded to 7 decimals.
///
/// # Panics
/// If `bbox` reaches beyond the earth.
#[must_use]
pub fn points(seed: u64, n: usize, bbox: BBox) -> Vec<LonLat> {
    let mut dice = Dice::new(seed, "points");
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    let mut point = || {
        let (lon, lat) = (dice.between(bbox.west, bbox.east), dice.between(bbox.south, bbox.north));
        LonLat::from_degrees(round(lon), round(lat)).expect("a box on the earth")
    };
    (0..n).map(|_| point()).collect()
}

/// `n` cases with legal, time-ordered events, submitted over `days` days from `from`. Some are still open, since their stories
/// end at any state; the points are those of [`points`] over `bbox`.
#[must_use]
pub fn cases(seed: u64, n: usize, from: DateTime<Utc>, days: i64, bbox: BBox) -> (Vec<Case>, Vec<CaseEvent>) {
    const CATEGORIES: [&str; 4] = ["路灯", "垃圾清运", "道路破损", "噪音"];
    let mut dice = Dice::new(seed, "cases");
    let (mut cases, mut events) = (Vec::with_capacity(n), Vec::new());
    for (number, location) in points(seed, n, bbox).into_iter().enumerate() {
        let source = format!("C{number:06}");
        let id = Id::derived("wangge sample cases", &format!("{seed}/{source}"));
        let submitted_at = from + TimeDelta::seconds(dice.whole(0, days.max(1) * 86_400 - 1));
        let (mut state, mut at, mut closed_at) = (State::Submitted, submitted_at, None);
        loop {
            let actor = if state == State::Submitted { "reporter".to_owned() } else { format!("A{}", dice.below(20)) };
            events.push(CaseEvent { case: id, transition: state, at, actor: Some(actor), version: None });
            let next = state.next();
            if next.is_empty() || dice.chance(0.08) {
                break;
            }
            state = if state.is_open() && dice.chance(0.01) { State::Void } else { *dice.pick(next) };
            at += TimeDelta::seconds(dice.whole(30, 40_000));
            closed_at = match state {
                State::Closed => Some(at),
                State::Reopened => None,
                _ => closed_at,
            };
        }
        cases.push(Case {
            id,
            kind: REPORT.to_owned(),
            source,
            category: (*dice.pick(&CATEGORIES)).to_owned(),
            channel: None,
            location: Some(location),
            submitted_at,
            state,
            closed_at: if state.is_discarded() { Some(at) } else { closed_at },
            stated: None,
            label: None,
            placement: None,
            now: None,
        });
    }
    (cases, events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::checks::{assert_legal, assert_tiles};

    #[test]
    fn tessellations_of_several_sizes_tile_their_square() {
        for (n, side_m) in [(1, 900.0), (2, 500.0), (7, 3_000.0), (60, 2_000.0), (500, 40_000.0)] {
            let shapes = tessellation(n as u64, n, side_m);
            assert_eq!(shapes.len(), n);
            let area_m2 = assert_tiles(&shapes.iter().collect::<Vec<_>>());
            let square = side_m * side_m;
            assert!((0.75..1.25).contains(&(area_m2 / square)), "{n}: {area_m2} of {square}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sample() {
        let bbox = BBox { west: 110.5, south: 29.3, east: 110.6, north: 29.4 };
        assert_eq!(tessellation(4, 20, 1_000.0), tessellation(4, 20, 1_000.0));
        assert_ne!(tessellation(4, 20, 1_000.0), tessellation(5, 20, 1_000.0));
        assert_eq!(points(4, 50, bbox), points(4, 50, bbox));
        assert!(points(4, 500, bbox).into_iter().all(|point| bbox.contains(point)));
    }

    #[test]
    fn streams_of_cases_are_legal() {
        let bbox = BBox { west: 110.5, south: 29.3, east: 110.6, north: 29.4 };
        let (cases, events) = cases(9, 800, DateTime::UNIX_EPOCH, 30, bbox);
        assert_legal(&cases, &events);
        let open = cases.iter().filter(|case| case.state.is_open()).count();
        assert!((100..700).contains(&open), "{open} open");
        assert!(State::ALL.iter().filter(|&&state| events.iter().any(|event| event.transition == state)).count() > 18);
    }
}
