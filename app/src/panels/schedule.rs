//! When a reply leaves: a moment chosen now, and whether it still leaves should the customer write first.
//! Holding it until then is the server's business.

use super::moments::Moments;
use kit::Draw;
use kit::i18n::{said, t, text};
use kit::{Icon, SwitchField, act};
use leptos::prelude::*;
use model::Timestamp;

/// Takes the moment and whether an answer of the customer stops it; none when nothing was chosen after all.
pub type Chosen = Callback<Option<(Timestamp, bool)>>;

/// The choice, inside the composer.
#[component]
pub fn Schedule(
    /// Takes what was chosen.
    chosen: Chosen,
) -> impl IntoView {
    let unless = RwSignal::new(true);
    let choose = Callback::new(move |at: Timestamp| chosen.run(Some((at, unless.get_untracked()))));
    view! {
        <div class="schedule" role="group" aria-label=t(text::SCHEDULE_OPEN)>
            <div class="schedule__head">
                <b>{t(text::SCHEDULE_OPEN)}</b>
                <button type="button" class="icon-button" aria-label=t(text::COMMON_CLOSE) on:click=act(move |_| chosen.run(None))>{Icon::X.view()}</button>
            </div>
            <SwitchField label=said(text::SCHEDULE_UNLESS) value=unless change=Callback::new(move |on| unless.set(on))/>
            <Moments choose=choose submit=text::SCHEDULE_SUBMIT/>
        </div>
    }
    .any()
}
