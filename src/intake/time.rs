//! Instants and dates from what files write: formats given or detected, local times in their zone.

use super::mapping::Twice;
use chrono::{
    DateTime, Datelike, Days, LocalResult, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
    format::{Item, StrftimeItems},
};
use chrono_tz::Tz;

/// Years outside are typing errors.
pub const YEARS: std::ops::Range<i32> = 1900..2200;

/// What was odd about a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Clocks went back: the time occurred twice.
    Twice,
    /// Clocks went forward: the time never occurred; it was moved on by as much as the clocks were.
    Never,
}

/// Why a text is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error(
        "{0:?} is no time in the formats that this column has ({1}); say another: --time-format '%Y/%m/%d %H:%M', or excel"
    )]
    Format(String, String),
    #[error("{0:?} is not between 1900 and 2199")]
    Year(String),
    #[error("{0:?} occurred twice in {1}, when clocks went back; the file should give offsets")]
    Twice(String, Tz),
}

/// Reads the times of one column.
#[derive(Clone, Debug)]
pub struct TimeReader {
    formats: Vec<String>,
    zone: Tz,
    twice: Twice,
}

enum Parsed {
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
}

impl TimeReader {
    /// `formats`: strftime, tried in this order; RFC 3339 is always understood.
    #[must_use]
    pub fn new(formats: Vec<String>, zone: Tz, twice: Twice) -> Self {
        Self { formats, zone, twice }
    }

    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The instant, at millisecond precision. A date without time is its first moment in the zone.
    ///
    /// # Errors
    /// [`TimeError`] where the text is none, or which instant it means can't be told.
    pub fn instant(&self, text: &str) -> Result<(DateTime<Utc>, Option<Oddity>), TimeError> {
        let (instant, oddity) = match self.parse(text)? {
            Parsed::Instant(instant) => (instant, None),
            Parsed::Local(local) => self.in_zone(local, text)?,
        };
        Ok((to_millis(instant), oddity))
    }

    /// The local date.
    ///
    /// # Errors
    /// [`TimeError`] where the text is none.
    pub fn date(&self, text: &str) -> Result<NaiveDate, TimeError> {
        Ok(match self.parse(text)? {
            Parsed::Instant(instant) => instant.with_timezone(&self.zone).date_naive(),
            Parsed::Local(local) => local.date(),
        })
    }

    fn parse(&self, text: &str) -> Result<Parsed, TimeError> {
        let text = text.trim();
        let parsed = DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|it| Parsed::Instant(it.to_utc()))
            .or_else(|| self.formats.iter().find_map(|format| parse_as(text, format)));
        let Some(parsed) = parsed else { return Err(self.no_format(text)) };
        let year = match &parsed {
            Parsed::Instant(instant) => instant.year(),
            Parsed::Local(local) => local.year(),
        };
        if YEARS.contains(&year) { Ok(parsed) } else { Err(TimeError::Year(text.to_owned())) }
    }

    fn no_format(&self, text: &str) -> TimeError {
        let formats = if self.formats.is_empty() { "none was recognised".to_owned() } else { self.formats.join(", ") };
        TimeError::Format(text.to_owned(), formats)
    }

    fn in_zone(&self, local: NaiveDateTime, text: &str) -> Result<(DateTime<Utc>, Option<Oddity>), TimeError> {
        match self.zone.from_local_datetime(&local) {
            MappedLocalTime::Single(instant) => Ok((instant.to_utc(), None)),
            MappedLocalTime::Ambiguous(earlier, later) => match self.twice {
                Twice::Earlier => Ok((earlier.to_utc(), Some(Oddity::Twice))),
                Twice::Later => Ok((later.to_utc(), Some(Oddity::Twice))),
                Twice::Reject => Err(TimeError::Twice(text.to_owned(), self.zone)),
            },
            MappedLocalTime::None => Ok((after_gap(self.zone, local), Some(Oddity::Never))),
        }
    }
}

