//! Rings and polygons from arcs.

use super::{
    Partition, PlaceKey,
    exact::{Bits, Segment, bits, by_angle, is_crossed, turn},
    store::bounds_of,
};
use crate::geometry::BBox;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

/// A line run through in one direction, with the traced ground on its left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half<'a> {
    pub(super) line: &'a [Coord],
    pub(super) reversed: bool,
}

impl Half<'_> {
    /// The `n`-th vertex in the direction of the half.
    fn vertex(&self, n: usize) -> Coord {
        let last = self.line.len() - 1;
        self.line[if self.reversed { last - n } else { n }]
    }

    fn start(&self) -> Coord {
        self.vertex(0)
    }

    fn end(&self) -> Coord {
        self.vertex(self.line.len() - 1)
    }

    fn before_end(&self) -> Coord {
        self.vertex(self.line.len() - 2)
    }

    pub(super) fn vertices(&self) -> impl Iterator<Item = Coord> {
        (0..self.line.len()).map(|n| self.vertex(n))
    }
}

/// Connected ground: halves by their place in the list given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Face {
    pub(super) exterior: Vec<usize>,
    pub(super) holes: Vec<Vec<usize>>,
}

impl Face {
    pub(super) fn halves(&self) -> impl Iterator<Item = usize> {
        self.exterior.iter().chain(self.holes.iter().flatten()).copied()
    }
}

struct Ring {
    halves: Vec<usize>,
    line: Vec<Coord>,
    bounds: BBox,
    /// The half with which the walk began that found it.
    walk: usize,
}

/// The faces left of the halves, which meet at their ends only; each line has two or more vertices.
///
/// A walk always takes the next half clockwise, so it keeps to one face; where it passes a node twice it is cut there, so that rings
/// do not touch themselves, and a hole that touches its exterior is a ring of its own.
pub(super) fn faces(halves: &[Half]) -> Vec<Face> {
    let rings = rings(halves);
    let (exteriors, holes): (Vec<Ring>, Vec<Ring>) = rings.into_iter().partition(|ring| is_counter_clockwise(&ring.line));
    let mut faces: Vec<Face> = exteriors.iter().map(|ring| Face { exterior: ring.halves.clone(), holes: Vec::new() }).collect();
    for hole in holes {
        // None is around the outermost border, seen from outside.
        if let Some(home) = home_of(&hole, &exteriors) {
            faces[home].holes.push(hole.halves);
        }
    }
    faces
}

fn rings(halves: &[Half]) -> Vec<Ring> {
    let mut leaving: HashMap<Bits, Vec<usize>> = HashMap::new();
    for (index, half) in halves.iter().enumerate() {
        leaving.entry(bits(half.start())).or_default().push(index);
    }
    let mut seen = vec![false; halves.len()];
    let mut rings = Vec::new();
    for first in 0..halves.len() {
        let mut ring = Vec::new();
        let mut starts: HashMap<Bits, usize> = HashMap::new();
        let mut index = first;
        while !seen[index] {
            seen[index] = true;
            starts.insert(bits(halves[index].start()), ring.len());
            ring.push(index);
            let node = bits(halves[index].end());
            if let Some(&place) = starts.get(&node) {
                let closed = ring.split_off(place);
                starts.retain(|_, &mut at| at < place);
                rings.extend(Ring::new(halves, closed, first));
            }
            let Some(next) = leaving.get(&node).and_then(|leaving| next_clockwise(halves, index, leaving)) else { break };
            index = next;
        }
    }
    rings
}

/// The half that leaves next when turning clockwise from the way back.
fn next_clockwise(halves: &[Half], arriving: usize, leaving: &[usize]) -> Option<usize> {
    let node = halves[arriving].end();
    let back = halves[arriving].before_end();
    let order = |a: &usize, b: &usize| by_angle(node, halves[*a].vertex(1), halves[*b].vertex(1)).then(a.cmp(b));
    let before_back =
        leaving.iter().copied().filter(|&it| by_angle(node, halves[it].vertex(1), back) == Ordering::Less).max_by(order);
    before_back.or_else(|| leaving.iter().copied().max_by(order))
}

impl Ring {
    /// `None` for a way there and back.
    fn new(halves: &[Half], ring: Vec<usize>, walk: usize) -> Option<Self> {
        let line: Vec<Coord> = ring.iter().flat_map(|&index| halves[index].vertices().skip(1)).collect();
        let is_there_and_back = line.len() < 3 || (ring.len() == 2 && is_same_line(&halves[ring[0]], &halves[ring[1]]));
        let bounds = bounds_of(&line);
        (!is_there_and_back).then_some(Self { halves: ring, line, bounds, walk })
    }
}

