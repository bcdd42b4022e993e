//! Plans that balance themselves.

use super::id;
use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        query::{self, Content, Params},
        wire::{
            balance::{BalanceDto, JobDto, JobStartedDto, MovesDto, TakeDto},
            plans::OutcomeDto,
        },
    },
    plan::balance::{Atom, Load, Wish},
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use utoipa::IntoParams;

fn number(text: &str) -> Result<usize, Problem> {
    text.parse().map_err(|_| Problem::not_found(format!("{text} is no candidate: they are numbered from 0")))
}

/// Begins a search for better balanced grids. One runs at a time.
#[utoipa::path(post, path = "/api/v1/plans/{id}/balance", tag = "plans",
    params(("id" = String, Path, description = "A plan")), request_body = BalanceDto,
    responses(
        (status = 202, body = JobStartedDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It makes no sense", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn balance(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Content(wish): Content<BalanceDto>,
) -> Result<(StatusCode, Json<JobStartedDto>), Problem> {
    let job = state.service.balance_plan(viewer, id(&plan)?, wish.order()?).await?;
    Ok((StatusCode::ACCEPTED, Json(JobStartedDto { job: job.id.to_string() })))
}

/// How a search is getting on, or what it found: a Pareto front over imbalance, ways, households moved and length of borders, and
/// what no plan can beat.
#[utoipa::path(get, path = "/api/v1/plans/{id}/balance/{job}", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("job" = String, Path, description = "A search")),
    responses(
        (status = 200, body = JobDto),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn job(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path((plan, job)): Path<(String, String)>,
) -> Result<Json<JobDto>, Problem> {
    let job = state.service.balance_job(viewer, id(&plan)?, id(&job)?)?;
    Ok(Json(JobDto::from(job.as_ref())))
}

/// Ends a search. The best so far stays.
#[utoipa::path(delete, path = "/api/v1/plans/{id}/balance/{job}", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("job" = String, Path, description = "A search")),
    responses(
        (status = 204),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn cancel(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path((plan, job)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.cancel_balance(viewer, id(&plan)?, id(&job)?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a candidate would make different. Nothing is stored.
#[utoipa::path(get, path = "/api/v1/plans/{id}/balance/{job}/candidates/{number}", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("job" = String, Path, description = "A search"),
        ("number" = usize, Path, description = "A candidate")),
    responses(
        (status = 200, body = OutcomeDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn candidate(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path((plan, job, candidate)): Path<(String, String, String)>,
) -> Result<Json<OutcomeDto>, Problem> {
    let (plan, job, number) = (id(&plan)?, id(&job)?, number(&candidate)?);
    Ok(Json(state.service.preview_candidate(viewer, plan, job, number).await?.into()))
}

/// Makes a candidate the draft's, as one entry of the log.
#[utoipa::path(post, path = "/api/v1/plans/{id}/balance/{job}/candidates/{number}/apply", tag = "plans",
    params(("id" = String, Path, description = "A plan"), ("job" = String, Path, description = "A search"),
        ("number" = usize, Path, description = "A candidate")),
    request_body = TakeDto,
    responses(
        (status = 200, body = OutcomeDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn take(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path((plan, job, candidate)): Path<(String, String, String)>,
    Content(take): Content<TakeDto>,
) -> Result<Json<OutcomeDto>, Problem> {
    let (plan, job, number) = (id(&plan)?, id(&job)?, number(&candidate)?);
    let TakeDto { after, by, why } = take;
    Ok(Json(state.service.take_candidate(viewer, plan, job, number, (after, by, why)).await?.into()))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MoveParams {
    /// How many; 10 if not given, 50 at most.
    n: Option<String>,
    /// `load` (default), `households`, `persons`, `reports` or `visits`.
    load: Option<String>,
    /// `households` (default), `buildings` or `microgrids`.
    atoms: Option<String>,
}

/// The best single moves, each with its price in every figure.
#[utoipa::path(get, path = "/api/v1/plans/{id}/next-moves", tag = "plans",
    params(("id" = String, Path, description = "A plan"), MoveParams),
    responses(
        (status = 200, body = MovesDto),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn next_moves(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(plan): Path<String>,
    Params(params): Params<MoveParams>,
) -> Result<Json<MovesDto>, Problem> {
    let n = query::parse::<usize>("n", params.n.as_deref())?.unwrap_or(10);
    if !(1..=50).contains(&n) {
        return Err(Problem::bad_parameter(format!("n={n}: ask for 1 to 50 moves")));
    }
    let mut wish = Wish::default();
    if let Some(load) = query::parse::<Load>("load", params.load.as_deref())? {
        wish.loads = vec![(load, 1.0)];
    }
    if let Some(atoms) = query::parse::<Atom>("atoms", params.atoms.as_deref())? {
        wish.atoms = atoms;
    }
    Ok(Json(state.service.next_moves(viewer, id(&plan)?, wish, n).await?.into()))
}
