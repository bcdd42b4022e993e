//! The hot state: boundaries with their index, and the records that figures are computed from. A snapshot of one state of the
//! store; it never changes, a new one takes its place.

use super::{
    ServiceError,
    eras::{Era, Levels},
    figures, placing,
    timeline::Timeline,
};
use crate::{
    analytics::Frames,
    assign::Assigner,
    case::{Case, CaseEvent, REPORT},
    geometry::BBox,
    layer::Layer,
    people::{Person, Post},
    place::{Boundary, BoundaryVersion, Device, Facility, Household, Id, Level, Period, Square},
    round::{Fulfilment, Round, RoundKind},
    store::{AreaSettings, CaseFilter, Cursor, FulfilmentFilter, Page, Retired, Store, StoreError},
};
use chrono::{DateTime, NaiveDate, Utc};
use futures::{FutureExt as _, future::BoxFuture};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tokio::sync::OnceCell;

/// One level of one version of the boundaries, with its index.
pub struct Division {
    pub boundaries: Vec<Boundary>,
    pub by_id: HashMap<Id, usize>,
    pub assigner: Assigner,
    pub bbox: Option<BBox>,
}

impl Division {
    /// Builds the index. Heavy: call it where blocking is allowed.
    #[must_use]
    pub fn new(boundaries: Vec<Boundary>) -> Self {
        let assigner = Assigner::new(boundaries.iter().map(|boundary| boundary.shape.clone()).collect());
        let by_id = boundaries.iter().enumerate().map(|(i, boundary)| (boundary.id, i)).collect();
        let bbox = boundaries.iter().filter_map(|boundary| BBox::around(&boundary.shape)).reduce(|all, one| all.union(&one));
        Self { boundaries, by_id, assigner, bbox }
    }

    /// The boundaries of the three levels with their indexes; what is missing is empty. Heavy: as [`Division::new`].
    #[must_use]
    fn of_levels(levels: Vec<Vec<Boundary>>) -> Levels {
        let mut levels = levels.into_iter();
        [(); 3].map(|()| Arc::new(Self::new(levels.next().unwrap_or_default())))
    }

    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Boundary> {
        self.by_id.get(&id).and_then(|i| self.boundaries.get(*i))
    }
}

/// How often a snapshot is read anew because the store changed meanwhile.
const ATTEMPTS: u32 = 3;

/// Reads by many queries what belongs together. What changed meanwhile, by the number of the last change, is read again; where
/// changes never pause, the next notice brings them.
async fn of_one_state<T, N, R>(last_change: impl Fn() -> N, read: impl Fn(i64) -> R) -> Result<T, ServiceError>
where
    N: Future<Output = Result<i64, StoreError>>,
    R: Future<Output = Result<T, ServiceError>>,
{
    let mut seq = last_change().await?;
    for _ in 1..ATTEMPTS {
        let state = read(seq).await?;
        let before = std::mem::replace(&mut seq, last_change().await?);
        if before == seq {
            return Ok(state);
        }
    }
    read(seq).await
}

/// The records behind the figures.
#[derive(Default)]
pub struct Records {
    pub households: Vec<Household>,
    pub squares: Vec<Square>,
    pub facilities: Vec<Facility>,
    pub devices: Vec<Device>,
    pub persons: Vec<Person>,
    pub posts: Vec<Post>,
    pub cases: Vec<Case>,
    /// By case, then in order of time.
    pub events: Vec<CaseEvent>,
    pub visits: Vec<Fulfilment>,
    pub rounds: Vec<Round>,
    pub activities: Vec<Fulfilment>,
    pub patrols: Vec<Fulfilment>,
    /// Where households, squares, persons and cases stand in their lists.
    places: HashMap<Id, usize>,
}

/// A snapshot of the store at change `seq`.
pub struct Hot {
    pub seq: i64,
    area: Option<AreaSettings>,
    pub versions: Vec<BoundaryVersion>,
    /// In which versions the levels changed, and so which boundaries were in force when.
    pub level_changes: Vec<(Level, i64)>,
    pub timeline: Timeline,
    /// Places that figures of the past may be about, by id.
    pub retired: Vec<Retired>,
    levels: Levels,
    pub counts: BTreeMap<Layer, u64>,
    pub span: Option<Period>,
    pub as_of: Option<DateTime<Utc>>,
    records: OnceCell<Arc<Records>>,
    /// The input frames of the analytics, built from the records when first needed.
    pub frames: OnceCell<Arc<Frames>>,
    pub figures: figures::Cache,
}

