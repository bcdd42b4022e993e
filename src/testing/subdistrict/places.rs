//! Villages, grids and micro-grids with polygons, codes and names.

use crate::{
    geometry::{LonLat, area_m2},
    place::{Boundary, Code, CodeScheme, GridKind, Id, Level, reading_order},
    testing::{
        border::{Borders, CellEdges, NOWHERE, cell_edges},
        division::{Division, GridPart, centre_of},
        locate::Locator,
        plane::{Plane, Xy},
        random::Dice,
        settings::{Geography, Names, VillageKind, VillagePlan},
        terrain::Terrain,
    },
};
use geo::MultiPolygon;

/// The places of one subdistrict, each level in order of codes; indices follow that order.
pub struct Places {
    pub villages: Vec<Boundary>,
    pub grids: Vec<Boundary>,
    pub microgrids: Vec<Boundary>,
    /// The village of each grid, the grid of each micro-grid.
    pub village_of: Vec<usize>,
    pub grid_of: Vec<usize>,
    /// Cells of each micro-grid.
    pub cells: Vec<Vec<usize>>,
    microgrid_of_cell: Vec<Option<usize>>,
    locator: Locator,
    pub division: Division,
    pub terrain: Terrain,
    pub plane: Plane,
    /// From the mesh to the ground.
    pub scale: f64,
    pub town: Vec<bool>,
}

/// What the ids of a seed are derived from.
#[must_use]
pub fn namespace(seed: u64) -> String {
    format!("wangge synthetic subdistrict {seed}")
}

impl Places {
    /// # Panics
    /// If there is no grid, or more grids than a code can number.
    #[must_use]
    pub fn generate(seed: u64, grids: usize) -> Self {
        let geography = Geography::bundled();
        let stretch = stretch(grids, &geography);
        let microgrids = (grids * geography.microgrids + geography.grids / 2) / geography.grids;
        let terrain = Terrain::new(&geography, seed, stretch);
        let division = Division::new(&geography, &terrain, seed, [grids, microgrids.max(grids)], stretch);
        let survey = Survey::of(&geography, &division, seed, geography.area_km2 * 1e6 * stretch * stretch);
        let Found { villages, grids, microgrids, village_of, grid_of, cells, town } = survey.found;
        let scale = survey.scale;
        let mut microgrid_of_cell = vec![None; division.mesh.sites.len()];
        for (microgrid, cells) in cells.iter().enumerate() {
            for &cell in cells {
                microgrid_of_cell[cell] = Some(microgrid);
            }
        }
        let locator = Locator::new(&division.mesh.sites);
        let plane = Plane::suoxiyu();
        Self {
            villages,
            grids,
            microgrids,
            village_of,
            grid_of,
            cells,
            microgrid_of_cell,
            locator,
            division,
            terrain,
            plane,
            scale,
            town,
        }
    }

    /// Whether a place of the mesh lies inside the subdistrict, near enough.
    #[must_use]
    pub fn is_inside(&self, at: Xy) -> bool {
        self.microgrid_near(at).is_some()
    }

    /// The micro-grid around a place of the mesh, near enough: borders stray a little from the cells. `None` outside.
    #[must_use]
    pub fn microgrid_near(&self, at: Xy) -> Option<usize> {
        self.microgrid_of_cell[self.locator.nearest(at)]
    }

    /// A place of the mesh on the ground.
    #[must_use]
    pub fn lonlat(&self, at: Xy) -> LonLat {
        self.plane.to_lonlat(at * self.scale)
    }
}

/// What a survey has found so far; indices in order of codes.
#[derive(Default)]
struct Found {
    villages: Vec<Boundary>,
    grids: Vec<Boundary>,
    microgrids: Vec<Boundary>,
    village_of: Vec<usize>,
    grid_of: Vec<usize>,
    cells: Vec<Vec<usize>>,
    town: Vec<bool>,
}

/// Turns the labels of a division into places with polygons, codes and names.
struct Survey<'a> {
    geography: &'a Geography,
    division: &'a Division,
    borders: Borders<'a>,
    around: CellEdges,
    plane: Plane,
    scale: f64,
    space: String,
    names: PlaceNames,
    found: Found,
}

impl<'a> Survey<'a> {
    /// `area_m2`: what the whole is to measure.
    fn of(geography: &'a Geography, division: &'a Division, seed: u64, area_m2: f64) -> Self {
        let plane = Plane::suoxiyu();
        let borders = Borders::new(&division.mesh, &division.microgrid, plane, seed, 0.22);
        let around = cell_edges(&division.mesh);
        let inside = |cell: usize| division.village[cell] != NOWHERE;
        let cells: Vec<usize> = (0..division.village.len()).filter(|&cell| inside(cell)).collect();
        let scale = (area_m2 / plane.area_m2(&borders.outline(&cells, inside, &around))).sqrt();
        let (space, names) = (namespace(seed), PlaceNames::new(seed));
        let borders = borders.scaled(scale);
        let mut survey = Self { geography, division, borders, around, plane, scale, space, names, found: Found::default() };
        let mut by_code: Vec<usize> = (0..division.villages).collect();
        by_code.sort_by(|&a, &b| geography.village[a].code.cmp(&geography.village[b].code));
        for v in by_code {
            survey.village(v);
        }
        survey
    }

