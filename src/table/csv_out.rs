//! CSV out: UTF-8, commas, quotes where needed, `\n`.

use std::{borrow::Cow, io};

/// What to do about cells that a spreadsheet would take for a formula.
///
/// A text that somebody sent in ("=HYPERLINK(…)") must not run when the office opens an export: [`Guard::Spreadsheet`] puts an
/// apostrophe before it, as spreadsheets do themselves, and the intake takes it off again. Numbers stay as they are, "-118.3" too.
/// Where a caller's own rows go back to the caller (`wangge assign`), they must be the same: [`Guard::None`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    None,
    Spreadsheet,
}

/// `text` as [`Guard::Spreadsheet`] writes it.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    let starts = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    // An apostrophe before such a start is doubled, so that reading takes off exactly what writing put on.
    let quoted = text.strip_prefix('\'').is_some_and(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']));
    if (starts && text.parse::<f64>().is_err()) || quoted { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Writes rows of cells.
pub struct CsvWriter<W: io::Write> {
    out: csv::Writer<W>,
    guard: Guard,
}

impl<W: io::Write> CsvWriter<W> {
    pub fn new(out: W, guard: Guard) -> Self {
        Self { out: csv::WriterBuilder::new().flexible(true).from_writer(out), guard }
    }

    /// One record, header included.
    ///
    /// # Errors
    /// What writing to the sink gives.
    pub fn record<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            match self.guard {
                Guard::None => self.out.write_field(cell),
                Guard::Spreadsheet => self.out.write_field(guarded(cell).as_bytes()),
            }
            .map_err(io_error)?;
        }
        self.out.write_record(None::<&[u8]>).map_err(io_error)
    }

    /// Flushes what is buffered: an error here is one of the writes before.
    ///
    /// # Errors
    /// What writing to the sink gives.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The error of the sink itself, so that a closed pipe can be told from a full disk.
fn io_error(error: csv::Error) -> io::Error {
    let message = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other(message),
    }
}
