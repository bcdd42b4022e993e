//! The plans that are being worked on, each open on its desk.

use super::evidence::evidence;
use crate::{
    analytics::Frames,
    disclosure::Viewer,
    partition::Mended,
    place::{Boundary, Id, Level},
    plan::{Body, Desk, Entry, Evidence, History},
    service::{Service, ServiceError, hot::Hot},
    store::{EntryRecord, NewEntry, PlanRecord, PlanSummary, StoreError},
};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Plans that are kept open; of more the one that was not used for longest is closed. An open plan of a subdistrict takes some
/// 20 MB.
const OPEN: usize = 8;

/// A plan on its desk; `None` while it is not open.
type Seat = Option<Open>;

pub(super) struct Open {
    pub desk: Desk,
    pub record: PlanRecord,
    pub mended: Arc<Vec<Mended>>,
    /// The input frames of a state of the draft.
    pub replayed: Option<(i64, Arc<Frames>)>,
    /// The change of the store that the evidence is of.
    data: i64,
}

/// All desks.
#[derive(Default)]
pub(in crate::service) struct Desks {
    seats: Mutex<Vec<(Id, Arc<Mutex<Seat>>)>>,
    /// Evidence by the change that it is of.
    evidence: Mutex<Option<(i64, Arc<Evidence>)>>,
}

impl Desks {
    async fn seat(&self, id: Id) -> Arc<Mutex<Seat>> {
        let mut seats = self.seats.lock().await;
        let found = seats.iter().position(|(open, _)| *open == id);
        let seat = found.map_or_else(|| (id, Arc::default()), |at| seats.remove(at));
        if seats.len() >= OPEN {
            seats.remove(0);
        }
        seats.push(seat.clone());
        seat.1
    }
}

/// Exclusive use of an open plan.
pub(super) struct Held(OwnedMutexGuard<Seat>);

impl Held {
    /// # Errors
    /// [`ServiceError::Cancelled`] if the plan was closed, which it never is while it is held.
    pub fn open(&mut self) -> Result<&mut Open, ServiceError> {
        self.0.as_mut().ok_or(ServiceError::Cancelled)
    }

    /// Closes the plan, so that whoever comes next opens it anew.
    pub fn close(&mut self) {
        *self.0 = None;
    }

    /// Works on the plan where that may take long.
    pub async fn work<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Open) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<(Self, T), ServiceError> {
        tokio::task::spawn_blocking(move || {
            // Should the work panic, the seat is empty, and whoever comes next opens the plan anew.
            let mut open = self.0.take().ok_or(ServiceError::Cancelled)?;
            let made = work(&mut open);
            *self.0 = Some(open);
            Ok((self, made?))
        })
        .await?
    }
}

/// What is known of a plan without its shapes.
#[derive(Clone, Debug)]
pub struct PlanView {
    pub record: PlanRecord,
    pub history: History,
    pub entries: Vec<Entry>,
    pub locks: Vec<crate::plan::Lock>,
    pub level: Level,
    pub mended: Arc<Vec<Mended>>,
    pub latest_version: i64,
}

