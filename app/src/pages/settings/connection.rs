//! How an inbox and its provider are connected: whether it works, what came and went last, and what is to be pasted there.
//! It knows no provider; every word of one comes from its channel.

use super::inbox::Save;
use super::mail_domain::MailDomain;
use super::mail_trial::MailTest;
use crate::pages::Trip;
use crate::parts::said_in;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, t, text};
use kit::time::{Moment, Wording};
use kit::{Code, Icon};
use kit::{act, attr, browser, live};
use leptos::prelude::*;
use model::{ChannelKind, InboxChange, InboxId, InboxState, Timestamp};
use std::collections::BTreeMap;

/// The card of the connection; nothing where there is no provider.
#[component]
pub fn Connection(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    let locale = Locale::current();
    let fact = |words: Text, at: Option<Timestamp>| {
        view! {
            <div class="facts__line">
                <dt>{t(words)}</dt>
                <dd>
                    {match at {
                        Some(at) => view! { <Moment at=at wording=Wording::Ago/> }.any(),
                        None => view! { <span class="muted">{t(text::CONNECTION_NEVER)}</span> }.any(),
                    }}
                </dd>
            </div>
        }
        .any()
    };
    live(move || {
        let detail = save.detail.get();
        let hook = detail.hook?;
        let state = match detail.inbox.state {
            InboxState::Connected => view! {
                <p class="connection" data-state="good">{Icon::CIRCLE_CHECK.view()} <span>{t(text::CONNECTION_GOOD)}</span></p>
            }
            .any(),
            InboxState::Moved { .. } => view! {
                <p class="connection" data-state="bad" role="alert">{Icon::TRIANGLE_ALERT.view()} <span>{t(text::CONNECTION_MOVED)}</span></p>
            }
            .any(),
            InboxState::Reauthorise { words, .. } => view! {
                <p class="connection" data-state="bad" role="alert">
                    {Icon::TRIANGLE_ALERT.view()}
                    <span>{t(text::CONNECTION_BAD)} " " <q>{words}</q></span>
                </p>
            }
            .any(),
        };
        let paste = if detail.paste.is_empty() {
            view! { <p class="card__line">{t(text::CONNECTION_ARRANGED)}</p> }.any()
        } else {
            let rows = detail.paste.into_iter().map(|paste| {
                let label = paste.label;
                view! {
                    <div class="field">
                        <span class="field__label">{live(move || said_in(locale.language(), &label))}</span>
                        <Code value=Signal::derive(move || paste.value.clone())/>
                    </div>
                }
            });
            view! { <p class="card__line">{t(text::CONNECTION_PASTE)}</p> {rows.collect_view()} }.any()
        };
        let health = detail.health;
        Some(
            view! {
                <section class="card">
                    <h2 class="card__title">{t(text::CONNECTION_TITLE)}</h2>
                    {state}
                    <dl class="facts">
                        {fact(text::CONNECTION_LAST_IN, health.last_in)}
                        {fact(text::CONNECTION_LAST_OUT, health.last_out)}
                        {health.last_error.map(|(at, words)| view! {
                            <div class="facts__line">
                                <dt>{t(text::CONNECTION_LAST_ERROR)}</dt>
                                <dd><Moment at=at wording=Wording::Ago/> " · " <q>{words}</q></dd>
                            </div>
                        })}
                        {(health.waiting > 0).then(|| view! {
                            <div class="facts__line">
                                <dt>{t(text::CONNECTION_WAITING)}</dt>
                                <dd>{health.waiting.to_string()}</dd>
                            </div>
                        })}
                    </dl>
                    {paste}
                    <details class="connection__more">
                        <summary>{t(text::CONNECTION_ADDRESS)}</summary>
                        <Code value=Signal::derive(move || hook.clone())/>
                    </details>
                    <div class="form__end">
                        {ways(detail.login, &detail.inbox.kind, detail.ways)
                            .into_iter()
                            .map(|kind| view! { <Enter kind=kind inbox=detail.inbox.id trip=save.trip/> })
                            .collect_view()}
                        <button
                            type="button"
                            class="button"
                            aria-busy=attr(move || save.trip.busy.get().to_string())
                            on:click=act(move |_| save.run(InboxChange { settings: Some(BTreeMap::new()), ..InboxChange::default() }))
                        >
                            {Icon::REFRESH_CW.view()} <span>{t(text::CONNECTION_TEST)}</span>
                        </button>
                    </div>
                    {detail.inbox.capabilities.more.subject.then(|| {
                        let said = |key: &str| detail.settings.get(key).map(String::as_str).unwrap_or_default();
                        view! { <MailTest inbox=detail.inbox.id address=said("address").to_owned() mailbox={said("mode") != "forward"}/> }
                    })}
                    {detail.inbox.capabilities.more.subject.then(|| view! { <MailDomain inbox=detail.inbox.id/> })}
                </section>
            }
            .any(),
        )
    })
}

/// Where a person may log in for a channel: at its own provider, or at those it names.
#[must_use]
pub fn ways(login: bool, kind: &ChannelKind, named: Vec<String>) -> Vec<ChannelKind> {
    match (login, named.is_empty()) {
        (false, _) => Vec::new(),
        (true, true) => vec![kind.clone()],
        (true, false) => named.into_iter().map(|way| ChannelKind(way.into())).collect(),
    }
}

/// Logging in at the provider: for a new inbox, or to connect one again.
#[component]
pub fn Enter(
    /// Which channel.
    kind: ChannelKind,
    /// The inbox to connect again.
    #[prop(optional, into)]
    inbox: Option<InboxId>,
    /// The trip that shows when it fails.
    trip: Trip,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    // Its page is the provider's, whose name stands on its own button; ours says which.
    let name = match kind.0.as_ref() {
        "instagram" => "Instagram",
        "google" => "Google",
        "microsoft" => "Microsoft",
        _ => "Facebook",
    };
    let words = if inbox.is_some() { text::CONNECTION_AGAIN } else { text::INBOXES_LOGIN };
    let go = move |_| {
        trip.send(ask(api::BeginLogin { account: store.account, kind: kind.clone(), inbox }), |address| browser::visit(&address));
    };
    view! {
        <button
            type="button"
            class="button"
            data-kind=inbox.is_none().then_some("primary")
            aria-busy=attr(move || trip.busy.get().to_string())
            on:click=act(go)
        >
            {live(move || locale.say_with(words, &[("channel", name)]))}
        </button>
    }
    .any()
}
