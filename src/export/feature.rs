//! What every export format writes: a feature with named values.

use crate::{geometry::BBox, place::Id};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use std::borrow::Cow;

/// What the features of a layer are on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometryType {
    MultiPolygon,
    Point,
    None,
}

/// One record on its way out. `values` stand in the order of the layer's columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    pub id: Id,
    /// EPSG:4326, or as the reader asked for.
    pub geometry: Option<geo::Geometry>,
    pub values: Vec<Value>,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Int(i64),
    Real(f64),
    Bool(bool),
    Instant(DateTime<Utc>),
    Date(NaiveDate),
    List(Vec<String>),
}

impl Feature {
    /// The box around the feature, `None` without a geometry.
    #[must_use]
    pub fn bbox(&self) -> Option<BBox> {
        self.geometry.as_ref().and_then(BBox::around)
    }
}

impl Value {
    /// The value as a JSON value; a number that JSON cannot hold is null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Int(number) => (*number).into(),
            Self::Real(number) => (*number).into(),
            Self::Bool(flag) => (*flag).into(),
            Self::List(texts) => texts.clone().into(),
            Self::Instant(_) | Self::Date(_) => self.to_text().into(),
        }
    }

    /// The value as plain text, empty for null. Lists are joined by `;`.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Int(number) => Cow::Owned(number.to_string()),
            Self::Real(number) => Cow::Owned(number.to_string()),
            Self::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Instant(at) => Cow::Owned(at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::List(texts) => Cow::Owned(texts.join(";")),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident),+) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        })+
    };
}
value_from!(String => Text, &str => Text, i64 => Int, u32 => Int, f64 => Real, bool => Bool, DateTime<Utc> => Instant, NaiveDate => Date, Vec<String> => List);

impl From<Id> for Value {
    fn from(id: Id) -> Self {
        Self::Text(id.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
