//! Files in and out. Whatever people upload is given out inert: its own type only for pictures, sound and film, never run, never sniffed.

use super::fault::Refusal;
use super::session::Token;
use super::{App, Caller};
use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_range_header::parse_range_header;
use model::{AccountId, AttachmentId, AttachmentKind, FaultCode, SessionView, UploadView};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use service::Download;
use std::ops::RangeInclusive;

/// The name of an upload.
#[derive(Deserialize)]
pub struct Named {
    #[serde(default)]
    name: String,
    /// Present for a recording: the bars of its waveform, two hexadecimal digits each.
    voice: Option<String>,
}

/// Most bytes of a recording.
const RECORDING: usize = 16 * 1024 * 1024;

/// Takes a file of an agent: the body is the file.
pub async fn upload(
    State(app): State<App>,
    Path(account): Path<i64>,
    Query(named): Query<Named>,
    Token(token): Token,
    body: Body,
) -> Result<Json<UploadView>, Refusal> {
    let scope = app.service.scope(token.as_deref(), AccountId(account)).await?;
    let Some(bars) = named.voice else {
        return Ok(Json(app.service.upload(&scope, &named.name, body.into_data_stream()).await?));
    };
    let bars = bars.as_bytes().chunks_exact(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let bytes = axum::body::to_bytes(body, RECORDING).await.map_err(|_| Refusal::of(FaultCode::TooLarge))?;
    Ok(Json(app.service.upload_voice(&scope, &named.name, bars, bytes).await?))
}

/// A file on a message, for an agent who may see it.
pub async fn download(
    State(app): State<App>,
    Path((account, file, _name)): Path<(i64, i64, String)>,
    Token(token): Token,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = app.service.scope(token.as_deref(), AccountId(account)).await?;
    give(app.service.file(&scope, AttachmentId(file)).await?, &asked).await
}

/// A signed link's proof.
#[derive(Deserialize)]
pub struct Proof {
    until: i64,
    by: String,
}

/// A file by a signed link of short life.
pub async fn signed(
    State(app): State<App>,
    Path((account, file)): Path<(i64, i64)>,
    Query(proof): Query<Proof>,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    give(app.service.linked_file(AccountId(account), AttachmentId(file), proof.until, &proof.by).await?, &asked).await
}

/// The part of a file that is asked for (RFC 9110 §14): players seek by it, and some play nothing without it.
enum Part {
    Whole,
    /// From a byte up to another, both counted in.
    Bytes(RangeInclusive<u64>),
    /// It begins behind the end.
    Behind,
}

impl Part {
    /// Several parts at once, and what cannot be read, are answered with the whole, as the RFC allows. So is `If-Range`: files carry no validator.
    fn asked(headers: &HeaderMap, size: u64) -> Self {
        let range = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE)).and_then(|value| value.to_str().ok());
        let Some(ranges) = range.and_then(|range| parse_range_header(range).ok()) else { return Self::Whole };
        if ranges.ranges.len() != 1 {
            return Self::Whole;
        }
        ranges.validate(size).ok().and_then(|mut found| found.pop()).map_or(Self::Behind, Self::Bytes)
    }
}

async fn give(download: Download, asked: &HeaderMap) -> Result<Response, Refusal> {
    let file = &download.file;
    let size = u64::try_from(file.size).unwrap_or_default();
    let part = Part::asked(asked, size);
    let (status, length, body) = match &part {
        Part::Whole => (StatusCode::OK, size, Body::from_stream(download.bytes(None).await?)),
        Part::Bytes(range) => {
            let (from, to) = (*range.start(), range.end() + 1);
            (StatusCode::PARTIAL_CONTENT, to - from, Body::from_stream(download.bytes(Some(from..to)).await?))
        }
        Part::Behind => (StatusCode::RANGE_NOT_SATISFIABLE, 0, Body::empty()),
    };
    let shown = matches!(file.kind, AttachmentKind::Image | AttachmentKind::Video | AttachmentKind::Audio);
    let mime = if shown { file.mime.as_str() } else { "application/octet-stream" };
    let disposition = format!("{}; filename*=UTF-8''{}", if shown { "inline" } else { "attachment" }, percent(&file.name));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let told = match &part {
        Part::Whole => None,
        Part::Bytes(range) => HeaderValue::from_str(&format!("bytes {}-{}/{size}", range.start(), range.end())).ok(),
        Part::Behind => HeaderValue::from_str(&format!("bytes */{size}")).ok(),
    };
    if let Some(told) = told {
        headers.insert(header::CONTENT_RANGE, told);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_LENGTH, length.into());
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// RFC 5987 §3.2: everything but letters, digits and a few marks as percent-encoded UTF-8.
pub fn percent(name: &str) -> String {
    const MARKED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');
    utf8_percent_encode(name, MARKED).to_string()
}

/// Sets the signed-in person's photo: the first part of a form, whatever its name.
pub async fn set_photo(State(app): State<App>, Token(token): Token, mut form: Multipart) -> Result<Json<SessionView>, Refusal> {
    let user = app.service.person(token.as_deref()).await?;
    let invalid = |_| Refusal::of(FaultCode::Invalid);
    let part = form.next_field().await.map_err(invalid)?.ok_or(Refusal::of(FaultCode::Invalid))?;
    let bytes = part.bytes().await.map_err(|_| Refusal::of(FaultCode::TooLarge))?;
    Ok(Json(app.service.set_photo(user, bytes).await?))
}

/// A person's photo by its version, which changes with it.
pub async fn photo(State(app): State<App>, _: Caller, Path(version): Path<String>) -> Result<Response, Refusal> {
    let (bytes, mime) = app.service.photo(&version).await?;
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ];
    Ok((headers, bytes).into_response())
}
