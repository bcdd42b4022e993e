//! The figures of a draft, kept up to date from one operation to the next.
//!
//! Only points near borders that changed are located again, only grids that were touched are measured anew. What comes out equals
//! what [`Live::new`] makes of the same draft, to the bit (a test holds it).

use super::{
    Draft, Evidence, GridFigures, Happening, Totals,
    draft::Done,
    figures::{Before, Ground, Measure},
};
use crate::{
    analytics::stats::{Prior, Rate},
    assign::DEFAULT_TOLERANCE_M,
    geometry::{BBox, LonLat, distance_to_border_m},
    partition::PlaceKey,
    people::Role,
    place::{Id, Level},
    spatial::{PointIndex, PolygonIndex},
};
use geo::{LineString, MultiPolygon, Polygon};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// A household that an operation puts into another grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub household: Id,
    /// `None` is no grid.
    pub from: Option<Id>,
    pub to: Option<Id>,
    pub persons: u32,
}

/// What an operation made different.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// By household.
    pub moved: Vec<Moved>,
    /// Grids whose figures were made anew, by id; those that ceased have none any more.
    pub touched: BTreeSet<Id>,
}

/// Who and what lies in a finest place, ascending.
#[derive(Clone, Debug, Default)]
struct Members {
    homes: Vec<u32>,
    happenings: Vec<u32>,
}

/// Figures and everything that is needed to keep them.
#[derive(Clone, Debug)]
pub struct Live {
    evidence: Arc<Evidence>,
    index: Arc<PointIndex>,
    prior: Option<Prior>,
    /// The grid and the responsible person of each household at the base.
    base_grid: Arc<Vec<Option<Id>>>,
    base_worker: Arc<Vec<Option<Id>>>,
    /// The finest place of each point.
    finest: Vec<Option<PlaceKey>>,
    /// The grid of each household.
    grid: Vec<Option<Id>>,
    members: HashMap<PlaceKey, Members>,
    figures: BTreeMap<Id, GridFigures>,
    level: Level,
}

impl Live {
    /// The figures of a draft that nothing was done to yet: what is there is the base that drafts are compared with.
    #[must_use]
    pub fn new(base: &Draft, evidence: Arc<Evidence>) -> Self {
        let index = Arc::new(PointIndex::new(evidence.points()));
        let level = if base.places().any(|it| it.level == Level::Grid) { Level::Grid } else { Level::Village };
        let mut live = Self {
            evidence,
            index,
            prior: None,
            base_grid: Arc::default(),
            base_worker: Arc::default(),
            finest: Vec::new(),
            grid: Vec::new(),
            members: HashMap::new(),
            figures: BTreeMap::new(),
            level,
        };
        live.place_all(base);
        live.base_grid = Arc::new(live.grid.clone());
        live.base_worker = Arc::new(live.workers(base));
        live.prior = live.prior_of(base);
        live.measure_all(base);
        live
    }

    /// The same figures made from nothing but the draft, against the same base.
    #[must_use]
    pub fn anew(&self, draft: &Draft) -> Self {
        let mut fresh = Self { members: HashMap::new(), figures: BTreeMap::new(), finest: Vec::new(), ..self.clone() };
        fresh.place_all(draft);
        fresh.measure_all(draft);
        fresh
    }

