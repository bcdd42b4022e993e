//! Records → what drafts are judged by: the households of today, and the last twelve months.

use crate::{
    analytics::{Weights, coverage::walks_between, fold, stats::Observation},
    case::State,
    geometry::LonLat,
    people::{Post, Role},
    place::{FacilityStatus, Household, Id},
    plan::{Duty, Evidence, Happening, Home},
    service::{
        ServiceError,
        hot::{Hot, Records},
        placing::centre,
    },
};
use chrono::{DateTime, Days, Months, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;
use std::collections::{HashMap, HashSet};

/// Length of the window.
const MONTHS: u32 = 12;

/// The days that a draft is judged by: from (inclusive) and to (exclusive), local.
#[derive(Clone, Copy)]
struct Window {
    from: NaiveDate,
    to: NaiveDate,
    zone: Tz,
}

impl Window {
    fn holds(&self, at: DateTime<Utc>) -> bool {
        (self.from..self.to).contains(&at.with_timezone(&self.zone).date_naive())
    }

    /// The last day.
    fn today(&self) -> NaiveDate {
        self.to.pred_opt().unwrap_or(self.to)
    }

    fn day(&self, date: NaiveDate) -> u32 {
        u32::try_from(date.clamp(self.from, self.to).signed_duration_since(self.from).num_days()).unwrap_or(0)
    }

    fn end(&self) -> DateTime<Utc> {
        let midnight = self.to.and_time(chrono::NaiveTime::MIN);
        self.zone.from_local_datetime(&midnight).earliest().map_or_else(Utc::now, |it| it.with_timezone(&Utc))
    }
}

/// Heavy: call it where blocking is allowed.
///
/// # Errors
/// [`ServiceError::Empty`], [`ServiceError::Analytics`] where the shipped weights can't be read.
pub(super) fn evidence(hot: &Hot, records: &Records) -> Result<Evidence, ServiceError> {
    let today = hot.today()?;
    let to = today + Days::new(1);
    let window = Window { from: to.checked_sub_months(Months::new(MONTHS)).unwrap_or(to), to, zone: hot.area()?.zone };
    let weights = Weights::shipped().map_err(|error| ServiceError::Analytics(error.to_string()))?;
    let mut happenings = reports(records, &window, &weights, hot.as_of.unwrap_or_else(|| window.end()));
    happenings.extend(patrols(hot, records, &window));
    let squares = records.squares.iter().filter(|square| square.is_in_use(window.today()));
    happenings.extend(squares.map(|square| (centre(&square.shape), Happening::Square)));
    let homes = homes(records, &window);
    let numbers: HashMap<Id, u32> = (0..).zip(&homes).map(|(i, home)| (home.id, i)).collect();
    let key = |home: &Household| Some((home.id, (*numbers.get(&home.id)?, home.source.clone())));
    Ok(Evidence {
        keys: records.households.iter().filter_map(key).collect(),
        homes,
        happenings,
        duties: duties(&records.posts, &window),
        days: window.day(window.to),
        barriers: Vec::new(),
    })
}

fn homes(records: &Records, window: &Window) -> Vec<Home> {
    let mut visits: HashMap<Id, u32> = HashMap::new();
    for visit in records.visits.iter().filter(|visit| window.holds(visit.at)) {
        *visits.entry(visit.place).or_default() += 1;
    }
    let lived_in: Vec<_> = records.households.iter().filter(|home| home.is_lived_in(window.today())).collect();
    let located: Vec<(u32, LonLat)> = (0..).zip(&lived_in).filter_map(|(i, home)| Some((i, home.location?))).collect();
    let working = records.squares.iter().filter(|square| square.is_in_use(window.today())).filter(|square| {
        let known = square.facilities_on(window.today(), &records.facilities);
        known.is_empty() || known.values().any(|status| *status == FacilityStatus::Working)
    });
    let working: Vec<_> = (0..).zip(working).map(|(i, square)| (i, &square.shape)).collect();
    let reached: HashSet<u32> = walks_between(&located, &working).into_iter().map(|(home, ..)| home).collect();
    let home = |(i, home): (u32, &&Household)| Home {
        id: home.id,
        at: home.location,
        persons: home.persons,
        visits: visits.get(&home.id).copied().unwrap_or_default(),
        in_reach: reached.contains(&i),
    };
    (0..).zip(&lived_in).map(home).collect()
}

fn reports(records: &Records, window: &Window, weights: &Weights, as_of: DateTime<Utc>) -> Vec<(Option<LonLat>, Happening)> {
    let in_window = records.cases.iter().filter(|case| window.holds(case.submitted_at) && case.state != State::Void);
    let report = |case: &crate::case::Case| {
        let outline = fold::Outline { submitted_at: case.submitted_at, state: case.state, closed_at: case.closed_at };
        let stages = fold::fold(&outline, records.events_of(case.id).iter().map(Into::into)).stages;
        let end = stages.closed_at.filter(|at| *at <= as_of);
        let duration = (end.unwrap_or(as_of) - case.submitted_at).num_milliseconds();
        let counts = stages.discarded.is_none() && duration >= 0;
        let weight = weights.of(&case.category, &case.kind);
        (case.location, Happening::Report { weight, duration: counts.then(|| Observation::new(duration, end.is_some())) })
    };
    in_window.map(report).collect()
}

/// A patrol without a position of its own was somewhere in its grid: in its middle.
fn patrols(hot: &Hot, records: &Records, window: &Window) -> Vec<(Option<LonLat>, Happening)> {
    let mut middles: HashMap<Id, Option<LonLat>> = HashMap::new();
    let mut middle =
        |place: Id| *middles.entry(place).or_insert_with(|| hot.boundary(place).and_then(|boundary| centre(&boundary.shape)));
    let in_window = records.patrols.iter().filter(|patrol| window.holds(patrol.at));
    in_window.map(|patrol| (patrol.location.or_else(|| middle(patrol.place)), Happening::Patrol)).collect()
}

fn duties(posts: &[Post], window: &Window) -> HashMap<Id, Vec<Duty>> {
    let mut ordered: Vec<&Post> = posts.iter().filter(|post| matches!(post.role, Role::Leader | Role::Worker)).collect();
    ordered.sort_by_key(|post| (post.role, post.from, post.id));
    let mut duties: HashMap<Id, Vec<Duty>> = HashMap::new();
    for post in ordered {
        let Some(place) = post.place else { continue };
        let (from, to) = (window.day(post.from), post.to.map_or(window.day(window.to), |to| window.day(to)));
        let duty = Duty { person: post.person, role: post.role, from, to, today: post.is_held(window.today()) };
        if from < to {
            duties.entry(place).or_default().push(duty);
        }
    }
    duties
}
