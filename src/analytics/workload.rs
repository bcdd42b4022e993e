//! Workload: events, visits and patrols for each day on post.

use super::{
    By, Frames, Key, Period, Query, Weights,
    query::{self, day},
    rates::{self, Figuring},
    stats::{self, Balance},
};
use chrono::{Days, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Place and worker.
type Holder = (Option<Key>, Option<Key>);
/// Place and first day of the period.
type Group = (Option<Key>, NaiveDate);

/// W = (Σ weight(kind) × events + visits + patrols) / worker-days, per place or worker and period.
///
/// Events are the cases submitted (void ones left out, duplicates counted: they are work too); by worker, those on which the
/// worker acted first. Visits are attempts, whatever their outcome. Worker-days are days on post as a leader or worker; a
/// person with two posts in a place is there once a day. Who was on post without any load has 0; load without anyone on post
/// has no value. With `query.kind` only the events of that category count.
pub fn workload(frames: &Frames, weights: &Weights, query: &Query) -> PolarsResult<DataFrame> {
    let mut sources = vec![events(frames, weights, query)?];
    if query.kind.is_none() {
        sources.push(counted(&frames.visits, query, "at")?);
        sources.push(counted(&frames.patrols, query, "at")?);
    }
    let loads = loads(sources)?;
    let first = first_day(frames, query)?.unwrap_or_else(|| query.today());
    let days = worker_days(&frames.posts, query, first)?;
    let groups: BTreeSet<Group> = loads.keys().chain(days.keys()).copied().collect();
    let load = |group: &Group| loads.get(group).copied().unwrap_or_default();
    let column = |name: &str, of: &dyn Fn(&Group) -> f64| Column::new(name.into(), groups.iter().map(of).collect::<Vec<_>>());
    let [place, period] = group_columns(&groups)?;
    let sums = DataFrame::new_infer_height(vec![
        place,
        period,
        column("numerator", &|g| load(g).weighted),
        column("count", &|g| load(g).count),
        column("squared", &|g| load(g).squared),
        column("denominator", &|g| days.get(g).copied().unwrap_or_default()),
    ])?;
    rates::figures(&sums, Figuring::Events, query)
}

/// Cases submitted, void ones left out; 0 for the places (or workers on post) without any.
pub fn event_count(frames: &Frames, query: &Query) -> PolarsResult<DataFrame> {
    counts(events(frames, &Weights::default(), query)?, frames, query)
}

/// Visits and attempts at visits; 0 for the places (or workers on post) without any.
pub fn visit_count(frames: &Frames, query: &Query) -> PolarsResult<DataFrame> {
    counts(counted(&frames.visits, query, "at")?, frames, query)
}

/// How evenly the workload of all time asked for is spread over workers or places; `None` if there is none.
pub fn workload_balance(frames: &Frames, weights: &Weights, query: &Query) -> PolarsResult<Option<Balance>> {
    let whole = Query { period: Period::All, ..query.clone() };
    let figures = workload(frames, weights, &whole)?;
    let loads: Vec<f64> = figures.column("value")?.f64()?.iter().flatten().collect();
    Ok(stats::balance(&loads))
}

/// Sums over the work of a group.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    weighted: f64,
    squared: f64,
    count: f64,
}

/// The cases as `place`, `period`, `weight`.
fn events(frames: &Frames, weights: &Weights, query: &Query) -> PolarsResult<LazyFrame> {
    let kinds = frames
        .cases
        .clone()
        .lazy()
        .select([col("kind"), col("category")])
        .unique_generic(None, UniqueKeepStrategy::Any)
        .collect()?;
    let word = |key: Option<Key>| key.and_then(|key| frames.names.get(key)).map_or("", |entry| entry.id.as_str());
    let pairs = kinds.column("kind")?.u32()?.iter().zip(kinds.column("category")?.u32()?.iter());
    let of_pair: Vec<_> = pairs.map(|(kind, category)| weights.of(word(category), word(kind))).collect();
    let mut weighted = kinds;
    weighted.with_column(Column::new("weight".into(), of_pair))?;
    let cases = frames
        .cases
        .clone()
        .lazy()
        .filter(col("discarded").is_null().or(col("discarded").neq(lit("void"))).and(query.of_kind()))
        .join(weighted.lazy(), [col("kind"), col("category")], [col("kind"), col("category")], JoinArgs::new(JoinType::Left));
    grouped(cases, query, "submitted_at")
}

