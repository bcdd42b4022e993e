//! From an edit to all figures: what a planner waits for, beside the full answer made anew.
//!
//! `cargo bench --bench plan` prints, for each size, the 50th and 95th percentile and the largest of the times from an edit to all
//! figures (done, undone, done again …), and the time of the full answer. `-- --quick` takes the small size only.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a bench are small"
)]

use geo::{Coord, LineString, MultiPolygon, Polygon};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};
use wangge::{
    analytics::stats::Observation,
    geometry::{LonLat, area_m2},
    partition::Edit,
    people::Role,
    place::{Boundary, Id, Level},
    plan::{Body, Desk, Duty, Evidence, Happening, History, Home, Operation},
};

/// Vertices that each edge of a grid has between its corners.
const BENDS: usize = 12;
/// Side of a grid, degrees.
const SIDE: f64 = 0.01;
/// Grids in a row of a village.
const VILLAGE: usize = 10;

/// A square lattice of grids with wiggly borders, ten by ten to a village.
struct Lattice {
    side: usize,
    seed: u64,
}

fn corner(x: usize, y: usize) -> Coord {
    Coord { x: 100.0 + x as f64 * SIDE, y: 20.0 + y as f64 * SIDE }
}

impl Lattice {
    /// The edge from a corner to the next one, `0` eastwards or `1` northwards; the same from both sides.
    fn edge(&self, x: usize, y: usize, way: usize) -> Vec<Coord> {
        let (from, to) = (corner(x, y), if way == 0 { corner(x + 1, y) } else { corner(x, y + 1) });
        let mut dice = ChaCha8Rng::seed_from_u64(self.seed ^ ((x as u64) << 32 | (y as u64) << 2 | way as u64));
        let mut line = vec![from];
        for bend in 1..=BENDS {
            let t = bend as f64 / (BENDS + 1) as f64;
            // Near corners so little that the edges that meet there do not cross.
            let off = dice.random_range(-1.0..1.0) * 0.4 * t.min(1.0 - t).min(0.25) * SIDE;
            let at = from + (to - from) * t;
            line.push(if way == 0 { Coord { x: at.x, y: at.y + off } } else { Coord { x: at.x + off, y: at.y } });
        }
        line.push(to);
        line
    }

