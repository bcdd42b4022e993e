//! The figures of a draft, and how they are made.

use super::{Draft, Duty, Evidence, Happening, evidence::worker_days};
use crate::{
    analytics::{
        Publication,
        coverage::{DETOUR, WALK_SPEED_M_PER_MIN},
        stats::{Balance, Observation, Prior, balance, estimate},
    },
    geometry::{Compactness, LonLat, distance_m},
    partition::PlaceKey,
    people::Role,
    place::Id,
};
use serde::Serialize;

/// Below this many observations no median is told.
const LEAST_RESPONSES: u64 = 5;

/// What a grid would have, judged by the last twelve months.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GridFigures {
    pub households: u32,
    pub persons: u32,
    /// Attempts at visits, reports and patrols in the window, as they are now.
    pub visits: u32,
    pub reports: u32,
    pub patrols: u32,
    /// Σ weight × reports + visits + patrols.
    pub load: f64,
    /// Days on post of leaders and workers, a person once a day.
    pub worker_days: u32,
    /// Leaders and workers on post now.
    pub workers: u32,
    /// W: load for each worker-day; `None` where nobody was on post.
    pub workload: Option<f64>,
    /// Reports a month, drawn towards what the area's households have on average (Marshall's prior of today's grids, so that a
    /// grid's figure depends on that grid alone).
    pub reports_month: Option<f64>,
    /// A month.
    pub visits_per_worker: Option<f64>,
    /// Kaplan–Meier median from submission to closing, hours; `None` where fewer than five are known or it is not reached.
    pub response_h: Option<f64>,
    pub response_n: u64,
    /// Minutes on foot (4 km/h, straight line × 1.3) from a household to the middle of the grid's households, on average.
    pub walk_min: Option<f64>,
    /// Squares in the grid.
    pub squares: u32,
    /// Share of households with a working square within a quarter of an hour's walk.
    pub reach: Option<f64>,
    pub area_m2: f64,
    /// Pieces of ground that don't touch along a border.
    pub parts: u32,
    /// The same on foot: pieces with households between which a barrier lies. As `parts` where no barriers are known.
    pub parts_on_foot: u32,
    pub compactness: Option<Compactness>,
    /// Of those who live here: in another grid today.
    pub households_moved: u32,
    pub persons_moved: u32,
    /// Persons for whom another leader or worker would answer.
    pub persons_with_new_worker: u32,
}

/// The whole area.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    pub grids: u32,
    pub households: u32,
    pub persons: u32,
    pub households_moved: u32,
    pub persons_moved: u32,
    pub persons_with_new_worker: u32,
    /// How evenly W lies over the grids that have it.
    pub workload: Option<Spread>,
    /// How evenly load and households lie over all grids.
    pub load: Option<Spread>,
    pub spread_households: Option<Spread>,
    /// Over households.
    pub walk_min: Option<f64>,
    /// Mean over grids.
    pub polsby_popper: Option<f64>,
    /// Grids in several pieces; on foot.
    pub broken: u32,
    pub broken_on_foot: u32,
    pub without_worker: u32,
    pub without_household: u32,
}

impl GridFigures {
    /// As they may leave the office: counts rounded, what rests on fewer than the rule's least number of households or reports left
    /// out, rates to two digits or twentieths.
    #[must_use]
    pub fn published(&self, rule: Publication) -> Self {
        let count = |n: u32| rule.round_count(n);
        let of_many = |n: u32, value: Option<f64>| value.filter(|_| n >= rule.min_n).map(Publication::two_digits);
        Self {
            households: count(self.households),
            persons: count(self.persons),
            visits: count(self.visits),
            reports: count(self.reports),
            patrols: count(self.patrols),
            load: rule.round(self.load),
            workload: of_many(self.reports, self.workload),
            reports_month: of_many(self.reports, self.reports_month),
            visits_per_worker: of_many(self.visits, self.visits_per_worker),
            response_h: of_many(self.reports, self.response_h),
            response_n: u64::from(count(u32::try_from(self.response_n).unwrap_or(u32::MAX))),
            walk_min: of_many(self.households, self.walk_min),
            reach: self
                .reach
                .filter(|_| self.households >= rule.min_n)
                .map(|share| Publication::round_share(share, self.households, f64::round)),
            households_moved: count(self.households_moved),
            persons_moved: count(self.persons_moved),
            persons_with_new_worker: count(self.persons_with_new_worker),
            ..self.clone()
        }
    }
}

