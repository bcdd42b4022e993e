//! A draft against what it is made of: figures kept up to date equal figures made anew, undoing is exact, locks hold.

use chrono::DateTime;
use geo::{BoundingRect as _, MultiPolygon, Rect};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};
use wangge::{
    analytics::stats::Observation,
    partition::{Edit, Line, New, Region},
    people::Role,
    place::{Boundary, Id, Level},
    plan::{
        Body, Desk, Duty, Entry, Evidence, Happening, History, Home, Lock, NewPlace, Operation, Outcome, PlanError, PlanState,
        ProblemKind, problems,
    },
    testing::subdistrict::{Settings, Subdistrict},
};

static SUBDISTRICT: LazyLock<Subdistrict> =
    LazyLock::new(|| Subdistrict::generate(&Settings { seed: 5, grids: 14, households: 260, reports: 400, months: 2 }));

static DESK: LazyLock<Desk> = LazyLock::new(|| {
    let it = &*SUBDISTRICT;
    let boundaries: Vec<&Boundary> = it.villages.iter().chain(&it.grids).chain(&it.microgrids).collect();
    Desk::open(History::new("试", 1, "甲"), &boundaries, Arc::new(evidence(it)), Vec::new()).unwrap().0
});

fn evidence(it: &Subdistrict) -> Evidence {
    let homes: Vec<Home> = (0_u32..)
        .zip(&it.households)
        .map(|(i, (home, _))| Home {
            id: home.id,
            at: home.location,
            persons: home.persons,
            visits: i % 5,
            in_reach: i % 3 > 0,
        })
        .collect();
    let mut happenings: Vec<_> = (0_i64..)
        .zip(&it.cases)
        .map(|(i, case)| {
            let duration = Some(Observation::new(i * 1000, i % 4 > 0));
            (case.location, Happening::Report { weight: 1.0, duration })
        })
        .collect();
    happenings.extend(it.squares.iter().filter_map(|square| {
        let middle = square.shape.bounding_rect()?.center();
        Some((geo::Point::from(middle).try_into().ok(), Happening::Square))
    }));
    let mut duties: HashMap<Id, Vec<Duty>> = HashMap::new();
    for post in it.posts.iter().filter(|post| matches!(post.role, Role::Leader | Role::Worker)) {
        let duty = Duty { person: post.person, role: post.role, from: 0, to: 60, today: post.to.is_none() };
        duties.entry(post.place.unwrap_or_default()).or_default().push(duty);
    }
    let keys = (0..).zip(&it.households).map(|(i, (home, _))| (home.id, (i, home.source.clone()))).collect();
    Evidence { homes, happenings, duties, days: 60, barriers: Vec::new(), keys }
}

fn edit(edit: Edit) -> Operation {
    Operation::Redraw { edits: vec![edit], places: BTreeMap::new() }
}

fn entry(seq: i64, author: &str, body: Body) -> Entry {
    Entry { seq, at: DateTime::UNIX_EPOCH, author: author.to_owned(), why: None, body }
}

/// Tries an entry out and accepts it.
fn tell(desk: &mut Desk, author: &str, body: Body) -> Result<Outcome, PlanError> {
    let outcome = desk.try_out(author, &body)?;
    let seq = desk.history().seq() + 1;
    desk.accept(entry(seq, author, body));
    Ok(outcome)
}

/// Places of a level, by id.
fn places(desk: &Desk, level: Level) -> Vec<Id> {
    desk.draft().places().filter(|it| it.level == level).map(|it| it.id).collect()
}

/// A neighbour of a grid in its village.
fn neighbour(desk: &Desk, grid: Id) -> Option<Id> {
    let partition = desk.draft().partition();
    let key = partition.key(grid)?;
    let parent = partition.place(key)?.parent;
    let found = partition.neighbours(key).into_iter().filter_map(|it| it.place);
    let mut siblings =
        found.filter(|other| partition.place(*other).is_some_and(|it| it.parent == parent && it.level == Level::Grid));
    desk.draft().id(siblings.next()?)
}

