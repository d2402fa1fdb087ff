//! How far a message got, as a glyph with words for screen readers.
//! The rules of advancing are in `model`.

use crate::store::Expectation;
use kit::Draw;
use kit::Icon;
use kit::i18n::{Text, t, text};
use leptos::prelude::*;
use model::MessageState;

/// The glyph of a state, or of an expectation.
#[component]
pub fn Ticks(
    /// The state.
    state: MessageState,
    /// How an expected message stands.
    expected: Option<Expectation>,
) -> impl IntoView {
    let (name, icon, words): (&str, Icon, Text) = match (expected, state) {
        (Some(Expectation::Sending), _) => ("queued", Icon::CLOCK, text::STATE_SENDING),
        (Some(Expectation::Waiting), _) => ("waiting", Icon::CLOCK, text::STATE_WAITING),
        (Some(Expectation::Failed(_)), _) | (None, MessageState::Failed { .. }) => ("failed", Icon::CIRCLE_ALERT, text::STATE_FAILED),
        (None, MessageState::Queued) => ("queued", Icon::CLOCK, text::STATE_QUEUED),
        (None, MessageState::Sent) => ("sent", Icon::CHECK, text::STATE_SENT),
        (None, MessageState::Delivered) => ("delivered", Icon::CHECK_CHECK, text::STATE_DELIVERED),
        (None, MessageState::Read) => ("read", Icon::CHECK_CHECK, text::STATE_READ),
        (None, MessageState::Unconfirmed) => ("unconfirmed", Icon::TRIANGLE_ALERT, text::STATE_UNCONFIRMED),
    };
    view! {
        <span class="ticks" data-state=name title=t(words)>
            {icon.view()}
            <span class="visually-hidden">{t(words)}</span>
        </span>
    }
    .any()
}
