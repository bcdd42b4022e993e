//! The boundaries as the operations of a plan make them.

use super::{
    Attributes, Lock, NewPlace, Operation, PlanError,
    entry::{LONGEST_NAME, MOST_EDITS, MOST_POSITIONS},
    history::length,
};
use crate::{
    geometry::area_m2,
    partition::{Change, DEFAULT_TOLERANCE_M, Edit, Mended, Partition, PlaceInput, PlaceKey},
    place::{Boundary, GridKind, Id, Level},
};
use geo::MultiPolygon;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A draft: the base version's boundaries, and what the operations made of them.
#[derive(Clone, Debug)]
pub struct Draft {
    partition: Partition,
    attributes: BTreeMap<Id, Attributes>,
    locks: BTreeSet<Lock>,
    /// The shapes of the base, bit for bit and ring for ring.
    stored: HashMap<Id, MultiPolygon>,
}

/// Before or after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// What is in one of them only.
fn unlike(a: &[Id], b: &[Id]) -> Vec<Id> {
    let only = |these: &[Id], others: &[Id]| these.iter().filter(|id| !others.contains(id)).copied().collect::<Vec<_>>();
    [only(a, b), only(b, a)].concat()
}

/// What an operation did; enough to take it back.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// In the order in which they were made.
    pub changes: Vec<Change>,
    /// Attributes before and after, by place.
    attributes: Vec<(Id, Option<Attributes>, Option<Attributes>)>,
    locks_before: Option<BTreeSet<Lock>>,
    locks_after: Option<BTreeSet<Lock>>,
}

impl Done {
    /// The places whose name, kind or leader changed.
    pub fn described(&self) -> impl Iterator<Item = Id> {
        self.attributes.iter().map(|(id, ..)| *id)
    }
}

impl Draft {
    /// The draft that nothing was done to, and what had to be mended in the stored boundaries.
    ///
    /// # Errors
    /// [`PlanError::Build`] where the boundaries overlap, or a place lies outside of the one it is part of.
    pub fn new(boundaries: &[&Boundary]) -> Result<(Self, Vec<Mended>), PlanError> {
        let inputs: Vec<_> = boundaries
            .iter()
            .map(|it| PlaceInput { id: it.id, level: it.level, parent: it.parent, shape: &it.shape })
            .collect();
        let (partition, mended) = Partition::build(&inputs, DEFAULT_TOLERANCE_M)?;
        let attributes = boundaries.iter().map(|&boundary| (boundary.id, boundary.into())).collect();
        let stored = boundaries.iter().map(|boundary| (boundary.id, boundary.shape.clone())).collect();
        Ok((Self { partition, attributes, locks: BTreeSet::new(), stored }, mended))
    }

    #[must_use]
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    #[must_use]
    pub fn attributes(&self, id: Id) -> Option<&Attributes> {
        self.attributes.get(&id)
    }

    /// All places, by id.
    pub fn places(&self) -> impl Iterator<Item = &Attributes> {
        self.attributes.values()
    }

    #[must_use]
    pub fn locks(&self) -> &BTreeSet<Lock> {
        &self.locks
    }

    /// The id of a place by its key.
    #[must_use]
    pub fn id(&self, key: PlaceKey) -> Option<Id> {
        self.partition.place(key).map(|place| place.id)
    }

    /// Performs an operation, whole or not at all. Household locks are the caller's: who lies where is not known here.
    ///
    /// # Errors
    /// [`PlanError`]; the draft is then as it was.
    pub fn perform(&mut self, operation: &Operation) -> Result<Done, PlanError> {
        match operation {
            Operation::Redraw { edits, places } => self.redraw(edits, places),
            Operation::Describe { place, name, kind } => self.describe(*place, name.as_deref(), *kind),
            Operation::Appoint { place, person } => self.change(*place, |it| it.leader = Some(*person)),
            Operation::Lock { lock } => self.check_lock(*lock).map(|()| self.relock(|locks| locks.insert(lock.ordered()))),
            Operation::Unlock { lock } => Ok(self.relock(|locks| locks.remove(&lock.ordered()))),
        }
    }

    /// Takes back what was done last.
    ///
    /// # Errors
    /// [`PlanError::Edit`] if it was not what was done last.
    pub fn undo(&mut self, done: &Done) -> Result<(), PlanError> {
        for (index, change) in done.changes.iter().enumerate().rev() {
            let undone = self.partition.apply(&change.inverse());
            undone.map_err(|source| PlanError::Edit { index, of: done.changes.len(), source })?;
        }
        for (id, before, _) in done.attributes.iter().rev() {
            self.put(*id, before.clone());
        }
        if let Some(locks) = &done.locks_before {
            self.locks.clone_from(locks);
        }
        Ok(())
    }

