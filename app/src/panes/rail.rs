//! The rail: where one can go, and the menu of the person signed in.
//! On a phone it stands at the bottom.

use crate::pages::Mark;
use crate::panels::{Panel, Panels};
use crate::parts::{availability_text, photo_of};
use crate::routes::{Place, Section};
use crate::store::ask;
use crate::store::{Me, Store};
use kit::Draw;
use kit::i18n::{Locale, Text, fault_text, integer, t, text};
use kit::spawn;
use kit::{Avatar, Icon, Menu, MenuChoice, MenuLink, Toasts, browser};
use kit::{act, attr, effect, live};
use leptos::prelude::*;
use model::Availability;

/// Where this browser keeps that the scopes are folded away; the document's first script reads it too.
const SCOPES: &str = "recado-scopes";

/// The rail.
#[component]
pub fn Rail(
    /// Where the page is.
    #[prop(into)]
    place: Signal<Place>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let entry = move |to: Place, icon: Icon, words: Text, here: fn(&Place) -> bool, count: Option<Signal<usize>>| {
        view! {
            <a class="rail__link" href=to.href(store.account) aria-current=attr(move || place.with(here).then_some("page"))>
                {icon.view()}
                <span class="rail__label">{t(words)}</span>
                {count.map(|count| view! {
                    <span class="rail__dot" aria-hidden="true" data-shown=attr(move || (count.get() > 0).to_string())>
                        {live(move || integer(locale.language(), i64::try_from(count.get()).unwrap_or(i64::MAX)))}
                    </span>
                })}
            </a>
        }
    };
    let unread = Signal::derive(move || store.unread.get());
    let told = Signal::derive(move || usize::try_from(store.told.get()).unwrap_or(0));
    let panels = Panels::current();
    let tool = move |panel: Panel, icon: Icon, words: Text, count: Option<Signal<usize>>| {
        view! {
            <button type="button" class="rail__link" on:click=act(move |_| panels.open(panel))>
                {icon.view()}
                <span class="rail__label">{t(words)}</span>
                {count.map(|count| view! {
                    <span class="rail__dot" aria-hidden="true" data-shown=attr(move || (count.get() > 0).to_string())>
                        {live(move || integer(locale.language(), i64::try_from(count.get()).unwrap_or(i64::MAX)))}
                    </span>
                })}
            </button>
        }
    };
    // The document's first script has folded them already, where they were left so.
    let folded = RwSignal::new(false);
    effect(move || folded.set(browser::stored(SCOPES).is_some()));
    let fold = move |away: bool| {
        folded.set(away);
        browser::store(SCOPES, away.then_some("folded"));
        if let Some(html) = document().document_element() {
            // The attribute's name is valid, so this cannot fail.
            let _ = html.toggle_attribute_with_force("data-folded", away);
        }
    };
    view! {
        <nav class="rail" aria-label=t(text::NAV_LABEL)>
            <span class="rail__mark"><Mark/></span>
            {entry(
                Place::list(),
                Icon::MESSAGES_SQUARE,
                text::NAV_CONVERSATIONS,
                |place| matches!(place, Place::Conversations { .. }),
                Some(unread),
            )}
            {entry(Place::Contacts(None), Icon::CONTACT, text::NAV_CONTACTS, |place| matches!(place, Place::Contacts(_)), None)}
            {entry(
                Place::Settings(Section::Inboxes),
                Icon::SETTINGS,
                text::NAV_SETTINGS,
                |place| matches!(place, Place::Settings(_)),
                None,
            )}
            {tool(Panel::Find, Icon::SEARCH, text::COMMON_SEARCH, None)}
            {tool(Panel::Notices, Icon::BELL, text::NOTICES_TITLE, Some(told))}
            <span class="rail__space"></span>
            <button
                type="button"
                class="rail__link rail__fold"
                aria-expanded=attr(move || (!folded.get()).to_string())
                on:click=act(move |_| fold(!folded.get_untracked()))
            >
                {Icon::PANEL_LEFT.view()}
                <span class="rail__label">{live(move || locale.say(if folded.get() { text::NAV_EXPAND } else { text::NAV_COLLAPSE }))}</span>
            </button>
            <PersonMenu/>
        </nav>
    }
    .any()
}

/// The menu of the person signed in.
#[component]
fn PersonMenu() -> impl IntoView {
    let (store, me, locale, toasts) = (Store::current(), Me::current(), Locale::current(), Toasts::current());
    let account = store.account;
    let name = Signal::derive(move || me.read(|session| session.name.clone()));
    let photo = Signal::derive(move || me.read(|session| photo_of(session.user, session.photo.as_deref())));
    let availability = Memo::new(move |_| me.membership(account).map(|member| member.availability).unwrap_or_default());
    let label = Signal::derive(move || locale.say_with(text::NAV_ACCOUNT_MENU, &[("name", &name.get())]));
    let choose = move |choice: Availability| {
        let before = availability.get_untracked();
        me.set_availability(account, choice);
        spawn(async move {
            if let Err(fault) = ask(api::SetAvailability { account, availability: choice }).await {
                me.set_availability(account, before);
                toasts.fail(fault_text(locale.now(), &fault.0));
            }
        });
    };
    let leave = Callback::new(move |()| {
        spawn(async move {
            match ask(api::SignOut {}).await {
                Ok(()) => browser::visit("/login"),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    });
    let state = move || format!("{:?}", availability.get()).to_ascii_lowercase();
    let trigger = move || {
        view! {
            <span class="person">
                <Avatar name=name photo=photo/>
                <span class="presence" data-state=state></span>
            </span>
        }
        .any()
    };
    view! {
        <Menu label=label trigger=trigger class="rail__person" place="above">
            <p class="menu__head">
                <b>{name}</b>
                <span>{live(move || me.read(|session| session.email.clone()))}</span>
            </p>
            <div class="menu__group" role="group" aria-label=t(text::AVAILABILITY_LABEL)>
                {[Availability::Online, Availability::Busy, Availability::Offline].map(|choice| view! {
                    <MenuChoice chosen=Signal::derive(move || availability.get() == choice) run=Callback::new(move |()| choose(choice))>
                        <span class="presence" data-state=format!("{choice:?}").to_ascii_lowercase()></span>
                        {t(availability_text(choice))}
                    </MenuChoice>
                }).collect_view()}
            </div>
            {live(move || {
                let others = me.read(|session| session.accounts.clone());
                (others.len() > 1).then(|| view! {
                    <div class="menu__group" role="group" aria-label=t(text::NAV_SWITCH_ACCOUNT)>
                        {others.into_iter().map(|member| view! {
                            <MenuLink href=Place::list().href(member.account) external=true>
                                {if member.account == account { Icon::CHECK.view() } else { Icon::BUILDING.view() }}
                                {member.name}
                            </MenuLink>
                        }).collect_view()}
                    </div>
                })
            })}
            <div class="menu__group" role="group">
                <MenuLink href=Place::Settings(Section::Profile).href(account)>{Icon::USER_ROUND.view()} {t(text::NAV_PROFILE)}</MenuLink>
                <MenuLink href=Place::Settings(Section::Help(None)).href(account)>{Icon::BOOK_OPEN.view()} {t(text::HELP_TITLE)}</MenuLink>
                <MenuChoice run=leave>{Icon::LOG_OUT.view()} {t(text::NAV_SIGN_OUT)}</MenuChoice>
            </div>
        </Menu>
    }
    .any()
}
