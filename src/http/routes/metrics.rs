//! Coverage, workload and response times.

use crate::{
    disclosure::Viewer,
    http::{
        AppState, Problem,
        query::Params,
        wire::{FiguresDto, MetricDto},
    },
    service::FigureQuery,
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

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FigureParams {
    /// `area`, `village`, `grid` (default), `microgrid`, `worker` or `kind`, as far as the metric has it.
    by: Option<String>,
    /// `month` (default), `week`, `day` or `all`.
    period: Option<String>,
    /// Local month (2026-08) or day (2026-08-15) from which on things count.
    from: Option<String>,
    /// Local month or day up to and with which things count.
    to: Option<String>,
    /// Reports of this category only.
    kind: Option<String>,
    /// `wall` (default) or `working` time, for response times.
    clock: Option<String>,
    /// `json` (default), `csv`, or `geojson`: the places of one period with their figures.
    format: Option<String>,
}

impl FigureParams {
    pub fn query(self, metric: String) -> FigureQuery {
        FigureQuery {
            metric,
            by: self.by,
            period: self.period,
            from: self.from.filter(|text| !text.is_empty()),
            to: self.to.filter(|text| !text.is_empty()),
            kind: self.kind.filter(|text| !text.is_empty()),
            clock: self.clock,
        }
    }
}

/// The catalogue: every metric with its unit and definition.
#[utoipa::path(get, path = "/api/v1/metrics", tag = "metrics", responses((status = 200, body = Vec<MetricDto>)))]
pub async fn metrics() -> Json<Vec<MetricDto>> {
    Json(crate::service::catalogue().into_iter().map(MetricDto::from).collect())
}

/// The values of one metric, by place and period.
#[utoipa::path(get, path = "/api/v1/metrics/{id}", tag = "metrics",
    params(("id" = String, Path, description = "An id of the catalogue", example = "visit_rate"), FigureParams),
    responses(
        (status = 200, content((FiguresDto = "application/json"), (String = "text/csv"),
            (serde_json::Value = "application/geo+json"))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn figures(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Params(params): Params<FigureParams>,
) -> Result<Response, Problem> {
    let format = params.format.clone().unwrap_or_else(|| "json".to_owned());
    if !["json", "csv", "geojson"].contains(&format.as_str()) {
        return Err(Problem::bad_parameter(format!("format={format}: it is json, csv or geojson")));
    }
    let query = params.query(id);
    let name =
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", state.service.file_name(&query.metric, &format)));
    if format == "geojson" {
        let chunks = state.service.figures_map(viewer, query).await?;
        let headers = [(header::CONTENT_TYPE, "application/geo+json".to_owned()), name];
        return Ok((headers, Body::from_stream(ReceiverStream::new(chunks))).into_response());
    }
    let figures = state.service.figures(viewer, query).await?;
    if format == "csv" {
        let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), name];
        return Ok((headers, figures.to_csv()?).into_response());
    }
    Ok(Json(FiguresDto::from(figures.as_ref())).into_response())
}
