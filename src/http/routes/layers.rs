//! The layers as files: GeoJSON and CSV, streamed.

use crate::{
    disclosure::Viewer,
    export::GeometryType,
    geometry::Datum,
    http::{
        AppState, Problem,
        query::{self, Params},
        wire::{LayerDto, LinksDto},
    },
    layer::Layer,
    service::{ExportFormat, ExportQuery},
};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

/// Of [`layer_file`].
pub const FILE_PATH: &str = "/api/v1/layers/{file}";

/// Which rows of a layer, and how.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LayerParams {
    /// West,south,east,north in degrees: only features whose box meets it.
    #[param(example = "110.5,29.3,110.6,29.4")]
    bbox: Option<String>,
    /// Boundaries of this version instead of the latest.
    #[param(value_type = Option<i64>, minimum = 1)]
    version: Option<String>,
    /// Reports and rounds from this local month (2026-08) or day (2026-08-15) on.
    from: Option<String>,
    /// Reports and rounds up to and with this local month or day.
    to: Option<String>,
    /// Reports of this category only.
    kind: Option<String>,
    /// At most this many features.
    #[param(value_type = Option<i64>, minimum = 1)]
    limit: Option<String>,
    /// `wgs84` (default), `gcj02` or `bd09`: the datum of the positions. Only WGS 84 is standard GeoJSON.
    datum: Option<String>,
    /// EPSG code: points of a CSV come as x and y in this CRS.
    #[param(value_type = Option<i64>, example = 4547)]
    crs: Option<String>,
}

/// A count from 1 on, in the range that the API's document gives (int64).
fn limit(text: Option<&str>) -> Result<Option<u64>, Problem> {
    match query::parse::<i64>("limit", text)? {
        None => Ok(None),
        Some(limit) if limit > 0 => Ok(limit.try_into().ok()),
        Some(limit) => Err(Problem::bad_parameter(format!("limit={limit}: ask for at least 1 feature, or leave it out"))),
    }
}

/// The layers that the viewer may read.
#[utoipa::path(get, path = "/api/v1/layers", tag = "layers", responses(
    (status = 200, body = Vec<LayerDto>),
    (status = 404, description = "The store is empty", body = Problem, content_type = "application/problem+json"),
))]
pub async fn layers(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Json<Vec<LayerDto>>, Problem> {
    let counts = state.service.overview(viewer)?.counts;
    let list = counts.into_iter().map(|(layer, count)| LayerDto {
        name: layer.name(),
        zh: layer.zh(),
        en: layer.en(),
        geometry: match crate::export::geometry_type(layer) {
            GeometryType::MultiPolygon => Some("MultiPolygon"),
            GeometryType::Point => Some("Point"),
            GeometryType::None => None,
        },
        count,
        links: LinksDto { geojson: format!("/api/v1/layers/{layer}.geojson"), csv: format!("/api/v1/layers/{layer}.csv") },
    });
    Ok(Json(list.collect()))
}

/// A layer as a file: `{layer}.geojson` (RFC 7946) or `{layer}.csv`.
///
/// Of a report the public gets its category, its state, the day of its submission and the square of 100 m that it lies in; its
/// other columns are null.
#[utoipa::path(get, path = "/api/v1/layers/{file}", tag = "layers",
    params(("file" = String, Path, description = "Layer and format", example = "grids.geojson"), LayerParams),
    responses(
        (status = 200, description = "The features, streamed", content(
            (serde_json::Value = "application/geo+json"), (String = "text/csv"))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this viewer", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn layer_file(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(file): Path<String>,
    Params(params): Params<LayerParams>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(format!("{file} is no layer file; GET /api/v1/layers lists them"));
    let (name, ending) = file.rsplit_once('.').ok_or_else(unknown)?;
    let layer: Layer = name.parse().map_err(|_| unknown())?;
    let format = match ending {
        "geojson" => ExportFormat::GeoJson,
        "csv" => ExportFormat::Csv,
        _ => return Err(unknown()),
    };
    let export = ExportQuery {
        bbox: query::bbox(params.bbox.as_deref())?,
        version: query::parse("version", params.version.as_deref())?,
        from: params.from.filter(|text| !text.is_empty()),
        to: params.to.filter(|text| !text.is_empty()),
        kind: params.kind.filter(|text| !text.is_empty()),
        limit: limit(params.limit.as_deref())?,
        datum: query::parse::<Datum>("datum", params.datum.as_deref())?.unwrap_or(Datum::Wgs84),
        crs: query::parse("crs", params.crs.as_deref().map(|code| code.trim_start_matches("EPSG:")))?,
    };
    let chunks = state.service.export(viewer, layer, format, export).await?;
    let mime = match format {
        ExportFormat::GeoJson => "application/geo+json",
        ExportFormat::Csv => "text/csv; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", state.service.file_name(layer.name(), ending))),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(chunks))).into_response())
}
