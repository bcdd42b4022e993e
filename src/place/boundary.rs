//! Polygons that divide an area: villages, grids, micro-grids.

use super::{Code, Id};
use crate::vocabulary::vocabulary;
use geo::MultiPolygon;

vocabulary! {
    /// The three nested levels of division.
    Level, "level" {
        Village => "village", "村社区", "village";
        Grid => "grid", "网格", "grid";
        MicroGrid => "microgrid", "微网格", "micro-grid";
    }
}

impl Level {
    /// What it is part of.
    #[must_use]
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Village => None,
            Self::Grid => Some(Self::Village),
            Self::MicroGrid => Some(Self::Grid),
        }
    }

    /// What its parts are.
    #[must_use]
    pub const fn below(self) -> Option<Self> {
        match self {
            Self::Village => Some(Self::Grid),
            Self::Grid => Some(Self::MicroGrid),
            Self::MicroGrid => None,
        }
    }
}

vocabulary! {
    /// What a grid consists of.
    GridKind, "kind of grid" {
        HouseYard => "house_yard", "屋场", "house-yard" | "院落";
        Estate => "estate", "小区", "estate" | "居民小区";
        Institution => "institution", "机关单位", "institution" | "机关", "单位";
        Scenic => "scenic", "景区景点", "scenic" | "景区", "景点";
        Other => "other", "其他", "other";
    }
}

/// A village, grid or micro-grid as one version of the boundaries has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    pub id: Id,
    pub level: Level,
    /// The village of a grid, the grid of a micro-grid.
    pub parent: Option<Id>,
    pub code: Option<Code>,
    pub name: String,
    /// Other spellings found in sources.
    pub aliases: Vec<String>,
    /// Of grids only.
    pub kind: Option<GridKind>,
    /// EPSG:4326, right-hand rings (exterior counter-clockwise), valid.
    pub shape: MultiPolygon,
    /// On the ellipsoid, under straight longitude/latitude edges.
    pub area_m2: f64,
}
