//! What is wrong with a set of boundaries: overlaps, gaps, grids outside their village.

use crate::{
    geometry::{BBox, area_m2},
    place::Boundary,
};
use geo::BooleanOps as _;

/// The part of `village` that lies in exactly one of `grids`, m².
#[must_use]
pub fn in_exactly_one(village: &Boundary, grids: &[&Boundary]) -> f64 {
    let Some(bbox) = BBox::around(&village.shape) else { return 0.0 };
    let near = grids.iter().filter(|grid| BBox::around(&grid.shape).is_some_and(|own| own.intersects(&bbox)));
    let parts: Vec<_> = near.map(|grid| grid.shape.intersection(&village.shape)).collect();
    let covered = geo::unary_union(&parts);
    let total: f64 = parts.iter().map(area_m2).sum();
    // What lies in two grids is counted twice in the sum and once in the union.
    let twice = (total - area_m2(&covered)).max(0.0);
    // Rounding must not make it more than the whole.
    (area_m2(&covered) - twice).min(village.area_m2).max(0.0)
}
