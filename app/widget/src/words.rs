//! What the server and the chat say to each other, between trees of JSON and the shared types.
//! The shapes are `model`'s; the tests read and write both ways and fail when one moves without the other.

use crate::json::{Json, map, texts};
use model::*;

/// Pairs of a name and a text, where order matters more than looking up.
pub type Pairs = Vec<(String, String)>;

/// What the server answers a hello with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// See [`VisitorSession::token`].
    pub token: Option<String>,
    /// See [`VisitorSession::config`].
    pub config: WidgetConfig,
    /// The newest messages, oldest first.
    pub messages: Vec<VisitorMessage>,
    /// Whether older ones exist.
    pub more: bool,
    /// How many were not seen.
    pub unread: i64,
    /// Whether the conversation is resolved.
    pub resolved: bool,
    /// See [`VisitorSession::seq`].
    pub seq: Seq,
    /// See [`VisitorSession::known`].
    pub known: Pairs,
}

/// Who the site says the visitor is; [`IdentityClaim`] without its sorting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Identifier, hash, name, e-mail and phone, as far as given.
    pub about: Pairs,
    /// Anything else.
    pub attributes: Pairs,
}

impl Claim {
    /// One of the five.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.about.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str())
    }

    /// As the server takes it.
    #[must_use]
    pub fn write(&self) -> Json {
        let mut members = texts(&self.about);
        if let Json::Map(members) = &mut members {
            members.push(("attributes".into(), texts(&self.attributes)));
        }
        members
    }
}

/// Reads [`VisitorSession`].
#[must_use]
pub fn session(json: &Json) -> Option<Session> {
    let thread = json.get("thread");
    Some(Session {
        token: json.maybe("token"),
        config: config(json.get("config"))?,
        messages: thread.get("messages").list().iter().filter_map(message).collect(),
        more: thread.get("more").yes(),
        unread: thread.get("unread").whole().unwrap_or_default(),
        resolved: thread.get("resolved").yes(),
        seq: Seq(json.get("seq").whole()?),
        known: pairs(json.get("known")),
    })
}

/// The members of a map that are texts.
#[must_use]
pub fn pairs(json: &Json) -> Pairs {
    json.members().iter().filter_map(|(name, value)| Some((name.clone(), value.text()?.to_owned()))).collect()
}

fn config(json: &Json) -> Option<WidgetConfig> {
    let (form, on, can) = (json.get("pre_chat"), json.get("features"), json.get("capabilities"));
    let whole = |key: &str| can.get(key).whole().unwrap_or_default();
    let count = |key: &str| u32::try_from(whole(key)).unwrap_or_default();
    let question = |field: &Json| PreChatField {
        key: field.string("key"),
        label: field.string("label"),
        required: field.get("required").yes(),
        enabled: field.get("enabled").yes(),
    };
    Some(WidgetConfig {
        name: json.maybe("name")?,
        colour: json.string("colour"),
        heading: json.string("heading"),
        tagline: json.string("tagline"),
        reply_time: json.string("reply_time"),
        language: Language::from_tag(json.get("language").text().unwrap_or_default()).unwrap_or_default(),
        team: json
            .get("team")
            .list()
            .iter()
            .map(|face| {
                let part = |at: usize| face.list().get(at).and_then(Json::text).map(str::to_owned);
                (part(0).unwrap_or_default(), part(1))
            })
            .collect(),
        online: json.get("online").yes(),
        pre_chat: PreChat {
            enabled: form.get("enabled").yes(),
            message: form.string("message"),
            fields: form.get("fields").list().iter().map(question).collect(),
        },
        features: WidgetFeatures {
            attachments: on.get("attachments").yes(),
            video: on.get("video").yes(),
            audio: on.get("audio").yes(),
            emoji: on.get("emoji").yes(),
            branding: on.get("branding").yes(),
        },
        capabilities: Capabilities {
            text_limit: count("text_limit"),
            image: whole("image"),
            video: whole("video"),
            audio: whole("audio"),
            document: whole("document"),
            files: count("files"),
            delivered: can.get("delivered").yes(),
            read: can.get("read").yes(),
            typing: can.get("typing").yes(),
            reply_window_hours: can.get("reply_window_hours").whole().and_then(|hours| u32::try_from(hours).ok()),
            more: Default::default(),
        },
    })
}

