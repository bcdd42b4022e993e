//! The input frames: their columns, and how they are built from records.
//!
//! Keys are `UInt32` of one [`Directory`]; instants `Datetime(ms, UTC)`; dates `Date`. Place columns (`village`, `grid`,
//! `microgrid`) may be null: outside, or not known at that level. Whoever builds the frames chooses the boundary version
//! behind them: that of the event's time, or today's.
//!
//! | frame | a row is | columns |
//! |---|---|---|
//! | `cases` | a case | `case`, `kind`, `category`, places, `worker`, `submitted_at`, `first_action_at`, `escalated_at`, `accepted_at`, `dispatched_at`, `handled_at`, `first_closed_at`, `closed_at`, `feedback_at`, `reworked_at`, `reopened_at`, `due_at`, `discarded` ("void", "duplicate", "rejected", null), `returned`, `satisfied` (null: no answer) |
//! | `pauses` | a suspension of a case | `case`, `from`, `to` (null: lasts) |
//! | `households` | a household | `household`, places, `lived_in_from`, `lived_in_to` (exclusive) |
//! | `visits` | an attempt to visit | `household`, places, `worker`, `at`, `outcome` (3 visited, 2 refused, 1 absent) |
//! | `posts` | a post of a leader or worker | `worker`, `leads`, places, `from`, `to` (exclusive) |
//! | `patrols` | a patrol | places, `worker`, `at` |
//! | `activities` | an activity that was held | `square`, `programme`, `at` |
//! | `rounds` | a programme of activities | `programme`, `square` (null: all), `cadence` |
//! | `squares` | a square in an era | `square`, places, `from`, `to` (exclusive) |
//! | `facilities` | a facility of a square | `square`, `kind`, `status`, `from`, `to` (exclusive) |
//! | `walks` | a household near a square | `household`, `square`, `distance_m` (straight, on the ellipsoid) |
//! | `places` | a boundary in an era | `level`, places (its own key included), `area_m2`, `in_one_grid_m2` (null: not known), `from`, `to` (exclusive) |

use super::{AnalyticsError, Cadence, Directory, Key};
use crate::{
    people::Role,
    place::{FacilityKind, FacilityStatus, Level},
    round::Outcome,
};
use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::*;

/// Every input frame, and what their keys stand for.
#[derive(Clone, Debug)]
pub struct Frames {
    pub names: Directory,
    pub cases: DataFrame,
    pub pauses: DataFrame,
    pub households: DataFrame,
    pub visits: DataFrame,
    pub posts: DataFrame,
    pub patrols: DataFrame,
    pub activities: DataFrame,
    pub rounds: DataFrame,
    pub squares: DataFrame,
    pub facilities: DataFrame,
    pub walks: DataFrame,
    pub places: DataFrame,
}

/// Where something lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    pub village: Option<Key>,
    pub grid: Option<Key>,
    pub microgrid: Option<Key>,
}

/// Why a case is left out of response times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discarded {
    Void,
    Duplicate,
    Rejected,
}

/// A case with the instants of its stages; see [`super::fold`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Any number that no other case has: a row number does.
    pub case: Key,
    pub kind: Key,
    pub category: Key,
    pub at: Placed,
    /// Who acted first, if known.
    pub worker: Option<Key>,
    pub stages: Stages,
    /// When the result is due; `None` while the clock stands still, or without a clock.
    pub due_at: Option<DateTime<Utc>>,
}

