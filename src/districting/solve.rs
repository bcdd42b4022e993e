//! The best division under bounds on the population of each part: fewest cut edges, shortest perimeter or least deviation.
//!
//! Many short annealing runs, each from a division of its own or from one of the best so far. How dear a population outside the
//! bounds is, and how long and how hot a run is, varies from run to run: files differ too much for one setting (a few hundred
//! tracts want it cheap; sixty counties of very unequal size find no allowed division at all unless it is dear).

use super::{
    Budget, Division, Graph, Limit, OnProgress,
    anneal::{Energy, Schedule, anneal, luby, usual_cost, usual_load},
    bound::window_gap,
    branch::{MOST_ENUMERATED, Proof, prove},
    budget::{Watch, on_threads},
    graph::{float, narrow},
    seed,
    state::State,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::{ops::ControlFlow, time::Instant};

/// What to make as small as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minimise {
    /// How many edges are cut.
    CutEdges,
    /// The sum of the weights of the cut edges.
    Perimeter,
    /// The largest deviation of a part's population from the mean, as a share of the mean.
    Deviation,
}

/// A question for [`solve`]. Populations are the graph's first load.
#[derive(Clone, Debug)]
pub struct Task<'g> {
    pub graph: &'g Graph,
    pub parts: usize,
    /// The population that each part must have: at least and at most.
    pub lower: f64,
    pub upper: f64,
    pub minimise: Minimise,
    /// A division to begin with.
    pub start: Option<Division>,
    /// Stop as soon as the value is not above this.
    pub target: Option<f64>,
    /// How many branches the proof may look at when the search is over; 0 for none.
    pub proof_branches: u64,
}

/// What [`solve`] found.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The best division within the bounds; `None` if none was found.
    pub best: Option<Division>,
    /// Its value; infinite if there is none.
    pub value: f64,
    /// No division within the bounds has a smaller value. 0 says nothing.
    pub lower_bound: f64,
    /// Nothing better exists: shown by a search through all divisions that could be better, or by the bound.
    pub proved_optimal: bool,
    /// The division nearest to the bounds, if none within was found.
    pub nearest: Option<Division>,
    pub steps: u64,
}

/// Why there is nothing to search.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    #[error("{parts} parts of {atoms} atoms: there must be at least one part and at most as many as atoms")]
    Parts { parts: usize, atoms: usize },
    #[error(
        "the graph is in {components} pieces that do not touch, more than the {parts} parts; raise k or join the pieces by edges"
    )]
    Pieces { components: usize, parts: usize },
    #[error("the bounds {lower} to {upper} leave no room; the lower one must be smaller and both must be numbers")]
    Bounds { lower: f64, upper: f64 },
    #[error("no division can keep the bounds: {0}")]
    Impossible(String),
    #[error("the start has {found} parts, {parts} are wanted")]
    StartParts { found: usize, parts: usize },
    #[error("part {part} of the start is in {pieces} pieces; a connected plan is needed to start from")]
    StartPieces { part: usize, pieces: usize },
}

/// Runs that start from what earlier ones found: they meet after so many, whatever the number of threads.
const ROUND: u64 = 8;
/// Steps of the shortest run.
const SHORTEST: u64 = 1_000_000;
/// The best divisions that later runs may start from.
const POOL: usize = 6;
/// Sums of populations are kept to this share of the mean.
const SLACK: f64 = 1e-9;

/// How a run weighs and heats: the price of a usual atom outside the bounds, in usual edges, at its start and its end; its heat.
const STYLES: [([f64; 2], [f64; 2]); 4] =
    [([1.0, 2.0], [2.0, 0.2]), ([4.0, 4.0], [4.0, 0.8]), ([0.7, 1.4], [1.2, 0.25]), ([5.0, 5.0], [3.0, 0.6])];

/// Searches until the budget is used up, the target is reached, or nothing better can exist.
///
/// With [`Limit::Steps`] the answer depends on the task and the seed only.
///
/// # Errors
/// [`SolveError`] if the task has no answer, which the loads alone can tell.
pub fn solve(task: &Task<'_>, budget: &Budget, on_progress: OnProgress<'_>) -> Result<Solution, SolveError> {
    check(task)?;
    let (limit, deadline) = limits(task, budget.limit);
    let watch = Watch::new(limit, on_progress);
    let search =
        Search { task, watch: &watch, costs: costs(task), lower_bound: trivial_bound(task), seed: budget.seed, deadline };
    Ok(on_threads(budget.threads, || search.run(limit)))
}

