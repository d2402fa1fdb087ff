//! The account itself: its name and number, the person's role in it, and their other accounts.
//! Renaming it comes with the account's own settings on the server.

use super::Head;
use crate::parts::role_text;
use crate::routes::Place;
use crate::store::{Me, Store};
use kit::Draw;
use kit::Icon;
use kit::i18n::{Locale, said, t, text};
use kit::live;
use leptos::prelude::*;

/// The account.
#[component]
pub fn AccountSection() -> impl IntoView {
    let (store, me, locale) = (Store::current(), Me::current(), Locale::current());
    let account = store.account;
    let member = Memo::new(move |_| me.membership(account));
    view! {
        <Head title=said(text::SETTINGS_ACCOUNT) lead=said(text::SETTINGS_ACCOUNT_LEAD)/>
        <section class="card">
            <dl class="facts">
                <div class="facts__line">
                    <dt>{t(text::SETTINGS_ACCOUNT_NAME)}</dt><dd>{live(move || member.get().map(|member| member.name))}</dd>
                </div>
                <div class="facts__line"><dt>{t(text::SETTINGS_ACCOUNT_NUMBER)}</dt><dd>{account.to_string()}</dd></div>
                <div class="facts__line">
                    <dt>{t(text::SETTINGS_YOUR_ROLE)}</dt>
                    <dd>{live(move || member.get().map(|member| locale.say(role_text(member.role))))}</dd>
                </div>
            </dl>
        </section>
        {live(move || {
            let all = me.read(|session| session.accounts.clone());
            (all.len() > 1).then(|| view! {
                <section class="card">
                    <h2 class="card__title">{t(text::SETTINGS_OTHER_ACCOUNTS)}</h2>
                    <ul class="plain" role="list">
                        {all.into_iter().map(|member| view! {
                            <li class="plain__line">
                                <span class="plain__words"><b>{member.name}</b><span>{t(role_text(member.role))}</span></span>
                                {if member.account == account {
                                    view! { <span class="badge" data-kind="brand">{Icon::CHECK.view()}</span> }.any()
                                } else {
                                    view! {
                                        <a class="button" rel="external" href=Place::list().href(member.account)>
                                            {t(text::NAV_SWITCH_ACCOUNT)}
                                        </a>
                                    }
                                    .any()
                                }}
                            </li>
                        }).collect_view()}
                    </ul>
                </section>
            })
        })}
    }
    .any()
}