    /// The level that figures are by: grids, or villages where there are no grids.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    #[must_use]
    pub fn figures(&self) -> &BTreeMap<Id, GridFigures> {
        &self.figures
    }

    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals::of(&self.figures.values().collect::<Vec<_>>())
    }

    /// The grid of each household of the evidence, in its order: at the base, and now.
    #[must_use]
    pub fn homes(&self) -> (&[Option<Id>], &[Option<Id>]) {
        (&self.base_grid, &self.grid)
    }

    /// The responsible person of each household at the base, and now.
    #[must_use]
    pub fn responsible(&self, draft: &Draft) -> (Vec<Option<Id>>, Vec<Option<Id>>) {
        (self.base_worker.to_vec(), self.workers(draft))
    }

    /// What came up in some grids, and where.
    #[must_use]
    pub fn happenings_in(&self, draft: &Draft, grids: &BTreeSet<Id>) -> Vec<(LonLat, Happening)> {
        let keys = grids.iter().filter_map(|grid| draft.partition().key(*grid)).flat_map(|key| family(draft, key));
        let mut numbers: Vec<u32> =
            keys.filter_map(|key| self.members.get(&key)).flat_map(|it| it.happenings.clone()).collect();
        numbers.sort_unstable();
        let of = |i: u32| self.evidence.happenings.get(i as usize).copied();
        numbers.into_iter().filter_map(of).filter_map(|(at, happening)| Some((at?, happening))).collect()
    }

    /// The leaders and workers who are on post today in a grid or its parts, as the draft has it.
    #[must_use]
    pub fn on_post(&self, draft: &Draft, grid: Id) -> Vec<(Id, Role)> {
        let Some(key) = draft.partition().key(grid) else { return Vec::new() };
        let measure = self.measure(draft);
        let duties = family(draft, key).into_iter().flat_map(|key| measure.duties(key)).filter(|duty| duty.today);
        let mut posts: Vec<_> = duties.map(|duty| (duty.person, duty.role)).collect();
        posts.sort_unstable();
        posts.dedup();
        posts
    }

    /// The finest place of each household, in the evidence's order.
    #[must_use]
    pub fn finest(&self) -> &[Option<PlaceKey>] {
        &self.finest[..self.evidence.homes.len()]
    }

    /// The households that lie in another grid than at the base, by household.
    #[must_use]
    pub fn moved(&self) -> Vec<Moved> {
        let homes = self.evidence.homes.iter().zip(self.base_grid.iter().zip(&self.grid));
        let moved = homes.filter(|(_, (from, to))| from != to);
        let mut moved: Vec<_> =
            moved.map(|(home, (&from, &to))| Moved { household: home.id, from, to, persons: home.persons }).collect();
        moved.sort_by_key(|it| it.household);
        moved
    }

    fn place_all(&mut self, draft: &Draft) {
        let points: Vec<_> = self.evidence.points().collect();
        self.finest = points.par_iter().map(|at| place_point(draft, self.level, (*at)?)).collect();
        for (i, key) in (0_u32..).zip(&self.finest) {
            let Some(key) = key else { continue };
            self.members.entry(*key).or_default().push(i, self.evidence.homes.len());
        }
        self.grid = self.finest().iter().map(|key| grid_of(draft, self.level, *key)).collect();
    }

    fn workers(&self, draft: &Draft) -> Vec<Option<Id>> {
        let measure = self.measure(draft);
        let worker = |key: Option<PlaceKey>| measure.answers(key?, draft.partition().at_level(key?, self.level)?);
        // Many households share a finest place.
        let mut known: HashMap<Option<PlaceKey>, Option<Id>> = HashMap::new();
        self.finest().iter().map(|key| *known.entry(*key).or_insert_with(|| worker(*key))).collect()
    }

    fn prior_of(&self, base: &Draft) -> Option<Prior> {
        let mut counts: BTreeMap<Id, (f64, f64)> = BTreeMap::new();
        for (key, members) in &self.members {
            let Some(grid) = grid_of(base, self.level, Some(*key)) else { continue };
            let count = counts.entry(grid).or_default();
            count.0 += members.reports(&self.evidence);
            count.1 += f64::from(u32::try_from(members.homes.len()).unwrap_or(u32::MAX));
        }
        let rates: Vec<_> = counts.into_values().map(|(reports, homes)| (reports, homes * self.evidence.months())).collect();
        Prior::of(Rate::Event, &rates)
    }

    fn measure<'a>(&'a self, draft: &'a Draft) -> Measure<'a> {
        let before = Before { grid: &self.base_grid, worker: &self.base_worker };
        Measure { draft, evidence: &self.evidence, prior: self.prior, before }
    }

    fn measure_all(&mut self, draft: &Draft) {
        let grids: Vec<Id> = draft.places().filter(|it| it.level == self.level).map(|it| it.id).collect();
        let measured: Vec<_> = grids.par_iter().filter_map(|&id| Some((id, self.measured(draft, id)?))).collect();
        self.figures = measured.into_iter().collect();
    }

    /// The figures of a grid; `None` if the draft has none of that id.
    fn measured(&self, draft: &Draft, id: Id) -> Option<GridFigures> {
        let partition = draft.partition();
        let grid = partition.key(id)?;
        let keys = family(draft, grid);
        let none = Members::default();
        let grounds = keys.iter().map(|key| {
            let members = self.members.get(key).unwrap_or(&none);
            Ground { key: *key, homes: &members.homes, happenings: &members.happenings }
        });
        Some(self.measure(draft).grid(grid, &grounds.collect::<Vec<_>>()))
    }

    /// Brings the figures up to date after something was done to the draft, or undone: `draft` is as it is now.
    pub fn update(&mut self, draft: &Draft, done: &Done) -> Update {
        let mut update = Update::default();
        let mut near: Vec<u32> = Vec::new();
        let mut keys: BTreeSet<PlaceKey> = BTreeSet::new();
        for change in &done.changes {
            for bounds in change.boxes() {
                near.extend(self.index.within(&widened(&bounds, DEFAULT_TOLERANCE_M)));
            }
            keys.extend(change.touched());
            for (key, before, after) in &change.places {
                keys.insert(*key);
                keys.extend([before, after].into_iter().flatten().filter_map(|place| place.parent));
                update
                    .touched
                    .extend([before, after].into_iter().flatten().filter(|it| it.level == self.level).map(|it| it.id));
            }
        }
        near.sort_unstable();
        near.dedup();
        let mut homes = self.locate_anew(draft, &near, &mut keys);
        keys.extend(done.described().filter_map(|id| draft.partition().key(id)));
        update.touched.extend(keys.iter().filter_map(|key| grid_of(draft, self.level, Some(*key))));
        homes.extend(keys.iter().filter_map(|key| self.members.get(key)).flat_map(|members| &members.homes));
        self.regrid(draft, &homes, &mut update);
        let touched: Vec<Id> = update.touched.iter().copied().collect();
        let measured: Vec<_> = touched.par_iter().map(|&id| (id, self.measured(draft, id))).collect();
        for (id, figures) in measured {
            match figures {
                Some(figures) => self.figures.insert(id, figures),
                None => self.figures.remove(&id),
            };
        }
        update
    }

    /// Locates points again; `keys` gets the places that they left and came to. Returns the households among those that went.
    fn locate_anew(&mut self, draft: &Draft, near: &[u32], keys: &mut BTreeSet<PlaceKey>) -> BTreeSet<u32> {
        let homes = self.evidence.homes.len();
        let at = |i: u32| match self.evidence.homes.get(i as usize) {
            Some(home) => home.at,
            None => self.evidence.happenings.get(i as usize - homes).and_then(|it| it.0),
        };
        let located: Vec<_> = near.par_iter().map(|&i| (i, at(i).and_then(|at| place_point(draft, self.level, at)))).collect();
        let mut went = BTreeSet::new();
        for (i, now) in located {
            let before = std::mem::replace(&mut self.finest[i as usize], now);
            if before == now {
                continue;
            }
            if (i as usize) < homes {
                went.insert(i);
            }
            if let Some(key) = before {
                self.members.entry(key).or_default().remove(i, homes);
                keys.insert(key);
            }
            if let Some(key) = now {
                self.members.entry(key).or_default().insert(i, homes);
                keys.insert(key);
            }
        }
        went
    }

    /// Each of these households in the grid that its place is part of now.
    fn regrid(&mut self, draft: &Draft, homes: &BTreeSet<u32>, update: &mut Update) {
        for &i in homes {
            let to = grid_of(draft, self.level, self.finest[i as usize]);
            let from = std::mem::replace(&mut self.grid[i as usize], to);
            if from != to {
                let home = &self.evidence.homes[i as usize];
                update.moved.push(Moved { household: home.id, from, to, persons: home.persons });
            }
        }
        update.moved.sort_by_key(|it| it.household);
    }
}

