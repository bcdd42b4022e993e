//! The WGS 84 ellipsoid: radii of curvature, and the area between the equator and a parallel.

/// Semi-major axis, metres.
pub(crate) const A: f64 = 6_378_137.0;
/// Flattening.
pub(crate) const F: f64 = 1.0 / 298.257_223_563;
/// First eccentricity, squared.
pub(crate) const E2: f64 = F * (2.0 - F);
/// Semi-minor axis, metres.
const B: f64 = A * (1.0 - F);

/// Metres per radian of latitude: the meridian's radius of curvature. `lat`: radians.
pub(crate) fn meridian_radius_m(lat: f64) -> f64 {
    let w2 = 1.0 - E2 * lat.sin().powi(2);
    A * (1.0 - E2) / (w2 * w2.sqrt())
}

/// Metres per radian of longitude: the radius of the parallel. `lat`: radians.
pub(crate) fn parallel_radius_m(lat: f64) -> f64 {
    A * lat.cos() / (1.0 - E2 * lat.sin().powi(2)).sqrt()
}

/// Area between the parallels `from` and `to` (radians) per radian of longitude, m²; negative if `to` lies south of `from`.
///
/// The meridian-area function b²/2·(s/(1−e²s²) + artanh(es)/e), s = sin φ (Snyder, *Map Projections – a Working Manual*,
/// eq. 3-12), as a difference that keeps its digits when the parallels are close.
pub(crate) fn zone_m2(from: f64, to: f64) -> f64 {
    let (s0, s1) = (from.sin(), to.sin());
    let ds = 2.0 * f64::midpoint(from, to).cos() * ((to - from) / 2.0).sin();
    let rational = ds * (1.0 + E2 * s0 * s1) / ((1.0 - E2 * s0 * s0) * (1.0 - E2 * s1 * s1));
    let e = E2.sqrt();
    let logarithmic = (e * ds / (1.0 - E2 * s0 * s1)).atanh() / e;
    B * B / 2.0 * (rational + logarithmic)
}

/// Nodes and weights of the five-point Gauss–Legendre rule on 0..1.
const GAUSS_LEGENDRE: [(f64, f64); 5] = [
    (0.046_910_077_030_668, 0.118_463_442_528_094_54),
    (0.230_765_344_947_158_45, 0.239_314_335_249_683_23),
    (0.5, 0.284_444_444_444_444_44),
    (0.769_234_655_052_841_5, 0.239_314_335_249_683_23),
    (0.953_089_922_969_332, 0.118_463_442_528_094_54),
];

/// Mean of `f` over `from`..`to` (radians of latitude). Pieces are at most 3° long: with five nodes the error of what is
/// integrated here is below rounding.
pub(crate) fn mean_over_latitude(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let pieces = ((to - from).abs() / 3f64.to_radians()).ceil().max(1.0);
    let step = (to - from) / pieces;
    let mut sum = 0.0;
    let mut piece = 0.0;
    while piece < pieces {
        let start = from + piece * step;
        sum += GAUSS_LEGENDRE.iter().map(|&(at, weight)| weight * f(start + at * step)).sum::<f64>();
        piece += 1.0;
    }
    sum / pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_PI_2, PI};

    #[test]
    fn zones_add_up_to_the_ellipsoid() {
        // Surface of WGS 84: 510 065 621 724 088 m² (Moritz, Geodetic Reference System 1980, to its own digits; here b² and e²
        // of WGS 84).
        let surface = 2.0 * PI * zone_m2(-FRAC_PI_2, FRAC_PI_2);
        assert!((surface - 510_065_621_724_088.0).abs() < 1e3, "{surface}");
        let parts = zone_m2(-FRAC_PI_2, 0.3) + zone_m2(0.3, 0.300_001) + zone_m2(0.300_001, FRAC_PI_2);
        assert!((2.0 * PI * parts - surface).abs() < 1.0);
    }

    #[test]
    fn zone_is_the_integral_of_the_two_radii() {
        for (from, to) in [(0.5f64, 0.52), (-1.2, -1.19), (-0.01, 0.02)] {
            let integral = (to - from) * mean_over_latitude(from, to, |lat| meridian_radius_m(lat) * parallel_radius_m(lat));
            assert!((zone_m2(from, to) / integral - 1.0).abs() < 1e-13);
        }
    }
}
