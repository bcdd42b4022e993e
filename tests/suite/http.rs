//! The API as the office sees it, over a real connection.

use crate::{
    http_support::{Client, DEMO, RUNTIME, SMALL, serve},
    import_support::{Files, load},
};
use geo::{CoordsIter as _, winding_order::Winding as _};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wangge::{
    analytics::{self, By, Clock, Frames, Metric, Period, Query, Weights, figures::rows},
    case::WorkCalendar,
    layer::Layer,
};

pub fn office() -> Client {
    DEMO.office
}

pub fn months() -> (String, String) {
    let area = office().json("/api/v1/area");
    (area["data_from"].as_str().unwrap().to_owned(), area["data_to"].as_str().unwrap().to_owned())
}

#[test]
fn the_area_says_what_the_store_holds() {
    let area = office().json("/api/v1/area");
    assert_eq!((&area["area"], &area["zone"]), (&"430811".into(), &"Asia/Shanghai".into()));
    assert_eq!((&area["viewer"], &area["synthetic"], &area["min_n"]), (&"administrator".into(), &true.into(), &5.into()));
    assert_eq!(area["change_seq"], DEMO.service.change_seq());
    let counts = &area["counts"];
    assert_eq!(counts["grids"], SMALL.grids);
    assert_eq!(counts["households"], SMALL.households);
    assert_eq!(counts["reports"], SMALL.reports);
    assert_eq!(counts.as_object().unwrap().len(), Layer::ALL.len());
    assert_eq!(area["versions"].as_array().unwrap().len(), 1);
    let bbox: Vec<f64> = area["bbox"].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect();
    assert!(bbox[0] < bbox[2] && bbox[1] < bbox[3], "{bbox:?}");
    let as_of = area["as_of"].as_str().unwrap();
    assert!(as_of.ends_with('Z') && as_of.parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{as_of}");
    let (from, to) = months();
    assert!(from < to && to == "2026-10", "{from} to {to}");
}

#[test]
fn kinds_of_report_come_by_frequency() {
    let (columns, rows) = office().csv("/api/v1/layers/reports.csv");
    let category = columns.iter().position(|name| name == "category").unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *counts.entry(row[category].as_str()).or_default() += 1;
    }
    let kinds: Vec<String> = serde_json::from_value(office().json("/api/v1/report-kinds")).unwrap();
    assert_eq!(kinds.len(), counts.len());
    assert!(kinds.windows(2).all(|pair| counts[pair[0].as_str()] >= counts[pair[1].as_str()]), "{kinds:?}");
}

/// A row of figures obeys the contract whatever the metric.
fn check_row(row: &Value, unit: &str, context: &str) {
    let number = |name: &str| row[name].as_f64();
    assert_eq!(row["value"].is_null(), !row["reason"].is_null(), "{context}: a value or a reason, {row}");
    if let Some(reason) = row["reason"].as_str() {
        assert!(["no_data", "not_reached", "zero_total"].contains(&reason), "{context}: {row}");
    }
    if let (Some(value), Some(low), Some(high)) = (number("value"), number("low"), number("high")) {
        assert!(low <= value + 1e-9 && value <= high + 1e-9, "{context}: {row}");
    }
    if unit == "ratio" {
        assert!(number("value").is_none_or(|value| (0.0..=1.0).contains(&value)), "{context}: {row}");
    }
    if unit == "seconds" {
        assert!(row["excluded"].is_object() && number("value").is_none_or(|value| value >= 0.0), "{context}: {row}");
    } else {
        assert!(row["p90"].is_null() && row["excluded"].is_null(), "{context}: {row}");
    }
    assert!(row["n"].is_u64(), "{context}: {row}");
}

