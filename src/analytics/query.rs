//! What is asked for: by whom or where, per which period, from when to when.

use super::{Key, Publication};
use crate::vocabulary::vocabulary;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use polars::prelude::*;

vocabulary! {
    /// What a row of figures stands for.
    By, "way to group" {
        Area => "area", "全域", "area";
        Village => "village", "村社区", "village";
        Grid => "grid", "网格", "grid";
        MicroGrid => "microgrid", "微网格", "micro-grid";
        Worker => "worker", "网格员", "worker";
        Kind => "kind", "类别", "kind";
    }
}

vocabulary! {
    /// How time is cut, in the zone of the area. Weeks are ISO weeks.
    Period, "period" {
        Month => "month", "月", "month";
        Week => "week", "周", "week";
        Day => "day", "日", "day";
        All => "all", "全部", "all";
    }
}

vocabulary! {
    /// Which time response times are measured in. Working time stands still while a case is suspended.
    Clock, "clock" {
        Wall => "wall", "自然时间", "wall";
        Working => "working", "工作时间", "working";
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    pub by: By,
    pub period: Period,
    /// The zone of the area, in which days are cut.
    pub zone: Tz,
    /// The first local day; `None` for no bound.
    pub from: Option<NaiveDate>,
    /// The local day after the last; `None` for no bound.
    pub to: Option<NaiveDate>,
    /// Only cases of this category.
    pub kind: Option<Key>,
    pub clock: Clock,
    /// How the figures are made fit for publication; `None` inside the office.
    pub publication: Option<Publication>,
    /// What is known then: cases still open are censored here, and duties not yet due are left out.
    pub as_of: DateTime<Utc>,
}

impl By {
    /// The column of the input frames that holds the key; `None` for the whole area.
    pub(super) const fn column(self) -> Option<&'static str> {
        match self {
            Self::Area => None,
            Self::Village => Some("village"),
            Self::Grid => Some("grid"),
            Self::MicroGrid => Some("microgrid"),
            Self::Worker => Some("worker"),
            Self::Kind => Some("category"),
        }
    }

    /// The key as column `place`: null for the whole area.
    pub(super) fn place(self) -> Expr {
        self.column().map_or_else(|| lit(NULL).cast(DataType::UInt32), col).alias("place")
    }

    /// Whether a row belongs to any place: rows outside every grid count in the whole area only.
    pub(super) fn placed(self) -> Expr {
        self.column().map_or_else(|| lit(true), |name| col(name).is_not_null())
    }
}

impl Period {
    /// The first day of the period that `date` lies in. All time starts at 1970-01-01.
    #[must_use]
    pub fn start(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::Month => date.with_day(1).unwrap_or(date),
            Self::Week => date - Days::new(u64::from(date.weekday().num_days_from_monday())),
            Self::Day => date,
            Self::All => NaiveDate::default(),
        }
    }

    /// The first day after the period that starts on `start`; `None` for all time.
    #[must_use]
    pub fn end(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Month => start.checked_add_months(Months::new(1)),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Day => start.checked_add_days(Days::new(1)),
            Self::All => None,
        }
    }

    /// "2026-10", "2026-W41", "2026-10-12", "all".
    #[must_use]
    pub fn label(self, start: NaiveDate) -> String {
        match self {
            Self::Month => start.format("%Y-%m").to_string(),
            Self::Week => start.format("%G-W%V").to_string(),
            Self::Day => start.to_string(),
            Self::All => self.word().to_owned(),
        }
    }

    /// The first day of the period of each date in `date`, as column `period`.
    pub(super) fn bucket(self, date: Expr) -> Expr {
        let every = |every: &str| date.clone().dt().truncate(lit(every.to_owned()));
        match self {
            Self::Month => every("1mo"),
            Self::Week => every("1w"),
            Self::Day => date,
            Self::All => lit(0_i32).cast(DataType::Date),
        }
        .alias("period")
    }
}

impl Query {
    /// Everything up to `as_of`, as one figure for the whole area.
    #[must_use]
    pub const fn whole(zone: Tz, as_of: DateTime<Utc>) -> Self {
        Self {
            by: By::Area,
            period: Period::All,
            zone,
            from: None,
            to: None,
            kind: None,
            clock: Clock::Wall,
            publication: None,
            as_of,
        }
    }

