//! The open conversation: its header, its messages from the first unread on, and the reply field.
//! It opens at the end or at the first unread, and older messages come in above without moving what is read.

use super::composer::Composer;
use crate::panels::{Panel, Panels};
use crate::parts::{BubbleView, ChannelGlyph, Joint, contact_name, person_name};
use crate::parts::{Tag, agent_photo, priority_text};
use crate::routes::Place;
use crate::store::{Bubble, BubbleKey, Store, Thread, ask};
use kit::Draw;
use kit::i18n::{Locale, fault_text, t, text};
use kit::spawn;
use kit::time::{Clock, Wording, local_day, word};
use kit::{Avatar, Icon, Menu, MenuChoice, Skeleton, Toasts, browser};
use kit::{act, attr, effect, live};
use leptos::html;
use leptos::prelude::*;
use model::{Action, Author, ConversationId, MessageId, MessageKind, Permission, Priority, Status, StatusKind, Timestamp, UserId};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Messages of one author this close together form a group.
const GROUP_MS: i64 = 5 * 60_000;
/// How often colleagues hear that somebody still looks; they believe it for a little longer than twice that.
const VIEWING: Duration = Duration::from_secs(4);
/// This many lines in a row about what was done fold into one.
const FOLD: usize = 5;
/// Within this distance of the end, arrivals are followed.
const NEAR_END: i32 = 80;
/// Most pages fetched for a message that an address names.
const FARTHEST: usize = 400;
/// Within this distance of the top, older messages are fetched.
const NEAR_TOP: i32 = 600;

/// What stands around a bubble.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Setting {
    joint: Joint,
    day: Option<Timestamp>,
    unread: bool,
    /// How many lines this one stands for, and whether they show.
    fold: Option<(usize, bool)>,
    hidden: bool,
}

