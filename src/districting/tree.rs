//! Random spanning trees of a part or a pair of parts, and the edges that cut them in two.

use super::graph::Graph;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How a spanning tree is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TreeKind {
    /// Each tree equally likely: loop-erased random walks (D. B. Wilson, STOC 1996).
    #[default]
    Uniform,
    /// The lightest tree under random weights, which prefers bushy trees: what most software for redistricting draws.
    RandomWeights,
}

/// Draws trees over regions of a graph; keeps its memory from one to the next.
#[derive(Clone)]
pub(super) struct Trees {
    /// The region's atoms; after [`Self::draw`] each stands behind its parent.
    order: Vec<u32>,
    /// By atom, for those of the tree; the root is its own parent.
    parent: Vec<u32>,
    /// Loads below and including each atom, kind by kind: atom × kinds + kind.
    below: Vec<f64>,
    /// How many atoms are below and including each.
    size_below: Vec<u32>,
    /// Which region an atom was put in last, and whether the tree has it already.
    region: Vec<u32>,
    region_stamp: u32,
    done: Vec<u32>,
    done_stamp: u32,
    keyed: Vec<(u32, u32)>,
    joined: Vec<u32>,
    kinds: usize,
}

impl Trees {
    pub fn new(graph: &Graph) -> Self {
        let (atoms, kinds) = (graph.atoms(), graph.kinds());
        Self {
            order: Vec::new(),
            parent: vec![0; atoms],
            below: vec![0.0; atoms * kinds],
            size_below: vec![0; atoms],
            region: vec![0; atoms],
            region_stamp: 0,
            done: vec![0; atoms],
            done_stamp: 0,
            keyed: Vec::new(),
            joined: vec![0; atoms],
            kinds,
        }
    }

    /// Takes the atoms that can be reached from `start` through atoms for which `inside` holds as the region.
    pub fn gather(&mut self, graph: &Graph, start: u32, inside: impl Fn(u32) -> bool) {
        self.region_stamp += 1;
        self.order.clear();
        self.order.push(start);
        self.region[start as usize] = self.region_stamp;
        let mut next = 0;
        while let Some(&atom) = self.order.get(next) {
            next += 1;
            for arc in graph.arcs(atom) {
                if self.region[arc.to as usize] != self.region_stamp && inside(arc.to) {
                    self.region[arc.to as usize] = self.region_stamp;
                    self.order.push(arc.to);
                }
            }
        }
    }

    /// The region's atoms; after [`Self::draw`] parents first.
    pub fn atoms(&self) -> &[u32] {
        &self.order
    }

    /// Draws a spanning tree of the region and sums up what hangs below each atom.
    pub fn draw(&mut self, graph: &Graph, kind: TreeKind, random: &mut ChaCha8Rng) {
        match kind {
            TreeKind::Uniform => self.walk(graph, random),
            TreeKind::RandomWeights => self.lightest(graph, random),
        }
        self.sum_up(graph);
    }

    fn walk(&mut self, graph: &Graph, random: &mut ChaCha8Rng) {
        self.done_stamp += 1;
        let (region, done) = (self.region_stamp, self.done_stamp);
        let atoms = std::mem::take(&mut self.order);
        let mut order = Vec::with_capacity(atoms.len());
        let root = atoms[random.random_range(0..atoms.len())];
        self.parent[root as usize] = root;
        self.done[root as usize] = done;
        order.push(root);
        for &start in &atoms {
            let mut at = start;
            while self.done[at as usize] != done {
                let arcs = graph.arcs(at);
                let to = arcs[random.random_range(0..arcs.len())].to;
                if self.region[to as usize] == region {
                    // Where a walk comes again it leaves by the last way: loops fall away.
                    self.parent[at as usize] = to;
                    at = to;
                }
            }
            let known = order.len();
            at = start;
            while self.done[at as usize] != done {
                self.done[at as usize] = done;
                order.push(at);
                at = self.parent[at as usize];
            }
            order[known..].reverse();
        }
        self.order = order;
    }

