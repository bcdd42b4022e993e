//! The start with another number of parts, and which atoms are at home where.

use super::{
    archive::{Candidate, same_names},
    objectives::Objectives,
    problem::Problem,
};
use crate::districting::{Division, compare::best_matching, graph::narrow, seed, tree::Trees};
use rand_chacha::ChaCha8Rng;

/// What runs with a given number of parts have in common.
pub(super) struct Base {
    pub parts: usize,
    /// The start with so many parts; `None` without a start.
    pub part_of: Option<Vec<u32>>,
    /// For each part the part of the start that it continues.
    pub identity: Vec<Option<u32>>,
    /// For each atom the part in which it counts as not moved; `u32::MAX` if there is none.
    pub home: Vec<u32>,
    is_start: bool,
}

impl Base {
    /// `None` if the locks don't allow so many parts, or the graph has too many components for so few.
    pub fn of(problem: &Problem, parts: usize, random: &mut ChaCha8Rng) -> Option<Self> {
        let graph = &problem.graph;
        let Some(start) = &problem.start else {
            let possible = graph.components().1 <= parts;
            return possible.then(|| Self {
                parts,
                part_of: None,
                identity: vec![None; parts],
                home: vec![u32::MAX; graph.atoms()],
                is_start: false,
            });
        };
        let mut part_of = start.part_of().to_vec();
        let mut identity = same_names(start.parts());
        let mut bound = vec![false; start.parts()];
        for &part in problem.locked_parts.iter().chain(problem.locked_atoms.iter().map(|&atom| &start.part_of()[atom as usize]))
        {
            bound[part as usize] = true;
        }
        while identity.len() > parts {
            merge(problem, &mut part_of, &mut identity, &mut bound)?;
        }
        while identity.len() < parts {
            split(problem, &mut part_of, &mut identity, &mut bound, random)?;
        }
        let mut now = vec![u32::MAX; start.parts()];
        for (part, name) in (0..).zip(&identity) {
            if let Some(name) = name {
                now[*name as usize] = part;
            }
        }
        let home = start.part_of().iter().map(|&part| now[part as usize]).collect();
        Some(Self { parts, part_of: Some(part_of), identity, home, is_start: parts == start.parts() })
    }

    /// The start as a candidate, if it keeps the cap on moves.
    pub fn candidates(&self, problem: &Problem) -> Option<Candidate> {
        let division = Division::from_search(self.part_of.clone()?, narrow(self.parts));
        let objectives = Objectives::of(problem, &division, &self.identity);
        let allowed = problem.max_moved.is_none_or(|most| objectives.moved <= most);
        allowed.then(|| Candidate { division, objectives, identity: self.identity.clone(), is_start: self.is_start })
    }

    /// The same parts under other numbers: those of the base that they have most in common with, by what moves cost.
    pub fn named(&self, problem: &Problem, mut part_of: Vec<u32>) -> Vec<u32> {
        if self.part_of.is_none() {
            return part_of;
        }
        let mut table = vec![vec![0.0; self.parts]; self.parts];
        for (atom, &part) in (0..).zip(&part_of) {
            if let Some(common) = table[part as usize].get_mut(self.home[atom as usize] as usize) {
                *common += problem.moving(atom);
            }
        }
        let name = best_matching(&table);
        for part in &mut part_of {
            *part = name[*part as usize].map_or(*part, narrow);
        }
        part_of
    }
}

/// The load of each part in means: of several loads the sum.
fn heaviness(problem: &Problem, part_of: &[u32], parts: usize) -> Vec<f64> {
    let mut sums = vec![0.0; parts];
    for kind in 0..problem.graph.kinds() {
        let total = problem.graph.total(kind);
        for (&part, load) in part_of.iter().zip(problem.graph.loads(kind)) {
            sums[part as usize] += load / total;
        }
    }
    sums
}

/// Merges the two neighbouring parts that are lightest together, of which one has no locks; it takes the name of the other.
fn merge(problem: &Problem, part_of: &mut [u32], identity: &mut Vec<Option<u32>>, bound: &mut Vec<bool>) -> Option<()> {
    let heavy = heaviness(problem, part_of, identity.len());
    let locked = |part: u32| identity[part as usize].is_some_and(|name| problem.locked_parts.contains(&name));
    let pairs = problem.graph.edges().iter().map(|&[a, b]| (part_of[a as usize], part_of[b as usize])).filter(|(a, b)| a != b);
    let (kept, gone) = pairs
        .flat_map(|(a, b)| [(a, b), (b, a)])
        .filter(|&(kept, gone)| !bound[gone as usize] && !locked(kept))
        .min_by(|x, y| {
            let weight = |&(kept, gone): &(u32, u32)| heavy[kept as usize] + heavy[gone as usize];
            // Of the two the lighter one is gone.
            weight(x).total_cmp(&weight(y)).then(heavy[x.1 as usize].total_cmp(&heavy[y.1 as usize])).then(x.cmp(y))
        })?;
    let last = narrow(identity.len() - 1);
    for part in part_of.iter_mut() {
        if *part == gone {
            *part = kept;
        }
    }
    for part in part_of.iter_mut() {
        if *part == last {
            *part = gone;
        }
    }
    identity.swap_remove(gone as usize);
    bound.swap_remove(gone as usize);
    Some(())
}

/// Cuts the heaviest part without locks in two; the half that is cheaper to move gets a new number.
fn split(
    problem: &Problem,
    part_of: &mut [u32],
    identity: &mut Vec<Option<u32>>,
    bound: &mut Vec<bool>,
    random: &mut ChaCha8Rng,
) -> Option<()> {
    let heavy = heaviness(problem, part_of, identity.len());
    let mut sizes = vec![0; identity.len()];
    for &part in &*part_of {
        sizes[part as usize] += 1;
    }
    let part =
        (0..identity.len()).filter(|&part| !bound[part] && sizes[part] > 1).max_by(|&a, &b| heavy[a].total_cmp(&heavy[b]))?;
    let part = narrow(part);
    let start = (0..).zip(&*part_of).find(|(_, of)| **of == part).map(|(atom, _)| atom)?;
    let mut trees = Trees::new(&problem.graph);
    let mut branch = Vec::new();
    trees.gather(&problem.graph, start, |atom| part_of[atom as usize] == part);
    seed::halve(&problem.graph, 2, &mut trees, random, &mut branch);
    trees.mark(&branch);
    let cost = |inside: bool| -> f64 {
        trees.atoms().iter().filter(|&&atom| trees.is_marked(atom) == inside).map(|&atom| problem.moving(atom)).sum()
    };
    let moved = cost(true) <= cost(false);
    let new = narrow(identity.len());
    for &atom in trees.atoms() {
        if trees.is_marked(atom) == moved {
            part_of[atom as usize] = new;
        }
    }
    identity.push(None);
    bound.push(false);
    Some(())
}