impl Totals {
    /// As they may leave the office: counts rounded.
    #[must_use]
    pub fn published(&self, rule: Publication) -> Self {
        let count = |n: u32| rule.round_count(n);
        Self {
            households: count(self.households),
            persons: count(self.persons),
            households_moved: count(self.households_moved),
            persons_moved: count(self.persons_moved),
            persons_with_new_worker: count(self.persons_with_new_worker),
            ..self.clone()
        }
    }
}

/// Inequality of a load over grids.
pub type Spread = Balance;

/// A household or happening as it lies in a grid.
pub(super) struct Ground<'a> {
    pub key: PlaceKey,
    /// Households, by number.
    pub homes: &'a [u32],
    pub happenings: &'a [u32],
}

/// What households had at the base.
pub(super) struct Before<'a> {
    pub grid: &'a [Option<Id>],
    pub worker: &'a [Option<Id>],
}

pub(super) struct Measure<'a> {
    pub draft: &'a Draft,
    pub evidence: &'a Evidence,
    pub prior: Option<Prior>,
    pub before: Before<'a>,
}

impl Measure<'_> {
    /// The figures of one grid. `grounds`: the grid itself and its parts, with who and what lies there.
    pub fn grid(&self, grid: PlaceKey, grounds: &[Ground]) -> GridFigures {
        let mut figures = GridFigures::default();
        let mut durations = Vec::new();
        let mut reached = 0_u32;
        let grid_id = self.draft.id(grid);
        let mut homes = Vec::new();
        for ground in grounds {
            let worker = self.answers(ground.key, grid);
            for &i in ground.homes {
                let home = &self.evidence.homes[i as usize];
                figures.households += 1;
                figures.persons += home.persons;
                figures.visits += home.visits;
                reached += u32::from(home.in_reach);
                homes.extend(home.at);
                if self.before.grid[i as usize] != grid_id {
                    figures.households_moved += 1;
                    figures.persons_moved += home.persons;
                }
                if self.before.worker[i as usize] != worker {
                    figures.persons_with_new_worker += home.persons;
                }
            }
            for &i in ground.happenings {
                match self.evidence.happenings[i as usize].1 {
                    Happening::Report { weight, duration } => {
                        figures.reports += 1;
                        figures.load += weight;
                        durations.extend(duration);
                    }
                    Happening::Patrol => figures.patrols += 1,
                    Happening::Square => figures.squares += 1,
                }
            }
        }
        figures.load += f64::from(figures.visits) + f64::from(figures.patrols);
        self.add_staff(&mut figures, grounds);
        self.add_reports(&mut figures, durations);
        figures.walk_min = walk_min(&homes);
        figures.reach = (figures.households > 0).then(|| f64::from(reached) / f64::from(figures.households));
        self.add_ground(&mut figures, grid, &homes);
        figures
    }

    fn add_staff(&self, figures: &mut GridFigures, grounds: &[Ground]) {
        let mut duties: Vec<Duty> = grounds.iter().flat_map(|ground| self.duties(ground.key)).collect();
        figures.worker_days = worker_days(&mut duties);
        duties.retain(|duty| duty.today);
        duties.dedup_by_key(|duty| duty.person);
        figures.workers = u32::try_from(duties.len()).unwrap_or(u32::MAX);
        figures.workload = (figures.worker_days > 0).then(|| figures.load / f64::from(figures.worker_days));
        let worker_months = f64::from(figures.workers) * self.evidence.months();
        figures.visits_per_worker = (worker_months > 0.0).then(|| f64::from(figures.visits) / worker_months);
    }

    fn add_reports(&self, figures: &mut GridFigures, mut durations: Vec<Observation>) {
        let exposure = f64::from(figures.households) * self.evidence.months();
        let rate = self.prior.and_then(|prior| prior.shrink((f64::from(figures.reports), exposure)));
        figures.reports_month = rate.map(|rate| rate * f64::from(figures.households));
        durations.sort_unstable();
        let estimate = estimate(durations.into_iter());
        figures.response_n = estimate.n;
        let median = estimate.median.filter(|_| estimate.n >= LEAST_RESPONSES);
        figures.response_h = median.map(hours);
    }

    fn add_ground(&self, figures: &mut GridFigures, grid: PlaceKey, homes: &[LonLat]) {
        let partition = self.draft.partition();
        let shape = partition.shape(grid);
        figures.area_m2 = partition.area_m2(grid);
        figures.parts = u32::try_from(partition.parts(grid)).unwrap_or(u32::MAX);
        figures.compactness = Compactness::of(&shape);
        figures.parts_on_foot = figures.parts.max(super::live::pieces_on_foot(&shape, &self.evidence.barriers, homes));
    }

    /// Who is on post at a place, as the draft has it.
    pub fn duties(&self, key: PlaceKey) -> impl Iterator<Item = Duty> {
        let id = self.draft.id(key);
        let appointed = id.and_then(|id| self.draft.attributes(id)).and_then(|it| it.leader);
        let stored = id.and_then(|id| self.evidence.duties.get(&id)).map_or(&[][..], Vec::as_slice);
        let kept = stored.iter().copied().filter(move |duty| appointed.is_none() || duty.role != Role::Leader);
        let days = self.evidence.days;
        let new = appointed.flatten().map(|person| Duty { person, role: Role::Leader, from: 0, to: days, today: true });
        new.into_iter().chain(kept)
    }

    /// Who answers for a household whose finest place is `finest`.
    pub fn answers(&self, finest: PlaceKey, grid: PlaceKey) -> Option<Id> {
        let on_post = |key: PlaceKey| self.duties(key).find(|duty| duty.today).map(|duty| duty.person);
        on_post(finest).or_else(|| on_post(grid))
    }
}

