//! Coverage, workload and response times, through the disclosure policy.

use super::{Service, ServiceError, frames, hot::Hot, period};
use crate::{
    analytics::{
        self, By, Clock, Frames, Metric, Period, Publication, Query, Weights,
        catalogue::Description,
        figures::{FigureRow, rows},
        stats::Balance,
    },
    case::{Clocks, WorkCalendar},
    disclosure::{MIN_N, Viewer},
    place::{Id, Level},
    table::guarded,
};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

/// The metrics with their units and definitions.
#[must_use]
pub fn catalogue() -> Vec<Description> {
    analytics::catalogue::catalogue()
}

/// What is asked for, in words; what is `None` takes the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FigureQuery {
    pub metric: String,
    /// Grid by default.
    pub by: Option<String>,
    /// Month by default.
    pub period: Option<String>,
    /// Local month or day.
    pub from: Option<String>,
    pub to: Option<String>,
    /// Category of reports.
    pub kind: Option<String>,
    /// Wall time by default.
    pub clock: Option<String>,
}

impl FigureQuery {
    /// `metric` of the places at `level`, month by month.
    #[must_use]
    pub fn monthly(metric: &str, level: Level) -> Self {
        Self { metric: metric.to_owned(), by: Some(level.word().to_owned()), ..Self::default() }
    }
}

/// The values of one metric.
#[derive(Clone, Debug)]
pub struct Figures {
    pub metric: Description,
    pub by: By,
    pub period: Period,
    /// By code, then period.
    pub rows: Vec<FigureRow>,
    /// The same over all places, a row a period.
    pub total: Vec<FigureRow>,
    /// How evenly the load lies; of workload only.
    pub balance: Option<Balance>,
}

impl Figures {
    /// The rows of one place.
    #[must_use]
    pub fn of_place(&self, id: Id) -> Self {
        let id = id.to_string();
        let rows = self.rows.iter().filter(|row| row.place.as_deref() == Some(id.as_str())).cloned().collect();
        Self { rows, total: Vec::new(), ..self.clone() }
    }
}

impl Figures {
    /// A table with a row a place and period, then the totals; UTF-8 with a byte order mark.
    ///
    /// # Errors
    /// [`ServiceError::Analytics`] where the table cannot be written.
    pub fn to_csv(&self) -> Result<Vec<u8>, ServiceError> {
        let mut table = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        let written = (|| {
            table.write_record([
                "metric",
                "unit",
                "place",
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
            ])?;
            for row in self.rows.iter().chain(&self.total) {
                let number = |value: Option<f64>| value.map(|number| number.to_string()).unwrap_or_default();
                let text = |text: &Option<String>| guarded(text.as_deref().unwrap_or_default()).into_owned();
                table.write_record([
                    self.metric.id.to_owned(),
                    self.metric.unit.to_owned(),
                    text(&row.place),
                    text(&row.code),
                    text(&row.name),
                    row.period.clone(),
                    number(row.value),
                    text(&row.reason),
                    number(row.numerator),
                    number(row.denominator),
                    row.n.map(|n| n.to_string()).unwrap_or_default(),
                    number(row.low),
                    number(row.high),
                    number(row.shrunken),
                    number(row.p90),
                    number(row.closed_median_raw),
                ])?;
            }
            table.flush().map_err(csv::Error::from)
        })();
        written.map_err(|error| ServiceError::Analytics(error.to_string()))?;
        table.into_inner().map_err(|error| ServiceError::Analytics(error.to_string()))
    }
}

/// Figures that were computed from one snapshot, by question and viewer.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<(FigureQuery, bool), Arc<Figures>>>);

impl Cache {
    /// Questions kept; beyond that the cache starts anew, since a snapshot lives shortly.
    const SIZE: usize = 512;

    fn get(&self, key: &(FigureQuery, bool)) -> Option<Arc<Figures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: (FigureQuery, bool), figures: Arc<Figures>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= Self::SIZE {
            kept.clear();
        }
        kept.insert(key, figures);
    }
}

impl Service {
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown metric, [`ServiceError::BadQuery`], [`ServiceError::Forbidden`] for figures by
    /// worker, [`ServiceError::Empty`], [`ServiceError::Store`].
    pub async fn figures(&self, viewer: Viewer, query: FigureQuery) -> Result<Arc<Figures>, ServiceError> {
        let hot = self.hot();
        let key = (query, viewer.may_identify());
        if let Some(known) = hot.figures.get(&key) {
            return Ok(known);
        }
        let question = Question::parse(&key.0, &hot)?;
        question.check(viewer)?;
        let frames = self.frames(&hot).await?;
        let calendar = calendar(&hot)?;
        let figures = tokio::task::spawn_blocking(move || question.answer(publication(viewer), &frames, &calendar)).await??;
        let figures = Arc::new(figures);
        hot.figures.put(key, Arc::clone(&figures));
        Ok(figures)
    }