/// What the events of a case amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    pub submitted_at: DateTime<Utc>,
    /// By anyone but the reporter.
    pub first_action_at: Option<DateTime<Utc>>,
    pub escalated_at: Option<DateTime<Utc>>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub dispatched_at: Option<DateTime<Utc>>,
    /// The last handling before the first closing: rework counts into it.
    pub handled_at: Option<DateTime<Utc>>,
    pub first_closed_at: Option<DateTime<Utc>>,
    /// The last closing if the case is closed now, or when it was discarded.
    pub closed_at: Option<DateTime<Utc>>,
    pub feedback_at: Option<DateTime<Utc>>,
    /// The first time that it was sent back for rework.
    pub reworked_at: Option<DateTime<Utc>>,
    /// The first reopening.
    pub reopened_at: Option<DateTime<Utc>>,
    pub discarded: Option<Discarded>,
    /// Sent back by the station that it was dispatched to.
    pub returned: bool,
    pub satisfied: Option<bool>,
    /// Suspensions, ascending; the last may have no end.
    pub pauses: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

/// A household, for coverage.
#[derive(Clone, Copy, Debug)]
pub struct HouseholdRow {
    pub household: Key,
    pub at: Placed,
    pub lived_in_from: NaiveDate,
    pub lived_in_to: Option<NaiveDate>,
}

/// A visit or an attempt at one.
#[derive(Clone, Copy, Debug)]
pub struct VisitRow {
    pub household: Key,
    pub place: Placed,
    pub worker: Option<Key>,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
}

