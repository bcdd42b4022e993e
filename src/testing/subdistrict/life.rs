//! What happens to a report, step by step, until it is settled or the data end.

use super::{Places, staff::Roster};
use crate::{
    case::State,
    testing::{
        clock::{Clock, Local, day_of},
        random::Dice,
        settings::{Category, Reports, Society},
    },
};
use chrono::Datelike;

/// Who does a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Reporter,
    /// An index of the roster.
    Person(usize),
}

/// One step of a story.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub state: State,
    pub at: Local,
    pub actor: Actor,
}

/// What is known of a report when it comes in.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    pub category: &'a Category,
    pub submitted: Local,
    pub microgrid: Option<usize>,
    /// It says what another report has said.
    pub duplicate: bool,
}

/// How a subdistrict deals with reports.
pub struct Procedure<'a> {
    pub plan: &'a Reports,
    pub society: &'a Society,
    pub clock: &'a Clock,
    pub roster: &'a Roster,
    pub places: &'a Places,
    /// By how much the leaders of each grid are slower than usual.
    pub slowness: Vec<f64>,
}

/// Minutes at 0, 25, 50, 75, 95 and 100 %: of waking hours for leaders and residents, of office hours for the others.
const NOTICE: [f64; 6] = [1.0, 5.0, 16.0, 55.0, 420.0, 1900.0];
const OWN_START: [f64; 6] = [2.0, 12.0, 40.0, 130.0, 700.0, 2400.0];
const OWN_WORK: [f64; 6] = [5.0, 30.0, 110.0, 380.0, 1700.0, 6000.0];
const ESCALATE: [f64; 6] = [2.0, 10.0, 35.0, 120.0, 800.0, 3500.0];
const ACCEPT: [f64; 6] = [1.0, 5.0, 14.0, 40.0, 180.0, 600.0];
const DISPATCH: [f64; 6] = [1.0, 6.0, 18.0, 55.0, 260.0, 900.0];
const RETURN: [f64; 6] = [20.0, 60.0, 150.0, 400.0, 900.0, 2000.0];
const START: [f64; 6] = [5.0, 25.0, 70.0, 210.0, 900.0, 2600.0];
const PAUSE: [f64; 6] = [960.0, 2400.0, 4800.0, 9600.0, 19_200.0, 34_000.0];
const VERIFY: [f64; 6] = [5.0, 30.0, 90.0, 300.0, 1200.0, 3000.0];
const CLOSE: [f64; 6] = [1.0, 5.0, 15.0, 60.0, 400.0, 1200.0];
const FEEDBACK: [f64; 6] = [1.0, 8.0, 30.0, 120.0, 700.0, 2400.0];
const ANSWER: [f64; 6] = [2.0, 30.0, 180.0, 900.0, 4000.0, 9000.0];
const ARCHIVE: [f64; 6] = [30.0, 200.0, 480.0, 1400.0, 4800.0, 9600.0];

impl Procedure<'_> {
    /// The steps of a report, the first being its submission; all before the data end, each allowed after the one before.
    #[must_use]
    pub fn story(&self, start: Start, dice: &mut Dice) -> Vec<Step> {
        let mut story = Story { procedure: self, start, dice, steps: Vec::with_capacity(12) };
        story.steps.push(Step { state: State::Submitted, at: start.submitted, actor: Actor::Reporter });
        story.run();
        let mut steps = story.steps;
        if dice.chance(self.plan.voids) {
            let open: Vec<usize> = (1..steps.len()).filter(|&i| steps[i].state.is_open()).collect();
            if let Some(&last) = open.get(dice.below(open.len().max(1))) {
                steps.truncate(last + 1);
                let (at, centre) = (steps[last].at, *dice.pick(&self.roster.centre));
                steps.push(Step { state: State::Void, at: self.clock.after_work(at, 60.0) + 1, actor: Actor::Person(centre) });
            }
        }
        steps.retain(|step| step.at < self.clock.end());
        steps
    }
}

struct Story<'a, 'd> {
    procedure: &'a Procedure<'a>,
    start: Start<'a>,
    dice: &'d mut Dice,
    steps: Vec<Step>,
}

impl Story<'_, '_> {
    fn now(&self) -> Local {
        self.steps.last().map_or(0, |step| step.at)
    }

    fn take(&mut self, state: State, at: Local, actor: Actor) {
        let at = at.max(self.now() + 1 + self.dice.whole(0, 50));
        self.steps.push(Step { state, at, actor });
    }

    /// A step after a time of waking hours.
    fn awake(&mut self, state: State, minutes: &[f64; 6], factor: f64, actor: Actor) {
        let at = self.procedure.clock.after_waking(self.now(), self.dice.quantile(minutes) * factor);
        self.take(state, at, actor);
    }

