//! `store/import`: ten thousand reports with their events, one transaction, on each store. `store/page`: reading them back.
//!
//! PostGIS runs where `WANGGE_TEST_DATABASE_URL` names a database to make tables in.

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use wangge::{
    case::{Case, CaseEvent, CaseText, REPORT, State},
    geometry::LonLat,
    place::{CodeScheme, Id},
    store::{AreaSettings, CaseFilter, Store, Target},
};

const REPORTS: u32 = 10_000;

fn reports() -> (Vec<(Case, Option<CaseText>)>, Vec<CaseEvent>) {
    let start: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(19_700);
    let case = |i: u32| Case {
        id: Id::derived("report", &i.to_string()),
        kind: REPORT.to_owned(),
        source: format!("R{i:06}"),
        category: "路灯".to_owned(),
        channel: Some("qr".to_owned()),
        location: LonLat::from_degrees(110.5 + f64::from(i % 100) / 1e3, 29.3 + f64::from(i / 100) / 1e3).ok(),
        submitted_at: start + TimeDelta::minutes(i64::from(i)),
        state: State::Closed,
        stated: None,
        closed_at: Some(start + TimeDelta::minutes(i64::from(i) + 600)),
        label: None,
        placement: None,
        now: None,
    };
    let text = || Some(CaseText { text: Some("门口的路灯不亮了".to_owned()), ..CaseText::default() });
    let cases: Vec<_> = (0..REPORTS).map(|i| (case(i), text())).collect();
    let stages = [State::Submitted, State::Dispatched, State::Handled, State::Closed];
    let event = |case: &Case, (transition, i): (State, i64)| CaseEvent {
        case: case.id,
        transition,
        at: case.submitted_at + TimeDelta::minutes(200 * i),
        actor: None,
        version: Some(1),
    };
    let events = cases.iter().flat_map(|(case, _)| stages.into_iter().zip(0..).map(move |stage| event(case, stage))).collect();
    (cases, events)
}

/// An area of its own for each import, so that all of them insert.
async fn open(target: &Target) -> Store {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let key = format!("bench-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let store = Store::open(target, Some(&key)).await.expect("the store opens");
    let settings = AreaSettings {
        key,
        name: "bench".to_owned(),
        zone: chrono_tz::Asia::Shanghai,
        code_scheme: CodeScheme::Free,
        synthetic: true,
    };
    let founded = store.write_area(&settings).await.expect("a transaction");
    founded.commit().await.expect("the area is written");
    store
}

async fn import(store: &Store, cases: &[(Case, Option<CaseText>)], events: &[CaseEvent]) -> Duration {
    let started = Instant::now();
    let mut writer = store.write().await.expect("a transaction");
    let written = writer.upsert_cases(cases).await.expect("cases").written;
    writer.append_events(events).await.expect("events");
    writer.commit().await.expect("committed");
    assert_eq!(written.inserted + written.unchanged, cases.len());
    started.elapsed()
}

async fn read(store: &Store) -> usize {
    let (mut count, mut after) = (0, None);
    loop {
        let page = store.cases(&CaseFilter::default(), after.as_ref(), 2_000).await.expect("a page");
        count += page.rows.len();
        after = page.next;
        if after.is_none() {
            return count;
        }
    }
}

fn store(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let directory = tempfile::tempdir().expect("a directory");
    let mut targets = vec![("geopackage", Target::Directory(directory.path().to_owned()))];
    if let Ok(url) = std::env::var("WANGGE_TEST_DATABASE_URL") {
        targets.push(("postgis", Target::Postgres(url)));
    }
    let (cases, events) = reports();
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10);
    for (name, target) in &targets {
        group.bench_function(format!("import/reports/10k/{name}"), |bencher| {
            bencher.iter_custom(|iterations| {
                let once = async || {
                    let store = open(target).await;
                    let elapsed = import(&store, &cases, &events).await;
                    store.close().await;
                    elapsed
                };
                (0..iterations).map(|_| runtime.block_on(once())).sum()
            });
        });
        let store = runtime.block_on(open(target));
        runtime.block_on(import(&store, &cases, &events));
        group.bench_function(format!("import/reports/10k-unchanged/{name}"), |bencher| {
            bencher.iter(|| runtime.block_on(import(&store, &cases, &events)));
        });
        group.bench_function(format!("page/reports/10k/{name}"), |bencher| {
            bencher.iter(|| assert_eq!(runtime.block_on(read(&store)), cases.len()));
        });
    }
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);
