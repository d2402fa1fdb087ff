//! The log of an endpoint: what was sent to it, newest first, what it answered, and the way to send something again.
//! When something is tried again by itself is the server's business.

use super::webhooks::event_text;
use crate::pages::{Trip, Trouble};
use crate::store::{Store, ask, pause};
use api::Fault;
use kit::i18n::{Locale, t, text};
use kit::time::{Moment, Wording};
use kit::{Code, Draw, Failure, Icon};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use model::{DeliveryDetail, DeliveryState, DeliveryView, Page};
use std::time::Duration;

/// How often, and how many times, what was sent again is looked for.
const LOOK: Duration = Duration::from_millis(700);
const LOOKS: u32 = 20;

/// The list, loaded when it is drawn.
#[component]
pub fn Log(
    /// The endpoint.
    hook: i64,
    /// Whether it is switched off: then nothing can be sent again.
    off: bool,
    /// Raised to load it afresh.
    round: RwSignal<u32>,
) -> impl IntoView {
    let store = Store::current();
    let page = RwSignal::new(None::<Result<Page<DeliveryView>, Fault>>);
    let open = RwSignal::new(None::<i64>);
    let load = move |below: Option<i64>| {
        spawn(async move {
            let found = ask(api::WebhookLog { account: store.account, id: hook, below }).await;
            page.try_update(|page| match (page, found) {
                (Some(Ok(page)), Ok(next)) if below.is_some() => {
                    page.rows.extend(next.rows);
                    page.more = next.more;
                }
                (page, found) => *page = Some(found),
            });
        });
    };
    effect(move || {
        let _ = round.get();
        load(None);
    });
    // Until it has left, or nobody looks any more.
    let watch = move |id: i64| {
        spawn(async move {
            for _ in 0..LOOKS {
                load(None);
                pause(LOOK).await;
                let waits = |page: &Option<Result<Page<DeliveryView>, Fault>>| {
                    page.as_ref()
                        .and_then(|page| page.as_ref().ok())
                        .is_some_and(|page| page.rows.iter().any(|one| one.id == id && one.state == DeliveryState::Waiting))
                };
                if page.try_with_untracked(waits) != Some(true) {
                    return;
                }
            }
        });
    };
    let line = move |one: DeliveryView| {
        let id = one.id;
        view! {
            <li class="hook-log__one">
                <button
                    type="button"
                    class="choice hook-log__line"
                    aria-expanded=attr(move || (open.get() == Some(id)).to_string())
                    on:click=act(move |_| open.update(|open| *open = (*open != Some(id)).then_some(id)))
                >
                    {state_icon(one.state)}
                    <span class="shelf__words">
                        <b>{t(event_text(&one.event))}</b>
                        <span class="shelf__note">{state_words(&one)}</span>
                    </span>
                    <Moment at=one.at wording=Wording::Ago/>
                </button>
                {live(move || (open.get() == Some(id)).then(|| view! {
                    <Delivery hook=hook id=id off=off again=Callback::new(watch)/>
                }))}
            </li>
        }
        .any()
    };
    view! {
        <div class="hook-log" role="group" aria-label=t(text::WEBHOOKS_LOG)>
            {live(move || match page.get() {
                None => view! { <p class="card__line" role="status">{t(text::COMMON_LOADING)}</p> }.any(),
                Some(Err(fault)) => view! { <Trouble fault=fault/> }.any(),
                Some(Ok(page)) if page.rows.is_empty() => view! { <p class="card__line">{t(text::WEBHOOKS_LOG_EMPTY)}</p> }.any(),
                Some(Ok(page)) => {
                    let last = page.rows.last().map(|one| one.id).filter(|_| page.more);
                    view! {
                        <ul role="list">{page.rows.into_iter().map(line).collect::<Vec<_>>()}</ul>
                        {last.map(|last| view! {
                            <button type="button" class="button" on:click=act(move |_| load(Some(last)))>{t(text::WEBHOOKS_MORE)}</button>
                        })}
                    }
                    .any()
                }
            })}
        </div>
    }
    .any()
}

