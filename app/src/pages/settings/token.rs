//! A person's own API token: made when it is asked for, shown once, reset when it must not work any longer.
//! What a program may do with it is what the person may do.

use crate::pages::Trip;
use crate::store::ask;
use kit::Draw;
use kit::i18n::{said, t, text};
use kit::time::{Moment, Wording};
use kit::{Code, Dialog, Failure, Icon, Submit};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use model::Timestamp;

/// The card in the profile.
#[component]
pub fn Token() -> impl IntoView {
    let since = RwSignal::new(None::<Timestamp>);
    let known = RwSignal::new(false);
    let token = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let trip = Trip::new();
    effect(move || {
        spawn(async move {
            if let Ok(found) = ask(api::AccessToken {}).await {
                since.set(found);
                known.set(true);
            }
        });
    });
    let make = move || {
        trip.send(ask(api::ResetAccessToken {}), move |made| {
            token.set(made);
            open.set(false);
        });
    };
    let has = Memo::new(move |_| since.get().is_some() || !token.with(String::is_empty));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        make();
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::PROFILE_TOKEN)}</h2>
            <p class="card__line">
                {t(text::PROFILE_TOKEN_LEAD)} " "
                <a class="link" href="/api/docs" target="_blank" rel="noopener external">{Icon::EXTERNAL_LINK.view()} {t(text::INSTALL_DOCS)}</a>
            </p>
            {live(move || (!open.get()).then(|| view! { <Failure message=trip.message()/> }))}
            <div role="status">
                {live(move || (!token.with(String::is_empty)).then(|| view! {
                    <p class="card__line">{t(text::PROFILE_TOKEN_ONCE)}</p>
                    <Code value=token label=text::PROFILE_TOKEN_COPY/>
                }))}
            </div>
            {live(move || since.get().filter(|_| token.with(String::is_empty)).map(|at| view! {
                <p class="card__line">{t(text::PROFILE_TOKEN_SINCE)} " " <Moment at=at wording=Wording::Ago/></p>
            }))}
            {live(move || known.get().then(|| view! {
                <button
                    type="button"
                    class="button"
                    on:click=act(move |_| if has.get_untracked() { open.set(true) } else { make() })
                >
                    <span>{live(move || if has.get() { t(text::PROFILE_TOKEN_RESET)() } else { t(text::PROFILE_TOKEN_MAKE)() })}</span>
                </button>
            }))}
            <Dialog open=open title=said(text::PROFILE_TOKEN_RESET)>
                <form class="form" novalidate on:submit=submit>
                    <Failure message=trip.message()/>
                    <p>{t(text::PROFILE_TOKEN_RESET_TEXT)}</p>
                    <div class="form__end" data-danger="true"><Submit label=said(text::PROFILE_TOKEN_RESET) busy=trip.busy/></div>
                </form>
            </Dialog>
        </section>
    }
    .any()
}
