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
mod hours;
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

use crate::parts::{section_title, sections};
use crate::routes::{Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{Locale, t, text};
use kit::{attr, live};
use leptos::prelude::*;
use leptos_meta::Title;

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
    let words = move || section.with(section_title);
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
    let mut group = None;
    let entries = sections(store).map(|one| {
        let head = (group.replace(one.group) != Some(one.group)).then(|| view! { <p class="index__group">{t(one.group)}</p> });
        view! {
            {head}
            <a
                class="index__link"
                href=Place::Settings(one.section.clone()).href(store.account)
                aria-current=attr(move || section.with(|section| one.holds(section)).then_some("page"))
            >
                {one.icon.view()}
                <span>{t(one.title)}</span>
            </a>
        }
        .any()
    });
    view! {
        <nav class="index" aria-label=t(text::SETTINGS_SECTIONS)>
            <p class="index__head">{t(text::SETTINGS_TITLE)}</p>
            {entries.collect::<Vec<_>>()}
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
