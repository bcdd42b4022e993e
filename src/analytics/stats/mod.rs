//! The statistics behind the figures: plain functions on slices, without frames.

mod inequality;
mod interval;
mod mix;
mod shrink;
mod survival;

pub use inequality::{Balance, balance};
pub use interval::{Interval, Z95, weighted_event_interval, wilson};
pub use mix::mediation_mix;
pub use shrink::{Prior, Rate, shrink};
pub use survival::{Estimate, Observation, Step, Steps, estimate, median_raw};
