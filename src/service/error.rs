//! Why a use case failed.

use crate::{disclosure::WindowError, store::StoreError};

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
