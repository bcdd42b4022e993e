//! What makes a polygon invalid, and where.

use super::{BBox, LonLat};
use geo::{Coord, LineString, MultiPolygon};
use std::{collections::HashSet, fmt};

/// A reason why rings do not bound an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Two edges cross.
    Crossing,
    /// Two edges run along each other: a spike, or parts that share a border.
    Overlap,
    /// A ring touches itself at a point.
    SelfTouch,
    /// A hole reaches outside its polygon or into another hole.
    HoleOutside,
    /// A part lies within another.
    PartInside,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crossing => "the border crosses itself",
            Self::Overlap => "the border runs along itself",
            Self::SelfTouch => "a ring touches itself",
            Self::HoleOutside => "a hole reaches outside its polygon",
            Self::PartInside => "a part lies within another",
        })
    }
}

struct Ring<'a> {
    part: usize,
    hole: bool,
    vertices: &'a [Coord],
    bounds: BBox,
}

impl<'a> Ring<'a> {
    fn new(part: usize, hole: bool, line: &'a LineString) -> Option<Self> {
        Some(Self { part, hole, vertices: &line.0, bounds: BBox::around(line)? })
    }

    fn side(&self, point: Coord) -> Side {
        let BBox { west, south, east, north } = self.bounds;
        let beyond = point.x < west || point.x > east || point.y < south || point.y > north;
        if beyond { Side::Outside } else { side(point, self.vertices) }
    }
}

#[derive(Clone, Copy)]
struct Edge {
    ring: usize,
    place: usize,
    a: Coord,
    b: Coord,
}

impl Edge {
    fn west(&self) -> f64 {
        self.a.x.min(self.b.x)
    }

    fn east(&self) -> f64 {
        self.a.x.max(self.b.x)
    }

    fn south(&self) -> f64 {
        self.a.y.min(self.b.y)
    }

    fn north(&self) -> f64 {
        self.a.y.max(self.b.y)
    }

    fn misses_in_latitude(&self, other: &Self) -> bool {
        self.north() < other.south() || other.north() < self.south()
    }
}

/// The first flaw found and where it is, `None` for a valid shape. Rings closed, without repeated vertices, in range. Exact predicates.
///
/// A sweep over longitude in each of up to n bands of latitude: O(n log n) for borders of short edges, and for combs whose teeth
/// all lie in one direction.
pub(super) fn first_flaw(shape: &MultiPolygon) -> Option<(Flaw, LonLat)> {
    let rings: Vec<Ring> = shape
        .0
        .iter()
        .enumerate()
        .flat_map(|(part, polygon)| {
            let holes = polygon.interiors().iter().map(move |hole| Ring::new(part, true, hole));
            std::iter::once(Ring::new(part, false, polygon.exterior())).chain(holes).flatten()
        })
        .collect();
    let mut touching = HashSet::new();
    let flaw = flaw_of_edges(&rings, &mut touching).or_else(|| flaw_of_nesting(&rings, &touching));
    flaw.and_then(|(flaw, at)| Some((flaw, LonLat::from_degrees(at.x, at.y).ok()?)))
}

fn flaw_of_edges(rings: &[Ring], touching: &mut HashSet<usize>) -> Option<(Flaw, Coord)> {
    let mut edges: Vec<Edge> = Vec::new();
    for (ring, Ring { vertices, .. }) in rings.iter().enumerate() {
        edges.extend(vertices.windows(2).enumerate().map(|(place, pair)| Edge { ring, place, a: pair[0], b: pair[1] }));
    }
    edges.sort_unstable_by(|a, b| a.west().total_cmp(&b.west()));
    let bands = bands(&edges);
    let mut active: Vec<&Edge> = Vec::new();
    for band in &bands {
        active.clear();
        for &index in band {
            let edge = &edges[index];
            active.retain(|other| other.east() >= edge.west());
            for other in active.iter().filter(|other| !other.misses_in_latitude(edge)) {
                match contact(other, edge) {
                    Contact::None => {}
                    Contact::Cross(at) => return Some((Flaw::Crossing, at)),
                    Contact::Along(at) => return Some((Flaw::Overlap, at)),
                    Contact::Point(_) if follow_each_other(edge, other, rings) => {}
                    Contact::Point(at) if edge.ring == other.ring => return Some((Flaw::SelfTouch, at)),
                    Contact::Point(_) => touching.extend([edge.ring, other.ring]),
                }
            }
            active.push(edge);
        }
    }
    None
}

fn follow_each_other(e: &Edge, f: &Edge, rings: &[Ring]) -> bool {
    let last = rings[e.ring].vertices.len() - 2;
    let (first, second) = (e.place.min(f.place), e.place.max(f.place));
    e.ring == f.ring && (second - first == 1 || (first == 0 && second == last))
}