    /// The local day of `as_of`.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.as_of.with_timezone(&self.zone).date_naive()
    }

    /// The same, for the whole area.
    pub(super) fn total(&self) -> Self {
        Self { by: By::Area, ..self.clone() }
    }

    pub(super) fn zone(&self) -> PolarsResult<TimeZone> {
        Ok(TimeZone::opt_try_new(Some(self.zone.name()))?.unwrap_or(TimeZone::UTC))
    }

    /// The local day of the instants of a column.
    pub(super) fn local_date(&self, instant: &str) -> PolarsResult<Expr> {
        Ok(col(instant).dt().convert_time_zone(self.zone()?).dt().date())
    }

    /// Whether a day lies in the range asked for; false for null.
    pub(super) fn within(&self, date: Expr) -> Expr {
        let from = self.from.map_or_else(|| lit(true), |from| date.clone().gt_eq(day(from)));
        let to = self.to.map_or_else(|| lit(true), |to| date.clone().lt(day(to)));
        date.is_not_null().and(from).and(to)
    }

    /// `as_of` as a literal that compares with the instants of the frames.
    pub(super) fn now(&self) -> Expr {
        lit(self.as_of.timestamp_millis()).cast(DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)))
    }

    /// The periods that overlap `first..=last` and the range asked for, as (start, first day, day after the last).
    pub(super) fn periods(&self, first: NaiveDate, last: NaiveDate) -> Vec<(NaiveDate, NaiveDate, NaiveDate)> {
        let from = self.from.map_or(first, |from| from.max(first));
        let Some(after) = last.checked_add_days(Days::new(1)) else { return Vec::new() };
        let until = self.to.map_or(after, |to| to.min(after));
        let mut periods = Vec::new();
        let mut day = from;
        while day < until {
            let start = self.period.start(day);
            let end = self.period.end(start).map_or(until, |end| end.min(until));
            periods.push((start, day, end));
            day = end;
        }
        periods
    }
}

/// A date as a literal.
pub(super) fn day(date: NaiveDate) -> Expr {
    lit(days(date)).cast(DataType::Date)
}

/// Days since 1970-01-01, as polars counts dates.
pub(super) fn days(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days().try_into().unwrap_or(i32::MAX)
}

/// The date of a number of days since 1970-01-01.
pub(super) fn date(days: i32) -> NaiveDate {
    let from = NaiveDate::default();
    let step = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { from.checked_sub_days(step) } else { from.checked_add_days(step) }.unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ymd(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shanghai() -> Query {
        Query::whole(chrono_tz::Asia::Shanghai, "2026-11-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn labels() {
        let label = |period: Period, date| period.label(period.start(ymd(date)));
        assert_eq!(label(Period::Month, "2026-10-12"), "2026-10");
        assert_eq!(label(Period::Week, "2027-01-01"), "2026-W53");
        assert_eq!(label(Period::Day, "2026-10-12"), "2026-10-12");
        assert_eq!(label(Period::All, "2026-10-12"), "all");
    }

    #[test]
    fn a_month_starts_at_local_midnight() {
        let midnight: DateTime<Utc> = "2026-09-30T16:00:00Z".parse().unwrap();
        let ms = midnight.timestamp_millis();
        let at =
            Int64Chunked::from_slice("at".into(), &[ms - 1, ms]).into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC));
        let frame = DataFrame::new_infer_height(vec![at.into_series().into()]).unwrap();
        let bucket = Period::Month.bucket(shanghai().local_date("at").unwrap());
        let out = frame.lazy().select([bucket]).collect().unwrap();
        let months: Vec<_> = out.column("period").unwrap().date().unwrap().physical().iter().flatten().map(date).collect();
        assert_eq!(months, [ymd("2026-09-01"), ymd("2026-10-01")]);
    }

    #[test]
    fn periods_are_clipped_to_the_range() {
        let query = Query { from: Some(ymd("2026-01-20")), to: Some(ymd("2026-03-10")), period: Period::Month, ..shanghai() };
        let got = query.periods(ymd("2025-01-01"), ymd("2026-12-31"));
        let first = (ymd("2026-01-01"), ymd("2026-01-20"), ymd("2026-02-01"));
        assert_eq!((got.len(), got[0], got[2].2), (3, first, ymd("2026-03-10")));
    }

    proptest! {
        #[test]
        fn polars_and_chrono_cut_alike(days in -20_000_i32..40_000) {
            let dates = Int32Chunked::from_slice("d".into(), &[days]).into_date().into_series();
            let frame = DataFrame::new_infer_height(vec![dates.into()]).unwrap();
            for period in [Period::Month, Period::Week, Period::Day, Period::All] {
                let out = frame.clone().lazy().select([period.bucket(col("d"))]).collect().unwrap();
                let start = out.column("period").unwrap().date().unwrap().physical().get(0).unwrap();
                prop_assert_eq!(date(start), period.start(date(days)));
            }
        }
    }
}
