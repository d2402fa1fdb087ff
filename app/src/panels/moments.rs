//! Moments to come that people mean most often, and a field for any other; for sleeping conversations and for replies that leave later.

use super::triage::{HOUR, local, to_monday};
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::time::{Wording, present, word};
use kit::{TextField, act};
use leptos::ev;
use leptos::prelude::*;
use model::Timestamp;

/// The moments; what stands before them comes as children.
#[component]
pub fn Moments(
    /// Takes the one chosen.
    choose: Callback<Timestamp>,
    /// What the button beside the field says.
    submit: Text,
    /// A choice that is no moment.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let locale = Locale::current();
    let own = RwSignal::new(String::new());
    let past = RwSignal::new(false);
    let error = Signal::derive(move || past.get().then(|| locale.say(text::SNOOZE_PAST).to_owned()));
    let row = |words: Text, at: Timestamp| {
        view! {
            <li>
                <button type="button" class="choice" on:click=act(move |_| choose.run(at))>
                    <span>{t(words)}</span>
                    <span class="choice__note">{word(locale.now(), at, present(), Wording::Full)}</span>
                </button>
            </li>
        }
        .any()
    };
    let take = move || {
        let at = js_sys::Date::parse(&own.get_untracked());
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
        let at = at.is_finite().then_some(Timestamp(at as i64)).filter(|at| *at > present());
        past.set(at.is_none());
        if let Some(at) = at {
            choose.run(at);
        }
    };
    // No form of its own: inside the composer it would stand in another one.
    let keys = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            take();
        }
    };
    view! {
        <ul class="choices" role="list">
            {children.map(|children| children())}
            {row(text::SNOOZE_HOUR, present().plus(HOUR))}
            {row(text::SNOOZE_TOMORROW, local(1, 9))}
            {row(text::SNOOZE_MONDAY, local(to_monday(), 9))}
            {row(text::SNOOZE_WEEK, local(7, 9))}
        </ul>
        <div class="form">
            <div on:keydown=keys><TextField name="moment" kind="datetime-local" label=said(text::SNOOZE_AT) value=own error=error/></div>
            <div class="form__end"><button type="button" class="button" data-kind="primary" on:click=act(move |_| take())>{t(submit)}</button></div>
        </div>
    }
    .any()
}
