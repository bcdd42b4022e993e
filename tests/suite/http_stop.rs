//! The end of a server.

use crate::{
    http_support::{SMALL, state},
    store_support::Fixture,
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    sync::oneshot,
};
use wangge::{
    disclosure::Viewer,
    http::{Limits, serve},
    layer::Layer,
    service::{ExportFormat, ExportQuery, Service, drain},
};

/// Small buffers: the answer is under way until its reader takes it.
const BUFFER: u32 = 8 << 10;
/// Long enough for a busy machine, and much shorter than for ever.
const WHILE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_ends_what_is_under_way_and_takes_nothing_new() {
    for fixture in Fixture::each_empty().await {
        let service = Service::open(fixture.target.clone(), None).await.unwrap();
        service.load_demo(SMALL).await.unwrap();
        service.watch();
        let mut expected = Vec::new();
        let chunks = service.export(Viewer::Administrator, Layer::CaseEvents, ExportFormat::Csv, ExportQuery::default());
        drain(chunks.await.unwrap(), &mut expected).await.unwrap();
        assert!(expected.len() > 20 * BUFFER as usize, "{} reports are too few to fill the buffers", SMALL.reports);

        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(BUFFER).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(8).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let grace = Duration::from_mins(10);
        let stopped = async move { stopped.await.unwrap_or_default() };
        let server = tokio::spawn(serve(listener, state(&service, address), Limits::default(), stopped, grace));

        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(BUFFER).unwrap();
        let mut client = socket.connect(address).await.unwrap();
        let request = format!("GET /api/v1/layers/case-events.csv HTTP/1.1\r\nHost: {address}\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 64];
        client.read_exact(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{:?}", String::from_utf8_lossy(&answer));

        stop.send(()).unwrap();
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!server.is_finished(), "it waits for the reader");
        client.read_to_end(&mut answer).await.unwrap();
        let body = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        assert!(unchunked(&answer[body..]) == expected, "the whole answer arrives");
        server.await.unwrap();
        tokio::time::timeout(WHILE, service.close()).await.expect("the store closes although it is being watched");
        fixture.end().await;
    }
}

/// What a body in chunks says.
fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let line = body.windows(2).position(|window| window == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&body[..line]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&body[line + 2..line + 2 + length]);
        body = &body[line + 2 + length + 2..];
        if length == 0 {
            return whole;
        }
    }
}

#[tokio::test]
async fn the_store_of_a_stopped_server_closes_while_it_is_watched() {
    for fixture in Fixture::each().await {
        let changes = fixture.store.watch_changes().await.unwrap();
        tokio::time::timeout(WHILE, fixture.store.close()).await.expect("closing waits for nobody who merely listens");
        drop(changes);
        fixture.end().await;
    }
}
