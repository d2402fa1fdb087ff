//! Messages out: files are uploaded first and sent by their id, words carry WhatsApp's own marks, our key travels along as opaque data.

use super::errors::sort;
use super::template;
use crate::meta::{Graph, GraphError};
use crate::pick::Pick;
use crate::{Fetched, FileKind, Link, OutFile, Outbound, Parts, Reason, RemoteFile, SendError, Sent, marks, proof};
use model::TextUnit;
use serde_json::{Value, json};

const TEXT: usize = 4096;
const CAPTION: usize = 1024;

/// The number's own corner of the Graph API.
pub(super) fn graph<'g>(link: &'g Link<'g>) -> Graph<'g> {
    Graph { link, base: "meta.graph_base", token: link.secret("token").unwrap_or_default(), app_secret: None }
}

pub(super) fn sorted(error: GraphError) -> SendError {
    error.sorted(sort)
}

fn number<'l>(link: &Link<'l>) -> &'l str {
    link.setting("phone_number_id").unwrap_or_default()
}

/// A phone number goes into `to`, a business-scoped id into `recipient`, a group is said to be one.
pub(super) fn envelope(peer: &str) -> Value {
    let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual"});
    if let Some(group) = peer.strip_prefix("group:") {
        body["recipient_type"] = "group".into();
        body["to"] = group.into();
    } else if peer.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit()) {
        body["to"] = peer.into();
    } else {
        body["recipient"] = peer.into();
    }
    body
}

pub(super) async fn send(link: &Link<'_>, message: &Outbound) -> Result<Sent, SendError> {
    let parts = parts(link, message).await?;
    if parts.is_empty() {
        return Err(SendError::refused(Reason::Empty, "nothing to send"));
    }
    let mut sent = Sent::default();
    for (index, (kind, content)) in parts.into_iter().enumerate() {
        let mut body = envelope(&message.peer);
        body["type"] = kind.into();
        body[kind] = content;
        if index == 0 {
            body["biz_opaque_callback_data"] = message.key.clone().into();
            if let Some(quote) = &message.quote {
                body["context"] = json!({"message_id": quote.id});
            }
        }
        let answer = graph(link).post(&format!("{}/messages", number(link)), &body).await.map_err(|e| sorted(e).after(&sent.sources))?;
        let id = answer.list("messages").first().and_then(|m| m.text("id"));
        let Some(id) = id else { return Err(SendError::Unknown { why: "an answer without an id".into() }.after(&sent.sources)) };
        sent.sources.push(id);
        // The id we dialled may not be the one the person has (ninth digits and the like).
        let known = answer.list("contacts").first().and_then(|c| c.text("wa_id").or_else(|| c.text("user_id")));
        sent.peer = known.filter(|known| known != message.peer.trim_start_matches('+'));
    }
    Ok(sent)
}

/// The provider messages that one of ours becomes, in order; uploads happen here, before anything is sent.
async fn parts(link: &Link<'_>, message: &Outbound) -> Result<Vec<(&'static str, Value)>, SendError> {
    if let Some(using) = &message.template {
        let header = match message.files.first() {
            Some(file) => Some((shape(file).0, json!({"id": store(link, file).await?}))),
            None => using.media.as_ref().map(|url| (template::media(using.media_kind, url), json!({"link": url}))),
        };
        return Ok(vec![("template", template::fill(using, header))]);
    }
    let mut parts = Vec::new();
    let mut words = marks::whatsapp(&message.text);
    if !message.options.is_empty() {
        let body = marks::cut(&words, CAPTION, TextUnit::Chars).into_iter().next().unwrap_or_default();
        return Ok(vec![("interactive", choices(message, &body))]);
    }
    let first_takes_words = message.files.first().is_some_and(|file| matches!(shape(file).0, "image" | "video" | "document"));
    if !first_takes_words || TextUnit::Chars.count(&words) > CAPTION {
        let pieces = marks::cut(&std::mem::take(&mut words), TEXT, TextUnit::Chars);
        parts.extend(pieces.into_iter().map(|body| {
            let preview = body.contains("https://");
            ("text", json!({"body": body, "preview_url": preview}))
        }));
    }
    for file in &message.files {
        let (kind, voice) = shape(file);
        let mut content = json!({"id": store(link, file).await?});
        if voice {
            content["voice"] = true.into();
        }
        if kind == "document" {
            content["filename"] = file.name.clone().into();
        }
        if !words.is_empty() {
            content["caption"] = std::mem::take(&mut words).into();
        }
        parts.push((kind, content));
    }
    if let Some(place) = &message.location {
        let mut content = json!({"latitude": place.latitude, "longitude": place.longitude});
        for (key, value) in [("name", &place.name), ("address", &place.address)] {
            if let Some(value) = value {
                content[key] = value.clone().into();
            }
        }
        parts.push(("location", content));
    }
    Ok(parts)
}

