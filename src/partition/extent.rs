//! How much an edit is about, and where it fails.

use super::{Edit, EditError, Region};
use crate::geometry::LonLat;

impl Edit {
    /// How many positions the edit has.
    #[must_use]
    pub fn positions(&self) -> usize {
        let of_region = |region: &Region| region.0.iter().flatten().map(Vec::len).sum();
        match self {
            Self::Redraw { line, .. } | Self::Split { line, .. } => line.0.len(),
            Self::Transfer { region, .. } | Self::Create { region, .. } => of_region(region),
            _ => 2,
        }
    }
}

impl EditError {
    /// Where the edit can't be done, as far as it is somewhere.
    #[must_use]
    pub fn at(&self) -> Option<LonLat> {
        match self {
            Self::NoVertex { at }
            | Self::NoBorder { at }
            | Self::Outer { at }
            | Self::Node { at, .. }
            | Self::TooFew { at }
            | Self::Crossing { at }
            | Self::TooClose { at }
            | Self::InvalidRegion { at, .. }
            | Self::DoesNotCut { at }
            | Self::NoCommonBorder { at, .. } => Some(*at),
            Self::Unconnected { from, .. } => Some(*from),
            Self::Broken(broken) => Some(broken.at),
            _ => None,
        }
    }
}