impl Service {
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Plan`] where it can't be opened.
    pub async fn plan(&self, viewer: Viewer, id: Id) -> Result<PlanView, ServiceError> {
        let mut held = self.desk(viewer, id).await?;
        let latest_version = self.hot().versions.last().map_or(0, |version| version.number);
        let open = held.open()?;
        Ok(PlanView {
            record: open.record.clone(),
            history: open.desk.history().clone(),
            entries: open.desk.entries().to_vec(),
            locks: open.desk.draft().locks().iter().copied().collect(),
            level: open.desk.live().level(),
            mended: Arc::clone(&open.mended),
            latest_version,
        })
    }

    /// A plan as the store has it now, for the holder's use alone.
    pub(super) async fn desk(&self, viewer: Viewer, id: Id) -> Result<Held, ServiceError> {
        self.planner(viewer)?;
        self.open_desk(id).await
    }

    /// As [`Self::desk`], for whoever was let in already.
    pub(super) async fn open_desk(&self, id: Id) -> Result<Held, ServiceError> {
        let mut held = Held(self.desks.seat(id).await.lock_owned().await);
        let hot = self.hot();
        let record = self.store.plan(id).await?.ok_or_else(|| unknown(id))?;
        if let Some(open) = held.0.as_mut().filter(|open| open.data == hot.seq) {
            let news = self.store.plan_entries(id, open.desk.history().seq()).await?;
            let news = news.iter().map(from_store).collect::<Result<Vec<_>, _>>()?;
            let leaves = news.iter().any(|entry| open.desk.leaves_the_base(entry.seq, &entry.body));
            if !leaves {
                open.record = record;
                if news.is_empty() {
                    return Ok(held);
                }
                let follow = move |open: &mut Open| {
                    news.into_iter().try_for_each(|entry| open.desk.follow(entry).map(drop)).map_err(Into::into)
                };
                return Ok(held.work(follow).await?.0);
            }
        }
        *held.0 = Some(self.opened(&hot, record).await?);
        Ok(held)
    }

    async fn opened(&self, hot: &Arc<Hot>, record: PlanRecord) -> Result<Open, ServiceError> {
        let (history, entries) = self.log_of(&record).await?;
        let base = history.base();
        let boundaries = self.boundaries_of(hot, base).await?;
        let evidence = self.evidence(hot).await?;
        let data = hot.seq;
        let turn = self.turn().await?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let boundaries: Vec<&Boundary> = boundaries.iter().collect();
            let (desk, mended) = Desk::open(history, &boundaries, evidence, entries)?;
            Ok(Open { desk, record, mended: Arc::new(mended), replayed: None, data })
        })
        .await?
    }

    /// All levels of a version.
    pub(super) async fn boundaries_of(&self, hot: &Hot, version: i64) -> Result<Vec<Boundary>, ServiceError> {
        let mut boundaries = Vec::new();
        for &level in Level::ALL {
            if hot.versions.last().is_some_and(|latest| latest.number == version) {
                boundaries.extend(hot.division(level).boundaries.iter().cloned());
            } else {
                boundaries.extend(self.store.boundaries(level, version).await?);
            }
        }
        Ok(boundaries)
    }

    pub(super) async fn evidence(&self, hot: &Arc<Hot>) -> Result<Arc<Evidence>, ServiceError> {
        let mut known = self.desks.evidence.lock().await;
        if let Some((data, evidence)) = known.as_ref()
            && *data == hot.seq
        {
            return Ok(Arc::clone(evidence));
        }
        let records = Arc::clone(hot.records(&self.store).await?);
        let of = Arc::clone(hot);
        let made = tokio::task::spawn_blocking(move || evidence(&of, &records)).await??;
        let made = Arc::new(made);
        *known = Some((hot.seq, Arc::clone(&made)));
        Ok(made)
    }

    /// The history of a plan and its entries.
    pub(super) async fn plan_log(&self, id: Id) -> Result<(History, Vec<Entry>), ServiceError> {
        let record = self.store.plan(id).await?.ok_or_else(|| unknown(id))?;
        self.log_of(&record).await
    }

    async fn log_of(&self, record: &PlanRecord) -> Result<(History, Vec<Entry>), ServiceError> {
        let entries = self.store.plan_entries(record.id, 0).await?;
        let entries = entries.iter().map(from_store).collect::<Result<Vec<_>, _>>()?;
        // The row has the base of the present state; the log begins at the one it was founded on.
        let rebased = entries.iter().any(|entry| matches!(entry.body, Body::Rebase { .. }));
        let founded_on = if rebased { founding_base(record, &entries) } else { record.base };
        let mut history = History::new(&record.name, founded_on, &record.created_by);
        for entry in &entries {
            history.add(entry);
        }
        Ok((history, entries))
    }
}

/// The version that a plan was founded on, which its first rebase names.
fn founding_base(record: &PlanRecord, entries: &[Entry]) -> i64 {
    let first = entries.iter().find_map(|entry| match &entry.body {
        Body::Rebase { from, .. } => Some(*from),
        _ => None,
    });
    first.unwrap_or(record.base)
}

pub(super) fn unknown(id: Id) -> ServiceError {
    ServiceError::NotFound(format!("there is no plan {id}; GET /api/v1/plans lists them"))
}

/// What of a plan's row follows from its history.
pub(super) fn summary(history: &History) -> PlanSummary {
    PlanSummary { name: history.name().to_owned(), state: history.state().word().to_owned(), base: history.base() }
}

pub(super) fn to_store(entry: &Entry) -> Result<NewEntry, ServiceError> {
    let body = serde_json::to_string(&entry.body).map_err(|error| ServiceError::Analytics(error.to_string()))?;
    Ok(NewEntry { at: entry.at, author: entry.author.clone(), why: entry.why.clone(), body })
}

fn from_store(record: &EntryRecord) -> Result<Entry, ServiceError> {
    let body = serde_json::from_str(&record.body);
    let body = body.map_err(|error| StoreError::Decode { column: "body".to_owned(), why: error.to_string() })?;
    let EntryRecord { seq, at, author, why, .. } = record.clone();
    Ok(Entry { seq, at, author, why, body })
}
