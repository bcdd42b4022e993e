//! What is done to a plan, as data.

use super::Lock;
use crate::{
    partition::{Edit, Position},
    place::{GridKind, Id},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An entry of a plan's log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// From 1 within the plan, without gaps.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// The name that was given; there are no accounts yet.
    pub author: String,
    pub why: Option<String>,
    pub body: Body,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Body {
    /// Something that changes the draft, and that undo takes back.
    Operate(Operation),
    /// Back to before the last operation in force.
    Undo,
    /// What was last undone is in force again.
    Redo,
    /// Back, or forth, to the state after an entry; 0 is the base.
    Go {
        to: i64,
    },
    /// Gives the present state a name, under which it stays whatever is undone.
    Snapshot {
        name: String,
    },
    Comment {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Position>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Id>,
    },
    Rename {
        name: String,
    },
    /// Done on another base version from here on, without the operations that do not fit there.
    Rebase {
        base: i64,
        /// The version before.
        from: i64,
        dropped: Vec<i64>,
    },
    /// Asks for a second person's opinion.
    Submit,
    Approve,
    /// Back from the review, to be changed.
    Return,
    /// To be published when the day has come.
    Schedule {
        valid_from: NaiveDate,
        note: String,
    },
    /// The plan was published as a version of the boundaries.
    Publish {
        version: i64,
        valid_from: NaiveDate,
    },
    /// Given up.
    Withdraw,
    /// Taken up again after it was given up.
    Resume,
    /// Whoever has the token of this SHA-256 may read the plan.
    Share {
        token_hash: String,
    },
    /// No token counts any more.
    Unshare,
}

/// An operation on a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Operation {
    /// Edits of the borders, all of them or none.
    Redraw {
        edits: Vec<Edit>,
        /// What the places are called that the edits make.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        places: BTreeMap<Id, NewPlace>,
    },
    /// What is `None` stays.
    Describe {
        place: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<GridKind>,
    },
    /// Puts a person in the leader's post of a place, or leaves it open.
    Appoint {
        place: Id,
        person: Option<Id>,
    },
    Lock {
        lock: Lock,
    },
    Unlock {
        lock: Lock,
    },
}

/// What a place that an edit makes is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPlace {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<GridKind>,
}

/// Characters of a name, and of a comment or reason.
pub const LONGEST_NAME: usize = 100;
pub const LONGEST_TEXT: usize = 2_000;
/// Edits of one operation: the borders of a subdistrict drawn anew.
pub const MOST_EDITS: usize = 5_000;
/// Positions in one operation.
pub const MOST_POSITIONS: usize = 1_000_000;
