//! `wangge analyze`: coverage, workload and response times as tables and files.

use super::{
    StoreArgs,
    analyze_output::{self, Format},
    analyze_reports::ReportsFile,
    open_existing,
};
use crate::{
    analytics::{By, Clock, Frames, Metric, Period, Query, Weights, catalogue::Group, report::Report},
    case::WorkCalendar,
    intake::Lang,
};
use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use std::path::{Path, PathBuf};

/// Compute coverage, workload or response times: a table on the terminal, or a file.
///
/// JSON keys: subject, by, period, clock, from, to, as_of (open cases are censored there); for response, about the time from
/// submission to closing, in seconds: n, closed, closed_median_raw (plain median of all that have a closing time), km_median,
/// km_median_low, km_median_high (Kaplan–Meier, 95 % interval), km_median_reason (why it is null: not_reached, no_data),
/// km_p90, km_p90_reason, calendar_assumed (working time in years whose holidays are not known), excluded (void, duplicate, rejected, negative: not in n); totals and rows: lists with metric, unit,
/// place, code, name, period, value, reason, numerator, denominator, n, low, high, shrunken, p90, closed_median_raw, excluded.
/// CSV and Parquet have the columns of the rows, totals first.
#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "the text is shown by --help")]
pub struct Args {
    /// coverage, workload or response
    subject: Group,
    #[command(flatten)]
    store: StoreArgs,
    /// Group by area, village, grid, microgrid, worker or kind; in a file, grid is the label that the file itself gives
    #[arg(long, default_value = "area")]
    by: By,
    /// Per month, week (ISO), day or all, in the zone of the area
    #[arg(long, default_value = "all")]
    period: Period,
    /// First month or day: 2026-08, 2026-08-15
    #[arg(long, value_name = "MONTH|DAY", value_parser = first_day)]
    from: Option<NaiveDate>,
    /// Last month or day, inclusive
    #[arg(long, value_name = "MONTH|DAY", value_parser = day_after)]
    to: Option<NaiveDate>,
    /// Only cases of this category
    #[arg(long, value_name = "CATEGORY")]
    kind: Option<String>,
    /// wall or working time
    #[arg(long, default_value = "wall")]
    clock: Clock,
    /// Until when cases were observed: 2026-10-31T16:00:00Z; the latest instant in the data if left out
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    as_of: Option<DateTime<Utc>>,
    /// Reports in a file, instead of the store's (response only)
    #[arg(long, value_name = "FILE")]
    reports: Option<PathBuf>,
    /// What the columns of that file mean
    #[arg(long, value_name = "M.toml", requires = "reports")]
    mapping: Option<PathBuf>,
    /// CSV, Parquet or JSON by the ending; without it a table on stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Language of the table: zh or en
    #[arg(long, default_value = "zh", value_parser = language)]
    lang: Lang,
}

/// # Errors
/// What is wrong with a file, a flag or the output, in words.
pub async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.reports {
        Some(path) => run_on_file(args, path).await,
        None => run_on_store(args).await,
    }
}

async fn run_on_store(args: &Args) -> anyhow::Result<()> {
    let analysis = open_existing(&args.store).await?.analysis(args.as_of).await?;
    let group = Metric::ALL.iter().copied().filter(|metric| metric.group() == args.subject);
    let goes_by = |metric: &Metric| args.by == By::Area || metric.by().contains(&args.by);
    let metrics: Vec<_> = group.filter(|metric| goes_by(metric) && metric.periods().contains(&args.period)).collect();
    if metrics.is_empty() {
        bail!("no figure of {} is computed by {} per {}", args.subject, args.by, args.period);
    }
    // Boundaries alone are something to analyze, as of now.
    let observed_until = analysis.observed_until.or_else(|| Some(Utc::now()));
    let source = Source { frames: &analysis.frames, zone: analysis.zone, observed_until };
    answer(args, &source, &metrics)
}

async fn run_on_file(args: &Args, path: &Path) -> anyhow::Result<()> {
    if args.subject != Group::Response {
        bail!("analyze {}: a file of reports gives response times only", args.subject);
    }
    if !matches!(args.by, By::Area | By::Grid | By::Kind) {
        bail!("--by {}: a file of reports knows its kinds and labels only; give area, grid (the label) or kind", args.by);
    }
    let source = ReportsFile::read(path, args.mapping.as_deref(), args.as_of).await?;
    let metrics = source.metrics();
    answer(args, &Source { frames: &source.frames, zone: source.zone, observed_until: source.observed_until }, &metrics)
}

/// What the figures are computed from.
pub(super) struct Source<'a> {
    pub frames: &'a Frames,
    pub zone: Tz,
    /// Open cases are censored here unless the arguments say otherwise; `None` without any data.
    pub observed_until: Option<DateTime<Utc>>,
}

