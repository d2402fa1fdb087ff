//! Messages: the source's rows, with their attachments, in our words. Where their files' bytes are is the business of `files`.

use super::field::{Row, text};
use super::{ImportError, Move, Place, Result, files, keep, rows};
use crate::rest_world::MessageExtra;
use crate::rich;
use channels::email::clean;
use model::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::Tx;
use store::attachment::Attachment;
use store::import::Line;

/// The source's content types by number (its `Message` model); the first is plain text.
const CONTENT: [&str; 13] = [
    "text",
    "input_text",
    "input_textarea",
    "input_email",
    "input_select",
    "cards",
    "form",
    "article",
    "incoming_email",
    "input_csat",
    "integrations",
    "sticker",
    "voice_call",
];

/// The mail behind a message, in its `content_attributes.email` (its `MailPresenter`).
fn mail(given: &Row) -> Option<(MailHead, Option<String>)> {
    if given.0.is_empty() {
        return None;
    }
    let people = |key: &str| given.list(key).iter().filter_map(text).collect::<Vec<_>>();
    let html = given.object("html_content").text("full").map(|html| clean::clean(&html, &[])).filter(|html| !html.trim().is_empty());
    let from = people("from").into_iter().next().or_else(|| given.text("from")).unwrap_or_default();
    let head = MailHead {
        from,
        to: people("to"),
        cc: people("cc"),
        bcc: people("bcc"),
        subject: given.words("subject"),
        html: html.is_some(),
        ..MailHead::default()
    };
    Some((head, html))
}

/// What stands in a message beside files: places, cards, posts.
fn beside(kind: i64, row: &Row) -> Option<Detail> {
    match kind {
        4 => {
            let degrees = |key: &str| row.0.get(key).map(ToString::to_string).unwrap_or_default();
            let (latitude, longitude) = (degrees("coordinates_lat"), degrees("coordinates_long"));
            Some(Detail::Location(model::Place { latitude, longitude, name: row.text("fallback_title"), address: None }))
        }
        5 | 6 | 9 | 10 => Some(Detail::Share { url: row.text("external_url") }),
        7 | 11 => Some(Detail::Story { url: row.text("external_url"), reply: false }),
        8 => {
            let meta = row.object("meta");
            let name = [meta.text("firstName"), meta.text("lastName")].into_iter().flatten().collect::<Vec<_>>().join(" ");
            Some(Detail::Contacts(vec![ContactCard { name, phones: row.text("fallback_title").into_iter().collect(), emails: Vec::new() }]))
        }
        _ => None,
    }
}

/// A file's place; its bytes come later, or not.
fn file(kind: i64, row: &Row, blob: Option<&Row>) -> Attachment {
    let external = row.text("external_url");
    let named = blob.and_then(|b| b.text("filename")).or_else(|| external.as_deref().and_then(|u| u.rsplit('/').next()).map(str::to_owned));
    let view = AttachmentView {
        id: AttachmentId(row.id()),
        kind: match kind {
            0 => AttachmentKind::Image,
            1 => AttachmentKind::Audio,
            2 => AttachmentKind::Video,
            _ => AttachmentKind::Document,
        },
        name: crate::uploads::clean_name(&named.unwrap_or_default()),
        mime: blob.and_then(|b| b.text("content_type")).unwrap_or_else(|| "application/octet-stream".to_owned()),
        size: blob.and_then(|b| b.int("byte_size")).unwrap_or_default(),
        voice: row.object("meta").on("is_recorded_audio"),
        state: FileState::Failed,
        ..AttachmentView::default()
    };
    let remote = blob.and_then(|b| b.text("key")).map(|key| files::remote(&key));
    Attachment { view, path: String::new(), remote, inbox: None, message: None }
}

/// How far it got; only what is said to customers goes anywhere.
fn state(row: &Row, attributes: &Row, kind: MessageKind) -> (MessageState, Option<String>) {
    match row.int("status").filter(|_| kind == MessageKind::Outgoing) {
        Some(1) => (MessageState::Delivered, None),
        Some(2) => (MessageState::Read, None),
        Some(3) => (MessageState::Failed { reason: FailureReason::Refused }, attributes.text("external_error")),
        _ => (MessageState::Sent, None),
    }
}

