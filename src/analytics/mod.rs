//! Coverage, workload and response times: polars frames in, polars frames out.
//!
//! ```text
//! records ─ frames ─▶ input frames ─ coverage, workload, response ─▶ figures ─▶ rows with names
//!                        fold: case events → stages                 stats: the formulas
//!                                                                   publish: what may leave the office
//! ```
//!
//! [`frames`] documents the columns of the input frames, [`figures`] those of the results, [`Metric`] what each figure means;
//! [`compute`] is the one door through which the command line and the service come in.

pub mod catalogue;
mod compute;
pub mod coverage;
mod directory;
pub mod figures;
pub mod fold;
pub mod frames;
mod input;
mod publish;
mod query;
mod rates;
mod recurrence;
pub mod report;
pub mod response;
pub mod stats;
mod weights;
pub mod workload;

pub use catalogue::Metric;
pub use compute::{Figures, compute};
pub use directory::{Directory, Entry, Key};
pub use frames::Frames;
pub use input::Input;
pub use publish::Publication;
pub use query::{By, Clock, Period, Query};
pub use recurrence::{Cadence, CadenceError};
pub use weights::{Weights, WeightsError};

use polars::error::PolarsError;

/// Why figures could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum AnalyticsError {
    #[error("{metric} is not computed by {by}; it is by {allowed}")]
    By { metric: &'static str, by: By, allowed: String },
    #[error("{metric} is not computed per {period}; it is per {allowed}")]
    Period { metric: &'static str, period: Period, allowed: String },
    #[error(transparent)]
    Calendar(#[from] crate::case::CalendarError),
    #[error("computing figures: {0}")]
    Frame(#[from] PolarsError),
}
