//! Publishing plans, bringing them up to date, rolling back; links for readers.

use super::{id, look::PlaceParams};
use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        query::{self, Content, Params},
        wire::plans::{
            ByDto, OutcomeDto, PlanDto, PlanFiguresDto, PublishDto, PublishedDto, RebaseDto, RestoreDto, RestoredDto,
            SharedDto, features,
        },
    },
    place::Level,
    service::Publication,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Publishes an approved plan from a day on. A day to come is waited for.
#[utoipa::path(post, path = "/api/v1/plans/{id}/publish", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = PublishDto,
    responses(
        (status = 200, body = PublishedDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It can't be published", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn publish(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(wanted): Content<PublishDto>,
) -> Result<Json<PublishedDto>, Problem> {
    let PublishDto { after, by, valid_from, note } = wanted;
    let publication = Publication { after, by, valid_from, note: note.unwrap_or_default() };
    Ok(Json(state.service.publish_plan(viewer, id(&plan)?, publication).await?.into()))
}

/// Does the operations of a plan again on the version in force. Those that do not fit there are told with 409 and nothing happens,
/// unless `drop` says to leave them out.
#[utoipa::path(post, path = "/api/v1/plans/{id}/rebase", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = RebaseDto,
    responses(
        (status = 200, body = OutcomeDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn rebase(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(wanted): Content<RebaseDto>,
) -> Result<Json<OutcomeDto>, Problem> {
    let RebaseDto { after, by, drop } = wanted;
    Ok(Json(state.service.rebase_plan(viewer, id(&plan)?, after, by, drop).await?.into()))
}

/// Rolls back: the boundaries of an earlier version are in force again, as a new version.
#[utoipa::path(post, path = "/api/v1/versions/{number}/restore", tag = "plans",
    params(("number" = i64, Path, description = "A version")), request_body = RestoreDto,
    responses(
        (status = 200, body = RestoredDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn restore(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(number): Path<String>,
    Content(wanted): Content<RestoreDto>,
) -> Result<Json<RestoredDto>, Problem> {
    let number =
        number.parse().map_err(|_| Problem::not_found(format!("{number} is no version; GET /api/v1/area lists them")))?;
    let RestoreDto { by, valid_from, note } = wanted;
    let version = state.service.restore_version(viewer, number, &by, valid_from, note).await?;
    Ok(Json(RestoredDto { version: version.number, valid_from: version.valid_from }))
}

/// Gives out a link by which the plan may be read. The one before no longer counts.
#[utoipa::path(post, path = "/api/v1/plans/{id}/share", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = ByDto,
    responses(
        (status = 200, body = SharedDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn share(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(wanted): Content<ByDto>,
) -> Result<Json<SharedDto>, Problem> {
    let plan = id(&plan)?;
    let token = state.service.share_plan(viewer, plan, wanted.by).await?;
    Ok(Json(SharedDto { path: format!("/shared/{plan}/{token}"), token }))
}

/// No link to the plan counts any more.
#[utoipa::path(post, path = "/api/v1/plans/{id}/unshare", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = ByDto,
    responses(
        (status = 204),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn unshare(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(wanted): Content<ByDto>,
) -> Result<StatusCode, Problem> {
    state.service.unshare_plan(viewer, id(&plan)?, wanted.by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A shared plan: without names and comments.
#[utoipa::path(get, path = "/api/v1/shared/{id}/{token}", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("token" = String, Path, description = "From the link")),
    responses(
        (status = 200, body = PlanDto),
        (status = 404, description = "The link is not good", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn shared(
    State(state): State<AppState>,
    Path((plan, token)): Path<(String, String)>,
) -> Result<Json<PlanDto>, Problem> {
    Ok(Json(state.service.shared_plan(id(&plan)?, &token).await?.into()))
}

/// The places of a shared plan as GeoJSON.
#[utoipa::path(get, path = "/api/v1/shared/{id}/{token}/places", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("token" = String, Path, description = "From the link"), PlaceParams),
    responses(
        (status = 200, body = serde_json::Value, content_type = "application/geo+json"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn shared_places(
    State(state): State<AppState>,
    Path((plan, token)): Path<(String, String)>,
    Params(params): Params<PlaceParams>,
) -> Result<Response, Problem> {
    let level = query::parse::<Level>("level", params.level.as_deref())?.unwrap_or(Level::Grid);
    let places = state.service.shared_places(id(&plan)?, &token, level).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], features(places).to_string()).into_response())
}

/// The figures of a shared plan.
#[utoipa::path(get, path = "/api/v1/shared/{id}/{token}/figures", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("token" = String, Path, description = "From the link")),
    responses(
        (status = 200, body = PlanFiguresDto),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn shared_figures(
    State(state): State<AppState>,
    Path((plan, token)): Path<(String, String)>,
) -> Result<Json<PlanFiguresDto>, Problem> {
    Ok(Json(state.service.shared_figures(id(&plan)?, &token).await?.into()))
}
