//! The Bot API's envelope: one call, its answer, and its errors sorted. The token is part of every address, so no address is ever logged.

use crate::pick::Pick;
use crate::{FETCH_LIMIT, Fetched, Link, Parts, Reason, Reply, SendError};
use serde_json::{Value, json};

/// The address of a method.
pub(super) fn address(link: &Link<'_>, method: &str) -> String {
    format!("{}/bot{}/{method}", link.base("telegram.api_base"), link.secret("token").unwrap_or_default())
}

/// Calls a method with JSON; gives its `result`.
pub(super) async fn call(link: &Link<'_>, method: &str, body: &Value) -> Result<Value, SendError> {
    answer(&link.http.post(&address(link, method)).confidential().json(body).send().await?)
}

/// Calls a method with files.
pub(super) async fn upload(link: &Link<'_>, method: &str, parts: Parts) -> Result<Value, SendError> {
    answer(&link.http.post(&address(link, method)).confidential().parts(parts).patient().send().await?)
}

fn answer(reply: &Reply) -> Result<Value, SendError> {
    let body = reply.json();
    if reply.ok() && body.yes("ok") { Ok(body.at("result").clone()) } else { Err(sort(reply.status, &body)) }
}

/// Sorts an error by its code and the beginning of its words, which is all the Bot API offers.
pub(super) fn sort(status: u16, body: &Value) -> SendError {
    let code = body.whole("error_code").unwrap_or(i64::from(status));
    let words = body.text("description").unwrap_or_else(|| format!("HTTP {status}"));
    let lower = words.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    if let Some(chat) = body.text("parameters.migrate_to_chat_id") {
        return SendError::refused(Reason::NoSuchPerson, format!("migrate to {chat}"));
    }
    let reason = match code {
        429 => return SendError::retry(words, body.whole("parameters.retry_after").map(|seconds| seconds.clamp(0, 86_400) * 1000)),
        401 | 404 => return SendError::disconnected(words),
        409 | 500.. => return SendError::retry(words, None),
        200..=299 => return SendError::Unknown { why: "an answer that is none".to_owned() },
        413 => Reason::FileTooLarge,
        403 if has("can't initiate") || has("can't send messages to bots") => Reason::NotStarted,
        403 if has("deactivated") => Reason::NoSuchPerson,
        403 => Reason::Blocked,
        _ if has("chat not found") || has("user not found") || has("peer_id_invalid") => Reason::NoSuchPerson,
        _ if has("voice_messages_forbidden") => Reason::Blocked,
        _ if has("message is too long") || has("caption is too long") => Reason::TooLong,
        _ if has("text is empty") || has("text must be non-empty") => Reason::Empty,
        _ if has("file is too big") || has("too large") => Reason::FileTooLarge,
        _ if has("replied not found") || has("reply message not found") => Reason::QuoteGone,
        _ if has("photo_") || has("file") || has("http url") || has("image_process") || has("wrong type") => Reason::FileFailed,
        _ => Reason::Other,
    };
    SendError::said(reason, words)
}

/// Opens a file by its id: `getFile` tells a path that lives an hour (20 MB at most).
pub(super) async fn download(link: &Link<'_>, id: &str) -> Result<Fetched, SendError> {
    let found = call(link, "getFile", &json!({"file_id": id})).await?;
    let path = found.text("file_path").ok_or_else(|| SendError::refused(Reason::FileFailed, "the file has no path"))?;
    let address = format!("{}/file/bot{}/{path}", link.base("telegram.api_base"), link.secret("token").unwrap_or_default());
    let mut fetched = crate::outbound::fetched(link.http.get(&address).confidential().cap(FETCH_LIMIT).send().await?)?;
    // The download says only "bytes"; the message has said more.
    fetched.mime = fetched.mime.filter(|mime| mime != "application/octet-stream");
    fetched.name = None;
    Ok(fetched)
}
