//! New lines laid over the arcs: both are cut where they meet.

use super::{
    ArcId, EditError, Partition, PlaceKey,
    exact::{Bits, Contact, Segment, apart, bits, contact, foot, located},
    store::{bounds_of, widened},
};
use crate::{geometry::BBox, spatial::Boxes};
use geo::Coord;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What lies within this of a border, in degrees (a tenth of a millimetre), is taken to lie on it: far below what anybody draws, far
/// above the rounding of a computed crossing (some 1e-14 degrees).
pub(super) const NEAR: f64 = 1e-9;

/// Rounds of cutting; each but the last finds a crossing that the one before made.
const ROUNDS: usize = 16;

/// A line that gets so many times more vertices by cutting is no line that anybody draws.
const GROWTH: usize = 100;

/// What lies on a side: the finest place, or nothing.
pub(super) type Label = Option<PlaceKey>;

/// A line that was cut: an arc, or a new line.
#[derive(Debug)]
pub(super) struct Strand {
    line: Vec<Coord>,
    /// Vertices that it did not have before.
    inserted: HashSet<Bits>,
    arc: Option<ArcId>,
}

/// A stretch of a strand between two places where something meets it.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) line: Vec<Coord>,
    /// What lies left and right before the edit.
    pub(super) before: [Label; 2],
    /// What lies there after it.
    pub(super) after: [Label; 2],
    /// How often new lines run along it, less how often against it.
    pub(super) along: i32,
    /// Whether a new line runs on it, in whatever direction.
    pub(super) is_drawn: bool,
    /// The strand at its start and at its end.
    pub(super) strands: [Option<usize>; 2],
}

/// Arcs and new lines, cut where they meet.
#[derive(Debug)]
pub(super) struct Overlay {
    pub(super) strands: Vec<Strand>,
    /// The arcs that are here as pieces.
    pub(super) arcs: BTreeSet<ArcId>,
    pub(super) pieces: Vec<Piece>,
}

impl Overlay {
    /// Whether a vertex where two pieces meet is there only because the strand was cut.
    pub(super) fn is_needless(&self, at: Coord, one: Option<usize>, other: Option<usize>) -> bool {
        one.is_some()
            && one == other
            && one.and_then(|it| self.strands.get(it)).is_some_and(|it| it.inserted.contains(&bits(at)))
    }
}

impl Piece {
    pub(super) fn of_arc(line: &[Coord], left: Label, right: Label) -> Self {
        let sides = [left, right];
        Self { line: line.to_vec(), before: sides, after: sides, along: 0, is_drawn: false, strands: [None; 2] }
    }

    pub(super) fn ends(&self) -> [Coord; 2] {
        [self.line[0], self.line[self.line.len() - 1]]
    }

    /// The middle of its longest edge, and which edge that is.
    pub(super) fn probe(&self) -> (usize, Coord) {
        probe(&self.line)
    }
}

/// The middle of the longest edge of a line, and which edge that is: as far from other lines as a point on it can well be.
pub(super) fn probe(line: &[Coord]) -> (usize, Coord) {
    let length = |place: usize| apart(line[place], line[place + 1]);
    let longest = (0..line.len() - 1).max_by(|&a, &b| length(a).total_cmp(&length(b)).then(b.cmp(&a))).unwrap_or(0);
    let (a, b) = (line[longest], line[longest + 1]);
    (longest, Coord { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) })
}

impl Partition {
    /// Lays new lines (closed ones end where they start) over the arcs near them.
    pub(super) fn overlay(&self, lines: Vec<Vec<Coord>>) -> Result<Overlay, EditError> {
        let mut strands = self.strands_near(&lines);
        let arcs: BTreeSet<ArcId> = strands.iter().filter_map(|strand| strand.arc).collect();
        let drawn = attach(&mut strands, lines);
        for line in drawn {
            strands.push(Strand { line, inserted: HashSet::new(), arc: None });
        }
        let mut rounds = 0;
        let vertices = |strands: &[Strand]| strands.iter().map(|strand| strand.line.len()).sum::<usize>();
        let most = GROWTH * (vertices(&strands) + GROWTH);
        while let Some(at) = cut_once(&mut strands) {
            rounds += 1;
            if rounds > ROUNDS || vertices(&strands) > most {
                return Err(EditError::TooClose { at: located(at) });
            }
        }
        let pieces = self.pieces(&strands)?;
        Ok(Overlay { strands, arcs, pieces })
    }