impl Hot {
    /// Reads the boundaries of the latest version and builds their indexes.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn load(store: &Store) -> Result<Self, ServiceError> {
        store.adopt_area().await?;
        if store.area().await?.is_none() {
            return Ok(Self::empty());
        }
        of_one_state(|| store.change_seq(), |seq| Self::read(store, seq)).await
    }

    async fn read(store: &Store, seq: i64) -> Result<Self, ServiceError> {
        let area = store.area().await?;
        let versions = store.versions().await?;
        let latest = versions.last().map(|version| version.number);
        let mut levels = Vec::new();
        for level in Level::ALL {
            levels.push(match latest {
                Some(version) => store.boundaries(*level, version).await?,
                None => Vec::new(),
            });
        }
        let mut retired = store.retired().await?;
        retired.sort_by_key(|place| place.id);
        let levels = tokio::task::spawn_blocking(move || Division::of_levels(levels));
        let level_changes = store.level_changes().await?;
        Ok(Self {
            seq,
            area,
            timeline: Timeline::new(&versions, &level_changes),
            versions,
            level_changes,
            retired,
            levels: levels.await?,
            counts: store.counts().await?,
            span: store.data_span().await?,
            as_of: store.last_instant().await?,
            ..Self::empty()
        })
    }

    /// Of a store into which nothing was imported yet.
    fn empty() -> Self {
        Self {
            seq: 0,
            area: None,
            versions: Vec::new(),
            level_changes: Vec::new(),
            timeline: Timeline::default(),
            retired: Vec::new(),
            levels: Division::of_levels(Vec::new()),
            counts: BTreeMap::new(),
            span: None,
            as_of: None,
            records: OnceCell::new(),
            frames: OnceCell::new(),
            figures: figures::Cache::default(),
        }
    }

    /// # Errors
    /// [`ServiceError::Empty`] before anything was imported.
    pub fn area(&self) -> Result<&AreaSettings, ServiceError> {
        self.area.as_ref().ok_or(ServiceError::Empty)
    }

    /// The local day of the latest record: what holds on it is what holds now, also in data that ended long ago.
    ///
    /// # Errors
    /// [`ServiceError::Empty`] before anything was imported.
    pub fn today(&self) -> Result<NaiveDate, ServiceError> {
        let zone = self.area()?.zone;
        Ok(self.as_of.unwrap_or_else(Utc::now).with_timezone(&zone).date_naive())
    }

    /// The days since the latest version was published; `None` while nothing is.
    #[must_use]
    pub fn era(&self) -> Option<Era> {
        Some(Era { stretch: self.timeline.stretches().last()?.clone(), levels: self.levels() })
    }

    #[must_use]
    pub fn levels(&self) -> Levels {
        self.levels.clone()
    }

    /// The box around all boundaries.
    #[must_use]
    pub fn bbox(&self) -> Option<BBox> {
        self.levels.iter().filter_map(|division| division.bbox).reduce(|all, one| all.union(&one))
    }

    #[must_use]
    pub fn division(&self, level: Level) -> &Division {
        &self.levels[placing::index(level)]
    }

    /// The boundary with `id`, at whatever level.
    #[must_use]
    pub fn boundary(&self, id: Id) -> Option<&Boundary> {
        self.levels.iter().find_map(|division| division.get(id))
    }

    /// The code of a boundary, also of one that is retired, or its id where it has none.
    #[must_use]
    pub fn code(&self, id: Id) -> Option<String> {
        if let Some(boundary) = self.boundary(id) {
            return Some(boundary.code.as_ref().map_or_else(|| id.to_string(), ToString::to_string));
        }
        let retired = self.retired.binary_search_by_key(&id, |it| it.id).ok().and_then(|i| self.retired.get(i))?;
        Some(retired.code.clone().unwrap_or_else(|| id.to_string()))
    }

    /// The records, read when first needed.
    ///
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn records(&self, store: &Store) -> Result<&Arc<Records>, ServiceError> {
        let load = || async {
            let records = match self.area {
                Some(_) => of_one_state(|| store.change_seq(), |_| Records::load(store)).await?,
                None => Records::default(),
            };
            Ok(Arc::new(records))
        };
        self.records.get_or_try_init(load).await
    }
}