impl Members {
    fn list(&mut self, i: u32, homes: usize) -> (&mut Vec<u32>, u32) {
        let homes = u32::try_from(homes).unwrap_or(u32::MAX);
        if i < homes { (&mut self.homes, i) } else { (&mut self.happenings, i - homes) }
    }

    /// Points come in ascending order.
    fn push(&mut self, i: u32, homes: usize) {
        let (list, i) = self.list(i, homes);
        list.push(i);
    }

    fn insert(&mut self, i: u32, homes: usize) {
        let (list, i) = self.list(i, homes);
        if let Err(at) = list.binary_search(&i) {
            list.insert(at, i);
        }
    }

    fn remove(&mut self, i: u32, homes: usize) {
        let (list, i) = self.list(i, homes);
        if let Ok(at) = list.binary_search(&i) {
            list.remove(at);
        }
    }

    fn reports(&self, evidence: &Evidence) -> f64 {
        let is_report = |i: &&u32| matches!(evidence.happenings[**i as usize].1, Happening::Report { .. });
        f64::from(u32::try_from(self.happenings.iter().filter(is_report).count()).unwrap_or(u32::MAX))
    }
}

/// A place and all that is part of it.
fn family(draft: &Draft, key: PlaceKey) -> Vec<PlaceKey> {
    let mut keys = vec![key];
    let mut next = 0;
    while let Some(key) = keys.get(next) {
        keys.extend(draft.partition().children(*key));
        next += 1;
    }
    keys
}

