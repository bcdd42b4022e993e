//! The invariants, exactly; after an edit only around it.

use super::{
    Arc, ArcId, Change, Partition, PlaceKey,
    exact::{Bits, Contact, Segment, bits, by_angle, contact, located},
    store::{End, bounds_of},
};
use crate::{geometry::LonLat, spatial::Boxes};
use geo::Coord;
use rayon::prelude::*;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

/// So many new edges are compared with all near without an index of these.
const FEW: usize = 16;

/// What must hold in every partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenRule {
    /// Arcs meet at their ends only, and no arc meets itself.
    Contact,
    /// Going round a node, what lies left of one arc lies right of the next; islands lie in the place that they say.
    Sectors,
    /// An arc divides two different places.
    Divides,
    /// Arcs and places are well formed, and the tree of places is consistent.
    Form,
    /// Two arcs that alone meet at a node are one.
    Joined,
}

/// An invariant that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{what} at {at}")]
pub struct Broken {
    pub what: BrokenRule,
    pub at: LonLat,
}

impl std::fmt::Display for BrokenRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Contact => "borders cross or touch",
            Self::Sectors => "borders disagree on what lies between them",
            Self::Divides => "a border has the same place on both sides",
            Self::Form => "a border or the tree of places is malformed",
            Self::Joined => "a border is cut in two for no reason",
        })
    }
}

fn broken(what: BrokenRule, at: Coord) -> Broken {
    Broken { what, at: located(at) }
}

/// An arc as it leaves a node: the vertex after the node, and what lies on either side of it.
#[derive(Clone, Copy, Debug)]
struct Leaving {
    towards: Coord,
    left: Option<PlaceKey>,
    right: Option<PlaceKey>,
}

impl Partition {
    pub(super) fn check_all(&self) -> Result<(), Broken> {
        self.check_tree()?;
        for (_, arc) in self.store.arcs() {
            self.check_form(arc)?;
        }
        self.check_contacts()?;
        for (_, ends) in self.store.nodes() {
            self.check_node(ends)?;
        }
        self.check_islands(self.store.arcs())
    }

    /// Checks what a change that was just applied can have broken: only new edges can meet others, only nodes that lost or got an
    /// arc can disagree, only islands in places touched can lie elsewhere.
    pub(super) fn check_around(&self, change: &Change) -> Result<(), Broken> {
        for (_, arc) in &change.added {
            self.check_form(arc)?;
        }
        self.check_new_edges(change)?;
        self.check_passed_nodes(change)?;
        let lines = change.removed.iter().chain(&change.added).map(|(_, arc)| arc);
        let nodes: BTreeSet<Bits> =
            lines.flat_map(|arc| [arc.line.first(), arc.line.last()]).flatten().map(|&at| bits(at)).collect();
        for node in nodes {
            self.check_node(self.store.ends(node))?;
        }
        let touched: BTreeSet<PlaceKey> =
            change.removed.iter().chain(&change.added).flat_map(|(_, arc)| [arc.left, arc.right]).flatten().collect();
        let around = self.store.family_borders(&touched);
        self.check_islands(around.into_iter().filter_map(|id| Some((id, self.store.arc(id)?))))
    }

    /// Whether arcs meet at their ends only.
    pub(super) fn check_contacts(&self) -> Result<(), Broken> {
        let arcs: Vec<(ArcId, &Arc)> = self.store.arcs().collect();
        arcs.into_par_iter().try_for_each(|(id, arc)| {
            check_alone(arc)?;
            let others = self.store.near(&bounds_of(&arc.line)).filter(|&(other, _)| other > id);
            others.into_iter().try_for_each(|(_, other)| check_pair(arc, other))
        })
    }

    fn check_tree(&self) -> Result<(), Broken> {
        for (key, place) in self.store.places() {
            let parent = place.parent.and_then(|parent| self.store.place(parent));
            let fits = place.level.above() == parent.map(|parent| parent.level) && place.parent.is_some() == parent.is_some();
            if !fits || self.store.key(place.id) != Some(key) {
                let at = self.store.own_borders(key).find_map(|id| self.store.arc(id)?.line.first().copied());
                return Err(broken(BrokenRule::Form, at.unwrap_or(Coord::zero())));
            }
        }
        Ok(())
    }

