//! The list of keys, as this person has set them.
//! Changing them is the preferences' business.

use super::sheet::Sheet;
use crate::parts::{Command, key_of};
use kit::Draw;
use kit::i18n::{Text, t, text};
use kit::live;
use leptos::prelude::*;

/// The help that `?` opens.
#[component]
pub fn Keys() -> impl IntoView {
    let line = |key: String, words: Text| view! { <div class="keys__line"><dt><kbd>{key}</kbd></dt><dd>{t(words)}</dd></div> }.any();
    view! {
        <Sheet title=text::KEYS_TITLE>
            {live(move || {
                let single = Command::ALL.iter().map(|(_, name, usual, words)| line(key_of(name, usual), *words));
                let fixed = [("Enter", text::KEYS_OPEN), ("Esc", text::KEYS_ESCAPE), ("Ctrl K", text::KEYS_PALETTE)];
                let all = single.chain(fixed.into_iter().map(|(key, words)| line(key.to_owned(), words)));
                view! { <dl class="keys">{all.collect::<Vec<_>>()}</dl> }.any()
            })}
        </Sheet>
    }
    .any()
}
