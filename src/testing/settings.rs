//! The demo's settings: what `data/demo/*.toml` says.

use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `geography.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Geography {
    pub area_km2: f64,
    pub grids: usize,
    pub microgrids: usize,
    pub persons_per_household: f64,
    pub outline: Outline,
    pub town: Town,
    pub cells: Cells,
    pub water: Vec<Stretch>,
    pub road: Vec<Stretch>,
    pub village: Vec<VillagePlan>,
    pub kinds: Kinds,
    pub scenic: Vec<ScenicSpot>,
}

/// The half axes in metres, and how far the outline strays from the ellipse.
#[derive(Clone, Debug, Deserialize)]
pub struct Outline {
    pub east: f64,
    pub north: f64,
    pub roughness: f64,
}

/// Centre and half axes in metres.
#[derive(Clone, Debug, Deserialize)]
pub struct Town {
    pub x: f64,
    pub y: f64,
    pub east: f64,
    pub north: f64,
}

/// Widths of cells in metres.
#[derive(Clone, Debug, Deserialize)]
pub struct Cells {
    pub mountain: f64,
    pub valley: f64,
    pub town: f64,
}

/// A river or road.
#[derive(Clone, Debug, Deserialize)]
pub struct Stretch {
    pub name: String,
    #[serde(default)]
    pub main: bool,
    pub line: Vec<[f64; 2]>,
}

/// Whether a village lies in the town or in the mountains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageKind {
    Community,
    Mountain,
}

/// One of the nine.
#[derive(Clone, Debug, Deserialize)]
pub struct VillagePlan {
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub code: String,
    pub kind: VillageKind,
    pub seed: [f64; 2],
    pub area_km2: f64,
    pub grids: usize,
}

/// Numbers of grids that are no house-yards.
#[derive(Clone, Debug, Deserialize)]
pub struct Kinds {
    pub estate: KindPlan,
    pub institution: KindPlan,
    pub scenic: KindPlan,
    pub other: KindPlan,
}

/// How many grids of a kind there are, and in which villages.
#[derive(Clone, Debug, Deserialize)]
pub struct KindPlan {
    pub grids: usize,
}

/// A sight.
#[derive(Clone, Debug, Deserialize)]
pub struct ScenicSpot {
    pub name: String,
    pub at: [f64; 2],
}

/// `names.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Names {
    pub surnames: Vec<String>,
    pub given: Vec<String>,
    pub hamlet_stems: Vec<String>,
    pub hamlets: Vec<String>,
    pub estates: Vec<String>,
    pub institutions: Vec<String>,
    pub scenic: Vec<String>,
    pub others: Vec<String>,
    pub squares: Vec<String>,
}

/// `society.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Society {
    pub households: Households,
    pub facilities: Facilities,
    pub posts: Posts,
    pub station: Vec<StationPlan>,
    pub visits: Visits,
    pub activity: Vec<ActivityPlan>,
    pub patrols: Patrols,
}

/// How households are spread over micro-grids, and who lives in them.
#[derive(Clone, Debug, Deserialize)]
pub struct Households {
    pub least: f64,
    pub most: f64,
    pub spread: f64,
    pub persons: Vec<f64>,
    pub migrant_town: f64,
    pub migrant_mountain: f64,
    pub reluctant: f64,
    pub moved_in: f64,
    pub moved_out: f64,
}

/// Shares of facilities that don't work.
#[derive(Clone, Debug, Deserialize)]
pub struct Facilities {
    pub faulty: f64,
    pub missing: f64,
}

/// How posts are filled.
#[derive(Clone, Debug, Deserialize)]
pub struct Posts {
    pub vacant: f64,
    pub twice: f64,
    pub shared: f64,
    pub changed: f64,
    pub workers: Vec<f64>,
    pub grids_per_mediator: f64,
    pub centre: usize,
    pub station_staff: usize,
}

/// An office that cases are dispatched to; its working times are multiplied by `slowness`.
#[derive(Clone, Debug, Deserialize)]
pub struct StationPlan {
    pub key: String,
    pub name: String,
    pub slowness: f64,
}

