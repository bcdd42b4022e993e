//! The work calendar: working time between two instants, and when a clock runs out.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A Monday from which working days are counted.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 5) {
    Some(monday) => monday,
    None => NaiveDate::MIN,
};

/// The calendar of mainland China as shipped in `data/`.
const CN: &str = include_str!("../../data/calendars/cn.toml");

/// Working hours in a zone: Monday to Friday, but for the holidays and make-up workdays that are published for a year.
///
/// Time of day is local. No shift may lie across a change to or from summer time (they come at night).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    zone: Tz,
    /// Start and end of each shift in ms after local midnight, ascending.
    shifts: Vec<(i64, i64)>,
    /// Days on which the plain week does not hold, ascending, each with the sum of −1 (weekday off) and +1 (weekend day
    /// worked) over itself and the days before.
    exceptions: Vec<(NaiveDate, i64)>,
    years: BTreeSet<i32>,
}

/// Why a text is no work calendar.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error("the calendar is not valid TOML of the expected form: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("calendar: no time zone is called {0:?}; give an IANA name, such as Asia/Shanghai")]
    Zone(String),
    #[error("calendar: shift {0:?} is not of the form 08:00-12:00 with the end after the start and after the shift before")]
    Shift(String),
    #[error("calendar, year {year}: {date} {problem}")]
    Date { year: i32, date: String, problem: &'static str },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: String,
    shifts: Vec<String>,
    #[serde(default)]
    years: BTreeMap<String, Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    weekdays_off: Vec<toml::value::Datetime>,
    weekend_days_worked: Vec<toml::value::Datetime>,
}

impl WorkCalendar {
    /// Mainland China: 08–12 and 14–18, UTC+8, with the published holidays of the years in `data/calendars/cn.toml`.
    pub fn china() -> Result<Self, CalendarError> {
        Self::parse(CN)
    }

    /// The hours of mainland China in another zone, Monday to Friday, no holidays: every year is assumed.
    pub fn plain(zone: Tz) -> Result<Self, CalendarError> {
        let mut calendar = Self::china()?;
        calendar.zone = zone;
        calendar.exceptions.clear();
        calendar.years.clear();
        Ok(calendar)
    }

    /// The published calendar where one is known for `zone`, else the plain week.
    pub fn of_zone(zone: Tz) -> Result<Self, CalendarError> {
        let china = Self::china()?;
        if china.zone == zone { Ok(china) } else { Self::plain(zone) }
    }

