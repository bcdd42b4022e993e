//! Analytics on seeded frames: figures by grid and month, beside a plain loop over the same records that gives the same numbers.
//!
//! `WANGGE_BENCH_ROWS` sets the number of cases and visits (1,000,000 if not set).

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, HashMap},
    hint::black_box,
};
use wangge::{
    analytics::{
        By, Period, Query,
        coverage::visit_rate,
        frames::{self, CaseRow, HouseholdRow, Placed, Stages, VisitRow},
        response::{Stage, durations},
    },
    case::WorkCalendar,
    round::Outcome,
};

const GRIDS: u32 = 176;
const SEED: u64 = 20_261_012;
/// Shanghai's offset from UTC in all the months of the bench.
const OFFSET: TimeDelta = TimeDelta::hours(8);

type Group = (u32, (i32, u32));

fn rows() -> u32 {
    std::env::var("WANGGE_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000)
}

fn start() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2024, 11, 1).and_then(|day| day.and_hms_opt(0, 0, 0)).unwrap_or_default().and_utc() - OFFSET
}

fn query() -> Query {
    let as_of = start() + TimeDelta::days(730);
    Query { by: By::Grid, period: Period::Month, ..Query::whole(chrono_tz::Asia::Shanghai, as_of) }
}

fn in_grid(grid: u32) -> Placed {
    Placed { grid: Some(grid), ..Placed::default() }
}

/// Submitted over two years, closed after 1 minute to 20 days, one in twenty still open.
fn cases(rows: u32) -> Vec<CaseRow> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let case = |case| {
        let submitted_at = start() + TimeDelta::seconds(random.random_range(0..730 * 86_400));
        let closed_at = submitted_at + TimeDelta::minutes(random.random_range(1..20 * 1440));
        let closed_at = random.random_bool(0.95).then_some(closed_at);
        let stages = Stages { submitted_at, closed_at, ..Stages::default() };
        let at = in_grid(random.random_range(0..GRIDS));
        CaseRow { case, kind: 0, category: 1, at, worker: None, stages, due_at: None }
    };
    (0..rows).map(case).collect()
}

/// One visit or attempt in twenty for each household and month, on the average.
fn households_and_visits(visits: u32) -> (Vec<HouseholdRow>, Vec<VisitRow>) {
    let households = (visits / 20).max(GRIDS);
    let homes = (0..households)
        .map(|household| HouseholdRow {
            household,
            at: in_grid(household % GRIDS),
            lived_in_from: NaiveDate::default(),
            lived_in_to: None,
        })
        .collect();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let visit = |_| VisitRow {
        household: random.random_range(0..households),
        place: Placed::default(),
        worker: None,
        at: start() + TimeDelta::seconds(random.random_range(0..730 * 86_400)),
        outcome: if random.random_bool(0.8) { Outcome::Visited } else { Outcome::Absent },
    };
    (homes, (0..visits).map(visit).collect())
}

/// Kaplan–Meier medians in ms by the textbook: each group's product, each factor by counting who is at risk.
fn plain_medians(cases: &[CaseRow], as_of: DateTime<Utc>) -> BTreeMap<Group, Option<i64>> {
    let mut groups: HashMap<Group, Vec<(i64, bool)>> = HashMap::new();
    for case in cases.iter().filter(|case| case.stages.submitted_at <= as_of) {
        let local = case.stages.submitted_at + OFFSET;
        let closed = case.stages.closed_at.filter(|closed| *closed <= as_of);
        let length = (closed.unwrap_or(as_of) - case.stages.submitted_at).num_milliseconds();
        let group = (case.at.grid.unwrap_or_default(), (local.year(), local.month()));
        groups.entry(group).or_default().push((length, closed.is_some()));
    }
    groups.into_iter().map(|(group, lengths)| (group, plain_median(&lengths))).collect()
}

fn plain_median(lengths: &[(i64, bool)]) -> Option<i64> {
    let mut times: Vec<i64> = lengths.iter().filter(|it| it.1).map(|it| it.0).collect();
    times.sort_unstable();
    times.dedup();
    let count = |of: &dyn Fn(&(i64, bool)) -> bool| {
        let counted = lengths.iter().filter(|it| of(it)).count();
        f64::from(u32::try_from(counted).unwrap_or(u32::MAX))
    };
    let mut survival = 1.0;
    times.into_iter().find(|&time| {
        survival *= 1.0 - count(&|it| it.0 == time && it.1) / count(&|it| it.0 >= time);
        survival <= 0.5 + 1e-9
    })
}

/// Visited and eligible households by grid and month, in one pass over hash maps.
fn plain_coverage(homes: &[HouseholdRow], visits: &[VisitRow]) -> BTreeMap<Group, (u32, u32)> {
    let mut visited: HashMap<(u32, (i32, u32)), bool> = HashMap::new();
    for visit in visits {
        let local = visit.at + OFFSET;
        if local.day() >= 12 {
            *visited.entry((visit.household, (local.year(), local.month()))).or_default() |= visit.outcome == Outcome::Visited;
        }
    }
    let mut rates: BTreeMap<Group, (u32, u32)> = BTreeMap::new();
    for month in 0..24 {
        let date = start() + OFFSET + chrono::Months::new(month);
        let month = (date.year(), date.month());
        for home in homes {
            let rate = rates.entry((home.at.grid.unwrap_or_default(), month)).or_default();
            rate.0 += u32::from(visited.get(&(home.household, month)).copied().unwrap_or_default());
            rate.1 += 1;
        }
    }
    rates
}

fn response(c: &mut Criterion) {
    let (rows, query) = (rows(), query());
    let cases = cases(rows);
    let (frame, pauses) = (frames::cases(&cases).expect("frame"), frames::pauses(&cases).expect("frame"));
    let calendar = WorkCalendar::china().expect("calendar");
    let ours = || durations(&frame, &pauses, Stage::SubmitToClose, &query, &calendar).expect("figures");
    assert_eq!(ours().height(), plain_medians(&cases, query.as_of).len(), "both have the same groups");
    let mut group = c.benchmark_group("response/seeded");
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("frames", rows), |b| b.iter(|| black_box(ours())));
    group.bench_function(BenchmarkId::new("plain", rows), |b| b.iter(|| black_box(plain_medians(&cases, query.as_of))));
    group.finish();
}

fn coverage(c: &mut Criterion) {
    let (rows, query) = (rows(), query());
    let (homes, visits) = households_and_visits(rows);
    let posts = frames::posts(&[]).expect("frame");
    let (home_frame, visit_frame) = (frames::households(&homes).expect("frame"), frames::visits(&visits).expect("frame"));
    let ours = || visit_rate(&home_frame, &visit_frame, &posts, &query).expect("figures");
    assert_eq!(ours().height(), plain_coverage(&homes, &visits).len(), "both have the same groups");
    let mut group = c.benchmark_group("coverage/seeded");
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("frames", rows), |b| b.iter(|| black_box(ours())));
    group.bench_function(BenchmarkId::new("plain", rows), |b| b.iter(|| black_box(plain_coverage(&homes, &visits))));
    group.finish();
}

criterion_group!(analytics, response, coverage);
criterion_main!(analytics);
