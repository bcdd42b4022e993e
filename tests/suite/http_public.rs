//! What the public gets: a server on an address that others reach, or a request that a proxy forwards.

use crate::http_support::{Client, DEMO};
use serde_json::Value;
use std::collections::BTreeMap;
use wangge::{
    case::State,
    disclosure::{MIN_N, Viewer},
};

fn public() -> Client {
    DEMO.public
}

#[test]
fn layers_of_persons_are_neither_listed_nor_given_out() {
    let listed: Vec<String> = public()
        .json("/api/v1/layers")
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, ["villages", "grids", "microgrids", "squares", "facilities", "reports"]);
    let area = public().json("/api/v1/area");
    assert_eq!((&area["viewer"], area["counts"].as_object().unwrap().len()), (&"public".into(), 6));
    for layer in ["households", "devices", "persons", "posts", "case-events", "visits", "activities", "patrols"] {
        for ending in ["geojson", "csv"] {
            let detail = public().problem(&format!("/api/v1/layers/{layer}.{ending}"), 403);
            assert!(detail.contains("not for the public"), "{detail}");
        }
    }
}

#[test]
fn reports_come_without_source_text_and_exact_position() {
    let exact = DEMO.office.geojson("/api/v1/layers/reports.geojson").features;
    let exact: BTreeMap<String, geojson::Feature> =
        exact.into_iter().map(|it| (it.property("id").unwrap().as_str().unwrap().to_owned(), it)).collect();
    let point = |feature: &geojson::Feature| {
        let point = geo::Point::<f64>::try_from(feature.geometry.clone()?).unwrap();
        Some(wangge::geometry::LonLat::try_from(point).unwrap())
    };
    let coarse = public().geojson("/api/v1/layers/reports.geojson").features;
    let state = |it: &geojson::Feature| it.property("state").unwrap().as_str().unwrap().parse::<State>().unwrap();
    let may_list =
        |it: &&geojson::Feature| Viewer::Public.may_list(it.property("category").unwrap().as_str().unwrap(), state(it));
    let listed = exact.values().filter(may_list).count();
    assert!(coarse.len() == listed && listed < exact.len() && listed * 2 > exact.len(), "{listed} of {}", exact.len());
    for report in &coarse {
        let own = &exact[report.property("id").unwrap().as_str().unwrap()];
        let told: Vec<_> =
            report.properties.iter().flatten().filter(|(_, value)| !value.is_null()).map(|(name, _)| name).collect();
        assert_eq!(told, ["category", "id", "state", "submitted_at"], "{report:?}");
        assert_eq!(report.property("category"), own.property("category"));
        assert_eq!(state(report), Viewer::Public.shown_state(state(own)));
        for private in ["text", "reporter", "phone", "address"] {
            assert!(report.property(private).is_none(), "{private}");
            assert!(own.property(private).is_some(), "the office has it");
        }
        match (point(report), point(own)) {
            (None, None) => {}
            (Some(coarse), Some(own)) => {
                let centre = Viewer::Public.coarsen(own);
                assert!(wangge::geometry::distance_m(coarse, centre) < 0.1, "the centre of its square of 100 m");
            }
            other => panic!("{other:?}"),
        }
    }
    let moved = coarse.iter().filter(|it| {
        let own = &exact[it.property("id").unwrap().as_str().unwrap()];
        matches!((point(it), point(own)), (Some(a), Some(b)) if wangge::geometry::distance_m(a, b) > 1.0)
    });
    assert!(moved.count() > coarse.len() / 2);
    for report in &coarse {
        let text = |name: &str| report.property(name).unwrap().as_str().map(str::to_owned);
        assert_eq!(text("submitted_at").unwrap().len(), "2026-08-15".len(), "the day, not the instant");
    }
    let (columns, rows) = public().csv("/api/v1/layers/reports.csv");
    let told = columns.iter().zip(0..).filter(|(_, i)| rows.iter().any(|row: &Vec<String>| !row[*i].is_empty()));
    let told: Vec<_> = told.map(|(name, _)| name.as_str()).collect();
    assert_eq!(told, ["id", "category", "state", "submitted_at", "lon", "lat"]);
}

