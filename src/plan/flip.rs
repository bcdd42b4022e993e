//! Households that go to another grid, and the ground that goes with them.

use super::{Desk, Operation, PlanError};
use crate::{
    geometry::{BBox, LonLat, distance_m},
    partition::{Edit, Region, cells_of},
    place::{Id, Level},
};
use std::collections::BTreeMap;

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
        Edit::Transfer {
            region: Region::from(&cells_of(&points, &chosen, self.reach_m(from))),
            to,
            from: vec![from],
            outer: false,
        }
    }

    /// How far the ground of a place may lie from those who live in it, m: cells need reach no farther.
    fn reach_m(&self, place: Id) -> f64 {
        let partition = self.draft().partition();
        let bounds = partition.key(place).and_then(|key| BBox::around(&partition.shape(key)));
        let corners = bounds.and_then(|it| {
            let southwest = LonLat::from_degrees(it.west, it.south).ok()?;
            Some((southwest, LonLat::from_degrees(it.east, it.north).ok()?))
        });
        corners.map_or(0.0, |(southwest, northeast)| distance_m(southwest, northeast)) + 1.0
    }

    /// The place of a level that household number `i` lies in.
    fn place_of(&self, i: u32, level: Level) -> Option<Id> {
        let finest = (*self.live().finest().get(i as usize)?)?;
        self.draft().id(self.draft().partition().at_level(finest, level)?)
    }
}
