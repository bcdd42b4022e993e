//! Households, squares with their facilities, and devices.

use super::{Places, places::namespace};
use crate::{
    geometry::{LonLat, area_m2},
    people::Contact,
    place::{Device, Facility, FacilityKind, FacilityStatus, GridKind, Household, Id, Square},
    testing::{
        clock::{Clock, to_utc},
        names::PersonNames,
        plane::Xy,
        random::{Dice, Weights, apportion},
        settings::{Geography, Households, Names, Society},
    },
};
use chrono::{Days, NaiveDate};
use geo::{Contains, Coord, LineString, MultiPolygon, Polygon};

/// A household, and what only the generator knows of it.
pub struct Home {
    pub household: Household,
    pub contact: Contact,
    pub at: Xy,
    pub microgrid: usize,
    /// At home around the Spring Festival only.
    pub migrant: bool,
    /// Refuses visits.
    pub reluctant: bool,
}

/// A square, and the grid and micro-grid that it lies in.
pub struct Yard {
    pub square: Square,
    pub at: Xy,
    pub grid: usize,
    pub microgrid: usize,
}

/// `total` households, those of a micro-grid in a row, micro-grids in order.
///
/// # Panics
/// Never with the bundled settings.
#[must_use]
pub fn homes(places: &Places, seed: u64, total: usize, society: &Society, clock: &Clock) -> Vec<Home> {
    let plan = &society.households;
    let mut dice = Dice::new(seed, "households");
    let space = namespace(seed);
    let mut names = PersonNames::new(seed, "household names");
    let mut homes = Vec::with_capacity(total);
    for (microgrid, n) in sizes(places, total, plan, &mut dice).into_iter().enumerate() {
        let grid = &places.grids[places.grid_of[microgrid]];
        let town = places.town[places.grid_of[microgrid]];
        for (i, at) in sites(places, microgrid, n, &mut dice).into_iter().enumerate() {
            let number = homes.len() + 1;
            let source = format!("H{number:05}");
            let (lived_in_from, lived_in_to) = lived_in(plan, clock, &mut dice);
            let address = format!("{}{}号", grid.name.replace('·', ""), microgrid % 3 * 40 + i + 1);
            homes.push(Home {
                household: Household {
                    id: Id::derived(&space, &format!("household/{source}")),
                    source,
                    location: Some(places.lonlat(at)),
                    persons: 1,
                    lived_in_from,
                    lived_in_to,
                    placement: None,
                },
                contact: Contact { name: Some(names.draw()), phone: Some(phone(number)), address: Some(address) },
                at,
                microgrid,
                migrant: dice.chance(if town { plan.migrant_town } else { plan.migrant_mountain }),
                reluctant: dice.chance(plan.reluctant),
            });
        }
    }
    fill(&mut homes, plan, &mut dice);
    homes
}

/// A telephone number that nobody can have: no mobile number begins with 10.
#[must_use]
pub fn phone(number: usize) -> String {
    format!("100-{:04}-{:04}", number / 10_000 % 10_000, number % 10_000)
}

/// How many households each micro-grid has.
fn sizes(places: &Places, total: usize, plan: &Households, dice: &mut Dice) -> Vec<usize> {
    let weights: Vec<f64> = places
        .grid_of
        .iter()
        .map(|&grid| {
            let usual = match places.grids[grid].kind {
                Some(GridKind::Estate) => 1.35,
                Some(GridKind::Institution | GridKind::Scenic) => 0.65,
                Some(GridKind::Other) => 0.8,
                _ => 1.0,
            };
            (usual * (1.0 + plan.spread * dice.bell())).clamp(plan.least, plan.most)
        })
        .collect();
    // The mean of the weights is near 1, so that shares in proportion stay within the limits.
    apportion(total, &weights, usize::from(total >= weights.len()))
}

/// Persons in each household, so that the total is as the settings say.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of persons")]
fn fill(homes: &mut [Home], plan: &Households, dice: &mut Dice) {
    let sizes = Weights::new(plan.persons.iter().copied());
    for home in homes.iter_mut() {
        home.household.persons = u32::try_from(sizes.draw(dice)).unwrap_or(0) + 1;
    }
    let most = u32::try_from(plan.persons.len()).unwrap_or(u32::MAX);
    let wanted = (homes.len() as f64 * Geography::bundled().persons_per_household).round() as u64;
    let mut have: u64 = homes.iter().map(|home| u64::from(home.household.persons)).sum();
    while have != wanted && !homes.is_empty() {
        let i = dice.below(homes.len());
        let persons = &mut homes[i].household.persons;
        if have < wanted && *persons < most {
            *persons += 1;
            have += 1;
        } else if have > wanted && *persons > 1 {
            *persons -= 1;
            have -= 1;
        }
    }
}

