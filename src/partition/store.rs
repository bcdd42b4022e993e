//! The arcs and places with their indexes; changes go in and out here.

use super::{
    Arc, ArcId, Change, EditError, Partition, Place, PlaceKey,
    exact::{Bits, bits},
};
use crate::{
    geometry::BBox,
    place::{Id, Level},
    spatial::Boxes,
};
use geo::Coord;
use std::collections::{BTreeSet, HashMap};

/// One end of an arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct End {
    pub(super) arc: ArcId,
    pub(super) is_start: bool,
}

/// What stands behind a partition.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    places: Vec<Option<Place>>,
    keys: HashMap<Id, PlaceKey>,
    /// By key.
    children: Vec<BTreeSet<PlaceKey>>,
    /// The arcs with the place itself on one side, by key.
    borders: Vec<BTreeSet<ArcId>>,
    arcs: Vec<Option<Arc>>,
    boxes: Boxes,
    nodes: HashMap<Bits, Vec<End>>,
}

impl Store {
    /// All at once, which is quicker.
    pub(super) fn new(places: Vec<Place>, arcs: Vec<Arc>) -> Self {
        let mut store = Self::default();
        // By number: a parent may come after its parts.
        for (place, number) in places.into_iter().zip(0..) {
            store.insert_place(PlaceKey(number), place);
        }
        let boxes = arcs.iter().zip(0..).map(|(arc, number)| (bounds_of(&arc.line), number));
        store.boxes = Boxes::new(boxes);
        for arc in arcs {
            let id = store.next_arc();
            store.link(id, &arc);
            store.arcs.push(Some(arc));
        }
        store
    }

    pub(super) fn key(&self, id: Id) -> Option<PlaceKey> {
        self.keys.get(&id).copied()
    }

