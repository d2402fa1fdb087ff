//! What happened at a provider, in the product's own words: plain values without ids of ours. Who it concerns and what it changes is the
//! service's business.

use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    /// The provider's account it happened to, where the call names one; calls may carry several.
    pub inbox: Option<String>,
    /// The customer concerned. Its id is empty where the provider names none (a status without a recipient, a revoked token).
    pub peer: Peer,
    /// When, by the provider's clock; the time of arrival where it tells none.
    pub at: Option<Timestamp>,
    /// What.
    pub what: What,
}

/// A customer as the provider knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Peer {
    /// The stable id: also the address to answer, unless `reply` names another.
    pub id: String,
    /// Other ids of the same person in this inbox; any of them finds the contact.
    pub alt: Vec<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their phone as `+` and digits, where the provider vouches for it.
    pub phone: Option<String>,
    /// Their public name, without `@`.
    pub username: Option<String>,
    /// Their language as a tag, such as `pt-BR`.
    pub language: Option<String>,
    /// Their picture.
    pub photo: Option<RemoteFile>,
    /// Where to answer, when it is not `id`: a group, or a Telegram business chat (`chat@connection`).
    pub reply: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A message, theirs or one written elsewhere in our name.
    Message(Box<Message>),
    /// A reaction to a message.
    Reaction {
        /// The message.
        target: String,
        /// None takes it back.
        emoji: Option<String>,
        /// The event's own id.
        external: Option<String>,
        /// Given in our name, not by the customer.
        outgoing: bool,
    },
    /// A message has another text now.
    Edit {
        /// The message.
        target: String,
        /// The new text.
        text: String,
        /// The event's own id.
        external: Option<String>,
        /// Written in our name, not by the customer.
        outgoing: bool,
    },
    /// A message was taken back; its content must go.
    Delete {
        /// The message.
        target: String,
        /// The event's own id.
        external: Option<String>,
        /// Taken back in our name, not by the customer.
        outgoing: bool,
    },
    /// How far a message of ours got.
    Receipt(Receipt),
    /// Something about the person or the connection.
    Signal(Signal),
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// The provider's id, unique within the inbox; none where the provider gives none.
    pub external: Option<String>,
    /// Written in our name: an echo of our own send, or by a person in the provider's own app.
    pub outgoing: bool,
    /// Who wrote it in our name, where the provider says (for outgoing ones, whose `peer` is the customer).
    pub by: Option<Box<Peer>>,
    /// The app that an echo says wrote it.
    pub app: Option<String>,
    /// Our own words given back with an echo (`biz_opaque_callback_data`, `metadata`): the key of the send.
    pub ours: Option<String>,
    /// What kind.
    pub kind: Kind,
    /// Its text; for places, cards and placeholders a suggested rendering.
    pub text: String,
    /// Its files, in order.
    pub files: Vec<RemoteFile>,
    /// The message it answers, which may be one we never saw.
    pub reply_to: Option<String>,
    /// What goes beyond text and files.
    pub detail: Option<Box<Detail>>,
    /// The group it was written in; none for a private thread.
    pub group: Option<String>,
    /// Several messages sent as one share this.
    pub album: Option<String>,
    /// What the channel wants back when this message is answered, quoted or marked as seen (LINE's tokens).
    pub attributes: BTreeMap<String, String>,
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    #[default]
    Text,
    /// A picture, perhaps with words.
    Image,
    /// A film.
    Video,
    /// A recording or a piece of music.
    Audio,
    /// A voice message.
    Voice,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Cards of people.
    Contacts,
    /// A button or a row of a list that was chosen.
    InteractiveReply,
    /// A button that sends no words of its own.
    Postback,
    /// They mention us in their story.
    StoryMention,
    /// They answer our story.
    StoryReply,
    /// A post, a reel or an address shared.
    Share,
    /// A template, by an echo.
    Template,
    /// Something the provider or we cannot show; a placeholder stands for it.
    Unsupported,
}

