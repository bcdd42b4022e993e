//! Lengths and areas of lines, by the measures of [`crate::geometry`], which are those of closed rings.

use crate::geometry::{area_m2_polygon, perimeter_m};
use geo::{Coord, LineString, MultiPolygon, Polygon};

/// Length of a line, m: half the way there and back.
pub(super) fn length_m(line: &[Coord]) -> f64 {
    let there_and_back: Vec<Coord> = line.iter().chain(line.iter().rev().skip(1)).copied().collect();
    perimeter_m(&MultiPolygon(vec![Polygon::new(LineString(there_and_back), Vec::new())])) / 2.0
}

/// Area between a line and `origin`, m², positive where the line runs counter-clockwise round it. Over the lines of a border, its
/// ground on their left, these add up to the area, since the ways to the origin cancel.
pub(super) fn fan_m2(line: &[Coord], origin: Coord) -> f64 {
    let doubled: f64 = line.windows(2).map(|pair| cross(pair[0] - origin, pair[1] - origin)).sum();
    let ring = line.iter().copied().chain([origin]).collect();
    area_m2_polygon(&Polygon::new(LineString(ring), Vec::new())).copysign(doubled)
}

fn cross(a: Coord, b: Coord) -> f64 {
    a.x * b.y - a.y * b.x
}
