//! Messages out: words, or one file each with what words still wait. Files are uploaded in pieces and X may take its time over films.

use super::oauth;
use crate::pick::Pick;
use crate::{Fetched, FileKind, Link, OutFile, Outbound, Parts, Profile, Reason, RemoteFile, Reply, SendError, Sent, marks};
use bytes::Bytes;
use model::TextUnit;
use serde_json::{Value, json};
use std::time::Duration;

const TEXT: usize = 10_000;
/// Bytes of one piece of an upload.
const PIECE: usize = 4 * 1024 * 1024;
/// Questions after a film's progress.
const POLLS: usize = 20;

fn address(link: &Link<'_>, path: &str) -> String {
    format!("{}{path}", link.base("x.api_base"))
}

pub(super) async fn post(link: &Link<'_>, path: &str, body: &Value, salt: &str) -> Result<Value, SendError> {
    let url = address(link, path);
    judge(link, &oauth::dressed(link, link.http.post(&url).json(body), "POST", &url, salt).send().await?)
}

/// Sorts an answer: problem JSON, the older list of errors, or either inside a 200.
pub(super) fn judge(link: &Link<'_>, reply: &Reply) -> Result<Value, SendError> {
    let body = reply.json();
    if reply.ok() && (body.has("data") || !body.has("errors")) {
        return if body.is_null() && !reply.body.is_empty() {
            Err(SendError::Unknown { why: "an answer that is none".into() })
        } else {
            Ok(body)
        };
    }
    let first = body.list("errors").first().unwrap_or(&Value::Null);
    let words = body.text("detail").or_else(|| first.text("message")).or_else(|| first.text("detail")).or_else(|| body.text("title"));
    let words = words.unwrap_or_else(|| format!("HTTP {}", reply.status));
    let kind = format!("{} {} {words}", body.text("type").unwrap_or_default(), body.text("title").unwrap_or_default()).to_ascii_lowercase();
    let spent = kind.contains("usage-capped") || kind.contains("creditsdepleted") || kind.contains("credits");
    Err(match reply.status {
        402 => SendError::said(Reason::Quota, words),
        403 | 429 if spent => SendError::said(Reason::Quota, words),
        401 => SendError::disconnected(words),
        403 if kind.contains("client-forbidden") || kind.contains("scope") || kind.contains("oauth") => SendError::disconnected(words),
        403 => SendError::said(Reason::Blocked, words),
        404 => SendError::said(Reason::NoSuchPerson, words),
        429 => {
            let reset = reply.header("x-rate-limit-reset").and_then(|reset| reset.parse::<i64>().ok());
            let after = reset.map(|reset| (reset * 1000 - link.now.0).clamp(0, 86_400_000)).or_else(|| reply.retry_after());
            SendError::Retry { why: words, after }
        }
        500.. => SendError::Retry { why: words, after: reply.retry_after() },
        413 => SendError::said(Reason::FileTooLarge, words),
        _ if kind.contains("media") => SendError::said(Reason::FileFailed, words),
        _ => SendError::said(Reason::Other, words),
    })
}

pub(super) async fn send(link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
    let mut pieces = marks::cut(&marks::plain(&message.text), TEXT, TextUnit::Chars);
    let mut uploads = Vec::new();
    for (index, file) in message.files.iter().enumerate() {
        // Nothing has reached the customer yet: an upload of unknown outcome may simply be repeated.
        uploads.push(upload(link, file, &format!("{} {index}", message.key)).await.map_err(|error| match error {
            SendError::Unknown { why } => SendError::Retry { why, after: None },
            other => other,
        })?);
    }
    let last = if uploads.is_empty() { None } else { pieces.pop() };
    let mut bodies: Vec<Value> = pieces.into_iter().map(|text| json!({"text": text})).collect();
    for (index, media) in uploads.into_iter().enumerate() {
        let mut body = json!({"attachments": [{"media_id": media}]});
        if let (0, Some(text)) = (index, &last) {
            body["text"] = text.clone().into();
        }
        bodies.push(body);
    }
    if bodies.is_empty() {
        return Err(SendError::refused(Reason::Empty, "nothing to send"));
    }
    let mut sent = Sent::default();
    for (index, body) in bodies.into_iter().enumerate() {
        let path = format!("/2/dm_conversations/with/{}/messages", message.peer);
        let answer = post(link, &path, &body, &format!("{} {index}", message.key)).await.map_err(|error| error.after(&sent.sources))?;
        let id = answer.text("data.dm_event_id");
        sent.sources.push(id.ok_or_else(|| SendError::Unknown { why: "an answer without an id".into() }.after(&sent.sources))?);
    }
    Ok(sent)
}

