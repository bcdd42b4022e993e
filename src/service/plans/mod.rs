//! Plans: founding, drawing, looking at what a draft would mean, publishing.

mod balance;
mod compare;
mod desks;
mod draw;
mod evidence;
mod look;
mod notify;
mod publish;
mod rebase;
mod replay;
mod share;

pub(super) use balance::Jobs;
pub use balance::{BalanceJob, BalanceLimit, BalanceOrder, BalanceState, PricedMove};
pub use compare::{Compared, Side};
pub(super) use desks::Desks;
pub use desks::PlanView;
pub use draw::{Command, Drawn, Flip};
pub use look::{PlaceFeature, PlanFigures, PlanHome};
pub use notify::Affected;
pub use publish::{Publication, Published};

use super::{Service, ServiceError};
use crate::{
    disclosure::Viewer,
    place::Id,
    plan::{Body, History, PlanError},
    store::PlanRecord,
};
use chrono::Utc;

/// Where a new plan begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The boundaries in force.
    Latest,
    Version(i64),
    /// A state of another plan, by the entry that it follows; the present one if none is given.
    Branch {
        plan: Id,
        state: Option<i64>,
    },
}

impl Service {
    /// All plans, the oldest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for the public, [`ServiceError::Empty`], [`ServiceError::Store`].
    pub async fn plans(&self, viewer: Viewer) -> Result<Vec<PlanRecord>, ServiceError> {
        self.planner(viewer)?;
        Ok(self.store.plans().await?)
    }

    /// Founds a plan. A branch takes the operations of its origin with it, so that it stands by itself.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Plan`], [`ServiceError::Store`].
    pub async fn found_plan(&self, viewer: Viewer, name: &str, by: &str, origin: Origin) -> Result<PlanRecord, ServiceError> {
        self.planner(viewer)?;
        History::new(name, 0, by).check(by, &Body::Rename { name: name.to_owned() })?;
        let hot = self.hot();
        let latest = hot.versions.last().map(|version| version.number).ok_or(ServiceError::Empty)?;
        let (base, branch, copied) = match origin {
            Origin::Latest => (latest, None, Vec::new()),
            Origin::Version(number) if hot.versions.iter().any(|it| it.number == number) => (number, None, Vec::new()),
            Origin::Version(number) => {
                return Err(ServiceError::NotFound(format!("base={number}: the versions are 1 to {latest}")));
            }
            Origin::Branch { plan, state } => {
                let (history, entries) = self.plan_log(plan).await?;
                let state = state.unwrap_or(history.head());
                if state != 0 && !history.nodes().contains_key(&state) {
                    return Err(PlanError::NoSuchState(state).into());
                }
                let path = history.path(state);
                let copied = entries.into_iter().filter(|entry| path.operations.contains(&entry.seq)).collect();
                (path.base, Some((plan, state)), copied)
            }
        };
        let history = History::new(name, base, by);
        let now = Utc::now();
        let record = PlanRecord {
            id: Id::new(),
            name: name.trim().to_owned(),
            state: history.state().word().to_owned(),
            base,
            origin: branch,
            created_at: now,
            created_by: by.trim().to_owned(),
            changed_at: now,
            entries: 0,
        };
        let entries = copied.iter().map(desks::to_store).collect::<Result<Vec<_>, _>>()?;
        let mut writer = self.store.write().await?;
        writer.found_plan(&record).await?;
        if !entries.is_empty() {
            writer.append_to_plan(record.id, 0, &desks::summary(&history), &entries).await?;
        }
        writer.commit().await?;
        self.store.plan(record.id).await?.ok_or_else(|| desks::unknown(record.id))
    }

    /// That the viewer may plan at all.
    fn planner(&self, viewer: Viewer) -> Result<(), ServiceError> {
        self.hot().area()?;
        if viewer.may_plan() {
            return Ok(());
        }
        Err(ServiceError::Forbidden("plans are for the office only; ask for a link to read one".to_owned()))
    }
}
