//! GeoJSON out: a `FeatureCollection` (RFC 7946), written feature by feature.

use super::{CellKind, Row};
use geo::Geometry;
use serde_json::Value;
use std::io::{self, Write};

/// A property of a feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    pub name: String,
    pub value: Value,
}

impl Property {
    pub fn new(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The cell of `row` in `column`, as what it was in its file.
    #[must_use]
    pub fn of_cell(name: &str, row: &Row, column: usize) -> Self {
        let text = row.cell(column);
        let value = match row.kind(column) {
            CellKind::Text => Value::from(text),
            CellKind::Null => Value::Null,
            CellKind::Number | CellKind::Bool | CellKind::Json => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
            }
        };
        Self::new(name, value)
    }
}

/// Writes a collection, one feature a line.
pub struct GeoJsonWriter<W: Write> {
    out: W,
    first: bool,
}

impl<W: Write> GeoJsonWriter<W> {
    /// # Errors
    /// What writing to the sink gives.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        Ok(Self { out, first: true })
    }

    /// `geometry`: EPSG:4326.
    ///
    /// # Errors
    /// What writing to the sink gives.
    pub fn feature(&mut self, geometry: Option<&Geometry>, properties: &[Property]) -> io::Result<()> {
        self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        self.out.write_all(b"{\"type\":\"Feature\",\"geometry\":")?;
        let geometry = geometry.map(|geometry| geojson::Geometry::new(geojson::GeometryValue::from(geometry)));
        serde_json::to_writer(&mut self.out, &geometry)?;
        // By hand, since a map of serde_json would sort the names.
        self.out.write_all(b",\"properties\":{")?;
        for (i, Property { name, value }) in properties.iter().enumerate() {
            self.out.write_all(if i == 0 { b"" } else { b"," })?;
            serde_json::to_writer(&mut self.out, name)?;
            self.out.write_all(b":")?;
            serde_json::to_writer(&mut self.out, value)?;
        }
        self.out.write_all(b"}}")
    }

    /// Closes the collection and flushes.
    ///
    /// # Errors
    /// What writing to the sink gives.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}