/// One message, with its attachments and their blobs.
fn line(row: &Row, attachments: &[Row], blobs: &BTreeMap<i64, Row>) -> Line {
    let attributes = row.object("content_attributes");
    let deleted = attributes.on("deleted");
    let (kind, sender) = (row.int("message_type").unwrap_or_default(), row.refers("sender_id"));
    let author = match (row.text("sender_type").as_deref(), sender) {
        (Some("Contact"), Some(id)) => Author::Contact { id: ContactId(id) },
        (Some("User"), Some(id)) => Author::User { id: UserId(id) },
        // Who wrote before senders were kept is the conversation's contact.
        _ if kind == 0 => Author::Contact { id: ContactId(0) },
        _ => Author::System,
    };
    let kind = match kind {
        _ if row.on("private") => MessageKind::Note,
        0 => MessageKind::Incoming,
        2 => MessageKind::Activity,
        _ => MessageKind::Outgoing,
    };
    let content_type = CONTENT.get(row.int("content_type").unwrap_or_default() as usize).copied().unwrap_or("text");
    let mail = if deleted { None } else { mail(&attributes.object("email")) };
    let (mut detail, html) = match mail {
        Some((head, html)) => (Some(Detail::Mail(Box::new(head))), html),
        None => (asked(content_type, &attributes.0), None),
    };
    if content_type == "sticker" {
        detail = detail.or(Some(Detail::Sticker));
    }
    let mut kept = Vec::new();
    for attachment in attachments.iter().filter(|_| !deleted) {
        let of = attachment.int("file_type").unwrap_or_default();
        let blob = blobs.get(&attachment.id());
        match beside(of, attachment) {
            // A story's or a post's picture that was kept is worth more than the address it had.
            Some(said) if blob.is_none() => detail = detail.or(Some(said)),
            _ => kept.push(file(of, attachment, blob)),
        }
    }
    let (state, reason) = state(row, &attributes, kind);
    let mut extra = MessageExtra::default();
    if row.text("sender_type").as_deref() == Some("AgentBot") {
        extra.bot = sender;
    }
    if content_type != "text" {
        extra.content_type = Some(content_type.to_owned());
    }
    // A mail's parts stand in its detail and HTML; they need not be kept twice.
    extra.content_attributes = attributes
        .0
        .iter()
        .filter(|(key, value)| key.as_str() != "email" && !value.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    if deleted {
        extra = MessageExtra::default();
    }
    let view = MessageView {
        id: MessageId(row.id()),
        conversation: ConversationId(row.refers("conversation_id").unwrap_or_default()),
        kind,
        author,
        text: if deleted { String::new() } else { row.words("content") },
        state,
        at: row.made(),
        deleted_at: deleted.then(|| row.at("updated_at").unwrap_or_else(|| row.made())),
        detail: if deleted { None } else { detail },
        reason,
        ..MessageView::default()
    };
    Line {
        view,
        answers: attributes.refers("in_reply_to"),
        source: row.text("source_id").map(|id| id.trim().to_owned()),
        extra: (extra != MessageExtra::default()).then(|| serde_json::to_string(&extra).unwrap_or_default()),
        html,
        files: kept,
    }
}

impl Move<'_> {
    /// One piece of messages in our words, with the places of their files.
    pub(super) async fn read_lines(&self, page: Vec<Row>) -> Result<Vec<Line>> {
        let from = ImportError::Source;
        let ids: Vec<i64> = page.iter().map(Row::id).collect();
        let mut attachments: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
        let mut all = Vec::new();
        for row in self.source.of("attachments", "message_id", &ids).await.map_err(from)?.into_iter().map(Row) {
            all.push(row.id());
            attachments.entry(row.refers("message_id").unwrap_or_default()).or_default().push(row);
        }
        let blobs = self.blobs_of("Attachment", &all).await?;
        let none = Vec::new();
        let each = |row: &Row| {
            let mut line = line(row, attachments.get(&row.id()).unwrap_or(&none), &blobs);
            let bot = row
                .refers("sender_id")
                .filter(|_| row.text("sender_type").as_deref() == Some("AgentBot") && line.view.deleted_at.is_none());
            line.view.bot = bot.and_then(|id| self.known.bots.get(&id)).map(|(_, name)| name.clone());
            line
        };
        Ok(page.iter().map(each).collect())
    }

    /// Writes one piece of messages.
    pub(super) async fn lines(&self, made: Vec<Line>, mut place: Place) -> Result<Place> {
        self.write(async move |tx: &mut Tx| {
            let became = rows::messages(tx, made).await?;
            place.report.came("messages", became.made);
            place.report.came("attachments", became.files);
            for id in became.orphans {
                place.report.left("messages", "their conversation is gone or could not come", id);
            }
            for id in became.doubled {
                place.report.left("provider's ids", "another message of the inbox has the same: the later message came without", id);
            }
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// The blobs of these records, by the record's id.
    pub(super) async fn blobs_of(&self, kind: &str, ids: &[i64]) -> Result<BTreeMap<i64, Row>> {
        let from = ImportError::Source;
        let links = self.source.of_kind("active_storage_attachments", ("record_type", kind), "record_id", ids).await.map_err(from)?;
        let links: Vec<(i64, i64)> =
            links.into_iter().map(Row).filter_map(|l| Some((l.refers("record_id")?, l.refers("blob_id")?))).collect();
        let wanted: Vec<i64> = links.iter().map(|(_, blob)| *blob).collect();
        let blobs = self.source.of("active_storage_blobs", "id", &wanted).await.map_err(ImportError::Source)?;
        let blobs: BTreeMap<i64, Row> = blobs.into_iter().map(Row).map(|b| (b.id(), b)).collect();
        Ok(links.into_iter().filter_map(|(record, blob)| Some((record, blobs.get(&blob)?.clone()))).collect())
    }
}

/// What a rich message asked, with the answer it had; none for what is plain or cannot be shown.
fn asked(content_type: &str, attributes: &Map<String, Value>) -> Option<Detail> {
    let mut detail = rich::shape(content_type, attributes).ok().flatten()?;
    let email = attributes.get("submitted_email");
    if let Some(values) = attributes.get("submitted_values").or(email).and_then(|values| rich::given(values).ok()) {
        // What it was answered with may no longer be among what it offers; it was answered all the same.
        let _ = rich::answered(&mut detail, &values);
    }
    Some(detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn row(value: Value) -> Row {
        Row(value.as_object().unwrap().clone())
    }

    fn one(value: Value) -> Line {
        line(&row(value), &[], &BTreeMap::new())
    }

    #[test]
    fn a_message_taken_back_says_nothing_any_more() {
        let made = one(json!({
            "id": 9, "conversation_id": 2, "message_type": 1, "content": "This message was deleted", "sender_type": "User", "sender_id": 5,
            "content_attributes": "{\"deleted\":true}", "created_at": "2025-01-01T00:00:00", "updated_at": "2025-01-01T00:01:00"
        }));
        assert_eq!((made.view.text.as_str(), made.view.deleted_at), ("", Some(Timestamp(1_735_689_660_000))));
        assert_eq!((made.view.author, made.extra), (Author::User { id: UserId(5) }, None));
    }

    #[test]
    fn kinds_and_authors() {
        let of = |kind: i64, sender: Option<&str>, private: bool| {
            let made =
                one(json!({ "id": 1, "message_type": kind, "sender_type": sender, "sender_id": sender.map(|_| 7), "private": private }));
            (made.view.kind, made.view.author)
        };
        assert_eq!(of(0, None, false), (MessageKind::Incoming, Author::Contact { id: ContactId(0) }));
        assert_eq!(of(0, Some("Contact"), false), (MessageKind::Incoming, Author::Contact { id: ContactId(7) }));
        assert_eq!(of(1, Some("User"), true), (MessageKind::Note, Author::User { id: UserId(7) }));
        assert_eq!(of(3, None, false), (MessageKind::Outgoing, Author::System));
        assert_eq!(of(2, None, false), (MessageKind::Activity, Author::System));
    }

    #[test]
    fn a_mail_keeps_its_head_and_loses_what_could_run() {
        let made = one(json!({
            "id": 1, "message_type": 0, "content_type": 8, "content": "Oi", "source_id": "abc@mail.example",
            "content_attributes": { "email": {
                "from": ["bia@loja.example"], "to": ["oi@nos.example"], "cc": null, "subject": "Pedido",
                "html_content": { "full": "<p>Oi</p><script>alert(1)</script>" }
            } }
        }));
        let Some(Detail::Mail(head)) = &made.view.detail else { panic!("{made:?}") };
        assert_eq!((head.from.as_str(), head.subject.as_str(), head.html), ("bia@loja.example", "Pedido", true));
        let html = made.html.unwrap();
        assert!(html.contains("Oi") && !html.contains("script"), "{html}");
        assert_eq!(made.source.as_deref(), Some("abc@mail.example"));
    }

    #[test]
    fn files_wait_for_their_bytes_and_places_are_said() {
        let blob = row(json!({ "id": 3, "key": "abcd1234", "filename": "nota.pdf", "content_type": "application/pdf", "byte_size": 10 }));
        let attachments = [
            row(json!({ "id": 8, "message_id": 1, "file_type": 3 })),
            row(
                json!({ "id": 9, "message_id": 1, "file_type": 4, "coordinates_lat": -8.05, "coordinates_long": -34.9, "fallback_title": "Recife" }),
            ),
        ];
        let made = line(&row(json!({ "id": 1, "message_type": 0 })), &attachments, &BTreeMap::from([(8, blob)]));
        assert_eq!(made.files.len(), 1);
        assert_eq!((made.files[0].view.name.as_str(), made.files[0].view.state), ("nota.pdf", FileState::Failed));
        assert!(made.files[0].remote.as_deref().unwrap().contains("abcd1234"));
        let Some(Detail::Location(place)) = made.view.detail else { panic!() };
        assert_eq!((place.latitude.as_str(), place.name.as_deref()), ("-8.05", Some("Recife")));
    }
}