    fn strands_near(&self, lines: &[Vec<Coord>]) -> Vec<Strand> {
        let edges = lines.iter().flat_map(|line| line.windows(2));
        let near: BTreeSet<ArcId> =
            edges.flat_map(|edge| self.store.near(&widened(&bounds_of(edge), NEAR)).map(|(id, _)| id)).collect();
        let strand = |id| {
            let arc = self.store.arc(id)?;
            Some(Strand { line: arc.line.clone(), inserted: HashSet::new(), arc: Some(id) })
        };
        near.into_iter().filter_map(strand).collect()
    }

    /// Cuts strands into pieces; pieces that run along each other become one.
    fn pieces(&self, strands: &[Strand]) -> Result<Vec<Piece>, EditError> {
        let mut passes: HashMap<Bits, usize> = HashMap::new();
        for at in strands.iter().flat_map(|strand| &strand.line) {
            *passes.entry(bits(*at)).or_default() += 1;
        }
        let is_cut = |at: Coord| passes.get(&bits(at)).is_some_and(|&count| count > 1) || self.store.is_node(at);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut known: HashMap<(Bits, Bits), usize> = HashMap::new();
        for (number, strand) in strands.iter().enumerate() {
            let arc = strand.arc.and_then(|id| self.store.arc(id));
            for line in cut_at(&strand.line, is_cut) {
                let (first, last) = (bits(line[0]), bits(line[line.len() - 1]));
                let same = (line.len() == 2).then(|| known.get(&(first.min(last), first.max(last))).copied()).flatten();
                match (same, arc) {
                    (Some(_), Some(_)) => return Err(EditError::TooClose { at: located(line[0]) }),
                    (Some(index), None) => {
                        pieces[index].along += if bits(pieces[index].line[0]) == first { 1 } else { -1 };
                        pieces[index].is_drawn = true;
                    }
                    (None, _) => {
                        if line.len() == 2 {
                            known.insert((first.min(last), first.max(last)), pieces.len());
                        }
                        let mut piece = match arc {
                            Some(arc) => Piece::of_arc(line, arc.left, arc.right),
                            None => self.drawn_piece(line),
                        };
                        piece.strands = [Some(number); 2];
                        pieces.push(piece);
                    }
                }
            }
        }
        Ok(pieces)
    }

    /// A piece of a new line that runs along no arc: the same place lies on both sides.
    fn drawn_piece(&self, line: &[Coord]) -> Piece {
        let place = self.place_at(probe(line).1);
        Piece { along: 1, is_drawn: true, ..Piece::of_arc(line, place, place) }
    }
}

/// The stretches of a line between the vertices where it is cut.
fn cut_at(line: &[Coord], is_cut: impl Fn(Coord) -> bool) -> Vec<&[Coord]> {
    let mut stretches = Vec::new();
    let mut first = 0;
    for place in 1..line.len() {
        if place + 1 == line.len() || is_cut(line[place]) {
            stretches.push(&line[first..=place]);
            first = place;
        }
    }
    stretches
}

/// Brings vertices of new lines that are near an arc, or near one another, onto it. A vertex near an edge goes to the nearest place on
/// the edge, which gets it as a vertex: so the border moves by no more than the rounding.
fn attach(strands: &mut [Strand], lines: Vec<Vec<Coord>>) -> Vec<Vec<Coord>> {
    let index = EdgeIndex::new(strands);
    let mut own: HashMap<(i64, i64), Vec<Coord>> = HashMap::new();
    let mut insertions = Insertions::default();
    let mut attached = Vec::new();
    for line in lines {
        let mut moved: Vec<Coord> = Vec::with_capacity(line.len());
        for at in line {
            let at = index.attach(strands, at, &mut insertions).unwrap_or_else(|| near_own(&mut own, at));
            if moved.last() != Some(&at) {
                moved.push(at);
            }
        }
        if moved.len() > 1 {
            attached.push(moved);
        }
    }
    insertions.apply(strands);
    attached
}

/// An earlier vertex of the new lines that is near `at`, or `at` itself, which is remembered.
#[expect(clippy::cast_possible_truncation, reason = "at most 360 degrees by 1e-9")]
fn near_own(own: &mut HashMap<(i64, i64), Vec<Coord>>, at: Coord) -> Coord {
    let (x, y) = ((at.x / NEAR).floor() as i64, (at.y / NEAR).floor() as i64);
    let cells = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
    let near = cells.filter_map(|cell| own.get(&cell)).flatten().copied().find(|&other| apart(other, at) <= NEAR);
    near.unwrap_or_else(|| {
        own.entry((x, y)).or_default().push(at);
        at
    })
}

/// The edges of all strands by their boxes.
struct EdgeIndex {
    boxes: Boxes,
    /// Strand and edge.
    edges: Vec<(usize, usize)>,
}

