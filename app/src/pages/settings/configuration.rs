//! What an inbox hands to whoever installs it: a website's snippet, allowed domains and identity key, or a program's keys.
//! The last step of a new inbox shows the same snippet, with the way to try it.

use super::connection::Connection;
use super::inbox::Save;
use super::program::Program;
use super::secret::Identity;
use crate::routes::{InboxTab, Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::i18n::{said, t, text};
use kit::{AreaField, Code, Failure, Icon, Submit};
use leptos::prelude::*;
use model::{InboxChange, WebsiteDetail};

fn website(save: Save) -> Option<WebsiteDetail> {
    save.detail.with_untracked(|detail| detail.website.clone())
}

/// The last step of a new inbox.
#[component]
pub fn Done(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    let store = Store::current();
    let id = save.detail.with_untracked(|detail| detail.inbox.id);
    view! {
        {website(save).map(|website| view! {
            <section class="card">
                <Code value=website.snippet/>
            </section>
            <section class="card card--row">
                <p class="card__line">{t(text::INBOXES_TEST_HINT)}</p>
                <a class="button" href=website.test_page target="_blank" rel="noopener external">
                    {Icon::EXTERNAL_LINK.view()} <span>{t(text::INBOXES_TEST_PAGE)}</span>
                </a>
            </section>
        })}
        <Program save=save/>
        <Connection save=save/>
        <div class="form__end">
            <a class="button" href=Place::Settings(Section::Inbox(id, InboxTab::Settings)).href(store.account)>
                {t(text::INBOXES_TO_SETTINGS)}
            </a>
            <a class="button" data-kind="primary" href=Place::list().href(store.account)>{t(text::INBOXES_TO_CONVERSATIONS)}</a>
        </div>
    }
    .any()
}

/// The tab with everything to install.
#[component]
pub fn Configuration(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    let website = website(save).map(|website| {
        let WebsiteDetail { snippet, csp, identity_key, identity_required, allowed_domains, test_page, .. } = website;
        let domains = RwSignal::new(allowed_domains.join("\n"));
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let lines = domains.get_untracked();
            let allowed = lines.split_whitespace().map(kit::lower).collect();
            save.run(InboxChange { allowed_domains: Some(allowed), ..InboxChange::default() });
        };
        view! {
            <section class="card">
                <h2 class="card__title">{t(text::INSTALL_SNIPPET)}</h2>
                <p class="card__line">{t(text::INSTALL_SNIPPET_LEAD)}</p>
                <Code value=snippet/>
                <a class="link" href=test_page target="_blank" rel="noopener external">
                    {Icon::EXTERNAL_LINK.view()} {t(text::INBOXES_TEST_PAGE)}
                </a>
            </section>
            <section class="card">
                <h2 class="card__title">{t(text::INSTALL_DOMAINS)}</h2>
                <form class="form" novalidate on:submit=submit>
                    <Failure message=save.trip.message()/>
                    <AreaField
                        name="domains"
                        label=said(text::INSTALL_DOMAINS)
                        hint=said(text::INSTALL_DOMAINS_LEAD)
                        value=domains
                        error=save.trip.field("allowed_domains")
                    />
                    <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=save.trip.busy/></div>
                </form>
            </section>
            <Identity save=save key=identity_key required=identity_required/>
            <section class="card">
                <h2 class="card__title">{t(text::INSTALL_CSP)}</h2>
                <p class="card__line">{t(text::INSTALL_CSP_LEAD)}</p>
                <Code value=csp label=text::INSTALL_COPY_CSP/>
            </section>
        }
    });
    view! { {website} <Program save=save/> }.any()
}
