//! A division: which part each atom belongs to.

use super::graph::{Graph, narrow};

/// Every atom in one part; parts are numbered from 0 and none is empty. They need not be connected: see
/// [`Division::pieces`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Division {
    part_of: Vec<u32>,
    parts: u32,
}

/// Why these numbers are no division of the graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DivisionError {
    #[error("it has {count} atoms, the graph has {atoms}; one part for each atom is needed")]
    Count { count: usize, atoms: usize },
    #[error("atom {atom} is in part {part}, but no atom is in part {empty}; number the parts from 0 without gaps")]
    Gap { atom: usize, part: u32, empty: u32 },
}

impl Division {
    /// `part_of`: for each atom of the graph the number of its part.
    ///
    /// # Errors
    /// [`DivisionError`] if the count is another than the graph's, or a number below the highest has no atom.
    pub fn new(graph: &Graph, part_of: Vec<u32>) -> Result<Self, DivisionError> {
        if part_of.len() != graph.atoms() {
            return Err(DivisionError::Count { count: part_of.len(), atoms: graph.atoms() });
        }
        let mut seen = vec![false; part_of.len()];
        let most = part_of.iter().copied().max().unwrap_or(0);
        for &part in &part_of {
            if let Some(seen) = seen.get_mut(part as usize) {
                *seen = true;
            }
        }
        if let Some(empty) = seen.iter().position(|seen| !seen).map(narrow).filter(|&empty| empty < most) {
            let atom = part_of.iter().position(|&part| part == most).unwrap_or(0);
            return Err(DivisionError::Gap { atom, part: most, empty });
        }
        Ok(Self { part_of, parts: most + 1 })
    }

    /// Any labels (a column of a file, say) as a division: parts are numbered in the order of their labels.
    ///
    /// # Errors
    /// [`DivisionError::Count`]
    pub fn from_labels<L: Ord>(graph: &Graph, labels: &[L]) -> Result<Self, DivisionError> {
        let mut distinct: Vec<&L> = labels.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        Self::new(graph, labels.iter().map(|label| narrow(distinct.partition_point(|other| *other < label))).collect())
    }

    /// For the search, which keeps parts full by itself.
    pub(super) fn from_search(part_of: Vec<u32>, parts: u32) -> Self {
        debug_assert!((0..parts).all(|part| part_of.contains(&part)), "an empty part");
        Self { part_of, parts }
    }

    /// The part of each atom.
    #[must_use]
    pub fn part_of(&self) -> &[u32] {
        &self.part_of
    }

    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts as usize
    }

    /// The load of that kind of each part.
    #[must_use]
    pub fn part_loads(&self, graph: &Graph, kind: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.parts()];
        for (&part, load) in self.part_of.iter().zip(graph.loads(kind)) {
            sums[part as usize] += load;
        }
        sums
    }

    /// How many connected pieces each part has; 1 for a connected part.
    #[must_use]
    pub fn pieces(&self, graph: &Graph) -> Vec<usize> {
        let (piece_of, count) = graph.components_within(|a, b| self.part_of[a as usize] == self.part_of[b as usize]);
        let mut part_of_piece = vec![0; count];
        for (&piece, &part) in piece_of.iter().zip(&self.part_of) {
            part_of_piece[piece as usize] = part;
        }
        let mut pieces = vec![0; self.parts()];
        for part in part_of_piece {
            pieces[part as usize] += 1;
        }
        pieces
    }

    #[must_use]
    pub fn is_connected(&self, graph: &Graph) -> bool {
        self.pieces(graph).iter().all(|&pieces| pieces == 1)
    }

    /// The edges whose ends are in different parts: how many, and the sum of their weights.
    #[must_use]
    pub fn cut(&self, graph: &Graph) -> (usize, f64) {
        let cut = graph
            .edges()
            .iter()
            .zip(graph.weights())
            .filter(|([a, b], _)| self.part_of[*a as usize] != self.part_of[*b as usize]);
        cut.fold((0, 0.0), |(count, sum), (_, weight)| (count + 1, sum + weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::sample::grid;

    #[test]
    fn a_division_has_no_empty_part() {
        let graph = grid(2, 2);
        assert_eq!(Division::new(&graph, vec![0, 1]), Err(DivisionError::Count { count: 2, atoms: 4 }));
        assert_eq!(Division::new(&graph, vec![0, 0, 2, 0]), Err(DivisionError::Gap { atom: 2, part: 2, empty: 1 }));
        assert_eq!(
            Division::new(&graph, vec![0, 0, u32::MAX, 0]),
            Err(DivisionError::Gap { atom: 2, part: u32::MAX, empty: 1 })
        );
        let labels = Division::from_labels(&graph, &["north", "north", "east", "south"]).unwrap();
        assert_eq!(labels.part_of(), [1, 1, 0, 2]);
    }

    #[test]
    fn cuts_of_the_chessboard_are_those_of_the_textbook() {
        let graph = grid(8, 8);
        let halves: Vec<u32> = (0..64).map(|atom| u32::from(atom % 8 >= 4)).collect();
        let quadrants: Vec<u32> = (0..64).map(|atom| u32::from(atom % 8 >= 4) + 2 * u32::from(atom / 8 >= 4)).collect();
        assert_eq!(Division::new(&graph, halves).unwrap().cut(&graph).0, 8);
        assert_eq!(Division::new(&graph, quadrants).unwrap().cut(&graph).0, 16);
    }

    #[test]
    fn pieces_are_counted_part_by_part() {
        let stripes: Vec<u32> = (0..9).map(|atom| u32::from(atom % 3 == 1)).collect();
        let division = Division::new(&grid(3, 3), stripes).unwrap();
        assert_eq!(division.pieces(&grid(3, 3)), [2, 1]);
        assert!(!division.is_connected(&grid(3, 3)));
        assert_eq!(division.part_loads(&grid(3, 3), 0), [6.0, 3.0]);
    }
}