/// Computes `metrics` as the arguments ask for them, and gives them out.
pub(super) fn answer(args: &Args, source: &Source, metrics: &[Metric]) -> anyhow::Result<()> {
    let format = args.out.as_deref().map(Format::of).transpose()?;
    let query = query(args, source)?;
    let calendar = WorkCalendar::of_zone(source.zone)?;
    let report = Report::new(args.subject, metrics, source.frames, &Weights::shipped()?, &calendar, &query)?;
    match (&args.out, format) {
        (Some(out), Some(format)) => analyze_output::write(&report, out, format),
        _ => analyze_output::print(&report, args.lang, source.zone),
    }
}

fn query(args: &Args, source: &Source) -> anyhow::Result<Query> {
    let find = |kind: &String| source.frames.names.find(kind).ok_or_else(|| anyhow!("no case is of the category {kind:?}"));
    if let (Some(from), Some(to)) = (args.from, args.to)
        && to <= from
    {
        bail!("--to lies before --from; swap them");
    }
    let as_of = args.as_of.or(source.observed_until).context("there are no data to analyze")?;
    Ok(Query {
        by: args.by,
        period: args.period,
        zone: source.zone,
        from: args.from,
        to: args.to,
        kind: args.kind.as_ref().map(find).transpose()?,
        clock: args.clock,
        publication: None,
        as_of,
    })
}

/// "2026-08" or "2026-08-15" as the first day.
fn first_day(text: &str) -> Result<NaiveDate, String> {
    let month = || NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
    let day = text.parse().ok().or_else(month);
    day.ok_or_else(|| "write a month as 2026-08 or a day as 2026-08-15".to_owned())
}

/// "2026-08" or "2026-08-15" as the day after the last.
fn day_after(text: &str) -> Result<NaiveDate, String> {
    let first = first_day(text)?;
    let after = if text.parse::<NaiveDate>().is_ok() {
        first.checked_add_days(Days::new(1))
    } else {
        first.checked_add_months(Months::new(1))
    };
    after.ok_or_else(|| "is too late".to_owned())
}

pub(super) fn language(text: &str) -> Result<Lang, String> {
    match text {
        "zh" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err("the languages are zh and en".to_owned()),
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| "write an instant with its offset, as 2026-10-31T16:00:00Z or 2026-11-01T00:00:00+08:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn months_and_days() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!((first_day("2026-08"), day_after("2026-08")), (Ok(date("2026-08-01")), Ok(date("2026-09-01"))));
        assert_eq!((first_day("2026-08-15"), day_after("2026-12-31")), (Ok(date("2026-08-15")), Ok(date("2027-01-01"))));
        assert!(first_day("08/2026").is_err() && instant("2026-08-01").is_err());
    }

    #[test]
    fn a_file_of_reports() {
        let directory = tempfile::tempdir().unwrap();
        let csv = directory.path().join("reports.csv");
        let rows = "id,kind,from,to,status\n1,路灯,2026-03-02T00:00:00Z,2026-03-02T02:00:00Z,Closed\n\
                    2,路灯,2026-03-02T00:00:00Z,2026-03-02T04:00:00Z,Closed\n\
                    3,垃圾,2026-03-02T00:00:00Z,,Open\n\
                    4,垃圾,2026-03-02T00:00:00Z,2026-03-02T01:00:00Z,Cancelled\n\
                    5,垃圾,2026-03-02T03:00:00Z,2026-03-02T01:00:00Z,Closed\n";
        fs::write(&csv, rows).unwrap();
        let toml = directory.path().join("m.toml");
        let mapping = "layer = 'reports'\n[time]\nzone = 'Asia/Shanghai'\n[fields]\nsource = 'id'\ncategory = 'kind'\n\
                       submitted_at = 'from'\nclosed_at = 'to'\n[fields.state]\ncolumn = 'status'\n\
                       values = { Open = 'submitted', Closed = 'closed', Cancelled = 'void' }\n";
        fs::write(&toml, mapping).unwrap();
        let out = directory.path().join("r.json");
        let args = Args {
            subject: Group::Response,
            store: StoreArgs::default(),
            by: By::Kind,
            period: Period::All,
            from: None,
            to: None,
            kind: None,
            clock: Clock::Wall,
            as_of: None,
            reports: Some(csv),
            mapping: Some(toml),
            out: Some(out.clone()),
            lang: Lang::Zh,
        };
        super::super::wait_for(run_on_file(&args, &args.reports.clone().unwrap())).unwrap();
        let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(out).unwrap()).unwrap();
        // Open since 4 h, closed after 2 h and 4 h; the raw median is over −2, 1, 2, 4 h.
        assert_eq!(
            (&json["n"], &json["km_median"], &json["as_of"]),
            (&3.into(), &14400.0.into(), &"2026-03-02T04:00:00.000Z".into())
        );
        assert_eq!(json["closed_median_raw"], 5400.0);
        assert_eq!((&json["excluded"]["void"], &json["excluded"]["negative"]), (&1.into(), &1.into()));
        assert_eq!(json["rows"].as_array().unwrap().len(), 2);
    }
}
