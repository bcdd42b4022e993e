//! Households visited from the 12th to the end of each month.

use super::super::{
    By, Period, Query,
    query::day,
    rates::{self, Figuring, sum_where},
};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

/// The day of the month on which the visits start.
const WINDOW_DAY: u32 = 12;

/// `outcome` of the frame of visits.
const VISITED: i32 = 3;

/// Visited / eligible households.
///
/// Eligible: lived in at the start of the window, which is the 12th to the end of the month in the zone of the area. Each
/// household counts once a month, with its best outcome; absent and refused stay in the denominator. All time adds up the
/// months. They begin with `query.from`, else with the first visit: a month without any visit is 0 of those eligible. An area
/// that never recorded a visit has no rate. By worker: the households of the micro-grids (or the grid, the village) where the worker holds a post on the 12th,
/// whoever visited them.
pub fn visit_rate(households: &DataFrame, visits: &DataFrame, posts: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    rate(households, visits, posts, query, &col("outcome").eq(lit(VISITED)))
}

/// Visited, absent and refused / eligible households, counted as in [`visit_rate`].
pub fn attempt_rate(households: &DataFrame, visits: &DataFrame, posts: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    rate(households, visits, posts, query, &col("outcome").is_not_null())
}

fn rate(
    households: &DataFrame,
    visits: &DataFrame,
    posts: &DataFrame,
    query: &Query,
    reached: &Expr,
) -> PolarsResult<DataFrame> {
    let visits = visits
        .clone()
        .lazy()
        .filter(col("at").lt_eq(query.now()))
        .select([col("household"), col("outcome"), query.local_date("at")?.alias("day")])
        .collect()?;
    let mut months = vec![nothing()?];
    for start in windows(&visits, query)? {
        months.push(month(households, &visits, posts, query, start, reached));
    }
    let sums = concat(months, UnionArgs::default())?
        .group_by([col("place"), col("period")])
        .agg([col("numerator").sum(), col("denominator").sum()])
        .collect()?;
    rates::figures(&sums, Figuring::Proportion, query)
}

/// The 12th of each month from the start of the range (without one, from the first visit) to today.
fn windows(visits: &DataFrame, query: &Query) -> PolarsResult<Vec<NaiveDate>> {
    let first = visits.column("day")?.date()?.physical().min().map(super::super::query::date);
    let Some(first) = first.map(|first| Period::Month.start(query.from.unwrap_or(first))) else { return Ok(Vec::new()) };
    let monthly = Query { period: Period::Month, from: None, to: None, ..query.clone() };
    let windows = monthly.periods(first, query.today()).into_iter().filter_map(|month| month.0.with_day(WINDOW_DAY));
    let asked = |start: &NaiveDate| query.from.is_none_or(|from| from <= *start) && query.to.is_none_or(|to| *start < to);
    Ok(windows.filter(|start| *start <= query.today()).filter(asked).collect())
}

/// Numerators and denominators of the month whose window starts on `start`.
fn month(
    households: &DataFrame,
    visits: &DataFrame,
    posts: &DataFrame,
    query: &Query,
    start: NaiveDate,
    reached: &Expr,
) -> LazyFrame {
    let first = Period::Month.start(start);
    let end = Period::Month.end(first).unwrap_or(start);
    let on_start = |from: &str, to: &str| col(from).lt_eq(day(start)).and(col(to).is_null().or(col(to).gt(day(start))));
    let mut eligible = households.clone().lazy().filter(on_start("lived_in_from", "lived_in_to"));
    if query.by == By::Worker {
        eligible = cared_for(eligible, &posts.clone().lazy().filter(on_start("from", "to")));
    }
    let best = visits
        .clone()
        .lazy()
        .filter(col("day").gt_eq(day(start)).and(col("day").lt(day(end))))
        .group_by([col("household")])
        .agg([col("outcome").max()]);
    eligible
        .filter(query.by.placed())
        .left_join(best, col("household"), col("household"))
        .with_columns([query.by.place(), day(query.period.start(first)).alias("period")])
        .group_by([col("place"), col("period")])
        .agg([sum_where(reached.clone()).alias("numerator"), len().cast(DataType::Float64).alias("denominator")])
}

