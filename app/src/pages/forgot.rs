//! Forgotten passwords: where a link comes from, and setting a new password with it.
//! The link itself is made on the command line.

use super::auth::{Door, Trip};
use crate::store::ask;
use kit::Draw;
use kit::i18n::{said, t, text};
use kit::{Failure, Submit, TextField};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/forgot`: says where a link comes from. There is nothing to fill in, because this server sends no mail.
#[component]
pub fn Forgot() -> impl IntoView {
    view! {
        <Door title=said(text::FORGOT_TITLE) lead=said(text::FORGOT_LEAD)>
            <p class="door__other"><a href="/login">{t(text::FORGOT_BACK)}</a></p>
        </Door>
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
