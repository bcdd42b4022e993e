//! The end of a server.

use crate::http_support::{DEMO, RUNTIME, SMALL, state};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    sync::oneshot,
};
use wangge::http::{Limits, serve};

/// Small buffers: the answer is under way until its reader takes it.
const BUFFER: u32 = 8 << 10;

#[test]
fn a_stopped_server_ends_what_is_under_way_and_takes_nothing_new() {
    let expected = DEMO.office.get("/api/v1/layers/case-events.csv").body;
    assert!(expected.len() > 20 * BUFFER as usize, "{} reports are too few to fill the buffers", SMALL.reports);
    RUNTIME.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(BUFFER).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(8).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let grace = Duration::from_mins(10);
        let server = tokio::spawn(serve(
            listener,
            state(&DEMO.service, address),
            Limits::default(),
            async move { stopped.await.unwrap_or_default() },
            grace,
        ));

        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(BUFFER).unwrap();
        let mut client = socket.connect(address).await.unwrap();
        let request = format!("GET /api/v1/layers/case-events.csv HTTP/1.0\r\nHost: {address}\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 64];
        client.read_exact(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.0 200"), "{:?}", String::from_utf8_lossy(&answer));

        stop.send(()).unwrap();
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!server.is_finished(), "it waits for the reader");
        client.read_to_end(&mut answer).await.unwrap();
        let body = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        assert_eq!(answer.len() - body, expected.len());
        assert!(answer[body..] == expected, "the whole answer arrives");
        server.await.unwrap();
    });
}
