//! Opening an account. It works as a plain form before the page is hydrated, and as a call afterwards.
//! Whether this server takes new accounts is asked first.

use super::auth::{Door, Trip, failed_form};
use crate::shell::start_of;
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::browser;
use kit::i18n::{Locale, said, t, text};
use kit::{Failure, Submit, TextField};
use kit::{attr, effect};
use leptos::prelude::*;
use model::SignUpDraft;

/// `/signup`.
#[component]
pub fn SignUp() -> impl IntoView {
    let open = loaded(String::new, || ask_text(api::SignUpOpen {}));
    view! {
        <Door title=said(text::SIGNUP_TITLE) lead=said(text::SIGNUP_LEAD)>
            {shown(
                || (),
                move || {
                    Box::pin(async move {
                        match read::<bool>(open.await) {
                            Ok(false) => view! { <p class="form__closed">{t(text::SIGNUP_CLOSED)}</p> }.any(),
                            _ => view! { <Fields/> }.any(),
                        }
                    })
                },
            )}
            <p class="door__other">{t(text::SIGNUP_HAVE_ACCOUNT)} " " <a href="/login">{t(text::SIGNUP_TO_LOGIN)}</a></p>
        </Door>
    }
    .any()
}

#[component]
fn Fields() -> impl IntoView {
    let locale = Locale::current();
    let field = || RwSignal::new(String::new());
    let (account, name, email, password) = (field(), field(), field(), field());
    let trip = Trip::new();
    effect(|| {
        browser::focus("input[name=account]");
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let draft = SignUpDraft {
            account: account.get_untracked(),
            name: name.get_untracked(),
            email: email.get_untracked(),
            password: password.get_untracked(),
            language: locale.now(),
        };
        trip.send(ask(api::SignUp { draft }), |session| browser::visit(&start_of(&session)));
    };
    view! {
        <form class="form" method="post" action="/signup" novalidate on:submit=submit>
            <Failure message=trip.message_or(failed_form())/>
            <input type="hidden" name="language" value=attr(move || locale.language().tag())/>
            <TextField
                name="account"
                autocomplete="organization"
                label=said(text::FIELD_ACCOUNT)
                hint=said(text::SIGNUP_ACCOUNT_HINT)
                value=account
                error=trip.field("account")
                required=true
                max=80
            />
            <TextField
                name="name"
                autocomplete="name"
                label=said(text::FIELD_NAME)
                value=name
                error=trip.field("name")
                required=true
                max=80
            />
            <TextField
                name="email"
                kind="email"
                autocomplete="email"
                label=said(text::FIELD_EMAIL)
                value=email
                error=trip.field("email")
                required=true
            />
            <TextField
                name="password"
                kind="password"
                autocomplete="new-password"
                label=said(text::FIELD_PASSWORD)
                hint=said(text::SIGNUP_PASSWORD_HINT)
                value=password
                error=trip.field("password")
                required=true
            />
            <Submit label=said(text::SIGNUP_SUBMIT) busy=trip.busy/>
        </form>
    }
    .any()
}
