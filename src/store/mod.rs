//! The store: the domain's records in a GeoPackage (the embedded default) or in PostGIS, with equal answers.
//!
//! [`Store`] reads what is committed; a [`Writer`] is one transaction. Every query stands once, above a small trait that
//! carries statements and rows; what differs between the databases stands behind that trait. Instants are UTC to the
//! millisecond, geometries EPSG:4326, lists in a stated order.

mod area;
mod backend;
mod boundaries;
mod changes;
mod error;
mod events;
mod geopackage;
mod migrations;
mod plans;
mod postgis;
mod read;
mod record;
mod records;
mod value;
mod wkb;
mod writer;

pub use area::AreaSettings;
pub use boundaries::{PublishBoundaries, Retired};
pub use changes::{Change, ChangeOp};
pub use error::StoreError;
pub use events::RowEvents;
pub use geopackage::{Cell, ForeignLayer, PUBLIC_FILE, read_gpkg_layer};
pub use plans::{EntryRecord, NewEntry, PlanRecord, PlanSummary};
pub use read::{CaseFilter, Cursor, FulfilmentFilter, Page};
pub use writer::Writer;

use crate::{
    layer::Layer,
    place::{BoundaryVersion, Code, Id, Level},
};
use backend::{Backend, Sql, Transaction};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, OnceLock},
};
use tokio::sync::watch;
use value::{Row, Value};

/// Which store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A directory that holds, or will hold, the GeoPackage and its private file.
    Directory(PathBuf),
    /// `postgres://user:password@host/database`.
    Postgres(String),
}

impl FromStr for Target {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            Some("postgres" | "postgresql") => Ok(Self::Postgres(text.to_owned())),
            Some(_) => Err(StoreError::Target(text.to_owned())),
            None if text.is_empty() => Err(StoreError::Target(text.to_owned())),
            None => Ok(Self::Directory(text.into())),
        }
    }
}

/// What an upsert did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub inserted: usize,
    pub updated: usize,
    /// Stood there already, exactly so: not written, not logged.
    pub unchanged: usize,
}

/// What an upsert of cases, or of their events, did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasesWritten {
    /// Cases, or events.
    pub written: Written,
    /// The cases that were changed, or whose events were.
    pub changed: HashSet<Id>,
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// An open store; clones share its connections.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    area: Arc<OnceLock<String>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("place", &self.backend.place()).field("area", &self.area.get()).finish()
    }
}

/// Where a query looks: at what is committed, or from within a transaction.
enum Source<'a> {
    Committed(&'a dyn Backend),
    Within(&'a mut dyn Transaction),
}

impl Source<'_> {
    async fn fetch(&mut self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Committed(backend) => backend.fetch(sql, values).await,
            Self::Within(transaction) => transaction.fetch(sql, values).await,
        }
    }
}

impl Store {
    /// Opens the store, makes it where there is none, and brings its schema up to date. `area`: the key of the area to work
    /// on; where none is given, the only one there.
    ///
    /// # Errors
    /// [`StoreError::NotWangge`], [`StoreError::NewerSchema`], [`StoreError::PrivateFileMissing`], [`StoreError::Open`];
    /// [`StoreError::WhichArea`] where there are several and none is named.
    pub async fn open(target: &Target, area: Option<&str>) -> Result<Self, StoreError> {
        let backend: Arc<dyn Backend> = match target {
            Target::Directory(directory) => Arc::new(geopackage::GeoPackage::open(directory).await?),
            Target::Postgres(url) => Arc::new(postgis::PostGis::open(url).await?),
        };
        let store = Self { backend, area: Arc::new(OnceLock::new()) };
        let keys: Vec<_> = area::all(store.source()).await?.into_iter().map(|area| area.key).collect();
        let chosen = match (area, keys.as_slice()) {
            (Some(area), _) => Some(area.to_owned()),
            (None, [only]) => Some(only.clone()),
            (None, []) => None,
            (None, _) => return Err(StoreError::WhichArea(keys)),
        };
        if let Some(key) = chosen {
            let _ = store.area.set(key);
        }
        Ok(store)
    }

    /// Whether the store answers and is still the one that was opened.
    ///
    /// # Errors
    /// [`StoreError::FileReplaced`], [`StoreError::TablesDropped`], [`StoreError::ConnectionLost`].
    pub async fn check(&self) -> Result<(), StoreError> {
        self.backend.check().await
    }

    /// Closes all connections. A store that is merely dropped loses nothing either.
    pub async fn close(&self) {
        self.backend.close().await;
    }

    /// Directory, or host and database: for messages.
    #[must_use]
    pub fn place(&self) -> String {
        self.backend.place()
    }

    /// That `path` is none of the store's own files: closing another descriptor of them would drop the database's locks.
    ///
    /// # Errors
    /// [`StoreError::OwnFile`].
    pub fn check_foreign(&self, path: &Path) -> Result<(), StoreError> {
        if self.backend.holds(path) { Err(StoreError::OwnFile(path.to_owned())) } else { Ok(()) }
    }

    /// The area that this store works on; `None` until it is described.
    pub async fn area(&self) -> Result<Option<AreaSettings>, StoreError> {
        let Some(key) = self.area.get() else { return Ok(None) };
        Ok(area::all(self.source()).await?.into_iter().find(|area| area.key == *key))
    }

    /// Looks again which area there is, where none was when the store was opened: another process may have made it.
    pub async fn adopt_area(&self) -> Result<(), StoreError> {
        if self.area.get().is_none()
            && let [only] = area::all(self.source()).await?.as_slice()
        {
            let _ = self.area.set(only.key.clone());
        }
        Ok(())
    }

