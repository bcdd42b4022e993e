//! Who has a face: the finest place that covers it; slivers go to a neighbour.

use super::{
    BuildFlaw, FlawKind, Mended, MendedKind, PlaceInput,
    faces::{Cover, Faces, borders},
};
use crate::{
    geometry::LonLat,
    partition::{
        Place, PlaceKey,
        measure::{fan_m2, length_m},
        overlay::Label,
        trace::{Half, faces, polygons},
    },
    place::{Id, Level},
    spatial::SLIVER_M2,
};
use geo::InteriorPoint;
use std::collections::{BTreeMap, HashMap};

/// A flawed face that is narrower than this on average is the same line drawn twice, m.
const NARROW_M: f64 = 0.5;

/// What the faces are called, and what had to be mended for it.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) of_face: Vec<Label>,
    pub(super) mended: Vec<Mended>,
    pub(super) flaws: Vec<BuildFlaw>,
}

/// What is wrong with the cover of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    Overlap,
    Outside,
    /// No place of a level which all around belongs to: to be filled if it is a sliver.
    Gap,
}

struct Labeller<'a> {
    faces: &'a Faces,
    inputs: &'a [PlaceInput<'a>],
    places: &'a [Place],
    borders: HashMap<usize, Vec<(usize, bool)>>,
}

pub(super) fn label(faces: &Faces, inputs: &[PlaceInput], places: &[Place]) -> Labels {
    let labeller = Labeller { faces, inputs, places, borders: borders(faces) };
    let mut labels = Labels { of_face: vec![None; faces.covers.len()], ..Labels::default() };
    let has_parts = parents(places);
    let mut slivers = Vec::new();
    for (face, cover) in faces.covers.iter().enumerate() {
        let (label, trouble) = labeller.finest(cover, &has_parts);
        labels.of_face[face] = label;
        let Some(trouble) = trouble else { continue };
        let (area_m2, length_m) = labeller.size(face);
        let is_sliver = area_m2 < SLIVER_M2 || 2.0 * area_m2 < NARROW_M * length_m;
        match trouble {
            _ if is_sliver => slivers.push((face, trouble, area_m2)),
            Trouble::Gap => {}
            Trouble::Overlap | Trouble::Outside => labels.flaws.extend(labeller.flaw(face, trouble, area_m2)),
        }
    }
    labeller.give_away(slivers, &mut labels);
    labels.flaws.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    labels
}

/// Which places have parts.
fn parents(places: &[Place]) -> Vec<bool> {
    let mut has_parts = vec![false; places.len()];
    for parent in places.iter().filter_map(|place| place.parent) {
        has_parts[parent.index()] = true;
    }
    has_parts
}

