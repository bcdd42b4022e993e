//! Plans that balance themselves: a draft's villages as balancing problems, and what comes of them as operations on the draft.
//!
//! ```text
//! draft ─ villages ─▶ atoms with loads and neighbours ─ districting ─▶ fronts of villages ─ combine ─▶ one front ─ apply ─▶ operation
//! ```
//!
//! Grids never cross a village, so each village is a problem of its own. An atom is what stays together: a household, a building,
//! a micro-grid. Atoms are neighbours where one can walk from the one to the other without crossing a barrier or leaving the
//! village.

mod adjacency;
mod answer;
mod apply;
mod atoms;

pub use answer::{Answer, Combined, VillageAnswer};
pub use atoms::{Village, villages};

use crate::{
    districting::balance::{ProblemError, Weights},
    place::Id,
    vocabulary::vocabulary,
};
use std::collections::BTreeMap;

vocabulary! {
    /// What is to lie evenly over the grids.
    Load, "load" {
        Work => "load", "工作量", "load";
        Households => "households", "户数", "households";
        Persons => "persons", "人数", "persons";
        Reports => "reports", "上报", "reports";
        Visits => "visits", "走访", "visits";
    }
}

vocabulary! {
    /// What stays together.
    Atom, "atom" {
        Household => "households", "户", "household";
        Building => "buildings", "楼栋", "building";
        MicroGrid => "microgrids", "微网格", "micro-grid";
    }
}

/// What a planner wants of a balanced plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Each load with its weight in the mixture that is balanced first; every load is balanced for itself too.
    pub loads: Vec<(Load, f64)>,
    /// By how much the heaviest grid of a village may exceed its mean, as a share of it.
    pub tolerance: f64,
    /// All if none is named.
    pub villages: Vec<Id>,
    /// How many grids a village gets, from the first to the second; as many as it has for those not named.
    pub parts: BTreeMap<Id, (usize, usize)>,
    /// Villages not named get any number of grids from three quarters to five quarters of what they have.
    pub free: bool,
    pub atoms: Atom,
    /// The largest share of a village's households that may come into another grid.
    pub max_moved: Option<f64>,
    pub weights: Weights,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            loads: vec![(Load::Work, 1.0)],
            tolerance: 0.05,
            villages: Vec::new(),
            parts: BTreeMap::new(),
            free: false,
            atoms: Atom::Household,
            max_moved: None,
            weights: Weights::default(),
        }
    }
}

/// Why a wish can't be looked for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WishError {
    #[error("there is no village {0} in this plan")]
    UnknownVillage(Id),
    #[error("name at least one load, each once, with a weight above 0")]
    Loads,
    #[error("{what} is {value}; it must be {expected}")]
    Value { what: &'static str, value: f64, expected: &'static str },
    #[error("there is nobody to balance: no village has households in its grids")]
    Nobody,
    #[error("{village}: {why}")]
    Graph { village: String, why: String },
    #[error("{village}: {source}")]
    Village { village: String, source: ProblemError },
}
