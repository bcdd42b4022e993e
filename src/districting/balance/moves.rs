//! Single moves with their prices, for a person who decides each one.

use super::{
    archive::same_names,
    objectives::{Objectives, distance, spread_of},
    problem::Problem,
};
use crate::districting::{Division, Graph, compare::best_matching, graph::narrow, state::State};

/// One atom, with the few that hang on it, from one part to a neighbouring one.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The atom first, then those that would be cut off without it.
    pub atoms: Vec<u32>,
    pub from: u32,
    pub to: u32,
    /// By how much each figure changes.
    pub delta: Objectives,
    /// The figures afterwards.
    pub after: Objectives,
}

/// The most atoms that go along with one that holds them.
const MOST_HANGING: usize = 8;

/// The best `n` moves of one atom to a neighbouring part, best first: all parts stay connected, locks and the cap on moves are
/// kept. The problem's weights rank them: changes of the figures relative to the present ones, the imbalance with the CV beside it,
/// since most moves leave the heaviest part as it is.
///
/// `identity`: for each part of `division` the part of the start that it continues ([`super::Candidate::identity`]); without, parts
/// are known by their numbers if there are as many as at the start, and otherwise by what they have in common.
#[must_use]
pub fn next_moves(problem: &Problem, division: &Division, identity: Option<&[Option<u32>]>, n: usize) -> Vec<Move> {
    let identity = match identity {
        Some(identity) if identity.len() == division.parts() => identity.to_vec(),
        _ => names(problem, division),
    };
    let graph = &problem.graph;
    if division.part_of().len() != graph.atoms() {
        return Vec::new();
    }
    let mut pricing = Pricing::new(problem, division, identity);
    let mut moves: Vec<(f64, Move)> = Vec::new();
    for atom in 0..narrow(graph.atoms()) {
        let mut targets: Vec<u32> = graph.arcs(atom).iter().map(|arc| division.part_of()[arc.to as usize]).collect();
        targets.sort_unstable();
        targets.dedup();
        targets.retain(|&to| to != division.part_of()[atom as usize]);
        if targets.is_empty() {
            continue;
        }
        let Some(atoms) = pricing.with_hanging(atom) else { continue };
        moves.extend(targets.into_iter().filter_map(|to| pricing.price(&atoms, to)));
    }
    moves.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (&a.1.atoms, a.1.to).cmp(&(&b.1.atoms, b.1.to))));
    moves.into_iter().take(n).map(|(_, it)| it).collect()
}

/// Which part of the start each part continues.
fn names(problem: &Problem, division: &Division) -> Vec<Option<u32>> {
    match &problem.start {
        None => vec![None; division.parts()],
        Some(start) if start.parts() == division.parts() => same_names(start.parts()),
        Some(start) => {
            let mut table = vec![vec![0.0; start.parts()]; division.parts()];
            for ((&part, &name), atom) in division.part_of().iter().zip(start.part_of()).zip(0..) {
                table[part as usize][name as usize] += problem.moving(atom);
            }
            best_matching(&table).into_iter().map(|name| name.map(narrow)).collect()
        }
    }
}

struct Pricing<'a> {
    problem: &'a Problem,
    state: State<'a>,
    identity: Vec<Option<u32>>,
    now: Objectives,
    /// The loads of the parts, kind by kind.
    loads: Vec<Vec<f64>>,
    members: Vec<Vec<u32>>,
    travel: Vec<f64>,
    locked: Vec<bool>,
    /// What it would cost to move every atom.
    all_moves: f64,
}

impl<'a> Pricing<'a> {
    fn new(problem: &'a Problem, division: &Division, identity: Vec<Option<u32>>) -> Self {
        let graph = &problem.graph;
        let mut members = vec![Vec::new(); division.parts()];
        for (&part, atom) in division.part_of().iter().zip(0..) {
            members[part as usize].push(atom);
        }
        let mut locked: Vec<bool> = vec![false; graph.atoms()];
        for &atom in &problem.locked_atoms {
            locked[atom as usize] = true;
        }
        Self {
            problem,
            state: State::new(graph, division.part_of().to_vec(), division.parts(), graph.weights()),
            now: Objectives::of(problem, division, &identity),
            identity,
            loads: (0..graph.kinds()).map(|kind| division.part_loads(graph, kind)).collect(),
            travel: members.iter().map(|members| travel(graph, members)).collect(),
            members,
            locked,
            all_moves: (0..narrow(graph.atoms())).map(|atom| problem.moving(atom)).sum(),
        }
    }

    fn is_locked(&self, part: u32) -> bool {
        self.identity[part as usize].is_some_and(|name| self.problem.locked_parts.contains(&name))
    }

    /// The atom and what its part would lose with it; `None` if that is too much, or the whole part.
    fn with_hanging(&mut self, atom: u32) -> Option<Vec<u32>> {
        if self.state.can_leave(atom) {
            return Some(vec![atom]);
        }
        let part = self.state.part(atom);
        let graph = &self.problem.graph;
        let mut atoms = vec![atom];
        let mut seen: Vec<u32> = Vec::new();
        let mut largest_is_open = false;
        for arc in graph.arcs(atom) {
            if self.state.part(arc.to) != part || seen.contains(&arc.to) {
                continue;
            }
            // A piece is followed until it has more atoms than may go along: one piece must stay, and it may be as large as it likes.
            let mut piece = vec![arc.to];
            let mut next = 0;
            while let Some(&at) = piece.get(next).filter(|_| piece.len() <= MOST_HANGING) {
                next += 1;
                for arc in graph.arcs(at) {
                    if arc.to != atom && self.state.part(arc.to) == part && !piece.contains(&arc.to) {
                        piece.push(arc.to);
                    }
                }
            }
            if piece.len() <= MOST_HANGING {
                atoms.extend(&piece);
            } else if largest_is_open && !self.hang_together(&piece, &seen, atom, part) {
                return None;
            } else {
                largest_is_open = true;
            }
            seen.extend(piece);
        }
        (largest_is_open && atoms.len() <= MOST_HANGING + 1).then_some(atoms)
    }

