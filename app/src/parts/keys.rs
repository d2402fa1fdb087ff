//! The list of keyboard shortcuts, as they are now.
//! What they do is wired where they act.

use kit::Dialog;
use kit::Draw;
use kit::i18n::{Text, said, t, text};
use leptos::prelude::*;

const KEYS: [(&str, Text); 8] = [
    ("j", text::KEYS_NEXT),
    ("k", text::KEYS_PREVIOUS),
    ("Enter", text::KEYS_OPEN),
    ("r", text::KEYS_REPLY),
    ("e", text::KEYS_RESOLVE),
    ("i", text::KEYS_PANE),
    ("Esc", text::KEYS_ESCAPE),
    ("?", text::KEYS_HELP),
];

/// The help that `?` opens.
#[component]
pub fn KeysDialog(
    /// Whether it shows.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open=open title=said(text::KEYS_TITLE)>
            <dl class="keys">
                {KEYS.map(|(key, words)| view! {
                    <div class="keys__line"><dt><kbd>{key}</kbd></dt><dd>{t(words)}</dd></div>
                }).collect_view()}
            </dl>
        </Dialog>
    }
    .any()
}
