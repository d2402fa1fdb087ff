//! The settings: an index of sections, and the section of the address.
//! Each section loads what it needs itself.

mod account;
mod agents;
mod appearance;
mod attributes;
mod bot_done;
mod bot_form;
mod bots;
mod canned;
mod configuration;
mod connection;
mod help;
mod hook_log;
mod inbox;
mod inboxes;
mod labels;
mod macros;
mod mail_domain;
mod mail_trial;
mod members;
mod new_inbox;
mod prechat;
mod preferences;
mod profile;
mod program;
mod push;
mod secret;
mod shelf;
mod teams;
mod token;
mod webhooks;

use crate::routes::{Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, Text, t, text};
use kit::{attr, live};
use leptos::prelude::*;
use leptos_meta::Title;
use model::Permission;

/// `…/settings` and everything below it.
#[component]
pub fn Settings(
    /// Where the page is.
    #[prop(into)]
    place: Signal<Place>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let section = Memo::new(move |_| match place.get() {
        Place::Settings(section) => section,
        _ => Section::Account,
    });
    let words = move || match section.get() {
        Section::Account => text::SETTINGS_ACCOUNT,
        Section::Agents => text::SETTINGS_AGENTS,
        Section::Inboxes | Section::NewInbox(_) | Section::Inbox(..) => text::SETTINGS_INBOXES,
        Section::Profile => text::SETTINGS_PROFILE,
        Section::Preferences => text::SETTINGS_PREFERENCES,
        Section::Attributes => text::ATTRIBUTES_TITLE,
        Section::Teams => text::SETTINGS_TEAMS,
        Section::Labels => text::SETTINGS_LABELS,
        Section::Canned => text::SETTINGS_CANNED,
        Section::Macros => text::SETTINGS_MACROS,
        Section::Bots => text::BOTS_TITLE,
        Section::Webhooks => text::WEBHOOKS_TITLE,
        Section::Help(_) => text::HELP_TITLE,
    };
    // The tabs of one inbox share what has been loaded.
    let kind = Memo::new(move |_| match section.get() {
        Section::Inbox(inbox, _) => Kind::Inbox(inbox),
        other => Kind::Other(other),
    });
    view! {
        <Title text=crate::shell::title(move || format!("{} · {} · Recado", locale.say(words()), locale.say(text::SETTINGS_TITLE)))/>
        <div class="settings">
            <Index section=section/>
            <main class="settings__main" id="content">
                <div class="settings__column">
                    {live(move || match kind.get() {
                        Kind::Other(Section::Account) => view! { <account::AccountSection/> }.any(),
                        Kind::Other(Section::Agents) => view! { <agents::Agents/> }.any(),
                        Kind::Other(Section::Teams) => view! { <teams::Teams/> }.any(),
                        Kind::Other(Section::Labels) => view! { <labels::Labels/> }.any(),
                        Kind::Other(Section::Canned) => view! { <canned::Canned/> }.any(),
                        Kind::Other(Section::Macros) => view! { <macros::Macros/> }.any(),
                        Kind::Other(Section::Bots) => view! { <bots::Bots/> }.any(),
                        Kind::Other(Section::Webhooks) => view! { <webhooks::Webhooks/> }.any(),
                        Kind::Other(Section::Inboxes) => view! { <inboxes::Inboxes/> }.any(),
                        Kind::Other(Section::NewInbox(None)) => view! { <new_inbox::Grid/> }.any(),
                        Kind::Other(Section::NewInbox(Some(kind))) => view! { <new_inbox::Details kind=kind/> }.any(),
                        Kind::Other(Section::Preferences) => view! { <preferences::PreferencesPage/> }.any(),
                        Kind::Other(Section::Attributes) => view! { <attributes::Attributes/> }.any(),
                        Kind::Other(Section::Profile) => view! { <profile::Profile/> }.any(),
                        Kind::Other(Section::Help(topic)) => view! { <help::Help topic=topic/> }.any(),
                        Kind::Inbox(inbox) | Kind::Other(Section::Inbox(inbox, _)) => view! {
                            <inbox::OneInbox inbox=inbox section=section/>
                        }
                        .any(),
                    })}
                    {live(move || section.with(help::topic_of).map(|topic| view! {
                        <p class="settings__how">
                            <a href=Place::Settings(Section::Help(Some(topic.to_owned()))).href(store.account)>{t(text::HELP_HOW)}</a>
                        </p>
                    }))}
                </div>
            </main>
        </div>
    }
    .any()
}

