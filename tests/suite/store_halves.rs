//! The GeoPackage and its private file are one store: halves of different commits or stores are not taken for one, and what
//! other programs do behind our back is noticed.

use crate::store_support::{Fixture, household};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::{Path, PathBuf};
use wangge::{
    people::Contact,
    store::{Store, StoreError, Target},
};

fn files(fixture: &Fixture) -> (PathBuf, PathBuf) {
    let Target::Directory(directory) = &fixture.target else { panic!("a directory") };
    (directory.join("private.sqlite"), directory.join("wangge.gpkg"))
}

async fn write(store: &Store, number: u32, phone: &str) {
    let mut home = household(number);
    home.persons = phone.len().try_into().unwrap();
    let contact = Contact { phone: Some(phone.to_owned()), ..Contact::default() };
    let mut writer = store.write().await.unwrap();
    writer.upsert_households(&[(home, Some(contact))]).await.unwrap();
    writer.commit().await.unwrap();
}

/// A GeoPackage of before beside the private file of today: its commits were whole, and are not taken for one that broke off.
#[tokio::test]
async fn halves_of_different_times_are_refused() {
    for commits in [1, 2] {
        let fixture = Fixture::geopackage().await;
        let (private, public) = files(&fixture);
        write(&fixture.store, 1, "first").await;
        fixture.store.close().await;
        let before = std::fs::read(&public).unwrap();
        let store = fixture.another().await;
        for number in 2..2 + commits {
            write(&store, number, "later").await;
        }
        store.close().await;
        std::fs::write(&public, &before).unwrap();
        let opened = Store::open(&fixture.target, None).await;
        assert!(matches!(opened, Err(StoreError::HalvesApart(_))), "{opened:?}");
        assert_eq!(rows(&private, "household_private").await, 1 + i64::from(commits), "and nothing is taken back");
        fixture.end().await;
    }
}

/// What was known of persons before is gone with the commit that changes it.
#[tokio::test]
async fn a_commit_leaves_nothing_to_undo() {
    let fixture = Fixture::geopackage().await;
    for phone in ["first", "second"] {
        write(&fixture.store, 1, phone).await;
    }
    let (private, _) = files(&fixture);
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&private)).await.unwrap();
    let undo: Vec<String> = sqlx::query_scalar("SELECT statement FROM undo").fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(undo, ["SELECT 'the last commit is whole'"]);
    fixture.end().await;
}

async fn rows(file: &Path, table: &str) -> i64 {
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    let count = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    count
}

#[tokio::test]
async fn halves_of_different_stores_are_refused() {
    let (one, other) = (Fixture::geopackage().await, Fixture::geopackage().await);
    for fixture in [&one, &other] {
        write(&fixture.store, 1, "a").await;
        fixture.store.close().await;
    }
    let (private, _) = files(&one);
    std::fs::copy(files(&other).0, &private).unwrap();
    let opened = Store::open(&one.target, None).await;
    assert!(matches!(opened, Err(StoreError::HalvesApart(_))), "{opened:?}");
    std::fs::write(&private, b"").unwrap();
    let opened = Store::open(&one.target, None).await;
    assert!(matches!(opened, Err(StoreError::HalvesApart(_))), "{opened:?}");
    // And the other way round: persons without the places that they belong to.
    let (_, public) = files(&other);
    std::fs::remove_file(&public).unwrap();
    let opened = Store::open(&other.target, None).await;
    assert!(matches!(opened, Err(StoreError::HalvesApart(_))), "{opened:?}");
    one.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_dropped_table_and_a_replaced_file_are_noticed() {
    let fixture = Fixture::geopackage().await;
    let (_, public) = files(&fixture);
    fixture.store.check().await.unwrap();
    let mut foreign = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&public)).await.unwrap();
    sqlx::query("CREATE TABLE layer_styles (id INTEGER)").execute(&mut foreign).await.unwrap();
    fixture.store.check().await.expect("a table more is nobody's harm");
    sqlx::query("DROP TABLE fulfilment").execute(&mut foreign).await.unwrap();
    foreign.close().await.unwrap();
    let noticed = fixture.store.check().await;
    assert!(matches!(&noticed, Err(StoreError::TablesDropped { missing, .. }) if *missing == ["fulfilment"]), "{noticed:?}");
    fixture.end().await;

    let fixture = Fixture::geopackage().await;
    let (_, public) = files(&fixture);
    let moved = public.with_extension("old");
    std::fs::rename(&public, &moved).unwrap();
    let refused = fixture.store.write().await.map(drop);
    assert!(matches!(refused, Err(StoreError::FileReplaced(_))), "nothing is written into a file that is gone");
    fixture.end().await;
}
