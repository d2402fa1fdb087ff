//! People outside.

use crate::*;
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
    /// Their labels, in the order of their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelId>,
}

impl Default for ContactView {
    fn default() -> Self {
        Self {
            id: ContactId(0),
            name: String::new(),
            email: None,
            phone: None,
            identifier: None,
            verified: false,
            blocked: false,
            attributes: BTreeMap::new(),
            created_at: Timestamp(0),
            last_activity_at: None,
            labels: Vec::new(),
        }
    }
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
    /// New identifier of the site's own; empty removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Attributes to set; an empty value removes one, those not named stay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The whole new set of labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<LabelId>>,
}

/// What answers making a contact: the new one, or the one that has this e-mail, phone or identifier already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeContact {
    /// The contact.
    pub contact: ContactView,
    /// Whether it was there before; nothing was written then.
    pub existed: bool,
}

/// Through which inboxes a contact can be written to now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachView {
    /// These, the one last used first.
    pub inboxes: Vec<InboxId>,
    /// Why the others cannot, where that can be mended; said when there are none above.
    pub why_not: Vec<Unreachable>,
}

/// Why an inbox cannot reach a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreachable {
    /// The contact has no telephone number.
    NeedsPhone,
    /// The contact has no e-mail address.
    NeedsEmail,
    /// The customer must write first there.
    WritesFirst,
    /// The inbox must be connected again.
    Disconnected,
    /// The viewer has no inbox.
    NoInbox,
    /// The contact is blocked.
    Blocked,
}

/// A line agents keep about a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactNoteView {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it.
    pub author: UserId,
    /// What it says.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// In which order contacts come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactOrder {
    /// The latest made first.
    #[default]
    Newest,
    /// By name.
    Name,
    /// Whoever was active last first.
    Active,
}

/// What a merge of two contacts would leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePreview {
    /// The contact that stays, as it would be.
    pub result: ContactView,
    /// How many conversations would move to it.
    pub conversations: i64,
    /// Values of the other that would be lost, by field.
    pub lost: Vec<(String, String)>,
}

/// A page of contacts as CSV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPage {
    /// The rows, with a heading on the first page.
    pub text: String,
    /// The last contact in it, when more follow.
    pub next: Option<ContactId>,
}
