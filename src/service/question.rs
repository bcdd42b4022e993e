//! A question for figures that makes sense, that the viewer may ask, and whose answer fits into memory.

use super::{
    FigureQuery, Figures, ServiceError,
    hot::{Hot, Records},
    period,
};
use crate::{
    analytics::{self, By, Clock, Frames, Metric, Period, Publication, Query, Weights, figures::rows},
    case::WorkCalendar,
    disclosure::{Viewer, WindowError},
    place::{ALWAYS, Level},
};
use chrono::{Datelike as _, NaiveDate};
use std::{collections::HashSet, str::FromStr};

/// Rows (places × periods) of one answer to the office.
const MOST_ROWS: u64 = 500_000;

/// Rows of one answer to anybody: twenty years of months of 357 micro-grids are 86,000.
const MOST_PUBLIC_ROWS: u64 = 100_000;

/// What is asked for, understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    metric: Metric,
    by: By,
    period: Period,
    clock: Clock,
    kind: Option<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Question {
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown metric, [`ServiceError::BadQuery`].
    pub fn parse(query: &FigureQuery) -> Result<Self, ServiceError> {
        let metric = query.metric.parse::<Metric>().map_err(|error| ServiceError::NotFound(error.to_string()))?;
        let by = word::<By>("by", query.by.as_deref())?.unwrap_or(By::Grid);
        let cut = word::<Period>("period", query.period.as_deref())?.unwrap_or(Period::Month);
        let clock = word::<Clock>("clock", query.clock.as_deref())?.unwrap_or(Clock::Wall);
        if !metric.by().contains(&by) {
            let allowed: Vec<_> = metric.by().iter().map(|by| by.word()).collect();
            return Err(ServiceError::BadQuery(format!("{metric} is not computed by {by}; it is by {}", allowed.join(", "))));
        }
        if !metric.periods().contains(&cut) {
            let allowed: Vec<_> = metric.periods().iter().map(|period| period.word()).collect();
            return Err(ServiceError::BadQuery(format!(
                "{metric} is not computed per {cut}; it is per {}",
                allowed.join(", ")
            )));
        }
        let (from, to) = period::days(query.from.as_deref(), query.to.as_deref())?;
        Ok(Self { metric, by, period: cut, clock, kind: query.kind.clone(), from, to })
    }

    /// # Errors
    /// [`ServiceError::Forbidden`] for what only the office may ask.
    pub fn check(&self, viewer: Viewer) -> Result<(), ServiceError> {
        if self.by == By::Worker && !viewer.may_identify() {
            return Err(ServiceError::Forbidden("figures by worker are for the office only; ask by grid".to_owned()));
        }
        match self.period {
            Period::All => viewer.check_window(self.from, self.to)?,
            Period::Month => viewer.check_months(self.from, self.to)?,
            Period::Week | Period::Day if viewer.may_read_small_n() => {}
            Period::Week | Period::Day => return Err(WindowError::Days.into()),
        }
        Ok(())
    }

    /// The same question without the time before the first record and after the last, where nothing is to be found: years without
    /// data cost as much as years with them.
    ///
    /// # Errors
    /// [`ServiceError::BadQuery`] where the answer would have more rows than the viewer may ask for.
    pub fn within_the_data(self, viewer: Viewer, hot: &Hot, records: &Records) -> Result<Self, ServiceError> {
        let (today, zone) = (hot.today()?, hot.area()?.zone);
        let first_record = hot.span.map(|span| span.from.with_timezone(&zone).date_naive());
        let first_state = first_state(hot, records);
        let clamped = self.clamped(first_record.into_iter().chain(first_state).min().unwrap_or(today), today);
        let places = match clamped.by {
            By::Area => 1,
            By::Village => hot.division(Level::Village).boundaries.len(),
            By::Grid => hot.division(Level::Grid).boundaries.len(),
            By::MicroGrid => hot.division(Level::MicroGrid).boundaries.len(),
            By::Worker => records.persons.len(),
            By::Kind => records.cases.iter().map(|case| case.category.as_str()).collect::<HashSet<_>>().len(),
        };
        // Without a start, figures begin with the first thing that is counted.
        let periods = clamped.periods(clamped.from.or(first_record).unwrap_or(today), today);
        clamped.check_size(viewer, places as u64, periods)?;
        Ok(clamped)
    }

    fn check_size(&self, viewer: Viewer, places: u64, periods: u64) -> Result<(), ServiceError> {
        if places.saturating_mul(periods) <= most_rows(viewer) {
            return Ok(());
        }
        Err(ServiceError::BadQuery(format!(
            "{} by {} per {}: {places} × {periods} figures are too many at once; ask for a shorter window (from, to) or a larger \
             period (month)",
            self.metric, self.by, self.period
        )))
    }

    /// Cut to the whole periods from the one of `first` to the one of `today`.
    fn clamped(mut self, first: NaiveDate, today: NaiveDate) -> Self {
        // All time is made up of months, as far as what is counted monthly goes.
        let cut = if self.period == Period::All { Period::Month } else { self.period };
        let start = cut.start(first);
        self.from = self.from.map(|from| from.max(start));
        let end = cut.end(cut.start(today));
        self.to = self.to.map(|to| end.map_or(to, |end| to.min(end)));
        self
    }

    /// How many periods, or parts of them, lie in the window.
    fn periods(&self, first: NaiveDate, today: NaiveDate) -> u64 {
        let last = self.to.and_then(|to| to.pred_opt()).map_or(today, |last| last.min(today));
        let (first, last) = (self.period.start(first), self.period.start(last));
        let days = last.signed_duration_since(first).num_days();
        let between = match self.period {
            Period::All => 0,
            Period::Day => days,
            Period::Week => days / 7,
            Period::Month => i64::from(last.year() - first.year()) * 12 + i64::from(last.month()) - i64::from(first.month()),
        };
        u64::try_from(between + 1).unwrap_or(0)
    }

    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown kind, [`ServiceError::Empty`], [`ServiceError::Analytics`].
    pub fn answer(
        &self,
        hot: &Hot,
        publication: Option<Publication>,
        frames: &Frames,
        calendar: &WorkCalendar,
    ) -> Result<Figures, ServiceError> {
        let failed = |error: String| ServiceError::Analytics(error);
        let weights = Weights::shipped().map_err(|error| failed(error.to_string()))?;
        let kind = match &self.kind {
            None => None,
            Some(kind) => Some(frames.names.find(kind).ok_or_else(|| {
                ServiceError::NotFound(format!("kind={kind}: no report is of this kind; GET /api/v1/report-kinds lists them"))
            })?),
        };
        let query = Query {
            by: self.by,
            period: self.period,
            zone: hot.area()?.zone,
            from: self.from,
            to: self.to,
            kind,
            clock: self.clock,
            publication,
            as_of: hot.as_of.unwrap_or_else(chrono::Utc::now),
        };
        let found =
            analytics::compute(self.metric, frames, &weights, calendar, &query).map_err(|error| failed(error.to_string()))?;
        let rows = |frame| rows(&frame).map_err(|error| failed(error.to_string()));
        Ok(Figures {
            metric: self.metric.describe(),
            by: self.by,
            period: self.period,
            rows: rows(found.rows)?,
            total: rows(found.total)?,
            balance: found.balance,
        })
    }
}

