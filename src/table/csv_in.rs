//! CSV in: a header, then one record a row.

use super::{CellKind, Origin, ReadOptions, Row, RowBuilder, RowDefect, Table, TableError, encoding};
use csv::{Reader, ReaderBuilder, StringRecord};
use std::{io::Cursor, path::Path};

/// A record over more lines than this is rather one with an unclosed quote.
const RUN_AWAY_LINES: usize = 50;

/// # Errors
/// [`TableError`] where the bytes are no text, or the file has no header.
pub fn parse(path: &Path, bytes: Vec<u8>, options: &ReadOptions) -> Result<Table, TableError> {
    let (text, encoding) = encoding::decode(path, bytes, options.encoding.as_deref())?;
    let (announced, text) = announced_delimiter(&text);
    let delimiter = match options.delimiter.or(announced) {
        Some(delimiter) => u8::try_from(delimiter)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| TableError::Delimiter { path: path.to_owned(), delimiter })?,
        None => detect_delimiter(text),
    };
    let mut records = Records::new(text, delimiter);
    let mut record = StringRecord::new();
    let failed = |error| csv_failed(path, error);
    if records.next(&mut record).map_err(failed)?.is_none() || record.iter().all(|name| name.trim().is_empty()) {
        return Err(TableError::Empty(path.to_owned()));
    }
    let columns = header(path, &record, options)?;
    let mut rows = Vec::new();
    let mut builder = RowBuilder::default();
    while let Some(span) = records.next(&mut record).map_err(failed)? {
        if rows.len() == options.limits.rows {
            return Err(TableError::Rows { path: path.to_owned(), limit: options.limits.rows });
        }
        let row = row(&mut builder, &record, columns.len(), &span, options.limits.cell_bytes);
        if matches!(row.defect, Some(RowDefect::RunAway { .. })) {
            records.resume_after_the_first_line_of(&span).map_err(failed)?;
        }
        rows.push(row);
    }
    let read_as = format!("CSV, {encoding}, delimiter {:?}", char::from(delimiter));
    Ok(Table { columns, rows, crs: None, origin: Origin { path: path.to_owned(), read_as } })
}

fn csv_failed(path: &Path, error: csv::Error) -> TableError {
    let message = error.to_string();
    let source = match error.into_kind() {
        csv::ErrorKind::Io(source) => source,
        _ => std::io::Error::new(std::io::ErrorKind::InvalidData, message),
    };
    TableError::Io { path: path.to_owned(), source }
}

fn header(path: &Path, record: &StringRecord, options: &ReadOptions) -> Result<Vec<String>, TableError> {
    let (found, limit) = (record.len(), options.limits.columns);
    if found > limit {
        return Err(TableError::Columns { path: path.to_owned(), found, limit });
    }
    Ok(record.iter().map(|name| name.trim().to_owned()).collect())
}

fn row(builder: &mut RowBuilder, record: &StringRecord, width: usize, span: &Span, limit: usize) -> Row {
    // Spreadsheets pad rows with empty fields: those carry nothing and are no defect.
    let filled = (0..record.len()).rev().find(|&i| record.get(i).is_some_and(|cell| !cell.is_empty())).map_or(0, |i| i + 1);
    let found = filled.max(width.min(record.len()));
    let run_away = span.open || (found != width && span.lines > RUN_AWAY_LINES);
    let mut defect = match found {
        _ if run_away => Some(RowDefect::RunAway { found, expected: width, lines: span.lines }),
        _ if found == width => None,
        _ => Some(RowDefect::Ragged { found, expected: width }),
    };
    for cell in record.iter().take(found) {
        if cell.len() > limit {
            defect.get_or_insert(RowDefect::CellTooLong { bytes: cell.len(), limit });
            builder.push("", CellKind::Null);
        } else {
            builder.push(cell, CellKind::Text);
        }
    }
    builder.finish(span.number, None, defect)
}

/// The delimiter that a first line "sep=;" names, for Excel, and the text after that line. It is no row: Excel doesn't show it.
fn announced_delimiter(text: &str) -> (Option<char>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.strip_suffix('\r').unwrap_or(line);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let named = line.split_at_checked(4).filter(|(key, _)| key.eq_ignore_ascii_case("sep="));
    let mut named = named.map_or("".chars(), |(_, named)| named.chars());
    match (named.next(), named.next()) {
        (Some(delimiter), None) => (Some(delimiter), rest),
        _ => (None, text),
    }
}

/// The delimiter that the first line has most of, outside quotes.
fn detect_delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte) {
                    *count += 1;
                }
            }
        }
    }
    // `max_by_key` takes the last of equals: the order above is from likely to unlikely.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |&(delimiter, _)| delimiter)
}

/// The records of a text, one after the other.
struct Records<'t> {
    text: &'t str,
    reader: Reader<Cursor<&'t [u8]>>,
    counter: RowCounter,
}

impl<'t> Records<'t> {
    fn new(text: &'t str, delimiter: u8) -> Self {
        let mut builder = ReaderBuilder::new();
        let builder = builder.has_headers(false).flexible(true).delimiter(delimiter);
        Self { text, reader: builder.from_reader(Cursor::new(text.as_bytes())), counter: RowCounter::default() }
    }

    fn next(&mut self, record: &mut StringRecord) -> csv::Result<Option<Span>> {
        let start = self.reader.position().byte();
        let more = self.reader.read_record(record)?;
        Ok(more.then(|| self.counter.after(self.text, start, self.reader.position().byte())))
    }

    /// Takes up again behind the line in which a quote was opened and never closed: the rows that it ran over are good ones.
    fn resume_after_the_first_line_of(&mut self, span: &Span) -> csv::Result<()> {
        let rest = self.text.as_bytes().get(span.start..).unwrap_or_default();
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let mut place = csv::Position::new();
        place.set_byte((span.start + line) as u64);
        self.reader.seek(place)
    }
}

/// Where a record stands.
struct Span {
    number: u64,
    lines: usize,
    /// In bytes of the text.
    start: usize,
    /// Over several lines with an odd number of quotes: one of them was never closed.
    open: bool,
}

/// Counts records as a spreadsheet counts rows: blank lines too, which the parser passes over in silence.
#[derive(Default)]
struct RowCounter {
    number: u64,
}

impl RowCounter {
    /// The record that was read from `start` to `end` (byte offsets in `text`).
    fn after(&mut self, text: &str, start: u64, end: u64) -> Span {
        let offset = |at| usize::try_from(at).unwrap_or(text.len()).min(text.len());
        let (start, end) = (offset(start), offset(end));
        let bytes = text.as_bytes();
        let raw = bytes.get(start..end).unwrap_or_default();
        let body = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(raw.len());
        let (leading, body) = raw.split_at(body);
        // The "\n" of the "\r\n" that ended the record before may be left for this one.
        let leftover = start > 0 && bytes.get(start - 1) == Some(&b'\r') && leading.first() == Some(&b'\n');
        self.number += 1 + line_ends(&leading[usize::from(leftover)..]) as u64;
        let lines = line_ends(body);
        let open = line_ends(body.trim_ascii_end()) > 0 && body.iter().fold(false, |odd, byte| odd ^ (*byte == b'"'));
        Span { number: self.number, lines, start: start + leading.len(), open }
    }
}

fn line_ends(bytes: &[u8]) -> usize {
    let ends = |(i, &byte): (usize, &u8)| byte == b'\n' || (byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(|&at| ends(at)).count()
}
