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

/// The actor of an event that is whoever reported the case.
pub const REPORTER: &str = "reporter";

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
    /// What its source says of the state, dated or not; `None` where it says nothing.
    pub stated: Option<State>,
    /// The state after the last event, or the one stated where the events lag behind it.
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

/// Where the events of a case lead: the state, and when it was last closed if it is closed now, or discarded if it is that.
/// `events` in whatever order.
///
/// A state that the source states without a date counts where the events tell of nothing but the submission, or of a case
/// that is still open (and was not reopened) while the source says that it is over.
#[must_use]
pub fn outcome<'a>(stated: Option<State>, events: impl IntoIterator<Item = &'a CaseEvent>) -> (State, Option<DateTime<Utc>>) {
    let mut ordered: Vec<_> = events.into_iter().collect();
    ordered.sort_by_key(|event| event.order());
    let last = ordered.last().map_or(State::Submitted, |event| event.transition);
    let reopened = ordered.iter().any(|event| event.transition == State::Reopened);
    let lags = |stated: State| last == State::Submitted || (last.is_open() && !stated.is_open() && !reopened);
    let state = stated.filter(|stated| lags(*stated)).unwrap_or(last);
    // As files have it, where the one date of a discarded report is that of its discarding.
    let ending = if state.is_discarded() { state } else { State::Closed };
    let closed = ordered.iter().rev().find(|event| event.transition == ending).map(|event| event.at);
    (state, if state.is_open() { None } else { closed })
}

/// What happened to a case. What the log of events tells is never changed once written; a row that is corrected takes back what
/// it alone told.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseEvent {
    pub case: Id,
    pub transition: Transition,
    pub at: DateTime<Utc>,
    /// The id of the person or office that acted, or [`REPORTER`]: never a name, since events lie in the public file.
    pub actor: Option<String>,
    /// The boundary version that held then; `None` while nothing is published.
    pub version: Option<i64>,
}

impl CaseEvent {
    /// The events of a case sorted by this stand as they happened: a case begins with its submission, whatever the instants of
    /// a faulty source say; events of the same instant keep the order in which they came (the sort must be stable).
    #[must_use]
    pub fn order(&self) -> (bool, DateTime<Utc>) {
        (self.transition != State::Submitted, self.at)
    }
}

/// What a case says in free text, and who sent it: private.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseText {
    pub text: Option<String>,
    pub reporter: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(events: &[(State, i64)]) -> Vec<CaseEvent> {
        let event = |&(transition, s)| CaseEvent {
            case: Id::derived("case", "1"),
            transition,
            at: DateTime::from_timestamp(s, 0).unwrap(),
            actor: None,
            version: None,
        };
        events.iter().map(event).collect()
    }

    #[test]
    fn the_outcome_follows_the_last_event() {
        use State::{Closed, FeedbackSent, Reopened, Submitted, Void};
        let of = |events: &[(State, i64)]| {
            let (state, closed) = outcome(None, &history(events));
            (state, closed.map(|at| at.timestamp()))
        };
        assert_eq!(of(&[(Submitted, 1), (Closed, 5)]), (Closed, Some(5)));
        assert_eq!(of(&[(FeedbackSent, 9), (Closed, 5), (Submitted, 1)]), (FeedbackSent, Some(5)));
        assert_eq!(of(&[(Submitted, 1), (Closed, 5), (Reopened, 8)]), (Reopened, None));
        assert_eq!(of(&[(Submitted, 1), (Void, 2)]), (Void, Some(2)));
        assert_eq!(of(&[(Submitted, 1), (Closed, 5), (Reopened, 8), (Void, 9)]), (Void, Some(9)));
        assert_eq!(of(&[(Submitted, 7), (Closed, 5)]), (Closed, Some(5)), "closed before it was submitted");
        assert_eq!(of(&[]), (Submitted, None));
    }

    #[test]
    fn a_stated_state_counts_where_the_events_lag_behind() {
        use State::{Accepted, Closed, Dispatched, Handling, Reopened, Submitted, Void};
        let of = |stated, events: &[(State, i64)]| outcome(Some(stated), &history(events)).0;
        assert_eq!(of(Void, &[(Submitted, 1)]), Void);
        assert_eq!(of(Handling, &[(Submitted, 1)]), Handling);
        assert_eq!(of(Handling, &[(Submitted, 1), (Accepted, 2)]), Accepted, "a dated open state is the better word");
        assert_eq!(of(Closed, &[(Submitted, 1), (Accepted, 2)]), Closed);
        assert_eq!(of(Submitted, &[(Submitted, 1), (Closed, 2)]), Closed);
        assert_eq!(of(Closed, &[(Submitted, 1), (Closed, 2), (Reopened, 3), (Dispatched, 4)]), Dispatched);
    }
}