    /// Does again what was undone last.
    ///
    /// # Errors
    /// [`PlanError::Edit`] if the draft is not what it was done to.
    pub fn redo(&mut self, done: &Done) -> Result<(), PlanError> {
        for (index, change) in done.changes.iter().enumerate() {
            let redone = self.partition.apply(change);
            redone.map_err(|source| PlanError::Edit { index, of: done.changes.len(), source })?;
        }
        for (id, _, after) in &done.attributes {
            self.put(*id, after.clone());
        }
        if let Some(locks) = &done.locks_after {
            self.locks.clone_from(locks);
        }
        Ok(())
    }

    fn put(&mut self, id: Id, attributes: Option<Attributes>) {
        match attributes {
            Some(attributes) => self.attributes.insert(id, attributes),
            None => self.attributes.remove(&id),
        };
    }

    fn redraw(&mut self, edits: &[Edit], places: &BTreeMap<Id, NewPlace>) -> Result<Done, PlanError> {
        if edits.is_empty() || edits.len() > MOST_EDITS {
            return Err(PlanError::Edits { given: edits.len(), most: MOST_EDITS });
        }
        let given = edits.iter().map(Edit::positions).sum();
        if given > MOST_POSITIONS {
            return Err(PlanError::Positions { given, most: MOST_POSITIONS });
        }
        let mut done = Done::default();
        for (index, edit) in edits.iter().enumerate() {
            let performed = self.partition.perform(edit);
            let performed = performed.map_err(|source| PlanError::Edit { index, of: edits.len(), source });
            let checked = performed.and_then(|change| {
                let locked = self.check_locks(&change);
                done.changes.push(change);
                locked
            });
            if let Err(error) = checked {
                self.undo(&done)?;
                return Err(error);
            }
        }
        if let Err(error) = self.name_places(&mut done, places) {
            self.undo(&done)?;
            return Err(error);
        }
        Ok(done)
    }

    /// Gives attributes to the places that the changes made, and takes those of the ones that ceased.
    fn name_places(&mut self, done: &mut Done, places: &BTreeMap<Id, NewPlace>) -> Result<(), PlanError> {
        let mut seen = BTreeSet::new();
        let all = done.changes.iter().flat_map(|change| &change.places);
        for id in all.flat_map(|(_, before, after)| [before, after]).flatten().map(|place| place.id) {
            seen.insert(id);
        }
        for id in seen {
            let before = self.attributes.get(&id).cloned();
            let stands = self.partition.key(id).and_then(|key| self.partition.place(key)).copied();
            let after = match (stands, &before) {
                (Some(_), Some(_)) | (None, None) => continue,
                (None, Some(_)) => None,
                (Some(place), None) => Some(self.named(id, place.level, places.get(&id))?),
            };
            self.put(id, after.clone());
            done.attributes.push((id, before, after));
        }
        Ok(())
    }

    fn named(&self, id: Id, level: Level, given: Option<&NewPlace>) -> Result<Attributes, PlanError> {
        let kind = given.and_then(|place| place.kind).filter(|_| level == Level::Grid);
        let name = match given {
            Some(place) => {
                length("the name of a new place", &place.name, LONGEST_NAME)?;
                place.name.trim().to_owned()
            }
            None => self.free_name(level),
        };
        Ok(Attributes { id, level, code: None, name, aliases: Vec::new(), kind, leader: None })
    }

    /// "新网格 1" or the next that is free.
    fn free_name(&self, level: Level) -> String {
        let taken: BTreeSet<&str> = self.attributes.values().map(|it| it.name.as_str()).collect();
        let names = (1_usize..).map(|n| format!("新{} {n}", level.zh()));
        names.take(taken.len() + 1).find(|name| !taken.contains(name.as_str())).unwrap_or_default()
    }

    fn describe(&mut self, place: Id, name: Option<&str>, kind: Option<GridKind>) -> Result<Done, PlanError> {
        if let Some(name) = name {
            length("the name of a place", name, LONGEST_NAME)?;
        }
        let level = self.attributes.get(&place).ok_or(PlanError::UnknownPlace(place))?.level;
        if kind.is_some() && level != Level::Grid {
            return Err(PlanError::KindOfOther);
        }
        self.change(place, |it| {
            if let Some(name) = name {
                name.trim().clone_into(&mut it.name);
            }
            it.kind = kind.or(it.kind);
        })
    }

