//! The contacts: a list that is searched as one types, and the one picked with its details and conversations.
//! Contacts come with their first message; they are not made here.

use super::{Trip, Trouble};
use crate::panes::Rows;
use crate::parts::contact_name;
use crate::routes::Place;
use crate::store::Store;
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::spawn;
use kit::{Avatar, Empty, Failure, Icon, Skeleton, Submit, TextField, Toasts};
use kit::{act, attr, each, live};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{ContactDraft, ContactId, ContactView, ListRow, Page};
use std::time::Duration;

/// How long after the last key a search begins.
const REST: Duration = Duration::from_millis(150);

/// `…/contacts` and the one picked.
#[component]
pub fn Contacts(
    /// Where the page is.
    #[prop(into)]
    place: Signal<Place>,
) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let account = store.account;
    let picked = Memo::new(move |_| match place.get() {
        Place::Contacts(picked) => picked,
        _ => None,
    });
    let search = RwSignal::new(String::new());
    let asked = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let first = loaded(move || asked.get(), move || ask_text(api::Contacts { account, search: asked.get_untracked(), after: None }));
    let further = RwSignal::new((Vec::<ContactView>::new(), None::<bool>));
    let typed = move |event| {
        search.set(event_target_value(&event));
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let ask = move || {
            further.set((Vec::new(), None));
            asked.set(search.get_untracked());
        };
        timer.set_value(set_timeout_with_handle(ask, REST).ok());
    };
    let go_on = move |after: ContactId| {
        spawn(async move {
            match ask(api::Contacts { account, search: asked.get_untracked(), after: Some(after) }).await {
                Ok(page) => further.update(|(rows, more)| {
                    rows.extend(page.rows);
                    *more = Some(page.more);
                }),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    };
    view! {
        <Title text=crate::shell::title(move || format!("{} · Recado", locale.say(text::CONTACTS_TITLE)))/>
        <div class="people" data-open=attr(move || picked.get().is_some().to_string())>
            <section class="people__list">
                <header class="list__head"><h1 class="list__title">{t(text::CONTACTS_TITLE)}</h1></header>
                <div class="search">
                    {Icon::SEARCH.view()}
                    <input
                        class="search__field"
                        type="search"
                        aria-label=t(text::CONTACTS_SEARCH)
                        placeholder=t(text::CONTACTS_HINT)
                        on:input=typed
                    />
                </div>
                <div class="people__scroll">
                    {shown(
                        || view! { <Skeleton rows=8/> },
                        move || {
                            Box::pin(async move {
                            match read::<Page<ContactView>>(first.await) {
                                Err(fault) => view! { <Trouble fault=fault/> }.any(),
                                Ok(page) if page.rows.is_empty() && asked.get_untracked().is_empty() => {
                                    view! {
                                        <Empty icon=Icon::USERS title=said(text::CONTACTS_EMPTY_TITLE) line=said(text::CONTACTS_EMPTY)/>
                                    }
                                    .any()
                                }
                                Ok(page) if page.rows.is_empty() => {
                                    let line = move || locale.say_with(text::CONTACTS_NO_MATCH, &[("search", &asked.get())]);
                                    let line = Signal::derive(line);
                                    view! { <Empty icon=Icon::SEARCH title=said(text::LIST_HIDDEN_TITLE) line=line/> }.any()
                                }
                                Ok(page) => {
                                    let (rows, more) = (page.rows, page.more);
                                    let all = Signal::derive(move || rows.iter().cloned().chain(further.get().0).collect::<Vec<_>>());
                                    view! {
                                        <ul class="people__rows" role="list" aria-label=t(text::CONTACTS_LIST)>
                                            {each(move || all.get(), move |contact| view! { <PersonRow contact=contact picked=picked/> })}
                                        </ul>
                                        {live(move || further.get().1.unwrap_or(more).then(|| view! {
                                            <button type="button" class="button people__more" on:click=act(move |_| {
                                                if let Some(last) = all.get_untracked().last() {
                                                    go_on(last.id);
                                                }
                                            })>{t(text::COMMON_LOAD_MORE)}</button>
                                        }))}
                                    }
                                    .any()
                                }
                            }
                            })
                        },
                    )}
                </div>
            </section>
            <main class="people__main" id="content">
                {live(move || match picked.get() {
                    None => view! {
                        <Empty icon=Icon::CONTACT title=said(text::CONTACTS_PICK_TITLE) line=said(text::CONTACTS_PICK)/>
                    }
                    .any(),
                    Some(contact) => view! { <One contact=contact/> }.any(),
                })}
            </main>
        </div>
    }
    .any()
}

#[component]
fn PersonRow(contact: ContactView, picked: Memo<Option<ContactId>>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let id = contact.id;
    let hint = contact.email.clone().or_else(|| contact.phone.clone());
    let name = Signal::derive(move || contact_name(locale.language(), id, &contact.name));
    view! {
        <li>
            <a
                class="people__row"
                href=Place::Contacts(Some(id)).href(store.account)
                aria-current=attr(move || (picked.get() == Some(id)).then_some("true"))
            >
                <Avatar name=name/>
                <span class="people__words"><b>{name}</b><span>{hint}</span></span>
            </a>
        </li>
    }
    .any()
}

#[component]
fn One(contact: ContactId) -> impl IntoView {
    let store = Store::current();
    let answer = loaded(move || contact.to_string(), move || ask_text(api::Contact { account: store.account, contact }));
    shown(
        || view! { <Skeleton rows=4 shape="card"/> },
        move || {
            Box::pin(async move {
                match read::<(ContactView, Vec<ListRow>)>(answer.await) {
                    Ok((contact, rows)) => view! { <Card contact=contact rows=rows/> }.any(),
                    Err(fault) => view! { <Trouble fault=fault/> }.any(),
                }
            })
        },
    )
}

#[component]
fn Card(contact: ContactView, rows: Vec<ListRow>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let id = contact.id;
    let name = RwSignal::new(contact.name.clone());
    let email = RwSignal::new(contact.email.clone().unwrap_or_default());
    let phone = RwSignal::new(contact.phone.clone().unwrap_or_default());
    let trip = Trip::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let draft = ContactDraft {
            name: Some(name.get_untracked()),
            email: Some(email.get_untracked()),
            phone: Some(phone.get_untracked()),
            ..ContactDraft::default()
        };
        trip.send(ask(api::UpdateContact { account: store.account, contact: id, draft }), move |_| {
            toasts.say(text::COMMON_SAVED.in_(locale.now()))
        });
    };
    let shown = Signal::derive(move || contact_name(locale.language(), id, &name.get()));
    view! {
        <div class="sheet">
            <header class="sheet__person">
                <a class="icon-button sheet__back" href=Place::Contacts(None).href(store.account) aria-label=t(text::THREAD_BACK)>
                    {Icon::ARROW_LEFT.view()}
                </a>
                <Avatar name=shown size="large"/>
                <h2 class="sheet__title">{shown}</h2>
            </header>
            <section class="card">
                <h3 class="card__title">{t(text::CONTACTS_EDIT)}</h3>
                <form class="form" novalidate on:submit=save>
                    <Failure message=trip.message()/>
                    <TextField name="contact-name" label=said(text::CONTACTS_NAME) value=name error=trip.field("name")/>
                    <TextField name="contact-email" kind="email" label=said(text::CONTACTS_EMAIL) value=email error=trip.field("email")/>
                    <TextField
                        name="contact-phone"
                        kind="tel"
                        label=said(text::CONTACTS_PHONE)
                        hint=said(text::CONTACTS_PHONE_HINT)
                        value=phone
                        error=trip.field("phone")
                    />
                    <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=trip.busy/></div>
                </form>
            </section>
            <section class="card">
                <h3 class="card__title">{t(text::CONTACTS_CONVERSATIONS)}</h3>
                {if rows.is_empty() {
                    view! { <p class="card__line">{t(text::CONTACTS_NONE)}</p> }.any()
                } else {
                    view! { <Rows rows=rows/> }.any()
                }}
            </section>
        </div>
    }
    .any()
}