/// Rows that weigh 1 as `place`, `period`, `weight`.
fn counted(rows: &DataFrame, query: &Query, instant: &str) -> PolarsResult<LazyFrame> {
    if query.by == By::Kind {
        // Visits and patrols have no category.
        return grouped(
            rows.clone()
                .lazy()
                .filter(lit(false))
                .with_columns([lit(NULL).cast(DataType::UInt32).alias("category"), lit(1.0).alias("weight")]),
            query,
            instant,
        );
    }
    grouped(rows.clone().lazy().with_column(lit(1.0).alias("weight")), query, instant)
}

fn grouped(rows: LazyFrame, query: &Query, instant: &str) -> PolarsResult<LazyFrame> {
    Ok(rows
        .filter(col(instant).lt_eq(query.now()).and(query.by.placed()))
        .with_column(query.local_date(instant)?.alias("day"))
        .filter(query.within(col("day")))
        .select([query.by.place(), query.period.bucket(col("day")), col("weight")]))
}

fn loads(sources: Vec<LazyFrame>) -> PolarsResult<BTreeMap<Group, Load>> {
    let weight = || col("weight");
    let sums = concat(sources, UnionArgs::default())?
        .group_by([col("place"), col("period")])
        .agg([
            weight().sum().alias("weighted"),
            (weight() * weight()).sum().alias("squared"),
            len().cast(DataType::Float64).alias("count"),
        ])
        .collect()?;
    let places = sums.column("place")?.u32()?;
    let periods = sums.column("period")?.date()?.physical();
    let number = |name: &str| sums.column(name).and_then(|column| column.f64());
    let numbers = number("weighted")?.iter().zip(number("squared")?.iter()).zip(number("count")?.iter());
    let rows = places.iter().zip(periods.iter()).zip(numbers);
    Ok(rows
        .map(|((place, period), ((weighted, squared), count))| {
            let or_0 = Option::unwrap_or_default;
            let load = Load { weighted: or_0(weighted), squared: or_0(squared), count: or_0(count) };
            ((place, query::date(period.unwrap_or_default())), load)
        })
        .collect())
}

/// From which day on days on post count: the one asked for, else the first of the month in which the records begin, whatever
/// they are about. So all time is the sum of its months.
fn first_day(frames: &Frames, query: &Query) -> PolarsResult<Option<NaiveDate>> {
    if query.from.is_some() {
        return Ok(query.from);
    }
    let mut first: Option<i32> = None;
    for (rows, instant) in [(&frames.cases, "submitted_at"), (&frames.visits, "at"), (&frames.patrols, "at")] {
        let known = rows.clone().lazy().filter(col(instant).lt_eq(query.now()));
        let earliest = known.select([query.local_date(instant)?.min().alias("day")]).collect()?;
        let earliest = earliest.column("day")?.date()?.physical().get(0);
        first = [first, earliest].into_iter().flatten().min();
    }
    Ok(first.map(|day| Period::Month.start(query::date(day))))
}

/// Days on post from `first` to today, per place and period.
fn worker_days(posts: &DataFrame, query: &Query, first: NaiveDate) -> PolarsResult<BTreeMap<Group, f64>> {
    let periods = query.periods(first, query.today());
    let mut days = BTreeMap::new();
    for (place, start, end) in spans(posts, query)? {
        let reached = periods.partition_point(|period| period.2 <= start);
        for &(period, from, to) in periods[reached..].iter().take_while(|period| period.1 < end) {
            let length = end.min(to).signed_duration_since(start.max(from)).num_days();
            *days.entry((place, period)).or_insert(0.0) += f64::from(i32::try_from(length).unwrap_or(i32::MAX));
        }
    }
    Ok(days)
}

