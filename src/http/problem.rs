//! Errors as `application/problem+json` (RFC 9457). The one place where the service's errors become HTTP.
//!
//! A detail says what is wrong, where, and how to mend it. Database text is logged, never returned.

use crate::service::ServiceError;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// The body of every error.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A permanent name of this kind of problem.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    detail: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, title, status: status.as_u16(), detail: detail.into() }
    }

    /// 400: a parameter has a value that it cannot have.
    pub fn bad_parameter(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "urn:wangge:problem:bad-parameter", "参数有误 · Bad parameter", detail)
    }

    /// 403: the viewer may not see this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "urn:wangge:problem:forbidden", "无权查看 · Not for this viewer", detail)
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "urn:wangge:problem:not-found", "未找到 · Not found", detail)
    }

    /// 405: the path exists, the method does not.
    pub fn method_not_allowed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "urn:wangge:problem:method-not-allowed",
            "不支持的方法 · Method not allowed",
            detail,
        )
    }

    /// 413: the request body is larger than the service takes.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:wangge:problem:too-large", "内容过大 · Too large", detail)
    }

    /// 421: the request names a host that this server does not serve.
    pub fn misdirected(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::MISDIRECTED_REQUEST, "urn:wangge:problem:misdirected", "主机名不符 · Misdirected request", detail)
    }

    /// 500: our fault; the log says more.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "urn:wangge:problem:internal",
            "服务器内部错误 · Internal error",
            "the service failed; its log says why",
        )
    }

    /// 503: too many requests at once, or the store is away for now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:wangge:problem:unavailable",
            "服务暂不可用 · Unavailable for now",
            detail,
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::BadQuery(detail) => Self::bad_parameter(detail),
            ServiceError::NotFound(detail) => Self::not_found(detail),
            ServiceError::Forbidden(detail) => Self::forbidden(detail),
            ServiceError::Empty => Self::not_found(error.to_string()),
            ServiceError::Store(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
                Self::unavailable("the store does not answer; try again in a moment")
            }
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "the service failed");
                Self::internal()
            }
        }
    }
}
