//! The contact beside the thread: who they are, where they come from, what was said before.
//! Changing their details is the contacts' page's business.

use crate::panels::{Panel, Panels};
use crate::parts::{ChannelGlyph, agent_photo, contact_name, status_one_text};
use crate::routes::Place;
use crate::store::ask;
use crate::store::{Store, Thread};
use kit::Draw;
use kit::i18n::{Locale, Text, t, text};
use kit::spawn;
use kit::time::{Moment, Wording};
use kit::{Avatar, Icon, Skeleton};
use kit::{act, effect, live};
use leptos::prelude::*;
use model::{AttributeView, ContactView, Entity, ListRow};

/// The contact pane.
#[component]
pub fn ContactPane(
    /// The open thread.
    thread: Thread,
    /// Closes the pane.
    close: Callback<()>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let conversation = thread.conversation;
    let contact = thread.contact.clone();
    let contact = Memo::new(move |_| contact.get());
    let name = Signal::derive(move || {
        contact
            .with(|contact| contact.as_ref().map(|contact| contact_name(locale.language(), contact.id, &contact.name)).unwrap_or_default())
    });
    let origin = Memo::new(move |_| store.row(conversation).map(|row| row.with(|row| row.conversation.origin.clone())).unwrap_or_default());
    let inbox = store.row(conversation).map(|row| Signal::derive(move || row.with(|row| row.conversation.inbox)));
    view! {
        <aside class="contact" aria-label=t(text::PANE_LABEL)>
            <header class="contact__head">
                <h2 class="contact__title">{t(text::PANE_LABEL)}</h2>
                <button type="button" class="icon-button" aria-label=t(text::COMMON_CLOSE) on:click=act(move |_| close.run(()))>
                    {Icon::X.view()}
                </button>
            </header>
            <div class="contact__who">
                <Avatar name=name size="large"/>
                <p class="contact__name">{name}</p>
                {live(move || contact.with(|contact| contact.as_ref().is_some_and(|contact| contact.verified)).then(|| view! {
                    <p class="badge" data-kind="good">{Icon::BADGE_CHECK.view()} {t(text::PANE_VERIFIED)}</p>
                }))}
            </div>
            {live(move || contact.get().map(|contact| view! { <Identity contact=contact/> }))}
            <section class="contact__part">
                <h3 class="contact__subtitle">{t(text::PANE_VISIT)}</h3>
                <dl class="facts">
                    {inbox.map(|inbox| view! {
                        <div class="facts__line">
                            <dt>{t(text::PANE_CHANNEL)}</dt>
                            <dd class="facts__channel">
                                <ChannelGlyph inbox=inbox/> {live(move || store.inbox(inbox.get()).map(|inbox| inbox.name))}
                            </dd>
                        </div>
                    })}
                    {fact(text::PANE_PAGE, Signal::derive(move || origin.with(|origin| origin.page.clone())))}
                    {fact(text::PANE_BROWSER, Signal::derive(move || origin.with(|origin| origin.browser.clone())))}
                    {fact(text::PANE_SYSTEM, Signal::derive(move || origin.with(|origin| origin.system.clone())))}
                    {fact(text::PANE_LANGUAGE, Signal::derive(move || origin.with(|origin| origin.language.clone())))}
                </dl>
            </section>
            <Values thread=thread.clone()/>
            <Followers thread=thread.clone()/>
            <Earlier thread=thread/>
        </aside>
    }
    .any()
}

fn fact(words: Text, value: Signal<Option<String>>) -> impl IntoView {
    move || {
        value.get().map(|value| view! { <div class="facts__line"><dt>{t(words)}</dt><dd title=value.clone()>{value.clone()}</dd></div> })
    }
}

#[component]
fn Identity(contact: ContactView) -> impl IntoView {
    let store = Store::current();
    let given = |value: Option<String>| Signal::derive(move || value.clone());
    let ContactView { id, email, phone, identifier, created_at, .. } = contact;
    view! {
        <section class="contact__part">
            <h3 class="contact__subtitle">{t(text::PANE_IDENTITY)}</h3>
            <dl class="facts">
                {fact(text::PANE_EMAIL, given(email))}
                {fact(text::PANE_PHONE, given(phone.map(|number| kit::i18n::phone(&number))))}
                {fact(text::PANE_IDENTIFIER, given(identifier))}
                <div class="facts__line"><dt>{t(text::PANE_SINCE)}</dt><dd><Moment at=created_at wording=Wording::Date/></dd></div>
            </dl>
            <a class="link" href=Place::Contacts(Some(id)).href(store.account)>{t(text::PANE_OPEN_CONTACT)}</a>
        </section>
    }
    .any()
}