#[test]
fn a_box_around_an_exact_position_tells_no_more() {
    let coarse = public().geojson("/api/v1/layers/reports.geojson").features;
    for report in coarse.iter().filter(|it| it.geometry.is_some()).take(20) {
        let at = geo::Point::<f64>::try_from(report.geometry.clone().unwrap()).unwrap();
        let (w, s, e, n) = (at.x() - 1e-5, at.y() - 1e-5, at.x() + 1e-5, at.y() + 1e-5);
        let found = public().geojson(&format!("/api/v1/layers/reports.geojson?bbox={w},{s},{e},{n}")).features;
        assert!(found.iter().any(|it| it.id == report.id), "the box is held against what is shown, not against what is known");
    }
}

/// As counts are published.
fn rounded(count: &Value) -> f64 {
    let base = f64::from(MIN_N);
    (count.as_f64().unwrap() / base).round() * base
}

#[test]
fn figures_over_few_are_suppressed_and_the_others_rounded() {
    let (mut suppressed, mut rates) = (0, 0);
    for metric in DEMO.office.json("/api/v1/metrics").as_array().unwrap() {
        let id = metric["id"].as_str().unwrap();
        let by = metric["by"].as_array().unwrap().iter().filter_map(Value::as_str).filter(|by| *by != "worker");
        for by in by {
            let path = format!("/api/v1/metrics/{id}?by={by}");
            let (ours, theirs) = (public().json(&path), DEMO.office.json(&path));
            for part in ["rows", "total"] {
                let (ours, theirs) = (ours[part].as_array().unwrap(), theirs[part].as_array().unwrap());
                assert_eq!(ours.len(), theirs.len(), "{path}");
                for (row, full) in ours.iter().zip(theirs) {
                    // Of durations also: nothing but a few that are left out.
                    let left_out = full["excluded"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64());
                    let cases = match full["n"].as_u64().unwrap() {
                        0 => left_out.sum(),
                        n => n,
                    };
                    if (1..u64::from(MIN_N)).contains(&cases) {
                        for (name, value) in row.as_object().unwrap() {
                            let told = ["place", "code", "name", "period", "reason"].contains(&name.as_str());
                            assert!(told || value.is_null(), "{path}: {name} of {row}");
                        }
                        assert_eq!(row["reason"], "small_n", "{path}: {row}");
                        suppressed += 1;
                        continue;
                    }
                    let is_rate = ["ratio", "events_per_worker_day"].contains(&metric["unit"].as_str().unwrap());
                    for name in ["n", "numerator", "denominator"] {
                        if is_rate && name == "numerator" {
                            assert!(row[name].is_null(), "{path}: it tells the rate to the last case: {row}");
                            continue;
                        }
                        let same = if full[name].is_null() {
                            row[name].is_null()
                        } else {
                            row[name].as_f64() == Some(rounded(&full[name]))
                        };
                        assert!(same, "{path}: {name} of {row} and {full}");
                    }
                    if metric["unit"] == "ratio" && !full["value"].is_null() {
                        let [told, exact] = [row, full].map(|row| row["value"].as_f64().unwrap());
                        let steps = if full["n"].as_u64().unwrap() < 100 { 20.0 } else { 100.0 };
                        let is_step = ((told * steps).round() - told * steps).abs() < 1e-9;
                        assert!(is_step && (told - exact).abs() <= 0.5 / steps + 1e-9, "{path}: {row} and {full}");
                        rates += 1;
                    }
                }
            }
        }
    }
    assert!(suppressed > 100 && rates > 100, "{suppressed} {rates}");
}

#[test]
fn the_public_may_not_narrow_a_count_down_by_windows() {
    let path = |query: &str| format!("/api/v1/metrics/events?by=grid&{query}");
    for asked in [
        "period=day",
        "period=week",
        "period=month&from=2026-08-02",
        "period=all&from=2026-08",
        "period=all&from=2026-01&to=2026-07",
    ] {
        let detail = public().problem(&path(asked), 403);
        assert!(detail.contains("for the office only"), "{asked}: {detail}");
        DEMO.office.json(&path(asked));
    }
    for asked in ["from=2026-08-02", "from=2026-08-03&to=2026-08-09", "from=2026-08", "from=2026-01&to=2026-07"] {
        let hexagons = format!("/api/v1/heat/hexagons?{asked}");
        let detail = public().problem(&hexagons, 403);
        assert_eq!(detail, public().problem(&path(&format!("period=all&{asked}")), 403), "one rule for both");
        DEMO.office.geojson(&hexagons);
    }
    for asked in ["", "?from=2026-08&to=2026-08", "?from=2026-06&to=2026-08"] {
        public().geojson(&format!("/api/v1/heat/hexagons{asked}"));
    }
    for asked in [
        "period=all",
        "period=month",
        "period=all&from=2026-08&to=2026-08",
        "period=all&from=2026-06&to=2026-08",
        "period=month&from=2026-06",
    ] {
        public().json(&path(asked));
    }
}

