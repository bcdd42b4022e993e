//! Validators: an answer of the API depends on the data, the viewer, the request and this server's configuration alone, so its tag
//! is known before it is computed.

use crate::{disclosure::Viewer, service::Service};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// What the tags of one server are made from.
#[derive(Clone)]
pub struct Tags {
    service: Arc<Service>,
    /// Drawn anew for each server: it has one store and one configuration while it lives, and the next on the same port may have
    /// others. Since nobody can guess it, only who was given an answer has its tag.
    server: Uuid,
}

impl Tags {
    pub fn new(service: &Arc<Service>) -> Self {
        Self { service: Arc::clone(service), server: Uuid::new_v4() }
    }
}

/// Answers `304 Not Modified` where the reader has the current state; else adds `ETag` and `Cache-Control` to a success.
pub async fn revalidate(State(tags): State<Tags>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return next.run(request).await;
    }
    let viewer = request.extensions().get::<Viewer>().copied().unwrap_or(Viewer::Public);
    let path = request.uri().path_and_query().map_or("", |it| it.as_str());
    let tag = tag(tags.server, tags.service.change_seq(), viewer, path);
    let known = Known::read(request.headers(), &tag);
    if known == Known::This {
        return not_modified(tag);
    }
    let mut response = next.run(request).await;
    if !response.status().is_success() {
        return response;
    }
    if known == Known::Any {
        return not_modified(tag);
    }
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// Keeps no copy of what changes without notice.
pub async fn never(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn not_modified(tag: String) -> Response {
    (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
}

/// Weak, since compression changes the bytes and not what they say.
fn tag(server: Uuid, change_seq: i64, viewer: Viewer, path_and_query: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(server);
    hash.update([u8::from(viewer == Viewer::Administrator)]);
    hash.update(path_and_query);
    let digest = hash.finalize();
    let short = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    format!("W/\"{change_seq}-{short:016x}\"")
}

/// What the reader has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// The answer with this tag: it was given to the reader, so it is theirs to see.
    This,
    /// `*`: any answer, if there is one for this reader at all.
    Any,
    Nothing,
}

impl Known {
    fn read(headers: &HeaderMap, tag: &str) -> Self {
        let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut known = Self::Nothing;
        for candidate in lists.flat_map(|list| list.split(',')).map(str::trim) {
            match candidate {
                "*" => known = Self::Any,
                given if given == tag => return Self::This,
                _ => {}
            }
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_changes_with_server_data_viewer_and_request() {
        let server = Uuid::from_u128(1);
        let base = tag(server, 1, Viewer::Public, "/api/v1/area");
        assert_eq!(base, tag(server, 1, Viewer::Public, "/api/v1/area"));
        assert_ne!(base, tag(Uuid::from_u128(2), 1, Viewer::Public, "/api/v1/area"));
        assert_ne!(base, tag(server, 2, Viewer::Public, "/api/v1/area"));
        assert_ne!(base, tag(server, 1, Viewer::Administrator, "/api/v1/area"));
        assert_ne!(base, tag(server, 1, Viewer::Public, "/api/v1/area?x=1"));
    }

    #[test]
    fn one_of_several_tags_matches() {
        let mut headers = HeaderMap::new();
        headers.append(header::IF_NONE_MATCH, "\"a\", W/\"b\"".parse().unwrap());
        headers.append(header::IF_NONE_MATCH, "W/\"d\", *".parse().unwrap());
        assert_eq!(
            ["W/\"b\"", "W/\"d\"", "W/\"c\""].map(|tag| Known::read(&headers, tag)),
            [Known::This, Known::This, Known::Any]
        );
        headers.clear();
        assert_eq!(Known::read(&headers, "W/\"b\""), Known::Nothing);
    }
}
