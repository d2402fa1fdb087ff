//! The small line below the chat, where the inbox shows it. It is the only place the product names itself.

use crate::chat::Chat;
use kit::i18n::{t, text};
use leptos::prelude::*;

/// "feito com Recado".
#[component]
pub fn Branding() -> impl IntoView {
    let chat = Chat::current();
    let shown = move || chat.config.with(|config| config.as_ref().is_some_and(|c| c.features.branding));
    view! {
        <Show when=shown>
            <p class="branding">{t(text::WIDGET_BRANDING)}</p>
        </Show>
    }
}
