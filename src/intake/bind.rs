//! A field of a mapping, bound to the columns of one table.

use super::{
    mapping::FieldSpec,
    transform::{Transform, UnknownValue},
};
use crate::table::{Row, Table};
use std::borrow::Cow;

/// Why the columns that a mapping, a flag or a layer asks for can't be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    #[error("there is no column {wanted:?}; the file has {found}")]
    Missing { wanted: String, found: String },
    #[error("the column {0:?} stands more than once in the file; rename all but one")]
    Twice(String),
}

/// The index of the column called `name`.
///
/// # Errors
/// [`ColumnError`] where there is none or more than one.
pub fn column(table: &Table, name: &str) -> Result<usize, ColumnError> {
    let mut columns = table.columns_called(name);
    match (columns.next(), columns.next()) {
        (Some(column), None) => Ok(column),
        (Some(_), Some(_)) => Err(ColumnError::Twice(name.to_owned())),
        (None, _) => Err(ColumnError::Missing { wanted: name.to_owned(), found: listed(&table.columns) }),
    }
}

/// The names for a message, the first thirty of them.
#[must_use]
pub fn listed(columns: &[String]) -> String {
    let names: Vec<String> = columns.iter().take(30).map(|name| format!("{name:?}")).collect();
    let more = columns.len().saturating_sub(30);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// A field with its columns.
#[derive(Clone, Debug)]
pub struct BoundField {
    pub columns: Vec<usize>,
    transform: Transform,
    missing: Vec<String>,
}

impl BoundField {
    /// `missing`: the texts that mean "nothing" in the whole file.
    ///
    /// # Errors
    /// [`ColumnError`] where a column that the field names can't be had.
    pub fn bind(table: &Table, spec: &FieldSpec, missing: &[String]) -> Result<Self, ColumnError> {
        let columns = spec.columns.iter().map(|name| column(table, name)).collect::<Result<_, _>>()?;
        Ok(Self { columns, transform: spec.transform.clone(), missing: missing.to_vec() })
    }

    /// The field's text in `row`: of the first column that has one, else the constant.
    ///
    /// # Errors
    /// [`UnknownValue`] where the mapping rejects what stands there.
    pub fn text<'a>(&'a self, row: &'a Row) -> Result<Option<Cow<'a, str>>, UnknownValue> {
        for &column in &self.columns {
            let cell = row.cell(column).trim();
            if cell.is_empty() || self.missing.iter().any(|missing| missing == cell) {
                continue;
            }
            if let Some(text) = self.transform.apply(cell)? {
                return Ok(Some(text));
            }
        }
        Ok(self.transform.constant.as_deref().map(Cow::Borrowed))
    }
}