fn check(task: &Task<'_>) -> Result<(), SolveError> {
    let (atoms, components) = (task.graph.atoms(), task.graph.components().1);
    let Task { parts, lower, upper, .. } = *task;
    if parts == 0 || parts > atoms {
        return Err(SolveError::Parts { parts, atoms });
    }
    if components > parts {
        return Err(SolveError::Pieces { components, parts });
    }
    if !(lower <= upper && upper.is_finite()) {
        return Err(SolveError::Bounds { lower, upper });
    }
    if let Some(gap) = window_gap(task.graph, parts, lower, upper) {
        return Err(SolveError::Impossible(gap.to_string()));
    }
    if let Some(start) = &task.start {
        if start.parts() != parts {
            return Err(SolveError::StartParts { found: start.parts(), parts });
        }
        if let Some((part, &pieces)) = start.pieces(task.graph).iter().enumerate().find(|(_, pieces)| **pieces != 1) {
            return Err(SolveError::StartPieces { part, pieces });
        }
    }
    Ok(())
}

/// Whether a proof should be tried at the end.
fn can_be_proved(task: &Task<'_>) -> bool {
    task.proof_branches > 0 && task.minimise != Minimise::Deviation && task.graph.atoms() <= MOST_ENUMERATED
}

/// When the search ends, and when all ends: a deadline leaves a seventh of the time to the proof.
fn limits(task: &Task<'_>, limit: Limit) -> (Limit, Option<Instant>) {
    match limit {
        Limit::Steps(_) => (limit, None),
        Limit::Until(deadline) if can_be_proved(task) => {
            let left = deadline.saturating_duration_since(Instant::now());
            (Limit::Until(deadline.checked_sub(left / 7).unwrap_or(deadline)), Some(deadline))
        }
        Limit::Until(deadline) => (limit, Some(deadline)),
    }
}

/// What each cut edge costs.
fn costs(task: &Task<'_>) -> Vec<f64> {
    match task.minimise {
        Minimise::Perimeter => task.graph.weights().to_vec(),
        Minimise::CutEdges | Minimise::Deviation => vec![1.0; task.graph.edges().len()],
    }
}

/// A value that nothing can be below, from counting alone.
fn trivial_bound(task: &Task<'_>) -> f64 {
    let components = task.graph.components().1;
    match task.minimise {
        // Parts that hang together are joined by at least one edge each.
        Minimise::CutEdges => float(task.parts - components),
        Minimise::Perimeter => 0.0,
        Minimise::Deviation => super::bound::lower_bound(task.graph.loads(0), task.parts).excess().max(0.0),
    }
}

struct Search<'a, 'g> {
    task: &'a Task<'g>,
    watch: &'a Watch<'a>,
    costs: Vec<f64>,
    lower_bound: f64,
    seed: u64,
    /// When the proof has to end too.
    deadline: Option<Instant>,
}

/// What one run found.
struct Found {
    value: f64,
    best: Option<Vec<u32>>,
    /// How far outside the bounds the nearest division was, and that division.
    off: f64,
    nearest: Vec<u32>,
}

impl Search<'_, '_> {
    fn run(&self, limit: Limit) -> Solution {
        let mut left = match limit {
            Limit::Steps(steps) => steps,
            Limit::Until(_) => u64::MAX,
        };
        let mut pool: Vec<Found> = self.task.start.iter().map(|start| self.start(start)).collect();
        let mut round = 0;
        while left > 0 && !self.watch.is_over() && !self.is_enough(&pool) {
            let runs: Vec<(u64, u64)> = (ROUND * round..ROUND * (round + 1))
                .map(|run| {
                    let steps = (SHORTEST * luby(run / ROUND)).min(left);
                    left -= steps;
                    (run, steps)
                })
                .filter(|&(_, steps)| steps > 0)
                .collect();
            let found: Vec<Found> = runs.into_par_iter().map(|(run, steps)| self.one(run, steps, &pool)).collect();
            pool.extend(found);
            pool.sort_by(|a, b| a.value.total_cmp(&b.value).then(a.off.total_cmp(&b.off)));
            pool.dedup_by(|a, b| a.nearest == b.nearest);
            pool.truncate(POOL);
            round += 1;
            if [self.task.graph.components().1, self.task.graph.atoms()].contains(&self.task.parts) {
                // Each component is a part, or each atom is: there is no other division.
                break;
            }
        }
        self.conclude(&pool)
    }

