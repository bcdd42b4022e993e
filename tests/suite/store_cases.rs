//! Cases, their events, rounds and fulfilments: equal answers from both stores.

use crate::store_support::{at, bbox, event, on_both, placement, position, report};
use wangge::{
    case::{Case, CaseEvent, CaseText, State},
    place::{Id, Period},
    round::{Fulfilment, Outcome, Round, RoundKind},
    store::{CaseFilter, ChangeOp, FulfilmentFilter, RowEvents, Store, StoreError, Written},
};

const REPORTS: u32 = 1_000;

async fn import(store: &Store) -> (Written, Written) {
    let texts = |i: u32| (i == 7).then(|| CaseText { text: Some("路灯坏了".to_owned()), ..CaseText::default() });
    let cases: Vec<_> = (0..REPORTS).map(|i| (report(i), texts(i))).collect();
    let events: Vec<_> = (0..REPORTS)
        .flat_map(|i| {
            let case = report(i);
            let mut events = vec![event(&case, State::Submitted, 0)];
            if i % 4 == 0 {
                events.push(event(&case, State::Closed, 90));
            }
            events
        })
        .collect();
    let mut writer = store.write().await.unwrap();
    let cases = writer.upsert_cases(&cases).await.unwrap().written;
    let events = writer.append_events(&events).await.unwrap().written;
    writer.commit().await.unwrap();
    (cases, events)
}

#[tokio::test]
async fn the_same_reports_twice_change_nothing() {
    on_both(async |store: Store| {
        let (cases, events) = import(&store).await;
        assert_eq!((cases.inserted, events.inserted), (1_000, 1_250));
        let seq = store.change_seq().await.unwrap();
        let (cases, events) = import(&store).await;
        assert_eq!(cases, Written { inserted: 0, updated: 0, unchanged: 1_000 });
        assert_eq!(events, Written { inserted: 0, updated: 0, unchanged: 1_250 });
        assert_eq!(store.change_seq().await.unwrap(), seq);
        let texts = store.case_texts(&[report(7).id, report(8).id]).await.unwrap();
        assert_eq!((texts.len(), texts[&report(7).id].text.as_deref()), (1, Some("路灯坏了")));
        (seq, store.data_span().await.unwrap())
    })
    .await;
}

#[tokio::test]
async fn the_state_of_a_case_follows_its_events() {
    on_both(async |store: Store| {
        import(&store).await;
        let (closed, other) = (report(0), report(1));
        let mut writer = store.write().await.unwrap();
        let late = [event(&closed, State::FeedbackSent, 120), event(&other, State::WithLeader, 5)];
        assert_eq!(writer.append_events(&late).await.unwrap().written.inserted, 2);
        let nobody = CaseEvent { case: Id::derived("report", "nobody"), ..late[0].clone() };
        let missing = writer.append_events(&[nobody]).await;
        assert!(matches!(missing, Err(StoreError::Missing { what: "case", .. })), "{missing:?}");
        writer.commit().await.unwrap();
        // Reading the first file once more does not throw the case back.
        import(&store).await;
        let page = store.cases(&CaseFilter::default(), None, 2).await.unwrap();
        assert_eq!(page.rows[0].state, State::FeedbackSent);
        assert_eq!(page.rows[0].closed_at, Some(at("2024-01-01T01:30:00Z")));
        assert_eq!((page.rows[1].state, page.rows[1].closed_at), (State::WithLeader, None));
        (page, store.events_of(&[closed.id, other.id]).await.unwrap())
    })
    .await;
}

