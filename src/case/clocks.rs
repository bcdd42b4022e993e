//! The clocks that a case runs against: by class of urgency, as data.

use super::WorkCalendar;
use serde::{Deserialize, Deserializer, de::Error};
use std::collections::BTreeMap;

/// The clocks shipped in `data/`.
const SHIPPED: &str = include_str!("../../data/vocabulary/clocks.toml");

/// Which class of urgency a category has, and the clocks of each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    classes: Vec<ClockClass>,
    /// Position in `classes`.
    default: usize,
    categories: BTreeMap<String, usize>,
}

/// A class of urgency.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockClass {
    pub word: String,
    pub zh: String,
    pub en: String,
    /// From submission to dispatch.
    pub dispatch: Allowance,
    /// From submission to the result.
    pub result: Allowance,
}

/// A length of working time: "2h" or "7d" (whole working days).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    Hours(u16),
    Days(u16),
}

/// Why a text gives no clocks.
#[derive(Debug, thiserror::Error)]
pub enum ClocksError {
    #[error("the clocks are not valid TOML of the expected form: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("clocks: {place} names the class {class:?}, which has no [[class]] table")]
    Class { place: String, class: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: String,
    class: Vec<ClockClass>,
    #[serde(default)]
    categories: BTreeMap<String, String>,
}

impl Allowance {
    #[must_use]
    pub fn work_minutes(self, calendar: &WorkCalendar) -> u32 {
        match self {
            Self::Hours(hours) => u32::from(hours) * 60,
            Self::Days(days) => u32::from(days) * u32::try_from(calendar.day().num_minutes()).unwrap_or(24 * 60),
        }
    }
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |unit| text.trim().strip_suffix(unit).and_then(|n| n.trim().parse().ok());
        number('h')
            .map(Self::Hours)
            .or_else(|| number('d').map(Self::Days))
            .ok_or_else(|| D::Error::custom(format!("{text:?} is no length of working time such as \"2h\" or \"7d\"")))
    }
}

impl Clocks {
    /// The clocks of `data/vocabulary/clocks.toml`.
    pub fn shipped() -> Result<Self, ClocksError> {
        Self::parse(SHIPPED)
    }

    /// Reads clocks in the form of `data/vocabulary/clocks.toml`.
    pub fn parse(text: &str) -> Result<Self, ClocksError> {
        let file: File = toml::from_str(text)?;
        let position = |place: &str, class: &str| {
            file.class
                .iter()
                .position(|it| it.word == class)
                .ok_or_else(|| ClocksError::Class { place: place.to_owned(), class: class.to_owned() })
        };
        let default = position("default", &file.default)?;
        let categories = file
            .categories
            .iter()
            .map(|(category, class)| Ok((category.clone(), position(category, class)?)))
            .collect::<Result<_, ClocksError>>()?;
        Ok(Self { classes: file.class, default, categories })
    }

    /// The class of a category; the default one for a category that is not listed.
    #[must_use]
    pub fn class_of(&self, category: &str) -> &ClockClass {
        &self.classes[self.categories.get(category).copied().unwrap_or(self.default)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_classes_have_the_default_clocks() {
        let (clocks, calendar) = (Clocks::shipped().unwrap(), WorkCalendar::china().unwrap());
        let of = |category| {
            let class = clocks.class_of(category);
            (class.dispatch.work_minutes(&calendar), class.result.work_minutes(&calendar))
        };
        assert_eq!(of("火灾"), (60, 120));
        assert_eq!(of("停电"), (120, 480));
        assert_eq!(of("路灯"), (480, 7 * 480));
        assert_eq!(of("纠纷"), (480, 15 * 480));
    }

    #[test]
    fn refuses_unknown_classes_and_lengths() {
        let bad = |text: &str| Clocks::parse(text).unwrap_err().to_string();
        assert!(bad("default = 'x'\nclass = []").contains("\"x\""));
        let class = "default = 'x'\n[[class]]\nword = 'x'\nzh = ''\nen = ''\ndispatch = '1 week'\nresult = '1d'";
        assert!(bad(class).contains("1 week"));
    }
}
