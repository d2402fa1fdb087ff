//! What stands where no conversation is open: the four first steps with their real state, or a quiet hint.
//! The steps are ticked by the server, never by the browser.

use crate::routes::{InboxTab, Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{Empty, Icon, browser};
use kit::{act, attr, effect, live};
use leptos::prelude::*;
use model::{Checklist, Permission};

const DISMISSED: &str = "recado-start-dismissed";

/// The pane without a conversation.
#[component]
pub fn StartPane() -> impl IntoView {
    let store = Store::current();
    let dismissed = RwSignal::new(false);
    effect(move || dismissed.set(browser::stored(DISMISSED).is_some()));
    let steps = Memo::new(move |_| !store.checklist.get().done() && !dismissed.get());
    view! {
        <section class="thread thread--none">
            {live(move || {
                if steps.get() {
                    view! { <Steps dismissed=dismissed/> }.any()
                } else {
                    view! {
                        <Empty icon=Icon::MESSAGE_SQUARE_TEXT title=said(text::THREAD_NONE_TITLE) line=said(text::THREAD_NONE)/>
                    }
                    .any()
                }
            })}
        </section>
    }
    .any()
}

#[component]
fn Steps(dismissed: RwSignal<bool>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let account = store.account;
    let done = move || {
        let list = store.checklist.get();
        i64::from(list.inbox) + i64::from(list.message) + i64::from(list.reply) + i64::from(list.invite)
    };
    let step = move |icon: Icon, title: Text, line: Text, ticked: Signal<bool>, action: Option<AnyView>| {
        view! {
            <li class="steps__step" data-done=attr(move || ticked.get().to_string())>
                <span class="steps__icon" aria-hidden="true">
                    {live(move || if ticked.get() { Icon::CHECK.view() } else { icon.view() })}
                </span>
                <div class="steps__words">
                    <h3 class="steps__title">
                        {t(title)}
                        {live(move || ticked.get().then(|| view! { <span class="visually-hidden">" (" {t(text::START_DONE)} ")"</span> }))}
                    </h3>
                    <p class="steps__line">{t(line)}</p>
                </div>
                {action}
            </li>
        }
    };
    let ticked = move |read: fn(&Checklist) -> bool| Signal::derive(move || read(&store.checklist.get()));
    let add = store.may(Permission::ManageInboxes).then(|| {
        view! {
            {live(move || (!store.checklist.get().inbox).then(|| view! {
                <a class="button" data-kind="primary" href=Place::Settings(Section::NewInbox(None)).href(account)>
                    {t(text::START_GO_INBOX)}
                </a>
            }))}
        }
        .any()
    });
    let test = store.may(Permission::ManageInboxes).then(|| {
        view! {
            {live(move || {
                let inbox = store.inboxes.with(|inboxes| inboxes.first().map(|inbox| inbox.id));
                inbox.filter(|_| !store.checklist.get().message).map(|inbox| view! {
                    <a class="button" href=Place::Settings(Section::Inbox(inbox, InboxTab::Done)).href(account)>
                        {t(text::INBOXES_TEST_PAGE)}
                    </a>
                })
            })}
        }
        .any()
    });
    let invite = store.may(Permission::ManageAgents).then(|| {
        view! {
            {live(move || (!store.checklist.get().invite).then(|| view! {
                <a class="button" href=Place::Settings(Section::Agents).href(account)>{t(text::START_GO_INVITE)}</a>
            }))}
        }
        .any()
    });
    view! {
        <div class="steps">
            <h2 class="steps__head">{t(text::START_TITLE)}</h2>
            <p class="steps__lead">{t(text::START_LEAD)}</p>
            <p class="steps__progress">
                <progress
                    max="4"
                    value=attr(move || done().to_string())
                    aria-label=attr(move || locale.count(text::START_PROGRESS, done()))
                >
                </progress>
                <span aria-hidden="true">{live(move || locale.count(text::START_PROGRESS, done()))}</span>
            </p>
            <ol class="steps__list">
                {step(Icon::INBOX, text::START_INBOX, text::START_INBOX_TEXT, ticked(|list| list.inbox), add)}
                {step(Icon::MESSAGE_CIRCLE, text::START_MESSAGE, text::START_MESSAGE_TEXT, ticked(|list| list.message), test)}
                {step(Icon::SEND, text::START_REPLY, text::START_REPLY_TEXT, ticked(|list| list.reply), None)}
                {step(Icon::USER_PLUS, text::START_INVITE, text::START_INVITE_TEXT, ticked(|list| list.invite), invite)}
            </ol>
            <button type="button" class="link-button" on:click=act(move |_| {
                browser::store(DISMISSED, Some("1"));
                dismissed.set(true);
            })>{t(text::START_DISMISS)}</button>
        </div>
    }
    .any()
}