    /// Reads a calendar in the form of `data/calendars/cn.toml`.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let file: File = toml::from_str(text)?;
        let zone = file.zone.parse().map_err(|_| CalendarError::Zone(file.zone))?;
        let mut shifts: Vec<(i64, i64)> = Vec::new();
        for text in &file.shifts {
            let (start, end) = shift(text).ok_or_else(|| CalendarError::Shift(text.clone()))?;
            if end <= start || shifts.last().is_some_and(|before| start < before.1) {
                return Err(CalendarError::Shift(text.clone()));
            }
            shifts.push((start, end));
        }
        if shifts.is_empty() {
            return Err(CalendarError::Shift(String::new()));
        }
        let mut changes = BTreeMap::new();
        let mut years = BTreeSet::new();
        for (name, table) in &file.years {
            let year =
                name.parse().map_err(|_| CalendarError::Date { year: 0, date: name.clone(), problem: "is not a year" })?;
            years.insert(year);
            add_days(&mut changes, year, &table.weekdays_off, false)?;
            add_days(&mut changes, year, &table.weekend_days_worked, true)?;
        }
        let mut sum = 0;
        let exceptions = changes
            .into_iter()
            .map(|(date, change)| {
                sum += change;
                (date, sum)
            })
            .collect();
        Ok(Self { zone, shifts, exceptions, years })
    }

    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether the holidays of a year from `from` to `to` are not published here, so that the plain week is assumed.
    #[must_use]
    pub fn assumed(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        let year = |at: DateTime<Utc>| at.with_timezone(&self.zone).year();
        (year(from)..=year(to)).any(|year| !self.years.contains(&year))
    }

    #[must_use]
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        let weekday = date.weekday().num_days_from_monday() < 5;
        match self.exceptions.binary_search_by_key(&date, |e| e.0) {
            Ok(_) => !weekday,
            Err(_) => weekday,
        }
    }

    /// Working time of one working day.
    #[must_use]
    pub fn day(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.day_ms())
    }

    /// Working seconds from `from` to `to`; negative if `to` is earlier.
    #[must_use]
    pub fn working_seconds(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        self.working_ms(from, to) / 1000
    }

    /// As [`WorkCalendar::working_seconds`], in ms. O(log of the published exceptions).
    #[must_use]
    pub fn working_ms(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        self.clock_at(to) - self.clock_at(from)
    }

    /// Working ms from `from` to `to`, without those within `pauses` (disjoint; a pause without end lasts).
    #[must_use]
    pub fn working_ms_without(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        pauses: &[(DateTime<Utc>, Option<DateTime<Utc>>)],
    ) -> i64 {
        let stood_still = |&(start, end): &(DateTime<Utc>, Option<DateTime<Utc>>)| {
            let (start, end) = (start.max(from), end.unwrap_or(to).min(to));
            if start < end { self.working_ms(start, end) } else { 0 }
        };
        self.working_ms(from, to) - pauses.iter().map(stood_still).sum::<i64>()
    }

    /// The first instant at which `work_minutes` of working time have passed since `start` (`start` itself for 0).
    #[must_use]
    pub fn due(&self, start: DateTime<Utc>, work_minutes: u32) -> DateTime<Utc> {
        if work_minutes == 0 { start } else { self.instant_of(start, self.clock_at(start) + i64::from(work_minutes) * 60_000) }
    }

    /// As [`WorkCalendar::due`], with the clock standing still within `pauses` (ascending, disjoint). `None` while the last
    /// pause has no end and the clock has not run out before it.
    #[must_use]
    pub fn due_with_pauses(
        &self,
        start: DateTime<Utc>,
        work_minutes: u32,
        pauses: &[(DateTime<Utc>, Option<DateTime<Utc>>)],
    ) -> Option<DateTime<Utc>> {
        let mut from = start;
        let mut left = i64::from(work_minutes) * 60_000;
        for &(pause, end) in pauses {
            let pause = pause.max(from);
            let before = self.working_ms(from, pause);
            if left <= before {
                break;
            }
            left -= before;
            from = end?.max(pause);
        }
        Some(if left == 0 { from } else { self.instant_of(from, self.clock_at(from) + left) })
    }

    fn day_ms(&self) -> i64 {
        self.shifts.iter().map(|(start, end)| end - start).sum()
    }

    /// Working ms from the epoch to `at`: the reading of a clock that stands still outside working hours.
    fn clock_at(&self, at: DateTime<Utc>) -> i64 {
        let local = at.with_timezone(&self.zone).naive_local();
        let whole = self.workdays_before(local.date()) * self.day_ms();
        if !self.is_workday(local.date()) {
            return whole;
        }
        let time = local.time().signed_duration_since(NaiveTime::MIN).num_milliseconds();
        whole + self.shifts.iter().map(|(start, end)| (time - start).clamp(0, end - start)).sum::<i64>()
    }

    /// Working days from the epoch (inclusive) to `date` (exclusive); negative before the epoch.
    fn workdays_before(&self, date: NaiveDate) -> i64 {
        let days = date.signed_duration_since(EPOCH).num_days();
        let plain = days.div_euclid(7) * 5 + days.rem_euclid(7).min(5);
        let exceptions = self.exceptions.partition_point(|e| e.0 < date);
        let before_epoch = self.exceptions.partition_point(|e| e.0 < EPOCH);
        let sum = |count: usize| count.checked_sub(1).map_or(0, |last| self.exceptions[last].1);
        plain + sum(exceptions) - sum(before_epoch)
    }

    /// The first instant not before `start` at which the clock shows `reading`, which it has not reached at `start`.
    fn instant_of(&self, start: DateTime<Utc>, reading: i64) -> DateTime<Utc> {
        let first = start.with_timezone(&self.zone).date_naive();
        let reached = |date: NaiveDate| self.workdays_before(date) * self.day_ms() >= reading;
        let after = |days: u64| first.checked_add_days(Days::new(days));
        // The first day at whose midnight the reading is reached: doubled until far enough, then halved.
        let mut far = 1;
        while let Some(date) = after(far) {
            if reached(date) {
                break;
            }
            far *= 2;
        }
        let mut near = 0;
        while near + 1 < far {
            let middle = u64::midpoint(near, far);
            if after(middle).is_none_or(reached) { far = middle } else { near = middle }
        }
        let Some(day) = after(near) else { return DateTime::<Utc>::MAX_UTC };
        let mut left = reading - self.workdays_before(day) * self.day_ms();
        for (start, end) in &self.shifts {
            if left <= end - start {
                return self.instant(day.and_time(NaiveTime::MIN) + TimeDelta::milliseconds(start + left));
            }
            left -= end - start;
        }
        DateTime::<Utc>::MAX_UTC
    }

    fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
            // Skipped by summer time: as if the clock had not been moved yet.
            LocalResult::None => self
                .zone
                .from_local_datetime(&(local - TimeDelta::hours(3)))
                .earliest()
                .map_or(local.and_utc(), |at| at.to_utc() + TimeDelta::hours(3)),
        }
    }
}

