//! Boundaries with their versions, squares, households, devices, people: equal answers from both stores.

use crate::store_support::{area, at, bbox, boundary, date, household, on_both, placement, position, shape};
use wangge::{
    layer::Layer,
    people::{Contact, Person, Post, Role},
    place::{Code, CodeScheme, Device, Facility, FacilityKind, FacilityStatus, Id, Level, Square},
    store::{AreaSettings, Change, ChangeOp, PublishBoundaries, Store, StoreError, Written},
};

fn set(level: Level, boundaries: Vec<wangge::place::Boundary>, valid_from: &str) -> PublishBoundaries {
    PublishBoundaries { levels: vec![(level, boundaries)], valid_from: date(valid_from), note: "drawn".to_owned() }
}

async fn publish(store: &Store, set: PublishBoundaries) -> Result<i64, StoreError> {
    let mut writer = store.write().await?;
    let version = writer.publish(&set).await?;
    assert_eq!(version.valid_from, writer.versions().await?.last().unwrap().valid_from);
    writer.commit().await?;
    Ok(version.number)
}

/// Without what depends on the clock.
fn told(changes: &[Change]) -> Vec<(i64, ChangeOp, String, Id, Option<i64>)> {
    changes.iter().map(|c| (c.seq, c.op, c.layer.clone(), c.record, c.version)).collect()
}

#[tokio::test]
async fn the_area_is_described_once_and_kept() {
    on_both(async |store: Store| {
        assert_eq!(store.area().await.unwrap(), Some(area()));
        let renamed = AreaSettings { name: "索溪峪街道".to_owned(), ..area() };
        let mut writer = store.write_area(&renamed).await.unwrap();
        assert_eq!(store.area().await.unwrap(), Some(area()), "founded once");
        writer.describe_area(&renamed).await.unwrap();
        writer.describe_area(&renamed).await.unwrap();
        writer.commit().await.unwrap();
        let changes = told(&store.changes(0, 10).await.unwrap());
        assert_eq!(changes, [(1, ChangeOp::Update, "area".to_owned(), Id::derived("area", &area().key), None)], "logged once");
        let other = AreaSettings { key: "other".to_owned(), ..area() };
        assert!(matches!(store.write_area(&other).await, Err(StoreError::WhichArea(_))));
        assert_eq!(store.area().await.unwrap(), Some(renamed.clone()));
        (renamed, changes)
    })
    .await;
}

#[tokio::test]
async fn a_published_set_is_a_version_and_the_old_ones_stay() {
    on_both(async |store: Store| {
        use Level::{Grid, Village};
        let (a, b, c) = (boundary(Grid, "a", 0, 0), boundary(Grid, "b", 10, 0), boundary(Grid, "c", 20, 0));
        assert!(store.versions().await.unwrap().is_empty());
        let first = set(Grid, vec![b.clone(), a.clone()], "2024-01-01");
        assert_eq!(publish(&store, first.clone()).await.unwrap(), 1);
        assert_eq!(publish(&store, set(Village, vec![boundary(Village, "v", 0, 0)], "2024-01-01")).await.unwrap(), 2);

        // The same again: nothing happens, not even under an earlier date.
        let seq = store.change_seq().await.unwrap();
        assert_eq!(publish(&store, PublishBoundaries { valid_from: date("2023-01-01"), ..first }).await.unwrap(), 2);
        assert_eq!(store.change_seq().await.unwrap(), seq);

        // b is redrawn, a retired, c new.
        let redrawn = wangge::place::Boundary { shape: shape(10, 0, 9), name: "新".to_owned(), ..b.clone() };
        let second = set(Grid, vec![redrawn.clone(), c.clone()], "2025-07-01");
        assert_eq!(publish(&store, second).await.unwrap(), 3);
        for (version, expected) in [(1, vec![&a, &b]), (2, vec![&a, &b]), (3, vec![&redrawn, &c])] {
            assert_eq!(store.boundaries(Grid, version).await.unwrap().iter().collect::<Vec<_>>(), expected, "{version}");
        }
        assert_eq!(store.boundaries(Village, 3).await.unwrap().len(), 1);
        assert_eq!(store.counts().await.unwrap()[&Layer::Grids], 2);

        // Retired codes still lead to their place, and belong to it.
        let code = |text| Code::parse(CodeScheme::Free, Grid, text).unwrap();
        let ids = store.ids_by_code(Grid, &[code("a"), code("c"), code("nobody's")]).await.unwrap();
        assert_eq!((ids.len(), ids[&code("a")], ids[&code("c")]), (2, a.id, c.id));
        let thief = wangge::place::Boundary { id: Id::derived("grid", "thief"), ..a.clone() };
        let stolen = publish(&store, set(Grid, vec![thief], "2025-08-01")).await;
        assert!(matches!(stolen, Err(StoreError::CodeTaken { .. })), "{stolen:?}");
        let early = publish(&store, set(Grid, vec![a.clone()], "2025-06-30")).await;
        assert!(matches!(early, Err(StoreError::ValidFromTooEarly { .. })), "{early:?}");
        let twice = publish(&store, set(Grid, vec![a.clone(), a.clone()], "2025-08-01")).await;
        assert!(matches!(twice, Err(StoreError::TwiceInSet(_))), "{twice:?}");
        let level = publish(&store, set(Village, vec![a.clone()], "2025-08-01")).await;
        assert!(matches!(level, Err(StoreError::WrongLevel { .. })), "{level:?}");

        let versions = store.versions().await.unwrap();
        let versions: Vec<_> = versions.into_iter().map(|v| (v.number, v.valid_from, v.note)).collect();
        (versions, told(&store.changes(0, 100).await.unwrap()), told(&store.changes(3, 2).await.unwrap()))
    })
    .await;
}