/// The instant of a local time that was skipped: read with the offset from before the gap.
fn after_gap(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    // No zone skips more than a day (Samoa did, at the date line).
    let before = (1..=48)
        .filter_map(|halves| local.checked_sub_signed(TimeDelta::minutes(30 * halves)).map(|earlier| (halves, earlier)))
        .find_map(|(halves, earlier)| match zone.from_local_datetime(&earlier) {
            LocalResult::Single(it) | LocalResult::Ambiguous(_, it) => Some(it.to_utc() + TimeDelta::minutes(30 * halves)),
            LocalResult::None => None,
        });
    before.unwrap_or_else(|| local.and_utc())
}

/// Files carry more digits than a clock; instants are kept to the millisecond.
fn to_millis(instant: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instant.timestamp_millis()).unwrap_or(instant)
}

/// The format of a spreadsheet's own dates: days since 1899-12-30, local time as their fraction.
pub const EXCEL: &str = "excel";

/// From 1954 to 2119; other numbers in a column of dates are something else.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_500.0;

#[expect(clippy::cast_possible_truncation, reason = "80,500 days are 7e9 seconds")]
fn excel_serial(text: &str) -> Option<NaiveDateTime> {
    let days = text.parse::<f64>().ok().filter(|days| SERIALS.contains(days))?;
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    // A spreadsheet shows seconds; the fraction has them to the microsecond.
    epoch.checked_add_signed(TimeDelta::seconds((days * 86_400.0).round() as i64))
}

/// Whether times can be read by `format`: strftime that settles a date, or [`EXCEL`].
#[must_use]
pub fn is_format(format: &str) -> bool {
    let reads_what_it_writes = || {
        let is_known = StrftimeItems::new(format).all(|item| item != Item::Error);
        is_known && parse_as(&DateTime::UNIX_EPOCH.format(format).to_string(), format).is_some()
    };
    format == EXCEL || reads_what_it_writes()
}

fn parse_as(text: &str, format: &str) -> Option<Parsed> {
    if format == EXCEL {
        return excel_serial(text).map(Parsed::Local);
    }
    if format.contains("%z") || format.contains("%:z") || format.contains("%#z") {
        return DateTime::parse_from_str(text, format).ok().map(|it| Parsed::Instant(it.to_utc()));
    }
    NaiveDateTime::parse_from_str(text, format)
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, format).ok().map(|date| date.and_time(NaiveTime::MIN)))
        .map(Parsed::Local)
}

/// Whether the day or the month comes first in "03/04/2024".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    MonthFirst,
    DayFirst,
}

const TIMES: [&str; 9] =
    ["", " %H:%M:%S%.f", " %H:%M", "T%H:%M:%S%.f", "T%H:%M", " %I:%M:%S %p", " %I:%M %p", "%H:%M:%S", " %H时%M分"];
const YEAR_FIRST: [&str; 5] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"];
const OFFSET: [&str; 4] =
    ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y/%m/%d %H:%M:%S%.f%#z"];
const DAY_FIRST: [&str; 6] = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y"];
const MONTH_FIRST: [&str; 6] = ["%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y", "%m.%d.%y"];

fn with_times(dates: &[&str]) -> Vec<String> {
    dates.iter().flat_map(|date| TIMES.iter().map(move |time| format!("{date}{time}"))).collect()
}

/// What the values of one file's time columns tell about how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detected {
    /// The formats that occur, the commonest first.
    Formats(Vec<String>),
    /// Every value can be read with the day first and with the month first, and they differ; `example` is such a value.
    Ambiguous { example: String },
}

