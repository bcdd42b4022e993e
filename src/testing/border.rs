//! From labelled cells to polygons whose neighbours share every vertex.
//!
//! Each edge of the mesh between two labels carries one line: from the triangle on its right over a point of the edge to the
//! triangle on its left. The line is made once and used by both sides and by every level, so there can be no gap and no overlap.
//! Each half of it stays inside the third of a triangle that lies at the edge, so no two lines cross.

use super::{
    mesh::{Mesh, after, before},
    noise::noise,
    plane::{Plane, Xy},
};
use geo::{Coord, LineString, MultiPolygon, Polygon};

/// The label of cells that belong to no place.
pub const NOWHERE: usize = usize::MAX;

/// The lines between the cells of a labelled mesh.
pub struct Borders<'a> {
    mesh: &'a Mesh,
    /// A point in each triangle.
    knots: Vec<Xy>,
    /// Where the line crosses each edge, as a share of the way between its sites from the one with the lower number.
    crossings: Vec<f64>,
    seed: u64,
    /// How far a line strays between knot and crossing, as a share of that length.
    wiggle: f64,
    plane: Plane,
    scale: f64,
}

impl<'a> Borders<'a> {
    /// `finest`: the label of each cell at the finest level (lines between equal labels are never asked for). The lines are
    /// pulled straight as far as their corridor of cells allows, then given small bends.
    #[must_use]
    pub fn new(mesh: &'a Mesh, finest: &[usize], plane: Plane, seed: u64, wiggle: f64) -> Self {
        let third = 1.0 / 3.0;
        let knots = (0..mesh.from.len() / 3)
            .map(|t| mesh.corners(t).iter().fold(Xy::default(), |sum, &i| sum + mesh.sites[i] * third))
            .collect();
        let crossings = vec![0.5; mesh.from.len()];
        let mut borders = Self { mesh, knots, crossings, seed, wiggle, plane, scale: 1.0 };
        let edges: Vec<(usize, usize)> = (0..mesh.from.len())
            .filter_map(|e| {
                mesh.twin[e].filter(|&twin| e < twin && finest[mesh.from[e]] != finest[mesh.to(e)]).map(|twin| (e, twin))
            })
            .collect();
        for _ in 0..8 {
            borders.straighten(&edges);
        }
        borders
    }

    /// The same lines, all distances from the centre multiplied by `scale`.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        Self { scale, ..self }
    }

    /// One step of pulling the lines straight.
    fn straighten(&mut self, edges: &[(usize, usize)]) {
        let mesh = self.mesh;
        for &(e, twin) in edges {
            let middle = self.knots[e / 3].towards(self.knots[twin / 3], 0.5);
            let (a, b) = self.ends(e);
            let along = b - a;
            let d = middle - a;
            let share = (d.x * along.x + d.y * along.y) / (along.x * along.x + along.y * along.y);
            let share = share.clamp(0.22, 0.78);
            self.crossings[e] = share;
            self.crossings[twin] = share;
        }
        let mut sums = vec![(Xy::default(), 0.0); self.knots.len()];
        for &(e, twin) in edges {
            let crossing = self.crossing(e);
            for t in [e / 3, twin / 3] {
                sums[t] = (sums[t].0 + crossing, sums[t].1 + 1.0);
            }
        }
        for (t, (sum, n)) in sums.into_iter().enumerate().filter(|(_, (_, n))| *n > 0.0) {
            let corners = mesh.corners(t).map(|i| mesh.sites[i]);
            self.knots[t] = keep_inside(self.knots[t].towards(sum * (1.0 / n), 0.8), corners);
        }
    }

    /// The sites of an edge, the one with the lower number first.
    fn ends(&self, e: usize) -> (Xy, Xy) {
        let (i, j) = (self.mesh.from[e], self.mesh.to(e));
        (self.mesh.sites[i.min(j)], self.mesh.sites[i.max(j)])
    }

    fn crossing(&self, e: usize) -> Xy {
        let (a, b) = self.ends(e);
        a.towards(b, self.crossings[e])
    }

    /// The bend between the knot of the triangle of `e` and the crossing of `e`.
    fn bend(&self, e: usize) -> Xy {
        let (knot, crossing) = (self.knots[e / 3], self.crossing(e));
        let middle = knot.towards(crossing, 0.5);
        let along = crossing - knot;
        // Noise of the position: the same from both sides, and neighbouring bends lean the same way now and then.
        let lean = noise(self.seed, middle.x / 35.0, middle.y / 35.0) + noise(self.seed + 1, middle.x / 11.0, middle.y / 11.0);
        let mut share = lean * self.wiggle;
        let (a, b) = self.ends(e);
        for _ in 0..4 {
            let bend = middle + Xy::new(-along.y, along.x) * share;
            if clear_inside(bend, knot, a, b) {
                return bend;
            }
            share *= 0.5;
        }
        middle
    }

    /// The polygon of the cells for which `member` holds.
    #[must_use]
    pub fn outline(&self, cells: &[usize], member: impl Fn(usize) -> bool, around: &CellEdges) -> MultiPolygon {
        let mut starts: Vec<usize> =
            cells.iter().flat_map(|&cell| around.of(cell)).copied().filter(|&e| !member(self.mesh.to(e))).collect();
        starts.sort_unstable();
        let mut used = vec![false; starts.len()];
        let mut rings = Vec::new();
        for i in 0..starts.len() {
            if used[i] {
                continue;
            }
            let (mut ring, mut e) = (Vec::new(), starts[i]);
            while let Ok(at) = starts.binary_search(&e) {
                if used[at] {
                    break;
                }
                used[at] = true;
                self.line(e, &mut ring);
                e = self.following(e, &member);
            }
            rings.push(closed(ring));
        }
        assemble(rings)
    }

    /// The border's next edge, keeping the members on the left.
    fn following(&self, e: usize, member: &impl Fn(usize) -> bool) -> usize {
        let third = self.mesh.from[before(e)];
        let crossed = if member(third) { after(e) } else { before(e) };
        self.mesh.twin[crossed].expect("labelled cells lie inside the mesh")
    }

    /// The line across `e` with `from(e)` on its left: everything after the knot where it starts.
    fn line(&self, e: usize, ring: &mut Vec<Coord>) {
        let twin = self.mesh.twin[e].expect("labelled cells lie inside the mesh");
        for at in [self.bend(twin), self.crossing(e), self.bend(e), self.knots[e / 3]] {
            let at = self.plane.to_lonlat(at * self.scale);
            ring.push(Coord { x: at.lon(), y: at.lat() });
        }
    }
}

