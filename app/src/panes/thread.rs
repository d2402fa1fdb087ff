//! The open conversation: its header, its messages from the first unread on, and the reply field.
//! It opens at the end or at the first unread, and older messages come in above without moving what is read.

use super::composer::Composer;
use super::grouping::{first_unread, settings};
use super::stretches::{Line, Sight, stretches};
use super::thread_head::Header;
use crate::parts::{BubbleView, contact_name, person_name};
use crate::store::{BubbleKey, Store, Thread};
use kit::Draw;
use kit::i18n::{Locale, t, text};
use kit::spawn;
use kit::time::{Clock, Wording, word};
use kit::{Icon, Skeleton, browser};
use kit::{act, attr, effect, live};
use leptos::prelude::*;
use model::{Author, MessageId, MessageKind, Timestamp};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// How often colleagues hear that somebody still looks; they believe it for a little longer than twice that.
const VIEWING: Duration = Duration::from_secs(4);
/// Within this distance of the end, arrivals are followed.
const NEAR_END: i32 = 80;
/// Most pages fetched for a message that an address names.
const FARTHEST: usize = 400;
/// Within this distance of the top, older messages are fetched.
const NEAR_TOP: i32 = 600;

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
    super::thread_keys::wire(store, crate::panels::Panels::current(), conversation, pane);
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

    let sight = Sight::new();
    let scroller = sight.scroller;
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
            sight.scrolled(scroller.scroll_top());
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
    let wanted = thread.clone();
    effect(move || {
        let find = |selector: &str| document().query_selector(selector).ok().flatten();
        let first = !opened.try_get_value().unwrap_or_default();
        opened.set_value(true);
        if let Some(message) = anchor.get() {
            let of = wanted.clone();
            spawn(async move {
                let selector = format!("[data-message=\"{message}\"]");
                // Older pages are fetched until the message is among them, or there are no more. What came is drawn a moment later.
                for _ in 0..FARTHEST {
                    let key = of.key_of(message);
                    sight.wanted.set(key);
                    if key.is_none() {
                        let more = of.older.get_untracked() || of.loading.get_untracked();
                        store.load_older(conversation).await;
                        if !more {
                            break;
                        }
                    }
                    browser::pause(50).await;
                    if find(&selector).is_some() {
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
    let line: Line = {
        let thread = thread.clone();
        let order = order.clone();
        Arc::new(move |key: BubbleKey| {
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
        })
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
                    {stretches(order, sight, line)}
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

#[component]
fn Day(at: Timestamp) -> impl IntoView {
    let (clock, locale) = (Clock::current(), Locale::current());
    let words = move || clock.now().map(|now| word(locale.language(), at, now, Wording::Day));
    view! { <p class="day"><time datetime=kit::time::iso(at)>{words}</time></p> }
}
