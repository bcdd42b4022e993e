//! Founding plans and drawing on them.

use super::id;
use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        query::Content,
        wire::plans::{CommandDto, FlipDto, NewPlanDto, OutcomeDto, PlanDto, PreviewDto},
    },
    plan::Body,
    service::{Command, Flip, Origin},
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};

/// Founds a plan over a version of the boundaries, or as a branch of another plan.
#[utoipa::path(post, path = "/api/v1/plans", tag = "plans", request_body = NewPlanDto, responses(
    (status = 201, body = PlanDto),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "For the office only", body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
pub async fn found(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Content(new): Content<NewPlanDto>,
) -> Result<(StatusCode, Json<PlanDto>), Problem> {
    let origin = match (new.base, new.from) {
        (None, None) => Origin::Latest,
        (Some(version), None) => Origin::Version(version),
        (None, Some(branch)) => Origin::Branch { plan: id(&branch.plan)?, state: branch.state },
        (Some(_), Some(_)) => return Err(Problem::bad_parameter("base and from: give one of them, or neither")),
    };
    let plan = state.service.found_plan(viewer, &new.name, &new.by, origin).await?;
    Ok((StatusCode::CREATED, Json(state.service.plan(viewer, plan.id).await?.into())))
}

/// Does something to a plan. When the answer comes, it is stored.
///
/// Entries of others after `after` stay where they are: an operation on other ground goes on top of them; anything else is refused
/// with 409 and what they did (`entries`).
#[utoipa::path(post, path = "/api/v1/plans/{id}/entries", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = CommandDto,
    responses(
        (status = 200, body = OutcomeDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Somebody else changed the same ground", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It can't be done", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn command(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(command): Content<CommandDto>,
) -> Result<Json<OutcomeDto>, Problem> {
    let CommandDto { after, by, why, body } = command;
    if matches!(body, Body::Rebase { .. } | Body::Schedule { .. } | Body::Publish { .. } | Body::Share { .. } | Body::Unshare) {
        return Err(Problem::bad_parameter("rebase, schedule, publish, share and unshare have requests of their own"));
    }
    let drawn = state.service.draw(viewer, id(&plan)?, Command { after, by, why, body }).await?;
    Ok(Json(drawn.into()))
}

/// What an operation would make different: the price of a move before it is made. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/plans/{id}/preview", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = PreviewDto,
    responses(
        (status = 200, body = OutcomeDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It can't be done", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn preview(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(preview): Content<PreviewDto>,
) -> Result<Json<OutcomeDto>, Problem> {
    Ok(Json(state.service.preview(viewer, id(&plan)?, preview.operation).await?.into()))
}

/// Brings households into a grid or micro-grid, each with the ground that is nearer to it than to the others who live there.
#[utoipa::path(post, path = "/api/v1/plans/{id}/flip", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = FlipDto,
    responses(
        (status = 200, body = OutcomeDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It can't be done", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn flip(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(flip): Content<FlipDto>,
) -> Result<Json<OutcomeDto>, Problem> {
    let FlipDto { after, by, why, households, to, preview } = flip;
    let flip = Flip { after, by, why, households, to, preview };
    Ok(Json(state.service.flip(viewer, id(&plan)?, flip).await?.into()))
}