impl Records {
    async fn load(store: &Store) -> Result<Self, ServiceError> {
        let mut records = Self {
            households: store.households().await?,
            squares: store.squares().await?,
            facilities: store.facilities().await?,
            devices: store.devices().await?,
            persons: store.persons().await?,
            posts: store.posts().await?,
            cases: reports(store).await?,
            events: events(store).await?,
            visits: fulfilments(store, RoundKind::Visit).await?,
            rounds: store.rounds().await?,
            activities: fulfilments(store, RoundKind::Activity).await?,
            patrols: fulfilments(store, RoundKind::Patrol).await?,
            places: HashMap::new(),
        };
        records.events.sort_by_key(|event| (event.case, event.order()));
        let numbered = |ids: Vec<Id>| ids.into_iter().enumerate().map(|(i, id)| (id, i));
        records.places = numbered(records.households.iter().map(|it| it.id).collect())
            .chain(numbered(records.squares.iter().map(|it| it.id).collect()))
            .chain(numbered(records.persons.iter().map(|it| it.id).collect()))
            .chain(numbered(records.cases.iter().map(|it| it.id).collect()))
            .collect();
        Ok(records)
    }

    #[must_use]
    pub fn household(&self, id: Id) -> Option<&Household> {
        self.places.get(&id).and_then(|i| self.households.get(*i)).filter(|it| it.id == id)
    }

    #[must_use]
    pub fn square(&self, id: Id) -> Option<&Square> {
        self.places.get(&id).and_then(|i| self.squares.get(*i)).filter(|it| it.id == id)
    }

    #[must_use]
    pub fn person(&self, id: Id) -> Option<&Person> {
        self.places.get(&id).and_then(|i| self.persons.get(*i)).filter(|it| it.id == id)
    }

    /// The events of a case in order of time.
    #[must_use]
    pub fn events_of(&self, case: Id) -> &[CaseEvent] {
        let from = self.events.partition_point(|event| event.case < case);
        let to = from + self.events[from..].partition_point(|event| event.case == case);
        &self.events[from..to]
    }

    #[must_use]
    pub fn case(&self, id: Id) -> Option<&Case> {
        self.places.get(&id).and_then(|i| self.cases.get(*i)).filter(|it| it.id == id)
    }
}

/// Records of a page.
const PAGE: u32 = 5000;

/// All pages of a query, one after the other.
async fn all<'a, T>(page: impl Fn(Option<Cursor>) -> BoxFuture<'a, Result<Page<T>, StoreError>>) -> Result<Vec<T>, StoreError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = page(after).await?;
        all.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

async fn reports(store: &Store) -> Result<Vec<Case>, StoreError> {
    let filter = &CaseFilter { kind: Some(REPORT.to_owned()), ..CaseFilter::default() };
    all(|after| async move { store.cases(filter, after.as_ref(), PAGE).await }.boxed()).await
}

async fn events(store: &Store) -> Result<Vec<CaseEvent>, StoreError> {
    all(|after| async move { store.case_events(after.as_ref(), PAGE).await }.boxed()).await
}

async fn fulfilments(store: &Store, kind: RoundKind) -> Result<Vec<Fulfilment>, StoreError> {
    let filter = &FulfilmentFilter { kind: Some(kind), ..FulfilmentFilter::default() };
    all(|after| async move { store.fulfilments(filter, after.as_ref(), PAGE).await }.boxed()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

    /// Reads from a store whose number goes up during each of the first `busy` readings.
    async fn read(busy: u32) -> (i64, u32) {
        let (seq, readings) = (AtomicI64::new(7), AtomicU32::new(0));
        let (seq, readings) = (&seq, &readings);
        let reading = |at| async move {
            if readings.fetch_add(1, Ordering::Relaxed) < busy {
                seq.fetch_add(1, Ordering::Relaxed);
            }
            Ok(at)
        };
        let state = of_one_state(|| async { Ok(seq.load(Ordering::Relaxed)) }, reading).await.unwrap();
        (state, readings.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn what_changed_while_it_was_read_is_read_again() {
        assert_eq!(read(0).await, (7, 1));
        assert_eq!(read(1).await, (8, 2));
        assert_eq!(read(u32::MAX).await, (9, ATTEMPTS), "but not for ever");
    }
}
