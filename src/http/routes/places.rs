//! The card of a village, grid or micro-grid.

use crate::{
    disclosure::Viewer,
    http::{AppState, Problem, wire::PlaceDto},
    place::Id,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
};

/// A place with its leader, households, squares, facilities and trends.
#[utoipa::path(get, path = "/api/v1/places/{id}", tag = "places",
    params(("id" = String, Path, description = "Permanent id of a village, grid or micro-grid")),
    responses(
        (status = 200, body = PlaceDto),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn place(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Json<PlaceDto>, Problem> {
    let id: Id =
        id.parse().map_err(|_| Problem::not_found(format!("{id} is no id; /api/v1/layers/grids.geojson lists them")))?;
    Ok(Json(state.service.place_card(viewer, id).await?.into()))
}
