//! Where reports gather.

use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        query::{self, Params},
    },
    service::HeatQuery,
};
use axum::{
    Extension,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HeatParams {
    /// Local month (2026-08) or day from which on reports count.
    from: Option<String>,
    /// Local month or day up to and with which reports count.
    to: Option<String>,
    /// Reports of this category only.
    kind: Option<String>,
    /// H3 resolution, 7 to 11 [default: 9, edges of about 200 m].
    #[param(value_type = Option<u8>, minimum = 7, maximum = 11)]
    resolution: Option<String>,
    /// West,south,east,north in degrees: only hexagons that meet it, counted whole.
    bbox: Option<String>,
}

/// Reports counted by H3 hexagon, as a GeoJSON FeatureCollection with `cell` and `count`.
///
/// The public gets cells of at least 5, rounded to multiples of 5, over 1, 3 or 12 whole months or all time.
#[utoipa::path(get, path = "/api/v1/heat/hexagons", tag = "heat", params(HeatParams), responses(
    (status = 200, body = serde_json::Value, content_type = "application/geo+json"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "A window for the office only", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "The store is empty", body = Problem, content_type = "application/problem+json"),
))]
pub async fn hexagons(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Params(params): Params<HeatParams>,
) -> Result<Response, Problem> {
    let resolution = query::parse::<u8>("resolution", params.resolution.as_deref())?.unwrap_or(9);
    if !(7..=11).contains(&resolution) {
        return Err(Problem::bad_parameter(format!("resolution={resolution}: it is 7 to 11")));
    }
    let heat = HeatQuery {
        from: params.from.filter(|text| !text.is_empty()),
        to: params.to.filter(|text| !text.is_empty()),
        kind: params.kind.filter(|text| !text.is_empty()),
        bbox: query::bbox(params.bbox.as_deref())?,
        resolution,
    };
    let json = state.service.hexagons(viewer, heat).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], json).into_response())
}