    fn change(&mut self, place: Id, change: impl FnOnce(&mut Attributes)) -> Result<Done, PlanError> {
        let attributes = self.attributes.get_mut(&place).ok_or(PlanError::UnknownPlace(place))?;
        let before = attributes.clone();
        change(attributes);
        Ok(Done { attributes: vec![(place, Some(before), Some(attributes.clone()))], ..Done::default() })
    }

    fn relock(&mut self, change: impl FnOnce(&mut BTreeSet<Lock>) -> bool) -> Done {
        let before = self.locks.clone();
        change(&mut self.locks);
        Done { locks_before: Some(before), locks_after: Some(self.locks.clone()), ..Done::default() }
    }

    fn check_lock(&self, lock: Lock) -> Result<(), PlanError> {
        let known = |id: Id| if self.attributes.contains_key(&id) { Ok(()) } else { Err(PlanError::UnknownPlace(id)) };
        match lock {
            Lock::Place { place } => known(place),
            Lock::Border { a, b } => known(a).and_then(|()| known(b)),
            Lock::Household { .. } => Ok(()),
        }
    }

    /// That a change leaves alone what is locked. Places that the change itself made or ended are looked up on both sides.
    fn check_locks(&self, change: &Change) -> Result<(), PlanError> {
        if self.locks.is_empty() {
            return Ok(());
        }
        let refused = |lock: Lock, ids: &[Id]| {
            let name = |id: &Id| self.attributes.get(id).map_or_else(|| id.to_string(), |it| it.name.clone());
            let locked = ids.iter().map(name).collect::<Vec<_>>().join(" | ");
            Err(PlanError::Locked { lock, locked })
        };
        let locked = |ids: &[Id]| ids.iter().copied().find(|id| self.locks.contains(&Lock::Place { place: *id }));
        for ground in &change.relabelled {
            // Ground that only went to another part of the same place leaves that place alone.
            let (from, to) = (self.chain(change, ground.from, Side::Before), self.chain(change, ground.to, Side::After));
            if let Some(id) = locked(&unlike(&from, &to)) {
                return refused(Lock::Place { place: id }, &[id]);
            }
        }
        for (key, before, _) in &change.places {
            let Some(before) = before else { continue };
            let (from, to) = (self.chain(change, Some(*key), Side::Before), self.chain(change, Some(*key), Side::After));
            let mut concerned = unlike(&from, &to);
            if concerned.is_empty() {
                continue;
            }
            // Whoever is carried over to another place changes hands too.
            concerned.push(before.id);
            if let Some(id) = locked(&concerned) {
                return refused(Lock::Place { place: id }, &[id]);
            }
            let around = self.partition.neighbours(*key).into_iter().flat_map(|it| self.lineage(change, it.place));
            let around: BTreeSet<Id> = around.chain(concerned.iter().copied()).collect();
            for &lock in &self.locks {
                let Lock::Border { a, b } = lock else { continue };
                if (concerned.contains(&a) && around.contains(&b)) || (concerned.contains(&b) && around.contains(&a)) {
                    return refused(lock, &[a, b]);
                }
            }
        }
        for (left, right) in change.borders() {
            let (left, right) = (self.lineage(change, left), self.lineage(change, right));
            for &a in left.iter().filter(|id| !right.contains(id)) {
                for &b in right.iter().filter(|id| !left.contains(id)) {
                    let lock = Lock::Border { a, b }.ordered();
                    if self.locks.contains(&lock) {
                        return refused(lock, &[a, b]);
                    }
                }
            }
        }
        Ok(())
    }

    /// A place and all above it, before a change that was made, or after it.
    fn chain(&self, change: &Change, place: Option<PlaceKey>, side: Side) -> Vec<Id> {
        let mut ids = Vec::new();
        let mut next = place;
        while let Some(key) = next {
            let changed = change.places.iter().find(|(of, ..)| *of == key);
            let found = match (changed, side) {
                (Some((_, before, _)), Side::Before) => before.as_ref(),
                (Some((_, _, after)), Side::After) => after.as_ref(),
                (None, _) => self.partition.place(key),
            };
            let Some(found) = found else { break };
            ids.push(found.id);
            next = found.parent;
        }
        ids
    }

