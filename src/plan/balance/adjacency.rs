//! Which atoms are neighbours.

use crate::{
    geometry::{BBox, LonLat},
    partition::PlaceKey,
    place::Id,
    plan::Desk,
};
use delaunator::{EMPTY, Point, next_halfedge, triangulate};
use geo::{Intersects as _, Line, LineString};
use std::collections::{BTreeMap, HashMap};

/// Metres of a degree of latitude, near enough to tell neighbours from strangers.
pub(super) const DEGREE_M: f64 = 111_195.0;

/// How closely borders are looked at, m: what touches along less may pass for strangers.
const STEP_M: f64 = 8.0;

/// The plane that touches the ground at a point: metres east and north of it.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    origin: LonLat,
    scale: f64,
}

impl Plane {
    #[must_use]
    pub fn at(origin: LonLat) -> Self {
        Self { origin, scale: origin.lat().to_radians().cos() }
    }

    #[must_use]
    pub fn position(&self, at: LonLat) -> [f64; 2] {
        [(at.lon() - self.origin.lon()) * DEGREE_M * self.scale, (at.lat() - self.origin.lat()) * DEGREE_M]
    }

    fn lonlat(&self, [x, y]: [f64; 2]) -> Option<LonLat> {
        let (lon, lat) = (self.origin.lon() + x / (DEGREE_M * self.scale), self.origin.lat() + y / DEGREE_M);
        LonLat::from_degrees(lon, lat).ok()
    }
}

/// The atoms of a village, and where they stand.
pub struct Site<'a> {
    pub desk: &'a Desk,
    pub grids: &'a [Id],
    pub atoms: &'a [Vec<u32>],
    pub plane: Plane,
    /// Of the atoms, m.
    pub positions: &'a [[f64; 2]],
    /// Of atoms that are micro-grids.
    pub microgrids: &'a [Id],
    /// The part of each atom at the start: its grid's place in `grids`.
    pub start: &'a [u32],
}

/// A pair of atoms with the length of the border between them, m.
type Edge = (u32, u32, f64);

/// A household: its atom, and where it stands.
type Home = (u32, [f64; 2]);

/// Pairs of neighbours, each once, with the length of the border between their ground.
///
/// The ground of a household is what of its grid is nearer to it than to the others who live there: just what goes with it when it
/// goes ([`Desk::flip`]), so that parts which are connected here have connected ground. Atoms are neighbours if their ground
/// touches and the straight way between them crosses no barrier. Where that leaves a grid of today in pieces, these are joined
/// where they are nearest: today's division is where every search begins.
pub fn neighbours(site: &Site) -> Vec<Edge> {
    let mut borders: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    if site.microgrids.is_empty() {
        site.ground(&mut borders);
    } else {
        site.common_borders(&mut borders);
    }
    borders.retain(|&(a, b), _| site.is_walkable(a, b));
    site.join_parts(&mut borders);
    borders.into_iter().map(|((a, b), border_m)| (a, b, border_m)).collect()
}

fn add(borders: &mut BTreeMap<(u32, u32), f64>, a: u32, b: u32, length_m: f64) {
    if a != b {
        *borders.entry((a.min(b), a.max(b))).or_default() += length_m;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "atoms of a village")]
const fn number(i: usize) -> u32 {
    i as u32
}

