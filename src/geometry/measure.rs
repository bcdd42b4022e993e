//! Areas in m² and lengths in m on the WGS 84 ellipsoid, under straight longitude/latitude edges.

use super::{
    LonLat,
    ellipsoid::{mean_over_latitude, meridian_radius_m, parallel_radius_m, zone_m2},
    vicinity::Vicinity,
};
use geo::{Line, LineString, MultiPolygon, Polygon};
use geographiclib_rs::{Geodesic, InverseGeodesic};
use std::sync::LazyLock;

pub(super) static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Area on the ellipsoid, m², of parts that do not overlap; holes are subtracted. Ring directions do not matter.
///
/// Coordinates: degrees, EPSG:4326. An edge is the straight segment in longitude and latitude, not the geodesic.
#[must_use]
pub fn area_m2(shape: &MultiPolygon) -> f64 {
    shape.0.iter().map(area_m2_polygon).sum()
}

/// Area on the ellipsoid, m², of one polygon; see [`area_m2`].
#[must_use]
pub fn area_m2_polygon(polygon: &Polygon) -> f64 {
    let holes: f64 = polygon.interiors().iter().map(|ring| signed_area_m2(ring).abs()).sum();
    signed_area_m2(polygon.exterior()).abs() - holes
}

/// Area within a closed ring, m²; negative if it runs clockwise.
#[must_use]
pub(crate) fn signed_area_m2(ring: &LineString) -> f64 {
    let Some(origin) = ring.0.first() else { return 0.0 };
    // Measured from the first vertex's parallel: since the ring closes, the parallel cancels, and small rings keep their digits.
    let origin_lat = origin.y.to_radians();
    let under = |edge: Line| {
        let (from, to) = (edge.start.y.to_radians(), edge.end.y.to_radians());
        (edge.end.x - edge.start.x).to_radians() * mean_over_latitude(from, to, |lat| zone_m2(origin_lat, lat))
    };
    // A ring that runs counter-clockwise has its northern edges running west: the sum is negative.
    -ring.lines().map(under).sum::<f64>()
}

/// Length of all rings, m: of the straight longitude/latitude edges as they lie on the ellipsoid (on a slanting edge a little
/// more than the geodesic between its ends), so a vertex inserted on an edge changes nothing.
#[must_use]
pub fn perimeter_m(shape: &MultiPolygon) -> f64 {
    let rings = shape.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    rings.flat_map(LineString::lines).map(edge_length_m).sum()
}

fn edge_length_m(edge: Line) -> f64 {
    let (from, to) = (edge.start.y.to_radians(), edge.end.y.to_radians());
    let d_lon = (edge.end.x - edge.start.x).to_radians();
    let d_lat = (edge.end.y - edge.start.y).to_radians();
    mean_over_latitude(from, to, |lat| (meridian_radius_m(lat) * d_lat).hypot(parallel_radius_m(lat) * d_lon))
}

/// Geodesic distance, m (Karney, *Algorithms for geodesics*, 2013; exact to nanometres).
#[must_use]
pub fn distance_m(a: LonLat, b: LonLat) -> f64 {
    WGS84.inverse(a.lat(), a.lon(), b.lat(), b.lon())
}

