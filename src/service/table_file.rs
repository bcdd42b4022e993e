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
    Layer(StoreError),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Reads all rows of a CSV, GeoJSON or GeoPackage file.
///
/// # Errors
/// [`TableFileError`] where the file as a whole can't be read.
pub async fn read_table(path: &Path, options: &ReadOptions) -> Result<Table, TableFileError> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gpkg")) {
        let limits = options.limits;
        let layer = read_gpkg_layer(path, options.layer.as_deref(), limits.rows, limits.file_bytes).await;
        return Ok(to_table(path, layer.map_err(|source| named(path, source))?, limits.cell_bytes));
    }
    let (path, options) = (path.to_owned(), options.clone());
    let read = tokio::task::spawn_blocking(move || table::read(&path, &options)).await;
    Ok(read.map_err(ServiceError::from)??)
}

/// What the store says of a file by its name needs no second one before it.
fn named(path: &Path, source: StoreError) -> TableFileError {
    match source {
        StoreError::Foreign { .. } | StoreError::WhichLayer { .. } | StoreError::NoLayer { .. } => {
            TableFileError::Layer(source)
        }
        source => TableFileError::GeoPackage { path: path.display().to_string(), source },
    }
}

fn to_table(path: &Path, layer: ForeignLayer, cell_bytes: usize) -> Table {
    let mut geometries = layer.geometries.into_iter();
    let columns = layer.columns;
    let mut builder = RowBuilder::default();
    let row = |(i, cells): (usize, Vec<Cell>)| {
        let (geometry, defect) = match geometries.next().unwrap_or(Ok(None)) {
            Ok(geometry) => (geometry, None),
            Err(why) => (None, Some(RowDefect::Geometry(why))),
        };
        let broken = push_cells(&mut builder, &cells, &columns, cell_bytes);
        builder.finish(i as u64 + 1, geometry, defect.or(broken))
    };
    let rows = layer.rows.into_iter().enumerate().map(row).collect();
    // A reference system that only the file knows must not pass for WGS 84: `intake` refuses this name unless it is told another.
    Table {
        rows,
        columns,
        crs: layer.epsg.map(|code| format!("EPSG:{code}")).or(layer.other_srs),
        origin: Origin { path: path.to_owned(), read_as: format!("GeoPackage, layer {}", layer.name) },
    }
}

/// The defect of the row, if one of its texts is broken or longer than `limit`.
fn push_cells(row: &mut RowBuilder, cells: &[Cell], columns: &[String], limit: usize) -> Option<RowDefect> {
    let mut defect = None;
    for (i, cell) in cells.iter().enumerate() {
        match cell {
            Cell::Null => row.push("", CellKind::Null),
            Cell::Int(number) => row.push(&number.to_string(), CellKind::Number),
            Cell::Real(number) => row.push(&number.to_string(), CellKind::Number),
            Cell::Text(text) | Cell::Broken(text) if text.len() > limit => {
                row.push("", CellKind::Null);
                defect.get_or_insert(RowDefect::CellTooLong { bytes: text.len(), limit });
            }
            Cell::Text(text) => row.push(text, CellKind::Text),
            Cell::Broken(text) => {
                row.push(text, CellKind::Text);
                let column = columns.get(i).cloned().unwrap_or_default();
                defect.get_or_insert(RowDefect::BrokenText { column, text: text.clone() });
            }
        }
    }
    defect
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Mapping, PositionFlags, Positions};

    fn layer(epsg: Option<i64>, other_srs: Option<&str>) -> ForeignLayer {
        ForeignLayer {
            name: "a".to_owned(),
            epsg,
            other_srs: other_srs.map(str::to_owned),
            columns: vec!["n".to_owned(), "name".to_owned()],
            rows: vec![vec![Cell::Int(1), Cell::Text("一".to_owned())], vec![Cell::Null, Cell::Broken("\u{fffd}a".to_owned())]],
            geometries: vec![Ok(Some(geo::Point::new(110.5, 29.25).into())), Err("curved".to_owned())],
        }
    }

    #[test]
    fn rows_and_their_defects() {
        let mut layer = layer(Some(4490), None);
        let table = to_table(Path::new("a.gpkg"), layer.clone(), 100);
        assert_eq!(table.crs.as_deref(), Some("EPSG:4490"));
        assert_eq!((table.rows[0].cell(0), table.rows[0].cell(1), &table.rows[0].defect), ("1", "一", &None));
        assert_eq!(table.rows[1].defect, Some(RowDefect::Geometry("curved".to_owned())));
        layer.geometries[1] = Ok(None);
        let broken = to_table(Path::new("a.gpkg"), layer, 100).rows[1].defect.clone();
        assert!(matches!(broken, Some(RowDefect::BrokenText { column, .. }) if column == "name"));
    }

    #[test]
    fn a_reference_system_that_only_the_file_knows_is_refused_by_name() {
        let table = to_table(Path::new("a.gpkg"), layer(None, Some("300001 (Xian 80 custom)")), 100);
        let rules = Mapping::default().position;
        let refused = Positions::bind(&table, &rules, PositionFlags::default()).unwrap_err().to_string();
        assert!(
            refused.contains(
                "\"300001 (Xian 80 custom)\" is no reference system known here; name one by its code: --crs EPSG:4547"
            ),
            "{refused}"
        );
        let told = PositionFlags { crs: Some("EPSG:4490"), ..PositionFlags::default() };
        assert!(Positions::bind(&table, &rules, told).is_ok());
        assert_eq!(to_table(Path::new("a.gpkg"), layer(None, None), 100).crs, None);
    }
}