/// The edges in each band of latitude, in the order given. A band is as high as the mean edge or higher, so that no more than
/// 3n places are needed.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "at most n bands")]
fn bands(edges: &[Edge]) -> Vec<Vec<usize>> {
    let south = edges.iter().map(Edge::south).fold(f64::INFINITY, f64::min);
    let north = edges.iter().map(Edge::north).fold(f64::NEG_INFINITY, f64::max);
    let n = edges.len() as f64;
    let height = (edges.iter().map(|edge| edge.north() - edge.south()).sum::<f64>() / n).max((north - south) / n);
    // Level rings, of which nothing has a height, are one band.
    let band = |lat: f64| if height > 0.0 { ((lat - south) / height) as usize } else { 0 };
    let mut bands = vec![Vec::new(); if edges.is_empty() { 0 } else { band(north) + 1 }];
    for (index, edge) in edges.iter().enumerate() {
        for band in &mut bands[band(edge.south())..=band(edge.north())] {
            band.push(index);
        }
    }
    bands
}

enum Contact {
    None,
    Point(Coord),
    Along(Coord),
    Cross(Coord),
}

fn orientation(a: Coord, b: Coord, c: Coord) -> f64 {
    let exact = |at: Coord| robust::Coord { x: at.x, y: at.y };
    robust::orient2d(exact(a), exact(b), exact(c))
}

fn contact(e: &Edge, f: &Edge) -> Contact {
    let (fa, fb) = (orientation(e.a, e.b, f.a), orientation(e.a, e.b, f.b));
    let (ea, eb) = (orientation(f.a, f.b, e.a), orientation(f.a, f.b, e.b));
    if fa == 0.0 && fb == 0.0 {
        return collinear_contact(e, f);
    }
    let same_side = |s: f64, t: f64| (s > 0.0 && t > 0.0) || (s < 0.0 && t < 0.0);
    if same_side(fa, fb) || same_side(ea, eb) {
        return Contact::None;
    }
    for (turn, at) in [(fa, f.a), (fb, f.b), (ea, e.a), (eb, e.b)] {
        if turn == 0.0 {
            return Contact::Point(at);
        }
    }
    let t = ea / (ea - eb);
    Contact::Cross(e.a + (e.b - e.a) * t)
}

/// Of edges on one line.
fn collinear_contact(e: &Edge, f: &Edge) -> Contact {
    let along = |at: Coord| if (e.a.x - e.b.x).abs() >= (e.a.y - e.b.y).abs() { at.x } else { at.y };
    let ordered = |a: Coord, b: Coord| if along(a) <= along(b) { (a, b) } else { (b, a) };
    let ((e0, e1), (f0, f1)) = (ordered(e.a, e.b), ordered(f.a, f.b));
    let start = if along(e0) >= along(f0) { e0 } else { f0 };
    let end = if along(e1) <= along(f1) { e1 } else { f1 };
    match along(start).total_cmp(&along(end)) {
        std::cmp::Ordering::Less => Contact::Along(start),
        std::cmp::Ordering::Equal => Contact::Point(start),
        std::cmp::Ordering::Greater => Contact::None,
    }
}

/// For rings of which no two edges cross or run along each other.
fn flaw_of_nesting(rings: &[Ring], touching: &HashSet<usize>) -> Option<(Flaw, Coord)> {
    for (index, ring) in rings.iter().enumerate() {
        // Without contact one vertex tells of all; a ring that touches others may still lie on both sides.
        let mut probes = ring.vertices[..1].to_vec();
        if touching.contains(&index) {
            probes.extend_from_slice(ring.vertices);
            probes.extend(ring.vertices.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0));
        }
        for (other_index, other) in rings.iter().enumerate() {
            if other_index == index {
                continue;
            }
            let places = probes.iter().map(|&probe| (other.side(probe), probe));
            let first_on = |wanted| places.clone().find(|(side, _)| *side == wanted).map(|(_, probe)| probe);
            let flaw = match (ring.hole, other.hole, ring.part == other.part) {
                (true, false, true) => first_on(Side::Outside).map(|at| (Flaw::HoleOutside, at)),
                (true, true, true) => first_on(Side::Inside).map(|at| (Flaw::HoleOutside, at)),
                (false, false, false) => first_on(Side::Inside)
                    .filter(|&at| {
                        !rings.iter().any(|hole| hole.hole && hole.part == other.part && hole.side(at) != Side::Outside)
                    })
                    .map(|at| (Flaw::PartInside, at)),
                _ => None,
            };
            if flaw.is_some() {
                return flaw;
            }
        }
    }
    None
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Inside,
    On,
    Outside,
}

fn side(point: Coord, ring: &[Coord]) -> Side {
    let mut inside = false;
    for pair in ring.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let within = |p: f64, q: f64, at: f64| p.min(q) <= at && at <= p.max(q);
        if !within(a.y, b.y, point.y) {
            continue;
        }
        let turn = orientation(a, b, point);
        if turn == 0.0 && within(a.x, b.x, point.x) {
            return Side::On;
        }
        if (a.y > point.y) != (b.y > point.y) && (turn > 0.0) == (b.y > a.y) {
            inside = !inside;
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}
