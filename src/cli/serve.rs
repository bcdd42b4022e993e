//! `wangge serve`: the HTTP service with its map.

use super::{StoreArgs, load_config, open_service};
use crate::http::{self, AppState, Limits, wire::BaseMapDto};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// What requests under way, and then the store, get to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serve the API and the map. Flags come before the environment, the environment before the configuration file.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    store: StoreArgs,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "WANGGE_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Fill an empty store with the synthetic demo subdistrict first
    #[cfg(feature = "testing")]
    #[arg(long)]
    demo: bool,
    /// Listen on an address that other machines reach, without accounts: they get the public view only
    #[arg(long, env = "WANGGE_ALLOW_UNAUTHENTICATED")]
    allow_unauthenticated: bool,
    /// Requests that are worked on at the same time [default: 256]
    #[arg(long, env = "WANGGE_MAX_CONCURRENCY", value_name = "N")]
    max_concurrency: Option<usize>,
    /// Connections that are open at the same time; further ones wait [default: 768]
    #[arg(long, env = "WANGGE_MAX_CONNECTIONS", value_name = "N")]
    max_connections: Option<usize>,
    /// Seconds that an answer may take to begin [default: 30]
    #[arg(long, env = "WANGGE_REQUEST_TIMEOUT", value_name = "SECONDS")]
    request_timeout: Option<u64>,
    /// Log lines as text or JSON [default: text]
    #[arg(long, env = "WANGGE_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// A TOML file with any of: `data`, `database`, `area`, `listen`, `allow_unauthenticated`, `max_concurrency`,
    /// `max_connections`, `request_timeout`, `log_format`, `base_map`
    #[arg(long, env = "WANGGE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// The configuration file. Every key is optional; an unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    area: Option<String>,
    listen: Option<SocketAddr>,
    allow_unauthenticated: bool,
    max_concurrency: Option<usize>,
    max_connections: Option<usize>,
    request_timeout: Option<u64>,
    log_format: Option<LogFormat>,
    base_map: Option<BaseMap>,
}

/// What the map lies on: `{ kind = "xyz", url = "…" }`, `{ kind = "tianditu", key = "…" }`, `{ kind = "pmtiles", url = "…" }` or
/// `{ file = "district.pmtiles", attribution = "…" }`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum BaseMap {
    File { file: PathBuf, attribution: Option<String> },
    Elsewhere(BaseMapDto),
}

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
/// A bad configuration, a store that cannot be opened, an address that cannot be listened on.
pub async fn run(args: Args) -> Result<()> {
    let file: File = args.config.as_deref().map(load_config).transpose()?.unwrap_or_default();
    start_logs(args.log_format.or(file.log_format).unwrap_or_default());
    let listen = args.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    check_exposure(listen, args.allow_unauthenticated || file.allow_unauthenticated)?;
    let limits = Limits {
        concurrency: args.max_concurrency.or(file.max_concurrency).unwrap_or(Limits::default().concurrency).max(1),
        connections: args.max_connections.or(file.max_connections).unwrap_or(Limits::default().connections).max(1),
        time: args.request_timeout.or(file.request_timeout).map_or(Limits::default().time, Duration::from_secs),
        ..Limits::default()
    };
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0])?
        .install_recorder()
        .context("cannot record metrics")?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; is another server using the port? --listen ADDR chooses another")
    })?;
    let store = args.store.or(file.data, file.database, file.area);
    let opening = async {
        let service = open_service(&store).await?;
        #[cfg(feature = "testing")]
        if args.demo {
            service.load_demo(crate::testing::subdistrict::Settings::default()).await?;
        }
        anyhow::Ok(service)
    };
    let service = tokio::select! {
        service = opening => service?,
        never = http::serve_starting(&listener, limits) => match never {},
    };
    service.watch();
    let listen = listener.local_addr()?;
    println!("Wangge  http://{listen}/");
    tracing::info!(%listen, store = %service.store_name(), "serving");
    let (base_map, base_map_file) = match file.base_map {
        None => (None, None),
        Some(BaseMap::Elsewhere(map)) => (Some(map), None),
        Some(BaseMap::File { file, attribution }) => {
            if !file.is_file() {
                bail!("[base_map] file = {:?}: there is no such file", file.display());
            }
            (Some(BaseMapDto::Pmtiles { url: http::BASE_MAP_PATH.to_owned(), attribution }), Some(file))
        }
    };
    let state = AppState { service: Arc::clone(&service), listen, base_map, base_map_file, metrics: Some(metrics) };
    http::serve(listener, state, limits, stop_signal(), GRACE).await;
    if tokio::time::timeout(GRACE, service.close()).await.is_err() {
        tracing::warn!("the store was still being read when the grace period ended");
    }
    tracing::info!("stopped");
    Ok(())
}

fn check_exposure(listen: SocketAddr, allowed: bool) -> Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    if !allowed {
        bail!(
            "{listen} can be reached from other machines and there are no accounts yet. Listen on a loopback address \
             ({DEFAULT_LISTEN}), or pass --allow-unauthenticated to give everyone the public view"
        );
    }
    let line = "=".repeat(72);
    eprintln!(
        "{line}\nNO ACCOUNTS: anyone who can reach {listen} gets the PUBLIC view of this store.\n任何能访问 {listen} 的人都可查看公开数据。\n{line}"
    );
    tracing::warn!(%listen, "serving the public view without accounts");
    Ok(())
}

fn start_logs(format: LogFormat) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_env("WANGGE_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=error"));
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_need_a_word() {
        assert!(check_exposure("127.0.0.1:1".parse().unwrap(), false).is_ok());
        assert!(check_exposure("[::1]:1".parse().unwrap(), false).is_ok());
        assert!(check_exposure("0.0.0.0:1".parse().unwrap(), false).is_err());
        assert!(check_exposure("0.0.0.0:1".parse().unwrap(), true).is_ok());
    }

    #[test]
    fn the_file_knows_its_keys() {
        assert!(toml::from_str::<File>("listen = \"127.0.0.1:9000\"\nlog_format = \"json\"").is_ok());
        let map = |text: &str| toml::from_str::<File>(text).unwrap().base_map;
        assert!(matches!(map("base_map = { file = 'a.pmtiles' }"), Some(BaseMap::File { .. })));
        assert!(matches!(
            map("base_map = { kind = 'tianditu', key = 'k' }"),
            Some(BaseMap::Elsewhere(BaseMapDto::Tianditu { .. }))
        ));
        assert!(toml::from_str::<File>("lisen = \"127.0.0.1:9000\"").is_err());
    }
}
