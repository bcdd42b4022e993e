//! The edits, as data: a plan's log keeps them as JSON.

use crate::place::{Id, Level};
use geo::{LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};

/// Longitude, latitude, degrees. Edits take them to twelve decimals, a tenth of a micrometre (see [`Edit`]).
pub type Position = [f64; 2];

/// A line of two or more positions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Position>", into = "Vec<Position>")]
pub struct Line(pub Vec<Position>);

/// Polygons as the coordinates of a `MultiPolygon` (RFC 7946): of each polygon the exterior ring, then holes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Vec<Vec<Position>>>", into = "Vec<Vec<Vec<Position>>>")]
pub struct Region(pub Vec<Vec<Vec<Position>>>);

/// A place that an edit makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct New {
    pub id: Id,
}

/// How vertices are chosen to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Simplification {
    /// Those whose triangle with their neighbours is smallest (Visvalingam & Whyatt 1993); the tolerance squared is the area.
    Visvalingam,
    /// Those nearer to the chord than the tolerance (Douglas & Peucker 1973).
    DouglasPeucker,
}

/// An edit. Places are named by id; positions are degrees. Edits of the outer border (beyond which there is no place) are
/// refused, or leave it as it is, unless they say `outer`.
///
/// JSON readers may be off by the last bit of a number. So positions are rounded to twelve decimals when they are written, when they
/// are read and when an edit is performed: an edit from a log does exactly what it did the first time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Moves the vertex at `from` (all borders that meet there follow).
    MoveVertex {
        #[serde(with = "decimals")]
        from: Position,
        #[serde(with = "decimals")]
        to: Position,
        #[serde(default)]
        outer: bool,
    },
    /// Puts a vertex at `to` into the edge that is nearest to `on`.
    InsertVertex {
        #[serde(with = "decimals")]
        on: Position,
        #[serde(with = "decimals")]
        to: Position,
        #[serde(default)]
        outer: bool,
    },
    /// Takes a vertex out of a border.
    DeleteVertex {
        #[serde(with = "decimals")]
        at: Position,
        #[serde(default)]
        outer: bool,
    },
    /// Replaces the stretch of the common border of `a` and `b` between the two ends of `line`, which lie near it.
    Redraw { a: Id, b: Id, line: Line },
    /// Cuts a place along `line`; what lies right of it becomes `new`. Of parts below that the line passes through, those mostly
    /// on the right go as a whole, or with `cut_below` are cut too (the piece on the right gets an id derived from both).
    Split {
        place: Id,
        line: Line,
        new: New,
        #[serde(default)]
        cut_below: bool,
    },
    /// Gives all ground and all parts of `from` to `into`, which is of the same level; `from` ceases.
    Merge { from: Id, into: Id },
    /// Gives the ground in `region` to `to`; taken from any place, or only from those named. Parts wholly in the region go with
    /// their id; of others the piece joins the part of `to` with which it shares most border.
    Transfer {
        region: Region,
        to: Id,
        #[serde(default)]
        from: Vec<Id>,
        #[serde(default)]
        outer: bool,
    },
    /// Gives whole parts (say micro-grids) to another place above.
    Reparent { places: Vec<Id>, to: Id },
    /// Takes needless vertices out of the borders of a place.
    Simplify { place: Id, method: Simplification, tolerance_m: f64 },
    /// Cuts the corners of the borders of a place (Chaikin 1974), `rounds` times.
    Smooth { place: Id, rounds: u8 },
    /// Makes a place of the ground in `region`, of what `parent` has of it (a village has no parent); taken from any place, or only
    /// from those named.
    Create {
        new: New,
        #[serde(with = "word")]
        level: Level,
        parent: Option<Id>,
        region: Region,
        #[serde(default)]
        from: Vec<Id>,
        #[serde(default)]
        outer: bool,
    },
    /// Dissolves a place into `to`, or into the neighbour of its level with which it shares most border.
    Retire { place: Id, to: Option<Id> },
}

impl From<&LineString> for Line {
    fn from(line: &LineString) -> Self {
        Self(line.0.iter().map(|at| [at.x, at.y]).collect())
    }
}

impl From<&MultiPolygon> for Region {
    fn from(shape: &MultiPolygon) -> Self {
        let ring = |line: &LineString| line.0.iter().map(|at| [at.x, at.y]).collect();
        let polygon = |polygon: &Polygon| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Vec<Vec<Position>>>()
        };
        Self(shape.0.iter().map(polygon).collect())
    }
}

/// A position to twelve decimals; what is off by a few bits of the last place gives the same.
pub(super) fn rounded(at: Position) -> Position {
    at.map(|degrees| (degrees * 1e12).round() / 1e12)
}

impl From<Vec<Position>> for Line {
    fn from(line: Vec<Position>) -> Self {
        Self(line.into_iter().map(rounded).collect())
    }
}

impl From<Line> for Vec<Position> {
    fn from(line: Line) -> Self {
        line.0.into_iter().map(rounded).collect()
    }
}

fn rounded_rings(shape: Vec<Vec<Vec<Position>>>) -> Vec<Vec<Vec<Position>>> {
    let ring = |ring: Vec<Position>| ring.into_iter().map(rounded).collect();
    shape.into_iter().map(|polygon| polygon.into_iter().map(ring).collect()).collect()
}

impl From<Vec<Vec<Vec<Position>>>> for Region {
    fn from(shape: Vec<Vec<Vec<Position>>>) -> Self {
        Self(rounded_rings(shape))
    }
}

impl From<Region> for Vec<Vec<Vec<Position>>> {
    fn from(region: Region) -> Self {
        rounded_rings(region.0)
    }
}

/// A position to twelve decimals.
mod decimals {
    use super::{Position, rounded};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(at: &Position, serializer: S) -> Result<S::Ok, S::Error> {
        rounded(*at).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Position, D::Error> {
        Position::deserialize(deserializer).map(rounded)
    }
}

/// A level as its stable word.
mod word {
    use super::Level;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(level.word())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
