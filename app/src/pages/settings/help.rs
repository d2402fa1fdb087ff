//! The help: every part of the panel, and how one of them is used, with the keys as this person has set them.
//! Its words come from the server.

use super::Head;
use crate::pages::Trouble;
use crate::parts::{Command, key_of, spelled};
use crate::routes::{Place, Section};
use crate::store::{Store, ask_text, loaded, read, shown};
use api::Fault;
use kit::i18n::{Locale, said, t, text};
use kit::{Draw, Icon, Skeleton, effect, live};
use leptos::prelude::*;
use model::{FaultCode, HelpPage, HelpStep};

/// Which page of the help says how a section works.
pub const fn topic_of(section: &Section) -> Option<&'static str> {
    Some(match section {
        Section::Account | Section::Agents | Section::Teams => "team",
        Section::Labels | Section::Canned | Section::Macros | Section::Attributes => "saved",
        Section::Inboxes | Section::NewInbox(_) | Section::Inbox(..) => "inboxes",
        Section::Bots => "bots",
        Section::Webhooks => "webhooks",
        Section::Preferences => "notifications",
        Section::Profile => "keys",
        Section::Help(_) => return None,
    })
}

/// All of it, or the page of one part.
#[component]
pub fn Help(
    /// Which part.
    topic: Option<String>,
) -> impl IntoView {
    let locale = Locale::current();
    let answer = loaded(move || locale.language().tag().to_owned(), move || ask_text(api::Help { language: locale.language() }));
    shown(
        || view! { <Skeleton rows=4 shape="card"/> },
        move || {
            let topic = topic.clone();
            Box::pin(async move {
                match (read::<Vec<HelpPage>>(answer.await), topic) {
                    (Err(fault), _) => view! { <Trouble fault=fault/> }.any(),
                    (Ok(pages), None) => view! { <All pages=pages/> }.any(),
                    (Ok(pages), Some(topic)) => match pages.into_iter().find(|page| page.topic == topic) {
                        Some(page) => view! { <One page=page/> }.any(),
                        None => view! { <Trouble fault=Fault::of(FaultCode::Missing)/> }.any(),
                    },
                }
            })
        },
    )
}

#[component]
fn All(pages: Vec<HelpPage>) -> impl IntoView {
    let store = Store::current();
    let row = move |page: HelpPage| {
        let href = Place::Settings(Section::Help(Some(page.topic))).href(store.account);
        view! {
            <li class="shelf__row">
                <span class="shelf__words">
                    <a href=href><b>{page.title}</b></a>
                    <span class="shelf__note">{page.lead}</span>
                </span>
            </li>
        }
        .any()
    };
    view! {
        <Head title=said(text::HELP_TITLE) lead=said(text::HELP_LEAD)/>
        <section class="card card--list"><ul class="shelf" role="list">{pages.into_iter().map(row).collect::<Vec<_>>()}</ul></section>
    }
    .any()
}

#[component]
fn One(page: HelpPage) -> impl IntoView {
    let store = Store::current();
    // The server knows nobody's keys: the usual ones stand there until the browser has looked.
    let awake = RwSignal::new(false);
    effect(move || awake.set(true));
    let key = move |name: String| {
        Command::ALL.into_iter().find(|(_, known, ..)| *known == name).map(|(_, name, usual, _)| {
            let shown = move || spelled(&if awake.get() { key_of(name, usual) } else { usual.to_owned() });
            view! { <kbd>{live(shown)}</kbd> " " }.any()
        })
    };
    let step = move |step: HelpStep| {
        view! {
            <section class="card">
                <h2 class="card__title">{step.title}</h2>
                <p class="card__line">{step.text}</p>
                {(!step.keys.is_empty()).then(|| view! {
                    <p class="card__line">{t(text::HELP_KEYS)} " " {step.keys.into_iter().filter_map(key).collect::<Vec<_>>()}</p>
                })}
            </section>
        }
        .any()
    };
    view! {
        <Head title=Signal::stored(page.title) lead=Signal::stored(page.lead)>
            <a class="button" href=Place::Settings(Section::Help(None)).href(store.account)>{Icon::BOOK_OPEN.view()} <span>{t(text::HELP_ALL)}</span></a>
        </Head>
        {page.steps.into_iter().map(step).collect::<Vec<_>>()}
    }
    .any()
}
