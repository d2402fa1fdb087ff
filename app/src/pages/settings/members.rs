//! Who answers in an inbox: a step after making it, and a tab afterwards, with how it hands out what comes in.
//! Administrators see every inbox, member or not.

use super::inbox::Save;
use crate::parts::{agent_photo, role_text};
use crate::routes::{InboxTab, Place, Section};
use crate::store::Store;
use kit::Draw;
use kit::act;
use kit::each;
use kit::i18n::{said, t, text};
use kit::{Avatar, Failure, Submit, SwitchField, TextField};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{Allotment, InboxChange, UserId};

/// The members.
#[component]
pub fn Members(
    /// The inbox.
    save: Save,
    /// Whether this is the step after making the inbox.
    step: bool,
) -> impl IntoView {
    let store = Store::current();
    let navigate = use_navigate();
    let members = RwSignal::new(save.detail.with_untracked(|detail| detail.members.clone()));
    let id = save.detail.with_untracked(|detail| detail.inbox.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        let change = InboxChange { members: Some(members.get_untracked()), ..InboxChange::default() };
        save.then(change, move || {
            if step {
                let next = Place::Settings(Section::Inbox(id, InboxTab::Done));
                navigate(&next.href(store.account), NavigateOptions { replace: true, ..NavigateOptions::default() });
            }
        });
    };
    let choose = move |user: UserId, on: bool| {
        members.update(|members| {
            members.retain(|other| *other != user);
            if on {
                members.push(user);
            }
        });
    };
    view! {
        <section class="card card--flush">
            <form novalidate on:submit=submit>
                <Failure message=save.trip.message()/>
                <ul class="plain" role="list">
                    {each(move || store.agents.get(), move |agent| {
                            let (user, photo) = (agent.id, agent_photo(&agent));
                            view! {
                                <li>
                                    <label class="plain__line plain__line--choice">
                                        <input
                                            class="check"
                                            type="checkbox"
                                            checked=members.with_untracked(|members| members.contains(&user))
                                            prop:checked=move || members.with(|members| members.contains(&user))
                                            on:change=act(move |event| choose(user, event_target_checked(&event)))
                                        />
                                        <Avatar name=agent.name.clone() photo=photo/>
                                        <span class="plain__words"><b>{agent.name.clone()}</b><span>{agent.email.clone()}</span></span>
                                        <span class="plain__role">{t(role_text(agent.role))}</span>
                                    </label>
                                </li>
                            }
                        })}
                </ul>
                <div class="form__end form__end--inside">
                    <Submit label=said(if step { text::INBOXES_AGENTS_SUBMIT } else { text::COMMON_SAVE }) busy=save.trip.busy/>
                </div>
            </form>
        </section>
        {(!step).then(|| view! { <HandingOut save=save/> })}
    }
    .any()
}

/// Whether new conversations go to whoever is here, and how many each is given.
#[component]
fn HandingOut(save: Save) -> impl IntoView {
    let now = save.detail.with_untracked(|detail| detail.allotment);
    let on = RwSignal::new(now.on);
    let most = RwSignal::new(now.most.map(|most| most.to_string()).unwrap_or_default());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = most.get_untracked();
        // What is no number is refused by the server like one that is too large, in one place.
        let most = (!typed.trim().is_empty()).then(|| typed.trim().parse().unwrap_or(0));
        save.run(InboxChange { allotment: Some(Allotment { on: on.get_untracked(), most }), ..InboxChange::default() });
    };
    view! {
        <section class="card">
            <h2 class="card__title">{t(text::ALLOT_TITLE)}</h2>
            <p class="card__line">{t(text::ALLOT_LEAD)}</p>
            <form class="form" novalidate on:submit=submit>
                <SwitchField label=said(text::ALLOT_ON) value=on change=Callback::new(move |now| on.set(now))/>
                <TextField name="most-open" label=said(text::ALLOT_MOST) value=most hint=said(text::ALLOT_MOST_HINT) error=save.trip.field("most")/>
                <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=save.trip.busy/></div>
            </form>
        </section>
    }
    .any()
}
