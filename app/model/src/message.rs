//! Messages: who says what, how far it got, and the product's own lines.

use crate::*;
use serde::{Deserialize, Serialize};

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// From the customer.
    Incoming,
    /// To the customer.
    Outgoing,
    /// For agents only.
    Note,
    /// The product speaking, in one line.
    Activity,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Contact {
        /// Which one.
        id: ContactId,
    },
    /// One of us.
    User {
        /// Which one.
        id: UserId,
    },
    /// The product: greetings, activity lines.
    System,
}

/// How far a message got. Receipts only advance it; trying again is a transition of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waits to leave.
    Queued,
    /// The channel has taken it.
    Sent,
    /// It reached the customer's device.
    Delivered,
    /// The customer has seen it.
    Read,
    /// It may or may not have left; only a person decides to send again.
    Unconfirmed,
    /// It did not leave.
    Failed {
        /// Why, as a code the interface translates.
        reason: FailureReason,
    },
}

/// Why a message failed, as a code the interface translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The channel refused it for good.
    Refused,
    /// The channel could not be reached for too long.
    Unreachable,
    /// The inbox needs to be connected again.
    Disconnected,
    /// The channel no longer allows a free reply.
    WindowClosed,
}

impl MessageState {
    /// How far along it is; failures stand below `Sent`, because a receipt proves them wrong.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Failed { .. } => 1,
            Self::Unconfirmed => 2,
            Self::Sent => 3,
            Self::Delivered => 4,
            Self::Read => 5,
        }
    }

    /// Receipts arrive late and out of order; a message never becomes less delivered.
    #[must_use]
    pub fn advance(&self, to: Self) -> Option<Self> {
        (to.rank() > self.rank()).then_some(to)
    }
}

/// One message, the same for every agent who may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Its id; ids grow in the order of the thread.
    pub id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The author's own key, by which an expected bubble becomes the real one.
    pub key: Option<ClientKey>,
    /// What kind it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// Plain text; empty for a bare file or an activity.
    pub text: String,
    /// Its files.
    pub files: Vec<AttachmentView>,
    /// How far it got.
    pub state: MessageState,
    /// What the product says, for activities.
    pub activity: Option<Activity>,
    /// When it was written.
    pub at: Timestamp,
}

/// What an activity line says; the interface words it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Somebody changed the status; none when the product did (a customer's message opened it).
    Status {
        /// Who.
        by: Option<UserId>,
        /// To what.
        to: StatusKind,
    },
    /// Somebody assigned it.
    Assigned {
        /// Who.
        by: UserId,
        /// To whom; none takes it from everybody.
        to: Option<UserId>,
    },
}

/// Which part of the composer a draft belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftMode {
    /// To the customer.
    #[default]
    Reply,
    /// For agents only.
    Note,
}

/// What an agent asks to send. One key sends once, however often it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyDraft {
    /// Where.
    pub conversation: ConversationId,
    /// The author's key.
    pub key: ClientKey,
    /// Plain text.
    pub text: String,
    /// Keys of uploads.
    #[serde(default)]
    pub files: Vec<String>,
}

/// Which messages of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadWindow {
    /// The newest.
    Latest,
    /// The ones just before this message.
    Before(MessageId),
    /// The ones just after this message.
    After(MessageId),
    /// A window around this message.
    Around(MessageId),
}
