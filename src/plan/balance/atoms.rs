//! The atoms of a village.

use super::{
    Atom, Load, Wish, WishError,
    adjacency::{DEGREE_M, Plane, Site, neighbours},
};
use crate::{
    districting::{
        Division, Graph, GraphError,
        balance::{Parts, Problem},
    },
    geometry::LonLat,
    place::{Id, Level},
    plan::{Desk, Happening, Lock},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Households that stand nearer than this to each other are one building, m.
const BUILDING_M: f64 = 12.0;

/// A village as a balancing problem.
#[derive(Clone, Debug)]
pub struct Village {
    /// `None`: all grids that are part of no village.
    pub id: Option<Id>,
    pub name: String,
    /// The grids of today's division, in the order of its parts.
    pub grids: Vec<Id>,
    /// What each atom is made of: households by their number in the evidence.
    pub atoms: Vec<Vec<u32>>,
    /// The micro-grid that each atom is, where atoms are micro-grids.
    pub microgrids: Vec<Id>,
    pub problem: Problem,
    /// Households that the problem is about.
    pub households: usize,
}

/// The villages of a draft that the wish is about, by name. Villages without households in grids are left out.
///
/// # Errors
/// [`WishError`].
pub fn villages(desk: &Desk, wish: &Wish) -> Result<Vec<Village>, WishError> {
    check(wish)?;
    let mut by_village: BTreeMap<Option<Id>, Vec<u32>> = BTreeMap::new();
    for (i, grid) in (0_u32..).zip(desk.live().homes().1) {
        let Some(grid) = grid else { continue };
        by_village.entry(village_of(desk, *grid)).or_default().push(i);
    }
    let wanted: BTreeSet<Id> = wish.villages.iter().copied().collect();
    for village in &wanted {
        if desk.draft().attributes(*village).is_none_or(|it| it.level != Level::Village) {
            return Err(WishError::UnknownVillage(*village));
        }
    }
    if !wanted.is_empty() {
        by_village.retain(|village, _| village.is_some_and(|id| wanted.contains(&id)));
    }
    let by_village: Vec<_> = by_village.into_iter().collect();
    let made: Result<Vec<Option<Village>>, WishError> =
        by_village.par_iter().map(|(village, homes)| Builder { desk, wish, homes }.village(*village)).collect();
    let mut made: Vec<Village> = made?.into_iter().flatten().collect();
    if made.is_empty() {
        return Err(WishError::Nobody);
    }
    made.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(made)
}

fn check(wish: &Wish) -> Result<(), WishError> {
    let distinct: BTreeSet<Load> = wish.loads.iter().map(|(load, _)| *load).collect();
    let weighed = wish.loads.iter().all(|(_, weight)| weight.is_finite() && *weight > 0.0);
    if wish.loads.is_empty() || distinct.len() < wish.loads.len() || !weighed {
        return Err(WishError::Loads);
    }
    if !(wish.tolerance.is_finite() && wish.tolerance >= 0.0) {
        return Err(WishError::Value { what: "the tolerance", value: wish.tolerance, expected: "0 or more" });
    }
    match wish.max_moved {
        Some(value) if !(0.0..=1.0).contains(&value) => {
            Err(WishError::Value { what: "the share of households that may move", value, expected: "from 0 to 1" })
        }
        _ => Ok(()),
    }
}

fn village_of(desk: &Desk, grid: Id) -> Option<Id> {
    let partition = desk.draft().partition();
    let key = partition.key(grid)?;
    let village = partition.at_level(key, Level::Village).filter(|village| *village != key)?;
    desk.draft().id(village)
}

struct Builder<'a> {
    desk: &'a Desk,
    wish: &'a Wish,
    /// Households of the village.
    homes: &'a [u32],
}

