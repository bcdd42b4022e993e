//! Plans and versions beside each other, and who is affected.

use super::id;
use crate::{
    disclosure::Viewer,
    http::{AppState, Problem, query::Params, wire::compare::ComparisonDto},
    service::{Affected, Side},
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompareParams {
    /// `version:3`, `plan:ID`, or `plan:ID@ENTRY` for the state after one of its entries.
    #[param(example = "version:1")]
    a: String,
    #[param(example = "version:1")]
    b: String,
}

/// Two plans or versions beside each other, whatever grids they have.
#[utoipa::path(get, path = "/api/v1/compare", tag = "plans", params(CompareParams), responses(
    (status = 200, body = ComparisonDto),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "One of them can't be opened", body = Problem, content_type = "application/problem+json"),
))]
pub async fn compare(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Params(params): Params<CompareParams>,
) -> Result<Json<ComparisonDto>, Problem> {
    let side = |name: &str, text: &str| text.parse::<Side>().map_err(|error| Problem::bad_parameter(format!("{name}={error}")));
    let (a, b) = (side("a", &params.a)?, side("b", &params.b)?);
    let compared = state.service.compare_plans(viewer, a, b).await?;
    Ok(Json(ComparisonDto::new(a.to_string(), b.to_string(), &compared)))
}

/// The households that come into another grid, or for whom somebody else answers, as CSV.
#[utoipa::path(get, path = "/api/v1/plans/{id}/moved.csv", tag = "plans",
    params(("id" = String, Path, description = "A plan")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn moved_csv(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Response, Problem> {
    Ok(csv("moved.csv", state.service.plan_affected(viewer, id(&plan)?, Affected::Households).await?))
}

/// Whoever is on post in the grids whose households change, as CSV.
#[utoipa::path(get, path = "/api/v1/plans/{id}/workers.csv", tag = "plans",
    params(("id" = String, Path, description = "A plan")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn workers_csv(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Response, Problem> {
    Ok(csv("workers.csv", state.service.plan_affected(viewer, id(&plan)?, Affected::Workers).await?))
}

fn csv(name: &str, table: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, table).into_response()
}
