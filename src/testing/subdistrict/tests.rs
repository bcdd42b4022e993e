use super::*;
use crate::{
    case::State,
    people::Role,
    place::{GridKind, Level},
    round::Outcome,
    testing::{
        checks::{assert_legal, assert_tiles},
        files,
    },
};
use geo::{Contains, Intersects};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// The demo itself.
static SUOXIYU: LazyLock<Subdistrict> = LazyLock::new(|| Subdistrict::generate(&Settings::default()));

const SMALL: Settings = Settings { seed: 3, grids: 12, households: 200, reports: 500, months: 4 };

#[test]
fn the_figures_are_those_of_suoxiyu() {
    let s = &*SUOXIYU;
    assert_eq!([s.villages.len(), s.grids.len(), s.microgrids.len()], [9, 176, 357]);
    assert_eq!((s.households.len(), s.cases.len()), (3_570, 15_000));
    assert_eq!(s.households.iter().map(|(household, _)| household.persons).sum::<u32>(), 11_454);
    let of_kind = |kind| s.grids.iter().filter(|grid| grid.kind == Some(kind)).count();
    assert_eq!([GridKind::HouseYard, GridKind::Estate, GridKind::Institution].map(of_kind), [140, 14, 9]);
    assert_eq!([GridKind::Scenic, GridKind::Other].map(of_kind), [7, 6]);
    assert_eq!((s.squares.len(), s.facilities.len()), (140, 980));
    for level in [&s.villages, &s.grids, &s.microgrids] {
        let area_km2 = level.iter().map(|it| it.area_m2).sum::<f64>() / 1e6;
        assert!((area_km2 / 135.27 - 1.0).abs() < 0.01, "{area_km2} km²");
    }
    assert!(s.villages.iter().all(|village| {
        s.grids.iter().any(|grid| grid.parent == Some(village.id) && grid.kind == Some(GridKind::HouseYard))
    }));
}

#[test]
fn every_level_tiles_the_whole_with_the_same_borders() {
    let s = &*SUOXIYU;
    for level in [&s.villages, &s.grids, &s.microgrids] {
        assert_tiles(&level.iter().map(|it| &it.shape).collect::<Vec<_>>());
    }
}

#[test]
fn children_tile_their_parents() {
    let s = &*SUOXIYU;
    for (parents, children) in [(&s.villages, &s.grids), (&s.grids, &s.microgrids)] {
        for parent in parents {
            let parts: Vec<_> = children.iter().filter(|it| it.parent == Some(parent.id)).collect();
            let sum: f64 = parts.iter().map(|it| it.area_m2).sum();
            assert!((sum / parent.area_m2 - 1.0).abs() < 1e-9, "{}: {sum} of {}", parent.name, parent.area_m2);
            let inner: BTreeSet<_> = parts.iter().flat_map(|it| vertices(it)).collect();
            assert!(vertices(parent).all(|vertex| inner.contains(&vertex)), "{}: a vertex of its own", parent.name);
        }
    }
    let of_yard = |grid: &Boundary| s.microgrids.iter().filter(|it| it.parent == Some(grid.id)).count();
    assert!(s.grids.iter().filter(|it| it.kind == Some(GridKind::HouseYard)).all(|it| (2..=3).contains(&of_yard(it))));
}

fn vertices(it: &Boundary) -> impl Iterator<Item = (u64, u64)> {
    it.shape.0.iter().flat_map(|polygon| polygon.exterior().0.iter().map(|c| (c.x.to_bits(), c.y.to_bits())))
}

