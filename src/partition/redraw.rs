//! A stretch of a common border replaced by a line.

use super::{
    Change, EditError, Line, Partition, PlaceKey,
    claim::Claim,
    exact::{Bits, apart, bits, foot, located},
    measure::length_m,
    overlay::Label,
    region::{Border, coords},
    vertex::scale,
};
use crate::{
    geometry::{LonLat, distance_m},
    place::Id,
};
use geo::Coord;
use std::collections::{BTreeMap, BTreeSet};

/// How far from the common border the ends of the line may lie, m.
const REACH_M: f64 = 200.0;

/// A place on one of the arcs of a border: arc, edge, where.
#[derive(Clone, Copy)]
struct On {
    arc: usize,
    edge: usize,
    at: Coord,
}

impl Partition {
    pub(super) fn redraw(&mut self, a: Id, b: Id, line: &Line) -> Result<Change, EditError> {
        let claims = [Claim::of(self, self.known(b)?)?, Claim::of(self, self.known(a)?)?];
        let mut line = coords(&line.0)?;
        if line.len() < 2 {
            return Err(EditError::NoLine);
        }
        let ids = self.borders_between(claims[1].key, Some(claims[0].key));
        let arcs: Vec<&[Coord]> = ids.iter().filter_map(|&id| self.store.arc(id)).map(|arc| arc.line.as_slice()).collect();
        let on = |at: Coord| nearest(&arcs, at).ok_or(EditError::NoCommonBorder { a, b, at: located(at) });
        let (from, to) = (on(line[0])?, on(line[line.len() - 1])?);
        let path = path(&arcs, from, to);
        let path = path.ok_or(EditError::Unconnected { from: located(from.at), to: located(to.at) })?;
        line.insert(0, from.at);
        line.push(to.at);
        line.dedup();
        let mut ring = path;
        ring.extend(line.into_iter().rev().skip(1));
        ring.dedup();
        if ring.len() < 4 {
            return Err(EditError::Nothing);
        }
        let mut overlay = self.overlay(vec![ring])?;
        let border = Border::new(overlay.pieces.iter().map(|piece| (piece.line.as_slice(), piece.along)));
        let sides = self.in_and_out(&mut overlay, &border);
        // Each of the two gets what the other has between the old border and the line.
        let claimant = |label: Label| label.and_then(|key| (0..2).find(|&number| claims[1 - number].family.contains(&key)));
        let draft = self.claimed(overlay, &sides, &claims, claimant)?;
        self.settle(draft)
    }

    pub(super) fn arcs_between(&self, a: PlaceKey, b: Option<PlaceKey>) -> Vec<super::ArcId> {
        let family_a = self.store.family(a);
        let family_b = b.map(|key| self.store.family(key));
        let is_b = |label: Label| match (&family_b, label) {
            (None, label) => label.is_none(),
            (Some(family), Some(key)) => family.contains(&key) && !family_a.contains(&key),
            (Some(_), None) => false,
        };
        let is_a = |label: Label| {
            label.is_some_and(|key| family_a.contains(&key) && family_b.as_ref().is_none_or(|family| !family.contains(&key)))
        };
        let divides = |id: &super::ArcId| {
            let sides = self.store.arc(*id).map(|arc| (arc.left, arc.right));
            sides.is_some_and(|(left, right)| (is_a(left) && is_b(right)) || (is_b(left) && is_a(right)))
        };
        self.store.family_borders(&family_a).into_iter().filter(divides).collect()
    }
}