#[test]
fn every_metric_answers_by_everything_it_lists() {
    let catalogue = office().json("/api/v1/metrics");
    let ids: BTreeSet<&str> = catalogue.as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids, Metric::ALL.iter().map(|metric| metric.word()).collect());
    let words = |value: &Value| -> Vec<String> { serde_json::from_value(value.clone()).unwrap() };
    for line in catalogue.as_array().unwrap() {
        let (id, unit) = (line["id"].as_str().unwrap(), line["unit"].as_str().unwrap());
        for by in words(&line["by"]) {
            for period in words(&line["periods"]) {
                let path = format!("/api/v1/metrics/{id}?by={by}&period={period}");
                let figures = office().json(&path);
                assert_eq!(
                    [&figures["metric"], &figures["by"], &figures["period"], &figures["unit"]],
                    [id, by.as_str(), period.as_str(), unit]
                );
                let rows = figures["rows"].as_array().unwrap();
                let total = figures["total"].as_array().unwrap();
                assert!(!total.is_empty(), "{path}: no total");
                rows.iter().chain(total).for_each(|row| check_row(row, unit, &path));
                assert!(total.iter().all(|row| row["place"].is_null()), "{path}");
                let key = |row: &Value| (row["code"].as_str().map(str::to_owned), row["period"].as_str().map(str::to_owned));
                assert!(rows.windows(2).all(|pair| key(&pair[0]) <= key(&pair[1])), "{path}: by code, then period");
                assert!(id == "workload" || figures["balance"].is_null(), "{path}");
            }
        }
    }
}

fn close(json: &Value, number: Option<f64>) -> bool {
    match (json.as_f64(), number) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn figures_are_what_the_analytics_compute() {
    let analysis = RUNTIME.block_on(DEMO.service.analysis(None)).unwrap();
    let (frames, zone): (&Frames, _) = (&analysis.frames, analysis.zone);
    let calendar = WorkCalendar::of_zone(zone).unwrap();
    for (id, by, by_word) in [
        ("visit_rate", By::Grid, "grid"),
        ("workload", By::Worker, "worker"),
        ("submit_to_close", By::Village, "village"),
        ("square_reach", By::MicroGrid, "microgrid"),
        ("closure_rate", By::Grid, "grid"),
    ] {
        let query = Query {
            by,
            period: Period::Month,
            zone,
            from: None,
            to: None,
            kind: None,
            clock: Clock::Wall,
            publication: None,
            as_of: analysis.observed_until.unwrap(),
        };
        let found = analytics::compute(id.parse().unwrap(), frames, &Weights::shipped().unwrap(), &calendar, &query).unwrap();
        let answer = office().json(&format!("/api/v1/metrics/{id}?by={by_word}"));
        for (part, frame) in [("rows", &found.rows), ("total", &found.total)] {
            let (expected, got) = (rows(frame).unwrap(), answer[part].as_array().unwrap());
            assert_eq!(expected.len(), got.len(), "{id} {part}");
            for (row, json) in expected.iter().zip(got) {
                let numbers = [("value", row.value), ("low", row.low), ("high", row.high), ("p90", row.p90)];
                let same = numbers.iter().all(|(name, number)| close(&json[*name], *number));
                assert!(
                    same && json["n"].as_u64() == row.n.map(u64::from) && json["period"] == row.period,
                    "{id}: {row:?} and {json}"
                );
                assert_eq!(json["code"].as_str(), row.code.as_deref());
            }
        }
    }
}

pub fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}

