//! The area, and the kinds of report in it.

use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        wire::{AreaDto, VersionDto, ViewerDto},
    },
};
use axum::{Extension, Json, extract::State};

/// The area that this service holds.
#[utoipa::path(get, path = "/api/v1/area", tag = "area", responses(
    (status = 200, body = AreaDto),
    (status = 404, description = "The store is empty", body = Problem, content_type = "application/problem+json"),
))]
pub async fn area(State(state): State<AppState>, Extension(viewer): Extension<Viewer>) -> Result<Json<AreaDto>, Problem> {
    let overview = state.service.overview(viewer)?;
    let zone = overview.area.zone;
    let month = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).format("%Y-%m").to_string();
    Ok(Json(AreaDto {
        area: overview.area.key,
        name: overview.area.name,
        zone: zone.name().to_owned(),
        synthetic: overview.area.synthetic,
        viewer: match viewer {
            Viewer::Administrator => ViewerDto::Administrator,
            Viewer::Public => ViewerDto::Public,
        },
        min_n: crate::disclosure::MIN_N,
        bbox: overview.bbox.map(|b| [b.west, b.south, b.east, b.north]),
        versions: overview
            .versions
            .into_iter()
            .map(|version| VersionDto {
                number: version.number,
                valid_from: version.valid_from,
                published_at: version.published_at,
                note: version.note,
            })
            .collect(),
        data_from: overview.span.map(|span| month(span.from)),
        data_to: overview.span.map(|span| month(span.to - chrono::TimeDelta::milliseconds(1))),
        as_of: overview.as_of,
        counts: overview.counts.into_iter().map(|(layer, count)| (layer.name().to_owned(), count)).collect(),
        base_map: state.base_map,
        change_seq: overview.change_seq,
    }))
}

/// The categories of the reports, the most frequent first.
#[utoipa::path(get, path = "/api/v1/report-kinds", tag = "area", responses(
    (status = 200, body = Vec<String>),
    (status = 404, description = "The store is empty", body = Problem, content_type = "application/problem+json"),
))]
pub async fn report_kinds(State(state): State<AppState>) -> Result<Json<Vec<String>>, Problem> {
    Ok(Json(state.service.report_kinds().await?))
}
