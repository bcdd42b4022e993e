//! Which boundaries were in force when. What a record is part of follows from its day alone, whatever was imported first.

use super::placing::index;
use crate::place::{BoundaryVersion, Level};
use chrono::NaiveDate;

/// A stretch of days under one version of the boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// `NaiveDate::MIN` for the first: what is older lies in it too.
    pub from: NaiveDate,
    /// Exclusive; `None` for the one in force.
    pub to: Option<NaiveDate>,
    /// The version in force.
    pub version: i64,
    /// Of each level, the version since which its boundaries stand as they are. Before a level was there, its first boundaries
    /// count; `None` where it never was.
    pub levels: [Option<i64>; 3],
}

impl Stretch {
    /// Whether all lies in the same places under both.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        (self.version, self.levels) == (other.version, other.levels)
    }
}

/// All stretches, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline(Vec<Stretch>);

impl Timeline {
    /// `versions`: by number. `changes`: the versions in which a level is not as it was in the one before.
    #[must_use]
    pub fn new(versions: &[BoundaryVersion], changes: &[(Level, i64)]) -> Self {
        let mut in_force: Vec<&BoundaryVersion> = Vec::new();
        for version in versions {
            // A version takes the place of all that were to hold from its day on.
            while in_force.last().is_some_and(|last| last.valid_from >= version.valid_from) {
                in_force.pop();
            }
            in_force.push(version);
        }
        let stretch = |(i, version): (usize, &&BoundaryVersion)| Stretch {
            from: if i == 0 { NaiveDate::MIN } else { version.valid_from },
            to: in_force.get(i + 1).map(|next| next.valid_from),
            version: version.number,
            levels: levels_of(version.number, changes),
        };
        Self(in_force.iter().enumerate().map(stretch).collect())
    }

    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.0
    }

    /// The stretch that `day` lies in; `None` while nothing is published.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Stretch> {
        self.0.iter().rev().find(|stretch| stretch.from <= day)
    }
}

fn levels_of(version: i64, changes: &[(Level, i64)]) -> [Option<i64>; 3] {
    let mut levels = [None; 3];
    for level in Level::ALL {
        let of_level = || changes.iter().filter(|(of, _)| of == level).map(|(_, number)| *number);
        let last = of_level().filter(|number| *number <= version).max();
        levels[index(*level)] = last.or_else(|| of_level().min());
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn versions(days: &[&str]) -> Vec<BoundaryVersion> {
        let version = |(number, valid_from): (i64, &&str)| BoundaryVersion {
            number,
            valid_from: day(valid_from),
            published_at: chrono::DateTime::UNIX_EPOCH,
            note: String::new(),
        };
        (1..).zip(days).map(version).collect()
    }

    #[test]
    fn a_version_takes_the_place_of_what_was_to_hold_from_its_day_on() {
        let numbers = |days: &[&str]| {
            let timeline = Timeline::new(&versions(days), &[]);
            timeline.stretches().iter().map(|stretch| stretch.version).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&["2024-01-01", "2024-01-01", "2025-01-01"]), [2, 3]);
        assert_eq!(numbers(&["2024-01-01", "2025-01-01", "2024-06-01"]), [1, 3]);
        assert_eq!(numbers(&["2024-01-01", "2025-01-01", "2023-01-01"]), [3]);
        assert!(numbers(&[]).is_empty());
    }

    #[test]
    fn stretches_follow_each_other_as_the_versions_hold() {
        let versions = versions(&["2024-01-01", "2024-01-01", "2024-07-01", "2024-05-01"]);
        let timeline = Timeline::new(&versions, &[]);
        for text in ["1990-01-01", "2024-01-01", "2024-04-30", "2024-05-01", "2024-07-01", "2030-01-01"] {
            let held = BoundaryVersion::on(&versions, day(text)).unwrap().number;
            // Nothing older than the first day: there the first stretch counts.
            let wanted = if day(text) < day("2024-01-01") { 2 } else { held };
            assert_eq!(timeline.on(day(text)).unwrap().version, wanted, "{text}");
        }
        assert!(timeline.stretches().windows(2).all(|pair| pair[0].to == Some(pair[1].from)));
    }

    #[test]
    fn a_level_that_comes_later_counts_from_the_first_day() {
        use Level::{Grid, MicroGrid, Village};
        let versions = versions(&["2024-01-01", "2024-01-01", "2024-07-01", "2024-09-01"]);
        let timeline = Timeline::new(&versions, &[(Village, 1), (Grid, 2), (Grid, 3), (MicroGrid, 4)]);
        let levels: Vec<_> = timeline.stretches().iter().map(|it| (it.version, it.levels)).collect();
        let some = |numbers: [i64; 3]| numbers.map(Some);
        assert_eq!(levels, [(2, some([1, 2, 4])), (3, some([1, 3, 4])), (4, some([1, 3, 4]))]);
    }
}