#[test]
fn every_layer_is_valid_geojson_with_as_many_features_as_it_counts() {
    for layer in office().json("/api/v1/layers").as_array().unwrap() {
        let name = layer["name"].as_str().unwrap();
        let collection = office().geojson(layer["links"]["geojson"].as_str().unwrap());
        assert_eq!(collection.features.len() as u64, layer["count"].as_u64().unwrap(), "{name}");
        let mut all: Option<[f64; 4]> = None;
        for feature in &collection.features {
            assert!(feature.id.is_some() && feature.properties.as_ref().is_some_and(|it| !it.is_empty()), "{name}");
            let Some(geometry) = feature.geometry.clone() else { continue };
            let geometry = geo::Geometry::<f64>::try_from(geometry).unwrap();
            match (&geometry, layer["geometry"].as_str()) {
                (geo::Geometry::Point(_), Some("Point")) => {}
                (geo::Geometry::MultiPolygon(shape), Some("MultiPolygon")) => {
                    for polygon in shape {
                        assert!(polygon.exterior().is_ccw(), "{name}: RFC 7946 asks for right-hand rings");
                        assert!(polygon.interiors().iter().all(geo::Winding::is_cw), "{name}");
                    }
                }
                (other, said) => panic!("{name}: {said:?}, and {other:?}"),
            }
            for c in geometry.coords_iter() {
                let b = all.get_or_insert([c.x, c.y, c.x, c.y]);
                *b = [b[0].min(c.x), b[1].min(c.y), b[2].max(c.x), b[3].max(c.y)];
            }
        }
        match (collection.bbox, all) {
            (None, None) => {}
            (Some(said), Some(found)) => {
                assert!(said.iter().zip(found).all(|(a, b)| (a - b).abs() < 2e-7), "{name}: {said:?}, {found:?}");
            }
            (said, found) => panic!("{name}: bbox {said:?}, coordinates in {found:?}"),
        }
    }
}

#[test]
fn every_layer_is_a_table_with_as_many_rows_as_it_counts() {
    for layer in office().json("/api/v1/layers").as_array().unwrap() {
        let (columns, rows) = office().csv(layer["links"]["csv"].as_str().unwrap());
        assert_eq!(rows.len() as u64, layer["count"].as_u64().unwrap(), "{}", layer["name"]);
        let position: &[&str] = match layer["geometry"].as_str() {
            Some("Point") => &["lon", "lat"],
            Some(_) => &["wkt"],
            None => &[],
        };
        assert!(columns.iter().map(String::as_str).collect::<Vec<_>>().ends_with(position), "{columns:?}");
    }
}

#[test]
fn a_box_a_time_a_kind_and_a_limit_narrow_a_layer() {
    let count = |query: &str| office().geojson(&format!("/api/v1/layers/reports.geojson?{query}")).features.len();
    let all = count("");
    assert_eq!(count("limit=7"), 7);
    assert_eq!(count("limit=100000"), all);
    let (from, to) = months();
    let last = count(&format!("from={to}&to={to}"));
    assert!(last > 0 && last < all);
    assert_eq!(count(&format!("from={from}&to={to}")), all);
    let kinds: Vec<String> = serde_json::from_value(office().json("/api/v1/report-kinds")).unwrap();
    assert_eq!(kinds.iter().map(|kind| count(&format!("kind={}", percent(kind)))).sum::<usize>(), all);

    let collection = office().geojson("/api/v1/layers/households.geojson");
    let at = |feature: &geojson::Feature| geo::Point::<f64>::try_from(feature.geometry.clone().unwrap()).unwrap();
    let centre = at(&collection.features[0]);
    let (west, south, east, north) = (centre.x() - 0.01, centre.y() - 0.01, centre.x() + 0.01, centre.y() + 0.01);
    let inside = |it: &&geojson::Feature| {
        it.geometry.is_some() && (west..=east).contains(&at(it).x()) && (south..=north).contains(&at(it).y())
    };
    let boxed = office().geojson(&format!("/api/v1/layers/households.geojson?bbox={west},{south},{east},{north}"));
    assert_eq!(boxed.features.len(), collection.features.iter().filter(inside).count());
    assert!(!boxed.features.is_empty() && boxed.features.len() < collection.features.len());
    assert_eq!(office().geojson("/api/v1/layers/grids.geojson?version=1").features.len(), SMALL.grids);
}

