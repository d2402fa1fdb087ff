//! The labels of the account. They are live: a colleague's change shows at once.

use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{said, text};
use kit::{Icon, SwitchField, TextField};
use leptos::prelude::*;
use model::{LabelDraft, LabelId, Permission};
use std::sync::Arc;

/// The page.
#[component]
pub fn Labels() -> impl IntoView {
    let store = Store::current();
    let mine = store.may(Permission::ManageDesk);
    let (title, colour, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sidebar = RwSignal::new(true);
    let items = Signal::derive(move || {
        let all = store.labels.get().into_iter();
        all.map(|label| Item { id: label.id.0, title: label.title, note: label.description, colour: Some(label.colour), mine }).collect()
    });
    Shelf {
        title: text::LABELS_TITLE,
        lead: text::LABELS_LEAD,
        add: text::LABELS_ADD,
        empty: text::LABELS_EMPTY,
        icon: Icon::TAG,
        items,
        known: Signal::stored(true),
        begin: Callback::new(move |id: Option<i64>| {
            let known = id.and_then(|id| store.labels.with_untracked(|all| all.iter().find(|label| label.id.0 == id).cloned()));
            title.set(known.as_ref().map(|label| label.title.clone()).unwrap_or_default());
            colour.set(known.as_ref().map_or_else(|| "#6d4aff".to_owned(), |label| label.colour.clone()));
            sidebar.set(known.as_ref().is_none_or(|label| label.sidebar));
            description.set(known.map(|label| label.description).unwrap_or_default());
        }),
        fields: Arc::new(move |trip: Trip| {
            view! {
                <TextField name="label-title" label=said(text::LABELS_NAME) value=title error=trip.field("title") required=true max=60/>
                <TextField name="label-description" label=said(text::LABELS_DESCRIPTION) value=description max=200/>
                <TextField name="label-colour" kind="color" label=said(text::LABELS_COLOUR) value=colour error=trip.field("colour")/>
                <SwitchField label=said(text::LABELS_SIDEBAR) value=sidebar change=Callback::new(move |on| sidebar.set(on))/>
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let draft = LabelDraft {
                title: title.get_untracked(),
                colour: colour.get_untracked(),
                description: description.get_untracked(),
                sidebar: sidebar.get_untracked(),
            };
            let (account, id) = (store.account, id.map(LabelId));
            Box::pin(async move { ask(api::SaveLabel { account, id, draft }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteLabel { account, id: LabelId(id) }).await })
        }),
        changed: Callback::new(|()| {}),
    }
    .view()
}
