//! From the events of a case to the instants of its stages.

use super::frames::{Discarded, Stages};
use crate::case::{CaseEvent, Clocks, State, Transition, WorkCalendar};
use chrono::{DateTime, Utc};

/// An event of a case, whether stored or just read from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    pub transition: Transition,
    pub at: DateTime<Utc>,
    pub actor: Option<&'a str>,
}

/// What is known of a case besides its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    pub submitted_at: DateTime<Utc>,
    pub state: State,
    /// When it was last closed.
    pub closed_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a CaseEvent> for Event<'a> {
    fn from(event: &'a CaseEvent) -> Self {
        Self { transition: event.transition, at: event.at, actor: event.actor.as_deref() }
    }
}

/// What the events of a case amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    pub stages: Stages,
    /// Who took the first action, if the event says so.
    pub first_actor: Option<String>,
}

/// Folds `events`, ascending by time. What they leave out (of files with a closing time only) is taken from the outline.
///
/// An action is any event but the submission, its automatic delivery to the leader (without an actor), what the reporter did
/// and the answer to the feedback. Each stage counts at its first event, but for handling: rework before the first closing
/// belongs to it, so the last one counts. What is discarded ends there. A pause lasts from a suspension to the next event.
#[must_use]
pub fn fold<'a>(case: &Outline, events: impl IntoIterator<Item = Event<'a>>) -> Folded {
    let mut folded = Folded::default();
    folded.stages.submitted_at = case.submitted_at;
    let mut reporter = None;
    for event in events {
        if event.transition == State::Submitted && reporter.is_none() {
            reporter = event.actor;
        }
        if folded.stages.first_action_at.is_none() && is_action(&event, reporter) {
            folded.stages.first_action_at = Some(event.at);
            folded.first_actor = event.actor.map(str::to_owned);
        }
        folded.stages.apply(event.transition, event.at);
    }
    let stages = &mut folded.stages;
    if stages.first_closed_at.is_none() && stages.reopened_at.is_none() && stages.discarded.is_none() {
        (stages.first_closed_at, stages.closed_at) = (case.closed_at, case.closed_at);
    }
    if stages.discarded.is_none() {
        stages.discarded = discarded(case.state);
    }
    folded
}

/// As [`fold`], by what was known at `as_of`: of a case to which something happened later, the state and the closing are those
/// that its events led to until then. `events` ascending by time.
#[must_use]
pub fn fold_until(case: &Outline, events: &[Event], as_of: DateTime<Utc>) -> Folded {
    let known: Vec<Event> = events.iter().filter(|event| event.at <= as_of).copied().collect();
    if known.len() == events.len() && case.closed_at.is_none_or(|at| at <= as_of) {
        return fold(case, known);
    }
    let state = known.last().map_or(State::Submitted, |event| event.transition);
    let closed = known.iter().rev().find(|event| event.transition == State::Closed).map(|event| event.at);
    let then = Outline { submitted_at: case.submitted_at, state, closed_at: closed.filter(|_| !state.is_open()) };
    fold(&then, known)
}

/// When the result of a case is due: its class's clock on the work calendar, standing still while suspended.
#[must_use]
pub fn due_at(category: &str, stages: &Stages, clocks: &Clocks, calendar: &WorkCalendar) -> Option<DateTime<Utc>> {
    let minutes = clocks.class_of(category).result.work_minutes(calendar);
    calendar.due_with_pauses(stages.submitted_at, minutes, &stages.pauses)
}

fn is_action(event: &Event, reporter: Option<&str>) -> bool {
    match event.transition {
        State::Submitted | State::Satisfied | State::Unsatisfied => false,
        State::WithLeader if event.actor.is_none() => false,
        _ => event.actor.is_none() || event.actor != reporter,
    }
}

const fn discarded(state: State) -> Option<Discarded> {
    match state {
        State::Void => Some(Discarded::Void),
        State::Duplicate => Some(Discarded::Duplicate),
        State::Rejected => Some(Discarded::Rejected),
        _ => None,
    }
}

impl Stages {
    fn apply(&mut self, transition: State, at: DateTime<Utc>) {
        if let Some((_, end @ None)) = self.pauses.last_mut() {
            *end = Some(at);
        }
        match transition {
            State::Escalated => first(&mut self.escalated_at, at),
            State::Accepted => {
                first(&mut self.accepted_at, at);
                self.taken_up_again();
            }
            State::Dispatched => first(&mut self.dispatched_at, at),
            State::SelfHandled | State::Handled if self.first_closed_at.is_none() => self.handled_at = Some(at),
            State::Returned => self.returned = true,
            State::Rework => first(&mut self.reworked_at, at),
            State::Suspended => self.pauses.push((at, None)),
            State::Closed => {
                first(&mut self.first_closed_at, at);
                self.closed_at = Some(at);
            }
            State::FeedbackSent => first(&mut self.feedback_at, at),
            State::Satisfied | State::Unsatisfied => self.satisfied = Some(transition == State::Satisfied),
            State::Reopened => {
                first(&mut self.reopened_at, at);
                self.closed_at = None;
                self.taken_up_again();
            }
            State::Void | State::Duplicate | State::Rejected => {
                self.discarded = discarded(transition);
                // What is discarded is over: the raw median of all that ended counts it.
                self.closed_at.get_or_insert(at);
            }
            _ => {}
        }
    }

    fn taken_up_again(&mut self) {
        if self.discarded.take().is_some() {
            self.closed_at = None;
        }
    }
}

