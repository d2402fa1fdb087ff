//! What differs from provider to provider, as a table: credentials of its sandbox account, what it carries, how it says no. Which flows must
//! hold is the same for all, and stands beside this.

use model::{AttachmentKind, FailureReason, MessageState};
use serde_json::{Value, json};

/// One line of the table.
pub struct Provider {
    /// The channel.
    pub kind: &'static str,
    /// The sandbox account's key.
    pub account: &'static str,
    /// What an administrator enters.
    pub settings: fn() -> Value,
    /// A customer's address.
    pub person: &'static str,
    /// Another's.
    pub other: &'static str,
    /// What customers send, and what we keep it as.
    pub hears: &'static [(&'static str, AttachmentKind)],
    /// What agents can send: files of the samples.
    pub sends: &'static [&'static str],
    /// A file that it does not take, where there is one.
    pub not: Option<&'static str>,
    /// Whether a reply may quote.
    pub quotes: bool,
    /// As far as its receipts go.
    pub reaches: MessageState,
    /// How many hours after the customer's last words no reply may leave.
    pub window: Option<i64>,
    /// A template that may leave all the same.
    pub template: Option<fn() -> Value>,
    /// A failure that passes.
    pub busy: fn() -> Value,
    /// A refusal for good, and what an agent is told.
    pub refusal: (fn() -> Value, FailureReason),
    /// Whether a message is told as ours by a key or app id when it comes back, or written on a phone.
    pub echoes: bool,
    /// Whether it shows by itself that it has a message whose send it never answered.
    pub resolves: bool,
}

use AttachmentKind::{Audio, Document, Image, Video};

const ALL: &[(&str, AttachmentKind)] = &[("image", Image), ("video", Video), ("audio", Audio), ("voice", Audio), ("document", Document)];

pub static TELEGRAM: Provider = Provider {
    kind: "telegram",
    account: "700000001",
    settings: || json!({ "name": "Bot", "token": "700000001:SANDBOX_telegram_bot_token_00000001" }),
    person: "5000000143",
    other: "5000000144",
    hears: ALL,
    sends: &["foto.jpg", "video.mp4", "audio.mp3", "som.m4a", "voz.ogg", "documento.pdf"],
    not: None,
    quotes: true,
    reaches: MessageState::Sent,
    window: None,
    template: None,
    busy: || json!({ "error": "too_many", "retry_after": 14 }),
    refusal: (|| json!({ "error": "blocked" }), FailureReason::Blocked),
    echoes: false,
    resolves: false,
};

pub static WHATSAPP: Provider = Provider {
    kind: "whatsapp",
    account: "100000000000001",
    settings: || {
        json!({ "name": "WhatsApp", "phone_number_id": "100000000000001", "business_account_id": "200000000000001",
            "token": "EAASANDBOXwhatsapp00000000000000000001" })
    },
    person: "12025550143",
    other: "12025550144",
    hears: ALL,
    sends: &["foto.jpg", "video.mp4", "audio.mp3", "som.m4a", "voz.ogg", "documento.pdf"],
    not: None,
    quotes: true,
    reaches: MessageState::Read,
    window: Some(25),
    template: Some(|| json!({ "name": "retomar_conversa", "language": "pt_BR", "params": { "1": "Ana" } })),
    busy: || json!({ "error": 130_429 }),
    refusal: (|| json!({ "error": 131_026 }), FailureReason::BadAddress),
    echoes: true,
    resolves: true,
};

pub static MESSENGER: Provider = Provider {
    kind: "messenger",
    account: "610000000000001",
    settings: || json!({ "name": "Página", "page_id": "610000000000001", "token": "EAASANDBOXpage0000000000000000000000001" }),
    person: "7100000000000001",
    other: "7100000000000002",
    hears: ALL,
    sends: &["foto.jpg", "video.mp4", "audio.mp3", "documento.pdf"],
    not: None,
    quotes: true,
    reaches: MessageState::Read,
    window: Some(169),
    template: None,
    busy: || json!({ "error": 613 }),
    refusal: (|| json!({ "error": 551, "subcode": 1_545_041 }), FailureReason::Blocked),
    echoes: true,
    resolves: true,
};

