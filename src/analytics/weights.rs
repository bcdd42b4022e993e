//! How much an event counts in the workload, as data.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The weights shipped in `data/`.
const SHIPPED: &str = include_str!("../../data/vocabulary/weights.toml");

/// The weight of an event by its category or kind.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    default: f64,
    #[serde(default)]
    kinds: BTreeMap<String, f64>,
}

/// Why a text gives no weights.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("the weights are not valid TOML of the expected form: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("weights: {kind} has {weight}; a weight is a number from 0")]
    Negative { kind: String, weight: f64 },
}

impl Default for Weights {
    /// 1 for everything.
    fn default() -> Self {
        Self { default: 1.0, kinds: BTreeMap::new() }
    }
}

impl Weights {
    /// The weights of `data/vocabulary/weights.toml`.
    pub fn shipped() -> Result<Self, WeightsError> {
        Self::parse(SHIPPED)
    }

    /// Reads weights in the form of `data/vocabulary/weights.toml`.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let weights: Self = toml::from_str(text)?;
        let named = weights.kinds.iter().map(|(kind, weight)| (kind.as_str(), *weight));
        for (kind, weight) in named.chain([("default", weights.default)]) {
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(WeightsError::Negative { kind: kind.to_owned(), weight });
            }
        }
        Ok(weights)
    }

    /// The weight of a category, else that of the kind of case, else the default.
    #[must_use]
    pub fn of(&self, category: &str, kind: &str) -> f64 {
        self.kinds.get(category).or_else(|| self.kinds.get(kind)).copied().unwrap_or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_before_kind_before_default() {
        let weights = Weights::parse("default = 1.0\n[kinds]\ndispute = 3.0\n'路灯' = 0.5").unwrap();
        assert_eq!(
            [weights.of("路灯", "report"), weights.of("土地", "dispute"), weights.of("垃圾", "report")].map(f64::to_bits),
            [0.5, 3.0, 1.0].map(f64::to_bits)
        );
        assert_eq!(Weights::shipped().unwrap(), Weights::default());
        assert!(Weights::parse("default = -1.0").unwrap_err().to_string().contains("-1"));
    }
}
