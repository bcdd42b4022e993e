//! Transactions: what is not committed leaves nothing; several writers; what others see of it.

use crate::store_support::{Fixture, household, on_both};
use std::time::Duration;
use wangge::{layer::Layer, store::Store};

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    on_both(async |store: Store| {
        let mut writer = store.write().await.unwrap();
        writer.upsert_households(&[(household(1), Some(wangge::people::Contact::default()))]).await.unwrap();
        let ids = writer.ids_by_source(Layer::Households, &[household(1).source]).await.unwrap();
        assert_eq!(ids.len(), 1, "the transaction sees what it wrote");
        assert!(store.households().await.unwrap().is_empty(), "others do not");
        drop(writer);
        assert_eq!(store.change_seq().await.unwrap(), 0);
        assert!(store.household_contacts(&[household(1).id]).await.unwrap().is_empty());
        let mut writer = store.write().await.unwrap();
        assert_eq!(writer.upsert_households(&[(household(1), None)]).await.unwrap().inserted, 1);
        writer.commit().await.unwrap();
        store.households().await.unwrap()
    })
    .await;
}

/// Writers in turn on several stores of the same data, while a reader follows the log: it must never see a number before all
/// smaller ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_change_log_is_in_the_order_of_commits() {
    const WRITERS: u32 = 4;
    const COMMITS: u32 = 8;
    const ROWS: u32 = 5;
    for fixture in Fixture::each().await {
        let mut tasks = Vec::new();
        for writer_number in 0..WRITERS {
            let store = fixture.another().await;
            tasks.push(tokio::spawn(async move {
                for commit in 0..COMMITS {
                    let first = (writer_number * COMMITS + commit) * ROWS;
                    let rows: Vec<_> = (first..first + ROWS).map(|i| (household(i), None)).collect();
                    let mut writer = store.write().await.unwrap();
                    writer.upsert_households(&rows).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(3)).await;
                    writer.commit().await.unwrap();
                }
                store.close().await;
            }));
        }
        let total = i64::from(WRITERS * COMMITS * ROWS);
        let mut seen = 0;
        let follow = async {
            while seen < total {
                for change in fixture.store.changes(seen, 1_000).await.unwrap() {
                    assert_eq!(change.seq, seen + 1, "a change came after a later one");
                    seen = change.seq;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), follow).await.expect("all changes within a minute");
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(fixture.store.change_seq().await.unwrap(), total);
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_writes_is_noticed() {
    for fixture in Fixture::each().await {
        let mut watched = fixture.store.watch_changes().await.unwrap();
        let other = fixture.another().await;
        for i in 1..=2 {
            let mut writer = other.write().await.unwrap();
            writer.upsert_households(&[(household(i), None)]).await.unwrap();
            writer.commit().await.unwrap();
            let noticed = watched.wait_for(|seq| *seq == i64::from(i));
            tokio::time::timeout(Duration::from_secs(5), noticed).await.expect("within five seconds").unwrap();
        }
        drop(watched);
        other.close().await;
        fixture.end().await;
    }
}

/// Whoever only reads waits for nobody: an export beside a long import.
#[tokio::test]
async fn a_store_opens_while_somebody_writes() {
    for fixture in Fixture::each().await {
        let mut writer = fixture.store.write().await.unwrap();
        writer.upsert_households(&[(household(1), Some(wangge::people::Contact::default()))]).await.unwrap();
        let opened = tokio::time::timeout(Duration::from_secs(10), Store::open(&fixture.target, None)).await;
        let other = opened.expect("without waiting").unwrap();
        assert!(other.households().await.unwrap().is_empty());
        writer.commit().await.unwrap();
        assert_eq!(other.households().await.unwrap(), [household(1)]);
        other.close().await;
        fixture.end().await;
    }
}
