//! Mail over HTTP: raw mail in from a mail server, raw mail out to take away, and a mail's HTML for its frame. The frame runs nothing, and its pictures come
//! from us alone.

use super::App;
use super::fault::Refusal;
use super::session::Token;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::{AccountId, AttachmentId, AttachmentKind, FaultCode, MessageId};
use serde::Deserialize;

/// Most bytes of a posted mail.
pub const LARGEST: usize = 41 << 20;

/// `/hooks/email/{key}`: one raw mail in the body; `X-Envelope-To` names its recipients. Answered once it is on the disk.
pub async fn posted(State(app): State<App>, Path(key): Path<String>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let envelope = headers.get_all("x-envelope-to").iter().filter_map(|to| to.to_str().ok()).flat_map(|to| to.split(','));
    let envelope = envelope.map(|to| to.trim().trim_matches(['<', '>']).to_owned()).filter(|to| !to.is_empty()).take(100).collect();
    let proof = text("authorization").and_then(password);
    app.service.take_posted_mail(&key, proof.as_deref(), envelope, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The password in an `Authorization`: a bearer's token, or the second half of Basic (RFC 7617).
fn password(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| service::from_base64(rest.trim()))??;
    String::from_utf8(decoded).ok()?.split_once(':').map(|(_, password)| password.to_owned())
}

/// A mail as it came, to take away.
pub async fn raw(State(app): State<App>, Path((account, message)): Path<(i64, i64)>, Token(token): Token) -> Result<Response, Refusal> {
    let scope = app.service.scope(token.as_deref(), AccountId(account)).await?;
    let bytes = app.service.raw_mail(&scope, MessageId(message)).await?;
    let headers = [
        (header::CONTENT_TYPE, "message/rfc822".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"mail-{message}.eml\"")),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=600".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Whether remote pictures may load.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    pictures: u8,
}

/// A mail's HTML, for its frame. `X-Held-Back` counts the remote pictures that did not load.
pub async fn page(
    State(app): State<App>,
    Path((account, message)): Path<(i64, i64)>,
    Query(asked): Query<Asked>,
    Token(token): Token,
) -> Result<Response, Refusal> {
    let scope = app.service.scope(token.as_deref(), AccountId(account)).await?;
    let page = app.service.mail_page(&scope, MessageId(message), asked.pictures == 1).await?;
    let mut response = Response::new(Body::from(page.html));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = HeaderValue::from_str(&page.policy).map_err(|_| Refusal::of(FaultCode::Internal))?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-held-back"), HeaderValue::from(page.blocked));
    Ok(response)
}

/// A signed link's proof.
#[derive(Deserialize)]
pub struct Proof {
    until: i64,
    by: String,
}

/// A picture for a frame without an origin of its own: never anything else, and never run.
fn framed(bytes: impl Into<Body>, mime: &str) -> Response {
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    response
}

/// A picture of the mail's own, by a signed link.
pub async fn part(
    State(app): State<App>,
    Path((account, file)): Path<(i64, i64)>,
    Query(proof): Query<Proof>,
) -> Result<Response, Refusal> {
    let found = app.service.linked_file(AccountId(account), AttachmentId(file), proof.until, &proof.by).await?;
    if found.file.kind != AttachmentKind::Image {
        return Err(Refusal::of(FaultCode::Missing));
    }
    Ok(framed(Body::from_stream(found.bytes(None).await?), &found.file.mime))
}

/// A remote picture, by a signed link.
pub async fn picture(State(app): State<App>, Path(address): Path<String>, Query(proof): Query<Proof>) -> Result<Response, Refusal> {
    let missing = || Refusal::of(FaultCode::Missing);
    let address = service::from_base64(&address).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(missing)?;
    let (bytes, mime) = app.service.remote_picture(&address, proof.until, &proof.by).await?;
    Ok(framed(bytes, mime))
}

#[cfg(test)]
mod tests {
    use super::password;

    #[test]
    fn a_password_is_read_from_either_scheme() {
        assert_eq!(password("Bearer segredo").as_deref(), Some("segredo"));
        assert_eq!(password("Basic bWFpbDpzZWc6cmVkbw==").as_deref(), Some("seg:redo"));
        assert_eq!(password("Basic ???"), None);
        assert_eq!(password("segredo"), None);
    }
}
