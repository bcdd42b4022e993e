//! A file as a table, GeoPackages included.

use super::ServiceError;
use crate::{
    store::{Cell, ForeignLayer, StoreError, read_gpkg_layer},
    table::{self, CellKind, Origin, ReadOptions, RowBuilder, RowDefect, Table, TableError},
};
use std::path::Path;

/// Why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum TableFileError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{path}: {source}")]
    GeoPackage { path: String, source: StoreError },
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Reads all rows of a CSV, GeoJSON or GeoPackage file.
///
/// # Errors
/// [`TableFileError`] where the file as a whole can't be read.
pub async fn read_table(path: &Path, options: &ReadOptions) -> Result<Table, TableFileError> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gpkg")) {
        let layer = read_gpkg_layer(path, options.layer.as_deref()).await;
        let named = |source| TableFileError::GeoPackage { path: path.display().to_string(), source };
        return Ok(to_table(path, layer.map_err(named)?));
    }
    let (path, options) = (path.to_owned(), options.clone());
    let read = tokio::task::spawn_blocking(move || table::read(&path, &options)).await;
    Ok(read.map_err(ServiceError::from)??)
}

fn to_table(path: &Path, layer: ForeignLayer) -> Table {
    let mut geometries = layer.geometries.into_iter();
    let row = |(i, cells): (usize, Vec<Cell>)| {
        let mut row = RowBuilder::default();
        for cell in &cells {
            match cell {
                Cell::Null => row.push("", CellKind::Null),
                Cell::Int(number) => row.push(&number.to_string(), CellKind::Number),
                Cell::Real(number) => row.push(&number.to_string(), CellKind::Number),
                Cell::Text(text) => row.push(text, CellKind::Text),
            }
        }
        match geometries.next().unwrap_or(Ok(None)) {
            Ok(geometry) => row.finish(i as u64 + 1, geometry, None),
            Err(why) => row.finish(i as u64 + 1, None, Some(RowDefect::Geometry(why))),
        }
    };
    Table {
        rows: layer.rows.into_iter().enumerate().map(row).collect(),
        columns: layer.columns,
        crs: layer.epsg.map(|code| format!("EPSG:{code}")),
        origin: Origin { path: path.to_owned(), read_as: format!("GeoPackage, layer {}", layer.name) },
    }
}
