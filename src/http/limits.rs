//! Bounds on body, time and concurrency, and what a refused or broken request is told.

use super::{Limits, Problem};
use axum::{
    BoxError, Router,
    error_handling::HandleErrorLayer,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::any::Any;
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
