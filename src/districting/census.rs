//! Every division of a small graph counted: how many there are, how many keep which bounds, and the exact front between balance
//! and cut edges.

use super::{
    Graph,
    branch::{Branches, End, MOST_ENUMERATED, Visit},
    graph::{float, narrow},
};
use std::{collections::HashMap, ops::ControlFlow};

/// All divisions of a graph into connected parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Census {
    /// Divisions within the bounds asked for.
    pub divisions: u64,
    /// For each tolerance asked for: how many divisions deviate by no more, and the fewest edges that any of them cuts.
    pub within: Vec<Within>,
    /// Divisions than which none is better balanced and cuts fewer edges: best balanced first.
    pub front: Vec<FrontPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    /// The largest deviation of a part from the mean, as a share of the mean.
    pub tolerance: f64,
    pub divisions: u64,
    pub fewest_cut: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrontPoint {
    pub deviation: f64,
    pub cut: usize,
}

/// Why divisions were not counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CensusError {
    #[error("{parts} parts of {atoms} atoms: there must be at least one part and at most as many as atoms")]
    Parts { parts: usize, atoms: usize },
    #[error(
        "{atoms} atoms are more than the {MOST_ENUMERATED} of which all divisions can be gone through; `solve` searches larger graphs"
    )]
    TooLarge { atoms: usize },
    #[error(
        "{branches} branches were not enough to go through all divisions; a smaller tolerance leaves fewer, or allow more branches"
    )]
    TooMany { branches: u64 },
    #[error("counting needs more than {states} states at once: the graph is too wide")]
    TooWide { states: usize },
}

/// What rounding may add to a deviation.
const HAIR: f64 = 1e-12;

/// Goes through all divisions into `parts` connected parts that deviate by at most `most_deviation` from the mean.
///
/// Loads are the graph's first; `tolerances` and `most_deviation` are shares of the mean (0.01 is one per cent).
///
/// # Errors
/// [`CensusError`] if the graph is too large, or there are more than `most_branches` branches to look at.
pub fn census(
    graph: &Graph,
    parts: usize,
    most_deviation: f64,
    tolerances: &[f64],
    most_branches: u64,
) -> Result<Census, CensusError> {
    let atoms = graph.atoms();
    if parts == 0 || parts > atoms {
        return Err(CensusError::Parts { parts, atoms });
    }
    let mean = graph.total(0) / float(parts);
    let ones = vec![1.0; graph.edges().len()];
    let (lower, upper) = (mean * (1.0 - most_deviation).max(0.0), mean * (1.0 + most_deviation).min(float(parts)));
    let mut branches = Branches::new(graph, &ones, lower, upper, most_branches).ok_or(CensusError::TooLarge { atoms })?;
    let mut counter =
        Counter { loads: graph.loads(0), mean, tolerances, counts: vec![0; tolerances.len()], divisions: 0, best: Vec::new() };
    match branches.visit(parts, &mut counter) {
        End::TooMany | End::Stopped => Err(CensusError::TooMany { branches: most_branches }),
        End::Complete => Ok(counter.census()),
    }
}

struct Counter<'a> {
    loads: &'a [f64],
    mean: f64,
    tolerances: &'a [f64],
    counts: Vec<u64>,
    divisions: u64,
    /// The least deviation for each number of cut edges; infinite if there is none.
    best: Vec<f64>,
}

impl Visit for Counter<'_> {
    fn below(&self) -> f64 {
        f64::INFINITY
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "each edge costs one: a count")]
    fn division(&mut self, parts: &[u128], cost: f64) -> ControlFlow<()> {
        let deviation = parts.iter().map(|&part| (self.load(part) / self.mean - 1.0).abs()).fold(0.0, f64::max);
        self.divisions += 1;
        for (count, tolerance) in self.counts.iter_mut().zip(self.tolerances) {
            *count += u64::from(deviation <= tolerance + HAIR);
        }
        let cut = cost.round() as usize;
        if self.best.len() <= cut {
            self.best.resize(cut + 1, f64::INFINITY);
        }
        self.best[cut] = self.best[cut].min(deviation);
        ControlFlow::Continue(())
    }
}

impl Counter<'_> {
    fn load(&self, mut part: u128) -> f64 {
        let mut load = 0.0;
        while part != 0 {
            load += self.loads[part.trailing_zeros() as usize];
            part &= part - 1;
        }
        load
    }

    fn census(self) -> Census {
        let fewest = |tolerance: f64| self.best.iter().position(|&deviation| deviation <= tolerance + HAIR);
        let within = self
            .tolerances
            .iter()
            .zip(&self.counts)
            .map(|(&tolerance, &divisions)| Within { tolerance, divisions, fewest_cut: fewest(tolerance) })
            .collect();
        let mut front: Vec<FrontPoint> = Vec::new();
        for (cut, &deviation) in self.best.iter().enumerate() {
            if front.last().map_or(f64::INFINITY, |last| last.deviation) > deviation {
                front.push(FrontPoint { deviation, cut });
            }
        }
        front.reverse();
        Census { divisions: self.divisions, within, front }
    }
}

