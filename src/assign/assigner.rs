//! The grid of a point.

use crate::{
    geometry::{LonLat, area_m2},
    place::PlacementStatus,
    spatial::PolygonIndex,
};
use geo::MultiPolygon;
use rayon::prelude::*;

/// How far outside a point may lie and still be called near a grid, metres.
pub const DEFAULT_TOLERANCE_M: f64 = 50.0;

/// Assigns points to polygons, which are known by their place in the list given.
#[derive(Debug)]
pub struct Assigner {
    index: PolygonIndex,
    areas_m2: Vec<f64>,
}

/// Where a point belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The polygon that contains the point; of several the smallest, of equal ones the first. `None` outside all of them.
    pub grid: Option<usize>,
    /// All polygons that contain the point, ascending.
    pub candidates: Vec<usize>,
    /// For a point outside all polygons but within the tolerance: the one with the nearest border (of several at the same
    /// distance the smallest, then the first). A hint, never an answer.
    pub nearest: Option<usize>,
    /// Geodesic distance to the nearest border of any polygon, metres; `None` for a point further outside than the tolerance
    /// and for one without position.
    pub border_m: Option<f64>,
    pub status: PlacementStatus,
}

impl Assigner {
    /// `shapes`: degrees, EPSG:4326. They may overlap and leave gaps. A shape without edges contains nothing.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "the shapes live on as their edges; the caller has no need of them")]
    pub fn new(shapes: Vec<MultiPolygon>) -> Self {
        Self { index: PolygonIndex::new(&shapes), areas_m2: shapes.iter().map(area_m2).collect() }
    }

    /// Assigns one point by containment under the half-open rule of [`crate::spatial`]: a point on a shared border belongs to
    /// the polygon east of it, on an east–west border to the one north of it.
    ///
    /// `tolerance_m`: how far outside all polygons a point may lie and still get a `nearest` polygon (negative: never).
    #[must_use]
    pub fn assign(&self, point: Option<LonLat>, tolerance_m: f64) -> Assignment {
        let Some(point) = point else { return Assignment::without(PlacementStatus::NoPosition) };
        let candidates = self.index.containing(point);
        let Some(grid) = self.smallest(&candidates) else { return self.assign_outside(point, tolerance_m) };
        let border_m = self.index.nearest_border_inside(point, grid).map(|nearest| nearest.border_m);
        let status = if candidates.len() > 1 { PlacementStatus::Overlap } else { PlacementStatus::Inside };
        Assignment { grid: Some(grid), candidates, nearest: None, border_m, status }
    }

    /// Assigns N points on all cores; returns N assignments in the same order. See [`Self::assign`].
    #[must_use]
    pub fn assign_all(&self, points: &[Option<LonLat>], tolerance_m: f64) -> Vec<Assignment> {
        points.par_iter().map(|&point| self.assign(point, tolerance_m)).collect()
    }

    /// The polygons' index.
    #[must_use]
    pub fn index(&self) -> &PolygonIndex {
        &self.index
    }

    /// Ellipsoidal area of each polygon, m².
    #[must_use]
    pub fn areas_m2(&self) -> &[f64] {
        &self.areas_m2
    }

    fn assign_outside(&self, point: LonLat, tolerance_m: f64) -> Assignment {
        match self.index.nearest_border(point, tolerance_m) {
            Some(near) => Assignment {
                nearest: self.smallest(&near.polygons),
                border_m: Some(near.border_m),
                ..Assignment::without(PlacementStatus::Near)
            },
            None => Assignment::without(PlacementStatus::Outside),
        }
    }

    /// Of ascending polygons the one of least area, of equal ones the first.
    fn smallest(&self, polygons: &[usize]) -> Option<usize> {
        polygons.iter().copied().min_by(|&a, &b| self.areas_m2[a].total_cmp(&self.areas_m2[b]))
    }
}

impl Assignment {
    fn without(status: PlacementStatus) -> Self {
        Self { grid: None, candidates: Vec::new(), nearest: None, border_m: None, status }
    }
}
