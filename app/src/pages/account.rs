//! Everything inside an account: who is signed in, the store, the rail, and the page of the address.
//! Signed-out visitors are led to the door and back.

use super::NotFound;
use super::auth::Mark;
use super::contacts::Contacts;
use super::conversations::Conversations;
use super::settings::Settings;
use crate::Answer;
use crate::panes::Rail;
use crate::parts::Banner;
use crate::routes::{Place, escaped, filter_of};
use crate::store::{Me, Start, Store, follow};
use api::Fault;
use kit::i18n::{Locale, fault_text, t, text};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use model::{AccountId, FaultCode};

/// `/app/accounts/:account`, which leads on to its conversations.
#[component]
pub fn AccountHome() -> impl IntoView {
    let params = use_params_map();
    let account = params.with_untracked(|params| params.get("account").and_then(|id| id.parse().ok()));
    let path = account.map_or_else(|| "/".to_owned(), |account: AccountId| Place::list().href(account));
    view! { <Redirect path=path/> }
}

/// `/app/accounts/:account/*rest`.
#[component]
pub fn Account() -> impl IntoView {
    let (params, query, location) = (use_params_map(), use_query_map(), use_location());
    let account = Memo::new(move |_| params.with(|params| params.get("account").and_then(|id| id.parse::<AccountId>().ok())));
    let place = Memo::new(move |_| params.with(|params| Place::parse(&params.get("rest").unwrap_or_default())));
    let session = Resource::new_blocking(|| (), |()| api::session());
    let start = Resource::new_blocking(
        move || account.get(),
        move |account| {
            let (inbox, number) = match place.get_untracked() {
                Place::Conversations { inbox, number } => (inbox, number),
                _ => (None, None),
            };
            let filter = query.with_untracked(|query| filter_of(inbox, query.get_str("tab"), query.get_str("status")));
            async move {
                match account {
                    Some(account) => Start::load(account, filter, number).await,
                    None => Err(Fault::of(FaultCode::Missing)),
                }
            }
        },
    );
    let door = move || {
        let here = format!(
            "{}{}",
            location.pathname.get_untracked(),
            location.search.with_untracked(|search| if search.is_empty() { String::new() } else { format!("?{search}") })
        );
        format!("/login?next={}", escaped(&here))
    };
    view! {
        <Suspense fallback=|| view! { <div class="frame frame--waiting"></div> }>
            {move || {
                Suspend::new(async move {
                    let person = session.await;
                    let start = start.await;
                    match (person, start) {
                        (Ok(Some(person)), Ok(start)) => {
                            Me::current().set(person);
                            view! { <Frame start=start place=place/> }.into_any()
                        }
                        (Ok(None), _) => view! { <Redirect path=door()/> }.into_any(),
                        (_, Err(fault)) if fault.code() == FaultCode::SignedOut => view! { <Redirect path=door()/> }.into_any(),
                        (Err(fault), _) | (_, Err(fault)) => view! { <Refused fault=fault/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

/// The frame around every page of an account.
#[component]
fn Frame(start: Start, place: Memo<Place>) -> impl IntoView {
    let store = Store::new(start);
    provide_context(store);
    Effect::new(move |_| follow(store));
    let kind = Memo::new(move |_| std::mem::discriminant(&place.get()));
    view! {
        <div class="frame">
            <Rail place=place/>
            <Banner/>
            <div class="frame__page">
                {move || {
                    kind.track();
                    match place.get_untracked() {
                        Place::Conversations { .. } => view! { <Conversations place=place/> }.into_any(),
                        Place::Contacts(_) => view! { <Contacts place=place/> }.into_any(),
                        Place::Settings(_) => view! { <Settings place=place/> }.into_any(),
                        Place::Nowhere => view! { <NotFound/> }.into_any(),
                    }
                }}
            </div>
        </div>
    }
}

/// An account that is not there, or not for this person.
#[component]
fn Refused(fault: Fault) -> impl IntoView {
    Answer::status(fault.status());
    let locale = Locale::current();
    let body = fault.0;
    let missing = matches!(body.code, FaultCode::Missing | FaultCode::Forbidden);
    view! {
        <main class="lost" id="content">
            <Mark/>
            <h1 class="lost__title">{t(if missing { text::ERROR_FORBIDDEN_TITLE } else { text::ERROR_TITLE })}</h1>
            <p class="lost__line">
                {move || if missing { locale.say(text::ERROR_ACCOUNT).to_owned() } else { fault_text(locale.language(), &body) }}
            </p>
            <a class="button" data-kind="primary" href="/" rel="external">{t(text::ERROR_HOME)}</a>
        </main>
    }
}