impl Labeller<'_> {
    /// The finest of the places that cover a face, and what is wrong with these.
    fn finest(&self, cover: &Cover, has_parts: &[bool]) -> (Label, Option<Trouble>) {
        let mut chain: Vec<PlaceKey> = Vec::new();
        for level in [Level::Village, Level::Grid, Level::MicroGrid] {
            let mut of_level = cover.iter().map(|&(place, _)| PlaceKey(place)).filter(|&key| self.place(key).level == level);
            let (first, second) = (of_level.next(), of_level.next());
            if second.is_some() {
                return (chain.last().copied(), Some(Trouble::Overlap));
            }
            let Some(key) = first else { continue };
            if self.place(key).parent != chain.last().copied() {
                return (chain.last().copied(), Some(Trouble::Outside));
            }
            chain.push(key);
        }
        let label = chain.last().copied();
        let is_open = label.is_none_or(|key| has_parts[key.index()]);
        (label, is_open.then_some(Trouble::Gap))
    }

    fn place(&self, key: PlaceKey) -> &Place {
        &self.places[key.index()]
    }

    /// Area, m², and length of the border, m.
    fn size(&self, face: usize) -> (f64, f64) {
        let border = self.borders.get(&face).map(Vec::as_slice).unwrap_or_default();
        let Some(&(first, _)) = border.first() else { return (0.0, 0.0) };
        let origin = self.faces.stretches[first].line[0];
        border.iter().fold((0.0, 0.0), |(area_m2, length), &(number, reversed)| {
            let line = &self.faces.stretches[number].line;
            let fan_m2 = fan_m2(line, origin);
            (area_m2 + if reversed { -fan_m2 } else { fan_m2 }, length + length_m(line))
        })
    }

    /// A place within a face.
    fn place_in(&self, face: usize) -> Option<LonLat> {
        let border = self.borders.get(&face)?;
        let half = |&(number, reversed): &(usize, bool)| Half { line: &self.faces.stretches[number].line, reversed };
        let halves: Vec<Half> = border.iter().map(half).collect();
        let shape = polygons(&halves, &faces(&halves));
        let first = halves.first()?.line[0];
        shape
            .0
            .first()
            .and_then(|polygon| LonLat::try_from(polygon.interior_point()?).ok())
            .or_else(|| LonLat::from_degrees(first.x, first.y).ok())
    }

    /// The places that cover a face; of an overlap those of the level that overlaps.
    fn ids(&self, face: usize, trouble: Trouble) -> Vec<Id> {
        let all: Vec<PlaceKey> = self.faces.covers[face].iter().map(|&(place, _)| PlaceKey(place)).collect();
        let of_level = |level| all.iter().copied().filter(|&key| self.place(key).level == level).collect::<Vec<PlaceKey>>();
        let overlapping = Level::ALL.iter().map(|&level| of_level(level)).find(|keys| keys.len() > 1);
        let concerned = overlapping.filter(|_| trouble == Trouble::Overlap).unwrap_or(all);
        let mut ids: Vec<Id> = concerned.into_iter().map(|key| self.inputs[key.index()].id).collect();
        ids.sort_unstable();
        ids
    }

    fn flaw(&self, face: usize, trouble: Trouble, area_m2: f64) -> Option<BuildFlaw> {
        let kind = if trouble == Trouble::Overlap { FlawKind::Overlap } else { FlawKind::OutsideParent };
        Some(BuildFlaw { kind, places: self.ids(face, trouble), at: self.place_in(face)?, area_m2 })
    }

    /// Slivers go to the neighbour with the longest common border: of an overlap to one that has it, if any such is beside it; of a gap
    /// to a part of the place whose own ground it would be.
    fn give_away(&self, mut slivers: Vec<(usize, Trouble, f64)>, labels: &mut Labels) {
        loop {
            let open: Vec<usize> = slivers.iter().map(|&(face, ..)| face).collect();
            let before = slivers.len();
            slivers.retain(|&(face, trouble, area_m2)| {
                let Some(label) = self.heir(face, trouble, &open, labels) else { return true };
                if labels.of_face[face] != label || trouble != Trouble::Gap {
                    labels.mended.extend(self.mended(face, trouble, area_m2, label));
                }
                labels.of_face[face] = label;
                false
            });
            if slivers.is_empty() || slivers.len() == before {
                break;
            }
        }
        // Nobody is beside the rest but others like it.
        for (face, trouble, area_m2) in slivers {
            if trouble != Trouble::Gap {
                labels.mended.extend(self.mended(face, trouble, area_m2, labels.of_face[face]));
            }
        }
    }

    fn heir(&self, face: usize, trouble: Trouble, open: &[usize], labels: &Labels) -> Option<Label> {
        let mut lengths: BTreeMap<Label, f64> = BTreeMap::new();
        for &(number, reversed) in self.borders.get(&face)? {
            let beyond = self.faces.stretches[number].faces[usize::from(!reversed)];
            if beyond.is_some_and(|beyond| open.contains(&beyond) || beyond == face) {
                continue;
            }
            let label = beyond.and_then(|beyond| labels.of_face[beyond]);
            *lengths.entry(label).or_default() += length_m(&self.faces.stretches[number].line);
        }
        let own = labels.of_face[face];
        let covers = |label: Label| label.is_some_and(|key| self.faces.covers[face].iter().any(|&(place, _)| place == key.0));
        let is_below = |label: Label| label.is_some_and(|key| self.is_part_of(key, own));
        if trouble == Trouble::Gap {
            if !lengths.keys().any(|&label| is_below(label)) {
                return Some(own);
            }
            lengths.retain(|&label, _| is_below(label));
        } else if lengths.keys().any(|&label| covers(label)) {
            lengths.retain(|&label, _| covers(label));
        }
        lengths.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(label, _)| label)
    }

    /// Whether `above` (nothing: everything) is the place itself or above it, the place itself excepted.
    fn is_part_of(&self, key: PlaceKey, above: Label) -> bool {
        let Some(above) = above else { return true };
        std::iter::successors(self.place(key).parent, |&key| self.place(key).parent).any(|it| it == above)
    }

    fn mended(&self, face: usize, trouble: Trouble, area_m2: f64, label: Label) -> Option<Mended> {
        let kind = match trouble {
            Trouble::Overlap => MendedKind::Overlap,
            Trouble::Outside => MendedKind::Outside,
            Trouble::Gap => MendedKind::Gap,
        };
        let to = label.map(|key| self.place(key).id);
        Some(Mended { kind, at: self.place_in(face)?, area_m2, places: self.ids(face, trouble), to })
    }
}
