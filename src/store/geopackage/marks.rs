//! The two files as one: a commit is written file by file, the private one first. Marks in both tell whether a crash came
//! between, and the private file's undo log takes its half back.

use crate::store::StoreError;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::path::Path;

const MARKS: &str = "SELECT p.store, p.commits, g.store, g.commits FROM main.store_mark AS p, gpkg.store_mark AS g";

/// Counts the commit that is about to be written in both files.
pub(super) async fn count(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for file in ["main", "gpkg"] {
        let count = AssertSqlSafe(format!("UPDATE {file}.store_mark SET commits = commits + 1"));
        sqlx::query(count).execute(&mut *connection).await?;
    }
    Ok(())
}

/// How the two files stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halves {
    Whole,
    /// The private file has one commit more: the last one broke off, or is just being written by another process.
    OneAhead,
    /// Of different stores or times: one of them was put back from a backup, say. The undo log does not reach so far.
    Apart,
}

pub(super) async fn halves(connection: &mut SqliteConnection) -> Result<Halves, StoreError> {
    let (private_store, private, store, public): (String, i64, String, i64) =
        sqlx::query_as(MARKS).fetch_one(connection).await?;
    Ok(match private - public {
        _ if private_store != store => Halves::Apart,
        0 => Halves::Whole,
        1 => Halves::OneAhead,
        _ => Halves::Apart,
    })
}

/// Within a transaction that may write: takes the private half of a commit back whose other half was never written. Where there
/// is none it writes nothing.
///
/// # Errors
/// [`StoreError::HalvesApart`].
pub(super) async fn settle(connection: &mut SqliteConnection, private: &Path) -> Result<(), StoreError> {
    match halves(&mut *connection).await? {
        Halves::Whole => {}
        Halves::OneAhead => {
            tracing::warn!("the program ended between the two files of a commit, which was not confirmed: it is taken back");
            let undo: Vec<String> =
                sqlx::query_scalar("SELECT statement FROM main.undo ORDER BY seq DESC").fetch_all(&mut *connection).await?;
            if undo.iter().any(|statement| statement == SWEPT) {
                return Err(StoreError::HalvesApart(private.to_owned()));
            }
            for statement in undo {
                sqlx::query(AssertSqlSafe(statement)).persistent(false).execute(&mut *connection).await?;
            }
            let align = "UPDATE main.store_mark SET commits = (SELECT commits FROM gpkg.store_mark)";
            sqlx::query(align).execute(&mut *connection).await?;
            forget(connection).await?;
        }
        Halves::Apart => return Err(StoreError::HalvesApart(private.to_owned())),
    }
    Ok(())
}

/// In the place of an undo log that is needed no more: a GeoPackage that lacks the last commit all the same was put back from a
/// backup.
const SWEPT: &str = "SELECT 'the last commit is whole'";

/// Empties the undo log of a commit that is whole. With the lock on both files, of which a commit holds one until the other is
/// written, the marks tell whether it is.
pub(super) async fn sweep(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    if halves(&mut *connection).await? == Halves::Whole {
        forget(&mut *connection).await?;
        sqlx::query("INSERT INTO main.undo (statement) VALUES ($1)").bind(SWEPT).execute(connection).await?;
    }
    Ok(())
}

/// Empties the undo log, where the last commit is whole.
pub(super) async fn forget(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM main.undo").execute(connection).await?;
    Ok(())
}

async fn has(connection: &mut SqliteConnection, file: &str, table: &str) -> Result<bool, StoreError> {
    let count = format!("SELECT count(*) FROM {file}.sqlite_schema WHERE type = 'table' AND name = $1");
    Ok(sqlx::query_scalar::<_, i64>(AssertSqlSafe(count)).bind(table).fetch_one(connection).await? > 0)
}

/// Whether both files carry marks.
pub(super) async fn are_there(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    Ok(has(&mut *connection, "main", "store_mark").await? && has(connection, "gpkg", "store_mark").await?)
}

/// Whether the private file is the other half of this GeoPackage, of which `applied` steps of the schema are made.
///
/// # Errors
/// [`StoreError::HalvesApart`].
pub(super) async fn check(connection: &mut SqliteConnection, private: &Path, applied: i64) -> Result<(), StoreError> {
    let apart = || StoreError::HalvesApart(private.to_owned());
    if applied > 0 && !has(&mut *connection, "main", "person").await? {
        return Err(apart());
    }
    if !has(&mut *connection, "main", "store_mark").await? {
        return Ok(());
    }
    if !has(&mut *connection, "gpkg", "store_mark").await? {
        // A store that was made new, or is older than the marks, and whose migration was cut off has counted no commit.
        let commits: i64 = sqlx::query_scalar("SELECT commits FROM main.store_mark").fetch_one(connection).await?;
        return if commits > 0 { Err(apart()) } else { Ok(()) };
    }
    if halves(connection).await? == Halves::Apart { Err(apart()) } else { Ok(()) }
}