impl EdgeIndex {
    fn new(strands: &[Strand]) -> Self {
        let mut edges = Vec::new();
        let mut boxes = Vec::new();
        for (strand, Strand { line, .. }) in strands.iter().enumerate() {
            for (edge, pair) in line.windows(2).enumerate() {
                boxes.push((bounds_of(pair), u32::try_from(edges.len()).unwrap_or(u32::MAX)));
                edges.push((strand, edge));
            }
        }
        Self { boxes: Boxes::new(boxes), edges }
    }

    fn near(&self, bounds: &BBox) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> =
            self.boxes.meeting(&widened(bounds, NEAR)).filter_map(|it| self.edges.get(it as usize).copied()).collect();
        found.sort_unstable();
        found
    }

    /// The place on a strand that is near `at`: a vertex if one is near, else on an edge.
    fn attach(&self, strands: &[Strand], at: Coord, insertions: &mut Insertions) -> Option<Coord> {
        let found = self.near(&bounds_of(&[at]));
        let vertices = found.iter().flat_map(|&(strand, edge)| &strands[strand].line[edge..=edge + 1]).copied();
        let vertex = vertices.min_by(|&a, &b| apart(a, at).total_cmp(&apart(b, at))).filter(|&it| apart(it, at) <= NEAR);
        if vertex.is_some() {
            return vertex;
        }
        let feet = found.iter().map(|&(strand, edge)| (strand, edge, foot(at, segment(strands, (strand, edge)))));
        let (strand, edge, (place, share)) =
            feet.min_by(|a, b| apart(a.2.0, at).total_cmp(&apart(b.2.0, at))).filter(|it| apart(it.2.0, at) <= NEAR)?;
        insertions.add((strand, edge), share, place);
        Some(place)
    }
}

fn segment(strands: &[Strand], (strand, edge): (usize, usize)) -> Segment {
    let line = &strands[strand].line;
    (line[edge], line[edge + 1])
}

/// Vertices to be put into edges: by strand and edge, the share of the edge's length and the place.
#[derive(Default)]
struct Insertions {
    by_edge: BTreeMap<(usize, usize), Vec<(f64, Coord)>>,
}

impl Insertions {
    fn add(&mut self, edge: (usize, usize), share: f64, at: Coord) {
        self.by_edge.entry(edge).or_default().push((share, at));
    }

    /// One of the places, if any vertex was put in.
    fn apply(self, strands: &mut [Strand]) -> Option<Coord> {
        let mut some = None;
        for ((number, edge), mut vertices) in self.by_edge.into_iter().rev() {
            let strand = &mut strands[number];
            vertices.sort_by(|a, b| a.0.total_cmp(&b.0));
            vertices.dedup_by(|a, b| a.1 == b.1);
            let (start, end) = (strand.line[edge], strand.line[edge + 1]);
            let new: Vec<Coord> = vertices.into_iter().map(|(_, at)| at).filter(|&at| at != start && at != end).collect();
            strand.inserted.extend(new.iter().map(|&at| bits(at)));
            some = new.first().copied().or(some);
            let rest = strand.line.split_off(edge + 1);
            strand.line.extend(new.into_iter().chain(rest));
        }
        some
    }
}

/// Puts a vertex wherever a new line meets a strand between its vertices. Some place where that happened, `None` if nowhere.
fn cut_once(strands: &mut [Strand]) -> Option<Coord> {
    let index = EdgeIndex::new(strands);
    let mut insertions = Insertions::default();
    for number in (0..strands.len()).filter(|&number| strands[number].arc.is_none()) {
        for edge in 0..strands[number].line.len() - 1 {
            let own = (number, edge);
            for other in index.near(&bounds_of(&strands[number].line[edge..=edge + 1])) {
                if other != own {
                    cut_pair(strands, own, other, &mut insertions);
                }
            }
        }
    }
    insertions.apply(strands)
}

fn cut_pair(strands: &[Strand], own: (usize, usize), other: (usize, usize), insertions: &mut Insertions) {
    let (p, q) = (segment(strands, own), segment(strands, other));
    let is_vertex = |at: Coord, of: Segment| at == of.0 || at == of.1;
    let mut meets = false;
    for (edge, of, ends) in [(own, p, q), (other, q, p)] {
        for at in [ends.0, ends.1] {
            if is_vertex(at, of) {
                meets = true;
                continue;
            }
            let (place, share) = foot(at, of);
            // Near an end, two vertices are near each other: put between them, each would call for the other again and again.
            if share > 0.0 && share < 1.0 && apart(place, at) <= NEAR {
                meets = true;
                insertions.add(edge, share, at);
            }
        }
    }
    if meets {
        return;
    }
    if let Contact::Cross(at) = contact(p, q) {
        insertions.add(own, foot(at, p).1, at);
        insertions.add(other, foot(at, q).1, at);
    }
}
