//! The scopes: all conversations, those of one inbox, team or label, and what folders keep, with what each holds.
//! What a scope shows is the list's business.

use crate::panels::{Panel, Panels};
use crate::parts::Swatch;
use crate::routes::{Place, Sought, query_of, query_of_sought};
use crate::store::{Me, Store};
use kit::Draw;
use kit::Icon;
use kit::drawing;
use kit::i18n::{Locale, integer, t, text};
use kit::{act, attr, each, effect, live};
use leptos::prelude::*;
use model::{InboxId, ListFilter, Permission, StatusKind};

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
    let panels = Panels::current();
    let plain = move || store.found.with(Option::is_none);
    let here = Memo::new(move |_| store.found.with(|found| found.as_ref().and_then(|found| found.sought.folder)));
    effect(move || store.load_folders());
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
                    (plain() && filter.inbox.is_none() && filter.team.is_none() && filter.label.is_none()).then_some("true")
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
                            aria-current=attr(move || (plain() && store.filter().inbox == Some(id)).then_some("true"))
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
                    <a class="scopes__link" href=attr(address) aria-current=attr(move || (plain() && store.filter().team == Some(id)).then_some("true"))>
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
                    <a class="scopes__link" href=attr(address) aria-current=attr(move || (plain() && store.filter().label == Some(id)).then_some("true"))>
                        <Swatch colour=label.colour/>
                        <span class="scopes__name">{label.title}</span>
                    </a>
                }
            })}
            {live(move || store.folders.with(Option::is_some).then(|| view! {
                <h2 class="scopes__title scopes__title--more">
                    {t(text::FOLDERS_TITLE)}
                    <button type="button" class="icon-button" aria-label=t(text::FOLDERS_ADD) title=t(text::FOLDERS_ADD) on:click=act(move |_| panels.open(Panel::NewFolder))>
                        {Icon::PLUS.view()}
                    </button>
                </h2>
            }))}
            {each(move || store.folders.get().unwrap_or_default(), move |folder| {
                let id = folder.id;
                let address = query_of_sought(&Sought { folder: Some(id), filter: None, order: None });
                let count = if folder.count >= 1000 { "999+".to_owned() } else { integer(locale.language(), folder.count) };
                let (mine, name) = (store.may(Permission::ManageDesk) || folder.by == store.me, folder.name.clone());
                view! {
                    <span class="scopes__folder">
                        <a
                            class="scopes__link"
                            href=format!("{}{address}", Place::list().href(account))
                            aria-current=attr(move || (here.get() == Some(id)).then_some("true"))
                        >
                            {if folder.shared { Icon::FUNNEL.view() } else { Icon::LIST_FILTER.view() }}
                            <span class="scopes__name">{folder.name}</span>
                            <span class="scopes__count">{(folder.count > 0).then_some(count)}</span>
                        </a>
                        {mine.then(|| view! {
                            <button
                                type="button"
                                class="icon-button scopes__edit"
                                aria-label=attr(move || locale.say_with(text::SHELF_EDIT, &[("name", &name)]))
                                on:click=act(move |_| panels.open(Panel::Folder(id)))
                            >
                                {Icon::PENCIL.view()}
                            </button>
                        }.any())}
                    </span>
                }
            })}
        </nav>
    }
    .any()
}
