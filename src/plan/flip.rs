//! Households that go to another grid, and the ground that goes with them.

use super::{Desk, Operation, PlanError};
use crate::{
    geometry::LonLat,
    partition::{Edit, Region, cells_of},
    place::{Id, Level},
};
use std::collections::BTreeMap;

/// Ground beyond the outermost households that goes with them, m: as far as a village may reach.
const REACH_M: f64 = 50_000.0;

impl Desk {
    /// The operation that brings households into a grid or micro-grid: of each place that they leave, the ground that is nearer to
    /// them than to the others who live there (Voronoi cells), so that what they leave behind is nearest to those who stay.
    ///
    /// # Errors
    /// [`PlanError::UnknownHousehold`], [`PlanError::UnknownPlace`]; [`PlanError::NobodyMoves`] where all are there already.
    pub fn flip(&self, households: &[Id], to: Id) -> Result<Operation, PlanError> {
        let level = self.draft().attributes(to).ok_or(PlanError::UnknownPlace(to))?.level;
        let mut by_place: BTreeMap<Id, Vec<u32>> = BTreeMap::new();
        for &household in households {
            let unknown = || PlanError::UnknownHousehold(household);
            let &(i, _) = self.live().evidence().keys.get(&household).ok_or_else(unknown)?;
            match self.place_of(i, level) {
                Some(place) if place != to => by_place.entry(place).or_default().push(i),
                _ => {}
            }
        }
        if by_place.is_empty() {
            return Err(PlanError::NobodyMoves);
        }
        let edits = by_place.into_iter().map(|(from, moving)| self.flip_from(from, &moving, to, level));
        Ok(Operation::Redraw { edits: edits.collect(), places: BTreeMap::new() })
    }

    pub(super) fn flip_from(&self, from: Id, moving: &[u32], to: Id, level: Level) -> Edit {
        let homes = &self.live().evidence().homes;
        let (mut points, mut chosen): (Vec<LonLat>, Vec<usize>) = (Vec::new(), Vec::new());
        for (i, home) in (0_u32..).zip(homes) {
            let Some(at) = home.at.filter(|_| self.place_of(i, level) == Some(from)) else { continue };
            if moving.contains(&i) {
                chosen.push(points.len());
            }
            points.push(at);
        }
        Edit::Transfer { region: Region::from(&cells_of(&points, &chosen, REACH_M)), to, from: vec![from], outer: false }
    }

    /// The place of a level that household number `i` lies in.
    fn place_of(&self, i: u32, level: Level) -> Option<Id> {
        let finest = (*self.live().finest().get(i as usize)?)?;
        self.draft().id(self.draft().partition().at_level(finest, level)?)
    }
}
