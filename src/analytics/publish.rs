//! Figures for publication: too coarse to tell of one household, also by the difference of two of them.

/// How figures are made coarse before they leave the office.
///
/// A figure over fewer than `min_n` is withheld. Of the others the counts are rounded to multiples of `base`, and rates,
/// intervals and shrunken rates are computed from the rounded counts: a total minus its parts, or one period minus another,
/// then tells no part that was withheld (Hundepool et al., *Statistical Disclosure Control*, 2012, section 5.4.2: conventional
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

    /// Two significant digits: a median is some case's own duration.
    #[must_use]
    pub fn round_duration(seconds: f64) -> f64 {
        if seconds == 0.0 || !seconds.is_finite() {
            return seconds;
        }
        let unit = 10_f64.powf(seconds.abs().log10().floor() - 1.0);
        (seconds / unit).round() * unit
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
    fn durations_keep_two_digits() {
        for (exact, coarse) in [(357_765.0, 360_000.0), (0.0, 0.0), (61.0, 61.0), (-125.0, -130.0), (1.0, 1.0)] {
            assert!((Publication::round_duration(exact) - coarse).abs() <= 1e-9 * exact.abs(), "{exact}");
        }
    }
}
