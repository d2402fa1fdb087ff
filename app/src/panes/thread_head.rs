//! The head of an open conversation: with whom, who else is here, and what can be done with it, in buttons or in a menu.
//! What is done is the store's business.

use crate::panels::{Panel, Panels};
use crate::parts::{ChannelGlyph, Tag, agent_photo, block, copy_link, priority_text, turn};
use crate::store::Store;
use kit::i18n::{Locale, t, text};
use kit::{Avatar, Draw, Icon, Menu, MenuChoice, Toasts, act, attr, live};
use leptos::prelude::*;
use model::{Action, ConversationId, Permission, Priority, StatusKind, TeamId, UserId};

#[component]
pub fn Header(row: Memo<model::ListRow>, name: Signal<String>, pane: RwSignal<Option<bool>>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let conversation = row.with_untracked(|row| row.conversation.id);
    let number = row.with_untracked(|row| row.conversation.number);
    let inbox = Signal::derive(move || row.with(|row| row.conversation.inbox));
    let status = Memo::new(move |_| row.with(|row| row.conversation.status.kind()));
    let back = move || store.address(None);
    let turn = move |_| turn(store, conversation);
    let resolved = move || status.get() == StatusKind::Resolved;
    view! {
        <header class="thread__head">
            <a class="icon-button thread__back" href=back aria-label=t(text::THREAD_BACK)>{Icon::ARROW_LEFT.view()}</a>
            <Avatar name=name/>
            <div class="thread__who">
                <h2 class="thread__name">{name}</h2>
                <p class="thread__meta">
                    <ChannelGlyph inbox=inbox/>
                    <span>{live(move || store.inbox(inbox.get()).map(|inbox| inbox.name))}</span>
                    <span class="thread__number">{format!("#{number}")}</span>
                    {live(move || row.with(|row| row.conversation.labels.clone()).into_iter().filter_map(|id| store.label(id)).map(|label| {
                        view! { <Tag label=label/> }.any()
                    }).collect::<Vec<_>>())}
                    {live(move || viewers(store, locale, conversation).map(|words| view! { <span class="thread__viewers">{Icon::EYE.view()} {words}</span> }))}
                </p>
            </div>
            <Assignee row=row/>
            <More row=row pane=pane/>
            <button type="button" class="button" data-kind=attr(move || if resolved() { "plain" } else { "primary" }) on:click=turn>
                {live(move || if resolved() { Icon::ROTATE_CCW.view() } else { Icon::CHECK.view() })}
                <span>{live(move || locale.say(if resolved() { text::THREAD_REOPEN } else { text::THREAD_RESOLVE }))}</span>
            </button>
            <button
                type="button"
                class="icon-button"
                aria-label=t(text::THREAD_DETAILS)
                aria-pressed=attr(move || pane.get().unwrap_or_default().to_string())
                on:click=act(move |_| super::toggle(pane))
            >
                {Icon::PANEL_RIGHT.view()}
            </button>
        </header>
    }
    .any()
}

