//! What the store fetches: pages of the list, threads, older messages, and everything afresh; and what it asks to be done.
//! What comes back is taken in by `apply`.

use super::{Loaded, Start, Store};
use crate::store::ask;
use api::Fault;
use kit::i18n::fault_text;
use kit::spawn;
use leptos::prelude::*;
use model::*;
use std::collections::HashMap;

impl Store {
    /// Shows another list; what is known of it stands at once.
    pub fn show(self, filter: ListFilter) {
        if self.filter.get_untracked() != filter {
            self.filter.set(filter);
            self.drop_picks();
            self.sort();
        }
        if self.lists.with_value(|lists| !lists.contains_key(&filter)) {
            self.load_page(filter, None);
        }
    }

    /// Loads the rows below the last one.
    pub fn load_more(self) {
        if self.found.with_untracked(Option::is_some) {
            if let Some(bottom) = self.found_bottom().filter(|_| !self.list_loading.get_untracked()) {
                self.list_loading.set(true);
                self.ask_found(Some(bottom));
            }
            return;
        }
        let filter = self.filter.get_untracked();
        if let Some(Loaded { bottom: Some(bottom), more: true }) = self.lists.with_value(|lists| lists.get(&filter).copied()) {
            self.load_page(filter, Some(bottom));
        }
    }

    fn load_page(self, filter: ListFilter, below: Option<ListCursor>) {
        if self.list_loading.get_untracked() {
            return;
        }
        self.list_loading.set(true);
        let account = self.account;
        spawn(async move {
            let answer = ask(api::Conversations { account, filter, below }).await;
            self.list_loading.set(false);
            match answer {
                Ok(page) => self.add_page(filter, below, page),
                Err(fault) => self.toasts.fail(fault_text(self.locale.now(), &fault.0)),
            }
            // The filter may have moved on meanwhile.
            let now = self.filter.get_untracked();
            if now != filter {
                self.show(now);
            }
        });
    }

    /// Opens the thread of a number, from memory where possible.
    ///
    /// # Errors
    /// What the server refused.
    pub async fn open(self, number: i64) -> Result<ConversationId, Fault> {
        if let Some(id) = self.by_number(number)
            && self.thread(id).is_some()
        {
            return Ok(id);
        }
        let answer = ask(api::Thread { account: self.account, number, window: ThreadWindow::Latest }).await?;
        let id = self.add_thread(answer);
        self.sort();
        Ok(id)
    }

    /// Loads older messages of a thread; says whether any came.
    pub async fn load_older(self, conversation: ConversationId) -> bool {
        let Some(thread) = self.thread(conversation) else { return false };
        if thread.loading.get_untracked() || !thread.older.get_untracked() {
            return false;
        }
        let first = self.desk.with_value(|desk| desk.threads.get(&conversation).and_then(|messages| messages.keys().next().copied()));
        let Some(first) = first else { return false };
        thread.loading.set(true);
        let answer = ask(api::Messages { account: self.account, conversation, window: ThreadWindow::Before(first) }).await;
        thread.loading.set(false);
        match answer {
            Ok(page) => {
                thread.older.set(page.data.more);
                let came = !page.data.rows.is_empty();
                self.merge(page.seq, |part| {
                    let messages = page.data.rows.into_iter().map(|message| (message.id, message));
                    part.threads.entry(conversation).or_default().extend(messages);
                });
                self.draw_thread(conversation);
                came
            }
            Err(fault) => {
                self.toasts.fail(fault_text(self.locale.now(), &fault.0));
                false
            }
        }
    }

    /// Loads everything shown afresh, because events were missed for good or rights have changed.
    pub fn reload(self) {
        let filter = self.filter.get_untracked();
        let open: Vec<i64> = self
            .desk
            .with_value(|desk| desk.threads.keys().filter_map(|id| desk.rows.get(id)).map(|row| row.conversation.number).collect());
        let account = self.account;
        spawn(async move {
            let Ok(start) = Start::load(account, filter).await else { return };
            let mut threads = Vec::new();
            for number in open {
                if let Ok(thread) = ask(api::Thread { account, number, window: ThreadWindow::Latest }).await {
                    threads.push(thread);
                }
            }
            let old: Vec<_> = self.threads.with_value(|threads| threads.values().cloned().collect());
            let late: Vec<Event> =
                self.recent.with_value(|recent| recent.iter().filter(|event| event.seq > start.desk.seq).cloned().collect());
            self.desk.set_value(Desk::new(start.desk));
            self.desk.update_value(|desk| {
                for event in &late {
                    desk.apply(event);
                }
            });
            self.lists.update_value(HashMap::clear);
            self.add_page(start.filter, None, start.list);
            self.fire(Touched::Directory);
            self.desk.with_value(|desk| self.here.set(desk.view.here.clone()));
            for thread in threads {
                let id = thread.data.row.conversation.id;
                if let Some(shown) = old.iter().find(|shown| shown.conversation == id) {
                    shown.older.set(thread.data.messages.more);
                }
                self.add_thread(thread);
            }
            self.show(self.filter.get_untracked());
            self.sort();
            self.epoch.update(|epoch| *epoch += 1);
        });
    }

