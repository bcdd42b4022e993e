//! Recombination steps, annealing moves and an exact census, on seeded graphs.
//!
//! The reference for `recom` is `GerryChain` 1.0 (Python) on the same grid: `scripts/districting-reference` times it.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{hint::black_box, ops::ControlFlow};
use wangge::districting::{
    Budget, Division, Graph, Limit, Minimise, Task, TreeKind,
    balance::{Parts, Problem, improve, next_moves},
    census, count, lower_bound,
    recom::Chain,
    solve,
};

/// `side` × `side` atoms of the given loads, joined with their neighbours in the row and the column, 100 m apart.
fn grid(side: u32, load: impl FnMut(u32) -> f64) -> Graph {
    let across = (0..side * side).filter(|atom| atom % side + 1 < side).map(|atom| (atom, atom + 1, 100.0));
    let edges: Vec<_> = across.chain((0..side * (side - 1)).map(|atom| (atom, atom + side, 100.0))).collect();
    let positions = (0..side * side).map(|atom| [f64::from(atom % side) * 100.0, f64::from(atom / side) * 100.0]).collect();
    let loads = (0..side * side).map(load).collect();
    Graph::new(vec![loads], &edges).and_then(|graph| graph.with_positions(positions)).expect("a grid")
}

/// Loads from 1 to 9.
fn uneven(side: u32) -> Graph {
    let mut random = ChaCha8Rng::seed_from_u64(176);
    grid(side, |_| f64::from(random.random_range(1_u8..10)))
}

/// Stripes of equal width.
fn stripes(graph: &Graph, side: u32, parts: u32) -> Division {
    Division::new(graph, (0..side * side).map(|atom| atom % side * parts / side).collect()).expect("stripes")
}

fn recombine(criterion: &mut Criterion) {
    let graph = grid(50, |_| 1.0);
    let start = stripes(&graph, 50, 10);
    let mut group = criterion.benchmark_group("districting/recom/50x50-into-10");
    group.throughput(Throughput::Elements(1));
    for (name, kind) in [("uniform", TreeKind::Uniform), ("random-weights", TreeKind::RandomWeights)] {
        let mut chain = Chain::new(&graph, &start, 237.5, 262.5, kind, 176);
        group.bench_function(name, |bencher| bencher.iter(|| chain.step()));
    }
    group.finish();
}

fn search(criterion: &mut Criterion) {
    let graph = uneven(30);
    let mean = graph.loads(0).iter().sum::<f64>() / 8.0;
    let (lower, upper) = (0.99 * mean, 1.01 * mean);
    let mut group = criterion.benchmark_group("districting/search/30x30-into-8");
    group.sample_size(10).throughput(Throughput::Elements(200_000));
    let budget = Budget { limit: Limit::Steps(200_000), threads: 1, seed: 176 };
    let task = Task {
        graph: &graph,
        parts: 8,
        lower,
        upper,
        minimise: Minimise::CutEdges,
        start: None,
        target: None,
        proof_branches: 0,
    };
    group.bench_function("solve", |bencher| bencher.iter(|| solve(black_box(&task), &budget, &|_| ControlFlow::Continue(()))));
    let start = stripes(&graph, 30, 8);
    let problem = Problem { start: Some(start.clone()), ..Problem::new(graph.clone(), Parts::Fixed(8)) };
    group.bench_function("improve", |bencher| {
        bencher.iter(|| improve(black_box(&problem), &budget, &|_| ControlFlow::Continue(())));
    });
    group.finish();
    criterion.bench_function("districting/next-moves/30x30-into-8", |bencher| {
        bencher.iter(|| next_moves(black_box(&problem), &start, None, 10));
    });
}

fn exact(criterion: &mut Criterion) {
    let small = grid(5, |_| 1.0);
    let mut group = criterion.benchmark_group("districting/exact/5x5-into-3");
    group.sample_size(10);
    group.bench_function("census", |bencher| bencher.iter(|| census(black_box(&small), 3, f64::MAX, &[0.1], u64::MAX)));
    group.bench_function("count", |bencher| bencher.iter(|| count(black_box(&small), 3)));
    group.finish();
    let village = uneven(20);
    criterion.bench_function("districting/bound/400-into-20", |bencher| {
        bencher.iter(|| lower_bound(black_box(village.loads(0)), 20));
    });
}

criterion_group!(benches, recombine, search, exact);
criterion_main!(benches);