#[derive(Clone, PartialEq)]
enum Kind {
    Inbox(model::InboxId),
    Other(Section),
}

/// The index on the left.
#[component]
fn Index(section: Memo<Section>) -> impl IntoView {
    let store = Store::current();
    let entry = move |to: Section, icon: Icon, words: Text, here: fn(&Section) -> bool| {
        view! {
            <a
                class="index__link"
                href=Place::Settings(to).href(store.account)
                aria-current=attr(move || section.with(here).then_some("page"))
            >
                {icon.view()}
                <span>{t(words)}</span>
            </a>
        }
    };
    let inboxes = |section: &Section| matches!(section, Section::Inboxes | Section::NewInbox(_) | Section::Inbox(..));
    view! {
        <nav class="index" aria-label=t(text::SETTINGS_SECTIONS)>
            <p class="index__head">{t(text::SETTINGS_TITLE)}</p>
            <p class="index__group">{t(text::SETTINGS_GROUP_ACCOUNT)}</p>
            {entry(Section::Account, Icon::BUILDING, text::SETTINGS_ACCOUNT, |section| *section == Section::Account)}
            <p class="index__group">{t(text::SETTINGS_GROUP_TEAM)}</p>
            {entry(Section::Agents, Icon::USERS, text::SETTINGS_AGENTS, |section| *section == Section::Agents)}
            {entry(Section::Teams, Icon::USER_PLUS, text::SETTINGS_TEAMS, |section| *section == Section::Teams)}
            <p class="index__group">{t(text::SETTINGS_GROUP_DESK)}</p>
            {entry(Section::Labels, Icon::TAG, text::SETTINGS_LABELS, |section| *section == Section::Labels)}
            {entry(Section::Attributes, Icon::LIST_CHECKS, text::ATTRIBUTES_TITLE, |section| *section == Section::Attributes)}
            {entry(Section::Canned, Icon::MESSAGE_SQUARE_TEXT, text::SETTINGS_CANNED, |section| *section == Section::Canned)}
            {entry(Section::Macros, Icon::ZAP, text::SETTINGS_MACROS, |section| *section == Section::Macros)}
            <p class="index__group">{t(text::SETTINGS_GROUP_CHANNELS)}</p>
            {entry(Section::Inboxes, Icon::INBOX, text::SETTINGS_INBOXES, inboxes)}
            {store.may(Permission::ManageInboxes).then(|| entry(Section::Bots, Icon::BOT, text::BOTS_TITLE, |section| *section == Section::Bots))}
            {store.may(Permission::ManageInboxes).then(|| entry(Section::Webhooks, Icon::LINK, text::WEBHOOKS_TITLE, |section| *section == Section::Webhooks))}
            <p class="index__group">{t(text::SETTINGS_GROUP_YOU)}</p>
            {entry(Section::Profile, Icon::USER_ROUND, text::SETTINGS_PROFILE, |section| *section == Section::Profile)}
            {entry(Section::Preferences, Icon::BELL, text::SETTINGS_PREFERENCES, |section| *section == Section::Preferences)}
            {entry(Section::Help(None), Icon::BOOK_OPEN, text::HELP_TITLE, |section| matches!(section, Section::Help(_)))}
        </nav>
    }
    .any()
}

/// The head of a section: title, one line, and perhaps an action.
#[component]
fn Head(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] lead: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="section">
            <div class="section__words">
                <h1 class="section__title">{live(move || title.get())}</h1>
                <p class="section__lead">{live(move || lead.get())}</p>
            </div>
            {children.map(|children| view! { <div class="section__action">{children()}</div> })}
        </header>
    }
    .any()
}
