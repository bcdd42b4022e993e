use super::*;
use crate::districting::{
    BoundReason, Budget, Division, Graph, Limit,
    sample::{all_divisions, connected, grid, planar, weighted_grid},
};
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(problem: &Problem, steps: u64, threads: usize, seed: u64) -> Outcome {
    improve(problem, &Budget { limit: Limit::Steps(steps), threads, seed }, &|_| ControlFlow::Continue(())).unwrap()
}

fn stripes(width: u32, height: u32) -> Vec<u32> {
    (0..width * height).map(|atom| atom % width).collect()
}

/// A 6 × 6 grid, heavy in the west, in six columns.
fn lopsided() -> Problem {
    let loads: Vec<f64> = (0..36).map(|atom| f64::from(7 - atom % 6)).collect();
    let graph = weighted_grid(6, 6, &loads);
    let start = Division::new(&graph, stripes(6, 6)).unwrap();
    Problem { start: Some(start), ..Problem::new(graph, Parts::Fixed(6)) }
}

fn figures_hold(problem: &Problem, candidate: &Candidate) -> bool {
    let graph = &problem.graph;
    let Candidate { division, objectives, identity, .. } = candidate;
    let loads = division.part_loads(graph, 0);
    let mean = graph.total(0) / f64::from(u32::try_from(division.parts()).unwrap());
    let imbalance = loads.iter().copied().fold(0.0, f64::max) / mean - 1.0;
    let moved: f64 = problem.start.as_ref().map_or(0.0, |start| {
        let same = |atom: usize| identity[division.part_of()[atom] as usize] == Some(start.part_of()[atom]);
        (0..graph.atoms()).filter(|&atom| !same(atom)).map(|atom| problem.moving.get(atom).copied().unwrap_or(1.0)).sum()
    });
    let mut travel = 0.0;
    for part in 0..division.parts() {
        let members: Vec<usize> = (0..graph.atoms()).filter(|&atom| division.part_of()[atom] as usize == part).collect();
        let load: f64 = members.iter().map(|&atom| graph.loads(0)[atom]).sum();
        let at = |axis: usize| {
            members.iter().map(|&atom| graph.loads(0)[atom] * graph.positions().unwrap()[atom][axis]).sum::<f64>() / load
        };
        let (x, y) = (at(0), at(1));
        let way = |atom: &usize| (graph.positions().unwrap()[*atom][0] - x).hypot(graph.positions().unwrap()[*atom][1] - y);
        travel += members.iter().map(|atom| graph.loads(0)[*atom] * way(atom)).sum::<f64>();
    }
    division.is_connected(graph)
        && (objectives.imbalance - imbalance).abs() < 1e-9
        && (objectives.moved - moved).abs() < 1e-9
        && (objectives.travel - travel).abs() < 1e-6
        && (objectives.cut - division.cut(graph).1).abs() < 1e-9
}

#[test]
fn the_front_is_undominated_true_and_holds_the_start() {
    let problem = lopsided();
    let outcome = run(&problem, 400_000, 2, 1);
    assert!(outcome.front.iter().all(|candidate| figures_hold(&problem, candidate)));
    assert_eq!(outcome.front.iter().filter(|candidate| candidate.is_start).count(), 1);
    for a in &outcome.front {
        let covered = |b: &&Candidate| b.objectives.covers(&a.objectives) && !std::ptr::eq(*b, a);
        assert!(a.is_start || !outcome.front.iter().any(|b| covered(&b)));
    }
    // 162 in six parts are 27 each: the front reaches it, and the bound says that nothing is better.
    let best = &outcome.front[0];
    assert!(best.objectives.imbalance < 1e-9, "{:?}", best.objectives);
    assert!(outcome.gap(best).unwrap() < 1e-9);
    assert!(outcome.front.len() > 5);
    // The curve starts where nothing moves and falls.
    assert!(outcome.curve[0].moved < 1e-9 && outcome.curve[0].imbalance > 0.5);
    assert!(outcome.curve.windows(2).all(|pair| pair[0].moved < pair[1].moved && pair[0].imbalance > pair[1].imbalance));
    for point in &outcome.curve {
        assert!((outcome.front[point.candidate].objectives.imbalance - point.imbalance).abs() < 1e-12);
    }
}