    pub(super) fn place(&self, key: PlaceKey) -> Option<&Place> {
        self.places.get(key.index())?.as_ref()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = (PlaceKey, &Place)> {
        self.places.iter().zip(0..).filter_map(|(place, number)| Some((PlaceKey(number), place.as_ref()?)))
    }

    pub(super) fn children(&self, key: PlaceKey) -> impl Iterator<Item = PlaceKey> {
        self.children.get(key.index()).into_iter().flatten().copied()
    }

    pub(super) fn arc(&self, id: ArcId) -> Option<&Arc> {
        self.arcs.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn arcs(&self) -> impl Iterator<Item = (ArcId, &Arc)> {
        self.arcs.iter().zip(0..).filter_map(|(arc, number)| Some((ArcId(number), arc.as_ref()?)))
    }

    /// Arcs whose boxes meet `bounds`, in no order.
    pub(super) fn near<'a>(&'a self, bounds: &BBox) -> impl Iterator<Item = (ArcId, &'a Arc)> + use<'a> {
        self.boxes.meeting(bounds).filter_map(|number| Some((ArcId(number), self.arc(ArcId(number))?)))
    }

    /// Ids of the arcs whose boxes meet `bounds`, ascending.
    pub(super) fn ids_near(&self, bounds: &BBox) -> Vec<ArcId> {
        let mut ids: Vec<ArcId> = self.boxes.meeting(bounds).map(ArcId).collect();
        ids.sort_unstable();
        ids
    }

    /// The arcs that have the place itself, not only a part of it, on one side.
    pub(super) fn own_borders(&self, key: PlaceKey) -> impl Iterator<Item = ArcId> {
        self.borders.get(key.index()).into_iter().flatten().copied()
    }

    pub(super) fn ends(&self, node: Bits) -> &[End] {
        self.nodes.get(&node).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_node(&self, at: Coord) -> bool {
        self.nodes.contains_key(&bits(at))
    }

    /// The place and all that is part of it, by key.
    pub(super) fn family(&self, key: PlaceKey) -> BTreeSet<PlaceKey> {
        let mut family = BTreeSet::new();
        let mut pending = vec![key];
        while let Some(key) = pending.pop() {
            if family.insert(key) {
                pending.extend(self.children(key));
            }
        }
        family
    }

    /// The arcs with the place or a part of it on one side, ascending.
    pub(super) fn family_borders(&self, family: &BTreeSet<PlaceKey>) -> BTreeSet<ArcId> {
        family.iter().flat_map(|&key| self.own_borders(key)).collect()
    }

    pub(super) fn has_ground(&self, key: PlaceKey) -> bool {
        self.own_borders(key).next().is_some() || self.children(key).any(|child| self.has_ground(child))
    }

    pub(super) fn at_level(&self, key: PlaceKey, level: Level) -> Option<PlaceKey> {
        let mut key = key;
        loop {
            let place = self.place(key)?;
            if place.level == level {
                return Some(key);
            }
            key = place.parent?;
        }
    }

    /// The key that the next new place gets: it follows from what there is, so that replaying gives the same.
    pub(super) fn next_key(&self) -> PlaceKey {
        PlaceKey(u32::try_from(self.places.len()).unwrap_or(u32::MAX - 1))
    }

    pub(super) fn next_arc(&self) -> ArcId {
        ArcId(u32::try_from(self.arcs.len()).unwrap_or(u32::MAX - 1))
    }

    /// Applies a change to the very state on which it was made.
    pub(super) fn apply(&mut self, change: &Change) -> Result<(), EditError> {
        let arcs_fit = change.removed.iter().all(|(id, arc)| self.arc(*id) == Some(arc));
        let is_removed = |id: ArcId| change.removed.binary_search_by_key(&id, |&(removed, _)| removed).is_ok();
        let ids_free = change.added.iter().all(|&(id, _)| self.arc(id).is_none() || is_removed(id));
        let places_fit = change.places.iter().all(|(key, before, _)| self.place(*key) == before.as_ref());
        if !(arcs_fit && ids_free && places_fit) {
            return Err(EditError::OutOfOrder);
        }
        for &(id, _) in &change.removed {
            self.remove_arc(id);
        }
        for &(key, before, _) in &change.places {
            if let Some(before) = before {
                self.remove_place(key, &before);
            }
        }
        for &(key, _, after) in &change.places {
            if let Some(after) = after {
                self.insert_place(key, after);
            }
        }
        for (id, arc) in &change.added {
            self.insert_arc(*id, arc.clone());
        }
        self.trim();
        Ok(())
    }

    /// Empty rows at the end go, so that the state says which numbers come next, and not how it came about.
    fn trim(&mut self) {
        while self.arcs.last().is_some_and(Option::is_none) {
            self.arcs.pop();
        }
        while self.places.last().is_some_and(Option::is_none) {
            self.places.pop();
            self.children.pop();
            self.borders.pop();
        }
    }

    fn insert_place(&mut self, key: PlaceKey, place: Place) {
        let rows = key.index() + 1;
        let parent_rows = place.parent.map_or(0, |parent| parent.index() + 1);
        let rows = rows.max(parent_rows).max(self.places.len());
        self.places.resize(rows, None);
        self.children.resize(rows, BTreeSet::new());
        self.borders.resize(rows, BTreeSet::new());
        self.places[key.index()] = Some(place);
        self.keys.insert(place.id, key);
        if let Some(parent) = place.parent {
            self.children[parent.index()].insert(key);
        }
    }

    fn remove_place(&mut self, key: PlaceKey, place: &Place) {
        if let Some(row) = self.places.get_mut(key.index()) {
            *row = None;
        }
        self.keys.remove(&place.id);
        if let Some(siblings) = place.parent.and_then(|parent| self.children.get_mut(parent.index())) {
            siblings.remove(&key);
        }
    }

    fn insert_arc(&mut self, id: ArcId, arc: Arc) {
        let rows = (id.0 as usize + 1).max(self.arcs.len());
        self.arcs.resize(rows, None);
        self.boxes.insert(&bounds_of(&arc.line), id.0);
        self.link(id, &arc);
        self.arcs[id.0 as usize] = Some(arc);
    }

    fn remove_arc(&mut self, id: ArcId) {
        let Some(arc) = self.arcs.get_mut(id.0 as usize).and_then(Option::take) else { return };
        self.boxes.remove(&bounds_of(&arc.line), id.0);
        for key in [arc.left, arc.right].into_iter().flatten() {
            if let Some(borders) = self.borders.get_mut(key.index()) {
                borders.remove(&id);
            }
        }
        for at in [arc.line.first(), arc.line.last()].into_iter().flatten() {
            if let Some(ends) = self.nodes.get_mut(&bits(*at)) {
                ends.retain(|end| end.arc != id);
                if ends.is_empty() {
                    self.nodes.remove(&bits(*at));
                }
            }
        }
    }

    fn link(&mut self, id: ArcId, arc: &Arc) {
        for key in [arc.left, arc.right].into_iter().flatten() {
            if let Some(borders) = self.borders.get_mut(key.index()) {
                borders.insert(id);
            }
        }
        for (at, is_start) in [(arc.line.first(), true), (arc.line.last(), false)] {
            let Some(at) = at else { continue };
            let ends = self.nodes.entry(bits(*at)).or_default();
            ends.push(End { arc: id, is_start });
            ends.sort_unstable();
        }
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = (&Bits, &Vec<End>)> {
        self.nodes.iter()
    }
}

/// The box of a line; nothing meets that of an empty one.
pub(super) fn bounds_of(line: &[Coord]) -> BBox {
    let empty = BBox { west: f64::INFINITY, south: f64::INFINITY, east: f64::NEG_INFINITY, north: f64::NEG_INFINITY };
    line.iter().fold(empty, |all, at| all.union(&BBox { west: at.x, south: at.y, east: at.x, north: at.y }))
}

pub(super) fn widened(bounds: &BBox, by: f64) -> BBox {
    BBox { west: bounds.west - by, south: bounds.south - by, east: bounds.east + by, north: bounds.north + by }
}

impl Partition {
    /// The place with this id.
    pub(super) fn known(&self, id: Id) -> Result<PlaceKey, EditError> {
        self.store.key(id).ok_or(EditError::UnknownPlace(id))
    }
}
