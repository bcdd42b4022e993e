//! One village's atoms divided anew: every trade-off between balance, ways, moves and borders, from today's division on.
//!
//! [`improve`] searches and returns a Pareto front: candidates than which none found is better in one objective and not worse in
//! another. [`next_moves`] prices single moves for a person who decides each one. Bounds that hold for every division say how
//! far from the best possible a candidate is at most, and why a tolerance cannot be met.

mod archive;
mod base;
mod energy;
mod improve;
mod moves;
mod objectives;
mod problem;
mod shortfall;
#[cfg(test)]
mod tests;

pub use archive::{Candidate, CurvePoint};
pub use improve::{Outcome, improve, improve_all};
pub use moves::{Move, next_moves};
pub use objectives::Objectives;
pub use problem::{Parts, Problem, ProblemError, Weights};
pub use shortfall::Shortfall;
