//! What is known of a conversation beyond its messages: who follows it, its attributes and its customer's; and deleting it.
//! Values are checked by the server; what is shown beside the thread follows from what it answers.

use super::sheet::{Close, Sheet};
use crate::pages::Trip;
use crate::parts::{AttributeField, agent_photo, contact_name};
use crate::routes::Place;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::{Avatar, Failure, Icon, Submit, Toasts};
use kit::{act, attr, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{AttributeDraft, AttributeView, ContactDraft, ConversationId, Entity, UserId};
use std::collections::BTreeMap;

/// Who follows the conversation.
#[component]
pub fn Participants(conversation: ConversationId) -> impl IntoView {
    view! { <Sheet title=text::PARTICIPANTS_TITLE><Followers conversation=conversation/></Sheet> }.any()
}

#[component]
fn Followers(conversation: ConversationId) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let Some(thread) = store.thread(conversation) else { return ().any() };
    let following = thread.participants;
    let shown = following.clone();
    let has = Memo::new(move |_| shown.get());
    let turn = move |user: UserId| {
        let on = !has.with_untracked(|has| has.contains(&user));
        let following = following.clone();
        spawn(async move {
            match ask(api::SetParticipant { account: store.account, conversation, user, on }).await {
                Ok(now) => following.set(now),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    };
    view! {
        <p class="card__line">{t(text::PARTICIPANTS_LEAD)}</p>
        <ul class="choices" role="list">
            {live(move || store.agents.get().into_iter().filter(|agent| agent.confirmed).map(|agent| {
                let (id, photo, turn) = (agent.id, agent_photo(&agent), turn.clone());
                view! {
                    <li>
                        <button
                            type="button"
                            class="choice"
                            role="checkbox"
                            aria-checked=attr(move || has.with(|has| has.contains(&id)).to_string())
                            on:click=act(move |_| turn(id))
                        >
                            <Avatar name=agent.name.clone() photo=photo size="tiny"/>
                            <span>{agent.name}</span>
                            {live(move || has.with(|has| has.contains(&id)).then(|| Icon::CHECK.view()))}
                        </button>
                    </li>
                }
                .any()
            }).collect::<Vec<_>>())}
        </ul>
    }
    .any()
}

/// The attributes of the conversation and of its customer.
#[component]
pub fn Attributes(conversation: ConversationId) -> impl IntoView {
    view! { <Sheet title=text::ATTRIBUTES_EDIT><Values conversation=conversation/></Sheet> }.any()
}

#[component]
fn Values(conversation: ConversationId) -> impl IntoView {
    let store = Store::current();
    let defined = RwSignal::new(None::<Vec<AttributeView>>);
    let trip = Trip::new();
    effect(move || {
        spawn(async move {
            match ask(api::Attributes { account: store.account }).await {
                // The dialog may be closed by now.
                Ok(all) => drop(defined.try_set(Some(all))),
                Err(fault) => trip.refuse(fault),
            }
        });
    });
    view! {
        <Failure message=trip.message()/>
        {live(move || match defined.get() {
            None => view! { <p class="card__line" role="status">{t(text::COMMON_LOADING)}</p> }.any(),
            Some(all) if all.is_empty() => view! { <p class="card__line">{t(text::ATTRIBUTES_NONE)}</p> }.any(),
            Some(all) => view! { <ValueForm conversation=conversation all=all/> }.any(),
        })}
    }
    .any()
}

type Fields = Vec<(AttributeDraft, RwSignal<String>)>;

#[component]
fn ValueForm(conversation: ConversationId, all: Vec<AttributeView>) -> impl IntoView {
    let store = Store::current();
    let Close(open) = expect_context();
    let Some(thread) = store.thread(conversation) else { return ().any() };
    let contact = thread.contact.get_untracked();
    let (of_contact, of_conversation) =
        (contact.as_ref().map(|contact| contact.attributes.clone()).unwrap_or_default(), thread.attributes.get_untracked());
    let fields = |entity: Entity, values: &BTreeMap<String, String>| -> Fields {
        let mine = all.iter().filter(|one| one.draft.entity == entity);
        mine.map(|one| (one.draft.clone(), RwSignal::new(values.get(&one.draft.key).cloned().unwrap_or_default()))).collect()
    };
    let (theirs, its) = (fields(Entity::Contact, &of_contact), fields(Entity::Conversation, &of_conversation));
    let trip = Trip::new();
    let changed = |fields: &Fields, before: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        let now = fields.iter().map(|(draft, value)| (draft.key.clone(), value.get_untracked().trim().to_owned()));
        now.filter(|(key, value)| before.get(key).map_or("", String::as_str) != value).collect()
    };
    let submit = {
        let (theirs, its, thread, contact) = (theirs.clone(), its.clone(), thread.clone(), contact.map(|contact| contact.id));
        move |event: ev::SubmitEvent| {
            event.prevent_default();
            let account = store.account;
            let (person, values) = (changed(&theirs, &of_contact), changed(&its, &of_conversation));
            let (kept, person_kept) = (thread.attributes.clone(), thread.contact.clone());
            let call = async move {
                if !values.is_empty() {
                    kept.set(ask(api::SetAttributes { account, conversation, values }).await?);
                }
                if let (Some(contact), false) = (contact, person.is_empty()) {
                    let draft = ContactDraft { attributes: person, ..ContactDraft::default() };
                    person_kept.set(Some(ask(api::UpdateContact { account, contact, draft }).await?));
                }
                Ok(())
            };
            trip.send(call, move |()| open.set(false));
        }
    };
    let group = move |title, fields: Fields| {
        (!fields.is_empty()).then(|| {
            let fields = fields.into_iter().map(|(draft, value)| {
                let error = trip.field_named(draft.key.clone());
                view! { <AttributeField draft=draft value=value error=error/> }.any()
            });
            view! {
                <fieldset class="create__new">
                    <legend class="create__legend">{t(title)}</legend>
                    {fields.collect::<Vec<_>>()}
                </fieldset>
            }
            .any()
        })
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            {group(text::ATTRIBUTES_CONVERSATION, its)}
            {group(text::ATTRIBUTES_CONTACT, theirs)}
            <div class="form__end">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                <Submit label=said(text::COMMON_SAVE) busy=trip.busy/>
            </div>
        </form>
    }
    .any()
}

/// Whether the conversation is to be deleted for good.
#[component]
pub fn Delete(conversation: ConversationId) -> impl IntoView {
    view! { <Sheet title=text::DELETE_TITLE><Sure conversation=conversation/></Sheet> }.any()
}

#[component]
fn Sure(conversation: ConversationId) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let Close(open) = expect_context();
    let navigate = StoredValue::new(use_navigate());
    let Some(row) = store.row(conversation) else { return ().any() };
    let (number, contact) = row.with_untracked(|row| (row.conversation.number, row.conversation.contact.clone()));
    let words = move || {
        let name = contact_name(locale.language(), contact.id, &contact.name);
        locale.say_with(text::DELETE_SURE, &[("number", &number.to_string()), ("name", &name)])
    };
    let trip = Trip::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::DeleteConversation { account: store.account, conversation }), move |()| {
            open.set(false);
            toasts.say(text::DELETE_DONE.with(locale.now(), &[("number", &number.to_string())]));
            navigate.with_value(|navigate| navigate(&Place::list().href(store.account), NavigateOptions::default()));
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p>{live(words)}</p>
            <div class="form__end" data-danger="true">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                <Submit label=said(text::DELETE_SUBMIT) busy=trip.busy/>
            </div>
        </form>
    }
    .any()
}
