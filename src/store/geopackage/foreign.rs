//! Reading a layer of somebody else's GeoPackage.

use crate::store::{StoreError, wkb};
use futures::TryStreamExt;
use geo::Geometry;
use geozero::error::GeozeroError;
use sqlx::{
    AssertSqlSafe, Column, Connection, Executor, Row, SqlSafeStr, SqliteConnection, Statement, TypeInfo, ValueRef,
    sqlite::{SqliteConnectOptions, SqliteRow, SqliteStatement},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::io::AsyncReadExt;

/// A value of a foreign table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    /// A text that is not UTF-8, with U+FFFD where it is not.
    Broken(String),
}

/// A layer of a GeoPackage, read as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignLayer {
    pub name: String,
    /// The EPSG code of its coordinates; `None` where it names another authority or none.
    pub epsg: Option<i64>,
    /// What the file calls a reference system without an EPSG code: "300001 (Xian 80 custom)". `None` if there is a code, if the
    /// layer has no geometry, and for CRS84, which is longitude and latitude in WGS 84.
    pub other_srs: Option<String>,
    /// Without the geometry; blobs are left out.
    pub columns: Vec<String>,
    /// N rows in the order of the file, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// N geometries in the file's own coordinates (x, y); `None` where a row has none, in words what is wrong with one that
    /// can't be read. Empty if the layer has no geometry.
    pub geometries: Vec<Result<Option<Geometry>, String>>,
}

/// More layers than anybody makes: the list is a table of the file's, and could as well be a view without an end.
const LAYERS: &str = "SELECT DISTINCT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes') LIMIT 10000";

const GEOMETRY: &str = "SELECT g.column_name, g.srs_id, s.srs_name, s.organization, s.organization_coordsys_id, s.definition \
     FROM gpkg_geometry_columns AS g LEFT JOIN gpkg_spatial_ref_sys AS s ON s.srs_id = g.srs_id \
     WHERE lower(g.table_name) = lower($1)";

/// Where reading ends, so that a view without an end can't exhaust the machine.
#[derive(Clone, Copy)]
struct Bounds {
    rows: usize,
    bytes: u64,
}

/// Instructions of SQLite's machine between two looks, and looks without a row in between, some minutes in all: a view that
/// goes on without an end never comes to a row that could break the other bounds.
const INSTRUCTIONS: i32 = 1_000_000;
const LOOKS: u32 = if cfg!(test) { 20 } else { 5_000 };

/// Has SQLite end what gives no row for long. The count is of the looks since the last row.
async fn end_what_never_ends(connection: &mut SqliteConnection) -> Result<Arc<AtomicU32>, StoreError> {
    let looks = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&looks);
    let goes_on = move || count.fetch_add(1, Ordering::Relaxed) < LOOKS;
    connection.lock_handle().await?.set_progress_handler(INSTRUCTIONS, goes_on);
    Ok(looks)
}

/// Reads `layer` of the GeoPackage at `path`, opened for reading only; the only layer where none is named. At most `rows` rows,
/// which take `bytes` of memory.
///
/// # Errors
/// [`StoreError::NoLayer`], [`StoreError::WhichLayer`]; [`StoreError::Foreign`] if it is no GeoPackage or too large;
/// [`StoreError::Corrupt`] or [`StoreError::Database`] if SQLite can't read it.
pub async fn read_gpkg_layer(path: &Path, layer: Option<&str>, rows: usize, bytes: u64) -> Result<ForeignLayer, StoreError> {
    let of_file = |why: String| StoreError::Foreign { path: path.to_owned(), why };
    check_is_sqlite(path).await.map_err(of_file)?;
    let options = SqliteConnectOptions::new().filename(path).read_only(true).create_if_missing(false);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let read = read(&mut connection, path, layer, Bounds { rows, bytes }).await;
    connection.close().await?;
    read
}

/// Before SQLite sees the file: what it says of others speaks of our own database, and how to restore that.
async fn check_is_sqlite(path: &Path) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let mut start = Vec::new();
    tokio::fs::File::open(path).await.map_err(unreadable)?.take(16).read_to_end(&mut start).await.map_err(unreadable)?;
    if start == b"SQLite format 3\0" { Ok(()) } else { Err("is no GeoPackage: it is not an SQLite file".to_owned()) }
}

