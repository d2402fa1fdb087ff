//! The account itself: its name and rules, its number, the person's role in it, and their other accounts.
//! What the rules mean is the server's business.

use super::Head;
use crate::pages::Trip;
use crate::parts::role_text;
use crate::routes::Place;
use crate::store::{Me, Store, ask};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::live;
use kit::{Failure, Icon, SelectField, Submit, TextField, Toasts};
use leptos::prelude::*;
use model::{AccountDraft, AccountSettings, Permission, Visibility};

/// What administrators settle for everybody.
#[component]
fn Rules() -> impl IntoView {
    let (store, me, locale, toasts) = (Store::current(), Me::current(), Locale::current(), Toasts::current());
    let now = store.settings.get_untracked();
    let name = RwSignal::new(me.membership(store.account).map(|member| member.name).unwrap_or_default());
    let sees = RwSignal::new(see_name(now.agents_see).to_owned());
    let undo = RwSignal::new(now.undo_seconds.map(|seconds| seconds.to_string()).unwrap_or_default());
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let settings = AccountSettings {
            agents_see: SEES.iter().find(|see| see_name(**see) == sees.get_untracked()).copied().unwrap_or_default(),
            undo_seconds: undo.get_untracked().parse().ok(),
        };
        let draft = AccountDraft { name: Some(name.get_untracked()), settings: Some(settings), ..AccountDraft::default() };
        trip.send(ask(api::UpdateAccount { account: store.account, draft }), move |()| {
            me.rename(store.account, name.get_untracked().trim());
            toasts.say(locale.say(text::COMMON_SAVED));
        });
    };
    let see_options = Signal::derive(move || {
        SEES.into_iter()
            .zip([text::RULES_ALL, text::RULES_INBOX, text::RULES_TEAM, text::RULES_MINE])
            .map(|(see, words)| (see_name(see).to_owned(), locale.say(words).to_owned()))
            .collect::<Vec<_>>()
    });
    let undo_options = Signal::derive(move || {
        let by_channel = locale.count(text::RULES_UNDO_USUAL, i64::from(AccountSettings::UNDO_SECONDS));
        std::iter::once((String::new(), by_channel))
            .chain([0, 5, 10, 20, 30].map(|seconds: i64| (seconds.to_string(), locale.count(text::RULES_SECONDS, seconds))))
            .collect::<Vec<_>>()
    });
    view! {
        <section class="card">
            <form class="form" novalidate on:submit=submit>
                <Failure message=trip.message()/>
                <TextField name="account-name" label=said(text::SETTINGS_ACCOUNT_NAME) value=name error=trip.field("name") required=true max=100/>
                <SelectField name="account-sees" label=said(text::RULES_SEES) options=see_options value=sees change=Callback::new(move |see| sees.set(see))/>
                <SelectField name="account-undo" label=said(text::RULES_UNDO) options=undo_options value=undo change=Callback::new(move |seconds| undo.set(seconds))/>
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=trip.busy/></div>
            </form>
        </section>
    }
    .any()
}

/// What agents may see, from most to least.
const SEES: [Visibility; 4] = [Visibility::All, Visibility::Inbox, Visibility::Team, Visibility::Mine];

const fn see_name(see: Visibility) -> &'static str {
    match see {
        Visibility::All => "all",
        Visibility::Inbox => "inbox",
        Visibility::Team => "team",
        Visibility::Mine => "mine",
    }
}

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
                // Whoever may change the name sees it in its field below.
                {(!store.may(Permission::ManageAccount)).then(|| view! {
                    <div class="facts__line">
                        <dt>{t(text::SETTINGS_ACCOUNT_NAME)}</dt><dd>{live(move || member.get().map(|member| member.name))}</dd>
                    </div>
                }.any())}
                <div class="facts__line"><dt>{t(text::SETTINGS_ACCOUNT_NUMBER)}</dt><dd>{account.to_string()}</dd></div>
                <div class="facts__line">
                    <dt>{t(text::SETTINGS_YOUR_ROLE)}</dt>
                    <dd>{live(move || member.get().map(|member| locale.say(role_text(member.role))))}</dd>
                </div>
            </dl>
        </section>
        {store.may(Permission::ManageAccount).then(|| view! { <Rules/> })}
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