impl Builder<'_> {
    fn at(&self, home: u32) -> Option<LonLat> {
        self.desk.live().evidence().homes.get(home as usize)?.at
    }

    fn grid(&self, home: u32) -> Option<Id> {
        *self.desk.live().homes().1.get(home as usize)?
    }

    fn village(&self, id: Option<Id>) -> Result<Option<Village>, WishError> {
        let draft = self.desk.draft();
        let name = id.and_then(|id| draft.attributes(id)).map(|it| it.name.clone()).unwrap_or_default();
        let (atoms, microgrids) = self.atoms();
        if atoms.is_empty() {
            return Ok(None);
        }
        let grid_of = |atom: &Vec<u32>| atom.first().and_then(|home| self.grid(*home));
        let grids: Vec<Id> = atoms.iter().filter_map(grid_of).collect::<BTreeSet<_>>().into_iter().collect();
        let part = |atom: &Vec<u32>| grid_of(atom).and_then(|grid| grids.binary_search(&grid).ok()).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "grids of a village")]
        let start: Vec<u32> = atoms.iter().map(|atom| part(atom) as u32).collect();
        let wrong = |why: String| WishError::Graph { village: name.clone(), why };
        let graph = self.graph(&grids, &atoms, &microgrids, &start).map_err(|error| wrong(error.to_string()))?;
        let division = Division::new(&graph, start).map_err(|error| wrong(error.to_string()))?;
        let own = grids.len();
        let any = ((own * 3 / 4).max(1), (own * 5).div_ceil(4).min(atoms.len()));
        let named = id.and_then(|id| self.wish.parts.get(&id)).copied();
        let (least, most) = named.unwrap_or(if self.wish.free { any } else { (own, own) });
        let mut problem = Problem::new(graph, if least == most { Parts::Fixed(least) } else { Parts::Range(least, most) });
        problem.tolerance = vec![self.wish.tolerance; problem.graph.kinds()];
        problem.moving = atoms.iter().map(|atom| count(atom.len())).collect();
        problem.max_moved = self.wish.max_moved.map(|share| share * count(self.homes.len()));
        problem.weights = self.wish.weights;
        problem.locked_parts = self.locked_parts(&grids);
        problem.locked_atoms = self.locked_atoms(&atoms);
        problem.start = Some(division);
        problem.check().map_err(|source| WishError::Village { village: name.clone(), source })?;
        let households = atoms.iter().map(Vec::len).sum();
        Ok(Some(Village { id, name, grids, atoms, microgrids, problem, households }))
    }

    /// What stays together; of households without a position nothing is known.
    fn atoms(&self) -> (Vec<Vec<u32>>, Vec<Id>) {
        let placed = || self.homes.iter().copied().filter(|home| self.at(*home).is_some());
        match self.wish.atoms {
            Atom::Household => (placed().map(|home| vec![home]).collect(), Vec::new()),
            Atom::Building => (self.buildings(&placed().collect::<Vec<_>>()), Vec::new()),
            Atom::MicroGrid => {
                let partition = self.desk.draft().partition();
                let mut by_microgrid: BTreeMap<Id, Vec<u32>> = BTreeMap::new();
                for home in placed() {
                    let finest = self.desk.live().finest()[home as usize];
                    let key = finest.map(|finest| partition.at_level(finest, Level::MicroGrid).unwrap_or(finest));
                    if let Some(id) = key.and_then(|key| self.desk.draft().id(key)) {
                        by_microgrid.entry(id).or_default().push(home);
                    }
                }
                let (ids, atoms) = by_microgrid.into_iter().unzip();
                (atoms, ids)
            }
        }
    }

    /// Households of the same grid that stand close together, chains of them included.
    fn buildings(&self, homes: &[u32]) -> Vec<Vec<u32>> {
        let step = BUILDING_M / DEGREE_M;
        #[expect(clippy::cast_possible_truncation, reason = "degrees over a step of 1e-4")]
        let cell = |at: LonLat| ((at.lon() * at.lat().to_radians().cos() / step) as i64, (at.lat() / step) as i64);
        let mut cells: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
        let mut root: Vec<usize> = (0..homes.len()).collect();
        for i in 0..homes.len() {
            let Some(at) = self.at(homes[i]) else { continue };
            let (x, y) = cell(at);
            for near in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))) {
                for &j in cells.get(&near).into_iter().flatten() {
                    let close = self.at(homes[j]).is_some_and(|other| crate::geometry::distance_m(at, other) <= BUILDING_M);
                    if close && self.grid(homes[i]) == self.grid(homes[j]) {
                        let (a, b) = (find(&mut root, i), find(&mut root, j));
                        root[a.max(b)] = a.min(b);
                    }
                }
            }
            cells.entry((x, y)).or_default().push(i);
        }
        let mut buildings: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (i, &home) in homes.iter().enumerate() {
            buildings.entry(find(&mut root, i)).or_default().push(home);
        }
        buildings.into_values().collect()
    }

    fn graph(&self, grids: &[Id], atoms: &[Vec<u32>], microgrids: &[Id], start: &[u32]) -> Result<Graph, GraphError> {
        let middle: Vec<LonLat> = atoms.iter().filter_map(|atom| self.middle(atom)).collect();
        let Some(&origin) = middle.first() else { return Graph::new(Vec::new(), &[]) };
        let plane = Plane::at(origin);
        let positions: Vec<[f64; 2]> = middle.iter().map(|at| plane.position(*at)).collect();
        let site = Site { desk: self.desk, grids, atoms, plane, positions: &positions, microgrids, start };
        Graph::new(self.loads(atoms, &middle), &neighbours(&site))?.with_positions(positions)
    }

    fn middle(&self, atom: &[u32]) -> Option<LonLat> {
        let (mut lon, mut lat, mut n) = (0.0, 0.0, 0.0);
        for at in atom.iter().filter_map(|home| self.at(*home)) {
            (lon, lat, n) = (lon + at.lon(), lat + at.lat(), n + 1.0);
        }
        LonLat::from_degrees(lon / n, lat / n).ok()
    }

    /// First the mixture of the loads by their weights, each as a share of its sum; then, of several, each for itself.
    fn loads(&self, atoms: &[Vec<u32>], middle: &[LonLat]) -> Vec<Vec<f64>> {
        let works = self.works(atoms, middle);
        let evidence = self.desk.live().evidence();
        let of = |load: Load| -> Vec<f64> {
            let homes = |of: &dyn Fn(&crate::plan::Home) -> f64| {
                let sum = |atom: &Vec<u32>| atom.iter().map(|home| of(&evidence.homes[*home as usize])).sum();
                atoms.iter().map(sum).collect::<Vec<f64>>()
            };
            match load {
                Load::Households => homes(&|_| 1.0),
                Load::Persons => homes(&|home| f64::from(home.persons)),
                Load::Visits => homes(&|home| f64::from(home.visits)),
                Load::Reports => works.iter().map(|work| work.0).collect(),
                Load::Work => {
                    let visits = homes(&|home| f64::from(home.visits));
                    visits.iter().zip(&works).map(|(visits, (reports, patrols))| visits + reports + patrols).collect()
                }
            }
        };
        let each: Vec<Vec<f64>> = self.wish.loads.iter().map(|(load, _)| of(*load)).collect();
        if let [only] = each.as_slice() {
            return vec![only.clone()];
        }
        let mut mixture = vec![0.0; atoms.len()];
        for (loads, (_, weight)) in each.iter().zip(&self.wish.loads) {
            let total: f64 = loads.iter().sum();
            for (sum, load) in mixture.iter_mut().zip(loads) {
                *sum += if total > 0.0 { weight * load / total } else { 0.0 };
            }
        }
        std::iter::once(mixture).chain(each).collect()
    }

    /// Weighted reports, and patrols, of each atom: what came up in the village counts with the nearest atom.
    fn works(&self, atoms: &[Vec<u32>], middle: &[LonLat]) -> Vec<(f64, f64)> {
        let mut works = vec![(0.0, 0.0); atoms.len()];
        let scale = middle.first().map_or(1.0, |at| at.lat().to_radians().cos());
        let grids: BTreeSet<Id> = atoms.iter().flatten().filter_map(|home| self.grid(*home)).collect();
        for (at, happening) in self.desk.live().happenings_in(self.desk.draft(), &grids) {
            let apart = |other: &LonLat| ((at.lon() - other.lon()) * scale).hypot(at.lat() - other.lat());
            let nearest = middle.iter().enumerate().min_by(|a, b| apart(a.1).total_cmp(&apart(b.1)));
            let Some((atom, _)) = nearest else { continue };
            match happening {
                Happening::Report { weight, .. } => works[atom].0 += weight,
                Happening::Patrol => works[atom].1 += 1.0,
                Happening::Square => {}
            }
        }
        works
    }

    fn locked_parts(&self, grids: &[Id]) -> Vec<u32> {
        let locks = self.desk.draft().locks();
        (0_u32..).zip(grids).filter(|(_, grid)| locks.contains(&Lock::Place { place: **grid })).map(|(part, _)| part).collect()
    }

    /// Atoms with a locked household, in a locked micro-grid, or at a locked border.
    fn locked_atoms(&self, atoms: &[Vec<u32>]) -> Vec<u32> {
        let locks = self.desk.draft().locks();
        if locks.is_empty() {
            return Vec::new();
        }
        let evidence = self.desk.live().evidence();
        let is_locked = |home: &u32| {
            let household = Lock::Household { household: evidence.homes[*home as usize].id };
            let finest = self.desk.live().finest()[*home as usize].and_then(|key| self.desk.draft().id(key));
            let at_border = |lock: &Lock| matches!(lock, Lock::Border { a, b } if self.grid(*home).is_some_and(|grid| grid == *a || grid == *b));
            locks.contains(&household)
                || finest.is_some_and(|place| locks.contains(&Lock::Place { place }))
                || locks.iter().any(at_border)
        };
        (0_u32..).zip(atoms).filter(|(_, atom)| atom.iter().any(is_locked)).map(|(i, _)| i).collect()
    }
}

fn find(root: &mut [usize], mut i: usize) -> usize {
    while root[i] != i {
        root[i] = root[root[i]];
        i = root[i];
    }
    i
}

#[expect(clippy::cast_precision_loss, reason = "households of a village")]
const fn count(n: usize) -> f64 {
    n as f64
}
