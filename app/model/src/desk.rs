//! The desk: what one agent's screen knows. Plain data, changed only by [`Desk::apply`].

use crate::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one agent's screen starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskView {
    /// Which account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Whose desk it is.
    pub me: UserId,
    /// Their standing.
    pub role: Role,
    /// The inboxes they may see, by name.
    pub inboxes: Vec<InboxView>,
    /// Everybody in the account, by name.
    pub agents: Vec<AgentView>,
    /// Who is here now.
    pub here: Vec<UserId>,
    /// How many conversations stand where.
    pub tallies: Tallies,
    /// The account's labels, by title.
    #[serde(default)]
    pub labels: Vec<LabelView>,
    /// The account's teams, by name.
    #[serde(default)]
    pub teams: Vec<TeamView>,
    /// What the account has settled.
    #[serde(default)]
    pub settings: AccountSettings,
    /// How many notifications the viewer has not read.
    #[serde(default)]
    pub unread: i64,
    /// The first-run checklist.
    pub checklist: Checklist,
}

/// A row of the list with what belongs to its viewer alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// What everybody sees.
    pub conversation: ConversationView,
    /// How many incoming messages the viewer has seen.
    pub seen: i64,
    /// Whether the viewer has an unsent draft here.
    pub draft: bool,
}

/// One thread as it opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadView {
    /// Its row.
    pub row: ListRow,
    /// The contact.
    pub contact: ContactView,
    /// The messages asked for, oldest first; `more` says whether older ones exist.
    pub messages: Page<MessageView>,
    /// The viewer's unsent drafts.
    pub drafts: Vec<(DraftMode, String)>,
    /// The colleagues who follow it.
    #[serde(default)]
    pub participants: Vec<UserId>,
    /// Its own attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// What one agent's screen knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The last event applied.
    pub seq: Seq,
    /// What it started from, kept current.
    pub view: DeskView,
    /// The conversations loaded so far.
    pub rows: BTreeMap<ConversationId, ListRow>,
    /// The threads loaded so far: messages by id.
    pub threads: BTreeMap<ConversationId, BTreeMap<MessageId, MessageView>>,
    /// The contacts loaded so far.
    pub contacts: BTreeMap<ContactId, ContactView>,
    /// The viewer's drafts of the threads loaded so far.
    pub drafts: BTreeMap<(ConversationId, DraftMode), String>,
}

/// What an event touched, so that only those signals fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// A row's content, and perhaps the order of lists and the tallies.
    Row(ConversationId),
    /// One message of a thread; `new` when it was not known before.
    Message {
        /// Where.
        conversation: ConversationId,
        /// Which.
        message: MessageId,
        /// Whether it was added just now.
        new: bool,
    },
    /// Several messages of a thread.
    Thread(ConversationId),
    /// A draft of the viewer.
    Draft(ConversationId),
    /// A contact's details.
    Contact(ContactId),
    /// Inboxes or agents.
    Directory,
    /// The checklist.
    Checklist,
    /// The viewer's notifications.
    Notifications,
    /// Long work of the viewer's.
    Operation,
    /// The viewer's own rights: load afresh.
    Access,
}

impl Desk {
    /// A desk that knows no conversation yet.
    #[must_use]
    pub fn new(start: Stamped<DeskView>) -> Self {
        Self {
            seq: start.seq,
            view: start.data,
            rows: BTreeMap::new(),
            threads: BTreeMap::new(),
            contacts: BTreeMap::new(),
            drafts: BTreeMap::new(),
        }
    }

    /// Applies one event. An event at or below the desk's position changes nothing; a foreign inbox's is ignored.
    pub fn apply(&mut self, event: &Event) -> Vec<Touched> {
        if event.seq <= self.seq {
            return Vec::new();
        }
        self.seq = event.seq;
        self.change(&event.change)
    }

