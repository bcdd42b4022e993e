//! For those who run the service: is it alive, and how is it doing.

use crate::http::{AppState, Problem};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

/// 200 while the store answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses(
    (status = 200, description = "The service and its store answer", body = str, content_type = "text/plain"),
    (status = 503, description = "The store does not answer", body = Problem, content_type = "application/problem+json"),
))]
pub async fn healthz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    state.service.ping().await?;
    Ok("ok\n")
}

/// Counters and timings in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", operation_id = "prometheus", tag = "operations", responses(
    (status = 200, description = "Prometheus text format 0.0.4", body = str, content_type = "text/plain"),
))]
pub async fn metrics(State(state): State<AppState>) -> Response {
    let text = state.metrics.map(|metrics| metrics.render()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
