//! The inboxes of the account, and the way to add one.
//! What each is made of is on its own page.

use super::Head;
use crate::routes::{InboxTab, Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::each;
use kit::i18n::{Locale, said, t, text};
use kit::live;
use kit::{Empty, Icon, drawing};
use leptos::prelude::*;
use model::Permission;

/// The inboxes.
#[component]
pub fn Inboxes() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let account = store.account;
    let manage = store.may(Permission::ManageInboxes);
    view! {
        <Head title=said(text::INBOXES_TITLE) lead=said(text::INBOXES_LEAD)>
            {manage.then(|| view! {
                <a class="button" data-kind="primary" href=Place::Settings(Section::NewInbox(None)).href(account)>
                    {Icon::PLUS.view()}
                    <span>{t(text::INBOXES_ADD)}</span>
                </a>
            })}
        </Head>
        {live(move || {
            if store.inboxes.with(Vec::is_empty) {
                let line = if manage { text::INBOXES_EMPTY } else { text::INBOXES_ADMIN_ONLY };
                view! {
                    <section class="card"><Empty icon=Icon::INBOX title=said(text::INBOXES_EMPTY_TITLE) line=said(line)/></section>
                }
                .any()
            } else {
                view! {
                    <section class="card card--flush">
                        <ul class="plain" role="list" aria-label=t(text::INBOXES_TITLE)>
                            {each(move || store.inboxes.get(), move |inbox| {
                                    let name = inbox.name.clone();
                                    let label = move || locale.say_with(text::INBOXES_CONFIGURE, &[("name", &name)]);
                                    view! {
                                        <li class="plain__line">
                                            <span class="tile">{drawing(inbox.icon.clone())}</span>
                                            <span class="plain__words"><b>{inbox.name.clone()}</b></span>
                                            {manage.then(|| view! {
                                                <a
                                                    class="button"
                                                    aria-label=label
                                                    href=Place::Settings(Section::Inbox(inbox.id, InboxTab::Settings)).href(account)
                                                >
                                                    {Icon::SETTINGS.view()}
                                                    <span>{t(text::INBOXES_CONFIGURE_SHORT)}</span>
                                                </a>
                                            })}
                                        </li>
                                    }
                                })}
                        </ul>
                    </section>
                }
                .any()
            }
        })}
    }
    .any()
}
