//! The index that the stages share: an R-tree over polygons' boxes, their edges as a hierarchy of boxes, exact predicates.
//!
//! **A point on a border belongs to one side only**: to the polygon east of it, and on an east–west border to the one north of
//! it. A ray runs east from the point; an edge counts if one end is above the point's latitude and the other is not, and the
//! point lies strictly west of it. So of polygons that share their vertices, exactly one contains each point of the area, its
//! easternmost and northernmost border excepted: what lies there is in none of them. Holes need nothing special.

mod boxes;
mod edges;
mod hexagon;
mod index;
mod points;
mod tessellation;

pub use boxes::Boxes;
pub use hexagon::{Hexagon, RESOLUTIONS, hexagons};
pub use index::{NearestBorder, PolygonIndex};
pub use points::PointIndex;
pub use tessellation::{Defect, DefectKind, Excess, SLIVER_M2, outside, overlaps_and_gaps, uncovered};

#[cfg(test)]
pub(crate) mod tests;
