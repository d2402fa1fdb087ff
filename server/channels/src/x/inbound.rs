//! Webhooks in: the X Activity API's envelope, and the older Account Activity one, which holds the same objects. Whose account it is stands
//! in the envelope and decides what is theirs and what is ours.

use crate::pick::Pick;
use crate::*;
use serde_json::{Value, json};

/// The handshake (CRC), or `x-twitter-webhooks-signature`: Base64, unlike Meta's.
pub(super) fn verify(link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
    let secret = link.secret("consumer_secret").or_else(|| link.app("x.consumer_secret"));
    let secret = secret.ok_or(Rejected::wrong("this inbox has no secret"))?;
    if call.method == "GET" {
        // The answer is a signature: signing what looks like a body would let anyone forge one.
        let plain = |token: &String| token.len() <= 200 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=+/.".contains(&b));
        let token = call.parameter("crc_token").filter(plain).ok_or(Rejected::unknown("no crc_token"))?;
        let body = json!({"response_token": format!("sha256={}", proof::sign_base64(secret, token.as_bytes()))}).to_string();
        return Ok(Verdict::Answer { status: 200, content_type: "application/json", body });
    }
    if call.method != "POST" {
        return Err(Rejected::unknown("X gets and posts"));
    }
    let header = call.header("x-twitter-webhooks-signature").filter(|h| !h.is_empty()).ok_or(Rejected::missing("no signature"))?;
    match header.strip_prefix("sha256=") {
        Some(signature) if proof::hmac_base64(secret, &call.body, signature) => Ok(Verdict::Proven(call.proven())),
        _ => Err(Rejected::wrong("another signature")),
    }
}

pub(super) fn recipient(call: &RawCall) -> Recipient {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    Recipient::Accounts(owner(&body).into_iter().collect())
}

fn owner(body: &Value) -> Option<String> {
    ["data.filter.user_id", "for_user_id", "data.payload.user_id", "user_event.revoke.source.user_id"]
        .into_iter()
        .find_map(|path| body.text(path))
}

pub(super) fn read(call: &Verified) -> Result<Vec<Inbound>, Malformed> {
    let body: Value = serde_json::from_slice(call.body()).map_err(|error| Malformed(error.to_string()))?;
    let Some(owner) = owner(&body) else { return Ok(Vec::new()) };
    let payload = if body.has("data.payload") { body.at("data.payload") } else { &body };
    let users = payload.at("users");
    let mut all = match body.text("data.event_type").as_deref() {
        Some("oauth.revoke") => vec![revoked(&owner, payload.moment("date_time"))],
        Some("chat.received") => encrypted(payload, &owner, users).into_iter().collect(),
        _ => Vec::new(),
    };
    if body.has("user_event.revoke") {
        all.push(revoked(&owner, body.moment("user_event.revoke.date_time")));
    }
    all.extend(payload.list("direct_message_events").iter().filter_map(|event| message(event, &owner, users)));
    all.extend(payload.list("direct_message_mark_read_events").iter().filter_map(|event| {
        let read = Receipt {
            external: Some(event.text("last_read_event_id")?),
            ours: None,
            watermark: None,
            older_too: true,
            state: ReceiptState::Read,
            error: None,
        };
        theirs(event, &owner, users, What::Receipt(read))
    }));
    let typing = payload.list("direct_message_indicate_typing_events").iter();
    all.extend(typing.filter_map(|event| theirs(event, &owner, users, What::Signal(Signal::Typing(true)))));
    Ok(all.into_iter().map(|inbound| Inbound { inbox: Some(owner.clone()), ..inbound }).collect())
}

fn revoked(owner: &str, at: Option<model::Timestamp>) -> Inbound {
    Inbound { inbox: None, peer: Peer::default(), at, what: What::Signal(Signal::Reauthorise(owner.to_owned())) }
}

