//! How long the stages of a case take: Kaplan–Meier, with open cases censored.

use super::super::{
    Clock, Publication, Query,
    figures::{self, Excluded, Figure, Reason},
    query,
    stats::{Estimate, Observation, estimate, median_raw},
};
use crate::case::WorkCalendar;
use chrono::{DateTime, Utc};
use polars::prelude::*;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A part of a case's way, from one instant to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Submitted to the first action by anyone but the reporter.
    FirstAction,
    /// Escalated to accepted.
    Accept,
    /// Accepted to dispatched.
    Dispatch,
    /// Dispatched to handled.
    Handle,
    /// Handled to first closed.
    Close,
    /// Submitted to feedback sent.
    Feedback,
    /// Submitted to closed for good.
    SubmitToClose,
}

impl Stage {
    const fn instants(self) -> (&'static str, &'static str) {
        match self {
            Self::FirstAction => ("submitted_at", "first_action_at"),
            Self::Accept => ("escalated_at", "accepted_at"),
            Self::Dispatch => ("accepted_at", "dispatched_at"),
            Self::Handle => ("dispatched_at", "handled_at"),
            Self::Close => ("handled_at", "first_closed_at"),
            Self::Feedback => ("submitted_at", "feedback_at"),
            Self::SubmitToClose => ("submitted_at", "closed_at"),
        }
    }
}

/// Place (`u32::MAX`: whole area) and first day of the period: sorts and compares as one number.
type Group = u64;
type Pauses = HashMap<u32, Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>>;

/// What the cases of all groups amount to, before sorting.
#[derive(Default)]
struct Observed {
    observations: Vec<(Group, Observation)>,
    /// Durations of all that ended, those left out of the estimate included.
    ended: Vec<(Group, i64)>,
    excluded: HashMap<Group, Excluded>,
}

/// The Kaplan–Meier median (`value`) and p90 of a stage in seconds, by place and by the period in which the stage began.
///
/// As of `query.as_of`: what ends later is open, what begins later is not counted. Void, duplicate, rejected and negative ones
/// are left out and counted; `closed_median_raw` is the plain median of all that ended, those included.
pub fn durations(
    cases: &DataFrame,
    pauses: &DataFrame,
    stage: Stage,
    query: &Query,
    calendar: &WorkCalendar,
) -> PolarsResult<DataFrame> {
    let selected = select(cases, stage, query)?;
    let pauses = if query.clock == Clock::Working { pauses_by_case(pauses)? } else { Pauses::new() };
    let observed = observe(&selected, query, &pauses, calendar)?;
    let figures = summarise(observed).into_iter().map(|summary| match query.publication {
        Some(rule) => published(&summary, rule),
        None => summary.figure,
    });
    figures::frame(query.period, figures.collect())
}

fn select(cases: &DataFrame, stage: Stage, query: &Query) -> PolarsResult<DataFrame> {
    let (start, end) = stage.instants();
    let began = query.local_date(start)?;
    let known = col(end).lt_eq(query.now());
    cases
        .clone()
        .lazy()
        .filter(col(start).lt_eq(query.now()).and(query.by.placed()).and(query.of_kind()))
        .with_column(began.alias("began"))
        .filter(query.within(col("began")))
        .select([
            col("case"),
            query.by.place(),
            query.period.bucket(col("began")),
            col(start).alias("start"),
            when(known).then(col(end)).otherwise(lit(NULL)).alias("end"),
            col("discarded"),
        ])
        .collect()
}

fn pauses_by_case(pauses: &DataFrame) -> PolarsResult<Pauses> {
    let mut by_case = Pauses::new();
    let (from, to) = (pauses.column("from")?.datetime()?.physical(), pauses.column("to")?.datetime()?.physical());
    for ((case, from), to) in pauses.column("case")?.u32()?.iter().zip(from.iter()).zip(to.iter()) {
        if let (Some(case), Some(from)) = (case, from) {
            by_case.entry(case).or_default().push((instant(from), to.map(instant)));
        }
    }
    Ok(by_case)
}