impl Site<'_> {
    fn ground(&self, borders: &mut BTreeMap<(u32, u32), f64>) {
        let homes: Vec<Vec<Home>> = (0..self.grids.len()).map(|part| self.homes_of(number(part))).collect();
        let keys: Vec<Option<PlaceKey>> = self.grids.iter().map(|grid| self.desk.draft().partition().key(*grid)).collect();
        for (i, key) in keys.iter().enumerate() {
            let Some(key) = key else { continue };
            self.within(*key, &homes[i], borders);
            for (j, other) in keys.iter().enumerate().skip(i + 1) {
                let Some(other) = other else { continue };
                self.between(*key, *other, [&homes[i], &homes[j]], borders);
            }
        }
    }

    fn homes_of(&self, part: u32) -> Vec<Home> {
        let of_part = (0_u32..).zip(self.atoms).filter(|(atom, _)| self.start[*atom as usize] == part);
        let at = |home: &u32| self.desk.live().evidence().homes.get(*home as usize)?.at;
        of_part
            .flat_map(|(atom, homes)| homes.iter().filter_map(at).map(move |at| (atom, at)))
            .map(|(atom, at)| (atom, self.plane.position(at)))
            .collect()
    }

    /// Borders between the ground of households of one grid: the edges of their Voronoi cells, as far as they lie in the grid.
    fn within(&self, grid: PlaceKey, homes: &[Home], borders: &mut BTreeMap<(u32, u32), f64>) {
        // Of households at the same place the triangulation takes one; the others stand beside it.
        let mut first: HashMap<[u64; 2], u32> = HashMap::new();
        let mut distinct: Vec<Home> = Vec::new();
        for &(atom, at) in homes {
            if let Some(&twin) = first.get(&at.map(f64::to_bits)) {
                add(borders, twin, atom, 1.0);
            } else {
                first.insert(at.map(f64::to_bits), atom);
                distinct.push((atom, at));
            }
        }
        let points: Vec<Point> = distinct.iter().map(|(_, [x, y])| Point { x: *x, y: *y }).collect();
        let mesh = triangulate(&points);
        if mesh.triangles.is_empty() {
            chain(&distinct, borders);
            return;
        }
        let Some(bounds) = self.bounds(grid) else { return };
        let far_m = 2.0 * ((bounds[2] - bounds[0]) + (bounds[3] - bounds[1]));
        for (half, &twin) in mesh.halfedges.iter().enumerate() {
            if twin != EMPTY && twin < half {
                continue;
            }
            let (a, b) = (distinct[mesh.triangles[half]], distinct[mesh.triangles[next_halfedge(half)]]);
            let from = centre(&points, &mesh.triangles, half);
            let to = if twin == EMPTY {
                let third = distinct[mesh.triangles[next_halfedge(next_halfedge(half))]].1;
                outward([a.1, b.1], third, from, far_m)
            } else {
                centre(&points, &mesh.triangles, twin)
            };
            let inside_m = self.length_inside(grid, [from, to], bounds);
            if inside_m > 0.0 {
                add(borders, a.0, b.0, inside_m);
            }
        }
    }

    /// The box around a grid, m: west, south, east, north.
    fn bounds(&self, grid: PlaceKey) -> Option<[f64; 4]> {
        let bounds = BBox::around(&self.desk.draft().partition().shape(grid))?;
        let low = LonLat::from_degrees(bounds.west, bounds.south).ok()?;
        let high = LonLat::from_degrees(bounds.east, bounds.north).ok()?;
        let ([west, south], [east, north]) = (self.plane.position(low), self.plane.position(high));
        Some([west, south, east, north])
    }

    /// How much of a straight line lies in a grid, m, to the step.
    fn length_inside(&self, grid: PlaceKey, line: [[f64; 2]; 2], bounds: [f64; 4]) -> f64 {
        let partition = self.desk.draft().partition();
        let Some(level) = partition.place(grid).map(|place| place.level) else { return 0.0 };
        // Circumcentres of flat triangles lie anywhere.
        let Some([from, to]) = clipped(line, bounds) else { return 0.0 };
        let length_m = (to[0] - from[0]).hypot(to[1] - from[1]);
        let steps = (length_m / STEP_M).ceil().max(1.0);
        let (mut step, mut inside) = (0.5, 0.0);
        while step < steps {
            let t = step / steps;
            let at = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
            let here = self.plane.lonlat(at).and_then(|at| partition.locate(at));
            if here.and_then(|key| partition.at_level(key, level)) == Some(grid) {
                inside += 1.0;
            }
            step += 1.0;
        }
        length_m * inside / steps
    }

    /// Borders between the ground of households of two grids: along the border of the grids.
    fn between(&self, a: PlaceKey, b: PlaceKey, homes: [&[Home]; 2], borders: &mut BTreeMap<(u32, u32), f64>) {
        let partition = self.desk.draft().partition();
        for id in partition.borders_between(a, Some(b)) {
            let Some(arc) = partition.arc(id) else { continue };
            let line: Vec<[f64; 2]> = arc
                .line
                .iter()
                .filter_map(|at| LonLat::from_degrees(at.x, at.y).ok())
                .map(|at| self.plane.position(at))
                .collect();
            for pair in line.windows(2) {
                let length_m = (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
                let steps = (length_m / STEP_M).ceil().max(1.0);
                let mut step = 0.5;
                while step < steps {
                    let t = step / steps;
                    let at = [pair[0][0] + t * (pair[1][0] - pair[0][0]), pair[0][1] + t * (pair[1][1] - pair[0][1])];
                    if let (Some(one), Some(other)) = (nearest(homes[0], at), nearest(homes[1], at)) {
                        add(borders, one, other, length_m / steps);
                    }
                    step += 1.0;
                }
            }
        }
    }

    fn common_borders(&self, borders: &mut BTreeMap<(u32, u32), f64>) {
        let partition = self.desk.draft().partition();
        let numbers: HashMap<Id, u32> = (0..).zip(self.microgrids).map(|(i, id)| (*id, i)).collect();
        for (i, id) in (0_u32..).zip(self.microgrids) {
            let Some(key) = partition.key(*id) else { continue };
            for neighbour in partition.neighbours(key) {
                let other = neighbour.place.and_then(|key| self.desk.draft().id(key)).and_then(|id| numbers.get(&id));
                if let Some(&j) = other.filter(|j| i < **j) {
                    add(borders, i, j, neighbour.border_m);
                }
            }
        }
    }

    fn length_m(&self, a: u32, b: u32) -> f64 {
        let ([ax, ay], [bx, by]) = (self.positions[a as usize], self.positions[b as usize]);
        (ax - bx).hypot(ay - by)
    }

    /// Whether the straight way crosses no barrier.
    fn is_walkable(&self, a: u32, b: u32) -> bool {
        let barriers = &self.desk.live().evidence().barriers;
        if barriers.is_empty() {
            return true;
        }
        let ends = (self.plane.lonlat(self.positions[a as usize]), self.plane.lonlat(self.positions[b as usize]));
        let (Some(from), Some(to)) = ends else { return true };
        let way = Line::new(from.to_point(), to.to_point());
        let bounds = BBox::around(&way);
        let near = |line: &&LineString| BBox::around(*line).zip(bounds).is_some_and(|(a, b)| a.intersects(&b));
        !barriers.iter().filter(near).any(|line| line.intersects(&way))
    }

    /// Joins the pieces of each part of the start by the shortest ways.
    fn join_parts(&self, borders: &mut BTreeMap<(u32, u32), f64>) {
        let mut by_part: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (atom, part) in (0_u32..).zip(self.start) {
            by_part.entry(*part).or_default().push(atom);
        }
        for atoms in by_part.values() {
            while let Some((a, b)) = self.nearest_of_two_pieces(atoms, borders) {
                add(borders, a, b, 1.0);
            }
        }
    }

    /// The nearest pair of which one is in the piece of the first atom and the other in another; `None` if there is one piece.
    fn nearest_of_two_pieces(&self, atoms: &[u32], borders: &BTreeMap<(u32, u32), f64>) -> Option<(u32, u32)> {
        let mut piece = vec![*atoms.first()?];
        let mut next = 0;
        while let Some(&atom) = piece.get(next) {
            let touches = |other: &&u32| borders.contains_key(&(atom.min(**other), atom.max(**other)));
            let fresh: Vec<u32> = atoms.iter().filter(|other| !piece.contains(other)).filter(touches).copied().collect();
            piece.extend(fresh);
            next += 1;
        }
        let others = atoms.iter().filter(|atom| !piece.contains(atom));
        let pairs = others.flat_map(|other| piece.iter().map(move |atom| (*atom, *other)));
        pairs.min_by(|a, b| self.length_m(a.0, a.1).total_cmp(&self.length_m(b.0, b.1)))
    }
}