#[test]
fn positions_come_in_the_datum_and_system_asked_for() {
    let point = |query: &str| {
        let collection = office().geojson(&format!("/api/v1/layers/households.geojson?limit=1{query}"));
        geo::Point::<f64>::try_from(collection.features[0].geometry.clone().unwrap()).unwrap()
    };
    let wgs84 = wangge::geometry::LonLat::try_from(point("")).unwrap();
    let gcj02 = wangge::geometry::LonLat::try_from(point("&datum=gcj02")).unwrap();
    let metres = wangge::geometry::distance_m(wgs84, gcj02);
    assert!((100.0..1000.0).contains(&metres), "{metres} m");
    let back = wangge::geometry::Datum::Gcj02.to_wgs84(gcj02);
    assert!(wangge::geometry::distance_m(wgs84, back) < 0.1);
    let (columns, rows) = office().csv("/api/v1/layers/households.csv?limit=1&crs=4547");
    let [x, y] = ["x", "y"].map(|name| rows[0][columns.iter().position(|it| it == name).unwrap()].parse::<f64>().unwrap());
    // CGCS2000 / Gauss-Krüger at 114° E: 3.5° west of it, 500 km false easting, about 3,240 km north.
    assert!((150_000.0..200_000.0).contains(&x) && (3_200_000.0..3_300_000.0).contains(&y), "{x} {y}");
    let first = |crs: &str| office().get(&format!("/api/v1/layers/households.csv?limit=1{crs}")).body;
    assert_eq!(first("&crs=EPSG:4490"), first(""), "CGCS2000 is what is stored");
}

#[test]
fn a_wrong_parameter_is_named_with_what_is_wrong() {
    for (path, said) in [
        ("layers/grids.geojson?bbox=1,2,3", "bbox=1,2,3: it takes four numbers"),
        ("layers/grids.geojson?bbox=5,0,4,1", "west must not exceed east"),
        ("layers/grids.geojson?bbox=0,0,181,1", "a longitude is outside -180..180"),
        ("layers/reports.geojson?from=2026-13", "from=2026-13: write a month (2026-08) or a day (2026-08-15)"),
        ("layers/reports.geojson?from=2026-05&to=2026-04", "to=2026-04 lies before from=2026-05"),
        ("layers/reports.geojson?limit=many", "limit=many"),
        ("layers/reports.geojson?datum=mars", "it is one of wgs84, gcj02, bd09"),
        ("layers/reports.geojson?crs=4547", "GeoJSON is longitude/latitude"),
        ("layers/reports.csv?crs=1", "crs=1"),
        ("layers/reports.geojson?colour=red", "colour"),
        ("metrics/visit_rate?by=planet", "by=planet"),
        ("metrics/visit_rate?period=week", "visit_rate is not computed per week; it is per month, all"),
        ("metrics/area_covered?by=grid", "it is by village"),
        ("metrics/events?clock=lunar", "clock=lunar"),
        ("metrics/events?format=xml", "format=xml: it is json, csv or geojson"),
        ("heat/hexagons?resolution=3", "resolution=3: it is 7 to 11"),
    ] {
        let detail = office().problem(&format!("/api/v1/{path}"), 400);
        assert!(detail.contains(said), "{path}: {detail}");
    }
}

#[test]
fn what_is_not_there_is_a_404_that_says_where_to_look() {
    for (path, said) in [
        ("/api/v1/metrics/happiness", "happiness"),
        ("/api/v1/metrics/events?kind=ufo", "GET /api/v1/report-kinds lists them"),
        ("/api/v1/layers/ufos.geojson", "GET /api/v1/layers lists them"),
        ("/api/v1/layers/grids.shp", "GET /api/v1/layers lists them"),
        ("/api/v1/layers/grids.geojson?version=99", "the versions are 1 to 1"),
        ("/api/v1/places/nowhere", "nowhere is no id"),
        ("/api/v1/places/00000000-0000-4000-8000-000000000000", "no village, grid or micro-grid"),
        ("/api/v2/area", "GET /api/openapi.json lists what it has"),
    ] {
        let detail = office().problem(path, 404);
        assert!(detail.contains(said), "{path}: {detail}");
    }
}

