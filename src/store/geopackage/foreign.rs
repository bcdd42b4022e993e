//! Reading a layer of somebody else's GeoPackage.

use crate::store::{StoreError, wkb};
use futures::TryStreamExt;
use geo::Geometry;
use sqlx::{AssertSqlSafe, Column, Connection, Row, SqliteConnection, TypeInfo, ValueRef, sqlite::SqliteConnectOptions};
use std::path::Path;

/// A value of a foreign table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

/// A layer of a GeoPackage, read as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignLayer {
    pub name: String,
    /// The EPSG code of its coordinates; `None` where it names another authority or none.
    pub epsg: Option<i64>,
    /// Without the geometry; blobs are left out.
    pub columns: Vec<String>,
    /// N rows in the order of the file, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// N geometries in the file's own coordinates (x, y); `None` where a row has none, in words what is wrong with one that
    /// can't be read. Empty if the layer has no geometry.
    pub geometries: Vec<Result<Option<Geometry>, String>>,
}

const LAYERS: &str = "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes') ORDER BY table_name";

const GEOMETRY: &str = "SELECT g.column_name, s.organization, s.organization_coordsys_id \
     FROM gpkg_geometry_columns AS g LEFT JOIN gpkg_spatial_ref_sys AS s ON s.srs_id = g.srs_id \
     WHERE lower(g.table_name) = lower($1)";

/// Reads `layer` of the GeoPackage at `path`, opened for reading only; the only layer where none is named.
///
/// # Errors
/// [`StoreError::NoLayer`], [`StoreError::WhichLayer`]; [`StoreError::Corrupt`] or [`StoreError::Database`] if it is no
/// GeoPackage.
pub async fn read_gpkg_layer(path: &Path, layer: Option<&str>) -> Result<ForeignLayer, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).create_if_missing(false);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let read = read(&mut connection, path, layer).await;
    connection.close().await?;
    read
}

async fn read(connection: &mut SqliteConnection, path: &Path, layer: Option<&str>) -> Result<ForeignLayer, StoreError> {
    let has: Vec<String> = sqlx::query_scalar(LAYERS).fetch_all(&mut *connection).await?;
    let name = match (layer, has.as_slice()) {
        (None, [only]) => only.clone(),
        (None, _) => return Err(StoreError::WhichLayer { path: path.to_owned(), has }),
        (Some(layer), _) => match has.iter().find(|name| name.eq_ignore_ascii_case(layer)) {
            Some(name) => name.clone(),
            None => return Err(StoreError::NoLayer { path: path.to_owned(), layer: layer.to_owned(), has }),
        },
    };
    let geometry = sqlx::query_as::<_, (String, Option<String>, Option<i64>)>(GEOMETRY);
    let geometry = geometry.bind(&name).fetch_optional(&mut *connection).await?;
    let (geometry_column, epsg) = match geometry {
        Some((column, organization, code)) => {
            (Some(column), code.filter(|_| organization.is_some_and(|o| o.eq_ignore_ascii_case("EPSG"))))
        }
        None => (None, None),
    };

    let mut read = ForeignLayer { name, epsg, columns: Vec::new(), rows: Vec::new(), geometries: Vec::new() };
    let quoted = read.name.replace('"', "\"\"");
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM \"{quoted}\""))).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let names = || row.columns().iter().map(Column::name);
        if read.rows.is_empty() {
            read.columns = names().filter(|name| Some(*name) != geometry_column.as_deref()).map(str::to_owned).collect();
        }
        let mut cells = Vec::with_capacity(read.columns.len());
        for (i, name) in names().enumerate() {
            if Some(name) == geometry_column.as_deref() {
                read.geometries.push(geometry_at(&row, i)?);
            } else {
                cells.push(cell_at(&row, i)?);
            }
        }
        read.rows.push(cells);
    }
    Ok(read)
}

fn geometry_at(row: &sqlx::sqlite::SqliteRow, i: usize) -> Result<Result<Option<Geometry>, String>, StoreError> {
    let Some(blob) = row.try_get_unchecked::<Option<Vec<u8>>, _>(i)? else { return Ok(Ok(None)) };
    // Flag 0x10: an empty geometry.
    if blob.get(3).is_some_and(|flags| flags & 0x10 != 0) {
        return Ok(Ok(None));
    }
    Ok(wkb::from_blob(&blob).map(Some).map_err(|error| format!("is no geometry: {error}")))
}

fn cell_at(row: &sqlx::sqlite::SqliteRow, i: usize) -> Result<Cell, StoreError> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    let cell = match raw.type_info().name() {
        "INTEGER" | "INT4" | "BOOLEAN" => Cell::Int(row.try_get_unchecked(i)?),
        "REAL" => Cell::Real(row.try_get_unchecked(i)?),
        "BLOB" => Cell::Null,
        _ => Cell::Text(row.try_get_unchecked(i)?),
    };
    Ok(cell)
}
