//! Ground that goes to other places: whole parts keep their id, the rest joins what it borders on.

use super::{
    EditError, Partition, Place, PlaceKey,
    draft::Draft,
    measure::length_m,
    overlay::{Label, Overlay, Piece},
    region::InOut,
    trace::{Face, Half, faces, is_inside},
};
use crate::place::Level;
use geo::Coord;
use std::collections::{BTreeMap, BTreeSet};

/// Stands for ground of which only the place above it is known yet; counted down from here, one for each claim.
const UNSETTLED: u32 = u32::MAX;

/// Who gets ground.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) key: PlaceKey,
    pub(super) level: Level,
    /// It and its parts; empty of parts if it is new.
    pub(super) family: BTreeSet<PlaceKey>,
}

impl Claim {
    pub(super) fn of(partition: &Partition, key: PlaceKey) -> Result<Self, EditError> {
        let level = partition.standing(key)?.level;
        Ok(Self { key, level, family: partition.store.family(key) })
    }
}

impl Partition {
    /// Gives the ground in a region to those who claim it: `claimant` says who (by place in `claims`) gets what a label has there.
    pub(super) fn claimed(
        &self,
        mut overlay: Overlay,
        sides: &[InOut],
        claims: &[Claim],
        claimant: impl Fn(Label) -> Option<usize>,
    ) -> Result<Draft, EditError> {
        let outside = labels_outside(&overlay, sides);
        let mut wholes: BTreeMap<PlaceKey, usize> = BTreeMap::new();
        for (piece, is_in) in overlay.pieces.iter_mut().zip(sides) {
            for (side, _) in is_in.iter().enumerate().filter(|(_, is_in)| **is_in) {
                let label = piece.before[side];
                let Some(number) = claimant(label) else { continue };
                let claim = &claims[number];
                let part = label.and_then(|key| self.part_below(key, claim.level));
                if let Some(part) = part.filter(|&part| self.is_whole(part, &overlay.arcs, &outside)) {
                    wholes.insert(part, number);
                    continue;
                }
                piece.after[side] = Some(if claim.family.len() > 1 { unsettled(number) } else { claim.key });
            }
        }
        for (number, claim) in claims.iter().enumerate() {
            settle_ground(&mut overlay.pieces, unsettled(number), claim);
        }
        let is_moved = overlay.pieces.iter().any(|piece| piece.before != piece.after);
        if !is_moved && wholes.is_empty() {
            return Err(EditError::Nothing);
        }
        let mut draft = self.assemble(overlay);
        for (part, number) in wholes {
            let place = self.standing(part)?;
            draft.places.insert(part, Some(Place { parent: Some(claims[number].key), ..place }));
        }
        Ok(draft)
    }

    /// The place itself, or the one above it, that could be a part of a place of `level`.
    fn part_below(&self, key: PlaceKey, level: Level) -> Option<PlaceKey> {
        self.store.at_level(key, level.below()?)
    }

    /// Whether all ground of a place lies in the region.
    fn is_whole(&self, key: PlaceKey, arcs: &BTreeSet<super::ArcId>, outside: &BTreeSet<PlaceKey>) -> bool {
        let family = self.store.family(key);
        let borders = self.store.family_borders(&family);
        family.is_disjoint(outside) && borders.is_subset(arcs)
    }
}

/// Each stretch of ground that has the label `unsettled` becomes that of the claimant's part (or of the claimant itself) with
/// which it has the longest border.
fn settle_ground(pieces: &mut [Piece], unsettled: PlaceKey, claim: &Claim) {
    let is_unsettled = |label: Label| label == Some(unsettled);
    let border: Vec<usize> = (0..pieces.len())
        .filter(|&number| is_unsettled(pieces[number].after[0]) != is_unsettled(pieces[number].after[1]))
        .collect();
    let lines: Vec<(Vec<Coord>, bool)> =
        border.iter().map(|&number| (pieces[number].line.clone(), is_unsettled(pieces[number].after[1]))).collect();
    let halves: Vec<Half> = lines.iter().map(|(line, reversed)| Half { line, reversed: *reversed }).collect();
    let found = faces(&halves);
    let mut homes = Vec::new();
    for face in &found {
        let mut lengths: BTreeMap<PlaceKey, f64> = BTreeMap::new();
        for half in face.halves() {
            let beyond = pieces[border[half]].after[usize::from(!lines[half].1)];
            if let Some(key) = beyond.filter(|key| claim.family.contains(key)) {
                *lengths.entry(key).or_default() += length_m(&lines[half].0);
            }
        }
        let longest = lengths.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        homes.push(longest.map_or(claim.key, |(key, _)| key));
    }
    for (face, &home) in found.iter().zip(&homes) {
        for half in face.halves() {
            pieces[border[half]].after[usize::from(lines[half].1)] = Some(home);
        }
    }
    // Borders within the ground go, but say what became of it.
    for piece in pieces.iter_mut().filter(|piece| is_unsettled(piece.after[0]) || is_unsettled(piece.after[1])) {
        let middle = piece.probe().1;
        let home = found.iter().zip(&homes).find(|(face, _)| is_around(&halves, face, middle));
        piece.after = [Some(home.map_or(claim.key, |(_, &home)| home)); 2];
    }
}

fn unsettled(number: usize) -> PlaceKey {
    PlaceKey(UNSETTLED - u32::try_from(number).unwrap_or(0))
}

fn is_around(halves: &[Half], face: &Face, point: Coord) -> bool {
    let ring: Vec<Coord> = face.exterior.iter().flat_map(|&half| halves[half].vertices().skip(1)).collect();
    is_inside(point, &ring).unwrap_or(false)
}

/// The places that have ground beside a piece outside of the region.
fn labels_outside(overlay: &Overlay, sides: &[InOut]) -> BTreeSet<PlaceKey> {
    let both = overlay.pieces.iter().zip(sides);
    both.flat_map(|(piece, is_in)| (0..2).filter(|&side| !is_in[side]).filter_map(|side| piece.before[side])).collect()
}
