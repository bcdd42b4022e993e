//! Errors as `application/problem+json` (RFC 9457). The one place where the service's errors become HTTP.
//!
//! A detail says what is wrong, where, and how to mend it. Database text is logged, never returned.

use super::wire::plans::EntryDto;
use crate::{
    geometry::LonLat,
    plan::{Entry, Lock, PlanError},
    service::ServiceError,
};
use axum::{
    Json,
    extract::rejection::JsonRejection,
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
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    details: Option<Box<Details>>,
}

/// What else is told of a plan that can't be changed.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Details {
    /// Where an edit can't be done, longitude and latitude.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<[f64; 2]>,
    /// What is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<super::wire::edits::LockDto>)]
    lock: Option<Lock>,
    /// What others did to the plan meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entries: Vec<EntryDto>,
    /// Entries that do not fit on the version in force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<ConflictDto>,
}

/// An entry that does not fit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConflictDto {
    seq: i64,
    why: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, title, status: status.as_u16(), detail: detail.into(), details: None }
    }

    /// 400, or 413 or 415: the body is not what the request takes.
    #[must_use]
    pub fn bad_body(rejection: &JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(rejection.body_text()),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "urn:wangge:problem:unsupported-media-type",
                "内容类型不符 · Unsupported media type",
                "the body must be JSON: send Content-Type: application/json",
            ),
            _ => Self::new(
                StatusCode::BAD_REQUEST,
                "urn:wangge:problem:bad-body",
                "请求内容有误 · Bad body",
                rejection.body_text(),
            ),
        }
    }

    /// 409: what others did to a plan stands in the way.
    fn plan_moved_on(detail: String, entries: Vec<Entry>) -> Self {
        let entries = entries.into_iter().map(Into::into).collect();
        let problem = Self::new(
            StatusCode::CONFLICT,
            "urn:wangge:problem:plan-moved-on",
            "方案已被他人修改 · The plan has moved on",
            detail,
        );
        Self { details: Some(Box::new(Details { entries, ..Details::default() })), ..problem }
    }

    /// 422: it can't be done to the plan; 409 where that is because of what others did.
    fn plan(error: &PlanError) -> Self {
        if let PlanError::Conflicts { conflicts, .. } = error {
            let problem = Self::plan_moved_on(error.to_string(), Vec::new());
            let conflicts = conflicts.iter().map(|(seq, why)| ConflictDto { seq: *seq, why: why.clone() }).collect();
            return Self { details: Some(Box::new(Details { conflicts, ..Details::default() })), ..problem };
        }
        let problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "urn:wangge:problem:plan",
            "方案无法如此修改 · It can't be done to the plan",
            error.to_string(),
        );
        let (at, lock) = match error {
            PlanError::Edit { source, .. } => (source.at(), None),
            PlanError::Locked { lock, .. } => (None, Some(*lock)),
            _ => (None, None),
        };
        let at = at.map(|at: LonLat| [at.lon(), at.lat()]);
        Self { details: Some(Box::new(Details { at, lock, ..Details::default() })), ..problem }
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
            ServiceError::Plan(error) => Self::plan(&error),
            ServiceError::Wish(error) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "urn:wangge:problem:wish",
                "无法如此均衡 · It can't be balanced this way",
                error.to_string(),
            ),
            ServiceError::PlanMovedOn { ref entries } => {
                let entries = entries.clone();
                Self::plan_moved_on(error.to_string(), entries)
            }
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
