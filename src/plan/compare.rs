//! Two drafts, or versions, beside each other, whatever grids they have.

use super::{Desk, GridFigures, Totals};
use crate::{
    districting::{self, Division, Graph, GraphError},
    place::Id,
};
use std::collections::BTreeMap;

/// What is different between `a` and `b`.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Households in another grid, and the persons in them.
    pub moved: Moves,
    /// The same where grids are known by whom they have in common, not by their identity: a grid under a new id is no move.
    pub moved_matched: Moves,
    /// In nats, over persons.
    pub variation_of_information: f64,
    pub persons_with_new_worker: u64,
    /// Who goes from where to where; those who stay included.
    pub flows: Vec<Flow>,
    /// All grids of both, by id.
    pub grids: Vec<GridPair>,
    pub totals: [Totals; 2],
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moves {
    pub households: u64,
    pub persons: u64,
}

/// Households that are in one grid of `a` and one of `b`; `None` is no grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub from: Option<Id>,
    pub to: Option<Id>,
    pub households: u64,
    pub persons: u64,
}

/// A grid in both.
#[derive(Clone, Debug)]
pub struct GridPair {
    pub id: Id,
    pub name: String,
    pub figures: [Option<GridFigures>; 2],
}

/// Compares two desks over the same evidence. O(households + grids³).
///
/// # Errors
/// [`GraphError`] where there are too many households for one comparison.
pub fn compare(a: &Desk, b: &Desk) -> Result<Comparison, GraphError> {
    let homes = &a.live().evidence().homes;
    let (of_a, of_b) = (a.live().homes().1, b.live().homes().1);
    let mut counts: BTreeMap<(Option<Id>, Option<Id>), Moves> = BTreeMap::new();
    for ((home, &from), &to) in homes.iter().zip(of_a).zip(of_b) {
        let count = counts.entry((from, to)).or_default();
        count.households += 1;
        count.persons += u64::from(home.persons);
    }
    let flows: Vec<Flow> =
        counts.into_iter().map(|((from, to), Moves { households, persons })| Flow { from, to, households, persons }).collect();
    let mut moved = Moves::default();
    for flow in flows.iter().filter(|flow| flow.from != flow.to) {
        moved.households += flow.households;
        moved.persons += flow.persons;
    }
    let (moved_matched, variation_of_information) = matched(a, b)?;
    let workers = a.live().responsible(a.draft()).1.into_iter().zip(b.live().responsible(b.draft()).1);
    let changed = homes.iter().zip(workers).filter(|(_, (before, after))| before != after);
    Ok(Comparison {
        moved,
        moved_matched,
        variation_of_information,
        persons_with_new_worker: changed.map(|(home, _)| u64::from(home.persons)).sum(),
        flows,
        grids: pairs(a, b),
        totals: [a.live().totals(), b.live().totals()],
    })
}

fn matched(a: &Desk, b: &Desk) -> Result<(Moves, f64), GraphError> {
    let homes = &a.live().evidence().homes;
    if homes.is_empty() {
        return Ok((Moves::default(), 0.0));
    }
    let graph = Graph::new(vec![homes.iter().map(|home| f64::from(home.persons)).collect()], &[])?;
    let division = |labels: &[Option<Id>]| Division::from_labels(&graph, labels);
    let (Ok(of_a), Ok(of_b)) = (division(a.live().homes().1), division(b.live().homes().1)) else {
        return Ok((Moves::default(), 0.0));
    };
    let found = districting::compare(&graph, 0, &of_a, &of_b);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of persons")]
    let persons = found.hamming_load.round() as u64;
    Ok((Moves { households: found.hamming as u64, persons }, found.variation_of_information))
}

fn pairs(a: &Desk, b: &Desk) -> Vec<GridPair> {
    let mut grids: BTreeMap<Id, [Option<GridFigures>; 2]> = BTreeMap::new();
    for (side, desk) in [a, b].into_iter().enumerate() {
        for (id, figures) in desk.live().figures() {
            grids.entry(*id).or_default()[side] = Some(figures.clone());
        }
    }
    let name = |id: Id| [b, a].into_iter().find_map(|desk| desk.draft().attributes(id)).map(|it| it.name.clone());
    grids.into_iter().map(|(id, figures)| GridPair { id, name: name(id).unwrap_or_default(), figures }).collect()
}
