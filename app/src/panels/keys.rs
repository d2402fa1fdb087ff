//! The list of keys, as this person has set them.
//! Changing them is the preferences' business.

use super::sheet::{Close, Sheet};
use crate::parts::{Command, key_of, spelled};
use crate::routes::{Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{Text, t, text};
use kit::{act, live};
use leptos::prelude::*;

/// The way from the keys to the help, which closes them.
#[component]
fn Way() -> impl IntoView {
    let (store, close) = (Store::current(), expect_context::<Close>());
    view! {
        <p>
            <a class="link" href=Place::Settings(Section::Help(None)).href(store.account) on:click=act(move |_| close.0.set(false))>{t(text::HELP_HOW)}</a>
        </p>
    }
    .any()
}

/// The help that `?` opens.
#[component]
pub fn Keys() -> impl IntoView {
    let line = |key: String, words: Text| view! { <div class="keys__line"><dt><kbd>{key}</kbd></dt><dd>{t(words)}</dd></div> }.any();
    view! {
        <Sheet title=text::KEYS_TITLE>
            {live(move || {
                let single = Command::ALL.iter().map(|(_, name, usual, words)| line(spelled(&key_of(name, usual)), *words));
                let fixed = [("Enter", text::KEYS_OPEN), ("Esc", text::KEYS_ESCAPE), ("Ctrl K", text::KEYS_PALETTE)];
                let all = single.chain(fixed.into_iter().map(|(key, words)| line(key.to_owned(), words)));
                view! { <dl class="keys">{all.collect::<Vec<_>>()}</dl> }.any()
            })}
            <Way/>
        </Sheet>
    }
    .any()
}
