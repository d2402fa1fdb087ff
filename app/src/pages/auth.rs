//! What the pages before the door share: the sheet with the mark, and a form that knows it is on its way.
//! Which fields they ask is said on each page.

use crate::json;
use api::Fault;
use kit::Draw;
use kit::browser;
use kit::i18n::{Locale, Text, fault_text, t, text, violation_text};
use kit::spawn;
use kit::{act, attr, live};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::FaultBody;
use std::pin::Pin;

/// The frame around a form before the door.
#[component]
pub fn Door(
    /// Title of the page and the form.
    #[prop(into)]
    title: Signal<String>,
    /// A line below it.
    #[prop(into)]
    lead: Signal<String>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=crate::shell::title(move || format!("{} · Recado", title.get()))/>
        <div class="door">
            <aside class="door__aside" aria-hidden="true">
                <div class="door__notes">
                    <span class="door__note" data-at="1">
                        </span><span class="door__note" data-at="2"></span><span class="door__note" data-at="3">
                    </span>
                </div>
                <p class="door__quote">{t(text::ASIDE_QUOTE)}</p>
                <p class="door__line">{t(text::ASIDE_LINE)}</p>
            </aside>
            <main class="door__main" id="content">
                <div class="door__sheet">
                    <p class="door__mark"><Mark/><span>{t(text::BRAND)}</span></p>
                    <h1 class="door__title">{live(move || title.get())}</h1>
                    <p class="door__lead">{live(move || lead.get())}</p>
                    {children()}
                </div>
                <Languages/>
            </main>
        </div>
    }
    .any()
}

/// The product's mark.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <path class="mark__sheet" d="M7 3h18a4 4 0 0 1 4 4v11.5L18.5 29H7a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4Z"/>
            <path class="mark__fold" d="M29 18.500h-6.500a4 4 0 0 0-4 4V29Z"/>
            <path class="mark__line" d="M9.500 10.500h13M9.500 16h7.500"/>
        </svg>
    }
    .any()
}

/// The two languages, for who cannot read this one.
#[component]
fn Languages() -> impl IntoView {
    use kit::i18n::Language;
    let locale = Locale::current();
    let choice = move |language: Language, words: Text| {
        view! {
            <button
                type="button"
                class="door__language"
                lang=language.tag()
                aria-pressed=attr(move || (locale.language() == language).to_string())
                on:click=act(move |_| locale.set(language))
            >
                {t(words)}
            </button>
        }
    };
    view! {
        <div class="door__languages" role="group" aria-label=t(text::PROFILE_LANGUAGE)>
            {choice(Language::Portuguese, text::LANGUAGE_PT)}
            {choice(Language::English, text::LANGUAGE_EN)}
        </div>
    }
    .any()
}

/// The refusal in the address of a page whose form was sent before hydration.
pub fn failed_form() -> Signal<Option<String>> {
    let (query, locale) = (use_query_map(), Locale::current());
    Signal::derive(move || {
        let code = query.with(|query| query.get("failed"))?;
        let code = json::read(&json::write(&code)?)?;
        Some(fault_text(locale.language(), &FaultBody::of(code)))
    })
}

/// A call, and what to do with its answer.
type Call = Pin<Box<dyn Future<Output = Result<Box<dyn FnOnce()>, Fault>>>>;

/// A form on its way to the server: whether it is, and what came back wrong.
#[derive(Clone, Copy, Debug)]
pub struct Trip {
    /// Whether it is on its way.
    pub busy: RwSignal<bool>,
    fault: RwSignal<Option<Fault>>,
    locale: Locale,
}

impl Trip {
    /// A form at rest.
    #[must_use]
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), fault: RwSignal::new(None), locale: Locale::current() }
    }

    /// Sends it once; a second press while it is on its way does nothing. A fault puts the focus on the first field it names.
    pub fn send<T: 'static>(self, call: impl Future<Output = Result<T, Fault>> + 'static, then: impl FnOnce(T) + 'static) {
        self.send_boxed(Box::pin(async move { call.await.map(|value| Box::new(move || then(value)) as Box<dyn FnOnce()>) }));
    }

    fn send_boxed(self, call: Call) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn(async move {
            let answer = call.await;
            self.busy.set(false);
            match answer {
                Ok(then) => then(),
                Err(fault) => {
                    self.fault.set(Some(fault));
                    request_animation_frame(|| {
                        browser::focus(".field[data-invalid=true] .field__input");
                    });
                }
            }
        });
    }

    /// Forgets what came back wrong, for another try.
    pub fn forget(self) {
        self.fault.set(None);
    }

    /// Shows what another call came back with.
    pub fn refuse(self, fault: Fault) {
        self.fault.set(Some(fault));
    }

    /// What is wrong with one field now, tracked.
    pub fn wrong(self, name: &str) -> Option<String> {
        let fault = self.fault.get()?;
        let violation = fault.0.fields.iter().find(|(field, _)| field == name)?.1;
        Some(violation_text(self.locale.language(), violation))
    }

    /// What is wrong with one field, tracked.
    pub fn field(self, name: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.wrong(name))
    }

    /// As [`Trip::field`], for a name known only at run time.
    pub fn field_named(self, name: String) -> Signal<Option<String>> {
        Signal::derive(move || self.wrong(&name))
    }

    /// As [`Trip::message`], until then what a form sent before hydration was refused for.
    pub fn message_or(self, earlier: Signal<Option<String>>) -> Signal<Option<String>> {
        let message = self.message();
        let fresh = move || !self.busy.get() && self.fault.with(Option::is_none);
        Signal::derive(move || message.get().or_else(|| fresh().then(|| earlier.get()).flatten()))
    }

    /// What is wrong with the whole, tracked; nothing while a field says it already.
    pub fn message(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            let fault = self.fault.get().filter(|fault| fault.0.fields.is_empty())?;
            Some(fault_text(self.locale.language(), &fault.0))
        })
    }
}
