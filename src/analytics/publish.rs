//! Figures for publication: too coarse to tell of one household, also by the difference of two of them.

/// How figures are made coarse before they leave the office.
///
/// A figure over fewer than `min_n` is withheld. Of the others the counts are rounded to multiples of `base`, shares to
/// twentieths (hundredths where they rest on a hundred cases and more), other rates and durations to two digits: a total minus
/// its parts, or one period minus another, then tells no part that was withheld (Hundepool et al., *Statistical Disclosure Control*, 2012, section 5.4.2: conventional
/// rounding). Whoever publishes must also keep the reader from choosing windows at will: many overlapping ones would narrow a
/// count down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    pub min_n: u32,
    pub base: u32,
}

impl Publication {
    #[must_use]
    pub fn round(self, count: f64) -> f64 {
        let base = f64::from(self.base.max(1));
        (count / base).round() * base
    }

    #[must_use]
    pub const fn round_count(self, count: u32) -> u32 {
        let base = if self.base == 0 { 1 } else { self.base };
        count.saturating_add(base / 2) / base * base
    }

    /// A share of `n` cases, `to` the next step below, above or next to it; from 0 to 1 again.
    #[must_use]
    pub fn round_share(share: f64, n: u32, to: fn(f64) -> f64) -> f64 {
        let steps = if n < 100 { 20.0 } else { 100.0 };
        // A share that is a step already comes a hair beside it.
        let place = share * steps;
        let place = if (place - place.round()).abs() < 1e-9 { place.round() } else { to(place) };
        (place / steps).clamp(0.0, 1.0)
    }

    /// Two significant digits: a median, for one, is some case's own duration.
    #[must_use]
    pub fn two_digits(value: f64) -> f64 {
        if value == 0.0 || !value.is_finite() {
            return value;
        }
        let unit = 10_f64.powf(value.abs().log10().floor() - 1.0);
        (value / unit).round() * unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_to_the_nearest_multiple() {
        let rule = Publication { min_n: 5, base: 5 };
        for (count, published) in [(5.0, 5.0), (7.0, 5.0), (7.5, 10.0), (12.4, 10.0), (1003.0, 1005.0)] {
            assert!((rule.round(count) - published).abs() < 1e-9, "{count}");
        }
    }

    #[test]
    fn shares_go_to_twentieths_or_hundredths() {
        let near = |share: f64, n, to: fn(f64) -> f64, wanted: f64| {
            let got = Publication::round_share(share, n, to);
            assert!((got - wanted).abs() < 1e-12, "{share} of {n}: {got}");
        };
        near(3.0 / 7.0, 7, f64::round, 0.45);
        near(3.0 / 7.0, 7, f64::floor, 0.4);
        near(3.0 / 7.0, 700, f64::ceil, 0.43);
        near(0.35, 20, f64::floor, 0.35);
        near(1.0, 5, f64::ceil, 1.0);
    }

    #[test]
    fn durations_keep_two_digits() {
        for (exact, coarse) in [(357_765.0, 360_000.0), (0.0, 0.0), (61.0, 61.0), (-125.0, -130.0), (1.0, 1.0)] {
            assert!((Publication::two_digits(exact) - coarse).abs() <= 1e-9 * exact.abs(), "{exact}");
        }
    }
}
