//! Cases: whatever arrives, moves through states against a clock and ends in feedback. Reports are the first kind.

mod calendar;
mod clocks;
mod state;

pub use calendar::{CalendarError, WorkCalendar};
pub use clocks::{Allowance, ClockClass, Clocks, ClocksError};
pub use state::{State, Transition};

use crate::{
    geometry::LonLat,
    place::{Id, Placement},
};
use chrono::{DateTime, Utc};

/// The kind under which reports are stored; other kinds are data.
pub const REPORT: &str = "report";

/// A case, with the state that its events lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub id: Id,
    /// `report` at first.
    pub kind: String,
    /// The number under which its source knows it, unique within the kind.
    pub source: String,
    /// "路灯", "Bulky Items".
    pub category: String,
    /// How it came: "qr", "call".
    pub channel: Option<String>,
    pub location: Option<LonLat>,
    pub submitted_at: DateTime<Utc>,
    /// The state after the last event.
    pub state: State,
    /// When it was last closed, if it is closed now.
    pub closed_at: Option<DateTime<Utc>>,
    /// The grid or district that the source itself names.
    pub label: Option<String>,
    /// Where the version that it was assigned in places it: kept for ever.
    pub placement: Option<Placement>,
    /// Where the latest version places it.
    pub now: Option<Placement>,
}

/// What happened to a case; never changed once written.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseEvent {
    pub case: Id,
    pub transition: Transition,
    pub at: DateTime<Utc>,
    /// The person or office that acted, as an opaque key.
    pub actor: Option<String>,
    /// The boundary version that held then; `None` while nothing is published.
    pub version: Option<i64>,
}

/// What a case says in free text, and who sent it: private.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseText {
    pub text: Option<String>,
    pub reporter: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}
