//! `entry[].messaging[]` as Messenger and Instagram send it: nearly one shape, so one reader. It sends nothing.

use crate::pick::{Pick, file_name};
use crate::*;
use serde_json::Value;

/// The account an entry is for.
pub(crate) fn account(entry: &Value) -> Vec<Option<String>> {
    vec![entry.text("id")]
}

/// Reads a call of this object. `standby` belongs to another app; `changes` are comments and the console's test button.
pub(crate) fn read(call: &Verified, object: &str) -> Result<Vec<Inbound>, Malformed> {
    let body: Value = serde_json::from_slice(call.body()).map_err(|error| Malformed(error.to_string()))?;
    if body.text("object").as_deref() != Some(object) {
        return Ok(Vec::new());
    }
    let events = body.list("entry").iter().flat_map(|entry| entry.list("messaging").iter().map(move |event| (entry, event)));
    Ok(events.flat_map(|(entry, event)| read_event(entry, event)).collect())
}

fn read_event(entry: &Value, e: &Value) -> Vec<Inbound> {
    let echo = e.yes("message.is_echo");
    let (ours, theirs) = if echo { ("sender.id", "recipient.id") } else { ("recipient.id", "sender.id") };
    let Some(id) = e.text(theirs) else { return Vec::new() };
    let whats = if e.has("message") {
        message(e, echo).into_iter().collect()
    } else if e.has("message_edit") {
        edit(e.at("message_edit")).into_iter().collect()
    } else if e.has("reaction") {
        reaction(e.at("reaction")).into_iter().collect()
    } else if e.has("postback") {
        vec![postback(e.at("postback"))]
    } else if e.has("delivery") {
        delivery(e.at("delivery"))
    } else if e.has("read") {
        seen(e.at("read")).into_iter().collect()
    } else if e.has("referral") {
        vec![What::Signal(Signal::Referral(referral(e.at("referral"))))]
    } else if e.has("policy_enforcement") {
        vec![What::Signal(Signal::Notice(e.text("policy_enforcement.reason").unwrap_or_default()))]
    } else {
        Vec::new()
    };
    let inbox = e.text(ours).or_else(|| entry.text("id"));
    let peer = Peer { id, ..Peer::default() };
    let at = e.millis("timestamp");
    whats.into_iter().map(|what| Inbound { inbox: inbox.clone(), peer: peer.clone(), at, what }).collect()
}

fn message(e: &Value, echo: bool) -> Option<What> {
    let m = e.at("message");
    let mid = m.text("mid")?;
    if m.yes("is_self") {
        return None;
    }
    if m.yes("is_deleted") {
        return Some(What::Delete { target: mid, external: None, outgoing: echo });
    }
    let mut out = Message {
        external: Some(mid),
        outgoing: echo,
        by: echo.then(|| Box::new(Peer { id: e.text("sender.id").unwrap_or_default(), ..Peer::default() })),
        app: m.text("app_id").filter(|_| echo),
        ours: m.text("metadata").filter(|_| echo),
        text: m.text("text").unwrap_or_default(),
        reply_to: m.text("reply_to.mid"),
        ..Message::default()
    };
    let mut detail = Detail { payload: m.text("quick_reply.payload"), ..Detail::default() };
    if detail.payload.is_some() {
        out.kind = Kind::InteractiveReply;
    }
    if m.has("referral") {
        detail.referral = Some(referral(m.at("referral")));
    }
    attached(m.list("attachments"), &mut out, &mut detail);
    if m.has("reply_to.story") {
        let (id, url) = (m.text("reply_to.story.id"), m.text("reply_to.story.url"));
        out.kind = Kind::StoryReply;
        out.files.extend(url.clone().map(|url| remote(FileKind::Story, url, None)));
        detail.story = Some(Story { id, url });
    }
    let empty = out.kind == Kind::Text && out.text.is_empty() && out.files.is_empty();
    if m.yes("is_unsupported") || empty {
        out.kind = Kind::Unsupported;
        let odd = m.list("attachments").first().and_then(|a| a.text("type"));
        detail.unsupported = Some(odd.unwrap_or_else(|| "unsupported".into()));
    }
    if detail != Detail::default() {
        out.detail = Some(Box::new(detail));
    }
    Some(What::Message(Box::new(out)))
}

fn remote(kind: FileKind, id_or_url: String, name: Option<String>) -> RemoteFile {
    RemoteFile { kind, id_or_url, name, ..RemoteFile::default() }
}

