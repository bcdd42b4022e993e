//! A division under search: loads, sizes and cut edges are kept up to date with each move.

use super::{
    division::Division,
    graph::{Graph, narrow},
};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const NONE: u32 = u32::MAX;

/// A division that changes atom by atom. A move costs O(degree); whether it keeps its part connected is settled among the
/// atom's neighbours where possible (after Garrod's and King's geo-graph), else by searches that grow from all sides at once
/// and stop with the smallest.
#[derive(Clone)]
pub(super) struct State<'g> {
    graph: &'g Graph,
    part_of: Vec<u32>,
    sizes: Vec<u32>,
    /// part-major: part × kinds + kind
    loads: Vec<f64>,
    cost: f64,
    /// Places of the cut edges in [`Graph::edges`], in any order, and where each edge stands among them.
    cut_edges: Vec<u32>,
    place_in_cut: Vec<u32>,
    /// What a cut edge costs.
    costs: &'g [f64],
    search: Search,
}

/// Memory of the connectivity searches, kept from one to the next.
#[derive(Clone)]
struct Search {
    /// Which search saw the atom last, and from which side.
    seen: Vec<u32>,
    side: Vec<u32>,
    stamp: u32,
    queues: Vec<Vec<u32>>,
    /// How far each queue has been worked off.
    next: Vec<usize>,
    /// Sides that met: a forest, the lowest number is the root.
    joined: Vec<u32>,
}

impl<'g> State<'g> {
    /// `costs`: what each edge costs when it is cut.
    pub fn new(graph: &'g Graph, part_of: Vec<u32>, parts: usize, costs: &'g [f64]) -> Self {
        let (atoms, kinds) = (graph.atoms(), graph.kinds());
        let mut state = Self {
            graph,
            part_of,
            sizes: vec![0; parts],
            loads: vec![0.0; parts * kinds],
            cost: 0.0,
            cut_edges: Vec::new(),
            place_in_cut: vec![NONE; graph.edges().len()],
            costs,
            search: Search {
                seen: vec![0; atoms],
                side: vec![0; atoms],
                stamp: 0,
                queues: Vec::new(),
                next: Vec::new(),
                joined: Vec::new(),
            },
        };
        state.count();
        state
    }

    fn count(&mut self) {
        let kinds = self.graph.kinds();
        for (atom, &part) in self.part_of.iter().enumerate() {
            self.sizes[part as usize] += 1;
            for kind in 0..kinds {
                self.loads[part as usize * kinds + kind] += self.graph.loads(kind)[atom];
            }
        }
        for (edge, &[a, b]) in self.graph.edges().iter().enumerate() {
            if self.part_of[a as usize] != self.part_of[b as usize] {
                self.place_in_cut[edge] = narrow(self.cut_edges.len());
                self.cut_edges.push(narrow(edge));
                self.cost += self.costs[edge];
            }
        }
    }

    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    pub fn part_of(&self) -> &[u32] {
        &self.part_of
    }

    pub fn part(&self, atom: u32) -> u32 {
        self.part_of[atom as usize]
    }

    pub fn parts(&self) -> usize {
        self.sizes.len()
    }

    pub fn load(&self, part: u32, kind: usize) -> f64 {
        self.loads[part as usize * self.graph.kinds() + kind]
    }

