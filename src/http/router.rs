//! Every route.

use super::{AppState, BASE_MAP_PATH, Limits, Problem, caching, limits, observe, routes, viewer};
use axum::{Router, extract::Request, http::header, middleware};
use tower_http::{compression::CompressionLayer, services::ServeFile};
use utoipa::{OpenApi as _, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Wangge 网格", description = "Boundaries, reports and figures of a grid-governed area."),
    tags(
        (name = "area", description = "The area and its versions"),
        (name = "metrics", description = "Coverage, workload and response times"),
        (name = "places", description = "Villages, grids and micro-grids"),
        (name = "layers", description = "Records as GeoJSON and CSV"),
        (name = "heat", description = "Where reports gather"),
        (name = "plans", description = "Drafts of boundaries: drawing, figures, review, publication"),
        (name = "operations", description = "Running the service"),
    )
)]
struct Api;

/// The data routes, whose answers carry validators.
fn data() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(routes::area::area))
        .routes(routes!(routes::area::report_kinds))
        .routes(routes!(routes::metrics::metrics))
        .routes(routes!(routes::metrics::figures))
        .routes(routes!(routes::places::place))
        .routes(routes!(routes::layers::layers))
        .routes(routes!(routes::layers::layer_file))
        .routes(routes!(routes::heat::hexagons))
}

/// Plans change without the change log: their answers carry no validators.
fn plans() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(routes::plans::plans, routes::plans::found))
        .routes(routes!(routes::plans::plan))
        .routes(routes!(routes::plans::places))
        .routes(routes!(routes::plans::figures))
        .routes(routes!(routes::plans::moved))
        .routes(routes!(routes::plans::problems))
        .routes(routes!(routes::plans::command))
        .routes(routes!(routes::plans::preview))
        .routes(routes!(routes::plans::flip))
        .routes(routes!(routes::plans::balance))
        .routes(routes!(routes::plans::job, routes::plans::cancel))
        .routes(routes!(routes::plans::candidate))
        .routes(routes!(routes::plans::take))
        .routes(routes!(routes::plans::next_moves))
        .routes(routes!(routes::plans::compare))
        .routes(routes!(routes::plans::moved_csv))
        .routes(routes!(routes::plans::workers_csv))
        .routes(routes!(routes::plans::households))
        .routes(routes!(routes::plans::export))
        .routes(routes!(routes::plans::metric))
        .routes(routes!(routes::plans::publish))
        .routes(routes!(routes::plans::rebase))
        .routes(routes!(routes::plans::restore))
        .routes(routes!(routes::plans::share))
        .routes(routes!(routes::plans::unshare))
        .routes(routes!(routes::plans::shared))
        .routes(routes!(routes::plans::shared_places))
        .routes(routes!(routes::plans::shared_figures))
}

fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(routes::operations::healthz))
        .routes(routes!(routes::operations::metrics))
        .routes(routes!(routes::docs::openapi))
}

/// The OpenAPI document of all routes.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, api) = OpenApiRouter::<AppState>::with_openapi(Api::openapi())
        .merge(data())
        .merge(plans())
        .merge(operations())
        .split_for_parts();
    api
}

/// The whole application.
pub fn router(state: AppState, limits: Limits) -> Router {
    let (data, _) = data().split_for_parts();
    let (plans, _) = plans().split_for_parts();
    let (operations, _) = operations().split_for_parts();
    let mut app = data
        .route_layer(middleware::from_fn_with_state(limits::Downloads::new(limits), limits::count_downloads))
        .route_layer(middleware::from_fn_with_state(caching::Tags::new(&state.service), caching::revalidate))
        .merge(plans.layer(middleware::map_response(caching::never)))
        .merge(operations);
    if let Some(file) = &state.base_map_file {
        app = app.route_service(BASE_MAP_PATH, ServeFile::new(file));
    }
    let app = app
        .route("/api/docs", axum::routing::get(routes::assets::api_page))
        .route("/shared/{id}/{token}", axum::routing::get(routes::assets::shared_page))
        .fallback(routes::assets::web_app)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(state.clone(), viewer::identify))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(observe::record))
        .with_state(state);
    limits::limited(app, limits)
}

/// What answers before there is a service.
pub fn starting() -> Router {
    Router::new().fallback(|| async {
        // The connection ends with this server, so that the next request finds the real one.
        ([(header::CONNECTION, "close")], Problem::unavailable("the service is starting; try again in a moment"))
    })
}

async fn method_not_allowed(request: Request) -> Problem {
    Problem::method_not_allowed(format!("{} does not take {}", request.uri().path(), request.method()))
}
