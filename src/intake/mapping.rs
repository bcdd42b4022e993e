//! The mapping: what the columns of a file mean, written down in TOML.
//!
//! ```toml
//! title = "MyLA311 requests"
//! layer = "reports"
//!
//! [source]                      # how the file is written; detected where it isn't said
//! missing = ["N/A"]             # texts that mean "nothing", besides the empty one
//!
//! [time]
//! zone = "America/Los_Angeles"  # of times that carry no offset
//! format = "%m/%d/%Y %I:%M:%S %p"
//!
//! [position]
//! lon = "Longitude"
//! lat = "Latitude"
//! datum = "wgs84"
//!
//! [fields]
//! source = "SRNumber"                                     # a column
//! category = ["RequestType", "Category"]                  # the first of these that isn't empty
//! channel = { value = "call" }                            # a constant
//! state = { column = "Status", values = { Cancelled = "void" }, unknown = "keep" }
//!
//! [fields.label]                                          # "05 QUEENS" → "405"
//! column = "Community Board"
//! pattern = '^(?<board>\d{2}) (?<borough>\D+)$'
//! lookup.borough = { QUEENS = 4 }
//! template = "{borough}{board}"
//! unknown = "empty"
//!
//! [stages]                                                # wide case events: transition = column
//! dispatched = "DispatchedDate"
//! ```
//!
//! A key that isn't known is an error that names it.

use super::transform::{Transform, TransformError};
use crate::{layer::Layer, table::ReadOptions};
use chrono_tz::Tz;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::{collections::BTreeMap, fmt, fs, io, path::Path, path::PathBuf};

/// A checked mapping. The default one maps nothing: columns are then found by their names.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub title: Option<String>,
    /// The layer that it is for; `None` for any.
    pub layer: Option<Layer>,
    pub source: SourceRules,
    pub time: TimeRules,
    pub position: PositionRules,
    /// By the name of the field.
    pub fields: BTreeMap<String, FieldSpec>,
    /// By the word of the transition.
    pub stages: BTreeMap<String, FieldSpec>,
    /// Fields that are not listed are looked for by their usual names. A mapping file that lists fields says all; flags don't.
    pub others_by_name: bool,
}

impl Mapping {
    /// Says that times are written in `format` (strftime).
    pub fn set_time_format(&mut self, format: &str) {
        self.time.format = OneOrMany(vec![format.to_owned()]);
    }

    /// Says that `field` stands in `column`, as a flag does.
    pub fn set_column(&mut self, field: &str, column: &str) {
        self.others_by_name |= self.fields.is_empty();
        self.fields.insert(field.to_owned(), FieldSpec::column(column));
    }
}

/// How the file is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceRules {
    pub encoding: Option<String>,
    pub delimiter: Option<char>,
    /// The table of a `GeoPackage`.
    pub table: Option<String>,
    /// Texts that mean "nothing" in every column.
    pub missing: Vec<String>,
}

/// How times are written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeRules {
    /// Of times without an offset; the area's zone where it isn't given.
    pub zone: Option<Tz>,
    /// strftime formats, tried in this order; detected over the whole file where there is none.
    pub format: OneOrMany,
    /// Which instant a local time means that occurs twice, when clocks go back.
    pub twice: Twice,
}

/// Which of two instants with the same local time is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Twice {
    #[default]
    Earlier,
    Later,
    Reject,
}

/// Where a row's position stands.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PositionRules {
    pub lon: Option<String>,
    pub lat: Option<String>,
    /// Easting and northing in `crs`.
    pub x: Option<String>,
    pub y: Option<String>,
    /// A geometry as well-known text, in `crs` if that is given.
    pub wkt: Option<String>,
    /// "EPSG:4547".
    pub crs: Option<String>,
    /// "wgs84", "gcj02", "bd09"; of longitudes and latitudes.
    pub datum: Option<String>,
    /// Of x and y where they are not in metres though `crs` is. A CRS in feet (EPSG:2263) needs none.
    pub unit: Option<Unit>,
}

/// A unit of length of projected coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Unit {
    #[serde(rename = "m")]
    Metre,
    #[serde(rename = "km")]
    Kilometre,
    /// The international foot, 0.3048 m.
    #[serde(rename = "ft")]
    Foot,
    /// The survey foot of the United States, 1200/3937 m.
    #[serde(rename = "us-ft")]
    UsSurveyFoot,
}

impl Unit {
    #[must_use]
    pub fn metres(self) -> f64 {
        match self {
            Self::Metre => 1.0,
            Self::Kilometre => 1000.0,
            Self::Foot => 0.3048,
            Self::UsSurveyFoot => 1200.0 / 3937.0,
        }
    }
}

/// Where a field's text comes from, and what is done to it.
#[derive(Clone, Debug, Default)]
pub struct FieldSpec {
    /// The first of these columns that isn't empty; none for a constant.
    pub columns: Vec<String>,
    pub transform: Transform,
    /// Of this field, instead of the file's.
    pub format: OneOrMany,
    pub zone: Option<Tz>,
}

impl FieldSpec {
    /// The text of `column` as it stands.
    #[must_use]
    pub fn column(column: impl Into<String>) -> Self {
        Self { columns: vec![column.into()], ..Self::default() }
    }
}

/// Why a mapping can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {message}", path.display())]
    Toml { path: PathBuf, message: String },
    #[error("{}: [fields.{field}]: {source}", path.display())]
    Field { path: PathBuf, field: String, source: TransformError },
    #[error("{}: {message}", path.display())]
    Contradiction { path: PathBuf, message: String },
}

