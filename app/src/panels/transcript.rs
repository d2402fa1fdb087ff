//! Sending a conversation to somebody by mail: the customer, or whoever is named. What is in it is the server's business.

use super::sheet::{Close, Sheet};
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::attr;
use kit::i18n::{Locale, said, t, text};
use kit::{Failure, TextField, Toasts};
use leptos::ev;
use leptos::prelude::*;
use model::ConversationId;

/// The dialog.
#[component]
pub fn Transcript(
    /// Which conversation.
    conversation: ConversationId,
) -> impl IntoView {
    view! { <Sheet title=text::TRANSCRIPT_TITLE><Form conversation=conversation/></Sheet> }.any()
}

#[component]
fn Form(conversation: ConversationId) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let Close(open) = expect_context();
    let customer = store.thread(conversation).and_then(|thread| thread.contact.get_untracked()).and_then(|contact| contact.email);
    let email = RwSignal::new(customer.unwrap_or_default());
    let trip = Trip::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let call = ask(api::SendTranscript { account: store.account, conversation, to: email.get_untracked() });
        trip.send(call, move |()| {
            toasts.say(locale.say(text::TRANSCRIPT_SENT));
            open.set(false);
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p class="card__line">{t(text::TRANSCRIPT_LINE)}</p>
            <TextField name="transcript" kind="email" label=said(text::FIELD_EMAIL) value=email error=trip.field("email") required=true/>
            <div class="form__end">
                <button type="submit" class="button" data-kind="primary" aria-busy=attr(move || trip.busy.get().to_string())>
                    {t(text::TRANSCRIPT_SUBMIT)}
                </button>
            </div>
        </form>
    }
    .any()
}
