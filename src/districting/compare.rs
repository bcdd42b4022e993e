//! Two divisions of the same atoms compared, whatever their parts are called and however many there are.

use super::{Division, Graph, graph::float};

/// How far two divisions are apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Atoms that are in different parts when the parts of both are matched as well as can be.
    pub hamming: usize,
    /// The load of these atoms.
    pub hamming_load: f64,
    /// For each part of the first division the part of the second that it was matched with, by number of atoms; `None` where the
    /// second has fewer parts.
    pub matched: Vec<Option<u32>>,
    /// Variation of information in nats, atoms weighed by their load (M. Meilă, Journal of Multivariate Analysis 98, 2007).
    pub variation_of_information: f64,
}

/// Compares `a` with `b`, both of `graph`; loads are of that kind. O(n + k³).
#[must_use]
pub fn compare(graph: &Graph, kind: usize, a: &Division, b: &Division) -> Comparison {
    let loads = graph.loads(kind);
    let ones = vec![1.0; loads.len()];
    let atoms = overlaps(a, b, &ones);
    let loads = overlaps(a, b, loads);
    let by_atoms = best_matching(&atoms);
    let by_load = best_matching(&loads);
    let shared = |overlaps: &[Vec<f64>], matching: &[Option<usize>]| -> f64 {
        matching.iter().zip(overlaps).filter_map(|(to, row)| to.map(|to| row[to])).sum()
    };
    let same = shared(&atoms, &by_atoms);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of atoms")]
    let hamming = graph.atoms() - same.round() as usize;
    Comparison {
        hamming,
        hamming_load: (graph.total(kind) - shared(&loads, &by_load)).max(0.0),
        matched: by_atoms.into_iter().map(|to| to.map(super::graph::narrow)).collect(),
        variation_of_information: variation_of_information(&loads),
    }
}

/// What each part of `a` (rows) has in common with each of `b`.
fn overlaps(a: &Division, b: &Division, weights: &[f64]) -> Vec<Vec<f64>> {
    let mut table = vec![vec![0.0; b.parts()]; a.parts()];
    for ((&row, &column), weight) in a.part_of().iter().zip(b.part_of()).zip(weights) {
        table[row as usize][column as usize] += weight;
    }
    table
}

fn variation_of_information(table: &[Vec<f64>]) -> f64 {
    let total: f64 = table.iter().flatten().sum();
    let rows: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> =
        (0..table.first().map_or(0, Vec::len)).map(|column| table.iter().map(|row| row[column]).sum()).collect();
    let mut information = 0.0;
    for (row, of_row) in table.iter().zip(&rows) {
        for (&both, of_column) in row.iter().zip(&columns) {
            if both > 0.0 {
                information -= both / total * ((both / of_row).ln() + (both / of_column).ln());
            }
        }
    }
    information.max(0.0)
}

