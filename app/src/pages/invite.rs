//! Accepting an invitation to an account.
//! People who have a password already confirm with it.

use super::auth::{Door, Trip};
use crate::shell::start_of;
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{Failure, Submit, TextField, browser};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::InvitationView;

/// `/invite/:token`.
#[component]
pub fn Invite() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token")).unwrap_or_default();
    let invitation = loaded(token, move || ask_text(api::Invitation { token: token() }));
    shown(
        || (),
        move || {
            Box::pin(async move {
                match read::<InvitationView>(invitation.await) {
                    Ok(invitation) => {
                        let token = params.with_untracked(|params| params.get("token")).unwrap_or_default();
                        view! { <Accept invitation=invitation token=token/> }.any()
                    }
                    Err(_) => {
                        crate::Answer::status(410);
                        view! {
                            <Door title=said(text::INVITE_GONE_TITLE) lead=said(text::INVITE_GONE)>
                                <p class="door__other"><a href="/login">{t(text::FORGOT_BACK)}</a></p>
                            </Door>
                        }
                        .any()
                    }
                }
            })
        },
    )
}

#[component]
fn Accept(invitation: InvitationView, token: String) -> impl IntoView {
    let locale = Locale::current();
    let name = RwSignal::new(invitation.name.clone());
    let password = RwSignal::new(String::new());
    let trip = Trip::new();
    let known = invitation.known;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let call = ask(api::AcceptInvitation { token: token.clone(), name: name.get_untracked(), password: password.get_untracked() });
        trip.send(call, |session| browser::visit(&start_of(&session)));
    };
    let (account, email) = (invitation.account, invitation.email);
    let title = Signal::derive(move || locale.say_with(text::INVITE_TITLE, &[("account", &account)]));
    let lead = Signal::derive(move || {
        if known { locale.say(text::INVITE_LEAD_KNOWN).to_owned() } else { locale.say_with(text::INVITE_LEAD, &[("email", &email)]) }
    });
    view! {
        <Door title=title lead=lead>
            <form class="form" method="post" novalidate on:submit=submit>
                <Failure message=trip.message()/>
                {(!known).then(|| view! {
                    <TextField
                        name="name"
                        autocomplete="name"
                        label=said(text::FIELD_NAME)
                        value=name
                        error=trip.field("name")
                        required=true
                        max=80
                    />
                })}
                <TextField
                    name="password"
                    kind="password"
                    autocomplete=if known { "current-password" } else { "new-password" }
                    label=said(text::FIELD_PASSWORD)
                    value=password
                    error=trip.field("password")
                    required=true
                />
                <Submit label=said(text::INVITE_SUBMIT) busy=trip.busy/>
            </form>
        </Door>
    }
    .any()
}
