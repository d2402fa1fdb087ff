//! What arrives: one connection that is resumed where it broke, and what its events do to the chat.
//! It exists only while there is a session; whoever has not written costs the server nothing.

use crate::chat::Chat;
use crate::pulse::pause;
use crate::sse::{Event, Parser};
use crate::thread::{merge, seen};
use crate::{outbox, wire};
use leptos::prelude::*;
use leptos::leptos_dom::helpers::TimeoutHandle;
use model::*;
use serde_json::json;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

/// Silence after which a connection counts as dead; the server pings every fifteen seconds.
const SILENCE: Duration = Duration::from_secs(35);
/// How long a connection may be gone before the visitor is told.
const QUIET: Duration = Duration::from_secs(5);
/// How long an agent types without saying so again.
const TYPING: Duration = Duration::from_secs(10);

/// How a connection ended.
enum End {
    /// Broken, or silent for too long.
    Lost,
    /// The server stops; another is there.
    Bye,
    /// Too much was missed.
    Reset,
    /// The key is worth nothing any more.
    SignedOut,
    /// Another connection has taken over.
    Replaced,
}

/// Follows the visitor's thread from the chat's position, in place of whatever was followed before.
pub fn follow(chat: Chat) {
    let number = chat.connection.with_value(|(number, _)| number + 1);
    if let Some((_, Some(before))) = chat.connection.try_update_value(|now| std::mem::replace(now, (number, None))) {
        before.abort();
    }
    if chat.token.with_value(Option::is_none) {
        return;
    }
    spawn_local(async move {
        let mut tries = 0;
        loop {
            let end = connection(chat, number, &mut tries).await;
            if chat.connection.with_value(|(now, _)| *now != number) {
                return;
            }
            match end {
                End::Replaced => return,
                End::Reset => return chat.begin().await,
                End::SignedOut => return chat.expired(),
                End::Bye | End::Lost => {}
            }
            trouble(chat);
            // After a goodbye half a second at most: enough that not everybody comes at once.
            let wait = if matches!(end, End::Bye) { 500 } else { pause(tries, js_sys::Math::random()) };
            tries += 1;
            chat.reconnect.wait(wait).await;
        }
    });
}

async fn connection(chat: Chat, number: u32, tries: &mut u32) -> End {
    let (Some(token), Ok(controller)) = (chat.token.get_value(), AbortController::new()) else { return End::Replaced };
    chat.connection.set_value((number, Some(controller.clone())));
    let inbox = js_sys::encode_uri_component(&chat.inbox.get_value());
    let path = format!("/widget/v1/events?inbox={inbox}&after={}", chat.seq.get_value().0);
    let watch = || {
        let controller = controller.clone();
        after(SILENCE, move || controller.abort())
    };
    let mut dog = watch();
    let reader = match wire::stream(&path, &token, &controller.signal()).await {
        Ok(reader) => reader,
        Err(fault) => return if fault.code == FaultCode::SignedOut { End::SignedOut } else { End::Lost },
    };
    let mut parser = Parser::default();
    let mut greeted = false;
    let end = loop {
        let Some(bytes) = wire::chunk(&reader).await else { break End::Lost };
        if chat.connection.with_value(|(now, _)| *now != number) {
            break End::Replaced;
        }
        if let Some(old) = std::mem::replace(&mut dog, watch()) {
            old.clear();
        }
        if !greeted {
            (greeted, *tries) = (true, 0);
            recovered(chat);
            chat.retry.wake();
            outbox::pump(chat);
        }
        if let Some(end) = parser.feed(&bytes).into_iter().find_map(|event| hear(chat, &event)) {
            break end;
        }
    };
    if let Some(dog) = dog {
        dog.clear();
    }
    controller.abort();
    end
}

/// Most breaks are over before anybody needs to hear of them.
pub(crate) fn trouble(chat: Chat) {
    if chat.trouble.with_value(Option::is_none) {
        chat.trouble.set_value(after(QUIET, move || chat.lost.set(true)));
    }
}

/// The server was heard.
pub(crate) fn recovered(chat: Chat) {
    if let Some(Some(told)) = chat.trouble.try_update_value(Option::take) {
        told.clear();
    }
    chat.lost.set(false);
}

fn after(time: Duration, then: impl FnOnce() + 'static) -> Option<TimeoutHandle> {
    set_timeout_with_handle(then, time).ok()
}

fn hear(chat: Chat, event: &Event) -> Option<End> {
    match event.name.as_str() {
        "event" => {
            let reset = match serde_json::from_str(&event.data) {
                Ok(VisitorEvent::Reset) => true,
                Ok(said) => {
                    apply(chat, said);
                    false
                }
                // Of a newer server: what it means is in the thread when that is loaded next.
                Err(_) => false,
            };
            if let Some(id) = event.id {
                chat.seq.set_value(Seq(id));
            }
            reset.then_some(End::Reset)
        }
        "reset" => Some(End::Reset),
        "bye" => Some(End::Bye),
        _ => None,
    }
}

fn apply(chat: Chat, event: VisitorEvent) {
    match event {
        VisitorEvent::Message { message } => {
            // What lies before the oldest one loaded is history, whenever it comes.
            let known = |all: &Vec<VisitorMessage>| all.binary_search_by_key(&message.id, |m| m.id).is_ok() || all.first().is_some_and(|m| m.id > message.id);
            let new = !message.mine && !chat.messages.with_untracked(known);
            if new {
                arrived(chat, &message);
            }
            chat.messages.update(|messages| merge(messages, message));
        }
        VisitorEvent::Seen { up_to } => chat.messages.update(|messages| seen(messages, up_to)),
        VisitorEvent::Typing { name, on } => {
            let now = on.then_some(name);
            if chat.typing.get_untracked() != now {
                chat.typing.set(now);
            }
            if on {
                let stale = after(TYPING, move || chat.typing.set(None));
                if let Some(Some(before)) = chat.typing_ends.try_update_value(|ends| std::mem::replace(ends, stale)) {
                    before.clear();
                }
            }
        }
        VisitorEvent::Resolved { on } => chat.resolved.set(on),
        VisitorEvent::Reset => {}
    }
}

fn arrived(chat: Chat, message: &VisitorMessage) {
    chat.typing.set(None);
    if let Some(host) = chat.host() {
        host.event("message", json!({ "from": "agent", "id": message.id, "text": message.text, "author": message.author }));
    }
    if !(chat.opened.get_untracked() && chat.visible.get_untracked()) {
        chat.unread.update(|count| *count += 1);
        chat.tell("sound", json!({}));
    }
}
