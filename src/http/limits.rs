//! Bounds on body, time, concurrency and downloads, and what a refused or broken request is told.

use super::{Limits, Problem, connections::Connection, routes::layers::FILE_PATH};
use axum::{
    BoxError, Router,
    body::{Body, HttpBody as _},
    error_handling::HandleErrorLayer,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;
use std::{any::Any, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{ServiceBuilder, limit::ConcurrencyLimitLayer, load_shed::LoadShedLayer, timeout::TimeoutLayer};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};

/// Wraps `router` so that no request takes more than `limits` allow.
pub fn limited(router: Router, limits: Limits) -> Router {
    let too_large = move |response: Response| async move { name_too_large(response, limits) };
    router.layer(RequestBodyLimitLayer::new(limits.body)).layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(harden))
            .layer(middleware::map_response(too_large))
            .layer(HandleErrorLayer::new(move |error: BoxError| async move { refused(&error, limits) }))
            .layer(LoadShedLayer::new())
            .layer(ConcurrencyLimitLayer::new(limits.concurrency))
            .layer(TimeoutLayer::new(limits.time))
            .layer(CatchPanicLayer::custom(panicked)),
    )
}

/// Answers of at least so many bytes are downloads, and those of unknown length: they stay in memory until their reader has taken
/// them.
const LARGE: u64 = 256 << 10;

/// The downloads that may be under way.
#[derive(Clone)]
pub struct Downloads {
    free: Arc<Semaphore>,
    most: usize,
}

impl Downloads {
    pub fn new(limits: Limits) -> Self {
        Self { free: Arc::new(Semaphore::new(limits.downloads)), most: limits.downloads }
    }

    fn begin(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.free)
            .try_acquire_owned()
            .map_err(|_| Problem::unavailable(format!("{} downloads are under way already; try again in a moment", self.most)))
    }
}

/// Lets so many downloads at once through; each counts until its reader has taken it.
pub async fn count_downloads(State(downloads): State<Downloads>, request: Request, next: Next) -> Result<Response, Problem> {
    let connection = request.extensions().get::<Connection>().cloned();
    // A file begins to be written when it is asked for: too late to refuse it.
    let is_file = request.extensions().get::<MatchedPath>().is_some_and(|path| path.as_str() == FILE_PATH);
    let begun = if is_file { Some(downloads.begin()?) } else { None };
    let response = next.run(request).await;
    if response.body().size_hint().exact().is_some_and(|bytes| bytes < LARGE) {
        return Ok(response);
    }
    let permit = begun.map_or_else(|| downloads.begin(), Ok)?;
    let download = Download { permit: Some(permit), connection };
    Ok(response.map(|body| {
        Body::new(body.map_err(move |error| {
            let _lives_as_long_as_the_body = &download;
            error
        }))
    }))
}

/// A download under way. When its body ends, pieces of it still wait to be written.
struct Download {
    permit: Option<OwnedSemaphorePermit>,
    connection: Option<Connection>,
}

impl Drop for Download {
    fn drop(&mut self) {
        if let (Some(connection), Some(permit)) = (&self.connection, self.permit.take()) {
            connection.release_when_written(permit);
        }
    }
}

fn refused(error: &BoxError, limits: Limits) -> Problem {
    if error.is::<tower::timeout::error::Elapsed>() {
        Problem::unavailable(format!("the answer took longer than {} s; ask for less at once", limits.time.as_secs()))
    } else if error.is::<tower::load_shed::error::Overloaded>() {
        Problem::unavailable(format!("{} requests are being worked on already; try again in a moment", limits.concurrency))
    } else {
        tracing::error!(%error, "a layer of the server failed");
        Problem::internal()
    }
}

/// The layer that bounds bodies answers with a plain text.
fn name_too_large(response: Response, limits: Limits) -> Response {
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return response;
    }
    Problem::too_large(format!("the request body is larger than {} bytes", limits.body)).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(message, "a request handler panicked");
    Problem::internal().into_response()
}

/// Scripts, styles and data come from this server alone; map images may come from a configured base map.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; \
                      connect-src 'self' https:; worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; \
                      form-action 'self'; frame-ancestors 'self'";

async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
