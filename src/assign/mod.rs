//! Points to grids: which grid contains each point, which others do, how far the border is, how sure that is.

mod agreement;
mod assigner;

pub use agreement::{Agreement, DistanceClass};
pub use assigner::{Assigner, Assignment, DEFAULT_TOLERANCE_M};

#[cfg(test)]
mod tests;
