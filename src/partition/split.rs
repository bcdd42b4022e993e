//! A place cut along a line.

use super::{
    Change, EditError, Line, New, Partition, Place, PlaceKey,
    exact::{Bits, Contact, apart, bits, contact, located},
    measure::{fan_m2, length_m},
    overlay::{NEAR, Overlay, Piece},
    region::{Border, InOut, coords},
    store::bounds_of,
    trace::{Half, faces},
};
use crate::place::Id;
use geo::Coord;
use std::collections::{BTreeMap, BTreeSet, HashMap};

type Family = BTreeSet<PlaceKey>;

/// What the line leaves on its right.
struct Cut {
    overlay: Overlay,
    /// Whether the sides of each piece lie right of the line, within the place.
    sides: Vec<InOut>,
}

impl Partition {
    pub(super) fn split(&mut self, place: Id, line: &Line, new: New, cut_below: bool) -> Result<Change, EditError> {
        let key = self.known(place)?;
        if self.store.key(new.id).is_some() {
            return Err(EditError::KnownPlace(new.id));
        }
        let family = self.store.family(key);
        let line = coords(&line.0)?;
        if line.len() < 2 {
            return Err(EditError::NoLine);
        }
        let start = line[0];
        let does_not_cut = EditError::DoesNotCut { at: located(start) };
        let cut = self.cut(self.extended(line, &family), &family)?.ok_or_else(|| does_not_cut.clone())?;
        let parts = if cut_below { self.cut_parts(&cut, key, new) } else { self.parts_by_area(&cut, key, new) };
        let Cut { mut overlay, sides } = cut;
        for (piece, is_in) in overlay.pieces.iter_mut().zip(&sides) {
            for side in (0..2).filter(|&side| is_in[side]) {
                piece.after[side] = piece.before[side].map(|label| parts.labels.get(&label).copied().unwrap_or(label));
            }
        }
        let is_moved = overlay.pieces.iter().any(|piece| piece.before != piece.after);
        let is_given = parts.places.values().any(|part| part.is_some_and(|part| part.parent == Some(parts.key)));
        if !is_moved && !is_given {
            return Err(does_not_cut);
        }
        let mut draft = self.assemble(overlay);
        draft.places = parts.places;
        self.settle(draft).map_err(|error| match error {
            EditError::Vanishes(_) => does_not_cut,
            other => other,
        })
    }

    /// The line with ends that lie within the place drawn on, straight, to its border.
    fn extended(&self, mut line: Vec<Coord>, family: &Family) -> Vec<Coord> {
        for _ in 0..2 {
            line.reverse();
            let n = line.len();
            let (before, end) = (line[n - 2], line[n - 1]);
            let is_inside = self.place_at(end).is_some_and(|key| family.contains(&key));
            if let Some(at) = self.first_on_border(before, end, family).filter(|_| is_inside) {
                line.push(at);
            }
        }
        line
    }

    /// Where the line through `before` and `end`, drawn on beyond `end`, first meets the border of the family.
    fn first_on_border(&self, before: Coord, end: Coord, family: &Family) -> Option<Coord> {
        let halves = self.halves_of(family);
        let bounds = halves.iter().fold(bounds_of(&[end]), |all, half| all.union(&bounds_of(half.line)));
        let reach = (bounds.east - bounds.west) + (bounds.north - bounds.south);
        let length = apart(before, end);
        let far = end + (end - before) * (reach / length);
        let crossings = halves.iter().flat_map(|half| half.line.windows(2)).filter_map(|pair| {
            match contact((end, far), (pair[0], pair[1])) {
                Contact::None => None,
                Contact::Point(at) | Contact::Along(at) | Contact::Cross(at) => Some(at),
            }
        });
        let nearest = crossings.min_by(|&a, &b| apart(a, end).total_cmp(&apart(b, end)));
        nearest.filter(|&at| apart(at, end) > NEAR)
    }

    /// Lays the line over the place; `None` if it leaves it whole.
    fn cut(&self, line: Vec<Coord>, family: &Family) -> Result<Option<Cut>, EditError> {
        let mut overlay = self.overlay(vec![line])?;
        for id in self.store.family_borders(family) {
            if let Some(arc) = self.store.arc(id).filter(|_| overlay.arcs.insert(id)) {
                overlay.pieces.push(Piece::of_arc(&arc.line, arc.left, arc.right));
            }
        }
        let Some(right) = right_of_line(&overlay.pieces, family) else { return Ok(None) };
        let border = Border::new(right.iter().map(|(line, along)| (line.as_slice(), *along)));
        let mut sides = self.in_and_out(&mut overlay, &border);
        for (piece, is_in) in overlay.pieces.iter().zip(&mut sides) {
            for (is_in, label) in is_in.iter_mut().zip(piece.before) {
                *is_in &= label.is_some_and(|key| family.contains(&key));
            }
        }
        Ok(Some(Cut { overlay, sides }))
    }

    /// Parts through which the line passes are cut too.
    fn cut_parts(&self, cut: &Cut, key: PlaceKey, new: New) -> Parts {
        let mut parts = Parts::new(self, key, new);
        let (inside, outside) = self.touched_by(cut);
        let mut next = parts.key.0;
        let mut pending = vec![(key, parts.key)];
        while let Some((above, new_above)) = pending.pop() {
            for part in self.store.children(above).filter(|part| inside.contains(part)) {
                let Some(&place) = self.store.place(part) else { continue };
                if outside.contains(&part) {
                    next += 1;
                    let id = Id::derived(&new.id.to_string(), &place.id.to_string());
                    parts.places.insert(PlaceKey(next), Some(Place { id, level: place.level, parent: Some(new_above) }));
                    parts.labels.insert(part, PlaceKey(next));
                    pending.push((part, PlaceKey(next)));
                } else {
                    parts.places.insert(part, Some(Place { parent: Some(new_above), ..place }));
                }
            }
        }
        parts
    }

