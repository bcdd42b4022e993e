//! Bounds that no division can beat, from the loads alone.

use super::graph::{Graph, float};

/// How many of the `parts` each component gets so that the largest mean load over components and kinds is as small as can be:
/// one each, then always one more where it is largest. `None` if that is impossible: too few parts, or too few atoms.
pub(super) fn quotas(graph: &Graph, component: &[u32], count: usize, parts: usize) -> Option<Vec<usize>> {
    if parts < count || parts > graph.atoms() {
        return None;
    }
    let mut atoms = vec![0_usize; count];
    // The share of all load, of the kind of which the component has most.
    let mut share = vec![0.0_f64; count];
    for kind in 0..graph.kinds() {
        let mut sums = vec![0.0; count];
        for (&component, load) in component.iter().zip(graph.loads(kind)) {
            sums[component as usize] += load;
        }
        let total = graph.total(kind);
        for (share, sum) in share.iter_mut().zip(sums) {
            *share = share.max(sum / total);
        }
    }
    for &component in component {
        atoms[component as usize] += 1;
    }
    let mut quota = vec![1_usize; count];
    for _ in count..parts {
        let neediest = (0..count)
            .filter(|&c| quota[c] < atoms[c])
            .max_by(|&a, &b| (share[a] / float(quota[a])).total_cmp(&(share[b] / float(quota[b]))).then(b.cmp(&a)))?;
        quota[neediest] += 1;
    }
    Some(quota)
}

/// How heavy the heaviest part must be at least, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// No division has a heaviest part lighter than this.
    pub max_load: f64,
    /// The mean load of a part.
    pub mean: f64,
    pub reason: BoundReason,
}

impl Bound {
    /// By how much the heaviest part exceeds the mean at least, as a share of the mean: the imbalance that no plan can beat.
    #[must_use]
    pub fn excess(&self) -> f64 {
        if self.mean > 0.0 { self.max_load / self.mean - 1.0 } else { 0.0 }
    }
}

/// What a [`Bound`] rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundReason {
    /// Some part is at least as heavy as the mean.
    Mean,
    /// The heaviest atom is in some part.
    LargestAtom,
    /// So many atoms must share a part; they are the lightest of those that are too many for one each.
    SharedPart { atoms: usize },
    /// Less would need more parts: large atoms leave too little room beside them (Martello and Toth's L₂).
    Packing,
    /// No set of atoms weighs between the mean and this (loads are whole numbers).
    SubsetSums,
    /// Of a component that does not touch the others.
    Component,
}

impl std::fmt::Display for BoundReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mean => f.write_str("the mean"),
            Self::LargestAtom => f.write_str("the heaviest atom"),
            Self::SharedPart { atoms } => write!(f, "some part has {atoms} atoms"),
            Self::Packing => f.write_str("large atoms leave too little room beside them"),
            Self::SubsetSums => f.write_str("no set of atoms comes nearer to the mean"),
            Self::Component => f.write_str("a component that touches no other"),
        }
    }
}

/// Whole loads up to this sum are looked at one by one.
const MOST_SUBSET_SUM: f64 = 1e7;
/// Work of the subset sums: atoms × words of the set.
const MOST_SUBSET_WORK: f64 = 1e8;

/// A bound on the heaviest of `parts` parts of indivisible atoms, whatever touches what.
///
/// O(n log n), and O(n × total / 64) for whole loads with a small total. With two parts and whole loads it is exact as far as
/// loads alone go.
#[must_use]
pub fn lower_bound(loads: &[f64], parts: usize) -> Bound {
    let parts = parts.max(1);
    let total: f64 = loads.iter().sum();
    let mean = total / float(parts);
    let mut falling = loads.to_vec();
    falling.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut bound = Bound { max_load: mean, mean, reason: BoundReason::Mean };
    let mut raise = |max_load: f64, reason| {
        if max_load > bound.max_load * (1.0 + 1e-12) {
            (bound.max_load, bound.reason) = (max_load, reason);
        }
    };
    raise(falling.first().copied().unwrap_or(0.0), BoundReason::LargestAtom);
    for (max_load, atoms) in shared_parts(&falling, parts) {
        raise(max_load, BoundReason::SharedPart { atoms });
    }
    raise(packing_bound(&falling, parts, mean), BoundReason::Packing);
    if let Some(sum) = least_sum_from(loads, mean) {
        raise(sum, BoundReason::SubsetSums);
    }
    bound
}