/// Detects the formats of `values`, all time columns of a file together: what one column leaves open ("03/04/2024"), another
/// may decide ("25/04/2024").
#[must_use]
pub fn detect<'a>(values: impl Iterator<Item = &'a str> + Clone) -> Detected {
    let mut found: Vec<(String, usize)> = Vec::new();
    let others = OFFSET.iter().chain(&[EXCEL]).map(|&it| it.to_owned());
    let candidates: Vec<String> = with_times(&YEAR_FIRST).into_iter().chain(others).collect();
    let (day_first, month_first) = (with_times(&DAY_FIRST), with_times(&MONTH_FIRST));
    let (mut day_votes, mut month_votes, mut open) = (0_usize, 0_usize, None);
    for value in values.clone() {
        if DateTime::parse_from_rfc3339(value).is_ok() || count_first(&mut found, &candidates, value) {
            continue;
        }
        let day = day_first.iter().find_map(|format| plausible(value, format));
        let month = month_first.iter().find_map(|format| plausible(value, format));
        match (day, month) {
            (Some(_), None) => day_votes += 1,
            (None, Some(_)) => month_votes += 1,
            (Some(day), Some(month)) if day != month => {
                open.get_or_insert(value);
            }
            _ => {}
        }
    }
    let order = match (day_votes, month_votes, open) {
        (0, 0, Some(example)) => return Detected::Ambiguous { example: example.to_owned() },
        (days, months, Some(example)) if days > 0 && days == months => {
            return Detected::Ambiguous { example: example.to_owned() };
        }
        (days, months, _) if days > months => DateOrder::DayFirst,
        _ => DateOrder::MonthFirst,
    };
    let ordered = if order == DateOrder::DayFirst { &day_first } else { &month_first };
    for value in values {
        if DateTime::parse_from_rfc3339(value).is_err() && !candidates.iter().any(|format| plausible(value, format).is_some()) {
            count_first(&mut found, ordered, value);
        }
    }
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Detected::Formats(found.into_iter().map(|(format, _)| format).collect())
}

/// Counts the first of `candidates` that reads `value`; what occurred before is tried first.
fn count_first(found: &mut Vec<(String, usize)>, candidates: &[String], value: &str) -> bool {
    let known = found.iter_mut().find(|(format, _)| candidates.contains(format) && plausible(value, format).is_some());
    if let Some((_, count)) = known {
        *count += 1;
        return true;
    }
    let Some(format) = candidates.iter().find(|format| plausible(value, format).is_some()) else { return false };
    found.push((format.clone(), 1));
    true
}

fn plausible(value: &str, format: &str) -> Option<NaiveDateTime> {
    // chrono's %Y takes any number of digits, so "10/21/18" would be the year 18.
    let local = match parse_as(value, format)? {
        Parsed::Instant(instant) => instant.naive_utc(),
        Parsed::Local(local) => local,
    };
    YEARS.contains(&local.year()).then_some(local)
}

