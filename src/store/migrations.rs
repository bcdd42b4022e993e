//! The schema, step by step; run at start. Steps are numbered in pairs, one for each database, and never changed once released.

use super::StoreError;

/// One step.
pub(super) struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub geopackage: &'static str,
    pub postgis: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            geopackage: include_str!(concat!("../../migrations/geopackage/", $name, ".sql")),
            postgis: include_str!(concat!("../../migrations/postgis/", $name, ".sql")),
        }
    };
}

pub(super) const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_places_cases_rounds"),
    migration!(2, "0002_commit_marks"),
    migration!(3, "0003_stated_state"),
    migration!(4, "0004_event_origin"),
    migration!(5, "0005_plans"),
];

/// The number of the last step.
pub(super) fn latest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}

/// The steps that come after `applied`.
pub(super) fn pending(applied: i64, place: &str) -> Result<&'static [Migration], StoreError> {
    if applied > latest() {
        return Err(StoreError::NewerSchema { place: place.to_owned(), found: applied, known: latest() });
    }
    let first = MIGRATIONS.iter().position(|migration| migration.number > applied).unwrap_or(MIGRATIONS.len());
    Ok(&MIGRATIONS[first..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_from_one_without_gaps() {
        for (i, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number, i64::try_from(i).unwrap() + 1);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.number)));
        }
    }

    #[test]
    fn a_newer_schema_is_refused() {
        assert!(matches!(pending(latest() + 1, "x"), Err(StoreError::NewerSchema { .. })));
        assert!(pending(latest(), "x").unwrap().is_empty());
        assert_eq!(pending(0, "x").unwrap().len(), MIGRATIONS.len());
    }
}
