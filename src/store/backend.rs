//! What the two databases have in common: statements go in, rows come out.

use super::{
    StoreError,
    value::{Row, Value},
};
use crate::geometry::BBox;
use async_trait::async_trait;
use std::{borrow::Cow, path::Path};
use tokio::sync::watch;

/// One statement, with `$1`, `$2`, … for its values: both drivers read these. Never made of anything that comes from outside.
pub(super) type Sql = Cow<'static, str>;

/// One of the two databases.
#[async_trait]
pub(super) trait Backend: Send + Sync {
    fn dialect(&self) -> Dialect;

    /// Where the data are, for messages: a directory, or host and database (no password).
    fn place(&self) -> String;

    /// Whether `path` leads to one of the database's own files, which nothing else may open.
    fn holds(&self, _path: &Path) -> bool {
        false
    }

    /// Reads what is committed.
    async fn fetch(&self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError>;

    /// Whether the database answers and is still the one that was opened.
    async fn check(&self) -> Result<(), StoreError>;

    /// Begins to write. One transaction writes at a time in one area; the next waits for it.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Sends the change number of `area` whenever somebody, in this process or another, has committed changes. A lost
    /// connection is taken up again by itself. Ends when nobody listens any more.
    async fn watch(&self, area: String, latest: watch::Sender<i64>) -> Result<(), StoreError>;

    /// Waits until all connections are closed.
    async fn close(&self);
}

/// A transaction that writes; dropped without [`Transaction::commit`] it leaves nothing behind.
#[async_trait]
pub(super) trait Transaction: Send {
    /// Returns the number of rows that were written.
    async fn execute(&mut self, sql: Sql, values: Vec<Value>) -> Result<u64, StoreError>;

    async fn fetch(&mut self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError>;

    /// Tells the database's planner that `table` has grown much in this transaction: what it knows of an empty table makes
    /// look-ups by key slow.
    async fn has_grown(&mut self, _table: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    /// After this has returned, the changes survive a crash. `touched`: the layers that were written to.
    async fn commit(self: Box<Self>, area: &str, touched: &[Touched]) -> Result<(), StoreError>;
}

/// What a transaction did to a layer that GIS programs see.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Touched {
    pub layer: String,
    /// Around the geometries that were added.
    pub added: Option<BBox>,
    /// Geometries were moved or removed too, so that the layer's box may have shrunk.
    pub moved: bool,
}

/// What is written differently in the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// True where the box of `geom` meets the box in parameters `first` to `first + 3` (west, south, east, north). PostGIS
    /// rounds boxes outwards: look at the exact box afterwards.
    pub(super) fn meets_box(self, first: usize) -> String {
        let [w, s, e, n] = [first, first + 1, first + 2, first + 3];
        match self {
            Self::Sqlite => format!("wangge_meets(geom, ${w}, ${s}, ${e}, ${n})"),
            Self::Postgres => format!("geom && ST_MakeEnvelope(${w}, ${s}, ${e}, ${n}, 4326)"),
        }
    }

    /// Ends a SELECT whose row this transaction holds until its end.
    pub(super) fn for_update(self) -> &'static str {
        match self {
            // One transaction writes at a time anyway.
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }
}
