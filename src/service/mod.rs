//! The use cases: the only code that joins the other rooms. Each takes the viewer on whose behalf it runs.

mod card;
mod defects;
#[cfg(feature = "testing")]
mod demo;
mod eras;
mod error;
mod export;
mod figures;
mod figures_file;
mod frames;
mod heat;
mod hot;
mod import;
mod numbering;
mod overview;
mod period;
mod placed;
mod placing;
mod plans;
mod question;
mod table_file;
mod timeline;

pub use card::{FacilityCard, PlaceCard, PlaceRef, PostCard, SquareCard};
pub use error::ServiceError;
pub use export::{Chunks, ExportFormat, ExportQuery, drain};
pub use figures::{Analysis, FigureQuery, Figures, catalogue};
pub use heat::HeatQuery;
pub use import::{ImportError, ImportOptions, ImportOutcome, PublishedLevel};
pub use overview::Overview;
pub use plans::{
    Affected, BalanceJob, BalanceLimit, BalanceOrder, BalanceState, Command, Compared, Drawn, Flip, Origin, PlaceFeature,
    PlanFigures, PlanHome, PlanView, PricedMove, Publication, Published, Side,
};
pub use table_file::{TableFileError, read_table};

use crate::store::{Store, Target};
use hot::Hot;
use std::sync::{Arc, RwLock, Weak};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// The service over one store and one area.
pub struct Service {
    store: Store,
    /// What readers use; swapped whole when the store has changed.
    hot: RwLock<Arc<Hot>>,
    /// Held while a new [`Hot`] is being loaded, so that it is loaded once.
    loading: Mutex<()>,
    /// Boundaries that are no longer in force, for figures of the past.
    past: eras::Past,
    /// Plans that are being worked on.
    desks: plans::Desks,
    /// Searches for better balanced plans.
    jobs: plans::Jobs,
    /// Heavy computations that may begin: more at once than there are cores end no sooner, and take more memory.
    turns: Arc<Semaphore>,
}

impl Service {
    /// Opens the store, brings its schema up to date and loads the boundaries.
    ///
    /// # Errors
    /// [`ServiceError::Store`] where the store cannot be opened or read.
    pub async fn open(target: Target, area: Option<&str>) -> Result<Arc<Self>, ServiceError> {
        let store = Store::open(&target, area).await?;
        let hot = Hot::load(&store).await?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Arc::new(Self {
            store,
            hot: RwLock::new(Arc::new(hot)),
            loading: Mutex::new(()),
            past: eras::Past::default(),
            desks: plans::Desks::default(),
            jobs: plans::Jobs::default(),
            turns: Arc::new(Semaphore::new(cores)),
        }))
    }

    /// The number of the last change that answers are based on.
    #[must_use]
    pub fn change_seq(&self) -> i64 {
        self.hot().seq
    }

    /// What the store is, for logs: never a password.
    #[must_use]
    pub fn store_name(&self) -> String {
        self.store.place()
    }

    /// Whether the store answers and is still the one that was opened.
    ///
    /// # Errors
    /// [`ServiceError::Store`] if it is not.
    pub async fn ping(&self) -> Result<(), ServiceError> {
        Ok(self.store.check().await?)
    }

    /// Closes the store's connections.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Waits for a turn to compute something heavy. Keep it until the computation has ended, also where nobody waits for it any
    /// more.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, ServiceError> {
        Arc::clone(&self.turns).acquire_owned().await.map_err(|_| ServiceError::Cancelled)
    }

    fn hot(&self) -> Arc<Hot> {
        // A poisoned lock still holds a whole snapshot: it is only ever replaced by another.
        Arc::clone(&self.hot.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Loads what the store holds now, if it has changed since.
    async fn refresh(&self) -> Result<(), ServiceError> {
        let _one_at_a_time = self.loading.lock().await;
        self.store.adopt_area().await?;
        if self.store.area().await?.is_none() || self.store.change_seq().await? == self.hot().seq {
            return Ok(());
        }
        let fresh = Arc::new(Hot::load(&self.store).await?);
        *self.hot.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Loads the latest state and what its figures are computed from, so that nobody who asks has to wait for it.
    async fn refresh_or_warn(&self) {
        let fresh = async {
            self.refresh().await?;
            let hot = self.hot();
            if hot.area().is_ok() { self.frames(&hot).await.map(drop) } else { Ok(()) }
        };
        if let Err(error) = fresh.await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the store's changes could not be read; the last state stays"
            );
        }
    }

    /// Keeps an eye on the store in the background: what another process imports shows up here.
    ///
    /// Plans whose day has come are published.
    pub fn watch(self: &Arc<Self>) {
        tokio::spawn(watch(Arc::downgrade(self)));
        tokio::spawn(publish_due(Arc::downgrade(self)));
    }
}

/// How long to wait before looking again, where the store is empty or away.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// How often it is looked whether the day of a plan has come.
const LOOK_FOR_DUE: std::time::Duration = std::time::Duration::from_mins(1);

async fn publish_due(service: Weak<Service>) {
    loop {
        let Some(strong) = service.upgrade() else { return };
        if let Err(error) = strong.publish_due().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "plans that are due could not be looked for");
        }
        drop(strong);
        tokio::time::sleep(LOOK_FOR_DUE).await;
    }
}

async fn watch(service: Weak<Service>) {
    loop {
        let Some(strong) = service.upgrade() else { return };
        let changes = match strong.store.adopt_area().await {
            Ok(()) => strong.store.watch_changes().await,
            Err(error) => Err(error),
        };
        if let Ok(mut changes) = changes {
            strong.refresh_or_warn().await;
            drop(strong);
            while changes.changed().await.is_ok() {
                let Some(strong) = service.upgrade() else { return };
                strong.refresh_or_warn().await;
            }
        } else {
            drop(strong);
        }
        tokio::time::sleep(PATIENCE).await;
    }
}
