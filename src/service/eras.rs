//! The boundaries of the past: figures and reports of a day are in the grids of that day.

use super::{
    Service, ServiceError,
    hot::{Division, Hot},
    placing::{Divisions, centre, index},
    timeline::Stretch,
};
use crate::{
    geometry::LonLat,
    place::{Boundary, Id, Level, Placement},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The three levels of a version.
pub type Levels = [Arc<Division>; 3];

/// A stretch of days with its boundaries.
#[derive(Clone)]
pub struct Era {
    pub stretch: Stretch,
    pub levels: Levels,
}

impl Era {
    pub fn division(&self, level: Level) -> &Division {
        &self.levels[index(level)]
    }

    /// The boundary with `id`, at whatever level.
    pub fn boundary(&self, id: Id) -> Option<&Boundary> {
        self.levels.iter().find_map(|division| division.get(id))
    }

    /// What `boundary` is part of: as it says, or where that is of another time, what it lies in.
    pub fn parent(&self, boundary: &Boundary) -> Option<&Boundary> {
        let above = self.division(boundary.level.above()?);
        let said = boundary.parent.and_then(|parent| above.get(parent));
        said.or_else(|| above.boundaries.get(above.assigner.assign(Some(centre(&boundary.shape)?), 0.0).grid?))
    }

    /// N points → N placements.
    pub fn place(&self, points: &[Option<LonLat>]) -> Vec<Placement> {
        let [villages, grids, microgrids] = &self.levels;
        Divisions { version: self.stretch.version, villages, grids, microgrids }.place(points)
    }
}

/// Levels that are no longer as they were from a version on. They never change, so that they are read once.
#[derive(Default)]
pub struct Past(Mutex<HashMap<(Level, i64), Arc<Division>>>);

impl Service {
    /// The eras of a snapshot, in order; none while nothing is published.
    pub(super) async fn eras(&self, hot: &Hot) -> Result<Vec<Era>, ServiceError> {
        let Some(today) = hot.era() else { return Ok(Vec::new()) };
        let mut eras = Vec::new();
        for stretch in hot.timeline.stretches() {
            eras.push(self.era(&today, stretch).await?);
        }
        let is_used = |key: &(Level, i64)| eras.iter().any(|era| era.stretch.levels[index(key.0)] == Some(key.1));
        self.past.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| is_used(key));
        Ok(eras)
    }

    /// A stretch with its boundaries; what is as it is `today` is shared with it.
    pub(super) async fn era(&self, today: &Era, stretch: &Stretch) -> Result<Era, ServiceError> {
        let mut levels = today.levels.clone();
        for level in Level::ALL {
            let i = index(*level);
            if let Some(version) = stretch.levels[i].filter(|_| stretch.levels[i] != today.stretch.levels[i]) {
                levels[i] = self.past_level(*level, version).await?;
            }
        }
        Ok(Era { stretch: stretch.clone(), levels })
    }

    async fn past_level(&self, level: Level, version: i64) -> Result<Arc<Division>, ServiceError> {
        let key = (level, version);
        if let Some(known) = self.past.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let boundaries = self.store.boundaries(level, version).await?;
        let division = tokio::task::spawn_blocking(move || Arc::new(Division::new(boundaries))).await?;
        self.past.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&division));
        Ok(division)
    }
}
