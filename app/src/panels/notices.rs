//! What the reader is told: mentions, assignments, messages in what is theirs, newest first. Reading one opens it.

use super::Panels;
use crate::routes::{Place, Section};
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::time::{Moment, Wording};
use kit::{Dialog, Empty, Icon, Toasts};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{NotificationId, NotificationKind, NotificationView, Page};

/// The panel.
#[component]
pub fn Notices() -> impl IntoView {
    let panels = Panels::current();
    let open = RwSignal::new(true);
    effect(move || {
        if !open.get() {
            panels.0.set(None);
        }
    });
    view! { <Dialog open=open title=said(text::NOTICES_TITLE)><All open=open/></Dialog> }.any()
}

#[component]
fn All(open: RwSignal<bool>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let navigate = StoredValue::new(use_navigate());
    let page = RwSignal::new(None::<Page<NotificationView>>);
    let load = move |below: Option<NotificationId>| {
        spawn(async move {
            match ask(api::Notifications { account: store.account, below }).await {
                Ok(next) => page.update(|page| match page {
                    Some(page) if below.is_some() => {
                        page.rows.extend(next.rows);
                        page.more = next.more;
                    }
                    _ => *page = Some(next),
                }),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    };
    effect(move || {
        // Whatever is told while this is open shows at once.
        let _ = store.news.get();
        load(None);
    });
    let read = move |id: Option<NotificationId>| {
        let account = store.account;
        // A refusal leaves it unread, which is true.
        spawn(async move { drop(ask(api::MarkNotification { account, id, read: true }).await) });
    };
    let follow = move |one: NotificationView| {
        read(Some(one.id));
        open.set(false);
        let place = if one.kind.of_conversation() {
            Place::Conversations { inbox: None, number: Some(one.number) }
        } else {
            Place::Settings(Section::Webhooks)
        };
        let place = place.href(store.account);
        let address = one.message.map_or_else(|| place.clone(), |message| format!("{place}?message={message}"));
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    let words = |kind: NotificationKind| match kind {
        NotificationKind::Created => text::NOTICES_CREATED,
        NotificationKind::Assigned => text::NOTICES_ASSIGNED,
        NotificationKind::AssignedMessage => text::NOTICES_ASSIGNED_MESSAGE,
        NotificationKind::ParticipatingMessage => text::NOTICES_PARTICIPATING,
        NotificationKind::Mentioned => text::NOTICES_MENTIONED,
        NotificationKind::Webhook => text::NOTICES_WEBHOOK,
    };
    let icon = |kind: NotificationKind| match kind {
        NotificationKind::Created => Icon::MESSAGE_CIRCLE,
        NotificationKind::Assigned => Icon::USER_PLUS,
        NotificationKind::AssignedMessage | NotificationKind::ParticipatingMessage => Icon::MESSAGE_SQUARE_TEXT,
        NotificationKind::Mentioned => Icon::AT_SIGN,
        NotificationKind::Webhook => Icon::LINK,
    };
    live(move || match page.get() {
        None => view! { <p class="card__line" role="status">{t(text::COMMON_LOADING)}</p> }.any(),
        Some(all) if all.rows.is_empty() => {
            view! { <Empty icon=Icon::BELL title=said(text::NOTICES_NONE_TITLE) line=said(text::NOTICES_NONE)/> }.any()
        }
        Some(all) => {
            let last = all.rows.last().map(|one| one.id).filter(|_| all.more);
            let rows = all.rows.into_iter().map(|one| {
                let (kind, fresh, at) = (one.kind, one.read_at.is_none(), one.at);
                let by = one.by.and_then(|user| store.agent(user)).map(|agent| agent.name).unwrap_or_default();
                let contact = if one.contact.is_empty() { format!("#{}", one.number) } else { one.contact.clone() };
                let line = locale.say_with(words(kind), &[("by", &by), ("contact", &contact)]);
                let hint = one.text.clone();
                view! {
                    <li>
                        <button type="button" class="choice notice" data-fresh=fresh.to_string() on:click=act(move |_| follow(one.clone()))>
                            {icon(kind).view()}
                            <span class="create__who"><b>{line}</b> <span class="create__hint">{hint}</span></span>
                            <Moment at=at wording=Wording::Ago/>
                        </button>
                    </li>
                }
                .any()
            });
            view! {
                <ul class="choices" role="list">{rows.collect::<Vec<_>>()}</ul>
                <div class="form__end">
                    {last.map(|last| view! { <button type="button" class="button" on:click=act(move |_| load(Some(last)))>{t(text::FIND_MORE)}</button> })}
                    <button type="button" class="button" on:click=act(move |_| {
                        read(None);
                        load(None);
                    })>{Icon::CHECK.view()} <span>{t(text::NOTICES_READ_ALL)}</span></button>
                </div>
            }
            .any()
        }
    })
}