/// The matching of rows to columns, each at most once, with the largest sum: the Hungarian method (H. W. Kuhn, 1955) with
/// potentials, O(k³). Rows that stay alone have `None`.
pub(super) fn best_matching(table: &[Vec<f64>]) -> Vec<Option<usize>> {
    let (rows, columns) = (table.len(), table.first().map_or(0, Vec::len));
    let side = rows.max(columns);
    // Costs of a square table, numbered from 1: row 0 and column 0 are the usual helpers.
    let cost = |row: usize, column: usize| -table.get(row - 1).and_then(|row| row.get(column - 1)).copied().unwrap_or(0.0);
    let (mut of_row, mut of_column) = (vec![0.0; side + 1], vec![0.0; side + 1]);
    let mut row_of = vec![0_usize; side + 1];
    for row in 1..=side {
        let mut least = vec![f64::INFINITY; side + 1];
        let mut came_from = vec![0_usize; side + 1];
        let mut seen = vec![false; side + 1];
        let mut column = 0;
        row_of[0] = row;
        // Grows a tree of alternating paths from the row until a free column is met.
        while row_of[column] != 0 {
            seen[column] = true;
            let (at, mut step, mut nearest) = (row_of[column], f64::INFINITY, 0);
            for next in (1..=side).filter(|&next| !seen[next]) {
                let reduced = cost(at, next) - of_row[at] - of_column[next];
                if reduced < least[next] {
                    (least[next], came_from[next]) = (reduced, column);
                }
                if least[next] < step {
                    (step, nearest) = (least[next], next);
                }
            }
            for any in 0..=side {
                if seen[any] {
                    of_row[row_of[any]] += step;
                    of_column[any] -= step;
                } else {
                    least[any] -= step;
                }
            }
            column = nearest;
        }
        while column != 0 {
            let before = came_from[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let mut matching = vec![None; rows];
    for (column, row) in row_of.iter().skip(1).take(columns).enumerate() {
        if let Some(place) = matching.get_mut(row.wrapping_sub(1)) {
            *place = Some(column);
        }
    }
    matching
}

/// The figures of one division.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Population of each part.
    pub loads: Vec<f64>,
    /// Connected pieces of each part.
    pub pieces: Vec<usize>,
    /// The largest deviation of a part from the mean, as a share of the mean.
    pub deviation: f64,
    pub cut_edges: usize,
    /// The sum of the weights of the cut edges.
    pub perimeter: f64,
}

/// Scores a division by the load of that kind.
#[must_use]
pub fn score(graph: &Graph, kind: usize, division: &Division) -> Score {
    let loads = division.part_loads(graph, kind);
    let mean = graph.total(kind) / float(division.parts());
    let deviation = loads.iter().map(|load| (load / mean - 1.0).abs()).fold(0.0, f64::max);
    let (cut_edges, perimeter) = division.cut(graph);
    Score { pieces: division.pieces(graph), loads, deviation, cut_edges, perimeter }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::sample::{connected, grid};
    use proptest::prelude::*;

    /// The most that rows can have in common with columns, by trying all matchings.
    fn most_shared(table: &[Vec<f64>], free: &mut Vec<bool>) -> f64 {
        let Some((row, rest)) = table.split_first() else { return 0.0 };
        let mut best = most_shared(rest, free);
        for column in 0..row.len() {
            if std::mem::replace(&mut free[column], false) {
                best = best.max(row[column] + most_shared(rest, free));
                free[column] = true;
            }
        }
        best
    }

    proptest! {
        #[test]
        fn matchings_share_as_much_as_any(rows in 1_usize..6, columns in 1_usize..6, cells in prop::collection::vec(0_u8..20, 36)) {
            let table: Vec<Vec<f64>> = (0..rows).map(|row| (0..columns).map(|column| f64::from(cells[row * 6 + column])).collect()).collect();
            let matching = best_matching(&table);
            let shared: f64 = matching.iter().zip(&table).filter_map(|(to, row)| to.map(|to| row[to])).sum();
            prop_assert!((shared - most_shared(&table, &mut vec![true; columns])).abs() < 1e-9);
            let mut used: Vec<usize> = matching.iter().flatten().copied().collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), rows.min(columns));
        }

        #[test]
        fn information_varies_like_a_distance(seed in 0_u64..500, parts in prop::collection::vec(0_u32..4, 60)) {
            let graph = connected(20, 5, seed);
            let division = |from: usize| Division::from_labels(&graph, &parts[from..from + 20]).unwrap();
            let [a, b, c] = [division(0), division(20), division(40)];
            let apart = |a: &Division, b: &Division| compare(&graph, 0, a, b);
            prop_assert!(apart(&a, &a).variation_of_information < 1e-9);
            prop_assert_eq!(apart(&a, &a).hamming, 0);
            prop_assert!((apart(&a, &b).variation_of_information - apart(&b, &a).variation_of_information).abs() < 1e-9);
            prop_assert_eq!(apart(&a, &b).hamming, apart(&b, &a).hamming);
            prop_assert!(apart(&a, &c).variation_of_information <= apart(&a, &b).variation_of_information + apart(&b, &c).variation_of_information + 1e-9);
            prop_assert!(apart(&a, &c).hamming <= apart(&a, &b).hamming + apart(&b, &c).hamming);
        }
    }

    #[test]
    fn halves_against_quadrants() {
        let graph = grid(8, 8);
        let by = |part: fn(u32) -> u32| Division::new(&graph, (0..64).map(part).collect()).unwrap();
        let halves = by(|atom| u32::from(atom % 8 >= 4));
        let quadrants = by(|atom| 3 - u32::from(atom % 8 >= 4) - 2 * u32::from(atom / 8 >= 4));
        let comparison = compare(&graph, 0, &halves, &quadrants);
        // Two quadrants are left over, and one bit tells which of two quadrants an atom of a half is in.
        assert_eq!((comparison.hamming, comparison.hamming_load), (32, 32.0));
        assert!((comparison.variation_of_information - 2_f64.ln()).abs() < 1e-12);
        assert_eq!(compare(&graph, 0, &quadrants, &halves).matched.iter().flatten().count(), 2);
        let score = score(&graph, 0, &quadrants);
        assert_eq!((score.cut_edges, score.perimeter, score.deviation), (16, 16.0, 0.0));
        assert_eq!((score.loads, score.pieces), (vec![16.0; 4], vec![1; 4]));
    }
}
