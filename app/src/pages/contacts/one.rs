//! One contact: their details, labels, notes and conversations, and what can be done to them as a whole.
//! Erasing asks for their name, because nothing brings them back.

use super::notes::Notes;
use super::{Trip, Trouble, Turn, export, merge};
use crate::panels::{Panel, Panels};
use crate::parts::{AttributeField, ChannelGlyph, Tag, contact_name, status_one_text};
use crate::routes::Place;
use crate::store::{Store, ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::time::{Moment, Wording};
use kit::{Avatar, Dialog, Failure, Icon, Menu, MenuChoice, Skeleton, Submit, TextField, Toasts};
use kit::{act, attr, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{AttributeView, ContactDraft, ContactId, ContactView, Entity, LabelId, ListRow, Permission};
use std::collections::BTreeMap;

/// The contact of the address.
#[component]
pub fn One(contact: ContactId) -> impl IntoView {
    let store = Store::current();
    let account = store.account;
    let answer = loaded(move || contact.to_string(), move || ask_text(api::Contact { account, contact }));
    let defined = loaded(String::new, move || ask_text(api::Attributes { account }));
    shown(
        || view! { <Skeleton rows=4 shape="card"/> },
        move || {
            Box::pin(async move {
                let defined = read::<Vec<AttributeView>>(defined.await).unwrap_or_default();
                match read::<(ContactView, Vec<ListRow>)>(answer.await) {
                    Ok((contact, rows)) => view! { <Card contact=contact rows=rows defined=defined/> }.any(),
                    Err(fault) => view! { <Trouble fault=fault/> }.any(),
                }
            })
        },
    )
}

#[component]
fn Card(contact: ContactView, rows: Vec<ListRow>, defined: Vec<AttributeView>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let id = contact.id;
    let verified = contact.verified;
    let now = RwSignal::new(contact.clone());
    let name = Signal::derive(move || now.with(|now| contact_name(locale.language(), id, &now.name)));
    view! {
        <div class="sheet">
            <header class="sheet__person">
                <a class="icon-button sheet__back" href=Place::Contacts(None).href(store.account) aria-label=t(text::THREAD_BACK)>
                    {Icon::ARROW_LEFT.view()}
                </a>
                <Avatar name=name size="large"/>
                <div class="sheet__who">
                    <h2 class="sheet__title">{name}</h2>
                    <p class="sheet__meta">
                        {t(text::PANE_SINCE)} " " <Moment at=contact.created_at wording=Wording::Date/>
                        {verified.then(|| view! { <span class="badge" data-kind="good">{Icon::BADGE_CHECK.view()} {t(text::PANE_VERIFIED)}</span> }.any())}
                        {live(move || now.with(|now| now.blocked).then(|| view! {
                            <span class="badge" data-kind="warn">{Icon::BAN.view()} {t(text::CONTACTS_BLOCKED)}</span>
                        }.any()))}
                    </p>
                </div>
                <Deeds now=now/>
            </header>
            <Details contact=contact now=now defined=defined/>
            <Labels now=now/>
            <Notes contact=id/>
            <section class="card">
                <h3 class="card__title">{t(text::CONTACTS_CONVERSATIONS)}</h3>
                {if rows.is_empty() {
                    view! { <p class="card__line">{t(text::CONTACTS_NONE)}</p> }.any()
                } else {
                    view! { <ul class="timeline" role="list">{rows.into_iter().map(said_there).collect::<Vec<_>>()}</ul> }.any()
                }}
            </section>
        </div>
    }
    .any()
}

/// A conversation in the timeline: through which channel, how it stands, the last words.
fn said_there(row: ListRow) -> AnyView {
    let store = Store::current();
    let conversation = row.conversation;
    let inbox = conversation.inbox;
    let href = Place::Conversations { inbox: None, number: Some(conversation.number) }.href(store.account);
    view! {
        <li>
            <a class="timeline__one" href=href>
                <ChannelGlyph inbox=Signal::stored(inbox)/>
                <span class="timeline__words">
                    <b>{live(move || store.inbox(inbox).map(|inbox| inbox.name))} " " {format!("#{}", conversation.number)}</b>
                    <span>{conversation.preview.map(|preview| preview.text)}</span>
                </span>
                <span class="badge">{t(status_one_text(conversation.status.kind()))}</span>
                <Moment at=conversation.last_message_at wording=Wording::Brief/>
            </a>
        </li>
    }
    .any()
}

#[component]
fn Details(contact: ContactView, now: RwSignal<ContactView>, defined: Vec<AttributeView>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let turn = expect_context::<Turn>();
    let id = contact.id;
    let field = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let (name, email, phone) = (field(Some(contact.name)), field(contact.email), field(contact.phone));
    let identifier = field(contact.identifier);
    let kept = contact.attributes;
    let defined: Vec<_> = defined.into_iter().map(|one| one.draft).filter(|draft| draft.entity == Entity::Contact).collect();
    // The two everybody knows, what the account defined, and whatever else a site sent.
    let usual = [("company", text::CONTACTS_COMPANY), ("city", text::CONTACTS_CITY)];
    let usual: Vec<_> = usual.into_iter().filter(|(key, _)| !defined.iter().any(|draft| draft.key == *key)).collect();
    let known = |key: &str| usual.iter().any(|(usual, _)| *usual == key) || defined.iter().any(|draft| draft.key == key);
    let others: Vec<String> = kept.keys().filter(|key| !known(key)).cloned().collect();
    let values: BTreeMap<String, RwSignal<String>> = usual
        .iter()
        .map(|(key, _)| (*key).to_owned())
        .chain(defined.iter().map(|draft| draft.key.clone()))
        .chain(others.iter().cloned())
        .map(|key| {
            let value = field(kept.get(&key).cloned());
            (key, value)
        })
        .collect();
    let trip = Trip::new();
    let save = {
        let values = values.clone();
        move |event: ev::SubmitEvent| {
            event.prevent_default();
            let draft = ContactDraft {
                name: Some(name.get_untracked()),
                email: Some(email.get_untracked()),
                phone: Some(model::dialled(&phone.get_untracked(), locale.now())),
                identifier: Some(identifier.get_untracked()),
                attributes: values.iter().map(|(key, value)| (key.clone(), value.get_untracked().trim().to_owned())).collect(),
                labels: None,
            };
            trip.send(ask(api::UpdateContact { account: store.account, contact: id, draft }), move |changed| {
                now.set(changed);
                turn.again();
                toasts.say(text::COMMON_SAVED.in_(locale.now()));
            });
        }
    };
    let value = |key: &str| values.get(key).copied().unwrap_or_default();
    let usual = usual
        .into_iter()
        .map(|(key, words)| view! { <TextField name=format!("contact-{key}") label=said(words) value=value(key) max=200/> }.any());
    let usual = usual.collect::<Vec<_>>();
    let custom = defined.into_iter().map(|draft| {
        let (value, error) = (value(&draft.key), trip.field_named(draft.key.clone()));
        view! { <AttributeField draft=draft value=value error=error/> }.any()
    });
    let custom = custom.collect::<Vec<_>>();
    let others = others.into_iter().map(|key| {
        let (label, value) = (key.clone(), value(&key));
        view! { <TextField name=format!("contact-{key}") label=Signal::derive(move || label.clone()) value=value max=1000/> }.any()
    });
    let others = others.collect::<Vec<_>>();
    view! {
        <section class="card">
            <h3 class="card__title">{t(text::CONTACTS_EDIT)}</h3>
            <form class="form" novalidate on:submit=save>
                <Failure message=trip.message()/>
                <div class="form__pairs">
                    <TextField name="contact-name" label=said(text::CONTACTS_NAME) value=name error=trip.field("name") max=100/>
                    <TextField name="contact-email" kind="email" label=said(text::CONTACTS_EMAIL) value=email error=trip.field("email")/>
                    <TextField
                        name="contact-phone"
                        kind="tel"
                        label=said(text::CONTACTS_PHONE)
                        hint=said(text::CONTACTS_PHONE_HINT)
                        value=phone
                        error=trip.field("phone")
                    />
                    <TextField name="contact-identifier" label=said(text::PANE_IDENTIFIER) value=identifier error=trip.field("identifier") max=200/>
                    {usual}
                    {custom}
                    {others}
                </div>
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=trip.busy/></div>
            </form>
        </section>
    }
    .any()
}

/// The labels, put on and taken off one by one.
#[component]
fn Labels(now: RwSignal<ContactView>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let turn_label = move |label: LabelId| {
        let before = now.get_untracked();
        let mut labels = before.labels.clone();
        if labels.contains(&label) {
            labels.retain(|other| *other != label);
        } else {
            labels.push(label);
        }
        now.update(|now| now.labels.clone_from(&labels));
        spawn(async move {
            let draft = ContactDraft { labels: Some(labels), ..ContactDraft::default() };
            if let Err(fault) = ask(api::UpdateContact { account: store.account, contact: before.id, draft }).await {
                now.set(before);
                toasts.fail(fault_text(locale.now(), &fault.0));
            }
        });
    };
    view! {
        <section class="card">
            <h3 class="card__title">{t(text::LABELS_TITLE)}</h3>
            <div class="label-set" role="group" aria-label=t(text::LABELS_TITLE)>
                {live(move || store.labels.get().into_iter().map(|label| {
                    let id = label.id;
                    view! {
                        <button
                            type="button"
                            class="label-set__one"
                            aria-pressed=attr(move || now.with(|now| now.labels.contains(&id)).to_string())
                            on:click=act(move |_| turn_label(id))
                        >
                            <Tag label=label/>
                        </button>
                    }
                    .any()
                }).collect::<Vec<_>>())}
            </div>
            {live(move || store.labels.with(Vec::is_empty).then(|| view! { <p class="card__line">{t(text::LABELS_NONE)}</p> }.any()))}
        </section>
    }
    .any()
}

/// What can be done to the contact as a whole.
#[component]
fn Deeds(now: RwSignal<ContactView>) -> impl IntoView {
    let (store, locale, toasts, panels) = (Store::current(), Locale::current(), Toasts::current(), Panels::current());
    let turn = expect_context::<Turn>();
    let account = store.account;
    let id = now.with_untracked(|now| now.id);
    let (merging, erasing) = (RwSignal::new(false), RwSignal::new(false));
    let block = Callback::new(move |()| {
        let on = !now.with_untracked(|now| now.blocked);
        spawn(async move {
            match ask(api::BlockContact { account, contact: id, on }).await {
                Ok(changed) => {
                    now.set(changed);
                    turn.again();
                }
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    });
    let hand_out = Callback::new(move |()| {
        spawn(async move {
            match ask(api::ExportContact { account, contact: id }).await {
                Ok(text) => export::download(&format!("contato-{id}.json"), "application/json", &text),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    });
    let may = store.may(Permission::Delete);
    view! {
        <div class="sheet__deeds">
            <button type="button" class="button" on:click=act(move |_| panels.open(Panel::Create))>{Icon::SQUARE_PEN.view()} <span>{t(text::CREATE_OPEN)}</span></button>
            <Menu label=said(text::CONTACTS_DEEDS) trigger=|| Icon::ELLIPSIS.view() class="icon-button" place="below-end">
                <MenuChoice run=Callback::new(move |()| merging.set(true))>{Icon::MERGE.view()} {t(text::UNITE_OPEN)}</MenuChoice>
                <MenuChoice run=block>
                    {Icon::BAN.view()} {live(move || locale.say(if now.with(|now| now.blocked) { text::CONTACTS_UNBLOCK } else { text::CONTACTS_BLOCK }))}
                </MenuChoice>
                {may.then(|| view! {
                    <div class="menu__group" role="group">
                        <MenuChoice run=hand_out>{Icon::DOWNLOAD.view()} {t(text::CONTACTS_HAND_OUT)}</MenuChoice>
                        <MenuChoice run=Callback::new(move |()| erasing.set(true))>{Icon::TRASH_2.view()} {t(text::CONTACTS_ERASE)}</MenuChoice>
                    </div>
                }.any())}
            </Menu>
            <Dialog open=merging title=said(text::UNITE_TITLE)><merge::Merge contact=now.get_untracked() open=merging/></Dialog>
            <Dialog open=erasing title=said(text::CONTACTS_ERASE)><Erase contact=now.get_untracked() open=erasing/></Dialog>
        </div>
    }
    .any()
}

/// Erasing, once their name was typed.
#[component]
fn Erase(contact: ContactView, open: RwSignal<bool>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let turn = expect_context::<Turn>();
    let navigate = StoredValue::new(use_navigate());
    let account = store.account;
    let id = contact.id;
    let name = contact_name(locale.now(), id, &contact.name);
    let typed = RwSignal::new(String::new());
    let trip = Trip::new();
    let agreed = {
        let name = name.clone();
        Memo::new(move |_| typed.with(|typed| typed.trim() == name.trim()))
    };
    let words = name.clone();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !agreed.get_untracked() {
            return;
        }
        let name = name.clone();
        trip.send(ask(api::EraseContact { account, contact: id }), move |()| {
            open.set(false);
            turn.again();
            toasts.say(text::CONTACTS_ERASED.with(locale.now(), &[("name", &name)]));
            navigate.with_value(|navigate| navigate(&Place::Contacts(None).href(account), NavigateOptions::default()));
        });
    };
    let again = words.clone();
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p>{live(move || locale.say_with(text::CONTACTS_ERASE_SURE, &[("name", &words)]))}</p>
            <TextField
                name="erase-name"
                label=Signal::derive(move || locale.say_with(text::CONTACTS_ERASE_NAME, &[("name", &again)]))
                value=typed
            />
            <div class="form__end" data-danger="true">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                {live(move || agreed.get().then(|| view! { <Submit label=said(text::CONTACTS_ERASE_SUBMIT) busy=trip.busy/> }.any()))}
            </div>
        </form>
    }
    .any()
}