    fn is_enough(&self, pool: &[Found]) -> bool {
        let enough = self.task.target.unwrap_or(f64::NEG_INFINITY).max(self.lower_bound);
        pool.first().is_some_and(|found| found.value <= enough + SLACK)
    }

    fn start(&self, start: &Division) -> Found {
        let state = State::new(self.task.graph, start.part_of().to_vec(), self.task.parts, &self.costs);
        let mut energy = Fit::new(self, &state, STYLES[0].0);
        energy.look(&state);
        energy.found
    }

    fn one(&self, run: u64, steps: u64, pool: &[Found]) -> Found {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(run);
        let style = usize::try_from(run % 4).unwrap_or(0);
        let (prices, [hot, cold]) = STYLES[style];
        // Every other group of four starts from what is known, less hot.
        let known = run % ROUND >= 4 && !pool.is_empty();
        let (part_of, hot) = if known {
            (pool[random.random_range(0..pool.len())].nearest.clone(), hot * random.random_range(0.25..0.6))
        } else {
            let seeded = seed::divide(self.task.graph, self.task.parts, &mut random);
            // `check` has seen that there is one.
            (seeded.unwrap_or_default(), hot)
        };
        let mut state = State::new(self.task.graph, part_of, self.task.parts, &self.costs);
        let mut energy = Fit::new(self, &state, prices);
        energy.look(&state);
        let schedule = Schedule { steps, hot, cold: cold.min(hot) };
        let _ = anneal(&mut state, &mut energy, &schedule, &mut random, self.watch);
        energy.found
    }

    fn conclude(&self, pool: &[Found]) -> Solution {
        let parts = narrow(self.task.parts);
        let division = |part_of: &Vec<u32>| Division::from_search(part_of.clone(), parts);
        let best = pool.first().filter(|found| found.best.is_some());
        let mut value = best.map_or(f64::INFINITY, |found| found.value);
        let mut solution = best.and_then(|found| found.best.as_ref()).map(division);
        let mut lower_bound = self.lower_bound;
        let mut proved = value <= lower_bound + SLACK;
        if !proved && can_be_proved(self.task) {
            match prove(self.task, &self.costs, value, self.deadline) {
                Proof::Nothing if solution.is_some() => (proved, lower_bound) = (true, value),
                Proof::Nothing => (proved, lower_bound) = (true, f64::INFINITY),
                Proof::Better(division, better) => {
                    (proved, lower_bound, value) = (true, better, better);
                    solution = Some(division);
                }
                Proof::GaveUp => {}
            }
        }
        let nearest = pool.first().filter(|_| solution.is_none()).map(|found| division(&found.nearest));
        Solution { best: solution, value, lower_bound, proved_optimal: proved, nearest, steps: self.watch.steps() }
    }
}

/// The energy of a run: the cost of cut edges, and what populations outside the bounds are charged.
struct Fit<'a, 'g> {
    search: &'a Search<'a, 'g>,
    lower: f64,
    upper: f64,
    mean: f64,
    /// Per unit of cost, and per person outside at the start and the end of a run and now.
    cost_price: f64,
    prices: [f64; 2],
    price: f64,
    off: f64,
    off_of_move: f64,
    found: Found,
}

impl<'a, 'g> Fit<'a, 'g> {
    fn new(search: &'a Search<'a, 'g>, state: &State<'_>, prices: [f64; 2]) -> Self {
        let task = search.task;
        let mean = task.graph.total(0) / float(task.parts);
        let (lower, upper) = match task.minimise {
            Minimise::Deviation => (mean, mean),
            Minimise::CutEdges | Minimise::Perimeter => (task.lower, task.upper),
        };
        let usual = usual_load(task.graph.loads(0));
        let mut cost_price = 1.0 / usual_cost(&search.costs);
        if task.minimise == Minimise::Deviation {
            cost_price /= 20.0;
        }
        let prices = prices.map(|price| price / usual);
        let found = Found { value: f64::INFINITY, best: None, off: f64::INFINITY, nearest: state.part_of().to_vec() };
        let mut fit =
            Self { search, lower, upper, mean, cost_price, prices, price: prices[0], off: 0.0, off_of_move: 0.0, found };
        fit.off = (0..narrow(state.parts())).map(|part| fit.outside(state.load(part, 0))).sum();
        fit
    }

    fn outside(&self, load: f64) -> f64 {
        (self.lower - load).max(load - self.upper).max(0.0)
    }

