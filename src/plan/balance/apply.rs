//! From a candidate to an operation on the draft.

use super::Village;
use crate::{
    districting::balance::Candidate,
    geometry::{BBox, area_m2_polygon},
    partition::{Edit, New, PlaceKey, Region},
    place::{Id, Level},
    plan::{Desk, NewPlace, Operation, PlanError},
    spatial::PolygonIndex,
};
use geo::{LineString, MultiPolygon, Polygon};
use std::collections::{BTreeMap, BTreeSet, HashSet};

impl Desk {
    /// The operation that makes candidates of villages the draft's: households with the ground around them, micro-grids as they are.
    ///
    /// New grids get ids derived from `seed`, so that the same candidate makes the same operation.
    ///
    /// # Errors
    /// [`PlanError::NobodyMoves`] if everything is as the candidates have it.
    pub fn take_over(&self, chosen: &[(&Village, &Candidate)], seed: &str) -> Result<Operation, PlanError> {
        let mut edits = Vec::new();
        let mut places = BTreeMap::new();
        for (village, candidate) in chosen {
            let mut work = Work { desk: self, village, edits: Vec::new(), places: BTreeMap::new() };
            work.make(candidate, seed);
            edits.append(&mut work.edits);
            places.append(&mut work.places);
        }
        if edits.is_empty() {
            return Err(PlanError::NobodyMoves);
        }
        self.without_splinters(Operation::Redraw { edits, places })
    }

    /// Adds to an operation what joins the ground that it would leave apart from the rest of its grid, as far as nobody lives there:
    /// such ground goes to the grid around it.
    ///
    /// # Errors
    /// [`PlanError`] if the operation itself can't be done.
    pub fn without_splinters(&self, operation: Operation) -> Result<Operation, PlanError> {
        let Operation::Redraw { mut edits, places } = operation else { return Ok(operation) };
        let mut after = self.clone();
        after.preview_and_keep(&Operation::Redraw { edits: edits.clone(), places: places.clone() })?;
        for _ in 0..ROUNDS {
            let found = splinters(self, &after);
            let mut kept = Vec::new();
            for edit in found {
                // What can't go (a lock, nothing around it) stays where it is: it is among the problems.
                let one = Operation::Redraw { edits: vec![edit.clone()], places: BTreeMap::new() };
                if after.preview_and_keep(&one).is_ok() {
                    kept.push(edit);
                }
            }
            if kept.is_empty() {
                break;
            }
            edits.append(&mut kept);
        }
        Ok(Operation::Redraw { edits, places })
    }
}

/// Ground that goes to a neighbour may part what is left there.
const ROUNDS: usize = 4;

/// The edits that give uninhabited pieces of grids to the neighbour with which they have the longest border, of grids that were in
/// fewer pieces before.
fn splinters(before: &Desk, after: &Desk) -> Vec<Edit> {
    let partition = after.draft().partition();
    let mut edits = Vec::new();
    for (id, figures) in after.live().figures() {
        let pieces_before = before.live().figures().get(id).map_or(1, |it| it.parts);
        if figures.parts <= pieces_before.max(1) {
            continue;
        }
        let Some(key) = partition.key(*id) else { continue };
        let shape = partition.shape(key);
        let homes = after.homes_in(*id);
        let index = PolygonIndex::new(&shape.0.iter().map(|piece| MultiPolygon(vec![piece.clone()])).collect::<Vec<_>>());
        let settled: BTreeSet<usize> = homes.iter().flat_map(|at| index.containing(*at)).collect();
        let largest = (0..shape.0.len()).max_by(|a, b| area_m2_polygon(&shape.0[*a]).total_cmp(&area_m2_polygon(&shape.0[*b])));
        for (i, piece) in shape.0.iter().enumerate() {
            let stays = settled.contains(&i) || (settled.is_empty() && Some(i) == largest);
            if let Some(to) = around(after, *id, piece).filter(|_| !stays) {
                let region = Region::from(&MultiPolygon(vec![piece.clone()]));
                edits.push(Edit::Transfer { region, to, from: vec![*id], outer: false });
            }
        }
    }
    edits
}

