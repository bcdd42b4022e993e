//! Published sets of boundaries, and the dates from which they hold.

use chrono::{DateTime, NaiveDate, Utc};

/// A published set of boundaries. The set of a date is the one with the highest number whose `valid_from` is not later; what
/// happened before the first set counts under the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryVersion {
    /// From 1, without gaps, within its area.
    pub number: i64,
    pub valid_from: NaiveDate,
    pub published_at: DateTime<Utc>,
    pub note: String,
}

impl BoundaryVersion {
    /// The version that holds on `date`, of `versions` in ascending order of number; `None` if there are none.
    #[must_use]
    pub fn on(versions: &[Self], date: NaiveDate) -> Option<&Self> {
        versions.iter().rev().find(|version| version.valid_from <= date).or(versions.first())
    }
}

/// From `from` (inclusive) to `to` (exclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_date() {
        let version = |number, valid_from: &str| BoundaryVersion {
            number,
            valid_from: valid_from.parse().unwrap(),
            published_at: DateTime::UNIX_EPOCH,
            note: String::new(),
        };
        let all = [version(1, "2024-01-01"), version(2, "2024-01-01"), version(3, "2025-07-01")];
        let on = |date: &str| BoundaryVersion::on(&all, date.parse().unwrap()).unwrap().number;
        assert_eq!([on("2020-05-05"), on("2024-01-01"), on("2025-06-30"), on("2025-07-01")], [1, 2, 2, 3]);
        assert_eq!(BoundaryVersion::on(&[], "2024-01-01".parse().unwrap()), None);
    }
}
