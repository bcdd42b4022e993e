//! Points → the village, grid and micro-grid that one version of the boundaries gives them.

use super::hot::Division;
use crate::{
    assign::{Assignment, DEFAULT_TOLERANCE_M},
    geometry::LonLat,
    place::{Boundary, Level, Placement, PlacementStatus},
};
use geo::InteriorPoint as _;

/// The three levels of one version.
pub struct Divisions<'a> {
    pub version: i64,
    pub villages: &'a Division,
    pub grids: &'a Division,
    pub microgrids: &'a Division,
}

impl Divisions<'_> {
    /// Places each point. A point just outside every grid goes to the nearest within the tolerance and is marked
    /// [`PlacementStatus::Near`]. The village is that of the grid; without a grid it is the one that contains the point.
    ///
    /// `points`: N. Returns N placements in the same order; [`PlacementStatus::NoPosition`] where there is no point.
    #[must_use]
    pub fn place(&self, points: &[Option<LonLat>]) -> Vec<Placement> {
        let villages = self.villages.assigner.assign_all(points, DEFAULT_TOLERANCE_M);
        let grids = self.grids.assigner.assign_all(points, DEFAULT_TOLERANCE_M);
        let microgrids = self.microgrids.assigner.assign_all(points, DEFAULT_TOLERANCE_M);
        let rows = villages.iter().zip(&grids).zip(&microgrids).zip(points);
        rows.map(|(((village, grid), microgrid), point)| match point {
            Some(_) => self.combine(village, grid, microgrid),
            None => nowhere(self.version),
        })
        .collect()
    }

    fn combine(&self, village: &Assignment, grid: &Assignment, microgrid: &Assignment) -> Placement {
        let village_found = chosen(self.villages, village);
        let grid_found = chosen(self.grids, grid);
        // Without grids the villages, or else the micro-grids, say how sure the place is.
        let deciding = if !self.grids.boundaries.is_empty() {
            grid
        } else if self.microgrids.boundaries.is_empty() {
            village
        } else {
            microgrid
        };
        Placement {
            version: self.version,
            status: deciding.status,
            village: grid_found.and_then(|grid| grid.parent).or(village_found.map(|village| village.id)),
            grid: grid_found.map(|grid| grid.id),
            microgrid: chosen(self.microgrids, microgrid).map(|microgrid| microgrid.id),
            border_m: deciding.border_m,
        }
    }
}

fn chosen<'a>(division: &'a Division, assignment: &Assignment) -> Option<&'a Boundary> {
    assignment.grid.or(assignment.nearest).and_then(|i| division.boundaries.get(i))
}

/// A point inside a square stands for it.
pub fn centre(shape: &geo::MultiPolygon) -> Option<LonLat> {
    shape.interior_point()?.try_into().ok()
}

/// The placement of a record without a position.
fn nowhere(version: i64) -> Placement {
    Placement { version, status: PlacementStatus::NoPosition, village: None, grid: None, microgrid: None, border_m: None }
}

/// Which division of a snapshot a level names.
#[must_use]
pub const fn index(level: Level) -> usize {
    match level {
        Level::Village => 0,
        Level::Grid => 1,
        Level::MicroGrid => 2,
    }
}
