//! Borders of a projected plane, made ready for longitude and latitude.

use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};

/// Edges no longer than this stay within about a millimetre of themselves when their ends are projected to degrees: between the
/// straight line in a Gauss–Krüger plane and the one in degrees lie L² × 1.2e-8 m⁻¹ (40 m at 59 km, in middle latitudes).
pub const LONGEST_EDGE_M: f64 = 300.0;

/// The polygons of `geometry` with vertices added so that no edge is longer than `longest`; other geometries as they are.
/// Which way an edge runs makes no difference: neighbours still share their borders to the last bit.
#[must_use]
pub fn densified(geometry: Geometry, longest: f64) -> Geometry {
    match geometry {
        Geometry::Polygon(it) => Geometry::Polygon(polygon(&it, longest)),
        Geometry::MultiPolygon(MultiPolygon(parts)) => {
            Geometry::MultiPolygon(MultiPolygon(parts.iter().map(|part| polygon(part, longest)).collect()))
        }
        other => other,
    }
}

fn polygon(polygon: &Polygon, longest: f64) -> Polygon {
    Polygon::new(ring(polygon.exterior(), longest), polygon.interiors().iter().map(|hole| ring(hole, longest)).collect())
}

fn ring(ring: &LineString, longest: f64) -> LineString {
    let mut out = Vec::with_capacity(ring.0.len());
    for edge in ring.lines() {
        out.push(edge.start);
        out.extend(between(edge.start, edge.end, longest));
    }
    out.extend(ring.0.last().copied());
    LineString(out)
}

/// The vertices added to an edge, from `start` to `end`.
fn between(start: Coord, end: Coord, longest: f64) -> Vec<Coord> {
    /// Of one edge: a border around the earth at 300 m has 133,000.
    const MOST: f64 = 200_000.0;
    let pieces = ((end.x - start.x).hypot(end.y - start.y) / longest).ceil().min(MOST);
    if !pieces.is_finite() || pieces <= 1.0 {
        return Vec::new();
    }
    let turned = (start.x, start.y) > (end.x, end.y);
    let (low, high) = if turned { (end, start) } else { (start, end) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most MOST")]
    let count = pieces as u32;
    let at = |k: u32| low + (high - low) * (f64::from(k) / pieces);
    if turned { (1..count).rev().map(at).collect() } else { (1..count).map(at).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn long_edges_are_cut_and_short_ones_left() {
        let shape = polygon![(x: 0., y: 0.), (x: 1000., y: 0.), (x: 1000., y: 200.), (x: 0., y: 200.)];
        let Geometry::Polygon(cut) = densified(shape.into(), 300.0) else { panic!("a polygon") };
        assert_eq!(cut.exterior().0.len(), 5 + 2 * 3);
        assert!(cut.exterior().lines().all(|edge| (edge.end - edge.start).x.hypot((edge.end - edge.start).y) <= 300.0));
        let small = Geometry::from(polygon![(x: 0., y: 0.), (x: 100., y: 0.), (x: 0., y: 100.)]);
        assert_eq!(densified(small.clone(), 300.0), small);
    }

    #[test]
    fn both_ways_along_a_border_give_the_same_vertices() {
        let (a, b) = (Coord { x: 0.1, y: 7.3 }, Coord { x: 12_345.678, y: -3_456.7 });
        let mut back = between(b, a, 300.0);
        back.reverse();
        assert_eq!(between(a, b, 300.0), back);
    }
}
