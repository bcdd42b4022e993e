//! The ground of the synthetic subdistrict: river, roads, valleys, town, and how densely people settle.

use super::{
    noise::fractal,
    plane::Xy,
    random::Dice,
    settings::{Geography, Stretch},
};

/// A river or road: a name and a line in metres.
#[derive(Clone, Debug)]
pub struct Way {
    pub name: String,
    pub main: bool,
    pub line: Vec<Xy>,
}

/// Everything is a function of the place on the plane in metres, stretched by `stretch` against the drawing of the settings.
#[derive(Clone, Debug)]
pub struct Terrain {
    pub waters: Vec<Way>,
    pub roads: Vec<Way>,
    seed: u64,
    stretch: f64,
    geography: Geography,
}

impl Terrain {
    #[must_use]
    pub fn new(geography: &Geography, seed: u64, stretch: f64) -> Self {
        let mut dice = Dice::new(seed, "ways");
        let mut ways = |lines: &[Stretch], sway: f64| {
            let way = |it: &Stretch| Way {
                name: it.name.clone(),
                main: it.main,
                line: winding(&it.line.iter().map(|&[x, y]| Xy::new(x, y) * stretch).collect::<Vec<_>>(), sway, &mut dice),
            };
            lines.iter().map(way).collect()
        };
        let waters = ways(&geography.water, 0.24);
        let roads = ways(&geography.road, 0.13);
        Self { waters, roads, seed, stretch, geography: geography.clone() }
    }

    /// Below 1 inside the subdistrict, before its area is made exact; grows outwards.
    #[must_use]
    pub fn outwardness(&self, at: Xy) -> f64 {
        let outline = &self.geography.outline;
        let p = at * (1.0 / self.stretch);
        let (u, v) = (p.x / outline.east, p.y / outline.north);
        let coast = fractal(self.seed ^ 0x0B0B, 5, p.x / 4200.0, p.y / 4200.0);
        (u * u + v * v).sqrt() + outline.roughness * coast * 0.5
    }

    /// 1 in the middle of the town, towards 0 outside.
    #[must_use]
    pub fn townness(&self, at: Xy) -> f64 {
        let town = &self.geography.town;
        let p = at * (1.0 / self.stretch);
        let warp = 0.25 * fractal(self.seed ^ 0x70, 2, p.x / 900.0, p.y / 900.0);
        let (u, v) = ((p.x - town.x) / town.east, (p.y - town.y) / town.north);
        let d = u * u + v * v + warp;
        1.0 / (1.0 + (d * d * d).max(0.0))
    }

    /// 1 at a river or road, towards 0 on the ridges.
    #[must_use]
    pub fn valleyness(&self, at: Xy) -> f64 {
        let d = self.distance_to_valley(at) / 380.0;
        1.0 / (1.0 + d * d)
    }

    /// Height in about 0..2: low along the waters, ridges between them.
    #[must_use]
    pub fn height(&self, at: Xy) -> f64 {
        let d = self.water_distance(at) / (1500.0 * self.stretch.min(1.0));
        let rough = fractal(self.seed ^ 0x4E16, 4, at.x / 900.0, at.y / 900.0);
        d / (1.0 + d) * 1.4 + 0.35 * rough.abs() * d.min(1.0)
    }

    /// Width of the cells there, metres.
    #[must_use]
    pub fn spacing(&self, at: Xy) -> f64 {
        let cells = &self.geography.cells;
        let (town, valley) = (self.townness(at), self.valleyness(at));
        let by_valley = 1.0 / (1.0 / cells.mountain + (1.0 / cells.valley - 1.0 / cells.mountain) * valley);
        1.0 / ((1.0 - town) / by_valley + town / cells.town)
    }

    /// How many households want to live there, in any unit per m²: the town, the roads, and hamlets in the mountains.
    #[must_use]
    pub fn settlement(&self, at: Xy) -> f64 {
        let hamlets = (fractal(self.seed ^ 0x4A, 3, at.x / 650.0, at.y / 650.0) - 0.15).max(0.0);
        let (town, valley) = (self.townness(at), self.valleyness(at));
        6.0 * town + 0.30 * valley + 0.35 * hamlets * (0.25 + valley) + 0.012
    }

    fn distance_to_valley(&self, at: Xy) -> f64 {
        self.water_distance(at).min(self.road_distance(at))
    }

    fn water_distance(&self, at: Xy) -> f64 {
        self.waters.iter().map(|way| way.distance(at)).fold(f64::INFINITY, f64::min)
    }

    /// Distance to the nearest road, metres.
    #[must_use]
    pub fn road_distance(&self, at: Xy) -> f64 {
        self.roads.iter().map(|way| way.distance(at)).fold(f64::INFINITY, f64::min)
    }

    /// How hard it is to get from `a` to its neighbour `b`: borders come to lie on ridges, on the river and, in town, on streets.
    #[must_use]
    pub fn effort(&self, a: Xy, b: Xy) -> f64 {
        let middle = a.towards(b, 0.5);
        let length = a.distance(b);
        let height = self.height(middle);
        let thicket = fractal(self.seed ^ 0x7C, 3, middle.x / 420.0, middle.y / 420.0).abs();
        let climb = length * (0.3 + height * height + 1.1 * thicket);
        let crosses = |ways: &[Way]| ways.iter().any(|way| way.main && way.crosses(a, b));
        let river = if crosses(&self.waters) { 2.5 * length } else { 0.0 };
        let street = if self.townness(middle) > 0.4 && crosses(&self.roads) { 1.5 * length } else { 0.0 };
        climb + river + street
    }
}

impl Way {
    fn distance(&self, at: Xy) -> f64 {
        self.line.windows(2).map(|pair| at.distance_to_segment(pair[0], pair[1])).fold(f64::INFINITY, f64::min)
    }

    fn crosses(&self, a: Xy, b: Xy) -> bool {
        self.line.windows(2).any(|pair| {
            let (c, d) = (pair[0], pair[1]);
            a.turn(b, c) * a.turn(b, d) < 0.0 && c.turn(d, a) * c.turn(d, b) < 0.0
        })
    }
}

/// A line through `points` that winds: each piece is cut in the middle and moved aside, four times over.
fn winding(points: &[Xy], sway: f64, dice: &mut Dice) -> Vec<Xy> {
    let mut line = points.to_vec();
    for round in 0..4 {
        let mut finer = Vec::with_capacity(line.len() * 2);
        for pair in line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let along = b - a;
            let aside = Xy::new(-along.y, along.x) * (dice.between(-sway, sway) / (1.0 + 0.4 * f64::from(round)));
            finer.extend([a, a.towards(b, 0.5) + aside]);
        }
        finer.extend(line.last());
        line = finer;
    }
    line
}
