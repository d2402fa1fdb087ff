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
    /// A file or text is larger than the provider takes.
    TooLarge,
    /// The provider does not allow this kind of content, or this account may not send it.
    NotAllowed,
    /// No such address, or it cannot receive.
    BadAddress,
    /// The customer has blocked us or opted out.
    Blocked,
    /// It left in parts, and a later one did not.
    Partly,
    /// The customer wrote before its moment came, and its author wanted it held back then.
    Answered,
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
    /// The earlier message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Quote>>,
    /// What people put under it, one each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// When its author changed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// When it was taken back; text and files are gone then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Which of us took it away; none when its author did, outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<UserId>,
    /// What it is beside text and files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Detail>,
    /// Sent outside of the product, from the business's own phone or page, and told to us afterwards.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub by_phone: bool,
    /// The name of the bot that said it, as it was called then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<String>,
    /// Until when it is held before it leaves; it can be taken back until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_at: Option<Timestamp>,
    /// A held message that does not leave if the customer writes first.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unless_answered: bool,
    /// The provider's own words on a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Default for MessageView {
    fn default() -> Self {
        Self {
            id: MessageId(0),
            conversation: ConversationId(0),
            key: None,
            kind: MessageKind::Activity,
            author: Author::System,
            text: String::new(),
            files: Vec::new(),
            state: MessageState::Queued,
            activity: None,
            at: Timestamp(0),
            quote: None,
            reactions: Vec::new(),
            edited_at: None,
            deleted_at: None,
            deleted_by: None,
            detail: None,
            by_phone: false,
            bot: None,
            send_at: None,
            unless_answered: false,
            reason: None,
        }
    }
}

impl MessageView {
    /// Whether it waits for its moment and has not left.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.send_at.is_some() && matches!(self.state, MessageState::Queued)
    }
}

/// What moves a conversation when nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A bot ended its part.
    Bot,
    /// A bot did not answer, or is gone.
    SilentBot,
    /// The time it was snoozed for is over.
    Woke,
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
    /// Neither a person nor the customer moved it.
    Moved {
        /// To what.
        to: StatusKind,
        /// What did.
        cause: Cause,
    },
    /// Somebody assigned it.
    Assigned {
        /// Who.
        by: UserId,
        /// To whom; none takes it from everybody.
        to: Option<UserId>,
    },
    /// A team was given it, or it was taken from one.
    Team {
        /// Who did.
        by: Option<UserId>,
        /// Which team.
        to: Option<TeamId>,
    },
    /// How much it presses changed.
    Priority {
        /// Who changed it.
        by: Option<UserId>,
        /// To what.
        to: Option<Priority>,
    },
    /// Labels came or went.
    Labels {
        /// Who changed them.
        by: Option<UserId>,
        /// Which came.
        added: Vec<LabelId>,
        /// Which went.
        removed: Vec<LabelId>,
    },
    /// It was muted, or no longer.
    Muted {
        /// Who did.
        by: Option<UserId>,
        /// Whether it is muted now.
        on: bool,
    },
    /// Another conversation of the customer was merged into it.
    Merged {
        /// Who did.
        by: UserId,
        /// The other one's number.
        number: i64,
    },
    /// A macro was run.
    Macro {
        /// Who ran it.
        by: UserId,
        /// Its name.
        name: String,
    },
    /// Whoever wrote a forwarded mail became the customer.
    Sender {
        /// Who said so.
        by: UserId,
        /// Name and address.
        to: String,
    },
    /// A held message did not leave, because the customer wrote first.
    NotSent {
        /// Whose it was.
        by: Option<UserId>,
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
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<MessageId>,
    /// An approved text instead of one's own, where the channel asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateUse>,
    /// Recipients and subject, where the channel has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Box<MailHead>>,
    /// Hold it so many seconds, to be able to take it back (at most 30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_seconds: Option<u8>,
    /// Send it at this moment instead of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_at: Option<Timestamp>,
    /// Do not send it if the customer writes first.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unless_answered: bool,
    /// The last message its author had seen: when somebody else has answered since, it is refused with `Conflict` instead of sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<MessageId>,
}

impl ReplyDraft {
    /// Words alone, sent at once.
    #[must_use]
    pub const fn of(conversation: ConversationId, key: ClientKey, text: String) -> Self {
        Self {
            conversation,
            key,
            text,
            files: Vec::new(),
            quote: None,
            template: None,
            mail: None,
            hold_seconds: None,
            send_at: None,
            unless_answered: false,
            seen: None,
        }
    }
}

/// A held message that was taken back, to be written on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Its text.
    pub text: String,
    /// Its files, to be named again.
    pub files: Vec<UploadView>,
    /// The message it answered.
    pub quote: Option<MessageId>,
    /// Its recipients and subject, or its template.
    pub detail: Option<Detail>,
}

/// What an agent notes for colleagues alone. One key adds once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDraft {
    /// Where.
    pub conversation: ConversationId,
    /// The author's key.
    pub key: ClientKey,
    /// Plain text; mentions stand in it by name, and below by id.
    pub text: String,
    /// Keys of uploads.
    #[serde(default)]
    pub files: Vec<String>,
    /// Colleagues it mentions.
    #[serde(default)]
    pub users: Vec<UserId>,
    /// Teams it mentions.
    #[serde(default)]
    pub teams: Vec<TeamId>,
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
