//! The bots of the account: a menu that answers by itself, or a program that answers by the API.
//! The fields of a menu stand in their own file.

use super::bot_done::Done;
use super::bot_form::{Menu, part};
use super::secret::Signing;
use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::{CopyButton, Draw, Icon, SelectField, TextField, Toasts};
use kit::{act, effect, live, spawn};
use leptos::prelude::*;
use model::{BotEdit, BotView, InboxId, Permission, SecretOf, SecretView};
use std::sync::Arc;

/// The page.
#[component]
pub fn Bots() -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let mine = store.may(Permission::ManageInboxes);
    let (all, known) = (RwSignal::new(Vec::<BotView>::new()), RwSignal::new(false));
    let load = move || {
        spawn(async move {
            match ask(api::Bots { account: store.account }).await {
                Ok(found) => {
                    all.set(found);
                    known.set(true);
                }
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    };
    effect(load);
    let (name, url, token) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (secret, bot) = (RwSignal::new(SecretView::default()), RwSignal::new(0_i64));
    let kind = RwSignal::new(String::new());
    let shared = RwSignal::new(false);
    let inboxes = RwSignal::new(Vec::<InboxId>::new());
    let menu = Menu::new();
    let any = Memo::new(move |_| all.with(|all| !all.is_empty()));
    let items = Signal::derive(move || {
        let each = |bot: BotView| {
            let how = locale.say(if bot.rules.is_some() { text::BOTS_KIND_RULES } else { text::BOTS_KIND_PROGRAM });
            let places = match i64::try_from(bot.inboxes.len()).unwrap_or(0) {
                0 => locale.say(text::BOTS_NOWHERE).to_owned(),
                count => locale.count(text::BOTS_ANSWERS_IN, count),
            };
            Item { id: bot.id, title: bot.name, note: format!("{places} · {how}"), colour: None, mine }
        };
        all.get().into_iter().map(each).collect()
    });
    let kinds = Signal::derive(move || {
        [("rules", text::BOTS_KIND_RULES), ("program", text::BOTS_KIND_PROGRAM)]
            .map(|(key, words)| (key.to_owned(), locale.say(words).to_owned()))
            .to_vec()
    });
    let shelf = Shelf {
        title: text::BOTS_TITLE,
        lead: text::BOTS_LEAD,
        add: text::BOTS_ADD,
        empty: text::BOTS_EMPTY,
        icon: Icon::BOT,
        items,
        known: known.into(),
        begin: Callback::new(move |id: Option<i64>| {
            let found = id.and_then(|id| all.with_untracked(|all| all.iter().find(|bot| bot.id == id).cloned()));
            let rules = found.as_ref().is_none_or(|bot| bot.rules.is_some());
            kind.set(if rules { "rules" } else { "program" }.to_owned());
            menu.show(found.as_ref().and_then(|bot| bot.rules.as_ref()), locale.language());
            let chosen = found.unwrap_or_default();
            name.set(chosen.name);
            url.set(chosen.url);
            token.set(chosen.token);
            secret.set(chosen.secret);
            bot.set(chosen.id);
            shared.set(chosen.shared);
            inboxes.set(chosen.inboxes);
        }),
        fields: Arc::new(move |trip: Trip| {
            view! {
                {live(move || if shared.get() {
                    view! { <p class="field__hint">{t(text::BOTS_SHARED)}</p> }.any()
                } else {
                    view! {
                        <TextField name="bot-name" label=said(text::BOTS_NAME) value=name error=trip.field("name") required=true max=100/>
                        <SelectField
                            name="bot-kind"
                            label=said(text::BOTS_KIND)
                            options=kinds
                            value=kind
                            change=Callback::new(move |chosen| kind.set(chosen))
                        />
                        {live(move || if kind.with(|kind| kind == "rules") {
                            menu.view(trip)
                        } else {
                            view! {
                                <TextField name="bot-url" label=said(text::BOTS_URL) value=url error=trip.field("outgoing_url") max=2_048 example=Signal::stored("https://".to_owned())/>
                                {live(move || (!token.with(String::is_empty)).then(|| view! {
                                    <div class="field">
                                        <span class="field__label">{t(text::BOTS_TOKEN)}</span>
                                        <CopyButton value=token/>
                                    </div>
                                    <div class="field">
                                        <span class="field__label">{t(text::INSTALL_SECRET)}</span>
                                        <Signing of=SecretOf::Bot(bot.get_untracked()) value=secret/>
                                    </div>
                                }))}
                            }
                            .any()
                        })}
                    }
                    .any()
                })}
                {part(text::BOTS_WHERE, live(move || store.inboxes.get().into_iter().map(|inbox| {
                    let id = inbox.id;
                    view! {
                        <label class="team-set__one">
                            <input
                                type="checkbox"
                                prop:checked=move || inboxes.with(|all| all.contains(&id))
                                on:change=act(move |event| {
                                    let on = event_target_checked(&event);
                                    inboxes.update(|all| {
                                        all.retain(|one| *one != id);
                                        if on {
                                            all.push(id);
                                        }
                                    });
                                })
                            />
                            <span>{inbox.name}</span>
                        </label>
                    }
                    .any()
                }).collect::<Vec<_>>()))}
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let rules = kind.with_untracked(|kind| kind == "rules").then(|| menu.rules());
            let edit = BotEdit {
                name: name.get_untracked(),
                url: if rules.is_some() { String::new() } else { url.get_untracked() },
                rules,
                inboxes: inboxes.get_untracked(),
            };
            let account = store.account;
            Box::pin(async move { ask(api::SaveBot { account, id, edit }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteBot { account, id }).await })
        }),
        changed: Callback::new(move |()| load()),
    }
    .view();
    view! {
        {shelf}
        // Below what it is about: not before that is here, and not where there is nothing.
        {live(move || (mine && any.get()).then(|| view! { <Done/> }))}
    }
    .any()
}
