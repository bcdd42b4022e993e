//! What a division is judged by.

use super::problem::Problem;
use crate::districting::{
    Division, Graph,
    graph::{float, narrow},
};

/// The figures of a division; less is better in each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objectives {
    /// By how much the heaviest part exceeds the mean, as a share of the mean; of several loads the worst.
    pub imbalance: f64,
    /// Standard deviation of the parts' loads by their mean; of several loads the worst.
    pub cv: f64,
    /// First load × distance to the load's centre of the part, summed: load × the positions' unit, usually metres. 0 without
    /// positions.
    pub travel: f64,
    /// What the atoms cost that are in another part than at the start. 0 without a start.
    pub moved: f64,
    /// The weight of the cut edges.
    pub cut: f64,
}

impl Objectives {
    /// Of any division of the problem's graph. `identity`: for each part the part of the start that it continues.
    pub(super) fn of(problem: &Problem, division: &Division, identity: &[Option<u32>]) -> Self {
        let graph = &problem.graph;
        let (imbalance, cv) = spread(graph, division);
        let moved = problem.start.as_ref().map_or(0.0, |start| {
            let stays = |atom: usize| identity[division.part_of()[atom] as usize] == Some(start.part_of()[atom]);
            (0..graph.atoms()).filter(|&atom| !stays(atom)).fold(0.0, |sum, atom| sum + problem.moving(narrow(atom)))
        });
        let travel = graph.positions().map_or(0.0, |positions| {
            let centres = centres(graph, division.part_of(), division.parts());
            let way = |(atom, &part): (usize, &u32)| graph.loads(0)[atom] * distance(positions[atom], centres[part as usize]);
            division.part_of().iter().enumerate().map(way).sum()
        });
        Self { imbalance, cv, travel, moved, cut: division.cut(graph).1 }
    }

    /// The four that span the front.
    pub(super) fn vector(&self) -> [f64; 4] {
        [self.imbalance, self.travel, self.moved, self.cut]
    }

    /// Whether this is better in one of the front's objectives and worse in none, or the same.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.vector().iter().zip(other.vector()).all(|(mine, other)| *mine <= other + 1e-12 * other.abs())
    }
}

/// Imbalance and coefficient of variation, each of the worst load.
fn spread(graph: &Graph, division: &Division) -> (f64, f64) {
    let (mut imbalance, mut cv) = (0.0_f64, 0.0_f64);
    for kind in 0..graph.kinds() {
        let of_kind = spread_of(&division.part_loads(graph, kind));
        imbalance = imbalance.max(of_kind.0);
        cv = cv.max(of_kind.1);
    }
    (imbalance, cv)
}

/// Max/mean − 1 and standard deviation/mean of the loads of one kind.
pub(super) fn spread_of(loads: &[f64]) -> (f64, f64) {
    let mean = loads.iter().sum::<f64>() / float(loads.len());
    let heaviest = loads.iter().copied().fold(0.0, f64::max);
    let variance = loads.iter().map(|load| (load - mean) * (load - mean)).sum::<f64>() / float(loads.len());
    (heaviest / mean - 1.0, variance.sqrt() / mean)
}

/// The centre of the first load of each part; of parts without load that of their atoms.
pub(super) fn centres(graph: &Graph, part_of: &[u32], parts: usize) -> Vec<[f64; 2]> {
    let Some(positions) = graph.positions() else { return vec![[0.0; 2]; parts] };
    let mut sums = vec![[0.0_f64; 6]; parts];
    for ((&part, &[x, y]), &load) in part_of.iter().zip(positions).zip(graph.loads(0)) {
        let sum = &mut sums[part as usize];
        for (sum, value) in sum.iter_mut().zip([load, load * x, load * y, 1.0, x, y]) {
            *sum += value;
        }
    }
    let centre = |[load, x, y, atoms, all_x, all_y]: [f64; 6]| {
        if load > 0.0 { [x / load, y / load] } else { [all_x / atoms.max(1.0), all_y / atoms.max(1.0)] }
    };
    sums.into_iter().map(centre).collect()
}

pub(super) fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
