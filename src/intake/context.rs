//! What an intake is told besides the file and its mapping.

use super::position::PositionFlags;
use crate::geometry::{BBox, Datum, LonLat};
use chrono_tz::Tz;
use geo::MultiPolygon;

/// A place that others are part of: a village for grids, a grid for micro-grids.
#[derive(Clone, Debug)]
pub struct ParentShape {
    /// Code, name, aliases: whatever files may call it by.
    pub keys: Vec<String>,
    pub shape: MultiPolygon,
}

/// The share (0..1) of points that lie inside boundaries.
pub type ShareInside<'a> = &'a dyn Fn(&[LonLat]) -> f64;

/// The circumstances of an intake.
pub struct Context<'a> {
    /// The area's zone, for times that nobody gives another for.
    pub zone: Tz,
    /// Flags of the command line: they win over the mapping.
    pub datum: Option<Datum>,
    pub crs: Option<String>,
    /// Where points are expected.
    pub area: Option<BBox>,
    /// By the published boundaries: tells when another datum fits better.
    pub share_inside: Option<ShareInside<'a>>,
    /// The places that the boundaries of the file should lie in.
    pub parents: &'a [ParentShape],
    /// Called with the number of rows done.
    pub progress: &'a dyn Fn(u64),
}

impl Context<'_> {
    /// Nothing known but the zone.
    #[must_use]
    pub fn in_zone(zone: Tz) -> Self {
        Self { zone, datum: None, crs: None, area: None, share_inside: None, parents: &[], progress: &|_| () }
    }

    pub(super) fn position_flags(&self) -> PositionFlags<'_> {
        PositionFlags { datum: self.datum, crs: self.crs.as_deref() }
    }
}
