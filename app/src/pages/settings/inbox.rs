//! One inbox: its tabs, and the two steps after it was made.
//! Each tab saves its own part.

use super::Head;
use super::appearance::Appearance;
use super::configuration::{Configuration, Done};
use super::connection::Connection;
use super::hours::HoursTab;
use super::members::Members;
use super::new_inbox::Progress;
use super::prechat::PreChatTab;
use crate::pages::{Trip, Trouble};
use crate::parts::{ChannelForm, settings_of};
use crate::routes::{InboxTab, Place, Section};
use crate::store::Store;
use crate::store::{ask, ask_text, loaded, read, shown};
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{Dialog, Failure, Skeleton, Submit, TextField, Toasts};
use kit::{act, attr};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{FieldInput, InboxChange, InboxDetail, InboxId};

/// One inbox.
#[component]
pub fn OneInbox(
    /// Which.
    inbox: InboxId,
    /// The section of the address.
    section: Memo<Section>,
) -> impl IntoView {
    let store = Store::current();
    let answer = loaded(move || inbox.to_string(), move || ask_text(api::Inbox { account: store.account, inbox }));
    shown(
        || view! { <Skeleton rows=4 shape="card"/> },
        move || {
            Box::pin(async move {
                match read::<InboxDetail>(answer.await) {
                    Err(fault) => view! { <Trouble fault=fault/> }.any(),
                    Ok(detail) => view! { <Tabs detail=detail section=section/> }.any(),
                }
            })
        },
    )
}

/// Saves one part of an inbox, and says so.
#[derive(Clone, Copy)]
pub struct Save {
    /// The inbox as it is.
    pub detail: RwSignal<InboxDetail>,
    /// The trip of the last save.
    pub trip: Trip,
    store: Store,
    toasts: Toasts,
    locale: Locale,
}

impl Save {
    fn new(detail: InboxDetail) -> Self {
        Self {
            detail: RwSignal::new(detail),
            trip: Trip::new(),
            store: Store::current(),
            toasts: Toasts::current(),
            locale: Locale::current(),
        }
    }

    /// Sends a change.
    pub fn run(self, change: InboxChange) {
        self.then(change, || {});
    }

    /// Sends a change, and goes on when it is kept.
    pub fn then(self, change: InboxChange, next: impl FnOnce() + 'static) {
        let id = self.detail.with_untracked(|detail| detail.inbox.id);
        self.trip.send(ask(api::UpdateInbox { account: self.store.account, inbox: id, change }), move |detail| {
            self.detail.set(detail);
            self.toasts.say(text::COMMON_SAVED.in_(self.locale.now()));
            next();
        });
    }
}

#[component]
fn Tabs(detail: InboxDetail, section: Memo<Section>) -> impl IntoView {
    let store = Store::current();
    let id = detail.inbox.id;
    let (website, program) = (detail.website.is_some(), detail.program.is_some());
    let save = Save::new(detail);
    let tab = Memo::new(move |_| match section.get() {
        Section::Inbox(_, tab) => tab,
        _ => InboxTab::Settings,
    });
    let name = Signal::derive(move || save.detail.with(|detail| detail.inbox.name.clone()));
    let link = move |to: InboxTab, words: Text| {
        view! {
            <a
                class="tabs__tab"
                href=Place::Settings(Section::Inbox(id, to)).href(store.account)
                aria-current=attr(move || (tab.get() == to).then_some("page"))
            >
                {t(words)}
            </a>
        }
    };
    let empty = Signal::derive(String::new);
    move || {
        let body = match tab.get() {
            InboxTab::Agents => {
                return view! {
                    <Progress at=2/>
                    <Head title=said(text::INBOXES_AGENTS_TITLE) lead=said(text::INBOXES_AGENTS_LEAD)/>
                    <Members save=save step=true/>
                }
                .any();
            }
            InboxTab::Done => {
                // Only a website has something to paste.
                let website = save.detail.with_untracked(|detail| detail.website.is_some());
                let lead = if website { said(text::INBOXES_DONE_LEAD) } else { empty };
                return view! {
                    <Progress at=3/>
                    <Head title=said(text::INBOXES_DONE_TITLE) lead=lead/>
                    <Done save=save/>
                }
                .any();
            }
            InboxTab::Settings => view! { <Connection save=save/> <Own save=save/> }.any(),
            InboxTab::Members => view! { <Members save=save step=false/> }.any(),
            InboxTab::Hours => view! { <HoursTab save=save/> }.any(),
            InboxTab::PreChat => view! { <PreChatTab save=save/> }.any(),
            InboxTab::Appearance => view! { <Appearance save=save/> }.any(),
            InboxTab::Configuration => view! { <Configuration save=save/> }.any(),
        };
        view! {
            <Head title=name lead=empty/>
            <nav class="tabs" aria-label=t(text::TAB_LABEL)>
                {link(InboxTab::Settings, text::TAB_SETTINGS)}
                {link(InboxTab::Members, text::TAB_MEMBERS)}
                {link(InboxTab::Hours, text::TAB_HOURS)}
                {website.then(|| view! {
                    {link(InboxTab::PreChat, text::TAB_PRE_CHAT)}
                    {link(InboxTab::Appearance, text::TAB_APPEARANCE)}
                })}
                {(website || program).then(|| link(InboxTab::Configuration, text::TAB_CONFIGURATION))}
            </nav>
            {body}
        }
        .any()
    }
}

