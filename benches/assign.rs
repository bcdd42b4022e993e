//! Points to grids: the index beside R-tree boxes with `geo`'s `contains`, on the same seeded polygons and points.
//!
//! 176 polygons of 512 vertices each, a tessellation with natural-looking borders; all systems use all cores.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geo::{BoundingRect, Contains, Coord, LineString, MultiPolygon, Polygon};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};
use std::{collections::HashMap, hint::black_box};
use wangge::{
    assign::{Assigner, DEFAULT_TOLERANCE_M},
    geometry::LonLat,
};

const COLUMNS: i32 = 16;
const ROWS: i32 = 11;
/// Degrees; 16 × 11 cells on about 140 km².
const CELL: f64 = 0.0085;
const WEST: f64 = 110.48;
const SOUTH: f64 = 29.30;
const POINTS: usize = 100_000;

type Corner = (i32, i32);

/// Borders by midpoint displacement, seven times halved; both cells take the same vertices.
fn tessellation(random: &mut ChaCha8Rng) -> Vec<MultiPolygon> {
    let mut corners: HashMap<Corner, Coord> = HashMap::new();
    for x in 0..=COLUMNS {
        for y in 0..=ROWS {
            let mut shift = || random.random_range(-0.2..0.2);
            let at = Coord { x: WEST + (f64::from(x) + shift()) * CELL, y: SOUTH + (f64::from(y) + shift()) * CELL };
            corners.insert((x, y), at);
        }
    }
    let mut borders: HashMap<(Corner, Corner), Vec<Coord>> = HashMap::new();
    for x in 0..=COLUMNS {
        for y in 0..=ROWS {
            for to in [(x + 1, y), (x, y + 1)] {
                if let Some(&end) = corners.get(&to) {
                    borders.insert(((x, y), to), wiggly(corners[&(x, y)], end, random));
                }
            }
        }
    }
    let border = |from: Corner, to: Corner| {
        let mut line = borders[&(from.min(to), from.max(to))].clone();
        if from > to {
            line.reverse();
        }
        line
    };
    let cell = |x: i32, y: i32| {
        let round = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)];
        let mut ring: Vec<Coord> = round.windows(2).flat_map(|pair| border(pair[0], pair[1])).collect();
        ring.dedup();
        MultiPolygon(vec![Polygon::new(LineString(ring), vec![])])
    };
    (0..ROWS).flat_map(|y| (0..COLUMNS).map(move |x| (x, y))).map(|(x, y)| cell(x, y)).collect()
}

fn wiggly(from: Coord, to: Coord, random: &mut ChaCha8Rng) -> Vec<Coord> {
    let mut line = vec![from, to];
    for _ in 0..7 {
        let mut finer = vec![from];
        for pair in line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let off = random.random_range(-0.12..0.12);
            let middle =
                Coord { x: f64::midpoint(a.x, b.x) - off * (b.y - a.y), y: f64::midpoint(a.y, b.y) + off * (b.x - a.x) };
            finer.extend([middle, b]);
        }
        line = finer;
    }
    line
}

fn uniform(random: &mut ChaCha8Rng) -> Vec<Option<LonLat>> {
    let mut point = || {
        let lon = WEST + random.random_range(0.0..f64::from(COLUMNS)) * CELL;
        let lat = SOUTH + random.random_range(0.0..f64::from(ROWS)) * CELL;
        LonLat::from_degrees(lon, lat).ok()
    };
    (0..POINTS).map(|_| point()).collect()
}

fn assign(criterion: &mut Criterion) {
    let mut random = ChaCha8Rng::seed_from_u64(176);
    let shapes = tessellation(&mut random);
    let points = uniform(&mut random);
    let mut group = criterion.benchmark_group("assign/uniform/100k");
    group.sample_size(10).throughput(Throughput::Elements(POINTS as u64));

    let assigner = Assigner::new(shapes.clone());
    // Everything an assignment says: candidates, grid, distance to the border, status.
    group.bench_function("rtree", |bencher| bencher.iter(|| assigner.assign_all(black_box(&points), DEFAULT_TOLERANCE_M)));
    // Which polygons contain the point, and no more: what the reference does.
    let index = assigner.index();
    group.bench_function("rtree-containment", |bencher| {
        let containing = |point: &Option<LonLat>| point.map(|point| index.containing(point));
        bencher.iter(|| black_box(&points).par_iter().map(containing).collect::<Vec<_>>());
    });

    let boxes = shapes.iter().enumerate().filter_map(|(i, shape)| {
        let rect = shape.bounding_rect()?;
        Some(GeomWithData::new(Rectangle::from_corners(rect.min().x_y().into(), rect.max().x_y().into()), i))
    });
    let tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>> = RTree::bulk_load(boxes.collect());
    group.bench_function("geo-contains", |bencher| {
        let containing = |point: &Option<LonLat>| {
            let point = point.as_ref()?.to_point();
            let near = tree.locate_in_envelope_intersecting(AABB::from_point([point.x(), point.y()]));
            Some(near.map(|near| near.data).filter(|&i| shapes[i].contains(&point)).collect::<Vec<_>>())
        };
        bencher.iter(|| black_box(&points).par_iter().map(containing).collect::<Vec<_>>());
    });
    group.finish();
}

criterion_group!(benches, assign);
criterion_main!(benches);
