//! Records that are kept row by row, known by the key of their source file.

use super::{
    StoreError,
    value::{Row, Value},
};
use crate::{
    geometry::BBox,
    place::{Id, Placement},
};
use std::fmt::Write;

/// How a record is kept. The statements below are made of these constants alone.
pub(super) trait Record: Clone + PartialEq + Send + Sync {
    const TABLE: &'static str;
    /// Besides `area`; `id` is the first.
    const COLUMNS: &'static [&'static str];
    /// A column within whose values keys are unique: the kind of a case.
    const SCOPE: Option<&'static str> = None;
    /// The column of the key, unique within area and scope.
    const KEY: &'static str = "source";

    /// The layer under which its changes are logged.
    fn layer(&self) -> String;
    fn id(&self) -> Id;
    fn key(&self) -> String;
    fn scope(&self) -> Option<String> {
        None
    }
    /// In the order of [`Record::COLUMNS`].
    fn values(&self) -> Vec<Value>;
    fn read(row: &Row) -> Result<Self, StoreError>;

    /// Takes over from the stored record what a new import must not change: at least the id.
    fn adopt(&mut self, stored: &Self);
    /// Rounds instants to what the store keeps.
    fn normalise(&mut self) {}
    /// Says nothing: it is written only over one that is stored.
    fn is_blank(&self) -> bool {
        false
    }
    /// The box of its geometry.
    fn bounds(&self) -> Option<BBox> {
        None
    }
}

/// The columns in which a record keeps where the boundaries place it.
pub(super) const PLACEMENT_COLUMNS: [&str; 6] =
    ["placement_version", "placement_status", "village_id", "grid_id", "microgrid_id", "border_m"];

/// The same for where the latest version places a case, which keeps the version that it was assigned in.
pub(super) const NOW_COLUMNS: [&str; 6] =
    ["now_version", "now_status", "now_village_id", "now_grid_id", "now_microgrid_id", "now_border_m"];

pub(super) fn placement_values(placement: Option<&Placement>) -> [Value; 6] {
    [
        Value::Int(placement.map(|p| p.version)),
        Value::word(placement.map(|p| p.status.word())),
        Value::id(placement.and_then(|p| p.village)),
        Value::id(placement.and_then(|p| p.grid)),
        Value::id(placement.and_then(|p| p.microgrid)),
        Value::Real(placement.and_then(|p| p.border_m)),
    ]
}

pub(super) fn read_placement(row: &Row) -> Result<Option<Placement>, StoreError> {
    read_placement_in(row, PLACEMENT_COLUMNS)
}

/// Reads a placement from `columns`, in the order of [`PLACEMENT_COLUMNS`].
pub(super) fn read_placement_in(row: &Row, columns: [&str; 6]) -> Result<Option<Placement>, StoreError> {
    let [version, status, village, grid, microgrid, border_m] = columns;
    let Some(version) = row.opt_int(version)? else { return Ok(None) };
    Ok(Some(Placement {
        version,
        status: row.parse(status)?,
        village: row.opt_parse(village)?,
        grid: row.opt_parse(grid)?,
        microgrid: row.opt_parse(microgrid)?,
        border_m: row.opt_real(border_m)?,
    }))
}

/// `n` rows of `width` parameters after `first` that stand before: `($2, $3), ($4, $5)`.
pub(super) fn parameter_rows(first: usize, n: usize, width: usize) -> String {
    let mut text = String::with_capacity(n * width * 6);
    for row in 0..n {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            let separator = if column == 0 { "" } else { ", " };
            let _ = write!(text, "{separator}${}", first + 1 + row * width + column);
        }
        text.push(')');
    }
    text
}

/// `SELECT` of the records whose key is one of `n`; parameters: area, then the scope if there is one, then the keys.
pub(super) fn select_by_key<R: Record>(n: usize) -> String {
    let (scope, before) = R::SCOPE.map_or((String::new(), 1), |column| (format!(" AND {column} = $2"), 2));
    format!(
        "SELECT {} FROM {} WHERE area = $1{scope} AND {} IN {}",
        R::COLUMNS.join(", "),
        R::TABLE,
        R::KEY,
        parameter_rows(before, 1, n)
    )
}

/// Inserts `n` records, or overwrites those that have their key already. Parameters: area and columns of each.
pub(super) fn upsert<R: Record>(n: usize) -> String {
    let scope = R::SCOPE.map_or(String::new(), |column| format!("{column}, "));
    let changed: Vec<_> = R::COLUMNS
        .iter()
        .filter(|&&column| column != "id" && column != R::KEY && Some(column) != R::SCOPE)
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    format!(
        "INSERT INTO {} (area, {}) VALUES {} ON CONFLICT (area, {scope}{}) DO UPDATE SET {}",
        R::TABLE,
        R::COLUMNS.join(", "),
        parameter_rows(0, n, R::COLUMNS.len() + 1),
        R::KEY,
        changed.join(", ")
    )
}

/// Where `n` records are placed. Parameters: area, then id and `columns` of each. Returns the ids of those that changed.
pub(super) fn place(table: &str, columns: [&str; 6], n: usize) -> String {
    // Both databases name the columns of a list of values so.
    let numbered = || columns.iter().zip(2..);
    let set: Vec<_> = numbered().map(|(column, i)| format!("{column} = v.column{i}")).collect();
    let differs: Vec<_> = numbered().map(|(column, i)| format!("{table}.{column} IS DISTINCT FROM v.column{i}")).collect();
    format!(
        "UPDATE {table} SET {} FROM (VALUES {}) AS v WHERE {table}.area = $1 AND {table}.id = v.column1 AND ({}) RETURNING id",
        set.join(", "),
        parameter_rows(1, n, 1 + columns.len()),
        differs.join(" OR ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through() {
        assert_eq!(parameter_rows(1, 2, 3), "($2, $3, $4), ($5, $6, $7)");
        assert_eq!(parameter_rows(0, 1, 1), "($1)");
    }
}
