//! Edits of single vertices, and the search for them.

use super::{
    Arc, ArcId, Change, EditError, Handle, Partition, Position,
    draft::Draft,
    exact::{apart, bits, foot, located},
    overlay::NEAR,
    region::coord,
    store::{bounds_of, widened},
    swept::swept,
};
use crate::geometry::{BBox, LonLat, distance_m};
use geo::Coord;
use std::collections::BTreeSet;

/// How far from a border a position may be that names an edge of it, m.
const REACH_M: f64 = 100.0;

/// An edge of an arc, and the place on it that is nearest to a position.
struct Nearest {
    arc: ArcId,
    edge: usize,
    at: Coord,
    distance_m: f64,
}

impl Partition {
    pub(super) fn move_vertex(&mut self, from: Position, to: Position, outer: bool) -> Result<Change, EditError> {
        let (from, to) = (coord(from)?, coord(to)?);
        let (at, arcs) = self.vertex_at(from)?;
        self.check_outer(&arcs, at, outer)?;
        let moved = |line: &[Coord]| line.iter().map(|&it| if it == at { to } else { it }).collect();
        self.replace_lines(arcs, moved)
    }

    pub(super) fn insert_vertex(&mut self, on: Position, to: Position, outer: bool) -> Result<Change, EditError> {
        let (on, to) = (LonLat::try_from(geo::Point(coord(on)?))?, coord(to)?);
        let nearest = self.nearest_edge(on, REACH_M).ok_or(EditError::NoBorder { at: on })?;
        let arcs = BTreeSet::from([nearest.arc]);
        self.check_outer(&arcs, nearest.at, outer)?;
        let inserted = |line: &[Coord]| {
            let (before, after) = line.split_at(nearest.edge + 1);
            before.iter().copied().chain([to]).chain(after.iter().copied()).collect()
        };
        self.replace_lines(arcs, inserted)
    }

    pub(super) fn delete_vertex(&mut self, at: Position, outer: bool) -> Result<Change, EditError> {
        let (at, arcs) = self.vertex_at(coord(at)?)?;
        self.check_outer(&arcs, at, outer)?;
        let borders = self.store.ends(bits(at)).len();
        if borders > 2 {
            return Err(EditError::Node { at: located(at), borders });
        }
        let is_short =
            |id: &ArcId| self.store.arc(*id).is_some_and(|arc| arc.line.len() <= if arc.is_closed() { 4 } else { 2 });
        if arcs.iter().any(is_short) {
            return Err(EditError::TooFew { at: located(at) });
        }
        self.replace_lines(arcs, |line| without(line, at))
    }

    /// Gives arcs new lines; they keep their ids.
    fn replace_lines(&mut self, arcs: BTreeSet<ArcId>, new: impl Fn(&[Coord]) -> Vec<Coord>) -> Result<Change, EditError> {
        let mut draft = Draft::default();
        for &id in &arcs {
            let Some(arc) = self.store.arc(id) else { continue };
            let line = new(&arc.line);
            draft.relabelled.extend(swept(arc, &line));
            draft.added.push((Some(id), Arc { line, left: arc.left, right: arc.right }));
        }
        draft.removed = arcs;
        self.settle(draft)
    }

    /// The stored vertex at a position, and the arcs that have it.
    fn vertex_at(&self, at: Coord) -> Result<(Coord, BTreeSet<ArcId>), EditError> {
        let near = self.store.ids_near(&widened(&bounds_of(&[at]), NEAR));
        let vertices = near.iter().filter_map(|&id| self.store.arc(id)).flat_map(|arc| &arc.line).copied();
        let order = |a: Coord, b: Coord| apart(a, at).total_cmp(&apart(b, at));
        let vertex = vertices.min_by(|&a, &b| order(a, b)).filter(|&it| apart(it, at) <= NEAR);
        let vertex = vertex.ok_or(EditError::NoVertex { at: located(at) })?;
        let has_it = |id: &ArcId| self.store.arc(*id).is_some_and(|arc| arc.line.contains(&vertex));
        Ok((vertex, near.into_iter().filter(has_it).collect()))
    }

