//! What follows from being looked at or not: receipts for the agents, the count on the launcher, and that the visitor types.
//! It only reacts; opening and closing is decided by the page around.

use crate::chat::Chat;
use crate::field::{Slot, effect};
use crate::json::map;
use crate::pulse::Timer;
use crate::wire;
use model::{MessageId, VisitorMessage};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;

/// Receipts within this time go out as one.
const GATHER: Duration = Duration::from_millis(150);
/// Typing is repeated at most this often, in milliseconds.
const REPEAT: f64 = 3000.0;
/// Typing ends after this much rest.
const REST: Duration = Duration::from_secs(5);
/// Most characters of the preview above the launcher.
const PREVIEW: usize = 120;

/// Keeps agents and launcher informed.
pub fn watch(chat: Chat) {
    // What was told last: up to where, and whether as read.
    let told = Rc::new(Slot::new((MessageId(0), false)));
    let waiting = Rc::new(Slot::new(false));
    let timer = Timer::default();
    effect(move || {
        let read = chat.attended();
        let Some(up_to) = chat.messages.with(|all| newest(all)) else { return };
        if read {
            chat.unread.set(0);
        }
        let (last, last_read) = told.get();
        if waiting.get() || up_to < last || (up_to == last && (last_read || !read)) {
            return;
        }
        waiting.set(true);
        let (told, waiting) = (told.clone(), waiting.clone());
        timer.start(GATHER, move || {
            waiting.set(false);
            let (up_to, read) = (chat.messages.with_untracked(|all| newest(all)).unwrap_or(up_to), chat.attended_now());
            told.set((up_to, read));
            let body = map([("inbox", chat.inbox.as_str().into()), ("up_to", up_to.0.into()), ("read", read.into())]);
            let answer = wire::post("/widget/v1/seen", chat.token.get(), &body);
            spawn_local(async move {
                if answer.await.is_err() {
                    // It is told with the next message, or the next time somebody looks.
                    told.set((MessageId(0), false));
                }
            });
        });
    });
    let before = Slot::new(0);
    effect(move || {
        let count = chat.unread.get();
        if before.replace(count) != count || count > 0 {
            let newest = |all: &Vec<VisitorMessage>| all.iter().rev().find(|m| !m.mine).map(preview);
            let preview = chat.messages.with_untracked(newest).filter(|_| count > 0);
            chat.tell("unread", [("count", count.into()), ("preview", preview.as_deref().into())]);
        }
    });
}

fn newest(all: &[VisitorMessage]) -> Option<MessageId> {
    all.iter().rev().find(|m| !m.mine).map(|m| m.id)
}

fn preview(message: &VisitorMessage) -> String {
    let what = if message.text.is_empty() { message.files.first().map_or("", |file| &file.name) } else { &message.text };
    let mut line: String = what.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).take(PREVIEW).collect();
    if what.chars().count() > PREVIEW {
        line.push('…');
    }
    match &message.author {
        Some(name) => [name, ": ", &line].concat(),
        None => line,
    }
}

/// Tells the agents that the visitor types, at the first key and then now and again.
#[derive(Clone, Debug)]
pub struct Typing {
    chat: Chat,
    last: Rc<Slot<f64>>,
    rest: Rc<Timer>,
}

impl Typing {
    /// Nobody types yet.
    #[must_use]
    pub fn new(chat: Chat) -> Self {
        Self { chat, last: Rc::default(), rest: Rc::default() }
    }

    /// A key was pressed.
    pub fn key(&self) {
        let now = js_sys::Date::now();
        if now - self.last.get() >= REPEAT {
            self.last.set(now);
            self.tell(true);
        }
        let this = self.clone();
        self.rest.start(REST, move || this.stop());
    }

    /// The text was sent or left alone.
    pub fn stop(&self) {
        self.rest.stop();
        if self.last.replace(0.0) > 0.0 {
            self.tell(false);
        }
    }

    fn tell(&self, on: bool) {
        let chat = self.chat;
        if chat.token.with(Option::is_none) {
            return;
        }
        let answer = wire::post("/widget/v1/typing", chat.token.get(), &map([("inbox", chat.inbox.as_str().into()), ("on", on.into())]));
        // Typing is news only now; what is lost is not missed.
        spawn_local(async move { drop(answer.await) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{MessageState, Timestamp};

    #[test]
    fn the_preview_is_one_short_line() {
        let message = |text: &str, author: Option<&str>| VisitorMessage {
            id: MessageId(1),
            key: None,
            mine: false,
            author: author.map(str::to_owned),
            photo: None,
            text: text.to_owned(),
            files: Vec::new(),
            state: MessageState::Sent,
            at: Timestamp(0),
            rich: None,
        };
        assert_eq!(preview(&message("Oi\ntudo bem?", Some("Ana"))), "Ana: Oi tudo bem?");
        assert_eq!(preview(&message(&"á".repeat(200), None)).chars().count(), PREVIEW + 1);
    }
}