    /// Gives a conversation to somebody, or to nobody.
    pub fn assign(self, conversation: ConversationId, to: Option<UserId>) {
        let account = self.account;
        self.remember(conversation, &[model::Action::Assign(to)]);
        self.parting(conversation);
        self.command(async move { ask(api::Assign { account, conversation, to }).await });
    }

    /// Resolves or reopens a conversation.
    pub fn set_status(self, conversation: ConversationId, status: Status) {
        let account = self.account;
        self.remember(conversation, &[model::Action::Status(status)]);
        self.parting(conversation);
        self.command(async move { ask(api::SetStatus { account, conversation, status }).await });
    }

    /// Notes who comes next, should this conversation leave the list by what is done now.
    fn parting(self, conversation: ConversationId) {
        let next = self.order.with_untracked(|order| {
            let at = order.iter().position(|id| *id == conversation)?;
            order.get(at + 1).or_else(|| at.checked_sub(1).and_then(|at| order.get(at))).copied()
        });
        self.parting.set_value(next.map(|next| (conversation, next, kit::time::present().plus(5_000))));
    }

    /// Who comes after a conversation that has just left the list by the viewer's own hand; said once.
    #[must_use]
    pub fn next_after(self, conversation: ConversationId) -> Option<ConversationId> {
        // Read first, so that whoever asks hears of every change of the list.
        let here = self.order.with(|order| order.contains(&conversation));
        let (gone, next, until) = self.parting.get_value()?;
        if here || gone != conversation || until <= kit::time::present() {
            return None;
        }
        self.parting.set_value(None);
        Some(next)
    }

    /// Takes a held message back; its words stand in the composer again.
    pub fn take_back(self, held: &MessageView) {
        let (account, conversation, message) = (self.account, held.conversation, held.id);
        spawn(async move {
            match ask(api::UndoSend { account, message }).await {
                Ok(withdrawn) => self.give_back(conversation, DraftMode::Reply, &withdrawn.text, withdrawn.files),
                Err(fault) => self.toasts.fail(fault_text(self.locale.now(), &fault.0)),
            }
        });
    }

    /// Does things to a conversation as a whole.
    pub fn run(self, conversation: ConversationId, actions: Vec<model::Action>) {
        let account = self.account;
        self.remember(conversation, &actions);
        self.command(async move { ask(api::Act { account, conversation, actions }).await });
    }

    /// Marks the last incoming message as not read by the viewer.
    pub fn mark_unread(self, conversation: ConversationId) {
        let Some(row) = self.row(conversation) else { return };
        let (account, seen) = (self.account, (row.with_untracked(|row| row.conversation.incoming) - 1).max(0));
        self.command(async move { ask(api::MarkRead { account, conversation, seen, unread: true }).await });
    }

    /// Marks what has arrived as read by the viewer.
    pub fn mark_read(self, conversation: ConversationId, seen: i64) {
        let account = self.account;
        // A refusal leaves it unread, which is true.
        spawn(async move { drop(ask(api::MarkRead { account, conversation, seen, unread: false }).await) });
    }

    /// Tells that the viewer types a reply or a note, or stopped.
    pub fn say_typing(self, conversation: ConversationId, on: bool, note: bool) {
        let account = self.account;
        // A lost signal costs a moment of "typing".
        spawn(async move { drop(ask(api::Typing { account, conversation, on, note }).await) });
    }

    /// The newest message on the screen.
    #[must_use]
    pub fn last_message(self, conversation: ConversationId) -> Option<MessageId> {
        self.desk.with_value(|desk| desk.threads.get(&conversation).and_then(|messages| messages.keys().next_back().copied()))
    }

    /// Tells colleagues that the viewer looks at a conversation, or no longer.
    pub fn say_viewing(self, conversation: ConversationId, on: bool) {
        let account = self.account;
        // A lost signal costs a colleague a moment of knowing.
        spawn(async move { drop(ask(api::Viewing { account, conversation, on }).await) });
    }

    fn command(self, call: impl Future<Output = Result<(), Fault>> + 'static) {
        spawn(async move {
            if let Err(fault) = call.await {
                self.toasts.fail(fault_text(self.locale.now(), &fault.0));
            }
        });
    }
}
