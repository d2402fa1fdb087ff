//! A stream of events leaves the machinery that answered its request: once head and first words are out, the connection itself is taken
//! from hyper and carried by a small task. Hyper keeps buffers and states for a next request that never comes, for each idle
//! stream more than all else it needs (benchmark `idle`). What a stream says is the service's business, and HTTP before it hyper's.

use super::events::{self, Frames};
use axum::body::{Body, Bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::serve::{IncomingStream, Listener};
use futures::stream::{self, StreamExt as _};
use http::request::Parts;
use http::{Extensions, Method, Version};
use std::convert::Infallible;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// How long a reader may take nothing. Whoever comes back resumes where they were.
const STALLED: Duration = Duration::from_secs(60);

/// Listens, and gives out connections that can be handed over.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    carried: mpsc::Sender<Infallible>,
}

/// Tells when every stream that was handed over has ended.
#[derive(Debug)]
pub struct Carried(mpsc::Receiver<Infallible>);

impl Door {
    /// Stands before a listener.
    #[must_use]
    pub fn new(listener: TcpListener) -> (Self, Carried) {
        let (carried, all) = mpsc::channel(1);
        (Self { listener, carried }, Carried(all))
    }
}

impl Carried {
    /// Waits until the door is gone and so is every stream that came through it.
    pub async fn ended(mut self) {
        let _none = self.0.recv().await;
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Small writes leave at once: waiting to fill a packet costs a live stream some forty milliseconds.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let line = Line(Arc::new(Slot { wanted: AtomicBool::new(false), taker: Mutex::new(None), carried: self.carried.clone() }));
        (Connection { stream: Some(stream), line }, address)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.listener.local_addr()
    }
}

type Taker = Box<dyn FnOnce(TcpStream) + Send>;

struct Slot {
    wanted: AtomicBool,
    taker: Mutex<Option<Taker>>,
    carried: mpsc::Sender<Infallible>,
}

/// The way to take a connection from hyper.
#[derive(Clone)]
pub struct Line(Arc<Slot>);

/// Who is at the other end of a connection, and the way to take it.
#[derive(Clone)]
pub struct Peer {
    address: SocketAddr,
    line: Line,
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self { address: *stream.remote_addr(), line: stream.io().line.clone() }
    }
}

/// The address at the other end; none where no connection brought the request.
pub fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<Peer>>().map(|peer| peer.0.address.ip())
}

impl Line {
    /// The way to take this request's connection; none where it cannot be taken, because only HTTP/1.1 cuts an answer into chunks.
    pub fn of(method: &Method, version: Version, extensions: &Extensions) -> Option<Self> {
        let peer = extensions.get::<ConnectInfo<Peer>>().filter(|_| version == Version::HTTP_11 && *method == Method::GET)?;
        Some(peer.0.line.clone())
    }

    /// Whoever waits to take the connection.
    fn taker(&self) -> Option<Taker> {
        if !self.0.wanted.swap(false, Ordering::AcqRel) {
            return None;
        }
        self.0.taker.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The body of an answer whose connection is taken as soon as the body's first words are out. Hyper asks a body for its words only
    /// after it has written the head, and flushes both together: that flush is where the connection changes hands.
    pub fn body(self, first: Bytes, frames: impl Frames) -> Body {
        let first = stream::once(async move {
            let Self(slot) = self;
            let carried = slot.carried.clone();
            #[expect(clippy::disallowed_methods, reason = "it ends with its stream, and `Carried` waits for it")]
            let taker: Taker = Box::new(move |stream| {
                tokio::spawn(async move {
                    // Whoever hangs up says nothing more.
                    let _gone = carry(frames, stream).await;
                    drop(carried);
                });
            });
            *slot.taker.lock().unwrap_or_else(PoisonError::into_inner) = Some(taker);
            slot.wanted.store(true, Ordering::Release);
            Ok::<_, Infallible>(first)
        });
        Body::from_stream(first.chain(stream::pending()))
    }
}

/// An optional [`Line`], as a handler takes it.
pub struct Way(pub Option<Line>);

impl<S: Sync> FromRequestParts<S> for Way {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self(Line::of(&parts.method, parts.version, &parts.extensions)))
    }
}

/// Writes frames as chunks until there are no more, or nobody is there.
async fn carry(mut frames: impl Frames, mut stream: TcpStream) -> Result<()> {
    loop {
        let words = tokio::select! {
            words = events::next(&mut frames) => words,
            () = hung_up(&stream) => return Ok(()),
        };
        let chunk = match &words {
            Some(words) => [format!("{:x}\r\n", words.len()).as_bytes(), words, b"\r\n"].concat(),
            None => b"0\r\n\r\n".to_vec(),
        };
        tokio::time::timeout(STALLED, stream.write_all(&chunk)).await??;
        if words.is_none() {
            return stream.shutdown().await;
        }
    }
}

/// Ends when the other end closes; what it says meanwhile is no request any more.
async fn hung_up(stream: &TcpStream) {
    let mut said = [0; 64];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut said) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// A connection that hyper serves until it is taken away; then it looks to hyper as if the other end had closed.
pub struct Connection {
    stream: Option<TcpStream>,
    line: Line,
}

impl Connection {
    fn with<T>(&mut self, gone: T, act: impl FnOnce(Pin<&mut TcpStream>) -> Poll<T>) -> Poll<T> {
        self.stream.as_mut().map_or(Poll::Ready(gone), |stream| act(Pin::new(stream)))
    }
}

fn taken<T>() -> Result<T> {
    Err(Error::from(ErrorKind::ConnectionAborted))
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        self.with(Ok(()), |stream| stream.poll_read(cx, into))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.with(taken(), |stream| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<Result<usize>> {
        self.with(taken(), |stream| stream.poll_write_vectored(cx, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        // Called with nothing left in hyper's buffers.
        if let Some(take) = self.line.taker()
            && let Some(stream) = self.stream.take()
        {
            take(stream);
            // Hyper looks again, and finds the connection closed.
            cx.waker().wake_by_ref();
            return Poll::Ready(Ok(()));
        }
        self.with(Ok(()), |stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.with(Ok(()), |stream| stream.poll_shutdown(cx))
    }
}