/// The day after `date`, for files that give the last day of a period.
#[must_use]
pub fn next_day(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(format: &str, zone: Tz, twice: Twice) -> TimeReader {
        TimeReader::new(vec![format.to_owned()], zone, twice)
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn local_times_of_los_angeles() {
        let la = reader("%m/%d/%Y %I:%M:%S %p", chrono_tz::America::Los_Angeles, Twice::Earlier);
        assert_eq!(la.instant("12/31/2017 11:59:58 PM"), Ok((utc("2018-01-01T07:59:58Z"), None)));
        assert_eq!(la.instant("07/01/2018 12:00:00 AM"), Ok((utc("2018-07-01T07:00:00Z"), None)));
        assert_eq!(la.date("12/31/2017 11:59:58 PM"), Ok("2017-12-31".parse().unwrap()));
        assert!(matches!(la.instant("31.12.2017"), Err(TimeError::Format(..))));
        assert!(matches!(la.instant("02/29/2018 01:00:00 AM"), Err(TimeError::Format(..))));
        assert!(la.instant("02/29/2016 01:00:00 AM").is_ok());
        assert!(matches!(la.instant("01/01/0018 01:00:00 AM"), Err(TimeError::Year(_))));
    }

    #[test]
    fn when_clocks_go_back_and_forward() {
        let at = |twice, text| reader("%Y-%m-%d %H:%M", chrono_tz::America::New_York, twice).instant(text);
        assert_eq!(at(Twice::Earlier, "2018-11-04 01:30"), Ok((utc("2018-11-04T05:30:00Z"), Some(Oddity::Twice))));
        assert_eq!(at(Twice::Later, "2018-11-04 01:30"), Ok((utc("2018-11-04T06:30:00Z"), Some(Oddity::Twice))));
        assert!(matches!(at(Twice::Reject, "2018-11-04 01:30"), Err(TimeError::Twice(..))));
        assert_eq!(at(Twice::Reject, "2018-03-11 02:30"), Ok((utc("2018-03-11T07:30:00Z"), Some(Oddity::Never))));
        let samoa = reader("%Y-%m-%d", chrono_tz::Pacific::Apia, Twice::Earlier);
        assert_eq!(samoa.instant("2011-12-30"), Ok((utc("2011-12-30T10:00:00Z"), Some(Oddity::Never))));
    }

    #[test]
    fn offsets_win_over_the_zone_and_milliseconds_are_kept() {
        let any = reader("%Y", chrono_tz::Asia::Shanghai, Twice::Earlier);
        assert_eq!(any.instant("2024-02-29T08:00:00.123456+08:00"), Ok((utc("2024-02-29T00:00:00.123Z"), None)));
        assert_eq!(any.date("2024-02-28T20:00:00Z"), Ok("2024-02-29".parse().unwrap()));
    }

    #[test]
    fn dates_of_a_spreadsheet() {
        let excel = reader(EXCEL, chrono_tz::Asia::Shanghai, Twice::Earlier);
        assert_eq!(excel.instant("46296.3333333333"), Ok((utc("2026-10-01T00:00:00Z"), None)));
        assert_eq!(excel.date("46296"), Ok("2026-10-01".parse().unwrap()));
        let refused = excel.instant("12").unwrap_err().to_string();
        assert!(refused.contains("(excel)") && refused.contains("--time-format"), "{refused}");
        assert!(is_format("%Y-%m-%d") && is_format(EXCEL) && is_format("%d.%m.%y %H:%M %z"));
        assert!(["%Y-%q", "%Y-%K", "%H:%M", "yyyy-mm-dd", ""].iter().all(|format| !is_format(format)));
    }

    fn formats(values: &[&str]) -> Vec<String> {
        match detect(values.iter().copied()) {
            Detected::Formats(formats) => formats,
            Detected::Ambiguous { example } => panic!("ambiguous: {example}"),
        }
    }

    #[test]
    fn formats_are_detected_over_the_whole_column() {
        assert_eq!(formats(&["2024-02-29", "2024-03-01 10:00"]), ["%Y-%m-%d", "%Y-%m-%d %H:%M"]);
        assert_eq!(formats(&["10/21/18 0:00", "10/01/18 13:05"]), ["%m/%d/%y %H:%M"]);
        assert_eq!(formats(&["03/04/2024", "25/04/2024"]), ["%d/%m/%Y"]);
        assert_eq!(formats(&["12/31/2017 11:59:58 PM", "01/02/2018 09:00:00 AM"]), ["%m/%d/%Y %I:%M:%S %p"]);
        assert_eq!(formats(&["2024年2月29日", "2024/2/9 8:05"]), ["%Y年%m月%d日", "%Y/%m/%d %H:%M"]);
        assert_eq!(formats(&["20240229"]), ["%Y%m%d"]);
        assert_eq!(formats(&["46296.3333333333", "46296"]), [EXCEL]);
        assert!(formats(&["2024-02-29T08:00:00Z", "not a time", ""]).is_empty());
    }

    #[test]
    fn an_open_order_is_not_guessed() {
        assert_eq!(detect(["03/04/2024", "05/04/2024"].into_iter()), Detected::Ambiguous { example: "03/04/2024".to_owned() });
        assert_eq!(formats(&["05/05/2024"]), ["%m/%d/%Y"]);
        assert!(matches!(detect(["25/04/2024", "04/25/2024", "03/04/2024"].into_iter()), Detected::Ambiguous { .. }));
    }
}
