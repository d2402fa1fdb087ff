//! What arrives: one connection that is resumed where it broke, and what its events do to the chat.
//! It exists only while there is a session; whoever has not written costs the server nothing.

use crate::chat::Chat;
use crate::json::Json;
use crate::pulse::{Timer, pause};
use crate::sse::{Event, Parser};
use crate::thread::{merge, seen};
use crate::{outbox, wire, words};
use model::*;
use std::rc::Rc;
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
    let number = chat.connection.with(|(number, _)| number + 1);
    if let (_, Some(before)) = chat.connection.replace((number, None)) {
        before.abort();
    }
    if chat.token.with(Option::is_none) {
        return;
    }
    spawn_local(async move {
        let mut tries = 0;
        loop {
            let end = connection(chat, number, &mut tries).await;
            if chat.connection.with(|(now, _)| *now != number) {
                return;
            }
            // After a goodbye half a second at most: enough that not everybody comes at once.
            let wait = match end {
                End::Replaced => return,
                End::Reset => return spawn_local(chat.begin()),
                End::SignedOut => return chat.expired(),
                End::Bye => 500,
                End::Lost => pause(tries, js_sys::Math::random()),
            };
            trouble(chat);
            tries += 1;
            chat.reconnect.wait(wait).await;
        }
    });
}

async fn connection(chat: Chat, number: u32, tries: &mut u32) -> End {
    let (Some(token), Ok(controller)) = (chat.token.get(), AbortController::new()) else { return End::Replaced };
    chat.connection.set((number, Some(controller.clone())));
    let inbox = String::from(js_sys::encode_uri_component(&chat.inbox));
    let path = ["/widget/v1/events?inbox=", &inbox, "&after=", &chat.seq.get().0.to_string()].concat();
    let dog = Rc::new(Timer::default());
    let watch = || {
        let controller = controller.clone();
        dog.start(SILENCE, move || controller.abort());
    };
    watch();
    let reader = match wire::stream(&path, &token, &controller.signal()).await {
        Ok(reader) => reader,
        Err(fault) => {
            dog.stop();
            return if fault.code == FaultCode::SignedOut { End::SignedOut } else { End::Lost };
        }
    };
    let mut parser = Parser::default();
    let mut greeted = false;
    let end = loop {
        let Some(bytes) = wire::chunk(&reader).await else { break End::Lost };
        if chat.connection.with(|(now, _)| *now != number) {
            break End::Replaced;
        }
        watch();
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
    dog.stop();
    controller.abort();
    end
}

/// Most breaks are over before anybody needs to hear of them.
pub(crate) fn trouble(chat: Chat) {
    if !chat.trouble.started() {
        chat.trouble.start(QUIET, move || chat.lost.set(true));
    }
}

/// The server was heard.
pub(crate) fn recovered(chat: Chat) {
    chat.trouble.stop();
    chat.lost.set(false);
}

fn hear(chat: Chat, event: &Event) -> Option<End> {
    match event.name.as_str() {
        "event" => {
            // What a newer server says beyond our words is in the thread when that is loaded next.
            let said = Json::parse(&event.data).as_ref().and_then(words::event);
            let reset = said == Some(VisitorEvent::Reset);
            if let Some(said) = said {
                apply(chat, said);
            }
            if let Some(id) = event.id {
                chat.seq.set(Seq(id));
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
            let known = |all: &Vec<VisitorMessage>| {
                all.binary_search_by_key(&message.id, |m| m.id).is_ok() || all.first().is_some_and(|m| m.id > message.id)
            };
            let new = !message.mine && !chat.messages.with_untracked(known);
            if new {
                arrived(chat, &message);
            }
            chat.messages.update(|messages| merge(messages, message));
        }
        VisitorEvent::Seen { up_to } => chat.messages.update(|messages| seen(messages, up_to)),
        VisitorEvent::Typing { name, on } => {
            chat.typing.set(if on { name } else { String::new() });
            if on {
                chat.typing_ends.start(TYPING, move || chat.typing.set(String::new()));
            }
        }
        VisitorEvent::Resolved { on } => chat.resolved.set(on),
        VisitorEvent::Reset => {}
    }
}

fn arrived(chat: Chat, message: &VisitorMessage) {
    chat.typing.set(String::new());
    let author = message.author.as_deref();
    chat.raise(
        "message",
        [("from", "agent".into()), ("id", message.id.0.into()), ("text", message.text.as_str().into()), ("author", author.into())],
    );
    if !chat.attended_now() {
        chat.unread.update(|count| *count += 1);
        chat.tell("sound", []);
    }
}
