//! The Pareto front, bounded.

use super::objectives::Objectives;
use crate::districting::{Division, graph::narrow};

/// A division that no other found is better than in all objectives.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub division: Division,
    pub objectives: Objectives,
    /// For each part the part of the start that it continues; `None` for new ones, and for all without a start.
    pub identity: Vec<Option<u32>>,
    /// Whether this is the start itself.
    pub is_start: bool,
}

/// The best imbalance found with moves of at most that cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    pub moved: f64,
    pub imbalance: f64,
    /// Which candidate of the front it is.
    pub candidate: usize,
}

/// The most candidates kept.
const MOST: usize = 200;

/// Candidates of which none covers another of as many parts; the start is always among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Archive {
    candidates: Vec<Candidate>,
}

impl Archive {
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Whether a candidate with these figures would be kept.
    pub fn wants(&self, parts: usize, objectives: &Objectives) -> bool {
        !self.candidates.iter().any(|kept| kept.division.parts() == parts && kept.objectives.covers(objectives))
    }

    /// Keeps the candidate unless it is covered, and drops what it covers.
    pub fn add(&mut self, candidate: Candidate) {
        let parts = candidate.division.parts();
        if !candidate.is_start && !self.wants(parts, &candidate.objectives) {
            return;
        }
        self.candidates
            .retain(|kept| kept.is_start || kept.division.parts() != parts || !candidate.objectives.covers(&kept.objectives));
        self.candidates.push(candidate);
    }

    /// Drops candidates that have a near neighbour until few enough are left: never the start, the best of an objective, or one
    /// that the curve needs.
    pub fn thin_out(&mut self) {
        let count = self.candidates.len();
        if count <= MOST {
            return;
        }
        let needed = self.needed();
        let spans = self.spans();
        let apart = |a: usize, b: usize| -> f64 {
            let (a, b) = (self.candidates[a].objectives.vector(), self.candidates[b].objectives.vector());
            (0..4).map(|i| ((a[i] - b[i]) / spans[i]).powi(2)).sum()
        };
        let mut left = vec![true; count];
        let nearest_of = |at: usize, left: &[bool]| {
            let others = (0..count).filter(|&other| other != at && left[other]);
            others.map(|other| (apart(at, other), other)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::INFINITY, at))
        };
        let mut nearest: Vec<(f64, usize)> = (0..count).map(|at| nearest_of(at, &left)).collect();
        for _ in MOST..count {
            let crowded =
                (0..count).filter(|&at| left[at] && !needed[at]).min_by(|&a, &b| nearest[a].0.total_cmp(&nearest[b].0));
            let Some(dropped) = crowded else { break };
            left[dropped] = false;
            for at in 0..count {
                if left[at] && nearest[at].1 == dropped {
                    nearest[at] = nearest_of(at, &left);
                }
            }
        }
        let mut at = 0;
        self.candidates.retain(|_| {
            at += 1;
            left[at - 1]
        });
    }

    /// Which candidates must stay.
    fn needed(&self) -> Vec<bool> {
        let mut needed: Vec<bool> = self.candidates.iter().map(|candidate| candidate.is_start).collect();
        for objective in 0..4 {
            if let Some(best) = self.best_by(|candidate| candidate.objectives.vector()[objective]) {
                needed[best] = true;
            }
        }
        for point in curve(&self.candidates).iter().take(MOST / 2) {
            needed[point.candidate] = true;
        }
        needed
    }

    fn best_by(&self, value: impl Fn(&Candidate) -> f64) -> Option<usize> {
        (0..self.candidates.len()).min_by(|&a, &b| value(&self.candidates[a]).total_cmp(&value(&self.candidates[b])))
    }

    fn spans(&self) -> [f64; 4] {
        let mut ends = [[f64::INFINITY, f64::NEG_INFINITY]; 4];
        for candidate in &self.candidates {
            for (end, value) in ends.iter_mut().zip(candidate.objectives.vector()) {
                *end = [end[0].min(value), end[1].max(value)];
            }
        }
        ends.map(|[least, most]| (most - least).max(1e-9))
    }

    /// Best imbalance first: sorts, and forgets nothing.
    pub fn into_sorted(mut self) -> Vec<Candidate> {
        self.candidates.sort_by(|a, b| {
            let key = |candidate: &Candidate| candidate.objectives.vector();
            let (a, b) = (key(a), key(b));
            (0..4).map(|i| a[i].total_cmp(&b[i])).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        self.candidates
    }
}

/// Imbalance against moves: few moves first, each point better balanced than all before it.
pub(super) fn curve(candidates: &[Candidate]) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = candidates
        .iter()
        .enumerate()
        .map(|(at, Candidate { objectives, .. })| CurvePoint {
            moved: objectives.moved,
            imbalance: objectives.imbalance,
            candidate: at,
        })
        .collect();
    points.sort_by(|a, b| a.moved.total_cmp(&b.moved).then(a.imbalance.total_cmp(&b.imbalance)));
    let mut best = f64::INFINITY;
    points.retain(|point| {
        point.imbalance < best && {
            best = point.imbalance;
            true
        }
    });
    points
}

/// Parts of a division named after the parts of the start.
pub(super) fn same_names(parts: usize) -> Vec<Option<u32>> {
    (0..narrow(parts)).map(Some).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::sample::grid;

    #[test]
    fn the_front_stays_bounded_and_keeps_its_ends_and_the_start() {
        let mut archive = Archive::default();
        for at in 0..1000_u32 {
            let x = f64::from(at);
            // Nobody covers anybody: what falls in one objective rises in another. The start is covered by all.
            let objectives = match at {
                0 => Objectives { imbalance: 2000.0, cv: 0.0, travel: 5000.0, moved: 0.0, cut: 0.0 },
                _ => Objectives { imbalance: x, cv: 0.0, travel: (x * 7.0) % 1000.0, moved: 1000.0 - x, cut: 0.0 },
            };
            let division = Division::new(&grid(2, 1), vec![0, 1]).unwrap();
            archive.add(Candidate { division, objectives, identity: same_names(2), is_start: at == 0 });
        }
        assert_eq!(archive.candidates().len(), 1000);
        archive.thin_out();
        let front = archive.into_sorted();
        assert_eq!(front.len(), MOST);
        assert_eq!(front.iter().filter(|candidate| candidate.is_start).count(), 1);
        assert!((front[0].objectives.imbalance - 1.0).abs() < 1e-9);
        assert!(front.iter().any(|candidate| (candidate.objectives.moved - 1.0).abs() < 1e-9));
        let curve = curve(&front);
        assert!(curve.windows(2).all(|pair| pair[0].moved < pair[1].moved && pair[0].imbalance > pair[1].imbalance));
    }
}
