//! What only a database server can do to us.

use crate::store_support::{Fixture, household};
use sqlx::{Connection, PgConnection};
use wangge::store::{Store, StoreError, Target};

#[tokio::test]
async fn a_lost_connection_loses_nothing_and_says_so() {
    let Some(fixture) = Fixture::postgis().await else { return };
    let Target::Postgres(url) = &fixture.target else { unreachable!("a PostGIS fixture") };
    let mut writer = fixture.store.write().await.unwrap();
    writer.upsert_households(&[(household(1), None)]).await.unwrap();
    let mut killer = PgConnection::connect(url).await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(kill).execute(&mut killer).await.unwrap();
    let lost = writer.commit().await.unwrap_err();
    assert!(matches!(lost, StoreError::ConnectionLost(_)), "{lost:?}");
    assert!(!lost.to_string().contains("postgres"), "{lost}");

    assert!(fixture.store.households().await.unwrap().is_empty());
    let mut writer = fixture.store.write().await.unwrap();
    writer.upsert_households(&[(household(1), None)]).await.unwrap();
    writer.commit().await.unwrap();
    assert_eq!(fixture.store.households().await.unwrap(), [household(1)]);
    fixture.end().await;
}

#[tokio::test]
async fn persons_are_in_a_schema_of_their_own_and_geometries_are_indexed() {
    let Some(fixture) = Fixture::postgis().await else { return };
    let Target::Postgres(url) = &fixture.target else { unreachable!("a PostGIS fixture") };
    let mut connection = PgConnection::connect(url).await.unwrap();
    let private = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'private' ORDER BY tablename";
    let private: Vec<String> = sqlx::query_scalar(private).fetch_all(&mut connection).await.unwrap();
    assert_eq!(private, ["case_private", "household_private", "person", "plan", "plan_entry"]);
    let unindexed = "SELECT g.f_table_name::text FROM geometry_columns AS g \
         JOIN pg_class AS c ON c.relname = g.f_table_name AND c.relkind = 'r' WHERE NOT EXISTS (\
         SELECT 1 FROM pg_indexes AS i WHERE i.tablename = g.f_table_name AND i.indexdef LIKE '%gist%')";
    let unindexed: Vec<String> = sqlx::query_scalar(unindexed).fetch_all(&mut connection).await.unwrap();
    assert!(unindexed.is_empty(), "{unindexed:?}");
    sqlx::query("INSERT INTO wangge_schema (number, name) VALUES (999, 'x')").execute(&mut connection).await.unwrap();
    let newer = Store::open(&fixture.target, None).await;
    assert!(matches!(newer, Err(StoreError::NewerSchema { found: 999, .. })), "{newer:?}");
    fixture.end().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    // Port 9 (discard) refuses.
    let target = Target::Postgres("postgres://somebody:secret@127.0.0.1:9/wangge".to_owned());
    let refused = Store::open(&target, None).await.unwrap_err();
    assert_eq!(refused.to_string(), "cannot open the store at 127.0.0.1:9/wangge");
}
