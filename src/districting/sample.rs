//! Graphs for the tests: grids, random planar ones, random connected ones.

use super::graph::{Graph, narrow};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `width` × `height` atoms of load 1, joined with their neighbours in the row and the column; positions are (column, row).
pub fn grid(width: u32, height: u32) -> Graph {
    weighted_grid(width, height, &vec![1.0; (width * height) as usize])
}

/// The same with given loads.
pub fn weighted_grid(width: u32, height: u32, loads: &[f64]) -> Graph {
    let at = |x: u32, y: u32| y * width + x;
    let mut edges = Vec::new();
    for y in 0..height {
        for x in 0..width {
            if x + 1 < width {
                edges.push((at(x, y), at(x + 1, y), 1.0));
            }
            if y + 1 < height {
                edges.push((at(x, y), at(x, y + 1), 1.0));
            }
        }
    }
    let positions = (0..width * height).map(|atom| [f64::from(atom % width), f64::from(atom / width)]).collect();
    Graph::new(vec![loads.to_vec()], &edges).unwrap().with_positions(positions).unwrap()
}

/// A grid with random diagonals, random loads from 1 to 9 and random weights: planar, connected, irregular.
pub fn planar(width: u32, height: u32, seed: u64) -> Graph {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let plain = grid(width, height);
    let mut edges: Vec<(u32, u32, f64)> = plain.edges().iter().map(|&[a, b]| (a, b, random.random_range(0.5..2.0))).collect();
    for y in 0..height - 1 {
        for x in 0..width - 1 {
            let corner = y * width + x;
            match random.random_range(0..3) {
                0 => edges.push((corner, corner + width + 1, 0.25)),
                1 => edges.push((corner + 1, corner + width, 0.25)),
                _ => {}
            }
        }
    }
    let loads = (0..width * height).map(|_| f64::from(random.random_range(1_u8..10))).collect();
    let positions = plain.positions().unwrap().to_vec();
    Graph::new(vec![loads], &edges).unwrap().with_positions(positions).unwrap()
}

/// A random tree over `atoms` atoms and `extra` more edges, loads from 0 to 9 (the first at least 1).
pub fn connected(atoms: usize, extra: usize, seed: u64) -> Graph {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut edges: Vec<(u32, u32, f64)> =
        (1..atoms).map(|atom| (narrow(random.random_range(0..atom)), narrow(atom), 1.0)).collect();
    for _ in 0..extra {
        let (a, b) = (narrow(random.random_range(0..atoms)), narrow(random.random_range(0..atoms)));
        if a != b && !edges.iter().any(|&(c, d, _)| (c, d) == (a.min(b), a.max(b))) {
            edges.push((a.min(b), a.max(b), 1.0));
        }
    }
    let loads = (0..atoms).map(|atom| f64::from(random.random_range(0_u8..10).max(u8::from(atom == 0)))).collect();
    Graph::new(vec![loads], &edges).unwrap()
}

/// All divisions of `graph` into exactly `parts` connected parts, by trying every assignment: the brute force that quicker ways
/// are held against. Parts are numbered by their lowest atoms.
pub fn all_divisions(graph: &Graph, parts: u32) -> Vec<Vec<u32>> {
    fn extend(graph: &Graph, parts: u32, used: u32, part_of: &mut Vec<u32>, found: &mut Vec<Vec<u32>>) {
        if part_of.len() == graph.atoms() {
            if used == parts {
                let (_, pieces) = graph.components_within(|a, b| part_of[a as usize] == part_of[b as usize]);
                if pieces == parts as usize {
                    found.push(part_of.clone());
                }
            }
            return;
        }
        for part in 0..(used + 1).min(parts) {
            part_of.push(part);
            extend(graph, parts, used.max(part + 1), part_of, found);
            part_of.pop();
        }
    }
    let mut found = Vec::new();
    extend(graph, parts, 0, &mut Vec::new(), &mut found);
    found
}
