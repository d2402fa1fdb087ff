//! The conversations: list, thread and contact side by side, following the address.
//! It wires the keyboard; the panes do the rest.

use super::{Chunk, Trouble, chunk};
use crate::panels::{Panel, Panels};
use crate::panes::{Grip, ListPane, Scopes, StartPane, restore, toggle};
use crate::parts::{Command, Congratulation, contact_name, is_free};
use crate::routes::{Place, filter_of};
use crate::store::{Store, Thread};
use api::Fault;
use kit::Draw;
use kit::i18n::{Locale, integer, said, t, text};
use kit::spawn;
use kit::{Empty, Icon, Toasts, browser};
use kit::{attr, effect, live};
use leptos::ev;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::{ConversationId, FaultCode, MessageId};

/// Milliseconds within which the second key of two is waited for.
const TWO_KEYS: f64 = 1_500.0;

/// How the thread pane stands.
#[derive(Clone)]
enum Opened {
    Nothing,
    Loading,
    Thread(Thread),
    Refused(Fault),
}

/// `…/conversations` and everything below it.
#[component]
pub fn Conversations(
    /// Where the page is.
    #[prop(into)]
    place: Signal<Place>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let panels = Panels::current();
    let query = use_query_map();
    let number = Memo::new(move |_| match place.get() {
        Place::Conversations { number, .. } => number,
        _ => None,
    });
    let filter = Memo::new(move |_| {
        let inbox = match place.get() {
            Place::Conversations { inbox, .. } => inbox,
            _ => None,
        };
        query.with(|query| filter_of(inbox, |name| query.get(name)))
    });
    let anchor = Memo::new(move |_| query.with(|query| query.get_str("message").and_then(|id| id.parse::<MessageId>().ok())));
    effect(move || {
        let filter = filter.get();
        if matches!(place.get_untracked(), Place::Conversations { .. }) {
            store.show(filter);
        }
    });

    let known = move |number: i64| store.by_number(number).and_then(|id| store.thread(id));
    let opened = RwSignal::new(match number.get_untracked() {
        None => Opened::Nothing,
        Some(number) => known(number).map_or_else(|| Opened::Refused(Fault::of(FaultCode::Missing)), Opened::Thread),
    });
    Effect::new(move |earlier: Option<()>| {
        let number = number.get();
        if earlier.is_none() {
            return; // What the page began with is there already.
        }
        let Some(number) = number else {
            opened.set(Opened::Nothing);
            return;
        };
        if let Some(thread) = known(number) {
            opened.set(Opened::Thread(thread));
            return;
        }
        opened.set(Opened::Loading);
        spawn(async move {
            let answer = store.open(number).await;
            if place
                .try_get_untracked()
                .is_none_or(|place| !matches!(place, Place::Conversations { number: Some(now), .. } if now == number))
            {
                return; // Somebody moved on meanwhile.
            }
            opened.set(match answer {
                Ok(id) => store.thread(id).map_or(Opened::Nothing, Opened::Thread),
                Err(fault) => Opened::Refused(fault),
            });
        });
    });
    // What the viewer's own hand has put away makes room for the next row, unless it was the last.
    let go_on = use_navigate();
    effect(move || {
        let open = number.get().and_then(|number| store.by_number(number));
        if let Some(next) = open.and_then(|open| store.next_after(open)).and_then(|next| store.row(next)) {
            go_on(&store.address(Some(next.with_untracked(|row| row.conversation.number))), NavigateOptions::default());
        }
    });
    // What the first conversation will need is fetched while the list is read.
    effect(move || {
        let fetch = || {
            // A failure shows itself when a conversation is opened.
            spawn(async { drop(Chunk::Conversation.fetch().await) });
        };
        set_timeout(fetch, std::time::Duration::from_millis(100));
    });
    // The neighbours of the open conversation are fetched while nobody waits for them.
    effect(move || {
        let Some(at) = number.get().and_then(|number| store.by_number(number)) else { return };
        let order = store.order.get_untracked();
        let Some(at) = order.iter().position(|id| *id == at) else { return };
        let near = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(move |at| order.get(at).copied()).collect::<Vec<_>>();
        set_timeout(
            move || {
                spawn(async move {
                    for id in near {
                        if let Some(row) = store.row(id).filter(|_| store.thread(id).is_none()) {
                            // A refusal shows itself when the conversation is opened.
                            drop(store.open(row.with_untracked(|row| row.conversation.number)).await);
                        }
                    }
                });
            },
            std::time::Duration::from_millis(400),
        );
    });

    let pane = RwSignal::new(None::<bool>);
    effect(move || restore(pane));
    let cursor = RwSignal::new(None::<ConversationId>);
    wire_keys(store, number, cursor, panels);

    effect(move || {
        let icon = if store.unread.get() > 0 { "/favicon-unread.svg" } else { "/favicon.svg" };
        if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
            // The attribute's name is valid, so this cannot fail.
            let _ = link.set_attribute("href", icon);
        }
    });

    let title = move || {
        let page = match opened.get() {
            Opened::Thread(thread) => store
                .row(thread.conversation)
                .map(|row| row.with(|row| contact_name(locale.language(), row.conversation.contact.id, &row.conversation.contact.name))),
            _ => None,
        };
        let page = page.unwrap_or_else(|| locale.say(text::NAV_CONVERSATIONS).to_owned());
        let unread = store.unread.get();
        let count = (unread > 0).then(|| format!("({}) ", integer(locale.language(), i64::try_from(unread).unwrap_or(i64::MAX))));
        format!("{}{page} · Recado", count.unwrap_or_default())
    };
    view! {
        <Title text=crate::shell::title(title)/>
        <Scopes/>
        <div
            class="desk"
            data-open=attr(move || number.get().is_some().to_string())
            data-pane=attr(move || match pane.get() {
                None => "auto",
                Some(true) => "open",
                Some(false) => "closed",
            })
        >
            <ListPane open=number cursor=cursor/>
            <Grip/>
            <main class="desk__main" id="content">
                {live(move || match opened.get() {
                    Opened::Nothing => view! { <StartPane/> }.any(),
                    Opened::Loading => chunk::thread_waiting(),
                    Opened::Thread(thread) => chunk::thread(thread, pane, anchor),
                    Opened::Refused(fault) if fault.code() == FaultCode::Missing => {
                        crate::Answer::status(404);
                        view! {
                            <section class="thread thread--none">
                                <Empty icon=Icon::MESSAGE_CIRCLE title=said(text::THREAD_MISSING_TITLE) line=said(text::THREAD_MISSING)>
                                    <a class="button" href=Place::list().href(store.account)>{t(text::THREAD_TO_LIST)}</a>
                                </Empty>
                            </section>
                        }
                        .any()
                    }
                    Opened::Refused(fault) => view! { <section class="thread thread--none"><Trouble fault=fault/></section> }.any(),
                })}
            </main>
            {live(move || match opened.get() {
                Opened::Thread(thread) => chunk::contact(thread, Callback::new(move |()| toggle(pane))),
                _ => ().any(),
            })}
        </div>
        <Congratulation/>
    }
    .any()
}

