//! Keys that may occur once in a file.

use super::{problem::Problem, rows::Reject};
use std::collections::HashMap;

/// The keys seen so far, each with its row.
#[derive(Debug, Default)]
pub struct Unique(HashMap<String, u64>);

impl Unique {
    /// Notes `key`.
    ///
    /// # Errors
    /// A [`Reject`] if an earlier row has it.
    pub fn insert(&mut self, key: &str, row: u64) -> Result<(), Reject> {
        if let Some(first) = self.0.get(key) {
            return Err(Reject::new(Problem::DuplicateId, format!("{key}: row {first} has it")));
        }
        self.0.insert(key.to_owned(), row);
        Ok(())
    }
}
