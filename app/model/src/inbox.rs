//! Inboxes: one configured channel each.

use crate::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An inbox as every member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxView {
    /// Its id within the account.
    pub id: InboxId,
    /// Its name.
    pub name: String,
    /// Which channel it connects.
    pub kind: ChannelKind,
    /// The channel's glyph, as in [`ChannelCard`].
    pub icon: String,
    /// What it can carry.
    pub capabilities: Capabilities,
    /// Whether it works.
    #[serde(default, skip_serializing_if = "InboxState::is_connected")]
    pub state: InboxState,
}

/// Whether an inbox can work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxState {
    /// It can, as far as we know.
    #[default]
    Connected,
    /// The provider no longer takes our credentials: nothing leaves until somebody connects it again.
    Reauthorise {
        /// Since when.
        since: Timestamp,
        /// The provider's words.
        words: String,
    },
    /// It was brought from another house, which its provider still calls: it waits to be connected here.
    Moved {
        /// Since when.
        since: Timestamp,
    },
}

impl InboxState {
    /// Whether it works.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        matches!(self, Self::Connected)
    }
}

/// What was last seen of an inbox's traffic; for administrators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxHealth {
    /// When the provider last called or was last read.
    pub last_in: Option<Timestamp>,
    /// When it last took a message of ours.
    pub last_out: Option<Timestamp>,
    /// When something last went wrong, and the provider's words.
    pub last_error: Option<(Timestamp, String)>,
    /// Messages that wait to leave.
    #[serde(default)]
    pub waiting: i64,
}

/// An inbox as administrators configure it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxDetail {
    /// What everybody sees.
    pub inbox: InboxView,
    /// The channel's settings by field key; secrets are left out.
    pub settings: BTreeMap<String, String>,
    /// The form that edits them.
    pub form: Vec<Field>,
    /// Its members.
    pub members: Vec<UserId>,
    /// What was last seen of its traffic.
    #[serde(default)]
    pub health: InboxHealth,
    /// Where the provider's calls come in; none where there is no provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<String>,
    /// What a person must paste at the provider, in order; empty when everything was arranged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paste: Vec<Paste>,
    /// Whether a person may log in at the provider to connect it again.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub login: bool,
    /// Where, if not at one place of the channel's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<String>,
    /// For website inboxes: what to paste, and the rest of its configuration.
    pub website: Option<WebsiteDetail>,
    /// For inboxes of other applications: what their programs need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ProgramDetail>,
    /// Whether it hands out conversations by itself, and to whom how many.
    #[serde(default)]
    pub allotment: Allotment,
    /// When people are there.
    #[serde(default)]
    pub hours: BusinessHours,
}

/// How good something is that others keep in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Mail may land in spam, or be refused, because of it.
    Bad,
    /// It works, and could be better.
    Weak,
    /// As it should be.
    Good,
}

/// What one record of a sending domain is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordView {
    /// `SPF`, `DKIM` or `DMARC`.
    pub what: String,
    /// How good it is.
    pub grade: Grade,
    /// What that means, and what to do.
    pub said: Bilingual,
    /// The name and the text of a TXT record that would mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish: Option<(String, String)>,
}

/// A mail that tests whether mail to an inbox's address comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTrial {
    /// By which it is known again.
    pub mark: String,
    /// The address it was sent to.
    pub to: String,
    /// When it left.
    pub at: Timestamp,
}

/// What has come of such a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// Nothing yet.
    Waiting,
    /// It came in.
    Arrived {
        /// How long after it left.
        seconds: i64,
    },
    /// A mail server sent it back.
    Refused {
        /// That server's words.
        words: String,
    },
}

/// Something to paste at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paste {
    /// Where it goes.
    pub label: Bilingual,
    /// What to paste.
    pub value: String,
}

/// What a website inbox hands to the site's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebsiteDetail {
    /// The public token of the inbox.
    pub token: String,
    /// The snippet to paste before `</body>`.
    pub snippet: String,
    /// The line for a site with a strict content security policy.
    pub csp: String,
    /// The key that signs identities, for the site's server only.
    pub identity_key: String,
    /// Whether unsigned identities are refused.
    pub identity_required: bool,
    /// Hosts that may frame the widget, one per entry, `*.` allowed in front; empty allows any.
    pub allowed_domains: Vec<String>,
    /// Address of the built-in test page.
    pub test_page: String,
    /// What the visitor is asked before the first message.
    pub pre_chat: PreChat,
    /// The widget's switches.
    pub features: WidgetFeatures,
}

/// What the program behind an API inbox is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramDetail {
    /// The address of the client API, the inbox's identifier at its end.
    pub address: String,
    /// The public identifier of the inbox.
    pub identifier: String,
    /// The key that signs identities, for the application's server only.
    pub identity_key: String,
    /// Whether unsigned identities are refused.
    pub identity_required: bool,
    /// Where events are posted; empty for nowhere.
    pub callback: String,
    /// The secret that signs them.
    pub secret: SecretView,
}

/// What a new inbox needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxDraft {
    /// Which channel.
    pub kind: ChannelKind,
    /// Values by field key; `name` is always among them.
    pub settings: BTreeMap<String, String>,
}

/// What changes on an inbox; absent parts stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxChange {
    /// Values by field key.
    pub settings: Option<BTreeMap<String, String>>,
    /// The whole new set of members.
    pub members: Option<Vec<UserId>>,
    /// The pre-chat form.
    pub pre_chat: Option<PreChat>,
    /// The widget's switches.
    pub features: Option<WidgetFeatures>,
    /// Hosts that may frame the widget.
    pub allowed_domains: Option<Vec<String>>,
    /// Refuse unsigned identities.
    pub identity_required: Option<bool>,
    /// Whether it hands out conversations by itself, and to whom how many.
    pub allotment: Option<Allotment>,
    /// When people are there.
    pub hours: Option<BusinessHours>,
}

/// How an inbox hands out conversations by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allotment {
    /// Whether it does.
    pub on: bool,
    /// Most open conversations of the inbox that one person is given; none is no limit.
    pub most: Option<i64>,
}

/// What the visitor is asked before the first message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreChat {
    /// Whether it is shown at all.
    pub enabled: bool,
    /// A sentence above the fields.
    pub message: String,
    /// The fields, in order.
    pub fields: Vec<PreChatField>,
}

/// One question of the pre-chat form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreChatField {
    /// `name`, `email`, `phone`, or the key of a contact attribute.
    pub key: String,
    /// Label; empty uses the widget's own words for the three standard ones.
    pub label: String,
    /// Whether it may not be empty.
    pub required: bool,
    /// Whether it is asked.
    pub enabled: bool,
}

/// The widget's switches. The defaults are the mission's table: pictures and documents, no video and no audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WidgetFeatures {
    /// Pictures and documents.
    pub attachments: bool,
    /// Video files.
    pub video: bool,
    /// Audio files.
    pub audio: bool,
    /// The emoji picker.
    pub emoji: bool,
    /// "feito com Recado".
    pub branding: bool,
}

impl Default for WidgetFeatures {
    fn default() -> Self {
        Self { attachments: true, video: false, audio: false, emoji: true, branding: true }
    }
}