/// Geodesic distance, m, to the nearest place on the edges of `shape`, holes' edges included, whether `point` lies inside or
/// out; `None` if `shape` has no edge. Right to the millimetre nearby and to 1e-6 of the distance afar. O(edges); the indexed
/// form is [`crate::spatial::PolygonIndex`].
#[must_use]
pub fn distance_to_border_m(point: LonLat, shape: &MultiPolygon) -> Option<f64> {
    let rings = || shape.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut best = f64::INFINITY;
    for vicinity in Vicinity::around(point) {
        let planar_nearest = rings().flat_map(LineString::lines).map(|edge| vicinity.foot(edge.start, edge.end));
        let Some(foot) = planar_nearest.min_by(|a, b| a.planar_m.total_cmp(&b.planar_m)) else { continue };
        best = best.min(vicinity.geodesic_m(foot.at));
        let reach = vicinity.planar_reach_m(best);
        for edge in rings().flat_map(LineString::lines) {
            let foot = vicinity.foot(edge.start, edge.end);
            if foot.planar_m <= reach {
                best = best.min(vicinity.edge_m(edge.start, edge.end, vicinity.geodesic_m(foot.at)));
            }
        }
    }
    best.is_finite().then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn polygon(ring: &[(f64, f64)]) -> Polygon {
        Polygon::new(LineString::from(ring.to_vec()), vec![])
    }

    const SMALL: &[(f64, f64)] =
        &[(110.55, 29.35), (110.5521, 29.3507), (110.5513, 29.3524), (110.5498, 29.3519), (110.55, 29.35)];
    const TINY: &[(f64, f64)] = &[(110.55, 69.35), (110.550_02, 69.350_01), (110.550_01, 69.350_03), (110.55, 69.35)];
    const SOUTH: &[(f64, f64)] = &[(-70.0, -33.0), (-69.0, -33.4), (-69.5, -32.0), (-70.0, -33.0)];
    const BIG: &[(f64, f64)] = &[(100.0, 20.0), (118.0, 24.0), (112.0, 45.0), (97.0, 38.0), (100.0, 20.0)];

    #[test]
    fn areas_by_quadrature_with_forty_digits() {
        // The radii of curvature integrated numerically (mpmath 1.3, 40 digits) under the same straight edges. GeographicLib's
        // geodesic polygon with each edge cut into 1,024 agrees: 3,626,011,566,734.5 m² for the big one.
        let expected = [
            (SMALL, 38_103.045_893_568_14),
            (TINY, 1.098_059_195_479_781_5),
            (SOUTH, 6_232_336_797.907_306),
            (BIG, 3_626_011_566_734.500_6),
        ];
        for (ring, area) in expected {
            assert!((area_m2_polygon(&polygon(ring)) / area - 1.0).abs() < 1e-9, "{} {area}", area_m2_polygon(&polygon(ring)));
        }
        assert!((area_m2_polygon(&polygon(BIG)) / 3_626_011_566_734.500_6 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn direction_and_holes() {
        let ring = LineString::from(SMALL.to_vec());
        assert!(signed_area_m2(&ring) > 0.0);
        let reversed = LineString::from(SMALL.iter().rev().copied().collect::<Vec<_>>());
        assert!((signed_area_m2(&reversed) + signed_area_m2(&ring)).abs() < 1e-9);
        let hole = vec![(110.5505, 29.3508), (110.5515, 29.3510), (110.5510, 29.3515), (110.5505, 29.3508)];
        let holed = Polygon::new(ring, vec![LineString::from(hole.clone())]);
        let difference = area_m2_polygon(&polygon(SMALL)) - area_m2_polygon(&polygon(&hole));
        assert!((area_m2_polygon(&holed) - difference).abs() < 1e-9);
        assert!((area_m2(&MultiPolygon(vec![holed, polygon(SOUTH)])) - difference - 6_232_336_797.907_306).abs() < 1e-3);
        assert!(area_m2(&MultiPolygon(vec![])).abs() < f64::EPSILON);
    }

    #[test]
    fn perimeters_follow_the_edges() {
        // GeographicLib's geodesic perimeter with each edge cut into 4,096 (pyproj 3.7.2).
        let expected = [(SMALL, 789.346_016_635), (SOUTH, 385_880.145_065_695), (BIG, 7_793_869.437_961_966)];
        for (ring, perimeter) in expected {
            let got = perimeter_m(&MultiPolygon(vec![polygon(ring)]));
            assert!((got / perimeter - 1.0).abs() < 1e-9, "{got} {perimeter}");
        }
    }

    #[test]
    fn distances_to_edges() {
        // Least geodesic distance to a place on the straight longitude/latitude edge, by ternary search (pyproj 3.7.2).
        let cases = [
            ((110.5505, 29.36), (110.55, 29.35), (110.5521, 29.3507), 1_042.469_966_206, 1e-4),
            ((110.551, 29.350_34), (110.55, 29.35), (110.5521, 29.3507), 0.690_643_944, 1e-6),
            ((110.0, 30.0), (110.55, 29.35), (111.2, 31.4), 70_378.843_761_744, 1e-3),
            ((90.0, 40.0), (100.0, 20.0), (112.0, 45.0), 1_611_982.653_441_071, 1e-1),
        ];
        for ((lon, lat), a, b, expected, tolerance) in cases {
            let there_and_back = MultiPolygon(vec![polygon(&[a, b, a])]);
            let got = distance_to_border_m(LonLat::from_degrees(lon, lat).unwrap(), &there_and_back).unwrap();
            assert!((got - expected).abs() < tolerance, "{got} {expected}");
        }
        assert_eq!(distance_to_border_m(LonLat::from_degrees(0.0, 0.0).unwrap(), &MultiPolygon(vec![])), None);
    }

    #[test]
    fn geodesic_distances() {
        let at = |lon, lat| LonLat::from_degrees(lon, lat).unwrap();
        assert!((distance_m(at(110.55, 29.35), at(110.56, 29.36)) - 1_473.603_673_617).abs() < 1e-6);
        assert!((distance_m(at(-118.2437, 34.0522), at(-74.006, 40.7128)) - 3_944_422.231_489_921).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn a_vertex_on_a_border_changes_nothing(
            lon in -170.0..170.0f64, lat in -80.0..80.0f64, size in 0.0005..5.0f64, edge in 0usize..4, t in 0.001..0.999f64,
        ) {
            let square = [(lon, lat), (lon + size, lat + 0.3 * size), (lon + 0.8 * size, lat + size), (lon - 0.2 * size, lat + 0.9 * size)];
            let mut with_vertex = square.to_vec();
            let ((ax, ay), (bx, by)) = (square[edge], square[(edge + 1) % 4]);
            with_vertex.insert(edge + 1, (ax + t * (bx - ax), ay + t * (by - ay)));
            let (before, after) = (polygon(&square), polygon(&with_vertex));
            let (area, perimeter) = (area_m2_polygon(&before), perimeter_m(&MultiPolygon(vec![before])));
            // The vertex itself is rounded to some 1e-14 degrees, 3 nm.
            let rounding_m2 = perimeter * 1e-8 + area * 1e-14;
            prop_assert!((area_m2_polygon(&after) - area).abs() < rounding_m2);
            prop_assert!((perimeter_m(&MultiPolygon(vec![after])) - perimeter).abs() < 1e-6);
        }
    }
}
