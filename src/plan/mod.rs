//! Drafts of boundaries: what is done to them, what it would mean, how they compare.
//!
//! ```text
//! base version ─ log of entries ─ History ─▶ path of operations ─▶ Draft ─┬▶ partition: shapes, without gaps by construction
//!                                                                         └▶ Live: who moves, who is overloaded, who waits
//! ```
//!
//! A plan is a base version and a log ([`Entry`]): who did what, when, why. Nothing is ever taken out of the log; undoing is an
//! entry too. [`History`] says which operations are in force, [`Draft`] performs them, [`Live`] keeps the figures up to date
//! from one operation to the next, [`Desk`] is the three together.

mod attributes;
pub mod balance;
mod compare;
mod desk;
mod draft;
mod entry;
mod error;
mod evidence;
mod figures;
mod flip;
mod history;
mod live;
mod locks;
mod problems;

pub use attributes::Attributes;
pub use compare::{Comparison, Flow, GridPair, Moves, compare};
pub use desk::{Desk, Outcome};
pub use draft::Draft;
pub use entry::{Body, Entry, LONGEST_TEXT, NewPlace, Operation};
pub use error::PlanError;
pub use evidence::{Duty, Evidence, Happening, Home};
pub use figures::{GridFigures, Spread, Totals};
pub use history::{History, Node, Path, PlanState, Snapshot, check_author};
pub use live::{Live, Moved};
pub use locks::Lock;
pub use problems::{Problem, ProblemKind, problems};