    /// The keys of the areas that the store holds.
    pub async fn areas(&self) -> Result<Vec<String>, StoreError> {
        Ok(area::all(self.source()).await?.into_iter().map(|area| area.key).collect())
    }

    /// As [`Store::write`]; founds the area with these settings where the store does not know it yet.
    ///
    /// # Errors
    /// [`StoreError::WhichArea`] where the store was opened for another one; [`StoreError::Busy`].
    pub async fn write_area(&self, settings: &AreaSettings) -> Result<Writer, StoreError> {
        let key = self.area.get_or_init(|| settings.key.clone());
        if *key != settings.key {
            return Err(StoreError::WhichArea(vec![key.clone(), settings.key.clone()]));
        }
        let mut transaction = self.backend.begin().await?;
        area::found(transaction.as_mut(), settings).await?;
        self.hold(transaction).await
    }

    /// Begins a transaction. It waits for others that write in this area, then holds them off until its end.
    ///
    /// # Errors
    /// [`StoreError::NoArea`], [`StoreError::Busy`].
    pub async fn write(&self) -> Result<Writer, StoreError> {
        let transaction = self.backend.begin().await?;
        self.hold(transaction).await
    }

    async fn hold(&self, mut transaction: Box<dyn Transaction>) -> Result<Writer, StoreError> {
        let area = self.area_key()?;
        let hold = format!("SELECT seq FROM area WHERE area_key = $1{}", self.backend.dialect().for_update());
        if transaction.fetch(hold.into(), vec![area.into()]).await?.is_empty() {
            return Err(StoreError::NoArea);
        }
        Ok(Writer::new(transaction, area.to_owned()))
    }

    /// Published versions, by number.
    pub async fn versions(&self) -> Result<Vec<BoundaryVersion>, StoreError> {
        boundaries::versions(self.source(), self.area_key()?).await
    }

    /// The places that once were in force and are no longer, by id.
    pub async fn retired(&self) -> Result<Vec<Retired>, StoreError> {
        boundaries::retired(self.source(), self.area_key()?).await
    }

    /// The versions in which a level is not as it was in the one before, by number.
    pub async fn level_changes(&self) -> Result<Vec<(Level, i64)>, StoreError> {
        boundaries::level_changes(self.source(), self.area_key()?).await
    }

    /// The places that carry or once carried the codes; codes that nobody had are left out.
    pub async fn ids_by_code(&self, level: Level, codes: &[Code]) -> Result<HashMap<Code, Id>, StoreError> {
        boundaries::ids_by_code(self.source(), self.area_key()?, level, codes).await
    }

    /// Every code that a place of this level carries or once carried: none of them is given out again.
    pub async fn codes_ever(&self, level: Level) -> Result<HashSet<String>, StoreError> {
        const CODES: &str = "SELECT code FROM boundary_code WHERE area = $1 AND level = $2";
        let Ok(area) = self.area_key() else { return Ok(HashSet::new()) };
        let rows = self.source().fetch(CODES.into(), vec![area.into(), level.word().into()]).await?;
        rows.iter().map(|row| row.text("code")).collect()
    }

    /// The ids of records by the keys of their source file; keys that are not stored are left out.
    pub async fn ids_by_source(&self, layer: Layer, sources: &[String]) -> Result<HashMap<String, Id>, StoreError> {
        read::ids_by_source(self.source(), self.area_key()?, layer, sources).await
    }

    /// At most `limit` changes after number `after`, in order. Caches go by [`Store::change_seq`] alone.
    pub async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
        changes::read(self.source(), self.area_key()?, after, limit).await
    }

    /// The number of the last change; 0 if there was none.
    pub async fn change_seq(&self) -> Result<i64, StoreError> {
        changes::seq(self.source(), self.area_key()?).await
    }

    /// The number of the last change, kept up to date: also when another process writes.
    pub async fn watch_changes(&self) -> Result<watch::Receiver<i64>, StoreError> {
        let (sender, receiver) = watch::channel(self.change_seq().await?);
        self.backend.watch(self.area_key()?.to_owned(), sender).await?;
        Ok(receiver)
    }

    fn source(&self) -> Source<'_> {
        Source::Committed(self.backend.as_ref())
    }

    fn area_key(&self) -> Result<&str, StoreError> {
        self.area.get().map(String::as_str).ok_or(StoreError::NoArea)
    }
}

impl Writer {
    /// Describes the area anew. Its key stays.
    pub async fn describe_area(&mut self, settings: &AreaSettings) -> Result<(), StoreError> {
        if area::describe(self.transaction.as_mut(), &self.area, settings).await? {
            self.log(ChangeOp::Update, area::LOGGED_AS, area::id(&self.area), None).await?;
        }
        Ok(())
    }

    /// As [`Store::ids_by_code`], with what this transaction has written.
    pub async fn ids_by_code(&mut self, level: Level, codes: &[Code]) -> Result<HashMap<Code, Id>, StoreError> {
        let area = self.area.clone();
        boundaries::ids_by_code(self.source(), &area, level, codes).await
    }

    /// As [`Store::ids_by_source`], with what this transaction has written.
    pub async fn ids_by_source(&mut self, layer: Layer, sources: &[String]) -> Result<HashMap<String, Id>, StoreError> {
        let area = self.area.clone();
        read::ids_by_source(self.source(), &area, layer, sources).await
    }
}
