//! The customer's chat: one frame on somebody else's page, mounted in the browser and never drawn by the server.
//! It shares words, icons and the wire's vocabulary with the inbox, and neither its store nor its router.

mod attach;
mod attend;
mod chat;
mod colour;
mod host;
mod keep;
mod links;
mod outbox;
mod parts;
mod pulse;
mod sse;
mod stream;
mod thread;
mod wire;

use chat::{Chat, Phase};
use host::{Heard, Host};
use kit::i18n::{Language, Locale, fault_text, t, text};
use kit::time::Clock;
use leptos::ev;
use leptos::prelude::*;
use model::FaultCode;
use std::time::Duration;

/// How long a page around may stay silent before the chat goes on without it.
const ALONE: Duration = Duration::from_millis(1500);

/// The whole chat; mount it on the frame's body.
#[component]
pub fn Widget() -> impl IntoView {
    let query = window().location().search().ok().and_then(|query| web_sys::UrlSearchParams::new_with_str(&query).ok());
    let inbox = query.and_then(|query| query.get("inbox")).unwrap_or_default();
    let root = document().document_element();
    let language = root.and_then(|root| root.get_attribute("lang")).and_then(|tag| Language::from_tag(&tag)).unwrap_or_default();
    let locale = Locale::provide(language);
    Clock::provide();
    let chat = Chat::new(inbox, locale);
    provide_context(chat);
    attend::watch(chat);
    remember(chat);
    surroundings(chat);
    meet(chat);
    let close = move || chat.tell("close", serde_json::json!({}));
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && !event.is_composing() {
            close();
        }
    };
    view! {
        <main class="chat" on:keydown=escape data-phase=move || chat.phase.with(|phase| match phase {
            Phase::Loading => "loading",
            Phase::Ready => "ready",
            Phase::Refused(_) => "refused",
        })>
            <parts::Header/>
            {move || match chat.phase.get() {
                Phase::Refused(fault) => {
                    let members = fault.code == FaultCode::Forbidden;
                    let why = if members { None } else { Some(fault_text(locale.language(), &fault)) };
                    view! {
                        <section class="refused" role="alert">
                            <h2 class="refused__title">{t(text::WIDGET_REFUSED_TITLE)}</h2>
                            <p>{why}</p>
                            <p>{t(if members { text::WIDGET_MEMBERS } else { text::WIDGET_REFUSED })}</p>
                        </section>
                    }
                    .into_any()
                }
                Phase::Loading | Phase::Ready => ().into_any(),
            }}
            <Show when=move || !matches!(chat.phase.get(), Phase::Refused(_))>
                <parts::Log/>
                <parts::Composer/>
            </Show>
            <parts::Branding/>
        </main>
    }
}

/// Keeps what must survive a reload, from the first message on.
fn remember(chat: Chat) {
    Effect::new(move |before: Option<bool>| {
        let any = chat.outbox.with(|outbox| !outbox.is_empty());
        if any || before == Some(true) {
            let queue = chat.outbox.with_untracked(|outbox| keep::queue(outbox));
            chat.keep(|kept| kept.queue = queue);
        }
        any
    });
    Effect::new(move |_| {
        let draft = chat.draft.get();
        if chat.may_keep() {
            chat.keep(|kept| kept.draft = draft);
        }
    });
}

/// The network, the tab, another tab.
fn surroundings(chat: Chat) {
    let _ = window_event_listener_untyped("online", move |_| chat.wake());
    let _ = window_event_listener_untyped("storage", move |event| {
        use wasm_bindgen::JsCast;
        let key = event.unchecked_ref::<web_sys::StorageEvent>().key();
        // Another tab wrote the first message: this one is the same visitor.
        if key == Some(chat.inbox.with_value(|inbox| keep::token_name(inbox))) && chat.token.with_value(Option::is_none) && chat.outbox.with_untracked(Vec::is_empty) {
            chat.start(None, None, None);
        }
    });
    let shown = move |_| {
        let visible = !document().hidden();
        chat.visible.set(visible);
        if visible {
            chat.wake();
        }
    };
    document_event("visibilitychange", shown);
}

fn document_event(name: &str, then: impl Fn(web_sys::Event) + 'static) {
    use wasm_bindgen::JsCast;
    let then = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::Event)>::new(then).into_js_value();
    // The chat lives as long as its document.
    let _ = document().add_event_listener_with_callback(name, then.unchecked_ref());
}

/// Finds the page around and does what it says; alone, or next to a silent one, the chat simply stands open.
fn meet(chat: Chat) {
    let met = StoredValue::new(false);
    let host = Host::find(move |said| {
        if matches!(said, Heard::Hello(_)) {
            met.set_value(true);
        }
        obey(chat, said);
    });
    chat.set_host(host);
    let alone = move || {
        if !met.get_value() {
            chat.opened.set(true);
            chat.start(None, None, None);
        }
    };
    if host.framed {
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
        }
        Heard::Close => chat.opened.set(false),
        Heard::User(claim) => chat.identify(claim),
        Heard::Locale(tag) => speak(chat, Some(&tag)),
        Heard::Scheme(scheme) => light(scheme.as_deref()),
        Heard::Page(page) => chat.page.set_value(Some(page)),
        Heard::Reset => chat.reset(),
    }
}

fn speak(chat: Chat, tag: Option<&str>) {
    let Some(language) = tag.and_then(Language::from_tag) else { return };
    chat.locale.set(language);
    attribute("lang", language.tag());
}

fn light(scheme: Option<&str>) {
    attribute("data-scheme", scheme.filter(|scheme| ["light", "dark"].contains(scheme)).unwrap_or("auto"));
}

fn attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // Both names are valid.
        let _ = root.set_attribute(name, value);
    }
}
