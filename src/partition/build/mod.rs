//! From stored polygons to shared arcs.

mod faces;
mod label;
mod node;
mod rings;
#[cfg(test)]
mod tests;

use super::{
    Arc, Partition, Place, PlaceInput, PlaceKey,
    overlay::{Overlay, Piece},
    store::Store,
};
use crate::{geometry::LonLat, place::Id};
use faces::Faces;
use label::{Labels, label};
use rings::Rings;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Half a decimetre: what coordinates of seven decimals and most surveys can't tell apart.
pub const DEFAULT_TOLERANCE_M: f64 = 0.05;

/// A repair made while building.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    pub kind: MendedKind,
    pub at: LonLat,
    /// The ground concerned, m²; 0 where only vertices moved.
    pub area_m2: f64,
    /// The places concerned, ascending.
    pub places: Vec<Id>,
    /// Who has the ground now; `None` is nobody (or it was no ground).
    pub to: Option<Id>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MendedKind {
    /// A vertex moved onto another within the tolerance.
    VertexMoved,
    /// An edge got a vertex of another border that lies on it (within the tolerance), or where another crosses it; the places are those
    /// whose edge it is.
    VertexInserted,
    /// Ground that several places had.
    Overlap,
    /// A narrow gap between places.
    Gap,
    /// Ground that a place had outside of its parent.
    Outside,
}

/// A flaw that is too large to mend.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildFlaw {
    pub kind: FlawKind,
    /// The places concerned, ascending.
    pub places: Vec<Id>,
    pub at: LonLat,
    pub area_m2: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FlawKind {
    /// Two or more places of a level have the same ground.
    Overlap,
    /// A place has ground outside of its parent.
    OutsideParent,
}

/// Why there is no subdivision of these places.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BuildError {
    #[error("place {0} is there twice")]
    Twice(Id),
    #[error("place {place} names the parent {parent:?}, which is not a place of the level above")]
    Parent { place: Id, parent: Option<Id> },
    #[error("the border of place {place} is invalid: {why} at {at}")]
    Shape { place: Id, why: String, at: LonLat },
    #[error("the tolerance is {0} m; it must be at least 0 and at most 10 m")]
    Tolerance(f64),
    #[error("the borders can't be told apart at {at}: more lines meet there within the tolerance than can be put in order")]
    TooClose { at: LonLat },
    #[error("{} flaws are too large to mend; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Flaws(Vec<BuildFlaw>),
}

impl std::fmt::Display for BuildFlaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        let what = match self.kind {
            FlawKind::Overlap => "overlap",
            FlawKind::OutsideParent => "lies outside of its parent",
        };
        write!(f, "{} {what} at {}, {:.1} m²", places.join(" and "), self.at, self.area_m2)
    }
}

/// Builds as the polygons are; only where that shows a flaw, noded with the tolerance.
pub(super) fn build(inputs: &[PlaceInput], tolerance_m: f64) -> Result<(Partition, Vec<Mended>), BuildError> {
    if !(0.0..=10.0).contains(&tolerance_m) {
        return Err(BuildError::Tolerance(tolerance_m));
    }
    let places = places(inputs)?;
    let mut rings = Rings::of(inputs)?;
    if let Some(partition) = as_they_are(&rings, inputs, &places) {
        return Ok((partition, Vec::new()));
    }
    let mut mended = node::node(&mut rings, inputs, tolerance_m)?;
    let faces = Faces::of(&rings);
    let labels = label(&faces, inputs, &places);
    if !labels.flaws.is_empty() {
        return Err(BuildError::Flaws(labels.flaws));
    }
    mended.extend(labels.mended.iter().cloned());
    let partition = assembled(faces, &labels, &places);
    partition.check().map_err(|broken| BuildError::TooClose { at: broken.at })?;
    Ok((partition, mended))
}

/// The subdivision if nothing needs to be mended.
fn as_they_are(rings: &Rings, inputs: &[PlaceInput], places: &[Place]) -> Option<Partition> {
    let faces = Faces::of(rings);
    let lines = faces.stretches.iter().map(|it| Arc { line: it.line.clone(), left: None, right: None });
    let lines = Partition { store: Store::new(Vec::new(), lines.collect()) };
    lines.check_contacts().ok()?;
    drop(lines);
    let labels = label(&faces, inputs, places);
    let is_sound = labels.mended.is_empty() && labels.flaws.is_empty();
    let partition = is_sound.then(|| assembled(faces, &labels, places))?;
    partition.check().is_ok().then_some(partition)
}

/// The tree of places: keys are places in the list.
fn places(inputs: &[PlaceInput]) -> Result<Vec<Place>, BuildError> {
    let mut seen = HashSet::new();
    if let Some(twice) = inputs.iter().find(|input| !seen.insert(input.id)) {
        return Err(BuildError::Twice(twice.id));
    }
    let numbers = inputs.iter().zip(0..).map(|(input, number)| (input.id, (number, input.level)));
    let keys: HashMap<Id, (u32, crate::place::Level)> = numbers.collect();
    let place = |input: &PlaceInput| {
        let parent = input.parent.and_then(|id| keys.get(&id).copied());
        let fits = input.level.above() == parent.map(|(_, level)| level) && input.parent.is_some() == parent.is_some();
        let place = Place { id: input.id, level: input.level, parent: parent.map(|(number, _)| PlaceKey(number)) };
        fits.then_some(place).ok_or(BuildError::Parent { place: input.id, parent: input.parent })
    };
    inputs.iter().map(place).collect()
}

/// Stretches between equal sides go; the others are joined to arcs.
fn assembled(faces: Faces, labels: &Labels, places: &[Place]) -> Partition {
    let label_of = |face: Option<usize>| face.and_then(|face| labels.of_face.get(face).copied().flatten());
    let pieces = faces.stretches.into_iter().map(|stretch| {
        let [left, right] = stretch.faces.map(label_of);
        Piece::of_arc(&stretch.line, left, right)
    });
    let overlay = Overlay { strands: Vec::new(), arcs: BTreeSet::new(), pieces: pieces.collect() };
    let arcs: Vec<Arc> = Partition::default().assemble(overlay).added.into_iter().map(|(_, arc)| arc).collect();
    Partition { store: Store::new(places.to_vec(), arcs) }
}
