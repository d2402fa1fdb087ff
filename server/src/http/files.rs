//! Files in and out. Whatever people upload is given out inert: its own type only for pictures, sound and film, never run, never sniffed.

use super::fault::Refusal;
use super::session::Token;
use super::{App, Caller};
use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use model::{AccountId, AttachmentId, AttachmentKind, FaultCode, SessionView, UploadView};
use serde::Deserialize;
use service::Download;

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
) -> Result<Response, Refusal> {
    let scope = app.service.scope(token.as_deref(), AccountId(account)).await?;
    Ok(give(app.service.file(&scope, AttachmentId(file)).await?))
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
) -> Result<Response, Refusal> {
    Ok(give(app.service.linked_file(AccountId(account), AttachmentId(file), proof.until, &proof.by).await?))
}

fn give(download: Download) -> Response {
    let file = download.file;
    let shown = matches!(file.kind, AttachmentKind::Image | AttachmentKind::Video | AttachmentKind::Audio);
    let mime = if shown { file.mime.as_str() } else { "application/octet-stream" };
    let disposition = format!("{}; filename*=UTF-8''{}", if shown { "inline" } else { "attachment" }, percent(&file.name));
    let mut response = Response::new(Body::from_stream(download.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_LENGTH, file.size.into());
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// RFC 5987 §3.2: everything but letters, digits and a few marks as percent-encoded UTF-8.
pub fn percent(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(byte as char);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
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