/// A post; only those of leaders and workers enter the frame.
#[derive(Clone, Copy, Debug)]
pub struct PostRow {
    pub worker: Key,
    pub role: Role,
    pub at: Placed,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// A patrol.
#[derive(Clone, Copy, Debug)]
pub struct PatrolRow {
    pub place: Placed,
    pub worker: Option<Key>,
    pub at: DateTime<Utc>,
}

/// An activity that was held.
#[derive(Clone, Copy, Debug)]
pub struct ActivityRow {
    pub square: Key,
    pub programme: Key,
    pub at: DateTime<Utc>,
}

/// A programme of activities.
#[derive(Clone, Copy, Debug)]
pub struct RoundRow {
    pub programme: Key,
    pub square: Option<Key>,
    pub cadence: Cadence,
}

/// A square while its places stay the same.
#[derive(Clone, Copy, Debug)]
pub struct SquareRow {
    pub square: Key,
    pub at: Placed,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// A facility of a square, from its installation to its removal. Of its states the last is known: it stands for all its days.
#[derive(Clone, Copy, Debug)]
pub struct FacilityRow {
    pub square: Key,
    pub kind: FacilityKind,
    pub status: FacilityStatus,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// A boundary while its places stay the same.
#[derive(Clone, Copy, Debug)]
pub struct PlaceRow {
    pub level: Level,
    /// Its own key included.
    pub at: Placed,
    pub area_m2: f64,
    /// The part of it that lies in exactly one grid.
    pub in_one_grid_m2: Option<f64>,
    pub from: NaiveDate,
    /// Exclusive.
    pub to: Option<NaiveDate>,
}

impl Default for Frames {
    fn default() -> Self {
        let names = Directory::default();
        let empty = || -> PolarsResult<Self> {
            Ok(Self {
                names,
                cases: cases(&[])?,
                pauses: pauses(&[])?,
                households: households(&[])?,
                visits: visits(&[])?,
                posts: posts(&[])?,
                patrols: patrols(&[])?,
                activities: activities(&[])?,
                rounds: rounds(&[])?,
                squares: squares(&[])?,
                facilities: facilities(&[])?,
                walks: walks(&[])?,
                places: places(&[])?,
            })
        };
        empty().expect("columns without rows have equal heights")
    }
}

impl Frames {
    /// Frames of cases only; the others are empty.
    pub fn of_cases(names: Directory, rows: &[CaseRow]) -> Result<Self, AnalyticsError> {
        Ok(Self { names, cases: cases(rows)?, pauses: pauses(rows)?, ..Self::default() })
    }
}

pub fn cases(rows: &[CaseRow]) -> PolarsResult<DataFrame> {
    let discarded = |row: &CaseRow| {
        row.stages.discarded.map(|reason| match reason {
            Discarded::Void => "void",
            Discarded::Duplicate => "duplicate",
            Discarded::Rejected => "rejected",
        })
    };
    let mut columns = vec![
        keys("case", rows, |r| Some(r.case)),
        keys("kind", rows, |r| Some(r.kind)),
        keys("category", rows, |r| Some(r.category)),
    ];
    columns.extend(placed(rows, |r| r.at));
    columns.extend([
        keys("worker", rows, |r| r.worker),
        instants("submitted_at", rows, |r| Some(r.stages.submitted_at)),
        instants("first_action_at", rows, |r| r.stages.first_action_at),
        instants("escalated_at", rows, |r| r.stages.escalated_at),
        instants("accepted_at", rows, |r| r.stages.accepted_at),
        instants("dispatched_at", rows, |r| r.stages.dispatched_at),
        instants("handled_at", rows, |r| r.stages.handled_at),
        instants("first_closed_at", rows, |r| r.stages.first_closed_at),
        instants("closed_at", rows, |r| r.stages.closed_at),
        instants("feedback_at", rows, |r| r.stages.feedback_at),
        instants("reworked_at", rows, |r| r.stages.reworked_at),
        instants("reopened_at", rows, |r| r.stages.reopened_at),
        instants("due_at", rows, |r| r.due_at),
        Column::new("discarded".into(), rows.iter().map(discarded).collect::<Vec<_>>()),
        Column::new("returned".into(), rows.iter().map(|r| r.stages.returned).collect::<Vec<_>>()),
        Column::new("satisfied".into(), rows.iter().map(|r| r.stages.satisfied).collect::<Vec<_>>()),
    ]);
    DataFrame::new_infer_height(columns)
}

/// The suspensions of the same cases.
pub fn pauses(rows: &[CaseRow]) -> PolarsResult<DataFrame> {
    let flat: Vec<_> = rows.iter().flat_map(|r| r.stages.pauses.iter().map(|(from, to)| (r.case, *from, *to))).collect();
    DataFrame::new_infer_height(vec![
        keys("case", &flat, |r| Some(r.0)),
        instants("from", &flat, |r| Some(r.1)),
        instants("to", &flat, |r| r.2),
    ])
}

pub fn households(rows: &[HouseholdRow]) -> PolarsResult<DataFrame> {
    let mut columns = vec![keys("household", rows, |r| Some(r.household))];
    columns.extend(placed(rows, |r| r.at));
    columns.extend([dates("lived_in_from", rows, |r| Some(r.lived_in_from)), dates("lived_in_to", rows, |r| r.lived_in_to)]);
    DataFrame::new_infer_height(columns)
}

/// Outcomes that are none of a visit count as an attempt (absent).
pub fn visits(rows: &[VisitRow]) -> PolarsResult<DataFrame> {
    let outcome = |row: &VisitRow| match row.outcome {
        Outcome::Visited => 3_i32,
        Outcome::Refused => 2,
        _ => 1,
    };
    let mut columns = vec![keys("household", rows, |r| Some(r.household))];
    columns.extend(placed(rows, |r| r.place));
    columns.extend([
        keys("worker", rows, |r| r.worker),
        instants("at", rows, |r| Some(r.at)),
        Column::new("outcome".into(), rows.iter().map(outcome).collect::<Vec<_>>()),
    ]);
    DataFrame::new_infer_height(columns)
}

pub fn posts(rows: &[PostRow]) -> PolarsResult<DataFrame> {
    let rows: Vec<_> = rows.iter().filter(|r| matches!(r.role, Role::Leader | Role::Worker)).copied().collect();
    let mut columns = vec![
        keys("worker", &rows, |r| Some(r.worker)),
        Column::new("leads".into(), rows.iter().map(|r| r.role == Role::Leader).collect::<Vec<_>>()),
    ];
    columns.extend(placed(&rows, |r| r.at));
    columns.extend([dates("from", &rows, |r| Some(r.from)), dates("to", &rows, |r| r.to)]);
    DataFrame::new_infer_height(columns)
}

pub fn patrols(rows: &[PatrolRow]) -> PolarsResult<DataFrame> {
    let mut columns = placed(rows, |r| r.place).to_vec();
    columns.extend([keys("worker", rows, |r| r.worker), instants("at", rows, |r| Some(r.at))]);
    DataFrame::new_infer_height(columns)
}

pub fn activities(rows: &[ActivityRow]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        keys("square", rows, |r| Some(r.square)),
        keys("programme", rows, |r| Some(r.programme)),
        instants("at", rows, |r| Some(r.at)),
    ])
}

pub fn rounds(rows: &[RoundRow]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        keys("programme", rows, |r| Some(r.programme)),
        keys("square", rows, |r| r.square),
        Column::new("cadence".into(), rows.iter().map(|r| r.cadence.word()).collect::<Vec<_>>()),
    ])
}

