//! What must stay as it is.

use crate::place::Id;
use serde::{Deserialize, Serialize};

/// Something that no operation may change while it is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "lock", rename_all = "snake_case")]
pub enum Lock {
    /// A place neither gains nor loses ground, nor changes hands.
    Place { place: Id },
    /// The common border of two places of the same level stays where it is.
    Border { a: Id, b: Id },
    /// A household stays in its grid.
    Household { household: Id },
}

impl Lock {
    /// The same lock in one spelling: a border from the smaller id to the larger.
    #[must_use]
    pub fn ordered(self) -> Self {
        match self {
            Self::Border { a, b } if b < a => Self::Border { a: b, b: a },
            other => other,
        }
    }
}