/// When each worker was on post in each place: overlapping posts of one person merged.
fn spans(posts: &DataFrame, query: &Query) -> PolarsResult<Vec<(Option<Key>, NaiveDate, NaiveDate)>> {
    if query.by == By::Kind {
        return Ok(Vec::new());
    }
    let open_end = query.today() + Days::new(1);
    let sorted = posts
        .clone()
        .lazy()
        .filter(query.by.placed())
        .select([query.by.place(), col("worker"), col("from"), col("to").fill_null(day(open_end)).alias("to")])
        .collect()?
        .sort(["place", "worker", "from"], SortMultipleOptions::default())?;
    let (places, workers) = (sorted.column("place")?.u32()?, sorted.column("worker")?.u32()?);
    let (starts, ends) = (sorted.column("from")?.date()?.physical(), sorted.column("to")?.date()?.physical());
    let mut spans: Vec<(Holder, NaiveDate, NaiveDate)> = Vec::new();
    for (((place, worker), start), end) in places.iter().zip(workers.iter()).zip(starts.iter()).zip(ends.iter()) {
        let (Some(start), Some(end)) = (start.map(query::date), end.map(query::date)) else { continue };
        if start >= end {
            continue;
        }
        match spans.last_mut() {
            Some(last) if last.0 == (place, worker) && start <= last.2 => last.2 = last.2.max(end),
            _ => spans.push(((place, worker), start, end)),
        }
    }
    Ok(spans.into_iter().map(|((place, _), start, end)| (place, start, end)).collect())
}

fn counts(items: LazyFrame, frames: &Frames, query: &Query) -> PolarsResult<DataFrame> {
    let loads = loads(vec![items])?;
    let mut groups: BTreeMap<Group, f64> = loads.iter().map(|(group, load)| (*group, load.count)).collect();
    if let Some(first) = first_day(frames, query)? {
        let everyone = carriers(frames, query)?;
        for (period, from, to) in query.periods(first, query.today()) {
            for (place, since, until) in &everyone {
                if *since < to && until.is_none_or(|until| from < until) {
                    groups.entry((*place, period)).or_insert(0.0);
                }
            }
        }
    }
    let keys = groups.keys().copied().collect();
    let [place, period] = group_columns(&keys)?;
    let numbers: Vec<f64> = groups.into_values().collect();
    let sums = DataFrame::new_infer_height(vec![
        place,
        period,
        Column::new("numerator".into(), numbers.clone()),
        Column::new("denominator".into(), numbers),
    ])?;
    rates::figures(&sums, Figuring::Count, query)
}

/// Who has a count even if it is 0: every place while it is in force, every worker on post. From, and until (exclusive).
type Carrier = (Option<Key>, NaiveDate, Option<NaiveDate>);

fn carriers(frames: &Frames, query: &Query) -> PolarsResult<Vec<Carrier>> {
    match query.by {
        By::Area => Ok(vec![(None, NaiveDate::MIN, None)]),
        By::Kind => Ok(Vec::new()),
        By::Worker => Ok(spans(&frames.posts, query)?.into_iter().map(|(worker, from, to)| (worker, from, Some(to))).collect()),
        By::Village | By::Grid | By::MicroGrid => {
            let level = col("level").eq(lit(query.by.word()));
            let places = frames.places.clone().lazy().filter(level.and(query.by.placed()));
            let places = places.select([query.by.place(), col("from"), col("to")]).collect()?;
            let (from, to) = (places.column("from")?.date()?.physical(), places.column("to")?.date()?.physical());
            let rows = places.column("place")?.u32()?.iter().zip(from.iter()).zip(to.iter());
            Ok(rows.map(|((place, from), to)| (place, from.map_or(NaiveDate::MIN, query::date), to.map(query::date))).collect())
        }
    }
}