/// Reads [`VisitorMessage`]. Of its states only "read" is told apart: the visitor's own message is sent or it is not here.
#[must_use]
pub fn message(json: &Json) -> Option<VisitorMessage> {
    Some(VisitorMessage {
        id: MessageId(json.get("id").whole()?),
        key: json.get("key").text().and_then(key),
        mine: json.get("mine").yes(),
        author: json.maybe("author"),
        photo: json.maybe("photo"),
        text: json.string("text"),
        files: json.get("files").list().iter().filter_map(file).collect(),
        state: if json.get("state").text() == Some("read") { MessageState::Read } else { MessageState::Sent },
        at: Timestamp(json.get("at").whole()?),
        rich: json.maybe("rich"),
    })
}

fn file(json: &Json) -> Option<AttachmentView> {
    Some(AttachmentView {
        id: AttachmentId(json.get("id").whole()?),
        kind: match json.get("kind").text()? {
            "image" => AttachmentKind::Image,
            "video" => AttachmentKind::Video,
            "audio" => AttachmentKind::Audio,
            _ => AttachmentKind::Document,
        },
        name: json.string("name"),
        mime: json.string("mime"),
        size: json.get("size").whole().unwrap_or_default(),
        width: json.get("width").whole(),
        height: json.get("height").whole(),
        link: json.maybe("link"),
        ..AttachmentView::default()
    })
}

/// Reads a key.
#[must_use]
pub fn key(text: &str) -> Option<ClientKey> {
    let mut digits = text.chars().filter(|c| *c != '-');
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        let (high, low) = (digits.next()?.to_digit(16)?, digits.next()?.to_digit(16)?);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then(|| ClientKey(uuid::Uuid::from_bytes(bytes)))
}

/// Reads [`VisitorEvent`]; what a newer server says beyond it is none.
#[must_use]
pub fn event(json: &Json) -> Option<VisitorEvent> {
    if json.text() == Some("reset") {
        return Some(VisitorEvent::Reset);
    }
    let (kind, said) = json.members().first()?;
    Some(match kind.as_str() {
        "message" => VisitorEvent::Message { message: message(said.get("message"))? },
        "seen" => VisitorEvent::Seen { up_to: MessageId(said.get("up_to").whole()?) },
        "typing" => VisitorEvent::Typing { name: said.string("name"), on: said.get("on").yes() },
        "resolved" => VisitorEvent::Resolved { on: said.get("on").yes() },
        _ => return None,
    })
}

/// Reads [`VisitorSent`]: token, message, position.
#[must_use]
pub fn sent(json: &Json) -> Option<(Option<String>, VisitorMessage, Seq)> {
    Some((json.maybe("token"), message(json.get("message"))?, Seq(json.get("seq").whole()?)))
}

const CODES: [(&str, FaultCode); 16] = [
    ("signed_out", FaultCode::SignedOut),
    ("wrong_credentials", FaultCode::WrongCredentials),
    ("forbidden", FaultCode::Forbidden),
    ("missing", FaultCode::Missing),
    ("invalid", FaultCode::Invalid),
    ("conflict", FaultCode::Conflict),
    ("too_many", FaultCode::TooMany),
    ("too_large", FaultCode::TooLarge),
    ("link_expired", FaultCode::LinkExpired),
    ("sign_up_closed", FaultCode::SignUpClosed),
    ("not_on_this_channel", FaultCode::NotOnThisChannel),
    ("provider", FaultCode::Provider),
    ("foreign_origin", FaultCode::ForeignOrigin),
    ("offline", FaultCode::Offline),
    ("not_stored", FaultCode::NotStored),
    ("internal", FaultCode::Internal),
];

