//! What the API says: the JSON shapes, apart from the domain's types.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The area that this service holds, and what it knows of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaDto {
    /// The area key.
    #[schema(example = "430811")]
    pub area: String,
    #[schema(example = "索溪峪街道")]
    pub name: String,
    /// IANA name of the zone in which months, weeks and days are cut.
    #[schema(example = "Asia/Shanghai")]
    pub zone: String,
    /// Whether the data are generated, not real.
    pub synthetic: bool,
    pub viewer: ViewerDto,
    /// Figures over fewer cases are suppressed for the public and hatched on the map.
    pub min_n: u32,
    /// West, south, east, north in degrees; null without boundaries.
    pub bbox: Option<[f64; 4]>,
    pub versions: Vec<VersionDto>,
    /// First and last local month with a report, visit, activity or patrol.
    #[schema(example = "2024-11")]
    pub data_from: Option<String>,
    #[schema(example = "2026-10")]
    pub data_to: Option<String>,
    /// The instant at which open cases are censored: the latest in the data.
    pub as_of: Option<DateTime<Utc>>,
    /// Records by layer.
    pub counts: BTreeMap<String, u64>,
    /// Null: a plain background.
    pub base_map: Option<BaseMapDto>,
    /// The number of the last change in the store.
    pub change_seq: i64,
}

/// What lies under the area's own layers. The configuration file says it in the same words.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum BaseMapDto {
    /// Raster tiles: `https://tiles.example/{z}/{x}/{y}.png`.
    Xyz { url: String, attribution: Option<String>, max_zoom: Option<u8> },
    /// One file of vector tiles on this server, or a URL that allows range requests.
    Pmtiles { url: String, attribution: Option<String> },
    /// 天地图, with the office's own key.
    Tianditu { key: String },
}

/// On whose behalf the answer was made.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ViewerDto {
    Administrator,
    Public,
}

/// A published set of boundaries.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionDto {
    pub number: i64,
    pub valid_from: NaiveDate,
    pub published_at: DateTime<Utc>,
    pub note: String,
}

/// A figure that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetricDto {
    #[schema(example = "visit_rate")]
    pub id: &'static str,
    #[schema(example = "coverage")]
    pub group: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    #[schema(example = "ratio")]
    pub unit: &'static str,
    pub by: Vec<&'static str>,
    pub periods: Vec<&'static str>,
    #[schema(example = "better")]
    pub higher_is: &'static str,
    pub definition_zh: &'static str,
    pub definition_en: &'static str,
}

/// The values of one metric.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresDto {
    pub metric: String,
    pub by: String,
    pub period: String,
    pub unit: String,
    /// By code, then period.
    pub rows: Vec<FigureDto>,
    /// The same over all places, one row a period.
    pub total: Vec<FigureDto>,
    /// How evenly the load lies; of workload only.
    pub balance: Option<BalanceDto>,
}

/// One value with what it stands on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureDto {
    /// Id of the place or worker; null in totals.
    pub place: Option<String>,
    pub code: Option<String>,
    pub name: Option<String>,
    #[schema(example = "2026-10")]
    pub period: String,
    pub value: Option<f64>,
    /// Why there is no value: `small_n`, `not_reached`, `no_data`, `zero_total`.
    pub reason: Option<String>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    /// How many it rests on; null where it is withheld.
    pub n: Option<u64>,
    /// 95 % interval.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Marshall's empirical-Bayes estimate, for maps.
    pub shrunken: Option<f64>,
    /// Kaplan–Meier 90th percentile, seconds; of response times only.
    pub p90: Option<f64>,
    /// Median of the closed, all of them, seconds; of response times only.
    pub closed_median_raw: Option<f64>,
    /// Cases left out, by reason; of response times only.
    pub excluded: Option<BTreeMap<String, u64>>,
}

/// Gini, coefficient of variation, largest over mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceDto {
    pub gini: Option<f64>,
    pub cv: Option<f64>,
    pub max_mean: Option<f64>,
    pub n: u64,
}

/// A village, grid or micro-grid with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceDto {
    pub id: String,
    #[schema(example = "grid")]
    pub level: &'static str,
    pub code: Option<String>,
    pub name: String,
    pub kind: Option<&'static str>,
    pub area_m2: f64,
    pub parent: Option<PlaceRefDto>,
    pub version: i64,
    /// Null where the viewer may not read so few.
    pub households: Option<u64>,
    pub persons: Option<u64>,
    pub open_reports: Option<u64>,
    pub leaders: Vec<PostDto>,
    pub workers: Vec<PostDto>,
    pub parts: Vec<PlaceRefDto>,
    pub squares: Vec<SquareDto>,
    /// 24 months by metric.
    pub trends: BTreeMap<String, Vec<FigureDto>>,
}

/// A place by its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceRefDto {
    pub id: String,
    pub code: Option<String>,
    pub name: String,
}

/// Who holds a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostDto {
    /// For the administrator only.
    pub name: Option<String>,
    /// For the administrator only.
    pub phone: Option<String>,
    #[schema(example = "leader")]
    pub role: &'static str,
    /// The micro-grid that the post is for, on a grid's card.
    pub place: Option<String>,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// A square and its seven facilities.
#[derive(Debug, Serialize, ToSchema)]
pub struct SquareDto {
    pub id: String,
    pub name: String,
    pub area_m2: f64,
    pub evacuation_site: bool,
    /// Working kinds of facility, of seven.
    pub working: u32,
    pub facilities: Vec<FacilityDto>,
}

/// One of the seven facilities.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacilityDto {
    #[schema(example = "camera")]
    pub kind: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    #[schema(example = "working")]
    pub status: &'static str,
}

/// A layer that the viewer may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerDto {
    #[schema(example = "grids")]
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// `MultiPolygon`, `Point`, or null for a table without positions.
    pub geometry: Option<&'static str>,
    pub count: u64,
    pub links: LinksDto,
}

/// Where to download a layer.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinksDto {
    pub geojson: String,
    pub csv: String,
}

pub mod balance;
pub mod compare;
mod convert;
pub mod edits;
pub mod plans;
