//! Edits of areas: transfer, create.

use super::{
    Change, EditError, New, Partition, Place, PlaceKey, Region,
    claim::Claim,
    overlay::{Label, Overlay},
    region::{Border, InOut},
};
use crate::place::{Id, Level};
use std::collections::BTreeSet;

impl Partition {
    pub(super) fn transfer(&mut self, region: &Region, to: Id, from: &[Id], outer: bool) -> Result<Change, EditError> {
        let claims = [Claim::of(self, self.known(to)?)?];
        let mut sources = BTreeSet::new();
        for &id in from {
            sources.extend(self.store.family(self.known(id)?));
        }
        let (overlay, sides) = self.lay(region)?;
        let is_source = |key: PlaceKey| from.is_empty() || sources.contains(&key);
        let claimant = |label: Label| match label {
            None => outer.then_some(0),
            Some(key) => (!claims[0].family.contains(&key) && is_source(key)).then_some(0),
        };
        let draft = self.claimed(overlay, &sides, &claims, claimant)?;
        self.settle(draft)
    }

    pub(super) fn create(
        &mut self,
        new: New,
        level: Level,
        parent: Option<Id>,
        region: &Region,
        (from, outer): (&[Id], bool),
    ) -> Result<Change, EditError> {
        if self.store.key(new.id).is_some() {
            return Err(EditError::KnownPlace(new.id));
        }
        let parent = parent.map(|id| self.known(id)).transpose()?;
        self.check_parent(level, parent)?;
        let grounds = parent.map(|key| self.store.family(key));
        let givers = from.iter().map(|id| Ok(self.store.family(self.known(*id)?))).collect::<Result<Vec<_>, EditError>>()?;
        let may_take = |key: &PlaceKey| givers.is_empty() || givers.iter().any(|family| family.contains(key));
        let key = self.store.next_key();
        let claims = [Claim { key, level, family: BTreeSet::from([key]) }];
        let (overlay, sides) = self.lay(region)?;
        let claimant = |label: Label| match label {
            None => outer.then_some(0),
            Some(key) => (may_take(&key) && grounds.as_ref().is_none_or(|grounds| grounds.contains(&key))).then_some(0),
        };
        let mut draft = self.claimed(overlay, &sides, &claims, claimant)?;
        draft.places.insert(key, Some(Place { id: new.id, level, parent }));
        self.settle(draft)
    }

    /// Lays a region over the arcs.
    pub(super) fn lay(&self, region: &Region) -> Result<(Overlay, Vec<InOut>), EditError> {
        let mut overlay = self.overlay(region.rings()?)?;
        let border = Border::new(overlay.pieces.iter().map(|piece| (piece.line.as_slice(), piece.along)));
        let sides = self.in_and_out(&mut overlay, &border);
        Ok((overlay, sides))
    }
}
