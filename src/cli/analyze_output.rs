//! What `wangge analyze` gives out: a table to read, or a file.

use super::WholeFile;
use crate::{
    analytics::{
        By, Clock, Metric,
        catalogue::Unit,
        figures::FigureRow,
        report::{Line, Report},
    },
    intake::Lang,
    table::{CsvWriter, Guard},
};
use anyhow::{Context, bail};
use chrono_tz::Tz;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use std::{
    io::{self, Write},
    path::Path,
};

/// A line under the header, none between the rows.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Parquet,
}

impl Format {
    /// By the ending of `path`.
    pub fn of(path: &Path) -> anyhow::Result<Self> {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("parquet") => Ok(Self::Parquet),
            _ => bail!("--out {}: the ending must be .csv, .json or .parquet", path.display()),
        }
    }
}

/// Writes the whole report, or nothing: an unfinished file never takes the place of `path`.
pub fn write(report: &Report, path: &Path, format: Format) -> anyhow::Result<()> {
    let mut file = WholeFile::create(path, false)?;
    let written = match format {
        Format::Csv => write_csv(report, &mut file).map_err(anyhow::Error::from),
        Format::Json => {
            serde_json::to_writer_pretty(&mut file, report).map_err(anyhow::Error::from).and_then(|()| Ok(writeln!(file)?))
        }
        Format::Parquet => report.write_parquet(file.growing()).map_err(anyhow::Error::from),
    };
    written.with_context(|| format!("cannot write {}", path.display()))?;
    file.finish()
}

fn write_csv(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut csv = CsvWriter::new(out, Guard::Spreadsheet);
    csv.record([
        "metric",
        "unit",
        "id",
        "code",
        "name",
        "period",
        "value",
        "reason",
        "numerator",
        "denominator",
        "n",
        "low",
        "high",
        "shrunken",
        "p90",
        "closed_median_raw",
        "void",
        "duplicate",
        "rejected",
        "negative",
    ])?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for Line { metric, unit, figure } in report.lines() {
        let left_out = figure.excluded.map(|e| [e.void, e.duplicate, e.rejected, e.negative]);
        let cells = [
            metric.word().to_owned(),
            (*unit).to_owned(),
            figure.place.clone().unwrap_or_default(),
            figure.code.clone().unwrap_or_default(),
            figure.name.clone().unwrap_or_default(),
            figure.period.clone(),
            number(figure.value),
            figure.reason.clone().unwrap_or_default(),
            number(figure.numerator),
            number(figure.denominator),
            figure.n.unwrap_or_default().to_string(),
            number(figure.low),
            number(figure.high),
            number(figure.shrunken),
            number(figure.p90),
            number(figure.closed_median_raw),
        ];
        let left_out = (0..4).map(|i| left_out.map(|counts| counts[i].to_string()).unwrap_or_default());
        let cells: Vec<_> = cells.into_iter().chain(left_out).collect();
        csv.record(cells.iter().map(String::as_str))?;
    }
    csv.finish()
}

/// A table a metric on stdout, the whole area last.
pub fn print(report: &Report, lang: Lang, zone: Tz) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let as_of = report.as_of.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z");
    let (zh, en) = (report.clock.zh(), report.clock.en());
    writeln!(out, "{}", lang.say(&format!("截至 {as_of}（{zone}），{zh}"), &format!("as of {as_of} ({zone}), {en} time")))?;
    if report.calendar_assumed == Some(true) {
        let en = "the holidays of some of the years are not known: Monday to Friday is assumed";
        writeln!(out, "{}", lang.say("部分年份没有节假日安排：按周一至周五计", en))?;
    }
    let mut metrics: Vec<Metric> = report.lines().map(|line| line.metric).collect();
    metrics.dedup();
    metrics.sort_unstable();
    metrics.dedup();
    if metrics.is_empty() {
        writeln!(out, "{}", lang.say("没有数据", "no data"))?;
    }
    for metric in metrics {
        let (zh, en) = metric.definition();
        writeln!(out, "\n{} · {}", lang.say(metric.zh(), metric.en()), lang.say(zh, en))?;
        writeln!(out, "{}", table(report, metric, lang))?;
    }
    if let Some(balance) = report.balance {
        writeln!(
            out,
            "{}: {} {:.3}, CV {:.3}, {} {:.2}, n {}",
            lang.say("均衡度", "balance"),
            lang.say("基尼系数", "Gini"),
            balance.gini,
            balance.cv,
            lang.say("最大/平均", "max/mean"),
            balance.max_mean,
            balance.n
        )?;
    }
    Ok(())
}

