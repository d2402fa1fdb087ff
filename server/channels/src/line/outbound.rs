//! Messages out: pushes of up to five, each call under a key of its own, so that repeating is harmless. A 409 is LINE saying that it has
//! the message already.

use crate::pick::Pick;
use crate::{Fetched, FileKind, Link, OutFile, Outbound, Profile, Quote, Reason, RemoteFile, Reply, SendError, Sent, marks, proof};
use model::TextUnit;
use serde_json::{Value, json};

const TEXT: usize = 5000;
/// Messages of one call.
const CALL: usize = 5;

fn address(link: &Link<'_>, path: &str) -> String {
    format!("{}{path}", link.base("line.api_base"))
}

fn token<'l>(link: &Link<'l>) -> &'l str {
    link.secret("token").unwrap_or_default()
}

pub(super) async fn get(link: &Link<'_>, path: &str) -> Result<Value, SendError> {
    judge(&link.http.get(&address(link, path)).bearer(token(link)).send().await?)
}

async fn post(link: &Link<'_>, path: &str, body: &Value) -> Result<Value, SendError> {
    judge(&link.http.post(&address(link, path)).bearer(token(link)).json(body).send().await?)
}

/// Sorts an answer: LINE has no codes, only the status and its words.
pub(super) fn judge(reply: &Reply) -> Result<Value, SendError> {
    let body = reply.json();
    if reply.ok() || reply.status == 409 {
        return Ok(body);
    }
    let detail = body
        .list("details")
        .first()
        .map(|d| format!(": {} {}", d.text("property").unwrap_or_default(), d.text("message").unwrap_or_default()));
    let words = format!("{}{}", body.text("message").unwrap_or_else(|| format!("HTTP {}", reply.status)), detail.unwrap_or_default());
    let lower = words.to_ascii_lowercase();
    Err(match reply.status {
        401 | 403 => SendError::disconnected(words),
        429 if lower.contains("monthly limit") => SendError::said(Reason::Quota, words),
        429 | 500.. => SendError::Retry { why: words, after: reply.retry_after() },
        404 => SendError::said(Reason::NoSuchPerson, words),
        413 => SendError::said(Reason::TooLong, words),
        _ if lower.contains("failed to send messages") || lower.contains("'to'") => SendError::said(Reason::NoSuchPerson, words),
        _ if lower.contains("url") => SendError::said(Reason::FileFailed, words),
        _ => SendError::said(Reason::Other, words),
    })
}

pub(super) async fn send(link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
    let objects = objects(link, message)?;
    if objects.is_empty() {
        return Err(SendError::refused(Reason::Empty, "nothing to send"));
    }
    let mut sent = Sent::default();
    for (index, batch) in objects.chunks(CALL).enumerate() {
        let body = json!({"to": message.peer, "messages": batch});
        let call = link.http.post(&address(link, "/v2/bot/message/push")).bearer(token(link)).json(&body);
        let reply = call.header("x-line-retry-key", &retry_key(&message.key, index)).send().await;
        let answer = match reply {
            Ok(reply) => judge(&reply),
            // The key makes a repeat harmless, so what is unknown is simply tried again.
            Err(error) => Err(match SendError::from(error) {
                SendError::Unknown { why } => SendError::Retry { why, after: None },
                other => other,
            }),
        };
        // A repeat from the start is harmless too: earlier calls answer 409.
        let answer = match answer {
            Err(error @ (SendError::Retry { .. } | SendError::Disconnected { .. })) => return Err(error),
            other => other.map_err(|error| error.after(&sent.sources))?,
        };
        let taken = answer.list("sentMessages");
        if let (0, Some(first)) = (index, taken.first()) {
            let all = [("quote_token", first.text("quoteToken")), ("quote_of", first.text("id"))];
            sent.attributes = all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        }
        sent.sources.extend(taken.iter().filter_map(|m| m.text("id")));
    }
    Ok(sent)
}

/// A UUID for each call of a message, the same at every attempt.
fn retry_key(key: &str, index: usize) -> String {
    let digest = proof::sha256_hex(format!("{key} {index}").as_bytes());
    format!("{}-{}-4{}-8{}-{}", &digest[..8], &digest[8..12], &digest[13..16], &digest[17..20], &digest[20..32])
}

