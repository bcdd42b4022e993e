//! On whose behalf a request runs. Until there are accounts this follows from where the server listens and from what the request
//! says of its way here.

use super::{AppState, Problem, connections::Connection};
use crate::disclosure::Viewer;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Headers by which proxies say that the request came from elsewhere; browsers and `curl` send none of them.
const FORWARDED: [&str; 9] = [
    "cdn-loop",
    "client-ip",
    "forwarded",
    "max-forwards",
    "proxy-client-ip",
    "remote-user",
    "true-client-ip",
    "via",
    "wl-proxy-client-ip",
];

/// How the names of more such headers begin.
const FORWARDED_PREFIXES: [&str; 21] = [
    "akamai-",
    "cf-",
    "fastly-",
    "fly-",
    "x-amz",
    "x-appengine-",
    "x-arr-",
    "x-auth-request-",
    "x-azure-",
    "x-client-",
    "x-cluster-",
    "x-envoy-",
    "x-forward",
    "x-host",
    "x-nginx-",
    "x-original-",
    "x-proxy",
    "x-real-",
    "x-remote-",
    "x-scheme",
    "x-varnish",
];

/// Gives the request its [`Viewer`], as an extension.
///
/// A server on a loopback address serves the person at this machine: the administrator. What came through a proxy, or leaves open
/// whether it did, came from somebody else and gets the public view; so does what a page of another site asks for. Such a page could
/// also reach this server through a host name of its own that resolves to 127.0.0.1: a foreign host name is refused.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Connection>().map(|connection| connection.peer);
    let arrival = Arrival { peer, version: request.version(), uri: request.uri(), headers: request.headers() };
    let viewer = match arrival.viewer(state.listen) {
        Ok(viewer) => viewer,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(viewer);
    next.run(request).await
}

/// What a request says of where it comes from.
struct Arrival<'a> {
    /// `None` where the server does not tell: then it is not known to be this machine.
    peer: Option<SocketAddr>,
    version: Version,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

impl Arrival<'_> {
    fn viewer(&self, listen: SocketAddr) -> Result<Viewer, Problem> {
        if !listen.ip().is_loopback() || self.is_forwarded() {
            return Ok(Viewer::Public);
        }
        let hosts = self.hosts();
        if !hosts.iter().all(|host| host.is_some_and(is_local)) {
            return Err(Problem::misdirected(format!(
                "this server listens on {listen} for this machine only; open it as http://localhost:{}",
                listen.port()
            )));
        }
        let is_here = self.peer.is_some_and(|peer| peer.ip().is_loopback());
        match self.own_host(&hosts) {
            // A proxy that says nothing of itself speaks HTTP/1.0 more often than not, browsers never do.
            Some(host) if is_here && self.version >= Version::HTTP_11 && !self.is_from_another_site(host) => {
                Ok(Viewer::Administrator)
            }
            _ => Ok(Viewer::Public),
        }
    }

    fn is_forwarded(&self) -> bool {
        self.headers
            .keys()
            .map(header::HeaderName::as_str)
            .any(|name| FORWARDED.contains(&name) || FORWARDED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
    }

    /// Every name that the request calls this server by; `None` for one that is no text.
    fn hosts(&self) -> Vec<Option<&str>> {
        let headers = self.headers.get_all(header::HOST).iter().map(|host| host.to_str().ok());
        headers.chain(self.uri.authority().map(|authority| Some(authority.as_str()))).collect()
    }

    /// The one name that the request calls this server by.
    fn own_host<'h>(&self, hosts: &[Option<&'h str>]) -> Option<&'h str> {
        // HTTP/2 has the name in the URI alone.
        let in_header = self.headers.get_all(header::HOST).iter().count();
        if in_header > 1 || (in_header == 0 && self.version < Version::HTTP_2) {
            return None;
        }
        let (first, others) = hosts.split_first()?;
        let own = (*first)?;
        others.iter().all(|other| other.is_some_and(|other| other.eq_ignore_ascii_case(own))).then_some(own)
    }

    /// Whether a browser says that another site's page asks, or one at another port of this machine.
    fn is_from_another_site(&self, host: &str) -> bool {
        let is_own = |origin: &[u8]| {
            origin
                .split_at_checked(7)
                .is_some_and(|(scheme, rest)| scheme == b"http://" && rest.eq_ignore_ascii_case(host.as_bytes()))
        };
        let mut origins = self.headers.get_all(header::ORIGIN).iter();
        let mut sites = self.headers.get_all("sec-fetch-site").iter();
        origins.any(|origin| !is_own(origin.as_bytes()))
            || sites.any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
    }
}

