//! Something to copy: code in a box, and the button that copies it.
//! What is copied is given by the page.

use crate::i18n::{Text, t, text};
use crate::live::Draw;
use crate::live::{attr, live};
use crate::{Icon, browser};
use leptos::prelude::*;
use std::time::Duration;

/// A button that copies a text and says so for a moment.
#[component]
pub fn CopyButton(
    /// What it copies.
    #[prop(into)]
    value: Signal<String>,
    /// Its words.
    #[prop(default = text::COMMON_COPY)]
    label: Text,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let copy = move |_| {
        if browser::copy(&value.get_untracked()) {
            done.set(true);
            set_timeout(move || done.set(false), Duration::from_secs(2));
        }
    };
    view! {
        <span class="copy">
            <button type="button" class="button" on:click=copy>
                {Icon::COPY.view()}
                <span>{t(label)}</span>
            </button>
            <span class="copy__done" role="status" data-shown=attr(move || done.get().to_string())>
                {live(move || done.get().then(|| view! { {Icon::CHECK.view()} {t(text::COMMON_COPIED)} }))}
            </span>
        </span>
    }
    .any()
}

/// Code in a box that scrolls sideways, with its copy button.
#[component]
pub fn Code(
    /// The code.
    #[prop(into)]
    value: Signal<String>,
    /// Words of the button.
    #[prop(default = text::COMMON_COPY)]
    label: Text,
) -> impl IntoView {
    view! {
        <div class="code">
            <pre class="code__box" tabindex="0"><code>{live(move || value.get())}</code></pre>
            <CopyButton value=value label=label/>
        </div>
    }
    .any()
}