#[test]
fn nobody_is_measured_by_name() {
    for metric in ["visit_rate", "workload", "events"] {
        let detail = public().problem(&format!("/api/v1/metrics/{metric}?by=worker"), 403);
        assert!(detail.contains("for the office only"), "{detail}");
    }
}

#[test]
fn cards_name_nobody_and_count_no_few() {
    let mut hidden = 0;
    for grid in public().geojson("/api/v1/layers/microgrids.geojson").features {
        let path = format!("/api/v1/places/{}", grid.property("id").unwrap().as_str().unwrap());
        let (card, full) = (public().json(&path), DEMO.office.json(&path));
        for person in ["leaders", "workers"].iter().flat_map(|list| card[list].as_array().unwrap()) {
            assert!(person["name"].is_null() && person["phone"].is_null(), "{person}");
        }
        for count in ["households", "open_reports"] {
            let few = (1..u64::from(MIN_N)).contains(&full[count].as_u64().unwrap());
            assert!(if few { card[count].is_null() } else { card[count].as_f64() == Some(rounded(&full[count])) }, "{count}");
            hidden += u32::from(few);
        }
        for row in card["trends"].as_object().unwrap().values().flat_map(|rows| rows.as_array().unwrap()) {
            assert!(row["n"].as_u64().is_none_or(|n| n == 0 || n >= u64::from(MIN_N)), "{row}");
        }
    }
    assert!(hidden > 0);
}

#[test]
fn hexagons_with_few_reports_are_left_out() {
    let cells = |client: Client| {
        let cells = client.geojson("/api/v1/heat/hexagons?resolution=9").features;
        let cell = |it: &geojson::Feature| {
            (it.property("cell").unwrap().as_str().unwrap().to_owned(), it.property("count").unwrap().as_u64().unwrap())
        };
        cells.iter().map(cell).collect::<BTreeMap<String, u64>>()
    };
    let mut all = cells(DEMO.office);
    let before = all.len();
    all.retain(|_, count| *count >= u64::from(MIN_N));
    assert!(all.len() < before && !all.is_empty());
    // The public's are counted from coarse positions: about the same, and none finer than what reports are shown at.
    let coarse = cells(public());
    assert!(!coarse.is_empty() && coarse.values().all(|count| *count >= u64::from(MIN_N)));
    let fine = public().geojson("/api/v1/heat/hexagons?resolution=11").features;
    let exact = DEMO.office.geojson("/api/v1/layers/reports.geojson").features;
    let coarse = |it: &geojson::Feature| {
        let exact = geo::Point::<f64>::try_from(it.geometry.clone()?).ok()?;
        Some(Viewer::Public.coarsen(exact.try_into().ok()?).to_point())
    };
    for cell in &fine {
        let outline = geo::Polygon::<f64>::try_from(cell.geometry.clone().unwrap()).unwrap();
        let inside = exact.iter().filter_map(coarse);
        let inside = inside.filter(|point| geo::Contains::contains(&outline, point)).count() as u64;
        let count = cell.property("count").unwrap().as_f64();
        assert_eq!(count, Some(rounded(&inside.into())), "a cell counts coarse positions");
    }
}

#[test]
fn a_forwarded_request_is_the_publics() {
    for header in [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("via", "1.1 proxy"),
        ("x-real-ip", "203.0.113.9"),
    ] {
        let area = DEMO.office.get_with("/api/v1/area", &[header]);
        assert_eq!(area.json()["viewer"], "public", "{header:?}");
        assert_ne!(area.header("etag"), DEMO.office.get("/api/v1/area").header("etag"), "no shared cache entry");
        assert_eq!(DEMO.office.get_with("/api/v1/layers/persons.csv", &[header]).status, 403);
    }
}
