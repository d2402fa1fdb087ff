//! A new inbox: the channel grid, then the form of the channel picked. Two more steps follow on the inbox itself.
//! What a channel asks is said by its fields.

use super::Head;
use super::connection::{Enter, ways};
use crate::pages::{Trip, Trouble};
use crate::parts::{ChannelForm, said_in, settings_of};
use crate::routes::{InboxTab, Place, Section};
use crate::store::Store;
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{Failure, Icon, Skeleton, Submit, drawing};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::{ChannelCard, ChannelKind, InboxDraft, LoginView};
use std::collections::BTreeMap;

/// The four steps and the one reached.
#[component]
pub fn Progress(
    /// The step, from zero.
    at: usize,
) -> impl IntoView {
    let steps = [text::INBOXES_STEP_CHANNEL, text::INBOXES_STEP_DETAILS, text::INBOXES_STEP_AGENTS, text::INBOXES_STEP_DONE];
    view! {
        <ol class="progress" aria-label=t(text::INBOXES_STEPS)>
            {steps.into_iter().enumerate().map(|(step, words)| view! {
                <li class="progress__step" aria-current=(step == at).then_some("step") data-done=(step < at).to_string()>
                    <span class="progress__number" aria-hidden="true">
                        {if step < at { Icon::CHECK.view() } else { (step + 1).to_string().any() }}
                    </span>
                    {t(words)}
                </li>
            }).collect_view()}
        </ol>
    }
    .any()
}

/// The channel grid.
#[component]
pub fn Grid() -> impl IntoView {
    let store = Store::current();
    let channels = loaded(String::new, move || ask_text(api::Channels { account: store.account }));
    view! {
        <Progress at=0/>
        <Head title=said(text::INBOXES_PICK_TITLE) lead=said(text::INBOXES_PICK_LEAD)/>
        {shown(
            || view! { <Skeleton rows=6 shape="card"/> },
            move || {
                Box::pin(async move {
                    match read::<Vec<ChannelCard>>(channels.await) {
                        Err(fault) => view! { <Trouble fault=fault/> }.any(),
                        Ok(mut cards) => {
                            // What can be had first, then what is coming; each in the server's order.
                            let coming = cards.extract_if(.., |card| !card.available).collect::<Vec<_>>();
                            let cards = cards.into_iter().chain(coming).map(|card| view! { <Card card=card/> }).collect_view();
                            view! { <ul class="channels" role="list">{cards}</ul> }.any()
                        }
                    }
                })
            },
        )}
    }
    .any()
}

#[component]
fn Card(card: ChannelCard) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let ChannelCard { kind, name, needs, icon, available, connected, .. } = card;
    // The name alone is the link's name; what it needs describes it.
    let described = format!("channel-{}", kind.0);
    let inside = view! {
        <span class="tile" data-channel=kind.0.to_string()>{drawing(icon)}</span>
        <span class="channels__words">
            <b class="channels__name">{live(move || said_in(locale.language(), &name))}</b>
            <span class="channels__needs" id=described.clone() aria-hidden=available.then_some("true")>{live(move || said_in(locale.language(), &needs))}</span>
        </span>
        {if available {
            (connected > 0).then(|| view! {
                <span class="badge" data-kind="good" aria-hidden="true">{live(move || locale.count(text::INBOXES_CONNECTED, connected))}</span>
            }).any()
        } else {
            view! { <span class="badge">{t(text::INBOXES_COMING)}</span> }.any()
        }}
    };
    if available {
        let href = Place::Settings(Section::NewInbox(Some(kind.0.to_string()))).href(store.account);
        view! { <li><a class="channels__card" href=href aria-describedby=described>{inside}</a></li> }.any()
    } else {
        view! { <li><div class="channels__card" data-coming="true">{inside}</div></li> }.any()
    }
}

/// The form of one channel.
#[component]
pub fn Details(
    /// Which channel.
    kind: String,
) -> impl IntoView {
    let store = Store::current();
    let channels = loaded(String::new, move || ask_text(api::Channels { account: store.account }));
    view! {
        <Progress at=1/>
        {shown(
            || view! { <Skeleton rows=3 shape="card"/> },
            move || {
                let kind = kind.clone();
                Box::pin(async move {
                    match read::<Vec<ChannelCard>>(channels.await) {
                        Err(fault) => view! { <Trouble fault=fault/> }.any(),
                        Ok(cards) => match cards.into_iter().find(|card| card.kind.0 == kind && card.available) {
                            Some(card) => view! { <Fields card=card/> }.any(),
                            None => view! { <Trouble fault=api::Fault::of(model::FaultCode::Missing)/> }.any(),
                        },
                    }
                })
            },
        )}
    }
    .any()
}