/// Of the `m × parts + 1` heaviest atoms, `m + 1` share a part, which weighs no less than the lightest of them.
fn shared_parts(falling: &[f64], parts: usize) -> impl Iterator<Item = (f64, usize)> {
    (1..).map_while(move |m| {
        let upto = falling.get(..=m * parts)?;
        Some((upto[upto.len() - m - 1..].iter().sum(), m + 1))
    })
}

/// The largest capacity found with which the atoms need more than `parts` bins: the heaviest part weighs more.
fn packing_bound(falling: &[f64], parts: usize, mean: f64) -> f64 {
    let mut enough = falling.first().copied().unwrap_or(0.0).max(mean) + falling.get(parts).copied().unwrap_or(0.0) + mean;
    let mut too_little = mean;
    // Forty halvings: a share of 1e-12 of the first guess.
    for _ in 0..40 {
        let capacity = f64::midpoint(too_little, enough);
        if bins_needed(falling, capacity) > parts { too_little = capacity } else { enough = capacity }
    }
    if bins_needed(falling, too_little) > parts { too_little } else { 0.0 }
}

/// Martello and Toth's L₂ (Discrete Applied Mathematics 28, 1990): how many bins of that capacity the atoms need at least.
fn bins_needed(falling: &[f64], capacity: f64) -> usize {
    if falling.first().is_some_and(|&first| first > capacity) {
        return usize::MAX;
    }
    // Twice the atom exceeds the capacity: no two of these share a bin.
    let over_half = falling.partition_point(|&load| load * 2.0 > capacity);
    let before: Vec<f64> = std::iter::once(0.0)
        .chain(falling.iter().scan(0.0, |sum, load| {
            *sum += load;
            Some(*sum)
        }))
        .collect();
    let mut most = over_half;
    // Atoms from `small` on up to half the capacity: what does not fit beside the large ones needs bins of its own. Each distinct
    // load is a candidate; 1,000 of them suffice.
    let candidates = falling.len() - over_half;
    for small in (over_half..falling.len()).step_by((candidates / 1000).max(1)) {
        let least = falling[small];
        let upto = falling.partition_point(|&load| load >= least);
        // Atoms so large that the least does not fit beside them leave no room.
        let alone = falling.partition_point(|&load| load > capacity - least);
        let room = float(over_half - alone.min(over_half)) * capacity - (before[over_half] - before[alone.min(over_half)]);
        let rest = before[upto] - before[over_half] - room;
        // A hair less, so that rounding never asks for a bin too many.
        let more = (rest / capacity * (1.0 - 1e-12) - 1e-9).ceil().max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the number of atoms")]
        let more = more as usize;
        most = most.max(over_half + more);
    }
    most
}

