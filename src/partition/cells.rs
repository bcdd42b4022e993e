//! The ground nearest to chosen points.

use super::vertex::scale;
use crate::{
    geometry::{BBox, LonLat, area_m2_polygon},
    spatial::Boxes,
};
use geo::{Coord, LineString, MultiPolygon, Polygon, unary_union};

/// Degrees of latitude in a metre, about.
const DEGREES_PER_METRE: f64 = 1.0 / 111_000.0;

/// Holes and parts of less than this come from rounding where cells meet, m².
const ROUNDING_M2: f64 = 0.01;

/// The ground nearer to one of the `chosen` points (by their place in `points`) than to any other: Voronoi cells, joined, and cut off
/// `reach_m` beyond the outermost points. So new borders run half-way between what is chosen and what is not.
///
/// Distances are those of a plane in which longitudes are shortened as at the first point: right to a thousandth within a county.
/// Expected O(chosen · log points) for points spread evenly.
#[must_use]
pub fn cells_of(points: &[LonLat], chosen: &[usize], reach_m: f64) -> MultiPolygon {
    let Some(first) = points.first() else { return MultiPolygon(Vec::new()) };
    let scale = scale(first.to_point().0).max(0.01);
    let flat: Vec<Coord> = points.iter().map(|at| Coord { x: at.lon() * scale, y: at.lat() }).collect();
    let cells = Cells::new(&flat, reach_m.max(0.0) * DEGREES_PER_METRE);
    let polygon = |&number: &usize| {
        let ring = cells.cell(number)?.into_iter().map(|at| Coord { x: at.x / scale, y: at.y });
        Some(Polygon::new(ring.collect(), Vec::new()))
    };
    let polygons: Vec<Polygon> = chosen.iter().filter_map(polygon).collect();
    without_specks(unary_union(&polygons))
}

fn without_specks(shape: MultiPolygon) -> MultiPolygon {
    let is_large = |ring: &LineString| area_m2_polygon(&Polygon::new(ring.clone(), Vec::new())) > ROUNDING_M2;
    let polygon = |polygon: Polygon| {
        let (exterior, holes) = polygon.into_inner();
        is_large(&exterior).then(|| Polygon::new(exterior, holes.into_iter().filter(is_large).collect()))
    };
    MultiPolygon(shape.0.into_iter().filter_map(polygon).collect())
}

struct Cells<'a> {
    points: &'a [Coord],
    index: Boxes,
    frame: BBox,
}

impl<'a> Cells<'a> {
    fn new(points: &'a [Coord], reach: f64) -> Self {
        let of = |at: Coord| BBox { west: at.x, south: at.y, east: at.x, north: at.y };
        let index = Boxes::new(points.iter().zip(0..).map(|(&at, number)| (of(at), number)));
        let around = points.iter().fold(of(points[0]), |all, &at| all.union(&of(at)));
        let frame = BBox {
            west: around.west - reach,
            south: around.south - reach,
            east: around.east + reach,
            north: around.north + reach,
        };
        Self { points, index, frame }
    }

    /// The cell of a point: the frame less what is beyond the middle of the way to each other point, nearest first, until others are too
    /// far to matter.
    fn cell(&self, number: usize) -> Option<Vec<Coord>> {
        let at = *self.points.get(number)?;
        let BBox { west, south, east, north } = self.frame;
        let mut cell: Vec<Coord> =
            [(west, south), (east, south), (east, north), (west, north)].map(|(x, y)| Coord { x, y }).into();
        let whole = (east - west).hypot(north - south);
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let (mut done, mut reach) = (-1.0, whole / (self.points.len() as f64).sqrt());
        loop {
            let square = BBox { west: at.x - reach, south: at.y - reach, east: at.x + reach, north: at.y + reach };
            let distance = |other: Coord| (other.x - at.x).hypot(other.y - at.y);
            let near = self.index.meeting(&square).filter_map(|number| self.points.get(number as usize)).copied();
            let mut near: Vec<(f64, Coord)> = near.map(|other| (distance(other), other)).collect();
            near.retain(|&(distance, other)| distance > done && distance <= reach && other != at);
            near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.x.total_cmp(&b.1.x)).then(a.1.y.total_cmp(&b.1.y)));
            for (_, other) in near {
                cell = nearer_part(&cell, at, other);
            }
            let farthest = cell.iter().map(|&corner| distance(corner)).fold(0.0, f64::max);
            if reach >= 2.0 * farthest || reach > whole {
                return (cell.len() > 2).then_some(cell);
            }
            (done, reach) = (reach, 2.0 * reach);
        }
    }
}

