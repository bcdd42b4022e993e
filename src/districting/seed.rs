//! First divisions: random spanning trees cut in two, again and again.

use super::{
    bound::quotas,
    graph::{Graph, float, narrow},
    tree::{TreeKind, Trees},
};
use rand_chacha::ChaCha8Rng;

/// Trees drawn for each cut; the best edge of all of them is cut.
const TRIES: usize = 6;

/// Divides the graph into `parts` connected parts whose loads are roughly equal (the worst kind counts).
///
/// Each component gets its share of the parts. `None` if there are more components than parts, or more parts than atoms.
pub(super) fn divide(graph: &Graph, parts: usize, random: &mut ChaCha8Rng) -> Option<Vec<u32>> {
    let (mut region_of, count) = graph.components();
    let quota = quotas(graph, &region_of, count, parts)?;
    let mut first = vec![0; count];
    for atom in (0..narrow(graph.atoms())).rev() {
        first[region_of[atom as usize] as usize] = atom;
    }
    let mut trees = Trees::new(graph);
    let mut regions = narrow(count);
    // Regions that are not finished: an atom of each and the parts that it will have.
    let mut open: Vec<(u32, usize)> = first.into_iter().zip(quota).collect();
    let mut branch = Vec::new();
    while let Some((start, parts)) = open.pop() {
        if parts == 1 {
            continue;
        }
        let region = region_of[start as usize];
        trees.gather(graph, start, |atom| region_of[atom as usize] == region);
        let of_branch = halve(graph, parts, &mut trees, random, &mut branch);
        for &atom in &branch {
            region_of[atom as usize] = regions;
        }
        regions += 1;
        // The tree's root is in no proper branch.
        open.push((trees.atoms()[0], parts - of_branch));
        open.push((branch[0], of_branch));
    }
    Some(region_of)
}

/// Cuts the best branch of a few trees off the region, and says how many of its `parts` the branch is for: half of them if
/// that is possible, so that large divisions take few cuts.
pub(super) fn halve(graph: &Graph, parts: usize, trees: &mut Trees, random: &mut ChaCha8Rng, branch: &mut Vec<u32>) -> usize {
    let halves = |_: usize, _: usize, _: f64| [parts / 2, parts - parts / 2];
    let nearest = |size: usize, rest: usize, share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the parts")]
        let wanted = (share * float(parts)).round() as usize;
        [wanted.clamp(parts.saturating_sub(rest).max(1), size.min(parts - 1)); 2]
    };
    let mut best = (f64::INFINITY, 0);
    for attempt in 0..TRIES {
        trees.draw(graph, TreeKind::Uniform, random);
        let mut found = best_branch(graph, parts, trees, halves, &mut best);
        if attempt + 1 == TRIES && best.1 == 0 {
            // A leaf can always be cut off for one part.
            found = best_branch(graph, parts, trees, nearest, &mut best);
        }
        if let Some(top) = found {
            trees.branch(top, branch);
        }
    }
    // The root of the last tree may lie in the branch of an earlier one: callers want an atom of the rest in front.
    trees.lead_with_an_atom_outside(branch);
    best.1
}

/// The branch of the tree that is nearest to its share of the load, if it beats `best` (how far off, parts of the branch).
/// `shares`: for how many parts a branch may be, by its size, the size of the rest and its share of the load.
fn best_branch(
    graph: &Graph,
    parts: usize,
    trees: &Trees,
    shares: impl Fn(usize, usize, f64) -> [usize; 2],
    best: &mut (f64, usize),
) -> Option<u32> {
    let all: Vec<f64> = (0..graph.kinds()).map(|kind| trees.total(kind).max(f64::MIN_POSITIVE)).collect();
    let mut found = None;
    for &atom in &trees.atoms()[1..] {
        let size = trees.size_below(atom) as usize;
        let rest = trees.atoms().len() - size;
        for share in shares(size, rest, trees.below(atom, 0) / all[0]) {
            if size < share || rest < parts - share {
                continue;
            }
            let wanted = float(share) / float(parts);
            let off = (0..graph.kinds()).map(|kind| (trees.below(atom, kind) / all[kind] - wanted).abs()).fold(0.0, f64::max);
            if off < best.0 {
                *best = (off, share);
                found = Some(atom);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::districting::{Division, sample};
    use proptest::prelude::*;
    use rand::SeedableRng;

    proptest! {
        #[test]
        fn parts_are_connected_and_as_many_as_asked_for(seed in 0_u64..500, parts in 1_usize..30) {
            let graph = sample::connected(30, 12, seed);
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let division = Division::new(&graph, divide(&graph, parts, &mut random).unwrap()).unwrap();
            prop_assert_eq!(division.parts(), parts);
            prop_assert!(division.is_connected(&graph));
        }
    }

    #[test]
    fn components_share_the_parts_by_load() {
        // Ten atoms in a row, cut after the third.
        let edges: Vec<_> = (0..9).filter(|&atom| atom != 2).map(|atom| (atom, atom + 1, 1.0)).collect();
        let graph = Graph::new(vec![vec![1.0; 10]], &edges).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let part_of = divide(&graph, 3, &mut random).unwrap();
        assert_eq!(part_of.iter().take(3).collect::<std::collections::BTreeSet<_>>().len(), 1);
        assert!(Division::new(&graph, part_of).unwrap().is_connected(&graph));
        assert_eq!(divide(&graph, 1, &mut random), None);
        assert_eq!(divide(&graph, 11, &mut random), None);
    }
}