fn lived_in(plan: &Households, clock: &Clock, dice: &mut Dice) -> (NaiveDate, Option<NaiveDate>) {
    let span = (clock.end - clock.first).num_days();
    let during = |dice: &mut Dice| clock.first + chrono::Duration::days(dice.whole(1, span - 1));
    if dice.chance(plan.moved_in) {
        (during(dice), None)
    } else {
        let long_ago = clock.first - Days::new(dice.whole(30, 9000).unsigned_abs());
        let to = dice.chance(plan.moved_out).then(|| during(dice));
        (long_ago, to)
    }
}

/// `n` places for houses in a micro-grid: along the streets in town, in one or two hamlets in the mountains.
fn sites(places: &Places, microgrid: usize, n: usize, dice: &mut Dice) -> Vec<Xy> {
    let cells = &places.cells[microgrid];
    let mesh = &places.division.mesh;
    let terrain = &places.terrain;
    let by_cell = Weights::new(cells.iter().map(|&cell| terrain.settlement(mesh.sites[cell]) * mesh.area[cell]));
    let town = places.town[places.grid_of[microgrid]];
    let hamlets: Vec<Xy> =
        (0..1 + usize::from(n > 7) + usize::from(n > 16)).map(|_| mesh.sites[cells[by_cell.draw(dice)]]).collect();
    let mut sites: Vec<Xy> = Vec::with_capacity(n);
    for _ in 0..n {
        let mut found = None;
        for attempt in 0..40 {
            let at = if town {
                let cell = cells[by_cell.draw(dice)];
                mesh.sites[cell] + Xy::new(dice.bell(), dice.bell()) * (mesh.area[cell].sqrt() * 0.4)
            } else {
                *dice.pick(&hamlets) + Xy::new(dice.bell() * 75.0, dice.bell() * 45.0)
            };
            let spacing = if attempt < 25 { 13.0 } else { 4.0 };
            let free = sites.iter().all(|other| other.distance(at) > spacing);
            if free && contains(places, microgrid, at) {
                found = Some(at);
                break;
            }
        }
        // A site lies inside its own cell whatever the border does.
        sites.push(found.unwrap_or_else(|| mesh.sites[cells[dice.below(cells.len())]] + Xy::new(dice.bell(), dice.bell())));
    }
    sites
}

fn contains(places: &Places, microgrid: usize, at: Xy) -> bool {
    places.microgrids[microgrid].shape.contains(&places.lonlat(at).to_point())
}

/// A square in each house-yard grid, near its houses.
#[must_use]
pub fn yards(places: &Places, seed: u64, homes: &[Home], clock: &Clock) -> Vec<Yard> {
    let mut dice = Dice::new(seed, "squares");
    let names = Names::bundled();
    let space = namespace(seed);
    let mut at_home: Vec<Vec<usize>> = vec![Vec::new(); places.grids.len()];
    for (i, home) in homes.iter().enumerate() {
        at_home[places.grid_of[home.microgrid]].push(i);
    }
    let mut yards = Vec::new();
    for (grid, boundary) in places.grids.iter().enumerate().filter(|(_, grid)| grid.kind == Some(GridKind::HouseYard)) {
        let (at, microgrid, shape) = yard_shape(places, grid, homes, &at_home[grid], &mut dice);
        let source = format!("S{:04}", yards.len() + 1);
        let square = Square {
            id: Id::derived(&space, &format!("square/{source}")),
            source,
            name: format!("{}{}", boundary.name, dice.pick(&names.squares)),
            area_m2: area_m2(&shape),
            shape,
            evacuation_site: dice.chance(0.45),
            // A few were built while the demo runs.
            valid_from: if dice.chance(0.05) {
                clock.first + Days::new(dice.whole(20, 200).unsigned_abs())
            } else {
                clock.first - Days::new(dice.whole(40, 1200).unsigned_abs())
            },
            valid_to: None,
            placement: None,
        };
        yards.push(Yard { square, at, grid, microgrid });
    }
    yards
}