/// Single letters for the list, inert while somebody writes or a dialog or menu is open; those of the open conversation are the thread's.
fn wire_keys(store: Store, number: Memo<Option<i64>>, cursor: RwSignal<Option<ConversationId>>, panels: Panels) {
    let here = move || number.get_untracked().and_then(|number| store.by_number(number));
    let step = move |by: isize| {
        let order = store.order.get_untracked();
        let now = cursor.get_untracked().filter(|id| order.contains(id)).or_else(here);
        let at = match now.and_then(|now| order.iter().position(|id| *id == now)) {
            None => 0,
            Some(at) => at.saturating_add_signed(by).min(order.len().saturating_sub(1)),
        };
        if let Some(id) = order.get(at) {
            cursor.set(Some(*id));
        }
    };
    let enter = move || {
        let row = cursor.get_untracked().map(|id| format!("[data-conversation=\"{id}\"]"));
        row.is_some_and(|row| browser::press(&row))
    };
    let (go, asked) = (use_navigate(), StoredValue::new(f64::MIN));
    let (toasts, locale) = (Toasts::current(), Locale::current());
    let keys = move |event: ev::KeyboardEvent| {
        if !is_free(&event) {
            return;
        }
        if browser::writing() {
            if event.key() == "Escape"
                && let Some(field) =
                    document().active_element().and_then(|field| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(field).ok())
            {
                // Leaving a field cannot fail.
                let _ = field.blur();
            }
            return;
        }
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if document().active_element().is_some_and(|row| row.has_attribute("data-conversation")) => {
                step(if event.key() == "ArrowDown" { 1 } else { -1 });
                event.prevent_default();
                return;
            }
            // The focus may not have followed the cursor yet, or been lost with what had it.
            "Enter"
                if !document()
                    .active_element()
                    .is_some_and(|on| on.matches("a, button, input, summary, [tabindex='0']").unwrap_or(true)) =>
            {
                if enter() {
                    event.prevent_default();
                }
                return;
            }
            "Escape" => return store.drop_picks(),
            key if event.time_stamp() - asked.get_value() < TWO_KEYS => {
                asked.set_value(f64::MIN);
                let query = match key {
                    "i" => "",
                    "a" => "?tab=mine",
                    "s" => "?status=snoozed",
                    _ => return,
                };
                event.prevent_default();
                let address = format!("{}{query}", Place::list().href(store.account));
                return go(&address, NavigateOptions::default());
            }
            _ => {}
        }
        match Command::of(&event) {
            Some(Command::Next) => step(1),
            Some(Command::Previous) => step(-1),
            Some(Command::Pick) => {
                if let Some(id) = cursor.get_untracked().or_else(here) {
                    store.pick(id, false);
                }
            }
            Some(Command::Undo) => store.undo_last(),
            Some(Command::Filter) => panels.open(Panel::Filter),
            Some(Command::Find) => panels.open(Panel::Find),
            Some(Command::Create) => panels.open(Panel::Create),
            Some(Command::Help) => panels.open(Panel::Keys),
            Some(Command::Open) => drop(enter()),
            Some(Command::Go) => {
                asked.set_value(event.time_stamp());
                toasts.say(locale.say(text::KEYS_GO));
            }
            _ => return,
        }
        event.prevent_default();
    };
    effect(move || {
        let handle = window_event_listener(ev::keydown, keys.clone());
        on_cleanup(move || handle.remove());
    });
}
