//! Forgotten passwords: asking for a link, and setting a new password with it.
//! Whether this server sends mail is asked first; where it does not, the link is made on the command line.

use super::auth::{Door, Trip, failed_form};
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{said, t, text};
use kit::live;
use kit::{Failure, Submit, TextField};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/forgot`: asks for an address and says the same whoever it belongs to, or says where a link comes from.
#[component]
pub fn Forgot() -> impl IntoView {
    let mails = loaded(String::new, || ask_text(api::SendsMail {}));
    view! {
        <Door title=said(text::FORGOT_TITLE) lead=String::new()>
            {shown(
                || (),
                move || {
                    Box::pin(async move {
                        match read::<bool>(mails.await) {
                            Ok(true) => view! { <Asking/> }.any(),
                            _ => view! { <p class="form__closed">{t(text::FORGOT_LEAD)}</p> }.any(),
                        }
                    })
                },
            )}
            <p class="door__other"><a href="/login">{t(text::FORGOT_BACK)}</a></p>
        </Door>
    }
    .any()
}

#[component]
fn Asking() -> impl IntoView {
    let query = use_query_map();
    let email = RwSignal::new(String::new());
    let asked = RwSignal::new(false);
    // A form sent before hydration comes back with this in its address.
    let sent = move || asked.get() || query.with(|query| query.get("sent").is_some());
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::ForgotPassword { email: email.get_untracked() }), move |()| asked.set(true));
    };
    view! {
        {live(move || if sent() {
            view! { <p class="form__closed" role="status">{t(text::FORGOT_SENT)}</p> }.any()
        } else {
            view! {
                <p class="door__lead">{t(text::FORGOT_LEAD_MAIL)}</p>
                <form class="form" method="post" action="/forgot" novalidate on:submit=submit>
                    <Failure message=trip.message_or(failed_form())/>
                    <TextField
                        name="email"
                        kind="email"
                        autocomplete="username"
                        label=said(text::FIELD_EMAIL)
                        value=email
                        error=trip.field("email")
                        required=true
                    />
                    <Submit label=said(text::FORGOT_SUBMIT) busy=trip.busy/>
                </form>
            }
            .any()
        })}
    }
    .any()
}

/// `/reset/:token`.
#[component]
pub fn Reset() -> impl IntoView {
    let params = use_params_map();
    let password = RwSignal::new(String::new());
    let done = RwSignal::new(false);
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let token = params.with_untracked(|params| params.get("token")).unwrap_or_default();
        trip.send(ask(api::ResetPassword { token, password: password.get_untracked() }), move |()| done.set(true));
    };
    let (lead, done_lead) = (said(text::RESET_LEAD), said(text::RESET_DONE));
    view! {
        <Door title=said(text::RESET_TITLE) lead=Signal::derive(move || if done.get() { done_lead.get() } else { lead.get() })>
            <Show when=move || !done.get()>
                <form class="form" method="post" novalidate on:submit=submit>
                    <Failure message=trip.message()/>
                    <TextField
                        name="password"
                        kind="password"
                        autocomplete="new-password"
                        label=said(text::FIELD_NEW_PASSWORD)
                        hint=said(text::SIGNUP_PASSWORD_HINT)
                        value=password
                        error=trip.field("password")
                        required=true
                    />
                    <Submit label=said(text::RESET_SUBMIT) busy=trip.busy/>
                </form>
            </Show>
            <p class="door__other"><a href="/login">{t(text::FORGOT_BACK)}</a></p>
        </Door>
    }
    .any()
}
