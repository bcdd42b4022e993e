//! What files call things by → the records that are stored.

use super::Job;
use crate::place::{Boundary, Id, Level};
use std::collections::HashMap;

/// Code, name and aliases: whatever a file may call a boundary by.
pub fn keys_of(boundary: &Boundary) -> Vec<String> {
    let code = boundary.code.iter().map(ToString::to_string);
    code.chain([boundary.name.clone(), boundary.id.to_string()]).chain(boundary.aliases.iter().cloned()).collect()
}

/// Looks places and persons up by whatever files call them.
pub struct Names {
    boundaries: HashMap<(Level, String), Id>,
    households: HashMap<String, Id>,
    squares: HashMap<String, Id>,
    persons: HashMap<String, Id>,
}

impl Names {
    pub fn of(job: &Job) -> Self {
        let mut boundaries = HashMap::new();
        for &level in Level::ALL {
            for boundary in &job.hot.division(level).boundaries {
                for key in keys_of(boundary) {
                    // A code or name comes before another place's alias.
                    boundaries.entry((level, key)).or_insert(boundary.id);
                }
            }
        }
        let records = &job.records;
        let mut squares: HashMap<_, _> = records.squares.iter().map(|it| (it.name.clone(), it.id)).collect();
        squares.extend(records.squares.iter().map(|it| (it.source.clone(), it.id)));
        Self {
            boundaries,
            households: records.households.iter().map(|it| (it.source.clone(), it.id)).collect(),
            squares,
            persons: records.persons.iter().map(|it| (it.source.clone(), it.id)).collect(),
        }
    }

    pub fn boundary(&self, level: Level, key: &str) -> Option<Id> {
        self.boundaries.get(&(level, key.to_owned())).copied()
    }

    /// A place that somebody may hold a post at; the smallest of that name.
    pub fn place(&self, key: &str) -> Option<Id> {
        let levels = [Level::MicroGrid, Level::Grid, Level::Village];
        levels.into_iter().find_map(|level| self.boundary(level, key)).or_else(|| self.square(key))
    }

    pub fn household(&self, key: &str) -> Option<Id> {
        self.households.get(key).copied()
    }

    pub fn square(&self, key: &str) -> Option<Id> {
        self.squares.get(key).copied()
    }

    pub fn person(&self, key: &str) -> Option<Id> {
        self.persons.get(key).copied()
    }
}
