//! What follows from being looked at or not: receipts for the agents, the count on the launcher, and that the visitor types.
//! It only reacts; opening and closing is decided by the page around.

use crate::chat::Chat;
use crate::wire;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use model::{MessageId, VisitorMessage};
use serde_json::json;
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
    let told = StoredValue::new((MessageId(0), false));
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        let read = chat.attended();
        let Some(up_to) = chat.messages.with(|all| all.iter().rev().find(|m| !m.mine).map(|m| m.id)) else { return };
        if read && chat.unread.get_untracked() != 0 {
            chat.unread.set(0);
        }
        let (last, last_read) = told.get_value();
        if waiting.get_value() || up_to < last || (up_to == last && (last_read || !read)) {
            return;
        }
        waiting.set_value(true);
        let go = move || {
            waiting.set_value(false);
            let read = chat.opened.get_untracked() && chat.visible.get_untracked();
            let newest = chat.messages.with_untracked(|all| all.iter().rev().find(|m| !m.mine).map_or(up_to, |m| m.id));
            told.set_value((newest, read));
            spawn_local(async move {
                let body = json!({ "inbox": chat.inbox.get_value(), "up_to": newest, "read": read });
                let token = chat.token.get_value();
                if wire::tell("/widget/v1/seen", token.as_deref(), body).await.is_err() {
                    // It is told with the next message, or the next time somebody looks.
                    told.set_value((MessageId(0), false));
                }
            });
        };
        set_timeout(go, GATHER);
    });
    Effect::new(move |before: Option<i64>| {
        let count = chat.unread.get();
        if before.is_some_and(|before| before != count) || count > 0 {
            let preview = chat.messages.with_untracked(|all| all.iter().rev().find(|m| !m.mine).map(preview)).filter(|_| count > 0);
            chat.tell("unread", json!({ "count": count, "preview": preview }));
        }
        count
    });
}

fn preview(message: &VisitorMessage) -> String {
    let what = if message.text.is_empty() { message.files.first().map_or("", |file| &file.name) } else { &message.text };
    let mut line: String = what.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).take(PREVIEW).collect();
    if what.chars().count() > PREVIEW {
        line.push('…');
    }
    message.author.as_ref().map_or_else(|| line.clone(), |name| format!("{name}: {line}"))
}

/// Tells the agents that the visitor types, at the first key and then now and again.
#[derive(Clone, Copy, Debug)]
pub struct Typing {
    chat: Chat,
    last: StoredValue<f64>,
    rest: StoredValue<Option<TimeoutHandle>>,
}

impl Typing {
    /// Nobody types yet.
    #[must_use]
    pub fn new(chat: Chat) -> Self {
        Self { chat, last: StoredValue::new(0.0), rest: StoredValue::new(None) }
    }

    /// A key was pressed.
    pub fn key(self) {
        let now = js_sys::Date::now();
        if now - self.last.get_value() >= REPEAT {
            self.last.set_value(now);
            self.tell(true);
        }
        self.set_rest(set_timeout_with_handle(move || self.stop(), REST).ok());
    }

    /// The text was sent or left alone.
    pub fn stop(self) {
        self.set_rest(None);
        if self.last.get_value() > 0.0 {
            self.last.set_value(0.0);
            self.tell(false);
        }
    }

    fn set_rest(self, handle: Option<TimeoutHandle>) {
        if let Some(Some(before)) = self.rest.try_update_value(|rest| std::mem::replace(rest, handle)) {
            before.clear();
        }
    }

    fn tell(self, on: bool) {
        let chat = self.chat;
        let Some(token) = chat.token.get_value() else { return };
        spawn_local(async move {
            let body = json!({ "inbox": chat.inbox.get_value(), "on": on });
            // Typing is news only now; what is lost is not missed.
            let _ = wire::tell("/widget/v1/typing", Some(&token), body).await;
        });
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
        };
        assert_eq!(preview(&message("Oi\ntudo bem?", Some("Ana"))), "Ana: Oi tudo bem?");
        assert_eq!(preview(&message(&"á".repeat(200), None)).chars().count(), PREVIEW + 1);
    }
}
