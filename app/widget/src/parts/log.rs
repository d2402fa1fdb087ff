//! The conversation: its lines, who types, and the scroll that stays where the reader is.
//! New lines are announced; history that is loaded is not.

use super::bubble::Bubble;
use super::questions::Questions;
use crate::chat::{Chat, Phase};
use kit::Icon;
use kit::i18n::{t, text};
use leptos::html;
use leptos::prelude::*;

/// Closer to the end than this, in pixels, counts as being there.
const NEAR: i32 = 80;

/// The scrolling part of the chat.
#[component]
pub fn Log() -> impl IntoView {
    let chat = Chat::current();
    let rows = chat.rows();
    let node = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    let below = RwSignal::new(0_i64);
    follow_end(chat, rows, node, at_end, below);
    let scrolled = move |_| {
        let Some(box_) = node.get_untracked() else { return };
        let end = box_.scroll_height() - box_.scroll_top() - box_.client_height() < NEAR;
        if at_end.get_untracked() != end {
            at_end.set(end);
        }
        if end && below.get_untracked() != 0 {
            below.set(0);
        }
        if box_.scroll_top() < NEAR {
            chat.older();
        }
    };
    let locale = chat.locale;
    let busy = move || (chat.loading.get() || chat.phase.with(|phase| *phase != Phase::Ready)).to_string();
    let typing = move || chat.typing.get().map(|name| locale.say_with(text::WIDGET_TYPING, &[("name", &name)]));
    let pill = move || match below.get() {
        0 => locale.say(text::WIDGET_DOWN).to_owned(),
        count => locale.count(text::WIDGET_FRESH, count),
    };
    view! {
        <div class="log" node_ref=node on:scroll=scrolled>
            <Show when=move || chat.loading.get()>
                <p class="log__older">{t(text::WIDGET_OLDER)}</p>
            </Show>
            <div class="log__lines" role="log" aria-live="polite" aria-relevant="additions" aria-busy=busy aria-label=t(text::WIDGET_LOG) tabindex="0">
                <For each=move || rows.get() key=|row| row.key.clone() children=move |row| view! { <Bubble rows=rows row=row/> }/>
            </div>
            <Questions/>
            <Show when=move || chat.resolved.get()>
                <p class="log__resolved">{t(text::WIDGET_RESOLVED)}</p>
            </Show>
            <div class="typing" role="status" data-on=move || chat.typing.with(Option::is_some).to_string()>
                <span class="typing__dots" aria-hidden="true"><i></i><i></i><i></i></span>
                <span>{typing}</span>
            </div>
        </div>
        <Show when=move || !at_end.get()>
            <button type="button" class="pill" on:click=move |_| to_end(node)>{Icon::ARROW_DOWN.view()}{pill}</button>
        </Show>
        <p class="banner" role="status">
            <Show when=move || chat.lost.get()>{Icon::WIFI_OFF.view()}<span>{t(text::WIDGET_LOST)}</span></Show>
        </p>
    }
}

/// Keeps the end in sight for whoever is there, and the place for whoever reads further up.
fn follow_end(chat: Chat, rows: Memo<Vec<crate::thread::Row>>, node: NodeRef<html::Div>, at_end: RwSignal<bool>, below: RwSignal<i64>) {
    Effect::new(move |before: Option<(Option<String>, Option<String>)>| {
        let (first, last, own) = rows.with(|rows| {
            let last = rows.last();
            (rows.first().map(|r| r.key.clone()), last.map(|r| r.key.clone()), last.is_some_and(crate::thread::Row::mine))
        });
        let Some(box_) = node.get() else { return (first, last) };
        let (was_first, was_last) = before.unwrap_or_default();
        if was_last != last {
            if own || at_end.get_untracked() || was_last.is_none() {
                at_end.set(true);
                request_animation_frame(move || to_end(node));
            } else {
                below.update(|count| *count += 1);
            }
        } else if was_first != first {
            // Earlier messages came in above: what is on the screen stays there.
            let (height, top) = (box_.scroll_height(), box_.scroll_top());
            request_animation_frame(move || {
                let grown = box_.scroll_height() - height;
                // Browsers that anchor by themselves have already moved.
                if box_.scroll_top() == top {
                    box_.set_scroll_top(top + grown);
                }
            });
        }
        (first, last)
    });
    Effect::new(move |_| {
        chat.typing.track();
        chat.resolved.track();
        chat.opened.track();
        if at_end.get_untracked() {
            request_animation_frame(move || to_end(node));
        }
    });
}

fn to_end(node: NodeRef<html::Div>) {
    if let Some(box_) = node.get_untracked() {
        box_.set_scroll_top(box_.scroll_height());
    }
}