#[test]
fn the_curve_is_that_of_trying_everything() {
    let loads = [5.0, 1.0, 2.0, 4.0, 1.0, 3.0, 6.0, 2.0, 2.0, 1.0, 3.0, 1.0];
    let graph = weighted_grid(4, 3, &loads);
    let start = Division::new(&graph, vec![0, 0, 1, 2, 0, 0, 1, 2, 0, 0, 1, 2]).unwrap();
    let mean = graph.total(0) / 3.0;
    // For each number of moved atoms the best imbalance, over all connected divisions and all ways to name their parts.
    let mut best = vec![f64::INFINITY; 13];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for part_of in all_divisions(&graph, 3) {
        for name in orders {
            let labels: Vec<u32> = part_of.iter().map(|&part| name[part as usize]).collect();
            let moved = labels.iter().zip(start.part_of()).filter(|(a, b)| a != b).count();
            let loads = Division::new(&graph, labels).unwrap().part_loads(&graph, 0);
            best[moved] = best[moved].min(loads.into_iter().fold(0.0, f64::max) / mean - 1.0);
        }
    }
    let mut expected: Vec<(f64, f64)> = Vec::new();
    for (moved, &imbalance) in (0_u32..).zip(&best) {
        if expected.last().is_none_or(|last| imbalance < last.1 - 1e-12) {
            expected.push((f64::from(moved), imbalance));
        }
    }
    let problem = Problem { start: Some(start), ..Problem::new(graph, Parts::Fixed(3)) };
    let outcome = run(&problem, 1_000_000, 2, 3);
    let found: Vec<(f64, f64)> = outcome.curve.iter().map(|point| (point.moved, point.imbalance)).collect();
    assert_eq!(found.len(), expected.len(), "{found:?} {expected:?}");
    assert!(found.iter().zip(&expected).all(|(a, b)| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9));
}

#[test]
fn locks_and_the_cap_on_moves_are_kept() {
    let plain = lopsided();
    let start = plain.start.clone().unwrap();
    let problem = Problem { locked_atoms: vec![0, 7, 35], locked_parts: vec![4], max_moved: Some(5.0), ..plain };
    let outcome = run(&problem, 300_000, 2, 2);
    assert!(outcome.front.len() > 2);
    for candidate in &outcome.front {
        let part_of = candidate.division.part_of();
        assert!(problem.locked_atoms.iter().all(|&atom| part_of[atom as usize] == start.part_of()[atom as usize]));
        assert!((0..36).all(|atom| (part_of[atom] == 4) == (start.part_of()[atom] == 4)));
        assert!(candidate.objectives.moved <= 5.0);
        assert!(figures_hold(&problem, candidate));
    }
    // Five moves do make it better.
    assert!(outcome.curve.last().unwrap().imbalance < outcome.curve[0].imbalance);
}

#[test]
fn the_seed_decides_whatever_the_number_of_threads() {
    let problem = lopsided();
    let front = |threads, seed| run(&problem, 200_000, threads, seed).front;
    assert_eq!(front(1, 4), front(3, 4));
    assert_ne!(front(1, 4), front(1, 5));
}

#[test]
fn parts_may_be_more_or_fewer_than_at_the_start() {
    let problem = Problem { parts: Parts::Range(4, 8), ..lopsided() };
    let outcome = run(&problem, 600_000, 2, 1);
    assert!(outcome.front.iter().all(|candidate| figures_hold(&problem, candidate)));
    for parts in 4..=8 {
        assert!(outcome.front.iter().any(|candidate| candidate.division.parts() == parts), "{parts}");
        assert!(outcome.bounds.iter().any(|(of, _)| *of == parts));
    }
    let new = outcome.front.iter().find(|candidate| candidate.division.parts() == 8).unwrap();
    assert_eq!(new.identity.iter().filter(|name| name.is_none()).count(), 2);
    // Only unlocked parts may be merged or split.
    let locked = Problem { locked_parts: (0..6).collect(), parts: Parts::Fixed(5), ..lopsided() };
    let refused = improve(&locked, &Budget { limit: Limit::Steps(1), threads: 1, seed: 1 }, &|_| ControlFlow::Continue(()));
    assert_eq!(refused.unwrap_err(), ProblemError::Locks { least: 5, most: 5, parts: 6 });
}