/// Reads [`FaultBody`].
#[must_use]
pub fn fault(json: &Json) -> Option<FaultBody> {
    let said = json.get("code").text()?;
    let code = CODES.iter().find(|(name, _)| *name == said)?.1;
    let field = |pair: &Json| match pair.list() {
        [name, wrong] => Some((name.text()?.to_owned(), violation(wrong))),
        _ => None,
    };
    Some(FaultBody {
        code,
        fields: json.get("fields").list().iter().filter_map(field).collect(),
        words: None,
        reference: json.maybe("reference"),
        retry_after: json.get("retry_after").whole().and_then(|seconds| u32::try_from(seconds).ok()),
    })
}

fn violation(json: &Json) -> Violation {
    let bound = |key: &str| json.get(key).whole().and_then(|bound| u32::try_from(bound).ok());
    match (json.text(), bound("too_long"), bound("too_short")) {
        (_, Some(most), _) => Violation::TooLong(most),
        (_, _, Some(least)) => Violation::TooShort(least),
        (Some("required"), ..) => Violation::Required,
        (Some("taken"), ..) => Violation::Taken,
        (Some("too_common"), ..) => Violation::TooCommon,
        _ => Violation::Malformed,
    }
}

/// Writes [`VisitorHello`].
#[must_use]
pub fn hello(inbox: &str, identity: Option<&Claim>, page: Option<&str>, language: &str) -> Json {
    let identity = identity.map_or(Json::Null, Claim::write);
    map([("inbox", inbox.into()), ("identity", identity), ("page", page.into()), ("language", language.into())])
}