fn group_columns(groups: &BTreeSet<Group>) -> PolarsResult<[Column; 2]> {
    let places: Vec<_> = groups.iter().map(|group| group.0).collect();
    let periods: Vec<_> = groups.iter().map(|group| query::days(group.1)).collect();
    Ok([Column::new("place".into(), places), Column::new("period".into(), periods).cast(&DataType::Date)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analytics::frames::{self, CaseRow, Discarded, PatrolRow, PlaceRow, Placed, PostRow, Stages, VisitRow},
        people::Role,
        place::Level,
        round::Outcome,
    };

    const AT: &str = "2026-03-10T02:00:00Z";

    fn query() -> Query {
        let day = |text: &str| Some(text.parse().unwrap());
        Query {
            from: day("2026-03-01"),
            to: day("2026-03-11"),
            ..Query::whole(chrono_tz::Asia::Shanghai, "2026-03-31T00:00:00Z".parse().unwrap())
        }
    }

    fn grid(key: Key) -> Placed {
        Placed { grid: Some(key), ..Placed::default() }
    }

    fn post(worker: Key, from: &str, to: Option<&str>) -> PostRow {
        let (from, to) = (from.parse().unwrap(), to.map(|to| to.parse().unwrap()));
        PostRow { worker, role: Role::Worker, at: grid(7), from, to }
    }

    /// 4 reports, 1 dispute, 10 visits, 2 patrols; two workers for ten days, so 20 worker-days.
    fn golden() -> Frames {
        let mut names = frames::Frames::default().names;
        let (report, dispute, lamp, land) = (names.key("report"), names.key("dispute"), names.key("路灯"), names.key("土地"));
        let case = |kind, category, discarded| CaseRow {
            case: 0,
            kind,
            category,
            at: grid(7),
            worker: Some(50),
            due_at: None,
            stages: Stages { submitted_at: AT.parse().unwrap(), discarded, ..Stages::default() },
        };
        let mut cases = vec![case(dispute, land, None), case(report, lamp, Some(Discarded::Duplicate))];
        cases.extend((0..3).map(|_| case(report, lamp, None)));
        cases.push(case(report, lamp, Some(Discarded::Void)));
        let visit = |household| VisitRow {
            household,
            place: grid(7),
            worker: Some(50),
            at: AT.parse().unwrap(),
            outcome: Outcome::Absent,
        };
        let patrol = PatrolRow { place: grid(7), worker: Some(50), at: AT.parse().unwrap() };
        let posts = [
            post(50, "2025-01-01", None),
            // The same person's second post in the place adds no days; a leader of another role adds none either.
            post(50, "2026-03-05", Some("2026-03-08")),
            post(51, "2025-01-01", Some("2026-04-01")),
            PostRow { role: Role::Mediator, ..post(52, "2025-01-01", None) },
        ];
        let area = |key| PlaceRow {
            level: Level::Grid,
            at: grid(key),
            area_m2: 1.0,
            in_one_grid_m2: None,
            from: "2020-01-01".parse().unwrap(),
            to: None,
        };
        Frames {
            cases: frames::cases(&cases).unwrap(),
            visits: frames::visits(&(0..10).map(visit).collect::<Vec<_>>()).unwrap(),
            patrols: frames::patrols(&[patrol; 2]).unwrap(),
            posts: frames::posts(&posts).unwrap(),
            places: frames::places(&[area(7), area(8)]).unwrap(),
            names,
            ..Frames::default()
        }
    }

    fn weights() -> Weights {
        Weights::parse("default = 1.0\n[kinds]\ndispute = 3.0").unwrap()
    }

    fn number(frame: &DataFrame, name: &str, row: usize) -> f64 {
        frame.column(name).unwrap().f64().unwrap().get(row).unwrap()
    }

    #[test]
    fn golden_workload() {
        for by in [By::Area, By::Grid] {
            let out = workload(&golden(), &weights(), &Query { by, ..query() }).unwrap();
            assert_eq!(out.height(), 1);
            assert_eq!((number(&out, "numerator", 0), number(&out, "denominator", 0)), (19.0, 20.0));
            assert!((number(&out, "value", 0) - 0.95).abs() < 1e-12);
            assert!(number(&out, "low", 0) < 0.95 && number(&out, "high", 0) > 0.95);
        }
    }

    #[test]
    fn who_has_nothing_to_do_counts_in_the_balance() {
        let by_worker = Query { by: By::Worker, ..query() };
        let out = workload(&golden(), &weights(), &by_worker).unwrap();
        assert_eq!((number(&out, "value", 0), number(&out, "value", 1)), (1.9, 0.0));
        let balance = workload_balance(&golden(), &weights(), &by_worker).unwrap().unwrap();
        assert_eq!(balance.n, 2);
        assert!((balance.gini - 0.5).abs() < 1e-12 && (balance.max_mean - 2.0).abs() < 1e-12);
        let none = Query { from: Some("2026-03-01".parse().unwrap()), to: Some("2026-03-05".parse().unwrap()), ..by_worker };
        assert_eq!(workload_balance(&golden(), &weights(), &none).unwrap(), None);
    }

    #[test]
    fn places_without_events_count_zero() {
        let by_day = Query { by: By::Grid, period: Period::Day, ..query() };
        let out = event_count(&golden(), &by_day).unwrap();
        assert_eq!(out.height(), 20);
        let sum: f64 = out.column("value").unwrap().f64().unwrap().iter().flatten().sum();
        let total = event_count(&golden(), &query()).unwrap();
        assert_eq!((sum, number(&total, "value", 0)), (5.0, 5.0));
        assert!((number(&visit_count(&golden(), &query()).unwrap(), "value", 0) - 10.0).abs() < 1e-12);
    }

    #[test]
    fn workers_count_zero_only_while_they_are_on_post() {
        let posts = [
            post(60, "2026-01-31", Some("2026-02-02")),
            post(60, "2026-04-30", None),
            // Never a day on post.
            post(61, "2026-03-05", Some("2026-03-05")),
        ];
        let frames = Frames { posts: frames::posts(&posts).unwrap(), ..golden() };
        let months = Query {
            by: By::Worker,
            period: Period::Month,
            from: Some("2026-01-01".parse().unwrap()),
            to: None,
            ..Query::whole(chrono_tz::Asia::Shanghai, "2026-05-10T00:00:00Z".parse().unwrap())
        };
        let out = visit_count(&frames, &months).unwrap();
        let workers = out.column("place").unwrap().u32().unwrap().iter().flatten();
        let months = out.column("period").unwrap().str().unwrap().iter().flatten();
        let found: Vec<_> = workers.zip(months).collect();
        // Worker 50 has visits in March without a post.
        assert_eq!(found, [(50, "2026-03"), (60, "2026-01"), (60, "2026-02"), (60, "2026-04"), (60, "2026-05")]);
    }

    #[test]
    fn days_of_the_periods_add_up() {
        for period in [Period::Day, Period::Week, Period::Month] {
            let out = workload(&golden(), &weights(), &Query { period, ..query() }).unwrap();
            let sum = |name: &str| out.column(name).unwrap().f64().unwrap().iter().flatten().sum::<f64>();
            assert_eq!((sum("numerator"), sum("denominator")), (19.0, 20.0), "{period}");
        }
    }

    #[test]
    fn all_time_is_the_sum_of_its_months() {
        // The posts began long before the records do.
        let of = |period| {
            let query = Query { period, from: None, to: None, ..query() };
            let out = workload(&golden(), &weights(), &query).unwrap();
            let sum = |name: &str| out.column(name).unwrap().f64().unwrap().iter().flatten().sum::<f64>();
            (sum("numerator"), sum("denominator"))
        };
        assert_eq!(of(Period::All), (19.0, 62.0));
        for period in [Period::Month, Period::Week, Period::Day] {
            assert_eq!(of(period), of(Period::All), "{period}");
        }
    }

    #[test]
    fn one_category_only() {
        let frames = golden();
        let kind = frames.names.find("路灯");
        let out = workload(&frames, &weights(), &Query { kind, ..query() }).unwrap();
        assert_eq!((number(&out, "numerator", 0), number(&out, "denominator", 0)), (4.0, 20.0));
        let by_kind = event_count(&frames, &Query { by: By::Kind, ..query() }).unwrap();
        assert_eq!(by_kind.height(), 2);
    }
}
