//! Updates in: proof by the secret token, and every kind of update in our words. Groups and channels are no customers' conversations and
//! are left out.

use super::settings::hook_secret;
use crate::pick::{Pick, joined};
use crate::*;
use serde_json::Value;

/// `X-Telegram-Bot-Api-Secret-Token` is the whole proof; there is no signature over the body.
pub(super) fn verify(link: &Link<'_>, call: &RawCall) -> Result<Verdict, Rejected> {
    if call.method != "POST" {
        return Err(Rejected::unknown("Telegram only posts"));
    }
    let Some(given) = call.header("x-telegram-bot-api-secret-token") else { return Err(Rejected::missing("no secret token")) };
    let Some(secret) = hook_secret(link) else { return Err(Rejected::wrong("this inbox has no token")) };
    if proof::same(given.as_bytes(), secret.as_bytes()) {
        Ok(Verdict::Proven(call.proven()))
    } else {
        Err(Rejected::wrong("another secret token"))
    }
}

/// One update holds exactly one of these.
pub(super) fn read(call: &Verified) -> Result<Vec<Inbound>, Malformed> {
    let update: Value = serde_json::from_slice(call.body()).map_err(|error| Malformed(error.to_string()))?;
    let found = if update.has("message") {
        message(update.at("message"))
    } else if update.has("business_message") {
        message(update.at("business_message"))
    } else if update.has("edited_message") {
        edited(update.at("edited_message"))
    } else if update.has("edited_business_message") {
        edited(update.at("edited_business_message"))
    } else if update.has("callback_query") {
        pressed(update.at("callback_query"))
    } else if update.has("message_reaction") {
        reaction(update.at("message_reaction"))
    } else if update.has("my_chat_member") {
        member(update.at("my_chat_member"))
    } else if update.has("deleted_business_messages") {
        return Ok(deleted(update.at("deleted_business_messages")));
    } else {
        None
    };
    Ok(found.into_iter().collect())
}

fn private(chat: &Value) -> bool {
    chat.text("type").as_deref() == Some("private") && chat.has("id")
}