/// Files and shares. While Meta moves from one shape to another the same thing comes twice under one address or id; it counts once, by the
/// more special kind.
fn attached(attachments: &[Value], out: &mut Message, detail: &mut Detail) {
    let mut first = None;
    for a in attachments {
        let payload = a.at("payload");
        let url = payload.text("url").or_else(|| a.text("url"));
        let title = payload.text("title").or_else(|| a.text("title"));
        let sticker = payload.has("sticker_id");
        let (kind, file) = match a.text("type").unwrap_or_default().as_str() {
            "sticker" => (Kind::Sticker, FileKind::Sticker),
            "image" if sticker => (Kind::Sticker, FileKind::Sticker),
            "image" | "like_heart" => (Kind::Image, FileKind::Image),
            "video" => (Kind::Video, FileKind::Video),
            "audio" => (Kind::Audio, FileKind::Audio),
            "file" => (Kind::Document, FileKind::Document),
            "story_mention" => (Kind::StoryMention, FileKind::Story),
            "ephemeral" => (Kind::Unsupported, FileKind::Document),
            "template" => (Kind::Template, FileKind::Share),
            "location" => {
                let place = payload.at("coordinates");
                let (latitude, longitude) = (place.real("lat").unwrap_or_default(), place.real("long").unwrap_or_default());
                detail.location = Some(Place { latitude, longitude, name: title.clone(), address: None, url: url.clone() });
                if out.text.is_empty() {
                    out.text = title.unwrap_or_default();
                }
                first.get_or_insert(Kind::Location);
                continue;
            }
            // A link preview: the words stay what they are.
            "fallback" if !out.text.is_empty() => (Kind::Text, FileKind::Share),
            _ => (Kind::Share, FileKind::Share),
        };
        if kind == Kind::Template && out.text.is_empty() {
            out.text = title.clone().or_else(|| payload.text("text")).unwrap_or_default();
        }
        let Some(url) = url.filter(|_| kind != Kind::Unsupported) else {
            first.get_or_insert(if kind == Kind::Template && !out.text.is_empty() { kind } else { Kind::Unsupported });
            detail.unsupported = detail.unsupported.take().or_else(|| a.text("type")).filter(|_| kind != Kind::Template);
            continue;
        };
        if file == FileKind::Share {
            let id = ["ig_post_media_id", "reel_video_id", "id"].into_iter().find_map(|key| payload.text(key));
            let share = Share { id, title: title.clone(), url: Some(url.clone()) };
            let known = |other: &Share| other.url == share.url || (other.id.is_some() && other.id == share.id);
            if detail.shares.iter().any(known) {
                continue;
            }
            detail.shares.push(share);
        }
        if let Some(same) = out.files.iter_mut().find(|known| known.id_or_url == url) {
            if file == FileKind::Sticker {
                same.kind = file;
            }
            continue;
        }
        first.get_or_insert(kind);
        let name = match file {
            FileKind::Share => title,
            FileKind::Document => file_name(&url),
            _ => None,
        };
        out.files.push(remote(file, url, name));
    }
    match first {
        Some(Kind::Image) if out.files.first().is_some_and(|file| file.kind == FileKind::Sticker) => out.kind = Kind::Sticker,
        Some(Kind::Unsupported) if !out.text.is_empty() => {}
        Some(kind) if kind != Kind::Text => out.kind = kind,
        _ => {}
    }
}

fn edit(e: &Value) -> Option<What> {
    // The original has been seen as an edit number 0.
    if e.whole("num_edit") == Some(0) {
        return None;
    }
    Some(What::Edit { target: e.text("mid")?, text: e.text("text").unwrap_or_default(), external: None, outgoing: false })
}

fn reaction(r: &Value) -> Option<What> {
    let emoji = match r.text("action").as_deref() {
        Some("unreact") => None,
        _ => Some(r.text("emoji").unwrap_or_else(|| named(&r.text("reaction").unwrap_or_default()).to_owned())),
    };
    Some(What::Reaction { target: r.text("mid")?, emoji, external: None, outgoing: false })
}

/// The emoji of a reaction that came by name only.
fn named(reaction: &str) -> &'static str {
    match reaction {
        "love" => "❤️",
        "smile" => "😆",
        "wow" => "😮",
        "sad" => "😢",
        "angry" => "😠",
        "like" => "👍",
        "dislike" => "👎",
        _ => "❔",
    }
}

fn postback(p: &Value) -> What {
    let detail =
        Detail { payload: p.text("payload"), referral: p.has("referral").then(|| referral(p.at("referral"))), ..Detail::default() };
    What::Message(Box::new(Message {
        external: p.text("mid"),
        kind: Kind::Postback,
        text: p.text("title").or_else(|| p.text("payload")).unwrap_or_default(),
        detail: Some(Box::new(detail)),
        ..Message::default()
    }))
}

fn referral(r: &Value) -> Referral {
    Referral {
        source: r.text("source"),
        id: r.text("ad_id").or_else(|| r.text("product.id")),
        reference: r.text("ref"),
        title: r.text("ads_context_data.ad_title"),
        text: None,
        url: r.text("referer_uri").or_else(|| r.text("ads_context_data.photo_url")),
    }
}

fn receipt(state: ReceiptState) -> Receipt {
    Receipt { external: None, ours: None, watermark: None, older_too: false, state, error: None }
}

/// With ids, and in any case everything sent up to the watermark.
fn delivery(d: &Value) -> Vec<What> {
    let watermark = d.millis("watermark");
    let mids = d.list("mids").iter().filter_map(Value::as_str);
    let named: Vec<_> =
        mids.map(|mid| What::Receipt(Receipt { external: Some(mid.to_owned()), watermark, ..receipt(ReceiptState::Delivered) })).collect();
    if named.is_empty() && watermark.is_some() {
        return vec![What::Receipt(Receipt { watermark, ..receipt(ReceiptState::Delivered) })];
    }
    named
}

/// Messenger says a moment, Instagram the newest message seen; everything older was seen with it.
fn seen(r: &Value) -> Option<What> {
    let (external, watermark) = (r.text("mid"), r.millis("watermark"));
    if external.is_none() && watermark.is_none() {
        return None;
    }
    let older_too = external.is_some();
    Some(What::Receipt(Receipt { external, watermark, older_too, ..receipt(ReceiptState::Read) }))
}