    /// Whether the present division is the best so far, or the nearest to the bounds while none is within.
    fn look(&mut self, state: &State<'_>) {
        let within = match self.search.task.minimise {
            // The sum of all deviations bounds the largest from above and, times the parts, from below.
            Minimise::Deviation => self.off < (self.found.value * self.mean + SLACK * self.mean) * float(state.parts()),
            Minimise::CutEdges | Minimise::Perimeter => self.off <= SLACK * self.mean,
        };
        if within && self.is_allowed(state) {
            let value = self.value(state);
            if value < self.found.value - SLACK * value.max(1e-3) {
                self.found.value = value;
                self.found.off = 0.0;
                self.found.nearest.copy_from_slice(state.part_of());
                self.found.best = Some(state.part_of().to_vec());
                self.search.watch.better(value);
            }
        } else if self.found.best.is_none() && self.off < self.found.off {
            self.found.off = self.off;
            self.found.nearest.copy_from_slice(state.part_of());
        }
    }

    fn is_allowed(&self, state: &State<'_>) -> bool {
        let Task { lower, upper, .. } = *self.search.task;
        let slack = SLACK * self.mean;
        (0..narrow(state.parts())).all(|part| (lower - slack..=upper + slack).contains(&state.load(part, 0)))
    }

    fn value(&self, state: &State<'_>) -> f64 {
        match self.search.task.minimise {
            Minimise::CutEdges | Minimise::Perimeter => state.cost(),
            Minimise::Deviation => {
                let off = |part| (state.load(part, 0) - self.mean).abs() / self.mean;
                (0..narrow(state.parts())).map(off).fold(0.0, f64::max)
            }
        }
    }
}

impl Energy for Fit<'_, '_> {
    fn advance(&mut self, _: &State<'_>, progress: f64) {
        self.price = self.prices[0] * (self.prices[1] / self.prices[0]).powf(progress);
    }

    fn change(&mut self, state: &State<'_>, atom: u32, to: u32) -> f64 {
        let load = state.graph().loads(0)[atom as usize];
        let (here, there) = (state.load(state.part(atom), 0), state.load(to, 0));
        self.off_of_move = self.outside(here - load) + self.outside(there + load) - self.outside(here) - self.outside(there);
        self.cost_price * state.cost_of(atom, to) + self.price * self.off_of_move
    }

