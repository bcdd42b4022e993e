//! What imports put into the store, on both stores, against the truth that the files were generated from.

use crate::{
    import_support::{TINY, load, load_all, load_text, options},
    store_support::Fixture,
};
use geo::{BooleanOps as _, Contains as _};
use std::collections::{BTreeMap, HashMap};
use wangge::{
    case::{Case, CaseEvent},
    disclosure::Viewer,
    intake::Problem,
    layer::Layer,
    place::{Household, Id, Level, Placement, PlacementStatus},
    service::{PublishedLevel, Service},
    store::{CaseFilter, Store},
};

async fn open(fixture: &Fixture) -> std::sync::Arc<Service> {
    Service::open(fixture.target.clone(), None).await.unwrap()
}

async fn cases(store: &Store) -> BTreeMap<String, Case> {
    let page = store.cases(&CaseFilter::default(), None, 10_000).await.unwrap();
    assert!(page.next.is_none());
    page.rows.into_iter().map(|case| (case.source.clone(), case)).collect()
}

async fn events(store: &Store) -> HashMap<Id, Vec<CaseEvent>> {
    let page = store.case_events(None, 100_000).await.unwrap();
    assert!(page.next.is_none());
    let mut events: HashMap<Id, Vec<CaseEvent>> = HashMap::new();
    for event in page.rows {
        events.entry(event.case).or_default().push(event);
    }
    events
}

async fn households(store: &Store) -> BTreeMap<String, Household> {
    store.households().await.unwrap().into_iter().map(|it| (it.source.clone(), it)).collect()
}

