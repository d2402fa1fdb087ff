//! Webhooks in: every entry, change, message, echo and status. A person is known by phone number, by business-scoped id, or by both, and
//! either may be missing.

use super::errors;
use crate::pick::{Pick, joined, phone};
use crate::*;
use serde_json::Value;

/// The numbers an entry is for.
pub(super) fn numbers(entry: &Value) -> Vec<Option<String>> {
    entry.list("changes").iter().map(|change| change.text("value.metadata.phone_number_id")).collect()
}

pub(super) fn read(call: &Verified) -> Result<Vec<Inbound>, Malformed> {
    let body: Value = serde_json::from_slice(call.body()).map_err(|error| Malformed(error.to_string()))?;
    if body.text("object").is_some_and(|object| object != "whatsapp_business_account") {
        return Ok(Vec::new());
    }
    let changes = body.list("entry").iter().flat_map(|entry| entry.list("changes"));
    Ok(changes.flat_map(|change| read_change(&change.text("field").unwrap_or_else(|| "messages".into()), change.at("value"))).collect())
}

fn read_change(field: &str, value: &Value) -> Vec<Inbound> {
    let inbox = value.text("metadata.phone_number_id");
    let found: Vec<Inbound> = match field {
        "messages" => {
            let messages = value.list("messages").iter().filter_map(|m| theirs(value, m));
            messages.chain(value.list("statuses").iter().filter_map(status)).collect()
        }
        "smb_message_echoes" => value.list("message_echoes").iter().filter_map(ours).collect(),
        "message_template_status_update" => {
            let told = [value.text("message_template_name"), value.text("event"), value.text("reason")];
            vec![notice(joined(&told))]
        }
        "account_update" | "phone_number_quality_update" => vec![notice(joined(&[value.text("event"), value.text("current_limit")]))],
        _ => Vec::new(),
    };
    found.into_iter().map(|inbound| Inbound { inbox: inbound.inbox.or_else(|| inbox.clone()), ..inbound }).collect()
}

fn notice(words: String) -> Inbound {
    Inbound { inbox: None, peer: Peer::default(), at: None, what: What::Signal(Signal::Notice(words)) }
}

/// A person by phone and business-scoped ids; their card is found by id, never by its place in the list.
fn person(value: &Value, number: Option<String>, scoped: Option<String>, parent: Option<String>) -> Option<Peer> {
    let cards = value.list("contacts");
    let is = |card: &&Value| {
        let (wa, user) = (card.text("wa_id"), card.text("user_id"));
        (wa.is_some() && wa == number) || (user.is_some() && user == scoped)
    };
    // Where the message names nobody, the only card there is says whose it is.
    let only = || cards.first().filter(|_| cards.len() == 1 && number.is_none() && scoped.is_none());
    let card = cards.iter().find(is).or_else(only).unwrap_or(&Value::Null);
    let scoped = scoped.or_else(|| card.text("user_id"));
    let mut ids: Vec<String> =
        [number.clone(), scoped, card.text("wa_id"), parent, card.text("parent_user_id")].into_iter().flatten().collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    if ids.is_empty() {
        return None;
    }
    let id = ids.remove(0);
    Some(Peer {
        phone: number.or_else(|| card.text("wa_id")).as_deref().and_then(phone),
        id,
        alt: ids,
        name: card.text("profile.name"),
        username: card.text("profile.username"),
        ..Peer::default()
    })
}

fn theirs(value: &Value, m: &Value) -> Option<Inbound> {
    let mut peer = person(value, m.text("from"), m.text("from_user_id"), m.text("from_parent_user_id"))?;
    if let Some(group) = m.text("group_id") {
        peer.reply = Some(format!("group:{group}"));
    }
    let what = typed(m, &peer, false)?;
    Some(Inbound { inbox: None, peer, at: m.seconds("timestamp"), what })
}

