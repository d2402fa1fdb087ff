//! The journal's facts and the moment's signals.

use crate::*;
use serde::{Deserialize, Serialize};

/// A numbered fact in an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its position in the journal.
    pub seq: Seq,
    /// When it was written.
    pub at: Timestamp,
    /// What changed.
    pub change: Change,
}

/// What changed. Every variant has its arm in [`Desk::apply`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A conversation began, moved, or changed in any way its row shows.
    Conversation {
        /// Where it stood before; none when it is new, or was only begun by its starter. Tallies need it.
        was: Option<Placement>,
        /// As it is now.
        now: Box<ConversationView>,
        /// How far each agent has read it, for screens that did not have this row.
        marks: Vec<ViewerMark>,
    },
    /// A message was added, or an existing one changed (same id).
    Message {
        /// As it is now.
        message: Box<MessageView>,
    },
    /// Outgoing messages up to this one advanced to this state.
    Advanced {
        /// Where.
        conversation: ConversationId,
        /// The last one it concerns.
        up_to: MessageId,
        /// The state they reach, if they are not beyond it.
        state: MessageState,
    },
    /// One person has read a conversation; only they see this.
    Read {
        /// Who.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// How many incoming messages they have seen.
        seen: i64,
    },
    /// One person's draft changed; only they see this. Empty text means none.
    Draft {
        /// Who.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// Which one.
        mode: DraftMode,
        /// Its text.
        text: String,
    },
    /// A contact's details changed.
    Contact {
        /// As it is now.
        contact: Box<ContactView>,
    },
    /// An inbox was made or renamed.
    Inbox {
        /// As it is now.
        inbox: Box<InboxView>,
    },
    /// An inbox is gone, with its conversations.
    InboxRemoved {
        /// Which.
        inbox: InboxId,
    },
    /// A colleague joined or changed.
    Agent {
        /// As they are now.
        agent: Box<AgentView>,
    },
    /// A colleague left the account.
    AgentRemoved {
        /// Who.
        user: UserId,
    },
    /// Somebody's inboxes or role changed: their stream closes and their screens load afresh.
    Access {
        /// Whose.
        user: UserId,
    },
    /// A conversation is gone, or the reader no longer sees it.
    ConversationGone {
        /// Which.
        conversation: ConversationId,
        /// Where it stood for them. Tallies need it.
        was: Option<Placement>,
    },
    /// A message is no longer where it stood: it moved behind later ones when it left, or to another conversation.
    MessageGone {
        /// Where it stood.
        conversation: ConversationId,
        /// Which.
        message: MessageId,
    },
    /// A contact is gone, or was merged into another.
    ContactGone {
        /// Which.
        contact: ContactId,
    },
    /// A label was made or changed.
    Label {
        /// As it is now.
        label: Box<LabelView>,
    },
    /// A label is gone, from everything that carried it.
    LabelRemoved {
        /// Which.
        label: LabelId,
    },
    /// A team was made or changed.
    Team {
        /// As it is now.
        team: Box<TeamView>,
    },
    /// A team is gone; what it had belongs to no team.
    TeamRemoved {
        /// Which.
        team: TeamId,
    },
    /// The account's name or settings changed.
    Account {
        /// Its name.
        name: String,
        /// Its settings.
        settings: AccountSettings,
    },
    /// Somebody was told something, or read it; only they see this.
    Notified {
        /// What is new or changed; none when several were read at once.
        notification: Option<Box<NotificationView>>,
        /// How many they have not read.
        unread: i64,
    },
    /// Long work moved on; only who began it sees this.
    Operation {
        /// How far it is.
        operation: Box<OperationView>,
    },
    /// The first-run checklist moved.
    Checklist {
        /// As it is now.
        checklist: Checklist,
    },
}

/// Something true only now: broadcast, never numbered, never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Somebody types in a conversation, or stopped; repeated at most every 3 s, to be forgotten after 10 s.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        author: Author,
        /// Whether they type now.
        on: bool,
    },
    /// A colleague looks at a conversation, or no longer; repeated while they do, to be forgotten after a minute.
    Viewing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// Whether they look now.
        on: bool,
    },
    /// A colleague came or went (a stream of theirs opened, or the last one closed).
    Presence {
        /// Who.
        user: UserId,
        /// Whether they are here.
        here: bool,
    },
}

/// What belongs to one viewer of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerMark {
    /// Whose mark.
    pub user: UserId,
    /// How many incoming messages they have seen.
    pub seen: i64,
    /// Whether they have an unsent draft.
    pub draft: bool,
}