    /// Everything that figures are computed from, for whoever may see all of it; by what was known at `as_of`.
    ///
    /// # Errors
    /// [`ServiceError::Empty`], [`ServiceError::Store`].
    pub async fn analysis(&self, as_of: Option<DateTime<Utc>>) -> Result<Analysis, ServiceError> {
        let hot = self.hot();
        let zone = hot.area()?.zone;
        let frames = match as_of {
            Some(as_of) if hot.as_of.is_some_and(|last| as_of < last) => Arc::new(self.frames_of(&hot, as_of).await?),
            _ => self.frames(&hot).await?,
        };
        Ok(Analysis { frames, zone, observed_until: hot.as_of })
    }

    /// The input frames of a snapshot, built when first needed.
    pub(super) async fn frames(&self, hot: &Arc<Hot>) -> Result<Arc<Frames>, ServiceError> {
        let build = || async { Ok(Arc::new(self.frames_of(hot, DateTime::<Utc>::MAX_UTC).await?)) };
        hot.frames.get_or_try_init(build).await.cloned()
    }

    async fn frames_of(&self, hot: &Arc<Hot>, as_of: DateTime<Utc>) -> Result<Frames, ServiceError> {
        let records = Arc::clone(hot.records(&self.store).await?);
        let calendar = calendar(hot)?;
        let hot = Arc::clone(hot);
        let frames = tokio::task::spawn_blocking(move || {
            let clocks = Clocks::shipped().map_err(|error| ServiceError::Analytics(error.to_string()))?;
            let source = frames::Source { hot: &hot, records: &records, calendar: &calendar, clocks: &clocks, as_of };
            Frames::try_from(frames::input(&source)).map_err(|error| ServiceError::Analytics(error.to_string()))
        });
        frames.await?
    }
}

fn calendar(hot: &Hot) -> Result<WorkCalendar, ServiceError> {
    WorkCalendar::of_zone(hot.area()?.zone).map_err(|error| ServiceError::Analytics(error.to_string()))
}

/// The frames of the whole area.
pub struct Analysis {
    pub frames: Arc<Frames>,
    pub zone: chrono_tz::Tz,
    /// The last instant that any record knows of; `None` without any.
    pub observed_until: Option<DateTime<Utc>>,
}

/// A question that makes sense.
struct Question {
    metric: Metric,
    by: By,
    period: Period,
    clock: Clock,
    kind: Option<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    zone: chrono_tz::Tz,
    as_of: DateTime<Utc>,
}

impl Question {
    fn parse(query: &FigureQuery, hot: &Hot) -> Result<Self, ServiceError> {
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
        let zone = hot.area()?.zone;
        let as_of = hot.as_of.unwrap_or_else(Utc::now);
        Ok(Self { metric, by, period: cut, clock, kind: query.kind.clone(), from, to, zone, as_of })
    }

    /// # Errors
    /// [`ServiceError::Forbidden`] for what only the office may ask. The public gets months and windows of 1, 3 or 12 of
    /// them: windows at will would narrow down what is withheld.
    fn check(&self, viewer: Viewer) -> Result<(), ServiceError> {
        let forbidden = |why: &str| Err(ServiceError::Forbidden(why.to_owned()));
        if self.by == By::Worker && !viewer.may_identify() {
            return forbidden("figures by worker are for the office only; ask by grid");
        }
        if viewer.may_read_small_n() {
            return Ok(());
        }
        let is_first = |day: Option<NaiveDate>| day.is_none_or(|day| day.day() == 1);
        if matches!(self.period, Period::Week | Period::Day) || !is_first(self.from) || !is_first(self.to) {
            return forbidden(
                "figures by day or week are for the office only; ask by month: period=month, from=2026-08, to=2026-10",
            );
        }
        let months = |from: NaiveDate, to: NaiveDate| {
            (to.year() - from.year()) * 12 + to.month0().cast_signed() - from.month0().cast_signed()
        };
        match (self.period, self.from, self.to) {
            (Period::All, None, None) | (Period::Month, ..) => Ok(()),
            (Period::All, Some(from), Some(to)) if [1, 3, 12].contains(&months(from, to)) => Ok(()),
            _ => forbidden(
                "one figure over 1, 3 or 12 whole months, or over all time without from and to; other windows are for the office only",
            ),
        }
    }

    fn answer(
        self,
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
            zone: self.zone,
            from: self.from,
            to: self.to,
            kind,
            clock: self.clock,
            publication,
            as_of: self.as_of,
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

/// How figures are made fit for the viewer.
pub(super) fn publication(viewer: Viewer) -> Option<Publication> {
    (!viewer.may_read_small_n()).then_some(Publication { min_n: MIN_N, base: MIN_N })
}

/// A count as the viewer may see it: exact, or rounded; `None` where it is too small to be told.
pub(super) fn shown(viewer: Viewer, count: u64) -> Option<u64> {
    match publication(viewer) {
        Some(rule) if (1..u64::from(rule.min_n)).contains(&count) => None,
        Some(rule) => Some(u64::from(rule.round_count(u32::try_from(count).unwrap_or(u32::MAX)))),
        None => Some(count),
    }
}

fn word<T: FromStr<Err: std::fmt::Display>>(name: &str, text: Option<&str>) -> Result<Option<T>, ServiceError> {
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|error| ServiceError::BadQuery(format!("{name}={text}: {error}"))))
        .transpose()
}