/// The most states that [`count`] keeps at once.
const MOST_STATES: usize = 1_000_000;

/// The most atoms of a frontier: labels are bytes.
const WIDEST: usize = 250;

/// How many divisions into `parts` connected parts there are, whatever their loads.
///
/// Atoms are taken one by one. Of those that still have neighbours to come, a state says which part each is in and which are
/// joined already; states that agree are counted together (S. Sekine, H. Imai, S. Tani, 1995, as D. Knuth's "simpath" does for
/// paths). The width of the graph in the order of its atoms decides, not the number of divisions. The sum saturates at 2¹²⁸ − 1.
///
/// # Errors
/// [`CensusError`] for a wrong number of parts, or more states than fit.
pub fn count(graph: &Graph, parts: usize) -> Result<u128, CensusError> {
    count_within(graph, parts, MOST_STATES)
}

fn count_within(graph: &Graph, parts: usize, most_states: usize) -> Result<u128, CensusError> {
    let atoms = graph.atoms();
    if parts == 0 || parts > atoms {
        return Err(CensusError::Parts { parts, atoms });
    }
    let order = breadth_first(graph);
    let mut turn = vec![0; atoms];
    for (at, &atom) in order.iter().enumerate() {
        turn[atom as usize] = at;
    }
    // The turn after which an atom has no neighbours to come.
    let last: Vec<usize> = (0..narrow(atoms))
        .map(|atom| graph.arcs(atom).iter().map(|arc| turn[arc.to as usize]).fold(turn[atom as usize], usize::max))
        .collect();
    let mut frontier: Vec<u32> = Vec::new();
    let mut states: HashMap<Frontier, u128> = HashMap::from([(Frontier::default(), 1)]);
    for (at, &atom) in order.iter().enumerate() {
        let touching: Vec<usize> =
            (0..frontier.len()).filter(|&place| graph.arcs(atom).iter().any(|arc| arc.to == frontier[place])).collect();
        frontier.push(atom);
        if frontier.len() > WIDEST {
            return Err(CensusError::TooWide { states: most_states });
        }
        let leaving: Vec<usize> = (0..frontier.len()).filter(|&place| last[frontier[place] as usize] <= at).collect();
        let mut next: HashMap<Frontier, u128> = HashMap::new();
        for (state, ways) in states {
            for state in state.with_atom(&touching, parts) {
                if let Some(state) = state.without(&leaving) {
                    let sum = next.entry(state).or_insert(0);
                    *sum = sum.saturating_add(ways);
                }
            }
            if next.len() > most_states {
                return Err(CensusError::TooWide { states: most_states });
            }
        }
        frontier = frontier.iter().copied().filter(|&atom| last[atom as usize] > at).collect();
        states = next;
    }
    Ok(states.into_iter().filter(|(state, _)| state.used as usize == parts).fold(0, |sum, (_, ways)| sum.saturating_add(ways)))
}

/// Atoms by their distance from the first of their component: that keeps the frontier narrow.
fn breadth_first(graph: &Graph) -> Vec<u32> {
    let mut order = Vec::with_capacity(graph.atoms());
    let mut seen = vec![false; graph.atoms()];
    for start in 0..narrow(graph.atoms()) {
        let mut next = order.len();
        if !std::mem::replace(&mut seen[start as usize], true) {
            order.push(start);
        }
        while let Some(&atom) = order.get(next) {
            next += 1;
            for arc in graph.arcs(atom) {
                if !std::mem::replace(&mut seen[arc.to as usize], true) {
                    order.push(arc.to);
                }
            }
        }
    }
    order
}

/// What the atoms counted so far have in common: for each atom of the frontier its part and the connected piece it is in, both
/// numbered in the order of the frontier; and how many parts have begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Frontier {
    places: Vec<(u8, u8)>,
    used: u32,
}

impl Frontier {
    /// The states after one more atom, which touches those at the given places: in a part of its own or in one of the others'.
    fn with_atom(&self, touching: &[usize], parts: usize) -> Vec<Self> {
        const NEW: u8 = u8::MAX;
        let mut labels: Vec<u8> = self.places.iter().map(|&(part, _)| part).collect();
        labels.sort_unstable();
        labels.dedup();
        if (self.used as usize) < parts {
            labels.push(NEW);
        }
        let extended = |label: u8| {
            let mut next = self.clone();
            next.used += u32::from(label == NEW);
            for &place in touching {
                let (part, piece) = next.places[place];
                if part == label {
                    // What touches the new atom becomes one piece with it.
                    next.places.iter_mut().filter(|place| **place == (part, piece)).for_each(|place| place.1 = NEW);
                }
            }
            next.places.push((label, NEW));
            next
        };
        labels.into_iter().map(extended).collect()
    }

    /// Without the atoms at these places; `None` if that leaves a part in pieces that can't meet any more.
    fn without(mut self, leaving: &[usize]) -> Option<Self> {
        for &place in leaving {
            let (part, piece) = self.places[place];
            let stays = |at: &usize| *at > place || !leaving.contains(at);
            let others = (0..self.places.len()).filter(stays).filter(|&at| at != place && self.places[at].0 == part);
            let (mut same_part, mut same_piece) = (false, false);
            for at in others {
                same_part = true;
                same_piece |= self.places[at].1 == piece;
            }
            if same_part && !same_piece {
                return None;
            }
        }
        let mut at = 0;
        self.places.retain(|_| {
            at += 1;
            !leaving.contains(&(at - 1))
        });
        self.number_anew();
        Some(self)
    }

