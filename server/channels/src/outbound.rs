//! What goes to a provider and what it says of it: plain values and the sorted errors. How a provider wants it is each channel's business.

use crate::{FileKind, HttpError, Link, RemoteFile, Settings};
use bytes::Bytes;
use model::{Bilingual, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most bytes of a customer's file that are ever taken in.
pub const FETCH_LIMIT: usize = 100 * 1024 * 1024;

/// One message to hand over.
#[derive(Clone, Debug, Default)]
pub struct Outbound {
    /// The customer's address in the channel: `Peer::reply`, else `Peer::id`.
    pub peer: String,
    /// The words, with `*bold*`, `_italic_`, `~struck~`, `` `code` ``, fenced blocks and `[text](address)`; the channel maps or drops them.
    pub text: String,
    /// The files, in order.
    pub files: Vec<OutFile>,
    /// The message it answers.
    pub quote: Option<Quote>,
    /// A template instead of free words.
    pub template: Option<TemplateUse>,
    /// Buttons to choose from, where a bot writes.
    pub options: Vec<Choice>,
    /// A place to send.
    pub location: Option<crate::Place>,
    /// The head of a mail, where the channel has subjects.
    pub mail: Option<Box<crate::email::OutMail>>,
    /// The same for every attempt of this message: a UUID.
    pub key: String,
    /// Whether a person wrote it (Meta's HUMAN_AGENT is for people only).
    pub human: bool,
    /// When the customer last wrote.
    pub last_incoming_at: Option<Timestamp>,
    /// The attributes of the customer's newest message (LINE's reply token).
    pub attributes: Settings,
}

/// A message of either side, with what its channel wants back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// The provider's id.
    pub id: String,
    /// Its attributes as they came in or with `Sent`.
    pub attributes: Settings,
}

/// A button a bot offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What comes back when it is pressed.
    pub payload: String,
    /// What it says.
    pub title: String,
}

/// A file to hand over.
#[derive(Clone, Debug, Default)]
pub struct OutFile {
    /// The name the customer sees.
    pub name: String,
    /// The media type found in the content.
    pub mime: String,
    /// What it is sent as; `Voice` only where the content suits the channel.
    pub kind: FileKind,
    /// The whole content.
    pub bytes: Bytes,
    /// A public address that lives an hour, for providers that fetch.
    pub link: String,
}

/// A template filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateUse {
    /// Its name; at Twilio its Content SID.
    pub name: String,
    /// Its language as the provider writes it.
    pub language: String,
    /// Values by the keys of [`Template::params`].
    pub params: BTreeMap<String, String>,
    /// The header's picture, film or document, as a public address; the message's first file stands in for it.
    pub media: Option<String>,
    /// What `media` is; `Document` where nobody says, and then its name decides.
    pub media_kind: FileKind,
}

/// What a provider said of a message it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The provider's ids; the first is the message's own, by which receipts find it. Empty where there is no provider.
    pub sources: Vec<String>,
    /// What the channel wants back when this message is quoted.
    pub attributes: Settings,
    /// The customer's id as the provider writes it, where it differs from the one we used.
    pub peer: Option<String>,
}

impl Sent {
    /// One provider message.
    #[must_use]
    pub fn one(source: impl Into<String>) -> Self {
        Self { sources: vec![source.into()], ..Self::default() }
    }
}

/// Why a message did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing was taken, and trying again can help.
    #[error("try again: {why}")]
    Retry {
        /// For the log.
        why: String,
        /// The provider's own delay in milliseconds.
        after: Option<i64>,
    },
    /// It will never be taken.
    #[error("refused ({reason:?}): {why}")]
    Refused {
        /// For the log.
        why: String,
        /// What an agent is told.
        reason: Reason,
        /// The provider's own words, shown beneath.
        text: Option<String>,
    },
    /// Free replies are not allowed any more; a template may be.
    #[error("the window is closed: {why}")]
    WindowClosed {
        /// For the log.
        why: String,
    },
    /// The inbox must be connected again.
    #[error("disconnected: {why}")]
    Disconnected {
        /// For the log.
        why: String,
    },
    /// It may have been taken: only a person decides to send again.
    #[error("unknown outcome: {why}")]
    Unknown {
        /// For the log.
        why: String,
    },
    /// A part was taken and a later one was not: never repeated as a whole.
    #[error("sent in part: {why}")]
    Partial {
        /// What became of the part that was not taken.
        why: Box<SendError>,
        /// The provider's ids of the parts that left.
        sources: Vec<String>,
    },
}

impl SendError {
    /// Refused for this reason.
    #[must_use]
    pub fn refused(reason: Reason, why: impl Into<String>) -> Self {
        Self::Refused { why: why.into(), reason, text: None }
    }

    /// Refused for this reason, in the provider's words.
    #[must_use]
    pub fn said(reason: Reason, why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Refused { text: Some(why.clone()), why, reason }
    }

    /// Try again, after this many milliseconds where the provider says so.
    #[must_use]
    pub fn retry(why: impl Into<String>, after: Option<i64>) -> Self {
        Self::Retry { why: why.into(), after }
    }

    /// The inbox must be connected again.
    #[must_use]
    pub fn disconnected(why: impl Into<String>) -> Self {
        Self::Disconnected { why: why.into() }
    }

