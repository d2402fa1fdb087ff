//! A secret that is shown on request and copied without being shown, and the card of the one that proves customers.
//! What other secrets are for, their pages say.

use super::inbox::Save;
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::time::Wording;
use kit::{CopyButton, Failure, Icon, SwitchField};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::{InboxChange, SecretOf, SecretView};

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

/// A secret that signs, and the way to give it anew; the one before signs beside it for a while.
#[component]
pub fn Signing(
    /// Whose it is.
    of: SecretOf,
    /// As it is.
    value: RwSignal<SecretView>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let (asked, trip) = (RwSignal::new(false), Trip::new());
    let rotate = move |_| {
        trip.send(ask(api::RotateSecret { account: store.account, of }), move |fresh| {
            asked.set(false);
            value.set(fresh);
        });
    };
    view! {
        <Secret name=text::WEBHOOKS_SECRET value=Signal::derive(move || value.with(|value| value.value.clone())) copy=text::INSTALL_COPY_SECRET/>
        <Failure message=trip.message()/>
        <div class="signing" role="status">
            {live(move || if asked.get() {
                view! {
                    <p class="card__line">{t(text::WEBHOOKS_ROTATE_SURE)}</p>
                    <button type="button" class="button" on:click=act(move |_| asked.set(false))>{t(text::COMMON_CANCEL)}</button>
                    <button type="button" class="button" data-kind="primary" aria-busy=attr(move || trip.busy.get().to_string()) on:click=act(rotate)>
                        {t(text::WEBHOOKS_ROTATE_NOW)}
                    </button>
                }
                .any()
            } else {
                let until = value.with(|value| value.both_until).map(|at| {
                    let time = kit::time::worded(at, Wording::Full);
                    view! { <p class="card__line">{live(move || locale.say_with(text::WEBHOOKS_BOTH_UNTIL, &[("time", &time())]))}</p> }
                });
                view! {
                    {until}
                    <button type="button" class="button" on:click=act(move |_| asked.set(true))>
                        {Icon::REFRESH_CW.view()} <span>{t(text::WEBHOOKS_ROTATE)}</span>
                    </button>
                }
                .any()
            })}
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