/// The channel's own settings, and the way out.
#[component]
fn Own(save: Save) -> impl IntoView {
    let locale = Locale::current();
    let (form, stored, website) =
        save.detail.with_untracked(|detail| (detail.form.clone(), detail.settings.clone(), detail.website.is_some()));
    // What concerns the look has a tab of its own, where there is a widget to look at.
    let form: Vec<_> = form.into_iter().filter(|field| !(website && field.input == FieldInput::Colour)).collect();
    let values = settings_of(&form, Some(&stored), locale.now());
    let submit = {
        let values = values.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let mut settings = save.detail.with_untracked(|detail| detail.settings.clone());
            settings.extend(values.iter().map(|(key, value)| (key.clone(), value.get_untracked())));
            save.run(InboxChange { settings: Some(settings), ..InboxChange::default() });
        }
    };
    view! {
        <section class="card">
            <form class="form" novalidate on:submit=submit>
                <Failure message=save.trip.message()/>
                <ChannelForm form=form values=values trip=save.trip/>
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=save.trip.busy/></div>
            </form>
        </section>
        <Danger save=save/>
    }
    .any()
}

/// Deleting an inbox: irreversible, so the name must be typed.
#[component]
fn Danger(save: Save) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let navigate = StoredValue::new(use_navigate());
    let trip = Trip::new();
    let (id, name) = save.detail.with_untracked(|detail| (detail.inbox.id, detail.inbox.name.clone()));
    let label = Signal::derive(move || locale.say_with(text::INBOXES_DANGER_CONFIRM, &[("name", &name)]));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::DeleteInbox { account: store.account, inbox: id, name: typed.get_untracked() }), move |()| {
            navigate.with_value(|navigate| navigate(&Place::Settings(Section::Inboxes).href(store.account), NavigateOptions::default()));
        });
    };
    view! {
        <section class="card" data-danger="true">
            <h2 class="card__title">{t(text::INBOXES_DANGER)}</h2>
            <p class="card__line">{t(text::INBOXES_DANGER_TEXT)}</p>
            <button type="button" class="button" data-kind="danger" on:click=act(move |_| open.set(true))>{t(text::INBOXES_DANGER)}</button>
        </section>
        <Dialog open=open title=said(text::INBOXES_DANGER)>
            <form class="form" novalidate on:submit=submit>
                <Failure message=trip.message()/>
                <p>{t(text::INBOXES_DANGER_TEXT)}</p>
                <TextField name="inbox-name" label=label value=typed error=trip.field("name")/>
                <div class="form__end" data-danger="true"><Submit label=said(text::INBOXES_DANGER_SUBMIT) busy=trip.busy/></div>
            </form>
        </Dialog>
    }
    .any()
}