/// The halfedges that start at each site.
pub type CellEdges = super::groups::Groups;

/// The halfedges that start at each site of `mesh`.
#[must_use]
pub fn cell_edges(mesh: &Mesh) -> CellEdges {
    CellEdges::new(mesh.sites.len(), mesh.from.iter().enumerate().map(|(e, &site)| (site, e)))
}

/// `at` moved towards the middle of the triangle until it is clear of its sides.
fn keep_inside(at: Xy, [a, b, c]: [Xy; 3]) -> Xy {
    const CLEAR: f64 = 0.14;
    let whole = a.turn(b, c);
    let shares = [at.turn(b, c) / whole, at.turn(c, a) / whole, at.turn(a, b) / whole];
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    if least >= CLEAR {
        return at;
    }
    let middle = (a + b + c) * (1.0 / 3.0);
    // The share of the side grows linearly from `least` to a third on the way to the middle.
    at.towards(middle, (CLEAR - least) / (1.0 / 3.0 - least))
}

/// Whether `at` lies inside the triangle of a knot and an edge and keeps some distance from the two sides at the knot.
fn clear_inside(at: Xy, knot: Xy, a: Xy, b: Xy) -> bool {
    let whole = knot.turn(a, b);
    let (at_a, at_b, at_edge) = (at.turn(b, knot) / whole, at.turn(knot, a) / whole, at.turn(a, b) / whole);
    at_a > 0.04 && at_b > 0.04 && at_edge > 0.1
}

/// Closes a ring and drops vertices that rounding has made equal.
fn closed(mut ring: Vec<Coord>) -> LineString {
    ring.dedup();
    let mut line = LineString(ring);
    line.close();
    line
}

/// Polygons of rings: counter-clockwise ones are shells, the others holes in the shell around them.
fn assemble(rings: Vec<LineString>) -> MultiPolygon {
    use geo::{Area, Contains, Point};
    let area = |ring: &LineString| Polygon::new(ring.clone(), vec![]).signed_area();
    let (shells, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| area(ring) > 0.0);
    let mut polygons: Vec<Polygon> = shells.into_iter().map(|shell| Polygon::new(shell, vec![])).collect();
    polygons.sort_by(|a, b| b.unsigned_area().total_cmp(&a.unsigned_area()));
    for hole in holes {
        let inside = hole.0.first().map(|&at| Point::from(at));
        // The smallest shell around it, if it is nested.
        let shell = polygons.iter().rposition(|polygon| inside.is_some_and(|at| polygon.contains(&at)));
        if let Some(shell) = shell {
            polygons[shell].interiors_push(hole);
        }
    }
    MultiPolygon(polygons)
}
