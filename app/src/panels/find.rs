//! Finding anything by typing: conversations, contacts and messages the reader may see, and the desk's own commands.
//! What the operators mean is decided by the server, which commands there are by `commands`.

use super::commands::{Goal, fitting, perform, remember};
use super::{Panel, Panels};
use crate::pages::Trip;
use crate::parts::contact_name;
use crate::routes::Place;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::time::{Moment, Wording};
use kit::{Avatar, Dialog, Failure, Icon, Rest, Toasts};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use model::{MessageId, SearchView};
use std::time::Duration;

/// What stands before words that are meant for commands alone.
const COMMANDS: char = '>';
/// How long typing rests before the server is asked.
const REST: Duration = Duration::from_millis(160);

/// The palette.
#[component]
pub fn Find() -> impl IntoView {
    let panels = Panels::current();
    let open = RwSignal::new(true);
    effect(move || {
        if !open.get() && panels.0.get_untracked() == Some(Panel::Find) {
            panels.0.set(None);
        }
    });
    view! { <Dialog open=open title=said(text::FIND_TITLE)><Palette open=open/></Dialog> }.any()
}

#[component]
fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let (store, locale, panels) = (Store::current(), Locale::current(), Panels::current());
    let toasts = Toasts::current();
    let navigate = StoredValue::new(use_navigate());
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(SearchView::default());
    let at = RwSignal::new(0_usize);
    let trip = Trip::new();
    let rest = Rest::new();
    // Which words the list answers, and whether Enter waits for the answer to others.
    let answered = StoredValue::new(String::new());
    let eager = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(node) = node.get() {
            // Focusing a field of the page cannot fail.
            let _ = node.focus();
        }
    });
    let location = use_location();
    let here = location.pathname.with_untracked(|path| {
        let rest = path.strip_prefix(&Place::Nowhere.href(store.account))?;
        let Place::Conversations { number: Some(number), .. } = Place::parse(rest) else { return None };
        store.by_number(number)
    });
    let commands = Memo::new(move |_| typed.with(|typed| fitting(store, locale, here, typed.trim_start_matches(COMMANDS))));
    let search = move |below: Option<MessageId>| {
        let Some(words) = typed.try_get_untracked() else { return };
        if words.trim().is_empty() || words.starts_with(COMMANDS) {
            answered.set_value(words);
            found.set(SearchView::default());
            return;
        }
        spawn(async move {
            let answer = ask(api::Search { account: store.account, text: words.clone(), below }).await;
            if typed.try_get_untracked().as_ref() != Some(&words) {
                return;
            }
            answered.set_value(words);
            match answer {
                Ok(view) if below.is_some() => found.update(|all| {
                    all.messages.extend(view.messages);
                    all.more = view.more;
                }),
                Ok(view) => {
                    at.set(0);
                    found.set(view);
                }
                Err(fault) => trip.refuse(fault),
            }
        });
    };
    let go = move |goal: Goal| {
        if let Some(line) = commands.with_untracked(|all| all.iter().find(|line| line.goal == goal).map(|line| line.name.clone())) {
            remember(&line);
        }
        match goal {
            Goal::Address(address) => {
                open.set(false);
                navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
            }
            Goal::Panel(panel) => {
                open.set(false);
                panels.open(panel);
            }
            Goal::Deed(deed, conversation) => {
                open.set(false);
                perform(store, locale, toasts, deed, conversation);
            }
            Goal::More(below) => search(Some(below)),
        }
    };
    // Everything that can be picked, in the order it is drawn.
    let goals = Memo::new(move |_| {
        let conversation = |number: i64, message: Option<MessageId>| {
            let place = Place::Conversations { inbox: None, number: Some(number) }.href(store.account);
            Goal::Address(message.map_or_else(|| place.clone(), |message| format!("{place}?message={message}")))
        };
        found.with(|found| {
            let mut all: Vec<Goal> = found.conversations.iter().map(|one| conversation(one.number, None)).collect();
            all.extend(found.contacts.iter().map(|one| Goal::Address(Place::Contacts(Some(one.id)).href(store.account))));
            all.extend(found.messages.iter().map(|hit| conversation(hit.number, Some(hit.message))));
            all.extend(found.messages.last().filter(|_| found.more).map(|hit| Goal::More(hit.message)));
            all.extend(commands.get().into_iter().map(|line| line.goal));
            all
        })
    });
    effect(move || {
        found.track();
        if eager.get_untracked() && answered.with_value(|words| typed.with_untracked(|typed| words == typed)) {
            eager.set(false);
            if let Some(goal) = goals.with_untracked(|all| all.first().cloned()) {
                go(goal);
            }
        }
    });
    let keys = move |event: ev::KeyboardEvent| {
        let count = goals.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            // The list still answers to earlier words: Enter takes what comes first of the answer to these.
            "Enter" if answered.with_value(|words| typed.with_untracked(|typed| words != typed)) => {
                eager.set(true);
                rest.stop();
                search(None);
            }
            "Enter" => {
                if let Some(goal) = goals.with_untracked(|all| all.get(at.get_untracked()).cloned()) {
                    go(goal);
                }
            }
            _ => return,
        }
        event.prevent_default();
        request_animation_frame(|| {
            if let Ok(Some(row)) = document().query_selector(".find [aria-selected=true]") {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                row.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    };
    let row = move |index: usize, goal: Goal, inside: AnyView| {
        view! {
            <li
                class="create__one"
                id=format!("find-{index}")
                role="option"
                aria-selected=attr(move || (at.get() == index).to_string())
                on:click=act(move |_| go(goal.clone()))
            >
                {inside}
            </li>
        }
        .any()
    };
    view! {
        <div class="find">
            <input
                class="field__input"
                type="text"
                role="combobox"
                enterkeyhint="search"
                autocomplete="off"
                aria-label=t(text::COMMON_SEARCH)
                aria-expanded="true"
                aria-controls="find-list"
                aria-autocomplete="list"
                aria-activedescendant=attr(move || format!("find-{}", at.get()))
                placeholder=t(text::FIND_HINT)
                node_ref=node
                on:input=act(move |event| {
                    typed.set(event_target_value(&event));
                    eager.set(false);
                    trip.forget();
                    rest.then(REST, move || search(None));
                })
                on:keydown=keys
            />
            <Failure message=trip.message()/>
            <ul class="find__list" id="find-list" role="listbox" aria-label=t(text::FIND_RESULTS)>
                {live(move || {
                    let language = locale.language();
                    let goals = goals.get();
                    let found = found.get();
                    let mut rows = Vec::new();
                    let take = |rows: &mut Vec<AnyView>, inside: AnyView| {
                        let index = rows.len();
                        if let Some(goal) = goals.get(index) {
                            rows.push(row(index, goal.clone(), inside));
                        }
                    };
                    for one in found.conversations {
                        let name = contact_name(language, one.contact.id, &one.contact.name);
                        take(&mut rows, view! { {Icon::MESSAGE_CIRCLE.view()} <span class="create__who"><b>{name}</b> <span class="create__hint">{format!("#{}", one.number)}</span></span> }.any());
                    }
                    for one in found.contacts {
                        let name = contact_name(language, one.id, &one.name);
                        take(&mut rows, view! { <Avatar name=name.clone() size="small"/> <span class="create__who"><b>{name}</b> <span class="create__hint">{one.email.or(one.phone)}</span></span> }.any());
                    }
                    for hit in found.messages {
                        let name = contact_name(language, hit.contact.id, &hit.contact.name);
                        let at = hit.at;
                        take(&mut rows, view! {
                            {Icon::MESSAGE_SQUARE_TEXT.view()}
                            <span class="create__who"><b>{name}</b> <span class="create__hint">{hit.text}</span></span>
                            <Moment at=at wording=Wording::Brief/>
                        }.any());
                    }
                    if found.more {
                        take(&mut rows, view! { {Icon::CHEVRON_DOWN.view()} <span>{t(text::FIND_MORE)}</span> }.any());
                    }
                    for line in commands.get() {
                        let key = line.key.map(|key| view! { <kbd class="find__key">{key}</kbd> });
                        take(&mut rows, view! { {line.icon.view()} <span class="create__who">{line.words}</span> {key} }.any());
                    }
                    if rows.is_empty() {
                        rows.push(view! { <li class="card__line" role="presentation">{t(text::FIND_NOTHING)}</li> }.any());
                    }
                    rows
                })}
            </ul>
            <p class="find__note">{t(text::FIND_OPERATORS)}</p>
        </div>
    }
    .any()
}
