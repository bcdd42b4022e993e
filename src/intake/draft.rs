//! Records as a file gives them: checked values of the domain, with references to other records still by the file's own keys.
//!
//! Which record a key means, and whether a draft is new or known, the service finds out from the store. Dates that a file
//! leaves out stay `None`, so that the same file twice says the same.

use crate::{
    case::{CaseText, State, Transition},
    geometry::LonLat,
    people::{Contact, Role},
    place::{Code, FacilityKind, FacilityStatus, GridKind, Level},
    round::{Outcome, RoundKind},
};
use chrono::{DateTime, NaiveDate, Utc};
use geo::MultiPolygon;

/// A village, grid or micro-grid.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundaryDraft {
    pub row: u64,
    pub level: Level,
    pub code: Option<Code>,
    pub name: String,
    pub aliases: Vec<String>,
    pub kind: Option<GridKind>,
    /// Code or name of the village of a grid, of the grid of a micro-grid.
    pub parent: Option<String>,
    /// EPSG:4326, valid, right-hand rings.
    pub shape: MultiPolygon,
    pub area_m2: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SquareDraft {
    pub row: u64,
    pub source: String,
    pub name: String,
    pub shape: MultiPolygon,
    pub area_m2: f64,
    pub evacuation_site: bool,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FacilityDraft {
    pub row: u64,
    /// Square and kind where the file has no key of its own.
    pub source: String,
    /// Source key or name of the square.
    pub square: String,
    pub kind: FacilityKind,
    pub status: FacilityStatus,
    pub location: Option<LonLat>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HouseholdDraft {
    pub row: u64,
    pub source: String,
    pub location: Option<LonLat>,
    /// `None` where the file doesn't say.
    pub persons: Option<u32>,
    pub lived_in_from: Option<NaiveDate>,
    pub lived_in_to: Option<NaiveDate>,
    /// Private.
    pub contact: Contact,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DeviceDraft {
    pub row: u64,
    pub source: String,
    pub kind: String,
    pub status: FacilityStatus,
    pub location: Option<LonLat>,
    pub last_seen: Option<DateTime<Utc>>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PersonDraft {
    pub row: u64,
    pub source: String,
    /// Private.
    pub contact: Contact,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PostDraft {
    pub row: u64,
    /// Person, role, place and first day where the file has no key of its own.
    pub source: String,
    /// Source key of the person.
    pub person: String,
    pub role: Role,
    /// Code, name or source key of a place; `None` for the whole area.
    pub place: Option<String>,
    pub from: NaiveDate,
    /// Exclusive.
    pub to: Option<NaiveDate>,
}

/// A report with the events that its row tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportDraft {
    pub row: u64,
    pub source: String,
    pub category: String,
    pub channel: Option<String>,
    pub location: Option<LonLat>,
    pub submitted_at: DateTime<Utc>,
    /// The close date as it stands in the file, whatever the state says, be it before `submitted_at` too.
    pub closed_at: Option<DateTime<Utc>>,
    /// The state that the file states.
    pub stated: Option<State>,
    /// What columns of single stages date, without the submission.
    pub stages: Vec<EventDraft>,
    /// Discarded (void, duplicate, rejected) if the file says so, else closed if there is a close date, else what the file says,
    /// else what the last event leads to.
    pub state: State,
    /// From submission on, in order of time; what the file dates earlier than the submission comes first.
    pub events: Vec<EventDraft>,
    pub label: Option<String>,
    /// Private.
    pub text: CaseText,
}

impl ReportDraft {
    /// Works `events` and `state` out from submission, stages, close date and the state that is stated.
    pub fn settle(&mut self) {
        let event = |transition, at| EventDraft { transition, at, actor: None };
        let mut events = self.stages.clone();
        events.push(event(State::Submitted, self.submitted_at));
        let discarded = self.stated.filter(|state| state.is_discarded());
        // A date on a discarded report is that of its discarding.
        let ending = discarded.unwrap_or(State::Closed);
        if let Some(at) = self.closed_at.filter(|_| events.iter().all(|event| event.transition != ending)) {
            events.push(event(ending, at));
        }
        events.sort_by_key(|event| (event.at, event.transition));
        let by_events = events.last().map_or(State::Submitted, |event| event.transition);
        let after_closing = || {
            let over = self.stated.filter(|state| !state.is_open());
            over.unwrap_or(if by_events.is_open() { State::Closed } else { by_events })
        };
        self.state = discarded.or(self.closed_at.map(|_| after_closing())).or(self.stated).unwrap_or(by_events);
        self.events = events;
    }

    /// The last instant at which anything happened to any of `reports`: open ones are censored then unless somebody says
    /// otherwise. When a source merely touched its records does not count.
    #[must_use]
    pub fn observed_until(reports: &[Self]) -> Option<DateTime<Utc>> {
        let instants = |report: &Self| report.events.iter().map(|event| event.at).chain(report.closed_at).max();
        reports.iter().filter_map(instants).max()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDraft {
    pub transition: Transition,
    pub at: DateTime<Utc>,
    /// An opaque key.
    pub actor: Option<String>,
}

/// What happened to a report that is known by its source key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEventDraft {
    pub row: u64,
    pub case: String,
    pub event: EventDraft,
}

/// A visit, activity or patrol.
#[derive(Clone, Debug, PartialEq)]
pub struct FulfilmentDraft {
    pub row: u64,
    /// Place and instant where the file has no key of its own.
    pub source: String,
    pub kind: RoundKind,
    pub programme: String,
    /// Source key of the household of a visit, of the square of an activity; code or name of the grid of a patrol.
    pub place: String,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    /// Source key of the person.
    pub person: Option<String>,
    pub location: Option<LonLat>,
    pub attendance: Option<u32>,
}
