//! A provider's call on its way in: as it arrived, judged, and proven. Only a proven one can be read, and only judging proves.

use std::collections::BTreeMap;

/// A call as it arrived; nothing in it may be believed yet.
#[derive(Clone, Debug, Default)]
pub struct RawCall {
    /// `GET` or `POST`.
    pub method: String,
    /// What follows the inbox key in the path, without a slash at its start.
    pub path: String,
    /// The query as it was written, without its question mark.
    pub query: String,
    /// Headers by their name in lower case; of several with one name, the last.
    pub headers: BTreeMap<String, String>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// The whole address as the provider called it, made from our configured public address (Twilio signs it).
    pub url: String,
}

impl RawCall {
    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The first value of a query parameter, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The proven form; only for `verify` of a channel, after its proof.
    pub(crate) fn proven(&self) -> Verified {
        let kind = self.header("content-type").unwrap_or_default().to_owned();
        Verified { path: self.path.clone(), query: self.query.clone(), kind, body: self.body.clone() }
    }
}

/// Whom a call is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The inbox whose key is in the address.
    InPath,
    /// The inboxes with these provider accounts; empty for a handshake with the operator's app itself.
    Accounts(Vec<String>),
    /// It is no call of this channel; another one shares its address.
    Other,
}

/// What to do with a call that was judged genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A handshake: answer this and forget it.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The media type.
        content_type: &'static str,
        /// The body.
        body: String,
    },
    /// Store it, then read it.
    Proven(Verified),
}

/// A call that its provider certainly made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    path: String,
    query: String,
    kind: String,
    body: Vec<u8>,
}

impl Verified {
    /// One that was proven before and stored since; never for a call that comes from outside.
    #[must_use]
    pub fn stored(path: String, query: String, kind: String, body: Vec<u8>) -> Self {
        Self { path, query, kind, body }
    }

    /// What followed the inbox key in the path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as it was written.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The `content-type`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// A call that is not proven; answered with its status and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rejected with {status}: {why}")]
pub struct Rejected {
    /// 400, 401 or 403.
    pub status: u16,
    /// For the log.
    pub why: &'static str,
}

impl Rejected {
    /// The proof is missing.
    #[must_use]
    pub const fn missing(why: &'static str) -> Self {
        Self { status: 401, why }
    }

    /// The proof is wrong.
    #[must_use]
    pub const fn wrong(why: &'static str) -> Self {
        Self { status: 403, why }
    }

    /// It is nothing this channel could judge.
    #[must_use]
    pub const fn unknown(why: &'static str) -> Self {
        Self { status: 400, why }
    }
}

/// A proven call whose body is not what the provider documents; kept for a later release to read again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed: {0}")]
pub struct Malformed(pub String);
