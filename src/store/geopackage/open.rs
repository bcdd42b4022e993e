//! Opening the two files: what may be opened, what is made new, which steps of the schema are missing.

use super::{functions, marks};
use crate::store::{StoreError, migrations, value::instant_text};
use chrono::Utc;
use sqlx::{
    AssertSqlSafe, Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

/// The name of the GeoPackage in its directory.
pub const PUBLIC_FILE: &str = "wangge.gpkg";
pub(super) const PRIVATE_FILE: &str = "private.sqlite";

/// "GPKG", and the version of the standard (1.3) that the file follows.
const APPLICATION_ID: i64 = 0x4750_4B47;
const GEOPACKAGE_VERSION: i64 = 10_300;

/// An import of another process may hold the file for a while.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 4;
/// Statements that a connection keeps ready.
const STATEMENTS: usize = 64;

/// Our own bookkeeping. In the GeoPackage, whose part of a commit is written last.
const MAKE_SCHEMA_TABLE: &str = "CREATE TABLE IF NOT EXISTS gpkg.wangge_schema (\
     number INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, applied_at DATETIME NOT NULL)";

const APPLIED: &str = "SELECT coalesce(max(number), 0) FROM gpkg.wangge_schema";

/// The connections of a store.
pub(super) struct Pools {
    /// Of one connection.
    pub writer: SqlitePool,
    pub readers: SqlitePool,
    /// Of one connection, which writes too, but only where it has to wait for nobody.
    pub sweeper: SqlitePool,
}

pub(super) async fn open(directory: &Path) -> Result<Pools, StoreError> {
    let failed = |source: std::io::Error| StoreError::Open { place: directory.display().to_string(), source: source.into() };
    fs::create_dir_all(directory).map_err(failed)?;
    let public = directory.join(PUBLIC_FILE);
    let private = directory.join(PRIVATE_FILE);
    if public.exists() && !private.exists() {
        // A file that is not ours is the better message.
        check_foreign(&public).await?;
        return Err(StoreError::PrivateFileMissing(private));
    }
    make_empty(&private, 0o600).map_err(failed)?;
    make_empty(&public, 0o644).map_err(failed)?;

    let options = SqliteConnectOptions::new()
        .filename(&private)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS);
    // Not from a pool: that would try again and again, and keep to itself what was wrong.
    let mut first = SqliteConnection::connect_with(&options).await?;
    attach(&mut first, &public, false).await?;
    prepare(&mut first, &public, &private).await?;
    first.close().await?;
    Ok(Pools {
        writer: pool(&options, &public, false),
        readers: pool(&options, &public, true),
        sweeper: pool(&options.busy_timeout(Duration::ZERO), &public, false),
    })
}

/// Makes an empty file where there is none, and never opens one that is there: no descriptor of ours may touch a file that
/// SQLite has open.
fn make_empty(path: &Path, mode: u32) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn pool(options: &SqliteConnectOptions, public: &Path, reads_only: bool) -> SqlitePool {
    let public = public.to_owned();
    SqlitePoolOptions::new()
        .max_connections(if reads_only { READERS } else { 1 })
        .acquire_timeout(BUSY_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let public = public.clone();
            Box::pin(async move { attach(connection, &public, reads_only).await })
        })
        .connect_lazy_with(options.clone())
}

async fn attach(connection: &mut SqliteConnection, public: &Path, reads_only: bool) -> Result<(), sqlx::Error> {
    functions::register(connection).await?;
    sqlx::query("ATTACH DATABASE $1 AS gpkg").bind(public.to_string_lossy().as_ref()).execute(&mut *connection).await?;
    sqlx::query("PRAGMA gpkg.synchronous = FULL").execute(&mut *connection).await?;
    sqlx::query("PRAGMA gpkg.journal_size_limit = 16777216").execute(&mut *connection).await?;
    if reads_only {
        sqlx::query("PRAGMA query_only = ON").execute(&mut *connection).await?;
    }
    Ok(())
}

