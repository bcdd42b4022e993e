//! What another program may do to the files behind our back: move or replace them, or drop tables, which no trigger can refuse.

use crate::store::StoreError;
use sqlx::SqlitePool;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicI64, Ordering},
};

const TABLES: &str = "SELECT name FROM gpkg.sqlite_schema WHERE type IN ('table', 'view')";

/// The files and tables as they were when the store was opened.
pub(super) struct Seen {
    files: Vec<(PathBuf, FileId)>,
    tables: BTreeSet<String>,
    /// Changes with every change of the schema.
    schema: AtomicI64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl Seen {
    pub(super) async fn note(readers: &SqlitePool, files: [&Path; 2]) -> Result<Self, StoreError> {
        let ids = files.map(|path| Ok((path.to_owned(), id_of(path)?)));
        let ids: io::Result<Vec<_>> = ids.into_iter().collect();
        let schema = AtomicI64::new(schema_version(readers).await?);
        Ok(Self { files: ids.map_err(|error| StoreError::Database(error.into()))?, tables: tables(readers).await?, schema })
    }

    /// Whether `path` leads, also by a link, to one of the files, or to what SQLite keeps beside it.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let beside = |file: &Path, ending: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            is_same(Path::new(&name), path)
        };
        self.files.iter().any(|(file, _)| ["", "-wal", "-shm"].into_iter().any(|ending| beside(file, ending)))
    }

    /// # Errors
    /// [`StoreError::FileReplaced`], [`StoreError::TablesDropped`].
    pub(super) async fn check(&self, readers: &SqlitePool) -> Result<(), StoreError> {
        for (path, id) in &self.files {
            if id_of(path).ok() != Some(*id) {
                return Err(StoreError::FileReplaced(path.clone()));
            }
        }
        let schema = schema_version(readers).await?;
        if schema == self.schema.load(Ordering::Relaxed) {
            return Ok(());
        }
        let now = tables(readers).await?;
        let missing: Vec<_> = self.tables.difference(&now).cloned().collect();
        if let (false, Some((path, _))) = (missing.is_empty(), self.files.first()) {
            return Err(StoreError::TablesDropped { path: path.clone(), missing });
        }
        self.schema.store(schema, Ordering::Relaxed);
        Ok(())
    }
}

async fn schema_version(readers: &SqlitePool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("PRAGMA gpkg.schema_version").fetch_one(readers).await?)
}

async fn tables(readers: &SqlitePool) -> Result<BTreeSet<String>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(readers).await?;
    Ok(names.into_iter().collect())
}

/// Asks the directory, and never opens the file: closing a descriptor of ours would drop SQLite's locks.
#[cfg(unix)]
fn id_of(path: &Path) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path)?;
    Ok(FileId { device: metadata.dev(), inode: metadata.ino() })
}

#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    id_of(one).is_ok_and(|id| id_of(other).is_ok_and(|it| it == id))
}

#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).is_ok_and(|path| fs::canonicalize(other).is_ok_and(|it| it == path))
}

#[cfg(not(unix))]
fn id_of(path: &Path) -> io::Result<FileId> {
    fs::metadata(path).map(|_| FileId { device: 0, inode: 0 })
}
