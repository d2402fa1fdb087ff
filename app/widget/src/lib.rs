//! The customer's chat: one frame on somebody else's page, mounted in the browser and never drawn by the server.
//! It shares texts and vocabulary with the inbox but not its views: a type per element made this page twice as heavy as it may be, so
//! plain functions (`dom`) draw it over the same signals.

mod attach;
mod attend;
mod chat;
mod colour;
mod dom;
mod field;
mod host;
mod icons;
mod json;
mod keep;
mod links;
mod outbox;
mod parts;
mod pulse;
mod sse;
mod stream;
mod thread;
mod when;
mod wire;
mod words;

use chat::{Chat, Phase};
use dom::{append, bind, bind_shown, el, on, set};
use field::{Slot, effect};
use host::{Heard, Host};
use kit::i18n::Language;
use leptos::prelude::{IntoView, document, set_timeout, window};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// How long a page around may stay silent before the chat goes on without it.
const ALONE: Duration = Duration::from_millis(1500);

/// The whole chat; mount it on the frame's body.
#[must_use]
#[expect(non_snake_case, reason = "mounted like any component")]
pub fn Widget() -> impl IntoView {
    let query = window().location().search().ok().and_then(|query| web_sys::UrlSearchParams::new_with_str(&query).ok());
    let inbox = query.and_then(|query| query.get("inbox")).unwrap_or_default();
    let root = document().document_element();
    let language = root.and_then(|root| root.get_attribute("lang")).and_then(|tag| Language::from_tag(&tag)).unwrap_or_default();
    let chat = Chat::new(inbox, language);
    draw(chat);
    attend::watch(chat);
    remember(chat);
    surroundings(chat);
    meet(chat);
}

fn draw(chat: Chat) {
    let main = el("main", "chat");
    bind(&main, "data-phase", move || {
        let word = match chat.phase.get() {
            Phase::Loading => "loading",
            Phase::Ready => "ready",
            Phase::Refused(_) => "refused",
        };
        Some(word.to_owned())
    });
    on(&main, "keydown", move |event| {
        let key = event.unchecked_ref::<web_sys::KeyboardEvent>();
        if key.key() == "Escape" && !event.default_prevented() && !key.is_composing() {
            chat.tell("close", []);
        }
    });
    let usable = el("div", "chat__usable");
    parts::log(chat, &usable);
    parts::composer(chat, &usable);
    bind_shown(&usable, move || !matches!(chat.phase.get(), Phase::Refused(_)));
    append(&main, &parts::header(chat));
    append(&main, &parts::refused(chat));
    append(&main, &usable);
    append(&main, &parts::branding(chat));
    append(&document().body().map_or_else(|| main.clone().into(), Into::into), &main);
}

/// Keeps what must survive a reload, from the first message on.
fn remember(chat: Chat) {
    let before = Slot::new(false);
    effect(move || {
        let any = chat.outbox.with(|outbox| !outbox.is_empty());
        if before.replace(any) || any {
            let queue = chat.outbox.with_untracked(|outbox| keep::queue(outbox));
            chat.keep(|kept| kept.queue = queue);
        }
    });
    effect(move || {
        let draft = chat.draft.get();
        if chat.may_keep() {
            chat.keep(|kept| kept.draft = draft);
        }
    });
}

/// The network, the tab, another tab.
fn surroundings(chat: Chat) {
    on(&window(), "online", move |_| chat.wake());
    on(&window(), "storage", move |event| {
        let key = event.unchecked_ref::<web_sys::StorageEvent>().key();
        // Another tab wrote the first message: this one is the same visitor.
        if key == Some(keep::token_name(&chat.inbox)) && chat.token.with(Option::is_none) && chat.outbox.with_untracked(Vec::is_empty) {
            chat.start(None, None, None);
        }
    });
    on(&document(), "visibilitychange", move |_| {
        let visible = !document().hidden();
        chat.visible.set(visible);
        if visible {
            chat.wake();
        }
    });
}

/// Finds the page around and does what it says; alone, or next to a silent one, the chat simply stands open.
fn meet(chat: Chat) {
    let met = Rc::new(Slot::new(false));
    let host = Host::find({
        let met = met.clone();
        move |said| {
            if matches!(said, Heard::Hello(_)) {
                met.set(true);
            }
            obey(chat, said);
        }
    });
    let framed = host.framed;
    chat.meet(host);
    let alone = move || {
        if !met.get() {
            chat.opened.set(true);
            chat.start(None, None, None);
        }
    };
    if framed {
        set_timeout(alone, ALONE);
    } else {
        alone();
    }
}

fn obey(chat: Chat, said: Heard) {
    match said {
        Heard::Hello(hello) => {
            // The page says "open" next, if it is.
            chat.opened.set(false);
            speak(chat, hello.locale.as_deref());
            light(hello.scheme.as_deref());
            chat.greeted(hello);
        }
        Heard::Open => {
            chat.opened.set(true);
            chat.wake();
            chat.say_opened();
        }
        Heard::Close => chat.opened.set(false),
        Heard::User(claim) => chat.identify(claim),
        Heard::About(said) => {
            chat.about.update(|all| all.push(said));
            outbox::pass_on(chat);
        }
        Heard::Locale(tag) => speak(chat, Some(&tag)),
        Heard::Scheme(scheme) => light(scheme.as_deref()),
        Heard::Page(page) => chat.page.set(Some(page)),
        Heard::Reset => chat.reset(),
    }
}

fn speak(chat: Chat, tag: Option<&str>) {
    if let Some(language) = tag.and_then(Language::from_tag) {
        chat.language.set(language);
        root("lang", language.tag());
    }
}

fn light(scheme: Option<&str>) {
    root("data-scheme", scheme.filter(|scheme| ["light", "dark"].contains(scheme)).unwrap_or("auto"));
}

fn root(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        set(&root, name, Some(value));
    }
}
