//! Why something can't be done to a plan.

use super::{Lock, PlanState};
use crate::{
    partition::{BuildError, EditError},
    place::Id,
};
use chrono::NaiveDate;

/// Why something can't be done to a plan; the plan is then as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    #[error("edit {} of {of}: {source}", .index + 1)]
    Edit { index: usize, of: usize, source: EditError },
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error("there is no place {0} in this plan")]
    UnknownPlace(Id),
    #[error("there is no household {0} that is lived in today")]
    UnknownHousehold(Id),
    #[error("all of these households are there already, or in no place at all")]
    NobodyMoves,
    #[error("{what} is {given} characters long; it may have 1 to {most}")]
    Length { what: &'static str, given: usize, most: usize },
    #[error("an operation has 1 to {most} edits, not {given}")]
    Edits { given: usize, most: usize },
    #[error("the edits have {given} positions; at most {most} at once")]
    Positions { given: usize, most: usize },
    #[error("{locked} is locked; unlock it first, or leave it out")]
    Locked { lock: Lock, locked: String },
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("there is nothing to redo")]
    NothingToRedo,
    #[error("entry {0} is no operation of this plan")]
    NoSuchState(i64),
    #[error("a snapshot of that name is there already: {0}")]
    SnapshotTaken(String),
    #[error("the plan is {state}: {hint}")]
    State { state: PlanState, hint: &'static str },
    #[error("{0} has drawn this plan up; somebody else must approve it")]
    OwnPlan(String),
    #[error("the plan redraws version {base}, and version {latest} is in force: rebase it first")]
    Outdated { base: i64, latest: i64 },
    #[error("the plan changes nothing in the boundaries in force")]
    Nothing,
    #[error("{count} problems keep the plan from being published; the first: {first}")]
    Problems { count: usize, first: &'static str },
    #[error("{given} is before {least}, from which the boundaries in force hold: give that day or a later one")]
    TooEarly { given: NaiveDate, least: NaiveDate },
    #[error("{} operations do not fit on version {base}: {}", .conflicts.len(), .conflicts.iter().map(|(seq, why)| format!("entry {seq}: {why}")).collect::<Vec<_>>().join("; "))]
    Conflicts { base: i64, conflicts: Vec<(i64, String)> },
    #[error("only a grid has a kind")]
    KindOfOther,
    #[error("entry {seq} does not fit on the draft any more: {why}")]
    Replay { seq: i64, why: String },
}
