//! The conversation: its lines, who types, and the scroll that stays where the reader is.
//! New lines are announced; history that is loaded is not.

use super::line::Line;
use super::questions::questions;
use crate::chat::{Chat, Phase};
use crate::dom::{append, bind, bind_shown, bind_text, el, icon, on, set, set_all, show, tree};
use crate::field::{Field, Slot, effect};
use crate::icons;
use crate::thread::rows;
use kit::i18n::text;
use kit::time::local_day;
use leptos::prelude::{document, request_animation_frame};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, ResizeObserver};

/// Closer to the end than this, in pixels, counts as being there.
const NEAR: i32 = 80;

/// Where the reader is: at the end, or above it with so many new lines below.
#[derive(Default)]
struct Place {
    away: Field<bool>,
    below: Field<i64>,
}

/// Draws the scrolling part of the chat into its parent.
pub fn log(chat: Chat, parent: &HtmlElement) {
    let (scroll, lines, older, ended) = (el("div", "log"), el("div", "log__lines"), el("p", "log__older"), el("p", "log__resolved"));
    bind_text(&older, move || chat.say(text::WIDGET_OLDER));
    bind_shown(&older, move || chat.loading.get());
    bind_text(&ended, move || chat.say(text::WIDGET_RESOLVED));
    bind_shown(&ended, move || chat.resolved.get());
    set_all(&lines, &[("role", "log"), ("aria-live", "polite"), ("aria-relevant", "additions"), ("tabindex", "0")]);
    bind(&lines, "aria-label", move || Some(chat.say(text::WIDGET_LOG)));
    bind(&lines, "aria-busy", move || {
        Some(if chat.loading.get() || chat.phase.get() != Phase::Ready { "true" } else { "false" }.to_owned())
    });
    for child in [&older, &lines, &questions(chat), &ended, &typing(chat)] {
        append(&scroll, child);
    }
    let place = Rc::new(Place::default());
    keep_lines(chat, &scroll, lines, place.clone());
    let pill = pill(chat, &scroll, place.clone());
    {
        let (at, scroll) = (place, scroll.clone());
        on(&scroll.clone(), "scroll", move |_| {
            let away = scroll.scroll_height() - scroll.scroll_top() - scroll.client_height() >= NEAR;
            at.away.set(away);
            if !away {
                at.below.set(0);
            }
            if scroll.scroll_top() < NEAR {
                chat.older();
            }
        });
    }
    let words = el("span", "");
    bind_text(&words, move || if chat.lost.get() { chat.say(text::WIDGET_LOST) } else { String::new() });
    let banner = tree("p", "banner", &[&icon(icons::WIFI_OFF), &words]);
    set(&banner, "role", Some("status"));
    bind(&banner, "data-on", move || Some(if chat.lost.get() { "true" } else { "false" }.to_owned()));
    for child in [&scroll, &pill, &banner] {
        append(parent, child);
    }
    // Uploads tell their progress to whichever bar is theirs.
    effect(move || {
        let now = chat.progress.get();
        let Ok(bars) = document().query_selector_all("progress") else { return };
        for bar in (0..bars.length()).filter_map(|at| bars.item(at)).map(JsCast::unchecked_into::<HtmlElement>) {
            let own = now.filter(|(id, _)| bar.get_attribute("data-file") == Some(id.to_string()));
            show(&bar, own.is_some());
            if let Some((_, part)) = own {
                set(&bar, "value", Some(&part.to_string()));
            }
        }
    });
}

fn typing(chat: Chat) -> HtmlElement {
    let (dots, words) = (el("span", "typing__dots"), el("span", ""));
    dots.set_inner_html("<i></i><i></i><i></i>");
    set(&dots, "aria-hidden", Some("true"));
    bind_text(&words, move || {
        let name = chat.typing.get();
        if name.is_empty() { name } else { text::WIDGET_TYPING.with(chat.language.get(), &[("name", &name)]) }
    });
    let line = tree("div", "typing", &[&dots, &words]);
    set(&line, "role", Some("status"));
    bind(&line, "data-on", move || Some(if chat.typing.with(String::is_empty) { "false" } else { "true" }.to_owned()));
    line
}

