//! Edits of whole places: merge, retire, reparent.

use super::{
    Change, EditError, Partition, Place, PlaceKey,
    draft::Draft,
    overlay::{Label, Overlay, Piece},
};
use crate::place::Id;
use std::collections::BTreeSet;

impl Partition {
    pub(super) fn merge(&mut self, from: Id, into: Id) -> Result<Change, EditError> {
        let (from, into) = (self.known(from)?, self.known(into)?);
        self.merge_keys(from, into)
    }

    pub(super) fn retire(&mut self, place: Id, to: Option<Id>) -> Result<Change, EditError> {
        let key = self.known(place)?;
        let into = match to {
            Some(id) => self.known(id)?,
            None => self.longest_neighbour(key)?,
        };
        self.merge_keys(key, into)
    }

    /// The neighbour of the same level, and if there is one with the same parent, with the longest common border.
    fn longest_neighbour(&self, key: PlaceKey) -> Result<PlaceKey, EditError> {
        let place = self.standing(key)?;
        let neighbours = self.neighbours(key);
        let equals = neighbours.iter().filter_map(|it| Some((it.place?, it.border_m))).filter_map(|(other, border_m)| {
            let other_place = self.store.place(other).filter(|other| other.level == place.level)?;
            Some((other_place.parent == place.parent, border_m, other))
        });
        let longest = equals.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(b.2.cmp(&a.2)));
        longest.map(|(_, _, other)| other).ok_or(EditError::NoNeighbour(place.id))
    }

    fn merge_keys(&mut self, from: PlaceKey, into: PlaceKey) -> Result<Change, EditError> {
        let (source, target) = (self.standing(from)?, self.standing(into)?);
        if source.level != target.level {
            let (level, other_level) = (source.level, target.level);
            return Err(EditError::Levels { place: source.id, level, other: target.id, other_level });
        }
        if from == into {
            return Err(EditError::Itself(source.id));
        }
        let mut draft = self.renamed(from, into);
        draft.places.insert(from, None);
        for part in self.store.children(from) {
            draft.places.insert(part, Some(Place { parent: Some(into), ..self.standing(part)? }));
        }
        self.settle(draft)
    }

    /// The own ground of `from` given to `into`.
    fn renamed(&self, from: PlaceKey, into: PlaceKey) -> Draft {
        let mut overlay = Overlay { strands: Vec::new(), arcs: self.store.own_borders(from).collect(), pieces: Vec::new() };
        let renamed = |label: Label| if label == Some(from) { Some(into) } else { label };
        for arc in overlay.arcs.iter().filter_map(|&id| self.store.arc(id)) {
            let mut piece = Piece::of_arc(&arc.line, arc.left, arc.right);
            piece.after = piece.before.map(renamed);
            overlay.pieces.push(piece);
        }
        self.assemble(overlay)
    }

    pub(super) fn reparent(&mut self, places: &[Id], to: Id) -> Result<Change, EditError> {
        let parent = self.known(to)?;
        let mut draft = Draft::default();
        let keys = places.iter().map(|&id| self.known(id)).collect::<Result<BTreeSet<PlaceKey>, EditError>>()?;
        for key in keys {
            let place = self.standing(key)?;
            self.check_parent(place.level, Some(parent))?;
            if place.parent != Some(parent) {
                draft.places.insert(key, Some(Place { parent: Some(parent), ..place }));
            }
        }
        if draft.places.is_empty() {
            return Err(EditError::Nothing);
        }
        self.settle(draft)
    }
}
