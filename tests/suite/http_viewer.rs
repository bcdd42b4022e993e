//! Who is taken for the office, over real connections.

use crate::http_support::{Client, DEMO};

fn office() -> Client {
    DEMO.office
}

/// The answer to a request for a layer that only the office may read.
fn asked(version: &str, target: &str, headers: &[&str]) -> String {
    let lines = [headers, &["Connection: close", "\r\n"]].concat().join("\r\n");
    let said = office().raw(&format!("GET {target} HTTP/{version}\r\n{lines}"));
    said.split(' ').nth(1).unwrap().to_owned()
}

const PERSONS: &str = "/api/v1/layers/persons.csv";

#[test]
fn a_browser_at_this_machine_is_the_office() {
    let port = office().address.port();
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        assert_eq!(asked("1.1", PERSONS, &[&format!("Host: {host}:{port}")]), "200", "{host}");
    }
    let own = format!("Origin: http://localhost:{port}");
    assert_eq!(asked("1.1", PERSONS, &[&format!("Host: localhost:{port}"), &own, "Sec-Fetch-Site: same-origin"]), "200");
    assert_eq!(asked("1.1", &format!("http://localhost:{port}{PERSONS}"), &[&format!("Host: localhost:{port}")]), "200");
}

#[test]
fn a_reverse_proxy_in_front_is_not() {
    let host = format!("Host: 127.0.0.1:{}", office().address.port());
    assert_eq!(asked("1.0", PERSONS, &[&host]), "403", "nginx with nothing but proxy_pass");
    assert_eq!(asked("1.0", PERSONS, &[]), "403");
    for header in ["X-Forwarded-Host: a", "X-Forwarded-Proto: https", "CF-Connecting-IP: 203.0.113.9", "X-Envoy-Internal: true"]
    {
        assert_eq!(asked("1.1", PERSONS, &[&host, header]), "403", "{header}");
        assert_eq!(asked("1.1", PERSONS, &["Host: wangge.example", header]), "403", "{header}");
    }
}

#[test]
fn a_request_with_no_name_or_several_is_not() {
    assert_eq!(asked("1.1", PERSONS, &[]), "403");
    assert_eq!(asked("1.1", PERSONS, &["Host: localhost", "Host: localhost"]), "403");
    assert_eq!(asked("1.1", PERSONS, &["Host: localhost", "Host: evil.example"]), "421");
    assert_eq!(asked("1.1", &format!("http://evil.example{PERSONS}"), &["Host: localhost"]), "421");
    for host in ["[::1].evil.com", "evil.example", "127.0.0.1.evil.com", "localhost:x"] {
        assert_eq!(asked("1.1", PERSONS, &[&format!("Host: {host}")]), "421", "{host}");
    }
}

#[test]
fn a_page_of_another_site_gets_what_the_public_gets() {
    let host = format!("Host: localhost:{}", office().address.port());
    for header in
        ["Origin: https://evil.example", "Origin: null", "Origin: http://localhost:3000", "Sec-Fetch-Site: cross-site"]
    {
        assert_eq!(asked("1.1", PERSONS, &[&host, header]), "403", "{header}");
    }
    let answer = office().get_with("/api/v1/area", &[("origin", "https://evil.example")]);
    assert_eq!(answer.header("access-control-allow-origin"), "", "no other site may read any of it");
}
