//! Kaplan–Meier: how long things take while some have not ended yet.

use super::Z95;

/// S(t) ≤ 1 − q is decided within this: 1 − 0.9 is not 0.1 in binary.
const TOLERANCE: f64 = 1e-12;

/// A duration that ended (an event), or that was still going on when it was last seen (censored).
///
/// Sorts by duration, and at equal durations events first: who is censored at t was still at risk at t.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observation(i64);

impl Observation {
    /// `duration`: any unit, magnitude below 2⁶².
    #[must_use]
    pub const fn new(duration: i64, event: bool) -> Self {
        Self(duration * 2 + !event as i64)
    }

    #[must_use]
    pub const fn duration(self) -> i64 {
        self.0 >> 1
    }

    #[must_use]
    pub const fn is_event(self) -> bool {
        self.0 & 1 == 0
    }
}

/// One step down of the survival function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The duration at which it falls.
    pub at: i64,
    /// How many were still going on just before.
    pub at_risk: u64,
    /// How many ended there.
    pub events: u64,
    /// S: the share that goes on beyond `at`.
    pub survival: f64,
    /// Greenwood's Σ d/(n(n − d)) up to here; infinite once S is 0.
    pub greenwood: f64,
}

/// The steps of the survival function of one group's sorted observations.
///
/// Between two censorings the product telescopes to a quotient of counts, which is taken as such: S is exact to the last bit
/// as long as nothing is censored, and n steps do not add up n roundings.
pub struct Steps<I: Iterator> {
    rest: std::iter::Peekable<I>,
    at_risk: u64,
    /// S and the number at risk after the last censoring.
    base: (f64, u64),
    survival: f64,
    greenwood: f64,
}

impl<I: ExactSizeIterator<Item = Observation>> Steps<I> {
    /// `sorted`: the group's observations in ascending order.
    pub fn new(sorted: I) -> Self {
        let at_risk = sorted.len() as u64;
        Self { rest: sorted.peekable(), at_risk, base: (1.0, at_risk), survival: 1.0, greenwood: 0.0 }
    }
}

impl<I: Iterator<Item = Observation>> Iterator for Steps<I> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while self.rest.next_if(|o| !o.is_event()).is_some() {
            self.at_risk -= 1;
            self.base = (self.survival, self.at_risk);
        }
        let first = self.rest.next()?;
        let mut events = 1;
        while self.rest.next_if_eq(&first).is_some() {
            events += 1;
        }
        let at_risk = self.at_risk;
        self.at_risk -= events;
        self.survival = self.base.0 * count(self.at_risk) / count(self.base.1);
        self.greenwood += count(events) / (count(at_risk) * count(self.at_risk));
        Some(Step { at: first.duration(), at_risk, events, survival: self.survival, greenwood: self.greenwood })
    }
}

/// What the survival function of a group says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Observations, censored ones included.
    pub n: u64,
    pub events: u64,
    /// `None`: not reached. So is each of the following.
    pub median: Option<i64>,
    /// 95 % interval of the median.
    pub median_low: Option<i64>,
    pub median_high: Option<i64>,
    pub p90: Option<i64>,
}

/// The Kaplan–Meier median and p90 of one group's sorted observations, in one pass.
///
/// The q-quantile is the first t at which S(t) ≤ 1 − q (no midpoint is taken where S meets 1 − q exactly over an interval);
/// where S stays above, it is not reached. The interval of the median is Brookmeyer and Crowley's: the first t at which the
/// log-log limits of S reach ½.
pub fn estimate(sorted: impl ExactSizeIterator<Item = Observation>) -> Estimate {
    let n = sorted.len() as u64;
    let mut it = Estimate { n, events: 0, median: None, median_low: None, median_high: None, p90: None };
    let set = |slot: &mut Option<i64>, reached: bool, at| {
        if slot.is_none() && reached {
            *slot = Some(at);
        }
    };
    for step in Steps::new(sorted) {
        it.events += step.events;
        set(&mut it.median, step.survival <= 0.5 + TOLERANCE, step.at);
        set(&mut it.p90, step.survival <= 0.1 + TOLERANCE, step.at);
        if it.median_low.is_none() || it.median_high.is_none() {
            let (low, high) = limits(&step);
            set(&mut it.median_low, low <= 0.5, step.at);
            set(&mut it.median_high, high.is_some_and(|high| high <= 0.5), step.at);
        }
    }
    it
}

/// Log-log 95 % limits of S; the upper one is undefined where S is 0.
fn limits(step: &Step) -> (f64, Option<f64>) {
    if step.survival <= 0.0 {
        return (0.0, None);
    }
    let spread = (Z95 * step.greenwood.sqrt() / step.survival.ln().abs()).exp();
    (step.survival.powf(spread), Some(step.survival.powf(1.0 / spread)))
}