/// Mean minutes on foot to the middle.
fn walk_min(homes: &[LonLat]) -> Option<f64> {
    let n = f64::from(u32::try_from(homes.len()).ok().filter(|n| *n > 0)?);
    let (lon, lat) = homes.iter().fold((0.0, 0.0), |(lon, lat), at| (lon + at.lon(), lat + at.lat()));
    let middle = LonLat::from_degrees(lon / n, lat / n).ok()?;
    let metres: f64 = homes.iter().map(|&at| distance_m(at, middle)).sum();
    Some(metres / n * DETOUR / WALK_SPEED_M_PER_MIN)
}

#[expect(clippy::cast_precision_loss, reason = "durations in ms stay below 2^53")]
fn hours(ms: i64) -> f64 {
    ms as f64 / 3_600_000.0
}

impl Totals {
    /// Of all grids.
    pub(super) fn of(grids: &[&GridFigures]) -> Self {
        let mut totals = Self::default();
        let (mut walked, mut walkers, mut compact, mut shapes) = (0.0, 0.0, 0.0, 0.0);
        for grid in grids {
            totals.grids += 1;
            totals.households += grid.households;
            totals.persons += grid.persons;
            totals.households_moved += grid.households_moved;
            totals.persons_moved += grid.persons_moved;
            totals.persons_with_new_worker += grid.persons_with_new_worker;
            totals.broken += u32::from(grid.parts > 1);
            totals.broken_on_foot += u32::from(grid.parts_on_foot > 1);
            totals.without_worker += u32::from(grid.workers == 0);
            totals.without_household += u32::from(grid.households == 0);
            if let Some(minutes) = grid.walk_min {
                walked += minutes * f64::from(grid.households);
                walkers += f64::from(grid.households);
            }
            if let Some(it) = grid.compactness {
                compact += it.polsby_popper;
                shapes += 1.0;
            }
        }
        let spread =
            |of: &dyn Fn(&GridFigures) -> Option<f64>| balance(&grids.iter().filter_map(|grid| of(grid)).collect::<Vec<_>>());
        totals.workload = spread(&|grid| grid.workload);
        totals.load = spread(&|grid| Some(grid.load));
        totals.spread_households = spread(&|grid| Some(f64::from(grid.households)));
        totals.walk_min = (walkers > 0.0).then(|| walked / walkers);
        totals.polsby_popper = (shapes > 0.0).then(|| compact / shapes);
        totals
    }
}
