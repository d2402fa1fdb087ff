//! The contacts: a list that is searched as one types, and the one picked with all that is known of them.
//! What is done to one stands in `one`, to two in `merge`, to many in `import` and `export`.

mod export;
mod import;
mod merge;
mod notes;
mod one;

use super::{Trip, Trouble};
use crate::parts::contact_name;
use crate::routes::{Place, Section};
use crate::store::Store;
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::spawn;
use kit::{Avatar, Dialog, Empty, Icon, Menu, MenuChoice, MenuLink, Rest, Skeleton, Toasts};
use kit::{act, attr, each, live};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{ContactId, ContactOrder, ContactView, Filter, Page, Permission};
use std::time::Duration;

/// How long after the last key a search begins.
const REST: Duration = Duration::from_millis(150);

/// Rises when the list must be asked again. Given as context to what changes contacts.
#[derive(Clone, Copy)]
struct Turn(RwSignal<u32>);

impl Turn {
    fn again(self) {
        self.0.update(|turn| *turn += 1);
    }
}

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
    let order = RwSignal::new(ContactOrder::default());
    let turn = Turn(RwSignal::new(0));
    provide_context(turn);
    let rest = Rest::new();
    let page = move |after: Option<ContactId>| api::ListContacts {
        account,
        search: asked.get_untracked(),
        filter: Filter::everything(),
        order: order.get_untracked(),
        after,
    };
    let first = loaded(move || format!("{} {:?} {}", turn.0.get(), order.get(), asked.get()), move || ask_text(page(None)));
    let further = RwSignal::new((Vec::<ContactView>::new(), None::<bool>));
    let typed = move |event| {
        search.set(event_target_value(&event));
        let ask = move || {
            further.set((Vec::new(), None));
            asked.set(search.get_untracked());
        };
        rest.then(REST, ask);
    };
    kit::effect(move || {
        // What was loaded below belongs to the list as it was.
        let _ = (turn.0.get(), order.get());
        further.set((Vec::new(), None));
    });
    let go_on = move |after: ContactId| {
        spawn(async move {
            match ask(page(Some(after))).await {
                Ok(page) => further.update(|(rows, more)| {
                    rows.extend(page.rows);
                    *more = Some(page.more);
                }),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    };
    let importing = RwSignal::new(false);
    view! {
        <Title text=crate::shell::title(move || format!("{} · Recado", locale.say(text::CONTACTS_TITLE)))/>
        <div class="people" data-open=attr(move || picked.get().is_some().to_string())>
            <section class="people__list">
                <header class="list__head">
                    <h1 class="list__title">{t(text::CONTACTS_TITLE)}</h1>
                    <More order=order search=asked importing=importing/>
                </header>
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
                    Some(contact) => view! { <one::One contact=contact/> }.any(),
                })}
            </main>
            <Dialog open=importing title=said(text::IMPORT_TITLE)><import::Import open=importing/></Dialog>
        </div>
    }
    .any()
}

/// The list's order, and what is done to many.
#[component]
fn More(order: RwSignal<ContactOrder>, search: RwSignal<String>, importing: RwSignal<bool>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let many = store.may(Permission::Delete);
    let orders = [
        (ContactOrder::Newest, text::CONTACTS_NEWEST),
        (ContactOrder::Name, text::CONTACTS_BY_NAME),
        (ContactOrder::Active, text::CONTACTS_BY_ACTIVE),
    ];
    let out = Callback::new(move |()| {
        spawn(async move {
            match export::all(store.account, search.get_untracked()).await {
                Ok(text) => export::download("contatos.csv", "text/csv", &text),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    });
    view! {
        <Menu label=said(text::CONTACTS_MORE) trigger=|| Icon::ELLIPSIS.view() class="icon-button" place="below-end">
            <p class="menu__title">{t(text::ORDER_TITLE)}</p>
            {orders.map(|(one, words)| view! {
                <MenuChoice chosen=Signal::derive(move || order.get() == one) run=Callback::new(move |()| order.set(one))>{t(words)}</MenuChoice>
            }.any()).into_iter().collect::<Vec<_>>()}
            {many.then(|| view! {
                <div class="menu__group" role="group">
                    <MenuChoice run=Callback::new(move |()| importing.set(true))>{Icon::PLUS.view()} {t(text::IMPORT_OPEN)}</MenuChoice>
                    <MenuChoice run=out>{Icon::DOWNLOAD.view()} {t(text::CONTACTS_EXPORT)}</MenuChoice>
                </div>
            }.any())}
            <div class="menu__group" role="group">
                <MenuLink href=Place::Settings(Section::Help(Some("contacts".to_owned()))).href(store.account)>
                    {Icon::BOOK_OPEN.view()} {t(text::HELP_HOW)}
                </MenuLink>
            </div>
        </Menu>
    }
    .any()
}

#[component]
fn PersonRow(contact: ContactView, picked: Memo<Option<ContactId>>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let (id, blocked) = (contact.id, contact.blocked);
    let hint = contact.email.clone().or_else(|| contact.phone.as_deref().map(kit::i18n::phone));
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
                {blocked.then(|| view! { <span class="badge people__badge">{Icon::BAN.view()} {t(text::CONTACTS_BLOCKED)}</span> })}
            </a>
        </li>
    }
    .any()
}
