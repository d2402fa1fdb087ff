//! Server-sent events: how the service's streams travel. Resuming is by `Last-Event-ID` or `after`; silence is filled with pings.

use super::fault::Refusal;
use super::handover::{Line, Way};
use super::session::Token;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use futures::future::ready;
use futures::stream::{StreamExt as _, once, unfold};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::{AccountId, FaultCode, Seq};
use serde::{Deserialize, Serialize};
use service::{Frame, Service};
use std::convert::Infallible;
use std::time::Duration;

/// Silence after which a ping goes out; clients take 35 s of silence for a dead connection.
const PING: Duration = Duration::from_secs(15);

/// Where to resume.
#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    after: Option<i64>,
}

/// The position the client has: its own header wins over the address it first opened.
pub fn position(headers: &HeaderMap, after: Option<i64>) -> Option<Seq> {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    last.or(after).map(Seq)
}

/// A stream of frames; [`service::EventStream`] and [`service::VisitorStream`] are alike here.
pub trait Frames: Send + 'static {
    /// The next frame; none at the end.
    fn next(&mut self) -> impl Future<Output = Option<Frame>> + Send;
}

impl Frames for service::EventStream {
    fn next(&mut self) -> impl Future<Output = Option<Frame>> + Send {
        Self::next(self)
    }
}

impl Frames for service::VisitorStream {
    fn next(&mut self) -> impl Future<Output = Option<Frame>> + Send {
        Self::next(self)
    }
}

/// Something goes out at once, so that proxies and browsers see the stream open.
const HELLO: &[u8] = b"retry: 1000\nevent: ping\ndata: {}\n\n";

/// The next words of a stream, a ping after silence; none at the end.
pub async fn next(frames: &mut impl Frames) -> Option<Bytes> {
    match tokio::time::timeout(PING, frames.next()).await {
        Ok(Some(Frame::Event(text))) => Some(Bytes::from_owner(text_bytes(text))),
        Ok(Some(Frame::Signal(text))) => Some(Bytes::from(text)),
        Ok(Some(Frame::Reset)) => Some(Bytes::from_static(b"event: reset\ndata: {}\n\n")),
        Ok(Some(Frame::Bye)) => Some(Bytes::from_static(b"event: bye\ndata: {}\n\n")),
        Ok(None) => None,
        Err(_) => Some(Bytes::from_static(b"event: ping\ndata: {}\n\n")),
    }
}

/// The answer that carries a stream; by the connection itself where it can be taken.
pub fn answer(frames: impl Frames, line: Option<Line>) -> Response {
    let hello = Bytes::from_static(HELLO);
    let body = match line {
        Some(line) => line.body(hello, frames),
        None => Body::from_stream(once(ready(Ok::<_, Infallible>(hello))).chain(unfold(frames, |mut frames| async move {
            let words = next(&mut frames).await?;
            Some((Ok(words), frames))
        }))),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// One text shared by every stream that sends it.
struct Shared(std::sync::Arc<str>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

const fn text_bytes(text: std::sync::Arc<str>) -> Shared {
    Shared(text)
}

/// An agent's stream.
pub async fn agent(
    State(service): State<Service>,
    Path(account): Path<i64>,
    Query(from): Query<From>,
    Token(token): Token,
    Way(line): Way,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let token = token.ok_or(Refusal::of(FaultCode::SignedOut))?;
    let stream = service.follow(&token, AccountId(account), position(&headers, from.after)).await?;
    Ok(answer(stream, line))
}

/// What a tab that shares another tab's stream catches up with.
#[derive(Serialize)]
pub struct CatchUp {
    /// Whether to load afresh instead.
    reset: bool,
    /// The events after the position.
    events: Vec<model::Event>,
}

/// The events after a position, at once.
pub async fn page(
    State(service): State<Service>,
    Path(account): Path<i64>,
    Query(from): Query<From>,
    Token(token): Token,
) -> Result<(StatusCode, Json<CatchUp>), Refusal> {
    let scope = service.scope(token.as_deref(), AccountId(account)).await?;
    let events = service.events_after(&scope, Seq(from.after.unwrap_or(0))).await?;
    Ok((StatusCode::OK, Json(CatchUp { reset: events.is_none(), events: events.unwrap_or_default() })))
}
