//! Who may do what. The server asks these rules at every door; the interface asks them to hide what would be refused.

use serde::{Deserialize, Serialize};

/// A person's standing in one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers conversations of the inboxes they are a member of.
    Agent,
    /// Also configures the account, and sees every inbox.
    Administrator,
}

/// One kind of act, asked for at the service's gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Read conversations, contacts and colleagues within one's inboxes.
    Read,
    /// Write to a customer, keep drafts, mark as read.
    Reply,
    /// Assign, resolve, reopen.
    Triage,
    /// Change a contact's details, make and merge contacts.
    EditContacts,
    /// Keep labels, teams, canned responses, attributes and shared macros and folders.
    ManageDesk,
    /// Delete conversations and contacts, export and import many.
    Delete,
    /// Create and configure inboxes.
    ManageInboxes,
    /// Invite, change and remove agents.
    ManageAgents,
    /// Rename the account, see its settings.
    ManageAccount,
}

impl Role {
    /// Whether this role carries the permission.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::Read | P::Reply | P::Triage | P::EditContacts => true,
            P::ManageDesk | P::Delete | P::ManageInboxes | P::ManageAgents | P::ManageAccount => matches!(self, Self::Administrator),
        }
    }

    /// The stored and public name of the role.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Administrator => "administrator",
        }
    }
}

/// Which conversations of their inboxes agents see; administrators see all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Those of every inbox, member or not.
    All,
    /// Those of the inboxes they are a member of.
    #[default]
    Inbox,
    /// Of those, what they or a team of theirs have.
    Team,
    /// Of those, what they have.
    Mine,
}

/// What an account has settled about its desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountSettings {
    /// What agents see.
    pub agents_see: Visibility,
    /// Seconds a reply can be taken back after sending, 0 to 30; none leaves it to the channel.
    pub undo_seconds: Option<u8>,
}

impl AccountSettings {
    /// Seconds a reply waits where nobody chose.
    pub const UNDO_SECONDS: u8 = 10;

    /// Seconds a reply of somebody without a choice of their own waits: the account's, else none where the customer reads along.
    #[must_use]
    pub fn hold(self, live: bool) -> u8 {
        self.undo_seconds.unwrap_or(if live { 0 } else { Self::UNDO_SECONDS })
    }
}

/// What changes on an account; absent parts stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDraft {
    /// New name.
    pub name: Option<String>,
    /// New language of what it says to customers.
    pub language: Option<crate::Language>,
    /// New settings.
    pub settings: Option<AccountSettings>,
}