#[test]
fn several_loads_are_balanced_together() {
    let first: Vec<f64> = (0..36).map(|atom| f64::from(1 + atom % 6)).collect();
    let second: Vec<f64> = (0..36).map(|atom| f64::from(1 + atom / 6)).collect();
    let plain = grid(6, 6);
    let edges: Vec<_> = plain.edges().iter().map(|&[a, b]| (a, b, 1.0)).collect();
    let graph = Graph::new(vec![first, second], &edges).unwrap();
    let problem = Problem { tolerance: vec![0.05, 0.05], ..Problem::new(graph, Parts::Fixed(4)) };
    let outcome = run(&problem, 1_000_000, 2, 1);
    assert!(outcome.shortfalls.is_empty(), "{:?}", outcome.shortfalls);
    assert!(outcome.front[0].objectives.imbalance <= 0.05);
}

#[test]
fn what_stands_against_the_tolerance_is_said() {
    // Seven equal atoms in three parts: one has three.
    let graph = weighted_grid(7, 1, &[1.0; 7]);
    let problem = Problem { tolerance: vec![0.1], ..Problem::new(graph, Parts::Fixed(3)) };
    let outcome = run(&problem, 30_000, 1, 1);
    assert!(
        matches!(outcome.shortfalls[..], [Shortfall::Bound { reason: BoundReason::SharedPart { atoms: 3 }, parts: 3, .. }]),
        "{:?}",
        outcome.shortfalls
    );
    // Locked in one part, and too dear to move.
    let start = Division::new(&problem.graph, vec![0, 0, 0, 0, 0, 1, 2]).unwrap();
    let locked =
        Problem { start: Some(start.clone()), locked_atoms: vec![0, 1, 2, 3], tolerance: vec![0.3], ..problem.clone() };
    let outcome = run(&locked, 30_000, 1, 1);
    assert!(matches!(outcome.shortfalls[..], [Shortfall::Locked { part: 0, .. }]), "{:?}", outcome.shortfalls);
    let capped = Problem { start: Some(start), max_moved: Some(1.0), tolerance: vec![0.3], ..problem.clone() };
    let outcome = run(&capped, 30_000, 1, 1);
    let [Shortfall::Moves { needed, .. }] = outcome.shortfalls[..] else { panic!("{:?}", outcome.shortfalls) };
    assert!((needed - (5.0 - 7.0 / 3.0 * 1.3)).abs() < 1e-9);
    // Two groups that don't touch: five atoms in one part.
    let edges = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0), (5, 6, 1.0)];
    let apart = Graph::new(vec![vec![1.0; 7]], &edges).unwrap();
    let problem = Problem { tolerance: vec![0.3], ..Problem::new(apart, Parts::Fixed(2)) };
    let outcome = run(&problem, 30_000, 1, 1);
    assert!(
        matches!(outcome.shortfalls[..], [Shortfall::Bound { reason: BoundReason::Component, .. }]),
        "{:?}",
        outcome.shortfalls
    );
    assert!((outcome.front[0].objectives.imbalance - (5.0 / 3.5 - 1.0)).abs() < 1e-9);
}

#[test]
fn problems_that_make_no_sense_are_refused() {
    let plain = lopsided();
    let refusal = |problem: Problem| problem.check().unwrap_err();
    assert!(matches!(refusal(Problem { parts: Parts::Fixed(37), ..plain.clone() }), ProblemError::Parts { .. }));
    assert!(matches!(refusal(Problem { parts: Parts::Range(3, 2), ..plain.clone() }), ProblemError::Parts { .. }));
    assert!(matches!(refusal(Problem { tolerance: vec![0.1, 0.1], ..plain.clone() }), ProblemError::Count { wanted: 1, .. }));
    assert!(matches!(refusal(Problem { moving: vec![f64::NAN; 36], ..plain.clone() }), ProblemError::Value { .. }));
    assert!(matches!(refusal(Problem { locked_atoms: vec![36], ..plain.clone() }), ProblemError::Unknown { value: 36, .. }));
    assert!(matches!(refusal(Problem { start: None, max_moved: Some(1.0), ..plain.clone() }), ProblemError::NoStart { .. }));
    let torn = Division::new(&plain.graph, (0..36).map(|atom| atom % 2).collect()).unwrap();
    assert!(matches!(
        refusal(Problem { start: Some(torn), ..plain.clone() }),
        ProblemError::StartPieces { part: 0, pieces: 3 }
    ));
    let apart = Graph::new(vec![vec![1.0; 3]], &[]).unwrap();
    assert_eq!(refusal(Problem::new(apart, Parts::Fixed(2))), ProblemError::Components { components: 3, most: 2 });
}