/// The middle value, or the mean of the two middle ones; `None` of nothing. Reorders `values`. O(n).
#[must_use]
pub fn median_raw(values: &mut [i64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable(middle);
    if odd {
        return Some(precise(upper));
    }
    let lower = below.iter().copied().max().unwrap_or(upper);
    Some(f64::midpoint(precise(lower), precise(upper)))
}

#[expect(clippy::cast_precision_loss, reason = "numbers of cases stay below 2^53")]
const fn count(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, reason = "2^53 ms are 285,000 years")]
const fn precise(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(observations: &[(i64, bool)]) -> Vec<Observation> {
        let mut all: Vec<_> = observations.iter().map(|&(t, event)| Observation::new(t, event)).collect();
        all.sort_unstable();
        all
    }

    fn estimate_of(observations: &[(i64, bool)]) -> Estimate {
        estimate(sorted(observations).into_iter())
    }

    #[test]
    fn golden() {
        let data = [(2, true), (4, true), (6, false), (8, true), (10, false), (12, true)];
        let steps: Vec<_> = Steps::new(sorted(&data).into_iter()).map(|s| (s.at, s.survival)).collect();
        for ((at, s), (golden_at, golden)) in steps.iter().zip([(2, 0.8333), (4, 0.6667), (8, 0.4444), (12, 0.0)]) {
            assert!(*at == golden_at && (s - golden).abs() < 5e-5, "{steps:?}");
        }
        assert_eq!(steps.len(), 4);
        let it = estimate_of(&data);
        assert_eq!((it.n, it.events, it.median, it.p90), (6, 4, Some(8), Some(12)));
        // The raw median of the closed alone is lower: open cases are the slow ones.
        assert_eq!(median_raw(&mut [2, 4, 8, 12]), Some(6.0));
    }

    #[test]
    fn an_event_at_the_time_of_a_censoring_comes_first() {
        // Both are at risk at 5: S falls to ½, not to 0.
        let steps: Vec<_> = Steps::new(sorted(&[(5, false), (5, true)]).into_iter()).collect();
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].at_risk, steps[0].survival.to_bits()), (2, 0.5_f64.to_bits()));
    }

    #[test]
    fn p90_is_reached_where_one_in_ten_is_left() {
        let ten: Vec<_> = (1..=10).map(|t| (t, true)).collect();
        assert_eq!(estimate_of(&ten).p90, Some(9));
        assert_eq!(estimate_of(&ten).median, Some(5));
    }

    #[test]
    fn not_reached_is_none() {
        let it = estimate_of(&[(1, true), (2, false), (3, false)]);
        assert_eq!((it.n, it.median, it.p90), (3, None, None));
        assert_eq!(estimate_of(&[]).n, 0);
    }

    #[test]
    fn interval_of_the_median() {
        // lifelines 0.30: median_survival_times(KaplanMeierFitter().fit(range(1, 21)).confidence_interval_) is 5..15.
        let twenty: Vec<_> = (1..=20).map(|t| (t, true)).collect();
        let it = estimate_of(&twenty);
        assert_eq!((it.median_low, it.median, it.median_high), (Some(5), Some(10), Some(15)));
    }

    #[test]
    fn raw_median() {
        assert_eq!(median_raw(&mut []), None);
        assert_eq!(median_raw(&mut [7]), Some(7.0));
        assert_eq!(median_raw(&mut [4, -1, 9]), Some(4.0));
        assert_eq!(median_raw(&mut [4, 1, 9, 2]), Some(3.0));
    }

    /// The textbook product over all distinct times.
    fn naive_survival(data: &[(i64, bool)], t: i64) -> f64 {
        let mut times: Vec<_> = data.iter().filter(|o| o.1 && o.0 <= t).map(|o| o.0).collect();
        times.sort_unstable();
        times.dedup();
        let at = |time| {
            let at_risk = data.iter().filter(|o| o.0 >= time).count() as u64;
            let events = data.iter().filter(|o| o.0 == time && o.1).count() as u64;
            1.0 - count(events) / count(at_risk)
        };
        times.into_iter().map(at).product()
    }

    proptest! {
        #[test]
        fn equals_the_textbook_product(data in prop::collection::vec((0_i64..20, any::<bool>()), 1..60)) {
            for step in Steps::new(sorted(&data).into_iter()) {
                prop_assert!((step.survival - naive_survival(&data, step.at)).abs() < 1e-9);
            }
            let reached = |q: f64| (0..20).find(|&t| naive_survival(&data, t) <= 1.0 - q + 1e-9);
            let it = estimate_of(&data);
            prop_assert_eq!((it.median, it.p90), (reached(0.5), reached(0.9)));
        }

        #[test]
        fn equals_the_order_statistic_when_nothing_is_censored(mut times in prop::collection::vec(-50_i64..50, 1..200)) {
            let data: Vec<_> = times.iter().map(|&t| (t, true)).collect();
            let it = estimate_of(&data);
            times.sort_unstable();
            let nth = |q10: usize| times[(times.len() * q10).div_ceil(10) - 1];
            prop_assert_eq!((it.median, it.p90), (Some(nth(5)), Some(nth(9))));
        }
    }
}
