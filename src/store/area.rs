//! The area that a store is about.

use super::{Source, StoreError, backend::Transaction, value::Value};
use crate::place::{CodeScheme, Id};
use chrono_tz::Tz;

/// What is settled once for an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaSettings {
    /// County code or another short word; part of every key.
    pub key: String,
    pub name: String,
    /// In which months, weeks, days and clocks are cut.
    pub zone: Tz,
    pub code_scheme: CodeScheme,
    /// Generated, not real.
    pub synthetic: bool,
}

const AREAS: &str = "SELECT area_key, name, zone, code_scheme, synthetic FROM area ORDER BY area_key";

const FOUND: &str = "INSERT INTO area (area_key, name, zone, code_scheme, synthetic) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (area_key) DO NOTHING";

const DESCRIBE: &str = "UPDATE area SET name = $2, zone = $3, code_scheme = $4, synthetic = $5 WHERE area_key = $1 \
     AND (name <> $2 OR zone <> $3 OR code_scheme <> $4 OR synthetic <> $5)";

/// Under which changes of the area itself are logged.
pub(super) const LOGGED_AS: &str = "area";

pub(super) async fn all(mut source: Source<'_>) -> Result<Vec<AreaSettings>, StoreError> {
    let rows = source.fetch(AREAS.into(), vec![]).await?;
    let area = |row: &super::value::Row| {
        Ok(AreaSettings {
            key: row.text("area_key")?,
            name: row.text("name")?,
            zone: row.parse("zone")?,
            code_scheme: row.parse("code_scheme")?,
            synthetic: row.bool("synthetic")?,
        })
    };
    rows.iter().map(area).collect()
}

pub(super) async fn found(transaction: &mut dyn Transaction, area: &AreaSettings) -> Result<(), StoreError> {
    transaction.execute(FOUND.into(), values(&area.key, area)).await?;
    Ok(())
}

/// Whether anything was described otherwise before.
pub(super) async fn describe(transaction: &mut dyn Transaction, key: &str, area: &AreaSettings) -> Result<bool, StoreError> {
    Ok(transaction.execute(DESCRIBE.into(), values(key, area)).await? > 0)
}

/// An area has a key and no id; the change log names records by their ids.
pub(super) fn id(key: &str) -> Id {
    Id::derived("area", key)
}

fn values(key: &str, area: &AreaSettings) -> Vec<Value> {
    vec![
        key.into(),
        area.name.as_str().into(),
        area.zone.name().into(),
        area.code_scheme.name().into(),
        Value::Bool(area.synthetic),
    ]
}
