//! What the first reply of an account brings, once: the mission's congratulation.
//! That it was the first is said by the checklist's event.

use crate::store::Store;
use kit::Dialog;
use kit::i18n::{said, t, text};
use leptos::prelude::*;

/// The congratulation.
#[component]
pub fn Congratulation() -> impl IntoView {
    let store = Store::current();
    let open = store.first_reply;
    view! {
        <Dialog open=open title=said(text::CONGRATS_TITLE)>
            <div class="congratulation">
                <p class="congratulation__sign" aria-hidden="true">"🎉"</p>
                <p>{t(text::CONGRATS_TEXT)}</p>
                <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>{t(text::CONGRATS_NEXT)}</button>
            </div>
        </Dialog>
    }
}
