//! The teams of the account and who is in them. They are live.

use super::shelf::{Item, Shelf};
use crate::pages::Trip;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{Icon, SwitchField, TextField};
use kit::{act, live};
use leptos::prelude::*;
use model::{Permission, TeamDraft, TeamId, UserId};
use std::sync::Arc;

/// The page.
#[component]
pub fn Teams() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let mine = store.may(Permission::ManageDesk);
    let (name, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let auto = RwSignal::new(true);
    let members = RwSignal::new(Vec::<UserId>::new());
    let items = Signal::derive(move || {
        let all = store.teams.get().into_iter();
        all.map(|team| {
            let count = locale.count(text::TEAMS_MEMBERS, i64::try_from(team.members.len()).unwrap_or(0));
            let note = if team.description.is_empty() { count } else { format!("{count} · {}", team.description) };
            Item { id: team.id.0, title: team.name, note, colour: None, mine }
        })
        .collect()
    });
    Shelf {
        title: text::TEAMS_TITLE,
        lead: text::TEAMS_LEAD,
        add: text::TEAMS_ADD,
        empty: text::TEAMS_EMPTY,
        icon: Icon::USERS,
        items,
        known: Signal::stored(true),
        begin: Callback::new(move |id: Option<i64>| {
            let known = id.and_then(|id| store.teams.with_untracked(|all| all.iter().find(|team| team.id.0 == id).cloned()));
            name.set(known.as_ref().map(|team| team.name.clone()).unwrap_or_default());
            auto.set(known.as_ref().is_none_or(|team| team.auto_assign));
            members.set(known.as_ref().map(|team| team.members.clone()).unwrap_or_default());
            description.set(known.map(|team| team.description).unwrap_or_default());
        }),
        fields: Arc::new(move |trip: Trip| {
            view! {
                <TextField name="team-name" label=said(text::TEAMS_NAME) value=name error=trip.field("name") required=true max=100/>
                <TextField name="team-description" label=said(text::LABELS_DESCRIPTION) value=description max=200/>
                <SwitchField label=said(text::TEAMS_AUTO) value=auto change=Callback::new(move |on| auto.set(on))/>
                <fieldset class="team-set">
                    <legend class="field__label">{t(text::TEAMS_WHO)}</legend>
                    {live(move || store.agents.get().into_iter().map(|agent| {
                        let id = agent.id;
                        view! {
                            <label class="team-set__one">
                                <input
                                    type="checkbox"
                                    prop:checked=move || members.with(|members| members.contains(&id))
                                    on:change=act(move |event| {
                                        let on = event_target_checked(&event);
                                        members.update(|members| {
                                            members.retain(|member| *member != id);
                                            if on {
                                                members.push(id);
                                            }
                                        });
                                    })
                                />
                                <span>{agent.name}</span>
                            </label>
                        }
                        .any()
                    }).collect::<Vec<_>>())}
                </fieldset>
            }
            .any()
        }),
        save: Arc::new(move |id| {
            let draft = TeamDraft {
                name: name.get_untracked(),
                description: description.get_untracked(),
                auto_assign: auto.get_untracked(),
                members: members.get_untracked(),
            };
            let (account, id) = (store.account, id.map(TeamId));
            Box::pin(async move { ask(api::SaveTeam { account, id, draft }).await.map(drop) })
        }),
        delete: Arc::new(move |id| {
            let account = store.account;
            Box::pin(async move { ask(api::DeleteTeam { account, id: TeamId(id) }).await })
        }),
        changed: Callback::new(|()| {}),
    }
    .view()
}
