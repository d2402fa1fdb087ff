//! The lines agents keep about a contact, newest first.

use super::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::time::{Moment, Wording};
use kit::{AreaField, Failure, Icon, Submit, Toasts};
use kit::{act, effect, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use model::{ContactId, ContactNoteView, Permission};

/// The notes and the field that adds one.
#[component]
pub fn Notes(contact: ContactId) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let account = store.account;
    let all = RwSignal::new(None::<Vec<ContactNoteView>>);
    let typed = RwSignal::new(String::new());
    let trip = Trip::new();
    effect(move || {
        spawn(async move {
            match ask(api::ContactNotes { account, contact }).await {
                // Somebody may have moved on meanwhile.
                Ok(found) => drop(all.try_set(Some(found))),
                Err(fault) => trip.refuse(fault),
            }
        });
    });
    let add = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = typed.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        trip.send(ask(api::AddContactNote { account, contact, text }), move |note| {
            typed.set(String::new());
            all.update(|all| all.get_or_insert_default().insert(0, note));
        });
    };
    let remove = move |note: ContactNoteView| {
        let (id, before) = (note.id, all.get_untracked());
        all.update(|all| {
            if let Some(all) = all {
                all.retain(|other| other.id != id);
            }
        });
        spawn(async move {
            if let Err(fault) = ask(api::DeleteContactNote { account, contact, note: id }).await {
                all.set(before);
                toasts.fail(fault_text(locale.now(), &fault.0));
            }
        });
    };
    view! {
        <section class="card">
            <h3 class="card__title">{t(text::CONTACTS_NOTES)}</h3>
            <form class="form" novalidate on:submit=add>
                <Failure message=trip.message()/>
                <AreaField name="contact-note" label=said(text::CONTACTS_NOTE) value=typed rows=2 max=5000 error=trip.field("text")/>
                <div class="form__end"><Submit label=said(text::NOTE_ADD) busy=trip.busy/></div>
            </form>
            <ul class="notes" role="list">
                {live(move || all.get().unwrap_or_default().into_iter().map(|note| {
                    let author = store.agent(note.author).map(|agent| agent.name).unwrap_or_default();
                    let mine = note.author == store.me || store.may(Permission::ManageDesk);
                    let gone = note.clone();
                    view! {
                        <li class="notes__one">
                            <p class="notes__text">{note.text}</p>
                            <p class="notes__foot">
                                <span>{author}</span> <Moment at=note.at wording=Wording::Full/>
                                {mine.then(|| view! {
                                    <button
                                        type="button"
                                        class="icon-button"
                                        aria-label=t(text::CONTACTS_NOTE_DELETE)
                                        on:click=act(move |_| remove(gone.clone()))
                                    >
                                        {Icon::TRASH_2.view()}
                                    </button>
                                }.any())}
                            </p>
                        </li>
                    }
                    .any()
                }).collect::<Vec<_>>())}
            </ul>
        </section>
    }
    .any()
}