/// The least sum of a set of atoms that is not below `mean`, if the loads are whole numbers and few enough to try.
fn least_sum_from(loads: &[f64], mean: f64) -> Option<f64> {
    let total: f64 = loads.iter().sum();
    let whole = loads.iter().all(|load| load.fract() == 0.0);
    if !whole || total > MOST_SUBSET_SUM || total / 64.0 * float(loads.len()) > MOST_SUBSET_WORK {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and at most MOST_SUBSET_SUM")]
    let narrow = |load: f64| load as usize;
    let mut sums = vec![0_u64; narrow(total) / 64 + 1];
    sums[0] = 1;
    for &load in loads.iter().filter(|&&load| load > 0.0) {
        let (words, bits) = (narrow(load) / 64, narrow(load) % 64);
        for at in (words..sums.len()).rev() {
            let low = sums[at - words] << bits;
            let high = if bits > 0 && at > words { sums[at - words - 1] >> (64 - bits) } else { 0 };
            sums[at] |= low | high;
        }
    }
    (narrow(mean.ceil())..=narrow(total)).find(|sum| sums[sum / 64] >> (sum % 64) & 1 == 1).map(float)
}

/// Why no division can keep the loads of all parts within bounds.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WindowGap {
    #[error("{parts} parts of at {which} {bound} make {all}, but all atoms together weigh {total}")]
    Total { parts: usize, which: &'static str, bound: f64, all: f64, total: f64 },
    #[error("atom {atom} weighs {load}, more than the upper bound {upper}")]
    Atom { atom: usize, load: f64, upper: f64 },
    #[error("some part weighs at least {max_load} ({reason}), more than the upper bound {upper}")]
    Bound { max_load: f64, reason: BoundReason, upper: f64 },
    #[error("the component of atom {atom} weighs {load}, which no whole number of parts from {lower} to {upper} makes")]
    Component { atom: usize, load: f64, lower: f64, upper: f64 },
    #[error("the components can have {least} to {most} parts together within the bounds, not {parts}")]
    Components { least: usize, most: usize, parts: usize },
}

/// What keeps all divisions of the graph's first load from staying within the bounds, as far as counting can tell.
pub(super) fn window_gap(graph: &Graph, parts: usize, lower: f64, upper: f64) -> Option<WindowGap> {
    let (loads, total) = (graph.loads(0), graph.total(0));
    let slack = 1e-9 * total;
    let count = float(parts);
    for (which, bound, outside) in
        [("most", upper, total > count * upper + slack), ("least", lower, total < count * lower - slack)]
    {
        if outside {
            return Some(WindowGap::Total { parts, which, bound, all: count * bound, total });
        }
    }
    if let Some(atom) = loads.iter().position(|&load| load > upper + slack) {
        return Some(WindowGap::Atom { atom, load: loads[atom], upper });
    }
    let bound = lower_bound(loads, parts);
    if bound.max_load > upper + slack {
        return Some(WindowGap::Bound { max_load: bound.max_load, reason: bound.reason, upper });
    }
    components_gap(graph, parts, lower, upper, slack)
}

fn components_gap(graph: &Graph, parts: usize, lower: f64, upper: f64, slack: f64) -> Option<WindowGap> {
    let (component, count) = graph.components();
    let mut sums = vec![(0.0, 0_usize, usize::MAX); count];
    for (atom, (&component, load)) in component.iter().zip(graph.loads(0)).enumerate() {
        let sum = &mut sums[component as usize];
        *sum = (sum.0 + load, sum.1 + 1, sum.2.min(atom));
    }
    let (mut least, mut most) = (0, 0);
    for (load, atoms, atom) in sums {
        let fits = |parts: usize| float(parts) * lower <= load + slack && load <= float(parts) * upper + slack;
        let Some(fewest) = (1..=atoms).find(|&parts| fits(parts)) else {
            return Some(WindowGap::Component { atom, load, lower, upper });
        };
        least += fewest;
        most += (fewest..=atoms).rev().find(|&parts| fits(parts)).unwrap_or(fewest);
    }
    (parts < least || parts > most).then_some(WindowGap::Components { least, most, parts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lightest heaviest part, by trying all ways to put atoms into parts.
    fn exact(loads: &[f64], parts: usize) -> f64 {
        fn place(loads: &[f64], sums: &mut Vec<f64>, best: &mut f64) {
            let Some((load, rest)) = loads.split_first() else {
                *best = best.min(sums.iter().copied().fold(0.0, f64::max));
                return;
            };
            for part in 0..sums.len() {
                sums[part] += load;
                place(rest, sums, best);
                sums[part] -= load;
            }
        }
        let mut best = f64::INFINITY;
        place(loads, &mut vec![0.0; parts], &mut best);
        best
    }

    proptest! {
        #[test]
        fn no_packing_beats_the_bound(loads in prop::collection::vec(0_u32..40, 1..9), parts in 1_usize..5, tenths in any::<bool>()) {
            let loads: Vec<f64> = loads.into_iter().map(|load| f64::from(load) / if tenths { 10.0 } else { 1.0 }).collect();
            let bound = lower_bound(&loads, parts);
            prop_assert!(bound.max_load <= exact(&loads, parts) + 1e-9, "{bound:?} {}", exact(&loads, parts));
        }

        #[test]
        fn whole_loads_in_two_parts_are_settled_exactly(loads in prop::collection::vec(0_u32..100, 2..12)) {
            let loads: Vec<f64> = loads.into_iter().map(f64::from).collect();
            prop_assert!((lower_bound(&loads, 2).max_load - exact(&loads, 2)).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_micro_grids_leave_the_largest_grid_half_too_large() {
        let bound = lower_bound(&[1.0; 357], 176);
        assert_eq!(bound.reason, BoundReason::SharedPart { atoms: 3 });
        assert!((bound.max_load - 3.0).abs() < 1e-12);
        assert!((bound.excess() - 0.479).abs() < 5e-5, "{}", bound.excess());
        // The same with loads that are no whole numbers.
        assert!((lower_bound(&[0.37; 357], 176).excess() - bound.excess()).abs() < 1e-9);
    }

    #[test]
    fn each_reason_comes_up() {
        let reason = |loads: &[f64], parts| lower_bound(loads, parts).reason;
        assert_eq!(reason(&[1.0, 1.0], 2), BoundReason::Mean);
        assert_eq!(reason(&[9.0, 1.0, 1.0], 2), BoundReason::LargestAtom);
        assert_eq!(reason(&[3.0, 3.0, 3.0], 2), BoundReason::SharedPart { atoms: 2 });
        assert_eq!(reason(&[6.0, 4.0, 2.0], 2), BoundReason::Mean);
        assert_eq!(reason(&[7.0, 3.0, 3.0, 3.0, 2.0], 2), BoundReason::Mean);
        assert_eq!(reason(&[8.0, 2.0, 2.0, 2.0, 2.0, 2.0], 2), BoundReason::SubsetSums);
        // Beside three of 6.5 there is no room for 3.7 below 10.2, and one bin takes no three of these.
        assert_eq!(reason(&[6.5, 6.5, 6.5, 3.7, 3.7, 3.7], 4), BoundReason::Packing);
    }

    #[test]
    fn gaps_between_the_bounds_are_named() {
        let graph = |loads: &[f64], edges: &[(u32, u32, f64)]| Graph::new(vec![loads.to_vec()], edges).unwrap();
        let path = graph(&[1.0, 5.0, 1.0], &[(0, 1, 1.0), (1, 2, 1.0)]);
        assert_eq!(window_gap(&path, 2, 0.0, 7.0), None);
        assert_eq!(window_gap(&path, 2, 0.0, 4.0), Some(WindowGap::Atom { atom: 1, load: 5.0, upper: 4.0 }));
        assert!(matches!(window_gap(&path, 2, 4.0, 7.0), Some(WindowGap::Total { which: "least", .. })));
        assert!(matches!(window_gap(&path, 2, 0.0, 3.0), Some(WindowGap::Total { which: "most", .. })));
        let halves = graph(&[4.0, 4.0, 4.0], &[]);
        assert!(matches!(window_gap(&halves, 2, 0.0, 7.0), Some(WindowGap::Bound { .. })));
        // Ten atoms in a row, cut after the third or the sixth.
        let row = |cut: u32| {
            let edges: Vec<_> = (0..9).filter(|&atom| atom + 1 != cut).map(|atom| (atom, atom + 1, 1.0)).collect();
            graph(&[1.0; 10], &edges)
        };
        let too_light = WindowGap::Component { atom: 0, load: 3.0, lower: 4.0, upper: 6.0 };
        assert_eq!(window_gap(&row(3), 2, 4.0, 6.0), Some(too_light));
        assert_eq!(window_gap(&row(6), 2, 2.0, 5.0), Some(WindowGap::Components { least: 3, most: 5, parts: 2 }));
        assert_eq!(window_gap(&row(6), 3, 2.0, 5.0), None);
    }
}
