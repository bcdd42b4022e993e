//! The GeoPackage as other programs see it.

use crate::store_support::{Fixture, boundary, date, household, report};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};
use wangge::{
    people::{Contact, Person},
    place::{Id, Level},
    store::{Cell, PublishBoundaries, Store, StoreError, Target, read_gpkg_layer},
};

const SECRET: &str = "GEHEIM-MARKER-7351";

fn directory(fixture: &Fixture) -> PathBuf {
    match &fixture.target {
        Target::Directory(directory) => directory.clone(),
        Target::Postgres(_) => unreachable!("a GeoPackage fixture"),
    }
}

async fn fill(store: &Store) {
    let grids = vec![boundary(Level::Grid, "a", 0, 0), boundary(Level::Grid, "b", 10, 0)];
    let set = PublishBoundaries { levels: vec![(Level::Grid, grids)], valid_from: date("2024-01-01"), note: String::new() };
    let secret = || Some(SECRET.to_owned());
    let contact = || Contact { name: secret(), phone: secret(), address: secret() };
    let households: Vec<_> = (0..50).map(|i| (household(i), Some(contact()))).collect();
    let person = Person { id: Id::derived("person", "1"), source: SECRET.to_owned(), contact: Some(contact()) };
    let text = wangge::case::CaseText { text: secret(), reporter: secret(), phone: secret(), address: secret() };
    let cases: Vec<_> = (0..20).map(|i| (report(i), Some(text.clone()))).collect();
    let mut writer = store.write().await.unwrap();
    writer.publish(&set).await.unwrap();
    writer.upsert_households(&households).await.unwrap();
    writer.upsert_persons(&[person]).await.unwrap();
    writer.upsert_cases(&cases).await.unwrap();
    writer.commit().await.unwrap();
}

/// `None`, said aloud, where a tool of GDAL is missing.
fn gdal(program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program).args(arguments).output().ok();
    if output.is_none() {
        missing_gdal();
    }
    output
}

fn missing_gdal() {
    let required = std::env::var("WANGGE_REQUIRE_GDAL").is_ok_and(|value| value == "1");
    assert!(!required, "WANGGE_REQUIRE_GDAL=1, but GDAL's tools (gdal-bin, python3-gdal) are not installed");
    eprintln!("SKIPPED: GDAL's tools are not installed");
}

/// A Python that has GDAL's utilities.
fn python_with_gdal() -> Option<&'static str> {
    let has = |python: &&str| {
        Command::new(python).args(["-c", "import osgeo_utils"]).output().is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
    if found.is_none() {
        missing_gdal();
    }
    found
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn the_live_file_is_a_valid_geopackage_that_gdal_reads() {
    let fixture = Fixture::geopackage().await;
    fill(&fixture.store).await;
    let file = directory(&fixture).join("wangge.gpkg").display().to_string();
    if let Some(python) = python_with_gdal() {
        let output = gdal(python, &["-m", "osgeo_utils.samples.validate_gpkg", &file]).unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    if let Some(output) = gdal("ogrinfo", &["-ro", "-so", "-al", &file]) {
        let told = text(&output);
        let layers: Vec<_> = told.lines().filter_map(|line| line.strip_prefix("Layer name: ")).collect();
        let expected = ["villages", "grids", "microgrids", "squares", "facilities", "households", "devices", "reports", "area"];
        assert_eq!(layers, expected, "{told}");
        let layer = |name: &str| told.split("Layer name: ").find(|part| part.starts_with(name)).unwrap().to_owned();
        assert!(layer("households").contains("Feature Count: 50"), "{told}");
        assert!(layer("grids").contains("Feature Count: 2"), "{told}");
        assert!(layer("grids").contains("Extent: (110.500000, 29.300000) - (110.520000, 29.310000)"), "{told}");
        assert!(layer("reports").contains("submitted_at: DateTime"), "{told}");
        assert!(layer("households").contains("lived_in_from: Date"), "{told}");
        assert!(!told.contains("WARNING") && !told.contains("ERROR"), "{told}");
    }
    fixture.end().await;
}

#[tokio::test]
async fn other_programs_may_not_write() {
    let fixture = Fixture::geopackage().await;
    fill(&fixture.store).await;
    let file = directory(&fixture).join("wangge.gpkg");
    // Any program that has SQLite, but not our function.
    let mut other = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&file)).await.unwrap();
    for sql in [
        "UPDATE household SET persons = 99",
        "DELETE FROM case_file",
        "INSERT INTO boundary_version VALUES ('430811', 9, '2024-01-01', '2024-01-01T00:00:00.000Z', '')",
        "UPDATE gpkg_contents SET description = 'mine'",
        "DELETE FROM change",
    ] {
        let refused = sqlx::query(sql).execute(&mut other).await.unwrap_err();
        assert!(refused.to_string().contains("no such function: wangge_writer"), "{sql}: {refused}");
    }
    other.close().await.unwrap();
    let name = file.display().to_string();
    let source = fixture_layer();
    let source_name = source.path().join("foreign.gpkg").display().to_string();
    if let Some(output) = gdal("ogr2ogr", &["-append", "-nln", "grids", &name, &source_name, "things"]) {
        assert!(!output.status.success(), "{}", text(&output));
    }
    let mut unharmed: Vec<_> = (0..50).map(household).collect();
    unharmed.sort_by_key(|household| household.id);
    assert_eq!(fixture.store.households().await.unwrap(), unharmed);
    assert_eq!(fixture.store.boundaries(Level::Grid, 1).await.unwrap().len(), 2);
    fixture.end().await;
}

