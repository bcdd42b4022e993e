//! A mesh of small cells whose sizes follow a density: the material from which places are grown.

use super::{groups::Groups, plane::Xy, random::Dice};

/// Sites with their Delaunay triangulation. The cell of a site is the polygon around it that its borders in
/// [`super::border`] describe: it runs from triangle to triangle and crosses each edge of the site once.
#[derive(Clone, Debug)]
pub struct Mesh {
    pub sites: Vec<Xy>,
    /// The site where each halfedge starts; three halfedges in a row are a triangle, counter-clockwise.
    pub from: Vec<usize>,
    /// The halfedge on the other side; `None` on the hull.
    pub twin: Vec<Option<usize>>,
    /// A third of the area of the triangles around each site, m².
    pub area: Vec<f64>,
    neighbours: Groups,
}

/// The halfedge after `e` in its triangle.
#[must_use]
pub const fn after(e: usize) -> usize {
    if e % 3 == 2 { e - 2 } else { e + 1 }
}

/// The halfedge before `e` in its triangle.
#[must_use]
pub const fn before(e: usize) -> usize {
    if e.is_multiple_of(3) { e + 2 } else { e - 1 }
}

impl Mesh {
    /// A mesh over the box from `low` to `high` whose cells are about `spacing(place)` metres wide.
    ///
    /// # Panics
    /// If the box or the spacing is not positive.
    #[must_use]
    pub fn new(low: Xy, high: Xy, dice: &mut Dice, spacing: impl Fn(Xy) -> f64) -> Self {
        let mut sites = Vec::new();
        let (width, height) = (high.x - low.x, high.y - low.y);
        assert!(width > 0.0 && height > 0.0, "an empty box has no mesh");
        // Squares of the largest spacing that occurs are cut into quarters until they are small enough.
        let side = (width.min(height) / 8.0).max(1.0);
        let (mut y, mut todo) = (low.y, Vec::new());
        while y < high.y {
            let mut x = low.x;
            while x < high.x {
                todo.push((Xy::new(x, y), side));
                x += side;
            }
            y += side;
        }
        while let Some((corner, side)) = todo.pop() {
            let middle = corner + Xy::new(side / 2.0, side / 2.0);
            let wanted = spacing(middle);
            assert!(wanted > 0.0, "a cell needs a size");
            if side > wanted * 1.25 {
                let half = side / 2.0;
                todo.extend([(0.0, 0.0), (half, 0.0), (0.0, half), (half, half)].map(|(x, y)| (corner + Xy::new(x, y), half)));
            } else {
                let shake = Xy::new(dice.between(-0.42, 0.42), dice.between(-0.42, 0.42)) * side;
                sites.push(middle + shake);
            }
        }
        let mut mesh = Self::triangulated(sites);
        for _ in 0..2 {
            mesh = Self::triangulated(mesh.relaxed());
        }
        mesh
    }

    fn triangulated(sites: Vec<Xy>) -> Self {
        let points: Vec<_> = sites.iter().map(|s| delaunator::Point { x: s.x, y: s.y }).collect();
        let found = delaunator::triangulate(&points);
        let (mut from, mut halfedges) = (found.triangles, found.halfedges);
        // The library's triangles are all of one orientation, which depends on the direction of y.
        let clockwise = from.first_chunk::<3>().is_some_and(|&[a, b, c]| sites[a].turn(sites[b], sites[c]) < 0.0);
        if clockwise {
            turn_round(&mut from, &mut halfedges);
        }
        let twin = halfedges.iter().map(|&e| (e != delaunator::EMPTY).then_some(e)).collect();
        let mut area = vec![0.0; sites.len()];
        for corners in from.chunks_exact(3) {
            let doubled = sites[corners[0]].turn(sites[corners[1]], sites[corners[2]]);
            for &corner in corners {
                area[corner] += doubled / 6.0;
            }
        }
        let pairs = (0..from.len()).flat_map(|e| {
            let (a, b) = (from[e], from[after(e)]);
            // An edge inside has two halfedges, one on the hull only one.
            [Some((a, b)), (halfedges[e] == delaunator::EMPTY).then_some((b, a))].into_iter().flatten()
        });
        let neighbours = Groups::new(sites.len(), pairs);
        Self { sites, from, twin, area, neighbours }
    }

    /// The sites moved half way to the middle of their neighbours; those on the hull stay.
    fn relaxed(&self) -> Vec<Xy> {
        let mut fixed = vec![false; self.sites.len()];
        for e in (0..self.from.len()).filter(|&e| self.twin[e].is_none()) {
            fixed[self.from[e]] = true;
            fixed[self.to(e)] = true;
        }
        (0..self.sites.len())
            .map(|i| {
                let around = self.neighbours(i);
                if fixed[i] || around.is_empty() {
                    return self.sites[i];
                }
                let sum = around.iter().fold(Xy::default(), |sum, &j| sum + self.sites[j]);
                #[expect(clippy::cast_precision_loss, reason = "a site has a handful of neighbours")]
                self.sites[i].towards(sum * (1.0 / around.len() as f64), 0.5)
            })
            .collect()
    }

    /// The site where halfedge `e` ends.
    #[must_use]
    pub fn to(&self, e: usize) -> usize {
        self.from[after(e)]
    }

    /// The sites that share an edge with site `i`.
    #[must_use]
    pub fn neighbours(&self, i: usize) -> &[usize] {
        self.neighbours.of(i)
    }

    /// The sites of triangle `t`.
    #[must_use]
    pub fn corners(&self, t: usize) -> [usize; 3] {
        [self.from[3 * t], self.from[3 * t + 1], self.from[3 * t + 2]]
    }
}

/// Reverses every triangle (a, b, c) to (a, c, b).
fn turn_round(from: &mut [usize], halfedges: &mut [usize]) {
    // Halfedge 3t (a→b) becomes 3t + 2 (b→a), 3t + 1 (b→c) stays in the middle, 3t + 2 (c→a) becomes 3t (a→c).
    let renamed = |e: usize| if e == delaunator::EMPTY { e } else { e - e % 3 + 2 - e % 3 };
    for t in from.chunks_exact_mut(3) {
        t.swap(1, 2);
    }
    for t in halfedges.chunks_exact_mut(3) {
        t.swap(0, 2);
        for e in t {
            *e = renamed(*e);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangles_are_counter_clockwise_and_twins_agree() {
        let mut dice = Dice::new(3, "mesh");
        let spacing = |p: Xy| 20.0 + p.x.abs() / 10.0;
        let mesh = Mesh::new(Xy::new(-500.0, -500.0), Xy::new(500.0, 500.0), &mut dice, spacing);
        assert!(mesh.sites.len() > 500, "{}", mesh.sites.len());
        for t in 0..mesh.from.len() / 3 {
            let [a, b, c] = mesh.corners(t).map(|i| mesh.sites[i]);
            assert!(a.turn(b, c) > 0.0);
        }
        for e in 0..mesh.from.len() {
            if let Some(twin) = mesh.twin[e] {
                assert_eq!((mesh.twin[twin], mesh.from[twin], mesh.to(twin)), (Some(e), mesh.to(e), mesh.from[e]));
            }
            assert!(mesh.neighbours(mesh.from[e]).contains(&mesh.to(e)));
            assert!(mesh.neighbours(mesh.to(e)).contains(&mesh.from[e]));
        }
        let total: f64 = mesh.area.iter().sum();
        assert!((0.8e6..1.3e6).contains(&total), "{total}");
    }
}
