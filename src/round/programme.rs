//! The programmes that every office has: data, not code.

use super::{Round, RoundKind};
use crate::place::Id;
use serde::Deserialize;

/// The programmes shipped in `data/`.
const SHIPPED: &str = include_str!("../../data/vocabulary/programmes.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    programme: Vec<Programme>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Programme {
    name: String,
    kind: String,
    recurrence: String,
}

/// Why a text gives no programmes.
#[derive(Debug, thiserror::Error)]
pub enum ProgrammeError {
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    #[error(transparent)]
    Kind(#[from] crate::vocabulary::UnknownWord),
}

/// The rounds of `data/vocabulary/programmes.toml`, due at every place of the area, each with a new id.
///
/// # Errors
/// [`ProgrammeError`] where the file says something unknown.
pub fn shipped_rounds() -> Result<Vec<Round>, ProgrammeError> {
    let file: File = toml::from_str(SHIPPED)?;
    let round = |it: Programme| {
        let kind: RoundKind = it.kind.parse()?;
        Ok(Round { id: Id::new(), kind, programme: it.name, recurrence: it.recurrence, place: None })
    };
    file.programme.into_iter().map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_activities_the_visit_and_the_patrol() {
        let rounds = shipped_rounds().unwrap();
        let of = |kind| rounds.iter().filter(|round| round.kind == kind).count();
        assert_eq!([of(RoundKind::Visit), of(RoundKind::Activity), of(RoundKind::Patrol)], [1, 5, 1]);
    }
}
