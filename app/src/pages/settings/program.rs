//! What an API inbox hands to the program behind it: where it calls in, what proves a customer's identity, and what signs the calls to it.
//! Where its callback goes stands in the inbox's own settings.

use super::inbox::Save;
use super::secret::{Identity, Signing};
use kit::Draw;
use kit::i18n::{t, text};
use kit::live;
use kit::{Code, Icon};
use leptos::prelude::*;
use model::{ProgramDetail, SecretOf};

/// A first call that works as it stands, or once it is signed where identities must be.
fn example(address: &str, signed: bool) -> String {
    let body = if signed { r#"{"name": "Ana", "identifier": "42", "identifier_hash": "HMAC-SHA256"}"# } else { r#"{"name": "Ana"}"# };
    format!("curl '{address}/contacts' \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'")
}

/// The cards of the program; nothing for other channels.
#[component]
pub fn Program(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    save.detail.with_untracked(|detail| detail.program.clone().map(|program| (detail.inbox.id, program))).map(|(inbox, program)| {
        let ProgramDetail { address, identifier, identity_key, identity_required, callback, secret } = program;
        // The switch is on this page: what it means for a first call shows at once.
        let signed = Memo::new(move |_| save.detail.with(|detail| detail.program.as_ref().is_some_and(|program| program.identity_required)));
        let curl = Signal::derive(move || example(&address, signed.get()));
        let secret = RwSignal::new(secret);
        view! {
            <section class="card">
                <h2 class="card__title">{t(text::INSTALL_PROGRAM)}</h2>
                <div class="field">
                    <span class="field__label">{t(text::INSTALL_IDENTIFIER)}</span>
                    <Code value=Signal::stored(identifier)/>
                </div>
                <p class="card__line">{t(text::INSTALL_PROGRAM_LEAD)}</p>
                <Code value=curl/>
                {live(move || signed.get().then(|| view! { <p class="card__line">{t(text::INSTALL_PROGRAM_SIGNED)}</p> }))}
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
                <Signing of=SecretOf::Inbox(inbox) value=secret/>
            </section>
            <Identity save=save key=identity_key required=identity_required/>
        }
    })
}