fn bounds(desk: &Desk, place: Id) -> Rect {
    let partition = desk.draft().partition();
    partition.shape(partition.key(place).unwrap()).bounding_rect().unwrap()
}

/// An operation that dice choose.
fn drawn(desk: &Desk, kind: u8, which: usize, share: f64, number: u32) -> Option<Operation> {
    let grids = places(desk, Level::Grid);
    let grid = grids[which % grids.len()];
    let new = Id::derived("test", &number.to_string());
    let rect = bounds(desk, grid);
    let across = |t: f64| rect.min().x + t * rect.width();
    Some(match kind % 6 {
        0 => edit(Edit::Merge { from: grid, into: neighbour(desk, grid)? }),
        1 => {
            let line = vec![[across(share), rect.min().y - 0.001], [across(1.0 - share), rect.max().y + 0.001]];
            edit(Edit::Split { place: grid, line: Line(line), new: New { id: new }, cut_below: number.is_multiple_of(2) })
        }
        2 => {
            let half = Rect::new(rect.min(), geo::Coord { x: across(share), y: rect.max().y }).to_polygon();
            let region = Region::from(&MultiPolygon(vec![half]));
            edit(Edit::Transfer { region, to: neighbour(desk, grid)?, from: vec![grid], outer: false })
        }
        3 => {
            let homes = desk.live().evidence().homes.iter().zip(desk.live().homes().1);
            let here: Vec<Id> = homes.filter(|(_, of)| **of == Some(grid)).map(|(home, _)| home.id).take(3).collect();
            desk.flip(&here, neighbour(desk, grid)?).ok()?
        }
        4 => {
            let partition = desk.draft().partition();
            let part = *partition.children(partition.key(grid)?).first()?;
            edit(Edit::Reparent { places: vec![desk.draft().id(part)?], to: neighbour(desk, grid)? })
        }
        _ => {
            let person = desk.live().evidence().duties.values().flatten().nth(which % 5).map(|duty| duty.person);
            Operation::Appoint { place: grid, person }
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn figures_kept_up_equal_figures_made_anew(
        steps in prop::collection::vec((any::<u8>(), any::<u16>(), 0.2..0.8_f64), 1..8),
    ) {
        let mut desk = DESK.clone();
        let before = desk.live().figures().clone();
        let shapes = desk.draft().boundaries(Level::Grid);
        let mut done = 0;
        for (number, (kind, which, share)) in (0_u32..).zip(steps) {
            let Some(operation) = drawn(&desk, kind, usize::from(which), share, number) else { continue };
            let priced = desk.preview(&operation);
            let told = tell(&mut desk, "甲", Body::Operate(operation.clone()));
            prop_assert_eq!(priced.is_ok(), told.is_ok(), "{:?}", operation);
            let Ok(outcome) = told else { continue };
            done += 1;
            prop_assert_eq!(&priced.unwrap(), &outcome);
            let anew = desk.live().anew(desk.draft());
            prop_assert_eq!(desk.live().figures(), anew.figures(), "{:?}", operation);
            prop_assert_eq!(desk.live().moved(), anew.moved());
            prop_assert_eq!(&outcome.totals, &anew.totals());
            prop_assert!(desk.draft().partition().check().is_ok());
        }
        for _ in 0..done {
            tell(&mut desk, "甲", Body::Undo).unwrap();
        }
        prop_assert!(!desk.history().can_undo());
        prop_assert_eq!(desk.live().figures(), &before);
        prop_assert_eq!(desk.draft().boundaries(Level::Grid), shapes);
    }
}

#[test]
fn the_same_log_makes_the_same_plan() {
    let mut desk = DESK.clone();
    for (number, kind) in [(1, 1), (2, 2), (3, 3), (4, 0), (5, 5)] {
        if let Some(operation) = drawn(&desk, kind, 3 + kind as usize, 0.4, number) {
            let _ = tell(&mut desk, "甲", Body::Operate(operation));
        }
    }
    tell(&mut desk, "甲", Body::Undo).unwrap();
    let it = &*SUBDISTRICT;
    let boundaries: Vec<&Boundary> = it.villages.iter().chain(&it.grids).chain(&it.microgrids).collect();
    // As the store keeps it: through JSON.
    let entries: Vec<Entry> = desk
        .entries()
        .iter()
        .map(|it| {
            let text = serde_json::to_string(&it.body).unwrap();
            Entry { body: serde_json::from_str(&text).unwrap(), ..it.clone() }
        })
        .collect();
    let mut history = History::new("试", 1, "甲");
    for it in &entries {
        history.add(it);
    }
    let again = Desk::open(history, &boundaries, Arc::new(evidence(it)), entries).unwrap().0;
    assert_eq!(again.draft().boundaries(Level::Grid), desk.draft().boundaries(Level::Grid));
    assert_eq!(again.draft().boundaries(Level::MicroGrid), desk.draft().boundaries(Level::MicroGrid));
    assert_eq!(again.live().figures(), desk.live().figures());
}

#[test]
fn locks_hold() {
    let mut desk = DESK.clone();
    let grid = places(&desk, Level::Grid).into_iter().find(|grid| neighbour(&desk, *grid).is_some()).unwrap();
    let other = neighbour(&desk, grid).unwrap();
    let merge = edit(Edit::Merge { from: grid, into: other });
    let household = {
        let homes = desk.live().evidence().homes.iter().zip(desk.live().homes().1);
        homes.filter(|(_, of)| **of == Some(grid)).map(|(home, _)| home.id).next().unwrap()
    };
    let before = desk.draft().boundaries(Level::Grid);
    for lock in [
        Lock::Place { place: grid },
        Lock::Place { place: other },
        Lock::Border { a: other, b: grid },
        Lock::Household { household },
    ] {
        tell(&mut desk, "甲", Body::Operate(Operation::Lock { lock })).unwrap();
        let refused = desk.preview(&merge).unwrap_err();
        assert!(matches!(&refused, PlanError::Locked { lock: found, .. } if *found == lock.ordered()), "{lock:?}: {refused:?}");
        assert_eq!(desk.draft().boundaries(Level::Grid), before, "as it was");
        tell(&mut desk, "甲", Body::Operate(Operation::Unlock { lock })).unwrap();
    }
    assert!(desk.preview(&merge).is_ok());
}

#[test]
fn new_places_have_a_name_and_problems_are_found() {
    let mut desk = DESK.clone();
    let grid = places(&desk, Level::Grid)[0];
    let rect = bounds(&desk, grid);
    let new = Id::derived("test", "named");
    let line = Line(vec![[rect.center().x, rect.min().y - 0.001], [rect.center().x, rect.max().y + 0.001]]);
    let split = Edit::Split { place: grid, line, new: New { id: new }, cut_below: true };
    let named = BTreeMap::from([(new, NewPlace { name: "新屋场".to_owned(), kind: None })]);
    let too_long = BTreeMap::from([(new, NewPlace { name: "长".repeat(101), kind: None })]);
    let refused = desk.preview(&Operation::Redraw { edits: vec![split.clone()], places: too_long });
    assert!(matches!(refused, Err(PlanError::Length { .. })), "{refused:?}");
    tell(&mut desk, "甲", Body::Operate(Operation::Redraw { edits: vec![split], places: named })).unwrap();
    assert_eq!(desk.draft().attributes(new).unwrap().name, "新屋场");
    assert_eq!(desk.draft().difference(new), (true, true));
    let found = problems(&desk);
    assert!(found.iter().any(|it| it.kind == ProblemKind::WithoutKind && it.place == Some(new)), "{found:?}");
    let parts = desk.draft().boundaries(Level::MicroGrid).into_iter().filter(|it| it.parent == Some(new)).count();
    assert!(parts > 0, "its micro-grids were cut with it");
}

#[test]
fn undone_branches_stay() {
    let mut desk = DESK.clone();
    let grid = places(&desk, Level::Grid)[0];
    let named = |name: &str| Body::Operate(Operation::Describe { place: grid, name: Some(name.to_owned()), kind: None });
    let name = |desk: &Desk| desk.draft().attributes(grid).unwrap().name.clone();
    let first = name(&desk);
    tell(&mut desk, "甲", named("一")).unwrap();
    tell(&mut desk, "甲", Body::Snapshot { name: "快照".to_owned() }).unwrap();
    tell(&mut desk, "甲", named("二")).unwrap();
    tell(&mut desk, "甲", Body::Undo).unwrap();
    tell(&mut desk, "甲", Body::Undo).unwrap();
    assert_eq!((name(&desk), tell(&mut desk, "甲", Body::Undo)), (first, Err(PlanError::NothingToUndo)));
    tell(&mut desk, "甲", Body::Redo).unwrap();
    assert_eq!(name(&desk), "一");
    tell(&mut desk, "甲", named("三")).unwrap();
    assert_eq!(tell(&mut desk, "甲", Body::Redo), Err(PlanError::NothingToRedo));
    // What was undone and then done differently is a branch: one can go back to it, and redo follows.
    let two = 3;
    tell(&mut desk, "甲", Body::Go { to: two }).unwrap();
    assert_eq!(name(&desk), "二");
    tell(&mut desk, "甲", Body::Undo).unwrap();
    tell(&mut desk, "甲", Body::Redo).unwrap();
    assert_eq!(name(&desk), "二");
    assert_eq!(desk.history().snapshots()[0].state, 1);
    assert_eq!(tell(&mut desk, "甲", Body::Go { to: 2 }), Err(PlanError::NoSuchState(2)), "a snapshot is no state of its own");
    let taken = tell(&mut desk, "甲", Body::Snapshot { name: "快照".to_owned() });
    assert_eq!(taken, Err(PlanError::SnapshotTaken("快照".to_owned())));
}

#[test]
fn review_takes_two() {
    let mut desk = DESK.clone();
    let grid = places(&desk, Level::Grid)[0];
    let rename = || Body::Operate(Operation::Describe { place: grid, name: Some("一".to_owned()), kind: None });
    tell(&mut desk, "乙", rename()).unwrap();
    tell(&mut desk, "甲", Body::Submit).unwrap();
    for drawer in ["甲", "乙", " 乙 "] {
        let refused = tell(&mut desk, drawer, Body::Approve);
        assert_eq!(refused, Err(PlanError::OwnPlan(drawer.trim().to_owned())));
    }
    assert!(matches!(tell(&mut desk, "丙", rename()), Err(PlanError::State { state: PlanState::InReview, .. })));
    tell(&mut desk, "丙", Body::Comment { text: "看过".to_owned(), at: None, place: None }).unwrap();
    tell(&mut desk, "丙", Body::Approve).unwrap();
    assert_eq!(desk.history().state(), PlanState::Approved);
    tell(&mut desk, "丙", Body::Return).unwrap();
    tell(&mut desk, "丙", rename()).unwrap();
    tell(&mut desk, "丙", Body::Submit).unwrap();
    assert_eq!(tell(&mut desk, "丙", Body::Approve), Err(PlanError::OwnPlan("丙".to_owned())), "who draws does not approve");
}

#[test]
fn a_rebase_leaves_out_what_does_not_fit() {
    let operate = |seq, name: &str| {
        let operation = Operation::Describe { place: Id::derived("p", "1"), name: Some(name.to_owned()), kind: None };
        entry(seq, "甲", Body::Operate(operation))
    };
    let mut history = History::new("试", 1, "甲");
    for it in
        [operate(1, "a"), operate(2, "b"), entry(3, "甲", Body::Rebase { base: 4, from: 1, dropped: vec![1] }), operate(4, "c")]
    {
        history.add(&it);
    }
    assert_eq!((history.base(), history.path(4).operations), (4, vec![2, 4]));
    assert_eq!((history.path(2).base, history.path(2).operations), (1, vec![1, 2]));
    history.add(&entry(5, "甲", Body::Undo));
    history.add(&entry(6, "甲", Body::Undo));
    assert_eq!((history.base(), history.head()), (1, 2), "undoing the rebase leads back to the old base");
}