    /// Whether two large pieces are one, without the atom between them.
    fn hang_together(&self, piece: &[u32], others: &[u32], without: u32, part: u32) -> bool {
        let graph = &self.problem.graph;
        let mut seen = vec![false; graph.atoms()];
        let mut queue = piece.to_vec();
        for &atom in piece {
            seen[atom as usize] = true;
        }
        while let Some(at) = queue.pop() {
            if others.contains(&at) {
                return true;
            }
            for arc in graph.arcs(at) {
                if arc.to != without && self.state.part(arc.to) == part && !std::mem::replace(&mut seen[arc.to as usize], true)
                {
                    queue.push(arc.to);
                }
            }
        }
        false
    }

    /// The move with its rank, if locks and the cap allow it.
    fn price(&mut self, atoms: &[u32], to: u32) -> Option<(f64, Move)> {
        let from = self.state.part(atoms[0]);
        if self.is_locked(from) || self.is_locked(to) || atoms.iter().any(|&atom| self.locked[atom as usize]) {
            return None;
        }
        let moved = self.now.moved + atoms.iter().map(|&atom| self.change_of_moves(atom, from, to)).sum::<f64>();
        let most = self.problem.max_moved.unwrap_or(f64::INFINITY);
        if moved > self.now.moved && moved > most + 1e-9 {
            return None;
        }
        let before = self.state.cost();
        for &atom in atoms {
            self.state.put(atom, to);
        }
        let cut = self.now.cut + self.state.cost() - before;
        for &atom in atoms {
            self.state.put(atom, from);
        }
        let (imbalance, cv) = self.spread(atoms, from, to);
        let travel = self.now.travel + self.change_of_ways(atoms, from, to);
        let after = Objectives { imbalance, cv, travel, moved, cut };
        let delta = Objectives {
            imbalance: imbalance - self.now.imbalance,
            cv: cv - self.now.cv,
            travel: travel - self.now.travel,
            moved: moved - self.now.moved,
            cut: cut - self.now.cut,
        };
        let rank = self.rank(&delta);
        Some((rank, Move { atoms: atoms.to_vec(), from, to, delta, after }))
    }

    fn rank(&self, delta: &Objectives) -> f64 {
        let weights = self.problem.weights;
        let relative = |change: f64, now: f64| if now > 0.0 { change / now } else { change };
        weights.imbalance * (delta.imbalance + delta.cv)
            + weights.travel * relative(delta.travel, self.now.travel)
            + weights.moved * relative(delta.moved, self.all_moves)
            + weights.cut * relative(delta.cut, self.now.cut)
    }

    fn change_of_moves(&self, atom: u32, from: u32, to: u32) -> f64 {
        let Some(start) = &self.problem.start else { return 0.0 };
        let home = Some(start.part_of()[atom as usize]);
        let away = |part: u32| f64::from(u8::from(self.identity[part as usize] != home));
        self.problem.moving(atom) * (away(to) - away(from))
    }

    fn spread(&mut self, atoms: &[u32], from: u32, to: u32) -> (f64, f64) {
        let (mut imbalance, mut cv) = (0.0_f64, 0.0_f64);
        for (kind, loads) in self.loads.iter_mut().enumerate() {
            let load: f64 = atoms.iter().map(|&atom| self.problem.graph.loads(kind)[atom as usize]).sum();
            let before = (loads[from as usize], loads[to as usize]);
            (loads[from as usize], loads[to as usize]) = (before.0 - load, before.1 + load);
            let of_kind = spread_of(loads);
            (loads[from as usize], loads[to as usize]) = before;
            imbalance = imbalance.max(of_kind.0);
            cv = cv.max(of_kind.1);
        }
        (imbalance, cv)
    }

    fn change_of_ways(&self, atoms: &[u32], from: u32, to: u32) -> f64 {
        let graph = &self.problem.graph;
        if graph.positions().is_none() {
            return 0.0;
        }
        let left: Vec<u32> = self.members[from as usize].iter().copied().filter(|atom| !atoms.contains(atom)).collect();
        let mut joined = self.members[to as usize].clone();
        joined.extend(atoms);
        travel(graph, &left) + travel(graph, &joined) - self.travel[from as usize] - self.travel[to as usize]
    }
}

/// Load × way to the load's centre, of one part.
fn travel(graph: &Graph, members: &[u32]) -> f64 {
    let Some(positions) = graph.positions() else { return 0.0 };
    let (mut load, mut x, mut y) = (0.0, 0.0, 0.0);
    for &atom in members {
        let weight = graph.loads(0)[atom as usize];
        load += weight;
        x += weight * positions[atom as usize][0];
        y += weight * positions[atom as usize][1];
    }
    if load <= 0.0 {
        return 0.0;
    }
    let centre = [x / load, y / load];
    members.iter().map(|&atom| graph.loads(0)[atom as usize] * distance(positions[atom as usize], centre)).sum()
}