impl Mapping {
    /// # Errors
    /// [`MappingError`] names the key or value that can't be used.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let text = fs::read_to_string(path).map_err(|source| MappingError::Io { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// `path`: for messages.
    ///
    /// # Errors
    /// [`MappingError`] names the key or value that can't be used.
    pub fn parse(text: &str, path: &Path) -> Result<Self, MappingError> {
        let toml_failed = |message: String| MappingError::Toml { path: path.to_owned(), message };
        let raw: RawMapping = toml::from_str(text).map_err(|error| toml_failed(error.to_string()))?;
        let layer = raw.layer.map(|name| name.parse::<Layer>()).transpose().map_err(|error| toml_failed(error.to_string()))?;
        let mapping = Self {
            title: raw.title,
            layer,
            source: raw.source,
            time: raw.time,
            position: raw.position,
            fields: checked(raw.fields, "fields", path)?,
            stages: checked(raw.stages, "stages", path)?,
            others_by_name: false,
        };
        mapping.check(path)?;
        Ok(mapping)
    }

    fn check(&self, path: &Path) -> Result<(), MappingError> {
        let p = &self.position;
        let contradiction = |message: &str| {
            Err(MappingError::Contradiction { path: path.to_owned(), message: format!("[position]: {message}") })
        };
        if p.lon.is_some() != p.lat.is_some() {
            return contradiction("lon and lat go together");
        }
        if p.x.is_some() != p.y.is_some() {
            return contradiction("x and y go together");
        }
        if [p.lon.is_some(), p.x.is_some(), p.wkt.is_some()].iter().filter(|given| **given).count() > 1 {
            return contradiction("give only one of lon and lat, x and y, wkt");
        }
        if p.x.is_some() && p.crs.is_none() {
            return contradiction("x and y need the crs that they are in, such as crs = \"EPSG:4547\"");
        }
        if p.unit.is_some() && p.x.is_none() {
            return contradiction("unit is for x and y");
        }
        Ok(())
    }

    /// How to read the file that the mapping is for.
    #[must_use]
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions {
            encoding: self.source.encoding.clone(),
            delimiter: self.source.delimiter,
            layer: self.source.table.clone(),
            ..ReadOptions::default()
        }
    }
}

fn checked(
    raw: BTreeMap<String, FieldSource>,
    section: &str,
    path: &Path,
) -> Result<BTreeMap<String, FieldSpec>, MappingError> {
    let compile = |(name, raw): (String, FieldSource)| {
        let failed = |source| MappingError::Field { path: path.to_owned(), field: name.clone(), source };
        let spec = raw.0.compile().map_err(failed)?;
        if spec.columns.is_empty() && spec.transform.constant.is_none() {
            let message = format!("[{section}] {name}: neither a column nor a value");
            return Err(MappingError::Contradiction { path: path.to_owned(), message });
        }
        Ok((name, spec))
    };
    raw.into_iter().map(compile).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    title: Option<String>,
    layer: Option<String>,
    #[serde(default)]
    source: SourceRules,
    #[serde(default)]
    time: TimeRules,
    #[serde(default)]
    position: PositionRules,
    #[serde(default)]
    fields: BTreeMap<String, FieldSource>,
    #[serde(default)]
    stages: BTreeMap<String, FieldSource>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawField {
    column: OneOrMany,
    value: Option<Scalar>,
    missing: Vec<String>,
    pattern: Option<String>,
    lookup: BTreeMap<String, BTreeMap<String, Scalar>>,
    template: Option<String>,
    values: BTreeMap<String, Scalar>,
    unknown: Option<super::transform::Unknown>,
    format: OneOrMany,
    zone: Option<Tz>,
}

impl RawField {
    fn compile(self) -> Result<FieldSpec, TransformError> {
        let plain = |map: BTreeMap<String, Scalar>| map.into_iter().map(|(from, to)| (from, to.0)).collect();
        let transform = Transform::new(
            self.value.map(|value| value.0),
            self.missing,
            self.pattern.as_deref(),
            self.lookup.into_iter().map(|(capture, map)| (capture, plain(map))).collect(),
            self.template.as_deref(),
            plain(self.values),
            self.unknown,
        )?;
        Ok(FieldSpec { columns: self.column.0, transform, format: self.format, zone: self.zone })
    }
}

/// A text or a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<OneOrMany, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = texts.next_element()? {
                    all.push(text);
                }
                Ok(OneOrMany(all))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

/// A text; numbers and booleans count as their text.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a text, a number or a boolean")
            }

            fn visit_str<E>(self, it: &str) -> Result<Scalar, E> {
                Ok(Scalar(it.to_owned()))
            }

            fn visit_i64<E>(self, it: i64) -> Result<Scalar, E> {
                Ok(Scalar(it.to_string()))
            }

            fn visit_f64<E>(self, it: f64) -> Result<Scalar, E> {
                Ok(Scalar(it.to_string()))
            }

            fn visit_bool<E>(self, it: bool) -> Result<Scalar, E> {
                Ok(Scalar(it.to_string()))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// A field is written as a column, a list of columns, or a table; told apart here so that an unknown key in the table is named.
struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = FieldSource;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a column, a list of columns, or a table with column, value, pattern, values …")
    }

    fn visit_str<E>(self, column: &str) -> Result<FieldSource, E> {
        Ok(FieldSource(RawField { column: OneOrMany(vec![column.to_owned()]), ..RawField::default() }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut columns: A) -> Result<FieldSource, A::Error> {
        let mut all = Vec::new();
        while let Some(column) = columns.next_element()? {
            all.push(column);
        }
        Ok(FieldSource(RawField { column: OneOrMany(all), ..RawField::default() }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSource, A::Error> {
        RawField::deserialize(MapAccessDeserializer::new(map)).map(FieldSource)
    }
}

struct FieldSource(RawField);

impl<'de> Deserialize<'de> for FieldSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
