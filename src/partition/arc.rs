//! Arcs and places.

use crate::place::{Id, Level};
use geo::Coord;

/// A place within one partition: a small number that stays as long as the place does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceKey(pub(super) u32);

impl PlaceKey {
    /// For tables with a row for each place.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A village, grid or micro-grid: only what the subdivision needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: Id,
    pub level: Level,
    pub parent: Option<PlaceKey>,
}

/// An arc within one partition; undoing brings the same ids back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArcId(pub(super) u32);

/// A stretch of border between two nodes, or a closed one: a place is a node if it does not have exactly two stretches of border.
#[derive(Clone, Debug, PartialEq)]
pub struct Arc {
    /// Degrees, EPSG:4326; two or more, first and last equal if it is closed.
    pub line: Vec<Coord>,
    /// The finest place on the left of the direction of the line; `None` is outside.
    pub left: Option<PlaceKey>,
    pub right: Option<PlaceKey>,
}

impl Arc {
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.line.first() == self.line.last()
    }

    /// Whether nothing lies on one side.
    #[must_use]
    pub fn is_outer(&self) -> bool {
        self.left.is_none() || self.right.is_none()
    }
}
