//! The faces between noded rings, and which places cover each.

use super::rings::{Rings, count};
use crate::partition::trace::{Half, faces};
use geo::Coord;
use std::collections::HashMap;

/// Places (by their place in the list) with how often they cover; ascending, never 0.
pub(super) type Cover = Vec<(u32, i32)>;

/// A stretch of border between nodes.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) line: Vec<Coord>,
    /// Places that lie on its left and not on its right; counted negative if the other way round.
    pub(super) cover: Cover,
    /// The faces left and right; `None` is the unbounded one.
    pub(super) faces: [Option<usize>; 2],
}

/// Stretches, and what covers each face.
#[derive(Debug, Default)]
pub(super) struct Faces {
    pub(super) stretches: Vec<Stretch>,
    pub(super) covers: Vec<Cover>,
}

impl Faces {
    pub(super) fn of(rings: &Rings) -> Self {
        let stretches = stretches(rings);
        let halves: Vec<Half> =
            stretches.iter().flat_map(|it| [false, true].map(|reversed| Half { line: &it.line, reversed })).collect();
        let found = faces(&halves);
        let mut of_half: Vec<Option<usize>> = vec![None; halves.len()];
        for (number, face) in found.iter().enumerate() {
            face.halves().for_each(|half| of_half[half] = Some(number));
        }
        drop(halves);
        let mut all = Self { stretches, covers: vec![Vec::new(); found.len()] };
        for (number, stretch) in all.stretches.iter_mut().enumerate() {
            stretch.faces = [of_half[2 * number], of_half[2 * number + 1]];
        }
        all.spread();
        all
    }

    /// From the unbounded face, which nothing covers, over the stretches to all others.
    fn spread(&mut self) {
        let mut beside: Vec<Vec<usize>> = vec![Vec::new(); self.covers.len()];
        let mut pending = Vec::new();
        for (number, stretch) in self.stretches.iter().enumerate() {
            for face in stretch.faces {
                match face {
                    Some(face) => beside[face].push(number),
                    None => pending.push((number, Vec::new())),
                }
            }
        }
        let mut is_known = vec![false; self.covers.len()];
        while let Some((number, from)) = pending.pop() {
            let stretch = &self.stretches[number];
            for (side, sign) in [(0, 1), (1, -1)] {
                let Some(face) = stretch.faces[side].filter(|&face| !is_known[face]) else { continue };
                let cover = sum(&from, &stretch.cover, sign);
                is_known[face] = true;
                pending.extend(beside[face].iter().map(|&next| (next, cover.clone())));
                self.covers[face] = cover;
            }
        }
    }
}

fn sum(a: &Cover, b: &Cover, sign: i32) -> Cover {
    let mut all: Cover = a.iter().copied().chain(b.iter().map(|&(place, n)| (place, sign * n))).collect();
    netted(&mut all);
    all
}

/// Entries of the same place become one; what is 0 goes.
fn netted(cover: &mut Cover) {
    cover.sort_unstable();
    cover.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        kept.1 += if is_same { next.1 } else { 0 };
        is_same
    });
    cover.retain(|&(_, n)| n != 0);
}

/// An edge with its cover in the direction from the smaller to the larger number.
struct Edge {
    ends: (u32, u32),
    cover: Cover,
}

fn edges(rings: &Rings) -> Vec<Edge> {
    let mut all: Vec<(u32, u32, u32, i32)> = Vec::with_capacity(rings.rings.iter().map(|ring| ring.vertices.len()).sum());
    for ring in &rings.rings {
        all.extend(ring.edges().map(|(a, b)| (a.min(b), a.max(b), ring.place, if a < b { 1 } else { -1 })));
    }
    all.sort_unstable();
    let of = |same: &[(u32, u32, u32, i32)]| {
        let mut cover: Cover = same.iter().map(|&(_, _, place, n)| (place, n)).collect();
        netted(&mut cover);
        Edge { ends: (same[0].0, same[0].1), cover }
    };
    let chunks = all.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    chunks.map(of).filter(|edge| !edge.cover.is_empty()).collect()
}

/// Edges joined where two alone meet and the same places lie on either side.
fn stretches(rings: &Rings) -> Vec<Stretch> {
    let edges = edges(rings);
    let mut at: Vec<Vec<u32>> = vec![Vec::new(); rings.coords.len()];
    for (edge, number) in edges.iter().zip(0..) {
        at[edge.ends.0 as usize].push(number);
        at[edge.ends.1 as usize].push(number);
    }
    let mut is_used = vec![false; edges.len()];
    let mut stretches = Vec::new();
    // First from the nodes, then what is left: rings without any.
    let is_node = |vertex: u32| next_edge(&edges, &at, u32::MAX, vertex).is_none();
    for only_nodes in [true, false] {
        for number in 0..count(edges.len()) {
            let (a, b) = edges[number as usize].ends;
            for (from, to) in [(a, b), (b, a)] {
                if !is_used[number as usize] && (!only_nodes || is_node(from)) {
                    stretches.push(stretch(rings, &edges, &at, (number, from, to), &mut is_used));
                }
            }
        }
    }
    stretches
}

/// The other of the two edges at a vertex that is no node; any of them if `but` is neither.
fn next_edge(edges: &[Edge], at: &[Vec<u32>], but: u32, vertex: u32) -> Option<u32> {
    let [one, other] = at[vertex as usize][..] else { return None };
    let (e, f) = (&edges[one as usize], &edges[other as usize]);
    // Both lead away from the vertex, or both to it: then the same cover is opposite.
    let sign = if (e.ends.0 == vertex) == (f.ends.0 == vertex) { -1 } else { 1 };
    let is_same = e.cover.len() == f.cover.len() && e.cover.iter().zip(&f.cover).all(|(a, b)| a.0 == b.0 && a.1 == sign * b.1);
    is_same.then_some(if one == but { other } else { one })
}

fn stretch(
    rings: &Rings,
    edges: &[Edge],
    at: &[Vec<u32>],
    (first, from, to): (u32, u32, u32),
    is_used: &mut [bool],
) -> Stretch {
    let sign = if from < to { 1 } else { -1 };
    let cover = edges[first as usize].cover.iter().map(|&(place, n)| (place, sign * n)).collect();
    let mut line = vec![rings.at(from), rings.at(to)];
    let (mut edge, mut end) = (first, to);
    is_used[first as usize] = true;
    while let Some(next) = next_edge(edges, at, edge, end).filter(|&next| !is_used[next as usize]) {
        is_used[next as usize] = true;
        let ends = edges[next as usize].ends;
        end = if ends.0 == end { ends.1 } else { ends.0 };
        line.push(rings.at(end));
        edge = next;
    }
    Stretch { line, cover, faces: [None; 2] }
}

/// Halves of the border of each face, by the place of their stretches: the face is on the left unless reversed.
pub(super) fn borders(faces: &Faces) -> HashMap<usize, Vec<(usize, bool)>> {
    let mut borders: HashMap<usize, Vec<(usize, bool)>> = HashMap::new();
    for (number, stretch) in faces.stretches.iter().enumerate() {
        for (face, reversed) in stretch.faces.iter().zip([false, true]) {
            if let Some(face) = face {
                borders.entry(*face).or_default().push((number, reversed));
            }
        }
    }
    borders
}
