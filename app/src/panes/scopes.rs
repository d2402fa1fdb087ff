//! The scopes: all conversations, or those of one inbox, with what is open in each.
//! What a scope shows is the list's business.

use crate::parts::Swatch;
use crate::routes::{Place, query_of};
use crate::store::{Me, Store};
use kit::Draw;
use kit::Icon;
use kit::drawing;
use kit::i18n::{Locale, integer, t, text};
use kit::{attr, each, live};
use leptos::prelude::*;
use model::{InboxId, ListFilter, StatusKind};

/// The scopes.
#[component]
pub fn Scopes() -> impl IntoView {
    let (store, locale, me) = (Store::current(), Locale::current(), Me::current());
    let account = store.account;
    let name = move || me.membership(account).map(|member| member.name).unwrap_or_default();
    let open = move |inbox: Option<InboxId>| store.tallies.with(|tallies| tallies.of(Some(StatusKind::Open), inbox).all);
    let href = move |inbox: Option<InboxId>| {
        let filter = ListFilter { inbox, team: None, label: None, ..store.filter() };
        format!("{}{}", Place::Conversations { inbox, number: None }.href(account), query_of(&filter, None))
    };
    let count = move |inbox: Option<InboxId>| {
        view! {
            <span class="scopes__count">
                {live(move || Some(open(inbox)).filter(|count| *count > 0).map(|count| integer(locale.language(), count)))}
            </span>
        }
    };
    view! {
        <nav class="scopes" aria-label=t(text::NAV_SCOPES)>
            <p class="scopes__account">{name}</p>
            <a
                class="scopes__link"
                href=attr(move || href(None))
                aria-current=attr(move || {
                    let filter = store.filter();
                    (filter.inbox.is_none() && filter.team.is_none() && filter.label.is_none()).then_some("true")
                })
            >
                {Icon::INBOX.view()}
                <span class="scopes__name">{t(text::NAV_ALL)}</span>
                {count(None)}
            </a>
            <h2 class="scopes__title">{t(text::NAV_INBOXES)}</h2>
            {each(move || store.inboxes.get(), move |inbox| {
                    let id = inbox.id;
                    view! {
                        <a
                            class="scopes__link"
                            href=attr(move || href(Some(id)))
                            aria-current=attr(move || (store.filter().inbox == Some(id)).then_some("true"))
                        >
                            <span class="glyph">{drawing(inbox.icon.clone())}</span>
                            <span class="scopes__name">{inbox.name.clone()}</span>
                            {count(Some(id))}
                        </a>
                    }
                })}
            {live(move || store.teams.with(|teams| !teams.is_empty()).then(|| view! { <h2 class="scopes__title">{t(text::TEAMS_TITLE)}</h2> }))}
            {each(move || store.teams.get(), move |team| {
                let id = team.id;
                let address = move || {
                    let filter = ListFilter { inbox: None, label: None, team: Some(id), ..store.filter() };
                    format!("{}{}", Place::list().href(account), query_of(&filter, None))
                };
                view! {
                    <a class="scopes__link" href=attr(address) aria-current=attr(move || (store.filter().team == Some(id)).then_some("true"))>
                        {Icon::USERS.view()}
                        <span class="scopes__name">{team.name}</span>
                    </a>
                }
            })}
            {live(move || store.labels.with(|all| all.iter().any(|label| label.sidebar)).then(|| view! { <h2 class="scopes__title">{t(text::LABELS_TITLE)}</h2> }))}
            {each(move || store.labels.get().into_iter().filter(|label| label.sidebar).collect(), move |label| {
                let id = label.id;
                let address = move || {
                    let filter = ListFilter { inbox: None, team: None, label: Some(id), ..store.filter() };
                    format!("{}{}", Place::list().href(account), query_of(&filter, None))
                };
                view! {
                    <a class="scopes__link" href=attr(address) aria-current=attr(move || (store.filter().label == Some(id)).then_some("true"))>
                        <Swatch colour=label.colour/>
                        <span class="scopes__name">{label.title}</span>
                    </a>
                }
            })}
        </nav>
    }
    .any()
}
