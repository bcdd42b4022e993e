//! The web app, built into the binary.

use crate::http::Problem;
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};
use std::fmt::Write as _;

#[derive(Embed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct WebApp;

/// A file of the web app, whose only page is the root.
pub async fn web_app(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found(format!("the API has no {}; GET /api/openapi.json lists what it has", uri.path()))
            .into_response();
    }
    match WebApp::get(path) {
        Some(file) => respond(path, file, &headers),
        None if path.is_empty() => embedded("index.html", &headers),
        None => Problem::not_found(format!("there is nothing at {}; the map is at /", uri.path())).into_response(),
    }
}

/// The page of a shared plan: the web app, which reads the rest of the address.
pub async fn shared_page(headers: HeaderMap) -> Response {
    embedded("index.html", &headers)
}

/// The browsable page of the API.
pub async fn api_page(headers: HeaderMap) -> Response {
    embedded("api.html", &headers)
}

fn embedded(path: &str, headers: &HeaderMap) -> Response {
    WebApp::get(path).map_or_else(
        || {
            Problem::not_found(
                "this binary was built without the web app: run `npm ci && npm run build` in web/, then build again",
            )
            .into_response()
        },
        |file| respond(path, file, headers),
    )
}

fn respond(path: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let mut etag = String::from("\"");
    for byte in &hash[..16] {
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    // Vite puts a hash of the content into the names under assets/, so those never change.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, cache.to_owned())];
    let fresh =
        request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| tags.contains(&etag));
    if fresh {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    (headers, [(header::CONTENT_TYPE, mime.as_ref().to_owned())], Body::from(file.data)).into_response()
}