/// Each household once for each worker whose post covers it, at the level of the post.
fn cared_for(households: LazyFrame, posts: &LazyFrame) -> LazyFrame {
    let level = |place: &str, finer: Expr| {
        let posts = posts.clone().filter(finer.and(col(place).is_not_null())).select([col("worker"), col(place)]);
        households.clone().inner_join(posts, col(place), col(place)).select([col("household"), col("worker")])
    };
    let levels = [
        level("microgrid", lit(true)),
        level("grid", col("microgrid").is_null()),
        level("village", col("microgrid").is_null().and(col("grid").is_null())),
    ];
    concat(levels, UnionArgs::default())
        .map(|all| all.unique_generic(Some(vec![col("household"), col("worker")]), UniqueKeepStrategy::Any))
        .unwrap_or(households)
}

/// No sums at all, with their columns.
fn nothing() -> PolarsResult<LazyFrame> {
    let columns = [
        Column::new_empty("place".into(), &DataType::UInt32),
        Column::new_empty("period".into(), &DataType::Date),
        Column::new_empty("numerator".into(), &DataType::Float64),
        Column::new_empty("denominator".into(), &DataType::Float64),
    ];
    Ok(DataFrame::new_infer_height(columns.to_vec())?.lazy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analytics::frames::{self, HouseholdRow, Placed, PostRow, VisitRow},
        people::Role,
        round::Outcome,
    };
    use proptest::prelude::*;

    fn query() -> Query {
        Query::whole(chrono_tz::Asia::Shanghai, "2026-03-31T15:59:59Z".parse().unwrap())
    }

    fn household(key: u32, grid: u32) -> HouseholdRow {
        let at = Placed { grid: Some(grid), microgrid: Some(grid * 10), ..Placed::default() };
        HouseholdRow { household: key, at, lived_in_from: "2020-01-01".parse().unwrap(), lived_in_to: None }
    }

    fn visit(household: u32, at: &str, outcome: Outcome) -> VisitRow {
        VisitRow { household, place: Placed::default(), worker: None, at: at.parse().unwrap(), outcome }
    }

    fn number(frame: &DataFrame, name: &str, row: usize) -> f64 {
        frame.column(name).unwrap().f64().unwrap().get(row).unwrap()
    }

    struct Data {
        households: DataFrame,
        visits: DataFrame,
        posts: DataFrame,
    }

    fn data(households: &[HouseholdRow], visits: &[VisitRow], posts: &[PostRow]) -> Data {
        Data {
            households: frames::households(households).unwrap(),
            visits: frames::visits(visits).unwrap(),
            posts: frames::posts(posts).unwrap(),
        }
    }

    fn both(data: &Data, query: &Query) -> [DataFrame; 2] {
        [
            visit_rate(&data.households, &data.visits, &data.posts, query).unwrap(),
            attempt_rate(&data.households, &data.visits, &data.posts, query).unwrap(),
        ]
    }

    #[test]
    fn golden_coverage() {
        let mut homes: Vec<_> = (0..20).map(|key| household(key, 1)).collect();
        // Moved in on the 13th, moved out on the 12th: not eligible, whoever visits them.
        homes.push(HouseholdRow { lived_in_from: "2026-03-13".parse().unwrap(), ..household(20, 1) });
        homes.push(HouseholdRow { lived_in_to: Some("2026-03-12".parse().unwrap()), ..household(21, 1) });
        let mut visits: Vec<_> = (0..15).map(|key| visit(key, "2026-03-20T02:00:00Z", Outcome::Visited)).collect();
        visits.extend((15..18).map(|key| visit(key, "2026-03-12T02:00:00Z", Outcome::Absent)));
        visits.push(visit(18, "2026-03-14T02:00:00Z", Outcome::Refused));
        // Best outcome counts; the 11th at 23:59 and the 1st of April at 00:00, local time, do not.
        visits.push(visit(3, "2026-03-21T02:00:00Z", Outcome::Absent));
        visits.push(visit(19, "2026-03-11T15:59:00Z", Outcome::Visited));
        visits.push(visit(19, "2026-03-31T16:00:00Z", Outcome::Visited));
        visits.extend((20..22).map(|key| visit(key, "2026-03-20T02:00:00Z", Outcome::Visited)));
        let [visited, attempted] = both(&data(&homes, &visits, &[]), &query());
        assert_eq!((number(&visited, "numerator", 0), number(&visited, "denominator", 0)), (15.0, 20.0));
        assert_eq!((number(&visited, "value", 0), number(&attempted, "value", 0)), (0.75, 0.95));
    }

    #[test]
    fn a_worker_has_the_households_of_the_post() {
        let homes: Vec<_> = (0..6).map(|key| household(key, 1 + key % 2)).collect();
        let post = |worker, grid: Option<u32>, microgrid| PostRow {
            worker,
            role: Role::Worker,
            at: Placed { grid, microgrid, ..Placed::default() },
            from: "2025-01-01".parse().unwrap(),
            to: None,
        };
        let posts = [post(100, Some(1), Some(10)), post(101, Some(1), None), post(101, Some(2), Some(20))];
        let visits = [visit(0, "2026-03-15T02:00:00Z", Outcome::Visited), visit(1, "2026-03-15T02:00:00Z", Outcome::Visited)];
        let by_worker = Query { by: By::Worker, ..query() };
        let [visited, _] = both(&data(&homes, &visits, &posts), &by_worker);
        assert_eq!(visited.height(), 2);
        assert_eq!((number(&visited, "numerator", 0), number(&visited, "denominator", 0)), (1.0, 3.0));
        assert_eq!((number(&visited, "numerator", 1), number(&visited, "denominator", 1)), (2.0, 6.0));
    }

    #[test]
    fn a_month_without_visits_that_is_asked_for_counts_nobody_as_visited() {
        let homes = [household(0, 1), HouseholdRow { lived_in_from: "2025-12-12".parse().unwrap(), ..household(1, 1) }];
        let data = data(&homes, &[visit(0, "2026-02-15T02:00:00Z", Outcome::Visited)], &[]);
        let months = |from: Option<&str>| {
            let query = Query { period: Period::Month, from: from.map(|day| day.parse().unwrap()), ..query() };
            let [visited, _] = both(&data, &query);
            let periods = visited.column("period").unwrap().str().unwrap().iter().flatten().map(str::to_owned);
            let rates =
                (0..visited.height()).map(|row| (number(&visited, "numerator", row), number(&visited, "denominator", row)));
            periods.zip(rates).collect::<Vec<_>>()
        };
        let month = |label: &str, visited, eligible| (label.to_owned(), (visited, eligible));
        let known = [month("2026-02", 1.0, 2.0), month("2026-03", 0.0, 2.0)];
        assert_eq!(months(None), known);
        let asked = [month("2025-11", 0.0, 1.0), month("2025-12", 0.0, 2.0), month("2026-01", 0.0, 2.0)];
        assert_eq!(months(Some("2025-11-01")), [&asked[..], &known[..]].concat());
        assert_eq!(months(Some("2025-11-13")), [&asked[1..], &known[..]].concat());
        assert_eq!(months(Some("2026-03-01")), known[1..]);
    }

    #[test]
    fn without_visits_there_is_nothing() {
        let [visited, _] = both(&data(&[household(0, 1)], &[], &[]), &query());
        assert_eq!(visited.height(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn grids_and_months_add_up_to_the_total(
            visited in prop::collection::vec((0_u32..12, 0_i64..120, 0_usize..3), 1..60),
        ) {
            let homes: Vec<_> = (0..12).map(|key| household(key, key % 3)).collect();
            let outcome = [Outcome::Visited, Outcome::Absent, Outcome::Refused];
            let start: chrono::DateTime<chrono::Utc> = "2025-12-02T01:00:00Z".parse().unwrap();
            let visits: Vec<_> = visited
                .iter()
                .map(|&(key, days, o)| VisitRow { at: start + chrono::TimeDelta::days(days), ..visit(key, "2026-01-01T00:00:00Z", outcome[o]) })
                .collect();
            let data = data(&homes, &visits, &[]);
            let [total, _] = both(&data, &query());
            for by in [By::Area, By::Grid] {
                let [parts, _] = both(&data, &Query { by, period: Period::Month, ..query() });
                for name in ["numerator", "denominator"] {
                    let sum: f64 = parts.column(name).unwrap().f64().unwrap().iter().flatten().sum();
                    prop_assert!((sum - number(&total, name, 0)).abs() < 1e-9);
                }
            }
        }
    }
}
