//! What an intake is told besides the file and its mapping.

use super::position::PositionFlags;
use crate::geometry::{BBox, Datum, LonLat};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use geo::MultiPolygon;

/// A place that others are part of: a village for grids, a grid for micro-grids.
#[derive(Clone, Debug)]
pub struct ParentShape {
    /// Code, name, aliases: whatever files may call it by.
    pub keys: Vec<String>,
    pub shape: MultiPolygon,
}

/// Which of the points lie inside boundaries.
pub type Inside<'a> = &'a dyn Fn(&[LonLat]) -> Vec<bool>;

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
    pub inside: Option<Inside<'a>>,
    /// The places that the boundaries of the file should lie in.
    pub parents: &'a [ParentShape],
    /// What lies more than a day after it has not happened: a mistyped year.
    pub now: DateTime<Utc>,
    /// Called with the number of rows done.
    pub progress: &'a dyn Fn(u64),
}

impl Context<'_> {
    /// Nothing known but the zone and the clock.
    #[must_use]
    pub fn in_zone(zone: Tz) -> Self {
        Self { zone, datum: None, crs: None, area: None, inside: None, parents: &[], now: Utc::now(), progress: &|_| () }
    }

    pub(super) fn position_flags(&self) -> PositionFlags<'_> {
        PositionFlags { datum: self.datum, crs: self.crs.as_deref() }
    }
}
