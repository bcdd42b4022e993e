//! What files say of reports and their life, and what the store and the figures make of it.

use crate::{import_support::load_text, store_support::Fixture};
use std::{collections::BTreeMap, sync::Arc};
use wangge::{
    case::State,
    disclosure::Viewer,
    layer::Layer,
    service::{ExportFormat, ExportQuery, FigureQuery, Service, drain},
    store::{CaseFilter, Target, Written},
};

async fn open(fixture: &Fixture) -> Arc<Service> {
    Service::open(fixture.target.clone(), None).await.unwrap()
}

async fn figure(service: &Service, metric: &str) -> (Option<f64>, Option<u32>) {
    let query = FigureQuery { period: Some("all".to_owned()), ..FigureQuery::monthly(metric, wangge::place::Level::Grid) };
    let figures = service.figures(Viewer::Administrator, query).await.unwrap();
    (figures.total[0].value, figures.total[0].n)
}

async fn states(fixture: &Fixture) -> BTreeMap<String, State> {
    let store = fixture.another().await;
    let cases = store.cases(&CaseFilter::default(), None, 100).await.unwrap().rows;
    store.close().await;
    cases.into_iter().map(|case| (case.source, case.state)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_count_in_the_order_of_time_however_they_came() {
    let reports = "source,category,submitted_at,closed_at\n1,路灯,2026-03-01T00:00:00Z,2026-03-05T00:00:00Z\n";
    let events = "case,transition,at,actor\n\
        1,handled,2026-03-02T02:00:00Z,c\n1,dispatched,2026-03-01T02:00:00Z,b\n1,escalated,2026-03-01T01:00:00Z,a\n";
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_text(&service, Layer::Reports, "reports.csv", reports).await.unwrap();
        load_text(&service, Layer::CaseEvents, "events.csv", events).await.unwrap();
        assert_eq!(figure(&service, "first_action").await, (Some(3600.0), Some(1)));
        assert_eq!(figure(&service, "handle").await, (Some(86_400.0), Some(1)));
        assert_eq!(figure(&service, "submit_to_close").await, (Some(4.0 * 86_400.0), Some(1)));
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_no_event_dates_is_kept() {
    let file = |state: &str| {
        format!(
            "source,category,submitted_at,state\n1,a,2026-03-01T00:00:00Z,void\n2,a,2026-03-01T00:00:00Z,handling\n\
                 3,a,2026-03-02T00:00:00Z,{state}\n"
        )
    };
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_text(&service, Layer::Reports, "reports.csv", &file("submitted")).await.unwrap();
        let expected =
            |third| [("1", State::Void), ("2", State::Handling), ("3", third)].map(|(key, state)| (key.to_owned(), state));
        assert_eq!(states(&fixture).await, BTreeMap::from(expected(State::Submitted)));
        assert_eq!(figure(&service, "submit_to_close").await.1, Some(2), "the void one is left out");

        let again = load_text(&service, Layer::Reports, "reports.csv", &file("void")).await.unwrap();
        assert_eq!(again.written, Written { updated: 1, unchanged: 2, ..Written::default() });
        assert_eq!(states(&fixture).await, BTreeMap::from(expected(State::Void)));
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_counted_by_report() {
    let file = |closed: &str| {
        format!("source,category,submitted_at,closed_at\n1,a,2026-03-01T00:00:00Z,\n2,a,2026-03-01T00:00:00Z,{closed}\n")
    };
    let fixture = Fixture::geopackage().await;
    let service = open(&fixture).await;
    let first = load_text(&service, Layer::Reports, "reports.csv", &file("")).await.unwrap();
    assert_eq!(first.written, Written { inserted: 2, ..Written::default() });
    let second = load_text(&service, Layer::Reports, "reports.csv", &file("2026-03-03T00:00:00Z")).await.unwrap();
    assert_eq!(second.written, Written { updated: 1, unchanged: 1, ..Written::default() });
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acted_is_named_in_the_private_half_only() {
    let name = "张三丰13900001111";
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        let reports = "source,category,submitted_at\n1,路灯,2026-03-01T00:00:00Z\n";
        load_text(&service, Layer::Reports, "reports.csv", reports).await.unwrap();
        let events = format!(
            "case,transition,at,经办人\n1,accepted,2026-03-01T01:00:00Z,{name}\n1,handled,2026-03-01T02:00:00Z,{name}\n"
        );
        load_text(&service, Layer::CaseEvents, "events.csv", &events).await.unwrap();
        let again = load_text(&service, Layer::CaseEvents, "events.csv", &events).await.unwrap();
        assert_eq!(again.written, Written { unchanged: 2, ..Written::default() });

        let query = ExportQuery::default();
        let chunks = service.export(Viewer::Administrator, Layer::CaseEvents, ExportFormat::Csv, query).await.unwrap();
        let mut exported = Vec::new();
        drain(chunks, &mut exported).await.unwrap();
        assert_eq!(String::from_utf8(exported).unwrap().matches(name).count(), 2);
        if let Target::Directory(directory) = &fixture.target {
            service.close().await;
            let public = std::fs::read(directory.join("wangge.gpkg")).unwrap();
            let private = std::fs::read(directory.join("private.sqlite")).unwrap();
            let holds = |file: &[u8]| file.windows(name.len()).any(|window| window == name.as_bytes());
            assert!(holds(&private) && !holds(&public));
        }
        fixture.end().await;
    }
}

/// "第一网格" may stand in every village.
#[tokio::test(flavor = "multi_thread")]
async fn grids_of_one_name_in_two_villages_are_two() {
    let square = |x: i32, name: &str, more: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}"{more}}},"geometry":{{"type":"Polygon","coordinates":[[[{x},0],[{a},0],[{a},1],[{x},1],[{x},0]]]}}}}"#,
            a = x + 1
        )
    };
    let file = |features: [String; 2]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let villages = file([square(0, "甲村", ""), square(1, "乙村", "")]);
    let grids = file([square(0, "第一网格", r#","village":"甲村""#), square(1, "第一网格", r#","village":"乙村""#)]);
    let fixture = Fixture::geopackage().await;
    let service = open(&fixture).await;
    load_text(&service, Layer::Villages, "villages.geojson", &villages).await.unwrap();
    let first = load_text(&service, Layer::Grids, "grids.geojson", &grids).await.unwrap();
    assert_eq!((first.written.inserted, first.report.rejected), (2, vec![]));
    let again = load_text(&service, Layer::Grids, "grids.geojson", &grids).await.unwrap();
    assert_eq!(again.written, Written { unchanged: 2, ..Written::default() });
    fixture.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_instant_knows_nothing_of_later_events() {
    let fixture = Fixture::geopackage().await;
    let service = open(&fixture).await;
    let reports = "source,category,submitted_at,closed_at\n1,a,2026-03-01T00:00:00Z,2026-03-05T00:00:00Z\n2,a,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z\n";
    load_text(&service, Layer::Reports, "reports.csv", reports).await.unwrap();
    let void = "case,transition,at\n2,void,2026-03-04T00:00:00Z\n";
    load_text(&service, Layer::CaseEvents, "events.csv", void).await.unwrap();
    let discarded = async |as_of: Option<&str>| {
        let analysis = service.analysis(as_of.map(|at| at.parse().unwrap())).await.unwrap();
        let cases = analysis.frames.cases.column("discarded").unwrap();
        cases.len() - cases.null_count()
    };
    assert_eq!((discarded(None).await, discarded(Some("2026-03-03T00:00:00Z")).await), (1, 0));
    fixture.end().await;
}

/// Files of open data correct rows all the time.
#[tokio::test(flavor = "multi_thread")]
async fn a_closing_that_a_later_file_corrects_or_withdraws_counts_no_more() {
    let file = |rows: [&str; 3]| {
        let rows = rows.map(|row| format!("{row}\n")).concat();
        format!("source,category,submitted_at,state,closed_at\n{rows}")
    };
    let row = |source: u32, rest: &str| format!("{source},a,2024-05-01T00:00:00Z,{rest}");
    let days = |n: f64| Some(n * 86_400.0);
    let [one, two] = [1, 2].map(|source| row(source, "closed,2024-05-10T00:00:00Z"));
    let (moved, withdrawn, same) =
        (row(1, "closed,2024-05-03T00:00:00Z"), row(2, "handling,"), row(3, ",2024-05-02T00:00:00Z"));
    let (first, second) = (file([&one, &two, &same]), file([&moved, &withdrawn, &same]));
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_text(&service, Layer::Reports, "reports.csv", &first).await.unwrap();
        assert_eq!(figure(&service, "submit_to_close").await, (days(9.0), Some(3)));
        let before = service.change_seq();

        let written = load_text(&service, Layer::Reports, "reports.csv", &second).await.unwrap().written;
        assert_eq!(written, Written { updated: 2, unchanged: 1, ..Written::default() });
        let store = fixture.another().await;
        let cases = store.cases(&CaseFilter::default(), None, 100).await.unwrap().rows;
        let told =
            |source: &str| cases.iter().find(|case| case.source == source).map(|case| (case.state, case.closed_at)).unwrap();
        assert_eq!(told("1"), (State::Closed, Some("2024-05-03T00:00:00Z".parse().unwrap())));
        assert_eq!(told("2"), (State::Handling, None));
        assert_eq!(store.changes(before, 100).await.unwrap().iter().filter(|change| change.layer == "case-events").count(), 2);
        assert_eq!(figure(&service, "submit_to_close").await, (days(2.0), Some(3)));

        let seq = service.change_seq();
        let again = load_text(&service, Layer::Reports, "reports.csv", &second).await.unwrap().written;
        assert_eq!((again, service.change_seq()), (Written { unchanged: 3, ..Written::default() }, seq));
        store.close().await;
        fixture.end().await;
    }
}

/// A file without the column says nothing of closings; one of the log is not the row's to withdraw.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_withdraws_neither_what_it_does_not_speak_of_nor_the_log() {
    let open_rows = "source,category,submitted_at,closed_at\n1,a,2024-05-01T00:00:00Z,\n2,a,2024-05-01T00:00:00Z,\n";
    let closed_rows = open_rows.replace("00Z,\n", "00Z,2024-05-10T00:00:00Z\n");
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_text(&service, Layer::Reports, "reports.csv", &closed_rows).await.unwrap();
        let log = "case,transition,at\n2,closed,2024-05-10T00:00:00Z\n";
        assert_eq!(load_text(&service, Layer::CaseEvents, "events.csv", log).await.unwrap().written.updated, 1);
        let expected = |one| BTreeMap::from([("1".to_owned(), one), ("2".to_owned(), State::Closed)]);

        let undated = "source,category,submitted_at\n1,b,2024-05-01T00:00:00Z\n2,b,2024-05-01T00:00:00Z\n";
        load_text(&service, Layer::Reports, "reports.csv", undated).await.unwrap();
        assert_eq!(states(&fixture).await, expected(State::Closed));
        load_text(&service, Layer::Reports, "reports.csv", open_rows).await.unwrap();
        assert_eq!(states(&fixture).await, expected(State::Submitted));
        fixture.end().await;
    }
}

/// The state tells that a report is discarded, the close date when; each may come without the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_discarding_is_withdrawn_by_the_state_and_dated_by_the_close_date() {
    let fixture = Fixture::geopackage().await;
    let service = open(&fixture).await;
    let head = "source,category,submitted_at";
    let row = "1,a,2024-05-01T00:00:00Z";
    let dated = format!("{head},closed_at\n{row},2024-05-10T00:00:00Z\n");
    let steps = [
        (format!("{head},state,closed_at\n{row},void,2024-05-10T00:00:00Z\n"), State::Void),
        (dated, State::Void),
        (format!("{head},state\n{row},void\n"), State::Void),
        (format!("{head},state\n{row},handling\n"), State::Handling),
        (format!("{head},state\n{row},\n"), State::Submitted),
    ];
    for (file, state) in steps {
        load_text(&service, Layer::Reports, "reports.csv", &file).await.unwrap();
        assert_eq!(states(&fixture).await["1"], state, "{file}");
    }
    fixture.end().await;
}
