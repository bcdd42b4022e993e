//! Who may see what: the one policy through which data leave the service.

use crate::layer::Layer;

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

    /// The side in metres of the squares to whose centres points are moved; `None` for the exact position.
    #[must_use]
    pub const fn snap_m(self) -> Option<f64> {
        match self {
            Self::Administrator => None,
            Self::Public => Some(100.0),
        }
    }
}
