//! The graph of atoms: what each one weighs, which ones touch.

use std::collections::VecDeque;

/// The most atoms, edges and kinds of load that a graph may have: more is a mistake, or a whole county that should come village
/// by village.
pub const MOST_ATOMS: usize = 1_000_000;
pub const MOST_EDGES: usize = 8_000_000;
pub const MOST_KINDS: usize = 8;

/// One end of an edge, as seen from the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    pub to: u32,
    /// Place in [`Graph::edges`].
    pub edge: u32,
}

/// Atoms (households, buildings, micro-grids, census units) and which of them touch: simple, undirected, in compressed rows.
///
/// Loads have any unit, as long as it is the same for all atoms; weights of edges too (usually metres of shared border);
/// positions are in a plane, metres unless the caller says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    first_arc: Vec<u32>,
    arcs: Vec<Arc>,
    edges: Vec<[u32; 2]>,
    weights: Vec<f64>,
    /// `kind`-major: the first load of all atoms, then the second.
    loads: Vec<Vec<f64>>,
    positions: Option<Vec<[f64; 2]>>,
}

/// Why these atoms and edges are no graph.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GraphError {
    #[error("it has no atoms; at least one is needed")]
    Empty,
    #[error("{count} {what} are more than the {most} that one graph may have; divide it village by village")]
    TooLarge { what: &'static str, count: usize, most: usize },
    #[error("{count} {what} for {atoms} atoms; one for each is needed")]
    Count { what: &'static str, count: usize, atoms: usize },
    #[error("load {kind} of atom {atom} is {value}; a finite number that is not negative is needed")]
    Load { kind: usize, atom: usize, value: f64 },
    #[error("all atoms have the load 0 of kind {kind}: there is nothing to balance; leave that kind out")]
    NoLoad { kind: usize },
    #[error("the position of atom {atom} is not finite; give a position in a plane, or leave out all positions")]
    Position { atom: usize },
    #[error("edge {edge} joins {a} and {b}, but atoms are numbered from 0 to {last}")]
    Range { edge: usize, a: u64, b: u64, last: usize },
    #[error("edge {edge} joins atom {atom} with itself; leave it out")]
    Loop { edge: usize, atom: u32 },
    #[error("edge {edge} joins {a} and {b} once more, as edge {before} does; give each pair once, with the whole weight")]
    Twice { edge: usize, before: usize, a: u32, b: u32 },
    #[error("edge {edge} ({a} to {b}) weighs {weight}; a finite number that is not negative is needed")]
    Weight { edge: usize, a: u32, b: u32, weight: f64 },
}

impl Graph {
    /// `loads`: at least one kind, each with one value an atom; `edges`: pairs of atoms, each once, either way round, with a weight.
    ///
    /// # Errors
    /// [`GraphError`] names the first atom or edge that is wrong.
    pub fn new(loads: Vec<Vec<f64>>, edges: &[(u32, u32, f64)]) -> Result<Self, GraphError> {
        let atoms = loads.first().map_or(0, Vec::len);
        check_loads(&loads, atoms)?;
        if edges.len() > MOST_EDGES {
            return Err(GraphError::TooLarge { what: "edges", count: edges.len(), most: MOST_EDGES });
        }
        let mut degree = vec![0_u32; atoms + 1];
        for (edge, &(a, b, weight)) in edges.iter().enumerate() {
            if a.max(b) as usize >= atoms {
                return Err(GraphError::Range { edge, a: a.into(), b: b.into(), last: atoms - 1 });
            }
            if a == b {
                return Err(GraphError::Loop { edge, atom: a });
            }
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(GraphError::Weight { edge, a, b, weight });
            }
            degree[a as usize + 1] += 1;
            degree[b as usize + 1] += 1;
        }
        let mut first_arc = degree;
        for atom in 0..atoms {
            first_arc[atom + 1] += first_arc[atom];
        }
        let mut next = first_arc.clone();
        let mut arcs = vec![Arc { to: 0, edge: 0 }; 2 * edges.len()];
        for (edge, &(a, b, _)) in edges.iter().enumerate() {
            for (from, to) in [(a, b), (b, a)] {
                let place = &mut next[from as usize];
                arcs[*place as usize] = Arc { to, edge: narrow(edge) };
                *place += 1;
            }
        }
        for atom in 0..atoms {
            arcs[first_arc[atom] as usize..first_arc[atom + 1] as usize].sort_unstable_by_key(|arc| (arc.to, arc.edge));
        }
        let graph = Self {
            first_arc,
            arcs,
            edges: edges.iter().map(|&(a, b, _)| [a.min(b), a.max(b)]).collect(),
            weights: edges.iter().map(|&(_, _, weight)| weight).collect(),
            loads,
            positions: None,
        };
        graph.check_no_edge_twice()?;
        Ok(graph)
    }

    /// The same graph with a position for each atom, in a plane.
    ///
    /// # Errors
    /// [`GraphError`] if there is not one finite position for each atom.
    pub fn with_positions(mut self, positions: Vec<[f64; 2]>) -> Result<Self, GraphError> {
        if positions.len() != self.atoms() {
            return Err(GraphError::Count { what: "positions", count: positions.len(), atoms: self.atoms() });
        }
        if let Some(atom) = positions.iter().position(|at| !at.iter().all(|x| x.is_finite())) {
            return Err(GraphError::Position { atom });
        }
        self.positions = Some(positions);
        Ok(self)
    }

    fn check_no_edge_twice(&self) -> Result<(), GraphError> {
        for atom in 0..self.atoms() {
            if let Some(pair) = self.arcs(narrow(atom)).windows(2).find(|pair| pair[0].to == pair[1].to) {
                let [a, b] = self.edges[pair[0].edge as usize];
                return Err(GraphError::Twice { edge: pair[1].edge as usize, before: pair[0].edge as usize, a, b });
            }
        }
        Ok(())
    }

    #[must_use]
    pub fn atoms(&self) -> usize {
        self.first_arc.len() - 1
    }

    /// How many loads each atom has.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.loads.len()
    }

    /// The load of that kind of each atom.
    #[must_use]
    pub fn loads(&self, kind: usize) -> &[f64] {
        &self.loads[kind]
    }

    #[must_use]
    pub fn total(&self, kind: usize) -> f64 {
        self.loads[kind].iter().sum()
    }

    /// Both atoms of each edge, the lower number first, in the order given.
    #[must_use]
    pub fn edges(&self) -> &[[u32; 2]] {
        &self.edges
    }

    /// The weight of each edge.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    #[must_use]
    pub fn positions(&self) -> Option<&[[f64; 2]]> {
        self.positions.as_deref()
    }

    /// The edges of an atom, by neighbour.
    #[must_use]
    pub fn arcs(&self, atom: u32) -> &[Arc] {
        &self.arcs[self.first_arc[atom as usize] as usize..self.first_arc[atom as usize + 1] as usize]
    }

    /// Connected components: the number of each atom's, counted from 0 in the order of their lowest atoms, and how many there are.
    #[must_use]
    pub fn components(&self) -> (Vec<u32>, usize) {
        self.components_within(|_, _| true)
    }

    /// The same if only edges between `joined` atoms count.
    pub(super) fn components_within(&self, joined: impl Fn(u32, u32) -> bool) -> (Vec<u32>, usize) {
        const NONE: u32 = u32::MAX;
        let mut component = vec![NONE; self.atoms()];
        let mut count = 0;
        let mut queue = VecDeque::new();
        for start in 0..narrow(self.atoms()) {
            if component[start as usize] != NONE {
                continue;
            }
            component[start as usize] = count;
            queue.push_back(start);
            while let Some(atom) = queue.pop_front() {
                for arc in self.arcs(atom) {
                    if component[arc.to as usize] == NONE && joined(atom, arc.to) {
                        component[arc.to as usize] = count;
                        queue.push_back(arc.to);
                    }
                }
            }
            count += 1;
        }
        (component, count as usize)
    }
}

