//! Why a file, or one row of it, can't be read.

use std::path::PathBuf;

/// Why a file as a whole can't be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: {bytes} bytes are more than the limit of {limit}; split the file", path.display())]
    TooLarge { path: PathBuf, bytes: u64, limit: u64 },
    #[error("{}: the file is empty; its first line should name the columns", .0.display())]
    Empty(PathBuf),
    #[error("{}: {found} columns are more than the limit of {limit}; is the delimiter right?", path.display())]
    Columns { path: PathBuf, found: usize, limit: usize },
    #[error("{}: more than {limit} rows; split the file", path.display())]
    Rows { path: PathBuf, limit: usize },
    #[error("{}: no encoding is called {name:?}; say utf-8, gb18030, big5 or utf-16le", path.display())]
    UnknownEncoding { path: PathBuf, name: String },
    #[error(
        "{}: neither UTF-8 nor GB18030 (Chinese office files); save it as \"CSV UTF-8\", or name its encoding \
         in the mapping: [source] encoding = \"…\"",
        .0.display()
    )]
    Encoding(PathBuf),
    #[error(
        "{}: UTF-8, but not in line {line}; mend that line, or save the file again as \"CSV UTF-8\" where it came from",
        path.display()
    )]
    BrokenUtf8 { path: PathBuf, line: usize },
    #[error(
        "{}: UTF-16 without its mark at the beginning; save it as \"CSV UTF-8\", or name the encoding in the mapping: \
         [source] encoding = \"{label}\"",
        path.display()
    )]
    Utf16 { path: PathBuf, label: &'static str },
    #[error("{}: not valid {encoding}; take the encoding out of the mapping to have it detected", path.display())]
    NotInEncoding { path: PathBuf, encoding: &'static str },
    #[error("{}: the delimiter {delimiter:?} is not one ASCII character", path.display())]
    Delimiter { path: PathBuf, delimiter: char },
    #[error("{}: {message}", path.display())]
    Json { path: PathBuf, message: String },
    #[error(
        "{}: JSON, but no GeoJSON: the outermost object is {found}, not a FeatureCollection, Feature or geometry",
        path.display()
    )]
    NotGeoJson { path: PathBuf, found: String },
    #[error("{}: a spreadsheet workbook; save the sheet as \"CSV UTF-8\" and read that", .0.display())]
    Spreadsheet(PathBuf),
    #[error("{}: SQLite; if it is a GeoPackage, give its name the ending .gpkg", .0.display())]
    GeoPackage(PathBuf),
}

/// Why one row can't be taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowDefect {
    #[error("{found} fields where the header has {expected}")]
    Ragged { found: usize, expected: usize },
    #[error("{found} fields where the header has {expected}, over {lines} lines: a quote that is never closed?")]
    RunAway { found: usize, expected: usize, lines: usize },
    #[error("a field of {bytes} bytes, more than the limit of {limit}")]
    CellTooLong { bytes: usize, limit: usize },
    #[error("{column}: {text:?} is not UTF-8; mend it in the file")]
    BrokenText { column: String, text: String },
    #[error("geometry: {0}")]
    Geometry(String),
    #[error("not a GeoJSON Feature: {0}")]
    NotAFeature(String),
}