    fn lightest(&mut self, graph: &Graph, random: &mut ChaCha8Rng) {
        let mut keyed = std::mem::take(&mut self.keyed);
        keyed.clear();
        for &atom in &self.order {
            self.joined[atom as usize] = atom;
            self.size_below[atom as usize] = 0;
            for arc in graph.arcs(atom) {
                if arc.to > atom && self.region[arc.to as usize] == self.region_stamp {
                    keyed.push((random.random(), arc.edge));
                }
            }
        }
        keyed.sort_unstable();
        let mut kept = 0;
        for place in 0..keyed.len() {
            let [a, b] = graph.edges()[keyed[place].1 as usize];
            let (a, b) = (self.root(a), self.root(b));
            if a != b {
                self.joined[a as usize] = b;
                keyed[kept] = keyed[place];
                kept += 1;
            }
        }
        keyed.truncate(kept);
        self.hang_up(graph, &keyed);
        self.keyed = keyed;
    }

    fn root(&mut self, mut atom: u32) -> u32 {
        while self.joined[atom as usize] != atom {
            let up = self.joined[self.joined[atom as usize] as usize];
            self.joined[atom as usize] = up;
            atom = up;
        }
        atom
    }

    /// Orders the atoms of a tree given by its edges: leaves are taken off one after the other.
    fn hang_up(&mut self, graph: &Graph, tree: &[(u32, u32)]) {
        // `size_below` counts the edges left, `parent` holds their exclusive or: the last one left tells the parent.
        for &atom in &self.order {
            self.size_below[atom as usize] = 0;
            self.parent[atom as usize] = 0;
        }
        for &(_, edge) in tree {
            let [a, b] = graph.edges()[edge as usize];
            for (atom, other) in [(a, b), (b, a)] {
                self.size_below[atom as usize] += 1;
                self.parent[atom as usize] ^= other;
            }
        }
        let atoms = std::mem::take(&mut self.order);
        let mut off = Vec::with_capacity(atoms.len());
        for &leaf in &atoms {
            let mut atom = leaf;
            while self.size_below[atom as usize] == 1 && off.len() + 1 < atoms.len() {
                let parent = self.parent[atom as usize];
                self.size_below[atom as usize] = 0;
                off.push(atom);
                self.size_below[parent as usize] -= 1;
                self.parent[parent as usize] ^= atom;
                atom = parent;
            }
        }
        let root = off.last().map_or(atoms[0], |&last| self.parent[last as usize]);
        self.parent[root as usize] = root;
        off.push(root);
        off.reverse();
        self.order = off;
    }

    fn sum_up(&mut self, graph: &Graph) {
        let kinds = self.kinds;
        for &atom in &self.order {
            self.size_below[atom as usize] = 1;
            for kind in 0..kinds {
                self.below[atom as usize * kinds + kind] = graph.loads(kind)[atom as usize];
            }
        }
        for &atom in self.order.iter().skip(1).rev() {
            let parent = self.parent[atom as usize] as usize;
            self.size_below[parent] += self.size_below[atom as usize];
            for kind in 0..kinds {
                self.below[parent * kinds + kind] += self.below[atom as usize * kinds + kind];
            }
        }
    }

    /// The load of the whole region.
    pub fn total(&self, kind: usize) -> f64 {
        self.below[self.order[0] as usize * self.kinds + kind]
    }

    /// The load of that kind that hangs below the atom, itself included.
    pub fn below(&self, atom: u32, kind: usize) -> f64 {
        self.below[atom as usize * self.kinds + kind]
    }

    pub fn size_below(&self, atom: u32) -> u32 {
        self.size_below[atom as usize]
    }

