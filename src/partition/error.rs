//! Why an edit is refused.

use super::Broken;
use crate::{
    geometry::{LonLat, PositionError},
    place::{Id, Level},
};

/// Why an edit is refused; the partition is then untouched.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    #[error("there is no place {0}")]
    UnknownPlace(Id),
    #[error("there is a place {0} already")]
    KnownPlace(Id),
    #[error("{0}")]
    Position(#[from] PositionError),
    #[error("there is no border vertex at {at}")]
    NoVertex { at: LonLat },
    #[error("there is no border near {at}")]
    NoBorder { at: LonLat },
    #[error("{at} lies on the outer border, which this edit does not move")]
    Outer { at: LonLat },
    #[error("{borders} borders meet at {at}: move the vertex instead of deleting it")]
    Node { at: LonLat, borders: usize },
    #[error("a border with area on both sides needs more vertices than {at} would leave it")]
    TooFew { at: LonLat },
    #[error("the border would cross or touch another at {at}")]
    Crossing { at: LonLat },
    #[error("the line passes a border too closely to be told from it at {at}; draw it a little apart, or exactly along")]
    TooClose { at: LonLat },
    #[error("the line has fewer than two different positions")]
    NoLine,
    #[error("a ring of the region has fewer than three different vertices; it starts at {at}")]
    InvalidRegion { at: LonLat },
    #[error("the line does not cut the place in two; it starts at {at}")]
    DoesNotCut { at: LonLat },
    #[error("{a} and {b} have no common border near {at}")]
    NoCommonBorder { a: Id, b: Id, at: LonLat },
    #[error("the line starts and ends on two unconnected stretches of the common border, at {from} and at {to}")]
    Unconnected { from: LonLat, to: LonLat },
    #[error("{0} would be left without any ground; merge or retire it instead")]
    Vanishes(Id),
    #[error("the region has no ground that could change hands")]
    Nothing,
    #[error("{place} is a {level}, {other} a {other_level}")]
    Levels { place: Id, level: Level, other: Id, other_level: Level },
    #[error("{0} is to go into itself")]
    Itself(Id),
    #[error("a {level} can't be part of that: it needs one of the level above as its parent, a village none")]
    Parent { level: Level, parent: Option<Id> },
    #[error("{0} has no neighbour that its ground could go to")]
    NoNeighbour(Id),
    #[error("{what} is {value}; it must be {expected}")]
    Parameter { what: &'static str, value: f64, expected: &'static str },
    #[error("the change belongs to another state of the partition")]
    OutOfOrder,
    #[error("the edit would leave the partition broken: {0}")]
    Broken(#[from] Broken),
}
