//! The Send API as Messenger and Instagram share it: words and files are calls of their own, one after the other. What may be sent is each
//! channel's business.

use super::{Graph, GraphError};
use crate::pick::Pick;
use crate::{FileKind, OutFile, Outbound, Parts, Profile, Reason, RemoteFile, SendError, Sent, marks};
use model::{TextUnit, Timestamp};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

/// Where one channel differs from the other.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) limit: usize,
    pub(crate) unit: TextUnit,
    /// Says `messaging_type` always, and takes our key as `metadata`.
    pub(crate) messenger: bool,
    /// What a file is sent as; none when it cannot go.
    pub(crate) shape: fn(&OutFile) -> Option<&'static str>,
}

/// Both channels' codes.
pub(crate) fn sort(code: i64, subcode: i64, words: String) -> Option<SendError> {
    let why = format!("{words} ({code}/{subcode})");
    let refused = |reason| SendError::Refused { why: why.clone(), reason, text: Some(words.clone()) };
    Some(match (code, subcode) {
        (10, 2_018_278 | 2_018_065 | 2_534_022) | (_, 2_018_278 | 2_534_022) => SendError::WindowClosed { why },
        (10, 2_534_001) | (100, 2_018_001 | 2_534_014) | (9010, _) => refused(Reason::NoSuchPerson),
        (551, _) | (_, 1_545_041) | (10, 2_018_108) => refused(Reason::Blocked),
        (230, _) => refused(Reason::NotStarted),
        (368, _) | (10, 1_893_063) => refused(Reason::AccountRestricted),
        (100, 2_018_007..=2_018_009 | 2_018_047 | 2_018_294) => refused(Reason::FileFailed),
        (_, 2_534_025) => refused(Reason::NotSupported),
        (10 | 102 | 190 | 200..=299, _) => SendError::Disconnected { why },
        (1 | 2 | 4 | 17 | 32 | 341 | 613 | 1200 | 80_006, _) => SendError::Retry { why, after: None },
        (100, _) => refused(Reason::Other),
        _ => return None,
    })
}

pub(crate) fn sorted(error: GraphError) -> SendError {
    error.sorted(sort)
}

/// Inside a day no tag; later, and up to a week, the tag that is for people only. Beyond that the provider says no.
fn tagged(body: &mut Value, message: &Outbound, now: Timestamp, messenger: bool) {
    let hours = message.last_incoming_at.map(|at| now.since(at) / HOUR);
    if message.human && hours.is_some_and(|hours| (24..168).contains(&hours)) {
        body["messaging_type"] = "MESSAGE_TAG".into();
        body["tag"] = "HUMAN_AGENT".into();
    } else if messenger {
        body["messaging_type"] = "RESPONSE".into();
    }
}

pub(crate) async fn send(graph: &Graph<'_>, from: &str, dialect: Dialect, message: &Outbound) -> Result<Sent, SendError> {
    if message.template.is_some() {
        return Err(SendError::refused(Reason::NotSupported, "there are no templates here"));
    }
    if let Some(file) = message.files.iter().find(|file| (dialect.shape)(file).is_none()) {
        return Err(SendError::refused(Reason::FileKind, format!("{} cannot be sent here", file.mime)));
    }
    let pieces = marks::cut(&marks::plain(&message.text), dialect.limit, dialect.unit);
    let mut parts: Vec<(Value, Option<&OutFile>)> = pieces.into_iter().map(|text| (json!({"text": text}), None)).collect();
    if let (Some((last, _)), false) = (parts.last_mut(), message.options.is_empty()) {
        let replies = message.options.iter().take(13).map(|option| {
            let title: String = option.title.chars().take(20).collect();
            let payload: String = option.payload.chars().take(1000).collect();
            json!({"content_type": "text", "title": title, "payload": payload})
        });
        last["quick_replies"] = replies.collect();
    }
    for file in &message.files {
        let kind = (dialect.shape)(file).unwrap_or("file");
        let payload = if dialect.messenger { json!({"is_reusable": false}) } else { json!({"url": file.link}) };
        parts.push((json!({"attachment": {"type": kind, "payload": payload}}), Some(file)));
    }
    if parts.is_empty() {
        return Err(SendError::refused(Reason::Empty, "nothing to send"));
    }
    let mut sent = Sent::default();
    for (index, (mut content, file)) in parts.into_iter().enumerate() {
        if dialect.messenger {
            content["metadata"] = message.key.clone().into();
        }
        let mut body = json!({"recipient": {"id": message.peer}, "message": content});
        tagged(&mut body, message, graph.link.now, dialect.messenger);
        if let (0, Some(quote)) = (index, &message.quote) {
            body["reply_to"] = json!({"mid": quote.id});
        }
        let path = format!("{from}/messages");
        let answer = match file.filter(|_| dialect.messenger) {
            Some(file) => graph.upload(&path, multipart(&body, file)).await,
            None => graph.post(&path, &body).await,
        };
        let answer = answer.map_err(|error| sorted(error).after(&sent.sources))?;
        let id =
            answer.text("message_id").ok_or_else(|| SendError::Unknown { why: "an answer without an id".into() }.after(&sent.sources))?;
        sent.sources.push(id);
    }
    Ok(sent)
}

/// The same body as fields, with the file beside it.
fn multipart(body: &Value, file: &OutFile) -> Parts {
    let mut parts = Parts::default();
    for (key, value) in body.as_object().into_iter().flatten() {
        parts = parts.named(key, value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
    }
    parts.file("filedata".into(), &file.name, &file.mime, file.bytes.clone())
}

/// `typing_on`, `typing_off` or `mark_seen`.
pub(crate) async fn act(graph: &Graph<'_>, from: &str, peer: &str, action: &str) -> Result<(), SendError> {
    let body = json!({"recipient": {"id": peer}, "sender_action": action});
    graph.post(&format!("{from}/messages"), &body).await.map(drop).map_err(sorted)
}

pub(crate) async fn react(graph: &Graph<'_>, from: &str, peer: &str, mid: &str, emoji: Option<&str>) -> Result<(), SendError> {
    let mut payload = json!({"message_id": mid});
    if let Some(emoji) = emoji {
        payload["reaction"] = match emoji.trim_end_matches('\u{fe0f}') {
            "❤" => "love",
            other => other,
        }
        .into();
    }
    let action = if emoji.is_some() { "react" } else { "unreact" };
    let body = json!({"recipient": {"id": peer}, "sender_action": action, "payload": payload});
    graph.post(&format!("{from}/messages"), &body).await.map(drop).map_err(sorted)
}

/// Name and picture; who has not consented, or is gone, has none.
pub(crate) async fn profile(graph: &Graph<'_>, peer: &str, fields: &str) -> Result<Option<Profile>, SendError> {
    let found = match graph.get(peer, &[("fields", fields)]).await {
        Err(GraphError::Said { code: 10 | 100 | 190 | 200 | 230 | 9010, .. }) => return Ok(None),
        other => other.map_err(sorted)?,
    };
    let whole = [found.text("first_name"), found.text("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = found.text("name").or_else(|| Some(whole).filter(|name| !name.is_empty()));
    let photo = found.text("profile_pic").map(|id_or_url| RemoteFile { kind: FileKind::Image, id_or_url, ..RemoteFile::default() });
    Ok(Some(Profile { name, username: found.text("username"), photo }))
}