fn observe(selected: &DataFrame, query: &Query, pauses: &Pauses, calendar: &WorkCalendar) -> PolarsResult<Observed> {
    let cases = selected.column("case")?.u32()?;
    let places = selected.column("place")?.u32()?;
    let periods = selected.column("period")?.date()?.physical();
    let starts = selected.column("start")?.datetime()?.physical();
    let ends = selected.column("end")?.datetime()?.physical();
    let discarded = selected.column("discarded")?.str()?;
    let now = query.as_of.timestamp_millis();
    let duration = |case: u32, start: i64, end: i64| match query.clock {
        Clock::Wall => end - start,
        Clock::Working => {
            let pauses = pauses.get(&case).map_or(&[][..], Vec::as_slice);
            calendar.working_ms_without(instant(start), instant(end), pauses)
        }
    };
    let mut observed = Observed { observations: Vec::with_capacity(selected.height()), ..Observed::default() };
    let rows = cases.iter().zip(places.iter()).zip(periods.iter()).zip(starts.iter()).zip(ends.iter()).zip(discarded.iter());
    for (((((case, place), period), start), end), discarded) in rows {
        let (Some(case), Some(period), Some(start)) = (case, period, start) else { continue };
        let group = group(place, period);
        let length = duration(case, start, end.unwrap_or(now));
        if end.is_some() {
            observed.ended.push((group, length));
        }
        let mut exclude = |count: fn(&mut Excluded) -> &mut u32| {
            *count(observed.excluded.entry(group).or_default()) += 1;
        };
        match discarded {
            Some("void") => exclude(|e| &mut e.void),
            Some("duplicate") => exclude(|e| &mut e.duplicate),
            Some(_) => exclude(|e| &mut e.rejected),
            None if end.is_some_and(|end| end < start) => exclude(|e| &mut e.negative),
            None => observed.observations.push((group, Observation::new(length, end.is_some()))),
        }
    }
    Ok(observed)
}

/// The figure of a group, and how many durations its raw median rests on.
#[derive(Clone, Copy, Debug)]
struct Summary {
    figure: Figure,
    ended: u32,
}

/// One sort, then one pass over each group.
fn summarise(mut observed: Observed) -> Vec<Summary> {
    let mut figures: BTreeMap<Group, Summary> = BTreeMap::new();
    let fresh = |group: Group| {
        let (place, period) = ungroup(group);
        let excluded = Some(observed.excluded.get(&group).copied().unwrap_or_default());
        let figure = Figure { place, period: query::date(period), excluded, reason: Some(Reason::NoData), ..Figure::default() };
        Summary { figure, ended: 0 }
    };
    for &group in observed.excluded.keys() {
        figures.insert(group, fresh(group));
    }
    observed.observations.par_sort_unstable();
    for members in observed.observations.chunk_by(|a, b| a.0 == b.0) {
        let group = members[0].0;
        let it = estimate(members.iter().map(|member| member.1));
        let figure = estimated(fresh(group).figure, &it);
        figures.insert(group, Summary { figure, ended: 0 });
    }
    observed.ended.par_sort_unstable_by_key(|ended| ended.0);
    let mut lengths = Vec::new();
    for members in observed.ended.chunk_by(|a, b| a.0 == b.0) {
        lengths.clear();
        lengths.extend(members.iter().map(|member| member.1));
        if let Some(summary) = figures.get_mut(&members[0].0) {
            summary.ended = u32::try_from(lengths.len()).unwrap_or(u32::MAX);
            summary.figure.closed_median_raw = median_raw(&mut lengths).map(|ms| ms / 1000.0);
        }
    }
    figures.into_values().collect()
}

fn estimated(figure: Figure, it: &Estimate) -> Figure {
    Figure {
        value: it.median.map(seconds),
        reason: it.median.is_none().then_some(Reason::NotReached),
        numerator: Some(count(it.events)),
        denominator: Some(count(it.n)),
        n: u32::try_from(it.n).unwrap_or(u32::MAX),
        low: it.median_low.map(seconds),
        high: it.median_high.map(seconds),
        p90: it.p90.map(seconds),
        ..figure
    }
}

/// Counts are rounded, durations kept to two digits; what rests on too few says nothing. That a few were left out, and nothing
/// else, is as much about single cases as a figure over a few.
fn published(&Summary { figure, ended }: &Summary, rule: Publication) -> Figure {
    let left_out = figure.excluded.map_or(0, Excluded::total);
    if figure.n < rule.min_n && (figure.n > 0 || left_out < rule.min_n) {
        return figure.withheld();
    }
    let seconds = |value: Option<f64>| value.map(Publication::two_digits);
    let cases = |value: Option<f64>| value.map(|cases| rule.round(cases));
    Figure {
        value: seconds(figure.value),
        numerator: cases(figure.numerator),
        denominator: cases(figure.denominator),
        n: rule.round_count(figure.n),
        low: seconds(figure.low),
        high: seconds(figure.high),
        p90: seconds(figure.p90),
        closed_median_raw: seconds(figure.closed_median_raw).filter(|_| ended >= rule.min_n),
        // How many were left out says little to the public, and much about single cases.
        excluded: None,
        ..figure
    }
}