/// What a file is sent as, and whether as voice: formats outside of the list travel as documents.
fn shape(file: &OutFile) -> (&'static str, bool) {
    const MB: usize = 1024 * 1024;
    let size = file.bytes.len();
    match (file.kind, file.mime.as_str()) {
        (FileKind::Sticker, "image/webp") => ("sticker", false),
        (FileKind::Image, "image/jpeg" | "image/png") if size <= 5 * MB => ("image", false),
        (FileKind::Video, "video/mp4" | "video/3gpp") if size <= 16 * MB => ("video", false),
        (FileKind::Voice, "audio/ogg") if size <= 16 * MB => ("audio", true),
        (FileKind::Audio | FileKind::Voice, "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg") if size <= 16 * MB => {
            ("audio", false)
        }
        _ => ("document", false),
    }
}

async fn store(link: &Link<'_>, file: &OutFile) -> Result<String, SendError> {
    let parts = Parts::default().field("messaging_product", "whatsapp").field("type", file.mime.as_str());
    let parts = parts.file("file".into(), &file.name, &file.mime, file.bytes.clone());
    // Nothing has reached the customer yet: an upload of unknown outcome may simply be repeated.
    let stored = graph(link).upload(&format!("{}/media", number(link)), parts).await.map_err(|error| match sorted(error) {
        SendError::Unknown { why } => SendError::Retry { why, after: None },
        other => other,
    })?;
    stored.text("id").ok_or_else(|| SendError::refused(Reason::FileFailed, "the upload has no id"))
}

/// Up to three buttons, beyond that a list of ten.
fn choices(message: &Outbound, body: &str) -> Value {
    let short = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    if message.options.len() <= 3 {
        let buttons =
            message.options.iter().map(|o| json!({"type": "reply", "reply": {"id": short(&o.payload, 256), "title": short(&o.title, 20)}}));
        return json!({"type": "button", "body": {"text": body}, "action": {"buttons": buttons.collect::<Vec<_>>()}});
    }
    let rows = message.options.iter().take(10).map(|o| json!({"id": short(&o.payload, 200), "title": short(&o.title, 24)}));
    let sections = json!([{"rows": rows.collect::<Vec<_>>()}]);
    json!({"type": "list", "body": {"text": body}, "action": {"button": "…", "sections": sections}})
}

pub(super) async fn seen(link: &Link<'_>, external: &str, typing: bool) -> Result<(), SendError> {
    let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": external});
    if typing {
        body["typing_indicator"] = json!({"type": "text"});
    }
    graph(link).post(&format!("{}/messages", number(link)), &body).await.map(drop).map_err(sorted)
}

pub(super) async fn react(link: &Link<'_>, peer: &str, external: &str, emoji: Option<&str>) -> Result<(), SendError> {
    let mut body = envelope(peer);
    body["type"] = "reaction".into();
    body["reaction"] = json!({"message_id": external, "emoji": emoji.unwrap_or_default()});
    graph(link).post(&format!("{}/messages", number(link)), &body).await.map(drop).map_err(sorted)
}

/// A media id is asked for its address, which wants the token again, but only where the address is Meta's.
pub(super) async fn fetch(link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
    let (address, sha256, mime) = if file.id_or_url.starts_with("http") {
        (file.id_or_url.clone(), file.sha256.clone(), None)
    } else {
        let found = graph(link).get(&file.id_or_url, &[("phone_number_id", number(link))]).await.map_err(sorted)?;
        let address = found.text("url").ok_or_else(|| SendError::refused(Reason::FileFailed, "the file has no address"))?;
        (address, found.text("sha256").or_else(|| file.sha256.clone()), found.mime("mime_type"))
    };
    let call = link.http.get(&address).cap(crate::FETCH_LIMIT);
    let call = if metas(&address, link) { call.bearer(link.secret("token").unwrap_or_default()) } else { call };
    let mut fetched = crate::outbound::fetched(call.send().await?)?;
    if sha256.is_some_and(|sum| is_digest(&sum) && !proof::is_sha256(&fetched.bytes, &sum)) {
        return Err(SendError::retry("the file is not the one announced", None));
    }
    fetched.mime = mime.or(fetched.mime);
    Ok(fetched)
}

/// Whether it is written as a whole SHA-256 at all, in hexadecimal or Base64.
fn is_digest(sum: &str) -> bool {
    matches!(sum.len(), 43 | 44 | 64)
}

pub(super) fn metas(address: &str, link: &Link<'_>) -> bool {
    let host = crate::host(address).unwrap_or_default();
    let own = crate::host(link.base("meta.graph_base"));
    own.as_deref() == Some(host.as_str())
        || ["fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net"]
            .iter()
            .any(|name| host == *name || host.ends_with(&format!(".{name}")))
}
