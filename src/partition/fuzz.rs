//! Random edits: decoded from bytes for a fuzzer, or drawn by a seed for tests.

use super::{ArcId, Edit, EditError, Line, New, Partition, PlaceInput, PlaceKey, Region, Simplification};
use crate::{
    geometry::LonLat,
    place::{Id, Level},
};
use geo::{Coord, CoordsIter, LineString, MultiPolygon, Polygon};

/// Where random numbers come from: 64 bits each.
pub trait Source {
    fn next(&mut self) -> u64;

    /// Below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// From −1 up to 1.
    fn signed(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        2.0 * unit - 1.0
    }
}

impl<F: FnMut() -> u64> Source for F {
    fn next(&mut self) -> u64 {
        self()
    }
}

/// Two bytes a number, spread over 64 bits; zeros when they end.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl Source for Bytes<'_> {
    fn next(&mut self) -> u64 {
        let Some((two, rest)) = self.rest.split_first_chunk::<2>() else {
            self.rest = &[];
            return 0;
        };
        self.rest = rest;
        // Fibonacci hashing (Knuth, vol. 3): neighbouring bytes give far numbers.
        u64::from(u16::from_le_bytes(*two)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// Edits as `bytes` say, each checked; then all taken back.
///
/// # Panics
/// If an invariant is broken.
pub fn drive(bytes: &[u8]) {
    let mut bytes = Bytes { rest: bytes };
    let first = lattice(4, bytes.next());
    let mut partition = first.clone();
    let area_m2 = total_m2(&partition);
    let mut changes = Vec::new();
    while !bytes.rest.is_empty() {
        let Some(edit) = random_edit(&partition, &mut bytes) else { continue };
        let before = partition.clone();
        match partition.perform(&edit) {
            Ok(change) => changes.push(change),
            Err(EditError::Broken(_) | EditError::OutOfOrder) => panic!("{edit:?}"),
            Err(_) => assert!(before.arcs().eq(partition.arcs()) && before.places().eq(partition.places()), "{edit:?}"),
        }
        if let Err(broken) = partition.check() {
            panic!("{broken} after {edit:?}");
        }
    }
    let relative = (total_m2(&partition) / area_m2 - 1.0).abs();
    assert!(relative < 1e-9, "the area differs by {relative}");
    for change in changes.iter().rev() {
        assert_eq!(partition.apply(&change.inverse()), Ok(()));
    }
    assert!(first.arcs().eq(partition.arcs()) && first.places().eq(partition.places()), "not all is back");
}

/// Area of all villages, m².
#[must_use]
pub fn total_m2(partition: &Partition) -> f64 {
    let villages = partition.places().filter(|(_, place)| place.level == Level::Village);
    villages.map(|(key, _)| partition.area_m2(key)).sum()
}

/// `side`² squares with crooked borders as micro-grids, four a grid, two rows of grids a village.
///
/// # Panics
/// If that is no subdivision.
#[must_use]
pub fn lattice(side: usize, seed: u64) -> Partition {
    let lattice = Lattice { seed };
    let half = side.div_ceil(2);
    let id = |level: Level, x: usize, y: usize| Id::derived("lattice", &format!("{level} {x} {y}"));
    let mut shapes: Vec<(Id, Level, Option<Id>, MultiPolygon)> = Vec::new();
    for y in 0..half.div_ceil(2) {
        let shape = lattice.block(0, 4 * y, side, side.min(4 * y + 4));
        shapes.push((id(Level::Village, 0, y), Level::Village, None, shape));
    }
    for (x, y) in (0..half).flat_map(|y| (0..half).map(move |x| (x, y))) {
        let shape = lattice.block(2 * x, 2 * y, side.min(2 * x + 2), side.min(2 * y + 2));
        shapes.push((id(Level::Grid, x, y), Level::Grid, Some(id(Level::Village, 0, y / 2)), shape));
    }
    for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
        let parent = Some(id(Level::Grid, x / 2, y / 2));
        shapes.push((id(Level::MicroGrid, x, y), Level::MicroGrid, parent, lattice.block(x, y, x + 1, y + 1)));
    }
    let inputs: Vec<PlaceInput> =
        shapes.iter().map(|(id, level, parent, shape)| PlaceInput { id: *id, level: *level, parent: *parent, shape }).collect();
    match Partition::build(&inputs, super::DEFAULT_TOLERANCE_M) {
        Ok((partition, _)) => partition,
        Err(error) => panic!("{error}"),
    }
}

struct Lattice {
    seed: u64,
}

impl Lattice {
    /// Width of a square, degrees.
    const WIDTH: f64 = 0.002;

    /// A vertex; four a side of a square, each moved by up to a twelfth of it.
    fn vertex(&self, x: usize, y: usize) -> Coord {
        let mut state = self.seed ^ ((x as u64) << 32 | y as u64);
        let mut shift = || {
            // SplitMix64 (Steele, Lea & Flood 2014).
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            #[expect(clippy::cast_precision_loss, reason = "16 bits")]
            let unit = (z >> 48) as f64 / 65_536.0;
            (unit - 0.5) * Self::WIDTH / 6.0
        };
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let (x, y) = (x as f64, y as f64);
        Coord { x: 110.5 + x * Self::WIDTH / 4.0 + shift(), y: 29.3 + y * Self::WIDTH / 4.0 + shift() }
    }

    /// The border around the squares from west to east and from south to north.
    fn block(&self, west: usize, south: usize, east: usize, north: usize) -> MultiPolygon {
        let (west, south, east, north) = (4 * west, 4 * south, 4 * east, 4 * north);
        let mut ring: Vec<Coord> = (west..east).map(|x| self.vertex(x, south)).collect();
        ring.extend((south..north).map(|y| self.vertex(east, y)));
        ring.extend((west + 1..=east).rev().map(|x| self.vertex(x, north)));
        ring.extend((south + 1..=north).rev().map(|y| self.vertex(west, y)));
        MultiPolygon(vec![Polygon::new(LineString(ring), Vec::new())])
    }
}

/// Some edit that means something on this partition, whether or not it can be done; `None` if there is nothing to edit.
pub fn random_edit(partition: &Partition, source: &mut impl Source) -> Option<Edit> {
    let spot = Spot::any(partition, source)?;
    let place = |key: PlaceKey| partition.place(key).map(|place| place.id);
    let key = *spot.keys.get(source.below(spot.keys.len()))?;
    let level = partition.place(key)?.level;
    let peer = spot.others.iter().copied().find(|&other| partition.place(other).is_some_and(|place| place.level == level));
    let any = spot.others.get(source.below(spot.others.len())).copied();
    let other = if source.below(8) == 0 { any } else { peer.or(any) }.unwrap_or(key);
    let new = New { id: Id::derived("random edit", &source.next().to_string()) };
    let edge = spot.edge;
    let near = |source: &mut dyn FnMut() -> f64, by: f64| [spot.at.x + by * edge * source(), spot.at.y + by * edge * source()];
    let mut signed = || source.signed();
    let wide = 0.5 + 4.0 * signed().abs();
    let beside = near(&mut signed, 0.5);
    let farther = near(&mut signed, wide);
    let region = Region(vec![vec![star(spot.at, wide * edge, &mut signed)]]);
    let line = Line(vec![beside, farther, near(&mut signed, wide)]);
    let at = [spot.at.x, spot.at.y];
    Some(match source.below(15) {
        0..=2 => Edit::MoveVertex { from: at, to: beside, outer: false },
        3 => Edit::InsertVertex { on: at, to: beside, outer: false },
        4 => Edit::DeleteVertex { at, outer: false },
        5 | 6 => {
            let to = spot.along.get(source.below(spot.along.len())).map_or(beside, |at| [at.x, at.y]);
            Edit::Redraw { a: place(key)?, b: place(other)?, line: Line(vec![at, farther, to]) }
        }
        7 if level == Level::Village && source.below(16) > 0 => Edit::Merge { from: place(other)?, into: place(key)? },
        7 => Edit::Split { place: place(key)?, line, new, cut_below: source.below(2) == 0 },
        8 => Edit::Merge { from: place(other)?, into: place(key)? },
        9 | 10 => Edit::Transfer { region, to: place(key)?, from: Vec::new(), outer: false },
        11 => Edit::Reparent { places: vec![place(key)?], to: place(partition.place(other)?.parent?)? },
        12 => Edit::Simplify { place: place(key)?, method: Simplification::Visvalingam, tolerance_m: 10.0 },
        13 if source.below(4) == 0 && partition.shape(key).coords_count() < 150 => {
            Edit::Smooth { place: place(key)?, rounds: 1 }
        }
        13 => Edit::Create {
            new,
            level: partition.place(key)?.level,
            parent: partition.place(key)?.parent.and_then(place),
            region,
            from: Vec::new(),
            outer: false,
        },
        _ => Edit::Retire { place: place(key)?, to: None },
    })
}

/// A vertex of a border with what lies around.
struct Spot {
    at: Coord,
    /// Length of an edge there, degrees.
    edge: f64,
    /// The vertices of the arc.
    along: Vec<Coord>,
    /// The places on one side, the finest first.
    keys: Vec<PlaceKey>,
    /// The places on the other.
    others: Vec<PlaceKey>,
}

impl Spot {
    fn any(partition: &Partition, source: &mut impl Source) -> Option<Self> {
        let ids: Vec<ArcId> = partition.arcs().map(|(id, _)| id).collect();
        let id = *ids.get(source.below(ids.len()))?;
        let (_, arc) = partition.arcs().find(|&(it, _)| it == id)?;
        let number = source.below(arc.line.len());
        let edge = &arc.line[number.min(arc.line.len() - 2)..][..2];
        let lineage = |side: Option<PlaceKey>| {
            std::iter::successors(side, |&key| partition.place(key)?.parent).collect::<Vec<PlaceKey>>()
        };
        let (mut keys, mut others) = (lineage(arc.left), lineage(arc.right));
        if source.below(2) == 0 {
            std::mem::swap(&mut keys, &mut others);
        }
        if keys.is_empty() {
            std::mem::swap(&mut keys, &mut others);
        }
        Some(Self {
            at: arc.line[number],
            edge: (edge[0].x - edge[1].x).hypot(edge[0].y - edge[1].y),
            along: arc.line.clone(),
            keys,
            others,
        })
    }
}

/// A ring around a place, seen from which it never turns back.
fn star(centre: Coord, radius: f64, signed: &mut impl FnMut() -> f64) -> Vec<[f64; 2]> {
    let ring = (0..8).map(|corner| {
        let angle = f64::from(corner) * std::f64::consts::FRAC_PI_4;
        let radius = radius * (0.6 + 0.4 * signed());
        [centre.x + radius * angle.cos(), centre.y + radius * angle.sin()]
    });
    ring.collect()
}

/// Random positions around a partition.
pub fn positions(partition: &Partition, count: usize, source: &mut impl Source) -> Vec<LonLat> {
    let mut positions = Vec::new();
    while positions.len() < count {
        let Some(spot) = Spot::any(partition, source) else { break };
        let at = (spot.at.x + 5.0 * spot.edge * source.signed(), spot.at.y + 5.0 * spot.edge * source.signed());
        positions.extend(LonLat::from_degrees(at.0, at.1).ok());
    }
    positions
}
