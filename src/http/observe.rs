//! What the server tells about itself: a log line and Prometheus metrics for each request.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use std::time::Instant;

/// Counts and times the request under its route, not its path, so that ids make no new series.
pub async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "web".to_owned(), |path| path.as_str().to_owned());
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    let labels = [("method", method.clone()), ("route", route), ("status", status.to_string())];
    metrics::counter!("wangge_http_requests_total", &labels).increment(1);
    metrics::histogram!("wangge_http_request_duration_seconds", &labels).record(elapsed.as_secs_f64());
    tracing::info!(%method, %path, status, elapsed_ms = elapsed.as_millis(), "request");
    response
}
