//! What became of the cases: closed, on time, done again, fixed at once, satisfied. By the period in which a case was
//! submitted, unless said otherwise; void, duplicate and rejected cases are left out.

use super::super::{
    Query,
    rates::{self, Figuring, sum_where},
};
use polars::prelude::*;

/// Within this time after the first closing rework or a reopening says that the case was not fixed.
const FIX_DAYS: i64 = 30;

/// Handled / due, where due = handled + open and overdue: what is open and not yet due is left out.
pub fn closure_rate(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    proportion(due(cases, query), query, "submitted_at", handled(query))
}

/// Handled by the due instant / due. Cases without a clock are left out.
pub fn on_time_rate(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let on_time = handled(query).and(handled_at().lt_eq(col("due_at")));
    proportion(due(cases, query).filter(col("due_at").is_not_null()), query, "submitted_at", on_time)
}

/// Sent back at least once / due.
pub fn rework_rate(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    proportion(due(cases, query), query, "submitted_at", by_now("reworked_at", query))
}

/// Closed with neither rework nor a reopening until 30 days later / closed, by the period of the first closing. What was closed
/// less than 30 days before `as_of` and neither reworked nor reopened is not decided yet, and left out.
pub fn first_time_fix(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let limit = col("first_closed_at") + lit(FIX_DAYS * 86_400_000).cast(DataType::Duration(TimeUnit::Milliseconds));
    let until_then = |instant: &str| by_now(instant, query).and(col(instant).lt_eq(limit.clone())).fill_null(lit(false));
    let failed = until_then("reworked_at").or(until_then("reopened_at"));
    let closed = counted(cases, query)
        .filter(col("first_closed_at").lt_eq(query.now()))
        .filter(failed.clone().or(limit.lt_eq(query.now())));
    proportion(closed, query, "first_closed_at", failed.not())
}

/// Satisfied / answered, by the period of the feedback.
pub fn satisfaction(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let asked = counted(cases, query).filter(col("feedback_at").lt_eq(query.now()));
    proportion(asked.filter(col("satisfied").is_not_null()), query, "feedback_at", col("satisfied"))
}

/// Answered / asked, by the period of the feedback: how much satisfaction rests on.
pub fn feedback_response(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let asked = counted(cases, query).filter(col("feedback_at").lt_eq(query.now()));
    proportion(asked, query, "feedback_at", col("satisfied").is_not_null())
}

/// Cases that are neither void, duplicate nor rejected.
pub(super) fn counted(cases: &DataFrame, query: &Query) -> LazyFrame {
    cases.clone().lazy().filter(col("discarded").is_null().and(query.of_kind()).and(query.by.placed()))
}

fn due(cases: &DataFrame, query: &Query) -> LazyFrame {
    let overdue = col("due_at").lt(query.now()).fill_null(lit(false));
    counted(cases, query).filter(col("submitted_at").lt_eq(query.now())).filter(handled(query).or(overdue))
}

/// Files that know no handling know the closing.
fn handled_at() -> Expr {
    coalesce(&[col("handled_at"), col("first_closed_at")])
}

fn handled(query: &Query) -> Expr {
    handled_at().lt_eq(query.now()).fill_null(lit(false))
}

/// Whether `instant` is known by `as_of`.
fn by_now(instant: &str, query: &Query) -> Expr {
    col(instant).lt_eq(query.now()).fill_null(lit(false))
}

