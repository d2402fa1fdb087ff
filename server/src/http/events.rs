//! Server-sent events: how the service's streams travel. Resuming is by `Last-Event-ID` or `after`; silence is filled with pings.

use super::fault::Refusal;
use super::session::Token;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use futures::stream::unfold;
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

/// The answer that carries a stream.
pub fn answer(frames: impl Frames) -> Response {
    let body = unfold((frames, true), |(mut frames, first)| async move {
        if first {
            // Something goes out at once, so that proxies and browsers see the stream open.
            return Some((Ok::<_, Infallible>(Bytes::from_static(b"retry: 1000\nevent: ping\ndata: {}\n\n")), (frames, false)));
        }
        let bytes = match tokio::time::timeout(PING, frames.next()).await {
            Ok(Some(Frame::Event(text))) => Bytes::from_owner(text_bytes(text)),
            Ok(Some(Frame::Signal(text))) => Bytes::from(text),
            Ok(Some(Frame::Reset)) => Bytes::from_static(b"event: reset\ndata: {}\n\n"),
            Ok(Some(Frame::Bye)) => Bytes::from_static(b"event: bye\ndata: {}\n\n"),
            Ok(None) => return None,
            Err(_) => Bytes::from_static(b"event: ping\ndata: {}\n\n"),
        };
        Some((Ok(bytes), (frames, false)))
    });
    let mut response = Response::new(Body::from_stream(body));
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
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let token = token.ok_or(Refusal::of(FaultCode::SignedOut))?;
    let stream = service.follow(&token, AccountId(account), position(&headers, from.after)).await?;
    Ok(answer(stream))
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