fn group(place: Option<u32>, period: i32) -> Group {
    u64::from(place.unwrap_or(u32::MAX)) << 32 | u64::from(period.cast_unsigned() ^ (1 << 31))
}

#[expect(clippy::cast_possible_truncation, reason = "takes the number apart that `group` put together")]
fn ungroup(group: Group) -> (Option<u32>, i32) {
    let place = (group >> 32) as u32;
    ((place != u32::MAX).then_some(place), (group as u32 ^ (1 << 31)).cast_signed())
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[expect(clippy::cast_precision_loss, reason = "2^53 ms are 285,000 years")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "numbers of cases stay below 2^53")]
fn count(n: u64) -> f64 {
    n as f64
}

impl Query {
    /// Whether a case is of the category asked for.
    pub(in crate::analytics) fn of_kind(&self) -> Expr {
        self.kind.map_or_else(|| lit(true), |kind| col("category").eq(lit(kind)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{
        By, Period,
        frames::{self, CaseRow, Discarded, Placed, Stages},
    };
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    fn at(hours: i64) -> DateTime<Utc> {
        // A Monday, 08:00 in Shanghai.
        "2026-03-02T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::hours(hours)
    }

    fn case(number: u32, grid: Option<u32>, submitted: i64, closed: Option<i64>) -> CaseRow {
        let stages = Stages { submitted_at: at(submitted), closed_at: closed.map(at), ..Stages::default() };
        let at = Placed { grid, ..Placed::default() };
        CaseRow { case: number, kind: 0, category: 1, at, worker: None, due_at: None, stages }
    }

    fn run(rows: &[CaseRow], query: &Query) -> DataFrame {
        let (cases, pauses) = (frames::cases(rows).unwrap(), frames::pauses(rows).unwrap());
        durations(&cases, &pauses, Stage::SubmitToClose, query, &WorkCalendar::china().unwrap()).unwrap()
    }

    fn query(as_of: i64) -> Query {
        Query::whole(chrono_tz::Asia::Shanghai, at(as_of))
    }

    fn number(frame: &DataFrame, name: &str, row: usize) -> Option<f64> {
        frame.column(name).unwrap().f64().unwrap().get(row)
    }

    fn count(frame: &DataFrame, name: &str) -> Option<u32> {
        frame.column(name).unwrap().u32().unwrap().get(0)
    }

    #[test]
    fn golden_with_open_cases_censored() {
        // Durations 2, 4, 6+, 8, 10+, 12 as of hour 12: an open case was submitted 6 or 10 hours before.
        let closed = [(0, 2), (0, 4), (0, 8), (0, 12)].map(|(from, to)| (from, Some(to)));
        let rows: Vec<_> = closed.into_iter().chain([(6, None), (2, None)]).map(|(from, to)| case(0, None, from, to)).collect();
        let out = run(&rows, &query(12));
        assert_eq!(number(&out, "value", 0), Some(8.0 * 3600.0));
        assert_eq!(number(&out, "p90", 0), Some(12.0 * 3600.0));
        assert_eq!(number(&out, "closed_median_raw", 0), Some(6.0 * 3600.0));
        assert_eq!(count(&out, "n"), Some(6));
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let discard = |mut row: CaseRow, reason| {
            row.stages.discarded = Some(reason);
            row
        };
        let rows = [
            case(0, None, 0, Some(2)),
            case(1, None, 5, Some(3)),
            discard(case(2, None, 0, Some(1)), Discarded::Void),
            discard(case(3, None, 0, None), Discarded::Duplicate),
            case(4, None, 40, Some(41)),
        ];
        let out = run(&rows, &query(30));
        let counts = ["n", "void", "duplicate", "negative", "rejected"].map(|name| count(&out, name).unwrap());
        assert_eq!(counts, [1, 1, 1, 1, 0]);
        // The raw median has every duration as it stands: −2, 1, 2.
        assert_eq!(number(&out, "closed_median_raw", 0), Some(3600.0));
    }

    #[test]
    fn what_is_published_tells_of_no_single_discarded_case() {
        let discarded = |hours| {
            let mut row = case(0, None, 0, Some(hours));
            row.stages.discarded = Some(Discarded::Void);
            row
        };
        let public = Query { publication: Some(Publication { min_n: 5, base: 5 }), ..query(100) };
        let raw = |rows: &[CaseRow]| number(&run(rows, &public), "closed_median_raw", 0);
        let reason = |rows: &[CaseRow]| run(rows, &public).column("reason").unwrap().str().unwrap().get(0).map(str::to_owned);
        let few: Vec<_> = (1..5).map(discarded).collect();
        assert_eq!((raw(&few), reason(&few).as_deref()), (None, Some("small_n")));
        assert_eq!(count(&run(&few, &public), "n"), None);
        let many: Vec<_> = (1..6).map(discarded).collect();
        assert_eq!((raw(&many), reason(&many).as_deref()), (Some(11_000.0), Some("no_data")), "three hours, to two digits");
        assert_eq!(count(&run(&many, &public), "void"), None);
        // Five that are open say nothing of the one that is closed, or discarded.
        let open = (0..5).map(|number| case(number, None, 0, None));
        let mostly_open: Vec<_> = open.chain([discarded(7)]).collect();
        assert_eq!((raw(&mostly_open), count(&run(&mostly_open, &public), "n")), (None, Some(5)));
        assert_eq!(number(&run(&mostly_open, &query(100)), "closed_median_raw", 0), Some(7.0 * 3600.0), "the office has it");
    }

    #[test]
    fn not_reached_is_null_with_a_reason() {
        let rows = [case(0, None, 0, Some(2)), case(1, None, 0, None), case(2, None, 0, Some(90))];
        let out = run(&rows, &query(30));
        assert_eq!((number(&out, "value", 0), number(&out, "p90", 0)), (None, None));
        assert_eq!(out.column("reason").unwrap().str().unwrap().get(0), Some("not_reached"));
    }

    #[test]
    fn working_time_stands_still_at_night_and_while_suspended() {
        let mut row = case(0, None, 0, Some(25));
        let working = Query { clock: Clock::Working, ..query(100) };
        assert_eq!(number(&run(&[row.clone()], &working), "value", 0), Some(9.0 * 3600.0));
        row.stages.pauses = vec![(at(1), Some(at(3)))];
        assert_eq!(number(&run(&[row.clone()], &working), "value", 0), Some(7.0 * 3600.0));
        assert_eq!(number(&run(&[row], &query(100)), "value", 0), Some(25.0 * 3600.0));
    }

    fn naive_median(mut lengths: Vec<i64>) -> f64 {
        lengths.sort_unstable();
        seconds(lengths[lengths.len().div_ceil(2) - 1])
    }

    proptest! {
        #[test]
        fn groups_are_those_of_a_plain_loop(cases in prop::collection::vec((0_u32..4, 0_i64..2000, 0_i64..300), 1..80)) {
            let rows: Vec<_> = cases.iter().map(|&(grid, from, hours)| case(0, Some(grid), from, Some(from + hours))).collect();
            let by_month = Query { by: By::Grid, period: Period::Month, ..query(10_000) };
            let out = run(&rows, &by_month);
            let mut expected: BTreeMap<(u32, String), Vec<i64>> = BTreeMap::new();
            for &(grid, from, hours) in &cases {
                let month = at(from + 8).format("%Y-%m").to_string();
                expected.entry((grid, month)).or_default().push(hours * HOUR);
            }
            prop_assert_eq!(out.height(), expected.len());
            for (row, ((grid, month), lengths)) in expected.into_iter().enumerate() {
                prop_assert_eq!(out.column("place").unwrap().u32().unwrap().get(row), Some(grid));
                prop_assert_eq!(out.column("period").unwrap().str().unwrap().get(row), Some(month.as_str()));
                prop_assert_eq!(number(&out, "value", row), Some(naive_median(lengths)));
            }
            let total = run(&rows, &query(10_000));
            let sum: u32 = out.column("n").unwrap().u32().unwrap().iter().flatten().sum();
            prop_assert_eq!(count(&total, "n"), Some(sum));
        }
    }
}