/// The share of `cases` that meet `condition`, by the period of `instant`.
pub(super) fn proportion(cases: LazyFrame, query: &Query, instant: &str, condition: Expr) -> PolarsResult<DataFrame> {
    let sums = cases
        .with_column(query.local_date(instant)?.alias("day"))
        .filter(query.within(col("day")))
        .with_columns([query.by.place(), query.period.bucket(col("day"))])
        .group_by([col("place"), col("period")])
        .agg([sum_where(condition).alias("numerator"), len().cast(DataType::Float64).alias("denominator")])
        .collect()?;
    rates::figures(&sums, Figuring::Proportion, query)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::frames::{self, CaseRow, Discarded, Stages};
    use chrono::{DateTime, Utc};

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-03-{day:02}T04:00:00Z").parse().unwrap()
    }

    fn case(stages: Stages) -> CaseRow {
        CaseRow {
            case: 0,
            kind: 0,
            category: 1,
            at: frames::Placed::default(),
            worker: None,
            due_at: Some(at(10)),
            stages: Stages { submitted_at: at(1), ..stages },
        }
    }

    fn query() -> Query {
        Query::whole(chrono_tz::Asia::Shanghai, at(20))
    }

    fn rate(figures: &DataFrame) -> (f64, f64, f64) {
        let number = |name: &str| figures.column(name).unwrap().f64().unwrap().get(0).unwrap();
        (number("numerator"), number("denominator"), number("value"))
    }

    #[test]
    fn golden_closure() {
        let handled = |day: u32, reworked: bool| {
            case(Stages { handled_at: Some(at(day)), reworked_at: reworked.then(|| at(4)), ..Stages::default() })
        };
        let open = |due: u32| CaseRow { due_at: Some(at(due)), ..case(Stages::default()) };
        let mut rows: Vec<_> = (0..6).map(|i| handled(5, i == 0)).collect();
        rows.extend([handled(12, false), open(15), open(25), open(26)]);
        // Left out: void, and what is handled only after the stated instant but due earlier counts as open.
        rows.push(case(Stages { handled_at: Some(at(5)), discarded: Some(Discarded::Void), ..Stages::default() }));
        let cases = frames::cases(&rows).unwrap();
        assert_eq!(rate(&closure_rate(&cases, &query()).unwrap()), (7.0, 8.0, 0.875));
        assert_eq!(rate(&on_time_rate(&cases, &query()).unwrap()), (6.0, 8.0, 0.75));
        assert_eq!(rate(&rework_rate(&cases, &query()).unwrap()), (1.0, 8.0, 0.125));
    }

    #[test]
    fn a_fix_is_decided_after_thirty_days() {
        let closed = |reopened_at: Option<u32>, reworked_at: Option<u32>| {
            let (reopened_at, reworked_at) = (reopened_at.map(at), reworked_at.map(at));
            case(Stages { first_closed_at: Some(at(2)), reopened_at, reworked_at, ..Stages::default() })
        };
        let rows = [closed(None, None), closed(Some(9), None), closed(None, Some(1))];
        let cases = frames::cases(&rows).unwrap();
        assert_eq!(rate(&first_time_fix(&cases, &query()).unwrap()).1.to_bits(), 2.0_f64.to_bits());
        let later = Query { as_of: "2026-04-02T00:00:00Z".parse().unwrap(), ..query() };
        let (fixed, closed, _) = rate(&first_time_fix(&cases, &later).unwrap());
        assert_eq!((fixed, closed), (1.0, 3.0));
    }

    #[test]
    fn what_comes_later_than_thirty_days_flips_no_fix() {
        let limit: DateTime<Utc> = "2026-04-01T04:00:00Z".parse().unwrap();
        let later = limit + chrono::TimeDelta::milliseconds(1);
        let closed = |reopened_at, reworked_at| {
            case(Stages { first_closed_at: Some(at(2)), reopened_at, reworked_at, ..Stages::default() })
        };
        let query = Query { as_of: "2026-06-01T00:00:00Z".parse().unwrap(), ..query() };
        let fixed = |rows: &[CaseRow]| {
            let (fixed, closed, _) = rate(&first_time_fix(&frames::cases(rows).unwrap(), &query).unwrap());
            (fixed, closed)
        };
        assert_eq!(
            fixed(&[closed(Some(later), Some(later)), closed(None, Some(later)), closed(Some(later), None)]),
            (3.0, 3.0)
        );
        assert_eq!(fixed(&[closed(Some(limit), None), closed(None, Some(limit))]), (0.0, 2.0));
    }

    #[test]
    fn satisfaction_counts_answers_only() {
        let asked = |satisfied| case(Stages { feedback_at: Some(at(9)), satisfied, ..Stages::default() });
        let cases = frames::cases(&[asked(Some(true)), asked(Some(false)), asked(None), asked(Some(true))]).unwrap();
        let (satisfied, answered, _) = rate(&satisfaction(&cases, &query()).unwrap());
        let (replied, all, _) = rate(&feedback_response(&cases, &query()).unwrap());
        assert_eq!((satisfied, answered, replied, all), (2.0, 3.0, 3.0, 4.0));
    }
}
