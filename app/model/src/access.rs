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
    /// Change a contact's details.
    EditContacts,
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
            P::ManageInboxes | P::ManageAgents | P::ManageAccount => matches!(self, Self::Administrator),
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
