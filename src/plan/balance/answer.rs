//! What the searches of all villages come to together.

use super::Village;
use crate::{
    districting::{
        Bound,
        balance::{Candidate, Objectives, Outcome, Shortfall},
    },
    place::Id,
};

/// Combinations kept while villages are joined.
const MOST: usize = 120;

/// The answer of one village.
#[derive(Clone, Debug)]
pub struct VillageAnswer {
    pub id: Option<Id>,
    pub name: String,
    /// By how much the heaviest grid exceeds the village's mean: today, at best found, and at least in any plan.
    pub today: f64,
    pub reached: f64,
    pub bound: Option<Bound>,
    /// By how much the best found exceeds the best possible at most.
    pub gap: Option<f64>,
    /// Why the tolerance is not met.
    pub shortfalls: Vec<Shortfall>,
    pub front: Vec<Candidate>,
    pub steps: u64,
}

/// A candidate of each village together.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// By village: which candidate of its front.
    pub choice: Vec<usize>,
    /// The worst imbalance of a village; ways, moves and borders summed up. The CV is that of the worst village.
    pub objectives: Objectives,
}

/// The answer of all.
#[derive(Clone, Debug)]
pub struct Answer {
    pub villages: Vec<VillageAnswer>,
    /// Best balanced first; the draft as it is is among them.
    pub front: Vec<Combined>,
    /// Households that the problems are about.
    pub households: usize,
}

impl Answer {
    /// Of each village its outcome, in the same order.
    #[must_use]
    pub fn new(villages: &[Village], outcomes: Vec<Outcome>) -> Self {
        let answers: Vec<VillageAnswer> =
            villages.iter().zip(outcomes).map(|(village, outcome)| VillageAnswer::new(village, outcome)).collect();
        let front = combine(&answers);
        Self { front, households: villages.iter().map(|village| village.households).sum(), villages: answers }
    }

    /// The best imbalance for each number of moves; few moves first.
    #[must_use]
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = self.front.iter().map(|it| (it.objectives.moved, it.objectives.imbalance)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut curve: Vec<(f64, f64)> = Vec::new();
        for point in points {
            if curve.last().is_none_or(|last| point.1 < last.1) {
                curve.push(point);
            }
        }
        curve
    }
}

impl VillageAnswer {
    fn new(village: &Village, outcome: Outcome) -> Self {
        let best = outcome.front.iter().min_by(|a, b| a.objectives.imbalance.total_cmp(&b.objectives.imbalance));
        let today = outcome.front.iter().find(|candidate| candidate.is_start);
        let of = |candidate: Option<&Candidate>| candidate.map_or(0.0, |it| it.objectives.imbalance);
        let parts = best.map(|it| it.division.parts());
        Self {
            id: village.id,
            name: village.name.clone(),
            today: of(today),
            reached: of(best),
            bound: parts.and_then(|parts| outcome.bounds.iter().find(|(of, _)| *of == parts)).map(|(_, bound)| *bound),
            gap: best.and_then(|best| outcome.gap(best)),
            shortfalls: outcome.shortfalls,
            front: outcome.front,
            steps: outcome.steps,
        }
    }
}

/// The front of all villages: village by village each combination so far is joined with each of its candidates, and what another
/// covers is dropped. Of more than [`MOST`] those are kept that lie apart along the imbalance.
fn combine(villages: &[VillageAnswer]) -> Vec<Combined> {
    let nothing = Objectives { imbalance: 0.0, cv: 0.0, travel: 0.0, moved: 0.0, cut: 0.0 };
    let mut joined = vec![Combined { choice: Vec::new(), objectives: nothing }];
    for village in villages {
        let mut next = Vec::with_capacity(joined.len() * village.front.len());
        for before in &joined {
            for (i, candidate) in village.front.iter().enumerate() {
                let mut choice = before.choice.clone();
                choice.push(i);
                next.push(Combined { choice, objectives: with(&before.objectives, &candidate.objectives) });
            }
        }
        joined = thinned(not_covered(next));
    }
    let stays = |it: &Combined| it.choice.iter().zip(villages).all(|(i, village)| village.front[*i].is_start);
    if !joined.iter().any(stays) {
        joined.extend(as_it_is(villages));
    }
    joined.sort_by(|a, b| {
        let (a, b) = (&a.objectives, &b.objectives);
        a.imbalance.total_cmp(&b.imbalance).then(a.moved.total_cmp(&b.moved)).then(a.travel.total_cmp(&b.travel))
    });
    joined
}

fn as_it_is(villages: &[VillageAnswer]) -> Option<Combined> {
    let mut choice = Vec::new();
    let mut objectives = Objectives { imbalance: 0.0, cv: 0.0, travel: 0.0, moved: 0.0, cut: 0.0 };
    for village in villages {
        let start = village.front.iter().position(|candidate| candidate.is_start)?;
        objectives = with(&objectives, &village.front[start].objectives);
        choice.push(start);
    }
    Some(Combined { choice, objectives })
}

fn with(a: &Objectives, b: &Objectives) -> Objectives {
    Objectives {
        imbalance: a.imbalance.max(b.imbalance),
        cv: a.cv.max(b.cv),
        travel: a.travel + b.travel,
        moved: a.moved + b.moved,
        cut: a.cut + b.cut,
    }
}

fn vector(it: &Objectives) -> [f64; 4] {
    [it.imbalance, it.travel, it.moved, it.cut]
}

fn not_covered(mut all: Vec<Combined>) -> Vec<Combined> {
    // Whatever covers another comes before it in this order.
    all.sort_by(|a, b| {
        let (a, b) = (vector(&a.objectives), vector(&b.objectives));
        a.iter().zip(b).map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut kept: Vec<Combined> = Vec::new();
    for candidate in all {
        let covers = |it: &Combined| vector(&it.objectives).iter().zip(vector(&candidate.objectives)).all(|(a, b)| *a <= b);
        if !kept.iter().any(covers) {
            kept.push(candidate);
        }
    }
    kept
}

/// Every so many of those in order of imbalance, and the best in each objective.
fn thinned(mut all: Vec<Combined>) -> Vec<Combined> {
    if all.len() <= MOST {
        return all;
    }
    let mut kept: Vec<usize> = Vec::new();
    for objective in 0..4 {
        let best = (0..all.len())
            .min_by(|a, b| vector(&all[*a].objectives)[objective].total_cmp(&vector(&all[*b].objectives)[objective]));
        kept.extend(best);
    }
    let best_for_moves = |share: usize| {
        let most = all.iter().map(|it| it.objectives.moved).fold(0.0, f64::max);
        let cap = most * f64::from(u32::try_from(share).unwrap_or(0)) / 40.0;
        let within = (0..all.len()).filter(|i| all[*i].objectives.moved <= cap);
        within.min_by(|a, b| all[*a].objectives.imbalance.total_cmp(&all[*b].objectives.imbalance))
    };
    kept.extend((0..=40).filter_map(best_for_moves));
    let step = all.len().div_ceil(MOST - 45);
    kept.extend((0..all.len()).step_by(step));
    kept.sort_unstable();
    kept.dedup();
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        kept.binary_search(&(at - 1)).is_ok()
    });
    all
}
