//! What an API inbox hands to the program behind it: where it calls in, what proves a customer's identity, and what signs the calls to it.
//! Where its callback goes stands in the inbox's own settings.

use super::inbox::Save;
use super::secret::{Identity, Secret};
use kit::Draw;
use kit::i18n::{t, text};
use kit::{Code, Icon};
use leptos::prelude::*;
use model::ProgramDetail;

/// A first call that works as it stands.
fn example(address: &str) -> String {
    format!("curl '{address}/contacts' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"name\": \"Ana\"}}'")
}

/// The cards of the program; nothing for other channels.
#[component]
pub fn Program(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    save.detail.with_untracked(|detail| detail.program.clone()).map(|program| {
        let ProgramDetail { address, identifier, identity_key, identity_required, callback, secret } = program;
        let curl = example(&address);
        view! {
            <section class="card">
                <h2 class="card__title">{t(text::INSTALL_PROGRAM)}</h2>
                <div class="field">
                    <span class="field__label">{t(text::INSTALL_IDENTIFIER)}</span>
                    <Code value=Signal::stored(identifier)/>
                </div>
                <p class="card__line">{t(text::INSTALL_PROGRAM_LEAD)}</p>
                <Code value=Signal::stored(curl)/>
                <a class="link" href="/api/docs" target="_blank" rel="noopener external">{Icon::EXTERNAL_LINK.view()} {t(text::INSTALL_DOCS)}</a>
            </section>
            <section class="card">
                <h2 class="card__title">{t(text::INSTALL_CALLBACK)}</h2>
                {if callback.is_empty() {
                    view! { <p class="card__line">{t(text::INSTALL_CALLBACK_NONE)}</p> }.any()
                } else {
                    view! { <Code value=Signal::stored(callback)/> }.any()
                }}
                <p class="card__line">{t(text::INSTALL_CALLBACK_LEAD)}</p>
                <Secret name=text::INSTALL_SECRET value=Signal::stored(secret) copy=text::INSTALL_COPY_SECRET/>
            </section>
            <Identity save=save key=identity_key required=identity_required/>
        }
    })
}
