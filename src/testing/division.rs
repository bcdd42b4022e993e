//! The subdistrict's ground divided into villages, grids and micro-grids, as labels on the cells of a mesh.

use super::{
    border::NOWHERE,
    growth::{Ground, solid},
    mesh::Mesh,
    plane::Xy,
    random::{Dice, apportion},
    settings::{Geography, VillageKind},
    terrain::Terrain,
};
use crate::place::GridKind;

/// Labels of each cell at the three levels; [`NOWHERE`] outside the subdistrict.
pub struct Division {
    pub mesh: Mesh,
    pub village: Vec<usize>,
    pub grid: Vec<usize>,
    pub microgrid: Vec<usize>,
    /// One entry a grid.
    pub grids: Vec<GridPart>,
    /// The grid of each micro-grid.
    pub grid_of: Vec<usize>,
    /// How many villages there are.
    pub villages: usize,
}

/// A grid before it has a name.
#[derive(Clone, Debug)]
pub struct GridPart {
    pub village: usize,
    pub kind: GridKind,
    /// The sight of a scenic grid, by its number in the settings.
    pub spot: Option<usize>,
    pub cells: Vec<usize>,
    pub centre: Xy,
    pub area_m2: f64,
    /// Settlement that wants to live there, any unit.
    pub settlement: f64,
}

impl Division {
    /// How many grids and micro-grids there are to be; all distances of the settings are multiplied by `stretch`.
    ///
    /// # Panics
    /// If there are fewer micro-grids than grids, or no grid at all.
    #[must_use]
    pub fn new(geography: &Geography, terrain: &Terrain, seed: u64, [grids, microgrids]: [usize; 2], stretch: f64) -> Self {
        assert!(grids > 0 && microgrids >= grids, "{grids} grids can't have {microgrids} micro-grids");
        let mut dice = Dice::new(seed, "division");
        let mesh = mesh(geography, terrain, &mut dice, stretch);
        let area_m2 = geography.area_km2 * 1e6 * stretch * stretch;
        let inside = outline(&mesh, terrain, area_m2);
        let villages = geography.village.len().min(grids);
        let village = divide_area(geography, terrain, &mesh, &inside, villages, stretch);
        let weight: Vec<f64> = mesh.sites.iter().zip(&mesh.area).map(|(&at, area)| terrain.settlement(at) * area).collect();

        let divider = Divider { mesh: &mesh, terrain, weight: &weight };
        let plans: Vec<f64> = geography.village.iter().take(villages).map(|plan| count(plan.grids)).collect();
        let mut grid = vec![NOWHERE; mesh.sites.len()];
        let mut parts: Vec<GridPart> = Vec::with_capacity(grids);
        for (v, n) in apportion(grids, &plans, 1).into_iter().enumerate() {
            let cells = members(&village, v);
            for cells in divider.divide(&village, v, &cells, n, &mut dice) {
                for &cell in &cells {
                    grid[cell] = parts.len();
                }
                parts.push(GridPart::new(&mesh, &weight, v, cells));
            }
        }
        choose_kinds(&mut parts, geography, stretch, &mut dice);

        let mut microgrid = vec![NOWHERE; mesh.sites.len()];
        let mut grid_of = Vec::with_capacity(microgrids);
        for (g, n) in parts_per_grid(&parts, microgrids).into_iter().enumerate() {
            for cells in divider.divide(&grid, g, &parts[g].cells, n, &mut dice) {
                for cell in cells {
                    microgrid[cell] = grid_of.len();
                }
                grid_of.push(g);
            }
        }
        Self { mesh, village, grid, microgrid, grids: parts, grid_of, villages }
    }
}

impl GridPart {
    fn new(mesh: &Mesh, weight: &[f64], village: usize, cells: Vec<usize>) -> Self {
        let centre = centre_of(mesh, &cells);
        let area_m2 = cells.iter().map(|&cell| mesh.area[cell]).sum();
        let settlement = cells.iter().map(|&cell| weight[cell]).sum();
        Self { village, kind: GridKind::HouseYard, spot: None, cells, centre, area_m2, settlement }
    }
}

/// The middle of `cells`, by area.
#[must_use]
pub fn centre_of(mesh: &Mesh, cells: &[usize]) -> Xy {
    let sum = cells
        .iter()
        .fold((Xy::default(), 0.0), |(sum, area), &cell| (sum + mesh.sites[cell] * mesh.area[cell], area + mesh.area[cell]));
    sum.0 * (1.0 / sum.1)
}

