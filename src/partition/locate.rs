//! Which place contains a point.

use super::{
    Arc, Partition, PlaceKey,
    exact::{Segment, by_crossing, is_crossed},
};
use crate::geometry::BBox;
use geo::Coord;

/// First width of the strip in which a border east of a point is looked for, degrees: some 100 m.
const STRIP: f64 = 0.001;

/// A crossing of the ray eastward: the edge, and what lies west of it.
type Crossing = (Segment, Option<PlaceKey>);

impl Partition {
    /// The finest place at a point: what lies west of the first border that a ray eastward crosses.
    ///
    /// By the half-open rule a point on an edge lies east of it, on a level one north of it, and edges that share an end on the ray are
    /// crossed a little north of it. So the order of the edges there is that of the ground between them.
    pub(super) fn place_at(&self, point: Coord) -> Option<PlaceKey> {
        if !(point.x.is_finite() && point.y.is_finite()) {
            return None;
        }
        let mut east = point.x + STRIP;
        let mut width = STRIP;
        loop {
            match self.first_crossing(point, east) {
                Some((edge, west_of_it)) if edge.0.x.max(edge.1.x) <= east => return west_of_it,
                // The edge reaches further: a nearer one may begin beyond the strip's end, but not beyond its own.
                Some((edge, _)) => east = edge.0.x.max(edge.1.x),
                None if east >= 180.0 => return None,
                None => {
                    width *= 4.0;
                    east = (point.x + width).min(180.0);
                }
            }
        }
    }

    /// The first crossing among the arcs whose boxes reach into the strip between the point and `east`.
    fn first_crossing(&self, point: Coord, east: f64) -> Option<Crossing> {
        let strip = BBox { west: point.x, south: point.y, east, north: point.y };
        let arcs = self.store.near(&strip).map(|(_, arc)| arc);
        arcs.flat_map(|arc| crossings(arc, point)).min_by(|a, b| by_crossing(a.0, b.0))
    }
}

fn crossings(arc: &Arc, point: Coord) -> impl Iterator<Item = Crossing> {
    let edges = arc.line.windows(2).map(|pair| (pair[0], pair[1]));
    edges
        .filter(move |&edge| is_crossed(point, edge))
        .map(|edge| (edge, if edge.1.y > edge.0.y { arc.left } else { arc.right }))
}