async fn read(
    connection: &mut SqliteConnection,
    path: &Path,
    layer: Option<&str>,
    bounds: Bounds,
) -> Result<ForeignLayer, StoreError> {
    let foreign = |why: String| StoreError::Foreign { path: path.to_owned(), why };
    let looks = end_what_never_ends(connection).await?;
    if !has_table(connection, "gpkg_contents").await? {
        return Err(foreign("is no GeoPackage: it has no table gpkg_contents".to_owned()));
    }
    let mut has: Vec<String> = sqlx::query_scalar(LAYERS).fetch_all(&mut *connection).await?;
    has.sort();
    let name = match (layer, has.as_slice()) {
        (None, [only]) => only.clone(),
        (None, _) => return Err(StoreError::WhichLayer { path: path.to_owned(), has }),
        (Some(layer), _) => match has.iter().find(|name| name.eq_ignore_ascii_case(layer)) {
            Some(name) => name.clone(),
            None => return Err(StoreError::NoLayer { path: path.to_owned(), layer: layer.to_owned(), has }),
        },
    };
    let geometry = geometry_column(connection, &name).await?;
    let select = AssertSqlSafe(format!("SELECT * FROM \"{}\"", name.replace('"', "\"\"")));
    let statement = connection.prepare(select.into_sql_str()).await;
    let statement = statement.map_err(|error| foreign(format!("does not give its layer {name:?}: {error}")))?;
    let mut reading = Reading::new(name, geometry, &statement, bounds);
    let mut rows = statement.query().fetch(connection);
    let without_end = |error: sqlx::Error| {
        if looks.load(Ordering::Relaxed) > LOOKS {
            foreign("is a view that goes on without giving a row; save what it shows as a table".to_owned())
        } else {
            error.into()
        }
    };
    while let Some(row) = rows.try_next().await.map_err(without_end)? {
        looks.store(0, Ordering::Relaxed);
        reading.row(&row)?.map_err(foreign)?;
    }
    Ok(reading.layer)
}

async fn has_table(connection: &mut SqliteConnection, name: &str) -> Result<bool, StoreError> {
    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM sqlite_schema WHERE lower(name) = $1");
    Ok(count.bind(name).fetch_one(connection).await? > 0)
}

/// What the file says about the geometries of a layer.
struct GeometryColumn {
    name: String,
    epsg: Option<i64>,
    other_srs: Option<String>,
}

/// A row of [`GEOMETRY`].
type Found = (String, i64, Option<String>, Option<String>, Option<i64>, Option<String>);

async fn geometry_column(connection: &mut SqliteConnection, layer: &str) -> Result<Option<GeometryColumn>, StoreError> {
    // A GeoPackage of attributes alone may do without.
    if !has_table(connection, "gpkg_geometry_columns").await? {
        return Ok(None);
    }
    let found = sqlx::query_as::<_, Found>(GEOMETRY).bind(layer).fetch_optional(connection).await?;
    Ok(found.map(|(name, srs, srs_name, organization, code, definition)| {
        let epsg = code.filter(|_| organization.is_some_and(|o| o.eq_ignore_ascii_case("EPSG")));
        let is_crs84 = definition.is_some_and(|definition| definition.contains("\"CRS84\""));
        let called = srs_name.unwrap_or_else(|| "which the file does not describe".to_owned());
        let other_srs = (epsg.is_none() && !is_crs84).then(|| format!("{srs} ({called})"));
        GeometryColumn { name, epsg, other_srs }
    }))
}

/// A layer as far as it was read.
struct Reading {
    layer: ForeignLayer,
    /// The index of the geometry among the columns of the statement.
    geometry: Option<usize>,
    bounds: Bounds,
    bytes: u64,
}

