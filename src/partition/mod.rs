//! The planar subdivision: borders as shared arcs, so that no edit can leave a gap or an overlap.
//!
//! ```text
//! polygons ─ build ─▶ Partition ─ perform(&Edit) ─▶ Change ─ inverse ─ apply ─▶ the partition before, bit for bit
//! ```
//!
//! A border is stored once, as an [`Arc`] between two nodes, with the finest place on each side: the micro-grid, or the grid
//! where it has no micro-grid, or the village where no grid covers it, or nothing outside of all. There is no record of a shape:
//! the shape of a place is whatever has it or one of its parts as the finest place. So places nest by construction, and neighbours
//! share their border because there is only one.
//!
//! Coordinates are the stored degrees (EPSG:4326), bit for bit: an untouched border never changes. Exact predicates decide.

mod arc;
mod area;
mod assemble;
mod build;
mod cells;
mod change;
mod check;
mod claim;
mod draft;
mod edit;
#[cfg(test)]
mod edit_tests;
mod error;
mod exact;
mod extent;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
mod locate;
#[cfg(any(test, feature = "testing"))]
pub mod marathon;
mod measure;
mod overlay;
mod pieces;
mod redraw;
mod region;
mod smooth;
mod snap;
mod split;
mod store;
mod swept;
#[cfg(test)]
mod tests;
mod trace;
mod vertex;
mod whole;

pub use arc::{Arc, ArcId, Place, PlaceKey};
pub use build::{BuildError, BuildFlaw, DEFAULT_TOLERANCE_M, FlawKind, Mended, MendedKind};
pub use cells::cells_of;
pub use change::{Change, Relabelled};
pub use check::{Broken, BrokenRule};
pub use edit::{Edit, Line, New, Position, Region, Simplification};
pub use error::EditError;
pub use pieces::pieces;
pub use snap::snapped;

use crate::{
    geometry::{BBox, LonLat, area_m2},
    place::{Id, Level},
};
use geo::MultiPolygon;
use std::collections::BTreeMap;

/// A place as it comes from a store.
#[derive(Clone, Copy, Debug)]
pub struct PlaceInput<'a> {
    pub id: Id,
    pub level: Level,
    pub parent: Option<Id>,
    /// EPSG:4326, valid; right-hand rings or not.
    pub shape: &'a MultiPolygon,
}

/// The subdivision of an area.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    store: store::Store,
}

/// A vertex or an edge of a border near a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handle {
    pub arc: ArcId,
    /// The vertex itself, or the nearest place on the edge.
    pub at: LonLat,
    /// Whether it is a stored vertex; otherwise it lies on the edge.
    pub is_vertex: bool,
    /// Whether three or more borders meet there.
    pub is_node: bool,
    /// Geodesic distance from the position asked for, m.
    pub distance_m: f64,
}

/// A neighbour of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// `None` for what lies outside of all places.
    pub place: Option<PlaceKey>,
    /// Length of the common border, m.
    pub border_m: f64,
}

impl Partition {
    /// Builds the subdivision from the polygons of all levels together.
    ///
    /// Vertices within `tolerance_m` ([`DEFAULT_TOLERANCE_M`]) of each other, or of an edge, become one; slivers of double or no
    /// cover go to the neighbour with the longest common border; each such repair is reported. If there is none, [`Self::shape`]
    /// gives back the polygons as they came. Grids need not fill their village, nor micro-grids their grid.
    ///
    /// # Errors
    /// [`BuildError`] lists all that can't be mended, with its place.
    pub fn build(places: &[PlaceInput], tolerance_m: f64) -> Result<(Self, Vec<Mended>), BuildError> {
        build::build(places, tolerance_m)
    }

    /// The key of a place, `None` if it is not in this partition. Keys are small numbers; a key is never reused while its place
    /// stands, and undoing brings the same key back.
    #[must_use]
    pub fn key(&self, id: Id) -> Option<PlaceKey> {
        self.store.key(id)
    }

    /// What is known of a place.
    #[must_use]
    pub fn place(&self, key: PlaceKey) -> Option<&Place> {
        self.store.place(key)
    }

    /// All places, by key.
    pub fn places(&self) -> impl Iterator<Item = (PlaceKey, &Place)> {
        self.store.places()
    }

    /// The parts of a place one level below, by key.
    #[must_use]
    pub fn children(&self, key: PlaceKey) -> Vec<PlaceKey> {
        self.store.children(key).collect()
    }

    /// The place itself or the one above it which is at `level`.
    #[must_use]
    pub fn at_level(&self, key: PlaceKey, level: Level) -> Option<PlaceKey> {
        self.store.at_level(key, level)
    }

    /// All arcs, by id.
    pub fn arcs(&self) -> impl Iterator<Item = (ArcId, &Arc)> {
        self.store.arcs()
    }

    #[must_use]
    pub fn arc(&self, id: ArcId) -> Option<&Arc> {
        self.store.arc(id)
    }

    /// The arcs whose boxes meet `bounds`, by id.
    #[must_use]
    pub fn arcs_in(&self, bounds: &BBox) -> Vec<(ArcId, &Arc)> {
        self.store.ids_near(bounds).into_iter().filter_map(|id| Some((id, self.store.arc(id)?))).collect()
    }