fn members(label: &[usize], wanted: usize) -> Vec<usize> {
    (0..label.len()).filter(|&cell| label[cell] == wanted).collect()
}

/// A mesh that reaches well beyond the outline.
fn mesh(geography: &Geography, terrain: &Terrain, dice: &mut Dice, stretch: f64) -> Mesh {
    let reach = Xy::new(geography.outline.east, geography.outline.north) * (1.6 * stretch);
    let coarse = geography.cells.mountain * 2.0;
    let spacing = |at: Xy| if terrain.outwardness(at) > 1.35 { coarse } else { terrain.spacing(at) };
    Mesh::new(reach * -1.0, reach, dice, spacing)
}

/// Which cells belong to the subdistrict: those least outward, in one piece without holes, of about `area_m2`.
fn outline(mesh: &Mesh, terrain: &Terrain, area_m2: f64) -> Vec<bool> {
    let outwardness: Vec<f64> = mesh.sites.iter().map(|&at| terrain.outwardness(at)).collect();
    let outer = (0..outwardness.len()).max_by(|&a, &b| outwardness[a].total_cmp(&outwardness[b])).unwrap_or(0);
    let (mut low, mut high) = (0.0, 1.5);
    let mut inside = Vec::new();
    for _ in 0..20 {
        let limit = f64::midpoint(low, high);
        inside = solid(mesh, &outwardness.iter().map(|&o| o < limit).collect::<Vec<_>>(), outer);
        let area: f64 = mesh.area.iter().zip(&inside).filter(|(_, inside)| **inside).map(|(area, _)| area).sum();
        if area < area_m2 { low = limit } else { high = limit }
    }
    inside
}

/// Villages: grown from their seeds until their areas are as planned.
fn divide_area(
    geography: &Geography,
    terrain: &Terrain,
    mesh: &Mesh,
    inside: &[bool],
    villages: usize,
    stretch: f64,
) -> Vec<usize> {
    let region: Vec<usize> = inside.iter().map(|&inside| if inside { 0 } else { NOWHERE }).collect();
    let cells = members(&region, 0);
    let plans = &geography.village[..villages];
    let mut seeds: Vec<usize> = Vec::new();
    for plan in plans {
        let at = Xy::new(plan.seed[0], plan.seed[1]) * stretch;
        let distance = |cell: usize| mesh.sites[cell].distance_squared(at);
        let free = cells.iter().copied().filter(|cell| !seeds.contains(cell));
        seeds.extend(free.min_by(|&a, &b| distance(a).total_cmp(&distance(b))));
    }
    let cost = |a: usize, b: usize| terrain.effort(mesh.sites[a], mesh.sites[b]);
    let costs = Costs::new(mesh, &region, 0, cost);
    let ground = Ground { mesh, region: &region, within: 0, weight: &mesh.area, cost: |a, b| costs.of(mesh, a, b) };
    let shares: Vec<f64> = plans.iter().map(|plan| plan.area_km2).collect();
    let mut village = vec![NOWHERE; mesh.sites.len()];
    for (&cell, label) in cells.iter().zip(ground.divide(&cells, &seeds, &shares, 40)) {
        village[cell] = label;
    }
    village
}

/// Divides a region by settlement.
struct Divider<'a> {
    mesh: &'a Mesh,
    terrain: &'a Terrain,
    weight: &'a [f64],
}

