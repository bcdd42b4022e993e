//! The embedded default: a GeoPackage and, beside it, a private SQLite file, written as one.
//!
//! Each connection opens the private file as `main` and attaches the GeoPackage as `gpkg`, so names need no prefix. One
//! connection writes, some read. Nothing in this process may open the two files by other means than SQLite: closing such a
//! descriptor would drop SQLite's locks.

mod foreign;
mod functions;
mod marks;
mod open;
mod seen;
#[cfg(test)]
mod tests;

pub use foreign::{Cell, ForeignLayer, read_gpkg_layer};
pub use open::PUBLIC_FILE;

use super::{
    StoreError,
    backend::{Backend, Dialect, Sql, Touched, Transaction},
    value::{Row, Value},
};
use async_trait::async_trait;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Sqlite, SqlitePool, sqlite::SqliteArguments};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::sync::watch;

/// How often the file is asked whether another process has written to it.
const WATCH_EVERY: Duration = Duration::from_millis(500);

const UPDATE_CONTENTS: &str = "UPDATE gpkg_contents SET last_change = $2, \
     min_x = min(coalesce(min_x, $3), $3), min_y = min(coalesce(min_y, $4), $4), \
     max_x = max(coalesce(max_x, $5), $5), max_y = max(coalesce(max_y, $6), $6) \
     WHERE table_name = $1";

const TOUCH_CONTENTS: &str = "UPDATE gpkg_contents SET last_change = $2 WHERE table_name = $1";

pub(super) struct GeoPackage {
    directory: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    sweeper: SqlitePool,
    seen: seen::Seen,
}

impl GeoPackage {
    /// Opens the store in `directory`; makes it where there is none.
    pub(super) async fn open(directory: &Path) -> Result<Self, StoreError> {
        let open::Pools { writer, readers, sweeper } = open::open(directory).await?;
        let files = [open::PUBLIC_FILE, open::PRIVATE_FILE].map(|name| directory.join(name));
        let seen = seen::Seen::note(&readers, [&files[0], &files[1]]).await?;
        Ok(Self { directory: directory.to_owned(), writer, readers, sweeper, seen })
    }

    fn private(&self) -> PathBuf {
        self.directory.join(open::PRIVATE_FILE)
    }

    /// A full disk: the GeoPackage may not grow by more than `pages`.
    #[cfg(test)]
    async fn limit_growth(&self, pages: i64) -> Result<(), StoreError> {
        let count: i64 = sqlx::query_scalar("PRAGMA gpkg.page_count").fetch_one(&self.writer).await?;
        let limit = AssertSqlSafe(format!("PRAGMA gpkg.max_page_count = {}", count + pages));
        sqlx::query(limit).execute(&self.writer).await?;
        Ok(())
    }
}

/// The statement with `?` for each `$n`, and the values in that order. SQLite looks named parameters up one after the other,
/// which makes statements with thousands of them quadratic.
fn bind(sql: &str, values: &[Value]) -> Result<(AssertSqlSafe<String>, SqliteArguments), StoreError> {
    let mut arguments = SqliteArguments::default();
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let (before, parameter) = rest.split_at(at);
        let digits = parameter[1..].bytes().take_while(u8::is_ascii_digit).count();
        let number = parameter[1..=digits].parse::<usize>().ok();
        let value = number.and_then(|number| values.get(number.checked_sub(1)?)).cloned();
        value.ok_or_else(|| StoreError::unbound(&parameter[..=digits]))?.bind_sqlite(&mut arguments)?;
        text.push_str(before);
        text.push('?');
        rest = &parameter[1 + digits..];
    }
    text.push_str(rest);
    Ok((AssertSqlSafe(text), arguments))
}

#[async_trait]
impl Backend for GeoPackage {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn place(&self) -> String {
        self.directory.display().to_string()
    }

    fn holds(&self, path: &Path) -> bool {
        self.seen.holds(path)
    }

    async fn fetch(&self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let (sql, values) = bind(&sql, &values)?;
        let rows = sqlx::query_with(sql, values).fetch(&self.readers);
        Ok(rows.map_ok(Row::Sqlite).try_collect().await?)
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.seen.check(&self.readers).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        // What is written into a file that was moved away would be lost.
        self.check().await?;
        // At once a writer: a reader that becomes one later could be refused in mid-work.
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        marks::settle(&mut transaction, &self.private()).await?;
        marks::forget(&mut transaction).await?;
        Ok(Box::new(SqliteTransaction { transaction, sweeper: self.sweeper.clone() }))
    }

