//! A file as a table, GeoPackages included.

use super::{ImportError, ImportOptions, blocking};
use crate::{
    store::{Cell, ForeignLayer, read_gpkg_layer},
    table::{self, CellKind, Origin, RowBuilder, Table},
};
use std::path::Path;

/// Reads the file that `options` name.
pub async fn read(options: &ImportOptions) -> Result<Table, ImportError> {
    let (path, how) = (options.path.clone(), options.mapping.read_options());
    if is_geopackage(&path) {
        let layer = read_gpkg_layer(&path, how.layer.as_deref()).await?;
        return Ok(to_table(&path, layer));
    }
    Ok(blocking(move || table::read(&path, &how, None)).await??)
}

fn is_geopackage(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gpkg"))
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
        row.finish(i as u64 + 1, geometries.next().flatten(), None)
    };
    Table {
        rows: layer.rows.into_iter().enumerate().map(row).collect(),
        columns: layer.columns,
        crs: layer.epsg.map(|code| format!("EPSG:{code}")),
        origin: Origin { path: path.to_owned(), read_as: format!("GeoPackage, layer {}", layer.name) },
    }
}
