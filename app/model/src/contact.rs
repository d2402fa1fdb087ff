//! People outside.

use crate::{ContactId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person outside, as agents see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Its id within the account.
    pub id: ContactId,
    /// Display name; empty for a visitor who has not given one (the interface then shows "Visitante" and the id).
    pub name: String,
    /// Lower-case address.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// The site's own id for this person.
    pub identifier: Option<String>,
    /// Whether an HMAC has proven the identifier in some inbox.
    pub verified: bool,
    /// Whether their messages open no conversation.
    pub blocked: bool,
    /// Free attributes: company, city, and whatever the site sent.
    pub attributes: BTreeMap<String, String>,
    /// When they were first seen.
    pub created_at: Timestamp,
    /// When they last did anything.
    pub last_activity_at: Option<Timestamp>,
}

/// The part of a contact that a conversation row shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactBrief {
    /// Its id within the account.
    pub id: ContactId,
    /// Display name; may be empty.
    pub name: String,
    /// E-mail or phone, to tell namesakes apart.
    pub hint: Option<String>,
}

/// What an agent may change on a contact; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDraft {
    /// New name.
    pub name: Option<String>,
    /// New e-mail; empty removes it.
    pub email: Option<String>,
    /// New phone; empty removes it.
    pub phone: Option<String>,
}
