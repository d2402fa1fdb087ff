//! Short messages in a corner, announced politely; errors stay until dismissed.
//! What is said comes translated from whoever says it.

use crate::Icon;
use crate::i18n::{t, text};
use crate::live::Draw;
use crate::live::act;
use crate::live::each;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// One message.
#[derive(Clone)]
struct Toast {
    number: u64,
    text: String,
    bad: bool,
    // Not a callback of the framework's: those end with the part of the page that made them, and a toast outlives it.
    offer: Option<(&'static str, Offer)>,
}

type Offer = Arc<dyn Fn() + Send + Sync>;

/// The messages now on the page, in context.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    counter: StoredValue<u64>,
}

impl Toasts {
    /// Puts an empty stack into context.
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(Vec::new()), counter: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// The page's stack. Call it while a component is made.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_else(|| Self { shown: RwSignal::new(Vec::new()), counter: StoredValue::new(0) })
    }

    /// Says something that went well; it leaves after six seconds.
    pub fn say(self, text: impl Into<String>) {
        let number = self.push(text.into(), false, None);
        set_timeout(move || self.dismiss(number), Duration::from_secs(6));
    }

    /// Says what was done, with one thing to do about it; it leaves after ten seconds, or once that is done.
    pub fn offer(self, text: impl Into<String>, label: &'static str, run: impl Fn() + Send + Sync + 'static) {
        let number = self.push(text.into(), false, Some((label, Arc::new(run))));
        set_timeout(move || self.dismiss(number), Duration::from_secs(10));
    }

    /// Says what went wrong; it stays until dismissed.
    pub fn fail(self, text: impl Into<String>) {
        self.push(text.into(), true, None);
    }

    fn push(self, text: String, bad: bool, offer: Option<(&'static str, Offer)>) -> u64 {
        let number = self.counter.get_value() + 1;
        self.counter.set_value(number);
        self.shown.update(|all| {
            // Only what was done last can be taken back.
            all.retain(|toast| toast.text != text && (offer.is_none() || toast.offer.is_none()));
            all.push(Toast { number, text, bad, offer });
            let spare = all.len().saturating_sub(3);
            all.drain(..spare);
        });
        number
    }

    fn dismiss(self, number: u64) {
        self.shown.update(|all| all.retain(|toast| toast.number != number));
    }
}

/// Where the messages appear; once per page.
#[component]
pub fn Toaster() -> impl IntoView {
    let toasts = Toasts::current();
    view! {
        <div class="toaster" role="status" aria-live="polite">
            {each(move || toasts.shown.get(), move |toast| view! {
                <div class="toast" data-bad=toast.bad.to_string()>
                    {if toast.bad { Icon::CIRCLE_ALERT.view() } else { Icon::CIRCLE_CHECK.view() }}
                    <span class="toast__text">{toast.text.clone()}</span>
                    {toast.offer.map(|(label, run)| view! {
                        <button type="button" class="link-button" on:click=act(move |_| {
                            toasts.dismiss(toast.number);
                            run();
                        })>{label}</button>
                    }.any())}
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=t(text::COMMON_CLOSE)
                        on:click=act(move |_| toasts.dismiss(toast.number))
                    >
                        {Icon::X.view()}
                    </button>
                </div>
            })}
        </div>
    }
    .any()
}
