//! On whose behalf a request runs. Until there are accounts this follows from where the server listens.

use super::{AppState, Problem};
use crate::disclosure::Viewer;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;

/// Headers by which a proxy says that the request came from elsewhere.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Gives the request its [`Viewer`], as an extension.
///
/// A server on a loopback address serves the person at this machine: the administrator. A request that a proxy forwards to
/// it came from somebody else and gets the public view. A page of another site could reach this server through a host name
/// that resolves to 127.0.0.1: such a host name is refused.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let viewer = match viewer_of(state.listen, request.headers(), request.uri().host()) {
        Ok(viewer) => viewer,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(viewer);
    next.run(request).await
}

fn viewer_of(listen: SocketAddr, headers: &HeaderMap, uri_host: Option<&str>) -> Result<Viewer, Problem> {
    if !listen.ip().is_loopback() || FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return Ok(Viewer::Public);
    }
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok()).or(uri_host);
    match named {
        Some(host) if !is_local(host) => Err(Problem::misdirected(format!(
            "this server listens on {listen} for this machine only; open it as http://localhost:{}",
            listen.port()
        ))),
        _ => Ok(Viewer::Administrator),
    }
}

/// Whether `host` (with or without a port) names this machine.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(listen: &str, headers: &[(&'static str, &str)]) -> Result<Viewer, u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        viewer_of(listen.parse().unwrap(), &map, None).map_err(|problem| problem.into_response().status().as_u16())
    }

    #[test]
    fn loopback_is_the_administrator_and_nobody_else() {
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"] {
            assert_eq!(viewer("127.0.0.1:8080", &[("host", host)]), Ok(Viewer::Administrator), "{host}");
        }
        assert_eq!(viewer("127.0.0.1:8080", &[("host", "evil.example:8080")]), Err(421));
        assert_eq!(viewer("127.0.0.1:8080", &[("host", "localhost.evil.example")]), Err(421));
        assert_eq!(viewer("127.0.0.1:8080", &[("host", "localhost"), ("x-forwarded-for", "10.1.1.1")]), Ok(Viewer::Public));
        assert_eq!(viewer("0.0.0.0:8080", &[("host", "localhost:8080")]), Ok(Viewer::Public));
        assert_eq!(viewer("192.0.2.1:80", &[("host", "wangge.example")]), Ok(Viewer::Public));
    }
}