#[component]
fn Fields(card: ChannelCard) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let navigate = use_navigate();
    let ChannelCard { kind, name, needs, guide, form, login, ways: named, .. } = card;
    let entered = ways(login, &kind, named);
    let values = settings_of(&form, None, locale.now());
    let trip = Trip::new();
    let submit = {
        let values = values.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let mut settings = BTreeMap::new();
            settings.extend(values.iter().map(|(key, value)| (key.clone(), value.get_untracked())));
            let navigate = navigate.clone();
            trip.send(
                ask(api::CreateInbox { account: store.account, draft: InboxDraft { kind: kind.clone(), settings } }),
                move |detail| {
                    let next = Place::Settings(Section::Inbox(detail.inbox.id, InboxTab::Agents));
                    navigate(&next.href(store.account), NavigateOptions { replace: true, ..NavigateOptions::default() });
                },
            );
        }
    };
    let title = Signal::derive(move || {
        let channel = said_in(locale.language(), &name);
        locale.say_with(text::INBOXES_CREATE_TITLE, &[("channel", &channel)])
    });
    let lead = Signal::derive(move || said_in(locale.language(), &needs));
    view! {
        <Head title=title lead=lead/>
        {login.then(|| view! { <Login kinds=entered/> })}
        <section class="card">
            <form class="form" novalidate on:submit=submit>
                {login.then(|| view! { <p class="card__line">{t(text::INBOXES_LOGIN_OR)}</p> })}
                {live(move || Some(said_in(locale.language(), &guide)).filter(|guide| !guide.is_empty()).map(|guide| view! {
                    <p class="guide">{Icon::INFO.view()} <span>{guide}</span></p>
                }))}
                <Failure message=trip.message()/>
                <ChannelForm form=form values=values trip=trip/>
                <div class="form__end">
                    <a class="button" href=Place::Settings(Section::NewInbox(None)).href(store.account)>{t(text::COMMON_BACK)}</a>
                    <Submit label=said(text::INBOXES_CREATE) busy=trip.busy/>
                </div>
            </form>
        </section>
    }
    .any()
}

/// Logging in at the provider instead of filling in the form; after it, the choice among what it opened.
#[component]
fn Login(kinds: Vec<ChannelKind>) -> impl IntoView {
    let query = use_query_map();
    let trip = Trip::new();
    let outcome = Memo::new(move |_| query.with(|query| query.get("login")).unwrap_or_default());
    view! {
        <section class="card">
            <Failure message=trip.message()/>
            {live(move || match outcome.get().as_str() {
                "choose" => view! { <Choice trip=trip/> }.any(),
                "denied" => view! { <p class="card__line" role="status">{t(text::INBOXES_LOGIN_DENIED)}</p> }.any(),
                "failed" => view! { <p class="card__line" role="alert">{t(text::INBOXES_LOGIN_FAILED)}</p> }.any(),
                _ => view! { <p class="card__line">{t(text::INBOXES_LOGIN_LEAD)}</p> }.any(),
            })}
            <div class="form__end">{kinds.into_iter().map(|kind| view! { <Enter kind=kind trip=trip/> }).collect_view()}</div>
        </section>
    }
    .any()
}

/// The accounts that a login opened; the one picked becomes an inbox.
#[component]
fn Choice(trip: Trip) -> impl IntoView {
    let store = Store::current();
    let navigate = StoredValue::new(use_navigate());
    // Asked by the browser alone: what one session may choose is nobody's page.
    let opened = RwSignal::new(None::<Option<LoginView>>);
    effect(move || spawn(async move { opened.set(Some(ask(api::LoginAccounts { account: store.account }).await.ok())) }));
    let pick = move |choice: usize| {
        trip.send(ask(api::ChooseAccount { account: store.account, choice }), move |detail| {
            let next = Place::Settings(Section::Inbox(detail.inbox.id, InboxTab::Agents));
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate.with_value(|navigate| navigate(&next.href(store.account), options));
        });
    };
    live(move || match opened.get() {
        None => view! { <Skeleton rows=3 shape="row"/> }.any(),
        Some(None) => view! { <p class="card__line" role="alert">{t(text::INBOXES_LOGIN_FAILED)}</p> }.any(),
        Some(Some(view)) if view.names.is_empty() => view! { <p class="card__line">{t(text::INBOXES_LOGIN_NONE)}</p> }.any(),
        Some(Some(view)) => {
            let rows = view.names.into_iter().enumerate().map(|(at, name)| {
                view! {
                    <li>
                        <button type="button" class="button" on:click=act(move |_| pick(at))>{name}</button>
                    </li>
                }
            });
            view! {
                <p class="card__line">{t(text::INBOXES_LOGIN_CHOOSE)}</p>
                <ul role="list">{rows.collect_view()}</ul>
            }
            .any()
        }
    })
}
