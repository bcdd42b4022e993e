//! Values that go into a statement and rows that come out, the same for both databases.

use super::{StoreError, wkb};
use crate::{geometry::LonLat, place::Id};
use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use geo::{Geometry, MultiPolygon};
use sqlx::{
    Row as _, ValueRef,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};
use std::str::FromStr;

/// A bound value. Nulls are typed, since PostgreSQL asks for the type of each parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bool(bool),
    Instant(Option<DateTime<Utc>>),
    Date(Option<NaiveDate>),
    Geometry(Option<Geometry>),
}

/// Instants are kept to the millisecond: what is written is rounded here, so that it equals what is read.
pub(super) fn to_ms(at: DateTime<Utc>) -> DateTime<Utc> {
    at.round_subsecs(3)
}

/// An instant as GeoPackage's DATETIME.
pub(super) fn instant_text(at: DateTime<Utc>) -> String {
    to_ms(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Value {
    pub(super) fn id(id: Option<Id>) -> Self {
        Self::Text(id.map(|id| id.to_string()))
    }

    pub(super) fn location(location: Option<LonLat>) -> Self {
        Self::Geometry(location.map(|location| location.to_point().into()))
    }

    pub(super) fn shape(shape: &MultiPolygon) -> Self {
        Self::Geometry(Some(shape.clone().into()))
    }

    pub(super) fn word(word: Option<&str>) -> Self {
        Self::Text(word.map(str::to_owned))
    }

    pub(super) fn bind_sqlite(self, arguments: &mut SqliteArguments) -> Result<(), StoreError> {
        use sqlx::Arguments;
        match self {
            Self::Int(value) => arguments.add(value),
            Self::Real(value) => arguments.add(value),
            Self::Text(value) => arguments.add(value),
            Self::Bool(value) => arguments.add(value),
            Self::Instant(value) => arguments.add(value.map(instant_text)),
            Self::Date(value) => arguments.add(value.map(|date| date.to_string())),
            Self::Geometry(value) => {
                arguments.add(value.as_ref().map(wkb::to_blob).transpose().map_err(|error| decode("geom", &error))?)
            }
        }
        .map_err(StoreError::Database)
    }

    pub(super) fn bind_postgres(self, arguments: &mut PgArguments) -> Result<(), StoreError> {
        use sqlx::Arguments;
        match self {
            Self::Int(value) => arguments.add(value),
            Self::Real(value) => arguments.add(value),
            Self::Text(value) => arguments.add(value),
            Self::Bool(value) => arguments.add(value),
            Self::Instant(value) => arguments.add(value.map(to_ms)),
            Self::Date(value) => arguments.add(value),
            // PostGIS casts bytea to geometry by itself.
            Self::Geometry(value) => {
                arguments.add(value.as_ref().map(wkb::to_ewkb).transpose().map_err(|error| decode("geom", &error))?)
            }
        }
        .map_err(StoreError::Database)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Id> for Value {
    fn from(id: Id) -> Self {
        Self::id(Some(id))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(at: DateTime<Utc>) -> Self {
        Self::Instant(Some(at))
    }
}

impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Self::Date(Some(date))
    }
}

fn decode(column: &str, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Decode { column: column.to_owned(), why: why.to_string() }
}

/// A row of either database, read by column name.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! column {
    ($row:expr, $column:expr, $type:ty) => {
        match $row {
            // Unchecked: SQLite's types belong to values, not to columns.
            Row::Sqlite(row) => row.try_get_unchecked::<Option<$type>, _>($column),
            Row::Postgres(row) => row.try_get::<Option<$type>, _>($column),
        }
        .map_err(|error| decode($column, &error))
    };
}

impl Row {
    pub(super) fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        column!(self, column, i64)
    }

    pub(super) fn opt_real(&self, column: &str) -> Result<Option<f64>, StoreError> {
        column!(self, column, f64)
    }

    pub(super) fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        column!(self, column, String)
    }

    pub(super) fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| decode(column, &"is null"))
    }

    /// A count that fits into 32 bits.
    pub(super) fn opt_count(&self, column: &str) -> Result<Option<u32>, StoreError> {
        self.opt_int(column)?.map(u32::try_from).transpose().map_err(|error| decode(column, &error))
    }

    pub(super) fn real(&self, column: &str) -> Result<f64, StoreError> {
        self.opt_real(column)?.ok_or_else(|| decode(column, &"is null"))
    }

    pub(super) fn text(&self, column: &str) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or_else(|| decode(column, &"is null"))
    }

    pub(super) fn bool(&self, column: &str) -> Result<bool, StoreError> {
        column!(self, column, bool)?.ok_or_else(|| decode(column, &"is null"))
    }

    /// A word of a vocabulary, an id, a code scheme: whatever is kept as its text.
    pub(super) fn opt_parse<T>(&self, column: &str) -> Result<Option<T>, StoreError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.opt_text(column)?.map(|text| text.parse().map_err(|error: T::Err| decode(column, &error))).transpose()
    }

    pub(super) fn parse<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.opt_parse(column)?.ok_or_else(|| decode(column, &"is null"))
    }

    pub(super) fn opt_instant(&self, column: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        match self {
            Self::Sqlite(_) => self.opt_parse(column),
            Self::Postgres(row) => row.try_get(column).map_err(|error| decode(column, &error)),
        }
    }

    pub(super) fn instant(&self, column: &str) -> Result<DateTime<Utc>, StoreError> {
        self.opt_instant(column)?.ok_or_else(|| decode(column, &"is null"))
    }

    pub(super) fn opt_date(&self, column: &str) -> Result<Option<NaiveDate>, StoreError> {
        match self {
            Self::Sqlite(_) => self.opt_parse(column),
            Self::Postgres(row) => row.try_get(column).map_err(|error| decode(column, &error)),
        }
    }

    pub(super) fn date(&self, column: &str) -> Result<NaiveDate, StoreError> {
        self.opt_date(column)?.ok_or_else(|| decode(column, &"is null"))
    }

    pub(super) fn opt_geometry(&self, column: &str) -> Result<Option<Geometry>, StoreError> {
        match self {
            Self::Sqlite(_) => column!(self, column, Vec<u8>)?.map(|blob| wkb::from_blob(&blob)).transpose(),
            // PostGIS sends geometries as extended WKB.
            Self::Postgres(row) => {
                let raw = row.try_get_raw(column).map_err(|error| decode(column, &error))?;
                if raw.is_null() {
                    return Ok(None);
                }
                wkb::from_ewkb(raw.as_bytes().map_err(|error| decode(column, &error))?).map(Some)
            }
        }
        .map_err(|error| decode(column, &error))
    }

    pub(super) fn opt_location(&self, column: &str) -> Result<Option<LonLat>, StoreError> {
        match self.opt_geometry(column)? {
            None => Ok(None),
            Some(Geometry::Point(point)) => LonLat::try_from(point).map(Some).map_err(|error| decode(column, &error)),
            Some(_) => Err(decode(column, &"is no point")),
        }
    }

    pub(super) fn shape(&self, column: &str) -> Result<MultiPolygon, StoreError> {
        match self.opt_geometry(column)? {
            Some(Geometry::MultiPolygon(shape)) => Ok(shape),
            Some(Geometry::Polygon(polygon)) => Ok(polygon.into()),
            _ => Err(decode(column, &"is no polygon")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_rounded_to_the_millisecond_and_sort_as_text() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(instant_text(at("2024-02-29T23:59:59.9996Z")), "2024-03-01T00:00:00.000Z");
        assert_eq!(instant_text(at("2024-02-29T08:00:00.1234+08:00")), "2024-02-29T00:00:00.123Z");
        assert!(instant_text(at("2024-01-01T00:00:00Z")) < instant_text(at("2024-01-01T00:00:00.001Z")));
    }
}
