//! GeoJSON in: a collection, one feature, one geometry, or one of these a line (RFC 8142 and newline-delimited).

use super::{
    CellKind, Origin, ReadOptions, Row, RowBuilder, RowDefect, Table, TableError, encoding,
    geojson_geometry::geometry,
    geojson_object::{Object, Outermost, Sink},
};
use serde::de::DeserializeSeed;
use serde_json::{Value, json};
use std::{collections::HashMap, path::Path};

/// # Errors
/// [`TableError`] where the bytes are no JSON, or no GeoJSON.
pub fn parse(path: &Path, bytes: Vec<u8>, options: &ReadOptions) -> Result<Table, TableError> {
    let (text, encoding) = encoding::decode(path, bytes, options.encoding.as_deref())?;
    let text = if text.contains('\u{1e}') { text.replace('\u{1e}', "") } else { text };
    let mut rows = Rows {
        taken: vec![],
        columns: vec![],
        index: HashMap::new(),
        builder: RowBuilder::default(),
        cells: 0,
        most_cells: text.len() + SPARSE_CELLS,
        options,
    };
    let mut crs = None;
    let mut objects = 0_u64;
    let mut stream = serde_json::Deserializer::from_str(&text);
    // `end` fails while anything but white space is left.
    while stream.end().is_err() {
        objects += 1;
        let outermost = Outermost { sink: &mut rows }.deserialize(&mut stream);
        let object = outermost.map_err(|error| TableError::Json { path: path.to_owned(), message: error.to_string() })?;
        rows.outermost(path, object, &mut crs)?;
    }
    if objects == 0 {
        return Err(TableError::Empty(path.to_owned()));
    }
    let read_as = format!("GeoJSON, {encoding}{}", if objects > 1 { ", one object a line" } else { "" });
    let crs = crs.and_then(|crs: Value| crs_name(&crs));
    Ok(Table { columns: rows.columns, rows: rows.taken, crs, origin: Origin { path: path.to_owned(), read_as } })
}

/// "EPSG:4547" of the crs member that RFC 7946 took away; `None` for longitude/latitude, other names as they stand.
fn crs_name(crs: &Value) -> Option<String> {
    let properties = crs.get("properties")?;
    if let Some(code) = properties.get("code") {
        // The oldest form: {"type": "EPSG", "properties": {"code": 4326}}.
        return Some(format!("EPSG:{}", code.to_string().trim_matches('"')));
    }
    let name = properties.get("name")?.as_str()?;
    let upper = name.to_ascii_uppercase();
    if upper.ends_with(":CRS84") {
        None
    } else if upper.starts_with("URN:") && upper.contains(":EPSG:") {
        upper.rsplit(':').next().map(|code| format!("EPSG:{code}"))
    } else {
        Some(name.to_owned())
    }
}

/// A row has a cell for each property before its last. Where each feature has properties of its own that is the square of the
/// file; a CSV file has no more cells than bytes, and no more than that, and these, are taken.
const SPARSE_CELLS: usize = 16 << 20;

struct Rows<'o> {
    taken: Vec<Row>,
    columns: Vec<String>,
    index: HashMap<String, usize>,
    builder: RowBuilder,
    cells: usize,
    most_cells: usize,
    options: &'o ReadOptions,
}

impl Sink for Rows<'_> {
    /// Adds one element of a collection as a row; a broken one gets a defect.
    fn feature(&mut self, feature: Object) -> Result<(), String> {
        let limit = self.options.limits.rows;
        if self.taken.len() == limit {
            return Err(format!("more than {limit} features; split the file"));
        }
        let number = self.taken.len() as u64 + 1;
        if feature.kind.as_str() != Some("Feature") {
            let found = if feature.kind.is_null() { "no \"type\"".to_owned() } else { feature.kind.to_string() };
            self.taken.push(self.builder.finish(number, None, Some(RowDefect::NotAFeature(found))));
            return Ok(());
        }
        let mut defect = self.cells(&feature);
        let geometry = geometry(&feature.geometry).unwrap_or_else(|message| {
            defect.get_or_insert(RowDefect::Geometry(message));
            None
        });
        self.taken.push(self.builder.finish(number, geometry, defect));
        let (found, limit) = (self.columns.len(), self.options.limits.columns);
        if found > limit {
            return Err(format!("{found} properties are more than the limit of {limit}"));
        }
        if self.cells > self.most_cells {
            return Err(format!(
                "{found} properties, few of them in each feature, are too many for so many features; split the file"
            ));
        }
        Ok(())
    }
}

impl Rows<'_> {
    /// Takes what stands outermost; the features of a collection have passed already.
    fn outermost(&mut self, path: &Path, object: Object, crs: &mut Option<Value>) -> Result<(), TableError> {
        let failed = |message| TableError::Json { path: path.to_owned(), message };
        match object.kind.as_str() {
            Some("FeatureCollection") if object.features => {
                if !object.crs.is_null() {
                    crs.get_or_insert(object.crs);
                }
                Ok(())
            }
            Some("FeatureCollection") => Err(failed("a FeatureCollection without a list of \"features\"".to_owned())),
            Some("Feature") => self.feature(object).map_err(failed),
            Some(kind @ ("Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon")) => {
                let geometry = json!({"type": kind, "coordinates": object.coordinates});
                self.feature(Object { kind: "Feature".into(), geometry, ..Object::default() }).map_err(failed)
            }
            _ => {
                let found =
                    if object.kind.is_null() { "without a \"type\"".to_owned() } else { format!("of type {}", object.kind) };
                Err(TableError::NotGeoJson { path: path.to_owned(), found })
            }
        }
    }

    /// Puts the properties into the builder in the order of the columns.
    fn cells(&mut self, feature: &Object) -> Option<RowDefect> {
        let mut cells: Vec<&Value> = Vec::new();
        let has_id = feature.properties.iter().any(|(name, _)| name == "id");
        let member = (!has_id && !feature.id.is_null()).then_some(("id", &feature.id));
        for (name, value) in member.into_iter().chain(feature.properties.iter().map(|(name, value)| (name.as_str(), value))) {
            let column = self.column(name);
            cells.resize(cells.len().max(column + 1), &Value::Null);
            cells[column] = value;
        }
        self.cells += cells.len();
        let limit = self.options.limits.cell_bytes;
        let mut defect = None;
        for value in cells {
            let (text, kind) = cell(value);
            if text.len() > limit {
                defect = Some(RowDefect::CellTooLong { bytes: text.len(), limit });
                self.builder.push("", CellKind::Null);
            } else {
                self.builder.push(&text, kind);
            }
        }
        defect
    }

    fn column(&mut self, name: &str) -> usize {
        if let Some(&column) = self.index.get(name) {
            return column;
        }
        self.columns.push(name.to_owned());
        self.index.insert(name.to_owned(), self.columns.len() - 1);
        self.columns.len() - 1
    }
}

fn cell(value: &Value) -> (String, CellKind) {
    match value {
        Value::Null => (String::new(), CellKind::Null),
        Value::Bool(it) => (it.to_string(), CellKind::Bool),
        Value::Number(it) => {
            // 405 and 405.0 are the same key; programs change one into the other.
            let text = it.to_string();
            (text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned), CellKind::Number)
        }
        Value::String(it) => (it.clone(), CellKind::Text),
        Value::Array(_) | Value::Object(_) => (value.to_string(), CellKind::Json),
    }
}