    /// The atoms below `top`, itself first: all that is cut off with the edge to its parent.
    pub fn branch(&mut self, top: u32, branch: &mut Vec<u32>) {
        branch.clear();
        self.done_stamp += 1;
        let size = self.size_below[top as usize] as usize;
        let start = self.order.iter().position(|&atom| atom == top).unwrap_or(0);
        for &atom in &self.order[start..] {
            if atom == top || self.done[self.parent[atom as usize] as usize] == self.done_stamp {
                self.done[atom as usize] = self.done_stamp;
                branch.push(atom);
                if branch.len() == size {
                    break;
                }
            }
        }
    }

    /// Marks these atoms and no others.
    pub fn mark(&mut self, atoms: &[u32]) {
        self.done_stamp += 1;
        for &atom in atoms {
            self.done[atom as usize] = self.done_stamp;
        }
    }

    /// Whether the atom is one of those marked last.
    pub fn is_marked(&self, atom: u32) -> bool {
        self.done[atom as usize] == self.done_stamp
    }

    /// Puts an atom that is not in `branch` first, where there is one.
    pub fn lead_with_an_atom_outside(&mut self, branch: &[u32]) {
        self.mark(branch);
        if let Some(place) = self.order.iter().position(|&atom| !self.is_marked(atom)) {
            self.order.swap(0, place);
        }
    }

    #[cfg(test)]
    pub fn edges(&self) -> Vec<(u32, u32)> {
        let mut edges: Vec<_> =
            self.order[1..].iter().map(|&atom| (atom, self.parent[atom as usize])).map(|(a, b)| (a.min(b), a.max(b))).collect();
        edges.sort_unstable();
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::sample::{grid, planar};
    use rand::SeedableRng;
    use std::collections::BTreeMap;

    fn trees(kind: TreeKind, draws: u32) -> BTreeMap<Vec<(u32, u32)>, u32> {
        let graph = grid(3, 3);
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut trees = Trees::new(&graph);
        trees.gather(&graph, 4, |_| true);
        let mut seen = BTreeMap::new();
        for _ in 0..draws {
            trees.draw(&graph, kind, &mut random);
            *seen.entry(trees.edges()).or_insert(0) += 1;
        }
        seen
    }

    #[test]
    fn all_192_spanning_trees_of_the_three_by_three_grid_come_up_equally_often() {
        let seen = trees(TreeKind::Uniform, 192 * 200);
        assert_eq!(seen.len(), 192);
        // 200 expected, standard deviation 14: six of them around.
        assert!(seen.values().all(|&count| (115..=285).contains(&count)), "{:?}", seen.values());
        assert_eq!(trees(TreeKind::RandomWeights, 192 * 200).len(), 192);
    }

    #[test]
    fn branches_are_what_hangs_below() {
        let graph = planar(6, 5, 3);
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut trees = Trees::new(&graph);
        // The region is the left two thirds.
        trees.gather(&graph, 0, |atom| atom % 6 < 4);
        for kind in [TreeKind::Uniform, TreeKind::RandomWeights] {
            trees.draw(&graph, kind, &mut random);
            assert_eq!(trees.atoms().len(), 20);
            assert_eq!(trees.edges().len(), 19);
            let all: f64 = trees.atoms().iter().map(|&atom| graph.loads(0)[atom as usize]).sum();
            assert!((trees.total(0) - all).abs() < 1e-9);
            let mut branch = Vec::new();
            for top in trees.atoms().to_vec() {
                trees.branch(top, &mut branch);
                let load: f64 = branch.iter().map(|&atom| graph.loads(0)[atom as usize]).sum();
                assert!((trees.below(top, 0) - load).abs() < 1e-9);
                assert_eq!(trees.size_below(top) as usize, branch.len());
                // Without the branch's own edge to its parent it is in one piece.
                let (piece, _) = graph.components_within(|a, b| branch.contains(&a) && branch.contains(&b));
                assert!(branch.iter().all(|&atom| piece[atom as usize] == piece[top as usize]));
            }
        }
    }
}
