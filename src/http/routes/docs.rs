//! The API's own description.

use axum::Json;
use utoipa::openapi::OpenApi;

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations", responses(
    (status = 200, description = "OpenAPI 3.1, self-contained", body = serde_json::Value),
))]
pub async fn openapi() -> Json<OpenApi> {
    Json(crate::http::openapi())
}