/// What a message holds beyond text and files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// A place.
    pub location: Option<Place>,
    /// Cards of people.
    pub contacts: Vec<Card>,
    /// The story answered or mentioned.
    pub story: Option<Story>,
    /// Posts, reels and addresses.
    pub shares: Vec<Share>,
    /// What led the person here.
    pub referral: Option<Referral>,
    /// What the pressed button carries.
    pub payload: Option<String>,
    /// Forwarded from elsewhere.
    pub forwarded: bool,
    /// A sticker's names.
    pub sticker: BTreeMap<String, String>,
    /// The part of the quoted message that was marked.
    pub quoted_text: Option<String>,
    /// What an unsupported message is, in the provider's words.
    pub unsupported: Option<String>,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// A page about it.
    pub url: Option<String>,
}

/// A person's card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// Their name.
    pub name: String,
    /// Their phones as written.
    pub phones: Vec<String>,
    /// Their addresses.
    pub emails: Vec<String>,
    /// Where they work.
    pub organisation: Option<String>,
}

/// A story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Story {
    /// The provider's id.
    pub id: Option<String>,
    /// Its picture or film, which works a day at most.
    pub url: Option<String>,
}

/// Something shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Share {
    /// The provider's id.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

/// What led a person here: an advertisement, a link, a code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Referral {
    /// `ad`, `post`, `SHORTLINK` … as the provider says.
    pub source: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// Our own reference in a link.
    pub reference: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its words.
    pub text: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

/// A file at the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteFile {
    /// What the provider says it is; content decides in the end.
    pub kind: FileKind,
    /// The provider's id or an address, whichever `fetch` wants. Never shown: addresses may carry keys.
    pub id_or_url: String,
    /// The media type without parameters.
    pub mime: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its size in bytes.
    pub size: Option<i64>,
    /// Its SHA-256 as the provider writes it.
    pub sha256: Option<String>,
}

/// What the provider says a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
    /// A voice message.
    Voice,
    /// Anything.
    #[default]
    Document,
    /// A sticker.
    Sticker,
    /// A story, which must not be kept after it is gone.
    Story,
    /// A post or a reel, as an address of the provider's pages; nothing to fetch.
    Share,
}

/// How far a message of ours got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The message; none with a watermark.
    pub external: Option<String>,
    /// Our own key, where the provider gives it back.
    pub ours: Option<String>,
    /// Everything we sent up to this moment of the provider's clock.
    pub watermark: Option<Timestamp>,
    /// Everything we sent up to `external`, not only that message.
    pub older_too: bool,
    /// How far.
    pub state: ReceiptState,
    /// Why it failed.
    pub error: Option<ReceiptError>,
}

/// How far a message got, in rising order; a failure never overwrites what arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceiptState {
    /// The provider holds it.
    Queued,
    /// It left the provider.
    Sent,
    /// It did not arrive.
    Failed,
    /// It arrived.
    Delivered,
    /// It was seen.
    Read,
}

/// Why a message did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptError {
    /// The provider's code.
    pub code: String,
    /// The provider's words.
    pub message: String,
    /// What an agent is told.
    pub reason: crate::Reason,
    /// The window for free replies is closed: only templates leave now.
    pub window_closed: bool,
    /// The inbox must be connected again.
    pub disconnected: bool,
}

/// Something about the person or the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// They do not want to hear from us any more.
    Blocked,
    /// They do again.
    Unblocked,
    /// They added us.
    Followed,
    /// They asked for no more messages by a word such as STOP.
    OptOut,
    /// They asked for messages again.
    OptIn,
    /// They are typing.
    Typing(bool),
    /// A link or an advertisement led them here.
    Referral(Referral),
    /// One of their ids has become another.
    IdentifierChanged {
        /// The old one.
        from: String,
        /// The new one.
        to: String,
    },
    /// The provider took our right away: the inbox must be connected again.
    Reauthorise(String),
    /// The provider's own news about the inbox, for its page: a template paused, a quality falling.
    Notice(String),
}

impl ReceiptError {
    /// By what the channel's own table makes of the code.
    pub(crate) fn sorted(code: String, message: String, error: Option<crate::SendError>) -> Self {
        use crate::{Reason, SendError};
        let (window_closed, disconnected) =
            (matches!(error, Some(SendError::WindowClosed { .. })), matches!(error, Some(SendError::Disconnected { .. })));
        let reason = match error {
            Some(SendError::Refused { reason, .. }) => reason,
            _ => Reason::Other,
        };
        Self { code, message, reason, window_closed, disconnected }
    }
}