impl Reading {
    /// The columns are the statement's: a layer without rows has them too.
    fn new(name: String, geometry: Option<GeometryColumn>, statement: &SqliteStatement, bounds: Bounds) -> Self {
        let mut columns: Vec<String> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let called = geometry.as_ref().map(|geometry| geometry.name.as_str());
        let index = called.and_then(|called| columns.iter().position(|column| column.eq_ignore_ascii_case(called)));
        if let Some(index) = index {
            columns.remove(index);
        }
        let (epsg, other_srs) = geometry.map_or((None, None), |geometry| (geometry.epsg, geometry.other_srs));
        let layer = ForeignLayer { name, epsg, other_srs, columns, rows: Vec::new(), geometries: Vec::new() };
        Self { layer, geometry: index, bounds, bytes: 0 }
    }

    /// Takes a row in; in words which bound it would break.
    fn row(&mut self, row: &SqliteRow) -> Result<Result<(), String>, StoreError> {
        let (name, Bounds { rows, bytes }) = (&self.layer.name, self.bounds);
        if self.layer.rows.len() == rows {
            return Ok(Err(format!("has more than {rows} rows in layer {name:?}; split it")));
        }
        let mut cells = Vec::with_capacity(self.layer.columns.len());
        for i in 0..row.len() {
            if Some(i) == self.geometry {
                let (geometry, size) = geometry_at(row, i)?;
                self.bytes += size as u64;
                self.layer.geometries.push(geometry);
            } else {
                cells.push(cell_at(row, i)?);
            }
        }
        self.bytes += cells.iter().map(size_of_cell).sum::<u64>();
        if self.bytes > bytes {
            return Ok(Err(format!("has more than {bytes} bytes in layer {name:?}; split it")));
        }
        self.layer.rows.push(cells);
        Ok(Ok(()))
    }
}

fn size_of_cell(cell: &Cell) -> u64 {
    let text = match cell {
        Cell::Text(text) | Cell::Broken(text) => text.len(),
        Cell::Null | Cell::Int(_) | Cell::Real(_) => 0,
    };
    (size_of::<Cell>() + text) as u64
}

/// The geometry, and how many bytes it has in the file.
fn geometry_at(row: &SqliteRow, i: usize) -> Result<(Result<Option<Geometry>, String>, usize), StoreError> {
    let Some(blob) = row.try_get_unchecked::<Option<Vec<u8>>, _>(i)? else { return Ok((Ok(None), 0)) };
    // Flag 0x10: an empty geometry.
    if blob.get(3).is_some_and(|flags| flags & 0x10 != 0) {
        return Ok((Ok(None), blob.len()));
    }
    let geometry = wkb::from_blob(&blob).map(Some).map_err(|error| match error {
        GeozeroError::Geometry(why) => why,
        error => format!("is no geometry: {error}"),
    });
    Ok((geometry, blob.len()))
}

