//! What stands where there is no page, or where it could not be loaded.
//! It keeps the way back, and shows nothing of the inside.

use super::auth::Mark;
use crate::Answer;
use api::Fault;
use kit::Draw;
use kit::act;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::{Empty, Icon};
use leptos::prelude::*;
use leptos_meta::Title;
use model::FaultCode;

/// An address that means nothing.
#[component]
pub fn NotFound() -> impl IntoView {
    Answer::status(404);
    let locale = Locale::current();
    view! {
        <Title text=crate::shell::title(move || locale.say(text::ERROR_NOT_FOUND_TITLE).to_owned())/>
        <main class="lost" id="content">
            <Mark/>
            <h1 class="lost__title">{t(text::ERROR_NOT_FOUND_TITLE)}</h1>
            <p class="lost__line">{t(text::ERROR_NOT_FOUND)}</p>
            <a class="button" data-kind="primary" href="/" rel="external">{t(text::ERROR_HOME)}</a>
        </main>
    }
    .any()
}

/// A page or pane that could not be loaded.
#[component]
pub fn Trouble(
    /// Why.
    fault: Fault,
) -> impl IntoView {
    Answer::status(fault.status());
    let locale = Locale::current();
    let body = fault.0;
    // What is not there, or not for this person, will not come by asking again.
    let (icon, title, again) = match body.code {
        FaultCode::Missing => (Icon::SEARCH, text::ERROR_MISSING_TITLE, false),
        FaultCode::Forbidden => (Icon::LOCK, text::ERROR_FORBIDDEN_TITLE, false),
        _ => (Icon::TRIANGLE_ALERT, text::ERROR_TITLE, true),
    };
    let line = Signal::derive(move || fault_text(locale.language(), &body));
    view! {
        <Empty icon=icon title=said(title) line=line>
            {if again {
                view! {
                    <button type="button" class="button" on:click=act(move |_| {
                        // Reloading cannot fail in a way that could be told.
                        let _ = window().location().reload();
                    })>{t(text::ERROR_RELOAD)}</button>
                }
                .any()
            } else {
                view! { <a class="button" href="/">{t(text::ERROR_HOME)}</a> }.any()
            }}
        </Empty>
    }
    .any()
}
