//! Plans and their logs.

use crate::store_support::{Fixture, on_both};
use chrono::{DateTime, Utc};
use wangge::{
    place::Id,
    store::{EntryRecord, NewEntry, PlanRecord, PlanSummary, Store, StoreError},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn plan(n: u32) -> PlanRecord {
    PlanRecord {
        id: Id::derived("plan", &n.to_string()),
        name: format!("草案 {n}"),
        state: "draft".to_owned(),
        base: 3,
        origin: None,
        created_at: at("2026-03-01T08:00:00.123Z"),
        created_by: "老毛".to_owned(),
        changed_at: at("2026-03-01T08:00:00.123Z"),
        entries: 0,
    }
}

fn entry(text: &str) -> NewEntry {
    NewEntry {
        at: at("2026-03-02T01:02:03.004Z"),
        author: "小李".to_owned(),
        why: None,
        body: format!("{{\"text\":\"{text}\"}}"),
    }
}

fn summary(state: &str) -> PlanSummary {
    PlanSummary { name: "草案".to_owned(), state: state.to_owned(), base: 3 }
}

async fn found(store: &Store, plan: &PlanRecord) {
    let mut writer = store.write().await.unwrap();
    writer.found_plan(plan).await.unwrap();
    writer.commit().await.unwrap();
}

async fn append(store: &Store, id: Id, after: i64, state: &str, entries: &[NewEntry]) -> Result<i64, StoreError> {
    let mut writer = store.write().await.unwrap();
    let last = writer.append_to_plan(id, after, &summary(state), entries).await?;
    writer.commit().await.unwrap();
    Ok(last)
}

#[tokio::test]
async fn a_plan_comes_back_as_it_went() {
    on_both(async |store: Store| {
        let branch = PlanRecord { origin: Some((plan(1).id, 7)), created_at: at("2026-03-05T00:00:00Z"), ..plan(2) };
        found(&store, &branch).await;
        found(&store, &plan(1)).await;
        let plans = store.plans().await.unwrap();
        assert_eq!(plans[0], plan(1), "the oldest first");
        assert_eq!(plans[1].origin, branch.origin);
        assert_eq!(store.plan(plan(1).id).await.unwrap(), Some(plan(1)));
        assert_eq!(store.plan(plan(9).id).await.unwrap(), None);
        assert_eq!(store.change_seq().await.unwrap(), 0, "a draft is no published change");
        plans.into_iter().map(|plan| PlanRecord { changed_at: plan.created_at, ..plan }).collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn a_log_grows_at_its_end_only() {
    on_both(async |store: Store| {
        let id = plan(1).id;
        found(&store, &plan(1)).await;
        assert_eq!(append(&store, id, 0, "draft", &[entry("a"), entry("b")]).await.unwrap(), 2);
        let late = append(&store, id, 0, "draft", &[entry("c")]).await;
        assert!(matches!(late, Err(StoreError::PlanMovedOn { expected: 0, found: 2 })), "{late:?}");
        let unknown = append(&store, plan(5).id, 0, "draft", &[entry("c")]).await;
        assert!(matches!(unknown, Err(StoreError::Missing { what: "plan", .. })), "{unknown:?}");
        assert_eq!(append(&store, id, 2, "in_review", &[entry("c")]).await.unwrap(), 3);
        let kept = store.plan(id).await.unwrap().unwrap();
        assert_eq!((kept.entries, kept.state.as_str(), kept.name.as_str()), (3, "in_review", "草案"));
        assert!(kept.changed_at > kept.created_at);
        let entries = store.plan_entries(id, 0).await.unwrap();
        assert_eq!(store.plan_entries(id, 1).await.unwrap(), entries[1..]);
        let NewEntry { at, author, why, body } = entry("c");
        assert_eq!(entries[2], EntryRecord { seq: 3, at, author, why, body });
        entries
    })
    .await;
}

/// Many planners on one plan: each entry that was confirmed is there once, none is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_entry_is_lost_where_several_write() {
    for fixture in Fixture::each().await {
        found(&fixture.store, &plan(1)).await;
        let mut planners = Vec::new();
        for planner in 0..4 {
            let store = fixture.another().await;
            planners.push(tokio::spawn(async move {
                let mut after = 0;
                for step in 0..6 {
                    loop {
                        match append(&store, plan(1).id, after, "draft", &[entry(&format!("{planner}/{step}"))]).await {
                            Ok(last) => break after = last,
                            Err(StoreError::PlanMovedOn { found, .. }) => after = found,
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
                store.close().await;
            }));
        }
        for planner in planners {
            planner.await.unwrap();
        }
        let entries = fixture.store.plan_entries(plan(1).id, 0).await.unwrap();
        assert_eq!(entries.iter().map(|it| it.seq).collect::<Vec<_>>(), (1..=24).collect::<Vec<_>>());
        let mut bodies: Vec<_> = entries.iter().map(|it| it.body.clone()).collect();
        bodies.sort();
        bodies.dedup();
        assert_eq!(bodies.len(), 24);
        fixture.end().await;
    }
}
