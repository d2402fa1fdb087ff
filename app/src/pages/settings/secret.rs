//! A secret that is shown on request and copied without being shown.
//! What it is for, its page says.

use kit::Draw;
use kit::i18n::{Text, t, text};
use kit::{CopyButton, Icon};
use kit::{act, attr, live};
use leptos::prelude::*;

/// The secret behind dots, with the way to see it and to copy it.
#[component]
pub fn Secret(
    /// What it is called.
    name: Text,
    /// The secret.
    #[prop(into)]
    value: Signal<String>,
    /// Words of the button that copies it.
    copy: Text,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    view! {
        <div class="secret" role="group" aria-label=t(name)>
            <code class="link-box">{live(move || if shown.get() { value.get() } else { "•".repeat(24) })}</code>
            <button
                type="button"
                class="button"
                aria-pressed=attr(move || shown.get().to_string())
                on:click=act(move |_| shown.update(|shown| *shown = !*shown))
            >
                {live(move || if shown.get() { Icon::EYE_OFF.view() } else { Icon::EYE.view() })}
                <span>{live(move || if shown.get() { t(text::COMMON_HIDE)() } else { t(text::COMMON_SHOW)() })}</span>
            </button>
            <CopyButton value=value label=copy/>
        </div>
    }
    .any()
}
