//! What the first reply of an account brings, once: the mission's congratulation, in a corner and in nobody's way.
//! That it was the first is said by the checklist's event.

use crate::store::Store;
use kit::Draw;
use kit::Icon;
use kit::i18n::{t, text};
use kit::{act, live};
use leptos::prelude::*;

/// The congratulation.
#[component]
pub fn Congratulation() -> impl IntoView {
    let store = Store::current();
    let open = store.first_reply;
    view! {
        <div class="congratulation-place" role="status">
            {live(move || {
                open.get().then(|| {
                    view! {
                        <section class="congratulation">
                            <span class="congratulation__sign" aria-hidden="true">{Icon::PARTY_POPPER.view()}</span>
                            <div class="congratulation__words">
                                <h2 class="congratulation__title">{t(text::CONGRATS_TITLE)}</h2>
                                <p>{t(text::CONGRATS_TEXT)}</p>
                                <button type="button" class="button" data-kind="primary" on:click=act(move |_| open.set(false))>
                                    {t(text::CONGRATS_NEXT)}
                                </button>
                            </div>
                        </section>
                    }
                })
            })}
        </div>
    }
    .any()
}
