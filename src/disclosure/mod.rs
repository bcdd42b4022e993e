//! Who may see what: the one policy through which data leave the service.

use crate::{geometry::LonLat, layer::Layer};

/// On whose behalf a use case runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// The office itself: everything, names and texts included.
    Administrator,
    /// Anybody: aggregates with n ≥ [`MIN_N`], places without persons, coarse points.
    Public,
}

/// Figures over fewer cases than this are suppressed where published: they could identify a family.
pub const MIN_N: u32 = 5;

impl Viewer {
    /// Whether rows of `layer` may leave at all.
    #[must_use]
    pub const fn may_read(self, layer: Layer) -> bool {
        match self {
            Self::Administrator => true,
            Self::Public => matches!(
                layer,
                Layer::Villages | Layer::Grids | Layer::MicroGrids | Layer::Squares | Layer::Facilities | Layer::Reports
            ),
        }
    }

    /// Whether names, telephone numbers and free text may leave.
    #[must_use]
    pub const fn may_identify(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether figures over fewer than [`MIN_N`] cases may leave.
    #[must_use]
    pub const fn may_read_small_n(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether instants may leave to the millisecond; else only their local day, and only the grid, not the ten households of
    /// a micro-grid: together they would point at a home.
    #[must_use]
    pub const fn may_read_fine_detail(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// The position as the viewer may see it: exact, or moved to the centre of a square of about [`COARSE_M`]. The squares are
    /// fixed to the ground, so that asking twice tells no more.
    #[must_use]
    pub fn coarsen(self, point: LonLat) -> LonLat {
        match self {
            Self::Administrator => point,
            Self::Public => snap(point),
        }
    }
}

/// The side of the squares to whose centres the positions of reports are moved for the public, metres.
pub const COARSE_M: f64 = 100.0;

fn snap(point: LonLat) -> LonLat {
    // One degree of latitude is 110.6 to 111.7 km: close enough for a coarsening.
    const DEGREE_M: f64 = 111_000.0;
    let row = COARSE_M / DEGREE_M;
    let lat = ((point.lat() / row).floor() + 0.5) * row;
    let column = row / lat.to_radians().cos().max(0.01);
    let lon = ((point.lon() / column).floor() + 0.5) * column;
    LonLat::from_degrees(lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)).unwrap_or(point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_a_coarse_position() {
        let point = |lon, lat| LonLat::from_degrees(lon, lat).unwrap();
        let (a, b) = (point(110.550_01, 29.350_01), point(110.550_02, 29.350_02));
        assert_eq!(Viewer::Administrator.coarsen(a), a);
        assert_eq!(Viewer::Public.coarsen(a), Viewer::Public.coarsen(b));
        for i in 0..1000 {
            let exact = point(-180.0 + f64::from(i) * 0.36, -89.0 + f64::from(i) * 0.178);
            let coarse = Viewer::Public.coarsen(exact);
            let north_m = (coarse.lat() - exact.lat()).abs() * 111_700.0;
            let east_m = (coarse.lon() - exact.lon()).abs() * 111_700.0 * exact.lat().to_radians().cos();
            assert!(north_m < 51.0 && east_m < 51.5, "{exact} became {coarse}");
            assert_eq!(Viewer::Public.coarsen(coarse), coarse);
        }
    }

    #[test]
    fn the_public_sees_no_person() {
        for layer in [Layer::Households, Layer::Persons, Layer::Posts, Layer::CaseEvents, Layer::Visits] {
            assert!(!Viewer::Public.may_read(layer));
        }
    }
}