#[test]
fn many_villages_are_improved_together() {
    let problems: Vec<Problem> = (0..6).map(|seed| Problem::new(planar(8, 6, seed), Parts::Fixed(5))).collect();
    let budget = Budget { limit: Limit::Steps(60_000), threads: 2, seed: 1 };
    let outcomes = improve_all(&problems, &budget, &|_, _| ControlFlow::Continue(()));
    for (problem, outcome) in problems.iter().zip(outcomes) {
        let alone = run(problem, 60_000, 1, 1);
        assert_eq!(outcome.unwrap().front, alone.front);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn moves_cost_what_they_say(seed in 0_u64..1000, tree in any::<bool>()) {
        let graph = if tree { connected(30, 8, seed) } else { planar(6, 5, seed) };
        let graph = if tree {
            let positions = (0..30).map(|atom| [f64::from(atom % 7), f64::from(atom / 7)]).collect();
            graph.with_positions(positions).unwrap()
        } else {
            graph
        };
        let base = run(&Problem::new(graph.clone(), Parts::Fixed(4)), 20_000, 1, seed);
        let start = base.front[0].division.clone();
        let problem = Problem {
            start: Some(start.clone()),
            moving: (0..30).map(|atom| f64::from(1 + atom % 3)).collect(),
            locked_atoms: vec![3],
            ..Problem::new(graph, Parts::Fixed(4))
        };
        let moves = next_moves(&problem, &start, None, usize::MAX);
        for it in &moves {
            prop_assert!(!it.atoms.contains(&3));
            let mut part_of = start.part_of().to_vec();
            for &atom in &it.atoms {
                prop_assert_eq!(part_of[atom as usize], it.from);
                part_of[atom as usize] = it.to;
            }
            let division = Division::new(&problem.graph, part_of).unwrap();
            let candidate = Candidate { division, objectives: it.after, identity: (0..4).map(Some).collect(), is_start: false };
            prop_assert!(figures_hold(&problem, &candidate), "{it:?}");
        }
        // Every single atom that may move alone is there.
        for (atom, part) in (0..30_u32).zip(start.part_of()) {
            for arc in problem.graph.arcs(atom) {
                let to = start.part_of()[arc.to as usize];
                let mut part_of = start.part_of().to_vec();
                part_of[atom as usize] = to;
                let allowed = to != *part && atom != 3 && Division::new(&problem.graph, part_of).is_ok_and(|division| division.parts() == 4 && division.is_connected(&problem.graph));
                let listed = moves.iter().any(|it| it.atoms == [atom] && it.to == to);
                prop_assert_eq!(allowed, listed, "{} to {}", atom, to);
            }
        }
        let few = next_moves(&problem, &start, None, 3);
        prop_assert_eq!(&few[..], &moves[..few.len()]);
    }
}

#[test]
fn atoms_that_hang_on_another_go_along() {
    // A row of twelve with a twig of two at its fourth atom: 0 … 11, 3 – 12 – 13.
    let mut edges: Vec<_> = (0..11).map(|atom| (atom, atom + 1, 1.0)).collect();
    edges.extend([(2, 12, 1.0), (12, 13, 1.0)]);
    let graph = Graph::new(vec![vec![1.0; 14]], &edges).unwrap();
    let start = Division::new(&graph, (0..14).map(|atom| u32::from(atom < 2)).collect()).unwrap();
    let problem = Problem { start: Some(start.clone()), ..Problem::new(graph, Parts::Fixed(2)) };
    let moves = next_moves(&problem, &start, None, 10);
    let with_twig = moves.iter().find(|it| it.to == 1).unwrap();
    assert_eq!((&with_twig.atoms[..], with_twig.delta.moved), (&[2, 12, 13][..], 3.0));
}

#[test]
fn where_nothing_can_move_the_search_ends() {
    let apart = Graph::new(vec![vec![1.0, 2.0, 3.0]], &[(0, 1, 1.0)]).unwrap();
    for (graph, parts) in [(apart, 2), (grid(3, 3), 1), (grid(2, 2), 4)] {
        let outcome = run(&Problem::new(graph, Parts::Fixed(parts)), u64::from(u32::MAX), 1, 1);
        assert_eq!(outcome.front.len(), 1);
    }
}