fn state_icon(state: DeliveryState) -> AnyView {
    let (name, icon) = match state {
        DeliveryState::Waiting => ("weak", Icon::CLOCK),
        DeliveryState::Again => ("weak", Icon::REFRESH_CW),
        DeliveryState::Done => ("good", Icon::CIRCLE_CHECK),
        DeliveryState::Failed => ("bad", Icon::CIRCLE_ALERT),
    };
    view! { <span class="hook-log__state" data-state=name>{icon.view()}</span> }.any()
}

/// How far it is, what was answered, and how often it was tried where that was not once.
fn state_words(one: &DeliveryView) -> impl Fn() -> String + Clone + Send + Sync + 'static + use<> {
    let (locale, state, status, attempts) = (Locale::current(), one.state, one.status, one.attempts);
    move || {
        let mut words = locale
            .say(match state {
                DeliveryState::Waiting => text::WEBHOOKS_WAITING,
                DeliveryState::Again => text::WEBHOOKS_AGAIN,
                DeliveryState::Done => text::WEBHOOKS_DONE,
                DeliveryState::Failed => text::WEBHOOKS_FAILED,
            })
            .to_owned();
        if let Some(status) = status {
            words.push_str(&format!(" · {status}"));
        }
        if attempts > 1 {
            words.push_str(&format!(" · {}", locale.count(text::WEBHOOKS_TRIES, attempts)));
        }
        words
    }
}

#[component]
fn Delivery(hook: i64, id: i64, off: bool, again: Callback<i64>) -> impl IntoView {
    let store = Store::current();
    let found = RwSignal::new(None::<Result<DeliveryDetail, Fault>>);
    let trip = Trip::new();
    effect(move || {
        spawn(async move {
            let told = ask(api::WebhookDelivery { account: store.account, webhook: hook, id }).await;
            found.try_set(Some(told));
        });
    });
    let resend = move |_| {
        trip.send(ask(api::SendWebhookAgain { account: store.account, webhook: hook, id }), move |()| again.run(id));
    };
    live(move || match found.get() {
        None => view! { <p class="card__line" role="status">{t(text::COMMON_LOADING)}</p> }.any(),
        Some(Err(fault)) => view! { <Trouble fault=fault/> }.any(),
        Some(Ok(detail)) => view! {
            <div class="hook-log__detail">
                <Sent detail=detail/>
                <Failure message=trip.message()/>
                {(!off).then(|| view! {
                    <div class="form__end">
                        <button type="button" class="button" aria-busy=attr(move || trip.busy.get().to_string()) on:click=act(resend)>
                            {Icon::SEND.view()} <span>{t(text::WEBHOOKS_SEND_AGAIN)}</span>
                        </button>
                    </div>
                })}
            </div>
        }
        .any(),
    })
}

/// What was sent, and what came back.
#[component]
pub fn Sent(
    /// It.
    detail: DeliveryDetail,
) -> impl IntoView {
    let headers = detail.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
    let request = detail.request;
    let answer = match detail.answer.filter(|answer| !answer.trim().is_empty()) {
        Some(answer) => view! { <Code value=Signal::stored(answer)/> }.any(),
        None if detail.line.attempts > 0 => view! { <p class="card__line">{t(text::WEBHOOKS_ANSWER_NONE)}</p> }.any(),
        None => view! { <p class="card__line">{t(text::WEBHOOKS_NOT_SENT)}</p> }.any(),
    };
    view! {
        <div class="field"><span class="field__label">{t(text::WEBHOOKS_ANSWER)}</span>{answer}</div>
        {(!headers.is_empty()).then(|| view! {
            <div class="field">
                <span class="field__label">{t(text::WEBHOOKS_HEADERS)}</span>
                <Code value=Signal::stored(format!("POST {}\n{headers}", detail.url))/>
            </div>
        })}
        <div class="field"><span class="field__label">{t(text::WEBHOOKS_REQUEST)}</span><Code value=Signal::stored(request)/></div>
    }
    .any()
}
