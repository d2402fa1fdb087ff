//! Webhooks in: any number of events of any people in one call. A standby event belongs to another module and is left to it.

use crate::pick::{Pick, joined};
use crate::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// `x-line-signature` is the Base64 HMAC-SHA256 of the raw body with the channel secret.
pub(super) fn verify(link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
    if call.method != "POST" {
        return Err(Rejected::unknown("LINE only posts"));
    }
    let Some(signature) = call.header("x-line-signature").filter(|s| !s.is_empty()) else { return Err(Rejected::missing("no signature")) };
    let Some(secret) = link.secret("channel_secret") else { return Err(Rejected::wrong("this inbox has no secret")) };
    if proof::hmac_base64(secret, &call.body, signature) {
        Ok(Verdict::Proven(call.proven()))
    } else {
        Err(Rejected::wrong("another signature"))
    }
}

pub(super) fn read(call: &Verified) -> Result<Vec<Inbound>, Malformed> {
    let body: Value = serde_json::from_slice(call.body()).map_err(|error| Malformed(error.to_string()))?;
    Ok(body.list("events").iter().filter_map(event).collect())
}

fn event(e: &Value) -> Option<Inbound> {
    if e.text("mode").as_deref() == Some("standby") {
        return None;
    }
    let source = e.at("source");
    let group = source.text("groupId").or_else(|| source.text("roomId"));
    let user = source.text("userId");
    if group.is_none() && user.is_none() {
        return None;
    }
    let what = match e.text("type")?.as_str() {
        "message" => message(e, group.clone())?,
        "postback" => {
            let data = e.text("postback.data").unwrap_or_default();
            let message = Message {
                external: e.text("webhookEventId"),
                kind: Kind::Postback,
                text: data.clone(),
                detail: Some(Box::new(Detail { payload: Some(data), ..Detail::default() })),
                group: group.clone(),
                attributes: tokens(e),
                ..Message::default()
            };
            What::Message(Box::new(message))
        }
        "unsend" => What::Delete { target: e.text("unsend.messageId")?, external: None, outgoing: false },
        "follow" if e.yes("follow.isUnblocked") => What::Signal(Signal::Unblocked),
        "follow" => What::Signal(Signal::Followed),
        "unfollow" => What::Signal(Signal::Blocked),
        _ => return None,
    };
    let peer = Peer { id: user.unwrap_or_default(), reply: group, ..Peer::default() };
    Some(Inbound { inbox: None, peer, at: e.millis("timestamp"), what })
}

/// What LINE wants back when this message is quoted, answered or marked as seen.
fn tokens(e: &Value) -> BTreeMap<String, String> {
    let all = [
        ("quote_token", "message.quoteToken"),
        ("quote_of", "message.id"),
        ("read_token", "message.markAsReadToken"),
        ("reply_token", "replyToken"),
    ];
    all.into_iter().filter_map(|(key, path)| Some((key.to_owned(), e.text(path)?))).collect()
}

fn message(e: &Value, group: Option<String>) -> Option<What> {
    let m = e.at("message");
    let mut out = Message {
        external: Some(m.text("id")?),
        reply_to: m.text("quotedMessageId"),
        album: m.text("imageSet.id"),
        group,
        attributes: tokens(e),
        ..Message::default()
    };
    let mut detail = Detail::default();
    let kind = m.text("type").unwrap_or_default();
    match kind.as_str() {
        "text" => out.text = m.text("text").unwrap_or_default(),
        "image" => file(&mut out, m, Kind::Image, FileKind::Image),
        "video" => file(&mut out, m, Kind::Video, FileKind::Video),
        "audio" => file(&mut out, m, Kind::Audio, FileKind::Audio),
        "file" => file(&mut out, m, Kind::Document, FileKind::Document),
        "location" => {
            let (name, address) = (m.text("title"), m.text("address"));
            out.kind = Kind::Location;
            out.text = joined(&[name.clone(), address.clone()]);
            let (latitude, longitude) = (m.real("latitude").unwrap_or_default(), m.real("longitude").unwrap_or_default());
            detail.location = Some(Place { latitude, longitude, name, address, url: None });
        }
        "sticker" => {
            out.kind = Kind::Sticker;
            out.text = m.text("text").unwrap_or_default();
            let names = ["packageId", "stickerId"];
            detail.sticker = names.into_iter().filter_map(|key| Some((key.to_owned(), m.text(key)?))).collect();
        }
        _ => {
            out.kind = Kind::Unsupported;
            detail.unsupported = Some(kind);
        }
    }
    if detail != Detail::default() {
        out.detail = Some(Box::new(detail));
    }
    Some(What::Message(Box::new(out)))
}

/// Content waits at LINE under the message's id, or at an address that wants no token.
fn file(out: &mut Message, m: &Value, kind: Kind, file: FileKind) {
    out.kind = kind;
    let outside = m.text("contentProvider.type").as_deref() == Some("external");
    let id_or_url = if outside { m.text("contentProvider.originalContentUrl") } else { m.text("id") };
    let Some(id_or_url) = id_or_url else { return };
    out.files.push(RemoteFile { kind: file, id_or_url, name: m.text("fileName"), size: m.whole("fileSize"), ..RemoteFile::default() });
}