#[test]
fn other_methods_bodies_and_hosts_are_refused() {
    let answer = office().send("DELETE", "/api/v1/area", &[]);
    assert_eq!(answer.status, 405);
    assert!(answer.problem().contains("DELETE") && answer.header("allow").contains("GET"), "{}", answer.header("allow"));
    let port = office().address.port();
    let long =
        format!("POST /api/v1/area HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 9000000\r\nConnection: close\r\n\r\n");
    let said = office().raw(&long);
    assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("application/problem+json"), "{said}");
    let said = office().raw("GET /api/v1/area HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert!(said.starts_with("HTTP/1.1 421 ") && said.contains("application/problem+json"), "{said}");
    assert!(said.contains(&format!("open it as http://localhost:{port}")) && !said.contains("索溪峪"), "{said}");
}

#[test]
fn a_head_says_what_a_get_would_without_the_body() {
    let (head, get) = (office().send("HEAD", "/api/v1/area", &[]), office().get("/api/v1/area"));
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-type"), get.header("content-type"));
}

#[test]
fn an_unchanged_answer_is_not_sent_again() {
    for path in ["/api/v1/area", "/api/v1/metrics/events?period=all", "/api/v1/layers/villages.geojson"] {
        let first = office().get(path);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\"") && first.header("cache-control") == "private, no-cache", "{path}: {tag}");
        let again = office().get_with(path, &[("if-none-match", &tag)]);
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()), "{path}");
        assert_eq!(office().get_with(path, &[("if-none-match", "W/\"0-0\"")]).status, 200);
    }
}

#[test]
fn any_answer_is_known_only_to_those_who_could_get_one() {
    let any: &[(&str, &str)] = &[("if-none-match", "*")];
    for (path, status) in [
        ("/api/v1/area", 304),
        ("/api/v1/layers/villages.geojson", 304),
        ("/api/v1/places/00000000-0000-4000-8000-000000000000", 404),
        ("/api/v1/metrics/happiness", 404),
        ("/api/v1/layers/grids.geojson?bbox=1", 400),
    ] {
        assert_eq!(office().get_with(path, any).status, status, "{path}");
    }
    assert_eq!(DEMO.public.get_with("/api/v1/layers/persons.csv", any).status, 403);
}

#[test]
fn another_server_on_the_port_knows_nothing_of_the_tags() {
    let other = RUNTIME.block_on(serve(&DEMO.service, None));
    for path in ["/api/v1/area", "/api/v1/metrics/events?period=all"] {
        let tag = office().get(path).header("etag").to_owned();
        assert_eq!(other.get_with(path, &[("if-none-match", &tag)]).status, 200, "{path}");
    }
}

#[test]
fn years_without_data_are_no_part_of_an_answer() {
    let rows = |query: &str| {
        let figures = office().json(&format!("/api/v1/metrics/visits?by=microgrid&{query}"));
        figures["rows"].as_array().unwrap().len()
    };
    let months = rows("from=1900-01-01&to=2200-12-31");
    assert_eq!(months, rows("from=1950-01&to=2150-12"));
    let days = rows("period=day&from=1900-01-01&to=2200-12-31");
    assert!(days < 40 * months, "{days} rows a day, {months} a month");
    let (from, to) = self::months();
    assert_eq!(rows("from=2100-01&to=2100-12"), 0);
    assert!(rows(&format!("from={from}&to={to}")) <= months);
}

#[test]
fn an_import_changes_the_tag_and_the_answer() {
    let files = Files::of(&SMALL);
    RUNTIME.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let target = wangge::store::Target::Directory(folder.path().join("data"));
        let service = wangge::service::Service::open(target, None).await.unwrap();
        let client = serve(&service, None).await;
        let client_of = move |path: &'static str| tokio::task::spawn_blocking(move || client.get(path));
        let empty = client_of("/api/v1/area").await.unwrap();
        assert_eq!(empty.status, 404);
        assert!(empty.problem().contains("the store is empty: import boundaries first"));
        load(&service, &files, Layer::Villages).await;
        let before = client_of("/api/v1/area").await.unwrap();
        load(&service, &files, Layer::Grids).await;
        let tag = before.header("etag").to_owned();
        let after =
            tokio::task::spawn_blocking(move || client.get_with("/api/v1/area", &[("if-none-match", &tag)])).await.unwrap();
        assert_eq!((before.json()["counts"]["grids"].as_u64(), after.json()["counts"]["grids"].as_u64()), (Some(0), Some(12)));
        assert!(after.json()["change_seq"].as_i64() > before.json()["change_seq"].as_i64());
    });
}

