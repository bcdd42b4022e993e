//! The search for the front: annealing runs that each weigh the objectives in their own way, from the start, from what was found
//! and from divisions of their own.

use super::{
    archive::{Archive, Candidate, CurvePoint, curve},
    base::Base,
    energy::Balance,
    objectives::spread_of,
    problem::{Problem, ProblemError, Weights},
    shortfall::{Shortfall, graph_bound, shortfalls},
};
use crate::districting::{
    Bound, Budget, Division, Limit, OnProgress,
    anneal::{Schedule, anneal, luby},
    budget::{Watch, on_threads},
    graph::narrow,
    seed,
    state::State,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

/// What a search found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Best balanced first; the start is among them.
    pub front: Vec<Candidate>,
    /// The best imbalance for each cost of moves; few moves first.
    pub curve: Vec<CurvePoint>,
    /// For each number of parts asked for what no division into so many can beat: of several loads the one with the largest excess.
    pub bounds: Vec<(usize, Bound)>,
    /// Why the tolerance is not met; empty if a candidate meets it.
    pub shortfalls: Vec<Shortfall>,
    pub steps: u64,
}

impl Outcome {
    /// By how much the candidate's heaviest part exceeds the best possible at most, as a share of it: the proven gap.
    #[must_use]
    pub fn gap(&self, candidate: &Candidate) -> Option<f64> {
        let parts = candidate.division.parts();
        let (_, bound) = self.bounds.iter().find(|(of, _)| *of == parts)?;
        Some(((1.0 + candidate.objectives.imbalance) / (1.0 + bound.excess()) - 1.0).max(0.0))
    }
}

/// Runs that start from what earlier ones found: they meet after so many, whatever the number of threads.
const ROUND: u64 = 8;

/// Improves a division until the budget is used up.
///
/// With [`Limit::Steps`] the answer depends on the problem and the seed only. Progress tells the best imbalance.
///
/// # Errors
/// [`ProblemError`] if the problem makes no sense; that a tolerance can't be met is no error, see [`Outcome::shortfalls`].
pub fn improve(problem: &Problem, budget: &Budget, on_progress: OnProgress<'_>) -> Result<Outcome, ProblemError> {
    problem.check()?;
    let watch = Watch::new(budget.limit, on_progress);
    let search = Search::new(problem, &watch, budget.seed)?;
    Ok(on_threads(budget.threads, || search.run(budget.limit)))
}

/// Improves many problems (the villages of a county) on all threads. Each gets the steps of the budget, or until the deadline its
/// share of the time that is left. Progress is told problem by problem: the one, and how it is getting on.
///
/// # Errors
/// Each problem has its own answer.
pub fn improve_all(
    problems: &[Problem],
    budget: &Budget,
    on_progress: &(dyn Fn(usize, &crate::districting::Progress) -> ControlFlow<()> + Sync),
) -> Vec<Result<Outcome, ProblemError>> {
    on_threads(budget.threads, || {
        let waiting = AtomicUsize::new(problems.len());
        let one = |(at, problem): (usize, &Problem)| {
            problem.check()?;
            let left = waiting.fetch_sub(1, Ordering::Relaxed);
            let limit = match budget.limit {
                Limit::Steps(_) => budget.limit,
                Limit::Until(deadline) => {
                    let now = Instant::now();
                    let workers = narrow(rayon::current_num_threads());
                    let share = deadline.saturating_duration_since(now) * workers / narrow(left.max(1));
                    Limit::Until(deadline.min(now + share))
                }
            };
            let tell = |progress: &crate::districting::Progress| on_progress(at, progress);
            let watch = Watch::new(limit, &tell);
            Ok(Search::new(problem, &watch, budget.seed)?.run(limit))
        };
        problems.par_iter().enumerate().map(one).collect()
    })
}

