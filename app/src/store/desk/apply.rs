//! How the store changes: by events, by answers brought up to date with the events after their stamp, and by nothing else.
//! What it changed is drawn here too, row by row and bubble by bubble.

use super::{Loaded, RECENT, Store};
use crate::store::thread::Thread;
use leptos::prelude::*;
use model::*;
use std::collections::BTreeMap;

impl Store {
    /// Applies events in order and fires what they touched.
    pub fn apply(self, events: &[Event]) {
        let mut lists = false;
        for event in events {
            if event.seq <= self.seq() {
                continue;
            }
            self.recent.update_value(|recent| {
                recent.push_back(event.clone());
                let spare = recent.len().saturating_sub(RECENT);
                recent.drain(..spare);
            });
            if let Change::Message { message } = &event.change {
                self.arrived(message);
                self.forget_typing(message.conversation, &message.author);
            }
            for touched in self.desk.try_update_value(|desk| desk.apply(event)).unwrap_or_default() {
                lists |= matches!(touched, Touched::Row(_) | Touched::Directory);
                self.fire(touched);
            }
        }
        if lists {
            self.sort_soon();
            self.stir();
        }
    }

    pub(super) fn fire(self, touched: Touched) {
        match touched {
            Touched::Row(conversation) => self.draw_row(conversation),
            Touched::Message { conversation, .. } | Touched::Thread(conversation) => self.draw_thread(conversation),
            Touched::Draft(conversation) => {
                for mode in [DraftMode::Reply, DraftMode::Note] {
                    let text = self.desk.with_value(|desk| desk.drafts.get(&(conversation, mode)).cloned()).unwrap_or_default();
                    self.drafts.known.update_value(|known| {
                        known.insert((conversation, mode), text);
                    });
                }
            }
            Touched::Contact(contact) => {
                let view = self.desk.with_value(|desk| desk.contacts.get(&contact).cloned());
                self.threads.with_value(|threads| {
                    for thread in threads.values() {
                        // Its row may have been given to another contact just now.
                        let theirs = self
                            .row(thread.conversation)
                            .is_some_and(|row| row.with_untracked(|row| row.conversation.contact.id == contact));
                        if theirs || thread.contact.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.id == contact)) {
                            thread.contact.set(view.clone());
                        }
                    }
                });
            }
            Touched::Directory => self.desk.with_value(|desk| {
                self.inboxes.set(desk.view.inboxes.clone());
                self.agents.set(desk.view.agents.clone());
                self.labels.set(desk.view.labels.clone());
                self.teams.set(desk.view.teams.clone());
                self.settings.set(desk.view.settings);
                self.tallies.set(desk.view.tallies.clone());
            }),
            Touched::Notifications => {
                self.told.set(self.desk.with_value(|desk| desk.view.unread));
                self.news.update(|news| *news += 1);
            }
            Touched::Operation => self.news.update(|news| *news += 1),
            Touched::Checklist => {
                let now = self.desk.with_value(|desk| desk.view.checklist);
                if now.reply && !self.checklist.get_untracked().reply {
                    self.first_reply.set(true);
                }
                self.checklist.set(now);
            }
            Touched::Access => self.reload(),
        }
    }

    /// Takes in something true only now.
    pub fn signal(self, signal: model::Signal) {
        match signal {
            model::Signal::Typing { conversation, author, on } => {
                self.forget_typing(conversation, &author);
                if on {
                    let until = kit::time::present().plus(10_000);
                    self.typing.update(|typing| typing.push((conversation, author, until)));
                    let prune = move || {
                        let now = kit::time::present();
                        if self.typing.with_untracked(|typing| typing.iter().any(|(_, _, until)| *until <= now)) {
                            self.typing.update(|typing| typing.retain(|(_, _, until)| *until > now));
                        }
                    };
                    set_timeout(prune, std::time::Duration::from_millis(10_100));
                }
            }
            model::Signal::Viewing { conversation, user, on } => {
                let now = kit::time::present();
                self.viewing.update(|all| {
                    all.retain(|(_, who, until)| *who != user && *until > now);
                    if on && user != self.me {
                        all.push((conversation, user, now.plus(9_000)));
                    }
                });
                if on {
                    let prune = move || {
                        let now = kit::time::present();
                        if self.viewing.with_untracked(|all| all.iter().any(|(_, _, until)| *until <= now)) {
                            self.viewing.update(|all| all.retain(|(_, _, until)| *until > now));
                        }
                    };
                    set_timeout(prune, std::time::Duration::from_millis(9_100));
                }
            }
            model::Signal::Presence { user, here } => self.here.update(|all| {
                all.retain(|other| *other != user);
                if here {
                    all.push(user);
                }
            }),
        }
    }

    fn forget_typing(self, conversation: ConversationId, author: &Author) {
        if self.typing.with_untracked(|typing| typing.iter().any(|(place, who, _)| *place == conversation && who == author)) {
            self.typing.update(|typing| typing.retain(|(place, who, _)| *place != conversation || who != author));
        }
    }

    /// Brings a late answer up to date with the events after its stamp, then merges it.
    pub(super) fn merge(self, seq: Seq, fill: impl FnOnce(&mut Desk)) {
        let mut part = self.desk.with_value(|desk| {
            Desk::new(Stamped {
                seq,
                data: DeskView {
                    tallies: Tallies::default(),
                    agents: Vec::new(),
                    inboxes: Vec::new(),
                    here: Vec::new(),
                    ..desk.view.clone()
                },
            })
        });
        fill(&mut part);
        let mine: Vec<_> = part.rows.keys().copied().collect();
        self.recent.with_value(|recent| {
            for event in recent {
                part.apply(event);
            }
        });
        self.desk.update_value(|desk| {
            for (id, row) in part.rows {
                // Events may have brought rows of their own; those the desk has already.
                if mine.contains(&id) || !desk.rows.contains_key(&id) {
                    desk.rows.insert(id, row);
                }
            }
            for (id, messages) in part.threads {
                desk.threads.entry(id).or_default().extend(messages);
            }
            desk.contacts.extend(part.contacts);
            desk.drafts.extend(part.drafts);
        });
        for id in mine {
            self.draw_row(id);
        }
    }

    pub(super) fn add_page(self, filter: ListFilter, below: Option<ListCursor>, page: Stamped<Page<ListRow>>) {
        let bottom = page.data.rows.last().map(|row| ListCursor::of(&row.conversation, filter.order));
        let more = page.data.more;
        self.merge(page.seq, |part| part.rows.extend(page.data.rows.into_iter().map(|row| (row.conversation.id, row))));
        self.lists.update_value(|lists| {
            lists.insert(filter, Loaded { bottom: bottom.or(below), more });
        });
        self.sort();
    }

    pub(super) fn add_thread(self, answer: Stamped<ThreadView>) -> ConversationId {
        let ThreadView { row, contact, messages, drafts, participants, attributes } = answer.data;
        let id = row.conversation.id;
        let fresh = self.thread(id).is_none();
        let thread = self.thread(id).unwrap_or_else(|| {
            let thread = Thread::new(id);
            self.threads.update_value(|threads| {
                threads.insert(id, thread.clone());
            });
            thread
        });
        thread.participants.set(participants);
        thread.attributes.set(attributes);
        if fresh {
            thread.older.set(messages.more);
        }
        let contact_id = contact.id;
        self.merge(answer.seq, |part| {
            part.rows.insert(id, row);
            part.threads.entry(id).or_default().extend(messages.rows.into_iter().map(|message| (message.id, message)));
            part.contacts.insert(contact_id, contact);
            part.drafts.extend(drafts.into_iter().map(|(mode, text)| ((id, mode), text)));
        });
        thread.contact.set(self.desk.with_value(|desk| desk.contacts.get(&contact_id).cloned()));
        self.fire(Touched::Draft(id));
        self.draw_thread(id);
        id
    }

    /// A message known to be stored: the answer to a send, which may come before its event.
    pub(in crate::store) fn settle(self, message: MessageView) {
        let known = self.desk.try_update_value(|desk| {
            let thread = desk.threads.entry(message.conversation).or_default();
            // The event may have been faster, and receipts may have followed it.
            let known = thread.contains_key(&message.id);
            thread.entry(message.id).or_insert_with(|| message.clone());
            known
        });
        self.arrived(&message);
        if known == Some(false) {
            self.draw_thread(message.conversation);
        }
    }

    fn draw_row(self, id: ConversationId) {
        let row = self.desk.with_value(|desk| desk.rows.get(&id).cloned());
        let Some(row) = row else {
            self.rows.update_value(|rows| {
                rows.remove(&id);
            });
            return;
        };
        self.numbers.update_value(|numbers| {
            numbers.insert(row.conversation.number, id);
        });
        self.rows.update_value(|rows| match rows.get(&id) {
            Some(signal) if signal.with_untracked(|old| *old == row) => {}
            Some(signal) => signal.set(row),
            None => {
                rows.insert(id, ArcRwSignal::new(row));
            }
        });
    }

    pub(in crate::store) fn draw_thread(self, id: ConversationId) {
        let Some(thread) = self.thread(id) else { return };
        let expected = self.outbox.of(id);
        self.desk.with_value(|desk| {
            let none = BTreeMap::new();
            thread.draw(desk.threads.get(&id).unwrap_or(&none), &expected, self.me);
        });
    }

    /// Puts the list in order again, as far down as it has been loaded.
    /// The pointer moves over the list: what is under it stays there until it rests.
    pub fn point(self) {
        self.pointed.set_value(kit::time::present().plus(600));
    }

    /// Sorts the list after an event, once the pointer rests.
    fn sort_soon(self) {
        let wait = self.pointed.get_value().since(kit::time::present());
        if wait <= 0 {
            self.sort();
        } else if self.sorting.try_update_value(|sorting| std::mem::replace(sorting, true)) == Some(false) {
            let again = move || {
                self.sorting.set_value(false);
                self.sort_soon();
            };
            set_timeout(again, std::time::Duration::from_millis(wait.unsigned_abs() + 10));
        }
    }

    pub(super) fn sort(self) {
        let filter = self.filter.get_untracked();
        let loaded = self.lists.with_value(|lists| lists.get(&filter).copied());
        let (order, unread) = self.desk.with_value(|desk| {
            let mut order = desk.list(&filter);
            if let Some(Loaded { bottom: Some(bottom), more: true }) = loaded {
                let inside =
                    |id: &ConversationId| desk.rows.get(id).is_some_and(|row| ListCursor::of(&row.conversation, filter.order) <= bottom);
                order.retain(inside);
            }
            let waits = |row: &&ListRow| row.unread() > 0 && row.conversation.status.kind() != StatusKind::Resolved;
            (order, desk.rows.values().filter(waits).count())
        });
        let (order, more) = self.found_rows().unwrap_or_else(|| (order, loaded.is_none_or(|loaded| loaded.more)));
        if self.order.with_untracked(|old| *old != order) {
            self.order.set(order);
        }
        if self.more.get_untracked() != more {
            self.more.set(more);
        }
        if self.unread.get_untracked() != unread {
            self.unread.set(unread);
        }
        let tallies = self.desk.with_value(|desk| desk.view.tallies.clone());
        if self.tallies.with_untracked(|old| *old != tallies) {
            self.tallies.set(tallies);
        }
    }
}