pub static INSTAGRAM: Provider = Provider {
    kind: "instagram",
    account: "17841400000000001",
    settings: || json!({ "name": "Instagram", "login": "instagram", "token": "IGSANDBOXtoken000000000000000000000001" }),
    person: "1380000000000001",
    other: "1380000000000002",
    hears: &[("image", Image), ("video", Video), ("audio", Audio)],
    sends: &["foto.jpg", "video.mp4", "som.wav", "som.m4a"],
    not: Some("documento.pdf"),
    quotes: true,
    reaches: MessageState::Read,
    window: Some(169),
    template: None,
    busy: || json!({ "error": 613 }),
    refusal: (|| json!({ "error": 551, "subcode": 1_545_041 }), FailureReason::Blocked),
    echoes: true,
    resolves: true,
};

pub static LINE: Provider = Provider {
    kind: "line",
    account: "2000000001",
    settings: || {
        json!({ "name": "LINE", "channel_secret": "sandbox-line-channel-secret-0001",
            "token": "SANDBOXlineToken/0000000000000000000000000001=" })
    },
    person: "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
    other: "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2",
    hears: ALL,
    sends: &["foto.jpg", "video.mp4", "audio.mp3", "som.m4a"],
    not: Some("documento.pdf"),
    quotes: true,
    reaches: MessageState::Sent,
    window: None,
    template: None,
    busy: || json!({ "error": "rate" }),
    refusal: (|| json!({ "error": "failed" }), FailureReason::BadAddress),
    echoes: false,
    resolves: false,
};

/// What Twilio's and Bandwidth's numbers have in common.
const NUMBER: Provider = Provider {
    kind: "twilio",
    account: "AC00000000000000000000000000000001",
    settings: || {
        json!({ "name": "SMS", "medium": "sms", "account_sid": "AC00000000000000000000000000000001",
            "auth_token": "5a4db0c0sandboxtwilioauthtoken01", "phone": "+12025550100" })
    },
    person: "+12025550143",
    other: "+12025550144",
    hears: &[("image", Image), ("video", Video), ("audio", Audio), ("document", Document)],
    sends: &["foto.jpg", "video.mp4", "audio.mp3", "documento.pdf"],
    not: None,
    quotes: false,
    reaches: MessageState::Delivered,
    window: None,
    template: None,
    busy: || json!({ "error": 20_429 }),
    refusal: (|| json!({ "error": 21_610 }), FailureReason::Blocked),
    echoes: false,
    resolves: false,
};

pub static SMS: Provider = NUMBER;

pub static TWILIO_WHATSAPP: Provider = Provider {
    settings: || {
        json!({ "name": "WhatsApp por Twilio", "medium": "whatsapp", "account_sid": "AC00000000000000000000000000000001",
            "auth_token": "5a4db0c0sandboxtwilioauthtoken01", "phone": "+12025550101" })
    },
    person: "whatsapp:+12025550143",
    other: "whatsapp:+12025550144",
    hears: ALL,
    reaches: MessageState::Read,
    window: Some(25),
    template: Some(|| json!({ "name": "HX00000000000000000000000000000001", "language": "pt_BR", "params": { "1": "Ana" } })),
    ..NUMBER
};

pub static BANDWIDTH: Provider = Provider {
    kind: "bandwidth",
    account: "5000000",
    settings: || {
        json!({ "name": "SMS", "account_id": "5000000", "application_id": "00000000-0000-4000-8000-000000000001", "phone": "+12025550102",
            "api_user": "sandbox-user", "api_secret": "sandbox pass:word" })
    },
    busy: || json!({ "error": "rate" }),
    refusal: (|| json!({ "error": "'to' is no destination", "text": "'to' must be a valid number" }), FailureReason::BadAddress),
    resolves: true,
    ..NUMBER
};

pub static X: Provider = Provider {
    kind: "x",
    account: "1111111111111111111",
    settings: || {
        json!({ "name": "X", "consumer_key": "sandboxConsumerKey", "consumer_secret": "sandbox-x-consumer-secret",
            "token": "1111111111111111111-sandboxToken", "token_secret": "sandboxTokenSecret", "bearer": "SANDBOXxAppBearer0000000001" })
    },
    person: "2222222222222222222",
    other: "2222222222222222223",
    hears: &[("image", Image), ("video", Video)],
    sends: &["foto.jpg", "video.mp4"],
    not: Some("documento.pdf"),
    quotes: false,
    reaches: MessageState::Read,
    window: None,
    template: None,
    busy: || json!({ "error": "rate", "retry_after": 20 }),
    refusal: (|| json!({ "error": "closed" }), FailureReason::Blocked),
    echoes: true,
    resolves: true,
};