#[tokio::test]
async fn the_geopackage_holds_no_person() {
    let fixture = Fixture::geopackage().await;
    let directory = directory(&fixture);
    fill(&fixture.store).await;
    fixture.store.close().await;
    let holds = |name: &str| {
        let bytes = std::fs::read(directory.join(name)).unwrap_or_default();
        bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
    };
    assert!(!holds("wangge.gpkg") && !holds("wangge.gpkg-wal"));
    assert!(holds("private.sqlite") || holds("private.sqlite-wal"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(directory.join("private.sqlite")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn what_is_not_ours_is_not_opened() {
    let directory = tempfile::tempdir().unwrap();
    let open = async |name: &str| Store::open(&Target::Directory(directory.path().join(name)), None).await;
    let make = async |name: &str, sql: &'static str| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        let options = SqliteConnectOptions::new().filename(path.join("wangge.gpkg")).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    };
    make("foreign", "CREATE TABLE somebody (id INTEGER)").await;
    assert!(matches!(open("foreign").await, Err(StoreError::NotWangge(_))));

    std::fs::create_dir_all(directory.path().join("text")).unwrap();
    std::fs::write(directory.path().join("text/wangge.gpkg"), "no database at all, but long enough to be one").unwrap();
    let refused = open("text").await;
    assert!(matches!(refused, Err(StoreError::NotWangge(_))), "{refused:?}");

    open("newer").await.unwrap().close().await;
    let guard = "DROP TRIGGER wangge_schema_insert_guard; \
         INSERT INTO wangge_schema VALUES (999, 'x', '2099-01-01T00:00:00.000Z')";
    make("newer", guard).await;
    let refused = open("newer").await;
    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 999, .. })), "{refused:?}");

    open("half").await.unwrap().close().await;
    std::fs::remove_file(directory.path().join("half/private.sqlite")).unwrap();
    let refused = open("half").await;
    assert!(matches!(refused, Err(StoreError::PrivateFileMissing(_))), "{refused:?}");

    let again = open("again").await.unwrap();
    assert!(matches!(again.write().await, Err(StoreError::NoArea)));
    again.close().await;
    assert!("mysql://host/db".parse::<Target>().is_err());
}

/// A GeoPackage of somebody else, with one layer `things`.
fn fixture_layer() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let json = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"一","n":3,"x":1.5},"geometry":{"type":"Point","coordinates":[110.5,29.25]}},
        {"type":"Feature","properties":{"name":"二","n":null,"x":2.0},"geometry":null}]}"#;
    std::fs::write(directory.path().join("things.geojson"), json).unwrap();
    let (to, from) = (directory.path().join("foreign.gpkg"), directory.path().join("things.geojson"));
    let path = |path: &Path| path.display().to_string();
    let _ = gdal("ogr2ogr", &["-nln", "things", "-t_srs", "EPSG:4490", &path(&to), &path(&from)]);
    directory
}

#[tokio::test]
async fn a_foreign_layer_is_read_with_columns_and_coordinates() {
    let directory = fixture_layer();
    let path = directory.path().join("foreign.gpkg");
    if !path.exists() {
        return;
    }
    let layer = read_gpkg_layer(&path, None, 100, 1 << 20).await.unwrap();
    assert_eq!((layer.name.as_str(), layer.epsg), ("things", Some(4490)));
    assert_eq!(layer.columns, ["fid", "name", "n", "x"]);
    assert_eq!(layer.rows[0], [Cell::Int(1), Cell::Text("一".to_owned()), Cell::Int(3), Cell::Real(1.5)]);
    assert_eq!(layer.rows[1][2], Cell::Null);
    assert_eq!(layer.geometries[0], Ok(Some(geo::Point::new(110.5, 29.25).into())));
    assert_eq!(layer.geometries[1], Ok(None));
    let missing = read_gpkg_layer(&path, Some("nothing"), 100, 1 << 20).await;
    assert!(matches!(missing, Err(StoreError::NoLayer { .. })), "{missing:?}");
    assert!(read_gpkg_layer(&directory.path().join("none.gpkg"), None, 100, 1 << 20).await.is_err());
}