    /// Parts go as a whole if most of their area lies right of the line.
    fn parts_by_area(&self, cut: &Cut, key: PlaceKey, new: New) -> Parts {
        let mut parts = Parts::new(self, key, new);
        let areas = areas(cut);
        for part in self.store.children(key) {
            let of_part = self.store.family(part).into_iter().filter_map(|key| areas.get(&key));
            let (inside_m2, all_m2) = of_part.fold((0.0, 0.0), |sum, area| (sum.0 + area.0, sum.1 + area.1));
            if let Some(&place) = self.store.place(part).filter(|_| inside_m2 > all_m2 / 2.0) {
                parts.places.insert(part, Some(Place { parent: Some(parts.key), ..place }));
            }
        }
        parts
    }

    /// The places, and those above, with ground in the region, and with ground outside of it.
    fn touched_by(&self, cut: &Cut) -> (Family, Family) {
        let mut found = (BTreeSet::new(), BTreeSet::new());
        for (piece, is_in) in cut.overlay.pieces.iter().zip(&cut.sides) {
            for (label, is_in) in piece.before.iter().zip(is_in) {
                let set = if *is_in { &mut found.0 } else { &mut found.1 };
                set.extend(label.iter().flat_map(|&key| self.lineage(key)));
            }
        }
        found
    }
}

/// What becomes of the parts of a place that is cut.
struct Parts {
    /// Of the new place.
    key: PlaceKey,
    places: BTreeMap<PlaceKey, Option<Place>>,
    /// What ground right of the line is called.
    labels: BTreeMap<PlaceKey, PlaceKey>,
}

impl Parts {
    fn new(partition: &Partition, key: PlaceKey, new: New) -> Self {
        let new_key = partition.store.next_key();
        let place = partition.store.place(key).map(|place| Place { id: new.id, ..*place });
        Self { key: new_key, places: BTreeMap::from([(new_key, place)]), labels: BTreeMap::from([(key, new_key)]) }
    }
}

/// The area of what each label has right of the line, and of all of it that the pieces bound, m².
fn areas(cut: &Cut) -> BTreeMap<PlaceKey, (f64, f64)> {
    let mut areas: BTreeMap<PlaceKey, (f64, f64)> = BTreeMap::new();
    let Some(origin) = cut.overlay.pieces.first().map(|piece| piece.line[0]) else { return areas };
    for (piece, is_in) in cut.overlay.pieces.iter().zip(&cut.sides) {
        let fan_m2 = fan_m2(&piece.line, origin);
        for (side, fan_m2) in [(0, fan_m2), (1, -fan_m2)] {
            let Some(key) = piece.before[side] else { continue };
            let area = areas.entry(key).or_default();
            area.0 += if is_in[side] { fan_m2 } else { 0.0 };
            area.1 += fan_m2;
        }
    }
    areas
}

/// The border of the faces of a place that lie mostly right of a line drawn over it, as lines with a direction: the ground is on their
/// left. `None` if there are no such faces, or no others.
fn right_of_line(pieces: &[Piece], family: &Family) -> Option<Vec<(Vec<Coord>, i32)>> {
    let is_in = |piece: &Piece, side: usize| piece.before[side].is_some_and(|key| family.contains(&key));
    let border: Vec<usize> = (0..pieces.len()).filter(|&it| is_in(&pieces[it], 0) != is_in(&pieces[it], 1)).collect();
    let drawn = pieces.iter().enumerate().filter(|(_, piece)| piece.is_drawn && is_in(piece, 0) && is_in(piece, 1));
    let drawn = without_loose_ends(pieces, &border, drawn.map(|(number, _)| number).collect());
    let mut halves = Vec::new();
    for &number in &border {
        halves.push((Half { line: &pieces[number].line, reversed: is_in(&pieces[number], 1) }, 0.0));
    }
    for &number in &drawn {
        let length = length_m(&pieces[number].line) * f64::from(pieces[number].along.signum());
        halves.push((Half { line: &pieces[number].line, reversed: false }, -length));
        halves.push((Half { line: &pieces[number].line, reversed: true }, length));
    }
    let lines: Vec<Half> = halves.iter().map(|&(half, _)| half).collect();
    let found = faces(&lines);
    let is_right = |face: &super::trace::Face| face.halves().map(|half| halves[half].1).sum::<f64>() > 0.0;
    let (right, left): (Vec<_>, Vec<_>) = found.iter().partition(|face| is_right(face));
    if right.is_empty() || left.is_empty() {
        return None;
    }
    let directed = |half: usize| (halves[half].0.line.to_vec(), if halves[half].0.reversed { -1 } else { 1 });
    Some(right.into_iter().flat_map(super::trace::Face::halves).map(directed).collect())
}

/// The drawn pieces that are left when those which end nowhere are taken away, again and again.
fn without_loose_ends(pieces: &[Piece], border: &[usize], mut drawn: Vec<usize>) -> Vec<usize> {
    loop {
        let mut degrees: HashMap<Bits, usize> = HashMap::new();
        for &number in border.iter().chain(&drawn) {
            for at in pieces[number].ends() {
                *degrees.entry(bits(at)).or_default() += 1;
            }
        }
        let before = drawn.len();
        drawn.retain(|&number| pieces[number].ends().iter().all(|&at| degrees.get(&bits(at)).is_some_and(|&count| count > 1)));
        if drawn.len() == before {
            return drawn;
        }
    }
}