/// Id → code, of the boundaries in force.
async fn codes(store: &Store) -> HashMap<Id, String> {
    let version = store.versions().await.unwrap().last().unwrap().number;
    let mut codes = HashMap::new();
    for &level in Level::ALL {
        for boundary in store.boundaries(level, version).await.unwrap() {
            codes.insert(boundary.id, boundary.code.unwrap().to_string());
        }
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_layer_lands_as_it_was_generated() {
    let truth = &TINY.truth;
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_all(&service, &TINY).await;
        let store = fixture.another().await;
        let counts = service.overview(Viewer::Administrator).unwrap().counts;
        let expected = [
            truth.villages.len(),
            truth.grids.len(),
            truth.microgrids.len(),
            truth.squares.len(),
            truth.facilities.len(),
            truth.households.len(),
            truth.devices.len(),
            truth.persons.len(),
            truth.posts.len(),
            truth.cases.len(),
            truth.events.len(),
            truth.visits.len(),
            truth.activities.len(),
            truth.patrols.len(),
        ];
        let found: Vec<_> = counts.iter().map(|(layer, count)| (*layer, usize::try_from(*count).unwrap())).collect();
        assert_eq!(found, Layer::ALL.iter().copied().zip(expected).collect::<Vec<_>>());

        let (codes, known) = (codes(&store).await, TINY.codes());
        let code = |id: Option<Id>| id.map(|id| codes[&id].clone());
        let homes = households(&store).await;
        for (home, contact) in &truth.households {
            let stored = &homes[&home.source];
            assert_eq!((stored.persons, stored.location), (home.persons, home.location), "{}", home.source);
            assert_eq!((stored.lived_in_from, stored.lived_in_to), (home.lived_in_from, home.lived_in_to));
            let point = home.location.unwrap().to_point();
            let microgrid = truth.microgrids.iter().find(|it| it.shape.contains(&point)).unwrap();
            let placement = stored.placement.as_ref().unwrap();
            assert_eq!(code(placement.microgrid).as_deref(), Some(known[&microgrid.id].as_str()), "{}", home.source);
            assert_eq!(code(placement.grid).as_deref(), Some(known[&microgrid.parent.unwrap()].as_str()));
            assert_eq!(placement.status, PlacementStatus::Inside);
            let contacts = store.household_contacts(&[stored.id]).await.unwrap();
            assert_eq!(contacts.get(&stored.id), Some(contact));
        }

        let persons = store.persons().await.unwrap();
        let sources: HashMap<_, _> = persons.iter().map(|it| (it.id.to_string(), it.source.clone())).collect();
        let (stored, histories) = (cases(&store).await, events(&store).await);
        for case in &truth.cases {
            let own = &stored[&case.source];
            assert_eq!((own.state, own.closed_at), (case.state, case.closed_at), "{}", case.source);
            assert_eq!((own.submitted_at, &own.category), (case.submitted_at, &case.category));
            let of = |events: &mut dyn Iterator<Item = &CaseEvent>| {
                // Stored is the id of the actor, which the file calls by its key.
                let actor = |it: &CaseEvent| it.actor.as_ref().map(|actor| sources.get(actor).unwrap_or(actor).clone());
                events.map(|it| (it.transition, it.at, actor(it).filter(|it| it != "reporter"))).collect::<Vec<_>>()
            };
            let expected = of(&mut truth.events.iter().filter(|it| it.case == case.id));
            assert_eq!(of(&mut histories[&own.id].iter()), expected, "{}", case.source);
        }
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_files_twice_change_nothing() {
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_all(&service, &TINY).await;
        let before = service.overview(Viewer::Administrator).unwrap();
        for &layer in Layer::ALL {
            let written = load(&service, &TINY, layer).await.written;
            assert_eq!((written.inserted, written.updated), (0, 0), "{layer}");
            assert_eq!(service.change_seq(), before.change_seq, "{layer}");
        }
        let after = service.overview(Viewer::Administrator).unwrap();
        assert_eq!((after.versions, after.counts), (before.versions, before.counts));
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_writes_nothing_and_says_what_it_would() {
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        let trial = |layer: Layer| {
            let mut trial = options(layer, &TINY.path(layer));
            trial.dry_run = true;
            service.import(trial)
        };
        let outcome = trial(Layer::Villages).await.unwrap();
        assert!(outcome.dry_run);
        assert_eq!(outcome.written.inserted, TINY.truth.villages.len());
        load(&service, &TINY, Layer::Villages).await;
        load(&service, &TINY, Layer::Grids).await;
        let before = service.overview(Viewer::Administrator).unwrap();
        for layer in [Layer::MicroGrids, Layer::Squares, Layer::Households, Layer::Persons, Layer::Reports] {
            let outcome = trial(layer).await.unwrap();
            assert_eq!(outcome.written.inserted as u64, outcome.report.accepted, "{layer}");
        }
        let store = fixture.another().await;
        assert_eq!(store.change_seq().await.unwrap(), before.change_seq);
        assert_eq!(store.counts().await.unwrap().values().sum::<u64>(), before.counts.iter().map(|(_, n)| n).sum::<u64>());
        assert_eq!(store.versions().await.unwrap(), before.versions);
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_never_stops_the_rest() {
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load(&service, &TINY, Layer::Villages).await;
        let text = "source,lon,lat,persons,lived_in_from,lived_in_to\n\
                    H1,110.5,29.3,3,2020-01-01,\n\
                    ,110.5,29.3,3,2020-01-01,\n\
                    H2,910.5,29.3,3,2020-01-01,\n\
                    H3,110.5,29.3,three,2020-01-01,\n\
                    H4,110.5,29.3,3,someday,\n\
                    H5,110.5,29.3,3,2021-01-01,2020-01-01\n\
                    H1,110.5,29.3,9,2020-01-01,\n\
                    H6,,,2,2020-01-01,\n\
                    H7,110.5,29.3,4,2020-01-01\n";
        let outcome = load_text(&service, Layer::Households, "households.csv", text).await.unwrap();
        let report = &outcome.report;
        assert_eq!(report.rows, 9, "{report:?}");
        assert_eq!(report.accepted + report.rejected_rows(), report.rows, "{report:?}");
        for problem in
            [Problem::MissingValue, Problem::NotANumber, Problem::BadTime, Problem::EndsBeforeStart, Problem::DuplicateId]
        {
            assert_eq!(report.finding(problem).map(|it| it.count), Some(1), "{problem}: {report:?}");
        }
        let store = fixture.another().await;
        let homes = households(&store).await;
        assert_eq!(outcome.written.inserted, homes.len());
        assert!(homes["H1"].persons == 3 && homes["H2"].location.is_none() && homes["H6"].location.is_none());

        let events = "case,transition,at\nno-such-case,accepted,2026-01-01T00:00:00Z\n";
        let outcome = load_text(&service, Layer::CaseEvents, "events.csv", events).await.unwrap();
        assert_eq!((outcome.report.accepted, outcome.report.finding(Problem::UnknownParent).map(|it| it.count)), (0, Some(1)));
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_changes_nothing() {
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load(&service, &TINY, Layer::Villages).await;
        load(&service, &TINY, Layer::Grids).await;
        let seq = service.change_seq();
        let cut = TINY.text(Layer::Grids);
        let cut = &cut[..cut.len() / 2];
        for (layer, name, text) in [
            (Layer::Grids, "grids.geojson", cut),
            (Layer::Grids, "grids.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}"),
            (Layer::Grids, "grids.csv", "code,name\n1,a\n"),
            (Layer::Households, "households.csv", "colour,size\nred,1\n"),
            (Layer::Households, "households.csv", ""),
            (Layer::Reports, "reports.csv", "source,category\n1,x\n"),
        ] {
            let outcome = load_text(&service, layer, name, text).await;
            assert!(
                outcome.is_err() || outcome.is_ok_and(|it| it.boundaries.is_none() && it.report.accepted == 0),
                "{name}: {text:.40}"
            );
            assert_eq!(service.change_seq(), seq, "{name}: {text:.40}");
        }
        let missing = service.import(options(Layer::Grids, "/no/such/file.geojson".as_ref())).await.unwrap_err();
        assert!(missing.to_string().contains("/no/such/file.geojson"), "{missing}");
        let store = fixture.another().await;
        assert_eq!(store.change_seq().await.unwrap(), seq);
        assert_eq!(service.overview(Viewer::Administrator).unwrap().versions.len(), 2);
        store.close().await;
        fixture.end().await;
    }
}

/// The grids as a file in which the second of two neighbours was merged into the first; their codes.
fn merged() -> (String, String, String) {
    let grids = &TINY.truth.grids;
    let touches = |a: &geo::MultiPolygon, b: &geo::MultiPolygon| a.union(b).0.len() == 1;
    let homes = |shape: &geo::MultiPolygon| {
        TINY.truth.households.iter().filter(|(home, _)| shape.contains(&home.location.unwrap().to_point())).count()
    };
    let pairs = || grids.iter().flat_map(|a| grids.iter().map(move |b| (a, b)));
    let (kept, gone) = pairs().find(|(a, b)| a.id != b.id && touches(&a.shape, &b.shape) && homes(&b.shape) > 0).unwrap();
    let codes = TINY.codes();
    let mut file: serde_json::Value = serde_json::from_str(&TINY.text(Layer::Grids)).unwrap();
    let features = file["features"].as_array_mut().unwrap();
    features.retain(|it| it["properties"]["code"] != codes[&gone.id]);
    let feature = features.iter_mut().find(|it| it["properties"]["code"] == codes[&kept.id]).unwrap();
    let union = geo::Geometry::from(kept.shape.union(&gone.shape));
    feature["geometry"] = serde_json::to_value(geojson::Geometry::from(&union)).unwrap();
    (file.to_string(), codes[&kept.id].clone(), codes[&gone.id].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redraw_places_anew_what_stands_and_keeps_what_happened() {
    let (file, kept, gone) = merged();
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_all(&service, &TINY).await;
        let store = fixture.another().await;
        let old_codes = codes(&store).await;
        let (homes, reports) = (households(&store).await, cases(&store).await);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grids-2.geojson");
        std::fs::write(&path, &file).unwrap();
        let mut import = options(Layer::Grids, &path);
        import.valid_from = Some("2026-10-15".parse().unwrap());
        let before = service.overview(Viewer::Administrator).unwrap().versions.len();
        let outcome = service.import(import).await.unwrap();
        let PublishedLevel { version, retired } = outcome.boundaries.unwrap();
        assert_eq!(retired, 1);
        let parents = TINY.codes();
        let orphans = TINY.truth.microgrids.iter().filter(|it| parents[&it.parent.unwrap()] == gone).count();
        let reported = outcome.report.finding(Problem::ParentRetired).unwrap();
        assert!(orphans > 0 && reported.count == orphans as u64, "{orphans} {reported:?}");
        assert_eq!(version, i64::try_from(before).unwrap() + 1);
        assert_eq!(
            service.overview(Viewer::Administrator).unwrap().versions.last().unwrap().valid_from.to_string(),
            "2026-10-15"
        );

        let new_codes = codes(&store).await;
        assert!(!new_codes.values().any(|code| *code == gone) && old_codes.values().any(|code| *code == gone));
        for microgrid in store.boundaries(Level::MicroGrid, version).await.unwrap() {
            assert!(new_codes.contains_key(&microgrid.parent.unwrap()), "{} is part of what is in force", microgrid.name);
        }
        let old = |placement: &Option<Placement>| placement.as_ref().and_then(|it| it.grid).map(|id| old_codes[&id].clone());
        let new = |placement: &Option<Placement>| placement.as_ref().and_then(|it| it.grid).map(|id| new_codes[&id].clone());
        let expected = |was: Option<String>| if was.as_ref() == Some(&gone) { Some(kept.clone()) } else { was };
        let mut moved = 0;
        for (source, home) in households(&store).await {
            let was = old(&homes[&source].placement);
            moved += usize::from(was.as_ref() == Some(&gone));
            assert_eq!(new(&home.placement), expected(was), "{source}");
            assert_eq!(home.placement.unwrap().version, version);
        }
        assert!(moved > 0);
        for square in store.squares().await.unwrap() {
            assert_eq!(square.placement.unwrap().version, version, "{}", square.source);
        }
        for (source, case) in cases(&store).await {
            let since_then =
                case.submitted_at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive().to_string().as_str() >= "2026-10-15";
            if since_then {
                assert_eq!(case.placement, case.now, "{source}: it came in when the redraw held already");
            } else {
                assert_eq!(case.placement, reports[&source].placement, "{source}: a redraw changes no past figure");
            }
            if case.location.is_some() {
                assert_eq!(case.now.as_ref().map(|it| it.version), Some(version), "{source}");
                assert_eq!(new(&case.now), expected(old(&reports[&source].placement)), "{source}");
            }
        }

        let at = reports.values().find(|it| old(&it.placement) == Some(gone.clone())).unwrap().location.unwrap();
        let late = format!(
            "source,category,lon,lat,submitted_at\nlate,路灯,{lon},{lat},2026-10-14T04:00:00Z\nnew,路灯,{lon},{lat},2026-10-15T04:00:00Z\n",
            lon = at.lon(),
            lat = at.lat()
        );
        load_text(&service, Layer::Reports, "late.csv", &late).await.unwrap();
        let reports = cases(&store).await;
        assert_eq!(old(&reports["late"].placement), Some(gone.clone()), "it happened before the redraw");
        assert_eq!(new(&reports["late"].now), Some(kept.clone()));
        assert_eq!(new(&reports["new"].placement), Some(kept.clone()));
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_of_the_pen_founds_no_area() {
    for fixture in Fixture::each().await {
        load(&*open(&fixture).await, &TINY, Layer::Villages).await;
        let other = Service::open(fixture.target.clone(), Some("430181")).await.unwrap();
        let import = |key: &str, new_area| {
            let mut import = options(Layer::Villages, &TINY.path(Layer::Villages));
            (import.area, import.new_area) = (Some(key.to_owned()), new_area);
            other.import(import)
        };
        let refused = import("430181", false).await.unwrap_err().to_string();
        assert!(refused.contains("430811") && refused.contains("--new-area"), "{refused}");
        let refused = import("bad key!", true).await.unwrap_err().to_string();
        assert!(refused.contains("no key of an area"), "{refused}");
        import("430181", true).await.unwrap();
        let store = Store::open(&fixture.target, Some("430811")).await.unwrap();
        assert_eq!(store.areas().await.unwrap(), ["430181", "430811"]);
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_several_squares_means_none_of_them() {
    let square = |x: i32, source: &str, name: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"source":"{source}","name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},0],[{a},0],[{a},1],[{x},1],[{x},0]]]}}}}"#,
            a = x + 1
        )
    };
    let squares = [square(0, "S1", "老院子"), square(2, "S2", "老院子"), square(4, "S3", "晒谷坪"), square(6, "S4", "S1")];
    let squares = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, squares.join(","));
    let facilities = "source,square,kind\nF1,老院子,display\nF2,S2,display\nF3,晒谷坪,display\nF4,S1,display\n";
    for fixture in Fixture::each().await {
        let service = open(&fixture).await;
        load_text(&service, Layer::Squares, "squares.geojson", &squares).await.unwrap();
        let outcome = load_text(&service, Layer::Facilities, "facilities.csv", facilities).await.unwrap();
        assert_eq!((outcome.written.inserted, outcome.report.accepted), (3, 3));
        let refused = outcome.report.finding(Problem::UnknownParent).unwrap();
        assert_eq!((refused.count, refused.examples[0].row), (1, Some(2)));
        assert_eq!(refused.examples[0].text, "square \"老院子\": several squares are called so, name it by its key");
        let store = fixture.another().await;
        let ids: BTreeMap<_, _> = store.squares().await.unwrap().into_iter().map(|it| (it.id, it.source)).collect();
        let of = |it: &wangge::place::Facility| (it.source.clone(), ids[&it.square].clone());
        let found: BTreeMap<_, _> = store.facilities().await.unwrap().iter().map(of).collect();
        let expected = [("F2", "S2"), ("F3", "S3"), ("F4", "S1")];
        assert_eq!(found, expected.map(|(facility, square)| (facility.to_owned(), square.to_owned())).into());
        store.close().await;
        fixture.end().await;
    }
}