#[test]
fn codes_are_unique_and_those_of_the_nine_villages() {
    let s = &*SUOXIYU;
    let code = |it: &Boundary| it.code.as_ref().unwrap().to_string();
    let villages: Vec<String> = s.villages.iter().map(|it| code(it)[9..].to_owned()).collect();
    assert_eq!(villages, ["007", "008", "009", "010", "011", "203", "206", "208", "209"]);
    let names: BTreeSet<_> = s.grids.iter().map(|it| &it.name).collect();
    assert_eq!(names.len(), s.grids.len());
    for (level, boundaries, length) in [(Level::Grid, &s.grids, 15), (Level::MicroGrid, &s.microgrids, 17)] {
        let codes: Vec<String> = boundaries.iter().map(code).collect();
        assert!(codes.is_sorted() && codes.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(boundaries.iter().all(|it| it.level == level && code(it).len() == length));
    }
}

#[test]
fn each_household_lies_in_one_microgrid_of_a_usual_size() {
    let s = &*SUOXIYU;
    let mut sizes: BTreeMap<Id, usize> = BTreeMap::new();
    for (household, contact) in &s.households {
        let point = household.location.unwrap().to_point();
        let around: Vec<_> = s.microgrids.iter().filter(|it| it.shape.contains(&point)).collect();
        assert_eq!(around.len(), 1, "{}", household.source);
        let grid = s.grids.iter().find(|it| Some(it.id) == around[0].parent).unwrap();
        assert!(grid.shape.contains(&point));
        assert!(contact.phone.as_ref().unwrap().starts_with("100-0000-"));
        *sizes.entry(around[0].id).or_default() += 1;
    }
    assert_eq!(sizes.len(), 357);
    assert!(sizes.values().all(|n| (4..=18).contains(n)), "{sizes:?}");
    assert!(sizes.values().collect::<BTreeSet<_>>().len() > 8, "sizes vary");
}

#[test]
fn each_house_yard_has_its_square_inside() {
    let s = &*SUOXIYU;
    for square in &s.squares {
        let touched: Vec<_> = s.grids.iter().filter(|it| it.shape.intersects(&square.shape)).collect();
        assert_eq!(touched.len(), 1, "{}", square.name);
        assert!(touched[0].kind == Some(GridKind::HouseYard) && (100.0..2_500.0).contains(&square.area_m2));
    }
}

#[test]
fn the_valley_is_dense_and_the_mountains_wide() {
    let s = &*SUOXIYU;
    let mut areas: Vec<f64> = s.grids.iter().map(|it| it.area_m2).collect();
    areas.sort_by(f64::total_cmp);
    assert!(areas[areas.len() / 4] < 0.12e6 && areas[areas.len() * 9 / 10] > 1.5e6, "{areas:?}");
}

#[test]
fn stories_are_legal_and_end_in_time() {
    let s = &*SUOXIYU;
    assert_legal(&s.cases, &s.events);
    assert!(s.events.iter().all(|event| event.at < s.as_of));
    assert!(s.cases.iter().map(|case| case.submitted_at).is_sorted());
    for &state in State::ALL {
        assert!(s.events.iter().any(|event| event.transition == state), "no case comes to {state}");
    }
    let open = s.cases.iter().filter(|case| case.state.is_open()).count();
    assert!((150..900).contains(&open), "{open} open at the end");
    let persons: BTreeSet<_> = s.persons.iter().map(|person| person.source.as_str()).collect();
    let known = |actor: &str| actor == "reporter" || persons.contains(actor);
    assert!(s.events.iter().all(|event| event.actor.as_deref().is_some_and(known)));
}

#[test]
fn reports_pile_up_where_and_when_the_settings_say() {
    let s = &*SUOXIYU;
    let mut by_grid: Vec<f64> = vec![0.0; s.grids.len()];
    let (mut outside, mut without) = (0, 0);
    for case in &s.cases {
        let Some(point) = case.location.map(crate::geometry::LonLat::to_point) else {
            without += 1;
            continue;
        };
        match s.grids.iter().position(|it| it.shape.contains(&point)) {
            Some(grid) => by_grid[grid] += 1.0,
            None => outside += 1,
        }
    }
    assert!((100..300).contains(&without) && (30..200).contains(&outside), "{without} without, {outside} outside");
    by_grid.sort_by(f64::total_cmp);
    let gini = gini(&by_grid);
    assert!((0.3..0.7).contains(&gini), "{gini}");
    // The cloudburst of June 2026: a week with many times the usual number of blocked drains.
    let drains = |from: &str, to: &str| {
        let instant = |text: &str| format!("{text}T00:00:00+08:00").parse::<DateTime<Utc>>().unwrap();
        let during = instant(from)..instant(to);
        s.cases.iter().filter(|case| case.category == "排水堵塞" && during.contains(&case.submitted_at)).count()
    };
    assert!(drains("2026-06-12", "2026-06-18") > 4 * drains("2026-06-24", "2026-06-30"));
}

/// Σ(2i − n − 1)·xᵢ / (n²·x̄) of sorted values.
#[expect(clippy::cast_precision_loss, reason = "a few hundred values")]
fn gini(sorted: &[f64]) -> f64 {
    let n = sorted.len() as f64;
    let sum: f64 = sorted.iter().sum();
    let weighted: f64 = sorted.iter().enumerate().map(|(i, x)| (2.0 * (i + 1) as f64 - n - 1.0) * x).sum();
    weighted / (n * sum)
}

#[test]
fn visits_gather_on_the_twelfth_and_migrants_are_away_but_at_the_festival() {
    let s = &*SUOXIYU;
    let zone = chrono_tz::Asia::Shanghai;
    let (mut on_twelfth, mut absent): (usize, BTreeMap<String, [f64; 2]>) = (0, BTreeMap::new());
    let mut seen = BTreeSet::new();
    for visit in &s.visits {
        let local = visit.at.with_timezone(&zone);
        let day: u32 = local.format("%d").to_string().parse().unwrap();
        assert!(day >= 12 && visit.at < s.as_of);
        on_twelfth += usize::from(day == 12);
        let month = absent.entry(local.format("%Y-%m").to_string()).or_default();
        month[usize::from(visit.outcome == Outcome::Absent)] += 1.0;
        seen.insert((local.format("%Y-%m").to_string(), visit.place));
    }
    assert!(on_twelfth * 10 > s.visits.len() * 3, "{on_twelfth} of {}", s.visits.len());
    assert_eq!(absent.len(), 24);
    let share = |month: &str| absent[month][1] / (absent[month][0] + absent[month][1]);
    assert!(share("2026-02") < 0.12 && share("2026-03") > 0.15, "{} {}", share("2026-02"), share("2026-03"));
    let households: BTreeMap<Id, &Household> = s.households.iter().map(|(it, _)| (it.id, it)).collect();
    for visit in &s.visits {
        let (household, day) = (households[&visit.place], visit.at.with_timezone(&zone).date_naive());
        assert!(household.lived_in_from <= day && household.lived_in_to.is_none_or(|to| day < to));
    }
    let reached = seen.len() * 100 / (24 * s.households.len());
    assert!((60..95).contains(&reached), "{reached} %");
}

#[test]
fn most_microgrids_have_one_leader_some_none_some_two() {
    let s = &*SUOXIYU;
    let day = "2026-10-12".parse().unwrap();
    let mut by_count: BTreeMap<usize, usize> = BTreeMap::new();
    for microgrid in &s.microgrids {
        let leads = |post: &&Post| post.role == Role::Leader && post.place == Some(microgrid.id);
        let active = |post: &&Post| post.from <= day && post.to.is_none_or(|to| day < to);
        *by_count.entry(s.posts.iter().filter(leads).filter(active).count()).or_default() += 1;
    }
    assert_eq!(by_count.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
    assert!(by_count[&1] > 320, "{by_count:?}");
}

#[test]
fn other_sizes_hold_together() {
    for settings in [
        SMALL,
        Settings { grids: 1, households: 9, reports: 20, ..SMALL },
        Settings { grids: 40, households: 0, reports: 0, ..SMALL },
    ] {
        let s = Subdistrict::generate(&settings);
        assert_eq!((s.grids.len(), s.households.len(), s.cases.len()), (settings.grids, settings.households, settings.reports));
        assert!(s.microgrids.len() >= s.grids.len());
        for level in [&s.villages, &s.grids, &s.microgrids] {
            assert_tiles(&level.iter().map(|it| &it.shape).collect::<Vec<_>>());
        }
        assert_legal(&s.cases, &s.events);
    }
}

#[test]
fn the_same_settings_give_the_same_files() {
    // Changes only when the generator or its settings change: then the demo changes too, and the figure here with it.
    const SHA256: &str = "408e099bee154e19b25b5783d9ec70849ead92c843321113bf38103a4e298da0";
    let folder = tempfile::tempdir().unwrap();
    let digest = |name: &str| {
        let at = folder.path().join(name);
        files::write(&Subdistrict::generate(&SMALL), &SMALL, &at).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        let all = names.iter().fold(Sha256::new(), |sum, name| {
            sum.chain_update(name.as_encoded_bytes()).chain_update(std::fs::read(at.join(name)).unwrap())
        });
        all.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    };
    assert_eq!([digest("first"), digest("second")], [SHA256, SHA256]);
    let other = Subdistrict::generate(&Settings { seed: 4, ..SMALL });
    assert_ne!(other.grids, Subdistrict::generate(&SMALL).grids);
}