/// How visits go.
#[derive(Clone, Debug, Deserialize)]
pub struct Visits {
    pub diligence: [f64; 2],
    pub lagging: f64,
    pub lagging_diligence: [f64; 2],
    pub growth: f64,
    pub busy_months: Vec<u32>,
    pub busy: f64,
    pub on_the_day: f64,
    pub absent: f64,
    pub refused: f64,
    pub again: f64,
    pub festival_months: Vec<String>,
}

/// A programme of activities on the squares.
#[derive(Clone, Debug, Deserialize)]
pub struct ActivityPlan {
    pub programme: String,
    pub recurrence: String,
    pub held: f64,
    pub attendance: [i64; 2],
    pub hour: i64,
}

/// Patrols of a micro-grid.
#[derive(Clone, Debug, Deserialize)]
pub struct Patrols {
    pub a_week: f64,
}

/// `calendar.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct CalendarPlan {
    pub last_month: String,
    pub holidays: Vec<[NaiveDate; 2]>,
    pub workdays: Vec<NaiveDate>,
}

/// `reports.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Reports {
    pub years_growth: f64,
    pub duplicates: f64,
    pub voids: f64,
    pub rejected: f64,
    pub returned: f64,
    pub suspended: f64,
    pub extended: f64,
    pub rework: f64,
    pub answered: f64,
    pub reopened: f64,
    pub no_position: f64,
    pub outside: f64,
    pub near_border: f64,
    pub slow_grids: f64,
    pub named: f64,
    pub channels: BTreeMap<String, f64>,
    pub hours: BTreeMap<String, Vec<f64>>,
    pub category: Vec<Category>,
    pub hotspot: Vec<HotSpot>,
}

/// Where reports of a category come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    Household,
    Street,
    Road,
    River,
    Forest,
    Scenic,
    Square,
}

/// A category of reports.
#[derive(Clone, Debug, Deserialize)]
pub struct Category {
    pub name: String,
    pub share: f64,
    #[serde(rename = "where")]
    pub places: Vec<Whereabouts>,
    pub months: Vec<f64>,
    pub hours: String,
    pub weekdays: Vec<f64>,
    pub own: f64,
    pub station: String,
    #[serde(default)]
    pub urgent: bool,
    pub work: [f64; 6],
    pub satisfied: f64,
    /// How many times as many there are on holidays, when the visitors come.
    #[serde(default = "one")]
    pub visitors: f64,
    pub texts: Vec<String>,
}

const fn one() -> f64 {
    1.0
}

/// Reports of one category that pile up at a place for a while.
#[derive(Clone, Debug, Deserialize)]
pub struct HotSpot {
    pub category: String,
    pub at: [f64; 2],
    pub radius_m: f64,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Of 15,000.
    pub reports: usize,
}

macro_rules! bundled {
    ($kind:ty, $file:literal) => {
        impl $kind {
            /// What the bundled file says.
            ///
            /// # Panics
            /// Never: a test reads the file.
            #[must_use]
            pub fn bundled() -> Self {
                toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/", $file))).expect($file)
            }
        }
    };
}

bundled!(Geography, "geography.toml");
bundled!(Names, "names.toml");
bundled!(Society, "society.toml");
bundled!(CalendarPlan, "calendar.toml");
bundled!(Reports, "reports.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_settings_are_the_subdistricts_figures() {
        let geography = Geography::bundled();
        assert_eq!(geography.village.len(), 9);
        assert_eq!(geography.village.iter().map(|v| v.grids).sum::<usize>(), geography.grids);
        let area: f64 = geography.village.iter().map(|v| v.area_km2).sum();
        assert!((area - geography.area_km2).abs() < 0.1, "{area}");
        let (reports, society) = (Reports::bundled(), Society::bundled());
        assert!((reports.category.iter().map(|c| c.share).sum::<f64>() - 1.0).abs() < 1e-9);
        for category in &reports.category {
            assert_eq!((category.months.len(), category.weekdays.len()), (12, 7), "{}", category.name);
            assert_eq!(reports.hours[&category.hours].len(), 24);
            assert!(society.station.iter().any(|station| station.key == category.station), "{}", category.station);
        }
        for spot in &reports.hotspot {
            assert!(reports.category.iter().any(|c| c.name == spot.category), "{}", spot.category);
        }
        assert!(!Names::bundled().surnames.is_empty() && !CalendarPlan::bundled().holidays.is_empty());
    }
}
