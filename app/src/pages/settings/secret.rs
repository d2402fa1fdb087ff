//! A secret that is shown on request and copied without being shown, and the card of the one that proves customers.
//! What other secrets are for, their pages say.

use super::inbox::Save;
use kit::Draw;
use kit::i18n::{Text, said, t, text};
use kit::{CopyButton, Icon, SwitchField};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::InboxChange;

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

/// The card of the key that proves who a customer is, and whether that must be proven.
#[component]
pub fn Identity(
    /// The inbox.
    save: Save,
    /// The key.
    key: String,
    /// Whether nobody unproven is heard.
    required: bool,
) -> impl IntoView {
    let required = RwSignal::new(required);
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::INSTALL_IDENTITY)}</h2>
            <p class="card__line">{t(text::INSTALL_IDENTITY_LEAD)}</p>
            <Secret name=text::INSTALL_IDENTITY_KEY value=Signal::stored(key) copy=text::INSTALL_COPY_KEY/>
            <SwitchField
                label=said(text::INSTALL_IDENTITY_REQUIRED)
                value=required
                change=Callback::new(move |on: bool| {
                    required.set(on);
                    save.run(InboxChange { identity_required: Some(on), ..InboxChange::default() });
                })
            />
        </section>
    }
    .any()
}