impl Divider<'_> {
    /// `n` parts with about equal settlement of the `cells` whose `region` is `within`.
    fn divide(&self, region: &[usize], within: usize, cells: &[usize], n: usize, dice: &mut Dice) -> Vec<Vec<usize>> {
        let Self { mesh, terrain, weight } = *self;
        let costs = Costs::new(mesh, region, within, |a, b| terrain.effort(mesh.sites[a], mesh.sites[b]));
        let ground = Ground { mesh, region, within, weight, cost: |a, b| costs.of(mesh, a, b) };
        let seeds = ground.spread(cells, n, dice);
        let mut parts = vec![Vec::new(); n];
        for (&cell, part) in cells.iter().zip(ground.divide(cells, &seeds, &vec![1.0; n], 16)) {
            parts[part].push(cell);
        }
        parts
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of places are small")]
fn count(n: usize) -> f64 {
    n as f64
}

/// The cost of each step, reckoned once.
struct Costs {
    start: Vec<usize>,
    cost: Vec<f64>,
}

impl Costs {
    fn new(mesh: &Mesh, region: &[usize], within: usize, cost: impl Fn(usize, usize) -> f64) -> Self {
        let (mut start, mut costs) = (Vec::with_capacity(mesh.sites.len()), Vec::new());
        for (cell, &part) in region.iter().enumerate() {
            start.push(costs.len());
            if part == within {
                costs.extend(mesh.neighbours(cell).iter().map(|&next| cost(cell, next)));
            }
        }
        Self { start, cost: costs }
    }

    fn of(&self, mesh: &Mesh, a: usize, b: usize) -> f64 {
        let at = mesh.neighbours(a).iter().position(|&next| next == b).unwrap_or(0);
        self.cost[self.start[a] + at]
    }
}

/// Gives some grids a kind other than house-yard, never all of a village.
fn choose_kinds(parts: &mut [GridPart], geography: &Geography, stretch: f64, dice: &mut Dice) {
    let share = |plan: usize| (plan * parts.len() + geography.grids / 2) / geography.grids;
    let kinds = &geography.kinds;
    let (scenic, estate) = (share(kinds.scenic.grids), share(kinds.estate.grids));
    let (institution, other) = (share(kinds.institution.grids), share(kinds.other.grids));
    for (number, spot) in geography.scenic.iter().enumerate().take(scenic) {
        let at = Xy::new(spot.at[0], spot.at[1]) * stretch;
        let free = (0..parts.len()).filter(|&g| may_change(parts, g));
        let distance = |g: usize| parts[g].centre.distance_squared(at);
        if let Some(g) = free.min_by(|&a, &b| distance(a).total_cmp(&distance(b))) {
            parts[g].kind = GridKind::Scenic;
            parts[g].spot = Some(number);
        }
    }
    let mut order: Vec<usize> = (0..parts.len()).collect();
    dice.shuffle(&mut order);
    let in_town = |part: &GridPart| geography.village[part.village].kind == VillageKind::Community;
    let mut sizes: Vec<f64> = parts.iter().filter(|part| in_town(part)).map(|part| part.area_m2).collect();
    sizes.sort_by(f64::total_cmp);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(f64::INFINITY);
    let small: Vec<bool> = parts.iter().map(|part| part.area_m2 < usual).collect();
    let more_scenic = scenic.saturating_sub(geography.scenic.len());
    let plans: [(GridKind, usize, bool); 4] = [
        (GridKind::Estate, estate, true),
        (GridKind::Institution, institution, true),
        (GridKind::Scenic, more_scenic, false),
        (GridKind::Other, other, false),
    ];
    for (kind, count, town_only) in plans {
        for _ in 0..count {
            // Blocks of flats and offices stand where the cells are small.
            let fits = |g: usize| may_change(parts, g) && (!town_only || in_town(&parts[g]) && small[g]);
            let found =
                order.iter().copied().find(|&g| fits(g)).or_else(|| order.iter().copied().find(|&g| may_change(parts, g)));
            if let Some(g) = found {
                parts[g].kind = kind;
            }
        }
    }
}

/// Whether grid `g` is a house-yard and not the last one of its village.
fn may_change(parts: &[GridPart], g: usize) -> bool {
    let yards = |village| parts.iter().filter(|p| p.village == village && p.kind == GridKind::HouseYard).take(2).count();
    parts[g].kind == GridKind::HouseYard && yards(parts[g].village) == 2
}

/// How many micro-grids each grid gets: one, in house-yards two or three (more only where the total demands it).
fn parts_per_grid(parts: &[GridPart], microgrids: usize) -> Vec<usize> {
    let mut counts = vec![1; parts.len()];
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&a, &b| parts[b].settlement.total_cmp(&parts[a].settlement).then(a.cmp(&b)));
    let (yards, others): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|&g| parts[g].kind == GridKind::HouseYard);
    let mut left = microgrids - parts.len();
    let mut most = 3;
    while left > 0 {
        let before = left;
        let candidates: Vec<usize> = if most <= 3 { yards.clone() } else { yards.iter().chain(&others).copied().collect() };
        for level in 2..=most {
            for &g in &candidates {
                if left > 0 && counts[g] < level && parts[g].cells.len() > level {
                    counts[g] += 1;
                    left -= 1;
                }
            }
        }
        most += 1;
        assert!(left < before || most < 50, "the grids are too small for {microgrids} micro-grids");
    }
    counts
}
