//! Visits around the 12th, activities on the squares, patrols.

use super::{
    Places,
    places::namespace,
    settlement::{Home, Yard},
    staff::Roster,
};
use crate::{
    place::Id,
    round::{Fulfilment, Outcome, Round, RoundKind},
    testing::{
        clock::{Clock, Local, midnight, to_utc},
        plane::Xy,
        random::Dice,
        settings::{Society, Visits},
    },
};
use chrono::{Datelike, Days, Months, NaiveDate};

/// The programme of the monthly visits.
pub const MONTHLY_VISIT: &str = "monthly-visit";
/// The programme of the patrols.
pub const WEEKLY_PATROL: &str = "weekly-patrol";

/// What falls due: the visit, the activities, the patrol.
#[must_use]
pub fn rounds(seed: u64, society: &Society) -> Vec<Round> {
    let space = namespace(seed);
    let round = |kind, programme: &str, recurrence: &str| Round {
        id: Id::derived(&space, &format!("round/{programme}")),
        kind,
        programme: programme.to_owned(),
        recurrence: recurrence.to_owned(),
        place: None,
    };
    let mut rounds = vec![
        round(RoundKind::Visit, MONTHLY_VISIT, "FREQ=MONTHLY;BYMONTHDAY=12"),
        round(RoundKind::Patrol, WEEKLY_PATROL, "FREQ=WEEKLY"),
    ];
    rounds.extend(society.activity.iter().map(|it| round(RoundKind::Activity, &it.programme, &it.recurrence)));
    rounds
}

/// Numbers fulfilments of one kind.
struct Log {
    space: String,
    kind: RoundKind,
    letter: char,
    entries: Vec<Fulfilment>,
}

impl Log {
    fn new(seed: u64, kind: RoundKind, letter: char) -> Self {
        Self { space: namespace(seed), kind, letter, entries: Vec::new() }
    }

    fn push(&mut self, programme: &str, place: Id, at: Local, outcome: Outcome, person: Id) -> &mut Fulfilment {
        let source = format!("{}{:07}", self.letter, self.entries.len() + 1);
        self.entries.push(Fulfilment {
            id: Id::derived(&self.space, &format!("{}/{source}", self.kind)),
            source,
            kind: self.kind,
            programme: programme.to_owned(),
            place,
            at: to_utc(at),
            outcome,
            person: Some(person),
            location: None,
            attendance: None,
        });
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }
}

/// Door-to-door visits, month by month and household by household.
#[must_use]
pub fn visits(
    places: &Places,
    homes: &[Home],
    roster: &Roster,
    seed: u64,
    society: &Society,
    clock: &Clock,
) -> Vec<Fulfilment> {
    let plan = &society.visits;
    let mut dice = Dice::new(seed, "visits");
    let mut log = Log::new(seed, RoundKind::Visit, 'V');
    // How many of its households a micro-grid gets round to; the micro-grids of a grid lag together.
    let lags: Vec<bool> = places.grids.iter().map(|_| dice.chance(plan.lagging)).collect();
    let diligence: Vec<f64> = places
        .grid_of
        .iter()
        .map(|&grid| {
            let [low, high] = if lags[grid] { plan.lagging_diligence } else { plan.diligence };
            // Most are near the upper end.
            low + (high - low) * (1.0 - dice.unit() * dice.unit())
        })
        .collect();
    let months = clock.months();
    for (i, &month) in months.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "months")]
        let lately = (i + 1) as f64 / months.len() as f64;
        let busy = if plan.busy_months.contains(&month.month()) { plan.busy } else { 1.0 };
        let festival = plan.festival_months.contains(&month.format("%Y-%m").to_string());
        for home in homes {
            let days = DoorDays { month, plan, led: roster.is_led(home.microgrid, month + Days::new(11)) };
            let effort = diligence[home.microgrid] * busy * (1.0 - plan.growth * (1.0 - lately));
            let effort = if days.led { effort } else { effort * 0.6 };
            if !dice.chance(effort) {
                continue;
            }
            let mut at = days.draw(&mut dice);
            let mut outcome = outcome(home, plan, festival, &mut dice);
            loop {
                let day = crate::testing::clock::day_of(at);
                if at >= clock.end()
                    || day < home.household.lived_in_from
                    || home.household.lived_in_to.is_some_and(|to| to <= day)
                {
                    break;
                }
                let person = roster.walker(places, home.microgrid, day, &mut dice);
                let visit = log.push(MONTHLY_VISIT, home.household.id, at, outcome, roster.persons[person].id);
                // A telephone's position, if it gave one.
                if dice.chance(0.8) {
                    visit.location = Some(places.lonlat(home.at + Xy::new(dice.bell(), dice.bell()) * 6.0));
                }
                if outcome != Outcome::Absent || !dice.chance(plan.again) {
                    break;
                }
                at += 86_400 * dice.whole(1, 6) + dice.whole(-3600, 3600);
                if crate::testing::clock::day_of(at).month() != month.month() {
                    break;
                }
                if !home.migrant || festival {
                    outcome = Outcome::Visited;
                }
            }
        }
    }
    log.entries
}