    fn check_form(&self, arc: &Arc) -> Result<(), Broken> {
        let first = arc.line.first().copied().unwrap_or(Coord::zero());
        if arc.left == arc.right {
            return Err(broken(BrokenRule::Divides, first));
        }
        if let Some(&at) = arc.line.iter().find(|at| LonLat::from_degrees(at.x, at.y).is_err()) {
            return Err(broken(BrokenRule::Form, at));
        }
        let repeated = arc.line.windows(2).find(|pair| pair[0] == pair[1]);
        if let Some(pair) = repeated {
            return Err(broken(BrokenRule::Form, pair[0]));
        }
        let is_known = |side: Option<PlaceKey>| side.is_none_or(|key| self.store.place(key).is_some());
        let is_long = arc.line.len() >= if arc.is_closed() { 4 } else { 2 };
        if is_long && is_known(arc.left) && is_known(arc.right) { Ok(()) } else { Err(broken(BrokenRule::Form, first)) }
    }

    /// Edges that were not there before against everything near.
    fn check_new_edges(&self, change: &Change) -> Result<(), Broken> {
        let undirected = |pair: &[Coord]| {
            let (a, b) = (bits(pair[0]), bits(pair[1]));
            (a.min(b), a.max(b))
        };
        let before: HashSet<(Bits, Bits)> =
            change.removed.iter().flat_map(|(_, arc)| arc.line.windows(2).map(undirected)).collect();
        let mut new: Vec<(ArcId, &Arc, usize)> = Vec::new();
        for (id, arc) in &change.added {
            let places = arc.line.windows(2).enumerate().filter(|(_, pair)| !before.contains(&undirected(pair)));
            new.extend(places.map(|(place, _)| (*id, arc, place)));
        }
        if new.len() > FEW {
            return self.check_many(&new);
        }
        for (id, arc, place) in new {
            for other_id in self.store.ids_near(&bounds_of(&arc.line[place..=place + 1])) {
                match self.store.arc(other_id) {
                    Some(_) if other_id == id => check_edge_in_own_arc(arc, place)?,
                    Some(other) => check_edge(arc, place, other)?,
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// As for few edges, by an index of all edges near.
    fn check_many(&self, new: &[(ArcId, &Arc, usize)]) -> Result<(), Broken> {
        let box_of = |arc: &Arc, place: usize| bounds_of(&arc.line[place..=place + 1]);
        let all = new.iter().fold(bounds_of(&[]), |all, &(_, arc, place)| all.union(&box_of(arc, place)));
        let mut edges: Vec<(ArcId, &Arc, usize)> = Vec::new();
        for id in self.store.ids_near(&all) {
            let Some(arc) = self.store.arc(id) else { continue };
            edges
                .extend((0..arc.line.len() - 1).map(|place| (id, arc, place)).filter(|it| box_of(it.1, it.2).intersects(&all)));
        }
        let index = Boxes::new(edges.iter().zip(0..).map(|(&(_, arc, place), number)| (box_of(arc, place), number)));
        for &(id, arc, place) in new {
            for number in index.meeting(&box_of(arc, place)) {
                let Some(&(other_id, other, other_place)) = edges.get(number as usize) else { continue };
                if (other_id, other_place) == (id, place) {
                    continue;
                }
                if other_id == id {
                    check_in_own_arc(arc, place, other_place)?;
                } else {
                    check_edges(arc, place, other, other_place)?;
                }
            }
        }
        Ok(())
    }

    /// What was a node and is none any more is an inner vertex of one arc at most, and no end of another.
    fn check_passed_nodes(&self, change: &Change) -> Result<(), Broken> {
        let ends_of =
            |arc: &Arc| [arc.line.first().copied(), arc.line.last().copied()].into_iter().flatten().map(bits).collect();
        let nodes: HashSet<Bits> =
            change.removed.iter().chain(&change.added).flat_map(|(_, arc)| -> Vec<Bits> { ends_of(arc) }).collect();
        let mut passed = HashSet::new();
        for (_, arc) in &change.added {
            let inner = arc.line.get(1..arc.line.len().saturating_sub(1)).unwrap_or_default();
            for &at in inner.iter().filter(|&&at| nodes.contains(&bits(at))) {
                if !passed.insert(bits(at)) || !self.store.ends(bits(at)).is_empty() {
                    return Err(broken(BrokenRule::Contact, at));
                }
            }
        }
        Ok(())
    }

    fn leaving(&self, end: End) -> Option<(Coord, Leaving)> {
        let arc = self.store.arc(end.arc)?;
        let n = arc.line.len();
        Some(if end.is_start {
            (*arc.line.first()?, Leaving { towards: *arc.line.get(1)?, left: arc.left, right: arc.right })
        } else {
            (*arc.line.last()?, Leaving { towards: *arc.line.get(n.checked_sub(2)?)?, left: arc.right, right: arc.left })
        })
    }

    /// All that leaves a node, counter-clockwise from east.
    fn round(&self, ends: &[End]) -> Option<(Coord, Vec<Leaving>)> {
        let mut all: Vec<(Coord, Leaving)> = ends.iter().filter_map(|&end| self.leaving(end)).collect();
        let node = all.first()?.0;
        all.sort_by(|(_, a), (_, b)| by_angle(node, a.towards, b.towards));
        Some((node, all.into_iter().map(|(_, leaving)| leaving).collect()))
    }

    fn check_node(&self, ends: &[End]) -> Result<(), Broken> {
        let Some((node, round)) = self.round(ends) else { return Ok(()) };
        let next = round.iter().cycle().skip(1);
        for (one, next) in round.iter().zip(next) {
            if round.len() > 1 && by_angle(node, one.towards, next.towards) == Ordering::Equal {
                return Err(broken(BrokenRule::Contact, node));
            }
            if one.left != next.right {
                return Err(broken(BrokenRule::Sectors, node));
            }
        }
        match ends {
            [one, other] if one.arc != other.arc => Err(broken(BrokenRule::Joined, node)),
            _ => Ok(()),
        }
    }

    /// Each connected set of the arcs lies where it says: what is at its easternmost vertex by the arcs themselves is what a ray
    /// eastward finds, which leaves the set there.
    fn check_islands<'a>(&self, arcs: impl Iterator<Item = (ArcId, &'a Arc)>) -> Result<(), Broken> {
        let mut groups = Groups::default();
        let mut easternmost: BTreeMap<usize, (Coord, ArcId, usize)> = BTreeMap::new();
        let mut members = Vec::new();
        for (id, arc) in arcs {
            let (Some(&first), Some(&last)) = (arc.line.first(), arc.line.last()) else { continue };
            let group = groups.join(bits(first), bits(last));
            let east = |a: &(usize, &Coord), b: &(usize, &Coord)| a.1.x.total_cmp(&b.1.x).then(a.1.y.total_cmp(&b.1.y));
            if let Some((place, &at)) = arc.line.iter().enumerate().max_by(east) {
                members.push((group, (at, id, place)));
            }
        }
        for (group, found) in members {
            let best = easternmost.entry(groups.root(group)).or_insert(found);
            if (best.0.x, best.0.y) < (found.0.x, found.0.y) {
                *best = found;
            }
        }
        for (at, id, place) in easternmost.into_values() {
            let by_arcs = self.east_of(at, id, place);
            if by_arcs.is_none_or(|leaving| leaving.left != self.place_at(at)) {
                return Err(broken(BrokenRule::Sectors, at));
            }
        }
        Ok(())
    }

    /// The arc that has on its left what lies east of a vertex, a little to the north, by the arcs that pass it: where the half-open rule puts the vertex.
    fn east_of(&self, at: Coord, id: ArcId, place: usize) -> Option<Leaving> {
        let arc = self.store.arc(id)?;
        let is_end = place == 0 || place + 1 == arc.line.len();
        let round = if is_end {
            self.round(self.store.ends(bits(at)))?.1
        } else {
            let (before, after) = (*arc.line.get(place - 1)?, *arc.line.get(place + 1)?);
            let mut both = vec![
                Leaving { towards: after, left: arc.left, right: arc.right },
                Leaving { towards: before, left: arc.right, right: arc.left },
            ];
            both.sort_by(|a, b| by_angle(at, a.towards, b.towards));
            both
        };
        let is_due_east = |leaving: &&Leaving| leaving.towards.x > at.x && leaving.towards.y.total_cmp(&at.y).is_eq();
        round.first().filter(is_due_east).or(round.last()).copied()
    }
}

/// Nodes that arcs connect.
#[derive(Default)]
struct Groups {
    of: HashMap<Bits, usize>,
    parent: Vec<usize>,
}

impl Groups {
    fn number(&mut self, node: Bits) -> usize {
        let parent = &mut self.parent;
        *self.of.entry(node).or_insert_with(|| {
            parent.push(parent.len());
            parent.len() - 1
        })
    }

    fn root(&mut self, mut number: usize) -> usize {
        while self.parent[number] != number {
            self.parent[number] = self.parent[self.parent[number]];
            number = self.parent[number];
        }
        number
    }

    fn join(&mut self, a: Bits, b: Bits) -> usize {
        let (a, b) = (self.number(a), self.number(b));
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a] = b;
        b
    }
}

fn edge(arc: &Arc, place: usize) -> Segment {
    (arc.line[place], arc.line[place + 1])
}

fn is_end(arc: &Arc, at: Coord) -> bool {
    arc.line.first() == Some(&at) || arc.line.last() == Some(&at)
}

fn check_pair(a: &Arc, b: &Arc) -> Result<(), Broken> {
    let bounds = bounds_of(&b.line);
    for place in 0..a.line.len().saturating_sub(1) {
        if bounds_of(&a.line[place..=place + 1]).intersects(&bounds) {
            check_edge(a, place, b)?;
        }
    }
    Ok(())
}

/// One edge of an arc against another arc: they meet only where both end.
fn check_edge(arc: &Arc, place: usize, other: &Arc) -> Result<(), Broken> {
    (0..other.line.len().saturating_sub(1)).try_for_each(|other_place| check_edges(arc, place, other, other_place))
}

fn check_edges(arc: &Arc, place: usize, other: &Arc, other_place: usize) -> Result<(), Broken> {
    match contact(edge(arc, place), edge(other, other_place)) {
        Contact::None => Ok(()),
        Contact::Point(at) if is_end(arc, at) && is_end(other, at) => Ok(()),
        Contact::Point(at) | Contact::Along(at) | Contact::Cross(at) => Err(broken(BrokenRule::Contact, at)),
    }
}

fn check_alone(arc: &Arc) -> Result<(), Broken> {
    (0..arc.line.len().saturating_sub(1)).try_for_each(|place| check_edge_in_own_arc(arc, place))
}

fn check_edge_in_own_arc(arc: &Arc, place: usize) -> Result<(), Broken> {
    let others = (0..arc.line.len() - 1).filter(|&other| other != place);
    others.into_iter().try_for_each(|other| check_in_own_arc(arc, place, other))
}

/// Two edges of the same arc: only those that follow each other meet, in their common vertex.
fn check_in_own_arc(arc: &Arc, place: usize, other: usize) -> Result<(), Broken> {
    let last = arc.line.len() - 2;
    let common = match (place.min(other), place.max(other)) {
        (first, second) if second - first == 1 => Some(arc.line[second]),
        (0, second) if second == last && arc.is_closed() => Some(arc.line[0]),
        _ => None,
    };
    match contact(edge(arc, place), edge(arc, other)) {
        Contact::None => Ok(()),
        Contact::Point(at) if common == Some(at) => Ok(()),
        Contact::Point(at) | Contact::Along(at) | Contact::Cross(at) => Err(broken(BrokenRule::Contact, at)),
    }
}