/// The place on the arcs that is nearest to a position, if it is in reach.
fn nearest(arcs: &[&[Coord]], at: Coord) -> Option<On> {
    let scale = scale(at);
    let scaled = |it: Coord| Coord { x: it.x * scale, y: it.y };
    let mut best: Option<(f64, On)> = None;
    for (arc, line) in arcs.iter().enumerate() {
        for (edge, pair) in line.windows(2).enumerate() {
            let (place, share) = foot(scaled(at), (scaled(pair[0]), scaled(pair[1])));
            let degrees = apart(place, scaled(at));
            if best.is_none_or(|(least, _)| degrees < least) {
                let place = if share <= 0.0 {
                    pair[0]
                } else if share >= 1.0 {
                    pair[1]
                } else {
                    pair[0] + (pair[1] - pair[0]) * share
                };
                best = Some((degrees, On { arc, edge, at: place }));
            }
        }
    }
    let position = LonLat::from_degrees(at.x, at.y).ok()?;
    best.map(|(_, on)| on).filter(|on| distance_m(position, located(on.at)) <= REACH_M)
}

/// The shortest way along the arcs.
fn path(arcs: &[&[Coord]], from: On, to: On) -> Option<Vec<Coord>> {
    let mut ways: Vec<Vec<Coord>> = Vec::new();
    if from.arc == to.arc {
        ways.push(between(arcs[from.arc], from, to));
    }
    // From the ends of the first arc to those of the last, over whole arcs (Dijkstra 1959; there are few).
    let (starts, ends) = (to_ends(arcs[from.arc], from), to_ends(arcs[to.arc], to));
    let mut reached: BTreeMap<Bits, Vec<Coord>> = BTreeMap::new();
    let mut pending: Vec<Vec<Coord>> = starts.into();
    while let Some(shortest) = (0..pending.len()).min_by(|&a, &b| length_m(&pending[a]).total_cmp(&length_m(&pending[b]))) {
        let way = pending.swap_remove(shortest);
        let Some(&end) = way.last() else { continue };
        if reached.contains_key(&bits(end)) {
            continue;
        }
        let others = arcs.iter().enumerate().filter(|&(number, _)| number != from.arc && number != to.arc);
        for (_, line) in others {
            for is_forward in [true, false] {
                let mut next: Vec<Coord> = line.to_vec();
                if !is_forward {
                    next.reverse();
                }
                if next.first() == Some(&end) {
                    pending.push(way.iter().copied().chain(next.into_iter().skip(1)).collect());
                }
            }
        }
        reached.insert(bits(end), way);
    }
    for end in ends {
        if let Some(way) = end.last().and_then(|&at| reached.get(&bits(at))) {
            ways.push(way.iter().copied().chain(end.into_iter().rev().skip(1)).collect());
        }
    }
    let simple = ways.into_iter().filter(|way| is_simple(way));
    simple.min_by(|a, b| length_m(a).total_cmp(&length_m(b)))
}

/// Whether no vertex comes twice.
fn is_simple(way: &[Coord]) -> bool {
    let mut seen = BTreeSet::new();
    way.windows(2).all(|pair| pair[0] == pair[1] || seen.insert(bits(pair[0])))
}

/// From a place on an arc to its start and to its end.
fn to_ends(line: &[Coord], on: On) -> [Vec<Coord>; 2] {
    let mut to_start: Vec<Coord> = std::iter::once(on.at).chain(line[..=on.edge].iter().rev().copied()).collect();
    let mut to_end: Vec<Coord> = std::iter::once(on.at).chain(line[on.edge + 1..].iter().copied()).collect();
    to_start.dedup();
    to_end.dedup();
    [to_start, to_end]
}

fn between(line: &[Coord], from: On, to: On) -> Vec<Coord> {
    let share = |on: On| apart(line[on.edge], on.at);
    let is_forward = (from.edge, share(from)) <= (to.edge, share(to));
    let (first, last) = if is_forward { (from, to) } else { (to, from) };
    let inner = line.get(first.edge + 1..=last.edge).unwrap_or_default();
    let mut way: Vec<Coord> = std::iter::once(first.at).chain(inner.iter().copied()).chain([last.at]).collect();
    way.dedup();
    if !is_forward {
        way.reverse();
    }
    way
}
