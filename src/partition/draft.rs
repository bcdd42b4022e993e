//! A change before it is one: checked when it is applied, taken back if it would break something.

use super::{Arc, ArcId, Broken, BrokenRule, Change, EditError, Partition, Place, PlaceKey, Relabelled};
use crate::place::Level;
use std::collections::{BTreeMap, BTreeSet};

/// What an edit wants.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) removed: BTreeSet<ArcId>,
    /// With the id that is to be kept, or a new one.
    pub(super) added: Vec<(Option<ArcId>, Arc)>,
    /// Places as they shall be.
    pub(super) places: BTreeMap<PlaceKey, Option<Place>>,
    pub(super) relabelled: Vec<Relabelled>,
}

impl Partition {
    /// Applies a draft if nothing breaks; numbers new arcs in their order.
    pub(super) fn settle(&mut self, draft: Draft) -> Result<Change, EditError> {
        let mut next = self.store.next_arc().0;
        let mut number = || {
            next += 1;
            ArcId(next - 1)
        };
        let mut added: Vec<(ArcId, Arc)> =
            draft.added.into_iter().map(|(id, arc)| (id.unwrap_or_else(&mut number), arc)).collect();
        added.sort_by_key(|&(id, _)| id);
        let removed = draft.removed.into_iter().filter_map(|id| Some((id, self.store.arc(id)?.clone()))).collect();
        let places = draft.places.into_iter().map(|(key, after)| (key, self.store.place(key).copied(), after));
        let places = places.filter(|(_, before, after)| before != after).collect();
        let change = Change { removed, added, places, relabelled: draft.relabelled };
        self.store.apply(&change)?;
        if let Err(error) = self.check_settled(&change) {
            self.store.apply(&change.inverse())?;
            return Err(error);
        }
        Ok(change)
    }

    fn check_settled(&self, change: &Change) -> Result<(), EditError> {
        self.check_around(change).map_err(|broken| match broken {
            Broken { what: BrokenRule::Contact | BrokenRule::Sectors | BrokenRule::Form, at } => EditError::Crossing { at },
            other => EditError::Broken(other),
        })?;
        self.check_ground(change)
    }

    /// No place that stands may be left without ground: neither one whose ground changed, nor what it is part of.
    fn check_ground(&self, change: &Change) -> Result<(), EditError> {
        let sides = change.removed.iter().flat_map(|(_, arc)| [arc.left, arc.right]).flatten();
        let moved = change.places.iter().flat_map(|&(key, before, _)| [Some(key), before.and_then(|it| it.parent)]).flatten();
        let keys: BTreeSet<PlaceKey> = sides.chain(moved).collect();
        let bare = keys.into_iter().flat_map(|key| self.lineage(key)).find(|&key| !self.store.has_ground(key));
        match bare.and_then(|key| self.store.place(key)) {
            Some(place) => Err(EditError::Vanishes(place.id)),
            None => Ok(()),
        }
    }

    /// A place and all above it.
    pub(super) fn lineage(&self, key: PlaceKey) -> impl Iterator<Item = PlaceKey> {
        std::iter::successors(self.store.place(key).map(|_| key), |&key| self.store.place(key)?.parent)
    }

    /// A place as it is now.
    pub(super) fn standing(&self, key: PlaceKey) -> Result<Place, EditError> {
        self.store.place(key).copied().ok_or(EditError::OutOfOrder)
    }

    /// Refuses a parent of the wrong level.
    pub(super) fn check_parent(&self, level: Level, parent: Option<PlaceKey>) -> Result<(), EditError> {
        let above = parent.and_then(|key| self.store.place(key));
        if level.above() == above.map(|place| place.level) {
            Ok(())
        } else {
            Err(EditError::Parent { level, parent: above.map(|place| place.id) })
        }
    }
}