/// Written in the Business app on the phone: the customer is the recipient.
fn ours(m: &Value) -> Option<Inbound> {
    let peer = person(&Value::Null, m.text("to"), m.text("to_user_id"), None)?;
    let mut what = typed(m, &peer, true)?;
    if let What::Message(message) = &mut what {
        message.by = Some(Box::new(Peer { id: m.text("from").unwrap_or_default(), ..Peer::default() }));
    }
    Some(Inbound { inbox: None, peer, at: m.seconds("timestamp"), what })
}

/// What a message is; none for what is no customer's doing.
fn typed(m: &Value, peer: &Peer, outgoing: bool) -> Option<What> {
    let external = Some(m.text("id")?);
    match m.text("type").unwrap_or_default().as_str() {
        "reaction" => {
            let target = m.text("reaction.message_id")?;
            Some(What::Reaction { target, emoji: m.text("reaction.emoji"), external, outgoing })
        }
        "edit" => {
            let new = m.at("edit.message");
            let kind = new.text("type").unwrap_or_default();
            let text = new.text("text.body").or_else(|| new.text(&format!("{kind}.caption"))).unwrap_or_default();
            Some(What::Edit { target: m.text("edit.original_message_id")?, text, external, outgoing })
        }
        "revoke" => Some(What::Delete { target: m.text("revoke.original_message_id")?, external, outgoing }),
        "system" => changed(m, peer),
        "request_welcome" => None,
        _ => {
            let mut message = content(m);
            message.external = external;
            message.outgoing = outgoing;
            message.reply_to = m.text("context.id");
            message.group = m.text("group_id");
            Some(What::Message(Box::new(message)))
        }
    }
}

/// A number or an id has become another: identifiers move, nobody is new.
fn changed(m: &Value, peer: &Peer) -> Option<What> {
    let system = m.at("system");
    let (from, to) = match system.text("type")?.as_str() {
        "user_changed_number" | "customer_changed_number" => {
            (peer.id.clone(), system.text("wa_id").or_else(|| system.text("new_wa_id")).or_else(|| system.text("user_id"))?)
        }
        "user_changed_user_id" => (system.text("previous_user_id")?, system.text("user_id")?),
        _ => return None,
    };
    Some(What::Signal(Signal::IdentifierChanged { from, to }))
}

fn content(m: &Value) -> Message {
    let mut out = Message::default();
    let mut detail = Detail {
        forwarded: m.yes("context.forwarded") || m.yes("context.frequently_forwarded"),
        referral: m.has("referral").then(|| referral(m.at("referral"))),
        ..Detail::default()
    };
    let kind = m.text("type").unwrap_or_default();
    let media = m.at(&kind);
    match kind.as_str() {
        "text" => out.text = m.text("text.body").unwrap_or_default(),
        "image" => file(&mut out, media, Kind::Image, FileKind::Image),
        "video" => file(&mut out, media, Kind::Video, FileKind::Video),
        "document" => file(&mut out, media, Kind::Document, FileKind::Document),
        "sticker" => file(&mut out, media, Kind::Sticker, FileKind::Sticker),
        "audio" if media.yes("voice") => file(&mut out, media, Kind::Voice, FileKind::Voice),
        "audio" => file(&mut out, media, Kind::Audio, FileKind::Audio),
        "location" => {
            let (name, address) = (media.text("name"), media.text("address"));
            out.kind = Kind::Location;
            out.text = joined(&[name.clone(), address.clone()]);
            let (latitude, longitude) = (media.real("latitude").unwrap_or_default(), media.real("longitude").unwrap_or_default());
            detail.location = Some(Place { latitude, longitude, name, address, url: media.text("url") });
        }
        "contacts" => {
            out.kind = Kind::Contacts;
            detail.contacts = m.list("contacts").iter().map(card).collect();
            out.text = detail.contacts.iter().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", ");
        }
        "button" => {
            out.kind = Kind::InteractiveReply;
            out.text = media.text("text").unwrap_or_default();
            detail.payload = media.text("payload");
        }
        "interactive" => {
            let chosen = media.at(&media.text("type").unwrap_or_default());
            out.kind = Kind::InteractiveReply;
            out.text = chosen.text("title").or_else(|| chosen.text("body")).or_else(|| chosen.text("name")).unwrap_or_default();
            detail.payload = chosen.text("id").or_else(|| chosen.text("response_json")).or_else(|| chosen.text("response"));
        }
        "order" => {
            out.kind = Kind::Unsupported;
            let items = media.list("product_items").iter();
            let lines = items.map(|item| {
                let (count, name) = (item.whole("quantity").unwrap_or(1), item.text("product_retailer_id").unwrap_or_default());
                format!("{count} × {name}")
            });
            out.text = media.text("text").into_iter().chain(lines).collect::<Vec<_>>().join("\n");
            detail.unsupported = Some(kind);
        }
        _ => {
            out.kind = Kind::Unsupported;
            let named = m.text("unsupported.type").or_else(|| m.list("errors").first().and_then(|error| error.text("title")));
            detail.unsupported = Some(named.unwrap_or(kind));
        }
    }
    if detail != Detail::default() {
        out.detail = Some(Box::new(detail));
    }
    out
}