/// What else can be done to the conversation.
#[component]
fn More(row: Memo<model::ListRow>, pane: RwSignal<Option<bool>>) -> impl IntoView {
    let (store, panels, locale) = (Store::current(), Panels::current(), Locale::current());
    let toasts = Toasts::current();
    let id = row.with_untracked(|row| row.conversation.id);
    let open = move |panel: Panel| Callback::new(move |()| panels.open(panel));
    let priority = Memo::new(move |_| row.with(|row| row.conversation.priority));
    let muted = Memo::new(move |_| row.with(|row| row.conversation.muted));
    let person = store.thread(id).map(|thread| thread.contact);
    let blocked = Memo::new(move |_| {
        person.as_ref().is_some_and(|person| person.with(|person| person.as_ref().is_some_and(|person| person.blocked)))
    });
    let block = Callback::new(move |()| block(store, locale, toasts, id, !blocked.get_untracked()));
    let rank = move |to: Option<Priority>| {
        view! {
            <MenuChoice
                chosen=Signal::derive(move || priority.get() == to)
                run=Callback::new(move |()| store.run(id, vec![Action::Priority(to)]))
            >
                <span class="flag" data-priority=priority_name(to)></span> {t(priority_text(to))}
            </MenuChoice>
        }
    };
    let copy = Callback::new(move |()| copy_link(store, locale, toasts, id));
    let shown = [
        (Icon::MOON, text::SNOOZE_TITLE, Panel::Snooze(id)),
        (Icon::TAG, text::LABELS_TITLE, Panel::Labels(id)),
        (Icon::ZAP, text::MACROS_TITLE, Panel::Macros(id)),
    ];
    view! {
        {shown.map(|(icon, name, panel)| view! {
            <button type="button" class="icon-button thread__deed" aria-label=t(name) title=t(name) on:click=act(move |_| panels.open(panel))>{icon.view()}</button>
        }.any()).into_iter().collect::<Vec<_>>()}
        <Menu
            label=Signal::derive(move || format!("{}: {}", locale.say(text::PRIORITY_LABEL), locale.say(priority_text(priority.get()))))
            trigger=move || view! { {live(move || view! { <span class="flag" data-priority=priority_name(priority.get())>{Icon::FLAG.view()}</span> })} }.any()
            class="icon-button"
            place="below-end"
        >
            {rank(Some(Priority::Urgent))}
            {rank(Some(Priority::High))}
            {rank(Some(Priority::Medium))}
            {rank(Some(Priority::Low))}
            {rank(None)}
        </Menu>
        <Menu label=Signal::derive(move || locale.say(text::THREAD_MORE).to_owned()) trigger=move || Icon::ELLIPSIS.view() class="icon-button" place="below-end">
            <MenuChoice run=open(Panel::Snooze(id))>{Icon::MOON.view()} {t(text::SNOOZE_TITLE)}</MenuChoice>
            <MenuChoice run=open(Panel::Labels(id))>{Icon::TAG.view()} {t(text::LABELS_TITLE)}</MenuChoice>
            <MenuChoice run=open(Panel::Macros(id))>{Icon::ZAP.view()} {t(text::MACROS_TITLE)}</MenuChoice>
            <MenuChoice run=Callback::new(move |()| store.run(id, vec![Action::Mute(!muted.get_untracked())]))>
                {Icon::VOLUME_X.view()}
                {live(move || locale.say(if muted.get() { text::THREAD_UNMUTE } else { text::THREAD_MUTE }))}
            </MenuChoice>
            <MenuChoice run=Callback::new(move |()| store.mark_unread(id))>{Icon::MAIL.view()} {t(text::THREAD_UNREAD_MARK)}</MenuChoice>
            <MenuChoice run=open(Panel::Participants(id))>{Icon::USERS.view()} {t(text::PARTICIPANTS_TITLE)}</MenuChoice>
            <MenuChoice run=open(Panel::Attributes(id))>{Icon::LIST_CHECKS.view()} {t(text::PANE_ATTRIBUTES)}</MenuChoice>
            <MenuChoice run=open(Panel::Transcript(id))>{Icon::FILE_TEXT.view()} {t(text::TRANSCRIPT_TITLE)}</MenuChoice>
            <MenuChoice run=open(Panel::Merge(id))>{Icon::MERGE.view()} {t(text::MERGE_TITLE)}</MenuChoice>
            // Where the head has no room for their buttons.
            <div class="menu__group thread__squeezed" role="group" aria-label=t(text::PRIORITY_LABEL)>
                {[Some(Priority::Urgent), Some(Priority::High), Some(Priority::Medium), Some(Priority::Low), None].map(rank).collect_view()}
                <MenuChoice run=Callback::new(move |()| super::toggle(pane))>{Icon::PANEL_RIGHT.view()} {t(text::THREAD_DETAILS)}</MenuChoice>
            </div>
            <MenuChoice run=copy>{Icon::LINK.view()} {t(text::THREAD_COPY_LINK)}</MenuChoice>
            <div class="menu__group" role="group">
                <MenuChoice run=block>
                    {Icon::BAN.view()} {live(move || locale.say(if blocked.get() { text::CONTACTS_UNBLOCK } else { text::CONTACTS_BLOCK }))}
                </MenuChoice>
                {store.may(Permission::Delete).then(|| view! {
                    <MenuChoice run=open(Panel::Delete(id))>{Icon::TRASH_2.view()} {t(text::DELETE_TITLE)}</MenuChoice>
                }.any())}
            </div>
        </Menu>
    }
    .any()
}