    fn number_anew(&mut self) {
        let (mut parts, mut pieces): (Vec<u8>, Vec<(u8, u8)>) = (Vec::new(), Vec::new());
        for place in &mut self.places {
            let old = *place;
            if !parts.contains(&old.0) {
                parts.push(old.0);
            }
            if !pieces.contains(&old) {
                pieces.push(old);
            }
            let position = |at: Option<usize>| at.and_then(|at| u8::try_from(at).ok()).unwrap_or(0);
            *place = (
                position(parts.iter().position(|&part| part == old.0)),
                position(pieces.iter().position(|&piece| piece == old)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::{
        Division,
        sample::{all_divisions, connected, grid, planar},
    };
    use proptest::prelude::*;

    const ALL: f64 = f64::MAX;
    const ENOUGH: u64 = 10_000_000;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn both_counts_are_those_of_trying_everything(seed in 0_u64..10_000, parts in 1_u32..5, tree in any::<bool>()) {
            let graph = if tree { connected(9, 4, seed) } else { planar(3, 3, seed) };
            let all = all_divisions(&graph, parts);
            let mean = graph.total(0) / f64::from(parts);
            let figures: Vec<(f64, usize)> = all
                .iter()
                .map(|part_of| {
                    let division = Division::new(&graph, part_of.clone()).unwrap();
                    let loads = division.part_loads(&graph, 0);
                    (loads.iter().map(|load| (load / mean - 1.0).abs()).fold(0.0, f64::max), division.cut(&graph).0)
                })
                .collect();
            let counted = |tolerance: f64| figures.iter().filter(|(deviation, _)| *deviation <= tolerance + HAIR).count() as u64;
            let census = census(&graph, parts as usize, ALL, &[0.1, 0.5], ENOUGH).unwrap();
            prop_assert_eq!(census.divisions, all.len() as u64);
            prop_assert_eq!(count(&graph, parts as usize).unwrap(), all.len() as u128);
            for within in &census.within {
                prop_assert_eq!(within.divisions, counted(within.tolerance));
                let fewest = figures.iter().filter(|(deviation, _)| *deviation <= within.tolerance + HAIR).map(|(_, cut)| *cut).min();
                prop_assert_eq!(within.fewest_cut, fewest);
            }
            // The front: undominated, and nothing undominated is missing.
            let dominated = |point: &(f64, usize)| figures.iter().any(|other| other.0 <= point.0 && other.1 <= point.1 && other != point);
            let mut front: Vec<(f64, usize)> = figures.iter().filter(|point| !dominated(point)).copied().collect();
            front.sort_by(|a, b| a.0.total_cmp(&b.0));
            front.dedup();
            prop_assert_eq!(census.front.iter().map(|point| (point.deviation, point.cut)).collect::<Vec<_>>(), front);
            // Pruning by the bounds loses nothing.
            for tolerance in [0.1, 0.5] {
                let bounded = super::census(&graph, parts as usize, tolerance + HAIR, &[], ENOUGH).unwrap();
                prop_assert_eq!(bounded.divisions, counted(tolerance));
            }
        }
    }

    #[test]
    fn grids_have_as_many_divisions_as_published() {
        // Two connected parts of an n × n grid: OEIS A068416 halved for order; 3 × 3 into three by trying all.
        assert_eq!(count(&grid(2, 2), 2), Ok(6));
        assert_eq!(count(&grid(3, 3), 2), Ok(53));
        assert_eq!(count(&grid(4, 4), 2), Ok(627));
        assert_eq!(count(&grid(5, 5), 2), Ok(16_213));
        assert_eq!(count(&grid(6, 6), 2), Ok(1_123_743));
    }

    #[test]
    fn four_tetrominoes_fill_the_square_in_117_ways() {
        // Balanced exactly: divisions of the n × n grid into n connected parts of n atoms, OEIS A172477: 1, 2, 10, 117, 4006.
        for (side, divisions) in [(2, 2), (3, 10), (4, 117), (5, 4006)] {
            let census = census(&grid(side, side), side as usize, 0.0, &[], ENOUGH).unwrap();
            assert_eq!(census.divisions, divisions, "{side}");
        }
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(census(&grid(12, 12), 2, ALL, &[], ENOUGH), Err(CensusError::TooLarge { atoms: 144 }));
        assert_eq!(census(&grid(6, 6), 3, ALL, &[], 1000), Err(CensusError::TooMany { branches: 1000 }));
        assert_eq!(census(&grid(2, 2), 5, ALL, &[], ENOUGH), Err(CensusError::Parts { parts: 5, atoms: 4 }));
        assert_eq!(count_within(&grid(40, 40), 3, 1000), Err(CensusError::TooWide { states: 1000 }));
    }
}
