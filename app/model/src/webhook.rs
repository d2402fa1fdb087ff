//! Outgoing webhooks as administrators see and write them: endpoints, what each hears, and the log of what was sent.
//! When something is sent, and how often, is the service's business.

use crate::{InboxId, Timestamp};
use serde::{Deserialize, Serialize};

/// Events an endpoint can hear, in the order they are offered.
pub const HOOK_EVENTS: [&str; 12] = [
    "conversation_created",
    "conversation_status_changed",
    "conversation_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
    "contact_created",
    "contact_updated",
    "inbox_created",
    "inbox_updated",
    "conversation_typing_on",
    "conversation_typing_off",
];

/// Whose secret it is that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretOf {
    /// Of a webhook.
    Webhook(i64),
    /// Of the callback of an API inbox.
    Inbox(InboxId),
    /// Of a bot, wherever it answers.
    Bot(i64),
}

/// What an endpoint belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookOwner {
    /// To the account: it is made, changed and deleted on its own.
    Account,
    /// To an API inbox, whose settings say where it is.
    Inbox,
    /// To a bot of this name, whose settings say where it is.
    Bot(String),
}

/// Why an endpoint is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookOff {
    /// It said itself that it is no more.
    Gone,
    /// It took nothing for five days.
    Dead,
}

/// An endpoint as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookView {
    /// Its id.
    pub id: i64,
    /// What it belongs to.
    pub owner: HookOwner,
    /// What people call it; may be empty.
    pub name: String,
    /// Where.
    pub url: String,
    /// Only of this inbox.
    pub inbox: Option<InboxId>,
    /// What it hears; callbacks and bots hear all of theirs, and have none here.
    pub events: Vec<String>,
    /// The secret that signs what it is sent.
    pub secret: SecretView,
    /// Since when nothing has arrived.
    pub failing_since: Option<Timestamp>,
    /// Why it is switched off.
    pub off: Option<HookOff>,
}

/// A secret that signs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// As it is copied.
    pub value: String,
    /// Until when the one before it signs as well.
    pub both_until: Option<Timestamp>,
}

/// An endpoint as administrators write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookEdit {
    /// What people call it.
    pub name: String,
    /// Where.
    pub url: String,
    /// What it hears.
    pub events: Vec<String>,
    /// Only of this inbox.
    pub inbox: Option<InboxId>,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Not tried yet.
    Waiting,
    /// Tried, and tried again later.
    Again,
    /// Taken.
    Done,
    /// Given up.
    Failed,
}

/// A line of an endpoint's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// Its id.
    pub id: i64,
    /// The event's name.
    pub event: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: i64,
    /// The last answer's status; none where there was no answer.
    pub status: Option<i64>,
    /// When it came to be.
    pub at: Timestamp,
    /// When it is sent next.
    pub next_at: Option<Timestamp>,
}

/// What was sent, and what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// Its line of the log.
    pub line: DeliveryView,
    /// Where it was sent last, or would be.
    pub url: String,
    /// The headers of the last attempt; none before the first.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub request: String,
    /// The beginning of the last answer, or why there was none.
    pub answer: Option<String>,
}
