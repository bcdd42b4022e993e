//! What a planner should look at before a draft is published.

use super::Desk;
use crate::{
    geometry::{LonLat, area_m2_polygon},
    place::{Id, Level},
    vocabulary::vocabulary,
};
use geo::InteriorPoint as _;
use std::collections::{BTreeMap, HashMap};

vocabulary! {
    /// What may be wrong with a draft. Gaps and overlaps are not among it: there can be none.
    ProblemKind, "problem" {
        Homeless => "homeless", "住户不在任何网格内", "households in no grid";
        Broken => "broken", "网格不连片", "grid in several pieces";
        BrokenOnFoot => "broken_on_foot", "网格被河流或陡崖隔开", "grid cut by a barrier";
        Empty => "empty", "网格内没有住户", "grid without households";
        WithoutWorker => "without_worker", "没有网格长和网格员", "nobody on post";
        Overloaded => "overloaded", "工作量超过平均的一倍半", "load above one and a half times the mean";
        OddMicroGrid => "odd_microgrid", "微网格户数过多或过少", "micro-grid too large or too small";
        WithoutKind => "without_kind", "网格没有类型", "grid without a kind";
        SameName => "same_name", "同一村社区内重名", "same name twice in a village";
    }
}

impl ProblemKind {
    /// Whether a draft with it can't be published.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Homeless)
    }
}

/// A micro-grid is meant for about ten households.
const MICROGRID_HOUSEHOLDS: std::ops::RangeInclusive<u32> = 5..=20;

/// Times the mean load from which a grid is overloaded.
const OVERLOAD: f64 = 1.5;

/// Something to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub place: Option<Id>,
    pub at: Option<LonLat>,
    /// Households, or pieces.
    pub count: Option<u32>,
}

/// All problems, the errors first, then by kind and place.
#[must_use]
pub fn problems(desk: &Desk) -> Vec<Problem> {
    let mut found = homeless(desk);
    grids(desk, &mut found);
    microgrids(desk, &mut found);
    same_names(desk, &mut found);
    found.sort_by_key(|problem| (!problem.kind.is_error(), problem.kind, problem.place));
    found
}

/// Households that had a grid in the base and have none now.
fn homeless(desk: &Desk) -> Vec<Problem> {
    let (before, now) = desk.live().homes();
    let homes = desk.live().evidence().homes.iter().zip(before.iter().zip(now));
    let lost: Vec<_> = homes.filter(|(_, (before, now))| before.is_some() && now.is_none()).map(|(home, _)| home).collect();
    let Some(first) = lost.first() else { return Vec::new() };
    vec![Problem { kind: ProblemKind::Homeless, place: None, at: first.at, count: u32::try_from(lost.len()).ok() }]
}

fn grids(desk: &Desk, found: &mut Vec<Problem>) {
    let figures = desk.live().figures();
    let mean = desk.live().totals().load.map(|_| {
        let loads = figures.values().map(|it| it.load);
        loads.sum::<f64>() / f64::from(u32::try_from(figures.len().max(1)).unwrap_or(u32::MAX))
    });
    for (&id, it) in figures {
        let mut add = |kind, count| found.push(Problem { kind, place: Some(id), at: place_in(desk, id), count });
        if it.parts > 1 {
            add(ProblemKind::Broken, Some(it.parts));
        } else if it.parts_on_foot > 1 {
            add(ProblemKind::BrokenOnFoot, Some(it.parts_on_foot));
        }
        if it.households == 0 {
            add(ProblemKind::Empty, None);
        } else if it.workers == 0 {
            add(ProblemKind::WithoutWorker, Some(it.households));
        }
        if mean.is_some_and(|mean| it.load > OVERLOAD * mean) {
            add(ProblemKind::Overloaded, Some(it.households));
        }
        let attributes = desk.draft().attributes(id);
        if attributes.is_some_and(|it| it.level == Level::Grid && it.kind.is_none()) {
            add(ProblemKind::WithoutKind, None);
        }
    }
}

fn microgrids(desk: &Desk, found: &mut Vec<Problem>) {
    let partition = desk.draft().partition();
    let mut households: HashMap<Id, u32> = HashMap::new();
    for key in desk.live().finest().iter().flatten() {
        if let Some(id) = partition.at_level(*key, Level::MicroGrid).and_then(|key| desk.draft().id(key)) {
            *households.entry(id).or_default() += 1;
        }
    }
    for it in desk.draft().places().filter(|it| it.level == Level::MicroGrid) {
        let count = households.get(&it.id).copied().unwrap_or_default();
        if !MICROGRID_HOUSEHOLDS.contains(&count) {
            let at = place_in(desk, it.id);
            found.push(Problem { kind: ProblemKind::OddMicroGrid, place: Some(it.id), at, count: Some(count) });
        }
    }
}

fn same_names(desk: &Desk, found: &mut Vec<Problem>) {
    let partition = desk.draft().partition();
    let mut names: BTreeMap<(Level, Option<Id>, &str), Vec<Id>> = BTreeMap::new();
    for it in desk.draft().places() {
        let parent = partition.key(it.id).and_then(|key| partition.place(key)).and_then(|place| place.parent);
        let parent = parent.and_then(|key| desk.draft().id(key));
        names.entry((it.level, parent, it.name.as_str())).or_default().push(it.id);
    }
    for id in names.into_values().filter(|ids| ids.len() > 1).flatten() {
        found.push(Problem { kind: ProblemKind::SameName, place: Some(id), at: place_in(desk, id), count: None });
    }
}

/// Inside the smallest piece of a place: of a broken one, that is the piece to look at.
fn place_in(desk: &Desk, id: Id) -> Option<LonLat> {
    let shape = desk.draft().partition().shape(desk.draft().partition().key(id)?);
    let smallest = shape.0.iter().min_by(|a, b| area_m2_polygon(a).total_cmp(&area_m2_polygon(b)))?;
    smallest.interior_point()?.try_into().ok()
}
