//! Squares with their facilities, households and devices, and where the boundaries place them.

use super::Id;
use crate::{geometry::LonLat, vocabulary::vocabulary};
use chrono::{DateTime, NaiveDate, Utc};
use geo::MultiPolygon;
use std::collections::BTreeMap;

vocabulary! {
    /// The seven things (七个一) of a small square.
    FacilityKind, "kind of facility" {
        Flag => "flag", "党旗", "Party flag";
        PartyGroup => "party_group", "党小组", "Party group";
        Volunteers => "volunteers", "志愿队伍", "volunteer team";
        Keeper => "keeper", "管理员", "keeper";
        Display => "display", "电子显示屏", "display";
        Broadcast => "broadcast", "广播", "broadcast";
        Camera => "camera", "监控", "camera";
    }
}

vocabulary! {
    /// Whether a facility or device does its work.
    FacilityStatus, "status" {
        Working => "working", "正常", "working" | "完好", "在线", "online";
        Faulty => "faulty", "故障", "faulty" | "损坏", "离线", "offline";
        Missing => "missing", "缺失", "missing" | "丢失";
    }
}

vocabulary! {
    /// How sure the grid of a point is.
    PlacementStatus, "assignment status" {
        Inside => "inside", "在内", "inside";
        Overlap => "overlap", "重叠", "overlap";
        Near => "near", "界外附近", "near";
        Outside => "outside", "界外", "outside";
        NoPosition => "no_position", "无坐标", "no position";
    }
}

/// Since when a household, square, facility or device was there of which no file says since when: always. No day on which anything
/// began.
pub const ALWAYS: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date");

/// Where one version of the boundaries places a point: the stored outcome of an assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    pub version: i64,
    pub status: PlacementStatus,
    pub village: Option<Id>,
    pub grid: Option<Id>,
    pub microgrid: Option<Id>,
    /// Distance to the nearest border of the grids, metres; `None` where there is no grid or no position.
    pub border_m: Option<f64>,
}

/// A small square (小广场).
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    pub id: Id,
    /// The key that the source file knows it by.
    pub source: String,
    pub name: String,
    pub shape: MultiPolygon,
    pub area_m2: f64,
    pub evacuation_site: bool,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    /// By a point inside the square.
    pub placement: Option<Placement>,
}

/// One of the seven facilities of a square.
#[derive(Clone, Debug, PartialEq)]
pub struct Facility {
    pub id: Id,
    pub source: String,
    pub square: Id,
    pub kind: FacilityKind,
    pub status: FacilityStatus,
    pub location: Option<LonLat>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

impl Square {
    #[must_use]
    pub fn is_in_use(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    /// The state of the kinds of facility that the square has on `day`. Of several of a kind the best counts: one working screen
    /// is a working screen.
    #[must_use]
    pub fn facilities_on(&self, day: NaiveDate, all: &[Facility]) -> BTreeMap<FacilityKind, FacilityStatus> {
        let mut best = BTreeMap::new();
        for facility in all.iter().filter(|it| it.square == self.id && it.is_there(day)) {
            let status = best.entry(facility.kind).or_insert(facility.status);
            *status = facility.status.min(*status);
        }
        best
    }
}

impl Facility {
    #[must_use]
    pub fn is_there(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }
}

/// A household: the place only. Names, telephone numbers and addresses are in the private store.
#[derive(Clone, Debug, PartialEq)]
pub struct Household {
    pub id: Id,
    pub source: String,
    pub location: Option<LonLat>,
    /// Persons who live there.
    pub persons: u32,
    pub lived_in_from: NaiveDate,
    pub lived_in_to: Option<NaiveDate>,
    pub placement: Option<Placement>,
}

impl Household {
    /// Whether somebody lives there on `day`.
    #[must_use]
    pub fn is_lived_in(&self, day: NaiveDate) -> bool {
        self.lived_in_from <= day && self.lived_in_to.is_none_or(|to| day < to)
    }
}

/// A camera, screen, loudspeaker or sensor that the centre listens to.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    pub id: Id,
    pub source: String,
    pub kind: String,
    pub status: FacilityStatus,
    pub location: Option<LonLat>,
    pub last_seen: Option<DateTime<Utc>>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub placement: Option<Placement>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_of_a_kind_the_best_of_the_day_counts() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let square = Square {
            id: Id::derived("square", "a"),
            source: String::new(),
            name: String::new(),
            shape: MultiPolygon(Vec::new()),
            area_m2: 0.0,
            evacuation_site: false,
            valid_from: day("2024-01-01"),
            valid_to: Some(day("2026-01-01")),
            placement: None,
        };
        let facility = |kind, status, to: Option<&str>| Facility {
            id: Id::new(),
            source: String::new(),
            square: square.id,
            kind,
            status,
            location: None,
            valid_from: day("2024-01-01"),
            valid_to: to.map(day),
        };
        let facilities = [
            facility(FacilityKind::Display, FacilityStatus::Faulty, None),
            facility(FacilityKind::Display, FacilityStatus::Working, Some("2025-01-01")),
            Facility { square: Id::derived("square", "b"), ..facility(FacilityKind::Flag, FacilityStatus::Working, None) },
        ];
        let on = |text: &str| square.facilities_on(day(text), &facilities).into_iter().collect::<Vec<_>>();
        assert_eq!(on("2024-12-31"), [(FacilityKind::Display, FacilityStatus::Working)]);
        assert_eq!(on("2025-01-01"), [(FacilityKind::Display, FacilityStatus::Faulty)]);
        assert_eq!(on("2023-12-31"), []);
        assert!(square.is_in_use(day("2025-12-31")) && !square.is_in_use(day("2026-01-01")));
    }
}
