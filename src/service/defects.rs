//! How much of a village its grids cover as they should: each spot by one grid, neither by none nor by several.

use crate::{
    geometry::{BBox, area_m2},
    place::Boundary,
    spatial::PolygonIndex,
};
use geo::{BooleanOps as _, MultiPolygon, unary_union};

/// The part of `village` that lies in exactly one of `grids`, m².
#[must_use]
pub fn in_exactly_one(village: &Boundary, grids: &[&Boundary]) -> f64 {
    let Some(bbox) = BBox::around(&village.shape) else { return 0.0 };
    let near = grids.iter().filter(|grid| BBox::around(&grid.shape).is_some_and(|own| own.intersects(&bbox)));
    let parts: Vec<MultiPolygon> = near.map(|grid| grid.shape.intersection(&village.shape)).collect();
    let pairs = PolygonIndex::new(&parts).pairs();
    // A spot in three grids lies in three of these, and in their union once.
    let overlaps: Vec<MultiPolygon> = pairs.iter().map(|&(a, b)| parts[a].intersection(&parts[b])).collect();
    let in_one_m2 = area_m2(&unary_union(&parts)) - area_m2(&unary_union(&overlaps));
    // Rounding must not make it more than the whole.
    in_one_m2.min(village.area_m2).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Id, Level};
    use geo::{Rect, coord};

    /// A strip from west to east, in thousandths of a degree.
    fn boundary(level: Level, west: f64, east: f64) -> Boundary {
        let corner = |x: f64, y: f64| coord! { x: 110.5 + x / 1000.0, y: 29.3 + y / 1000.0 };
        let shape = MultiPolygon::from(Rect::new(corner(west, 0.0), corner(east, 4.0)).to_polygon());
        let area_m2 = area_m2(&shape);
        let (id, name) = (Id::derived("strip", &format!("{west} {east}")), String::new());
        Boundary { id, level, parent: None, code: None, name, aliases: Vec::new(), kind: None, shape, area_m2 }
    }

    fn share(grids: &[(f64, f64)]) -> f64 {
        let village = boundary(Level::Village, 0.0, 8.0);
        let grids: Vec<_> = grids.iter().map(|&(west, east)| boundary(Level::Grid, west, east)).collect();
        in_exactly_one(&village, &grids.iter().collect::<Vec<_>>()) / village.area_m2
    }

    #[test]
    fn a_spot_in_several_grids_is_left_out_once() {
        let cases: [(&[(f64, f64)], f64); 7] = [
            (&[], 0.0),
            (&[(0.0, 8.0)], 1.0),
            (&[(-2.0, 4.0), (4.0, 10.0)], 1.0),
            (&[(0.0, 5.0), (3.0, 8.0)], 0.75),
            (&[(0.0, 4.0), (0.0, 4.0), (0.0, 4.0), (4.0, 8.0)], 0.5),
            (&[(0.0, 4.0), (1.0, 5.0), (2.0, 6.0)], 0.25),
            (&[(0.0, 2.0), (6.0, 8.0), (20.0, 30.0)], 0.5),
        ];
        for (grids, expected) in cases {
            let share = share(grids);
            assert!((share - expected).abs() < 1e-6, "{grids:?}: {share} is not {expected}");
        }
    }
}
