//! Callbacks in: a list of events, messages and statuses mixed. Layout parts of an MMS are no files.

use super::settings::hook;
use crate::pick::{Pick, file_name, opted, phone};
use crate::*;
use serde_json::Value;

/// HTTP Basic, compared whole.
pub(super) fn verify(link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
    if call.method != "POST" {
        return Err(Rejected::unknown("Bandwidth only posts"));
    }
    let Some(given) = call.header("authorization").filter(|given| !given.is_empty()) else {
        return Err(Rejected::missing("no credentials"));
    };
    let Some((user, password)) = hook(link) else { return Err(Rejected::wrong("this inbox has no credentials")) };
    if proof::same(given.as_bytes(), proof::basic(&user, &password).as_bytes()) {
        Ok(Verdict::Proven(call.proven()))
    } else {
        Err(Rejected::wrong("other credentials"))
    }
}

pub(super) fn read(call: &Verified) -> Result<Vec<Inbound>, Malformed> {
    let body: Value = serde_json::from_slice(call.body()).map_err(|error| Malformed(error.to_string()))?;
    let events = body.as_array().map_or_else(|| std::slice::from_ref(&body), Vec::as_slice);
    Ok(events.iter().flat_map(event).collect())
}

fn event(e: &Value) -> Vec<Inbound> {
    let state = match e.text("type").unwrap_or_default().as_str() {
        "message-received" | "suggestion-response" | "requested-location-response" => return message(e),
        "message-sending" => ReceiptState::Queued,
        "message-sent" => ReceiptState::Sent,
        "message-delivered" => ReceiptState::Delivered,
        "message-read" => ReceiptState::Read,
        "message-failed" => ReceiptState::Failed,
        _ => return Vec::new(),
    };
    let m = e.at("message");
    let Some(external) = m.text("id") else { return Vec::new() };
    let error = e.whole("errorCode").map(|code| {
        let words = e.text("description").unwrap_or_default();
        ReceiptError::sorted(code.to_string(), words.clone(), Some(SendError::said(reason(code), words)))
    });
    let to = e.text("to").or_else(|| m.list("to").first().and_then(Value::as_str).map(ToOwned::to_owned));
    let receipt = Receipt { external: Some(external), ours: m.text("tag"), watermark: None, older_too: false, state, error };
    let peer = Peer { id: to.unwrap_or_default(), ..Peer::default() };
    vec![Inbound { inbox: None, peer, at: moment(e), what: What::Receipt(receipt) }]
}

fn moment(e: &Value) -> Option<model::Timestamp> {
    e.moment("message.time").or_else(|| e.moment("time"))
}

/// Delivery codes: 4xxx will not change, 5xxx and 9902 are the carrier's.
const fn reason(code: i64) -> Reason {
    match code {
        4_470 | 4_770..=4_799 | 5_106 => Reason::Policy,
        4_432 | 4_434 | 4_720..=4_730 | 4_740 | 9_902 => Reason::NoSuchPerson,
        4_435 | 4_436 | 4_731 | 4_732 => Reason::OptedOut,
        _ => Reason::Other,
    }
}

fn message(e: &Value) -> Vec<Inbound> {
    let m = e.at("message");
    let (Some(external), Some(from)) = (m.text("id"), m.text("from")) else { return Vec::new() };
    let media = m.list("media").iter().filter_map(Value::as_str);
    let files: Vec<_> = media.filter_map(file).collect();
    let mut out = Message {
        external: Some(external),
        text: m.text("text").or_else(|| m.text("suggestionResponse.text")).unwrap_or_default(),
        group: group(m),
        files,
        ..Message::default()
    };
    let mut detail = Detail { payload: m.text("suggestionResponse.postbackData"), ..Detail::default() };
    let place = m.at("locationResponse");
    if let Some(first) = out.files.first() {
        out.kind = match first.kind {
            FileKind::Image => Kind::Image,
            FileKind::Video => Kind::Video,
            FileKind::Audio => Kind::Audio,
            _ => Kind::Document,
        };
    } else if detail.payload.is_some() {
        out.kind = Kind::InteractiveReply;
    } else if let (Some(latitude), Some(longitude)) = (place.real("latitude"), place.real("longitude")) {
        out.kind = Kind::Location;
        detail.location = Some(Place { latitude, longitude, ..Place::default() });
    } else if out.text.is_empty()
        && m.list("media").is_empty()
        && let Some(odd) = e.text("type").filter(|kind| kind != "message-received")
    {
        out.kind = Kind::Unsupported;
        detail.unsupported = Some(odd);
    }
    if detail != Detail::default() {
        out.detail = Some(Box::new(detail));
    }
    let peer = Peer { phone: phone(&from), reply: out.group.clone(), id: from, ..Peer::default() };
    let signal = opted(&out.text).map(What::Signal);
    let whats = std::iter::once(What::Message(Box::new(out))).chain(signal);
    whats.map(|what| Inbound { inbox: None, peer: peer.clone(), at: moment(e), what }).collect()
}

/// A message to several people is a group: everybody in it, as an address to answer.
fn group(m: &Value) -> Option<String> {
    let to = m.list("to");
    if to.len() < 2 {
        return None;
    }
    let own = m.text("owner").unwrap_or_default();
    let mut all: Vec<String> =
        to.iter().filter_map(Value::as_str).map(ToOwned::to_owned).chain(m.text("from")).filter(|n| *n != own).collect();
    all.sort();
    all.dedup();
    Some(all.join(","))
}

fn file(url: &str) -> Option<RemoteFile> {
    let name = file_name(url);
    let extension = name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension.to_ascii_lowercase());
    let kind = match extension.as_deref() {
        Some("smil" | "xml") => return None,
        Some("jpg" | "jpeg" | "png" | "gif" | "webp" | "bmp" | "heic") => FileKind::Image,
        Some("mp4" | "3gp" | "3gpp" | "mov" | "webm" | "3g2") => FileKind::Video,
        Some("mp3" | "m4a" | "amr" | "ogg" | "wav" | "aac") => FileKind::Audio,
        _ => FileKind::Document,
    };
    Some(RemoteFile { kind, id_or_url: url.to_owned(), name, ..RemoteFile::default() })
}
