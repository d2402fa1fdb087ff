//! Signing in. It works as a plain form before the page is hydrated, and as a call afterwards.
//! Who may sign in is decided by the server.

use super::auth::{Door, Trip, failed_form};
use crate::routes::safe_next;
use crate::shell::start_of;
use crate::store::ask;
use kit::Draw;
use kit::browser;
use kit::i18n::{said, t, text};
use kit::{Failure, Submit, TextField};
use kit::{effect, live};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/login`.
#[component]
pub fn Login() -> impl IntoView {
    let query = use_query_map();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let trip = Trip::new();
    let next = Signal::derive(move || query.with(|query| query.get("next")).filter(|next| safe_next(next).is_some()));
    effect(|| {
        browser::focus("input[name=email]");
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::SignIn { email: email.get_untracked(), password: password.get_untracked() }), move |session| {
            browser::visit(&next.get_untracked().unwrap_or_else(|| start_of(&session)));
        });
    };
    view! {
        <Door title=said(text::LOGIN_TITLE) lead=said(text::LOGIN_LEAD)>
            <form class="form" method="post" action="/login" novalidate on:submit=submit>
                <Failure message=trip.message_or(failed_form())/>
                {live(move || next.get().map(|next| view! { <input type="hidden" name="next" value=next/> }))}
                <TextField
                    name="email"
                    kind="email"
                    autocomplete="username"
                    label=said(text::FIELD_EMAIL)
                    value=email
                    error=trip.field("email")
                    required=true
                />
                <TextField
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    label=said(text::FIELD_PASSWORD)
                    value=password
                    error=trip.field("password")
                    required=true
                />
                <Submit label=said(text::LOGIN_SUBMIT) busy=trip.busy/>
                <p class="form__aside"><a href="/forgot">{t(text::LOGIN_FORGOT)}</a></p>
            </form>
            <p class="door__other">{t(text::LOGIN_NO_ACCOUNT)} " " <a href="/signup">{t(text::LOGIN_TO_SIGNUP)}</a></p>
        </Door>
    }
    .any()
}