/// Media come by id: an address, where there is one, lives five minutes.
fn file(out: &mut Message, media: &Value, kind: Kind, file: FileKind) {
    out.kind = kind;
    out.text = media.text("caption").unwrap_or_default();
    if let Some(id_or_url) = media.text("id").or_else(|| media.text("url")) {
        let (mime, name, sha256) = (media.mime("mime_type"), media.text("filename"), media.text("sha256"));
        out.files.push(RemoteFile { kind: file, id_or_url, mime, name, size: media.whole("file_size"), sha256 });
    } else {
        out.kind = Kind::Unsupported;
    }
}

fn card(card: &Value) -> Card {
    let whole = [card.text("name.first_name"), card.text("name.last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let texts = |list: &str, key: &str| card.list(list).iter().filter_map(|item| item.text(key)).collect();
    Card {
        name: card.text("name.formatted_name").unwrap_or(whole),
        phones: card.list("phones").iter().filter_map(|p| p.text("phone").or_else(|| p.text("wa_id").map(|id| format!("+{id}")))).collect(),
        emails: texts("emails", "email"),
        organisation: card.text("org.company"),
    }
}

fn referral(r: &Value) -> Referral {
    Referral {
        source: r.text("source_type"),
        id: r.text("source_id"),
        reference: r.text("ctwa_clid"),
        title: r.text("headline"),
        text: r.text("body"),
        url: r.text("source_url"),
    }
}

fn status(s: &Value) -> Option<Inbound> {
    let state = match s.text("status")?.as_str() {
        "sent" => ReceiptState::Sent,
        "delivered" => ReceiptState::Delivered,
        "read" | "played" => ReceiptState::Read,
        "failed" => ReceiptState::Failed,
        _ => return None,
    };
    let error = s.list("errors").first().map(|error| {
        let code = error.whole("code").unwrap_or_default();
        let words = error.text("message").or_else(|| error.text("title")).unwrap_or_default();
        let detail = error.text("error_data.details").unwrap_or_else(|| words.clone());
        ReceiptError::sorted(code.to_string(), words, errors::sort(code, 0, detail))
    });
    let recipient = person(&Value::Null, s.text("recipient_id"), s.text("recipient_user_id"), None);
    let receipt = Receipt {
        external: Some(s.text("id")?),
        ours: s.text("biz_opaque_callback_data"),
        watermark: None,
        older_too: false,
        state,
        error,
    };
    Some(Inbound { inbox: None, peer: recipient.unwrap_or_default(), at: s.seconds("timestamp"), what: What::Receipt(receipt) })
}
