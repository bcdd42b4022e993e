//! What can go wrong in the store, in words that say what to do.

use crate::place::Id;
use chrono::NaiveDate;
use sqlx::error::DatabaseError;
use std::path::PathBuf;

/// What the database itself said: for the log, never for the reader of a page.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store could not do it. Whatever was not committed is undone as a whole.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "the disk of the database is full or cannot be written to: nothing of this change was saved; free some space and do it again"
    )]
    DiskFull(#[source] Cause),
    #[error(
        "the connection to the database was lost: what was not yet confirmed was not saved; do it again when the database can be reached"
    )]
    ConnectionLost(#[source] Cause),
    #[error("another program is writing to the database and does not finish; wait for it, then do this again")]
    Busy(#[source] Cause),
    #[error("the database refuses this record: {rule}")]
    Constraint { rule: String, source: Cause },
    #[error("the database file is damaged; restore a backup, or recover it with `sqlite3 FILE .recover`")]
    Corrupt(#[source] Cause),
    #[error("the database may not be written to: check the owner and the permissions of its files and directory")]
    ReadOnly(#[source] Cause),
    #[error("the database did not do what was asked")]
    Database(#[source] Cause),

    #[error("cannot open the store at {place}")]
    Open { place: String, source: Cause },
    #[error("{} is no file of Wangge; name another directory with --data, or move the file away", .0.display())]
    NotWangge(PathBuf),
    #[error(
        "{place} was written by a newer Wangge (schema {found}, this program knows {known}); install that or a later program"
    )]
    NewerSchema { place: String, found: i64, known: i64 },
    #[error("{} is missing beside the GeoPackage; restore both files from the same backup", .0.display())]
    PrivateFileMissing(PathBuf),
    #[error(
        "{} does not belong to the GeoPackage beside it; restore both files from the same backup, or move both away to begin anew",
        .0.display()
    )]
    HalvesApart(PathBuf),
    #[error("{} was moved, deleted or replaced while it was in use; put it back, or restart to work on what is there now", .0.display())]
    FileReplaced(PathBuf),
    #[error("another program has dropped {} from {}; stop here and restore a backup", .missing.join(", "), .path.display())]
    TablesDropped { path: PathBuf, missing: Vec<String> },
    #[error("{0:?} names no store: give a data directory, or postgres://user@host/database")]
    Target(String),

    #[error("the store holds no area yet; describe it first (`wangge serve --demo` makes the demo subdistrict)")]
    NoArea,
    #[error("the store holds several areas ({}); say which one with --area KEY", .0.join(", "))]
    WhichArea(Vec<String>),
    #[error("column {column}: {why}")]
    Decode { column: String, why: String },
    #[error("no {what} has the id {id}")]
    Missing { what: &'static str, id: Id },

    #[error(
        "the plan has moved on: its last entry is {found}, not {expected}; look at what was done since, then do this again"
    )]
    PlanMovedOn { expected: i64, found: i64 },

    #[error("boundaries cannot hold from {given}: the latest version holds from {latest}; give that day or a later one")]
    ValidFromTooEarly { given: NaiveDate, latest: NaiveDate },
    #[error(
        "{code} ({scheme}) belongs to another {level} for ever, also if that one was retired; give the new place a code of its own"
    )]
    CodeTaken { code: String, scheme: String, level: String },
    #[error("boundary {id} is a {found}, not a {expected}")]
    WrongLevel { id: Id, found: String, expected: String },
    #[error("boundary {0} stands twice in the set")]
    TwiceInSet(Id),

    #[error(
        "{} is a file of the store itself; export the layer first (`wangge export LAYER --out FILE`) and import that file",
        .0.display()
    )]
    OwnFile(PathBuf),
    #[error("{} has no layer {layer:?}; it has {}", .path.display(), .has.join(", "))]
    NoLayer { path: PathBuf, layer: String, has: Vec<String> },
    #[error("{} has {}", .path.display(), several(.has))]
    WhichLayer { path: PathBuf, has: Vec<String> },
    #[error("{} {why}", .path.display())]
    Foreign { path: PathBuf, why: String },
}

/// The layers to choose from, and how to choose; a file without any has nothing to read.
fn several(layers: &[String]) -> String {
    match layers {
        [] => "no layer of features or attributes".to_owned(),
        [first, ..] => {
            format!("several layers ({}); name one in a mapping (--mapping FILE): source.table = {first:?}", layers.join(", "))
        }
    }
}

/// Extended codes of I/O errors that SQLite gives where space runs out.
const DISK_FULL: [i32; 5] = [
    libsqlite3_sys::SQLITE_IOERR_WRITE,
    libsqlite3_sys::SQLITE_IOERR_FSYNC,
    libsqlite3_sys::SQLITE_IOERR_TRUNCATE,
    libsqlite3_sys::SQLITE_IOERR_SHMSIZE,
    libsqlite3_sys::SQLITE_IOERR_SHMMAP,
];

impl StoreError {
    /// A statement of ours names a value that it was not given.
    pub(super) fn unbound(parameter: &str) -> Self {
        Self::Decode { column: parameter.to_owned(), why: "no value was given".to_owned() }
    }

    /// Sorts what a driver reports by what the reader can do about it.
    pub(super) fn from_driver(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned);
        let is_sqlite = error.as_database_error().is_some_and(|d| d.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some());
        match (&error, code) {
            (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed, _) => {
                Self::ConnectionLost(error.into())
            }
            (sqlx::Error::PoolTimedOut, _) => Self::Busy(error.into()),
            (_, Some(code)) if is_sqlite => Self::from_sqlite(error, code.parse().unwrap_or(0)),
            (_, Some(code)) => Self::from_postgres(error, &code),
            _ => Self::Database(error.into()),
        }
    }

    /// By the primary result code, the low byte of the extended one (<https://www.sqlite.org/rescode.html>).
    fn from_sqlite(error: sqlx::Error, extended: i32) -> Self {
        use libsqlite3_sys as ffi;
        match extended & 0xff {
            ffi::SQLITE_FULL => Self::DiskFull(error.into()),
            // A full disk shows itself so where a file beside the database can't be made or grown.
            ffi::SQLITE_IOERR if DISK_FULL.contains(&extended) => Self::DiskFull(error.into()),
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy(error.into()),
            ffi::SQLITE_CONSTRAINT => Self::constraint(error),
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Self::Corrupt(error.into()),
            ffi::SQLITE_READONLY | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM => Self::ReadOnly(error.into()),
            _ => Self::Database(error.into()),
        }
    }

    /// By SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    fn from_postgres(error: sqlx::Error, state: &str) -> Self {
        match state {
            "53100" => Self::DiskFull(error.into()),
            "57P01" | "57P02" | "57P03" => Self::ConnectionLost(error.into()),
            "55P03" | "40001" | "40P01" | "53300" => Self::Busy(error.into()),
            "25006" | "42501" => Self::ReadOnly(error.into()),
            "XX001" | "XX002" => Self::Corrupt(error.into()),
            _ if state.starts_with("08") => Self::ConnectionLost(error.into()),
            _ if state.starts_with("23") => Self::constraint(error),
            _ => Self::Database(error.into()),
        }
    }

    fn constraint(error: sqlx::Error) -> Self {
        let rule = error.as_database_error().map_or_else(String::new, |database| {
            // SQLite names no constraint, but the columns: they are ours, not the record's.
            database.constraint().unwrap_or_else(|| database.message()).to_owned()
        });
        Self::Constraint { rule, source: error.into() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::from_driver(error)
    }
}