    fn change(&mut self, change: &Change) -> Vec<Touched> {
        let me = self.view.me;
        match change {
            Change::Conversation { was, now, marks } => {
                if let Some(was) = was {
                    self.view.tallies.shift(was, me, -1);
                }
                // What was only begun counts nowhere: the first message tells of it again, with no place before.
                if now.starter.is_none() {
                    self.view.tallies.shift(&now.placement(), me, 1);
                }
                let mark = marks.iter().find(|mark| mark.user == me);
                let row = ListRow {
                    conversation: (**now).clone(),
                    seen: mark.map_or(0, |mark| mark.seen),
                    draft: mark.is_some_and(|mark| mark.draft),
                };
                self.rows.insert(now.id, row);
                vec![Touched::Row(now.id)]
            }
            Change::Message { message } => {
                if let Author::Contact { id } = message.author
                    && let Some(contact) = self.contacts.get_mut(&id)
                {
                    contact.last_activity_at = contact.last_activity_at.max(Some(message.at));
                }
                let Some(thread) = self.threads.get_mut(&message.conversation) else { return Vec::new() };
                let new = thread.insert(message.id, (**message).clone()).is_none();
                vec![Touched::Message { conversation: message.conversation, message: message.id, new }]
            }
            Change::Advanced { conversation, up_to, state } => {
                if let Some(preview) = self.rows.get_mut(conversation).and_then(|row| row.conversation.preview.as_mut())
                    && preview.message <= *up_to
                    && !matches!(preview.author, Author::Contact { .. })
                    && let Some(next) = preview.state.advance(state.clone())
                {
                    preview.state = next;
                }
                if let Some(thread) = self.threads.get_mut(conversation) {
                    for (_, message) in thread.range_mut(..=*up_to) {
                        if message.kind == MessageKind::Outgoing
                            && let Some(next) = message.state.advance(state.clone())
                        {
                            message.state = next;
                        }
                    }
                }
                vec![Touched::Row(*conversation), Touched::Thread(*conversation)]
            }
            Change::Read { user, conversation, seen } if *user == me => {
                if let Some(row) = self.rows.get_mut(conversation) {
                    row.seen = *seen;
                }
                vec![Touched::Row(*conversation)]
            }
            Change::Draft { user, conversation, mode, text } if *user == me => {
                if text.is_empty() {
                    self.drafts.remove(&(*conversation, *mode));
                } else {
                    self.drafts.insert((*conversation, *mode), text.clone());
                }
                if let Some(row) = self.rows.get_mut(conversation) {
                    row.draft = !text.is_empty();
                }
                vec![Touched::Draft(*conversation), Touched::Row(*conversation)]
            }
            Change::Read { .. } | Change::Draft { .. } => Vec::new(),
            Change::Contact { contact } => {
                self.contacts.insert(contact.id, (**contact).clone());
                let mut touched = vec![Touched::Contact(contact.id)];
                for row in self.rows.values_mut().filter(|row| row.conversation.contact.id == contact.id) {
                    row.conversation.contact = contact.brief();
                    touched.push(Touched::Row(row.conversation.id));
                }
                touched
            }
            Change::Inbox { inbox } => {
                upsert(&mut self.view.inboxes, (**inbox).clone(), |i| i.id, |i| lower(&i.name));
                vec![Touched::Directory]
            }
            Change::InboxRemoved { inbox } => {
                self.view.inboxes.retain(|i| i.id != *inbox);
                self.view.tallies.0.retain(|(i, _, _)| i != inbox);
                let gone: Vec<_> = self.rows.values().filter(|r| r.conversation.inbox == *inbox).map(|r| r.conversation.id).collect();
                for id in &gone {
                    self.rows.remove(id);
                    self.threads.remove(id);
                }
                gone.into_iter().map(Touched::Row).chain([Touched::Directory]).collect()
            }
            Change::Agent { agent } => {
                upsert(&mut self.view.agents, (**agent).clone(), |a| a.id, |a| lower(&a.name));
                vec![Touched::Directory]
            }
            Change::AgentRemoved { user } => {
                self.view.agents.retain(|a| a.id != *user);
                vec![Touched::Directory]
            }
            Change::ConversationGone { conversation, was } => {
                if let Some(was) = was {
                    self.view.tallies.shift(was, me, -1);
                }
                self.rows.remove(conversation);
                self.threads.remove(conversation);
                vec![Touched::Row(*conversation), Touched::Thread(*conversation)]
            }
            Change::MessageGone { conversation, message } => {
                let Some(thread) = self.threads.get_mut(conversation) else { return Vec::new() };
                thread.remove(message);
                vec![Touched::Thread(*conversation)]
            }
            Change::ContactGone { contact } => {
                self.contacts.remove(contact);
                vec![Touched::Contact(*contact)]
            }
            Change::Label { label } => {
                upsert(&mut self.view.labels, (**label).clone(), |l| l.id, |l| l.title.clone());
                vec![Touched::Directory]
            }
            Change::LabelRemoved { label } => {
                self.view.labels.retain(|l| l.id != *label);
                for contact in self.contacts.values_mut() {
                    contact.labels.retain(|l| l != label);
                }
                self.strip(|row| {
                    let before = row.labels.len();
                    row.labels.retain(|l| l != label);
                    row.labels.len() != before
                })
            }
            Change::Team { team } => {
                upsert(&mut self.view.teams, (**team).clone(), |t| t.id, |t| lower(&t.name));
                vec![Touched::Directory]
            }
            Change::TeamRemoved { team } => {
                self.view.teams.retain(|t| t.id != *team);
                self.strip(|row| row.team.take_if(|t| t == team).is_some())
            }
            Change::Account { name, settings } => {
                self.view.account_name.clone_from(name);
                self.view.settings = *settings;
                vec![Touched::Directory]
            }
            Change::Notified { unread, .. } => {
                self.view.unread = *unread;
                vec![Touched::Notifications]
            }
            Change::Operation { .. } => vec![Touched::Operation],
            Change::Access { user } if *user == me => vec![Touched::Access],
            Change::Access { .. } => Vec::new(),
            Change::Checklist { checklist } => {
                self.view.checklist = *checklist;
                vec![Touched::Checklist]
            }
        }
    }