/// An eight-sided square near a house, inside one micro-grid.
fn yard_shape(places: &Places, grid: usize, homes: &[Home], mine: &[usize], dice: &mut Dice) -> (Xy, usize, MultiPolygon) {
    const D: f64 = 0.707;
    const SIDES: [(f64, f64); 8] = [(1.0, 0.0), (D, D), (0.0, 1.0), (-D, D), (-1.0, 0.0), (-D, -D), (0.0, -1.0), (D, -D)];
    let mut radius = dice.between(11.0, 21.0);
    loop {
        for _ in 0..30 {
            let Some(&home) = mine.get(dice.below(mine.len())) else { break };
            let at = homes[home].at + Xy::new(dice.bell(), dice.bell()) * 25.0;
            if let Some(shape) = ring(places, at, radius, &SIDES, homes[home].microgrid, dice) {
                return (at, homes[home].microgrid, shape);
            }
        }
        // Rarely: the houses stand too close to the border, or there are none. A cell's own site is inside it.
        for microgrid in (0..places.grid_of.len()).filter(|&m| places.grid_of[m] == grid) {
            let at = places.division.mesh.sites[places.cells[microgrid][0]];
            if let Some(shape) = ring(places, at, radius, &SIDES, microgrid, dice) {
                return (at, microgrid, shape);
            }
        }
        radius *= 0.7;
    }
}

fn ring(places: &Places, at: Xy, radius: f64, sides: &[(f64, f64)], microgrid: usize, dice: &mut Dice) -> Option<MultiPolygon> {
    let corners: Vec<LonLat> =
        sides.iter().map(|&(x, y)| places.lonlat(at + Xy::new(x, y) * (radius * dice.between(0.8, 1.15)))).collect();
    let coords = corners.iter().map(|corner| Coord { x: corner.lon(), y: corner.lat() });
    let polygon = Polygon::new(LineString(coords.collect()), vec![]);
    places.microgrids[microgrid].shape.contains(&polygon).then(|| MultiPolygon(vec![polygon]))
}

/// The seven facilities of each square, some of them faulty or missing.
#[must_use]
pub fn facilities(yards: &[Yard], seed: u64, society: &Society) -> Vec<Facility> {
    let mut dice = Dice::new(seed, "facilities");
    let space = namespace(seed);
    let mut facilities = Vec::with_capacity(yards.len() * FacilityKind::ALL.len());
    for yard in yards {
        for &kind in FacilityKind::ALL {
            let source = format!("{}-{kind}", yard.square.source);
            facilities.push(Facility {
                id: Id::derived(&space, &format!("facility/{source}")),
                source,
                square: yard.square.id,
                kind,
                status: status(society, &mut dice),
                location: None,
                valid_from: yard.square.valid_from,
                valid_to: None,
            });
        }
    }
    facilities
}

fn status(society: &Society, dice: &mut Dice) -> FacilityStatus {
    let share = dice.unit();
    if share < society.facilities.missing {
        FacilityStatus::Missing
    } else if share < society.facilities.missing + society.facilities.faulty {
        FacilityStatus::Faulty
    } else {
        FacilityStatus::Working
    }
}

/// What the centre listens to: camera, display and broadcast of the squares, gauges along the waters.
#[must_use]
pub fn devices(places: &Places, yards: &[Yard], facilities: &[Facility], seed: u64, clock: &Clock) -> Vec<Device> {
    let mut dice = Dice::new(seed, "devices");
    let space = namespace(seed);
    let mut devices: Vec<Device> = Vec::new();
    let mut add = |kind: &str, at: LonLat, status: FacilityStatus, from: NaiveDate, dice: &mut Dice| {
        let source = format!("D{:04}", devices.len() + 1);
        let silent = if status == FacilityStatus::Working { dice.whole(5, 900) } else { dice.whole(40_000, 2_000_000) };
        devices.push(Device {
            id: Id::derived(&space, &format!("device/{source}")),
            source,
            kind: kind.to_owned(),
            status,
            location: Some(at),
            last_seen: Some(to_utc(clock.end() - silent)),
            valid_from: from,
            valid_to: None,
            placement: None,
        });
    };
    for (yard, seven) in yards.iter().zip(facilities.chunks_exact(FacilityKind::ALL.len())) {
        for facility in seven.iter().filter(|f| f.status != FacilityStatus::Missing) {
            if matches!(facility.kind, FacilityKind::Camera | FacilityKind::Display | FacilityKind::Broadcast) {
                let at = places.lonlat(yard.at + Xy::new(dice.bell(), dice.bell()) * 3.0);
                add(facility.kind.word(), at, facility.status, yard.square.valid_from, &mut dice);
            }
        }
    }
    for water in &places.terrain.waters {
        for &at in water.line.iter().step_by(9).filter(|&&at| places.is_inside(at)) {
            let status = if dice.chance(0.07) { FacilityStatus::Faulty } else { FacilityStatus::Working };
            add("water_level", places.lonlat(at), status, clock.first - Days::new(200), &mut dice);
        }
    }
    devices
}