fn outcome(home: &Home, plan: &Visits, festival: bool, dice: &mut Dice) -> Outcome {
    let away = home.migrant && !festival;
    if dice.chance(if away { 0.9 } else { plan.absent }) {
        Outcome::Absent
    } else if dice.chance(if home.reluctant { 0.6 } else { plan.refused }) {
        Outcome::Refused
    } else {
        Outcome::Visited
    }
}

/// When in a month the doors are knocked at.
struct DoorDays<'a> {
    month: NaiveDate,
    plan: &'a Visits,
    led: bool,
}

impl DoorDays<'_> {
    /// On the 12th after the theme-day, or on one of the days that follow, rather soon than late.
    fn draw(&self, dice: &mut Dice) -> Local {
        let last = i64::from((self.month + Months::new(1) - Days::new(1)).day());
        let on_the_day = if self.led { self.plan.on_the_day } else { self.plan.on_the_day / 3.0 };
        let day = if dice.chance(on_the_day) {
            12
        } else {
            let early = dice.unit() * dice.unit();
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "days of a month")]
            let later = (early * (last - 12) as f64) as i64;
            13 + later
        };
        let hour = if day == 12 { dice.whole(15, 20) } else { *dice.pick(&[9, 10, 11, 15, 16, 17, 18, 19, 19, 20]) };
        midnight(self.month) + (day - 1) * 86_400 + hour * 3600 + dice.whole(0, 3599)
    }
}

/// What was held on the squares, and what was called off.
#[must_use]
pub fn activities(yards: &[Yard], roster: &Roster, seed: u64, society: &Society, clock: &Clock) -> Vec<Fulfilment> {
    let mut dice = Dice::new(seed, "activities");
    let mut log = Log::new(seed, RoundKind::Activity, 'A');
    let zeal: Vec<f64> = yards.iter().map(|_| 1.12 - 0.75 * dice.unit() * dice.unit() * dice.unit()).collect();
    for plan in &society.activity {
        let mut from = clock.first;
        while from < clock.end {
            let to = span_after(from, &plan.recurrence).min(clock.end);
            let days = (to - from).num_days().max(1);
            for ((yard, &zeal), &keeper) in yards.iter().zip(&zeal).zip(&roster.keepers) {
                let day = from + Days::new(dice.below(usize::try_from(days).unwrap_or(1)) as u64);
                let winter = if matches!(day.month(), 12 | 1 | 2) { 0.8 } else { 1.0 };
                if day < yard.square.valid_from || !dice.chance(plan.held * zeal * winter) {
                    continue;
                }
                let at = midnight(day) + plan.hour * 3600 + dice.whole(0, 60) * 60;
                let cancelled = dice.chance(0.025);
                let outcome = if cancelled { Outcome::Cancelled } else { Outcome::Held };
                let [low, high] = plan.attendance;
                let attendance = u32::try_from(dice.whole(low, high)).ok().filter(|_| !cancelled);
                log.push(&plan.programme, yard.square.id, at, outcome, roster.persons[keeper].id).attendance = attendance;
            }
            from = to;
        }
    }
    log.entries
}

/// The first day of the span of an RFC 5545 rule after the one that begins at `from`.
fn span_after(from: NaiveDate, rule: &str) -> NaiveDate {
    let month = |n| from - Days::new(u64::from(from.day0())) + Months::new(n);
    match rule {
        "FREQ=DAILY" => from + Days::new(1),
        "FREQ=WEEKLY" => from + Days::new(7 - u64::from(from.weekday().num_days_from_monday())),
        "FREQ=MONTHLY;INTERVAL=3" => month(3 - from.month0() % 3),
        "FREQ=YEARLY" => month(12 - from.month0()),
        _ => month(1),
    }
}

/// Patrols of the grids, about once a week and micro-grid.
#[must_use]
pub fn patrols(places: &Places, roster: &Roster, seed: u64, society: &Society, clock: &Clock) -> Vec<Fulfilment> {
    let mut dice = Dice::new(seed, "patrols");
    let mut log = Log::new(seed, RoundKind::Patrol, 'X');
    let zeal: Vec<f64> = places.microgrids.iter().map(|_| dice.between(0.6, 1.2)).collect();
    let mut week = clock.first;
    while week < clock.end {
        for (microgrid, zeal) in zeal.iter().enumerate() {
            // More in the flood and fire seasons.
            let season = if matches!(week.month(), 3 | 4 | 6 | 7) { 1.2 } else { 0.95 };
            if !dice.chance(society.patrols.a_week * zeal * season) {
                continue;
            }
            let day = (week + Days::new(dice.below(7) as u64)).min(clock.end - Days::new(1));
            let at = midnight(day) + *dice.pick(&[8, 9, 10, 14, 15, 16, 17]) * 3600 + dice.whole(0, 3599);
            let person = roster.walker(places, microgrid, day, &mut dice);
            let cells = &places.cells[microgrid];
            let cell = cells[dice.below(cells.len())];
            let grid = places.grids[places.grid_of[microgrid]].id;
            let patrol = log.push(WEEKLY_PATROL, grid, at, Outcome::Done, roster.persons[person].id);
            patrol.location = Some(places.lonlat(places.division.mesh.sites[cell]));
        }
        week = week + Days::new(7);
    }
    log.entries
}