fn first(slot: &mut Option<DateTime<Utc>>, at: DateTime<Utc>) {
    slot.get_or_insert(at);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-03-02T{hour:02}:00:00Z").parse().unwrap()
    }

    fn outline(state: State, closed_at: Option<DateTime<Utc>>) -> Outline {
        Outline { submitted_at: at(0), state, closed_at }
    }

    fn fold_of(state: State, events: &[(State, u32, Option<&str>)]) -> Folded {
        let event = |&(transition, hour, actor)| Event { transition, at: at(hour), actor };
        fold(&outline(state, None), events.iter().map(event))
    }

    #[test]
    fn the_whole_way_with_rework_and_reopening() {
        use State::{
            Accepted, Closed, Dispatched, Escalated, FeedbackSent, Handled, Handling, Reopened, Returned, Rework, Submitted,
            Suspended, Unsatisfied, Verified, WithLeader,
        };
        let way = [
            (Submitted, Some("resident")),
            (WithLeader, None),
            (Escalated, Some("leader")),
            (Accepted, Some("centre")),
            (Dispatched, Some("centre")),
            (Returned, Some("station")),
            (Dispatched, Some("centre")),
            (Handling, Some("station")),
            (Suspended, Some("station")),
            (Handling, Some("station")),
            (Handled, Some("station")),
            (Rework, Some("centre")),
            (Dispatched, Some("centre")),
            (Handled, Some("station")),
            (Verified, Some("centre")),
            (Closed, Some("centre")),
            (FeedbackSent, Some("centre")),
            (Unsatisfied, Some("resident")),
            (Reopened, Some("resident")),
            (Dispatched, Some("centre")),
            (Handled, Some("station")),
            (Closed, Some("centre")),
        ];
        let events: Vec<_> = (0..).zip(way).map(|(hour, (transition, actor))| (transition, hour, actor)).collect();
        let folded = fold_of(Closed, &events);
        let expected = Stages {
            submitted_at: at(0),
            first_action_at: Some(at(2)),
            escalated_at: Some(at(2)),
            accepted_at: Some(at(3)),
            dispatched_at: Some(at(4)),
            handled_at: Some(at(13)),
            first_closed_at: Some(at(15)),
            closed_at: Some(at(21)),
            feedback_at: Some(at(16)),
            reworked_at: Some(at(11)),
            reopened_at: Some(at(18)),
            discarded: None,
            returned: true,
            satisfied: Some(false),
            pauses: vec![(at(8), Some(at(9)))],
        };
        assert_eq!(folded, Folded { stages: expected, first_actor: Some("leader".into()) });
    }

    #[test]
    fn what_the_reporter_does_is_no_action() {
        let events = [(State::Submitted, 0, Some("resident")), (State::Void, 1, Some("resident"))];
        let folded = fold_of(State::Void, &events);
        assert_eq!((folded.stages.first_action_at, folded.stages.discarded), (None, Some(Discarded::Void)));
        let taken = fold_of(State::WithLeader, &[(State::Submitted, 0, None), (State::WithLeader, 1, Some("leader"))]);
        assert_eq!(taken.stages.first_action_at, Some(at(1)));
    }

    #[test]
    fn what_is_discarded_is_over_until_it_is_taken_up_again() {
        let discarded = [(State::Submitted, 0, None), (State::Rejected, 3, Some("centre"))];
        let folded = fold_of(State::Rejected, &discarded);
        assert_eq!((folded.stages.closed_at, folded.stages.first_closed_at), (Some(at(3)), None));
        let taken_up = [discarded[0], discarded[1], (State::Accepted, 4, Some("centre"))];
        let folded = fold_of(State::Accepted, &taken_up);
        assert_eq!((folded.stages.closed_at, folded.stages.discarded), (None, None));
        let found_later = [discarded[0], (State::Closed, 2, None), (State::Duplicate, 5, None)];
        assert_eq!(fold_of(State::Duplicate, &found_later).stages.closed_at, Some(at(2)));
    }

    #[test]
    fn what_happens_later_is_not_known_yet() {
        let event = |(transition, hour): (State, u32)| Event { transition, at: at(hour), actor: None };
        let way = [(State::Submitted, 0), (State::Closed, 2), (State::Reopened, 4), (State::Closed, 6), (State::Void, 8)];
        let events = way.map(event);
        let case = outline(State::Void, Some(at(6)));
        let of = |hour| fold_until(&case, &events, at(hour)).stages;
        assert_eq!((of(1).closed_at, of(1).discarded), (None, None));
        assert_eq!((of(3).closed_at, of(5).closed_at, of(7).closed_at), (Some(at(2)), None, Some(at(6))));
        assert_eq!((of(7).discarded, of(8).discarded), (None, Some(Discarded::Void)));
        // Closed later, by a file without events.
        assert_eq!(fold_until(&outline(State::Closed, Some(at(5))), &[], at(4)).stages.closed_at, None);
    }

    #[test]
    fn a_file_with_a_closing_time_only() {
        let folded = fold(&outline(State::Closed, Some(at(5))), []);
        assert_eq!((folded.stages.first_closed_at, folded.stages.closed_at), (Some(at(5)), Some(at(5))));
    }

    #[test]
    fn a_reopened_case_is_open() {
        let events = [(State::Closed, 1, None), (State::Reopened, 2, None), (State::Suspended, 3, None)];
        let folded = fold_of(State::Suspended, &events);
        assert_eq!((folded.stages.closed_at, folded.stages.first_closed_at), (None, Some(at(1))));
        let (clocks, calendar) = (Clocks::shipped().unwrap(), WorkCalendar::china().unwrap());
        assert_eq!(due_at("路灯", &folded.stages, &clocks, &calendar), None);
        let running = Stages { pauses: Vec::new(), ..folded.stages };
        // Seven working days from Monday, 08:00 in Shanghai: the end of Tuesday of the week after.
        assert_eq!(due_at("路灯", &running, &clocks, &calendar), Some("2026-03-10T10:00:00Z".parse().unwrap()));
    }
}
