//! Every id, in one alphabetical list. Ids are guessable numbers: knowing one never authorises anything.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = core::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A tenant.
    AccountId,
    /// A file on a message.
    AttachmentId,
    /// A custom attribute's definition.
    AttributeId,
    /// A saved text.
    CannedId,
    /// A person outside.
    ContactId,
    /// That person's address in one inbox.
    ContactInboxId,
    /// A thread of one contact inbox; people see its `number` instead.
    ConversationId,
    /// A saved filter.
    FolderId,
    /// A call of a provider, kept until it is understood.
    InboundCallId,
    /// A configured channel.
    InboxId,
    /// A job in the queue.
    JobId,
    /// A tag on conversations and contacts.
    LabelId,
    /// Actions saved under a name.
    MacroId,
    /// One message of a conversation.
    MessageId,
    /// A line agents keep about a contact.
    NoteId,
    /// Something somebody is told.
    NotificationId,
    /// Long work one can watch.
    OperationId,
    /// A signed-in browser.
    SessionId,
    /// Agents who share work.
    TeamId,
    /// Someone who can sign in.
    UserId,
}

/// A position in an account's journal. Numbering order is commit order, without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

/// What a browser or client names before the server has seen it (UUIDv7): unique per author, echoed back, the idempotency key of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientKey(pub uuid::Uuid);

impl ClientKey {
    /// A version-7 key from the wall clock in milliseconds and ten random bytes, both given by the caller.
    #[must_use]
    pub fn new(millis: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
    }
}

impl core::fmt::Display for ClientKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}
