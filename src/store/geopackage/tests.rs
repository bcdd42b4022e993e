//! What only the inside of the backend can bring about.

use super::GeoPackage;
use crate::{
    case::{Case, CaseEvent, REPORT, State},
    people::Contact,
    place::{CodeScheme, Household, Id},
    store::{AreaSettings, RowEvents, Store, StoreError, Target},
};
use chrono::{DateTime, Utc};
use std::sync::{Arc, OnceLock};

fn household(i: usize) -> Household {
    Household {
        id: Id::derived("household", &i.to_string()),
        source: format!("H{i}"),
        location: None,
        persons: 3,
        lived_in_from: "2020-01-01".parse().unwrap(),
        lived_in_to: None,
        placement: None,
    }
}

/// A store in `directory` that knows its area.
async fn founded(directory: &std::path::Path) -> (Arc<GeoPackage>, Store) {
    let geopackage = Arc::new(GeoPackage::open(directory).await.unwrap());
    let store = Store { backend: geopackage.clone(), area: Arc::new(OnceLock::new()) };
    let settings = AreaSettings {
        key: "test".to_owned(),
        name: "Test".to_owned(),
        zone: chrono_tz::Asia::Shanghai,
        code_scheme: CodeScheme::Free,
        synthetic: true,
    };
    store.write_area(&settings).await.unwrap().commit().await.unwrap();
    (geopackage, store)
}

#[tokio::test]
async fn a_full_disk_gives_a_clear_error_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (geopackage, store) = founded(directory.path()).await;
    let mut writer = store.write().await.unwrap();
    writer.upsert_households(&[(household(0), None)]).await.unwrap();
    writer.commit().await.unwrap();

    geopackage.limit_growth(20).await.unwrap();
    let many: Vec<_> = (1..5_000).map(|i| (household(i), None)).collect();
    let mut writer = store.write().await.unwrap();
    let failed = writer.upsert_households(&many).await.unwrap_err();
    assert!(matches!(failed, StoreError::DiskFull(_)), "{failed:?}");
    drop(writer);
    assert_eq!(store.households().await.unwrap(), [household(0)]);
    assert_eq!(store.change_seq().await.unwrap(), 1);

    geopackage.limit_growth(100_000).await.unwrap();
    let mut writer = store.write().await.unwrap();
    assert_eq!(writer.upsert_households(&many).await.unwrap().inserted, many.len());
    writer.commit().await.unwrap();
    assert_eq!(store.households().await.unwrap().len(), 5_000);
}

fn target(directory: &std::path::Path) -> Target {
    Target::Directory(directory.to_owned())
}

async fn write(store: &Store, homes: &[(usize, &str)]) {
    let contact = |phone: &str| Some(Contact { phone: Some(phone.to_owned()), ..Contact::default() });
    let homes: Vec<_> = homes.iter().map(|&(i, phone)| (household(i), contact(phone))).collect();
    let mut writer = store.write().await.unwrap();
    writer.upsert_households(&homes).await.unwrap();
    writer.commit().await.unwrap();
}

/// Of all private rows, those included that no household leads to.
async fn phones(geopackage: &GeoPackage) -> Vec<String> {
    let phones = "SELECT phone FROM household_private ORDER BY phone";
    sqlx::query_scalar(phones).fetch_all(&geopackage.readers).await.unwrap()
}

/// As a crash between the two files leaves it: the private file has the second commit, the GeoPackage only the first, and the
/// undo log was not emptied.
#[tokio::test]
async fn a_commit_that_reached_only_the_private_file_is_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let public = directory.path().join(super::PUBLIC_FILE);
    let (_, store) = founded(directory.path()).await;
    write(&store, &[(1, "first")]).await;
    store.close().await;
    let before = std::fs::read(&public).unwrap();
    let geopackage = Arc::new(GeoPackage::open(directory.path()).await.unwrap());
    geopackage.sweeper.close().await;
    let store = Store { backend: geopackage, area: Arc::new(OnceLock::from("test".to_owned())) };
    write(&store, &[(1, "second"), (2, "new")]).await;
    store.close().await;

    std::fs::write(&public, &before).unwrap();
    let geopackage = Arc::new(GeoPackage::open(directory.path()).await.unwrap());
    assert_eq!(phones(&geopackage).await, ["first"], "the new household's contact is gone with it");
    let store = Store { backend: geopackage.clone(), area: Arc::new(OnceLock::from("test".to_owned())) };
    write(&store, &[(3, "third")]).await;
    assert_eq!(phones(&geopackage).await, ["first", "third"]);
}

fn at(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(day * 86_400, 0).unwrap()
}

fn case() -> Case {
    Case {
        id: Id::derived("case", "1"),
        kind: REPORT.to_owned(),
        source: "1".to_owned(),
        category: "路灯".to_owned(),
        channel: None,
        location: None,
        submitted_at: at(1),
        stated: None,
        state: State::Submitted,
        closed_at: None,
        label: None,
        placement: None,
        now: None,
    }
}

/// Nobody noted who told of the events of older stores: those that name nobody are taken for the row's.
#[tokio::test]
async fn events_of_an_older_store_are_the_rows_if_they_name_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let (geopackage, store) = founded(directory.path()).await;
    let case = case();
    let event = |transition, day, actor: Option<&str>| CaseEvent {
        case: case.id,
        transition,
        at: at(day),
        actor: actor.map(str::to_owned),
        version: None,
    };
    let events = [event(State::Submitted, 1, None), event(State::Closed, 5, Some("centre")), event(State::Closed, 9, None)];
    let mut writer = store.write().await.unwrap();
    writer.upsert_cases(&[(case.clone(), None)]).await.unwrap();
    writer.append_events(&events).await.unwrap();
    writer.commit().await.unwrap();
    for sql in ["ALTER TABLE gpkg.case_event DROP COLUMN origin", "DELETE FROM gpkg.wangge_schema WHERE number >= 4"] {
        sqlx::query(sql).execute(&geopackage.writer).await.unwrap();
    }
    store.close().await;

    let store = Store::open(&target(directory.path()), None).await.unwrap();
    let mut writer = store.write().await.unwrap();
    let covers = vec![State::Submitted, State::Closed];
    let row = RowEvents { case: case.id, covers, events: vec![event(State::Submitted, 1, None)] };
    assert_eq!(writer.replace_row_events(&[row]).await.unwrap().len(), 1);
    writer.commit().await.unwrap();
    let left: Vec<_> = store.events_of(&[case.id]).await.unwrap().into_iter().map(|it| (it.transition, it.actor)).collect();
    assert_eq!(left, [(State::Closed, Some("centre".to_owned())), (State::Submitted, None)]);
}