    /// The shape of a place: valid, exteriors counter-clockwise, holes clockwise, each ring from its westernmost (then
    /// southernmost) vertex, parts and holes in the order of these. Empty if the place is unknown.
    #[must_use]
    pub fn shape(&self, key: PlaceKey) -> MultiPolygon {
        let halves = self.halves_of(&self.store.family(key));
        trace::polygons(&halves, &trace::faces(&halves))
    }

    /// How many pieces of ground the place has that do not touch along a border.
    #[must_use]
    pub fn parts(&self, key: PlaceKey) -> usize {
        trace::faces(&self.halves_of(&self.store.family(key))).len()
    }

    /// Area of a place on the ellipsoid, m².
    #[must_use]
    pub fn area_m2(&self, key: PlaceKey) -> f64 {
        area_m2(&self.shape(key))
    }

    /// Length of the border of a place, m, without tracing its shape.
    #[must_use]
    pub fn perimeter_m(&self, key: PlaceKey) -> f64 {
        self.halves_of(&self.store.family(key)).iter().map(|half| measure::length_m(half.line)).sum()
    }

    /// The places of `key`'s level along its border (or what is there instead, where nothing of that level is), with the length
    /// of the common border, by key; outside comes first.
    #[must_use]
    pub fn neighbours(&self, key: PlaceKey) -> Vec<Neighbour> {
        let Some(level) = self.store.place(key).map(|place| place.level) else { return Vec::new() };
        let family = self.store.family(key);
        let mut lengths: BTreeMap<Option<PlaceKey>, f64> = BTreeMap::new();
        for arc in self.store.family_borders(&family).into_iter().filter_map(|id| self.store.arc(id)) {
            let is_in = |side: Option<PlaceKey>| side.is_some_and(|key| family.contains(&key));
            if is_in(arc.left) != is_in(arc.right) {
                let beyond = if is_in(arc.left) { arc.right } else { arc.left };
                let beyond = beyond.map(|key| self.store.at_level(key, level).unwrap_or(key));
                *lengths.entry(beyond).or_default() += measure::length_m(&arc.line);
            }
        }
        lengths.into_iter().map(|(place, border_m)| Neighbour { place, border_m }).collect()
    }

    /// The arcs that divide `a` from `b` (with their parts), by id; `None` is outside.
    #[must_use]
    pub fn borders_between(&self, a: PlaceKey, b: Option<PlaceKey>) -> Vec<ArcId> {
        self.arcs_between(a, b)
    }

    /// The finest place at a point, by the half-open rule of [`crate::spatial`]; `None` outside.
    #[must_use]
    pub fn locate(&self, point: LonLat) -> Option<PlaceKey> {
        self.place_at(point.to_point().0)
    }

    /// The border vertex nearest to `point` within `within_m` (geodesic), else the nearest place on an edge.
    #[must_use]
    pub fn vertex_near(&self, point: LonLat, within_m: f64) -> Option<Handle> {
        self.handle_near(point, within_m)
    }

    /// Performs an edit. The same edit on the same partition gives the same change.
    ///
    /// # Errors
    /// [`EditError`], located; the partition is then as it was.
    pub fn perform(&mut self, edit: &Edit) -> Result<Change, EditError> {
        match edit {
            Edit::MoveVertex { from, to, outer } => self.move_vertex(*from, *to, *outer),
            Edit::InsertVertex { on, to, outer } => self.insert_vertex(*on, *to, *outer),
            Edit::DeleteVertex { at, outer } => self.delete_vertex(*at, *outer),
            Edit::Redraw { a, b, line } => self.redraw(*a, *b, line),
            Edit::Split { place, line, new, cut_below } => self.split(*place, line, *new, *cut_below),
            Edit::Merge { from, into } => self.merge(*from, *into),
            Edit::Transfer { region, to, from, outer } => self.transfer(region, *to, from, *outer),
            Edit::Reparent { places, to } => self.reparent(places, *to),
            Edit::Simplify { place, method, tolerance_m } => self.simplify(*place, *method, *tolerance_m),
            Edit::Smooth { place, rounds } => self.smooth(*place, *rounds),
            Edit::Create { new, level, parent, region, from, outer } => {
                self.create(*new, *level, *parent, region, (from, *outer))
            }
            Edit::Retire { place, to } => self.retire(*place, *to),
        }
    }

    /// What [`Self::perform`] would change: performs it and takes it back.
    ///
    /// # Errors
    /// As [`Self::perform`].
    pub fn propose(&mut self, edit: &Edit) -> Result<Change, EditError> {
        let change = self.perform(edit)?;
        self.apply(&change.inverse())?;
        Ok(change)
    }

    /// Applies a change made before, or its inverse: undo and redo, exact to the bit.
    ///
    /// # Errors
    /// [`EditError::OutOfOrder`] if this partition is not the one on which the change was made.
    pub fn apply(&mut self, change: &Change) -> Result<(), EditError> {
        self.store.apply(change)
    }

    /// Checks all invariants exactly.
    ///
    /// # Errors
    /// The first that is broken, and where.
    pub fn check(&self) -> Result<(), Broken> {
        self.check_all()
    }
}
