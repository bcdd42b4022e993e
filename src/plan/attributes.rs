//! What a draft knows of a place besides its ground.

use crate::place::{Boundary, Code, GridKind, Id, Level};

/// A place as a draft has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attributes {
    pub id: Id,
    pub level: Level,
    /// New places get theirs when the plan is published.
    pub code: Option<Code>,
    pub name: String,
    pub aliases: Vec<String>,
    /// Of grids only.
    pub kind: Option<GridKind>,
    /// The leader's post, where the draft fills it anew: `Some(None)` leaves it open.
    pub leader: Option<Option<Id>>,
}

impl From<&Boundary> for Attributes {
    fn from(boundary: &Boundary) -> Self {
        Self {
            id: boundary.id,
            level: boundary.level,
            code: boundary.code.clone(),
            name: boundary.name.clone(),
            aliases: boundary.aliases.clone(),
            kind: boundary.kind,
            leader: None,
        }
    }
}