const fn most_rows(viewer: Viewer) -> u64 {
    match viewer {
        Viewer::Administrator => MOST_ROWS,
        Viewer::Public => MOST_PUBLIC_ROWS,
    }
}

/// The first day on which a post, a square or a boundary is known to have been there: there are figures of states from then on.
fn first_state(hot: &Hot, records: &Records) -> Option<NaiveDate> {
    let posts = records.posts.iter().map(|post| post.from);
    let squares = records.squares.iter().map(|square| square.valid_from);
    first_known(posts.chain(squares).chain(hot.versions.iter().map(|version| version.valid_from)))
}

fn first_known(days: impl Iterator<Item = NaiveDate>) -> Option<NaiveDate> {
    days.filter(|day| *day != ALWAYS).min()
}

fn word<T: FromStr<Err: std::fmt::Display>>(name: &str, text: Option<&str>) -> Result<Option<T>, ServiceError> {
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|error| ServiceError::BadQuery(format!("{name}={text}: {error}"))))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Question {
        pub fn of_kind(kind: &str) -> Self {
            Self {
                metric: Metric::Visits,
                by: By::MicroGrid,
                period: Period::Day,
                clock: Clock::Wall,
                kind: Some(kind.to_owned()),
                from: None,
                to: None,
            }
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn window(period: Period, from: &str, to: &str) -> (Option<NaiveDate>, Option<NaiveDate>, u64) {
        let question = Question { period, from: Some(day(from)), to: Some(day(to)), ..Question::of_kind("") };
        let (first, today) = (day("2026-08-20"), day("2026-10-15"));
        let clamped = question.clamped(first, today);
        let periods = clamped.periods(clamped.from.unwrap(), today);
        (clamped.from, clamped.to, periods)
    }

    #[test]
    fn centuries_without_data_are_left_out() {
        let centuries = |period| window(period, "1900-01-01", "2201-01-01");
        let got = |from, to, periods| (Some(day(from)), Some(day(to)), periods);
        assert_eq!(centuries(Period::Day), got("2026-08-20", "2026-10-16", 57));
        assert_eq!(centuries(Period::Week), got("2026-08-17", "2026-10-19", 9));
        assert_eq!(centuries(Period::Month), got("2026-08-01", "2026-11-01", 3));
        assert_eq!(centuries(Period::All), got("2026-08-01", "2026-11-01", 1));
    }

    #[test]
    fn what_was_always_there_has_no_first_day() {
        assert_eq!(first_known([ALWAYS, day("2026-01-05"), day("2025-03-01")].into_iter()), Some(day("2025-03-01")));
        assert_eq!(first_known([ALWAYS].into_iter()), None);
    }

    #[test]
    fn the_public_gets_shorter_answers_than_the_office() {
        let fits = |viewer, periods| Question::of_kind("").check_size(viewer, 1000, periods).is_ok();
        assert!(fits(Viewer::Public, 100) && !fits(Viewer::Public, 101));
        assert!(fits(Viewer::Administrator, 500) && !fits(Viewer::Administrator, 501));
    }

    #[test]
    fn a_window_inside_the_data_stays() {
        let got = |from, to, periods| (Some(day(from)), Some(day(to)), periods);
        assert_eq!(window(Period::Day, "2026-09-01", "2026-09-11"), got("2026-09-01", "2026-09-11", 10));
        assert_eq!(window(Period::Month, "2026-09-01", "2026-10-01"), got("2026-09-01", "2026-10-01", 1));
        assert_eq!(window(Period::Day, "1950-01-01", "1951-01-01").2, 0, "before all data");
    }
}