    /// Changes rows in place; those it changed are touched, and the directory.
    fn strip(&mut self, mut change: impl FnMut(&mut ConversationView) -> bool) -> Vec<Touched> {
        let mut touched = vec![Touched::Directory];
        for row in self.rows.values_mut() {
            if change(&mut row.conversation) {
                touched.push(Touched::Row(row.conversation.id));
            }
        }
        touched
    }

    /// The rows a filter admits, in its order.
    #[must_use]
    pub fn list(&self, filter: &ListFilter) -> Vec<ConversationId> {
        let me = self.view.me;
        let mut rows: Vec<_> = self.rows.values().map(|r| &r.conversation).filter(|c| filter.admits(c, me)).collect();
        rows.sort_unstable_by_key(|c| filter.order.key(c));
        rows.into_iter().map(|c| c.id).collect()
    }
}

impl ListRow {
    /// How many incoming messages the viewer has not seen.
    #[must_use]
    pub const fn unread(&self) -> i64 {
        let unread = self.conversation.incoming - self.seen;
        if unread > 0 { unread } else { 0 }
    }
}

impl ContactView {
    /// The part a conversation row shows.
    #[must_use]
    pub fn brief(&self) -> ContactBrief {
        ContactBrief { id: self.id, name: self.name.clone(), hint: self.email.clone().or_else(|| self.phone.clone()) }
    }
}

/// Puts an item where it belongs in a list that is in order; sorting it anew would be compiled, and run, once per type.
fn upsert<T, K: PartialEq>(list: &mut Vec<T>, item: T, key: impl Fn(&T) -> K, order: impl Fn(&T) -> String) {
    list.retain(|old| key(old) != key(&item));
    let mine = order(&item);
    let place = list.iter().position(|other| order(other) > mine).unwrap_or(list.len());
    list.insert(place, item);
}