pub fn squares(rows: &[SquareRow]) -> PolarsResult<DataFrame> {
    let mut columns = vec![keys("square", rows, |r| Some(r.square))];
    columns.extend(placed(rows, |r| r.at));
    columns.extend([dates("from", rows, |r| Some(r.from)), dates("to", rows, |r| r.to)]);
    DataFrame::new_infer_height(columns)
}

pub fn facilities(rows: &[FacilityRow]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        keys("square", rows, |r| Some(r.square)),
        Column::new("kind".into(), rows.iter().map(|r| r.kind.word()).collect::<Vec<_>>()),
        Column::new("status".into(), rows.iter().map(|r| r.status.word()).collect::<Vec<_>>()),
        dates("from", rows, |r| Some(r.from)),
        dates("to", rows, |r| r.to),
    ])
}

/// Pairs of household and square with the distance between them; see [`super::coverage::walks_between`].
pub fn walks(rows: &[(Key, Key, f64)]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        keys("household", rows, |r| Some(r.0)),
        keys("square", rows, |r| Some(r.1)),
        Column::new("distance_m".into(), rows.iter().map(|r| r.2).collect::<Vec<_>>()),
    ])
}

pub fn places(rows: &[PlaceRow]) -> PolarsResult<DataFrame> {
    let mut columns = vec![Column::new("level".into(), rows.iter().map(|r| r.level.word()).collect::<Vec<_>>())];
    columns.extend(placed(rows, |r| r.at));
    columns.extend([
        Column::new("area_m2".into(), rows.iter().map(|r| r.area_m2).collect::<Vec<_>>()),
        Column::new("in_one_grid_m2".into(), rows.iter().map(|r| r.in_one_grid_m2).collect::<Vec<_>>()),
        dates("from", rows, |r| Some(r.from)),
        dates("to", rows, |r| r.to),
    ]);
    DataFrame::new_infer_height(columns)
}

fn placed<R>(rows: &[R], place: impl Fn(&R) -> Placed) -> [Column; 3] {
    [
        keys("village", rows, |r| place(r).village),
        keys("grid", rows, |r| place(r).grid),
        keys("microgrid", rows, |r| place(r).microgrid),
    ]
}

fn keys<R>(name: &str, rows: &[R], key: impl Fn(&R) -> Option<u32>) -> Column {
    UInt32Chunked::from_iter_options(name.into(), rows.iter().map(key)).into_series().into()
}

fn instants<R>(name: &str, rows: &[R], at: impl Fn(&R) -> Option<DateTime<Utc>>) -> Column {
    let ms = rows.iter().map(|row| at(row).map(|at| at.timestamp_millis()));
    let instants = Int64Chunked::from_iter_options(name.into(), ms);
    instants.into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)).into_series().into()
}

fn dates<R>(name: &str, rows: &[R], date: impl Fn(&R) -> Option<NaiveDate>) -> Column {
    let days = rows.iter().map(|row| date(row).map(super::query::days));
    Int32Chunked::from_iter_options(name.into(), days).into_date().into_series().into()
}
