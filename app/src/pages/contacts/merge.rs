//! Merging two contacts: the one that stays is found by typing, and what would come of it is shown before it is done, because it cannot be undone.

use super::{Trip, Turn};
use crate::parts::contact_name;
use crate::routes::Place;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{Avatar, Failure, Icon, Submit, TextField};
use kit::{act, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{ContactView, MergePreview};

/// The words of a contact's field.
pub fn field_text(field: &str) -> Option<Text> {
    Some(match field {
        "name" => text::CONTACTS_NAME,
        "email" => text::PANE_EMAIL,
        "phone" => text::CONTACTS_PHONE,
        "identifier" => text::PANE_IDENTIFIER,
        _ => return None,
    })
}

/// The dialog's content.
#[component]
pub fn Merge(
    /// The one that goes.
    contact: ContactView,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let turn = expect_context::<Turn>();
    let navigate = StoredValue::new(use_navigate());
    let account = store.account;
    let from = contact.id;
    let name = contact_name(locale.now(), from, &contact.name);
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<ContactView>::new());
    let chosen = RwSignal::new(None::<ContactView>);
    let preview = RwSignal::new(None::<MergePreview>);
    let trip = Trip::new();
    effect(move || {
        let search = typed.get();
        spawn(async move {
            let answer = ask(api::FindClients { account, search: search.clone() }).await;
            if typed.try_get_untracked() == Some(search)
                && let Ok(all) = answer
            {
                found.set(all.into_iter().filter(|one| one.id != from).collect());
            }
        });
    });
    let choose = move |into: ContactView| {
        let id = into.id;
        chosen.set(Some(into));
        preview.set(None);
        trip.forget();
        spawn(async move {
            match ask(api::PreviewMerge { account, from, into: id }).await {
                Ok(seen) => drop(preview.try_set(Some(seen))),
                Err(fault) => trip.refuse(fault),
            }
        });
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(into), true) = (chosen.get_untracked().map(|one| one.id), preview.with_untracked(Option::is_some)) else { return };
        trip.send(ask(api::MergeContacts { account, from, into }), move |kept| {
            open.set(false);
            turn.again();
            navigate.with_value(|navigate| navigate(&Place::Contacts(Some(kept.id)).href(account), NavigateOptions::default()));
        });
    };
    let lead = move || locale.say_with(text::UNITE_LEAD, &[("name", &name)]);
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p class="card__line unite__lead">{live(lead)}</p>
            {live(move || match chosen.get() {
                None => {
                    let rows = found.get().into_iter().map(|one| {
                        let (id, words, hint) = (one.id, one.name.clone(), one.email.clone().or_else(|| one.phone.as_deref().map(kit::i18n::phone)));
                        let shown = Signal::derive(move || contact_name(locale.language(), id, &words));
                        view! {
                            <li>
                                <button type="button" class="choice" on:click=act(move |_| choose(one.clone()))>
                                    <Avatar name=shown/>
                                    <span class="create__who"><b>{shown}</b> <span class="create__hint">{hint}</span></span>
                                </button>
                            </li>
                        }
                        .any()
                    });
                    view! {
                        <TextField name="unite-search" label=said(text::UNITE_FIND) value=typed/>
                        <ul class="choices" role="list">{rows.collect::<Vec<_>>()}</ul>
                    }
                    .any()
                }
                Some(into) => {
                    let (id, words) = (into.id, into.name);
                    let shown = Signal::derive(move || contact_name(locale.language(), id, &words));
                    view! {
                        <div class="create__chosen">
                            <Avatar name=shown/>
                            <span class="create__who"><b>{shown}</b> <span class="create__hint">{t(text::UNITE_STAYS)}</span></span>
                            <button type="button" class="icon-button" aria-label=t(text::CREATE_OTHER) on:click=act(move |_| chosen.set(None))>{Icon::X.view()}</button>
                        </div>
                        {live(move || preview.get().map(|preview| view! { <Preview preview=preview/> }))}
                    }
                    .any()
                }
            })}
            <div class="form__end">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                {live(move || (chosen.with(Option::is_some) && preview.with(Option::is_some)).then(|| view! {
                    <Submit label=said(text::UNITE_SUBMIT) busy=trip.busy/>
                }))}
            </div>
        </form>
    }
    .any()
}

/// What would come of it.
#[component]
fn Preview(preview: MergePreview) -> impl IntoView {
    let locale = Locale::current();
    let MergePreview { result, conversations, lost } = preview;
    let words = move |field: &str| field_text(field).map_or_else(|| field.to_owned(), |words| locale.say(words).to_owned());
    let mut kept = vec![("name".to_owned(), result.name)];
    kept.extend(
        [("email", result.email), ("phone", result.phone), ("identifier", result.identifier)]
            .into_iter()
            .filter_map(|(field, value)| Some((field.to_owned(), value?))),
    );
    kept.extend(result.attributes);
    let line =
        move |(field, value): (String, String)| view! { <div class="facts__line"><dt>{words(&field)}</dt><dd>{value}</dd></div> }.any();
    let any_lost = !lost.is_empty();
    view! {
        <section class="unite" aria-label=t(text::UNITE_RESULT)>
            <h3 class="field__label">{t(text::UNITE_RESULT)}</h3>
            <dl class="facts">{kept.into_iter().filter(|(_, value)| !value.is_empty()).map(line).collect::<Vec<_>>()}</dl>
            <p class="create__hint">{live(move || locale.count(text::UNITE_MOVES, conversations))}</p>
            {any_lost.then(|| view! {
                <h3 class="field__label">{t(text::UNITE_LOST)}</h3>
                <dl class="facts unite__lost">{lost.into_iter().map(line).collect::<Vec<_>>()}</dl>
            }.any())}
        </section>
    }
    .any()
}
