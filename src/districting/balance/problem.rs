//! What is to be balanced, and what must stay.

use crate::districting::{Division, Graph};

/// How many parts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    Fixed(usize),
    /// Any number from the first to the second.
    Range(usize, usize),
}

impl Parts {
    pub(super) fn range(self) -> (usize, usize) {
        match self {
            Self::Fixed(parts) => (parts, parts),
            Self::Range(least, most) => (least, most),
        }
    }
}

/// How much each objective matters when moves are ranked and the search is directed; only ratios count. 0 leaves one out of the
/// ranking; the front shows it all the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    pub imbalance: f64,
    pub travel: f64,
    pub moved: f64,
    pub cut: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { imbalance: 1.0, travel: 1.0, moved: 1.0, cut: 1.0 }
    }
}

/// A balancing problem. Its first load is also what travels: see [`super::Objectives`].
#[derive(Clone, Debug)]
pub struct Problem {
    pub graph: Graph,
    pub parts: Parts,
    /// Today's division: where the search begins, and what `moved` is counted from. Its parts must be connected.
    pub start: Option<Division>,
    /// For each kind of load by how much the heaviest part may exceed the mean, as a share of it; empty for no such wish.
    pub tolerance: Vec<f64>,
    /// Atoms that stay in the part of the start.
    pub locked_atoms: Vec<u32>,
    /// Parts of the start that no atom leaves or joins.
    pub locked_parts: Vec<u32>,
    /// What it costs that an atom leaves its part of the start (residents who get another worker, say); empty for 1 each.
    pub moving: Vec<f64>,
    /// The most that moves may cost together.
    pub max_moved: Option<f64>,
    pub weights: Weights,
}

/// Why a problem makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProblemError {
    #[error("{least} to {most} parts of {atoms} atoms: from one part up to as many as there are atoms are possible")]
    Parts { least: usize, most: usize, atoms: usize },
    #[error(
        "the atoms are in {components} groups that do not touch, more than the {most} parts; raise the number of parts or join the groups"
    )]
    Components { components: usize, most: usize },
    #[error("part {part} of the start is in {pieces} pieces; mend it first, or leave out the start")]
    StartPieces { part: usize, pieces: usize },
    #[error("the start is a division of {found} atoms, the graph has {atoms}")]
    StartAtoms { found: usize, atoms: usize },
    #[error("{what} needs a start: there is nothing to stay as it is")]
    NoStart { what: &'static str },
    #[error("{what} {value} is none of the {count} there are")]
    Unknown { what: &'static str, value: u32, count: usize },
    #[error("{what} has {found} values; {wanted} or none are needed")]
    Count { what: &'static str, found: usize, wanted: usize },
    #[error("{what} is {value}; a number that is not negative is needed")]
    Value { what: &'static str, value: f64 },
    #[error("with these locks the start can't be made into {least} to {most} parts; unlock some, or keep its {parts} parts")]
    Locks { least: usize, most: usize, parts: usize },
}

impl Problem {
    /// `parts` parts, no start, no wishes.
    #[must_use]
    pub fn new(graph: Graph, parts: Parts) -> Self {
        Self {
            graph,
            parts,
            start: None,
            tolerance: Vec::new(),
            locked_atoms: Vec::new(),
            locked_parts: Vec::new(),
            moving: Vec::new(),
            max_moved: None,
            weights: Weights::default(),
        }
    }

    /// What it costs to move the atom out of its part.
    pub(super) fn moving(&self, atom: u32) -> f64 {
        self.moving.get(atom as usize).copied().unwrap_or(1.0)
    }

    /// # Errors
    /// [`ProblemError`] names what is wrong first.
    pub fn check(&self) -> Result<(), ProblemError> {
        let atoms = self.graph.atoms();
        let (least, most) = self.parts.range();
        if least == 0 || least > most || most > atoms {
            return Err(ProblemError::Parts { least, most, atoms });
        }
        let components = self.graph.components().1;
        if components > most {
            return Err(ProblemError::Components { components, most });
        }
        self.check_values()?;
        self.check_start()
    }

    fn check_values(&self) -> Result<(), ProblemError> {
        let lists =
            [("the tolerance", &self.tolerance, self.graph.kinds()), ("the cost of moving", &self.moving, self.graph.atoms())];
        for (what, values, wanted) in lists {
            if !values.is_empty() && values.len() != wanted {
                return Err(ProblemError::Count { what, found: values.len(), wanted });
            }
            if let Some(&value) = values.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
                return Err(ProblemError::Value { what, value });
            }
        }
        let Weights { imbalance, travel, moved, cut } = self.weights;
        for (what, value) in [
            ("the cap on moves", self.max_moved.unwrap_or(0.0)),
            ("the weight of the imbalance", imbalance),
            ("the weight of the ways", travel),
            ("the weight of the moves", moved),
            ("the weight of the borders", cut),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(ProblemError::Value { what, value });
            }
        }
        Ok(())
    }

    fn check_start(&self) -> Result<(), ProblemError> {
        let Some(start) = &self.start else {
            let what = [
                ("a lock on atoms", !self.locked_atoms.is_empty()),
                ("a lock on parts", !self.locked_parts.is_empty()),
                ("a cap on moves", self.max_moved.is_some()),
            ];
            return what.iter().find(|(_, wished)| *wished).map_or(Ok(()), |&(what, _)| Err(ProblemError::NoStart { what }));
        };
        let (found, atoms) = (start.part_of().len(), self.graph.atoms());
        if found != atoms {
            return Err(ProblemError::StartAtoms { found, atoms });
        }
        if let Some((part, &pieces)) = start.pieces(&self.graph).iter().enumerate().find(|(_, pieces)| **pieces != 1) {
            return Err(ProblemError::StartPieces { part, pieces });
        }
        let lists = [("locked atom", &self.locked_atoms, atoms), ("locked part", &self.locked_parts, start.parts())];
        for (what, numbers, count) in lists {
            if let Some(&value) = numbers.iter().find(|&&number| number as usize >= count) {
                return Err(ProblemError::Unknown { what, value, count });
            }
        }
        Ok(())
    }
}
