//! Distances from one point to edges: a plane that is true at the point finds the edges that matter, geodesics measure them.

use super::{
    LonLat,
    ellipsoid::{A, E2, meridian_radius_m, parallel_radius_m},
    measure::WGS84,
};
use geo::Coord;
use geographiclib_rs::InverseGeodesic;
use std::f64::consts::FRAC_PI_2;

/// The surroundings of a point, in metres east and north of it by the scales that hold at the point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vicinity {
    lon: f64,
    lat: f64,
    east_m_per_degree: f64,
    north_m_per_degree: f64,
    /// Within this distance the plane finds the nearest place of an edge, and the scales at the middle latitude measure the way
    /// there, both to 0.1 mm. At a distance d the plane's scale is wrong by d·tan φ/R, so the foot by d²·tan φ/R, so the distance
    /// by d³·tan² φ/2R²; the middle latitude's error is a twelfth of that.
    plane_holds_m: f64,
}

/// The place of an edge that is nearest in the plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Foot {
    pub at: Coord,
    pub planar_m: f64,
}

impl Vicinity {
    pub(crate) fn new(point: LonLat) -> Self {
        Self::at(point.lon(), point.lat())
    }

    /// The point as given, and seen from a whole turn away, for shapes beyond the antimeridian.
    pub(crate) fn around(point: LonLat) -> [Self; 2] {
        let here = Self::new(point);
        [here, Self { lon: here.lon - 360f64.copysign(here.lon), ..here }]
    }

    fn at(lon: f64, lat: f64) -> Self {
        let phi = lat.to_radians();
        Self {
            lon,
            lat,
            east_m_per_degree: parallel_radius_m(phi).to_radians(),
            north_m_per_degree: meridian_radius_m(phi).to_radians(),
            plane_holds_m: 2_000.0 / phi.tan().abs().max(1.0),
        }
    }