#[tokio::test]
async fn codes_are_ordered_by_their_bytes() {
    on_both(async |store: Store| {
        let codes = ["a", "B", "É", "Z", "中", "10", "9", "b"];
        let boundaries = codes.iter().zip(0..).map(|(code, i)| boundary(Level::Grid, code, 10 * i, 0)).collect();
        publish(&store, set(Level::Grid, boundaries, "2024-01-01")).await.unwrap();
        let read = store.boundaries(Level::Grid, 1).await.unwrap();
        let read: Vec<_> = read.into_iter().map(|boundary| boundary.code.unwrap().as_str().to_owned()).collect();
        assert_eq!(read, ["10", "9", "B", "Z", "a", "b", "É", "中"]);
        read
    })
    .await;
}

#[tokio::test]
async fn households_are_known_by_their_source_and_names_are_kept_apart() {
    on_both(async |store: Store| {
        let contact = |name: &str| Some(Contact { name: Some(name.to_owned()), ..Contact::default() });
        let mut rows: Vec<_> = (0..950).map(|i| (household(i), None)).collect();
        rows[3].1 = contact("毛某");
        let mut writer = store.write().await.unwrap();
        let written = writer.upsert_households(&rows).await.unwrap();
        assert_eq!(written, Written { inserted: 950, updated: 0, unchanged: 0 });
        writer.commit().await.unwrap();
        assert_eq!(store.change_seq().await.unwrap(), 950);

        let mut writer = store.write().await.unwrap();
        let placements: Vec<_> = (0..950).map(|i| (household(i).id, placement(1, "a"))).collect();
        assert_eq!(writer.place_households(&placements).await.unwrap(), 950);
        assert_eq!(writer.place_households(&placements[..10]).await.unwrap(), 0);
        writer.commit().await.unwrap();

        // The same file with new ids: nothing changes. Then one has grown, one has moved, one has a new name.
        for (household, _) in &mut rows {
            household.id = Id::new();
        }
        let mut writer = store.write().await.unwrap();
        assert_eq!(writer.upsert_households(&rows).await.unwrap().unchanged, 950);
        rows[0].0.persons = 12;
        rows[1].0.location = Some(position(500, 500));
        rows[3].1 = contact("毛家");
        rows.push((wangge::place::Household { persons: 13, ..rows[0].0.clone() }, None));
        let written = writer.upsert_households(&rows).await.unwrap();
        assert_eq!(written, Written { inserted: 0, updated: 3, unchanged: 947 });
        writer.commit().await.unwrap();
        assert_eq!(store.change_seq().await.unwrap(), 950 + 950 + 3);

        let all = store.households().await.unwrap();
        let by_source = |source: &str| all.iter().find(|household| household.source == source).unwrap();
        assert_eq!((by_source("H00000").persons, by_source("H00000").id), (13, household(0).id));
        assert_eq!(by_source("H00001").placement, None, "it has moved");
        assert_eq!(by_source("H00002").placement, Some(placement(1, "a")));
        let contacts = store.household_contacts(&[household(3).id, household(4).id]).await.unwrap();
        assert_eq!(contacts.len(), 1);
        assert_eq!(contacts[&household(3).id].name.as_deref(), Some("毛家"));
        let ids = store.ids_by_source(Layer::Households, &["H00007".to_owned(), "none".to_owned()]).await.unwrap();
        assert_eq!((ids.len(), ids["H00007"]), (1, household(7).id));

        let page = store.households_page(Some(bbox((10, 2), (13, 4))), None, 100).await.unwrap();
        assert_eq!(page.rows.len(), 12, "borders of the box belong to it");
        assert_eq!(page.next, None);
        (all, page)
    })
    .await;
}

