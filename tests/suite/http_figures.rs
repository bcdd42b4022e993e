//! Figures by link: narrowed, as a table, as a map.

use crate::http::{months, office, percent};

#[test]
fn figures_can_be_narrowed_and_downloaded() {
    let kinds: Vec<String> = serde_json::from_value(office().json("/api/v1/report-kinds")).unwrap();
    let total =
        |query: &str| office().json(&format!("/api/v1/metrics/events?period=all{query}"))["total"][0]["n"].as_u64().unwrap();
    let by_kind: u64 = kinds.iter().map(|kind| total(&format!("&kind={}", percent(kind)))).sum();
    assert_eq!(by_kind, total(""));
    let (from, to) = months();
    assert_eq!(total(&format!("&from={from}&to={to}")), total(""));
    assert!(total(&format!("&from={to}&to={to}")) < total(""));
    let wall = office().json("/api/v1/metrics/submit_to_close?period=all&by=village");
    let working = office().json("/api/v1/metrics/submit_to_close?period=all&by=village&clock=working");
    assert!(working["total"][0]["value"].as_f64() < wall["total"][0]["value"].as_f64(), "nights do not count");
    let (columns, rows) = office().csv("/api/v1/metrics/visit_rate?format=csv");
    let figures = office().json("/api/v1/metrics/visit_rate");
    assert_eq!(rows.len(), figures["rows"].as_array().unwrap().len() + figures["total"].as_array().unwrap().len());
    assert_eq!(&columns[..3], ["metric", "unit", "place"]);
}

#[test]
fn figures_come_as_a_map() {
    let of = |format: &str| format!("/api/v1/metrics/events?by=village&period=all&format={format}");
    let map = office().geojson(&of("geojson"));
    let rows = office().json(&of("json"))["rows"].clone();
    assert_eq!(map.features.len(), rows.as_array().unwrap().len());
    for (feature, row) in map.features.iter().zip(rows.as_array().unwrap()) {
        assert_eq!((feature.property("code"), feature.property("value")), (row.get("code"), row.get("value")));
        assert!(feature.geometry.is_some() && feature.property("unit").is_some());
    }
    let several = office().problem("/api/v1/metrics/events?format=geojson", 400);
    assert!(several.contains("a map shows one period"), "{several}");
    let people = office().problem("/api/v1/metrics/events?by=worker&period=all&format=geojson", 400);
    assert!(people.contains("has no shapes"), "{people}");
}

#[test]
fn every_map_says_that_its_data_are_made_up() {
    for map in ["layers/grids.geojson", "metrics/events?by=village&period=all&format=geojson", "heat/hexagons"] {
        let answer = office().get(&format!("/api/v1/{map}"));
        assert_eq!(answer.json()["synthetic"], true, "{map}");
    }
    let file = office().get("/api/v1/layers/grids.csv").header("content-disposition").to_owned();
    assert!(file.contains("grids-synthetic.csv"), "{file}");
}
