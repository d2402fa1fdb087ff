//! The saved replies that agents call up with a slash, each with the files that go with it.

use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::panes::upload;
use crate::store::{Store, ask};
use kit::i18n::{Locale, fault_text, said, size, t, text};
use kit::{AreaField, Draw, Icon, TextField, Toasts};
use kit::{act, attr, effect, live, spawn};
use leptos::html;
use leptos::prelude::*;
use model::{AttachmentId, CannedFiles, CannedId, CannedView, FaultBody, UploadView};
use std::sync::Arc;

/// A file of the form: one that is kept, or one that came just now.
#[derive(Clone, Debug, PartialEq)]
enum Held {
    Kept(AttachmentId, String, i64),
    New(UploadView),
}

impl Held {
    fn name(&self) -> &str {
        match self {
            Self::Kept(_, name, _) => name,
            Self::New(upload) => &upload.name,
        }
    }

    const fn size(&self) -> i64 {
        match self {
            Self::Kept(_, _, size) => *size,
            Self::New(upload) => upload.size,
        }
    }
}

/// The files of the form, with the button that adds more.
#[component]
fn Files(held: RwSignal<Vec<Held>>, gone: RwSignal<Vec<AttachmentId>>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let node = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(0_u32);
    let picked = move |_| {
        let Some(input) = node.get_untracked() else { return };
        let Some(list) = input.files() else { return };
        for file in (0..list.length()).filter_map(|at| list.get(at)) {
            busy.update(|busy| *busy += 1);
            spawn(async move {
                let name = file.name();
                match upload(store, &file, &name, None).await {
                    Ok(upload) => drop(held.try_update(|held| held.push(Held::New(upload)))),
                    Err(code) => toasts.fail(fault_text(locale.now(), &FaultBody::of(code))),
                }
                busy.try_update(|busy| *busy -= 1);
            });
        }
        input.set_value("");
    };
    let remove = move |one: &Held| {
        if let Held::Kept(id, ..) = one {
            gone.update(|gone| gone.push(*id));
        }
        held.update(|held| held.retain(|other| other != one));
    };
    let row = move |one: Held| {
        let (name, note) = (one.name().to_owned(), size(locale.now(), one.size()));
        let label = name.clone();
        view! {
            <li class="attached">
                {Icon::FILE_TEXT.view()}
                <span class="attached__name">{name}</span>
                <span class="attached__note">{note}</span>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=attr(move || locale.say_with(text::AGENTS_REMOVE_OF, &[("name", &label)]))
                    on:click=act(move |_| remove(&one))
                >
                    {Icon::X.view()}
                </button>
            </li>
        }
        .any()
    };
    view! {
        <div class="field">
            <span class="field__label">{t(text::CANNED_FILES)}</span>
            {live(move || {
                let all = held.get();
                (!all.is_empty()).then(|| view! { <ul class="attached-list" role="list">{all.into_iter().map(row).collect::<Vec<_>>()}</ul> })
            })}
            <label class="button attach">
                {Icon::PAPERCLIP.view()}
                <span>{live(move || locale.say(if busy.get() > 0 { text::COMMON_LOADING } else { text::ATTACH_LABEL }))}</span>
                <input class="attach__input" type="file" multiple=true aria-label=t(text::ATTACH_LABEL) node_ref=node on:change=picked/>
            </label>
        </div>
    }
    .any()
}

/// The page.
#[component]
pub fn Canned() -> impl IntoView {
    let store = Store::current();
    let (code, words) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let all = RwSignal::new(Vec::<CannedView>::new());
    let (held, gone) = (RwSignal::new(Vec::<Held>::new()), RwSignal::new(Vec::<AttachmentId>::new()));
    let known = RwSignal::new(false);
    let load = move || {
        spawn(async move {
            if let Ok(found) = ask(api::Canned { account: store.account, search: String::new() }).await {
                all.set(found);
                known.set(true);
            }
        });
    };
    effect(load);
    let items = Signal::derive(move || {
        let each = |one: CannedView| {
            let names: Vec<_> = one.files.iter().map(|file| file.name.as_str()).collect();
            let note = if names.is_empty() { one.text.clone() } else { format!("{} · {}", one.text, names.join(", ")) };
            Item { id: one.id.0, title: format!("/{}", one.code), note, colour: None, mine: true }
        };
        all.get().into_iter().map(each).collect()
    });
    Shelf {
        title: text::CANNED_TITLE,
        lead: text::CANNED_LEAD,
        add: text::CANNED_ADD,
        empty: text::CANNED_EMPTY,
        icon: Icon::MESSAGE_SQUARE_TEXT,
        items,
        known: known.into(),
        begin: Callback::new(move |id: Option<i64>| {
            let known = id.and_then(|id| all.with_untracked(|all| all.iter().find(|one| one.id.0 == id).cloned()));
            code.set(known.as_ref().map(|one| one.code.clone()).unwrap_or_default());
            words.set(known.as_ref().map(|one| one.text.clone()).unwrap_or_default());
            held.set(known.into_iter().flat_map(|one| one.files).map(|file| Held::Kept(file.id, file.name, file.size)).collect());
            gone.set(Vec::new());
        }),
        fields: Arc::new(move |trip: Trip| {
            view! {
                <TextField name="canned-code" label=said(text::CANNED_CODE) hint=said(text::CANNED_CODE_HINT) value=code error=trip.field("code") required=true max=40/>
                <AreaField name="canned-text" label=said(text::CANNED_TEXT) hint=said(text::CANNED_TEXT_HINT) value=words error=trip.field("text") rows=6 max=10_000/>
                <Files held=held gone=gone/>
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let (account, id) = (store.account, id.map(CannedId));
            let (code, text) = (code.get_untracked(), words.get_untracked());
            let new = |one: Held| if let Held::New(upload) = one { Some(upload.key) } else { None };
            let files = CannedFiles { remove: gone.get_untracked(), add: held.get_untracked().into_iter().filter_map(new).collect() };
            Box::pin(async move { ask(api::SaveCanned { account, id, code, text, files }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteCanned { account, id: CannedId(id) }).await })
        }),
        changed: Callback::new(move |()| load()),
    }
    .view()
}