    /// The ring around grids `x..x + n`, `y..y + n`.
    fn ring(&self, x: usize, y: usize, n: usize) -> MultiPolygon {
        let mut ring = Vec::new();
        (0..n).for_each(|i| ring.extend(self.edge(x + i, y, 0)));
        (0..n).for_each(|i| ring.extend(self.edge(x + n, y + i, 1)));
        (0..n).rev().for_each(|i| ring.extend(self.edge(x + i, y + n, 0).into_iter().rev()));
        (0..n).rev().for_each(|i| ring.extend(self.edge(x, y + i, 1).into_iter().rev()));
        ring.dedup();
        MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])])
    }

    fn boundaries(&self) -> Vec<Boundary> {
        let place = |level: Level, x: usize, y: usize, n: usize, parent: Option<Id>| {
            let shape = self.ring(x, y, n);
            let id = Id::derived("lattice", &format!("{level} {x} {y}"));
            let area_m2 = area_m2(&shape);
            Boundary {
                id,
                level,
                parent,
                code: None,
                name: format!("{x}-{y}"),
                aliases: Vec::new(),
                kind: None,
                shape,
                area_m2,
            }
        };
        let mut all = Vec::new();
        for (x, y) in (0..self.side).step_by(VILLAGE).flat_map(|x| (0..self.side).step_by(VILLAGE).map(move |y| (x, y))) {
            all.push(place(Level::Village, x, y, VILLAGE, None));
        }
        for (x, y) in (0..self.side).flat_map(|x| (0..self.side).map(move |y| (x, y))) {
            let village = format!("{} {} {}", Level::Village, x - x % VILLAGE, y - y % VILLAGE);
            all.push(place(Level::Grid, x, y, 1, Some(Id::derived("lattice", &village))));
        }
        all
    }

    fn evidence(&self, households: usize) -> Evidence {
        let mut dice = ChaCha8Rng::seed_from_u64(self.seed);
        let reach = self.side as f64 * SIDE;
        let mut at = || LonLat::from_degrees(100.0 + dice.random_range(0.0..reach), 20.0 + dice.random_range(0.0..reach)).ok();
        let homes: Vec<Home> = (0..households)
            .map(|i| Home {
                id: Id::derived("home", &i.to_string()),
                at: at(),
                persons: 1 + i as u32 % 6,
                visits: i as u32 % 13,
                in_reach: i % 3 > 0,
            })
            .collect();
        let happenings = (0..households)
            .map(|i| (at(), Happening::Report { weight: 1.0, duration: Some(Observation::new(i as i64 * 1000, i % 5 > 0)) }))
            .collect();
        let mut duties: HashMap<Id, Vec<Duty>> = HashMap::new();
        for (x, y) in (0..self.side).flat_map(|x| (0..self.side).map(move |y| (x, y))) {
            let person = Id::derived("person", &format!("{x} {y}"));
            let duty = Duty { person, role: Role::Leader, from: 0, to: 365, today: true };
            duties.insert(Id::derived("lattice", &format!("{} {x} {y}", Level::Grid)), vec![duty]);
        }
        let keys = (0..).zip(&homes).map(|(i, home)| (home.id, (i, i.to_string()))).collect();
        Evidence { homes, happenings, duties, days: 365, barriers: Vec::new(), keys }
    }
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share).round() as usize]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn measure(side: usize, households: usize, edits: usize) {
    let lattice = Lattice { side, seed: 7 };
    let boundaries = lattice.boundaries();
    let evidence = Arc::new(lattice.evidence(households));
    let began = Instant::now();
    let borrowed: Vec<&Boundary> = boundaries.iter().collect();
    let (mut desk, mended) = Desk::open(History::new("", 1, "bench"), &borrowed, evidence, Vec::new()).expect("a lattice");
    assert!(mended.is_empty());
    let opened = began.elapsed();
    let mut dice = ChaCha8Rng::seed_from_u64(11);
    let mut by_kind: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for number in 0..edits {
        let (x, y) = (dice.random_range(1..side - 1), dice.random_range(1..side - 1));
        let grid = |x: usize, y: usize| Id::derived("lattice", &format!("{} {x} {y}", Level::Grid));
        let (kind, operation) = if number % 2 == 0 {
            let line = lattice.edge(x, y, 1);
            let at = line[1 + dice.random_range(0..BENDS)];
            let to = [at.x + dice.random_range(-0.05..0.05) * SIDE, at.y + dice.random_range(-0.02..0.02) * SIDE];
            let edit = Edit::MoveVertex { from: [at.x, at.y], to, outer: false };
            ("vertex", Operation::Redraw { edits: vec![edit], places: BTreeMap::new() })
        } else {
            let (from, to) = (grid(x, y), grid(if x % VILLAGE == VILLAGE - 1 { x - 1 } else { x + 1 }, y));
            let homes = desk.live().evidence().homes.iter().zip(desk.live().homes().1);
            let some: Vec<Id> = homes.filter(|(_, of)| **of == Some(from)).map(|(home, _)| home.id).take(2).collect();
            let began = Instant::now();
            let Ok(operation) = desk.flip(&some, to) else { continue };
            by_kind.entry("cells").or_default().push(began.elapsed());
            ("flip", operation)
        };
        let began = Instant::now();
        let Ok(outcome) = desk.try_out("bench", &Body::Operate(operation.clone())) else { continue };
        by_kind.entry(kind).or_default().push(began.elapsed());
        std::hint::black_box(outcome);
        desk.restore().expect("undone");
    }
    let began = Instant::now();
    let anew = desk.live().anew(desk.draft());
    let full = began.elapsed();
    assert_eq!(desk.live().figures(), anew.figures());
    println!(
        "plan/{} grids/{households} households: opened in {:.0} ms, all figures anew in {:.1} ms",
        side * side,
        ms(opened),
        ms(full)
    );
    for (kind, times) in &mut by_kind {
        let (p50, p95, most) = (percentile(times, 0.5), percentile(times, 0.95), percentile(times, 1.0));
        println!("  {kind:8} n {:4}  p50 {:8.3} ms  p95 {:8.3} ms  max {:8.3} ms", times.len(), ms(p50), ms(p95), ms(most));
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo bench` says so; `cargo test --benches` only wants to see it run.
    if !arguments.iter().any(|it| it == "--bench") {
        println!("Testing plan");
        measure(10, 500, 20);
        println!("Success");
        return;
    }
    measure(30, 100_000, 400);
    if !arguments.iter().any(|it| it == "--quick") {
        measure(320, 300_000, 200);
    }
}
