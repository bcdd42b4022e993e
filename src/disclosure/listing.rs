//! Which reports may stand on a public list, by `data/vocabulary/disclosure.toml`.

use super::Viewer;
use crate::case::State;
use serde::Deserialize;
use std::{collections::HashSet, sync::LazyLock};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    figures_only: HashSet<String>,
}

static SHIPPED: LazyLock<Option<HashSet<String>>> = LazyLock::new(|| {
    let text = include_str!("../../data/vocabulary/disclosure.toml");
    toml::from_str::<Shipped>(text).ok().map(|shipped| shipped.figures_only)
});

impl Viewer {
    /// Whether a report may leave by itself, and not in figures only: to the public none that was turned down or withdrawn, and
    /// none of a category that accuses somebody.
    #[must_use]
    pub fn may_list(self, category: &str, state: State) -> bool {
        match self {
            Self::Administrator => true,
            // Without the list nothing is listed.
            Self::Public => {
                !state.is_discarded() && SHIPPED.as_ref().is_some_and(|figures_only| !figures_only.contains(category))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accused_property_is_on_no_public_list() {
        let public = |category, state| Viewer::Public.may_list(category, state);
        assert!(public("路灯", State::Handling) && !public("路灯", State::Void) && !public("路灯", State::Rejected));
        assert!(!public("违建", State::Closed) && !public("邻里纠纷", State::Handling));
        assert!(Viewer::Administrator.may_list("违建", State::Void));
    }
}