fn add_days(
    changes: &mut BTreeMap<NaiveDate, i64>,
    year: i32,
    days: &[toml::value::Datetime],
    worked: bool,
) -> Result<(), CalendarError> {
    for day in days {
        let error = |problem| CalendarError::Date { year, date: day.to_string(), problem };
        let date: NaiveDate = day.to_string().parse().map_err(|_| error("is not a date"))?;
        if date.year() != year {
            return Err(error("lies in another year"));
        }
        let weekend = date.weekday().num_days_from_monday() >= 5;
        if weekend != worked {
            return Err(error(if worked { "is a weekday: it is worked anyway" } else { "is a weekend day: it is off anyway" }));
        }
        if changes.insert(date, if worked { 1 } else { -1 }).is_some() {
            return Err(error("is given twice"));
        }
    }
    Ok(())
}

/// "08:00-12:00" in ms after midnight.
fn shift(text: &str) -> Option<(i64, i64)> {
    let (start, end) = text.split_once('-')?;
    let ms = |text: &str| {
        let time = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()?;
        Some(time.signed_duration_since(NaiveTime::MIN).num_milliseconds())
    };
    Some((ms(start)?, ms(end)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn golden_due_instants() {
        let china = WorkCalendar::china().unwrap();
        for (start, minutes, due) in [
            ("2022-12-30T17:00:00+08:00", 480, "2023-01-03T17:00:00+08:00"),
            ("2026-02-13T16:00:00+08:00", 240, "2026-02-14T10:00:00+08:00"),
            ("2026-02-13T16:00:00+08:00", 960, "2026-02-24T16:00:00+08:00"),
        ] {
            assert_eq!(china.due(at(start), minutes), at(due), "{start} + {minutes}");
            assert_eq!(china.working_seconds(at(start), at(due)), i64::from(minutes) * 60);
        }
    }

    #[test]
    fn holidays_and_make_up_days() {
        let china = WorkCalendar::china().unwrap();
        let works = |date: &str| china.is_workday(date.parse().unwrap());
        assert!(works("2026-02-14") && !works("2026-02-16") && works("2025-10-11") && !works("2025-10-08"));
        assert!(works("2024-02-09") && !works("2024-02-12"));
        assert!(!china.assumed(at("2022-01-01T00:00:00+08:00"), at("2026-12-31T23:59:59+08:00")));
        assert!(china.assumed(at("2026-12-01T00:00:00Z"), at("2027-01-01T00:00:00+08:00")));
    }

    #[test]
    fn the_clock_stands_still_while_suspended() {
        let china = WorkCalendar::china().unwrap();
        let (start, end) = (at("2026-03-02T09:00:00+08:00"), at("2026-03-03T09:00:00+08:00"));
        let pause = [(at("2026-03-02T10:00:00+08:00"), Some(at("2026-03-02T15:00:00+08:00")))];
        assert_eq!(china.working_ms_without(start, end, &pause), (8 - 3) * 3_600_000);
        assert_eq!(china.due_with_pauses(start, 300, &pause), Some(end));
        assert_eq!(china.due_with_pauses(start, 60, &pause), Some(at("2026-03-02T10:00:00+08:00")));
        let open = [(at("2026-03-02T10:00:00+08:00"), None)];
        assert_eq!(china.due_with_pauses(start, 61, &open), None);
        assert_eq!(china.working_ms_without(start, end, &open), 3_600_000);
    }

    #[test]
    fn another_zone_has_its_own_mornings() {
        let la = WorkCalendar::plain("America/Los_Angeles".parse().unwrap()).unwrap();
        // Across the change to winter time on Sunday, 2018-11-04.
        assert_eq!(la.due(at("2018-11-02T17:00:00-07:00"), 120), at("2018-11-05T09:00:00-08:00"));
    }

    #[test]
    fn refuses_a_calendar_that_is_none() {
        let bad = |text: &str| WorkCalendar::parse(text).unwrap_err().to_string();
        assert!(bad("zone = 'Asia/Nowhere'\nshifts = ['08:00-12:00']").contains("Asia/Nowhere"));
        assert!(bad("zone = 'Asia/Shanghai'\nshifts = ['12:00-08:00']").contains("12:00-08:00"));
        let year = "zone = 'Asia/Shanghai'\nshifts = ['08:00-12:00']\n[years.2026]\nweekdays_off = [2026-01-03]\nweekend_days_worked = []";
        assert!(bad(year).contains("2026-01-03 is a weekend day"));
    }

    /// Counts the minutes one by one.
    fn minutes_by_hand(calendar: &WorkCalendar, from: DateTime<Utc>, minutes: i64) -> i64 {
        (0..minutes)
            .filter(|m| {
                let local = (from + TimeDelta::minutes(*m)).with_timezone(&calendar.zone).naive_local();
                let time = local.time().signed_duration_since(NaiveTime::MIN).num_milliseconds();
                calendar.is_workday(local.date()) && calendar.shifts.iter().any(|(s, e)| (*s..*e).contains(&time))
            })
            .count()
            .try_into()
            .unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn equals_counting_minutes(start in 0_i64..2_600_000, length in 0_i64..20_000) {
            let china = WorkCalendar::china().unwrap();
            let from = at("2022-01-01T00:00:00+08:00") + TimeDelta::minutes(start);
            let to = from + TimeDelta::minutes(length);
            let counted = minutes_by_hand(&china, from, length);
            prop_assert_eq!(china.working_seconds(from, to), counted * 60);
        }

        #[test]
        fn due_is_the_first_instant(start in 0_i64..2_600_000, minutes in 1_u32..10_000) {
            let china = WorkCalendar::china().unwrap();
            let from = at("2022-01-01T00:00:00+08:00") + TimeDelta::minutes(start);
            let due = china.due(from, minutes);
            prop_assert_eq!(china.working_ms(from, due), i64::from(minutes) * 60_000);
            prop_assert!(china.working_ms(from, due - TimeDelta::milliseconds(1)) < i64::from(minutes) * 60_000);
            prop_assert_eq!(china.due_with_pauses(from, minutes, &[]), Some(due));
        }
    }
}