    fn moved(&mut self, state: &State<'_>, _: u32, _: u32) -> ControlFlow<()> {
        self.off += self.off_of_move;
        self.look(state);
        let search = self.search;
        let reached = search.task.target.unwrap_or(f64::NEG_INFINITY).max(search.lower_bound);
        if self.found.value <= reached + SLACK {
            if search.watch.has_deadline() {
                search.watch.stop();
            }
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::{
        sample::{all_divisions, connected, grid, planar},
        score,
    };
    use proptest::prelude::*;

    fn task(graph: &Graph, parts: usize, lower: f64, upper: f64, minimise: Minimise) -> Task<'_> {
        Task { graph, parts, lower, upper, minimise, start: None, target: None, proof_branches: 0 }
    }

    fn run(task: &Task<'_>, steps: u64, threads: usize, seed: u64) -> Solution {
        let budget = Budget { limit: Limit::Steps(steps), threads, seed };
        solve(task, &budget, &|_| ControlFlow::Continue(())).unwrap()
    }

    /// The least value of all divisions within the bounds, by trying everything.
    fn least(graph: &Graph, parts: u32, lower: f64, upper: f64, minimise: Minimise) -> Option<f64> {
        all_divisions(graph, parts)
            .into_iter()
            .map(|part_of| score(graph, 0, &Division::new(graph, part_of).unwrap()))
            .filter(|score| score.loads.iter().all(|load| (lower..=upper).contains(load)))
            .map(|score| match minimise {
                Minimise::CutEdges => float(score.cut_edges),
                Minimise::Perimeter => score.perimeter,
                Minimise::Deviation => score.deviation,
            })
            .min_by(f64::total_cmp)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn small_graphs_are_solved_as_by_trying_everything(
            seed in 0_u64..1000, parts in 2_u32..4, what in 0_usize..3, tree in any::<bool>()
        ) {
            let minimise = [Minimise::CutEdges, Minimise::Perimeter, Minimise::Deviation][what];
            let graph = if tree { connected(10, 6, seed) } else { planar(3, 3, seed) };
            let mean = graph.total(0) / f64::from(parts);
            let (lower, upper) = (0.6 * mean, 1.4 * mean);
            let least = least(&graph, parts, lower, upper, minimise);
            let task = task(&graph, parts as usize, lower, upper, minimise);
            match solve(&task, &Budget { limit: Limit::Steps(60_000), threads: 1, seed }, &|_| ControlFlow::Continue(())) {
                Ok(solution) => {
                    prop_assert_eq!(solution.best.is_some(), least.is_some());
                    if let Some(least) = least {
                        prop_assert!((solution.value - least).abs() < 1e-9, "{} {least}", solution.value);
                        prop_assert!(solution.lower_bound <= least + 1e-9);
                    } else {
                        prop_assert!(solution.nearest.is_some());
                    }
                }
                Err(_) => prop_assert!(least.is_none()),
            }
            // The proof alone finds it too.
            if minimise != Minimise::Deviation {
                let proof = Task { proof_branches: 1_000_000, ..task };
                if let Ok(solution) = solve(&proof, &Budget { limit: Limit::Steps(0), threads: 1, seed }, &|_| ControlFlow::Continue(())) {
                    prop_assert!(solution.proved_optimal);
                    prop_assert_eq!(solution.best.is_some(), least.is_some());
                    prop_assert!(least.is_none_or(|least| (solution.value - least).abs() < 1e-9));
                }
            }
        }
    }

    #[test]
    fn the_chessboard_is_halved_by_eight_edges_and_quartered_by_sixteen() {
        let graph = grid(8, 8);
        for (parts, cut) in [(2, 8.0), (4, 16.0)] {
            let share = 64.0 / float(parts);
            let solution = run(&task(&graph, parts, share, share, Minimise::CutEdges), 8_000_000, 0, 1);
            assert!((solution.value - cut).abs() < 1e-9, "{}", solution.value);
            assert!(solution.best.unwrap().is_connected(&graph));
        }
    }

    #[test]
    fn the_seed_decides_whatever_the_number_of_threads() {
        let graph = planar(14, 10, 9);
        let mean = graph.total(0) / 5.0;
        let task = task(&graph, 5, 0.98 * mean, 1.02 * mean, Minimise::Perimeter);
        let answer = |threads, seed| run(&task, 200_000, threads, seed).best;
        assert!(answer(1, 4).is_some());
        assert_eq!(answer(1, 4), answer(3, 4));
        assert_ne!(answer(1, 4), answer(1, 5));
    }

    #[test]
    fn a_person_can_stop_it_and_a_target_too() {
        let graph = planar(10, 10, 2);
        let task = task(&graph, 4, 0.0, graph.total(0), Minimise::CutEdges);
        let budget = Budget { limit: Limit::Steps(u64::MAX), threads: 2, seed: 1 };
        let stopped = solve(&task, &budget, &|_| ControlFlow::Break(())).unwrap();
        assert!(stopped.best.is_some());
        let target = Task { target: Some(40.0), ..task };
        assert!(solve(&target, &budget, &|_| ControlFlow::Continue(())).unwrap().value <= 40.0);
    }

    #[test]
    fn what_has_no_answer_is_refused_with_the_reason() {
        let graph = Graph::new(vec![vec![1.0, 5.0, 1.0, 1.0]], &[(0, 1, 1.0), (2, 3, 1.0)]).unwrap();
        let budget = Budget { limit: Limit::Steps(1), threads: 1, seed: 1 };
        let refuse = |task: &Task<'_>| solve(task, &budget, &|_| ControlFlow::Continue(())).unwrap_err();
        let of = |parts, lower, upper| task(&graph, parts, lower, upper, Minimise::CutEdges);
        assert_eq!(refuse(&of(1, 0.0, 8.0)), SolveError::Pieces { components: 2, parts: 1 });
        assert_eq!(refuse(&of(9, 0.0, 8.0)), SolveError::Parts { parts: 9, atoms: 4 });
        assert_eq!(refuse(&of(2, 5.0, 4.0)), SolveError::Bounds { lower: 5.0, upper: 4.0 });
        assert!(refuse(&of(3, 1.0, 4.0)).to_string().ends_with("atom 1 weighs 5, more than the upper bound 4"));
        let start = Division::new(&graph, vec![0, 1, 0, 0]).unwrap();
        let started = Task { start: Some(start), ..of(2, 0.0, 8.0) };
        assert_eq!(refuse(&started), SolveError::StartPieces { part: 0, pieces: 2 });
    }
}
