//! Beginning a conversation: the customer is found or made, the inbox that reaches them is chosen, and the thread opens with the cursor in it.
//! Whom an inbox can reach is decided by the server.

use super::Panels;
use crate::pages::Trip;
use crate::parts::{ChannelGlyph, contact_name};
use crate::routes::Place;
use crate::store::{Store, ask, fresh_key};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{Avatar, Dialog, Failure, Icon, Rest, TextField};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{ContactDraft, ContactView, ConversationView, InboxId, ReachView, Unreachable};
use std::time::Duration;

/// How long typing rests before the server is asked.
const REST: Duration = Duration::from_millis(180);

/// The dialog.
#[component]
pub fn Create() -> impl IntoView {
    let panels = Panels::current();
    let open = RwSignal::new(true);
    effect(move || {
        if !open.get() {
            panels.0.set(None);
        }
    });
    view! { <Dialog open=open title=said(text::CREATE_TITLE)><Form open=open/></Dialog> }.any()
}

#[component]
fn Form(open: RwSignal<bool>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let chosen = RwSignal::new(None::<ContactView>);
    let reach = RwSignal::new(None::<ReachView>);
    let inbox = RwSignal::new(None::<InboxId>);
    let adding = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let key = StoredValue::new(fresh_key());
    let trip = Trip::new();
    let navigate = StoredValue::new(use_navigate());
    let choose = Callback::new(move |contact: ContactView| {
        let id = contact.id;
        chosen.set(Some(contact));
        reach.set(None);
        inbox.set(None);
        // Another customer is another conversation.
        key.set_value(fresh_key());
        spawn(async move {
            let answer = ask(api::Reach { account: store.account, contact: id }).await;
            if chosen.try_get_untracked().flatten().is_none_or(|now| now.id != id) {
                return;
            }
            match answer {
                Ok(found) => {
                    inbox.set(found.inboxes.first().copied());
                    reach.set(Some(found));
                }
                Err(fault) => trip.refuse(fault),
            }
        });
    });
    let ready = move || chosen.with(Option::is_some) && inbox.get().is_some();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(contact), Some(inbox)) = (chosen.get_untracked().map(|contact| contact.id), inbox.get_untracked()) else { return };
        let call = ask(api::StartConversation { account: store.account, contact, inbox, key: key.get_value() });
        trip.send(call, move |made: ConversationView| {
            let number = made.number;
            open.set(false);
            let place = Place::Conversations { inbox: None, number: Some(number) };
            navigate.with_value(|navigate| navigate(&place.href(store.account), NavigateOptions::default()));
            kit::browser::focus_soon("#reply");
        });
    };
    view! {
        <form class="form create" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            {live(move || match chosen.get() {
                None => view! { <Picker typed=typed choose=choose adding=adding/> }.any(),
                Some(contact) => {
                    let (id, name, blocked) = (contact.id, contact.name.clone(), contact.blocked);
                    let shown = Signal::derive(move || contact_name(locale.language(), id, &name));
                    view! {
                        <div class="create__chosen">
                            <Avatar name=shown/>
                            <span class="create__who">
                                <b>{shown}</b>
                                <span class="create__hint">{contact.email.or_else(|| contact.phone.as_deref().map(kit::i18n::phone))}</span>
                            </span>
                            {blocked.then(|| view! { <span class="badge" data-kind="bad">{t(text::CONTACTS_BLOCKED)}</span> })}
                            <button type="button" class="icon-button" aria-label=t(text::CREATE_OTHER) on:click=act(move |_| chosen.set(None))>
                                {Icon::X.view()}
                            </button>
                        </div>
                    }
                    .any()
                }
            })}
            {live(move || (adding.get() && chosen.with(Option::is_none)).then(|| view! { <NewClient typed=typed choose=choose adding=adding/> }))}
            {live(move || reach.get().map(|reach| view! { <Reached reach=reach inbox=inbox/> }))}
            <div class="form__end">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                <button
                    type="submit"
                    class="button"
                    data-kind="primary"
                    disabled=move || !ready() || trip.busy.get()
                    aria-busy=attr(move || trip.busy.get().to_string())
                >
                    <span class="button__label">{t(text::CREATE_START)}</span>
                    <span class="button__spinner" aria-hidden="true"></span>
                </button>
            </div>
        </form>
    }
    .any()
}

