//! Looking at plans.

use super::id;
use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        query::{self, Params},
        routes::metrics::FigureParams,
        wire::FiguresDto,
        wire::plans::{MovedDto, PlanDto, PlanFiguresDto, PlanProblemDto, PlanProblemsDto, PlansDto, features, home_features},
    },
    place::Level,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

/// The plans, the oldest first.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans", responses(
    (status = 200, body = PlansDto),
    (status = 403, description = "For the office only", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "The store is empty", body = Problem, content_type = "application/problem+json"),
))]
pub async fn plans(State(state): State<AppState>, Extension(viewer): Extension<Viewer>) -> Result<Json<PlansDto>, Problem> {
    let plans = state.service.plans(viewer).await?;
    Ok(Json(PlansDto { plans: plans.into_iter().map(Into::into).collect() }))
}

/// A plan with its log.
#[utoipa::path(get, path = "/api/v1/plans/{id}", tag = "plans", params(("id" = String, Path, description = "A plan")), responses(
    (status = 200, body = PlanDto),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "It can't be opened", body = Problem, content_type = "application/problem+json"),
))]
pub async fn plan(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Json<PlanDto>, Problem> {
    Ok(Json(state.service.plan(viewer, id(&plan)?).await?.into()))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlaceParams {
    /// `village`, `grid` (default) or `microgrid`.
    pub(super) level: Option<String>,
}

/// The places of a draft as GeoJSON.
#[utoipa::path(get, path = "/api/v1/plans/{id}/places", tag = "plans",
    params(("id" = String, Path, description = "A plan"), PlaceParams),
    responses(
        (status = 200, body = serde_json::Value, content_type = "application/geo+json"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn places(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Params(params): Params<PlaceParams>,
) -> Result<Response, Problem> {
    let level = query::parse::<Level>("level", params.level.as_deref())?.unwrap_or(Level::Grid);
    let places = state.service.plan_places(viewer, id(&plan)?, level).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], features(places).to_string()).into_response())
}

/// The figures of a draft beside those of its base, by grid and of the whole area.
#[utoipa::path(get, path = "/api/v1/plans/{id}/figures", tag = "plans",
    params(("id" = String, Path, description = "A plan")),
    responses(
        (status = 200, body = PlanFiguresDto),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn figures(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Json<PlanFiguresDto>, Problem> {
    Ok(Json(state.service.plan_figures(viewer, id(&plan)?).await?.into()))
}

/// The households that would come into another grid than in the base.
#[utoipa::path(get, path = "/api/v1/plans/{id}/moved", tag = "plans",
    params(("id" = String, Path, description = "A plan")),
    responses(
        (status = 200, body = Vec<MovedDto>),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn moved(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Json<Vec<MovedDto>>, Problem> {
    let moved = state.service.plan_moved(viewer, id(&plan)?).await?;
    Ok(Json(moved.iter().map(Into::into).collect()))
}

/// What to look at before the plan is published.
#[utoipa::path(get, path = "/api/v1/plans/{id}/problems", tag = "plans",
    params(("id" = String, Path, description = "A plan")),
    responses(
        (status = 200, body = PlanProblemsDto),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn problems(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Json<PlanProblemsDto>, Problem> {
    let found = state.service.plan_problems(viewer, id(&plan)?).await?;
    let dto = |(problem, name): (crate::plan::Problem, Option<String>)| PlanProblemDto {
        kind: problem.kind.word(),
        severity: if problem.kind.is_error() { "error" } else { "warning" },
        place: problem.place.map(|id| id.to_string()),
        name,
        lon: problem.at.map(crate::geometry::LonLat::lon),
        lat: problem.at.map(crate::geometry::LonLat::lat),
        text_zh: problem.kind.zh(),
        text_en: problem.kind.en(),
        count: problem.count,
    };
    Ok(Json(PlanProblemsDto { problems: found.into_iter().map(dto).collect() }))
}

/// The values of a metric with everything that was recorded counted in the places of the draft: the leader's figures as they would be.
#[utoipa::path(get, path = "/api/v1/plans/{id}/metrics/{metric}", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("metric" = String, Path, description = "An id of the catalogue"),
        FigureParams),
    responses(
        (status = 200, body = FiguresDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn metric(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path((plan, metric)): Path<(String, String)>,
    Params(params): Params<FigureParams>,
) -> Result<Json<FiguresDto>, Problem> {
    let figures = state.service.plan_metric(viewer, id(&plan)?, params.query(metric)).await?;
    Ok(Json(FiguresDto::from(&figures)))
}

/// The households of a draft as GeoJSON points, with their grid in the draft and in the base; without names.
#[utoipa::path(get, path = "/api/v1/plans/{id}/households", tag = "plans",
    params(("id" = String, Path, description = "A plan")),
    responses(
        (status = 200, body = serde_json::Value, content_type = "application/geo+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn households(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
) -> Result<Response, Problem> {
    let homes = state.service.plan_homes(viewer, id(&plan)?).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], home_features(&homes).to_string()).into_response())
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// `geojson` (default): the places of a level; `csv`: the grid of each household.
    format: Option<String>,
    /// Of the GeoJSON: `village`, `grid` (default) or `microgrid`.
    level: Option<String>,
}

/// A draft as a file.
#[utoipa::path(get, path = "/api/v1/plans/{id}/export", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ExportParams),
    responses(
        (status = 200, content((serde_json::Value = "application/geo+json"), (String = "text/csv"))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The plan can't be opened", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn export(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Params(params): Params<ExportParams>,
) -> Result<Response, Problem> {
    let level = query::parse::<Level>("level", params.level.as_deref())?.unwrap_or(Level::Grid);
    let plan = id(&plan)?;
    let named = |mime: &str, ending: &str| {
        let name = format!("attachment; filename=\"plan-{}.{ending}\"", level.word());
        [(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, name)]
    };
    match params.format.as_deref().unwrap_or("geojson") {
        "geojson" => {
            let places = state.service.plan_places(viewer, plan, level).await?;
            Ok((named("application/geo+json", "geojson"), features(places).to_string()).into_response())
        }
        "csv" => {
            let table = state.service.plan_assignments(viewer, plan).await?;
            Ok((named("text/csv; charset=utf-8", "csv"), table).into_response())
        }
        other => Err(Problem::bad_parameter(format!("format={other}: it is geojson or csv"))),
    }
}