fn grid_of(draft: &Draft, level: Level, finest: Option<PlaceKey>) -> Option<Id> {
    draft.id(draft.partition().at_level(finest?, level)?)
}

/// The finest place of a point; of one in no grid, that of the nearest grid's ground within the tolerance of the assignment.
fn place_point(draft: &Draft, level: Level, at: LonLat) -> Option<PlaceKey> {
    let partition = draft.partition();
    let in_grid = |key: &PlaceKey| partition.at_level(*key, level).is_some();
    let located = partition.locate(at);
    located.filter(in_grid).or_else(|| nearest(draft, level, at)).or(located)
}

/// The finest place on a grid's side of the nearest border; of two grids at the same distance the smaller one.
fn nearest(draft: &Draft, level: Level, at: LonLat) -> Option<PlaceKey> {
    let partition = draft.partition();
    let point = BBox { west: at.lon(), east: at.lon(), south: at.lat(), north: at.lat() };
    let mut best: Option<(f64, f64, PlaceKey)> = None;
    for (_, arc) in partition.arcs_in(&widened(&point, DEFAULT_TOLERANCE_M)) {
        let sides = [arc.left, arc.right].into_iter().flatten();
        let mut grids = sides.filter_map(|key| Some((key, partition.at_level(key, level)?)));
        let Some((key, grid)) = grids.next() else { continue };
        let line = MultiPolygon(vec![Polygon::new(there_and_back(&arc.line), vec![])]);
        let Some(distance_m) = distance_to_border_m(at, &line).filter(|it| *it <= DEFAULT_TOLERANCE_M) else { continue };
        let candidate = (distance_m, partition.area_m2(grid), key);
        if best.is_none_or(|best| (candidate.0, candidate.1) < (best.0, best.1)) {
            best = Some(candidate);
        }
    }
    best.map(|(.., key)| key)
}

/// A line as a ring without area, to measure the distance to it.
fn there_and_back(line: &[geo::Coord]) -> LineString {
    line.iter().chain(line.iter().rev().skip(1)).copied().collect()
}

/// A box that holds all points within `metres` of the given one.
fn widened(bounds: &BBox, metres: f64) -> BBox {
    // A degree of latitude is nowhere shorter than 110,000 m; towards the poles longitudes get shorter without end.
    let d_lat = metres / 110_000.0;
    let lat = bounds.south.abs().max(bounds.north.abs()) + d_lat;
    let d_lon = if lat < 89.0 { d_lat / lat.to_radians().cos() } else { 360.0 };
    BBox { west: bounds.west - d_lon, south: bounds.south - d_lat, east: bounds.east + d_lon, north: bounds.north + d_lat }
}

/// How many pieces of a shape have households once nobody crosses the barriers; 1 where none lies across.
pub(super) fn pieces_on_foot(shape: &MultiPolygon, barriers: &[LineString], homes: &[LonLat]) -> u32 {
    let Some(bounds) = BBox::around(shape) else { return 1 };
    let across: Vec<_> =
        barriers.iter().filter(|line| BBox::around(*line).is_some_and(|it| it.intersects(&bounds))).cloned().collect();
    if across.is_empty() {
        return 1;
    }
    let pieces = crate::partition::pieces(shape, &across);
    let index = PolygonIndex::new(&pieces);
    let settled: BTreeSet<usize> = homes.iter().flat_map(|&at| index.containing(at)).collect();
    u32::try_from(settled.len()).unwrap_or(u32::MAX)
}
