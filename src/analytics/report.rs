//! Several metrics of one subject together, as the command line gives them out.
//!
//! CSV and Parquet have one row a metric, place and period, the totals first, with the columns of [`super::figures`] and
//! `metric`, `unit`. JSON has:
//!
//! | key | what |
//! |---|---|
//! | `subject`, `by`, `period`, `clock`, `from`, `to`, `as_of` | what was asked for; open cases are censored at `as_of` |
//! | `n` | cases that the times to closing rest on (response only, as the keys up to `excluded`) |
//! | `closed` | how many of them are closed |
//! | `closed_median_raw` | seconds: plain median of all that have a closing time, those left out of `n` included |
//! | `km_median`, `km_median_low`, `km_median_high` | seconds: Kaplan–Meier median and its 95 % interval |
//! | `km_median_reason` | why `km_median` is null: "not_reached", "no_data" |
//! | `km_p90`, `km_p90_reason` | seconds: 90 % are closed by then |
//! | `calendar_assumed` | working time only: whether it runs over years whose holidays are not known (plain weeks are taken) |
//! | `excluded` | `void`, `duplicate`, `rejected`, `negative`: cases left out |
//! | `totals`, `rows` | lists of figures with `metric`, `unit` and the columns of [`super::figures`] |
//! | `balance` | `gini`, `cv`, `max_mean`, `n` of the workload |

use super::{
    AnalyticsError, By, Clock, Frames, Metric, Period, Query, Weights,
    catalogue::Group,
    compute,
    figures::{self, Excluded, FigureRow},
    stats::Balance,
};
use crate::case::WorkCalendar;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use polars::prelude::*;
use serde::{Serialize, Serializer};
use std::{fs::File, path::Path};

/// The figures of a subject.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    #[serde(serialize_with = "word")]
    pub subject: Group,
    #[serde(serialize_with = "word")]
    pub by: By,
    #[serde(serialize_with = "word")]
    pub period: Period,
    #[serde(serialize_with = "word")]
    pub clock: Clock,
    pub from: Option<NaiveDate>,
    /// Exclusive.
    pub to: Option<NaiveDate>,
    #[serde(serialize_with = "millis")]
    pub as_of: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar_assumed: Option<bool>,
    #[serde(flatten)]
    pub headline: Option<Headline>,
    pub totals: Vec<Line>,
    pub rows: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<Balance>,
}

/// Times from submission to closing over everything that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headline {
    pub n: u32,
    pub closed: u32,
    pub closed_median_raw: Option<f64>,
    pub km_median: Option<f64>,
    pub km_median_low: Option<f64>,
    pub km_median_high: Option<f64>,
    pub km_median_reason: Option<String>,
    pub km_p90: Option<f64>,
    pub km_p90_reason: Option<String>,
    pub excluded: Excluded,
}

/// A figure with its metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    #[serde(serialize_with = "word")]
    pub metric: Metric,
    pub unit: &'static str,
    #[serde(flatten)]
    pub figure: FigureRow,
}

impl Report {
    /// Computes those of `metrics` that go by what the query says, and leaves out those for which there is no data at all.
    pub fn new(
        subject: Group,
        metrics: &[Metric],
        frames: &Frames,
        weights: &Weights,
        calendar: &WorkCalendar,
        query: &Query,
    ) -> Result<Self, AnalyticsError> {
        let mut report = Self {
            subject,
            by: query.by,
            period: query.period,
            clock: query.clock,
            from: query.from,
            to: query.to,
            as_of: query.as_of,
            calendar_assumed: None,
            headline: None,
            totals: Vec::new(),
            rows: Vec::new(),
            balance: None,
        };
        let fits = |metric: &&Metric| {
            (query.by == By::Area || metric.by().contains(&query.by)) && metric.periods().contains(&query.period)
        };
        for &metric in metrics.iter().filter(fits) {
            let computed = compute(metric, frames, weights, calendar, query)?;
            let line = |figure| Line { metric, unit: metric.unit().word(), figure };
            report.totals.extend(figures::rows(&computed.total)?.into_iter().map(line));
            if query.by != By::Area {
                report.rows.extend(figures::rows(&computed.rows)?.into_iter().map(line));
            }
            report.balance = report.balance.or(computed.balance);
        }
        if subject == Group::Response {
            if query.clock == Clock::Working {
                report.calendar_assumed = Some(calendar.assumed(first_case(frames)?.unwrap_or(query.as_of), query.as_of));
            }
            let whole = Query { by: By::Area, period: Period::All, ..query.clone() };
            let all = compute(Metric::SubmitToClose, frames, weights, calendar, &whole)?;
            report.headline = Some(Headline::of(figures::rows(&all.total)?.into_iter().next()));
        }
        Ok(report)
    }

