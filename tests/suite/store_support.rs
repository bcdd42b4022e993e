//! Runs a case on both stores and compares the answers; sample records.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{fmt::Debug, future::Future};
use tempfile::TempDir;
use wangge::{
    case::{Case, CaseEvent, REPORT, State},
    geometry::{BBox, LonLat},
    place::{Boundary, Code, CodeScheme, Household, Id, Level, Placement, PlacementStatus},
    store::{AreaSettings, Store, Target},
};

/// A fresh store, and what has to live as long.
pub struct Fixture {
    pub store: Store,
    pub target: Target,
    database: Option<String>,
    _directory: Option<TempDir>,
}

impl Fixture {
    async fn empty_geopackage() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let target = Target::Directory(directory.path().join("data"));
        let store = Store::open(&target, None).await.unwrap();
        Self { store, target, database: None, _directory: Some(directory) }
    }

    async fn empty_postgis() -> Option<Self> {
        let Ok(admin) = std::env::var("WANGGE_TEST_DATABASE_URL") else {
            let required = std::env::var("WANGGE_REQUIRE_POSTGIS").is_ok_and(|value| value == "1");
            assert!(!required, "WANGGE_REQUIRE_POSTGIS=1, but WANGGE_TEST_DATABASE_URL names no database");
            eprintln!("SKIPPED on PostGIS: WANGGE_TEST_DATABASE_URL is not set");
            return None;
        };
        let database = format!("wangge_test_{}", Id::new().to_string().replace('-', ""));
        administer(&admin, format!("CREATE DATABASE {database}")).await;
        let target = Target::Postgres(url_of(&admin, &database));
        let store = Store::open(&target, None).await.unwrap();
        Some(Self { store, target, database: Some(database), _directory: None })
    }

    /// Stores that know no area yet.
    pub async fn each_empty() -> Vec<Self> {
        let mut fixtures = vec![Self::empty_geopackage().await];
        fixtures.extend(Self::empty_postgis().await);
        fixtures
    }

    /// Stores that know the area, and nothing else.
    pub async fn each() -> Vec<Self> {
        let fixtures = Self::each_empty().await;
        for fixture in &fixtures {
            fixture.found().await;
        }
        fixtures
    }

    pub async fn geopackage() -> Self {
        let fixture = Self::empty_geopackage().await;
        fixture.found().await;
        fixture
    }

    /// `None`, said aloud, where no database is there to test on.
    pub async fn postgis() -> Option<Self> {
        let fixture = Self::empty_postgis().await?;
        fixture.found().await;
        Some(fixture)
    }

    async fn found(&self) {
        self.store.write_area(&area()).await.unwrap().commit().await.unwrap();
    }

    /// Another connection to the same data, as another process has it.
    pub async fn another(&self) -> Store {
        Store::open(&self.target, None).await.unwrap()
    }

    pub async fn end(self) {
        self.store.close().await;
        if let (Some(database), Ok(admin)) = (self.database, std::env::var("WANGGE_TEST_DATABASE_URL")) {
            administer(&admin, format!("DROP DATABASE {database} WITH (FORCE)")).await;
        }
    }
}

async fn administer(admin: &str, sql: String) {
    let mut connection = PgConnection::connect(admin).await.unwrap();
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn url_of(admin: &str, database: &str) -> String {
    let (base, query) = admin.split_once('?').map_or((admin, None), |(base, query)| (base, Some(query)));
    let (scheme, rest) = base.split_once("://").unwrap();
    let host = rest.split('/').next().unwrap();
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    format!("{scheme}://{host}/{database}{query}")
}

/// Runs `case` on each store and demands equal answers.
pub async fn on_both<T, F>(case: impl Fn(Store) -> F)
where
    T: PartialEq + Debug,
    F: Future<Output = T>,
{
    let mut answers = Vec::new();
    for fixture in Fixture::each().await {
        answers.push(case(fixture.store.clone()).await);
        fixture.end().await;
    }
    for pair in answers.windows(2) {
        assert_eq!(pair[0], pair[1], "GeoPackage (left) and PostGIS (right) answer differently");
    }
}

pub fn area() -> AreaSettings {
    AreaSettings {
        key: "430811".to_owned(),
        name: "索溪峪".to_owned(),
        zone: chrono_tz::Asia::Shanghai,
        code_scheme: CodeScheme::Free,
        synthetic: true,
    }
}

pub fn date(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

/// A position `east` and `north` thousandths of a degree from a corner.
pub fn position(east: u32, north: u32) -> LonLat {
    LonLat::from_degrees(110.5 + f64::from(east) / 1000.0, 29.3 + f64::from(north) / 1000.0).unwrap()
}

pub fn shape(west: u32, south: u32, side: u32) -> geo::MultiPolygon {
    let (a, b) = (position(west, south), position(west + side, south + side));
    geo::MultiPolygon(vec![geo::Rect::new(a.to_point().0, b.to_point().0).to_polygon()])
}

/// The box between two corners, each `east` and `north` as for [`position`].
pub fn bbox((west, south): (u32, u32), (east, north): (u32, u32)) -> BBox {
    let (low, high) = (position(west, south), position(east, north));
    BBox { west: low.lon(), south: low.lat(), east: high.lon(), north: high.lat() }
}

/// A square boundary whose side is a hundredth of a degree.
pub fn boundary(level: Level, code: &str, west: u32, south: u32) -> Boundary {
    Boundary {
        id: Id::derived(level.word(), code),
        level,
        parent: None,
        code: Some(Code::parse(CodeScheme::Free, level, code).unwrap()),
        name: format!("网格 {code}"),
        aliases: vec!["文丰".to_owned(), "it's \"文凤\"".to_owned()],
        kind: (level == Level::Grid).then_some(wangge::place::GridKind::HouseYard),
        shape: shape(west, south, 10),
        area_m2: 1_080_123.456_789,
    }
}

pub fn household(i: u32) -> Household {
    Household {
        id: Id::derived("household", &i.to_string()),
        source: format!("H{i:05}"),
        location: Some(position(i % 100, i / 100)),
        persons: i % 7,
        lived_in_from: date("2019-05-01"),
        lived_in_to: None,
        placement: None,
    }
}

pub fn placement(version: i64, grid: &str) -> Placement {
    Placement {
        version,
        status: PlacementStatus::Inside,
        village: None,
        grid: Some(Id::derived("grid", grid)),
        microgrid: None,
        border_m: Some(12.25),
    }
}

pub fn report(i: u32) -> Case {
    Case {
        id: Id::derived("report", &i.to_string()),
        kind: REPORT.to_owned(),
        source: format!("R{i:06}"),
        category: ["路灯", "Bulky Items"][(i % 2) as usize].to_owned(),
        channel: i.is_multiple_of(3).then(|| "qr".to_owned()),
        location: (!i.is_multiple_of(5)).then(|| position(i % 100, (i / 100) % 100)),
        submitted_at: at("2024-01-01T00:00:00Z") + chrono::TimeDelta::minutes(i.into()),
        state: State::Submitted,
        stated: None,
        closed_at: None,
        label: None,
        placement: None,
        now: None,
    }
}

pub fn event(case: &Case, transition: State, minutes: i64) -> CaseEvent {
    CaseEvent {
        case: case.id,
        transition,
        at: case.submitted_at + chrono::TimeDelta::minutes(minutes),
        actor: Some("leader-7".to_owned()),
        version: Some(1),
    }
}