fn is_same_line(a: &Half, b: &Half) -> bool {
    a.line.len() == b.line.len() && (0..a.line.len()).all(|n| a.vertex(n) == b.vertex(a.line.len() - 1 - n))
}

/// For a ring without its closing vertex that does not cross itself: the turn at its westernmost vertex tells.
pub(super) fn is_counter_clockwise(ring: &[Coord]) -> bool {
    let corner = westernmost(ring);
    let n = ring.len();
    turn(ring[(corner + n - 1) % n], ring[corner], ring[(corner + 1) % n]) > 0.0
}

/// The index of the westernmost, then southernmost vertex.
fn westernmost(ring: &[Coord]) -> usize {
    let west = |a: &Coord, b: &Coord| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y));
    (0..ring.len()).min_by(|&a, &b| west(&ring[a], &ring[b])).unwrap_or(0)
}

/// The exterior around a hole: that of the same walk, else the smallest that contains it.
fn home_of(hole: &Ring, exteriors: &[Ring]) -> Option<usize> {
    let same_walk = exteriors.iter().position(|exterior| exterior.walk == hole.walk);
    let area = |bounds: &BBox| (bounds.east - bounds.west) * (bounds.north - bounds.south);
    let around = || {
        let candidates = exteriors.iter().enumerate().filter(|(_, exterior)| contains_ring(exterior, hole));
        candidates.min_by(|(_, a), (_, b)| area(&a.bounds).total_cmp(&area(&b.bounds))).map(|(index, _)| index)
    };
    same_walk.or_else(around)
}

fn contains_ring(exterior: &Ring, hole: &Ring) -> bool {
    let (outer, inner) = (&exterior.bounds, &hole.bounds);
    let within =
        outer.west <= inner.west && inner.east <= outer.east && outer.south <= inner.south && inner.north <= outer.north;
    within && hole.line.iter().find_map(|&at| is_inside(at, &exterior.line)).unwrap_or(false)
}

/// Whether a point is inside a ring (closed or without its closing vertex); `None` on its line. Exact.
pub(super) fn is_inside(point: Coord, ring: &[Coord]) -> Option<bool> {
    let mut inside = false;
    for edge in ring_edges(ring) {
        if is_on(point, edge) {
            return None;
        }
        inside ^= is_crossed(point, edge);
    }
    Some(inside)
}

fn ring_edges(ring: &[Coord]) -> impl Iterator<Item = Segment> {
    let closing = ring.last().copied().zip(ring.first().copied());
    ring.windows(2).map(|pair| (pair[0], pair[1])).chain(closing)
}

fn is_on(point: Coord, (a, b): Segment) -> bool {
    let within = |p: f64, q: f64, at: f64| p.min(q) <= at && at <= p.max(q);
    within(a.x, b.x, point.x) && within(a.y, b.y, point.y) && turn(a, b, point) == 0.0
}

/// A closed ring from its westernmost vertex.
fn canonical(halves: &[Half], ring: &[usize]) -> LineString {
    let mut line: Vec<Coord> = ring.iter().flat_map(|&index| halves[index].vertices().skip(1)).collect();
    let first = westernmost(&line);
    line.rotate_left(first);
    line.extend(line.first().copied());
    LineString(line)
}

/// Polygons in canonical form and order.
pub(super) fn polygons(halves: &[Half], faces: &[Face]) -> MultiPolygon {
    let first = |ring: &LineString| ring.0.first().map_or((0.0, 0.0), |at| (at.x, at.y));
    let order = |a: (f64, f64), b: (f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
    let polygon = |face: &Face| {
        let mut holes: Vec<LineString> = face.holes.iter().map(|hole| canonical(halves, hole)).collect();
        holes.sort_by(|a, b| order(first(a), first(b)));
        Polygon::new(canonical(halves, &face.exterior), holes)
    };
    let mut polygons: Vec<Polygon> = faces.iter().map(polygon).collect();
    polygons.sort_by(|a, b| order(first(a.exterior()), first(b.exterior())));
    MultiPolygon(polygons)
}

impl Partition {
    /// The border of a family of places, its ground on the left.
    pub(super) fn halves_of(&self, family: &BTreeSet<PlaceKey>) -> Vec<Half<'_>> {
        let is_in = |side: Option<PlaceKey>| side.is_some_and(|key| family.contains(&key));
        let half = |id| {
            let arc = self.store.arc(id)?;
            (is_in(arc.left) != is_in(arc.right)).then(|| Half { line: &arc.line, reversed: is_in(arc.right) })
        };
        self.store.family_borders(family).into_iter().filter_map(half).collect()
    }
}
