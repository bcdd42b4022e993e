//! Files of boundaries as versions: from when they hold, what they retire, what comes back.

use crate::{
    import_support::{TINY, load, load_all, options},
    store_support::Fixture,
};
use std::collections::{BTreeMap, HashSet};
use wangge::{
    disclosure::Viewer,
    intake::Problem,
    layer::Layer,
    place::{Id, Level},
    service::{FigureQuery, ImportError, PublishedLevel, Service},
    store::{CaseFilter, Store},
};

async fn open(fixture: &Fixture) -> std::sync::Arc<Service> {
    Service::open(fixture.target.clone(), None).await.unwrap()
}

/// Version and grid of each report.
async fn placements(store: &Store) -> BTreeMap<String, (i64, Option<Id>)> {
    let cases = store.cases(&CaseFilter::default(), None, 10_000).await.unwrap().rows;
    let placed = cases.into_iter().filter(|case| case.location.is_some());
    placed.map(|case| (case.source, case.placement.map(|it| (it.version, it.grid)).unwrap())).collect()
}

async fn grids(store: &Store) -> BTreeMap<String, Id> {
    let version = store.versions().await.unwrap().last().unwrap().number;
    let grids = store.boundaries(Level::Grid, version).await.unwrap();
    grids.into_iter().map(|grid| (grid.code.unwrap().to_string(), grid.id)).collect()
}

/// Each level is a version of its own, all from the same day, and the reports are older: they lie in grids all the same, in
/// whatever order the files come.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_the_boundaries_lies_in_the_first_whole_set() {
    let boundaries = [Layer::Villages, Layer::Grids, Layer::MicroGrids];
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        let import = async |layer| {
            let mut import = options(layer, &TINY.path(layer));
            import.valid_from = None;
            service.import(import).await.unwrap();
        };
        import(boundaries[0]).await;
        load(&service, &TINY, Layer::Reports).await;
        for layer in [boundaries[1], boundaries[2]] {
            import(layer).await;
        }
        let store = fixture.another().await;
        let before = placements(&store).await;
        check(&before);

        let other = Fixture::geopackage().await;
        let service = open(&other).await;
        for layer in boundaries {
            let mut import = options(layer, &TINY.path(layer));
            import.valid_from = None;
            service.import(import).await.unwrap();
        }
        load(&service, &TINY, Layer::Reports).await;
        let second = other.another().await;
        let after = placements(&second).await;
        check(&after);
        for store in [store, second] {
            store.close().await;
        }
        other.end().await;
        fixture.end().await;
    }
}

/// A few of the generated reports lie outside every grid.
fn check(placements: &BTreeMap<String, (i64, Option<Id>)>) {
    let versions: HashSet<i64> = placements.values().map(|(version, _)| *version).collect();
    assert_eq!(versions, HashSet::from([3]));
    let in_grids = placements.values().filter(|(_, grid)| grid.is_some()).count();
    assert!(placements.len() > 100 && in_grids * 10 > placements.len() * 9, "{in_grids} of {}", placements.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_grids_retires_the_others_only_if_told_to_and_they_come_back_as_themselves() {
    let mut file: serde_json::Value = serde_json::from_str(&TINY.text(Layer::Grids)).unwrap();
    file["features"].as_array_mut().unwrap().truncate(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.geojson");
    std::fs::write(&path, file.to_string()).unwrap();
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load(&service, &TINY, Layer::Villages).await;
        load(&service, &TINY, Layer::Grids).await;
        let store = fixture.another().await;
        let before = grids(&store).await;
        let seq = service.change_seq();

        let refused = service.import(options(Layer::Grids, &path)).await.unwrap_err();
        assert!(matches!(refused, ImportError::RetiresMost { retired: 8, of: 9, .. }), "{refused}");
        assert_eq!(service.change_seq(), seq);

        let mut import = options(Layer::Grids, &path);
        import.retire = true;
        let outcome = service.import(import).await.unwrap();
        assert_eq!(outcome.boundaries.map(|PublishedLevel { retired, .. }| retired), Some(8));
        let named = &outcome.report.finding(Problem::Retired).unwrap().examples;
        let codes: HashSet<_> = before.keys().filter(|code| named.iter().any(|it| it.text.contains(*code))).collect();
        assert_eq!((codes.len(), grids(&store).await.len()), (8, 1));
        assert_eq!(store.retired().await.unwrap().len(), 8);

        load(&service, &TINY, Layer::Grids).await;
        assert_eq!(grids(&store).await, before, "a code that comes back is the place that it was");
        assert_eq!(store.retired().await.unwrap(), []);
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_cannot_be_imported_ahead_of_their_day() {
    let fixture = Fixture::geopackage().await;
    let service = open(&fixture).await;
    let mut import = options(Layer::Villages, &TINY.path(Layer::Villages));
    import.valid_from = Some("2199-01-01".parse().unwrap());
    let refused = service.import(import).await.unwrap_err();
    assert!(matches!(refused, ImportError::AheadOfItsDay { .. }) && refused.to_string().contains("2199-01-01"), "{refused}");
    fixture.end().await;
}

/// The rows of a metric by grid in the months before October, by code.
async fn past_rows(service: &Service, metric: &str, level: Level) -> Vec<(Option<String>, String, Option<String>)> {
    // States are shown of the last month only, unless a start is given.
    let query = FigureQuery { from: Some("2026-09".to_owned()), ..FigureQuery::monthly(metric, level) };
    let figures = service.figures(Viewer::Administrator, query).await.unwrap();
    let told = figures.rows.iter().filter(|row| row.period.as_str() < "2026-10").map(|row| {
        let numbers = [row.value, row.numerator, row.denominator, row.low, row.high].map(|it| it.map(|it| format!("{it:.9}")));
        (row.code.clone(), row.period.clone(), Some(format!("{numbers:?} {:?}", row.name)))
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redraw_changes_no_figure_of_the_past() {
    let fixture = Fixture::geopackage().await;
    let service = open(&fixture).await;
    load_all(&service, &TINY).await;
    let metrics = [
        ("visit_rate", Level::Grid),
        ("workload", Level::Grid),
        ("visits", Level::Grid),
        ("events", Level::Grid),
        ("square_reach", Level::Grid),
        ("leader_filled", Level::MicroGrid),
        ("activities_held", Level::Grid),
        ("submit_to_close", Level::Grid),
    ];
    let mut before = Vec::new();
    for (metric, level) in metrics {
        before.push(past_rows(&service, metric, level).await);
    }
    for (rows, (metric, _)) in before.iter().zip(metrics) {
        assert!(!rows.is_empty(), "{metric}");
    }

    // From October on, all grids but one are gone.
    let mut file: serde_json::Value = serde_json::from_str(&TINY.text(Layer::Grids)).unwrap();
    file["features"].as_array_mut().unwrap().truncate(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.geojson");
    std::fs::write(&path, file.to_string()).unwrap();
    let mut import = options(Layer::Grids, &path);
    (import.retire, import.valid_from) = (true, Some("2026-10-01".parse().unwrap()));
    service.import(import).await.unwrap();
    for ((metric, level), before) in metrics.into_iter().zip(before) {
        assert_eq!(past_rows(&service, metric, level).await, before, "{metric}");
    }
    let today = service.figures(Viewer::Administrator, FigureQuery::monthly("visits", Level::Grid)).await.unwrap();
    let october: Vec<_> = today.rows.iter().filter(|row| row.period == "2026-10").collect();
    assert_eq!(october.len(), 1, "a month has the grids that were in force in it: {october:?}");
    fixture.end().await;
}
