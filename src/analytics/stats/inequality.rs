//! How evenly a load is spread.

use serde::Serialize;

/// Inequality of a load over those who carry it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Balance {
    /// Gini coefficient, 0 (equal) to (n − 1)/n (one carries all).
    pub gini: f64,
    /// Coefficient of variation: population standard deviation over mean.
    pub cv: f64,
    /// The largest load over the mean load.
    pub max_mean: f64,
    /// How many carriers, those without load included.
    pub n: usize,
}

/// Gini = Σ(2i − n − 1)·xᵢ / (n²·x̄) over the sorted loads (i from 1), CV = σ/x̄ (population), max/mean.
///
/// `loads`: at least 0, in any order and unit, zero loads included. `None` if nobody carries anything (the total is 0).
#[must_use]
pub fn balance(loads: &[f64]) -> Option<Balance> {
    let total: f64 = loads.iter().sum();
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let mut sorted = loads.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = count(sorted.len());
    let mean = total / n;
    let weighted: f64 = sorted.iter().enumerate().map(|(i, x)| (2.0 * count(i) + 1.0 - n) * x).sum();
    let variance = sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let max = sorted.last().copied().unwrap_or_default();
    Some(Balance { gini: weighted / (n * n * mean), cv: variance.sqrt() / mean, max_mean: max / mean, n: loads.len() })
}

#[expect(clippy::cast_precision_loss, reason = "numbers of workers stay below 2^53")]
const fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn golden() {
        let b = balance(&[4.0, 2.0, 10.0, 4.0]).unwrap();
        assert!(close(b.gini, 0.3) && close(b.cv, 0.6) && close(b.max_mean, 2.0), "{b:?}");
        assert_eq!(b.n, 4);
    }

    #[test]
    fn null_when_the_total_is_zero() {
        assert_eq!(balance(&[]), None);
        assert_eq!(balance(&[0.0, 0.0]), None);
    }

    #[test]
    fn zero_loads_count() {
        let b = balance(&[0.0, 0.0, 0.0, 8.0]).unwrap();
        assert!(close(b.gini, 0.75) && close(b.max_mean, 4.0));
    }

    proptest! {
        #[test]
        fn gini_is_half_the_mean_difference(loads in prop::collection::vec(0.0..1000.0_f64, 1..40)) {
            prop_assume!(loads.iter().sum::<f64>() > 1e-6);
            let n = count(loads.len());
            let mean = loads.iter().sum::<f64>() / n;
            let difference: f64 = loads.iter().flat_map(|a| loads.iter().map(move |b| (a - b).abs())).sum();
            let gini = balance(&loads).unwrap().gini;
            prop_assert!((gini - difference / (2.0 * n * n * mean)).abs() < 1e-9);
        }
    }
}
