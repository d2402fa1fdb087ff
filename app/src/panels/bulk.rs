//! The bar over the list while rows are picked: how many, all that the list holds, what can be done to them, and how far it is.
//! It does nothing itself: long work is the server's, and told by it.

use super::filter::of_list;
use super::triage::{HOUR, local, to_monday};
use crate::json;
use crate::parts::priority_text;
use crate::store::{Store, ask, watch};
use kit::Draw;
use kit::i18n::{Locale, Text, fault_text, integer, said, t, text};
use kit::time::present;
use kit::{Icon, Menu, MenuChoice, Toasts};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use model::{Action as Deed, ConversationId, Filter, Priority, Status, Tab, Target, Timestamp};

/// The bar.
#[component]
pub fn Bulk() -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let account = store.account;
    let total = RwSignal::new(None::<i64>);
    let all_of_it = move || {
        let found = store.found.get_untracked();
        match found.map(|found| found.filter) {
            Some(text) => text.and_then(|text| json::read::<Filter>(&text)),
            None => Some(of_list(&store.filter())),
        }
    };
    effect(move || {
        // How much the list holds beyond the rows that are loaded.
        store.found.track();
        let plain = store.filter();
        let more = store.more.get();
        let loaded = store.order.with_untracked(Vec::len);
        if !more {
            total.set(i64::try_from(loaded).ok());
            return;
        }
        if store.found.with_untracked(Option::is_none) && plain.team.is_none() && plain.label.is_none() {
            let tally = store.tallies.with_untracked(|tallies| tallies.of(plain.status, plain.inbox));
            total.set(Some(match plain.tab {
                Tab::Mine => tally.mine,
                Tab::Unassigned => tally.unassigned,
                Tab::All => tally.all,
            }));
            return;
        }
        let Some(filter) = all_of_it() else { return };
        spawn(async move {
            let answer = ask(api::CountFiltered { account, filters: vec![filter] }).await;
            let _ = total.try_set(answer.ok().and_then(|counts| counts.first().copied()));
        });
    });

    let run = move |actions: Vec<Deed>| {
        if store.work.with_untracked(Option::is_some) {
            return;
        }
        let target = if !store.all_picked.get_untracked() {
            Target::Ids(store.picked.get_untracked())
        } else if store.found.with_untracked(Option::is_some) {
            let Some(filter) = all_of_it() else { return };
            Target::Matching(filter)
        } else {
            Target::List(store.filter())
        };
        spawn(async move {
            let answer = match ask(api::Bulk { account, target, actions }).await {
                Ok(view) => watch(account, view, |view| store.work.set(Some(view.clone()))).await,
                Err(fault) => Err(fault),
            };
            store.work.set(None);
            match answer {
                Ok(view) => {
                    store.drop_picks();
                    let done = locale.now();
                    let mut words = text::BULK_DONE.count(done, view.done - view.failed);
                    if view.failed > 0 {
                        words = format!("{words} {}", text::BULK_FAILED.count(done, view.failed));
                    }
                    if view.undoable {
                        store.remember_operation(view.id);
                        store.offer_undo(words);
                    } else {
                        toasts.say(words);
                    }
                }
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    };
    let each_row = move |call: fn(Store, ConversationId)| {
        for id in store.picked.get_untracked() {
            call(store, id);
        }
        store.drop_picks();
    };
    let one = move |action: Deed| Callback::new(move |()| run(vec![action.clone()]));
    let words = move || {
        let language = locale.language();
        match (store.all_picked.get(), total.get()) {
            (true, Some(total)) => text::BULK_PICKED.count(language, total),
            _ => text::BULK_PICKED.count(language, i64::try_from(store.picked.with(Vec::len)).unwrap_or(0)),
        }
    };
    let beyond = move || {
        let picked = i64::try_from(store.picked.with(Vec::len)).unwrap_or(0);
        total.get().filter(|total| *total > picked && !store.all_picked.get())
    };
    let icon = |icon: Icon| move || icon.view();
    view! {
        <section class="bulk" aria-label=t(text::BULK_LABEL)>
            <div class="bulk__first">
                <button type="button" class="icon-button" aria-label=t(text::BULK_CLEAR) on:click=act(move |_| store.drop_picks())>{Icon::X.view()}</button>
                <p class="bulk__words" role="status">{live(words)}</p>
                {live(move || beyond().map(|total| view! {
                    <button type="button" class="link-button" on:click=act(move |_| store.all_picked.set(true))>
                        {live(move || text::BULK_ALL.count(locale.language(), total))}
                    </button>
                }))}
            </div>
            {live(move || store.work.get().map(|work| view! {
                <p class="bulk__progress" role="status">
                    <progress max=work.total.to_string() value=work.done.to_string() aria-label=t(text::BULK_LABEL)></progress>
                    <span>{locale.say_with(text::BULK_PROGRESS, &[
                        ("done", &integer(locale.language(), work.done)),
                        ("total", &integer(locale.language(), work.total)),
                    ])}</span>
                </p>
            }))}
            <div class="bulk__tools" role="toolbar" aria-label=t(text::BULK_LABEL) data-busy=attr(move || store.work.with(Option::is_some).to_string())>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t(text::THREAD_RESOLVE)
                    title=t(text::THREAD_RESOLVE)
                    on:click=act(move |_| run(vec![Deed::Status(Status::Resolved)]))
                >
                    {Icon::CHECK.view()}
                </button>
                <Menu label=said(text::BULK_ASSIGN) trigger=icon(Icon::USER_PLUS) class="icon-button" place="below">
                    <p class="menu__title">{t(text::THREAD_ASSIGNEE)}</p>
                    <MenuChoice run=one(Deed::AssignMe)>{t(text::THREAD_ASSIGN_ME)}</MenuChoice>
                    <MenuChoice run=one(Deed::Assign(None))>{t(text::THREAD_NOBODY)}</MenuChoice>
                    {store.agents.get_untracked().into_iter().filter(|agent| agent.confirmed && agent.id != store.me).map(|agent| view! {
                        <MenuChoice run=one(Deed::Assign(Some(agent.id)))>{agent.name}</MenuChoice>
                    }.any()).collect::<Vec<_>>()}
                    {store.teams.with_untracked(|teams| !teams.is_empty()).then(|| view! {
                        <p class="menu__title">{t(text::TEAMS_TITLE)}</p>
                        <MenuChoice run=one(Deed::AssignTeam(None))>{t(text::BULK_NO_TEAM)}</MenuChoice>
                    }.any())}
                    {store.teams.get_untracked().into_iter().map(|team| view! {
                        <MenuChoice run=one(Deed::AssignTeam(Some(team.id)))>{team.name}</MenuChoice>
                    }.any()).collect::<Vec<_>>()}
                </Menu>
                <Menu label=said(text::SNOOZE_TITLE) trigger=icon(Icon::CLOCK) class="icon-button" place="below">
                    {[
                        (text::SNOOZE_REPLY, None),
                        (text::SNOOZE_HOUR, Some(present().plus(HOUR))),
                        (text::SNOOZE_TOMORROW, Some(local(1, 9))),
                        (text::SNOOZE_MONDAY, Some(local(to_monday(), 9))),
                        (text::SNOOZE_WEEK, Some(local(7, 9))),
                    ].map(|(words, until): (Text, Option<Timestamp>)| view! {
                        <MenuChoice run=one(Deed::Status(Status::Snoozed { until }))>{t(words)}</MenuChoice>
                    }.any()).into_iter().collect::<Vec<_>>()}
                </Menu>
                <Menu label=said(text::LABELS_TITLE) trigger=icon(Icon::TAG) class="icon-button" place="below">
                    {store.labels.with_untracked(Vec::is_empty).then(|| view! { <p class="menu__title">{t(text::LABELS_NONE)}</p> }.any())}
                    {[(text::BULK_LABEL_ADD, true), (text::BULK_LABEL_REMOVE, false)].into_iter().map(|(words, add)| {
                        let labels = store.labels.get_untracked();
                        (!labels.is_empty()).then(|| view! {
                            <div class="menu__group" role="group" aria-label=t(words)>
                                <p class="menu__title">{t(words)}</p>
                                {labels.into_iter().map(|label| {
                                    let deed = if add { Deed::AddLabels(vec![label.id]) } else { Deed::RemoveLabels(vec![label.id]) };
                                    view! { <MenuChoice run=one(deed)>{label.title}</MenuChoice> }.any()
                                }).collect::<Vec<_>>()}
                            </div>
                        }.any())
                    }).collect::<Vec<_>>()}
                </Menu>
                <Menu label=said(text::PRIORITY_LABEL) trigger=icon(Icon::FLAG) class="icon-button" place="below-end">
                    {[Some(Priority::Urgent), Some(Priority::High), Some(Priority::Medium), Some(Priority::Low), None].into_iter().map(|to| view! {
                        <MenuChoice run=one(Deed::Priority(to))>{t(priority_text(to))}</MenuChoice>
                    }.any()).collect::<Vec<_>>()}
                </Menu>
                <Menu label=said(text::THREAD_MORE) trigger=icon(Icon::ELLIPSIS) class="icon-button" place="below-end">
                    <MenuChoice run=one(Deed::Status(Status::Open))>{t(text::THREAD_REOPEN)}</MenuChoice>
                    <MenuChoice run=one(Deed::Status(Status::Pending))>{t(text::BULK_PENDING)}</MenuChoice>
                    <MenuChoice run=one(Deed::Mute(true))>{t(text::THREAD_MUTE)}</MenuChoice>
                    <MenuChoice run=one(Deed::Mute(false))>{t(text::THREAD_UNMUTE)}</MenuChoice>
                    // What one has read oneself is no work of the account's: it is done for the picked rows alone.
                    {live(move || (!store.all_picked.get()).then(|| view! {
                        <MenuChoice run=Callback::new(move |()| each_row(|store, id| {
                            if let Some(row) = store.row(id) {
                                store.mark_read(id, row.with_untracked(|row| row.conversation.incoming));
                            }
                        }))>{t(text::BULK_READ)}</MenuChoice>
                        <MenuChoice run=Callback::new(move |()| each_row(Store::mark_unread))>{t(text::THREAD_UNREAD_MARK)}</MenuChoice>
                    }.any()))}
                </Menu>
            </div>
        </section>
    }
    .any()
}
