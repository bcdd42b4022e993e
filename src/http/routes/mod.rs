//! The handlers, a file a resource.

pub mod area;
pub mod assets;
pub mod docs;
pub mod heat;
pub mod layers;
pub mod metrics;
pub mod operations;
pub mod places;
pub mod plans;
