//! Recombination: two neighbouring parts are merged and cut anew along a random spanning tree (D. `DeFord`, M. Duchin,
//! J. Solomon, Harvard Data Science Review 3.1, 2021).

use super::{Division, Graph, TreeKind, state::State, tree::Trees};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Trees drawn for one pair before another pair is taken, and pairs before a single move is made instead: on some graphs no tree
/// has a balanced edge for exponentially many draws (arXiv 2606.01333).
const TREES_OF_A_PAIR: u32 = 20;
const PAIRS: u32 = 20;
/// Single moves tried when recombination gave up.
const FLIPS: u32 = 1000;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Two parts were merged and cut anew.
    Recombined,
    /// No tree could be cut within the bounds; one atom changed its part instead.
    Flipped,
    /// Nothing could be changed within the bounds.
    Stuck,
}

/// A chain of divisions, each from the one before by one step; all parts stay connected, and within the bounds if they were.
pub struct Chain<'g> {
    state: State<'g>,
    trees: Trees,
    kind: TreeKind,
    lower: f64,
    upper: f64,
    random: ChaCha8Rng,
    tops: Vec<u32>,
    branch: Vec<u32>,
}

impl<'g> Chain<'g> {
    /// `start`: connected parts; `lower` and `upper`: bounds on the first load of each part.
    #[must_use]
    pub fn new(graph: &'g Graph, start: &Division, lower: f64, upper: f64, kind: TreeKind, seed: u64) -> Self {
        Self {
            state: State::new(graph, start.part_of().to_vec(), start.parts(), graph.weights()),
            trees: Trees::new(graph),
            kind,
            lower,
            upper,
            random: ChaCha8Rng::seed_from_u64(seed),
            tops: Vec::new(),
            branch: Vec::new(),
        }
    }

    #[must_use]
    pub fn division(&self) -> Division {
        self.state.division()
    }

    /// The part of each atom now.
    #[must_use]
    pub fn part_of(&self) -> &[u32] {
        self.state.part_of()
    }

    /// How many edges are cut now.
    #[must_use]
    pub fn cut_edges(&self) -> usize {
        self.state.cut_edges().len()
    }

    /// One step. Pairs come up in proportion to the edges between them.
    pub fn step(&mut self) -> Step {
        for _ in 0..PAIRS {
            let Some((atom, other)) = self.state.random_move(&mut self.random) else { return Step::Stuck };
            if self.recombine(atom, other) {
                return Step::Recombined;
            }
        }
        self.flip()
    }

    /// Merges the part of `atom` with `other` and cuts them anew.
    fn recombine(&mut self, atom: u32, other: u32) -> bool {
        let Self { state, trees, kind, lower, upper, random, tops, branch } = self;
        let graph = state.graph();
        let own = state.part(atom);
        trees.gather(graph, atom, |atom| {
            let part = state.part(atom);
            part == own || part == other
        });
        for _ in 0..TREES_OF_A_PAIR {
            trees.draw(graph, *kind, random);
            let all = trees.total(0);
            let within = |load: f64| *lower <= load && load <= *upper;
            tops.clear();
            tops.extend(trees.atoms()[1..].iter().copied().filter(|&top| {
                let below = trees.below(top, 0);
                within(below) && within(all - below)
            }));
            if tops.is_empty() {
                continue;
            }
            trees.branch(tops[random.random_range(0..tops.len())], branch);
            // The branch takes the label that more of its atoms have: fewer books to change, and parts keep their names.
            let of_own = branch.iter().filter(|&&atom| state.part(atom) == own).count();
            let (inside, outside) = if 2 * of_own >= branch.len() { (own, other) } else { (other, own) };
            trees.mark(branch);
            for &atom in trees.atoms() {
                state.put(atom, if trees.is_marked(atom) { inside } else { outside });
            }
            return true;
        }
        false
    }

    fn flip(&mut self) -> Step {
        for _ in 0..FLIPS {
            let Some((atom, to)) = self.state.random_move(&mut self.random) else { return Step::Stuck };
            let load = self.state.graph().loads(0)[atom as usize];
            let from = self.state.part(atom);
            let fits = self.state.load(from, 0) - load >= self.lower && self.state.load(to, 0) + load <= self.upper;
            if fits && self.state.can_leave(atom) {
                self.state.put(atom, to);
                return Step::Flipped;
            }
        }
        Step::Stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::sample::{all_divisions, grid, planar};
    use std::collections::BTreeMap;

    #[test]
    fn parts_stay_connected_and_within_the_bounds() {
        let graph = planar(12, 10, 5);
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let start = super::super::seed::divide(&graph, 6, &mut random).unwrap();
        let start = Division::new(&graph, start).unwrap();
        let loads = start.part_loads(&graph, 0);
        let mean = graph.total(0) / 6.0;
        let lower = loads.iter().copied().fold(0.8 * mean, f64::min);
        let upper = loads.iter().copied().fold(1.2 * mean, f64::max);
        for kind in [TreeKind::Uniform, TreeKind::RandomWeights] {
            let mut chain = Chain::new(&graph, &start, lower, upper, kind, 5);
            for _ in 0..300 {
                assert_ne!(chain.step(), Step::Stuck);
                let division = chain.division();
                assert!(division.is_connected(&graph));
                assert_eq!(division.cut(&graph).0, chain.cut_edges());
                assert!(division.part_loads(&graph, 0).iter().all(|load| (lower..=upper).contains(load)));
            }
        }
    }

    #[test]
    fn all_ten_divisions_of_the_small_square_are_visited_and_the_seed_decides() {
        let graph = grid(3, 3);
        let start = Division::new(&graph, vec![0, 0, 0, 1, 1, 1, 2, 2, 2]).unwrap();
        let visits = |seed| {
            let mut chain = Chain::new(&graph, &start, 3.0, 3.0, TreeKind::Uniform, seed);
            let mut visits: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
            for _ in 0..3000 {
                chain.step();
                let mut names = Vec::new();
                let part_of = chain.part_of().iter().map(|part| {
                    names.iter().position(|name| name == part).unwrap_or_else(|| {
                        names.push(*part);
                        names.len() - 1
                    })
                });
                *visits.entry(part_of.map(|part| u32::try_from(part).unwrap()).collect()).or_insert(0) += 1;
            }
            visits
        };
        let balanced = all_divisions(&graph, 3)
            .into_iter()
            .filter(|part_of| (0..3).all(|part| part_of.iter().filter(|of| **of == part).count() == 3));
        assert_eq!(visits(1).keys().cloned().collect::<Vec<_>>(), balanced.collect::<Vec<_>>());
        assert_eq!(visits(1), visits(1));
        assert_ne!(visits(1), visits(2));
    }

    #[test]
    fn where_no_tree_can_be_cut_it_says_so() {
        // A star: only single leaves can be cut off.
        let edges: Vec<_> = (1..9).map(|leaf| (0, leaf, 1.0)).collect();
        let graph = Graph::new(vec![vec![1.0; 9]], &edges).unwrap();
        let start = Division::new(&graph, vec![0, 0, 0, 0, 0, 0, 0, 0, 1]).unwrap();
        let mut chain = Chain::new(&graph, &start, 4.0, 5.0, TreeKind::Uniform, 1);
        assert_eq!(chain.step(), Step::Stuck);
        let mut chain = Chain::new(&graph, &start, 1.0, 8.0, TreeKind::Uniform, 1);
        assert_eq!(chain.step(), Step::Recombined);
    }
}
