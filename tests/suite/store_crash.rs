//! `kill -9` in the middle of imports: what was acknowledged is there, nothing is there by half.

use crate::store_support::{Fixture, household};
use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};
use wangge::{
    people::Contact,
    store::{Store, Target},
};

/// Names the store that the helper process writes to.
const TARGET: &str = "WANGGE_TEST_CRASH_TARGET";
const BATCH: u32 = 40;

/// Not a test of its own: the process that is killed. Imports batch after batch, each one transaction, and tells when one is
/// committed.
#[tokio::test]
async fn helper_that_imports_until_it_is_killed() {
    let Ok(target) = std::env::var(TARGET) else { return };
    let store = Store::open(&target.parse().unwrap(), None).await.unwrap();
    let contact = || Contact { name: Some("某".to_owned()), ..Contact::default() };
    let mut batch = u32::try_from(store.households().await.unwrap().len()).unwrap() / BATCH;
    loop {
        let rows: Vec<_> = (batch * BATCH..(batch + 1) * BATCH).map(|i| (household(i), Some(contact()))).collect();
        let mut writer = store.write().await.unwrap();
        writer.upsert_households(&rows).await.unwrap();
        writer.commit().await.unwrap();
        batch += 1;
        println!("committed {batch}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_and_nothing_is_half_done() {
    for fixture in Fixture::each().await {
        let target = match &fixture.target {
            Target::Directory(directory) => directory.display().to_string(),
            Target::Postgres(url) => url.clone(),
        };
        for round in 0..6_u64 {
            let acknowledged = import_and_kill(&target, Duration::from_millis(7 * round));
            let households = fixture.store.households().await.unwrap();
            let count = u32::try_from(households.len()).unwrap();
            assert!(count >= acknowledged * BATCH, "{count} households, but {acknowledged} batches were acknowledged");
            assert_eq!(count % BATCH, 0, "a batch is half done");
            assert_eq!(fixture.store.change_seq().await.unwrap(), i64::from(count));
            let ids: Vec<_> = households.iter().map(|household| household.id).collect();
            let contacts = fixture.store.household_contacts(&ids).await.unwrap();
            assert_eq!(contacts.len(), ids.len(), "a household without its private part");
            // Whoever opens the store next takes back what broke off.
            fixture.another().await.close().await;
            assert_eq!(private_rows(&fixture.target).await, i64::from(count), "a private part without its household");
        }
        fixture.end().await;
    }
}

/// All rows of the private half, those included that no household leads to.
async fn private_rows(target: &Target) -> i64 {
    let count = "SELECT count(*) FROM household_private";
    match target {
        Target::Directory(directory) => {
            let options = SqliteConnectOptions::new().filename(directory.join("private.sqlite"));
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let rows = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows
        }
        Target::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let count = "SELECT count(*) FROM private.household_private";
            let rows = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows
        }
    }
}

/// Returns how many batches were acknowledged, those of earlier rounds included.
fn import_and_kill(target: &str, after: Duration) -> u32 {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store_crash::helper_that_imports_until_it_is_killed", "--nocapture"])
        .env(TARGET, target)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut committed = lines.filter_map(|line| line.rsplit_once("committed ")?.1.trim().parse::<u32>().ok());
    let first = committed.next().expect("the helper commits");
    std::thread::sleep(after);
    process.kill().unwrap();
    process.wait().unwrap();
    committed.last().unwrap_or(first)
}
