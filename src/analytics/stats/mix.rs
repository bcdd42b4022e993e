//! The mix of mediation: a monitored share, never a quota.

/// ½·Σ|share − target|: the part of the cases that would have to move for the shares to meet `target`, 0..1.
///
/// `counts` and `target` (which sums to 1) in the same order, e.g. people's, administrative, judicial against 70/20/10.
/// `None` if there is no case.
#[must_use]
pub fn mediation_mix<const N: usize>(counts: [f64; N], target: [f64; N]) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    (total > 0.0).then(|| counts.iter().zip(target).map(|(count, target)| (count / total - target).abs()).sum::<f64>() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden() {
        let mix = mediation_mix([60.0, 30.0, 10.0], [0.7, 0.2, 0.1]).unwrap();
        assert!((mix - 0.1).abs() < 1e-12);
        assert_eq!(mediation_mix([0.0; 3], [0.7, 0.2, 0.1]), None);
    }
}
