//! What lies in a region that was laid over the arcs.

use super::{
    EditError, Partition, Position, Region,
    edit::rounded,
    exact::{Segment, is_crossed, located},
    overlay::{NEAR, Overlay, Piece},
    store::{bounds_of, widened},
    trace::is_counter_clockwise,
};
use crate::{
    geometry::{BBox, LonLat},
    spatial::Boxes,
};
use geo::Coord;

/// The border of a region as directed edges with multiplicity: the region lies left of them.
pub(super) struct Border {
    edges: Vec<(Segment, i32)>,
    boxes: Boxes,
    bounds: BBox,
}

impl Border {
    /// `lines`: each with how often the border runs along it (against it if negative).
    pub(super) fn new<'a>(lines: impl Iterator<Item = (&'a [Coord], i32)>) -> Self {
        let mut edges = Vec::new();
        for (line, along) in lines.filter(|&(_, along)| along != 0) {
            edges.extend(line.windows(2).map(|pair| ((pair[0], pair[1]), along)));
        }
        let box_of = |(a, b): Segment| bounds_of(&[a, b]);
        let bounds = edges.iter().fold(bounds_of(&[]), |all, &(edge, _)| all.union(&box_of(edge)));
        let boxes = Boxes::new(edges.iter().zip(0..).map(|(&(edge, _), number)| (box_of(edge), number)));
        Self { edges, boxes, bounds }
    }

    /// How often the border winds around a point, edges equal to `but` left out; by the half-open rule.
    fn winding(&self, point: Coord, but: Option<Segment>) -> i32 {
        let ray = BBox { west: point.x, south: point.y, east: self.bounds.east.max(point.x), north: point.y };
        let crossings = self.boxes.meeting(&ray).filter_map(|number| self.edges.get(number as usize)).filter(|(edge, _)| {
            let is_left_out = but.is_some_and(|but| *edge == but || (edge.1, edge.0) == but);
            !is_left_out && is_crossed(point, *edge)
        });
        crossings.map(|&((a, b), along)| if b.y > a.y { along } else { -along }).sum()
    }

    /// The winding left and right of a piece that lies on the border, or on neither side of it more than on the other.
    pub(super) fn sides(&self, piece: &Piece) -> [i32; 2] {
        let (edge, middle) = piece.probe();
        let (a, b) = (piece.line[edge], piece.line[edge + 1]);
        let others = self.winding(middle, Some((a, b)));
        let here = self.boxes.meeting(&bounds_of(&[middle])).filter_map(|number| self.edges.get(number as usize));
        let along: i32 = here.map(|&(edge, along)| own_share(edge, (a, b), along)).sum();
        if b.y > a.y {
            [others + along, others]
        } else if b.y < a.y {
            [others, others - along]
        } else if b.x > a.x {
            // The ray runs a little north of a level edge.
            [others, others - along]
        } else {
            [others + along, others]
        }
    }
}

fn own_share(edge: Segment, piece: Segment, along: i32) -> i32 {
    if edge == piece {
        along
    } else if (edge.1, edge.0) == piece {
        -along
    } else {
        0
    }
}

/// What lies left and right of a piece: in the region or not.
pub(super) type InOut = [bool; 2];

impl Partition {
    /// Whether the sides of each piece are in the region. Arcs in the region that it does not touch join the pieces.
    pub(super) fn in_and_out(&self, overlay: &mut Overlay, border: &Border) -> Vec<InOut> {
        for id in self.store.ids_near(&border.bounds) {
            if overlay.arcs.contains(&id) {
                continue;
            }
            let Some(arc) = self.store.arc(id) else { continue };
            let piece = Piece::of_arc(&arc.line, arc.left, arc.right);
            if border.winding(piece.probe().1, None) != 0 {
                overlay.arcs.insert(id);
                overlay.pieces.push(piece);
            }
        }
        let sides = |piece: &Piece| {
            let is_far = !widened(&border.bounds, NEAR).intersects(&bounds_of(&piece.line));
            if is_far { [false; 2] } else { border.sides(piece).map(|winding| winding != 0) }
        };
        overlay.pieces.iter().map(sides).collect()
    }
}

impl Region {
    /// The rings, exteriors counter-clockwise and holes clockwise, closed.
    pub(super) fn rings(&self) -> Result<Vec<Vec<Coord>>, EditError> {
        let mut rings = Vec::new();
        for polygon in &self.0 {
            for (number, ring) in polygon.iter().enumerate() {
                let mut line = coords(ring)?;
                if line.len() > 1 && line.first() == line.last() {
                    line.pop();
                }
                if line.len() < 3 {
                    let at = line.first().map_or(Coord::zero(), |&at| at);
                    return Err(EditError::InvalidRegion { at: located(at) });
                }
                if is_counter_clockwise(&line) != (number == 0) {
                    line.reverse();
                }
                line.extend(line.first().copied());
                rings.push(line);
            }
        }
        Ok(rings)
    }
}

/// A position in range, to the decimals that an edit has.
pub(super) fn coord(at: Position) -> Result<Coord, EditError> {
    let [lon, lat] = rounded(at);
    Ok(LonLat::from_degrees(lon, lat)?.to_point().0)
}

/// Positions in range, without repetitions.
pub(super) fn coords(line: &[Position]) -> Result<Vec<Coord>, EditError> {
    let mut line = line.iter().map(|&at| coord(at)).collect::<Result<Vec<Coord>, EditError>>()?;
    line.dedup();
    Ok(line)
}
