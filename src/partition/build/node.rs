//! Rings brought together: what lies within the tolerance becomes one, what crosses gets a common vertex.

use super::{
    BuildError, Mended, MendedKind, PlaceInput,
    rings::{Rings, count},
};
use crate::partition::{
    exact::{Contact, apart, contact, foot, located},
    vertex::scale,
};
use geo::Coord;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Degrees of latitude in a metre, about.
const DEGREES_PER_METRE: f64 = 1.0 / 111_000.0;

/// Rounds of cutting before it is given up.
const ROUNDS: usize = 12;

/// Width of the cells in which edges and vertices are looked up, degrees: about the length of an edge.
const CELL: f64 = 0.0005;

/// An edge over more cells than this is cut in thought before it is entered in them.
const MOST_CELLS: i64 = 64;

type Cell = (i64, i64);

/// A plane in which a metre is the same in both directions, about.
struct Plane {
    scale: f64,
    tolerance: f64,
}

impl Plane {
    fn flat(&self, at: Coord) -> Coord {
        Coord { x: at.x * self.scale, y: at.y }
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most 360 degrees by the tolerance or the width of a cell")]
    fn cell(at: Coord, width: f64) -> Cell {
        ((at.x / width).floor() as i64, (at.y / width).floor() as i64)
    }
}

/// Nodes all rings together; says what was moved and inserted.
pub(super) fn node(rings: &mut Rings, places: &[PlaceInput], tolerance_m: f64) -> Result<Vec<Mended>, BuildError> {
    let Some(&first) = rings.coords.first() else { return Ok(Vec::new()) };
    let plane = Plane { scale: scale(first).max(0.01), tolerance: (tolerance_m * DEGREES_PER_METRE).max(1e-12) };
    let mut mended = snap(rings, places, &plane);
    let original: HashSet<(u32, u32)> = rings.edges().into_iter().collect();
    let owners = owners(rings);
    let mut dirty: BTreeSet<(u32, u32)> = original.iter().copied().collect();
    let mut rounds = 0;
    while !dirty.is_empty() {
        rounds += 1;
        let cuts = cuts(rings, &plane, &dirty);
        if let Some(((a, _), _)) = cuts.iter().min_by_key(|(edge, _)| **edge).filter(|_| rounds > ROUNDS) {
            return Err(BuildError::TooClose { at: located(rings.at(*a)) });
        }
        for (edge, vertices) in cuts.iter().filter(|(edge, _)| original.contains(edge)) {
            let of: BTreeSet<u32> = owners.get(edge).into_iter().flatten().copied().collect();
            let ids = of.iter().filter_map(|&place| Some(places.get(place as usize)?.id)).collect();
            let at = located(rings.at(vertices[0]));
            mended.push(Mended { kind: MendedKind::VertexInserted, at, area_m2: 0.0, places: ids, to: None });
        }
        let before: HashSet<(u32, u32)> = rings.edges().into_iter().collect();
        rings.insert(&cuts);
        dirty = rings.edges().into_iter().filter(|edge| !before.contains(edge)).collect();
    }
    mended.sort_by(|a, b| {
        let key = |it: &Mended| (it.at.lon(), it.at.lat());
        a.kind.cmp(&b.kind).then(key(a).0.total_cmp(&key(b).0)).then(key(a).1.total_cmp(&key(b).1))
    });
    Ok(mended)
}

/// The places whose rings have an edge.
fn owners(rings: &Rings) -> HashMap<(u32, u32), Vec<u32>> {
    let mut owners: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
    for ring in &rings.rings {
        for (a, b) in ring.edges() {
            owners.entry((a.min(b), a.max(b))).or_default().push(ring.place);
        }
    }
    owners
}

/// Vertices within the tolerance of one that more rings have (or that is further west) move there.
fn snap(rings: &mut Rings, places: &[PlaceInput], plane: &Plane) -> Vec<Mended> {
    let mut uses = vec![0u32; rings.coords.len()];
    for vertex in rings.rings.iter().flat_map(|ring| &ring.vertices) {
        uses[*vertex as usize] += 1;
    }
    let mut order: Vec<u32> = (0..count(rings.coords.len())).collect();
    order.sort_by(|&a, &b| {
        let (p, q) = (rings.at(a), rings.at(b));
        uses[b as usize].cmp(&uses[a as usize]).then(p.x.total_cmp(&q.x)).then(p.y.total_cmp(&q.y))
    });
    let mut stands: HashMap<Cell, Vec<u32>> = HashMap::new();
    let mut moved: HashMap<u32, u32> = HashMap::new();
    for vertex in order {
        let at = plane.flat(rings.at(vertex));
        let (x, y) = Plane::cell(at, plane.tolerance);
        let near =
            (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))).filter_map(|cell| stands.get(&cell)).flatten();
        let distance = |other: u32| apart(plane.flat(rings.at(other)), at);
        let nearest = near.copied().min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        match nearest.filter(|&other| distance(other) <= plane.tolerance) {
            Some(other) => {
                moved.insert(vertex, other);
            }
            None => stands.entry((x, y)).or_default().push(vertex),
        }
    }
    let mut mended = Vec::new();
    let mut of: HashMap<u32, BTreeSet<u32>> = HashMap::new();
    for ring in &rings.rings {
        for vertex in ring.vertices.iter().filter(|vertex| moved.contains_key(vertex)) {
            of.entry(*vertex).or_default().insert(ring.place);
        }
    }
    for (&vertex, owners) in &of {
        let ids = owners.iter().filter_map(|&place| Some(places.get(place as usize)?.id)).collect();
        let at = located(rings.at(vertex));
        mended.push(Mended { kind: MendedKind::VertexMoved, at, area_m2: 0.0, places: ids, to: None });
    }
    rings.renumber(|vertex| moved.get(&vertex).copied().unwrap_or(vertex));
    mended
}

