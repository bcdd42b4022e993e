//! What generated data must satisfy; used by tests.

use crate::{
    case::{Case, CaseEvent, State},
    geometry::LonLat,
    testing::plane::{Plane, Xy},
};
use geo::{Coord, LineString, MultiPolygon};
use std::collections::{BTreeMap, BTreeSet};

type Vertex = (u64, u64);

fn vertex(at: Coord) -> Vertex {
    (at.x.to_bits(), at.y.to_bits())
}

fn rings<'a>(shapes: &[&'a MultiPolygon]) -> impl Iterator<Item = (usize, bool, &'a LineString)> {
    let shapes: Vec<(usize, &'a MultiPolygon)> = shapes.iter().copied().enumerate().collect();
    shapes.into_iter().flat_map(|(i, shape)| {
        shape.0.iter().flat_map(move |polygon| {
            std::iter::once((i, true, polygon.exterior())).chain(polygon.interiors().iter().map(move |ring| (i, false, ring)))
        })
    })
}

/// The signed area of a ring on the plane, m².
fn signed_m2(ring: &LineString) -> f64 {
    let plane = Plane::suoxiyu();
    let at = |c: &Coord| plane.to_xy(LonLat::from_degrees(c.x, c.y).unwrap());
    let first = at(&ring.0[0]);
    ring.0.windows(2).map(|pair| first.turn(at(&pair[0]), at(&pair[1])) / 2.0).sum()
}

/// Asserts that the shapes are closed, right-hand, without crossings, and that each edge is run through once in each direction,
/// those of the rim in one only. Returns the sum of their areas, m², which equals the area inside the rim.
pub fn assert_tiles(shapes: &[&MultiPolygon]) -> f64 {
    let mut edges: BTreeSet<(Vertex, Vertex)> = BTreeSet::new();
    let mut sum = 0.0;
    for (i, is_shell, ring) in rings(shapes) {
        assert!(ring.is_closed() && ring.0.len() >= 4);
        let area = signed_m2(ring);
        assert_eq!(area > 0.0, is_shell, "ring of shape {i} runs the wrong way");
        sum += area;
        let mut seen = BTreeSet::new();
        for pair in ring.0.windows(2) {
            assert_ne!(pair[0], pair[1], "shape {i} has an edge without length");
            assert!(seen.insert(vertex(pair[0])), "shape {i} comes to a vertex twice");
            assert!(edges.insert((vertex(pair[0]), vertex(pair[1]))), "an edge is run through twice in one direction");
        }
    }
    // What is left is the rim. Inside its rings lies the same area: no gap, no overlap.
    let rim: Vec<_> = edges.iter().filter(|&&(a, b)| !edges.contains(&(b, a))).copied().collect();
    let plane = Plane::suoxiyu();
    let at = |v: Vertex| plane.to_xy(LonLat::from_degrees(f64::from_bits(v.0), f64::from_bits(v.1)).unwrap());
    let origin = Xy::default();
    let inside_rim: f64 = rim.iter().map(|&(a, b)| origin.turn(at(a), at(b)) / 2.0).sum();
    assert!((inside_rim - sum).abs() <= 1e-9 * sum, "{sum} m² in shapes, {inside_rim} m² inside their rim");
    let next: BTreeMap<Vertex, Vertex> = rim.iter().copied().collect();
    assert_eq!(next.len(), rim.len(), "the rim touches itself");
    assert_no_crossing(&edges);
    sum
}

/// Asserts that no two edges meet but at common ends. Edges are sorted into buckets as wide as the longest of them.
fn assert_no_crossing(edges: &BTreeSet<(Vertex, Vertex)>) {
    let plane = Plane::suoxiyu();
    let at = |v: Vertex| plane.to_xy(LonLat::from_degrees(f64::from_bits(v.0), f64::from_bits(v.1)).unwrap());
    let lines: Vec<(Xy, Xy)> =
        edges.iter().filter(|(a, b)| a < b || !edges.contains(&(*b, *a))).map(|&(a, b)| (at(a), at(b))).collect();
    let longest = lines.iter().map(|(a, b)| a.distance(*b)).fold(1.0, f64::max);
    let bucket = |p: Xy| ((p.x / longest).floor(), (p.y / longest).floor());
    let mut buckets: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, (a, b)) in lines.iter().enumerate() {
        let (x, y) = bucket(a.towards(*b, 0.5));
        #[expect(clippy::cast_possible_truncation, reason = "buckets are few")]
        buckets.entry((x as i64, y as i64)).or_default().push(i);
    }
    for (&(x, y), here) in &buckets {
        let near: Vec<usize> = (-1..=1)
            .flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)))
            .filter_map(|key| buckets.get(&key))
            .flatten()
            .copied()
            .collect();
        for &i in here {
            for &j in near.iter().filter(|&&j| j > i) {
                let ((a, b), (c, d)) = (lines[i], lines[j]);
                if a == c || a == d || b == c || b == d {
                    continue;
                }
                let cross = a.turn(b, c) * a.turn(b, d) <= 0.0 && c.turn(d, a) * c.turn(d, b) <= 0.0;
                assert!(!cross, "the edges {a:?}–{b:?} and {c:?}–{d:?} cross");
            }
        }
    }
}

/// Asserts that events come case by case in the order of `cases`, each after the one before and allowed after it, and that each
/// case's state and closing are those of its events.
pub fn assert_legal(cases: &[Case], events: &[CaseEvent]) {
    let mut rest = events;
    for case in cases {
        let n = rest.iter().take_while(|event| event.case == case.id).count();
        let (story, after) = rest.split_at(n);
        rest = after;
        assert_eq!((story[0].transition, story[0].at), (State::Submitted, case.submitted_at), "{}", case.source);
        for pair in story.windows(2) {
            let (a, b) = (pair[0].transition, pair[1].transition);
            assert!(a.may_become(b), "{}: {a} → {b}", case.source);
            assert!(pair[0].at < pair[1].at, "{}: {b} is not after {a}", case.source);
        }
        let last = story[n - 1].transition;
        assert_eq!(case.state, last, "{}", case.source);
        let ending = if last.is_discarded() { last } else { State::Closed };
        let ended = story.iter().rfind(|event| event.transition == ending || event.transition == State::Reopened);
        let closed = ended.filter(|event| event.transition == ending);
        assert_eq!(case.closed_at, closed.map(|event| event.at), "{}", case.source);
    }
    assert!(rest.is_empty(), "events without a case");
}
