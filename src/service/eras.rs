//! Which boundaries were in force when: figures of the past are those of the grids of then.

use super::{
    Service, ServiceError,
    hot::{Division, Hot},
    placing::{Divisions, index},
};
use crate::{
    geometry::LonLat,
    place::{Boundary, BoundaryVersion, Id, Level, Placement},
};
use chrono::NaiveDate;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The three levels of a version.
pub type Levels = Arc<[Division; 3]>;

/// A stretch of days under one version of the boundaries.
pub struct Era {
    /// `NaiveDate::MIN` for the first: what is older lies in it too.
    pub from: NaiveDate,
    /// Exclusive; `None` for the one in force.
    pub to: Option<NaiveDate>,
    pub version: i64,
    levels: Levels,
}

impl Era {
    pub fn division(&self, level: Level) -> &Division {
        &self.levels[index(level)]
    }

    /// The boundary with `id`, at whatever level.
    pub fn boundary(&self, id: Id) -> Option<&Boundary> {
        self.levels.iter().find_map(|division| division.get(id))
    }

    /// N points → N placements.
    pub fn place(&self, points: &[Option<LonLat>]) -> Vec<Placement> {
        let [villages, grids, microgrids] = &*self.levels;
        Divisions { version: self.version, villages, grids, microgrids }.place(points)
    }
}

/// Versions that are no longer in force. They never change, so that they are read once.
#[derive(Default)]
pub struct Past(Mutex<HashMap<i64, Levels>>);

/// Past versions that figures go back through; what is older counts under the oldest of them.
const MOST: usize = 24;

impl Service {
    /// The eras of a snapshot, in order; none while nothing is published.
    pub(super) async fn eras(&self, hot: &Hot) -> Result<Vec<Era>, ServiceError> {
        let stretches = stretches(&hot.versions, hot.complete_from());
        let first = stretches.len().saturating_sub(MOST);
        let mut eras = Vec::new();
        for (i, version) in stretches.iter().enumerate().skip(first) {
            let to = stretches.get(i + 1).map(|next| next.valid_from);
            let levels = if to.is_none() { hot.levels() } else { self.past_levels(version.number).await? };
            let from = if i == first { NaiveDate::MIN } else { version.valid_from };
            eras.push(Era { from, to, version: version.number, levels });
        }
        let shown = |version: &i64| eras.iter().any(|era| era.version == *version);
        self.past.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|version, _| shown(version));
        Ok(eras)
    }

    /// The boundaries of a version that is not the one in force.
    pub(super) async fn past_levels(&self, version: i64) -> Result<Levels, ServiceError> {
        if let Some(known) = self.past.0.lock().unwrap_or_else(PoisonError::into_inner).get(&version) {
            return Ok(Arc::clone(known));
        }
        let mut levels = Vec::new();
        for level in Level::ALL {
            levels.push(self.store.boundaries(*level, version).await?);
        }
        let levels: Levels = tokio::task::spawn_blocking(move || Arc::new(Division::of_levels(levels))).await?;
        self.past.0.lock().unwrap_or_else(PoisonError::into_inner).insert(version, Arc::clone(&levels));
        Ok(levels)
    }
}

/// The versions that were in force for at least a day, in order, from the first that has every level.
fn stretches(versions: &[BoundaryVersion], complete_from: i64) -> Vec<&BoundaryVersion> {
    let mut stretches: Vec<&BoundaryVersion> = Vec::new();
    for version in versions.iter().filter(|version| version.number >= complete_from) {
        if stretches.last().is_some_and(|last| last.valid_from == version.valid_from) {
            stretches.pop();
        }
        stretches.push(version);
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_the_same_day_takes_the_place_of_the_one_before() {
        let version = |number, valid_from: &str| BoundaryVersion {
            number,
            valid_from: valid_from.parse().unwrap(),
            published_at: chrono::DateTime::UNIX_EPOCH,
            note: String::new(),
        };
        let versions = [
            version(1, "2024-01-01"),
            version(2, "2024-01-01"),
            version(3, "2024-01-01"),
            version(4, "2025-01-01"),
            version(5, "2025-01-01"),
        ];
        let numbers = |from| stretches(&versions, from).iter().map(|version| version.number).collect::<Vec<_>>();
        assert_eq!((numbers(1), numbers(3), numbers(5)), (vec![3, 5], vec![3, 5], vec![5]));
    }
}
