//! The saved replies that agents call up with a slash.

use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{said, text};
use kit::{AreaField, Icon, TextField};
use kit::{effect, spawn};
use leptos::prelude::*;
use model::{CannedId, CannedView};
use std::sync::Arc;

/// The page.
#[component]
pub fn Canned() -> impl IntoView {
    let store = Store::current();
    let (code, words) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let all = RwSignal::new(Vec::<CannedView>::new());
    let load = move || {
        spawn(async move {
            if let Ok(found) = ask(api::Canned { account: store.account, search: String::new() }).await {
                all.set(found);
            }
        });
    };
    effect(load);
    let items = Signal::derive(move || {
        let each = |one: CannedView| Item { id: one.id.0, title: format!("/{}", one.code), note: one.text, colour: None, mine: true };
        all.get().into_iter().map(each).collect()
    });
    Shelf {
        title: text::CANNED_TITLE,
        lead: text::CANNED_LEAD,
        add: text::CANNED_ADD,
        empty: text::CANNED_EMPTY,
        icon: Icon::MESSAGE_SQUARE_TEXT,
        items,
        begin: Callback::new(move |id: Option<i64>| {
            let known = id.and_then(|id| all.with_untracked(|all| all.iter().find(|one| one.id.0 == id).cloned()));
            code.set(known.as_ref().map(|one| one.code.clone()).unwrap_or_default());
            words.set(known.map(|one| one.text).unwrap_or_default());
        }),
        fields: Arc::new(move |trip: Trip| {
            view! {
                <TextField name="canned-code" label=said(text::CANNED_CODE) hint=said(text::CANNED_CODE_HINT) value=code error=trip.field("code") required=true max=40/>
                <AreaField name="canned-text" label=said(text::CANNED_TEXT) hint=said(text::CANNED_TEXT_HINT) value=words error=trip.field("text") rows=6 max=10_000/>
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let (account, id) = (store.account, id.map(CannedId));
            let (code, text) = (code.get_untracked(), words.get_untracked());
            Box::pin(async move { ask(api::SaveCanned { account, id, code, text }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteCanned { account, id: CannedId(id) }).await })
        }),
        changed: Callback::new(move |()| load()),
    }
    .view()
}