    /// A finest place and all above it, before and after a change.
    fn lineage(&self, change: &Change, finest: Option<PlaceKey>) -> Vec<Id> {
        let mut ids = Vec::new();
        let mut open: Vec<PlaceKey> = finest.into_iter().collect();
        while let Some(key) = open.pop() {
            let was = change.places.iter().filter(|(changed, ..)| *changed == key).filter_map(|(_, before, _)| before.as_ref());
            for place in was.chain(self.partition.place(key)) {
                if !ids.contains(&place.id) {
                    ids.push(place.id);
                    open.extend(place.parent);
                }
            }
        }
        ids
    }

    /// The places of whatever level whose border, parent or description is another after what was done, new ones and those that
    /// ceased included.
    pub(super) fn reshaped(&self, done: &Done) -> BTreeSet<Id> {
        let mut places: BTreeSet<Id> = done.described().collect();
        for change in &done.changes {
            places.extend(change.places.iter().flat_map(|(_, before, after)| [before, after]).flatten().map(|place| place.id));
            for (left, right) in change.borders() {
                let (left, right) = (self.lineage(change, left), self.lineage(change, right));
                places.extend(left.iter().filter(|id| !right.contains(id)));
                places.extend(right.iter().filter(|id| !left.contains(id)));
            }
        }
        places
    }

    /// The finest places that what was done took ground from or gave ground to, and the places that it described.
    pub(super) fn ground(&self, done: &Done) -> BTreeSet<Id> {
        let mut places: BTreeSet<Id> = done.described().collect();
        for change in &done.changes {
            places.extend(change.places.iter().flat_map(|(_, before, after)| [before, after]).flatten().map(|place| place.id));
            places.extend(change.touched().into_iter().filter_map(|key| self.id(key)));
        }
        places
    }

    #[must_use]
    pub fn was_in_base(&self, id: Id) -> bool {
        self.stored.contains_key(&id)
    }

    /// Whether a place was not in the base, and whether it has other ground than there.
    #[must_use]
    pub fn difference(&self, id: Id) -> (bool, bool) {
        let traced = self.partition.key(id).map(|key| self.partition.shape(key));
        match (self.stored.get(&id), traced) {
            (Some(stored), Some(traced)) => (false, !same_rings(stored, &traced)),
            (stored, _) => (stored.is_none(), true),
        }
    }

    /// A place as it would be published; its code is that of the base.
    #[must_use]
    pub fn boundary(&self, id: Id) -> Option<Boundary> {
        let key = self.partition.key(id)?;
        let place = self.partition.place(key)?;
        let attributes = self.attributes.get(&id)?;
        let traced = self.partition.shape(key);
        // A border that nobody touched is published with the rings as they were stored, not merely the same ground.
        let shape = match self.stored.get(&id) {
            Some(stored) if same_rings(stored, &traced) => stored.clone(),
            _ => traced,
        };
        Some(Boundary {
            id,
            level: place.level,
            parent: place.parent.and_then(|parent| self.id(parent)),
            code: attributes.code.clone(),
            name: attributes.name.clone(),
            aliases: attributes.aliases.clone(),
            kind: attributes.kind,
            area_m2: area_m2(&shape),
            shape,
        })
    }

    /// All places of a level as they would be published, by code, then name.
    #[must_use]
    pub fn boundaries(&self, level: Level) -> Vec<Boundary> {
        let of_level = self.attributes.values().filter(|it| it.level == level);
        let mut boundaries: Vec<_> = of_level.filter_map(|it| self.boundary(it.id)).collect();
        boundaries.sort_by(|a, b| {
            let code = |it: &Boundary| (it.code.is_none(), it.code.as_ref().map(ToString::to_string));
            code(a).cmp(&code(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id))
        });
        boundaries
    }
}

/// Whether two shapes have the same rings, wherever these begin and in whatever order they stand.
fn same_rings(a: &MultiPolygon, b: &MultiPolygon) -> bool {
    let rings = |shape: &MultiPolygon| {
        let all = shape.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let mut rings: Vec<Vec<(u64, u64)>> = all
            .map(|ring| {
                let mut open: Vec<_> = ring.0.iter().skip(1).map(|at| (at.x.to_bits(), at.y.to_bits())).collect();
                let first = open.iter().enumerate().min_by_key(|(_, at)| **at).map_or(0, |(i, _)| i);
                open.rotate_left(first);
                open
            })
            .collect();
        rings.sort_unstable();
        rings
    };
    rings(a) == rings(b)
}
