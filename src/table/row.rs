//! The rows of a file, in memory.

use super::{Origin, RowDefect};
use geo::Geometry;

/// What a cell was in its file. A CSV file has only text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Text,
    Number,
    Bool,
    Null,
    /// A JSON array or object, as its text.
    Json,
}

/// One row: its cells in the order of the columns, and its geometry if the format has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// From 1 as the file counts: the header of a CSV file is row 1, the first feature of a GeoJSON file is 1.
    pub number: u64,
    /// In the CRS of the table.
    pub geometry: Option<Geometry>,
    pub defect: Option<RowDefect>,
    // All cells in one text: a table of a hundred megabytes would otherwise take several times as much.
    text: Box<str>,
    ends: Box<[(u32, CellKind)]>,
}

impl Row {
    /// The text of the cell in `column`; empty where the row is shorter.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        let Some(&(end, _)) = self.ends.get(column) else { return "" };
        let start = column.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&(end, _)| end);
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    #[must_use]
    pub fn kind(&self, column: usize) -> CellKind {
        self.ends.get(column).map_or(CellKind::Null, |&(_, kind)| kind)
    }

    /// How many cells the row has; a ragged row has more or fewer than the table has columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Puts a [`Row`] together, cell by cell.
#[derive(Debug, Default)]
pub struct RowBuilder {
    text: String,
    ends: Vec<(u32, CellKind)>,
    overflow: Option<usize>,
}

impl RowBuilder {
    /// Adds the next cell.
    pub fn push(&mut self, text: &str, kind: CellKind) {
        if let Ok(end) = u32::try_from(self.text.len() + text.len()) {
            self.text.push_str(text);
            self.ends.push((end, kind));
        } else {
            self.overflow = Some(text.len());
            self.ends.push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), CellKind::Null));
        }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The row; the builder is empty again.
    pub fn finish(&mut self, number: u64, geometry: Option<Geometry>, defect: Option<RowDefect>) -> Row {
        let too_long = self.overflow.take().map(|bytes| RowDefect::CellTooLong { bytes, limit: u32::MAX as usize });
        let row = Row {
            number,
            geometry,
            defect: defect.or(too_long),
            text: self.text.as_str().into(),
            ends: self.ends.as_slice().into(),
        };
        self.text.clear();
        self.ends.clear();
        row
    }
}

/// Column names and rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// As the file has them, duplicates included.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// The CRS that the file names for its geometries ("EPSG:4547"); `None` for the format's own (WGS 84 longitude/latitude).
    pub crs: Option<String>,
    pub origin: Origin,
}

impl Table {
    /// The indices of the columns called `name` exactly.
    pub fn columns_called<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.columns.iter().enumerate().filter(move |(_, column)| *column == name).map(|(i, _)| i)
    }

    /// Whether any row has a geometry.
    #[must_use]
    pub fn has_geometry(&self) -> bool {
        self.rows.iter().any(|row| row.geometry.is_some())
    }
}