/// The thread.
#[component]
pub fn ThreadPane(
    /// The thread, loaded.
    thread: Thread,
    /// Whether the contact pane shows; none while the stylesheet decides.
    pane: RwSignal<Option<bool>>,
    /// A message to show and mark.
    anchor: Memo<Option<MessageId>>,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    super::composer::Quoting::provide();
    let conversation = thread.conversation;
    let Some(row) = store.row(conversation) else { return ().any() };
    let row = Memo::new(move |_| row.get());
    let contact = row.with_untracked(|row| row.conversation.contact.clone());
    let name = Signal::derive(move || {
        row.with(|row| contact_name(locale.language(), row.conversation.contact.id, &row.conversation.contact.name))
    });

    // Colleagues see who looks at what; said again while it lasts, and taken back at the end.
    effect(move || {
        store.say_viewing(conversation, true);
        let beat = set_interval_with_handle(
            move || {
                if browser::attended() {
                    store.say_viewing(conversation, true);
                }
            },
            VIEWING,
        )
        .ok();
        on_cleanup(move || {
            if let Some(beat) = beat {
                beat.clear();
            }
            store.say_viewing(conversation, false);
        });
    });

    // Where reading begins: fixed when the thread opens, gone when the agent replies.
    let unread = row.with_untracked(model::ListRow::unread);
    let divider = RwSignal::new(first_unread(&thread, unread));

    let scroller = NodeRef::<html::Div>::new();
    let at_end = StoredValue::new(true);
    let fresh = RwSignal::new(0_i64);
    let seen_height = StoredValue::new(0_i32);
    let to_end = move || {
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
        at_end.set_value(true);
        fresh.set(0);
    };
    let fetch_older = {
        let older = thread.older.clone();
        move || {
            let Some(scroller) = scroller.get_untracked() else { return };
            let above = scroller.scroll_height() - scroller.client_height() + scroller.scroll_top();
            if above < NEAR_TOP && older.get_untracked() {
                spawn(async move {
                    store.load_older(conversation).await;
                });
            }
        }
    };
    let scrolled = {
        let fetch_older = fetch_older.clone();
        move |_| {
            let Some(scroller) = scroller.get_untracked() else { return };
            // The column is reversed: zero is the end, and above it lies below zero.
            let end = -scroller.scroll_top() < NEAR_END;
            at_end.set_value(end);
            if end && fresh.get_untracked() != 0 {
                fresh.set(0);
            }
            fetch_older();
        }
    };
    let order = thread.order.clone();
    let last_known = StoredValue::new(order.with_untracked(|order| order.last().copied()));
    {
        let (thread, order, fetch_older) = (thread.clone(), order.clone(), fetch_older.clone());
        effect(move || {
            let (appended, ours) = order.with(|order| {
                let known = last_known.get_value();
                let from = known.and_then(|known| order.iter().rposition(|key| *key == known)).map_or(0, |at| at + 1);
                let new: Vec<_> = order[from.min(order.len())..]
                    .iter()
                    .filter_map(|key| thread.bubble(*key))
                    .map(|bubble| bubble.get_untracked())
                    .collect();
                let ours = new.iter().any(|bubble| bubble.expected.is_some());
                let foreign = new.iter().filter(|bubble| bubble.message.kind == MessageKind::Incoming).count();
                ((new.len(), foreign), ours)
            });
            last_known.set_value(order.with_untracked(|order| order.last().copied()));
            if ours {
                divider.set(None);
            } else if appended.1 > 0 && divider.get_untracked().is_none() && !browser::attended() {
                divider.set(first_unread(&thread, i64::try_from(appended.1).unwrap_or(0)));
            }
            let fetch_older = fetch_older.clone();
            request_animation_frame(move || {
                let Some(scroller) = scroller.get_untracked() else { return };
                let height = scroller.scroll_height();
                let grown = height - seen_height.get_value();
                seen_height.set_value(height);
                if appended.0 > 0 && (ours || at_end.get_value()) {
                    scroller.set_scroll_top(0);
                    at_end.set_value(true);
                } else if appended.0 > 0 && grown > 0 && grown != height {
                    // What is read stays where it is; the new ones wait below.
                    scroller.set_scroll_top(scroller.scroll_top() - grown);
                    fresh.update(|fresh| *fresh += i64::try_from(appended.1).unwrap_or(0));
                }
                fetch_older();
            });
        });
    }
    // The first showing: the anchor or the first unread in view, else the end.
    let show = move |target: web_sys::Element| {
        let Some(scroller) = scroller.get_untracked() else { return };
        let (top, frame) = (target.get_bounding_client_rect().top(), scroller.get_bounding_client_rect());
        #[expect(clippy::cast_possible_truncation, reason = "pixel positions")]
        let by = (top - frame.top() - frame.height() / 4.0) as i32;
        scroller.set_scroll_top(scroller.scroll_top() + by);
        at_end.set_value(-scroller.scroll_top() < NEAR_END);
    };
    let opened = StoredValue::new(false);
    effect(move || {
        let find = |selector: &str| document().query_selector(selector).ok().flatten();
        let first = !opened.try_get_value().unwrap_or_default();
        opened.set_value(true);
        if let Some(message) = anchor.get() {
            spawn(async move {
                let selector = format!("[data-message=\"{message}\"]");
                // Older pages are fetched until the message is among them, or there are no more. A page is drawn a moment after it came.
                for _ in 0..FARTHEST {
                    if find(&selector).is_some() {
                        break;
                    }
                    let Some(thread) = store.thread(conversation) else { return };
                    let more = thread.older.get_untracked() || thread.loading.get_untracked();
                    store.load_older(conversation).await;
                    browser::pause(50).await;
                    if !more {
                        break;
                    }
                }
                let Some(found) = find(&selector) else { return };
                // The attribute's name is valid, so this cannot fail.
                let _ = found.set_attribute("data-marked", "");
                show(found.clone());
                browser::pause(2_500).await;
                let _ = found.remove_attribute("data-marked");
            });
        } else if first && divider.get_untracked().is_some() {
            request_animation_frame(move || {
                let frame = scroller.get_untracked().map(|scroller| scroller.get_bounding_client_rect().top());
                if let Some(line) = find(".divider").filter(|line| frame.is_some_and(|top| line.get_bounding_client_rect().top() < top)) {
                    show(line);
                }
            });
        }
    });

    // Read is what stands on a page that somebody looks at.
    let attended = RwSignal::new(false);
    effect(move || {
        attended.set(browser::attended());
        let look = move || attended.set(browser::attended());
        let handles =
            [window_event_listener_untyped("focus", move |_| look()), window_event_listener_untyped("blur", move |_| attended.set(false))];
        let seen = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(look);
        // Listening to a well-known event of the document cannot fail.
        let _ = document().add_event_listener_with_callback("visibilitychange", seen.as_ref().unchecked_ref());
        let seen = send_wrapper::SendWrapper::new((handles, seen));
        on_cleanup(move || {
            let (handles, seen) = seen.take();
            for handle in handles {
                handle.remove();
            }
            let _ = document().remove_event_listener_with_callback("visibilitychange", seen.as_ref().unchecked_ref());
        });
    });
    let told = StoredValue::new(0_i64);
    effect(move || {
        let (waits, incoming) = row.with(|row| (row.unread() > 0, row.conversation.incoming));
        if attended.get() && waits && told.get_value() != incoming {
            told.set_value(incoming);
            store.mark_read(conversation, incoming);
        }
    });

    let clock = Clock::current();
    let unfolded = RwSignal::new(HashSet::<BubbleKey>::new());
    let setting = {
        let (thread, order) = (thread.clone(), order.clone());
        Memo::new(move |_| unfolded.with(|unfolded| settings(&thread, &order.get(), divider.get(), clock.now().is_some(), unfolded)))
    };
    // What arrives from now on slides in; what was there, or comes in above, does not.
    let shown = StoredValue::new(false);
    effect(move || shown.set_value(true));
    let line = {
        let thread = thread.clone();
        let order = order.clone();
        move |key: BubbleKey| {
            let Some(bubble) = thread.bubble(key) else { return ().any() };
            let contact = contact.clone();
            let mine = Memo::new(move |_| setting.with(|all| all.get(&key).copied().unwrap_or_default()));
            let message = {
                let bubble = bubble.clone();
                move || bubble.with(|bubble| bubble.expected.is_none().then(|| bubble.message.id.to_string()))
            };
            let new = shown.get_value() && order.with_untracked(|order| order.last() == Some(&key));
            view! {
                <div class="line" data-message=message data-new=new.then_some("") hidden=move || mine.get().hidden>
                    {live(move || mine.get().day.map(|at| view! { <Day at=at/> }))}
                    {live(move || mine.get().unread.then(|| view! { <p class="divider"><span>{t(text::THREAD_NEW)}</span></p> }))}
                    {live(move || mine.get().fold.map(|(count, open)| view! {
                        <button
                            type="button"
                            class="fold"
                            aria-expanded=open.to_string()
                            on:click=act(move |_| unfolded.update(|all| if !all.remove(&key) { all.insert(key); }))
                        >
                            {Icon::CHEVRON_DOWN.view()}
                            {locale.count(text::THREAD_FOLD, i64::try_from(count).unwrap_or(i64::MAX))}
                        </button>
                    }))}
                    <BubbleView bubble=bubble contact=contact joint=Signal::derive(move || mine.get().joint)/>
                </div>
            }
            .any()
        }
    };
    let typing = Memo::new(move |_| {
        store.typing.with(|all| {
            all.iter()
                .find(|(place, who, _)| *place == conversation && !matches!(who, Author::User { id } if *id == store.me))
                .map(|(_, who, _)| who.clone())
        })
    });
    let contact_now = move || row.with(|row| row.conversation.contact.clone());
    let (older, loading) = (thread.older.clone(), thread.loading.clone());
    view! {
        <section class="thread" aria-label=name>
            <Header row=row name=name pane=pane/>
            <div
                class="thread__scroll"
                role="log"
                aria-live="polite"
                aria-label=attr(move || locale.say_with(text::THREAD_LABEL, &[("name", &name.get())]))
                tabindex="0"
                node_ref=scroller
                on:scroll=scrolled
            >
                <div class="thread__column">
                    {live(move || {
                        if loading.get() {
                            view! { <div class="thread__older"><Skeleton rows=3 shape="bubble"/></div> }.any()
                        } else if older.get() {
                            view! { <div class="thread__older"></div> }.any()
                        } else {
                            view! { <p class="thread__start">{t(text::THREAD_START)}</p> }.any()
                        }
                    })}
                    <For each=move || order.get() key=|key| *key children=line/>
                </div>
            </div>
            <div class="thread__foot">
                {live(move || (fresh.get() > 0).then(|| view! {
                    <button type="button" class="pill" on:click=act(move |_| to_end())>
                        {Icon::ARROW_DOWN.view()} {locale.count(text::THREAD_PILL, fresh.get())}
                    </button>
                }))}
                <p class="thread__typing" aria-live="off">
                    {live(move || typing.get().map(|who| {
                        let name = person_name(store, locale.language(), &who, &contact_now());
                        view! {
                            <span class="dots" aria-hidden="true">
                                <i></i><i></i><i></i>
                            </span>
                            {locale.say_with(text::THREAD_TYPING, &[("name", &name)])}
                        }
                    }))}
                </p>
                <Composer conversation=conversation name=name sent=Callback::new(move |()| to_end())/>
            </div>
        </section>
    }
    .any()
}