fn check_loads(loads: &[Vec<f64>], atoms: usize) -> Result<(), GraphError> {
    if atoms == 0 {
        return Err(GraphError::Empty);
    }
    for (what, count, most) in [("atoms", atoms, MOST_ATOMS), ("kinds of load", loads.len(), MOST_KINDS)] {
        if count > most {
            return Err(GraphError::TooLarge { what, count, most });
        }
    }
    for (kind, values) in loads.iter().enumerate() {
        if values.len() != atoms {
            return Err(GraphError::Count { what: "loads", count: values.len(), atoms });
        }
        if let Some(atom) = values.iter().position(|value| !(value.is_finite() && *value >= 0.0)) {
            return Err(GraphError::Load { kind, atom, value: values[atom] });
        }
        if values.iter().all(|&value| value == 0.0) {
            return Err(GraphError::NoLoad { kind });
        }
    }
    Ok(())
}

/// Numbers of atoms, edges and parts fit in 32 bits: see [`MOST_ATOMS`] and [`MOST_EDGES`].
#[expect(clippy::cast_possible_truncation, reason = "graphs are far smaller than 2³² (MOST_ATOMS, MOST_EDGES)")]
pub(super) fn narrow(number: usize) -> u32 {
    number as u32
}

/// Counts as figures.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(edges: &[(u32, u32, f64)]) -> Result<Graph, GraphError> {
        Graph::new(vec![vec![1.0, 2.0, 3.0]], edges)
    }

    #[test]
    fn what_is_no_graph_is_refused_by_name() {
        assert_eq!(Graph::new(vec![], &[]), Err(GraphError::Empty));
        assert_eq!(path(&[(0, 3, 1.0)]), Err(GraphError::Range { edge: 0, a: 0, b: 3, last: 2 }));
        assert_eq!(path(&[(0, 1, 1.0), (2, 2, 1.0)]), Err(GraphError::Loop { edge: 1, atom: 2 }));
        assert_eq!(path(&[(0, 1, 1.0), (1, 2, 1.0), (1, 0, 1.0)]), Err(GraphError::Twice { edge: 2, before: 0, a: 0, b: 1 }));
        assert_eq!(path(&[(0, 1, -1.0)]), Err(GraphError::Weight { edge: 0, a: 0, b: 1, weight: -1.0 }));
        let loads = |value| Graph::new(vec![vec![1.0, value]], &[]);
        assert_eq!(loads(-1.0), Err(GraphError::Load { kind: 0, atom: 1, value: -1.0 }));
        assert!(matches!(loads(f64::NAN), Err(GraphError::Load { atom: 1, .. })));
        assert_eq!(Graph::new(vec![vec![1.0], vec![0.0]], &[]), Err(GraphError::NoLoad { kind: 1 }));
        assert!(matches!(Graph::new(vec![vec![1.0], vec![]], &[]), Err(GraphError::Count { .. })));
        assert!(path(&[]).unwrap().with_positions(vec![[0.0, 0.0]]).is_err());
        assert_eq!(
            path(&[]).unwrap().with_positions(vec![[0.0, 0.0], [0.0, f64::INFINITY], [0.0, 0.0]]),
            Err(GraphError::Position { atom: 1 })
        );
    }

    #[test]
    fn rows_hold_each_edge_from_both_ends() {
        let graph = path(&[(2, 1, 5.0), (0, 1, 7.0)]).unwrap();
        assert_eq!(graph.edges(), [[1, 2], [0, 1]]);
        assert_eq!(graph.arcs(1), [Arc { to: 0, edge: 1 }, Arc { to: 2, edge: 0 }]);
        assert_eq!(graph.components(), (vec![0, 0, 0], 1));
        assert_eq!(path(&[(0, 2, 1.0)]).unwrap().components(), (vec![0, 1, 0], 2));
    }
}