#[test]
fn answers_are_compressed_for_those_who_take_it() {
    let plain = office().get("/api/v1/layers/grids.geojson");
    for encoding in ["gzip", "br", "zstd"] {
        let packed = office().get_with("/api/v1/layers/grids.geojson", &[("accept-encoding", encoding)]);
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.body.len() * 2 < plain.body.len(), "{encoding}: {} of {}", packed.body.len(), plain.body.len());
        assert_eq!(packed.header("etag"), plain.header("etag"));
    }
    assert_eq!(plain.header("content-encoding"), "");
}

#[test]
fn a_card_holds_what_belongs_to_the_place() {
    let (columns, households) = office().csv("/api/v1/layers/households.csv");
    let grid_id = columns.iter().position(|name| name == "grid_id").unwrap();
    let to = columns.iter().position(|name| name == "lived_in_to").unwrap();
    let mut seen = 0;
    for grid in office().geojson("/api/v1/layers/grids.geojson").features {
        let id = grid.property("id").unwrap().as_str().unwrap().to_owned();
        let card = office().json(&format!("/api/v1/places/{id}"));
        assert_eq!((&card["id"], &card["level"]), (&id.as_str().into(), &"grid".into()));
        assert_eq!(&card["code"], grid.property("code").unwrap());
        assert_eq!(card["parent"]["code"], *grid.property("village").unwrap());
        assert_eq!(card["version"], 1);
        let stays = households.iter().filter(|row| row[grid_id] == id && row[to].is_empty()).count() as u64;
        let here = card["households"].as_u64().unwrap();
        assert!(here <= households.iter().filter(|row| row[grid_id] == id).count() as u64, "{card}");
        seen += here;
        assert!(here >= stays.saturating_sub(1), "{here} of {stays}");
        for square in card["squares"].as_array().unwrap() {
            assert_eq!(square["facilities"].as_array().unwrap().len(), 7);
        }
        for person in card["leaders"].as_array().unwrap() {
            assert!(person["name"].is_string(), "the office sees who it is: {person}");
        }
        for trend in ["visit_rate", "events", "submit_to_close"] {
            assert!(card["trends"][trend].as_array().unwrap().iter().all(|row| row["place"] == id.as_str()), "{card}");
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn hexagons_count_each_report_with_a_position_once() {
    let with_position =
        office().geojson("/api/v1/layers/reports.geojson").features.iter().filter(|it| it.geometry.is_some()).count() as u64;
    for resolution in [7, 9, 11] {
        let cells = office().geojson(&format!("/api/v1/heat/hexagons?resolution={resolution}"));
        let sum: u64 = cells.features.iter().map(|cell| cell.property("count").unwrap().as_u64().unwrap()).sum();
        assert_eq!(sum, with_position, "resolution {resolution}");
        // A box takes whole cells, and only those that meet it.
        let inner = geo::Polygon::<f64>::try_from(cells.features[0].geometry.clone().unwrap()).unwrap();
        let at = geo::Centroid::centroid(&inner).unwrap();
        let path = format!("/api/v1/heat/hexagons?resolution={resolution}&bbox={0},{1},{0},{1}", at.x(), at.y());
        let found = office().geojson(&path).features;
        assert!(found.contains(&cells.features[0]) && found.len() < 8, "resolution {resolution}: {found:?}");
    }
}

#[test]
fn the_service_tells_how_it_is() {
    assert_eq!(office().get("/healthz").text(), "ok\n");
    let metrics = office().get("/metrics");
    assert_eq!((metrics.status, metrics.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    let document = office().json("/api/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    for path in ["/api/v1/area", "/api/v1/metrics/{id}", "/api/v1/layers/{file}", "/healthz"] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    for header in ["x-content-type-options", "content-security-policy", "referrer-policy"] {
        assert!(!metrics.header(header).is_empty(), "{header}");
    }
}