/// What is kept of the conversation and its customer beyond the usual, by the names the account gave it.
#[component]
fn Values(thread: Thread) -> impl IntoView {
    let (store, panels) = (Store::current(), Panels::current());
    let conversation = thread.conversation;
    let defined = RwSignal::new(Vec::<AttributeView>::new());
    effect(move || {
        spawn(async move {
            let found = ask(api::Attributes { account: store.account }).await.unwrap_or_default();
            // The pane may be gone by now.
            let _ = defined.try_set(found);
        });
    });
    let (contact, own) = (thread.contact.clone(), thread.attributes);
    let lines = move || {
        let all = defined.get();
        let named = |entity: Entity, (key, value): (String, String)| {
            let known = all.iter().find(|one| one.draft.entity == entity && one.draft.key == key);
            (known.map_or(key, |one| one.draft.label.clone()), value)
        };
        let theirs = contact.with(|contact| contact.as_ref().map(|contact| contact.attributes.clone()).unwrap_or_default());
        let its = own.get().into_iter().map(|pair| named(Entity::Conversation, pair));
        its.chain(theirs.into_iter().map(|pair| named(Entity::Contact, pair))).collect::<Vec<_>>()
    };
    let lines = Memo::new(move |_| lines());
    let shown = move || !lines.with(Vec::is_empty) || !defined.with(Vec::is_empty);
    live(move || {
        shown().then(|| view! {
        <section class="contact__part">
            <h3 class="contact__subtitle">
                {t(text::PANE_ATTRIBUTES)}
                <button type="button" class="icon-button" aria-label=t(text::ATTRIBUTES_EDIT) title=t(text::ATTRIBUTES_EDIT) on:click=act(move |_| panels.open(Panel::Attributes(conversation)))>
                    {Icon::PENCIL.view()}
                </button>
            </h3>
            <dl class="facts">
                {live(move || lines.get().into_iter().map(|(key, value)| view! {
                    <div class="facts__line"><dt>{key}</dt><dd title=value.clone()>{value.clone()}</dd></div>
                }.any()).collect::<Vec<_>>())}
            </dl>
        </section>
    }.any())
    })
}

/// The colleagues who follow the conversation.
#[component]
fn Followers(thread: Thread) -> impl IntoView {
    let (store, panels) = (Store::current(), Panels::current());
    let conversation = thread.conversation;
    let who = thread.participants;
    view! {
        <section class="contact__part">
            <h3 class="contact__subtitle">
                {t(text::PARTICIPANTS_TITLE)}
                <button type="button" class="icon-button" aria-label=t(text::PARTICIPANTS_EDIT) title=t(text::PARTICIPANTS_EDIT) on:click=act(move |_| panels.open(Panel::Participants(conversation)))>
                    {Icon::PENCIL.view()}
                </button>
            </h3>
            <ul class="followers" role="list">
                {live(move || who.get().into_iter().filter_map(|user| store.agent(user)).map(|agent| {
                    let photo = agent_photo(&agent);
                    view! { <li class="followers__one"><Avatar name=agent.name.clone() photo=photo size="tiny"/> <span>{agent.name}</span></li> }.any()
                }).collect::<Vec<_>>())}
            </ul>
        </section>
    }
    .any()
}

/// The contact's other conversations.
#[component]
fn Earlier(thread: Thread) -> impl IntoView {
    let store = Store::current();
    let conversation = thread.conversation;
    let who = thread.contact.clone();
    let who = Memo::new(move |_| who.with(|contact| contact.as_ref().map(|contact| contact.id)));
    // Loaded in the browser alone: the page does not wait for what stands at its edge.
    let rows = RwSignal::new(None::<Vec<ListRow>>);
    effect(move || {
        let Some(who) = who.get() else { return };
        spawn(async move {
            let found = ask(api::Contact { account: store.account, contact: who }).await.map(|(_, rows)| rows).unwrap_or_default();
            // The pane may be gone by now.
            let _ = rows.try_set(Some(found));
        });
    });
    let others =
        move || rows.get().map(|rows| rows.into_iter().filter(|row| row.conversation.id != conversation).collect::<Vec<ListRow>>());
    view! {
        <section class="contact__part">
            <h3 class="contact__subtitle">{t(text::PANE_EARLIER)}</h3>
            {live(move || match others() {
                None => view! { <Skeleton rows=2 shape="line"/> }.any(),
                Some(rows) if rows.is_empty() => view! { <p class="contact__none">{t(text::PANE_NO_EARLIER)}</p> }.any(),
                Some(rows) => view! { <Rows rows=rows/> }.any(),
            })}
        </section>
    }
    .any()
}

/// Conversations as short links.
#[component]
fn Rows(
    /// The conversations.
    rows: Vec<ListRow>,
) -> impl IntoView {
    let store = Store::current();
    view! {
        <ul class="brief" role="list">
            {rows.into_iter().map(|row| {
                let conversation = row.conversation;
                let href = Place::Conversations { inbox: None, number: Some(conversation.number) }.href(store.account);
                let line = conversation.preview.map(|preview| preview.text).unwrap_or_default();
                let status = conversation.status.kind();
                view! {
                    <li>
                        <a class="brief__link" href=href>
                            <span class="brief__first">
                                <span class="brief__number">{format!("#{}", conversation.number)}</span>
                                <span class="brief__status">{t(status_one_text(status))}</span>
                                <Moment at=conversation.last_message_at wording=Wording::Brief/>
                            </span>
                            <span class="brief__line">{line}</span>
                        </a>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
    .any()
}