fn pill(chat: Chat, scroll: &HtmlElement, place: Rc<Place>) -> HtmlElement {
    let words = el("span", "");
    let button = tree("button", "pill", &[&icon(icons::ARROW_DOWN), &words]);
    set(&button, "type", Some("button"));
    {
        let place = place.clone();
        bind_text(&words, move || match place.below.get() {
            0 => chat.say(text::WIDGET_DOWN),
            count => text::WIDGET_FRESH.count(chat.language.get(), count),
        });
    }
    bind_shown(&button, move || place.away.get());
    let scroll = scroll.clone();
    on(&button, "click", move |_| to_end(&scroll));
    button
}

/// Keeps the lines as the chat has them, the end in sight for whoever is there, and the place for whoever reads further up.
fn keep_lines(chat: Chat, scroll: &HtmlElement, lines: HtmlElement, place: Rc<Place>) {
    let mut drawn: Vec<Line> = Vec::new();
    let spoken = Slot::new(chat.language.get_untracked());
    let (box_, at) = (scroll.clone(), place.clone());
    effect(move || {
        let rows = chat.messages.with(|messages| chat.outbox.with(|outbox| rows(messages, outbox, local_day)));
        let language = chat.language.get();
        let translate = spoken.replace(language) != language;
        let ends = |drawn: &[Line]| (drawn.first().map(|l| l.row.key.clone()), drawn.last().map(|l| l.row.key.clone()));
        let (first, last) = ends(&drawn);
        let (height, top) = (box_.scroll_height(), box_.scroll_top());

        let mut before = std::mem::take(&mut drawn);
        for row in rows {
            // Other words, say of a message that was deleted, are another line.
            match before.iter().position(|line| line.row.key == row.key && line.row.text == row.text) {
                Some(found) => {
                    let mut line = before.remove(found);
                    line.update(row, translate);
                    drawn.push(line);
                }
                None => drawn.push(Line::new(chat, row)),
            }
        }
        before.iter().for_each(|line| line.root.remove());
        let mut next = lines.first_child();
        for line in &drawn {
            if next.as_ref() == Some(&line.root) {
                next = next.and_then(|node| node.next_sibling());
            } else {
                // Both are children of ours, or about to be.
                let _ = lines.insert_before(&line.root, next.as_ref());
            }
        }

        let (now_first, now_last) = ends(&drawn);
        if now_last != last {
            let own = drawn.last().is_some_and(|line| line.row.mine());
            if own || last.is_none() || !at.away.get_untracked() {
                follow(&box_);
            } else {
                at.below.update(|count| *count += 1);
            }
        } else if now_first != first && box_.scroll_top() == top {
            // Earlier messages came in above, and the browser has not moved by itself: what is on the screen stays there.
            box_.set_scroll_top(top + box_.scroll_height() - height);
        }
    });
    let (box_, at) = (scroll.clone(), place.clone());
    effect(move || {
        chat.resolved.get();
        chat.opened.get();
        if !at.away.get_untracked() {
            follow(&box_);
        }
    });
    // The field below grows, a banner comes, the keyboard opens: whoever was at the end stays there.
    let box_ = scroll.clone();
    let resized = move || {
        if !place.away.get_untracked() {
            to_end(&box_);
        }
    };
    let resized = Closure::<dyn Fn()>::new(resized).into_js_value();
    if let Ok(observer) = ResizeObserver::new(resized.unchecked_ref()) {
        observer.observe(scroll);
    }
}

fn follow(scroll: &HtmlElement) {
    to_end(scroll);
    // Once more when it is laid out.
    let scroll = scroll.clone();
    request_animation_frame(move || to_end(&scroll));
}

fn to_end(scroll: &HtmlElement) {
    scroll.set_scroll_top(scroll.scroll_height());
}