/// The first of the last `unread` incoming messages.
fn first_unread(thread: &Thread, unread: i64) -> Option<BubbleKey> {
    let mut left = unread;
    let mut found = None;
    for key in thread.order.get_untracked().into_iter().rev() {
        if left <= 0 {
            break;
        }
        if thread.bubble(key).is_some_and(|bubble| bubble.with_untracked(|bubble| bubble.message.kind == MessageKind::Incoming)) {
            left -= 1;
            found = Some(key);
        }
    }
    found
}

/// Groups, days and the divider, from the messages in order. Days need the browser's time zone.
fn settings(
    thread: &Thread,
    order: &[BubbleKey],
    divider: Option<BubbleKey>,
    local: bool,
    unfolded: &HashSet<BubbleKey>,
) -> HashMap<BubbleKey, Setting> {
    let day = |at: Timestamp| if local { local_day(at) } else { at.0.div_euclid(86_400_000) };
    let mut all: HashMap<BubbleKey, Setting> = HashMap::with_capacity(order.len());
    let mut before: Option<(BubbleKey, Bubble)> = None;
    let mut run = Vec::new();
    for key in order {
        let Some(bubble) = thread.bubble(*key).map(|bubble| bubble.get_untracked()) else { continue };
        let unread = divider == Some(*key);
        let next_day = before.as_ref().is_none_or(|(_, earlier)| day(earlier.message.at) != day(bubble.message.at));
        let joined = !next_day && !unread && before.as_ref().is_some_and(|(_, earlier)| joins(earlier, &bubble));
        if joined && let Some(earlier) = before.as_ref().and_then(|(key, _)| all.get_mut(key)) {
            earlier.joint.last = false;
        }
        all.insert(
            *key,
            Setting {
                joint: Joint { first: !joined, last: true },
                day: next_day.then_some(bubble.message.at),
                unread,
                ..Setting::default()
            },
        );
        // A run ends with the day, at the divider and at anything that was said.
        let done = bubble.message.kind == MessageKind::Activity;
        if !done || next_day || unread {
            fold(&mut all, std::mem::take(&mut run), unfolded);
        }
        if done {
            run.push(*key);
        }
        before = Some((*key, bubble));
    }
    fold(&mut all, run, unfolded);
    all
}