fn table(report: &Report, metric: Metric, lang: Lang) -> Table {
    let mut header = vec![by_label(report.by, lang), lang.say("期间", "period"), lang.say("值", "value")];
    header.push(lang.say("95% 区间", "95 % interval"));
    header.push("n".to_owned());
    if metric.is_duration() {
        header.extend(["p90".to_owned(), lang.say("已结案中位数", "raw median of closed")]);
        header.push(lang.say("不计（作废/重复/不受理/负）", "left out (void/duplicate/rejected/negative)"));
    } else if metric.unit() != Unit::Count {
        header.extend([lang.say("分子/分母", "numerator/denominator"), lang.say("收缩值", "shrunken")]);
    }
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    let columns = header.len();
    table.set_header(header);
    let whole = lang.say("全域", "whole area");
    for line in report.rows.iter().chain(&report.totals).filter(|line| line.metric == metric) {
        table.add_row(cells(&line.figure, metric, report.clock, lang, &whole));
    }
    for index in 2..columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn cells(figure: &FigureRow, metric: Metric, clock: Clock, lang: Lang, whole: &str) -> Vec<String> {
    let show = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| human(value, metric.unit(), clock, lang));
    let name = match (&figure.code, &figure.name) {
        (Some(code), Some(name)) if code != name => format!("{code} {name}"),
        (Some(code), _) => code.clone(),
        _ => whole.to_owned(),
    };
    let value = match figure.reason.as_deref() {
        None => show(figure.value),
        Some("not_reached") => lang.say("未达到", "not reached"),
        Some("small_n") => lang.say("n 过小", "n too small"),
        Some(_) => lang.say("无数据", "no data"),
    };
    let interval = match (figure.low, figure.high) {
        (None, None) => "–".to_owned(),
        (low, None) => format!("{} – {}", show(low), lang.say("未达到", "not reached")),
        (low, high) => format!("{} – {}", show(low), show(high)),
    };
    let n = figure.n.unwrap_or_default();
    let mut cells = vec![name, figure.period.clone(), value, interval, n.to_string()];
    if metric.is_duration() {
        let left_out = figure.excluded.map(|e| format!("{}/{}/{}/{}", e.void, e.duplicate, e.rejected, e.negative));
        let p90 = if figure.p90.is_none() && n > 0 { lang.say("未达到", "not reached") } else { show(figure.p90) };
        cells.extend([p90, show(figure.closed_median_raw), left_out.unwrap_or_else(|| "–".to_owned())]);
    } else if metric.unit() != Unit::Count {
        let part = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"));
        cells.push(format!("{}/{}", part(figure.numerator), part(figure.denominator)));
        cells.push(show(figure.shrunken));
    }
    cells
}

fn by_label(by: By, lang: Lang) -> String {
    lang.say(by.zh(), by.en())
}

/// "4.18 d", "75.0 %", "0.95". Working time is in hours at most: a working day has fewer than 24.
fn human(value: f64, unit: Unit, clock: Clock, lang: Lang) -> String {
    match unit {
        Unit::Ratio => format!("{:.1} %", value * 100.0),
        Unit::Count => format!("{value:.0}"),
        Unit::EventsPerWorkerDay => format!("{value:.3}"),
        Unit::Seconds => {
            let (size, zh, en) = match value.abs() {
                size if size >= 86_400.0 && clock == Clock::Wall => (86_400.0, "天", "d"),
                size if size >= 3600.0 => (3600.0, "小时", "h"),
                size if size >= 60.0 => (60.0, "分", "min"),
                _ => (1.0, "秒", "s"),
            };
            format!("{:.2} {}", value / size, lang.say(zh, en))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_for_people() {
        assert_eq!(human(4.1808 * 86_400.0, Unit::Seconds, Clock::Wall, Lang::En), "4.18 d");
        assert_eq!(human(1.5 * 86_400.0, Unit::Seconds, Clock::Working, Lang::En), "36.00 h");
        assert_eq!(human(-7200.0, Unit::Seconds, Clock::Wall, Lang::Zh), "-2.00 小时");
        assert_eq!(human(0.75, Unit::Ratio, Clock::Wall, Lang::Zh), "75.0 %");
        assert_eq!(human(0.95, Unit::EventsPerWorkerDay, Clock::Wall, Lang::Zh), "0.950");
    }

    #[test]
    fn the_ending_decides() {
        assert_eq!(Format::of(Path::new("a/R.JSON")).unwrap(), Format::Json);
        assert_eq!(Format::of(Path::new("r.parquet")).unwrap(), Format::Parquet);
        assert!(Format::of(Path::new("r.xlsx")).unwrap_err().to_string().contains(".parquet"));
    }

    fn report() -> Report {
        use crate::analytics::{
            Directory, Frames, Period, Query, Weights,
            catalogue::Group,
            frames::{CaseRow, Placed, Stages},
        };
        let at = |hour: u32| format!("2026-03-02T{hour:02}:00:00Z").parse().unwrap();
        let mut names = Directory::default();
        let (kind, category) = (names.key("report"), names.key("=1+1"));
        let case = |closed: Option<u32>| CaseRow {
            case: 0,
            kind,
            category,
            at: Placed::default(),
            worker: None,
            due_at: None,
            stages: Stages { submitted_at: at(0), closed_at: closed.map(at), ..Stages::default() },
        };
        let frames = Frames::of_cases(names, &[case(Some(1)), case(Some(2)), case(None)]).unwrap();
        let zone = chrono_tz::Asia::Shanghai;
        let query = Query { by: By::Kind, period: Period::Day, clock: Clock::Wall, ..Query::whole(zone, at(9)) };
        let calendar = crate::case::WorkCalendar::china().unwrap();
        Report::new(Group::Response, &[Metric::SubmitToClose], &frames, &Weights::default(), &calendar, &query).unwrap()
    }

    #[test]
    fn a_table_says_what_is_not_reached() {
        let text = table(&report(), Metric::SubmitToClose, Lang::Zh).to_string();
        assert!(text.contains("2.00 小时") && text.contains("未达到") && text.contains("2026-03-02"), "{text}");
        assert!(text.contains("全域") && text.contains("1.50 小时"), "{text}");
        assert!(table(&report(), Metric::SubmitToClose, Lang::En).to_string().contains("not reached"));
    }

    #[test]
    fn csv_has_the_totals_first_and_no_formulas() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.csv");
        write(&report(), &path, Format::Csv).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].starts_with("submit_to_close,seconds,,,,2026-03-02,7200,,2,3,3,3600,,"), "{}", lines[1]);
        assert!(lines[2].contains("'=1+1"), "{}", lines[2]);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = write(&report(), Path::new("/nowhere/r.json"), Format::Json).unwrap_err();
        assert!(format!("{error:#}").contains("/nowhere/r.json"));
    }
}