fn cell_at(row: &SqliteRow, i: usize) -> Result<Cell, StoreError> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    let cell = match raw.type_info().name() {
        "INTEGER" | "INT4" | "BOOLEAN" => Cell::Int(row.try_get_unchecked(i)?),
        "REAL" => Cell::Real(row.try_get_unchecked(i)?),
        "BLOB" => Cell::Null,
        // As bytes: SQLite holds whatever was put in for a text, and one name in GBK must not cost the whole layer.
        _ => match String::from_utf8(row.try_get_unchecked(i)?) {
            Ok(text) => Cell::Text(text),
            Err(error) => Cell::Broken(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        },
    };
    Ok(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const TABLES: &str = "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
        CREATE TABLE gpkg_spatial_ref_sys
            (srs_name TEXT, srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
        INSERT INTO gpkg_spatial_ref_sys VALUES ('Xian 80 custom', 300001, 'NONE', 1, ''), ('CGCS2000', 4490, 'EPSG', 4490, ''),
            ('WGS 84 (CRS84)', 100000, 'OGC', 0, 'ID[\"OGC\",\"CRS84\"]');
        CREATE TABLE a (fid INTEGER PRIMARY KEY, name TEXT, Geom BLOB);
        INSERT INTO gpkg_contents VALUES ('a', 'features');
        INSERT INTO gpkg_geometry_columns VALUES ('a', 'geom', 300001);";

    async fn file(sql: &'static str) -> (TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.gpkg");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        (folder, path)
    }

    async fn with(more: &str) -> Result<ForeignLayer, StoreError> {
        let sql: &'static str = format!("{TABLES}{more}").leak();
        let (_folder, path) = file(sql).await;
        read_gpkg_layer(&path, None, 100, 100_000).await
    }

    #[tokio::test]
    async fn what_is_no_geopackage_is_called_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.gpkg");
        let said =
            |path: std::path::PathBuf| async move { read_gpkg_layer(&path, None, 100, 100_000).await.unwrap_err().to_string() };
        assert!(said(path.clone()).await.contains("cannot be read"));
        std::fs::write(&path, "name\n1\n").unwrap();
        assert!(said(path).await.contains("is no GeoPackage: it is not an SQLite file"));
        let (_folder, path) = file("CREATE TABLE t (a)").await;
        assert!(said(path).await.contains("is no GeoPackage: it has no table gpkg_contents"));
    }

    #[tokio::test]
    async fn the_layers_are_named_and_how_to_choose() {
        let several = with("INSERT INTO gpkg_contents VALUES ('b', 'features')").await.unwrap_err().to_string();
        assert!(several.contains("several layers (a, b)") && several.contains("source.table = \"a\""), "{several}");
        let none = with("DELETE FROM gpkg_contents").await.unwrap_err().to_string();
        assert!(none.contains("no layer of features"), "{none}");
        let absent = with("DROP TABLE a").await.unwrap_err().to_string();
        assert!(absent.contains("does not give its layer \"a\""), "{absent}");
    }

    #[tokio::test]
    async fn a_layer_without_rows_has_columns() {
        let layer = with("").await.unwrap();
        assert_eq!((layer.columns.as_slice(), layer.rows.len()), (["fid".to_owned(), "name".to_owned()].as_slice(), 0));
        assert!(with("DROP TABLE gpkg_geometry_columns").await.unwrap().columns.contains(&"Geom".to_owned()));
    }

    #[tokio::test]
    async fn one_broken_text_or_geometry_costs_its_cell() {
        let layer = with("INSERT INTO a VALUES (1, CAST(x'e5b7b7' AS TEXT), NULL), (2, CAST(x'cfef61' AS TEXT), x'47500001')");
        let layer = layer.await.unwrap();
        assert_eq!(layer.rows[0][1], Cell::Text("巷".to_owned()));
        assert!(matches!(&layer.rows[1][1], Cell::Broken(text) if text.contains('\u{fffd}')), "{:?}", layer.rows);
        assert!(matches!(layer.geometries.as_slice(), [Ok(None), Err(_)]));
    }

    #[tokio::test]
    async fn a_view_without_an_end_ends() {
        let endless = "DROP TABLE a; CREATE VIEW a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
        let rows = with(&format!("{endless} SELECT i FROM n")).await.unwrap_err().to_string();
        assert!(rows.contains("more than 100 rows in layer \"a\""), "{rows}");
        let bytes = with(&format!("{endless} SELECT hex(zeroblob(5000)) AS t FROM n")).await.unwrap_err().to_string();
        assert!(bytes.contains("more than 100000 bytes in layer \"a\""), "{bytes}");
    }

    #[tokio::test]
    async fn a_view_that_never_gives_a_row_ends() {
        let silent = "DROP TABLE a; CREATE VIEW a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                      SELECT i FROM n WHERE i < 0";
        let refused = with(silent).await.unwrap_err().to_string();
        assert!(refused.contains("without giving a row"), "{refused}");
    }

    #[tokio::test]
    async fn a_reference_system_without_a_code_is_named() {
        let srs = async |id: i64| {
            let layer = with(&format!("UPDATE gpkg_geometry_columns SET srs_id = {id}")).await.unwrap();
            (layer.epsg, layer.other_srs)
        };
        assert_eq!(srs(300_001).await, (None, Some("300001 (Xian 80 custom)".to_owned())));
        assert_eq!(srs(4490).await, (Some(4490), None));
        assert_eq!(srs(100_000).await, (None, None));
        assert_eq!(srs(-1).await, (None, Some("-1 (which the file does not describe)".to_owned())));
    }
}
