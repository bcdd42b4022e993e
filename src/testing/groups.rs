//! Members sorted into numbered groups, without a map from hashes: the order is always the same.

/// N groups of indices in one piece of memory.
#[derive(Clone, Debug)]
pub struct Groups {
    start: Vec<usize>,
    members: Vec<usize>,
}

impl Groups {
    /// `pairs`: (group below `n`, member); the members of a group keep their order.
    #[must_use]
    pub fn new(n: usize, pairs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut start = vec![0; n + 1];
        for (group, _) in pairs.clone() {
            start[group + 1] += 1;
        }
        for group in 0..n {
            start[group + 1] += start[group];
        }
        let mut next = start.clone();
        let mut members = vec![0; start[n]];
        for (group, member) in pairs {
            members[next[group]] = member;
            next[group] += 1;
        }
        Self { start, members }
    }

    #[must_use]
    pub fn of(&self, group: usize) -> &[usize] {
        &self.members[self.start[group]..self.start[group + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_within_a_group() {
        let groups = Groups::new(3, [(2, 7), (0, 1), (2, 5)].into_iter());
        assert_eq!((groups.of(0), groups.of(1), groups.of(2)), (&[1][..], &[][..], &[7, 5][..]));
    }
}
