//! Clients that are slow, or many: what they may hold, and for how long.

use crate::http_support::{Answer, Client, DEMO, RUNTIME, state};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};
use tokio::net::{TcpListener, TcpSocket};
use wangge::http::{Limits, serve, serve_starting};

/// Larger than all buffers between the store and a reader that takes nothing.
const LONG: &str = "/api/v1/layers/case-events.geojson";
/// Long enough for a busy machine.
const WHILE: Duration = Duration::from_secs(20);

/// Of sockets: what an operating system would hold by itself tells nothing of the server.
const BUFFER: u32 = 8 << 10;

fn server(limits: Limits) -> Client {
    let service = &DEMO.service;
    RUNTIME.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(BUFFER).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, state(service, address), limits, std::future::pending(), Duration::ZERO));
        Client { address }
    })
}

/// A client that has asked for `path`; it takes little at a time, and nothing yet.
fn slow_reader(server: Client, path: &str) -> TcpStream {
    let stream = RUNTIME.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(BUFFER).unwrap();
        socket.connect(server.address).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(WHILE)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    (&stream).write_all(request.as_bytes()).unwrap();
    let mut start = [0; 12];
    (&stream).read_exact(&mut start).unwrap();
    assert_eq!(start, *b"HTTP/1.1 200");
    stream
}

fn until(server: Client, path: &str, status: u16) -> Answer {
    let started = Instant::now();
    loop {
        let answer = server.get(path);
        if answer.status == status {
            return answer;
        }
        assert!(started.elapsed() < WHILE, "{path}: {} instead of {status}", answer.status);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Until the server closes; whether it did so before the time that these tests wait.
fn read_to_end(mut stream: TcpStream) -> (Vec<u8>, bool) {
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    let is_late =
        ended.is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
    (rest, !is_late)
}

#[test]
fn a_download_counts_until_its_reader_has_taken_it() {
    let server = server(Limits { downloads: 2, ..Limits::default() });
    // The second has been made whole before its reader has taken much of it.
    let readers = [LONG, "/api/v1/layers/reports.geojson"].map(|path| slow_reader(server, path));
    let refused = server.get(LONG);
    assert_eq!((refused.status, refused.header("retry-after")), (503, "2"));
    assert!(refused.problem().contains("2 downloads are under way already"), "{}", refused.text());
    assert_eq!(server.get("/api/v1/area").status, 200, "small answers are no downloads");
    for reader in readers {
        let (rest, ended) = read_to_end(reader);
        assert!(ended && rest.len() > 100 << 10, "{} bytes", rest.len());
    }
    assert_eq!(until(server, LONG, 200).body.len(), DEMO.office.get(LONG).body.len());
}

#[test]
fn a_reader_that_takes_nothing_is_cut_off() {
    let server = server(Limits { downloads: 1, stall: Duration::from_secs(1), ..Limits::default() });
    let reader = slow_reader(server, LONG);
    let whole = until(server, LONG, 200).body.len();
    let (rest, ended) = read_to_end(reader);
    assert!(ended && rest.len() < whole, "{} of {whole} bytes", rest.len());
}

#[test]
fn half_a_request_and_an_idle_connection_end() {
    let server = server(Limits { head: Duration::from_millis(200), ..Limits::default() });
    for start in ["", "GET /api/v1/area HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(WHILE)).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        assert!(read_to_end(stream).1, "{start:?}");
    }
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(WHILE)).unwrap();
    stream.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).as_bytes()).unwrap();
    let (answer, ended) = read_to_end(stream);
    assert!(ended && answer.starts_with(b"HTTP/1.1 200"), "kept open, then closed");
}

#[test]
fn connections_beyond_the_limit_wait_for_a_place() {
    let server = server(Limits { connections: 2, ..Limits::default() });
    let idle: Vec<_> = (0..2).map(|_| slow_reader(server, LONG)).collect();
    let mut third = TcpStream::connect(server.address).unwrap();
    third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    third.write_all(request.as_bytes()).unwrap();
    assert!(third.read(&mut [0; 1]).is_err(), "nothing while both places are taken");
    drop(idle);
    third.set_read_timeout(Some(WHILE)).unwrap();
    assert!(read_to_end(third).0.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn a_server_that_is_starting_says_so() {
    let (server, starting) = RUNTIME.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Client { address: listener.local_addr().unwrap() };
        (server, tokio::spawn(async move { serve_starting(&listener, Limits::default()).await }))
    });
    for path in ["/healthz", "/api/v1/area", "/"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("retry-after")), (503, "2"), "{path}");
        assert!(answer.problem().contains("starting"), "{}", answer.text());
    }
    starting.abort();
}
