//! The HTTP face: JSON API, downloads, the web app.

mod caching;
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
use metrics_exporter_prometheus::PrometheusHandle;
use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Where a local PMTiles file is served.
pub const BASE_MAP_PATH: &str = "/api/v1/base-map.pmtiles";

/// What the server allows a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a request body.
    pub body: usize,
    /// From the request to the start of the answer.
    pub time: Duration,
    /// Requests that are worked on at the same time.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 1 << 20, time: Duration::from_secs(30), concurrency: 256 }
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
///
/// # Errors
/// Whatever the listener fails with.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
    grace: Duration,
) -> io::Result<()> {
    let (stopped, stopping) = tokio::sync::watch::channel(false);
    let app = router(state, limits);
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopped.send(true);
    });
    let mut stopping = stopping;
    let deadline = async move {
        // The sender lives inside the server, so an error here means that the server has ended already.
        let _ = stopping.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        result = server => result,
        () = deadline => {
            tracing::warn!(grace_s = grace.as_secs(), "requests were still under way when the grace period ended");
            Ok(())
        }
    }
}