struct Search<'a> {
    problem: &'a Problem,
    watch: &'a Watch<'a>,
    /// For each number of parts that is possible: the start with so many parts, or none.
    bases: Vec<Base>,
    seed: u64,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, watch: &'a Watch<'a>, seed: u64) -> Result<Self, ProblemError> {
        let (least, most) = problem.parts.range();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(u64::MAX);
        let bases: Vec<Base> = (least..=most).filter_map(|parts| Base::of(problem, parts, &mut random)).collect();
        if bases.is_empty() {
            let parts = problem.start.as_ref().map_or(0, Division::parts);
            return Err(ProblemError::Locks { least, most, parts });
        }
        Ok(Self { problem, watch, bases, seed })
    }

    fn run(&self, limit: Limit) -> Outcome {
        let mut left = match limit {
            Limit::Steps(steps) => steps,
            Limit::Until(_) => u64::MAX,
        };
        let mut archive = Archive::default();
        for base in &self.bases {
            base.candidates(self.problem).into_iter().for_each(|candidate| archive.add(candidate));
        }
        let shortest = (self.problem.graph.atoms() as u64 * 300).clamp(20_000, 400_000);
        let mut round = 0;
        while left > 0 && !self.watch.is_over() {
            let runs: Vec<(u64, u64)> = (ROUND * round..ROUND * (round + 1))
                .map(|run| {
                    let steps = (shortest * luby(run / ROUND)).min(left);
                    left -= steps;
                    (run, steps)
                })
                .filter(|&(_, steps)| steps > 0)
                .collect();
            let found: Vec<Archive> = runs.into_par_iter().map(|(run, steps)| self.one(run, steps, &archive)).collect();
            for candidate in found.into_iter().flat_map(Archive::into_sorted) {
                archive.add(candidate);
            }
            archive.thin_out();
            round += 1;
            if self.is_settled() {
                break;
            }
        }
        self.conclude(archive)
    }

    /// Whether no atom can move: each component is a part, or each atom is.
    fn is_settled(&self) -> bool {
        let components = self.problem.graph.components().1;
        self.bases.iter().all(|base| base.parts == components || base.parts == self.problem.graph.atoms())
    }

    /// One run; what it found.
    fn one(&self, run: u64, steps: u64, known: &Archive) -> Archive {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(run);
        let base = &self.bases[random.random_range(0..self.bases.len())];
        let known: Vec<&Candidate> = known.candidates().iter().filter(|known| known.division.parts() == base.parts).collect();
        let is_free =
            self.problem.max_moved.is_none() && self.problem.locked_atoms.is_empty() && self.problem.locked_parts.is_empty();
        let best = known.iter().min_by(|a, b| a.objectives.imbalance.total_cmp(&b.objectives.imbalance));
        let (part_of, hot) = match (run % 4, &base.part_of) {
            (1, _) if !known.is_empty() => (known[random.random_range(0..known.len())].division.part_of().to_vec(), 0.3),
            (2, _) if let Some(best) = best => (best.division.part_of().to_vec(), 0.3),
            (3, _) | (_, None) if is_free => (self.fresh(base, &mut random), 2.0),
            (_, Some(part_of)) => (part_of.clone(), 0.5),
            (_, None) => (self.fresh(base, &mut random), 2.0),
        };
        let mut state = State::new(&self.problem.graph, part_of, base.parts, self.problem.graph.weights());
        let mut energy = Balance::new(self.problem, base, &state, self.directions(run, &mut random), self.watch);
        let schedule = Schedule { steps, hot, cold: 0.01 };
        let _ = anneal(&mut state, &mut energy, &schedule, &mut random, self.watch);
        energy.keep(&state);
        energy.into_found()
    }

    /// A new division, its parts named after those of the base that they have most in common with.
    fn fresh(&self, base: &Base, random: &mut ChaCha8Rng) -> Vec<u32> {
        // The check has seen that there is one.
        let part_of = seed::divide(&self.problem.graph, base.parts, random).unwrap_or_default();
        base.named(self.problem, part_of)
    }

    /// How a run weighs ways, moves and borders against the imbalance: by chance, around what the person weighs.
    fn directions(&self, run: u64, random: &mut ChaCha8Rng) -> ([f64; 3], i32) {
        let Weights { imbalance, travel, moved, cut } = self.problem.weights;
        let direction = |weight: f64, random: &mut ChaCha8Rng| {
            let wish = if imbalance > 0.0 { (weight / imbalance).clamp(0.01, 100.0) } else { 1.0 };
            let strength = 10_f64.powf(random.random_range(-2.0..0.7));
            if random.random_range(0..3) == 0 { 0.0 } else { wish * strength }
        };
        let prices = [direction(travel, random), direction(moved, random), direction(cut, random)];
        // The high power sees little but the heaviest part; the square spreads evenly.
        let power = if random.random_range(0..2) == 0 { 2 } else { 10 };
        // The first runs want balance and nothing else.
        if run < ROUND && run % 2 == 1 { ([0.0, 0.0, 0.0], power) } else { (prices, power) }
    }

    fn conclude(&self, archive: Archive) -> Outcome {
        let graph = &self.problem.graph;
        let front = archive.into_sorted();
        let worst = |parts: usize| {
            let bounds = (0..graph.kinds()).map(|kind| graph_bound(graph, kind, parts));
            bounds.max_by(|a, b| a.excess().total_cmp(&b.excess())).map(|bound| (parts, bound))
        };
        let bounds = self.bases.iter().filter_map(|base| worst(base.parts)).collect();
        let shortfalls = self.shortfalls(&front);
        Outcome { curve: curve(&front), front, bounds, shortfalls, steps: self.watch.steps() }
    }

    fn shortfalls(&self, front: &[Candidate]) -> Vec<Shortfall> {
        if front.iter().any(|candidate| self.worst_miss(candidate).is_none()) {
            return Vec::new();
        }
        let by_parts: Vec<Vec<Shortfall>> = self.bases.iter().map(|base| shortfalls(self.problem, base.parts)).collect();
        if by_parts.iter().all(|found| !found.is_empty()) {
            return by_parts.into_iter().flatten().collect();
        }
        let misses = front.iter().filter_map(|candidate| self.worst_miss(candidate));
        let least = misses.min_by(|a, b| a.0.total_cmp(&b.0));
        least.map(|(_, shortfall)| shortfall).into_iter().collect()
    }

    /// The load by which the candidate misses the tolerance most, with how far it is off.
    fn worst_miss(&self, candidate: &Candidate) -> Option<(f64, Shortfall)> {
        let miss = |(kind, &tolerance): (usize, &f64)| {
            let imbalance = spread_of(&candidate.division.part_loads(&self.problem.graph, kind)).0;
            let off = imbalance - tolerance;
            let shortfall = Shortfall::NotFound { kind, found: 100.0 * imbalance, allowed: 100.0 * tolerance };
            (off > 1e-9).then_some((off, shortfall))
        };
        self.problem.tolerance.iter().enumerate().filter_map(miss).max_by(|a, b| a.0.total_cmp(&b.0))
    }
}
