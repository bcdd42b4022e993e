//! All divisions of a small graph into connected parts, one after the other, by branching on single atoms.
//!
//! The part of the lowest free atom is grown: a neighbouring atom is taken in, or it is kept out for good. What is kept out, cut
//! and closed off so far is enough to drop most branches. Sets of atoms are bit masks.

use super::{
    Division, Graph,
    graph::{float, narrow},
    solve::Task,
};
use std::{ops::ControlFlow, time::Instant};

/// The most atoms of a graph that can be enumerated.
pub const MOST_ENUMERATED: usize = 128;

/// Branches between two looks at the clock.
const LOOK: u64 = 1 << 12;

type Atoms = u128;

/// What is looked for, and what becomes of it.
pub(super) trait Visit {
    /// Only divisions that cost less than this are of interest.
    fn below(&self) -> f64;

    /// A division: its parts, and what its cut edges cost.
    fn division(&mut self, parts: &[Atoms], cost: f64) -> ControlFlow<()>;
}

/// Why an enumeration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// There is nothing more.
    Complete,
    /// The visitor had enough.
    Stopped,
    /// More branches than allowed.
    TooMany,
}

pub(super) struct Branches<'a> {
    loads: &'a [f64],
    neighbours: Vec<Atoms>,
    /// The neighbours of each atom with what the edge costs.
    costs: Vec<Vec<(Atoms, f64)>>,
    lower: f64,
    upper: f64,
    slack: f64,
    /// The parts that are complete.
    parts: Vec<Atoms>,
    left: u64,
    too_many: bool,
    /// When to give up, as if there were too many branches.
    pub deadline: Option<Instant>,
}

/// A part under growth.
#[derive(Clone, Copy)]
struct Growth {
    /// The atoms that no complete part has.
    free: Atoms,
    /// Parts still to be made, this one included.
    parts: usize,
    inside: Atoms,
    /// Kept out for good.
    outside: Atoms,
    load: f64,
    /// Of all edges that are certainly cut.
    cost: f64,
    /// What the part must weigh, so that the others can keep their bounds too.
    lower: f64,
    upper: f64,
}

impl<'a> Branches<'a> {
    /// `None` if the graph has more than [`MOST_ENUMERATED`] atoms. `costs`: of each edge.
    pub fn new(graph: &'a Graph, costs: &[f64], lower: f64, upper: f64, most_branches: u64) -> Option<Self> {
        if graph.atoms() > MOST_ENUMERATED {
            return None;
        }
        let of_atom =
            |atom| graph.arcs(atom).iter().map(|arc| (1 << arc.to, costs[arc.edge as usize])).collect::<Vec<(Atoms, f64)>>();
        let costs: Vec<_> = (0..narrow(graph.atoms())).map(of_atom).collect();
        Some(Self {
            loads: graph.loads(0),
            neighbours: costs.iter().map(|arcs| arcs.iter().fold(0, |mask, (atom, _)| mask | atom)).collect(),
            costs,
            lower,
            upper,
            slack: 1e-9 * graph.total(0),
            parts: Vec::new(),
            left: most_branches,
            too_many: false,
            deadline: None,
        })
    }

    /// Visits every division into `parts` connected parts within the bounds once, as long as it costs less than the visitor says.
    pub fn visit(&mut self, parts: usize, visitor: &mut impl Visit) -> End {
        let all = if self.loads.len() == MOST_ENUMERATED { Atoms::MAX } else { (1 << self.loads.len()) - 1 };
        if parts == 0 || parts > self.loads.len() {
            return End::Complete;
        }
        match self.divide(all, parts, 0.0, visitor) {
            ControlFlow::Continue(()) => End::Complete,
            ControlFlow::Break(()) if self.too_many => End::TooMany,
            ControlFlow::Break(()) => End::Stopped,
        }
    }

    fn divide(&mut self, free: Atoms, parts: usize, cost: f64, visitor: &mut impl Visit) -> ControlFlow<()> {
        if parts == 1 {
            let load = self.load(free);
            if load < self.lower - self.slack || load > self.upper + self.slack || self.flood(lowest(free), free) != free {
                return ControlFlow::Continue(());
            }
            self.parts.push(free);
            let flow = visitor.division(&self.parts, cost);
            self.parts.pop();
            return flow;
        }
        let all = self.load(free);
        let others = float(parts - 1);
        let start = free.trailing_zeros();
        self.grow(
            Growth {
                free,
                parts,
                inside: 1 << start,
                outside: 0,
                load: self.loads[start as usize],
                cost,
                lower: self.lower.max(all - others * self.upper) - self.slack,
                upper: self.upper.min(all - others * self.lower) + self.slack,
            },
            visitor,
        )
    }

    fn grow(&mut self, growth: Growth, visitor: &mut impl Visit) -> ControlFlow<()> {
        if self.left == 0
            || (self.left.is_multiple_of(LOOK) && self.deadline.is_some_and(|deadline| Instant::now() >= deadline))
        {
            self.too_many = true;
            return ControlFlow::Break(());
        }
        self.left -= 1;
        if growth.load > growth.upper || growth.cost >= visitor.below() {
            return ControlFlow::Continue(());
        }
        let Some(atom) = self.next(&growth) else {
            let rest = growth.free & !growth.inside;
            if growth.load < growth.lower || rest.count_ones() < narrow(growth.parts - 1) {
                return ControlFlow::Continue(());
            }
            self.parts.push(growth.inside);
            let flow = self.divide(rest, growth.parts - 1, growth.cost, visitor);
            self.parts.pop();
            return flow;
        };
        let mask = 1 << atom;
        let taken = Growth {
            inside: growth.inside | mask,
            load: growth.load + self.loads[atom as usize],
            cost: growth.cost + self.cost_between(atom, growth.outside),
            ..growth
        };
        let kept_out =
            Growth { outside: growth.outside | mask, cost: growth.cost + self.cost_between(atom, growth.inside), ..growth };
        self.grow(taken, visitor)?;
        if self.has_future(&kept_out) { self.grow(kept_out, visitor) } else { ControlFlow::Continue(()) }
    }