/// Writes [`VisitorDraft`].
#[must_use]
pub fn draft(inbox: &str, pending: &crate::thread::Pending, files: &[String], page: Option<&str>, language: &str) -> Json {
    map([
        ("inbox", inbox.into()),
        ("key", pending.key.to_string().as_str().into()),
        ("text", pending.text.as_str().into()),
        ("files", Json::List(files.iter().map(|key| key.as_str().into()).collect())),
        ("answers", texts(&pending.answers)),
        ("page", page.into()),
        ("language", language.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::{Pending, Progress};
    use serde::Serialize;

    fn tree(value: &impl Serialize) -> Json {
        Json::parse(&serde_json::to_string(value).unwrap()).unwrap()
    }

    fn one_message() -> VisitorMessage {
        VisitorMessage {
            id: MessageId(7),
            key: Some(ClientKey::new(1_700_000_000_000, b"0123456789")),
            mine: true,
            author: Some("Ana \"A\"".into()),
            photo: Some("/avatars/x".into()),
            text: "oi\n😀".into(),
            files: [AttachmentKind::Image, AttachmentKind::Video, AttachmentKind::Audio, AttachmentKind::Document]
                .into_iter()
                .map(|kind| AttachmentView {
                    id: AttachmentId(3),
                    kind,
                    name: "a".into(),
                    mime: "b/c".into(),
                    size: 9,
                    width: Some(1),
                    height: None,
                    link: Some("/x".into()),
                    ..AttachmentView::default()
                })
                .collect(),
            state: MessageState::Read,
            at: Timestamp(1_700_000_000_001),
            rich: Some(r#"[{"tag":"p"}]"#.into()),
        }
    }

    fn one_config() -> WidgetConfig {
        WidgetConfig {
            name: "Loja".into(),
            colour: "#123456".into(),
            heading: "h".into(),
            tagline: "t".into(),
            reply_time: "day".into(),
            language: Language::English,
            team: vec![("Ana".into(), Some("/a".into())), ("Rui".into(), None)],
            online: true,
            pre_chat: PreChat {
                enabled: true,
                message: "m".into(),
                fields: vec![PreChatField { key: "email".into(), label: "l".into(), required: true, enabled: true }],
            },
            features: WidgetFeatures { attachments: false, video: true, audio: true, emoji: true, branding: true },
            capabilities: Capabilities {
                text_limit: 1,
                image: 2,
                video: 3,
                audio: 4,
                document: 5,
                files: 6,
                delivered: true,
                read: true,
                typing: true,
                reply_window_hours: Some(7),
                more: Default::default(),
            },
        }
    }

    #[test]
    fn a_session_is_read_whole() {
        let known = [("name".to_owned(), "Rui".to_owned())];
        let said = VisitorSession {
            token: Some("t".into()),
            config: one_config(),
            thread: Some(VisitorThread { messages: vec![one_message()], more: true, unread: 2, resolved: true }),
            seq: Seq(5),
            known: known.clone().into_iter().collect(),
        };
        let read = Session {
            token: Some("t".into()),
            config: one_config(),
            messages: vec![one_message()],
            more: true,
            unread: 2,
            resolved: true,
            seq: Seq(5),
            known: known.to_vec(),
        };
        assert_eq!(session(&tree(&said)), Some(read));
        let fresh = VisitorSession { token: None, thread: None, ..said };
        let read = session(&tree(&fresh)).unwrap();
        assert_eq!((read.token, read.messages.len(), read.more, read.unread), (None, 0, false, 0));
    }

    #[test]
    fn every_event_is_understood_and_others_pass() {
        for said in [
            VisitorEvent::Message { message: one_message() },
            VisitorEvent::Seen { up_to: MessageId(4) },
            VisitorEvent::Typing { name: "Ana".into(), on: true },
            VisitorEvent::Resolved { on: true },
            VisitorEvent::Reset,
        ] {
            assert_eq!(event(&tree(&said)), Some(said));
        }
        assert_eq!(event(&map([("dance", Json::Null)])), None);
        let answer =
            VisitorSent { token: None, message: VisitorMessage { key: None, state: MessageState::Sent, ..one_message() }, seq: Seq(1) };
        assert_eq!(sent(&tree(&answer)), Some((None, answer.message.clone(), Seq(1))));
    }

    #[test]
    fn every_refusal_is_understood() {
        let wrong = [
            Violation::Required,
            Violation::TooLong(5),
            Violation::TooShort(6),
            Violation::Malformed,
            Violation::Taken,
            Violation::TooCommon,
        ];
        let fields: Vec<_> = wrong.into_iter().map(|violation| ("email".to_owned(), violation)).collect();
        for (name, code) in CODES {
            let said = FaultBody { code, fields: fields.clone(), words: None, reference: Some("r".into()), retry_after: Some(9) };
            assert_eq!(fault(&tree(&said)), Some(said));
            assert_eq!(tree(&code).text(), Some(name));
        }
    }

    #[test]
    fn the_server_understands_what_is_written() {
        let claim = Claim {
            about: vec![("identifier".into(), "4411".into()), ("hash".into(), "ab".into()), ("name".into(), "Rui".into())],
            attributes: vec![("plan".into(), "gold".into())],
        };
        let said: VisitorHello = serde_json::from_str(&hello("i", Some(&claim), Some("https://x"), "pt-BR").write()).unwrap();
        let identity = IdentityClaim {
            identifier: "4411".into(),
            hash: Some("ab".into()),
            name: Some("Rui".into()),
            attributes: [("plan".to_owned(), "gold".to_owned())].into_iter().collect(),
            ..IdentityClaim::default()
        };
        assert_eq!(
            said,
            VisitorHello { inbox: "i".into(), identity: Some(identity), page: Some("https://x".into()), language: Some("pt-BR".into()) }
        );
        let anonymous: VisitorHello = serde_json::from_str(&hello("i", None, None, "en").write()).unwrap();
        assert_eq!((anonymous.identity, anonymous.page), (None, None));

        let own = ClientKey::new(1_700_000_000_000, b"abcdefghij");
        let answers = vec![("email".to_owned(), "a@b.c".to_owned())];
        let pending = Pending {
            key: own,
            text: "oi".into(),
            files: Vec::new(),
            answers: answers.clone(),
            at: Timestamp(1),
            progress: Progress::Sending,
        };
        let said: VisitorDraft = serde_json::from_str(&draft("i", &pending, &["f".to_owned()], None, "en").write()).unwrap();
        assert_eq!(
            (said.key, said.text.as_str(), said.files, said.answers),
            (own, "oi", vec!["f".to_owned()], answers.into_iter().collect())
        );
        assert_eq!(key(&own.to_string()), Some(own));
        assert_eq!(key("12"), None);
    }
}