    /// The sum of the costs of all cut edges.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    pub fn cut_edges(&self) -> &[u32] {
        &self.cut_edges
    }

    pub fn division(&self) -> Division {
        Division::from_search(self.part_of.clone(), narrow(self.parts()))
    }

    /// A cut edge by chance, as a move: one of its atoms, to the part of the other. `None` if nothing is cut.
    pub fn random_move(&self, random: &mut ChaCha8Rng) -> Option<(u32, u32)> {
        if self.cut_edges.is_empty() {
            return None;
        }
        let draw = random.random_range(0..2 * self.cut_edges.len());
        let [a, b] = self.graph.edges()[self.cut_edges[draw / 2] as usize];
        Some(if draw % 2 == 0 { (a, self.part(b)) } else { (b, self.part(a)) })
    }

    /// By how much the cost changes if the atom goes to that part.
    pub fn cost_of(&self, atom: u32, to: u32) -> f64 {
        let from = self.part(atom);
        let mut change = 0.0;
        for arc in self.graph.arcs(atom) {
            let part = self.part_of[arc.to as usize];
            if part == from {
                change += self.costs[arc.edge as usize];
            } else if part == to {
                change -= self.costs[arc.edge as usize];
            }
        }
        change
    }

    /// Puts the atom into that part. Whether parts stay connected is the caller's to ask before: see [`Self::can_leave`].
    pub fn put(&mut self, atom: u32, to: u32) {
        let from = std::mem::replace(&mut self.part_of[atom as usize], to);
        if from == to {
            return;
        }
        self.sizes[from as usize] -= 1;
        self.sizes[to as usize] += 1;
        let kinds = self.graph.kinds();
        for kind in 0..kinds {
            let load = self.graph.loads(kind)[atom as usize];
            self.loads[from as usize * kinds + kind] -= load;
            self.loads[to as usize * kinds + kind] += load;
        }
        for arc in self.graph.arcs(atom) {
            let part = self.part_of[arc.to as usize];
            if part == from {
                self.place_in_cut[arc.edge as usize] = narrow(self.cut_edges.len());
                self.cut_edges.push(arc.edge);
                self.cost += self.costs[arc.edge as usize];
            } else if part == to {
                let place = self.place_in_cut[arc.edge as usize] as usize;
                self.cut_edges.swap_remove(place);
                if let Some(&moved) = self.cut_edges.get(place) {
                    self.place_in_cut[moved as usize] = narrow(place);
                }
                self.place_in_cut[arc.edge as usize] = NONE;
                self.cost -= self.costs[arc.edge as usize];
            }
        }
    }

    /// Whether the atom's part is connected and not empty without it.
    pub fn can_leave(&mut self, atom: u32) -> bool {
        let part = self.part(atom);
        if self.sizes[part as usize] < 2 {
            return false;
        }
        let Self { graph, part_of, search, .. } = self;
        search.connects(graph, part_of, atom, part)
    }
}

impl Search {
    /// Whether the neighbours of `atom` in `part` are connected with each other inside the part, without `atom`.
    fn connects(&mut self, graph: &Graph, part_of: &[u32], atom: u32, part: u32) -> bool {
        let stamp = self.next_stamp();
        self.joined.clear();
        // Each neighbour starts a side of its own, unless one before it is next to it.
        for arc in graph.arcs(atom) {
            if part_of[arc.to as usize] != part {
                continue;
            }
            let side = narrow(self.joined.len());
            if self.queues.len() == self.joined.len() {
                self.queues.push(Vec::new());
            }
            self.queues[side as usize].clear();
            self.queues[side as usize].push(arc.to);
            self.joined.push(side);
            self.seen[arc.to as usize] = stamp;
            self.side[arc.to as usize] = side;
        }
        let mut sides = self.joined.len();
        if sides < 2 {
            return true;
        }
        // Close neighbours first: usually this settles it.
        self.seen[atom as usize] = stamp;
        self.side[atom as usize] = NONE;
        for side in 0..self.joined.len() {
            let start = self.queues[side][0];
            for arc in graph.arcs(start) {
                let to = arc.to as usize;
                if self.seen[to] == stamp && self.side[to] != NONE {
                    sides -= usize::from(self.join(narrow(side), self.side[to]));
                }
            }
        }
        sides < 2 || self.grow(graph, part_of, part, sides)
    }

