//! Everything inside an account: who is signed in, the store, the rail, and the page of the address.
//! Signed-out visitors are led to the door and back.

use super::NotFound;
use super::auth::Mark;
use super::chunk;
use super::conversations::Conversations;
use crate::Answer;
use crate::panels::{Panel, PanelHost, Panels, Tool};
use crate::panes::Rail;
use crate::parts::Banner;
use crate::routes::{Place, escaped, filter_of, sought_of};
use crate::store::{Me, Start, Store, Text, ask_text, follow, habit, loaded, read, shown};
use api::Fault;
use kit::Draw;
use kit::i18n::{Locale, fault_text, t, text};
use kit::{browser, effect, live};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use model::{AccountId, FaultCode, SessionView, ThreadWindow};

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
    let session = loaded(String::new, || ask_text(api::Session {}));
    let key = move || account.get().map(|account| account.to_string()).unwrap_or_default();
    let id = move || account.get_untracked().unwrap_or(AccountId(0));
    let aim = move || {
        let (inbox, number) = match place.get_untracked() {
            Place::Conversations { inbox, number } => (inbox, number),
            _ => (None, None),
        };
        (query.with_untracked(|query| filter_of(inbox, |name| query.get(name))), number)
    };
    let desk = loaded(key, move || ask_text(api::Desk { account: id() }));
    let list = loaded(key, move || ask_text(api::Conversations { account: id(), filter: aim().0, below: None }));
    let thread = loaded(key, move || match aim().1 {
        Some(number) => ask_text(api::Thread { account: id(), number, window: ThreadWindow::Latest }),
        None => Box::pin(std::future::ready(Text(Err(Fault::of(FaultCode::Missing))))),
    });
    let door = move || {
        let here = format!(
            "{}{}",
            location.pathname.get_untracked(),
            location.search.with_untracked(|search| if search.is_empty() { String::new() } else { format!("?{search}") })
        );
        format!("/login?next={}", escaped(&here))
    };
    shown(
        || view! { <div class="frame frame--waiting"></div> },
        move || {
            Box::pin(async move {
                let person = read::<Option<SessionView>>(session.await);
                let (desk, list, thread) = (desk.await, list.await, thread.await);
                let (filter, number) = aim();
                let start = Start::read(desk, filter, list, number.map(|number| (number, thread)));
                match (person, start) {
                    (Ok(Some(person)), Ok(mut start)) => {
                        start.sought = query.with_untracked(|query| sought_of(|name| query.get(name)));
                        Me::current().set(person);
                        view! { <Frame start=start place=place/> }.any()
                    }
                    (Ok(None), _) => view! { <Redirect path=door()/> }.any(),
                    (_, Err(fault)) if fault.code() == FaultCode::SignedOut => view! { <Redirect path=door()/> }.any(),
                    (Err(fault), _) | (_, Err(fault)) => view! { <Refused fault=fault/> }.any(),
                }
            })
        },
    )
}

/// The frame around every page of an account.
#[component]
fn Frame(start: Start, place: Memo<Place>) -> impl IntoView {
    let store = Store::new(start);
    provide_context(store);
    let panels = Panels::provide();
    effect(move || follow(store));
    // Being told something more than before sounds, where the person has not turned that off.
    let chimes = RwSignal::new(0_u32);
    let told = StoredValue::new(store.told.get_untracked());
    effect(move || {
        let (before, now) = (told.get_value(), store.told.get());
        told.set_value(now);
        if now > before && habit("sound").is_none() {
            chimes.update(|chimes| *chimes += 1);
        }
    });
    effect(move || {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key() == "k" {
                event.prevent_default();
                panels.open(Panel::Find);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let kind = Memo::new(move |_| std::mem::discriminant(&place.get()));
    // A new page is read from its title on, where the link that led here has gone; the conversations move the focus themselves.
    Effect::new(move |earlier: Option<()>| {
        let elsewhere = place.with(|place| !matches!(place, Place::Conversations { .. }));
        if earlier.is_some() && elsewhere {
            browser::land("#content h1, main h1");
        }
    });
    view! {
        <div class="frame">
            <Rail place=place/>
            <Banner/>
            <PanelHost/>
            {live(move || (chimes.get() > 0).then(|| chunk::tool(Tool::Chime)))}
            <div class="frame__page">
                {live(move || {
                    // Read, not only tracked: a memo that was never computed hears of nothing.
                    let _ = kind.get();
                    match place.get_untracked() {
                        Place::Conversations { .. } => view! { <Conversations place=place/> }.any(),
                        Place::Contacts(_) => chunk::contacts(place),
                        Place::Settings(_) => chunk::settings(place),
                        Place::Nowhere => view! { <NotFound/> }.any(),
                    }
                })}
            </div>
        </div>
    }
    .any()
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
                {live(move || if missing { locale.say(text::ERROR_ACCOUNT).to_owned() } else { fault_text(locale.language(), &body) })}
            </p>
            <a class="button" data-kind="primary" href="/" rel="external">{t(text::ERROR_HOME)}</a>
        </main>
    }
    .any()
}
