//! Where imports come from: codeless drawings, GeoPackages, other datums, other processes, our own exports.

use crate::{
    import_support::{TINY, load, load_all, load_text, options},
    store_support::Fixture,
};
use geo::Contains as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
    sync::Arc,
    time::Duration,
};
use wangge::{
    disclosure::Viewer,
    geometry::Datum,
    intake::{Mapping, Problem},
    layer::Layer,
    place::{CodeScheme, Level},
    service::{ExportFormat, ExportQuery, Service, drain, read_table},
    store::{CaseFilter, Store, Target},
};

/// The grids as an office draws them: names that are each there once, the village, no codes.
fn codeless() -> serde_json::Value {
    let mut file: serde_json::Value = serde_json::from_str(&TINY.text(Layer::Grids)).unwrap();
    for (i, feature) in file["features"].as_array_mut().unwrap().iter_mut().enumerate() {
        let properties = feature["properties"].as_object_mut().unwrap();
        properties.remove("code");
        properties.insert("name".to_owned(), format!("第{i}网格").into());
    }
    file
}

async fn grid_codes(store: &Store) -> BTreeMap<String, String> {
    let version = store.versions().await.unwrap().last().unwrap().number;
    let grids = store.boundaries(Level::Grid, version).await.unwrap();
    grids.into_iter().map(|it| (it.name, it.code.expect("a code").to_string())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn grids_without_codes_are_numbered_by_village_and_no_number_comes_back() {
    for fixture in Fixture::each().await {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        load(&service, &TINY, Layer::Villages).await;
        let mut file = codeless();
        load_text(&service, Layer::Grids, "grids.geojson", &file.to_string()).await.unwrap();
        let store = fixture.another().await;
        assert_eq!(store.area().await.unwrap().unwrap().code_scheme, CodeScheme::CnGrid15);
        let first = grid_codes(&store).await;
        let mut by_village: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for feature in file["features"].as_array().unwrap() {
            let [name, village] = ["name", "village"].map(|key| feature["properties"][key].as_str().unwrap().to_owned());
            let serial = first[&name].strip_prefix(&village).expect("the village's code comes first");
            by_village.entry(village).or_default().push(serial.to_owned());
        }
        for (village, mut serials) in by_village {
            serials.sort();
            let expected: Vec<_> = (1..=serials.len()).map(|serial| format!("{serial:03}")).collect();
            assert_eq!(serials, expected, "{village}");
        }

        let again = load_text(&service, Layer::Grids, "grids.geojson", &file.to_string()).await.unwrap();
        assert_eq!((again.written.inserted, again.written.updated), (0, 0));
        let gone = file["features"].as_array_mut().unwrap().pop().unwrap();
        load_text(&service, Layer::Grids, "grids.geojson", &file.to_string()).await.unwrap();
        let mut renamed = gone.clone();
        renamed["properties"]["name"] = "新网格".into();
        file["features"].as_array_mut().unwrap().push(renamed);
        load_text(&service, Layer::Grids, "grids.geojson", &file.to_string()).await.unwrap();
        let last = grid_codes(&store).await;
        assert!(!first.values().any(|code| *code == last["新网格"]), "{} was somebody else's", last["新网格"]);
        let stay = |codes: &BTreeMap<String, String>| {
            codes.iter().filter(|(name, _)| first.contains_key(*name)).map(|it| it.1.clone()).collect::<BTreeSet<_>>()
        };
        assert!(stay(&last).is_subset(&first.values().cloned().collect()) && stay(&last).len() == first.len() - 1);
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_of_a_geopackage_is_a_source() {
    let source = Fixture::geopackage().await;
    let service = Service::open(source.target.clone(), None).await.unwrap();
    load(&service, &TINY, Layer::Villages).await;
    load(&service, &TINY, Layer::Grids).await;
    let Target::Directory(folder) = &source.target else { unreachable!("a GeoPackage") };
    for fixture in Fixture::each().await {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        load(&service, &TINY, Layer::Villages).await;
        let mut import = options(Layer::Grids, &folder.join("wangge.gpkg"));
        import.mapping = Mapping::parse("[source]\ntable = \"grids\"\n", Path::new("gpkg.toml")).unwrap();
        let outcome = service.import(import).await.unwrap();
        assert!(outcome.report.rejected.is_empty(), "{:?}", outcome.report);
        assert!(outcome.report.read_as.contains("GeoPackage"), "{}", outcome.report.read_as);
        let (here, there) = (fixture.another().await, source.another().await);
        assert_eq!(grid_codes(&here).await, grid_codes(&there).await);
        here.close().await;
        there.close().await;
        fixture.end().await;
    }
    source.end().await;
}

/// Waits until `done`; a test that waits for ever fails.
async fn until(what: &str, done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(2), wait).await.unwrap_or_else(|_| panic!("{what} never came"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_imports_shows_up() {
    for fixture in Fixture::each().await {
        let reader = Service::open(fixture.target.clone(), None).await.unwrap();
        reader.watch();
        let writer = Service::open(fixture.target.clone(), None).await.unwrap();
        for layer in [Layer::Villages, Layer::Grids, Layer::Households] {
            load(&writer, &TINY, layer).await;
            until(layer.name(), || reader.change_seq() == writer.change_seq()).await;
        }
        let counts = |service: &Service| service.overview(Viewer::Administrator).unwrap().counts;
        assert_eq!(counts(&reader), counts(&writer));
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shifted_coordinates_land_where_they_belong_if_the_datum_is_named() {
    let mut text = "source,persons,lon,lat\n".to_owned();
    // In a small area most points stay inside: the file has all that do not, and four times as many others.
    let shifted = TINY.truth.households.iter().map(|(home, _)| (home, Datum::Gcj02.from_wgs84(home.location.unwrap())));
    let (inside, outside): (Vec<_>, Vec<_>) =
        shifted.partition(|(_, at)| TINY.truth.grids.iter().any(|grid| grid.shape.contains(&at.to_point())));
    assert!(!outside.is_empty());
    for (home, shifted) in outside.iter().chain(inside.iter().take(4 * outside.len())) {
        writeln!(text, "{},{},{},{}", home.source, home.persons, shifted.lon(), shifted.lat()).unwrap();
    }
    for fixture in Fixture::each().await {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        for layer in [Layer::Villages, Layer::Grids, Layer::MicroGrids, Layer::Households] {
            load(&service, &TINY, layer).await;
        }
        let store = fixture.another().await;
        let grids = async || {
            let homes = store.households().await.unwrap();
            homes.into_iter().map(|it| (it.source, it.placement.unwrap().grid)).collect::<BTreeMap<_, _>>()
        };
        let exact = grids().await;
        let plain = load_text(&service, Layer::Households, "homes.csv", &text).await.unwrap();
        let warning = plain.report.finding(Problem::WrongDatum).expect("a warning");
        assert!(warning.examples[0].text.contains("--datum gcj02"), "{warning:?}");
        assert_ne!(grids().await, exact);

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("homes.csv");
        std::fs::write(&path, &text).unwrap();
        let mut import = options(Layer::Households, &path);
        import.datum = Some(Datum::Gcj02);
        let named = service.import(import).await.unwrap();
        assert!(named.report.finding(Problem::WrongDatum).is_none());
        let mut far = 0;
        for home in store.households().await.unwrap() {
            let truth = TINY.truth.households.iter().find(|(it, _)| it.source == home.source).unwrap().0.location.unwrap();
            far += usize::from(wangge::geometry::distance_m(home.location.unwrap(), truth) > 0.01);
        }
        assert_eq!(far, 0);
        assert_eq!(grids().await, exact);
        store.close().await;
        fixture.end().await;
    }
}

async fn export(service: &Arc<Service>, layer: Layer, format: ExportFormat) -> Vec<u8> {
    let chunks = service.export(Viewer::Administrator, layer, format, ExportQuery::default()).await.unwrap();
    let mut out = Vec::new();
    drain(chunks, &mut out).await.unwrap();
    out
}

/// Every row of every layer in words, without opaque ids and without what hangs on the last digit of a position.
async fn contents(service: &Arc<Service>) -> BTreeMap<Layer, Vec<BTreeMap<String, String>>> {
    let mut all = BTreeMap::new();
    for &layer in Layer::ALL {
        let text = String::from_utf8(export(service, layer, ExportFormat::Csv).await).unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let columns = reader.headers().unwrap().clone();
        // A file of reports says when a case was submitted and closed, and not by whom; what came first stays.
        let unsaid = |name: &str| layer == Layer::CaseEvents && name == "actor";
        let opaque = |name: &str| name == "id" || name.ends_with("_id") || name == "border_m" || unsaid(name);
        let row = |row: csv::StringRecord| {
            let pairs = columns.iter().zip(row.iter()).filter(|(name, _)| !opaque(name));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>()
        };
        let mut rows: Vec<_> = reader.records().map(|it| row(it.unwrap())).collect();
        rows.sort();
        all.insert(layer, rows);
    }
    all
}

/// Equal but for the seventh decimal of a degree (1 cm), to which files round positions.
fn is_same(row: &BTreeMap<String, String>, copied: &BTreeMap<String, String>) -> bool {
    let is_near = |a: &str, b: &str| {
        let degrees = (a.parse::<f64>(), b.parse::<f64>());
        matches!(degrees, (Ok(a), Ok(b)) if (a - b).abs() < 1.5e-7)
    };
    row.len() == copied.len()
        && row.iter().zip(copied).all(|((name, value), (other, its))| {
            name == other && (value == its || (matches!(name.as_str(), "lon" | "lat") && is_near(value, its)))
        })
}

async fn round_trip(format: ExportFormat, ending: &str) {
    let empty = Fixture::each().await;
    for (fixture, other) in Fixture::each().await.into_iter().zip(empty) {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        load_all(&service, &TINY).await;
        let copy = Service::open(other.target.clone(), None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        for &layer in Layer::ALL {
            let path = folder.path().join(format!("{layer}.{ending}"));
            std::fs::write(&path, export(&service, layer, format).await).unwrap();
            let outcome = copy.import(options(layer, &path)).await.unwrap_or_else(|error| panic!("{layer}: {error}"));
            assert!(outcome.report.rejected.is_empty(), "{layer}: {:?}", outcome.report.rejected);
        }
        let (ours, theirs) = (contents(&service).await, contents(&copy).await);
        for (layer, rows) in &ours {
            assert_eq!(rows.len(), theirs[layer].len(), "{layer}");
            for (row, copied) in rows.iter().zip(&theirs[layer]) {
                assert!(is_same(row, copied), "{layer}: {row:?} became {copied:?}");
            }
        }
        fixture.end().await;
        other.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_geojson_comes_back_as_it_was() {
    Box::pin(round_trip(ExportFormat::GeoJson, "geojson")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_tables_come_back_as_they_were() {
    Box::pin(round_trip(ExportFormat::Csv, "csv")).await;
}

/// A list of telephone numbers takes nothing away; an empty cell does.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_does_not_speak_of_stays() {
    for fixture in Fixture::each().await {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        let whole = "source,lon,lat,persons,lived_in_from,name,phone,address\nH1,110.5,29.3,4,2015-03-01,张三,1,溪边\n";
        load_text(&service, Layer::Households, "whole.csv", whole).await.unwrap();
        load_text(&service, Layer::Households, "phones.csv", "source,phone\nH1,2\n").await.unwrap();
        let store = fixture.another().await;
        let home = store.households().await.unwrap().remove(0);
        assert_eq!((home.persons, home.lived_in_from.to_string()), (4, "2015-03-01".to_owned()));
        assert!(home.location.is_some());
        let contact = store.household_contacts(&[home.id]).await.unwrap().remove(&home.id).unwrap();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!((contact.name, contact.phone, contact.address), (text("张三"), text("2"), text("溪边")));

        load_text(&service, Layer::Households, "cleared.csv", "source,lon,lat,phone\nH1,,,\n").await.unwrap();
        let home = store.households().await.unwrap().remove(0);
        let contact = store.household_contacts(&[home.id]).await.unwrap().remove(&home.id).unwrap();
        assert_eq!((home.location, home.persons, contact.phone, contact.name), (None, 4, None, text("张三")));

        let report = "source,category,submitted_at,lon,lat,channel,text\nR1,路灯,2026-03-01T00:00:00Z,110.5,29.3,qr,灯坏了\n";
        load_text(&service, Layer::Reports, "report.csv", report).await.unwrap();
        load_text(&service, Layer::Reports, "short.csv", "source,category,submitted_at\nR1,噪音,2026-03-01T00:00:00Z\n")
            .await
            .unwrap();
        let case = store.cases(&CaseFilter::default(), None, 10).await.unwrap().rows.remove(0);
        assert!(case.location.is_some() && case.channel.as_deref() == Some("qr") && case.category == "噪音");
        assert_eq!(store.case_texts(&[case.id]).await.unwrap()[&case.id].text.as_deref(), Some("灯坏了"));
        store.close().await;
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_the_store_itself_are_not_read() {
    let fixture = Fixture::geopackage().await;
    let Target::Directory(directory) = fixture.target.clone() else { panic!("a directory") };
    let service = Service::open(fixture.target.clone(), None).await.unwrap();
    load(&service, &TINY, Layer::Villages).await;
    let mut names = ["wangge.gpkg", "private.sqlite", "private.sqlite-shm"].map(|name| directory.join(name)).to_vec();
    #[cfg(unix)]
    {
        let folder = tempfile::tempdir_in(&directory).unwrap().keep();
        std::os::unix::fs::symlink(directory.join("private.sqlite"), folder.join("link.csv")).unwrap();
        std::fs::hard_link(directory.join("wangge.gpkg"), folder.join("other.gpkg")).unwrap();
        names.extend(["link.csv", "other.gpkg"].map(|name| folder.join(name)));
    }
    for path in names {
        let refused = service.import(options(Layer::Persons, &path)).await.unwrap_err().to_string();
        assert!(refused.contains("is a file of the store itself; export the layer first"), "{refused}");
    }
    fixture.end().await;
}

/// An empty cell in a column that is there clears, also the last thing that was known of somebody.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_word_on_somebody_is_cleared_by_an_empty_cell() {
    let files = [
        (Layer::Households, "source,lon,lat", "H1,110.5,29.3", "phone", "13900001111"),
        (Layer::Persons, "source", "P1", "phone", "13900001111"),
        (Layer::Reports, "source,category,submitted_at", "R1,路灯,2026-03-01T00:00:00Z", "text", "灯坏了"),
    ];
    for fixture in Fixture::each().await {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        let known = async || {
            let store = fixture.another().await;
            let homes: Vec<_> = store.households().await.unwrap().iter().map(|home| home.id).collect();
            let phones = store.household_contacts(&homes).await.unwrap().into_values().filter_map(|it| it.phone).count();
            let persons = store.persons().await.unwrap().iter().filter(|person| person.contact.is_some()).count();
            let cases = store.cases(&CaseFilter::default(), None, 10).await.unwrap().rows;
            let cases: Vec<_> = cases.iter().map(|case| case.id).collect();
            let texts = store.case_texts(&cases).await.unwrap().into_values().filter_map(|it| it.text).count();
            store.close().await;
            (phones, persons, texts)
        };
        let import = async |column: bool, filled: bool| {
            let mut updated = 0;
            for (layer, head, row, name, value) in files {
                let (head, row) = match (column, filled) {
                    (false, _) => (head.to_owned(), row.to_owned()),
                    (true, filled) => (format!("{head},{name}"), format!("{row},{}", if filled { value } else { "" })),
                };
                let outcome = load_text(&service, layer, "file.csv", &format!("{head}\n{row}\n")).await.unwrap();
                updated += outcome.written.updated;
            }
            updated
        };
        for (column, filled, updated, left) in
            [(true, true, 0, 1), (false, false, 0, 1), (true, false, 3, 0), (true, false, 0, 0), (false, false, 0, 0)]
        {
            assert_eq!((import(column, filled).await, known().await), (updated, (left, left, left)), "{column} {filled}");
        }
        fixture.end().await;
    }
}

/// The sentence says what to write into a mapping: written there, it helps.
#[tokio::test]
async fn the_advice_how_to_choose_a_layer_works() {
    let fixture = Fixture::geopackage().await;
    let Target::Directory(directory) = fixture.target.clone() else { panic!("a directory") };
    fixture.store.close().await;
    let path = directory.join("wangge.gpkg");
    let refused = read_table(&path, &Mapping::default().read_options()).await.unwrap_err().to_string();
    let advice = refused.rsplit_once("(--mapping FILE): ").unwrap().1;
    let mapping = Mapping::parse(advice, Path::new("mapping.toml")).unwrap();
    let table = read_table(&path, &mapping.read_options()).await.unwrap();
    assert_eq!(table.origin.read_as, "GeoPackage, layer area");
    fixture.end().await;
}
