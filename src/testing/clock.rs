//! The demo's clock: local seconds, office hours, holidays.

use super::settings::CalendarPlan;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use std::collections::BTreeSet;

/// Seconds since 1970 on a clock in UTC+8.
pub type Local = i64;

const DAY: i64 = 86_400;
const OFFSET: i64 = 8 * 3600;
/// Minutes of office work a day: 08–12 and 14–18.
const OFFICE: i64 = 480;

/// The months of the demo, and which of its days are worked.
#[derive(Clone, Debug)]
pub struct Clock {
    pub first: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
    holidays: BTreeSet<NaiveDate>,
    /// The working days from a month before `first` to half a year after `end`, as days since 1970.
    workdays: Vec<i64>,
}

impl Clock {
    /// The last `months` months that the settings speak of.
    ///
    /// # Panics
    /// If the settings name no month.
    #[must_use]
    pub fn new(plan: &CalendarPlan, months: u32) -> Self {
        let last: NaiveDate = format!("{}-01", plan.last_month).parse().expect("the settings name the last month");
        let end = last + Months::new(1);
        let first = end - Months::new(months.max(1));
        let mut holidays = BTreeSet::new();
        for &[from, to] in &plan.holidays {
            holidays.extend(from.iter_days().take_while(|&day| day <= to));
        }
        let worked: BTreeSet<NaiveDate> = plan.workdays.iter().copied().collect();
        let is_worked =
            |day: &NaiveDate| worked.contains(day) || (day.weekday().num_days_from_monday() < 5 && !holidays.contains(day));
        let until = end + Months::new(6);
        let workdays =
            (first - Days::new(31)).iter_days().take_while(|&day| day < until).filter(is_worked).map(day_number).collect();
        Self { first, end, holidays, workdays }
    }

    /// The moment at which the demo's data end.
    #[must_use]
    pub fn end(&self) -> Local {
        midnight(self.end)
    }

    #[must_use]
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        self.holidays.contains(&day)
    }

    /// The first day of each month.
    #[must_use]
    pub fn months(&self) -> Vec<NaiveDate> {
        let month = |n| Some(self.first + Months::new(n)).filter(|&month| month < self.end);
        (0..).map_while(month).collect()
    }

    /// `minutes` of office work after `from`.
    #[must_use]
    pub fn after_work(&self, from: Local, minutes: f64) -> Local {
        let day = from.div_euclid(DAY);
        let i = self.workdays.partition_point(|&workday| workday < day);
        let today = self.workdays.get(i) == Some(&day);
        #[expect(clippy::cast_possible_truncation, reason = "working seconds of a demo")]
        let seconds = (minutes.max(0.0) * 60.0) as i64;
        let done = if today { office_seconds(from.rem_euclid(DAY)) } else { 0 };
        let total = done + seconds;
        let ahead = usize::try_from(total / (OFFICE * 60)).unwrap_or(0);
        let workday = self.workdays.get(i + ahead).or(self.workdays.last()).copied().unwrap_or(day);
        workday * DAY + office_time(total % (OFFICE * 60))
    }

    /// `minutes` after `from`, counting from 7 in the morning to 10 in the evening.
    #[must_use]
    pub fn after_waking(&self, from: Local, minutes: f64) -> Local {
        const WAKING: i64 = 15 * 3600;
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a demo")]
        let seconds = (minutes.max(0.0) * 60.0) as i64;
        let awake = (from.rem_euclid(DAY) - 7 * 3600).clamp(0, WAKING);
        let total = awake + seconds;
        (from.div_euclid(DAY) + total / WAKING) * DAY + 7 * 3600 + total % WAKING
    }
}

/// Office seconds that have passed at a second of the day.
fn office_seconds(second: i64) -> i64 {
    let (morning, afternoon) = (second - 8 * 3600, second - 14 * 3600);
    morning.clamp(0, 4 * 3600) + afternoon.clamp(0, 4 * 3600)
}

/// The second of the day at which so many office seconds have passed.
fn office_time(seconds: i64) -> i64 {
    if seconds < 4 * 3600 { 8 * 3600 + seconds } else { 10 * 3600 + seconds }
}

fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}

/// The beginning of a day.
#[must_use]
pub fn midnight(day: NaiveDate) -> Local {
    day_number(day) * DAY
}

/// The day that a moment falls on.
#[must_use]
pub fn day_of(at: Local) -> NaiveDate {
    i32::try_from(at.div_euclid(DAY)).ok().and_then(NaiveDate::from_epoch_days).unwrap_or_default()
}

#[must_use]
pub fn to_utc(at: Local) -> DateTime<Utc> {
    DateTime::from_timestamp(at - OFFSET, 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Local {
        let time = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        time.and_utc().timestamp()
    }

    #[test]
    fn works_in_office_hours_only() {
        let clock = Clock::new(&CalendarPlan::bundled(), 24);
        assert_eq!(clock.months().len(), 24);
        let cases = [
            ("2026-10-23 09:00", 60.0, "2026-10-23 10:00"),
            ("2026-10-23 11:30", 60.0, "2026-10-23 14:30"),
            ("2026-10-23 17:30", 60.0, "2026-10-26 08:30"),
            ("2026-10-24 10:00", 10.0, "2026-10-26 08:10"),
            ("2026-09-30 17:00", 120.0, "2026-10-08 09:00"),
            ("2026-10-09 17:00", 120.0, "2026-10-10 09:00"),
        ];
        for (from, minutes, to) in cases {
            assert_eq!(to_utc(clock.after_work(at(from), minutes)), to_utc(at(to)), "{from} + {minutes}");
        }
        assert_eq!(clock.after_waking(at("2026-10-23 23:10"), 30.0), at("2026-10-24 07:30"));
        assert_eq!(clock.after_waking(at("2026-10-23 05:10"), 30.0), at("2026-10-23 07:30"));
        assert_eq!(clock.after_waking(at("2026-10-23 21:50"), 30.0), at("2026-10-24 07:20"));
        assert_eq!(to_utc(at("2026-10-12 08:00")).to_rfc3339(), "2026-10-12T00:00:00+00:00");
    }
}