/// A person by `from`, or by the private chat, which has the same shape.
fn person(who: &Value, chat: &Value, connection: Option<String>) -> Peer {
    let source = if who.has("id") { who } else { chat };
    let id = source.text("id").unwrap_or_default();
    let name = [source.text("first_name"), source.text("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let chat_id = chat.text("id").unwrap_or_default();
    let reply = match connection {
        Some(connection) => Some(format!("{chat_id}@{connection}")),
        None => (chat_id != id && !chat_id.is_empty()).then_some(chat_id),
    };
    Peer {
        id,
        name: (!name.is_empty()).then_some(name),
        username: source.text("username"),
        language: source.text("language_code"),
        reply,
        ..Peer::default()
    }
}

fn external(chat: &Value, message: &Value) -> Option<String> {
    Some(format!("{}:{}", chat.text("id")?, message.text("message_id")?))
}

fn message(m: &Value) -> Option<Inbound> {
    let chat = m.at("chat");
    if !private(chat) || SERVICE.iter().any(|key| m.has(key)) {
        return None;
    }
    let connection = m.text("business_connection_id");
    let from = m.at("from");
    // In a business chat the owner's own words come in too: the chat is always the customer's.
    let outgoing = connection.is_some() && from.has("id") && from.text("id") != chat.text("id");
    let peer = if outgoing { person(&Value::Null, chat, connection) } else { person(from, chat, connection) };
    let mut out = content(m);
    out.external = external(chat, m);
    out.outgoing = outgoing;
    out.by = outgoing.then(|| Box::new(person(from, &Value::Null, None)));
    out.reply_to = external(chat, m.at("reply_to_message"));
    out.album = m.text("media_group_id");
    Some(Inbound { inbox: None, peer, at: m.seconds("date"), what: What::Message(Box::new(out)) })
}

/// Files, the most special first: an animation also sets `document`, a venue also sets `location`.
fn content(m: &Value) -> Message {
    let mut detail = Detail { forwarded: m.has("forward_origin"), quoted_text: m.text("quote.text"), ..Detail::default() };
    let mut out = Message { text: m.text("text").or_else(|| m.text("caption")).unwrap_or_default(), ..Message::default() };
    let kinds = [
        ("animation", Kind::Video, FileKind::Video),
        ("video_note", Kind::Video, FileKind::Video),
        ("video", Kind::Video, FileKind::Video),
        ("voice", Kind::Voice, FileKind::Voice),
        ("audio", Kind::Audio, FileKind::Audio),
        ("sticker", Kind::Sticker, FileKind::Sticker),
        ("document", Kind::Document, FileKind::Document),
    ];
    if m.has("text") {
        detail.payload = out.text.strip_prefix("/start ").map(|payload| payload.trim().to_owned()).filter(|p| !p.is_empty());
    } else if let Some((key, kind, file)) = kinds.into_iter().find(|(key, ..)| m.has(key)) {
        out.kind = kind;
        out.files.extend(remote(m.at(key), file));
        if kind == Kind::Sticker {
            out.text = m.text("sticker.emoji").unwrap_or_default();
            detail.sticker = m.text("sticker.set_name").map(|set| ("set".to_owned(), set)).into_iter().collect();
        }
    } else if let Some(largest) =
        m.list("photo").iter().max_by_key(|size| size.whole("width").unwrap_or(0) * size.whole("height").unwrap_or(0))
    {
        out.kind = Kind::Image;
        out.files.extend(remote(largest, FileKind::Image));
    } else if m.has("venue") || m.has("location") {
        let place = if m.has("location") { m.at("location") } else { m.at("venue.location") };
        let (name, address) = (m.text("venue.title"), m.text("venue.address"));
        out.kind = Kind::Location;
        out.text = joined(&[name.clone(), address.clone()]);
        let (latitude, longitude) = (place.real("latitude").unwrap_or_default(), place.real("longitude").unwrap_or_default());
        detail.location = Some(Place { latitude, longitude, name, address, url: None });
    } else if m.has("contact") {
        let name = [m.text("contact.first_name"), m.text("contact.last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        out.kind = Kind::Contacts;
        out.text.clone_from(&name);
        detail.contacts = vec![Card { name, phones: m.text("contact.phone_number").into_iter().collect(), ..Card::default() }];
    } else {
        out.kind = Kind::Unsupported;
        let odd = m.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).find(|key| !ENVELOPE.contains(key));
        detail.unsupported = Some(odd.unwrap_or("empty").to_owned());
    }
    if detail != Detail::default() {
        out.detail = Some(Box::new(detail));
    }
    out
}

fn remote(file: &Value, kind: FileKind) -> Option<RemoteFile> {
    let id_or_url = file.text("file_id")?;
    let (mime, name, size) = (file.mime("mime_type"), file.text("file_name"), file.whole("file_size"));
    Some(RemoteFile { kind, id_or_url, mime, name, size, sha256: None })
}

/// The whole message again; only its words matter to us. A moving live location is no edit.
fn edited(m: &Value) -> Option<Inbound> {
    let chat = m.at("chat");
    if !private(chat) || m.has("location") {
        return None;
    }
    let connection = m.text("business_connection_id");
    let outgoing = connection.is_some() && m.has("from.id") && m.text("from.id") != chat.text("id");
    let peer = if outgoing { person(&Value::Null, chat, connection) } else { person(m.at("from"), chat, connection) };
    let text = m.text("text").or_else(|| m.text("caption")).unwrap_or_default();
    let at = m.seconds("edit_date").or_else(|| m.seconds("date"));
    Some(Inbound { inbox: None, peer, at, what: What::Edit { target: external(chat, m)?, text, external: None, outgoing } })
}

fn pressed(query: &Value) -> Option<Inbound> {
    let chat = query.at("message.chat");
    if query.has("message") && !private(chat) {
        return None;
    }
    let payload = query.text("data").or_else(|| query.text("game_short_name")).unwrap_or_default();
    let out = Message {
        external: Some(format!("cb:{}", query.text("id")?)),
        kind: Kind::InteractiveReply,
        text: payload.clone(),
        reply_to: external(chat, query.at("message")),
        detail: Some(Box::new(Detail { payload: Some(payload), ..Detail::default() })),
        ..Message::default()
    };
    let peer = person(query.at("from"), chat, query.text("message.business_connection_id"));
    Some(Inbound { inbox: None, peer, at: None, what: What::Message(Box::new(out)) })
}

fn reaction(r: &Value) -> Option<Inbound> {
    let chat = r.at("chat");
    if !private(chat) {
        return None;
    }
    let emoji = r.list("new_reaction").last().map(|new| match new.text("type").as_deref() {
        Some("paid") => "⭐".to_owned(),
        _ => new.text("emoji").unwrap_or_else(|| "❔".to_owned()),
    });
    let what = What::Reaction { target: external(chat, r)?, emoji, external: None, outgoing: false };
    Some(Inbound { inbox: None, peer: person(r.at("user"), chat, None), at: r.seconds("date"), what })
}

fn member(change: &Value) -> Option<Inbound> {
    let chat = change.at("chat");
    let signal = match change.text("new_chat_member.status")?.as_str() {
        "kicked" => Signal::Blocked,
        "member" => Signal::Unblocked,
        _ => return None,
    };
    private(chat).then(|| Inbound {
        inbox: None,
        peer: person(change.at("from"), chat, None),
        at: change.seconds("date"),
        what: What::Signal(signal),
    })
}

/// The only deletions a bot ever hears of. Whose messages they were is not told.
fn deleted(d: &Value) -> Vec<Inbound> {
    let chat = d.at("chat");
    if !private(chat) {
        return Vec::new();
    }
    let peer = person(&Value::Null, chat, d.text("business_connection_id"));
    let gone = d.list("message_ids").iter().filter_map(|id| Some(format!("{}:{}", chat.text("id")?, id.as_i64()?)));
    gone.map(|target| Inbound { inbox: None, peer: peer.clone(), at: None, what: What::Delete { target, external: None, outgoing: false } })
        .collect()
}

/// What the product says in a chat, not the customer.
const SERVICE: [&str; 34] = [
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "connected_website",
    "write_access_allowed",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "web_app_data",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_scheduled",
    "video_chat_participants_invited",
    "chat_background_removed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "direct_message_price_changed",
    "paid_message_price_changed",
    "checklist_tasks_done",
    "checklist_tasks_added",
];

/// Keys that every message may have, whatever it holds.
const ENVELOPE: [&str; 33] = [
    "message_id",
    "from",
    "chat",
    "date",
    "sender_chat",
    "business_connection_id",
    "forward_origin",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "via_bot",
    "edit_date",
    "has_protected_content",
    "media_group_id",
    "reply_markup",
    "message_thread_id",
    "is_topic_message",
    "direct_messages_topic",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "author_signature",
    "is_from_offline",
    "is_paid_post",
    "paid_star_count",
    "effect_id",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "suggested_post_info",
];