/// The part of a convex ring that is nearer to `at` than to `other` (Sutherland & Hodgman 1974, one edge of the clip).
fn nearer_part(ring: &[Coord], at: Coord, other: Coord) -> Vec<Coord> {
    let middle = (at + other) / 2.0;
    let way = other - at;
    let beyond = |it: Coord| (it.x - middle.x) * way.x + (it.y - middle.y) * way.y;
    let mut part = Vec::with_capacity(ring.len() + 1);
    for (place, &corner) in ring.iter().enumerate() {
        let next = ring[(place + 1) % ring.len()];
        let (here, there) = (beyond(corner), beyond(next));
        if here <= 0.0 {
            part.push(corner);
        }
        if (here < 0.0 && there > 0.0) || (here > 0.0 && there < 0.0) {
            part.push(corner + (next - corner) * (here / (here - there)));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        geometry::{area_m2, distance_m},
        spatial::PolygonIndex,
    };
    use proptest::prelude::*;

    fn at(x: u16, y: u16) -> LonLat {
        LonLat::from_degrees(110.5 + f64::from(x) / 1e7, 29.3 + f64::from(y) / 1e7).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_place_is_in_the_cells_if_a_chosen_point_is_nearest(
            points in prop::collection::vec(any::<(u16, u16)>(), 2..60),
            asked in prop::collection::vec(any::<(u16, u16)>(), 50),
            every in 1usize..5,
        ) {
            let points: Vec<LonLat> = points.into_iter().map(|(x, y)| at(x, y)).collect();
            let chosen: Vec<usize> = (0..points.len()).step_by(every).collect();
            let shape = cells_of(&points, &chosen, 2_000.0);
            let index = PolygonIndex::new(std::slice::from_ref(&shape));
            for asked in asked.into_iter().map(|(x, y)| at(x, y)) {
                let least = |is_chosen: bool| {
                    let some = (0..points.len()).filter(|number| chosen.contains(number) == is_chosen);
                    some.map(|number| distance_m(points[number], asked)).fold(f64::INFINITY, f64::min)
                };
                let (ours, theirs) = (least(true), least(false));
                // The plane is right to a thousandth here; on the middle line either will do.
                if (ours - theirs).abs() > 2.0 {
                    prop_assert_eq!(index.contains(0, asked), ours < theirs);
                }
            }
            let all: Vec<usize> = (0..points.len()).collect();
            let whole = cells_of(&points, &all, 2_000.0);
            prop_assert!(whole.0.len() == 1 && whole.0[0].interiors().is_empty());
            prop_assert!(area_m2(&shape) <= area_m2(&whole) * (1.0 + 1e-6));
        }
    }

    #[test]
    fn nothing_chosen_is_nothing() {
        assert_eq!(cells_of(&[], &[0], 10.0), MultiPolygon(Vec::new()));
        assert_eq!(cells_of(&[at(0, 0)], &[], 10.0), MultiPolygon(Vec::new()));
        assert_eq!(cells_of(&[at(0, 0)], &[7], 10.0), MultiPolygon(Vec::new()));
        assert_eq!(cells_of(&[at(0, 0), at(0, 0)], &[0, 1], 10.0).0.len(), 1);
    }
}