/// The vertices to be put into edges, in order from the smaller number to the larger: those near the edge, and crossings. Only pairs of
/// which one is `dirty` are looked at.
fn cuts(rings: &mut Rings, plane: &Plane, dirty: &BTreeSet<(u32, u32)>) -> HashMap<(u32, u32), Vec<u32>> {
    let edges = rings.edges();
    let cells = Cells::new(rings, plane, &edges);
    let mut cuts: HashMap<(u32, u32), Vec<(f64, u32)>> = HashMap::new();
    let mut crossings: HashMap<Cell, Vec<u32>> = HashMap::new();
    for &edge in dirty {
        for other in cells.near(rings, plane, edge) {
            if other == edge || (other < edge && dirty.contains(&other)) {
                continue;
            }
            cut_pair(rings, plane, edge, other, &mut cuts, &mut crossings);
        }
    }
    let in_order = |(edge, mut vertices): ((u32, u32), Vec<(f64, u32)>)| {
        vertices.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut vertices: Vec<u32> = vertices.into_iter().map(|(_, vertex)| vertex).collect();
        vertices.dedup();
        (edge, vertices)
    };
    cuts.into_iter().map(in_order).collect()
}

fn cut_pair(
    rings: &mut Rings,
    plane: &Plane,
    p: (u32, u32),
    q: (u32, u32),
    cuts: &mut HashMap<(u32, u32), Vec<(f64, u32)>>,
    crossings: &mut HashMap<Cell, Vec<u32>>,
) {
    let segment = |rings: &Rings, edge: (u32, u32)| (rings.at(edge.0), rings.at(edge.1));
    let mut meets = false;
    for (edge, ends) in [(p, q), (q, p)] {
        let (a, b) = segment(rings, edge);
        for vertex in [ends.0, ends.1] {
            if vertex == edge.0 || vertex == edge.1 {
                meets = true;
                continue;
            }
            let at = plane.flat(rings.at(vertex));
            let (nearest, share) = foot(at, (plane.flat(a), plane.flat(b)));
            // Near an end, two vertices are near each other: put between them, each would call for the other again and again.
            if share > 0.0 && share < 1.0 && apart(nearest, at) <= plane.tolerance {
                meets = true;
                cuts.entry(edge).or_default().push((share, vertex));
            }
        }
    }
    if meets {
        return;
    }
    let (e, f) = (segment(rings, p), segment(rings, q));
    if let Contact::Cross(at) = contact(e, f) {
        let cell = Plane::cell(plane.flat(at), plane.tolerance);
        let same = crossings.entry(cell).or_default();
        let known = same.iter().copied().find(|&vertex| apart(rings.at(vertex), at) <= plane.tolerance);
        let vertex = known.unwrap_or_else(|| {
            rings.coords.push(at);
            same.push(count(rings.coords.len() - 1));
            count(rings.coords.len() - 1)
        });
        cuts.entry(p).or_default().push((foot(at, e).1, vertex));
        cuts.entry(q).or_default().push((foot(at, f).1, vertex));
    }
}

/// Edges by the cells that their boxes meet.
struct Cells {
    edges: HashMap<Cell, Vec<(u32, u32)>>,
}

impl Cells {
    fn new(rings: &Rings, plane: &Plane, edges: &[(u32, u32)]) -> Self {
        let mut cells: HashMap<Cell, Vec<(u32, u32)>> = HashMap::new();
        for &edge in edges {
            for cell in cells_of(rings, plane, edge) {
                cells.entry(cell).or_default().push(edge);
            }
        }
        Self { edges: cells }
    }

    /// Edges whose cells an edge shares, each once, ascending.
    fn near(&self, rings: &Rings, plane: &Plane, edge: (u32, u32)) -> Vec<(u32, u32)> {
        let mut found: Vec<(u32, u32)> =
            cells_of(rings, plane, edge).into_iter().filter_map(|cell| self.edges.get(&cell)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The cells that an edge, widened by the tolerance, may meet: of the boxes of its pieces.
fn cells_of(rings: &Rings, plane: &Plane, edge: (u32, u32)) -> Vec<Cell> {
    let mut cells = Vec::new();
    push_cells(plane, rings.at(edge.0), rings.at(edge.1), &mut cells);
    cells.sort_unstable();
    cells.dedup();
    cells
}

fn push_cells(plane: &Plane, a: Coord, b: Coord, cells: &mut Vec<Cell>) {
    let by = plane.tolerance / plane.scale * 2.0;
    let low = Plane::cell(Coord { x: a.x.min(b.x) - by, y: a.y.min(b.y) - by }, CELL);
    let high = Plane::cell(Coord { x: a.x.max(b.x) + by, y: a.y.max(b.y) + by }, CELL);
    let (width, height) = (high.0 - low.0 + 1, high.1 - low.1 + 1);
    if width > 2 && height > 2 && width * height > MOST_CELLS {
        let middle = (a + b) / 2.0;
        push_cells(plane, a, middle, cells);
        push_cells(plane, middle, b, cells);
        return;
    }
    cells.extend((low.0..=high.0).flat_map(|x| (low.1..=high.1).map(move |y| (x, y))));
}