/// Puts all but the last line of a long run behind one that counts them.
fn fold(all: &mut HashMap<BubbleKey, Setting>, run: Vec<BubbleKey>, unfolded: &HashSet<BubbleKey>) {
    let (Some(first), true) = (run.first().copied(), run.len() >= FOLD) else { return };
    let open = unfolded.contains(&first);
    for key in &run[..run.len() - 1] {
        if let Some(setting) = all.get_mut(key) {
            setting.hidden = !open && *key != first;
            setting.fold = (*key == first).then_some((run.len() - 1, open));
        }
    }
}

fn joins(earlier: &Bubble, later: &Bubble) -> bool {
    let (earlier, later) = (&earlier.message, &later.message);
    earlier.kind == later.kind
        && earlier.author == later.author
        && later.at.since(earlier.at) < GROUP_MS
        && later.kind != MessageKind::Activity
}

#[component]
fn Day(at: Timestamp) -> impl IntoView {
    let (clock, locale) = (Clock::current(), Locale::current());
    let words = move || clock.now().map(|now| word(locale.language(), at, now, Wording::Day));
    view! { <p class="day"><time datetime=kit::time::iso(at)>{words}</time></p> }
}

#[component]
fn Header(row: Memo<model::ListRow>, name: Signal<String>, pane: RwSignal<Option<bool>>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let conversation = row.with_untracked(|row| row.conversation.id);
    let number = row.with_untracked(|row| row.conversation.number);
    let inbox = Signal::derive(move || row.with(|row| row.conversation.inbox));
    let status = Memo::new(move |_| row.with(|row| row.conversation.status.kind()));
    let back = move || store.address(None);
    let turn = move |_| {
        let next = if status.get_untracked() == StatusKind::Resolved { Status::Open } else { Status::Resolved };
        store.set_status(conversation, next);
    };
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
    let number = row.with_untracked(|row| row.conversation.number);
    let open = move |panel: Panel| Callback::new(move |()| panels.open(panel));
    let priority = Memo::new(move |_| row.with(|row| row.conversation.priority));
    let muted = Memo::new(move |_| row.with(|row| row.conversation.muted));
    let person = store.thread(id).map(|thread| thread.contact);
    let known = person.clone();
    let blocked =
        Memo::new(move |_| known.as_ref().is_some_and(|person| person.with(|person| person.as_ref().is_some_and(|person| person.blocked))));
    let block = Callback::new(move |()| {
        let Some(person) = person.clone() else { return };
        let Some(contact) = person.with_untracked(|person| person.as_ref().map(|person| person.id)) else { return };
        let on = !blocked.get_untracked();
        spawn(async move {
            match ask(api::BlockContact { account: store.account, contact, on }).await {
                Ok(now) => {
                    person.set(Some(now));
                    toasts.say(locale.say(if on { text::CONTACTS_NOW_BLOCKED } else { text::CONTACTS_NOW_UNBLOCKED }));
                }
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    });
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
    let copy = Callback::new(move |()| {
        let origin = window().location().origin().unwrap_or_default();
        let place = Place::Conversations { inbox: None, number: Some(number) };
        if browser::copy(&format!("{origin}{}", place.href(store.account))) {
            toasts.say(locale.say(text::COMMON_COPIED));
        }
    });
    view! {
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
    let label = Signal::derive(move || format!("{}: {}", locale.say(text::THREAD_ASSIGNEE), words()));
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
        </Menu>
    }
    .any()
}