/// Checks that the file is ours or empty, and brings its schema up to date.
async fn prepare(connection: &mut SqliteConnection, public: &Path, private: &Path) -> Result<(), StoreError> {
    check(connection, "gpkg", public).await?;
    // GDAL reads these from the first page of the file itself, so they are written before the log is there.
    let application_id: i64 = sqlx::query_scalar("PRAGMA gpkg.application_id").fetch_one(&mut *connection).await?;
    if application_id != APPLICATION_ID {
        for (pragma, value) in [("application_id", APPLICATION_ID), ("user_version", GEOPACKAGE_VERSION)] {
            sqlx::query(AssertSqlSafe(format!("PRAGMA gpkg.{pragma} = {value}"))).execute(&mut *connection).await?;
        }
    }
    sqlx::query("PRAGMA gpkg.journal_mode = WAL").execute(&mut *connection).await?;
    if is_ready(connection, public).await? { Ok(()) } else { mend(connection, public, private).await }
}

/// Whether the schema is up to date and the halves are whole, as most often. Only looks, so that nobody who writes has to be
/// waited for.
async fn is_ready(connection: &mut SqliteConnection, public: &Path) -> Result<bool, StoreError> {
    let mut reading = connection.begin().await?;
    if !marks::are_there(&mut reading).await? {
        return Ok(false);
    }
    let applied = sqlx::query_scalar(APPLIED).fetch_one(&mut *reading).await?;
    if !migrations::pending(applied, &public.display().to_string())?.is_empty() {
        return Ok(false);
    }
    // The two files are looked at one after the other: what seems apart may be a commit that another process is just writing.
    // Whoever holds the lock sees which it is.
    Ok(marks::halves(&mut reading).await? == marks::Halves::Whole)
}

/// Makes the steps of the schema that are missing, and takes back the half of a commit that broke off.
async fn mend(connection: &mut SqliteConnection, public: &Path, private: &Path) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(MAKE_SCHEMA_TABLE).execute(&mut *transaction).await?;
    let applied: i64 = sqlx::query_scalar(APPLIED).fetch_one(&mut *transaction).await?;
    marks::check(&mut transaction, private, applied).await?;
    let pending = migrations::pending(applied, &public.display().to_string())?;
    for migration in pending {
        sqlx::raw_sql(migration.geopackage).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO gpkg.wangge_schema (number, name, applied_at) VALUES ($1, $2, $3)")
            .bind(migration.number)
            .bind(migration.name)
            .bind(instant_text(Utc::now()))
            .execute(&mut *transaction)
            .await?;
    }
    if !pending.is_empty() {
        guard_tables(&mut transaction).await?;
    }
    marks::settle(&mut transaction, private).await?;
    transaction.commit().await?;
    if !pending.is_empty() {
        sqlx::query("PRAGMA gpkg.wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
    }
    Ok(())
}

/// Other programs may not write: each table has triggers that call a function which only our connections have.
async fn guard_tables(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let tables = "SELECT name FROM gpkg.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *connection).await?;
    let function = functions::WRITER.to_string_lossy();
    for table in tables {
        for operation in ["INSERT", "UPDATE", "DELETE"] {
            let trigger = format!(
                "CREATE TRIGGER IF NOT EXISTS gpkg.\"{table}_{}_guard\" BEFORE {operation} ON \"{table}\" \
                 BEGIN SELECT {function}(); END",
                operation.to_lowercase()
            );
            sqlx::query(AssertSqlSafe(trigger)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// # Errors
/// [`StoreError::NotWangge`] where the file holds anything that did not come from us.
async fn check(connection: &mut SqliteConnection, schema: &'static str, path: &Path) -> Result<(), StoreError> {
    let count = |condition: &str| {
        AssertSqlSafe(format!("SELECT count(*) FROM {schema}.sqlite_schema WHERE type = 'table' AND {condition}"))
    };
    let tables = sqlx::query_scalar::<_, i64>(count("name NOT LIKE 'sqlite_%'")).fetch_one(&mut *connection).await;
    let tables = match tables.map_err(StoreError::from) {
        Err(StoreError::Corrupt(_)) => return Err(StoreError::NotWangge(path.to_owned())),
        tables => tables?,
    };
    let ours: i64 = sqlx::query_scalar(count("name = 'wangge_schema'")).fetch_one(&mut *connection).await?;
    if tables > 0 && ours == 0 { Err(StoreError::NotWangge(path.to_owned())) } else { Ok(()) }
}

/// The same check for a file without its private half, opened for reading only.
async fn check_foreign(public: &PathBuf) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(public).read_only(true).busy_timeout(BUSY_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let checked = check(&mut connection, "main", public).await;
    connection.close().await?;
    checked
}
