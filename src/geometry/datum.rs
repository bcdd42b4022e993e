//! The shifted coordinates of Chinese map services, and the way back.

use super::LonLat;
use geo::{Coord, MapCoords};
use std::{f64::consts::PI, fmt, str::FromStr};

/// What longitudes and latitudes refer to.
///
/// GCJ-02 shifts WGS 84 by several hundred metres inside China; BD-09 shifts GCJ-02 once more. The law's own formula is
/// secret; these are the published ones that map services' outputs were fitted by (e.g. *eviltransform*, *coordtransform*), to
/// which the services agree within metres.
///
/// What lies outside the box 72.004–137.8347° E, 0.8293–55.8271° N (the same libraries') is left as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Datum {
    /// WGS 84, and CGCS2000, which is equal at the metre level.
    #[default]
    Wgs84,
    /// 火星坐标: Amap, Tencent, phones sold in China.
    Gcj02,
    /// Baidu.
    Bd09,
}

/// The text names no datum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no datum; it is one of wgs84, gcj02, bd09")]
pub struct UnknownDatum(pub String);

impl Datum {
    pub const ALL: &[Self] = &[Self::Wgs84, Self::Gcj02, Self::Bd09];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// A position in this datum as WGS 84. The inverses are iterated until they reproduce the input to 1e-12 degrees, far below
    /// 5 mm, for GCJ-02 and BD-09 alike.
    #[must_use]
    pub fn to_wgs84(self, at: LonLat) -> LonLat {
        position(self.coord_to_wgs84(at.to_point().0), at)
    }

    /// A WGS 84 position in this datum.
    #[must_use]
    pub fn from_wgs84(self, at: LonLat) -> LonLat {
        position(self.coord_from_wgs84(at.to_point().0), at)
    }

    /// A whole geometry of degrees in this datum as WGS 84, vertex by vertex.
    #[must_use]
    pub fn geometry_to_wgs84<G: MapCoords<f64, f64>>(self, geometry: &G) -> G::Output {
        geometry.map_coords(|at| self.coord_to_wgs84(at))
    }

    /// A whole WGS 84 geometry in this datum, vertex by vertex.
    #[must_use]
    pub fn geometry_from_wgs84<G: MapCoords<f64, f64>>(self, geometry: &G) -> G::Output {
        geometry.map_coords(|at| self.coord_from_wgs84(at))
    }

    fn coord_to_wgs84(self, at: Coord) -> Coord {
        match self {
            _ if !is_in_china(at) => at,
            Self::Wgs84 => at,
            Self::Gcj02 => inverse(gcj02_from_wgs84, at),
            Self::Bd09 => inverse(gcj02_from_wgs84, inverse(bd09_from_gcj02, at)),
        }
    }

    fn coord_from_wgs84(self, at: Coord) -> Coord {
        match self {
            _ if !is_in_china(at) => at,
            Self::Wgs84 => at,
            Self::Gcj02 => gcj02_from_wgs84(at),
            Self::Bd09 => bd09_from_gcj02(gcj02_from_wgs84(at)),
        }
    }
}

impl FromStr for Datum {
    type Err = UnknownDatum;

