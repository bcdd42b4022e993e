//! Coverage, workload and response times, through the disclosure policy.

use super::{Service, ServiceError, frames, hot::Hot, question::Question};
use crate::{
    analytics::{self, By, Frames, Period, Publication, catalogue::Description, figures::FigureRow, stats::Balance},
    case::{Clocks, WorkCalendar},
    disclosure::{MIN_N, Viewer},
    place::{Id, Level},
};
use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
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
    pub fn of_place(&self, id: Id) -> Vec<FigureRow> {
        let id = id.to_string();
        self.rows.iter().filter(|row| row.place.as_deref() == Some(id.as_str())).cloned().collect()
    }
}

/// Whether small numbers may be told, and the question.
type Key = (Question, bool);

/// Figures that were computed from one snapshot, by question and viewer.
#[derive(Default)]
pub struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    figures: HashMap<Key, Arc<Figures>>,
    rows: usize,
}

impl Cache {
    /// Questions kept, and rows of their answers (a row takes about 300 bytes); beyond that the cache starts anew, since a snapshot
    /// lives shortly.
    const QUESTIONS: usize = 512;
    const ROWS: usize = 1_000_000;

    fn get(&self, key: &Key) -> Option<Arc<Figures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).figures.get(key).cloned()
    }

    fn put(&self, key: Key, figures: Arc<Figures>) {
        let rows = figures.rows.len() + figures.total.len();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.figures.len() >= Self::QUESTIONS || kept.rows + rows > Self::ROWS {
            *kept = Kept::default();
        }
        if rows <= Self::ROWS && kept.figures.insert(key, figures).is_none() {
            kept.rows += rows;
        }
    }
}

impl Service {
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown metric, [`ServiceError::BadQuery`], [`ServiceError::Forbidden`] for figures by
    /// worker, [`ServiceError::Empty`], [`ServiceError::Store`].
    pub async fn figures(&self, viewer: Viewer, query: FigureQuery) -> Result<Arc<Figures>, ServiceError> {
        let hot = self.hot();
        let question = Question::parse(&query)?;
        question.check(viewer)?;
        let records = Arc::clone(hot.records(&self.store).await?);
        let key = (question.within_the_data(viewer, &hot, &records)?, viewer.may_identify());
        if let Some(known) = hot.figures.get(&key) {
            return Ok(known);
        }
        let frames = self.frames(&hot).await?;
        let calendar = calendar(&hot)?;
        let turn = self.turn().await?;
        // Whoever waited for a turn may find that another had the same question.
        if let Some(known) = hot.figures.get(&key) {
            return Ok(known);
        }
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let figures = Arc::new(key.0.answer(&hot, publication(viewer), &frames, &calendar)?);
            hot.figures.put(key, Arc::clone(&figures));
            Ok(figures)
        })
        .await?
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
        let eras = self.eras(hot).await?;
        let hot = Arc::clone(hot);
        let frames = tokio::task::spawn_blocking(move || {
            let clocks = Clocks::shipped().map_err(|error| ServiceError::Analytics(error.to_string()))?;
            let source = frames::Source {
                hot: &hot,
                records: &records,
                calendar: &calendar,
                clocks: &clocks,
                eras: &eras,
                replayed: None,
                as_of,
            };
            Frames::try_from(frames::input(&source)).map_err(|error| ServiceError::Analytics(error.to_string()))
        });
        frames.await?
    }
}

pub(super) fn calendar(hot: &Hot) -> Result<WorkCalendar, ServiceError> {
    WorkCalendar::of_zone(hot.area()?.zone).map_err(|error| ServiceError::Analytics(error.to_string()))
}

/// The frames of the whole area.
pub struct Analysis {
    pub frames: Arc<Frames>,
    pub zone: chrono_tz::Tz,
    /// The last instant that any record knows of; `None` without any.
    pub observed_until: Option<DateTime<Utc>>,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(rows: usize) -> Arc<Figures> {
        let row = FigureRow {
            place: None,
            code: None,
            name: None,
            period: "2026-10".to_owned(),
            value: Some(1.0),
            reason: None,
            numerator: None,
            denominator: None,
            n: Some(1),
            low: None,
            high: None,
            shrunken: None,
            p90: None,
            closed_median_raw: None,
            excluded: None,
        };
        Arc::new(Figures {
            metric: analytics::Metric::Events.describe(),
            by: By::Grid,
            period: Period::Month,
            rows: vec![row; rows],
            total: Vec::new(),
            balance: None,
        })
    }

    #[test]
    fn the_cache_holds_so_many_rows_and_no_more() {
        let cache = Cache::default();
        let key = |kind: usize| (Question::of_kind(&kind.to_string()), true);
        let known = || (0..5).filter(|kind| cache.get(&key(*kind)).is_some()).collect::<Vec<_>>();
        cache.put(key(0), figures(Cache::ROWS / 2));
        cache.put(key(1), figures(Cache::ROWS / 2));
        assert_eq!(known(), [0, 1]);
        cache.put(key(2), figures(1));
        assert_eq!(known(), [2], "it starts anew");
        cache.put(key(3), figures(Cache::ROWS + 1));
        assert!(!known().contains(&3), "one answer that is larger than all of it is not kept");
    }
}