    /// The undecided neighbour of the part with most decided neighbours: either way it costs most.
    fn next(&self, growth: &Growth) -> Option<u32> {
        let decided = growth.inside | growth.outside;
        let undecided = growth.free & !decided;
        let mut around: Atoms = 0;
        for_each(growth.inside, |atom| around |= self.neighbours[atom as usize]);
        let mut best = None;
        for_each(around & undecided, |atom| {
            let known = (self.neighbours[atom as usize] & decided).count_ones();
            if best.is_none_or(|(most, _)| known > most) {
                best = Some((known, atom));
            }
        });
        best.map(|(_, atom)| atom)
    }

    /// Whether the part can still become heavy enough, and what it closes off can be made into parts.
    fn has_future(&self, growth: &Growth) -> bool {
        let reach = self.flood(growth.inside, growth.free & !growth.outside);
        if self.load(reach) < growth.lower {
            return false;
        }
        let open = reach & !growth.inside;
        let mut beyond = growth.free & !reach;
        let mut closed = 0;
        while beyond != 0 {
            let piece = self.flood(lowest(beyond), growth.free & !growth.inside);
            beyond &= !piece;
            if piece & open != 0 {
                continue;
            }
            let Some(parts) = self.parts_of_piece(piece) else { return false };
            closed += parts;
        }
        closed < growth.parts
    }

    /// The fewest parts within the bounds that a closed-off piece can be made into; `None` if it can't.
    fn parts_of_piece(&self, piece: Atoms) -> Option<usize> {
        let load = self.load(piece);
        (1..=piece.count_ones() as usize)
            .take_while(|&parts| float(parts) * self.lower <= load + self.slack)
            .find(|&parts| load <= float(parts) * self.upper + self.slack)
    }

    /// All atoms within `among` that hang together with `from`.
    fn flood(&self, from: Atoms, among: Atoms) -> Atoms {
        let mut reached = from;
        let mut fresh = from;
        while fresh != 0 {
            let mut around: Atoms = 0;
            for_each(fresh, |atom| around |= self.neighbours[atom as usize]);
            fresh = around & among & !reached;
            reached |= fresh;
        }
        reached
    }

    fn load(&self, atoms: Atoms) -> f64 {
        let mut load = 0.0;
        for_each(atoms, |atom| load += self.loads[atom as usize]);
        load
    }

    fn cost_between(&self, atom: u32, others: Atoms) -> f64 {
        self.costs[atom as usize].iter().filter(|(other, _)| other & others != 0).map(|(_, cost)| cost).sum()
    }
}

fn lowest(atoms: Atoms) -> Atoms {
    atoms & atoms.wrapping_neg()
}

fn for_each(mut atoms: Atoms, mut each: impl FnMut(u32)) {
    while atoms != 0 {
        each(atoms.trailing_zeros());
        atoms &= atoms - 1;
    }
}

/// The parts as a division.
pub(super) fn division_of(parts: &[Atoms], atoms: usize) -> Division {
    let mut part_of = vec![0; atoms];
    for (part, &mask) in parts.iter().enumerate() {
        for_each(mask, |atom| part_of[atom as usize] = narrow(part));
    }
    Division::from_search(part_of, narrow(parts.len()))
}

/// What a search through everything has shown.
pub(super) enum Proof {
    /// Nothing costs less.
    Nothing,
    /// The cheapest division, and what it costs.
    Better(Division, f64),
    /// The graph is too large.
    GaveUp,
}

/// Looks for the cheapest division that costs less than `value`, through all that could.
pub(super) fn prove(task: &Task<'_>, costs: &[f64], value: f64, deadline: Option<Instant>) -> Proof {
    struct Cheapest {
        below: f64,
        found: Option<Vec<Atoms>>,
    }
    impl Visit for Cheapest {
        fn below(&self) -> f64 {
            self.below - 1e-9 * self.below.abs().min(1.0)
        }

        fn division(&mut self, parts: &[Atoms], cost: f64) -> ControlFlow<()> {
            if cost < self.below() {
                self.below = cost;
                self.found = Some(parts.to_vec());
            }
            ControlFlow::Continue(())
        }
    }
    let Some(mut branches) = Branches::new(task.graph, costs, task.lower, task.upper, task.proof_branches) else {
        return Proof::GaveUp;
    };
    branches.deadline = deadline;
    let mut cheapest = Cheapest { below: value, found: None };
    match branches.visit(task.parts, &mut cheapest) {
        End::TooMany | End::Stopped => Proof::GaveUp,
        End::Complete => match cheapest.found {
            Some(parts) => Proof::Better(division_of(&parts, task.graph.atoms()), cheapest.below),
            None => Proof::Nothing,
        },
    }
}
