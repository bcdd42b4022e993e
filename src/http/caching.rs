//! Validators: an answer of the API depends on the data, the viewer and the request alone, so its tag is known before it is
//! computed.

use super::AppState;
use crate::disclosure::Viewer;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// Answers `304 Not Modified` where the reader has the current state; else adds `ETag` and `Cache-Control` to a success.
pub async fn revalidate(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return next.run(request).await;
    }
    let viewer = request.extensions().get::<Viewer>().copied().unwrap_or(Viewer::Public);
    let tag = tag(state.service.change_seq(), viewer, request.uri().path_and_query().map_or("", |it| it.as_str()));
    if matches(request.headers(), &tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let mut response = next.run(request).await;
    if response.status().is_success()
        && let Ok(value) = HeaderValue::from_str(&tag)
    {
        response.headers_mut().insert(header::ETAG, value);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// Weak, since compression changes the bytes and not what they say.
fn tag(change_seq: i64, viewer: Viewer, path_and_query: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update([u8::from(viewer == Viewer::Administrator)]);
    hash.update(path_and_query);
    let digest = hash.finalize();
    let short = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    format!("W/\"{change_seq}-{short:016x}\"")
}

fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let Some(given) = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else { return false };
    given.split(',').map(str::trim).any(|candidate| candidate == "*" || candidate == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_changes_with_data_viewer_and_request() {
        let base = tag(1, Viewer::Public, "/api/v1/area");
        assert_eq!(base, tag(1, Viewer::Public, "/api/v1/area"));
        assert_ne!(base, tag(2, Viewer::Public, "/api/v1/area"));
        assert_ne!(base, tag(1, Viewer::Administrator, "/api/v1/area"));
        assert_ne!(base, tag(1, Viewer::Public, "/api/v1/area?x=1"));
    }

    #[test]
    fn one_of_several_tags_matches() {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, "\"a\", W/\"b\"".parse().unwrap());
        assert!(matches(&headers, "W/\"b\"") && !matches(&headers, "W/\"c\""));
    }
}