fn nearest(homes: &[Home], at: [f64; 2]) -> Option<u32> {
    let apart = |home: &Home| (home.1[0] - at[0]).hypot(home.1[1] - at[1]);
    homes.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).map(|home| home.0)
}

/// Households on a line: each is next to those before and behind it.
fn chain(homes: &[Home], borders: &mut BTreeMap<(u32, u32), f64>) {
    let mut along = homes.to_vec();
    along.sort_by(|a, b| a.1[0].total_cmp(&b.1[0]).then(a.1[1].total_cmp(&b.1[1])));
    for pair in along.windows(2) {
        add(borders, pair[0].0, pair[1].0, STEP_M);
    }
}

/// From a circumcentre `far_m` at right angles to a hull edge, away from the `third` corner of its triangle.
fn outward([a, b]: [[f64; 2]; 2], third: [f64; 2], from: [f64; 2], far_m: f64) -> [f64; 2] {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx.hypot(dy).max(f64::MIN_POSITIVE);
    let side = dx * (third[1] - a[1]) - dy * (third[0] - a[0]);
    let away = if side > 0.0 { -far_m } else { far_m } / length;
    [from[0] - dy * away, from[1] + dx * away]
}

/// The part of a line in a box (Liang and Barsky, 1984).
fn clipped([from, to]: [[f64; 2]; 2], [west, south, east, north]: [f64; 4]) -> Option<[[f64; 2]; 2]> {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (step, room) in [(-dx, from[0] - west), (dx, east - from[0]), (-dy, from[1] - south), (dy, north - from[1])] {
        if step < 0.0 {
            start = start.max(room / step);
        } else if step > 0.0 {
            end = end.min(room / step);
        } else if room < 0.0 {
            return None;
        }
    }
    let at = |t: f64| [from[0] + t * dx, from[1] + t * dy];
    (start < end).then(|| [at(start), at(end)])
}

/// The circumcentre of the triangle of a half-edge.
fn centre(points: &[Point], triangles: &[usize], half: usize) -> [f64; 2] {
    let first = half - half % 3;
    let [a, b, c] = [0, 1, 2].map(|i| &points[triangles[first + i]]);
    let (bx, by, cx, cy) = (b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y);
    let (b2, c2, d) = (bx * bx + by * by, cx * cx + cy * cy, 2.0 * (bx * cy - by * cx));
    [a.x + (cy * b2 - by * c2) / d, a.y + (bx * c2 - cx * b2) / d]
}