#[tokio::test]
async fn squares_devices_persons_and_posts_come_back_as_they_went() {
    on_both(async |store: Store| {
        let square = Square {
            id: Id::derived("square", "1"),
            source: "SQ1".to_owned(),
            name: "老院子".to_owned(),
            shape: shape(1, 1, 2),
            area_m2: 812.5,
            evacuation_site: true,
            valid_from: date("2020-01-01"),
            valid_to: Some(date("2030-12-31")),
            placement: Some(placement(1, "a")),
        };
        let facility = Facility {
            id: Id::derived("facility", "1"),
            source: "F1".to_owned(),
            square: square.id,
            kind: FacilityKind::Broadcast,
            status: FacilityStatus::Faulty,
            location: Some(position(2, 2)),
            valid_from: date("2020-01-01"),
            valid_to: None,
        };
        let device = Device {
            id: Id::derived("device", "1"),
            source: "CAM-1".to_owned(),
            kind: "camera".to_owned(),
            status: FacilityStatus::Working,
            location: None,
            last_seen: Some(at("2024-05-01T12:00:00.1237Z")),
            valid_from: date("2020-01-01"),
            valid_to: None,
            placement: None,
        };
        let contact = Contact { name: Some("向某".to_owned()), phone: Some("138".to_owned()), address: None };
        let person = Person { id: Id::derived("person", "1"), source: "P1".to_owned(), contact: Some(contact) };
        let post = Post {
            id: Id::derived("post", "1"),
            source: "POST1".to_owned(),
            person: person.id,
            role: Role::Leader,
            place: Some(Id::derived("microgrid", "1")),
            from: date("2023-01-01"),
            to: None,
        };
        let orphan = Facility { source: "F2".to_owned(), id: Id::new(), square: Id::new(), ..facility.clone() };
        let mut writer = store.write().await.unwrap();
        let refused = writer.upsert_facilities(&[orphan]).await;
        assert!(matches!(refused, Err(StoreError::Constraint { .. })), "{refused:?}");
        drop(writer);

        for round in 0..2 {
            let mut writer = store.write().await.unwrap();
            let mut written = writer.upsert_squares(std::slice::from_ref(&square)).await.unwrap();
            written += writer.upsert_facilities(std::slice::from_ref(&facility)).await.unwrap();
            written += writer.upsert_devices(std::slice::from_ref(&device)).await.unwrap();
            written += writer.upsert_persons(std::slice::from_ref(&person)).await.unwrap();
            written += writer.upsert_posts(std::slice::from_ref(&post)).await.unwrap();
            writer.commit().await.unwrap();
            let expected = if round == 0 { (5, 0) } else { (0, 5) };
            assert_eq!((written.inserted, written.unchanged), expected);
        }
        let seen = Device { last_seen: Some(at("2024-05-01T12:00:00.124Z")), ..device };
        assert_eq!(store.squares().await.unwrap(), [square]);
        assert_eq!(store.facilities().await.unwrap(), [facility]);
        assert_eq!(store.devices().await.unwrap(), [seen]);
        assert_eq!(store.persons().await.unwrap(), [person]);
        assert_eq!(store.posts().await.unwrap(), [post]);
        store.counts().await.unwrap()
    })
    .await;
}