/// The category decides what X does with a file, and which kinds exist at all.
fn category(file: &OutFile) -> Option<&'static str> {
    match (file.kind, file.mime.as_str()) {
        (_, "image/gif") => Some("dm_gif"),
        (FileKind::Image | FileKind::Sticker, "image/jpeg" | "image/png" | "image/webp") => Some("dm_image"),
        (FileKind::Video, "video/mp4") => Some("dm_video"),
        _ => None,
    }
}

async fn upload(link: &Link<'_>, file: &OutFile, salt: &str) -> Result<String, SendError> {
    let category = category(file).ok_or_else(|| SendError::refused(Reason::FileKind, format!("X does not take {}", file.mime)))?;
    let begin = json!({"media_type": file.mime, "total_bytes": file.bytes.len(), "media_category": category});
    let begun = post(link, "/2/media/upload/initialize", &begin, salt).await?;
    let id = begun.text("data.id").ok_or_else(|| SendError::refused(Reason::FileFailed, "the upload has no id"))?;
    let pieces: Vec<Bytes> =
        (0..file.bytes.len()).step_by(PIECE).map(|from| file.bytes.slice(from..file.bytes.len().min(from + PIECE))).collect();
    for (index, piece) in pieces.into_iter().enumerate() {
        let url = address(link, &format!("/2/media/upload/{id}/append"));
        let parts = Parts::default().field("segment_index", index.to_string()).file("media".into(), &file.name, &file.mime, piece);
        let call = oauth::dressed(link, link.http.post(&url).parts(parts).patient(), "POST", &url, &format!("{salt} {index}"));
        judge(link, &call.send().await?)?;
    }
    let mut state = post(link, &format!("/2/media/upload/{id}/finalize"), &json!({}), salt).await?;
    for poll in 0..POLLS {
        match state.text("data.processing_info.state").as_deref() {
            Some("pending" | "in_progress") => {}
            Some("failed") => return Err(SendError::refused(Reason::FileFailed, "X could not read the file")),
            _ => return Ok(id),
        }
        let seconds = state.whole("data.processing_info.check_after_secs").unwrap_or(1).clamp(0, 10);
        tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
        let url = address(link, &format!("/2/media/upload?media_id={id}"));
        state = judge(link, &oauth::dressed(link, link.http.get(&url), "GET", &url, &format!("{salt} poll {poll}")).send().await?)?;
    }
    Err(SendError::retry("X still prepares the file", Some(30_000)))
}

/// Pictures of private messages want the account's signature, at X's own hosts only.
pub(super) async fn fetch(link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
    let call = link.http.get(&file.id_or_url).cap(crate::FETCH_LIMIT);
    let host = crate::host(&file.id_or_url).unwrap_or_default();
    let private =
        matches!(host.as_str(), "ton.x.com" | "ton.twitter.com") || crate::host(link.base("x.api_base")).as_deref() == Some(&host);
    let call = if private { oauth::dressed(link, call, "GET", &file.id_or_url, "fetch") } else { call };
    crate::outbound::fetched(call.send().await?)
}

pub(super) async fn profile(link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
    let url = address(link, &format!("/2/users/{peer}?user.fields=profile_image_url"));
    let found = judge(link, &oauth::dressed(link, link.http.get(&url), "GET", &url, "profile").send().await?)?;
    let photo =
        found.text("data.profile_image_url").map(|id_or_url| RemoteFile { kind: FileKind::Image, id_or_url, ..RemoteFile::default() });
    Ok(Some(Profile { name: found.text("data.name"), username: found.text("data.username"), photo }))
}