    async fn watch(&self, area: String, latest: watch::Sender<i64>) -> Result<(), StoreError> {
        let mut connection = self.readers.acquire().await?.detach();
        let (writer, private) = (self.writer.clone(), self.private());
        tokio::spawn(async move {
            let mut seen = None;
            while !latest.is_closed() {
                // Changes whenever another connection, of whatever process, has committed.
                let version = sqlx::query_scalar::<_, i64>("PRAGMA gpkg.data_version").fetch_one(&mut connection).await;
                if let Ok(version) = version
                    && seen != Some(version)
                {
                    let seq = sqlx::query_scalar::<_, i64>("SELECT seq FROM area WHERE area_key = $1").bind(&area);
                    if let Ok(Some(seq)) = seq.fetch_optional(&mut connection).await {
                        seen = Some(version);
                        latest.send_if_modified(|known| std::mem::replace(known, seq) != seq);
                    }
                }
                // Another process may have died between the two files of a commit.
                if marks::halves(&mut connection).await.is_ok_and(|halves| halves == marks::Halves::OneAhead)
                    && let Err(error) = settle(&writer, &private).await
                {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a commit that broke off could not be taken back yet"
                    );
                }
                tokio::select! {
                    () = tokio::time::sleep(WATCH_EVERY) => {}
                    () = latest.closed() => {}
                }
            }
        });
        Ok(())
    }

    async fn close(&self) {
        // All of the log goes into the files, so that they are whole by themselves.
        for file in ["main", "gpkg"] {
            let checkpoint = AssertSqlSafe(format!("PRAGMA {file}.wal_checkpoint(TRUNCATE)"));
            if let Err(error) = sqlx::query(checkpoint).execute(&self.writer).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the write-ahead log stays for the next start");
            }
        }
        self.readers.close().await;
        self.sweeper.close().await;
        self.writer.close().await;
    }
}

/// Waits until nobody writes, then looks whether a commit broke off.
async fn settle(writer: &SqlitePool, private: &Path) -> Result<(), StoreError> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    marks::settle(&mut transaction, private).await?;
    Ok(transaction.commit().await?)
}

/// Empties the undo log, which holds what was known of persons before, and a statement for each row of a first import. Nobody is
/// waited for: the next transaction that begins empties it too.
async fn sweep(sweeper: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = sweeper.begin_with("BEGIN IMMEDIATE").await?;
    marks::sweep(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

struct SqliteTransaction {
    transaction: sqlx::Transaction<'static, Sqlite>,
    sweeper: SqlitePool,
}

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn execute(&mut self, sql: Sql, values: Vec<Value>) -> Result<u64, StoreError> {
        let (sql, values) = bind(&sql, &values)?;
        Ok(sqlx::query_with(sql, values).execute(&mut *self.transaction).await?.rows_affected())
    }

    async fn fetch(&mut self, sql: Sql, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let (sql, values) = bind(&sql, &values)?;
        let rows = sqlx::query_with(sql, values).fetch(&mut *self.transaction);
        Ok(rows.map_ok(Row::Sqlite).try_collect().await?)
    }

    async fn commit(mut self: Box<Self>, _area: &str, touched: &[Touched]) -> Result<(), StoreError> {
        for layer in touched {
            self.update_contents(layer).await?;
        }
        marks::count(&mut self.transaction).await?;
        self.transaction.commit().await?;
        if let Err(error) = sweep(&self.sweeper).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the undo log stays until the next commit");
        }
        Ok(())
    }
}

impl SqliteTransaction {
    /// Keeps time and box of a layer in `gpkg_contents` right.
    async fn update_contents(&mut self, touched: &Touched) -> Result<(), StoreError> {
        let now = chrono::Utc::now().into();
        let layer = touched.layer.as_str();
        if touched.moved {
            // Only registered layers are named here; a layer without a view has no row and nothing to measure.
            let known =
                self.fetch("SELECT 1 AS one FROM gpkg_geometry_columns WHERE table_name = $1".into(), vec![layer.into()]);
            if !known.await?.is_empty() {
                let measure = format!(
                    "UPDATE gpkg_contents SET last_change = $2, (min_x, min_y, max_x, max_y) = (SELECT min(wangge_bound(geom, 0)), \
                     min(wangge_bound(geom, 1)), max(wangge_bound(geom, 2)), max(wangge_bound(geom, 3)) FROM \"{layer}\") \
                     WHERE table_name = $1"
                );
                self.execute(measure.into(), vec![layer.into(), now]).await?;
            }
        } else if let Some(b) = touched.added {
            let values = vec![layer.into(), now, b.west.into(), b.south.into(), b.east.into(), b.north.into()];
            self.execute(UPDATE_CONTENTS.into(), values).await?;
        } else {
            self.execute(TOUCH_CONTENTS.into(), vec![layer.into(), now]).await?;
        }
        Ok(())
    }
}