    fn check_outer(&self, arcs: &BTreeSet<ArcId>, at: Coord, outer: bool) -> Result<(), EditError> {
        let is_outer = |id: &ArcId| self.store.arc(*id).is_some_and(Arc::is_outer);
        if !outer && arcs.iter().any(is_outer) { Err(EditError::Outer { at: located(at) }) } else { Ok(()) }
    }

    pub(super) fn handle_near(&self, point: LonLat, within_m: f64) -> Option<Handle> {
        let at = point.to_point().0;
        let mut best: Option<(f64, ArcId, Coord)> = None;
        for id in self.store.ids_near(&around(point, within_m)) {
            for &vertex in self.store.arc(id).into_iter().flat_map(|arc| &arc.line) {
                if best.is_none_or(|(degrees, ..)| apart_by_scale(vertex, at) < degrees) {
                    best = Some((apart_by_scale(vertex, at), id, vertex));
                }
            }
        }
        let is_node = |at: Coord| self.store.ends(bits(at)).len() > 2;
        let vertex = best.map(|(_, arc, vertex)| {
            let distance_m = distance_m(point, located(vertex));
            Handle { arc, at: located(vertex), is_vertex: true, is_node: is_node(vertex), distance_m }
        });
        vertex.filter(|handle| handle.distance_m <= within_m).or_else(|| {
            let Nearest { arc, at, distance_m, .. } = self.nearest_edge(point, within_m)?;
            Some(Handle { arc, at: located(at), is_vertex: false, is_node: false, distance_m })
        })
    }

    /// The edge nearest to a point, within a distance.
    fn nearest_edge(&self, point: LonLat, within_m: f64) -> Option<Nearest> {
        let at = point.to_point().0;
        let scale = scale(at);
        let scaled = |it: Coord| Coord { x: it.x * scale, y: it.y };
        let mut best: Option<(f64, Nearest)> = None;
        for id in self.store.ids_near(&around(point, within_m)) {
            let Some(arc) = self.store.arc(id) else { continue };
            for (edge, pair) in arc.line.windows(2).enumerate() {
                let (_, share) = foot(scaled(at), (scaled(pair[0]), scaled(pair[1])));
                let place = pair[0] + (pair[1] - pair[0]) * share;
                let degrees = apart_by_scale(place, at);
                if best.as_ref().is_none_or(|(least, _)| degrees < *least) {
                    let distance_m = distance_m(point, located(place));
                    best = Some((degrees, Nearest { arc: id, edge, at: place, distance_m }));
                }
            }
        }
        best.map(|(_, nearest)| nearest).filter(|nearest| nearest.distance_m <= within_m)
    }
}

/// How much shorter a degree of longitude is than one of latitude, about.
pub(super) fn scale(at: Coord) -> f64 {
    at.y.to_radians().cos()
}

/// Degrees of latitude between two places that are near each other, about.
fn apart_by_scale(a: Coord, b: Coord) -> f64 {
    ((a.x - b.x) * scale(b)).hypot(a.y - b.y)
}

/// A box that holds whatever is within a distance, and a little more.
pub(super) fn around(point: LonLat, within_m: f64) -> BBox {
    /// A degree of latitude is never shorter.
    const METRES_PER_DEGREE: f64 = 110_000.0;
    let north = within_m.max(0.0) / METRES_PER_DEGREE;
    let east = north / scale(point.to_point().0).max(1e-3);
    let (lon, lat) = (point.lon(), point.lat());
    BBox { west: lon - east, south: lat - north, east: lon + east, north: lat + north }
}

/// A line without a vertex; a ring that began there begins at the next one.
fn without(line: &[Coord], at: Coord) -> Vec<Coord> {
    let is_ring_from_there = line.first() == Some(&at) && line.last() == Some(&at);
    let mut rest: Vec<Coord> = line.iter().copied().filter(|&it| it != at).collect();
    if is_ring_from_there {
        rest.extend(rest.first().copied());
    }
    rest
}
