//! Borders with fewer vertices, or without corners.

use super::{Arc, ArcId, Change, EditError, Partition, Simplification, draft::Draft, swept::swept, vertex::scale};
use crate::place::Id;
use geo::{Coord, LineString, SimplifyIdx, SimplifyVwIdx};

/// Degrees of latitude in a metre, about.
const DEGREES_PER_METRE: f64 = 1.0 / 111_000.0;

/// Cutting corners doubles the vertices each time.
const MOST_ROUNDS: u8 = 5;

impl Partition {
    pub(super) fn simplify(&mut self, place: Id, method: Simplification, tolerance_m: f64) -> Result<Change, EditError> {
        if !(tolerance_m > 0.0 && tolerance_m <= 1_000.0) {
            let expected = "above 0 and at most 1000 m";
            return Err(EditError::Parameter { what: "the tolerance", value: tolerance_m, expected });
        }
        self.redraw_arcs(place, |line| simplified(line, method, tolerance_m))
    }

    pub(super) fn smooth(&mut self, place: Id, rounds: u8) -> Result<Change, EditError> {
        if !(1..=MOST_ROUNDS).contains(&rounds) {
            return Err(EditError::Parameter { what: "rounds", value: f64::from(rounds), expected: "1 to 5" });
        }
        self.redraw_arcs(place, |line| (0..rounds).fold(line.to_vec(), |line, _| without_corners(&line)))
    }

    /// Gives each inner border of a place a new line between the same nodes; where that would cross another, it stays as it is.
    fn redraw_arcs(&mut self, place: Id, new: impl Fn(&[Coord]) -> Vec<Coord>) -> Result<Change, EditError> {
        let family = self.store.family(self.known(place)?);
        let is_in = |side: Option<super::PlaceKey>| side.is_some_and(|key| family.contains(&key));
        let ids: Vec<ArcId> = self.store.family_borders(&family).into_iter().collect();
        let mut all = Change::default();
        for id in ids {
            let Some(arc) = self.store.arc(id).filter(|arc| is_in(arc.left) != is_in(arc.right) && !arc.is_outer()) else {
                continue;
            };
            let line = new(&arc.line);
            if line == arc.line || line.len() < if arc.is_closed() { 4 } else { 2 } {
                continue;
            }
            let relabelled = swept(arc, &line);
            let added = vec![(Some(id), Arc { line, left: arc.left, right: arc.right })];
            let draft = Draft { removed: [id].into(), added, relabelled, ..Draft::default() };
            if let Ok(change) = self.settle(draft) {
                all = all.then(change);
            }
        }
        if all.is_empty() { Err(EditError::Nothing) } else { Ok(all) }
    }
}

fn simplified(line: &[Coord], method: Simplification, tolerance_m: f64) -> Vec<Coord> {
    let Some(&first) = line.first() else { return Vec::new() };
    let scale = scale(first);
    let plane = LineString(line.iter().map(|at| Coord { x: (at.x - first.x) * scale, y: at.y - first.y }).collect());
    let tolerance = tolerance_m * DEGREES_PER_METRE;
    let kept = match method {
        Simplification::DouglasPeucker => plane.simplify_idx(tolerance),
        Simplification::Visvalingam => plane.simplify_vw_idx(tolerance * tolerance),
    };
    kept.into_iter().filter_map(|place| line.get(place).copied()).collect()
}

/// Each inner vertex becomes two, a quarter of the edge before and after it (Chaikin, *An algorithm for high speed curve
/// generation*, 1974). The ends stay.
fn without_corners(line: &[Coord]) -> Vec<Coord> {
    let n = line.len();
    let mut smooth: Vec<Coord> = line.first().copied().into_iter().collect();
    for place in 1..n.saturating_sub(1) {
        smooth.push(line[place] + (line[place - 1] - line[place]) * 0.25);
        smooth.push(line[place] + (line[place + 1] - line[place]) * 0.25);
    }
    smooth.extend(line.last().copied());
    smooth.dedup();
    smooth
}