#[tokio::test]
async fn an_actor_that_was_not_known_is_filled_in() {
    on_both(async |store: Store| {
        import(&store).await;
        let (one, two) = (report(1), report(2));
        let named = [&one, &two].map(|case| event(case, State::WithLeader, 5));
        let unnamed = named.clone().map(|event| CaseEvent { actor: None, ..event });
        let written = |inserted, updated, unchanged| Written { inserted, updated, unchanged };
        let steps = [(&unnamed, written(2, 0, 0)), (&named, written(0, 2, 0)), (&unnamed, written(0, 0, 2))];
        for (events, expected) in steps {
            let mut writer = store.write().await.unwrap();
            assert_eq!(writer.append_events(events).await.unwrap().written, expected);
            writer.commit().await.unwrap();
        }
        let events = store.events_of(&[one.id]).await.unwrap();
        let [submitted, with_leader] = [event(&one, State::Submitted, 0), named[0].clone()];
        assert_eq!(events, [submitted, with_leader]);
        let changes = store.changes(0, 10_000).await.unwrap();
        changes.into_iter().rev().take(2).map(|change| (change.layer, change.op)).collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    on_both(async |store: Store| {
        import(&store).await;
        let (mut sources, mut after) = (Vec::new(), None);
        loop {
            let page = store.cases(&CaseFilter::default(), after.as_ref(), 333).await.unwrap();
            sources.extend(page.rows.into_iter().map(|case| case.source));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(sources, (0..REPORTS).map(|i| report(i).source).collect::<Vec<_>>());

        let (mut events, mut after) = (Vec::new(), None);
        loop {
            let page = store.case_events(after.as_ref(), 100).await.unwrap();
            events.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(events.len(), 1_250);
        events
    })
    .await;
}

#[tokio::test]
async fn cases_are_filtered_by_state_period_version_and_box() {
    on_both(async |store: Store| {
        import(&store).await;
        let mut writer = store.write().await.unwrap();
        assert_eq!(writer.place_cases(&[(report(5).id, placement(3, "a"))]).await.unwrap(), 1);
        writer.commit().await.unwrap();
        let count = async |filter: CaseFilter| store.cases(&filter, None, 5_000).await.unwrap().rows.len();
        let period = Period { from: at("2024-01-01T00:10:00Z"), to: at("2024-01-01T00:20:00Z") };
        // Columns 10 to 19 and rows 2 to 4 of a hundred columns, without each fifth report, which has no position.
        let bbox = bbox((10, 2), (19, 4));
        let counts = [
            count(CaseFilter { state: Some(State::Closed), ..CaseFilter::default() }).await,
            count(CaseFilter { period: Some(period), ..CaseFilter::default() }).await,
            count(CaseFilter { version: Some(3), ..CaseFilter::default() }).await,
            count(CaseFilter { bbox: Some(bbox), ..CaseFilter::default() }).await,
            count(CaseFilter { kind: Some("dispute".to_owned()), ..CaseFilter::default() }).await,
            count(CaseFilter { period: Some(period), bbox: Some(bbox), ..CaseFilter::default() }).await,
        ];
        assert_eq!(counts, [250, 10, 1, 24, 0, 0]);
        counts
    })
    .await;
}

#[tokio::test]
async fn rounds_and_fulfilments_come_back_by_kind_and_period() {
    on_both(async |store: Store| {
        let round = Round {
            id: Id::derived("round", "monthly"),
            kind: RoundKind::Visit,
            programme: "monthly-visit".to_owned(),
            recurrence: "FREQ=MONTHLY;BYMONTHDAY=12".to_owned(),
            place: None,
        };
        let fulfilment = |kind: RoundKind, i: u32| Fulfilment {
            id: Id::derived(kind.word(), &i.to_string()),
            source: format!("{i}"),
            kind,
            programme: "monthly-visit".to_owned(),
            place: Id::derived("household", &i.to_string()),
            at: at("2024-03-12T01:00:00Z") + chrono::TimeDelta::days(i.into()),
            outcome: if i.is_multiple_of(2) { Outcome::Visited } else { Outcome::Absent },
            person: Some(Id::derived("person", "1")),
            location: Some(position(i, 1)),
            attendance: (kind == RoundKind::Activity).then_some(20),
        };
        // The same keys under two kinds are different records.
        let all: Vec<_> =
            [RoundKind::Visit, RoundKind::Activity].into_iter().flat_map(|k| (0..10).map(move |i| (k, i))).collect();
        let all: Vec<_> = all.into_iter().map(|(kind, i)| fulfilment(kind, i)).collect();
        let mut writer = store.write().await.unwrap();
        writer.upsert_rounds(std::slice::from_ref(&round)).await.unwrap();
        assert_eq!(writer.upsert_fulfilments(&all).await.unwrap().inserted, 20);
        assert_eq!(writer.upsert_fulfilments(&all).await.unwrap().unchanged, 20);
        writer.commit().await.unwrap();
        assert_eq!(store.rounds().await.unwrap(), [round]);
        let period = Period { from: at("2024-03-13T00:00:00Z"), to: at("2024-03-15T00:00:00Z") };
        let filter = FulfilmentFilter { kind: Some(RoundKind::Activity), period: Some(period) };
        let page = store.fulfilments(&filter, None, 100).await.unwrap();
        assert_eq!(page.rows, [fulfilment(RoundKind::Activity, 1), fulfilment(RoundKind::Activity, 2)]);
        store.fulfilments(&FulfilmentFilter::default(), None, 100).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_row_takes_back_what_it_told_and_the_log_stays() {
    on_both(async |store: Store| {
        import(&store).await;
        let (one, two) = (report(1), report(2));
        let tell = async |rows: &[(&Case, &[(State, i64)])]| {
            let event = |case: &Case, to, minutes| CaseEvent { actor: None, ..event(case, to, minutes) };
            let rows: Vec<_> = rows
                .iter()
                .map(|(case, events)| RowEvents {
                    case: case.id,
                    covers: vec![State::Submitted, State::Closed],
                    events: events.iter().map(|&(to, minutes)| event(case, to, minutes)).collect(),
                })
                .collect();
            let mut writer = store.write().await.unwrap();
            let changed = writer.replace_row_events(&rows).await.unwrap();
            writer.commit().await.unwrap();
            changed.len()
        };
        let closed_at = async || {
            let page = store.cases(&CaseFilter::default(), None, 3).await.unwrap();
            page.rows[1..].iter().map(|case| (case.state, case.closed_at)).collect::<Vec<_>>()
        };
        let (submitted, closed) = ((State::Submitted, 0), (State::Closed, 60));
        assert_eq!(tell(&[(&one, &[submitted, closed]), (&two, &[submitted, closed])]).await, 2);
        let mut writer = store.write().await.unwrap();
        let log = [event(&two, State::Closed, 60)];
        assert_eq!(writer.append_events(&log).await.unwrap().written.updated, 1, "the log tells of it too");
        writer.commit().await.unwrap();

        let seq = store.change_seq().await.unwrap();
        assert_eq!(tell(&[(&one, &[submitted, closed]), (&two, &[submitted, closed])]).await, 0);
        assert_eq!(store.change_seq().await.unwrap(), seq);
        assert_eq!(tell(&[(&one, &[submitted, (State::Closed, 30)]), (&two, &[submitted])]).await, 1);
        assert_eq!(
            closed_at().await,
            [(&one, 30), (&two, 60)]
                .map(|(case, minutes)| { (State::Closed, Some(case.submitted_at + chrono::TimeDelta::minutes(minutes))) })
        );
        assert_eq!(tell(&[(&one, &[submitted])]).await, 1);
        assert_eq!(closed_at().await[0], (State::Submitted, None));
        let changes = store.changes(seq, 100).await.unwrap();
        let changes: Vec<_> = changes.into_iter().map(|change| (change.layer, change.op, change.record)).collect();
        let expected = [
            ("case-events", ChangeOp::Update),
            ("reports", ChangeOp::Update),
            ("case-events", ChangeOp::Delete),
            ("reports", ChangeOp::Update),
        ];
        assert_eq!(changes, expected.map(|(layer, op)| (layer.to_owned(), op, one.id)));
        (changes, store.events_of(&[one.id, two.id]).await.unwrap())
    })
    .await;
}
