//! The HTTP face: JSON API, downloads, the web app.

mod caching;
mod connections;
mod limits;
mod observe;
mod problem;
mod query;
mod router;
mod routes;
mod viewer;
pub mod wire;

pub use problem::Problem;
pub use router::{openapi, router};

use crate::service::Service;
use connections::Connections;
use metrics_exporter_prometheus::PrometheusHandle;
use std::{convert::Infallible, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Where a local PMTiles file is served.
pub const BASE_MAP_PATH: &str = "/api/v1/base-map.pmtiles";

/// What the server allows requests and connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a request body.
    pub body: usize,
    /// From the request to the start of the answer.
    pub time: Duration,
    /// Requests that are worked on at the same time.
    pub concurrency: usize,
    /// Open connections; further ones wait.
    pub connections: usize,
    /// Large or streamed answers that are being taken at the same time.
    pub downloads: usize,
    /// From the last answer, or the opening of the connection, to the end of a request's headers.
    pub head: Duration,
    /// How long a reader may take nothing of an answer.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            time: Duration::from_secs(30),
            concurrency: 256,
            // A process may have 1,024 files open where nobody raised that, and the store needs some.
            connections: 768,
            downloads: 32,
            head: Duration::from_secs(15),
            stall: Duration::from_mins(1),
        }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub struct AppState {
    pub service: Arc<Service>,
    /// Where the server listens: it decides who the viewer is.
    pub listen: SocketAddr,
    /// What the map lies on.
    pub base_map: Option<wire::BaseMapDto>,
    /// A PMTiles file that this server gives out as [`BASE_MAP_PATH`].
    pub base_map_file: Option<PathBuf>,
    /// Prometheus' text, where metrics are recorded.
    pub metrics: Option<PrometheusHandle>,
}

/// Serves until `stop` resolves; then no new connection is taken, and those under way get `grace` to end.
pub async fn serve(listener: TcpListener, state: AppState, limits: Limits, stop: impl Future<Output = ()>, grace: Duration) {
    let mut connections = Connections::new(router(state, limits), limits);
    tokio::select! {
        never = connections.accept(&listener) => match never {},
        () = stop => {}
    }
    drop(listener);
    connections.finish(grace).await;
}

/// Tells everybody that the service is starting, until it is dropped: a probe gets an answer while the store is being filled.
pub async fn serve_starting(listener: &TcpListener, limits: Limits) -> Infallible {
    Connections::new(router::starting(), limits).accept(listener).await
}