    /// Grows all sides in turn, one atom each, until they are one or one of them has nowhere to go.
    fn grow(&mut self, graph: &Graph, part_of: &[u32], part: u32, mut sides: usize) -> bool {
        let count = self.joined.len();
        self.next.clear();
        self.next.resize(count, 0);
        loop {
            for side in 0..count {
                let Some(&atom) = self.queues[side].get(self.next[side]) else {
                    if !self.can_grow(narrow(side)) {
                        return false;
                    }
                    continue;
                };
                self.next[side] += 1;
                for arc in graph.arcs(atom) {
                    let to = arc.to as usize;
                    if part_of[to] != part {
                        continue;
                    }
                    if self.seen[to] != self.stamp {
                        self.seen[to] = self.stamp;
                        self.side[to] = narrow(side);
                        self.queues[side].push(arc.to);
                    } else if self.side[to] != NONE && self.join(narrow(side), self.side[to]) {
                        sides -= 1;
                        if sides < 2 {
                            return true;
                        }
                    }
                }
            }
        }
    }

    /// Whether any side that was joined with this one has atoms left to look at.
    fn can_grow(&self, side: u32) -> bool {
        let root = self.root(side);
        (0..self.next.len()).any(|other| self.next[other] < self.queues[other].len() && self.root(narrow(other)) == root)
    }

    fn next_stamp(&mut self) -> u32 {
        if self.stamp == u32::MAX {
            self.seen.fill(0);
            self.stamp = 0;
        }
        self.stamp += 1;
        self.stamp
    }

    fn root(&self, mut side: u32) -> u32 {
        while self.joined[side as usize] != side {
            side = self.joined[side as usize];
        }
        side
    }

    /// Whether the two sides were apart until now.
    fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.joined[a.max(b) as usize] = a.min(b);
        a != b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::sample::{all_divisions, connected, planar};
    use proptest::prelude::*;
    use rand::SeedableRng;

    /// Whether the part is connected without the atom, by a plain search.
    fn plainly(graph: &Graph, part_of: &[u32], atom: u32) -> bool {
        let part = part_of[atom as usize];
        let (piece, _) = graph.components_within(|a, b| a != atom && b != atom && part_of[a as usize] == part_of[b as usize]);
        let mut rest = (0..narrow(graph.atoms()))
            .filter(|&other| other != atom && part_of[other as usize] == part)
            .map(|other| piece[other as usize]);
        rest.next().is_some_and(|first| rest.all(|other| other == first))
    }

    proptest! {
        #[test]
        fn moves_keep_the_books_and_the_connection_as_a_plain_count_does(seed in 0_u64..1000, tree in any::<bool>()) {
            let graph = if tree { connected(40, 15, seed) } else { planar(7, 6, seed) };
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let start = crate::districting::seed::divide(&graph, 3, &mut random).unwrap();
            let mut state = State::new(&graph, start, 3, graph.weights());
            for _ in 0..300 {
                let Some((atom, to)) = state.random_move(&mut random) else { break };
                let can_leave = state.can_leave(atom);
                prop_assert_eq!(can_leave, plainly(&graph, state.part_of(), atom));
                if !can_leave { continue; }
                let expected = state.cost() + state.cost_of(atom, to);
                state.put(atom, to);
                prop_assert!((state.cost() - expected).abs() < 1e-9);
                let division = state.division();
                let (count, weight) = division.cut(&graph);
                prop_assert_eq!(count, state.cut_edges().len());
                prop_assert!((weight - state.cost()).abs() < 1e-9);
                for (part, load) in division.part_loads(&graph, 0).into_iter().enumerate() {
                    prop_assert!((load - state.load(narrow(part), 0)).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn every_connected_division_is_reached_by_moves_that_keep_it_connected() {
        // Flips alone connect the divisions of a small grid: found by walking, counted by trying all.
        let graph = crate::districting::sample::grid(3, 3);
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut state = State::new(&graph, vec![0, 0, 0, 1, 1, 1, 1, 1, 1], 2, graph.weights());
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20_000 {
            let (atom, to) = state.random_move(&mut random).unwrap();
            if state.can_leave(atom) {
                state.put(atom, to);
            }
            let first = state.part(0);
            seen.insert(state.part_of().iter().map(|&part| u32::from(part != first)).collect::<Vec<_>>());
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), all_divisions(&graph, 2));
    }
}
