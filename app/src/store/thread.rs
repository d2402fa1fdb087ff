//! One thread as signals: the order of its bubbles, and each bubble's own content.
//! It knows no network; the store fills it from the desk and from what is expected.

use super::expect::{Expectation, Outgoing};
use leptos::prelude::*;
use model::{
    AttachmentId, AttachmentKind, AttachmentView, Author, ClientKey, ContactView, ConversationId, MessageId, MessageKind, MessageState,
    MessageView, UploadView, UserId,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// What names a bubble for as long as it stands: an expected one keeps its node when it becomes real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BubbleKey {
    /// A message that carries no key of ours.
    Message(MessageId),
    /// A message of an agent, by the key their browser gave it.
    Ours(ClientKey),
}

impl BubbleKey {
    /// The key of a message. A customer's own key is never taken for one of ours.
    #[must_use]
    pub const fn of(message: &MessageView) -> Self {
        match (message.kind, message.key) {
            (MessageKind::Outgoing | MessageKind::Note, Some(key)) => Self::Ours(key),
            _ => Self::Message(message.id),
        }
    }
}

/// A message as the thread shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubble {
    /// The message; an expected one has no id yet (`i64::MAX`).
    pub message: MessageView,
    /// How it stands with the server, while it is only expected.
    pub expected: Option<Expectation>,
}

/// One thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its bubbles, oldest first.
    pub order: ArcRwSignal<Vec<BubbleKey>>,
    /// Whether older messages exist beyond the first.
    pub older: ArcRwSignal<bool>,
    /// Whether older ones are on their way.
    pub loading: ArcRwSignal<bool>,
    /// The contact.
    pub contact: ArcRwSignal<Option<ContactView>>,
    /// The colleagues who follow it, as they were when it was loaded or last changed here.
    pub participants: ArcRwSignal<Vec<UserId>>,
    /// Its own attributes, likewise.
    pub attributes: ArcRwSignal<BTreeMap<String, String>>,
    bubbles: StoredValue<HashMap<BubbleKey, ArcRwSignal<Bubble>>>,
}

impl Thread {
    /// An empty thread.
    #[must_use]
    pub fn new(conversation: ConversationId) -> Self {
        Self {
            conversation,
            order: ArcRwSignal::new(Vec::new()),
            older: ArcRwSignal::new(false),
            loading: ArcRwSignal::new(false),
            contact: ArcRwSignal::new(None),
            participants: ArcRwSignal::new(Vec::new()),
            attributes: ArcRwSignal::new(BTreeMap::new()),
            bubbles: StoredValue::new(HashMap::new()),
        }
    }

    /// A bubble's content.
    #[must_use]
    pub fn bubble(&self, key: BubbleKey) -> Option<ArcRwSignal<Bubble>> {
        self.bubbles.with_value(|bubbles| bubbles.get(&key).cloned())
    }

    /// What names this message, if it is loaded.
    #[must_use]
    pub fn key_of(&self, message: MessageId) -> Option<BubbleKey> {
        self.bubbles
            .with_value(|all| all.iter().find(|(_, bubble)| bubble.with_untracked(|b| b.message.id == message)).map(|(key, _)| *key))
    }

    /// Redraws from the messages known and the ones expected; only what changed fires.
    pub(super) fn draw(&self, messages: &BTreeMap<MessageId, MessageView>, expected: &[Outgoing], me: UserId) {
        let mut order = Vec::with_capacity(messages.len() + expected.len());
        self.bubbles.update_value(|bubbles| {
            let mut put = |message: Cow<'_, MessageView>, expected: Option<Expectation>| {
                let key = BubbleKey::of(&message);
                order.push(key);
                let known = bubbles.get(&key);
                // A long thread is looked through at every arrival: only what is new is copied.
                if known.is_some_and(|signal| signal.with_untracked(|old| old.message == *message && old.expected == expected)) {
                    return;
                }
                let bubble = Bubble { message: message.into_owned(), expected };
                match known {
                    Some(signal) => signal.set(bubble),
                    None => drop(bubbles.insert(key, ArcRwSignal::new(bubble))),
                }
            };
            for message in messages.values() {
                put(Cow::Borrowed(message), None);
            }
            for outgoing in expected {
                put(Cow::Owned(outgoing.message(me)), Some(outgoing.state));
            }
        });
        if self.order.with_untracked(|old| *old != order) {
            self.order.set(order);
        }
    }
}

/// An uploaded file before the message has it: no id to fetch it by, so it shows as a name.
fn expected_file(upload: &UploadView) -> AttachmentView {
    AttachmentView {
        id: AttachmentId(0),
        kind: AttachmentKind::Document,
        name: upload.name.clone(),
        mime: String::new(),
        size: upload.size,
        ..AttachmentView::default()
    }
}

impl Outgoing {
    fn message(&self, me: UserId) -> MessageView {
        MessageView {
            id: MessageId(i64::MAX),
            conversation: self.conversation,
            key: Some(self.key),
            kind: if self.note { MessageKind::Note } else { MessageKind::Outgoing },
            quote: self.quote.clone(),
            author: Author::User { id: me },
            text: self.text.clone(),
            files: self.files.iter().map(expected_file).collect(),
            state: MessageState::Queued,
            at: self.at,
            ..MessageView::default()
        }
    }
}