    /// A step after a time of office hours; what is urgent does not wait for the office.
    fn office(&mut self, state: State, minutes: &[f64; 6], factor: f64, actor: Actor) {
        let minutes = self.dice.quantile(minutes) * factor;
        let at = if self.start.category.urgent {
            self.procedure.clock.after_waking(self.now(), minutes * 0.3)
        } else {
            self.procedure.clock.after_work(self.now(), minutes)
        };
        self.take(state, at, actor);
    }

    fn leader(&mut self) -> Actor {
        let Procedure { roster, places, .. } = self.procedure;
        match self.start.microgrid {
            Some(microgrid) => Actor::Person(roster.leader(places, microgrid, day_of(self.now()))),
            // Nobody's place: the centre looks after it.
            None => self.centre(),
        }
    }

    fn centre(&mut self) -> Actor {
        Actor::Person(*self.dice.pick(&self.procedure.roster.centre))
    }

    /// How slow the leader is.
    fn leader_pace(&self) -> f64 {
        let Procedure { places, slowness, .. } = self.procedure;
        self.start.microgrid.map_or(1.0, |microgrid| slowness[places.grid_of[microgrid]])
    }

    fn run(&mut self) {
        let plan = self.procedure.plan;
        let (leader, pace) = (self.leader(), self.leader_pace());
        self.awake(State::WithLeader, &NOTICE, pace, leader);
        for attempt in 0..2 {
            let own = attempt == 0 && !self.start.duplicate && self.dice.chance(self.start.category.own);
            if own {
                self.awake(State::SelfHandled, &OWN_START, pace, leader);
                self.awake(State::Handled, &OWN_WORK, pace, leader);
            } else if attempt == 0 {
                self.awake(State::Escalated, &ESCALATE, pace, leader);
                if let Some(end) = self.turned_down() {
                    let centre = self.centre();
                    self.office(end, &ACCEPT, 1.0, centre);
                    self.office(State::FeedbackSent, &FEEDBACK, 1.0, centre);
                    return;
                }
                let centre = self.centre();
                self.office(State::Accepted, &ACCEPT, 1.0, centre);
                self.station_work();
            } else {
                self.station_work();
            }
            let centre = self.centre();
            self.office(State::Verified, &VERIFY, 1.0, centre);
            self.office(State::Closed, &CLOSE, 1.0, centre);
            self.office(State::FeedbackSent, &FEEDBACK, 1.0, centre);
            if !self.dice.chance(plan.answered) {
                return;
            }
            if self.dice.chance(self.start.category.satisfied) {
                self.awake(State::Satisfied, &ANSWER, 1.0, Actor::Reporter);
                self.office(State::Archived, &ARCHIVE, 1.0, centre);
                return;
            }
            self.awake(State::Unsatisfied, &ANSWER, 1.0, Actor::Reporter);
            if attempt == 1 || !self.dice.chance(plan.reopened) {
                return;
            }
            self.office(State::Reopened, &ACCEPT, 3.0, centre);
        }
    }

    /// Whether the centre doesn't accept it.
    fn turned_down(&mut self) -> Option<State> {
        if self.start.duplicate {
            Some(State::Duplicate)
        } else {
            self.dice.chance(self.procedure.plan.rejected).then_some(State::Rejected)
        }
    }

    /// From dispatching to the last handling, rework included.
    fn station_work(&mut self) {
        let Procedure { plan, society, roster, .. } = self.procedure;
        let category = self.start.category;
        let station = society.station.iter().position(|station| station.key == category.station).unwrap_or(0);
        let month = day_of(self.now()).month();
        // The stations have their hands full in the season.
        let season = if matches!(month, 7 | 8 | 10) { 1.35 } else { 1.0 };
        let pace = society.station[station].slowness * season;
        for round in 0..3 {
            let (centre, staff) = (self.centre(), Actor::Person(*self.dice.pick(&roster.stations[station])));
            self.office(State::Dispatched, &DISPATCH, 1.0, centre);
            if round == 0 && self.dice.chance(plan.returned) {
                self.office(State::Returned, &RETURN, 1.0, staff);
                self.office(State::Dispatched, &DISPATCH, 1.5, centre);
            }
            self.office(State::Handling, &START, pace, staff);
            if self.dice.chance(plan.suspended) {
                self.office(State::Suspended, &START, 1.0, staff);
                self.office(State::Handling, &PAUSE, 1.0, staff);
            } else if self.dice.chance(plan.extended) {
                self.office(State::Extended, &RETURN, pace, staff);
            }
            self.office(State::Handled, &category.work, pace, staff);
            if round == 2 || !self.dice.chance(plan.rework) {
                return;
            }
            self.office(State::Rework, &VERIFY, 1.0, centre);
        }
    }
}