/// The grid of the same village with which a piece has the longest border.
fn around(desk: &Desk, grid: Id, piece: &Polygon) -> Option<Id> {
    let partition = desk.draft().partition();
    let key = partition.key(grid)?;
    let place = partition.place(key)?;
    let on_piece: HashSet<(u64, u64)> = piece.exterior().0.iter().map(|at| (at.x.to_bits(), at.y.to_bits())).collect();
    let mut lengths: BTreeMap<PlaceKey, f64> = BTreeMap::new();
    for (_, arc) in BBox::around(piece).map(|bounds| partition.arcs_in(&bounds)).unwrap_or_default() {
        if !arc.line.iter().all(|at| on_piece.contains(&(at.x.to_bits(), at.y.to_bits()))) {
            continue;
        }
        let sides = [arc.left, arc.right].map(|side| side.and_then(|side| partition.at_level(side, place.level)));
        let beyond = match sides {
            [Some(one), other] if one == key => other,
            [other, Some(one)] if one == key => other,
            _ => None,
        };
        let is_sibling =
            |other: &PlaceKey| *other != key && partition.place(*other).is_some_and(|it| it.parent == place.parent);
        if let Some(beyond) = beyond.filter(is_sibling) {
            let line: LineString = arc.line.iter().copied().collect();
            *lengths.entry(beyond).or_default() += line.lines().map(|edge| edge.dx().hypot(edge.dy())).sum::<f64>();
        }
    }
    let longest = lengths.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    desk.draft().id(longest.0)
}

struct Work<'a> {
    desk: &'a Desk,
    village: &'a Village,
    edits: Vec<Edit>,
    places: BTreeMap<Id, NewPlace>,
}

impl Work<'_> {
    fn make(&mut self, candidate: &Candidate, seed: &str) {
        let grids = self.grids(candidate, seed);
        // By the grid that they leave, then the one that they come to: atoms.
        let mut ways: BTreeMap<Id, BTreeMap<Id, Vec<usize>>> = BTreeMap::new();
        let mut stays: BTreeMap<Id, usize> = BTreeMap::new();
        let Some(start) = &self.village.problem.start else { return };
        for (atom, (&before, &after)) in start.part_of().iter().zip(candidate.division.part_of()).enumerate() {
            let (from, to) = (self.village.grids[before as usize], grids[after as usize]);
            if from == to {
                *stays.entry(from).or_default() += 1;
            } else {
                ways.entry(from).or_default().entry(to).or_default().push(atom);
            }
        }
        for (from, targets) in ways {
            // A grid that nobody stays in goes as a whole to where most of it goes.
            let most = || targets.iter().max_by_key(|(to, atoms)| (atoms.len(), **to)).map(|(to, _)| *to);
            let last = if stays.contains_key(&from) { None } else { most() };
            for (to, atoms) in targets.iter().filter(|(to, _)| Some(**to) != last) {
                self.give(from, *to, atoms);
            }
            if let Some(into) = last {
                self.edits.push(Edit::Merge { from, into });
            }
        }
    }

    /// The grid of each part: the one of the start that it continues, or a new one.
    fn grids(&mut self, candidate: &Candidate, seed: &str) -> Vec<Id> {
        let mut grids = Vec::new();
        for (part, identity) in candidate.identity.iter().enumerate() {
            let known = identity.and_then(|start| self.village.grids.get(start as usize)).copied();
            grids.push(known.unwrap_or_else(|| Id::derived(seed, &format!("{}/{part}", self.village.name))));
        }
        grids
    }

    fn give(&mut self, from: Id, to: Id, atoms: &[usize]) {
        let is_new = self.desk.draft().attributes(to).is_none() && !self.places.contains_key(&to);
        if is_new {
            self.found(from, to, atoms);
        } else if self.village.microgrids.is_empty() {
            let homes: Vec<u32> = atoms.iter().flat_map(|atom| self.village.atoms[*atom].iter().copied()).collect();
            let edit = self.desk.flip_from(from, &homes, to, Level::Grid);
            self.edits.push(edit);
        } else {
            let places = atoms.iter().map(|atom| self.village.microgrids[*atom]).collect();
            self.edits.push(Edit::Reparent { places, to });
        }
    }

    /// A new grid, of the ground of the first atoms that come to it.
    fn found(&mut self, from: Id, to: Id, atoms: &[usize]) {
        let name = format!("{} 新网格 {}", self.village.name, self.places.len() + 1);
        let kind = self.desk.draft().attributes(from).and_then(|it| it.kind);
        self.places.insert(to, NewPlace { name: name.trim().to_owned(), kind });
        let region = if self.village.microgrids.is_empty() {
            let homes: Vec<u32> = atoms.iter().flat_map(|atom| self.village.atoms[*atom].iter().copied()).collect();
            match self.desk.flip_from(from, &homes, to, Level::Grid) {
                Edit::Transfer { region, .. } => region,
                _ => return,
            }
        } else {
            let partition = self.desk.draft().partition();
            let keys = atoms.iter().filter_map(|atom| partition.key(self.village.microgrids[*atom]));
            Region::from(&MultiPolygon(keys.flat_map(|key| partition.shape(key).0).collect()))
        };
        let from = vec![from];
        let new = New { id: to };
        self.edits.push(Edit::Create { new, level: Level::Grid, parent: self.village.id, region, from, outer: false });
    }
}