    /// What this means after parts have left already.
    #[must_use]
    pub fn after(self, sources: &[String]) -> Self {
        if sources.is_empty() { self } else { Self::Partial { why: Box::new(self), sources: sources.to_vec() } }
    }
}

/// Sorts a call that failed before the provider answered: what surely did not leave may be repeated, anything else is unknown.
impl From<HttpError> for SendError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::NotSent(why) => Self::Retry { why, after: None },
            HttpError::Unknown(why) => Self::Unknown { why },
            HttpError::TooLarge => Self::refused(Reason::FileTooLarge, error.to_string()),
            HttpError::Blocked | HttpError::Malformed => Self::refused(Reason::Address, error.to_string()),
        }
    }
}

/// Why a provider refused, as a code the interface translates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The provider's words say it best.
    #[default]
    Other,
    /// The customer blocked us or switched the channel off.
    Blocked,
    /// There is nobody at this address, or not on this channel.
    NoSuchPerson,
    /// The customer must write first.
    NotStarted,
    /// The customer asked for no more messages.
    OptedOut,
    /// The text is too long.
    TooLong,
    /// The file is too large.
    FileTooLarge,
    /// The file is of a kind this channel does not carry.
    FileKind,
    /// The provider could not fetch or read the file.
    FileFailed,
    /// There is nothing in it.
    Empty,
    /// The message answered is gone.
    QuoteGone,
    /// The template does not exist, is not approved, or its values do not fit.
    Template,
    /// The paid or free quota is used up.
    Quota,
    /// The provider has restricted the account.
    AccountRestricted,
    /// The sender's number or page is not set up for this.
    SenderSetup,
    /// The content breaks the provider's rules or was taken for spam.
    Policy,
    /// The channel has no such thing.
    NotSupported,
    /// An address may not be called from here.
    Address,
}

/// A customer's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The whole content.
    pub bytes: Bytes,
    /// The media type by the provider's answer.
    pub mime: Option<String>,
    /// A name, where the answer or the address gives one.
    pub name: Option<String>,
}

/// That an inbox works, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The name the provider knows this inbox by.
    pub name: String,
    /// Facts worth showing: the provider's own labels and values.
    pub facts: Vec<(Bilingual, String)>,
    /// Settings learnt on the way, to be kept: `account` ids before all.
    pub learnt: Settings,
    /// What works, but should be looked after.
    pub warnings: Vec<Bilingual>,
}

/// What became of arranging deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connected {
    /// Settings to keep.
    pub settings: Settings,
    /// Secrets to keep.
    pub secrets: Settings,
    /// What a person must paste at the provider, in order; empty when everything was arranged.
    pub by_hand: Vec<Paste>,
}

/// An account that a login opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What people call it.
    pub name: String,
    /// Values of the form, and what `check` would learn.
    pub settings: Settings,
    /// Values of the form's secret fields.
    pub secrets: Settings,
}

/// Something to paste at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paste {
    /// Where it goes.
    pub label: Bilingual,
    /// What to paste.
    pub value: String,
}

/// A template as the provider knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Template {
    /// Its name; at Twilio its Content SID.
    pub name: String,
    /// What people call it, where that is not its name.
    pub title: String,
    /// Its language as the provider writes it.
    pub language: String,
    /// Its category.
    pub category: String,
    /// Whether it may be used.
    pub status: TemplateStatus,
    /// The header's text, or what kind of media it wants.
    pub header: TemplateHeader,
    /// Its words, with `{{…}}` where values go.
    pub body: String,
    /// Its last line.
    pub footer: String,
    /// What its buttons say.
    pub buttons: Vec<String>,
    /// The keys of the values it wants: `1`, `name`, `header.1`, `button.0`.
    pub params: Vec<String>,
}

/// Whether a template may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// It may.
    Approved,
    /// It waits for the provider.
    #[default]
    Pending,
    /// The provider said no.
    Rejected,
    /// It was usable once.
    Paused,
}

/// What stands above a template's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateHeader {
    /// Nothing.
    #[default]
    None,
    /// A line.
    Text(String),
    /// A picture to name.
    Image,
    /// A film to name.
    Video,
    /// A document to name.
    Document,
    /// A place.
    Location,
}

/// What a provider tells of a person on request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Their name.
    pub name: Option<String>,
    /// Their public name, without `@`.
    pub username: Option<String>,
    /// Their picture.
    pub photo: Option<RemoteFile>,
}

/// Fetches an address that wants no credentials.
pub(crate) async fn fetch_plain(link: &Link<'_>, file: &RemoteFile) -> Result<Fetched, SendError> {
    fetched(link.http.get(&file.id_or_url).cap(FETCH_LIMIT).send().await?)
}

/// Sorts the answer to a fetch: gone is gone, busy is tried again.
pub(crate) fn fetched(reply: crate::Reply) -> Result<Fetched, SendError> {
    match reply.status {
        200..=299 => Ok(Fetched { mime: reply.mime(), name: reply.file_name(), bytes: reply.body }),
        401 | 403 | 404 | 410 | 400 => Err(SendError::refused(Reason::FileFailed, format!("the file answered {}", reply.status))),
        status => Err(SendError::retry(format!("the file answered {status}"), reply.retry_after())),
    }
}
