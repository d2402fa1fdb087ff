//! What colleagues are told: the kinds, where each may reach them, and the in-app inbox. Whom an event concerns is the service's business.

use crate::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A conversation began in an inbox of theirs.
    Created,
    /// They were given one.
    Assigned,
    /// The customer wrote in one of theirs.
    AssignedMessage,
    /// Something was said in one they follow.
    ParticipatingMessage,
    /// A colleague named them in a note.
    Mentioned,
    /// An endpoint that heard what happens here was switched off; of no conversation.
    Webhook,
}

impl NotificationKind {
    /// All, in the order of the settings page.
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Assigned, Self::AssignedMessage, Self::ParticipatingMessage, Self::Mentioned, Self::Webhook];

    /// Whether it is of a conversation, and not of the account's set-up.
    #[must_use]
    pub const fn of_conversation(self) -> bool {
        !matches!(self, Self::Webhook)
    }
}

/// Where a kind of news reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// In the inbox of notifications.
    pub app: bool,
    /// By the browser.
    pub push: bool,
    /// By e-mail.
    pub mail: bool,
}

/// What somebody wants to be told, and where; kinds they never touched are as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences(pub BTreeMap<NotificationKind, Ways>);

impl Preferences {
    /// The ways of a kind: usually all in the app but beginnings, assignments and mentions by the browser too, and by mail an endpoint that is off.
    #[must_use]
    pub fn of(&self, kind: NotificationKind) -> Ways {
        self.0.get(&kind).copied().unwrap_or(Ways {
            app: kind != NotificationKind::Created,
            push: matches!(kind, NotificationKind::Assigned | NotificationKind::Mentioned),
            mail: kind == NotificationKind::Webhook,
        })
    }
}

/// A browser that wants to be told with its tab closed: what its `PushSubscription` says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDraft {
    /// Where its push service takes messages for it.
    pub endpoint: String,
    /// Its public key, base64url.
    pub p256dh: String,
    /// Its shared secret, base64url.
    pub auth: String,
}

/// Something somebody is told. One stands for all unread news of its kind in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationView {
    /// Its id.
    pub id: NotificationId,
    /// Why.
    pub kind: NotificationKind,
    /// Where; 0 where it is of none.
    pub conversation: ConversationId,
    /// Its number, for the link.
    pub number: i64,
    /// With whom.
    pub contact: String,
    /// The latest message it is about.
    pub message: Option<MessageId>,
    /// The colleague behind it.
    pub by: Option<UserId>,
    /// The first words.
    pub text: String,
    /// How many pieces of news it stands for.
    pub count: i64,
    /// When the latest came.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}
