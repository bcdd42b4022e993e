//! Places where reports arise.

use super::{
    Places,
    settlement::{Home, Yard},
};
use crate::{
    place::GridKind,
    testing::{
        plane::Xy,
        random::{Dice, Weights},
        settings::Whereabouts,
    },
};

/// Places to draw from, by weight.
struct Pool {
    at: Vec<Xy>,
    weights: Weights,
    /// Reports lie about so many metres from these places.
    spread_m: f64,
}

impl Pool {
    fn new(places: impl IntoIterator<Item = (Xy, f64)>, spread_m: f64) -> Self {
        let (at, weights): (Vec<Xy>, Vec<f64>) = places.into_iter().unzip();
        Self { at, weights: Weights::new(weights), spread_m }
    }
}

/// The places of one subdistrict.
pub struct Pools {
    household: Pool,
    street: Pool,
    road: Pool,
    river: Pool,
    forest: Pool,
    scenic: Pool,
    square: Pool,
    outside: Vec<Xy>,
}

impl Pools {
    /// Some grids are given to reporting, most are not.
    #[must_use]
    pub fn new(places: &Places, homes: &[Home], yards: &[Yard], dice: &mut Dice) -> Self {
        let (terrain, mesh) = (&places.terrain, &places.division.mesh);
        let loud: Vec<f64> = places
            .grids
            .iter()
            .map(|_| {
                let u = dice.unit();
                0.2 + 3.0 * u * u * u
            })
            .collect();
        let loudness = |microgrid: usize| loud[places.grid_of[microgrid]];
        let steps = |line: &[Xy]| -> Vec<Xy> {
            line.windows(2)
                .flat_map(|pair| {
                    let n = pair[0].distance(pair[1]) / 15.0;
                    (0..).map(f64::from).take_while(move |&i| i < n).map(move |i| pair[0].towards(pair[1], i / n))
                })
                .collect()
        };
        let along_roads: Vec<Xy> = terrain.roads.iter().flat_map(|way| steps(&way.line)).collect();
        let (inside, outside): (Vec<Xy>, Vec<Xy>) = along_roads.into_iter().partition(|&at| places.is_inside(at));
        let by_place = |at: Xy| places.microgrid_near(at).map_or(0.0, loudness);
        let roads: Vec<(Xy, f64, f64)> = inside.into_iter().map(|at| (at, terrain.townness(at), by_place(at))).collect();
        let rivers = terrain.waters.iter().flat_map(|way| steps(&way.line)).filter(|&at| places.is_inside(at));
        let wild = |at: Xy| (1.0 - terrain.valleyness(at)) * (1.0 - terrain.townness(at));
        let cells = || places.cells.iter().enumerate().flat_map(|(m, cells)| cells.iter().map(move |&cell| (m, cell)));
        let sight = |m: usize| places.grids[places.grid_of[m]].kind == Some(GridKind::Scenic);
        Self {
            household: Pool::new(homes.iter().map(|home| (home.at, loudness(home.microgrid))), 22.0),
            street: Pool::new(roads.iter().map(|&(at, town, loud)| (at, town * town * loud)), 14.0),
            road: Pool::new(roads.iter().map(|&(at, town, loud)| (at, (0.25 + town) * loud)), 8.0),
            river: Pool::new(rivers.map(|at| (at, 1.0)), 35.0),
            forest: Pool::new(cells().map(|(_, cell)| (mesh.sites[cell], wild(mesh.sites[cell]) * mesh.area[cell])), 60.0),
            scenic: Pool::new(
                cells().filter(|&(m, _)| sight(m)).map(|(m, cell)| (mesh.sites[cell], 1.0 / count(&places.cells[m]))),
                20.0,
            ),
            square: Pool::new(yards.iter().map(|yard| (yard.at, loudness(yard.microgrid))), 8.0),
            outside,
        }
    }

    /// A place of a kind, inside the subdistrict.
    #[must_use]
    pub fn draw(&self, places: &Places, whereabouts: Whereabouts, dice: &mut Dice) -> Xy {
        let pool = match whereabouts {
            Whereabouts::Household => &self.household,
            Whereabouts::Street => &self.street,
            Whereabouts::Road => &self.road,
            Whereabouts::River => &self.river,
            Whereabouts::Forest => &self.forest,
            Whereabouts::Scenic => &self.scenic,
            Whereabouts::Square => &self.square,
        };
        let pool = if pool.weights.is_empty() { &self.household } else { pool };
        if pool.weights.is_empty() {
            // Nobody lives there: any cell will do.
            let cells = dice.pick(&places.cells);
            return places.division.mesh.sites[cells[0]];
        }
        let at = pool.at[pool.weights.draw(dice)];
        let near = at + Xy::new(dice.bell(), dice.bell()) * pool.spread_m;
        if places.is_inside(near) { near } else { at }
    }

    /// A place on a road beyond the border; `None` if no road leads out.
    #[must_use]
    pub fn outside(&self, dice: &mut Dice) -> Option<Xy> {
        (!self.outside.is_empty()).then(|| *dice.pick(&self.outside))
    }
}

#[expect(clippy::cast_precision_loss, reason = "cells of a micro-grid")]
fn count(cells: &[usize]) -> f64 {
    cells.len() as f64
}
