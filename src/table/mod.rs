//! Files of rows in and out: CSV, GeoJSON, and whatever else a caller can turn into a [`Table`] (`store` does so for
//! GeoPackage files). A table says nothing about what its columns mean: that is `intake`'s work.

mod csv_in;
mod csv_out;
mod encoding;
mod error;
mod geojson_geometry;
mod geojson_in;
mod geojson_object;
mod geojson_out;
mod row;

pub use csv_out::{CsvWriter, Guard, guarded};
pub use error::{RowDefect, TableError};
pub use geojson_out::{GeoJsonWriter, Property};
pub use row::{CellKind, Row, RowBuilder, Table};

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// What a reader refuses to take in, so that a wrong file can't exhaust the machine.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub file_bytes: u64,
    pub rows: usize,
    pub columns: usize,
    /// Of one cell, in UTF-8; polygons as WKT are long.
    pub cell_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 2 << 30, rows: 50_000_000, columns: 2_000, cell_bytes: 64 << 20 }
    }
}

/// How to read a file; what is `None` is detected.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// A label of the WHATWG encoding standard: "utf-8", "gb18030", "big5".
    pub encoding: Option<String>,
    /// Between the fields of a CSV file.
    pub delimiter: Option<char>,
    /// The table of a GeoPackage.
    pub layer: Option<String>,
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv,
    GeoJson,
}

/// Reads all rows of a CSV or GeoJSON file. The ending decides, then the content.
///
/// A row that can't be read whole is in the table with its [`RowDefect`]; it never hides the others.
///
/// # Errors
/// [`TableError`] where the file as a whole can't be read.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Table, TableError> {
    let bytes = read_bytes(path, options.limits.file_bytes)?;
    match format(path, &bytes)? {
        Format::Csv => csv_in::parse(path, bytes, options),
        Format::GeoJson => geojson_in::parse(path, bytes, options),
    }
}

fn ending(path: &Path) -> Option<String> {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase())
}

fn format(path: &Path, bytes: &[u8]) -> Result<Format, TableError> {
    if bytes.starts_with(b"SQLite format 3\0") {
        return Err(TableError::GeoPackage(path.to_owned()));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(TableError::Spreadsheet(path.to_owned()));
    }
    match ending(path).as_deref() {
        Some("csv" | "tsv" | "txt" | "tab") => Ok(Format::Csv),
        Some("geojson" | "json" | "geojsonl" | "geojsons" | "ndjson" | "jsonl") => Ok(Format::GeoJson),
        _ => {
            let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
            Ok(if first == Some(&b'{') { Format::GeoJson } else { Format::Csv })
        }
    }
}

fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, TableError> {
    let failed = |source| TableError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > limit {
        return Err(TableError::TooLarge { path: path.to_owned(), bytes: length, limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    // A pipe has no length: what comes is bounded here.
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if read as u64 > limit {
        return Err(TableError::TooLarge { path: path.to_owned(), bytes: read as u64, limit });
    }
    Ok(bytes)
}

/// Where a table came from, for reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub path: PathBuf,
    /// "CSV, GB18030, delimiter ';'".
    pub read_as: String,
}

#[cfg(test)]
mod tests;
