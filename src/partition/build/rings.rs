//! The rings of all places over one list of vertices.

use super::{BuildError, PlaceInput};
use crate::{
    geometry::LonLat,
    partition::{
        exact::{Bits, bits, located},
        trace::is_counter_clockwise,
    },
};
use geo::{Coord, LineString};
use std::collections::HashMap;

/// A ring as numbers of vertices, without its closing one; the place lies on its left.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    /// Place in the list of places.
    pub(super) place: u32,
    pub(super) vertices: Vec<u32>,
}

/// All rings.
#[derive(Clone, Debug, Default)]
pub(super) struct Rings {
    pub(super) coords: Vec<Coord>,
    pub(super) rings: Vec<Ring>,
}

impl Rings {
    pub(super) fn of(places: &[PlaceInput]) -> Result<Self, BuildError> {
        let mut all = Self::default();
        let mut known: HashMap<Bits, u32> = HashMap::new();
        for (input, place) in places.iter().zip(0..) {
            for polygon in input.shape {
                all.push(input, place, polygon.exterior(), true, &mut known)?;
                for hole in polygon.interiors() {
                    all.push(input, place, hole, false, &mut known)?;
                }
            }
        }
        Ok(all)
    }

    fn push(
        &mut self,
        input: &PlaceInput,
        place: u32,
        ring: &LineString,
        is_exterior: bool,
        known: &mut HashMap<Bits, u32>,
    ) -> Result<(), BuildError> {
        let wrong = |why: String, at: Coord| BuildError::Shape { place: input.id, why, at: located(at) };
        let mut line = ring.0.clone();
        if let Some((at, error)) = line.iter().find_map(|at| Some((*at, LonLat::from_degrees(at.x, at.y).err()?))) {
            return Err(wrong(error.to_string(), at));
        }
        line.dedup();
        if line.len() > 1 && line.first() == line.last() {
            line.pop();
        }
        if line.len() < 3 {
            let at = line.first().copied().unwrap_or(Coord::zero());
            return Err(wrong("a ring has fewer than three different vertices".to_owned(), at));
        }
        if is_counter_clockwise(&line) != is_exterior {
            line.reverse();
        }
        let mut number = |at: Coord| {
            *known.entry(bits(at)).or_insert_with(|| {
                self.coords.push(at);
                count(self.coords.len() - 1)
            })
        };
        let vertices = line.into_iter().map(&mut number).collect();
        self.rings.push(Ring { place, vertices });
        Ok(())
    }

    /// Each vertex replaced; what a ring repeats then, goes.
    pub(super) fn renumber(&mut self, new: impl Fn(u32) -> u32) {
        for ring in &mut self.rings {
            for vertex in &mut ring.vertices {
                *vertex = new(*vertex);
            }
            ring.vertices.dedup();
            while ring.vertices.len() > 1 && ring.vertices.first() == ring.vertices.last() {
                ring.vertices.pop();
            }
        }
        self.rings.retain(|ring| ring.vertices.len() > 2);
    }

    /// Puts vertices into edges, which are given with the smaller number first.
    pub(super) fn insert(&mut self, into: &HashMap<(u32, u32), Vec<u32>>) {
        for ring in &mut self.rings {
            let n = ring.vertices.len();
            let mut vertices = Vec::with_capacity(n);
            for place in 0..n {
                let (from, to) = (ring.vertices[place], ring.vertices[(place + 1) % n]);
                vertices.push(from);
                if let Some(inserted) = into.get(&(from.min(to), from.max(to))) {
                    if from < to {
                        vertices.extend(inserted);
                    } else {
                        vertices.extend(inserted.iter().rev());
                    }
                }
            }
            ring.vertices = vertices;
        }
        self.renumber(|vertex| vertex);
    }

    /// The edges, each once, smaller number first, ascending.
    pub(super) fn edges(&self) -> Vec<(u32, u32)> {
        let mut edges: Vec<(u32, u32)> = self.rings.iter().flat_map(Ring::edges).map(|(a, b)| (a.min(b), a.max(b))).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    pub(super) fn at(&self, vertex: u32) -> Coord {
        self.coords[vertex as usize]
    }
}

impl Ring {
    pub(super) fn edges(&self) -> impl Iterator<Item = (u32, u32)> {
        let n = self.vertices.len();
        (0..n).map(move |place| (self.vertices[place], self.vertices[(place + 1) % n]))
    }
}

/// Counts of vertices, arcs and faces fit: memory would end first.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