    /// Both directions of an edge give the very same foot, so that polygons which share it tie exactly.
    pub(crate) fn foot(&self, a: Coord, b: Coord) -> Foot {
        let (a, b) = if (a.x, a.y) <= (b.x, b.y) { (a, b) } else { (b, a) };
        let [ax, ay] = self.plane(a);
        let (dx, dy) = ((b.x - a.x) * self.east_m_per_degree, (b.y - a.y) * self.north_m_per_degree);
        let length2 = dx * dx + dy * dy;
        let t = if length2 > 0.0 { -(ax * dx + ay * dy) / length2 } else { 0.0 };
        if t <= 0.0 {
            Foot { at: a, planar_m: ax.hypot(ay) }
        } else if t >= 1.0 {
            let [bx, by] = self.plane(b);
            Foot { at: b, planar_m: bx.hypot(by) }
        } else {
            let at = Coord { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
            Foot { at, planar_m: (ax * dy - ay * dx).abs() / length2.sqrt() }
        }
    }

    /// Distance in the plane to a box in degrees (0 within): no edge in the box is nearer.
    pub(crate) fn box_m(&self, west: f64, south: f64, east: f64, north: f64) -> f64 {
        let dx = (west - self.lon).max(self.lon - east).max(0.0) * self.east_m_per_degree;
        let dy = (south - self.lat).max(self.lat - north).max(0.0) * self.north_m_per_degree;
        dx.hypot(dy)
    }

    /// Whatever is within `distance_m` on the ellipsoid is within this distance in the plane.
    ///
    /// The way there stays within `distance_m`; on it the plane's scales differ from the true ones at most as they do at the
    /// highest (east) and lowest (north) latitude that the way can reach.
    pub(crate) fn planar_reach_m(&self, distance_m: f64) -> f64 {
        let phi = self.lat.to_radians().abs();
        let d_phi = distance_m / (A * (1.0 - E2));
        let highest = phi + d_phi;
        if !distance_m.is_finite() || highest >= FRAC_PI_2 - 1e-6 {
            return f64::INFINITY;
        }
        let east = parallel_radius_m(highest) / parallel_radius_m(phi);
        let north = meridian_radius_m((phi - d_phi).max(0.0)) / meridian_radius_m(phi);
        distance_m / east.min(north) * (1.0 + 1e-12) + 1e-9
    }

    /// Half-width and half-height in degrees of the box that holds whatever is within `planar_m` in the plane.
    pub(crate) fn reach_degrees(&self, planar_m: f64) -> (f64, f64) {
        if planar_m.is_finite() {
            ((planar_m / self.east_m_per_degree).min(720.0), (planar_m / self.north_m_per_degree).min(360.0))
        } else {
            (720.0, 360.0)
        }
    }

    pub(crate) fn lon(&self) -> f64 {
        self.lon
    }

    pub(crate) fn lat(&self) -> f64 {
        self.lat
    }

    pub(crate) fn geodesic_m(&self, to: Coord) -> f64 {
        let [east_m, north_m] = self.plane(to);
        if east_m.hypot(north_m) > self.plane_holds_m {
            return WGS84.inverse(self.lat, self.lon, to.y, to.x);
        }
        let middle = f64::midpoint(self.lat, to.y).to_radians();
        let east_m = (to.x - self.lon).to_radians() * parallel_radius_m(middle);
        let north_m = (to.y - self.lat).to_radians() * meridian_radius_m(middle);
        east_m.hypot(north_m)
    }

    /// Geodesic distance to the edge `a`–`b`, whose nearest place in the plane is `at_foot_m` away (geodesic).
    pub(crate) fn edge_m(&self, a: Coord, b: Coord, at_foot_m: f64) -> f64 {
        if at_foot_m <= self.plane_holds_m { at_foot_m } else { at_foot_m.min(self.refined_edge_m(a, b)) }
    }

    /// Finds where the geodesic from the point meets the edge at a right angle (regula falsi, Illinois variant).
    fn refined_edge_m(&self, a: Coord, b: Coord) -> f64 {
        let (start, end) = (self.along(a, b, 0.0), self.along(a, b, 1.0));
        let nearest_end = start.distance_m.min(end.distance_m);
        if start.slope >= 0.0 || end.slope <= 0.0 {
            return nearest_end;
        }
        let (mut low, mut high) = ((0.0, start.slope), (1.0, end.slope));
        let mut best = nearest_end;
        for _ in 0..60 {
            let t = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
            let here = self.along(a, b, t);
            best = best.min(here.distance_m);
            // The slope is length·cosine: an edge place x metres from the true foot is x²/2d too far.
            if here.slope.abs() / here.length_m * here.distance_m < 0.1 {
                break;
            }
            if here.slope > 0.0 {
                high = (t, here.slope);
                low.1 /= 2.0;
            } else {
                low = (t, here.slope);
                high.1 /= 2.0;
            }
        }
        best
    }

    fn along(&self, a: Coord, b: Coord, t: f64) -> Along {
        let at = Coord { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
        let (distance_m, _, azimuth, _): (f64, f64, f64, f64) = WGS84.inverse(self.lat, self.lon, at.y, at.x);
        let phi = at.y.to_radians();
        let east = (b.x - a.x).to_radians() * parallel_radius_m(phi);
        let north = (b.y - a.y).to_radians() * meridian_radius_m(phi);
        let (sin, cos) = azimuth.to_radians().sin_cos();
        Along { distance_m, slope: sin * east + cos * north, length_m: east.hypot(north) }
    }

    fn plane(&self, at: Coord) -> [f64; 2] {
        [(at.x - self.lon) * self.east_m_per_degree, (at.y - self.lat) * self.north_m_per_degree]
    }
}

/// A place on an edge, seen from the point.
struct Along {
    distance_m: f64,
    /// How the distance grows along the whole edge, m: the edge's length times the cosine between it and the arriving geodesic.
    slope: f64,
    length_m: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nearby_the_middle_latitude_is_the_geodesic(lat in -89.0..89.0f64, east in -1.0..1.0f64, north in -1.0..1.0f64) {
            let vicinity = Vicinity::at(110.0, lat);
            let reach = vicinity.plane_holds_m / 1.5;
            let to = Coord { x: 110.0 + east * reach / vicinity.east_m_per_degree, y: lat + north * reach / vicinity.north_m_per_degree };
            let exact: f64 = WGS84.inverse(lat, 110.0, to.y, to.x);
            prop_assert!((vicinity.geodesic_m(to) - exact).abs() < 1e-4, "{} {}", vicinity.geodesic_m(to), exact);
        }

        #[test]
        fn whatever_is_near_is_within_reach(
            lat in -89.0..89.0f64, azimuth in -180.0..180.0f64, distance_m in prop_oneof![0.001..100.0f64, 100.0..2e6],
        ) {
            use geographiclib_rs::DirectGeodesic;
            let (to_lat, to_lon): (f64, f64) = WGS84.direct(lat, 0.0, azimuth, distance_m);
            let vicinity = Vicinity::at(0.0, lat);
            let planar_m = vicinity.foot(Coord { x: to_lon, y: to_lat }, Coord { x: to_lon, y: to_lat }).planar_m;
            prop_assert!(planar_m <= vicinity.planar_reach_m(distance_m), "{}", planar_m);
        }
    }
}
