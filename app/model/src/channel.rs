//! What the interface may ask about a channel: never which one it is, only what it can do and what its form asks.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The stable name of a kind of channel, such as `website`. Text, not an enum, so that no shared crate lists channels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelKind(pub Cow<'static, str>);

/// A text in the languages a channel speaks; the interface shows its own, falling back to English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// English.
    pub en: Cow<'static, str>,
    /// Brazilian Portuguese.
    pub pt: Cow<'static, str>,
}

impl Bilingual {
    /// Its wording in this language; the English one where there is none.
    #[must_use]
    pub fn in_(&self, language: crate::Language) -> &str {
        match language {
            crate::Language::Portuguese if !self.pt.is_empty() => &self.pt,
            crate::Language::Portuguese | crate::Language::English => &self.en,
        }
    }
}

/// A card of the channel grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCard {
    /// Which channel.
    pub kind: ChannelKind,
    /// Its name as people know it.
    pub name: Bilingual,
    /// One line: what it needs.
    pub needs: Bilingual,
    /// The glyph: an SVG path set drawn on 24×24, trusted (compiled in).
    pub icon: Cow<'static, str>,
    /// Whether an inbox of this kind can be created in this release.
    pub available: bool,
    /// How many inboxes of the account use it.
    pub connected: i64,
    /// Where the values of the form are found, in a sentence or two.
    #[serde(default)]
    pub guide: Bilingual,
    /// The creation form, in order; empty when not available.
    pub form: Vec<Field>,
    /// Whether a person may log in at the provider instead of filling in the form.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub login: bool,
    /// Where, if not at one place of the channel's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<String>,
}

/// What a login at a provider opened: accounts to choose from, by their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginView {
    /// Which channel.
    pub kind: ChannelKind,
    /// The accounts, in the provider's order.
    pub names: Vec<String>,
}

/// One field of a channel's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Key in the settings object.
    pub key: Cow<'static, str>,
    /// Visible label.
    pub label: Bilingual,
    /// Placeholder or example.
    pub example: Bilingual,
    /// How it is entered.
    pub input: FieldInput,
    /// Whether it may not be empty.
    pub required: bool,
    /// Most characters accepted.
    pub max: u32,
    /// The value a new inbox starts with.
    pub initial: Bilingual,
    /// One sentence below the field; empty where the label says it all.
    #[serde(default)]
    pub help: Bilingual,
}

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldInput {
    /// One line.
    Line,
    /// Several lines.
    Text,
    /// `#rrggbb`.
    Colour,
    /// On or off.
    Switch,
    /// One of these values.
    Choice(Vec<(Cow<'static, str>, Bilingual)>),
    /// Shown as dots, never sent back to a browser.
    Secret,
}

/// What one inbox can carry; the composers, ours and the widget's, ask nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Most characters of one message.
    pub text_limit: u32,
    /// Most bytes of one file, by kind; 0 when the kind cannot be sent.
    pub image: i64,
    /// As `image`.
    pub video: i64,
    /// As `image`.
    pub audio: i64,
    /// As `image`.
    pub document: i64,
    /// Most files of one message.
    pub files: u32,
    /// Whether the channel reports delivery.
    pub delivered: bool,
    /// Whether the channel reports reading.
    pub read: bool,
    /// Whether typing is shown to the customer.
    pub typing: bool,
    /// Hours after the last incoming message during which a reply may be written; none when unlimited.
    pub reply_window_hours: Option<u32>,
    /// What the channel can do beyond plain messages.
    #[serde(default)]
    pub more: Abilities,
}

/// How a channel counts the length of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextUnit {
    /// Unicode scalar values.
    #[default]
    Chars,
    /// UTF-16 units, as LINE and Telegram count.
    Utf16,
    /// UTF-8 bytes, as Instagram counts.
    Bytes,
}

impl TextUnit {
    /// The length of a text in this unit.
    #[must_use]
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::Chars => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
        }
    }
}

/// Whom a channel can reach that has not written to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Nobody: the customer comes first.
    #[default]
    Existing,
    /// Whoever has a telephone number.
    Phone,
    /// Whoever has an e-mail address.
    Email,
}

/// What a channel can do beyond plain messages with files; all off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Abilities {
    /// Whether the customer reads along: a reply waits to be taken back only where somebody asked for it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub live: bool,
    /// In what `text_limit` is counted.
    pub unit: TextUnit,
    /// Most units of a text beside a file, where it is shorter than `text_limit`; 0 when it is the same.
    pub caption_limit: u32,
    /// Shows `*bold*`.
    pub bold: bool,
    /// Shows `_italic_`.
    pub italic: bool,
    /// Shows `~struck~`.
    pub strike: bool,
    /// Shows `` `code` `` and fenced blocks.
    pub code: bool,
    /// Shows `[text](address)` as a link.
    pub link: bool,
    /// Sends audio as a voice message.
    pub voice: bool,
    /// Sends a place.
    pub location: bool,
    /// Answers a certain message.
    pub reply_to: bool,
    /// Reacts to a message.
    pub reactions: bool,
    /// Has templates that may leave when the window is closed.
    pub templates: bool,
    /// Changes a message already sent.
    pub edit: bool,
    /// Takes back a message already sent.
    pub delete: bool,
    /// Tells the customer that their messages were seen.
    pub mark_seen: bool,
    /// Whether we may write first.
    pub starts: bool,
    /// Whom we may write to first, when `starts`.
    pub reach: Reach,
    /// Whether its messages have subjects.
    pub subject: bool,
    /// Hours after the last incoming message during which a person, not a machine, may still answer; none when there is no such rule.
    pub human_window_hours: Option<u32>,
}

impl Capabilities {
    /// Most bytes of a file of this kind; 0 when it cannot be sent at all.
    #[must_use]
    pub const fn limit(&self, kind: crate::AttachmentKind) -> i64 {
        match kind {
            crate::AttachmentKind::Image => self.image,
            crate::AttachmentKind::Video => self.video,
            crate::AttachmentKind::Audio => self.audio,
            crate::AttachmentKind::Document => self.document,
        }
    }

    /// Hours after the customer's last words in which a person may answer freely: longer than a machine, where the channel has such a rule.
    #[must_use]
    pub fn person_window(&self) -> Option<u32> {
        self.reply_window_hours.map(|hours| self.more.human_window_hours.unwrap_or(hours).max(hours))
    }
}
