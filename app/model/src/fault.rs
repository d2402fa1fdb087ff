//! What goes wrong on the wire: a code, the fields it concerns and a reference for the log; never a sentence.

use serde::{Deserialize, Serialize};

/// Why a request failed. The interface translates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// E-mail or password is wrong.
    WrongCredentials,
    /// Signed in, but not allowed.
    Forbidden,
    /// No such thing, or not for you.
    Missing,
    /// Some fields are not acceptable; see them.
    Invalid,
    /// It clashes with something that exists.
    Conflict,
    /// Too many attempts; wait.
    TooMany,
    /// Larger than allowed.
    TooLarge,
    /// The link was used or has expired.
    LinkExpired,
    /// This server takes no new accounts.
    SignUpClosed,
    /// The channel does not allow it now (window closed, kind of file refused).
    NotOnThisChannel,
    /// The channel's provider would not have it; see its words.
    Provider,
    /// The request came from another site.
    ForeignOrigin,
    /// The server could not be reached (made by the browser).
    Offline,
    /// The disk is full or the database refuses to write; nothing was lost.
    NotStored,
    /// Something broke here; the reference names the log line.
    Internal,
}

impl FaultCode {
    /// The HTTP status that carries it; the one table for pages, functions and REST.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::SignedOut | Self::WrongCredentials => 401,
            Self::Forbidden | Self::SignUpClosed | Self::ForeignOrigin => 403,
            Self::Missing => 404,
            Self::Conflict => 409,
            Self::LinkExpired => 410,
            Self::TooLarge => 413,
            Self::Invalid | Self::NotOnThisChannel | Self::Provider => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Offline => 503,
            Self::NotStored => 507,
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Violation {
    /// It may not be empty.
    Required,
    /// It has more characters than this.
    TooLong(u32),
    /// It has fewer characters than this.
    TooShort(u32),
    /// It is not of the expected form.
    Malformed,
    /// Somebody has it already.
    Taken,
    /// It is on the list of passwords everybody tries first.
    TooCommon,
}

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultBody {
    /// Why.
    pub code: FaultCode,
    /// Field name and what is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, Violation)>,
    /// A provider's own words, for `Provider`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Names the line in the server's log, for `Internal` and `NotStored`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Seconds to wait, for `TooMany`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl FaultBody {
    /// A fault of this code with nothing more to say.
    #[must_use]
    pub const fn of(code: FaultCode) -> Self {
        Self { code, fields: Vec::new(), words: None, reference: None, retry_after: None }
    }
}
