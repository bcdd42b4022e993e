//! The edges of one polygon as a hierarchy of boxes over runs of consecutive edges.
//!
//! Rings are coherent, so no sorting is needed. A run of edges that lies wholly east of a point is counted by its two ends
//! alone: by the half-open rule its crossings telescope (the "natural" index of the tg library rests on the same fact).

use crate::geometry::vicinity::{Foot, Vicinity};
use geo::{Coord, LineString, MultiPolygon};

/// Edges in a leaf, and nodes under a node.
const FANOUT: usize = 8;

/// Degrees; like [`crate::geometry::BBox`], but empty boxes are possible.
#[derive(Clone, Copy, Debug)]
struct Box4 {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Box4 {
    const EMPTY: Self = Self { west: f64::INFINITY, south: f64::INFINITY, east: f64::NEG_INFINITY, north: f64::NEG_INFINITY };

    fn with(self, at: Coord) -> Self {
        self.union(Self { west: at.x, south: at.y, east: at.x, north: at.y })
    }

    fn distance_m(&self, vicinity: &Vicinity) -> f64 {
        vicinity.box_m(self.west, self.south, self.east, self.north)
    }

    fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}

/// Consecutive edges: those between the vertices `first..=last`.
#[derive(Clone, Copy, Debug)]
struct Run {
    bounds: Box4,
    first: u32,
    last: u32,
    /// Whether they form one chain, so that they may be counted by its ends; a node over several rings does not.
    chain: bool,
}

/// The edges of all rings of a multipolygon.
#[derive(Debug)]
pub(super) struct Edges {
    vertices: Vec<Coord>,
    /// Leaves first, the root level last; node `i` of a level covers the nodes `i·FANOUT..` of the level below.
    levels: Vec<Vec<Run>>,
}

impl Edges {
    pub(super) fn of(shape: &MultiPolygon) -> Self {
        let mut vertices = Vec::new();
        let mut leaves = Vec::new();
        for polygon in shape {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                push_ring(ring, &mut vertices, &mut leaves);
            }
        }
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.chunks(FANOUT).map(Run::over).collect();
            levels.push(above);
        }
        Self { vertices, levels }
    }

    /// Whether the half-open rule puts the point inside.
    pub(super) fn contains(&self, point: Coord) -> bool {
        self.roots().fold(false, |odd, node| odd ^ self.is_crossed_oddly(node, point))
    }

    /// The border's place that is nearest in the plane, if one is nearer than `within_m`.
    pub(super) fn planar_nearest(&self, vicinity: &Vicinity, within_m: f64) -> Option<Foot> {
        let mut best = Foot { at: Coord::zero(), planar_m: within_m };
        self.roots().for_each(|root| self.bring_nearer(root, vicinity, &mut best));
        (best.planar_m < within_m).then_some(best)
    }

    /// Least geodesic distance to an edge, of those that are within `planar_m` in the plane; infinite if there is none.
    pub(super) fn geodesic_m(&self, vicinity: &Vicinity, planar_m: f64) -> f64 {
        let mut best = f64::INFINITY;
        // Neighbouring edges share their foot where it is a vertex: measured once.
        let mut last: Option<(Coord, f64)> = None;
        for node in self.roots() {
            self.each_within(node, vicinity, planar_m, &mut |a, b, foot| {
                let at_foot_m = match last {
                    Some((at, measured_m)) if at == foot.at => measured_m,
                    _ => vicinity.geodesic_m(foot.at),
                };
                last = Some((foot.at, at_foot_m));
                best = best.min(vicinity.edge_m(a, b, at_foot_m));
            });
        }
        best
    }

    fn roots(&self) -> impl Iterator<Item = Node> + use<> {
        let level = self.levels.len() - 1;
        (0..self.levels[level].len()).map(move |index| Node { level, index })
    }

    fn run(&self, node: Node) -> Run {
        self.levels[node.level][node.index]
    }

    fn children(&self, node: Node) -> impl Iterator<Item = Node> + use<> {
        let level = node.level - 1;
        let end = ((node.index + 1) * FANOUT).min(self.levels[level].len());
        (node.index * FANOUT..end).map(move |index| Node { level, index })
    }

    /// The edges of a leaf.
    fn edges(&self, leaf: Run) -> impl Iterator<Item = (Coord, Coord)> {
        self.vertices[leaf.first as usize..=leaf.last as usize].windows(2).map(|pair| (pair[0], pair[1]))
    }

    fn is_crossed_oddly(&self, node: Node, point: Coord) -> bool {
        let run = self.run(node);
        let Box4 { west, south, east, north } = run.bounds;
        // An edge counts only where south ≤ y < north, and never if it lies wholly west of the point.
        if point.y < south || point.y >= north || point.x >= east {
            false
        } else if run.chain && point.x < west {
            let (first, last) = (self.vertices[run.first as usize], self.vertices[run.last as usize]);
            (first.y > point.y) != (last.y > point.y)
        } else if node.level == 0 {
            self.edges(run).fold(false, |odd, (a, b)| odd ^ is_crossed(point, a, b))
        } else {
            self.children(node).fold(false, |odd, child| odd ^ self.is_crossed_oddly(child, point))
        }
    }

    /// Replaces `best` where an edge below `node` is nearer; near boxes first.
    fn bring_nearer(&self, node: Node, vicinity: &Vicinity, best: &mut Foot) {
        if node.level == 0 {
            let feet = self.edges(self.run(node)).map(|(a, b)| vicinity.foot(a, b));
            *best = feet.fold(*best, |best, foot| if foot.planar_m < best.planar_m { foot } else { best });
            return;
        }
        let mut order = [(f64::INFINITY, node); FANOUT];
        let mut count = 0;
        for child in self.children(node) {
            order[count] = (self.run(child).bounds.distance_m(vicinity), child);
            count += 1;
        }
        order[..count].sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for &(distance_m, child) in &order[..count] {
            if distance_m < best.planar_m {
                self.bring_nearer(child, vicinity, best);
            }
        }
    }

    fn each_within(&self, node: Node, vicinity: &Vicinity, planar_m: f64, see: &mut impl FnMut(Coord, Coord, Foot)) {
        let run = self.run(node);
        if run.bounds.distance_m(vicinity) > planar_m {
            return;
        }
        if node.level > 0 {
            self.children(node).for_each(|child| self.each_within(child, vicinity, planar_m, see));
            return;
        }
        for (a, b) in self.edges(run) {
            let foot = vicinity.foot(a, b);
            if foot.planar_m <= planar_m {
                see(a, b, foot);
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Node {
    level: usize,
    index: usize,
}

impl Run {
    fn over(below: &[Self]) -> Self {
        Self {
            bounds: below.iter().fold(Box4::EMPTY, |all, run| all.union(run.bounds)),
            first: below[0].first,
            last: below[below.len() - 1].last,
            chain: below.iter().all(|run| run.chain) && below.windows(2).all(|pair| pair[0].last == pair[1].first),
        }
    }
}

fn push_ring(ring: &LineString, vertices: &mut Vec<Coord>, leaves: &mut Vec<Run>) {
    let start = vertices.len();
    vertices.extend_from_slice(&ring.0);
    let end = vertices.len().saturating_sub(1);
    for first in (start..end).step_by(FANOUT) {
        let last = (first + FANOUT).min(end);
        let bounds = vertices[first..=last].iter().fold(Box4::EMPTY, |all, &at| all.with(at));
        #[expect(clippy::cast_possible_truncation, reason = "no polygon has 2³² vertices")]
        leaves.push(Run { bounds, first: first as u32, last: last as u32, chain: true });
    }
}

/// Whether a ray eastward from the point crosses the edge, by the half-open rule; exact.
pub(super) fn is_crossed(point: Coord, a: Coord, b: Coord) -> bool {
    if (a.y > point.y) == (b.y > point.y) || point.x >= a.x.max(b.x) {
        return false;
    }
    if point.x < a.x.min(b.x) {
        return true;
    }
    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
    let exact = |at: Coord| robust::Coord { x: at.x, y: at.y };
    robust::orient2d(exact(low), exact(high), exact(point)) > 0.0
}
