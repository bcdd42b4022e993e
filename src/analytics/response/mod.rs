//! Response times and what became of the cases.

mod closure;
mod desk;
mod durations;

pub use closure::{closure_rate, feedback_response, first_time_fix, on_time_rate, rework_rate, satisfaction};
pub use desk::{dispatch_accuracy, dispatch_rate, filing_rate};
pub use durations::{Stage, durations};