/// Which colleagues look at this conversation too, as one line.
fn viewers(store: Store, locale: Locale, conversation: ConversationId) -> Option<String> {
    let who =
        store.viewing.with(|all| all.iter().filter(|(place, ..)| *place == conversation).map(|(_, user, _)| *user).collect::<Vec<_>>());
    let names = who.into_iter().filter_map(|user| store.agent(user)).map(|agent| agent.name).collect::<Vec<_>>();
    (!names.is_empty()).then(|| locale.say_with(text::THREAD_VIEWERS, &[("names", &names.join(", "))]))
}

/// A priority's name for the stylesheet.
const fn priority_name(priority: Option<Priority>) -> &'static str {
    match priority {
        None => "none",
        Some(Priority::Low) => "low",
        Some(Priority::Medium) => "medium",
        Some(Priority::High) => "high",
        Some(Priority::Urgent) => "urgent",
    }
}

/// Who has the conversation, and the menu that changes it.
#[component]
fn Assignee(row: Memo<model::ListRow>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let conversation = row.with_untracked(|row| row.conversation.id);
    let now = Memo::new(move |_| row.with(|row| row.conversation.assignee));
    let agent = Memo::new(move |_| now.get().and_then(|user| store.agent(user)));
    let words =
        move || agent.with(|agent| agent.as_ref().map_or_else(|| locale.say(text::THREAD_NOBODY).to_owned(), |agent| agent.name.clone()));
    let team = Memo::new(move |_| row.with(|row| row.conversation.team));
    let label = Signal::derive(move || format!("{}: {}", locale.say(text::BULK_ASSIGN), words()));
    let trigger = move || {
        view! {
            {live(move || match agent.get() {
                Some(agent) => {
                    let photo = agent_photo(&agent);
                    view! { <Avatar name=agent.name photo=photo size="tiny"/> }.any()
                }
                None => Icon::USER_ROUND.view(),
            })}
            <span class="thread__assignee">{words}</span>
            {Icon::CHEVRON_DOWN.view()}
        }
        .any()
    };
    let choice = move |to: Option<UserId>, content: AnyView| {
        view! {
            <MenuChoice chosen=Signal::derive(move || now.get() == to) run=Callback::new(move |()| store.assign(conversation, to))>
                {content}
            </MenuChoice>
        }
    };
    let to_team = move |to: Option<TeamId>, name: AnyView| {
        view! {
            <MenuChoice
                chosen=Signal::derive(move || team.get() == to)
                run=Callback::new(move |()| store.run(conversation, vec![Action::AssignTeam(to)]))
            >
                {name}
            </MenuChoice>
        }
    };
    view! {
        <Menu label=label trigger=trigger class="button thread__assign" place="below-end">
            {live(move || (now.get() != Some(store.me)).then(|| view! {
                <MenuChoice run=Callback::new(move |()| store.assign(conversation, Some(store.me)))>
                    {Icon::USER_PLUS.view()} {t(text::THREAD_ASSIGN_ME)}
                </MenuChoice>
            }))}
            {choice(None, view! { {Icon::CIRCLE_DASHED.view()} {t(text::THREAD_NOBODY)} }.any())}
            {live(move || store.agents.get().into_iter().filter(|agent| agent.confirmed).map(|agent| {
                let (id, photo) = (agent.id, agent_photo(&agent));
                let here = store.here.with(|here| here.contains(&id));
                choice(Some(id), view! {
                    <Avatar name=agent.name.clone() photo=photo size="tiny"/>
                    <span>{agent.name.clone()}</span>
                    {here.then(|| view! { <span class="presence" data-state="online"></span> })}
                }.any())
            }).collect_view())}
            {live(move || (!store.teams.with(Vec::is_empty)).then(|| view! {
                <div class="menu__group" role="group" aria-label=t(text::TEAMS_TITLE)>
                    {to_team(None, view! { {Icon::CIRCLE_DASHED.view()} {t(text::BULK_NO_TEAM)} }.any())}
                    {store.teams.get().into_iter().map(|team| to_team(Some(team.id), view! { {Icon::USERS.view()} {team.name} }.any())).collect_view()}
                </div>
            }))}
        </Menu>
    }
    .any()
}