/// The field that finds a customer, with what it found below.
#[component]
fn Picker(typed: RwSignal<String>, choose: Callback<ContactView>, adding: RwSignal<bool>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let found = RwSignal::new(None::<Vec<ContactView>>);
    let at = RwSignal::new(0_usize);
    let shown = RwSignal::new(true);
    let node = NodeRef::<html::Input>::new();
    let rest = Rest::new();
    // Which words the list answers, and whether Enter waits for the answer to others.
    let answered = StoredValue::new(String::new());
    let eager = StoredValue::new(false);
    let search = move || {
        let Some(words) = typed.try_get_untracked() else { return };
        spawn(async move {
            let answer = ask(api::FindClients { account: store.account, search: words.clone() }).await.unwrap_or_default();
            if typed.try_get_untracked().as_ref() != Some(&words) {
                return;
            }
            answered.set_value(words);
            at.set(0);
            let only = answer.first().cloned().filter(|_| eager.get_value());
            found.set(Some(answer));
            if let Some(only) = only {
                choose.run(only);
            }
        });
    };
    effect(move || {
        search();
        if let Some(node) = node.get() {
            // Focusing a field of the page cannot fail.
            let _ = node.focus();
        }
    });
    let rows = move || found.with(|found| found.as_ref().map_or(0, Vec::len));
    let begin = move || adding.set(true);
    let keys = move |event: ev::KeyboardEvent| {
        let last = rows();
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            // What the list answers to is no longer what stands in the field: the choice waits for the answer.
            "Enter" if answered.with_value(|words| typed.with_untracked(|typed| words != typed)) => {
                eager.set_value(true);
                rest.stop();
                search();
            }
            "Enter" => {
                let row = found.with_untracked(|found| found.as_ref().and_then(|found| found.get(at.get_untracked()).cloned()));
                match row {
                    Some(contact) => choose.run(contact),
                    None => begin(),
                }
            }
            _ => return,
        }
        shown.set(true);
        event.prevent_default();
    };
    view! {
        <div class="field">
            <label class="field__label" for="create-client">{t(text::CREATE_CLIENT)}</label>
            <div class="create__row">
                <input
                    class="field__input"
                    id="create-client"
                    role="combobox"
                    type="text"
                    autocomplete="off"
                    aria-label=t(text::CREATE_SELECT)
                    aria-expanded=attr(move || shown.get().to_string())
                    aria-controls="create-found"
                    aria-autocomplete="list"
                    aria-activedescendant=attr(move || format!("create-{}", at.get()))
                    placeholder=t(text::CREATE_SELECT)
                    node_ref=node
                    prop:value=move || typed.get()
                    on:input=act(move |event| {
                        typed.set(event_target_value(&event));
                        eager.set_value(false);
                        rest.then(REST, search);
                    })
                    on:keydown=keys
                />
                <button
                    type="button"
                    class="button create__plus"
                    aria-label=t(text::CREATE_NEW)
                    title=t(text::CREATE_NEW)
                    aria-expanded=attr(move || adding.get().to_string())
                    on:click=act(move |_| adding.update(|adding| *adding = !*adding))
                >
                    {Icon::PLUS.view()}
                </button>
            </div>
            <ul class="create__found" id="create-found" role="listbox" aria-label=t(text::CREATE_FOUND)>
                {live(move || {
                    let language = locale.language();
                    let all = found.get()?;
                    let empty = all.is_empty();
                    let mut rows: Vec<AnyView> = all.into_iter().enumerate().map(|(index, contact)| {
                        let name = contact_name(language, contact.id, &contact.name);
                        let hint = [contact.email.clone(), contact.phone.as_deref().map(kit::i18n::phone), contact.attributes.get("company").cloned()];
                        let hint = hint.into_iter().flatten().collect::<Vec<_>>().join(" · ");
                        let blocked = contact.blocked;
                        view! {
                            <li
                                class="create__one"
                                id=format!("create-{index}")
                                role="option"
                                aria-selected=attr(move || (at.get() == index).to_string())
                                on:click=act(move |_| choose.run(contact.clone()))
                            >
                                <Avatar name=name.clone() size="small"/>
                                <span class="create__who"><b>{name}</b> <span class="create__hint">{hint}</span></span>
                                {blocked.then(|| view! { <span class="badge" data-kind="bad">{t(text::CONTACTS_BLOCKED)}</span> })}
                            </li>
                        }
                        .any()
                    }).collect();
                    let index = rows.len();
                    let words = typed.get();
                    if empty || !words.trim().is_empty() {
                        let words = words.trim().to_owned();
                        rows.push(view! {
                            <li
                                class="create__one"
                                id=format!("create-{index}")
                                role="option"
                                aria-selected=attr(move || (at.get() == index).to_string())
                                on:click=act(move |_| begin())
                            >
                                {Icon::USER_PLUS.view()}
                                <span>{if words.is_empty() {
                                    t(text::CREATE_NEW)().to_owned()
                                } else {
                                    locale.say_with(text::CREATE_NAMED, &[("name", &words)])
                                }}</span>
                            </li>
                        }
                        .any());
                    }
                    Some(rows)
                })}
            </ul>
        </div>
    }
    .any()
}