    /// Totals first.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.totals.iter().chain(&self.rows)
    }

    /// Writes all lines as a Parquet file.
    pub fn write_parquet(&self, path: &Path) -> Result<(), AnalyticsError> {
        let lines: Vec<&Line> = self.lines().collect();
        let text = |name: &str, of: fn(&Line) -> Option<&str>| {
            Column::new(name.into(), lines.iter().map(|line| of(line)).collect::<Vec<_>>())
        };
        let number = |name: &str, of: fn(&FigureRow) -> Option<f64>| {
            Column::new(name.into(), lines.iter().map(|line| of(&line.figure)).collect::<Vec<_>>())
        };
        let count = |name: &str, of: fn(&FigureRow) -> Option<u32>| {
            Column::new(name.into(), lines.iter().map(|line| of(&line.figure)).collect::<Vec<_>>())
        };
        let mut frame = DataFrame::new_infer_height(vec![
            text("metric", |l| Some(l.metric.word())),
            text("unit", |l| Some(l.unit)),
            text("id", |l| l.figure.place.as_deref()),
            text("code", |l| l.figure.code.as_deref()),
            text("name", |l| l.figure.name.as_deref()),
            text("period", |l| Some(&l.figure.period)),
            number("value", |f| f.value),
            text("reason", |l| l.figure.reason.as_deref()),
            number("numerator", |f| f.numerator),
            number("denominator", |f| f.denominator),
            count("n", |f| f.n),
            number("low", |f| f.low),
            number("high", |f| f.high),
            number("shrunken", |f| f.shrunken),
            number("p90", |f| f.p90),
            number("closed_median_raw", |f| f.closed_median_raw),
            count("void", |f| f.excluded.map(|e| e.void)),
            count("duplicate", |f| f.excluded.map(|e| e.duplicate)),
            count("rejected", |f| f.excluded.map(|e| e.rejected)),
            count("negative", |f| f.excluded.map(|e| e.negative)),
        ])?;
        let file = File::create(path).map_err(|error| PolarsError::IO { error: error.into(), msg: None })?;
        ParquetWriter::new(file).finish(&mut frame)?;
        Ok(())
    }
}

impl Headline {
    fn of(total: Option<FigureRow>) -> Self {
        let Some(row) = total else {
            let reason = Some("no_data".to_owned());
            return Self {
                n: 0,
                closed: 0,
                closed_median_raw: None,
                km_median: None,
                km_median_low: None,
                km_median_high: None,
                km_median_reason: reason.clone(),
                km_p90: None,
                km_p90_reason: reason,
                excluded: Excluded::default(),
            };
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; the cast saturates")]
        let closed = row.numerator.unwrap_or_default() as u32;
        let n = row.n.unwrap_or_default();
        let nothing = if n == 0 { "no_data" } else { "not_reached" };
        Self {
            n,
            closed,
            closed_median_raw: row.closed_median_raw,
            km_median: row.value,
            km_median_low: row.low,
            km_median_high: row.high,
            km_median_reason: row.reason,
            km_p90: row.p90,
            km_p90_reason: row.p90.is_none().then(|| nothing.to_owned()),
            excluded: row.excluded.unwrap_or_default(),
        }
    }
}

fn first_case(frames: &Frames) -> PolarsResult<Option<DateTime<Utc>>> {
    let first = frames.cases.column("submitted_at")?.datetime()?.physical().min();
    Ok(first.and_then(DateTime::from_timestamp_millis))
}

/// Instants as everywhere in Wangge's JSON: RFC 3339, UTC, milliseconds.
fn millis<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn word<S: Serializer>(of: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::frames::{CaseRow, Placed, Stages};

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-03-02T{hour:02}:00:00Z").parse().unwrap()
    }

    fn report(closed: &[Option<u32>]) -> Report {
        let mut names = Frames::default().names;
        let (kind, category) = (names.key("report"), names.key("路灯"));
        let case = |closed: &Option<u32>| CaseRow {
            case: 0,
            kind,
            category,
            at: Placed::default(),
            worker: None,
            due_at: None,
            stages: Stages { submitted_at: at(0), closed_at: closed.map(at), ..Stages::default() },
        };
        let rows: Vec<_> = closed.iter().map(case).collect();
        let frames = Frames::of_cases(names, &rows).unwrap();
        let query = Query { by: By::Kind, ..Query::whole(chrono_tz::Asia::Shanghai, at(20)) };
        let calendar = WorkCalendar::china().unwrap();
        Report::new(Group::Response, &[Metric::SubmitToClose], &frames, &Weights::default(), &calendar, &query).unwrap()
    }

    #[test]
    fn the_documented_keys() {
        let json = serde_json::to_value(report(&[Some(1), Some(2), Some(3), None])).unwrap();
        assert_eq!((&json["n"], &json["closed"], &json["as_of"]), (&4.into(), &3.into(), &"2026-03-02T20:00:00.000Z".into()));
        assert_eq!((&json["km_median"], &json["closed_median_raw"]), (&7200.0.into(), &7200.0.into()));
        assert_eq!((&json["km_p90"], &json["km_p90_reason"]), (&serde_json::Value::Null, &"not_reached".into()));
        let row = &json["rows"][0];
        assert_eq!((&row["metric"], &row["code"], &row["n"]), (&"submit_to_close".into(), &"路灯".into(), &4.into()));
        assert_eq!(json["excluded"]["void"], 0);
    }

    #[test]
    fn no_cases_no_data() {
        let empty = report(&[]);
        let headline = empty.headline.as_ref().unwrap();
        assert_eq!((headline.n, headline.km_median_reason.as_deref()), (0, Some("no_data")));
        assert_eq!(empty.lines().count(), 0);
    }

    #[test]
    fn parquet_holds_every_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.parquet");
        let report = report(&[Some(1), None]);
        report.write_parquet(&path).unwrap();
        let frame = ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
        assert_eq!(frame.height(), report.lines().count());
        assert_eq!(frame.column("value").unwrap().f64().unwrap().get(0), Some(3600.0));
    }
}
