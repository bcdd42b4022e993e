//! Where a report lies follows from its day and the boundaries, whichever file came first.

use crate::{import_support::options, store_support::Fixture};
use std::collections::BTreeMap;
use wangge::{
    layer::Layer,
    place::{Id, Level, Placement},
    service::Service,
    store::CaseFilter,
};

/// A file of boundaries and the day from which it holds, or of reports.
type File = (Layer, &'static str, &'static str);

fn features(shapes: &[(&str, [f64; 2])]) -> String {
    let feature = |(code, [west, east]): &(&str, [f64; 2])| {
        let ring = [[*west, 29.0], [*east, 29.0], [*east, 29.1], [*west, 29.1], [*west, 29.0]];
        serde_json::json!({"type": "Feature", "properties": {"code": code, "name": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]}})
    };
    let features: Vec<_> = shapes.iter().map(feature).collect();
    serde_json::json!({"type": "FeatureCollection", "features": features}).to_string()
}

fn text(file: &str) -> String {
    match file {
        "villages" => features(&[("V", [110.0, 110.2])]),
        "grids" => features(&[("A", [110.0, 110.1]), ("B", [110.1, 110.2])]),
        "redrawn" => features(&[("A1", [110.0, 110.05]), ("A2", [110.05, 110.1]), ("B", [110.1, 110.2])]),
        "micro-grids" => features(&[("m1", [110.0, 110.05]), ("m2", [110.05, 110.1]), ("m3", [110.1, 110.2])]),
        _ => "id,lon,lat,submitted_at,category\n\
              spring,110.02,29.05,2024-04-10 12:00,路灯\n\
              autumn,110.02,29.05,2024-08-10 12:00,路灯\n\
              before,110.07,29.05,2023-08-10 12:00,路灯\n\
              nowhere,,,2024-08-10 12:00,路灯\n"
            .to_owned(),
    }
}

const VILLAGES: File = (Layer::Villages, "villages", "2024-01-01");
const VILLAGES_LATE: File = (Layer::Villages, "villages", "2024-09-01");
const GRIDS: File = (Layer::Grids, "grids", "2024-01-01");
const REDRAWN: File = (Layer::Grids, "redrawn", "2024-07-01");
const MICROGRIDS: File = (Layer::MicroGrids, "micro-grids", "2024-09-01");
const REPORTS: File = (Layer::Reports, "reports", "2024-01-01");

/// Village, grid and micro-grid of each report, then and now, by code.
async fn placed(order: &[File], fixture: &Fixture) -> BTreeMap<String, [Vec<String>; 2]> {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::open(fixture.target.clone(), None).await.unwrap();
    for (layer, file, day) in order {
        let path = folder.path().join(if *layer == Layer::Reports { "reports.csv" } else { "boundaries.geojson" });
        std::fs::write(&path, text(file)).unwrap();
        let mut import = options(*layer, &path);
        (import.retire, import.valid_from) = (true, Some(day.parse().unwrap()));
        service.import(import).await.unwrap();
    }
    let store = fixture.another().await;
    let mut codes: BTreeMap<Id, String> = BTreeMap::new();
    for version in store.versions().await.unwrap() {
        for level in Level::ALL {
            let boundaries = store.boundaries(*level, version.number).await.unwrap();
            codes.extend(boundaries.into_iter().map(|it| (it.id, it.name)));
        }
    }
    let named = |placement: Option<Placement>| {
        let placement = placement.unwrap();
        [placement.village, placement.grid, placement.microgrid].into_iter().flatten().map(|id| codes[&id].clone()).collect()
    };
    let cases = store.cases(&CaseFilter::default(), None, 100).await.unwrap().rows;
    let placed = cases.into_iter().map(|case| (case.source, [named(case.placement), named(case.now)])).collect();
    store.close().await;
    placed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_lies_in_the_boundaries_of_its_day_in_whatever_order_the_files_come() {
    let orders: [&[File]; 4] = [
        &[VILLAGES, GRIDS, REPORTS, REDRAWN, MICROGRIDS],
        &[VILLAGES, GRIDS, REDRAWN, MICROGRIDS, REPORTS],
        &[REPORTS, VILLAGES, GRIDS, REDRAWN, MICROGRIDS],
        &[GRIDS, REPORTS, REDRAWN, MICROGRIDS, VILLAGES_LATE],
    ];
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    for order in orders {
        for fixture in Fixture::each().await {
            let placed = placed(order, &fixture).await;
            let now = names(&["V", "A1", "m1"]);
            assert_eq!(placed["spring"], [names(&["V", "A", "m1"]), now.clone()], "{order:?}");
            assert_eq!(placed["autumn"], [now.clone(), now], "{order:?}");
            assert_eq!(placed["before"], [names(&["V", "A", "m2"]), names(&["V", "A2", "m2"])], "{order:?}");
            assert_eq!(placed["nowhere"], [names(&[]), names(&[])], "{order:?}");
            fixture.end().await;
        }
    }
}

/// What is open is the work of whoever is there today, in whatever grid it was when it came in.
#[tokio::test(flavor = "multi_thread")]
async fn the_card_of_a_new_grid_counts_what_is_open_in_it() {
    let fixture = Fixture::geopackage().await;
    placed(&[VILLAGES, GRIDS, REPORTS, REDRAWN], &fixture).await;
    let service = Service::open(fixture.target.clone(), None).await.unwrap();
    let store = fixture.another().await;
    let grids = store.boundaries(Level::Grid, 3).await.unwrap();
    let mut open = BTreeMap::new();
    for grid in grids {
        let card = service.place_card(wangge::disclosure::Viewer::Administrator, grid.id).await.unwrap();
        open.insert(grid.name, card.open_reports);
    }
    let wanted = [("A1", 2), ("A2", 1), ("B", 0)].map(|(name, n)| (name.to_owned(), Some(n)));
    assert_eq!(open, BTreeMap::from(wanted));
    store.close().await;
    fixture.end().await;
}
