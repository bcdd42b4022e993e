//! Seeded chance whose draws are the same on every machine.
//!
//! Only `+ − × ÷ √` are used on the way from bits to numbers: IEEE 754 fixes their results, whereas `sin`, `exp` or `ln` may
//! differ in the last digit from one C library to the next.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// A stream of random numbers that belongs to a seed and a subject, so that one part of a data set can change without
/// changing the others.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    #[must_use]
    pub fn new(seed: u64, subject: &str) -> Self {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(subject.as_bytes()).finalize();
        Self(ChaCha8Rng::from_seed(digest.into()))
    }

    /// Uniform in 0..1, 1 excluded.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in `0..n`; 0 where `n` is 0.
    #[expect(clippy::cast_possible_truncation, reason = "the high half of the product is below n")]
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Uniform in `low..=high`.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Bell-shaped with mean 0 and standard deviation 1, within ±3.5 (sum of four uniforms).
    pub fn bell(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.unit()).sum();
        (sum - 2.0) * 3.0_f64.sqrt()
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// A value with the quantiles `q` at 0, 0.25, 0.5, 0.75, 0.95 and 1, linear between them.
    pub fn quantile(&mut self, q: &[f64; 6]) -> f64 {
        const AT: [f64; 6] = [0.0, 0.25, 0.5, 0.75, 0.95, 1.0];
        let u = self.unit();
        let i = AT.iter().rposition(|&at| at <= u).unwrap_or(0).min(4);
        q[i] + (q[i + 1] - q[i]) * (u - AT[i]) / (AT[i + 1] - AT[i])
    }
}

/// A choice among N by weight, O(log N) a draw.
#[derive(Clone, Debug)]
pub struct Weights(Vec<f64>);

impl Weights {
    /// `weights`: N non-negative numbers.
    #[must_use]
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect(),
        )
    }

    /// Whether nothing can be drawn.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.last().is_none_or(|&sum| sum <= 0.0)
    }

    /// An index of `0..N`.
    #[must_use]
    pub fn draw(&self, dice: &mut Dice) -> usize {
        let at = dice.unit() * self.0.last().copied().unwrap_or(0.0);
        self.0.partition_point(|&sum| sum <= at).min(self.0.len().saturating_sub(1))
    }
}

/// Shares `total` out by `weights` (largest remainder), each getting `least` at the least.
#[must_use]
pub fn apportion(total: usize, weights: &[f64], least: usize) -> Vec<usize> {
    let free = total.saturating_sub(least * weights.len());
    let sum: f64 = weights.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "counts of places are small")]
    let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * free as f64).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "non-negative and at most `total`")]
    let mut parts: Vec<usize> = exact.iter().map(|&share| share as usize).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()).then(a.cmp(&b)));
    let left = free.saturating_sub(parts.iter().sum());
    for &i in by_remainder.iter().cycle().take(left) {
        parts[i] += 1;
    }
    parts.iter().map(|part| part + least).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_its_own_stream() {
        let draw = |seed, subject| Dice::new(seed, subject).below(usize::MAX);
        assert_eq!(draw(1, "roads"), draw(1, "roads"));
        assert_ne!(draw(1, "roads"), draw(1, "river"));
        assert_ne!(draw(1, "roads"), draw(2, "roads"));
    }

    #[test]
    fn draws_follow_the_weights() {
        let mut dice = Dice::new(7, "weights");
        let weights = Weights::new([1.0, 0.0, 3.0]);
        let mut seen = [0; 3];
        for _ in 0..4000 {
            seen[weights.draw(&mut dice)] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((900..1100).contains(&seen[0]), "{seen:?}");
        let bell: Vec<f64> = (0..4000).map(|_| dice.bell()).collect();
        let variance = bell.iter().map(|x| x * x).sum::<f64>() / 4000.0;
        assert!((0.9..1.1).contains(&variance), "{variance}");
        let below_median = (0..4000).filter(|_| dice.quantile(&[0.0, 1.0, 2.0, 4.0, 9.0, 20.0]) < 2.0).count();
        assert!((1900..2100).contains(&below_median), "{below_median}");
    }

    #[test]
    fn shares_sum_to_the_total() {
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0], 1), [4, 3, 3]);
        assert_eq!(apportion(176, &[106.0, 70.0], 1), [106, 70]);
        assert_eq!(apportion(3, &[5.0, 1.0, 1.0], 1), [1, 1, 1]);
    }
}
