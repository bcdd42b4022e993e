//! Why a tolerance cannot be met.

use super::problem::Problem;
use crate::districting::{
    Bound, BoundReason, Graph,
    bound::{lower_bound, quotas},
    graph::float,
};

/// A bound that stands against the tolerance. Loads are numbered by their kind.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Shortfall {
    #[error(
        "load {kind}: with {parts} parts some part weighs at least {max_load}, {excess:.1} % above the mean ({reason}); {allowed:.1} % are allowed"
    )]
    Bound { kind: usize, parts: usize, max_load: f64, excess: f64, allowed: f64, reason: BoundReason },
    #[error("load {kind}: the locked atoms of part {part} weigh {load}, more than the {upper} that a part may have")]
    Locked { kind: usize, part: u32, load: f64, upper: f64 },
    #[error("load {kind}: bringing all parts down to {upper} costs moves of at least {needed}; {allowed} are allowed")]
    Moves { kind: usize, upper: f64, needed: f64, allowed: f64 },
    #[error(
        "the best plan found exceeds the mean of load {kind} by {found:.1} %; {allowed:.1} % are allowed, and no bound forbids it: search longer"
    )]
    NotFound { kind: usize, found: f64, allowed: f64 },
}

/// A bound on the heaviest part of that load in any division into `parts` connected parts: from the loads, and from the
/// components, which share no part.
pub(super) fn graph_bound(graph: &Graph, kind: usize, parts: usize) -> Bound {
    let mut bound = lower_bound(graph.loads(kind), parts);
    let (component, count) = graph.components();
    if count < 2 {
        return bound;
    }
    let mut sums = vec![0.0; count];
    for (&component, load) in component.iter().zip(graph.loads(kind)) {
        sums[component as usize] += load;
    }
    // The quotas make the largest mean as small as can be where there is one load; with several they would weigh these up.
    let one_kind = Graph::new(vec![graph.loads(kind).to_vec()], &[]);
    if let Some(quota) = one_kind.ok().and_then(|one_kind| quotas(&one_kind, &component, count, parts)) {
        let max_load = sums.iter().zip(quota).map(|(sum, parts)| sum / float(parts)).fold(0.0, f64::max);
        if max_load > bound.max_load * (1.0 + 1e-12) {
            bound = Bound { max_load, reason: BoundReason::Component, ..bound };
        }
    }
    bound
}

/// All that stands against the problem's tolerance with so many parts.
pub(super) fn shortfalls(problem: &Problem, parts: usize) -> Vec<Shortfall> {
    let mut found = Vec::new();
    for (kind, &tolerance) in problem.tolerance.iter().enumerate() {
        let bound = graph_bound(&problem.graph, kind, parts);
        let upper = bound.mean * (1.0 + tolerance);
        if bound.max_load > upper * (1.0 + 1e-9) {
            found.push(Shortfall::Bound {
                kind,
                parts,
                max_load: bound.max_load,
                excess: 100.0 * bound.excess(),
                allowed: 100.0 * tolerance,
                reason: bound.reason,
            });
        }
        found.extend(locked(problem, kind, upper));
        found.extend(moves(problem, kind, upper));
    }
    found
}

/// Parts whose locked atoms alone are too heavy.
fn locked(problem: &Problem, kind: usize, upper: f64) -> Vec<Shortfall> {
    let Some(start) = &problem.start else { return Vec::new() };
    let mut loads = vec![0.0; start.parts()];
    let mut counted = vec![false; problem.graph.atoms()];
    let of_locked_parts = (0..problem.graph.atoms()).filter(|&atom| problem.locked_parts.contains(&start.part_of()[atom]));
    for atom in problem.locked_atoms.iter().map(|&atom| atom as usize).chain(of_locked_parts) {
        if !std::mem::replace(&mut counted[atom], true) {
            loads[start.part_of()[atom] as usize] += problem.graph.loads(kind)[atom];
        }
    }
    (0..)
        .zip(loads)
        .filter(|(_, load)| *load > upper * (1.0 + 1e-9))
        .map(|(part, load)| Shortfall::Locked { kind, part, load, upper })
        .collect()
}

/// What has to leave each part that is too heavy costs at least what the cheapest atoms by load cost, taken in fractions.
fn moves(problem: &Problem, kind: usize, upper: f64) -> Option<Shortfall> {
    let (start, allowed) = problem.start.as_ref().zip(problem.max_moved)?;
    let mut by_price: Vec<(f64, f64, u32)> = (0..)
        .zip(problem.graph.loads(kind))
        .filter(|(_, load)| **load > 0.0)
        .map(|(atom, &load)| (problem.moving(atom) / load, load, start.part_of()[atom as usize]))
        .collect();
    by_price.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut excess: Vec<f64> = start.part_loads(&problem.graph, kind).into_iter().map(|load| (load - upper).max(0.0)).collect();
    let mut needed = 0.0;
    for (price, load, part) in by_price {
        let taken = load.min(excess[part as usize]);
        excess[part as usize] -= taken;
        needed += taken * price;
    }
    (needed > allowed * (1.0 + 1e-9) + 1e-9).then_some(Shortfall::Moves { kind, upper, needed, allowed })
}