    fn village(&mut self, v: usize) {
        let (plan, division) = (&self.geography.village[v], self.division);
        let code = Code::parse(CodeScheme::CnGrid15, Level::Village, &plan.code).expect("the settings hold valid codes");
        let cells: Vec<usize> = (0..division.village.len()).filter(|&cell| division.village[cell] == v).collect();
        let shape = self.shape(&division.village, &cells, v);
        let village = self.boundary(Level::Village, None, code, plan.name.clone(), shape);
        let village = Boundary { aliases: plan.aliases.clone(), ..village };
        let mine: Vec<usize> = (0..division.grids.len()).filter(|&g| division.grids[g].village == v).collect();
        for (serial, i) in self.numbering(mine.iter().map(|&g| division.grids[g].cells.as_slice())).into_iter().enumerate() {
            self.grid(&village, plan, mine[i], serial + 1);
        }
        self.found.villages.push(village);
    }

    fn grid(&mut self, village: &Boundary, plan: &VillagePlan, g: usize, serial: usize) {
        let division = self.division;
        let part = &division.grids[g];
        let shape = self.shape(&division.grid, &part.cells, g);
        let name = self.names.grid(plan, part, serial, self.geography);
        let grid = self.boundary(Level::Grid, Some(village.id), child(village, Level::Grid, serial), name, shape);
        let grid = Boundary { kind: Some(part.kind), ..grid };
        // The micro-grids of a grid have been numbered in a row.
        let first = division.grid_of.partition_point(|&it| it < g);
        let inner: Vec<usize> = (first..division.grid_of.partition_point(|&it| it <= g)).collect();
        let cells_of = |m: usize| part.cells.iter().copied().filter(|&cell| division.microgrid[cell] == m).collect();
        let cells: Vec<Vec<usize>> = inner.iter().map(|&m| cells_of(m)).collect();
        for (serial, i) in self.numbering(cells.iter().map(Vec::as_slice)).into_iter().enumerate() {
            let shape = self.shape(&division.microgrid, &cells[i], inner[i]);
            let (code, name) = (child(&grid, Level::MicroGrid, serial + 1), format!("{}第{}微网格", grid.name, serial + 1));
            let microgrid = self.boundary(Level::MicroGrid, Some(grid.id), code, name, shape);
            self.found.microgrids.push(microgrid);
            self.found.grid_of.push(self.found.grids.len());
            self.found.cells.push(cells[i].clone());
        }
        self.found.grids.push(grid);
        self.found.village_of.push(self.found.villages.len());
        self.found.town.push(plan.kind == VillageKind::Community);
    }

    /// The order in which places made of these cells are numbered.
    fn numbering<'c>(&self, places: impl Iterator<Item = &'c [usize]>) -> Vec<usize> {
        let centre = |cells: &[usize]| self.plane.to_lonlat(centre_of(&self.division.mesh, cells) * self.scale);
        reading_order(&places.map(centre).collect::<Vec<LonLat>>())
    }

    fn shape(&self, label: &[usize], cells: &[usize], wanted: usize) -> MultiPolygon {
        self.borders.outline(cells, |cell| label[cell] == wanted, &self.around)
    }

    fn boundary(&self, level: Level, parent: Option<Id>, code: Code, name: String, shape: MultiPolygon) -> Boundary {
        let id = Id::derived(&self.space, &format!("{}/{code}", level.word()));
        let area_m2 = area_m2(&shape);
        Boundary { id, level, parent, code: Some(code), name, aliases: Vec::new(), kind: None, shape, area_m2 }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of places are small")]
fn count(n: usize) -> f64 {
    n as f64
}

/// By how much the ground is stretched so that a grid is as large as ever.
pub(super) fn stretch(grids: usize, geography: &Geography) -> f64 {
    (count(grids) / count(geography.grids)).sqrt()
}

fn child(parent: &Boundary, level: Level, serial: usize) -> Code {
    let code = parent.code.as_ref().expect("every synthetic place has a code");
    code.child(level, u32::try_from(serial).unwrap_or(u32::MAX))
        .expect("fewer than 1,000 grids a village, 100 micro-grids a grid")
}

/// Gives every grid a name of its own.
struct PlaceNames {
    hamlets: Vec<String>,
    estates: Vec<String>,
    institutions: Vec<String>,
    scenic: Vec<String>,
    others: Vec<String>,
    /// How many names have been given.
    given: usize,
}

impl PlaceNames {
    fn new(seed: u64) -> Self {
        let names = Names::bundled();
        let mut dice = Dice::new(seed, "place names");
        let mut hamlets = names.hamlets;
        hamlets.extend(
            names.surnames.iter().flat_map(|surname| names.hamlet_stems.iter().map(move |stem| format!("{surname}{stem}"))),
        );
        let mut lists = [hamlets, names.estates, names.institutions, names.scenic, names.others];
        for list in &mut lists {
            dice.shuffle(list);
        }
        let [hamlets, estates, institutions, scenic, others] = lists;
        Self { hamlets, estates, institutions, scenic, others, given: 0 }
    }

    fn grid(&mut self, village: &VillagePlan, part: &GridPart, number: usize, geography: &Geography) -> String {
        self.given += 1;
        let found = match (part.kind, village.kind) {
            (GridKind::HouseYard, VillageKind::Community) => return format!("{}第{number}网格", village.name),
            (GridKind::HouseYard, VillageKind::Mountain) => self.hamlets.pop().map(|name| format!("{name}屋场")),
            (GridKind::Estate, _) => self.estates.pop(),
            (GridKind::Institution, _) => self.institutions.pop(),
            (GridKind::Scenic, _) => part.spot.map(|i| geography.scenic[i].name.clone()).or_else(|| self.scenic.pop()),
            (GridKind::Other, _) => self.others.pop(),
        };
        // The lists end some time in a large district.
        let name = found.unwrap_or_else(|| format!("{}{}", part.kind.zh(), self.given));
        format!("{}·{name}", village.name)
    }
}