/// The small form for somebody new, in the same dialog.
#[component]
fn NewClient(typed: RwSignal<String>, choose: Callback<ContactView>, adding: RwSignal<bool>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let words = typed.get_untracked();
    let words = words.trim().to_owned();
    let (mail, digits) = (words.contains('@'), words.chars().filter(char::is_ascii_digit).count() >= 8);
    let name = RwSignal::new(if mail || digits { String::new() } else { words.clone() });
    let phone = RwSignal::new(if digits && !mail { words.clone() } else { String::new() });
    let email = RwSignal::new(if mail { words } else { String::new() });
    let trip = Trip::new();
    let there = RwSignal::new(None::<ContactView>);
    effect(|| kit::browser::focus_soon("#field-client-name"));
    let save = move || {
        let value = |signal: RwSignal<String>| Some(signal.get_untracked().trim().to_owned()).filter(|value| !value.is_empty());
        let draft = ContactDraft {
            name: value(name),
            phone: value(phone).map(|phone| model::dialled(&phone, locale.now())),
            email: value(email),
            ..ContactDraft::default()
        };
        trip.send(ask(api::CreateContact { account: store.account, draft }), move |made| {
            if made.existed {
                there.set(Some(made.contact));
            } else {
                adding.set(false);
                choose.run(made.contact);
            }
        });
    };
    let keys = move |event: ev::KeyboardEvent| {
        // Enter saves the customer, not the conversation around it.
        if event.key() == "Enter" {
            event.prevent_default();
            save();
        }
    };
    view! {
        <fieldset class="create__new" on:keydown=keys>
            <legend class="create__legend">{t(text::CREATE_NEW)}</legend>
            <Failure message=trip.message()/>
            <TextField name="client-name" label=said(text::CREATE_NAME) value=name error=trip.field("name") max=200/>
            <div class="create__pair">
                <TextField name="client-phone" kind="tel" label=said(text::CREATE_PHONE) example=said(text::CREATE_PHONE_EXAMPLE) value=phone error=trip.field("phone") max=40/>
                <TextField name="client-email" kind="email" label=said(text::CREATE_EMAIL) value=email error=trip.field("email") max=254/>
            </div>
            {live(move || there.get().map(|contact| {
                let shown = contact_name(locale.language(), contact.id, &contact.name);
                view! {
                    <p class="create__there" role="status">
                        {Icon::INFO.view()}
                        <span>{locale.say_with(text::CREATE_EXISTS, &[("name", &shown)])}</span>
                        <button type="button" class="button" on:click=act(move |_| {
                            adding.set(false);
                            choose.run(contact.clone());
                        })>{t(text::CREATE_USE)}</button>
                    </p>
                }
            }))}
            <div class="create__end">
                <span class="create__stay">{t(text::CREATE_STAYS)}</span>
                <button type="button" class="button" on:click=act(move |_| save()) aria-busy=attr(move || trip.busy.get().to_string())>
                    {t(text::COMMON_SAVE)}
                </button>
            </div>
        </fieldset>
    }
    .any()
}

/// Through which inbox, where several reach; why none does, where none.
#[component]
fn Reached(reach: ReachView, inbox: RwSignal<Option<InboxId>>) -> impl IntoView {
    let store = Store::current();
    if reach.inboxes.is_empty() {
        let lines = reach.why_not.into_iter().map(|why| {
            let words = match why {
                Unreachable::NeedsPhone => text::REACH_NEEDS_PHONE,
                Unreachable::NeedsEmail => text::REACH_NEEDS_EMAIL,
                Unreachable::WritesFirst => text::REACH_WRITES_FIRST,
                Unreachable::Disconnected => text::REACH_DISCONNECTED,
                Unreachable::NoInbox => text::REACH_NO_INBOX,
                Unreachable::Blocked => text::REACH_BLOCKED,
            };
            view! { <li>{t(words)}</li> }.any()
        });
        let lines = lines.collect::<Vec<_>>();
        return view! {
            <div class="create__why" role="alert">
                <p>{Icon::CIRCLE_ALERT.view()} <b>{t(text::REACH_NONE)}</b></p>
                <ul>{lines}</ul>
            </div>
        }
        .any();
    }
    let several = reach.inboxes.len() > 1;
    let choices = reach.inboxes.into_iter().map(|id| {
        let name = move || store.inbox(id).map(|inbox| inbox.name);
        view! {
            <label class="create__by">
                <input
                    type="radio"
                    name="create-inbox"
                    checked=inbox.get_untracked() == Some(id)
                    prop:checked=move || inbox.get() == Some(id)
                    on:change=act(move |_| inbox.set(Some(id)))
                />
                <ChannelGlyph inbox=Signal::derive(move || id)/>
                <span>{live(name)}</span>
            </label>
        }
        .any()
    });
    let choices = choices.collect::<Vec<_>>();
    view! {
        <fieldset class="create__inboxes" data-one=(!several).to_string()>
            <legend class="field__label">{t(text::CREATE_BY)}</legend>
            {choices}
        </fieldset>
    }
    .any()
}