/// Whether `host` (with or without a port) names this machine, and nothing else.
fn is_local(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if let Some(rest) = host.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return port_fits && address.parse::<Ipv6Addr>().is_ok_and(|ip| IpAddr::V6(ip).is_loopback());
    }
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    port.is_none_or(is_port)
        && (name.eq_ignore_ascii_case("localhost") || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const PEER: Option<&str> = Some("127.0.0.1:50000");

    fn arrive(
        listen: &str,
        peer: Option<&str>,
        version: Version,
        uri: &str,
        headers: &[(&'static str, &[u8])],
    ) -> Result<Viewer, u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        let uri = uri.parse().unwrap();
        let arrival = Arrival { peer: peer.map(|peer| peer.parse().unwrap()), version, uri: &uri, headers: &map };
        arrival.viewer(listen.parse().unwrap()).map_err(|problem| problem.into_response().status().as_u16())
    }

    fn viewer(headers: &[(&'static str, &[u8])]) -> Result<Viewer, u16> {
        arrive("127.0.0.1:8080", PEER, Version::HTTP_11, "/api/v1/area", headers)
    }

    #[test]
    fn loopback_is_the_administrator_and_nobody_else() {
        for host in ["localhost:8080", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "[::1]", "LOCALHOST"] {
            assert_eq!(viewer(&[("host", host.as_bytes())]), Ok(Viewer::Administrator), "{host}");
        }
        let local: &[(&str, &[u8])] = &[("host", b"localhost:8080")];
        let at = |listen, peer| arrive(listen, peer, Version::HTTP_11, "/", local);
        assert_eq!(at("0.0.0.0:8080", PEER), Ok(Viewer::Public));
        assert_eq!(at("192.0.2.1:80", PEER), Ok(Viewer::Public));
        assert_eq!(at("127.0.0.1:8080", Some("192.0.2.7:50000")), Ok(Viewer::Public));
        assert_eq!(at("127.0.0.1:8080", None), Ok(Viewer::Public));
    }

    #[test]
    fn a_foreign_name_is_refused() {
        for host in [
            "evil.example:8080",
            "localhost.evil.example",
            "[::1].evil.com",
            "[::1]evil",
            "[::1",
            "[::2]",
            "[127.0.0.1]",
            "127.0.0.1.evil.com",
            "localhost:",
            "localhost:+80",
            "localhost:8080:1",
            "localhost:99999",
            "user@localhost",
            "128.0.0.1",
            "::1",
            "",
        ] {
            assert_eq!(viewer(&[("host", host.as_bytes())]), Err(421), "{host}");
        }
        assert_eq!(viewer(&[("host", b"localhost\xff")]), Err(421));
        assert_eq!(viewer(&[("host", b"localhost"), ("host", b"evil.example")]), Err(421));
        let absolute = |uri, host: &[u8]| arrive("127.0.0.1:8080", PEER, Version::HTTP_11, uri, &[("host", host)]);
        assert_eq!(absolute("http://evil.example/api/v1/area", b"localhost:8080"), Err(421));
        assert_eq!(absolute("http://me@localhost:8080/", b"localhost:8080"), Err(421));
    }

    #[test]
    fn what_leaves_the_way_open_is_the_publics() {
        let local: &[(&str, &[u8])] = &[("host", b"127.0.0.1:8080")];
        let arrive = |version, uri, headers| arrive("127.0.0.1:8080", PEER, version, uri, headers);
        assert_eq!(arrive(Version::HTTP_10, "/", local), Ok(Viewer::Public), "as nginx passes requests on");
        assert_eq!(arrive(Version::HTTP_10, "/", &[]), Ok(Viewer::Public));
        assert_eq!(arrive(Version::HTTP_11, "/", &[]), Ok(Viewer::Public));
        assert_eq!(arrive(Version::HTTP_11, "http://127.0.0.1:8080/", &[]), Ok(Viewer::Public));
        assert_eq!(viewer(&[("host", b"localhost"), ("host", b"localhost")]), Ok(Viewer::Public));
        assert_eq!(arrive(Version::HTTP_11, "http://localhost:8080/", local), Ok(Viewer::Public), "two names");
        assert_eq!(arrive(Version::HTTP_11, "http://127.0.0.1:8080/", local), Ok(Viewer::Administrator));
        assert_eq!(arrive(Version::HTTP_2, "http://localhost:8080/", &[]), Ok(Viewer::Administrator));
        assert_eq!(arrive(Version::HTTP_2, "http://evil.example/", &[]), Err(421));
    }

    #[test]
    fn what_a_proxy_adds_makes_the_request_the_publics() {
        for name in [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-port",
            "x-forwarded-server",
            "x-forwarded",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-uri",
            "x-original-for",
            "x-envoy-external-address",
            "cf-connecting-ip",
            "true-client-ip",
        ] {
            assert_eq!(viewer(&[("host", b"localhost"), (name, b"x")]), Ok(Viewer::Public), "{name}");
            assert_eq!(viewer(&[("host", b"wangge.example"), (name, b"x")]), Ok(Viewer::Public), "{name}");
        }
        assert_eq!(viewer(&[("host", b"localhost"), ("x-requested-with", b"x")]), Ok(Viewer::Administrator));
    }

    #[test]
    fn a_page_of_another_site_is_the_public() {
        let from = |name, value| viewer(&[("host", b"localhost:8080"), (name, value)]);
        assert_eq!(from("origin", b"http://localhost:8080"), Ok(Viewer::Administrator));
        for origin in
            ["https://evil.example", "http://localhost:3000", "http://localhost", "https://localhost:8080", "null", ""]
        {
            assert_eq!(from("origin", origin.as_bytes()), Ok(Viewer::Public), "{origin}");
        }
        for (site, expected) in [
            ("same-origin", Viewer::Administrator),
            ("none", Viewer::Administrator),
            ("same-site", Viewer::Public),
            ("cross-site", Viewer::Public),
        ] {
            assert_eq!(from("sec-fetch-site", site.as_bytes()), Ok(expected), "{site}");
        }
    }
}