fn objects(link: &Link<'_>, message: &Outbound) -> Result<Vec<Value>, SendError> {
    let mut all: Vec<Value> = marks::cut(&marks::plain(&message.text), TEXT, TextUnit::Utf16)
        .into_iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect();
    // Only words can quote, and only by the token of that very message.
    if let (Some(first), Some(token)) = (all.first_mut(), message.quote.as_ref().and_then(token_of)) {
        first["quoteToken"] = token.clone().into();
    }
    for file in &message.files {
        all.push(media(link, file)?);
    }
    if let Some(place) = &message.location {
        let title = place.name.clone().or_else(|| place.address.clone()).unwrap_or_else(|| "📍".into());
        let address = place.address.clone().unwrap_or_else(|| format!("{}, {}", place.latitude, place.longitude));
        all.push(json!({"type": "location", "title": short(&title, 100), "address": short(&address, 100),
            "latitude": place.latitude, "longitude": place.longitude}));
    }
    if let (Some(last), false) = (all.last_mut(), message.options.is_empty()) {
        let items = message.options.iter().take(13).map(|option| {
            let action = json!({"type": "postback", "label": short(&option.title, 20), "data": short(&option.payload, 300),
                "displayText": short(&option.title, 300)});
            json!({"type": "action", "action": action})
        });
        last["quickReply"] = json!({"items": items.collect::<Vec<_>>()});
    }
    Ok(all)
}

/// A quote's token, unless what is known is another message's.
fn token_of(quote: &Quote) -> Option<&String> {
    let own = quote.attributes.get("quote_of").is_none_or(|of| *of == quote.id);
    quote.attributes.get("quote_token").filter(|_| own)
}

fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// LINE fetches media from our address itself. A film needs a still picture: one of our own (`crate::line::STILL`), never the film.
fn media(link: &Link<'_>, file: &OutFile) -> Result<Value, SendError> {
    match (file.kind, file.mime.as_str()) {
        (FileKind::Image | FileKind::Sticker, "image/jpeg" | "image/png") => {
            Ok(json!({"type": "image", "originalContentUrl": file.link, "previewImageUrl": file.link}))
        }
        (FileKind::Video, "video/mp4") => {
            let still = format!("{}{}", link.public_url, super::STILL_PATH);
            Ok(json!({"type": "video", "originalContentUrl": file.link, "previewImageUrl": still}))
        }
        (FileKind::Audio | FileKind::Voice, "audio/mp4" | "audio/x-m4a" | "audio/mpeg") => {
            // The length is only shown: 128 kbit/s is near enough.
            let millis = (file.bytes.len() / 16).max(1000);
            Ok(json!({"type": "audio", "originalContentUrl": file.link, "duration": millis}))
        }
        _ => Err(SendError::refused(Reason::FileKind, format!("LINE does not take {}", file.mime))),
    }
}

/// Dots for twenty seconds, in private threads only.
pub(super) async fn typing(link: &Link<'_>, peer: &str) -> Result<(), SendError> {
    if !peer.starts_with('U') {
        return Ok(());
    }
    post(link, "/v2/bot/chat/loading/start", &json!({"chatId": peer, "loadingSeconds": 20})).await.map(drop)
}

pub(super) async fn seen(link: &Link<'_>, latest: &Quote) -> Result<(), SendError> {
    let Some(token) = latest.attributes.get("read_token") else { return Ok(()) };
    post(link, "/v2/bot/chat/markAsRead", &json!({"markAsReadToken": token})).await.map(drop)
}

pub(super) async fn profile(link: &Link<'_>, peer: &str) -> Result<Option<Profile>, SendError> {
    let found = match get(link, &format!("/v2/bot/profile/{peer}")).await {
        // Whoever has not added the account, or has blocked it, has no profile for us.
        Err(SendError::Refused { .. }) => return Ok(None),
        other => other?,
    };
    let photo = found.text("pictureUrl").map(|id_or_url| RemoteFile { kind: FileKind::Image, id_or_url, ..RemoteFile::default() });
    Ok(Some(Profile { name: found.text("displayName"), username: None, photo }))
}

pub(super) async fn fetch(link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
    if file.id_or_url.starts_with("http") {
        return crate::outbound::fetch_plain(link, file).await;
    }
    let base = link.app("line.data_base").unwrap_or_default().trim_end_matches('/');
    let address = format!("{base}/v2/bot/message/{}/content", file.id_or_url);
    let reply = link.http.get(&address).bearer(token(link)).cap(crate::FETCH_LIMIT).send().await?;
    match reply.status {
        // Large films and recordings are prepared first.
        202 => Err(SendError::retry("LINE still prepares the file", Some(3_000))),
        401 => Err(SendError::disconnected("LINE does not know the token")),
        _ => crate::outbound::fetched(reply),
    }
}
