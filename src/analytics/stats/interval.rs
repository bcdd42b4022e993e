//! 95 % intervals of proportions and of event rates.

/// The 97.5 % point of the standard normal distribution.
pub const Z95: f64 = 1.959_963_984_540_054;

/// The ends of a 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// Wilson's score interval (1927) of the proportion `successes` / `n`, within 0..1; `None` if `n` is 0.
#[must_use]
pub fn wilson(successes: f64, n: f64) -> Option<Interval> {
    if n <= 0.0 {
        return None;
    }
    let p = successes / n;
    let z2 = Z95 * Z95;
    let centre = p + z2 / (2.0 * n);
    let half = Z95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    let scale = 1.0 + z2 / n;
    Some(Interval { low: ((centre - half) / scale).max(0.0), high: ((centre + half) / scale).min(1.0) })
}

/// The interval of a rate of weighted events: Σ weight over `exposure`.
///
/// `count`: how many events; `weighted`: the sum of their weights; `squared`: the sum of the squares of their weights (all
/// three equal if every weight is 1). Dobson's method (1991) around Byar's approximation of the Poisson limits. `None` if
/// `exposure` is 0.
#[must_use]
pub fn weighted_event_interval(count: f64, weighted: f64, squared: f64, exposure: f64) -> Option<Interval> {
    if exposure <= 0.0 {
        return None;
    }
    let counts = byar(count);
    // Without an event there is no weight to scale by: 1, the default weight.
    let scale = if count > 0.0 { (squared / count).sqrt() } else { 1.0 };
    let low = (weighted + scale * (counts.low - count)).max(0.0) / exposure;
    Some(Interval { low, high: (weighted + scale * (counts.high - count)) / exposure })
}

/// Byar's approximation of the exact Poisson limits of a count.
fn byar(count: f64) -> Interval {
    let low = if count > 0.0 { count * (1.0 - 1.0 / (9.0 * count) - Z95 / (3.0 * count.sqrt())).powi(3) } else { 0.0 };
    let next = count + 1.0;
    Interval { low: low.max(0.0), high: next * (1.0 - 1.0 / (9.0 * next) + Z95 / (3.0 * next.sqrt())).powi(3) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn golden_wilson() {
        let it = wilson(5.0, 6.0).unwrap();
        assert!((it.low - 0.4365).abs() < 5e-5 && (it.high - 0.9699).abs() < 5e-5, "{it:?}");
    }

    #[test]
    fn no_trials_no_interval() {
        assert_eq!(wilson(0.0, 0.0), None);
        assert_eq!(weighted_event_interval(0.0, 0.0, 0.0, 0.0), None);
    }

    #[test]
    fn poisson_limits_are_near_the_exact_ones() {
        // Exact 95 % limits of a Poisson count: 0 → 0..3.689, 10 → 4.795..18.390, 100 → 81.364..121.627.
        for (count, low, high) in [(0.0, 0.0, 3.689), (10.0, 4.795, 18.390), (100.0, 81.364, 121.627)] {
            let it = weighted_event_interval(count, count, count, 1.0).unwrap();
            assert!((it.low - low).abs() < 0.01 && (it.high - high).abs() < 0.05, "{count}: {it:?}");
        }
    }

    #[test]
    fn weights_scale_the_interval() {
        let plain = weighted_event_interval(10.0, 10.0, 10.0, 20.0).unwrap();
        let triple = weighted_event_interval(10.0, 30.0, 90.0, 20.0).unwrap();
        assert!((triple.low - 3.0 * plain.low).abs() < 1e-12 && (triple.high - 3.0 * plain.high).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn wilson_limits_solve_the_score_equation(n in 1_u32..10_000, share in 0.0..=1.0_f64) {
            let n = f64::from(n);
            let successes = (share * n).round();
            let p = successes / n;
            let it = wilson(successes, n).unwrap();
            prop_assert!(it.low <= p + 1e-12 && p <= it.high + 1e-12);
            for end in [it.low, it.high] {
                let score = (p - end).powi(2) - Z95 * Z95 * end * (1.0 - end) / n;
                prop_assert!(score.abs() < 1e-9, "{end}: {score}");
            }
        }
    }
}