/// A person by the envelope's own list, which may be missing.
fn person(users: &Value, id: String) -> Peer {
    let entry = users.at(&id);
    let user = if entry.has("data") { entry.at("data") } else { entry };
    let photo = user.text("profile_image_url").or_else(|| user.text("profile_image_url_https"));
    Peer {
        name: user.text("name"),
        username: user.text("username").or_else(|| user.text("screen_name")),
        photo: photo.map(|id_or_url| RemoteFile { kind: FileKind::Image, id_or_url, ..RemoteFile::default() }),
        id,
        ..Peer::default()
    }
}

/// Something the customer did; what we did ourselves is no news.
fn theirs(event: &Value, owner: &str, users: &Value, what: What) -> Option<Inbound> {
    let sender = event.text("sender_id").filter(|sender| sender != owner)?;
    Some(Inbound { inbox: None, peer: person(users, sender), at: event.millis("created_timestamp"), what })
}

/// All that can be said of an encrypted message is that there is one.
fn encrypted(payload: &Value, owner: &str, users: &Value) -> Option<Inbound> {
    let message = Message {
        external: Some(payload.text("id")?),
        kind: Kind::Unsupported,
        detail: Some(Box::new(Detail { unsupported: Some("encrypted".into()), ..Detail::default() })),
        ..Message::default()
    };
    // Our own is no news: nothing of it could be shown.
    let peer = person(users, payload.text("sender_id").filter(|sender| sender != owner)?);
    Some(Inbound { inbox: None, peer, at: payload.millis("created_at_msec"), what: What::Message(Box::new(message)) })
}

fn message(event: &Value, owner: &str, users: &Value) -> Option<Inbound> {
    if event.text("type").as_deref() != Some("message_create") {
        return None;
    }
    let m = event.at("message_create");
    let data = m.at("message_data");
    let (sender, recipient) = (m.text("sender_id")?, m.text("target.recipient_id"));
    let outgoing = sender == owner;
    let peer = person(users, if outgoing { recipient? } else { sender.clone() });
    let mut out = Message {
        external: Some(event.text("id")?),
        outgoing,
        by: outgoing.then(|| Box::new(person(users, sender))),
        app: m.text("source_app_id").filter(|_| outgoing),
        text: words(data),
        ..Message::default()
    };
    let media = data.at("attachment.media");
    if let Some((kind, file)) = attached(media) {
        out.kind = kind;
        out.files.push(file);
    } else if data.has("attachment") {
        out.kind = Kind::Unsupported;
    } else if let Some(payload) = data.text("quick_reply_response.metadata") {
        out.kind = Kind::InteractiveReply;
        out.detail = Some(Box::new(Detail { payload: Some(payload), ..Detail::default() }));
    }
    Some(Inbound { inbox: None, peer, at: event.millis("created_timestamp"), what: What::Message(Box::new(out)) })
}

/// The text as it was written: short links long again, the attachment's own link gone, escapes undone.
fn words(data: &Value) -> String {
    let mut text = data.text("text").unwrap_or_default();
    if let Some(link) = data.text("attachment.media.url") {
        text = text.strip_suffix(link.as_str()).map_or(text.clone(), |rest| rest.trim_end().to_owned());
    }
    let links = data.list("entities.urls").iter().filter_map(|url| Some((url.text("url")?, url.text("expanded_url")?)));
    let mut links: Vec<(String, String)> = links.collect();
    // One short link may begin like another.
    links.sort_by_key(|(short, _)| std::cmp::Reverse(short.len()));
    for (short, long) in links {
        text = text.replace(&short, &long);
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn attached(media: &Value) -> Option<(Kind, RemoteFile)> {
    let file = |kind, id_or_url, mime| RemoteFile { kind, id_or_url, mime, ..RemoteFile::default() };
    match media.text("type")?.as_str() {
        "photo" => Some((Kind::Image, file(FileKind::Image, media.text("media_url_https")?, None))),
        "video" | "animated_gif" => {
            let playable = media.list("video_info.variants").iter().filter(|v| v.mime("content_type").as_deref() == Some("video/mp4"));
            let best = playable.max_by_key(|v| v.whole("bitrate").unwrap_or(0))?;
            Some((Kind::Video, file(FileKind::Video, best.text("url")?, best.mime("content_type"))))
        }
        _ => None,
    }
}
