//! Marshall's global empirical-Bayes shrinkage (1991): a small place's rate is drawn towards the rate of all.

/// What the numerator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Events over an exposure (Poisson): reports per worker-day.
    Event,
    /// A part of the denominator (binomial): visited of eligible.
    Proportion,
}

/// The shrunken rates of places, in the order given.
///
/// `rates`: numerator and denominator of each place. With m = Σy/Σn, s² the n-weighted variance of the rates and n̄ the mean
/// denominator, v = m for events and m(1 − m) for proportions: A = max(0, s² − v/n̄), and place i keeps the weight
/// A/(A + v/nᵢ) of its own rate. `None` where the denominator is 0; such places are left out of m, s² and n̄.
#[must_use]
pub fn shrink(rate: Rate, rates: &[(f64, f64)]) -> Vec<Option<f64>> {
    let known = || rates.iter().filter(|(_, n)| *n > 0.0);
    let (sum_y, sum_n, places) = known().fold((0.0, 0.0, 0.0), |(ys, ns, k), (y, n)| (ys + y, ns + n, k + 1.0));
    if sum_n <= 0.0 {
        return vec![None; rates.len()];
    }
    let m = sum_y / sum_n;
    let s2 = known().map(|(y, n)| n * (y / n - m).powi(2)).sum::<f64>() / sum_n;
    let v = match rate {
        Rate::Event => m,
        Rate::Proportion => m * (1.0 - m),
    };
    let a = (s2 - v / (sum_n / places)).max(0.0);
    let place = |&(y, n): &(f64, f64)| {
        // Both parts are 0 only when every rate is the same 0 or 1: then there is nothing to draw anywhere.
        let weight = if a + v / n > 0.0 { a / (a + v / n) } else { 1.0 };
        (n > 0.0).then(|| m + weight * (y / n - m))
    };
    rates.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_golden(rate: Rate, y: [f64; 5], n: [f64; 5], expected: [f64; 5]) {
        let rates: Vec<_> = y.into_iter().zip(n).collect();
        for (got, expected) in shrink(rate, &rates).into_iter().zip(expected) {
            assert!((got.unwrap() - expected).abs() < 5e-5, "{got:?} {expected}");
        }
    }

    #[test]
    fn golden_event_rates() {
        assert_golden(
            Rate::Event,
            [0.0, 1.0, 3.0, 2.0, 12.0],
            [18.0, 20.0, 22.0, 19.0, 60.0],
            [0.1187, 0.1222, 0.1302, 0.1274, 0.1459],
        );
    }

    #[test]
    fn golden_proportions() {
        assert_golden(
            Rate::Proportion,
            [18.0, 20.0, 15.0, 19.0, 48.0],
            [20.0, 22.0, 20.0, 19.0, 60.0],
            [0.8624, 0.8656, 0.8276, 0.8843, 0.8268],
        );
    }

    #[test]
    fn a_place_without_exposure_has_no_rate_and_moves_nobody() {
        let with = shrink(Rate::Event, &[(1.0, 10.0), (0.0, 0.0), (5.0, 10.0)]);
        let without = shrink(Rate::Event, &[(1.0, 10.0), (5.0, 10.0)]);
        assert_eq!(with, [without[0], None, without[1]]);
        assert_eq!(shrink(Rate::Event, &[(0.0, 0.0)]), [None]);
        assert_eq!(shrink(Rate::Proportion, &[(3.0, 3.0), (5.0, 5.0)]), [Some(1.0), Some(1.0)]);
    }

    proptest! {
        #[test]
        fn lies_between_own_rate_and_mean(cases in prop::collection::vec((0_u32..50, 0_u32..50), 1..30), event: bool) {
            let rates: Vec<_> = cases.iter().map(|&(y, more)| (f64::from(y), f64::from(y + more + 1))).collect();
            let mean = rates.iter().map(|r| r.0).sum::<f64>() / rates.iter().map(|r| r.1).sum::<f64>();
            let rate = if event { Rate::Event } else { Rate::Proportion };
            for (shrunken, (y, n)) in shrink(rate, &rates).into_iter().zip(&rates) {
                let (own, shrunken) = (y / n, shrunken.unwrap());
                prop_assert!(own.min(mean) - 1e-12 <= shrunken && shrunken <= own.max(mean) + 1e-12);
            }
        }
    }
}
