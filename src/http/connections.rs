//! Connections: how many there are at once, and how long each may take to ask and to take what it asked for.

use super::Limits;
use axum::{Extension, Router};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::Sleep,
};
use tower::Layer as _;

/// After a failed accept (no descriptor left, say): it would fail again at once.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// The connection that a request came by, as an extension of the request.
#[derive(Clone, Debug)]
pub struct Connection {
    pub peer: SocketAddr,
    unwritten: Unwritten,
}

impl Connection {
    /// Gives `permit` back when everything that was answered so far has been taken by the reader, or the connection is gone.
    pub fn release_when_written(&self, permit: OwnedSemaphorePermit) {
        self.unwritten.lock().push(permit);
    }
}

/// What is held until the answers that were handed to the connection are written.
#[derive(Clone, Debug, Default)]
struct Unwritten(Arc<Mutex<Vec<OwnedSemaphorePermit>>>);

impl Unwritten {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<OwnedSemaphorePermit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open connections to one application; dropped, all of them are cut.
pub struct Connections {
    app: Router,
    limits: Limits,
    slots: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
    open: JoinSet<()>,
}

impl Connections {
    pub fn new(app: Router, limits: Limits) -> Self {
        let slots = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
        Self { app, limits, slots, stopping: watch::Sender::new(false), open: JoinSet::new() }
    }

    /// Takes connections until it is dropped. Beyond the limit they wait with the operating system.
    pub async fn accept(&mut self, listener: &TcpListener) -> Infallible {
        loop {
            let (slot, stream, peer) = tokio::select! {
                next = next(&self.slots, listener) => next,
                Some(_) = self.open.join_next() => continue,
            };
            let connection = Connection { peer, unwritten: Unwritten::default() };
            let conversation = converse(stream, connection, self.app.clone(), self.limits, self.stopping.subscribe());
            self.open.spawn(async move {
                conversation.await;
                drop(slot);
            });
        }
    }

    /// Lets the requests under way end within `grace`, and closes the connections.
    pub async fn finish(mut self, grace: Duration) {
        self.stopping.send_replace(true);
        let all = async { while self.open.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!(grace_s = grace.as_secs(), "requests were still under way when the grace period ended");
        }
    }
}

async fn next(slots: &Arc<Semaphore>, listener: &TcpListener) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    // The semaphore is never closed, so there is always a slot.
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (slot, stream, peer),
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Whether only the connection that was about to be accepted has failed.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection, one after the other. HTTP/1 only: browsers speak HTTP/2 over TLS alone.
async fn converse(stream: TcpStream, connection: Connection, app: Router, limits: Limits, mut stopping: watch::Receiver<bool>) {
    let peer = connection.peer;
    let io = Patient { stream, patience: limits.stall, waiting: None, unwritten: connection.unwritten.clone() };
    let service = TowerToHyperService::new(Extension(connection).layer(app));
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    // The time runs from the end of the last answer, so it bounds idle connections too.
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut conversation = pin!(http.serve_connection(TokioIo::new(io), service));
    let stop = async {
        // An error means that the server is gone, which is a stop as well.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = stop => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error = &*error as &dyn std::error::Error, "a connection broke off");
    }
}

/// A stream that fails when its reader takes nothing for too long.
struct Patient {
    stream: TcpStream,
    patience: Duration,
    /// Runs while the reader takes nothing.
    waiting: Option<Pin<Box<Sleep>>>,
    unwritten: Unwritten,
}

impl Patient {
    fn bounded<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Comes when all that was buffered has been written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.unwritten.lock().clear();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