    fn from_str(text: &str) -> Result<Self, UnknownDatum> {
        let found = Self::ALL.iter().copied().find(|datum| datum.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| UnknownDatum(text.to_owned()))
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn position(shifted: Coord, given: LonLat) -> LonLat {
    // A shift of some 0.02° inside the box stays in range.
    LonLat::from_degrees(shifted.x, shifted.y).unwrap_or(given)
}

fn is_in_china(at: Coord) -> bool {
    (72.004..=137.8347).contains(&at.x) && (0.8293..=55.8271).contains(&at.y)
}

fn gcj02_from_wgs84(at: Coord) -> Coord {
    /// Krasovsky 1940: semi-major axis, m, and first eccentricity squared, to the digits of the published formula.
    const A: f64 = 6_378_245.0;
    const EE: f64 = 0.006_693_421_622_965_943;
    let phi = at.y.to_radians();
    let magic = 1.0 - EE * phi.sin().powi(2);
    let north_m_per_degree = A * (1.0 - EE) / (magic * magic.sqrt()) * PI / 180.0;
    let east_m_per_degree = A / magic.sqrt() * phi.cos() * PI / 180.0;
    let (east_m, north_m) = gcj02_offset_m(at.x - 105.0, at.y - 35.0);
    Coord { x: at.x + east_m / east_m_per_degree, y: at.y + north_m / north_m_per_degree }
}

/// East and north, metres; `x`, `y`: degrees from 105° E, 35° N.
fn gcj02_offset_m(x: f64, y: f64) -> (f64, f64) {
    let wave = |angle: f64, amplitude: f64| amplitude * (angle * PI).sin();
    let common = (wave(6.0 * x, 20.0) + wave(2.0 * x, 20.0)) * 2.0 / 3.0;
    let root = x.abs().sqrt();
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + common
        + (wave(y, 20.0) + wave(y / 3.0, 40.0)) * 2.0 / 3.0
        + (wave(y / 12.0, 160.0) + wave(y / 30.0, 320.0)) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + common
        + (wave(x, 20.0) + wave(x / 3.0, 40.0)) * 2.0 / 3.0
        + (wave(x / 12.0, 150.0) + wave(x / 30.0, 300.0)) * 2.0 / 3.0;
    (east, north)
}

fn bd09_from_gcj02(at: Coord) -> Coord {
    let turn = PI * 3000.0 / 180.0;
    let radius = at.x.hypot(at.y) + 0.000_02 * (at.y * turn).sin();
    let angle = at.y.atan2(at.x) + 0.000_003 * (at.x * turn).cos();
    Coord { x: radius * angle.cos() + 0.0065, y: radius * angle.sin() + 0.006 }
}

/// Fixed-point iteration: the shifts change slowly (by some 1 % of a step at most), so each round gains two digits.
fn inverse(forward: impl Fn(Coord) -> Coord, target: Coord) -> Coord {
    let mut at = target;
    for _ in 0..30 {
        let miss = target - forward(at);
        at = at + miss;
        if miss.x.abs().max(miss.y.abs()) < 1e-12 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::distance_m;
    use proptest::prelude::*;

    /// Longitude, latitude in WGS 84, GCJ-02, BD-09; three independent libraries agree on these to 1e-12 degrees.
    const GOLDEN: [[(f64, f64); 3]; 3] = [
        [
            (110.550_433, 29.345_73),
            (110.555_203_377_743_48, 29.342_832_290_109_186),
            (110.561_724_209_091_52, 29.348_742_284_071_527),
        ],
        [(110.56, 29.36), (110.564_756_504_720_85, 29.357_093_317_119_542), (110.571_302_899_598_89, 29.362_857_778_610_195)],
        [
            (121.527_210_6, 31.177_427_6),
            (121.531_541_859_215, 31.175_303_983_645_97),
            (121.538_015_686_438_58, 31.181_328_606_874_46),
        ],
    ];

    fn at((lon, lat): (f64, f64)) -> LonLat {
        LonLat::from_degrees(lon, lat).unwrap()
    }

    #[test]
    fn forward_values_are_the_published_ones() {
        for [wgs84, gcj02, bd09] in GOLDEN {
            for (datum, expected) in [(Datum::Wgs84, wgs84), (Datum::Gcj02, gcj02), (Datum::Bd09, bd09)] {
                let got = datum.from_wgs84(at(wgs84));
                assert!((got.lon() - expected.0).abs() < 1e-12, "{datum} {got:?}");
                assert!((got.lat() - expected.1).abs() < 1e-12, "{datum} {got:?}");
                assert!(distance_m(datum.to_wgs84(at(expected)), at(wgs84)) < 1e-6);
            }
        }
    }

    #[test]
    fn shifts_are_as_large_as_known() {
        // The Suoxiyu subdistrict: 564 m and 1,145 m.
        let here = at((110.55, 29.35));
        assert!((distance_m(Datum::Gcj02.from_wgs84(here), here) - 564.0).abs() < 5.0);
        assert!((distance_m(Datum::Bd09.from_wgs84(here), here) - 1_145.0).abs() < 5.0);
    }

    #[test]
    fn nothing_is_shifted_outside_the_box() {
        for place in [(-118.2437, 34.0522), (72.0, 30.0), (100.0, 56.0), (110.0, 0.5)] {
            for &datum in Datum::ALL {
                assert_eq!(datum.to_wgs84(at(place)), at(place));
                assert_eq!(datum.from_wgs84(at(place)), at(place));
            }
        }
    }

    #[test]
    fn names() {
        for &datum in Datum::ALL {
            assert_eq!(datum.to_string().parse(), Ok(datum));
        }
        assert_eq!("GCJ02".parse(), Ok(Datum::Gcj02));
        assert!("wgs 72".parse::<Datum>().is_err());
    }

    #[test]
    fn geometries_are_shifted_vertex_by_vertex() {
        let line = geo::LineString::from(vec![GOLDEN[0][1], GOLDEN[1][1]]);
        let back = Datum::Gcj02.geometry_to_wgs84(&line);
        assert!((back.0[0].x - 110.550_433).abs() < 1e-11 && (back.0[1].y - 29.36).abs() < 1e-11);
        assert!((Datum::Gcj02.geometry_from_wgs84(&back).0[1].x - GOLDEN[1][1].0).abs() < 1e-11);
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_5_mm(lon in 73.0..137.0f64, lat in 2.0..55.0f64) {
            for &datum in Datum::ALL {
                let shifted = datum.from_wgs84(at((lon, lat)));
                prop_assert!(distance_m(datum.to_wgs84(shifted), at((lon, lat))) < 0.005);
            }
        }
    }
}
