//! What a run of the search goes downhill on.

use super::{
    archive::{Archive, Candidate},
    base::Base,
    objectives::{Objectives, centres, distance},
    problem::Problem,
};
use crate::districting::{
    anneal::{Energy, usual_cost, usual_load},
    budget::Watch,
    graph::{float, narrow},
    state::State,
};
use std::ops::ControlFlow;

/// Loads by a power of each part's load in means, ways to centres that are found anew between blocks of moves, the cost of moves
/// and the weight of borders. A unit of energy is about what one usual atom makes.
pub(super) struct Balance<'a> {
    problem: &'a Problem,
    base: &'a Base,
    watch: &'a Watch<'a>,
    locked_atom: Vec<bool>,
    locked_part: Vec<bool>,
    /// Of each kind of load: the mean of a part, and the energy of a change of the power sum.
    means: Vec<f64>,
    units: Vec<f64>,
    power: i32,
    travel_price: f64,
    moved_price: f64,
    cut_price: f64,
    centres: Vec<[f64; 2]>,
    moved: f64,
    moved_of_move: f64,
    least_imbalance: f64,
    found: Archive,
}

impl<'a> Balance<'a> {
    pub fn new(
        problem: &'a Problem,
        base: &'a Base,
        state: &State<'_>,
        ([travel, moved, cut], power): ([f64; 3], i32),
        watch: &'a Watch<'a>,
    ) -> Self {
        let graph = &problem.graph;
        let kinds = 0..graph.kinds();
        let means: Vec<f64> = kinds.clone().map(|kind| graph.total(kind) / float(base.parts)).collect();
        let unit = |kind: usize| {
            let usual = usual_load(graph.loads(kind)) / means[kind];
            1.0 / (f64::from(power * (power - 1)) * usual * usual * float(graph.kinds()))
        };
        let mut locked_atom = vec![false; graph.atoms()];
        for &atom in &problem.locked_atoms {
            locked_atom[atom as usize] = true;
        }
        let is_locked = |name: &Option<u32>| name.is_some_and(|name| problem.locked_parts.contains(&name));
        let centres = centres(graph, state.part_of(), base.parts);
        let way = graph.positions().map_or(0.0, |positions| {
            let ways: f64 =
                positions.iter().zip(state.part_of()).map(|(at, part)| distance(*at, centres[*part as usize])).sum();
            ways / float(graph.atoms())
        });
        let moving = (0..narrow(graph.atoms())).map(|atom| problem.moving(atom)).sum::<f64>() / float(graph.atoms());
        let per = |price: f64, unit: f64| if unit > 0.0 { price / unit } else { 0.0 };
        let at_home = |atom: u32| base.home[atom as usize] == state.part(atom);
        let moved_now = match base.part_of {
            Some(_) => {
                (0..narrow(graph.atoms())).filter(|&atom| !at_home(atom)).fold(0.0, |sum, atom| sum + problem.moving(atom))
            }
            None => 0.0,
        };
        Self {
            units: kinds.map(unit).collect(),
            locked_part: base.identity.iter().map(is_locked).collect(),
            travel_price: per(travel, way * usual_load(graph.loads(0))),
            moved_price: if base.part_of.is_some() { per(moved, moving) } else { 0.0 },
            cut_price: per(cut, usual_cost(graph.weights())),
            moved: moved_now,
            moved_of_move: 0.0,
            least_imbalance: f64::INFINITY,
            found: Archive::default(),
            problem,
            base,
            watch,
            locked_atom,
            means,
            power,
            centres,
        }
    }

    pub fn into_found(self) -> Archive {
        self.found
    }

    /// Keeps the present division if it is worth it.
    pub fn keep(&mut self, state: &State<'_>) {
        // A start beyond the cap may only be left, not kept.
        if self.problem.max_moved.is_some_and(|most| self.moved > most * (1.0 + 1e-9) + 1e-9) {
            return;
        }
        let division = state.division();
        let objectives = Objectives::of(self.problem, &division, &self.base.identity);
        if self.found.wants(self.base.parts, &objectives) {
            let identity = self.base.identity.clone();
            self.found.add(Candidate { division, objectives, identity, is_start: false });
        }
    }

    fn change_of_loads(&self, state: &State<'_>, atom: u32, from: u32, to: u32) -> f64 {
        let mut change = 0.0;
        for (kind, (mean, unit)) in self.means.iter().zip(&self.units).enumerate() {
            let load = state.graph().loads(kind)[atom as usize];
            let (here, there) = (state.load(from, kind), state.load(to, kind));
            let power = |load: f64| (load / mean).powi(self.power);
            change += unit * (power(here - load) + power(there + load) - power(here) - power(there));
        }
        change
    }

    fn change_of_moves(&self, atom: u32, from: u32, to: u32) -> f64 {
        let home = self.base.home[atom as usize];
        if self.base.part_of.is_none() || (home != from && home != to) {
            0.0
        } else if home == from {
            self.problem.moving(atom)
        } else {
            -self.problem.moving(atom)
        }
    }

    fn change_of_ways(&self, state: &State<'_>, atom: u32, from: u32, to: u32) -> f64 {
        state.graph().positions().map_or(0.0, |positions| {
            let at = positions[atom as usize];
            let way = |part: u32| distance(at, self.centres[part as usize]);
            state.graph().loads(0)[atom as usize] * (way(to) - way(from))
        })
    }
}

impl Energy for Balance<'_> {
    fn advance(&mut self, state: &State<'_>, progress: f64) {
        if self.travel_price > 0.0 {
            self.centres = centres(state.graph(), state.part_of(), self.base.parts);
        }
        // While it is hot nothing is worth keeping.
        if progress > 0.3 {
            self.keep(state);
        }
    }

    fn change(&mut self, state: &State<'_>, atom: u32, to: u32) -> f64 {
        let from = state.part(atom);
        if self.locked_atom[atom as usize] || self.locked_part[from as usize] || self.locked_part[to as usize] {
            return f64::INFINITY;
        }
        self.moved_of_move = self.change_of_moves(atom, from, to);
        if self.moved_of_move > 0.0 && self.problem.max_moved.is_some_and(|most| self.moved + self.moved_of_move > most + 1e-9)
        {
            return f64::INFINITY;
        }
        let mut energy = self.change_of_loads(state, atom, from, to) + self.moved_price * self.moved_of_move;
        if self.travel_price > 0.0 {
            energy += self.travel_price * self.change_of_ways(state, atom, from, to);
        }
        if self.cut_price > 0.0 {
            energy += self.cut_price * state.cost_of(atom, to);
        }
        energy
    }

    fn moved(&mut self, state: &State<'_>, _: u32, _: u32) -> ControlFlow<()> {
        self.moved += self.moved_of_move;
        let mut imbalance = 0.0_f64;
        for (kind, mean) in self.means.iter().enumerate() {
            for part in 0..narrow(self.base.parts) {
                imbalance = imbalance.max(state.load(part, kind) / mean - 1.0);
            }
        }
        if imbalance < self.least_imbalance - 1e-12 {
            self.least_imbalance = imbalance;
            self.keep(state);
            self.watch.better(imbalance);
        }
        ControlFlow::Continue(())
    }
}
