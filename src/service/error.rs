//! Why a use case failed.

use crate::{
    disclosure::WindowError,
    plan::{Entry, PlanError},
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The caller asked for something that cannot be; the text says what, and how to mend it.
    #[error("{0}")]
    BadQuery(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Forbidden(String),
    #[error("the store is empty: import boundaries first (`wangge import grids FILE`), or start with --demo")]
    Empty,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something can't be done to a plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// What is wished for in a balanced plan makes no sense.
    #[error(transparent)]
    Wish(#[from] crate::plan::balance::WishError),
    /// Others have changed the same ground meanwhile, or the plan as a whole.
    #[error("the plan has moved on: somebody else changed it meanwhile; look at what was done, then try again")]
    PlanMovedOn { entries: Vec<Entry> },
    #[error("the computation failed: {0}")]
    Analytics(String),
    #[error("a background task ended before its time")]
    Cancelled,
}

impl From<WindowError> for ServiceError {
    fn from(error: WindowError) -> Self {
        Self::Forbidden(error.to_string())
    }
}

impl From<tokio::task::JoinError> for ServiceError {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Cancelled
    }
}
