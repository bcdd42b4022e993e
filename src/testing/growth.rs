//! Growing places over the cells of a mesh: each place is connected, and its share of the weight is near to what is wanted.

use super::{mesh::Mesh, plane::Xy, random::Dice, random::Weights};
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

/// A front that reaches a cell.
#[derive(PartialEq)]
struct Front {
    time: f64,
    cell: usize,
    label: usize,
}

impl Eq for Front {}

impl Ord for Front {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then(self.cell.cmp(&other.cell)).then(self.label.cmp(&other.label))
    }
}

impl PartialOrd for Front {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What is divided: the cells whose `region` entry is `within`, each with a weight; `cost` is the time from a cell to its
/// neighbour.
pub struct Ground<'a, C> {
    pub mesh: &'a Mesh,
    pub region: &'a [usize],
    pub within: usize,
    pub weight: &'a [f64],
    pub cost: C,
}

impl<C: Fn(usize, usize) -> f64> Ground<'_, C> {
    /// Divides `cells` (all those of the region) into `shares.len()` connected parts, part k having about `shares[k]` of the
    /// weight. The parts start from `seeds`. Returns the part of each of `cells`; every part has at least one cell.
    ///
    /// # Panics
    /// If there are fewer cells than parts, or the region is not connected.
    #[must_use]
    pub fn divide(&self, cells: &[usize], seeds: &[usize], shares: &[f64], rounds: usize) -> Vec<usize> {
        let total: f64 = cells.iter().map(|&cell| self.weight[cell]).sum();
        let wanted: f64 = shares.iter().sum();
        let mut pace = vec![1.0_f64; seeds.len()];
        let (mut best, mut best_error) = (Vec::new(), f64::INFINITY);
        for _ in 0..rounds.max(1) {
            let label = self.race(seeds, &pace);
            let mut got = vec![0.0; seeds.len()];
            for &cell in cells {
                got[label[cell]] += self.weight[cell];
            }
            let ratios: Vec<f64> =
                got.iter().zip(shares).map(|(&got, &share)| (share / wanted) / (got / total).max(1e-9)).collect();
            let error = ratios.iter().map(|&ratio: &f64| ratio.max(1.0 / ratio)).sum();
            if error < best_error {
                best_error = error;
                best = cells.iter().map(|&cell| label[cell]).collect();
            }
            for (pace, ratio) in pace.iter_mut().zip(ratios) {
                // The area grows with the square of the pace; the root is taken twice so as not to swing.
                *pace *= ratio.clamp(0.25, 4.0).sqrt().sqrt();
            }
        }
        best
    }

    /// Dijkstra from all seeds at once; a front of pace 2 needs half the time. Entries outside the region are `usize::MAX`.
    fn race(&self, seeds: &[usize], pace: &[f64]) -> Vec<usize> {
        let mut label = vec![usize::MAX; self.mesh.sites.len()];
        let mut queue: BinaryHeap<Reverse<Front>> =
            seeds.iter().enumerate().map(|(label, &cell)| Reverse(Front { time: 0.0, cell, label })).collect();
        while let Some(Reverse(front)) = queue.pop() {
            if label[front.cell] != usize::MAX {
                continue;
            }
            label[front.cell] = front.label;
            for &next in self.mesh.neighbours(front.cell) {
                if self.region[next] == self.within && label[next] == usize::MAX {
                    let time = front.time + (self.cost)(front.cell, next) / pace[front.label];
                    queue.push(Reverse(Front { time, cell: next, label: front.label }));
                }
            }
        }
        label
    }

    /// `k` different cells of `cells`, spread so that each stands for about the same weight (weighted k-means).
    ///
    /// # Panics
    /// If there are fewer than `k` cells.
    #[must_use]
    pub fn spread(&self, cells: &[usize], k: usize, dice: &mut Dice) -> Vec<usize> {
        assert!(cells.len() >= k, "{k} parts of {} cells", cells.len());
        let draw = Weights::new(cells.iter().map(|&cell| self.weight[cell]));
        let mut centres: Vec<Xy> = Vec::with_capacity(k);
        while centres.len() < k {
            // The best of three draws: far from the centres that stand already.
            let candidates = [0; 3].map(|_| self.mesh.sites[cells[draw.draw(dice)]]);
            let gap = |p: &Xy| centres.iter().map(|c| c.distance_squared(*p)).fold(f64::INFINITY, f64::min);
            centres.extend(candidates.iter().copied().max_by(|a, b| gap(a).total_cmp(&gap(b))));
        }
        for _ in 0..12 {
            let mut sums = vec![(Xy::default(), 0.0); k];
            for &cell in cells {
                let (at, weight) = (self.mesh.sites[cell], self.weight[cell]);
                let sum = &mut sums[nearest(&centres, at)];
                *sum = (sum.0 + at * weight, sum.1 + weight);
            }
            for (centre, (sum, weight)) in centres.iter_mut().zip(sums) {
                if weight > 0.0 {
                    *centre = sum * (1.0 / weight);
                }
            }
        }
        let mut taken = vec![false; self.mesh.sites.len()];
        centres
            .iter()
            .map(|&centre| {
                let distance = |cell: usize| self.mesh.sites[cell].distance_squared(centre);
                let free = cells.iter().copied().filter(|&cell| !taken[cell]);
                let seed = free.min_by(|&a, &b| distance(a).total_cmp(&distance(b))).expect("more cells than parts");
                taken[seed] = true;
                seed
            })
            .collect()
    }
}

fn nearest(centres: &[Xy], at: Xy) -> usize {
    let mut best = (f64::INFINITY, 0);
    for (i, centre) in centres.iter().enumerate() {
        let distance = centre.distance_squared(at);
        if distance < best.0 {
            best = (distance, i);
        }
    }
    best.1
}

/// The largest connected part of the cells with `inside`, without holes: a cell that cannot reach `outer` without crossing the
/// part belongs to it.
#[must_use]
pub fn solid(mesh: &Mesh, inside: &[bool], outer: usize) -> Vec<bool> {
    let parts = components(mesh, |cell| inside[cell]);
    let largest = (0..parts.len()).rev().max_by_key(|&i| parts[i].len());
    let mut solid = vec![false; inside.len()];
    for &cell in largest.map_or(&[][..], |i| &parts[i]) {
        solid[cell] = true;
    }
    for part in components(mesh, |cell| !solid[cell]) {
        if !part.contains(&outer) {
            for cell in part {
                solid[cell] = true;
            }
        }
    }
    solid
}

fn components(mesh: &Mesh, member: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut seen = vec![false; mesh.sites.len()];
    let mut parts = Vec::new();
    for start in 0..mesh.sites.len() {
        if seen[start] || !member(start) {
            continue;
        }
        seen[start] = true;
        let (mut part, mut next) = (vec![start], 0);
        while next < part.len() {
            for &cell in mesh.neighbours(part[next]) {
                if !seen[cell] && member(cell) {
                    seen[cell] = true;
                    part.push(cell);
                }
            }
            next += 1;
        }
        parts.push(part);
    }
    parts
}
