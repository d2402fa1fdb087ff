//! Swiping a row of the list with a finger: to the right it is resolved, or opened again; to the left it is put off.
//! What a touch may do beside that (scrolling, pressing) stays the browser's business: the rows give away sideways moves alone.

use super::{Panel, Panels};
use crate::store::Store;
use kit::Draw;
use kit::effect;
use kit::i18n::{Locale, text};
use leptos::prelude::*;
use model::{ConversationId, Status, StatusKind};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, PointerEvent};

/// How far a finger moves before it is a swipe, in pixels.
const SLOP: i32 = 12;
/// How far a swipe goes before it does something when the finger leaves.
const ENOUGH: i32 = 88;

struct Swipe {
    row: HtmlElement,
    conversation: ConversationId,
    from: (i32, i32),
    pointer: i32,
    by: i32,
}

impl Swipe {
    fn begin(event: &PointerEvent) -> Option<Self> {
        let row = event.target()?.dyn_into::<Element>().ok()?.closest(".row").ok()??;
        let link = row.query_selector("[data-conversation]").ok()??;
        let conversation = ConversationId(link.get_attribute("data-conversation")?.parse().ok()?);
        let from = (event.client_x(), event.client_y());
        Some(Self { row: row.dyn_into().ok()?, conversation, from, pointer: event.pointer_id(), by: 0 })
    }

    /// Follows the finger; words are what leaving here would do.
    fn follow(&mut self, event: &PointerEvent, words: impl Fn(bool) -> String) {
        let (x, y) = (event.client_x() - self.from.0, event.client_y() - self.from.1);
        if self.by == 0 && (x.abs() < SLOP || x.abs() < 2 * y.abs()) {
            return;
        }
        self.by = x;
        // Drawing cannot fail on a row that is there, and one that has gone needs none.
        let _ = self.row.style().set_property("--swipe", &format!("{x}px"));
        let _ = self.row.set_attribute("data-swipe", if x > 0 { "right" } else { "left" });
        let _ = self.row.set_attribute("data-far", if x.abs() >= ENOUGH { "true" } else { "false" });
        let _ = self.row.set_attribute("data-swipe-words", &words(x > 0));
    }

    fn end(&self) {
        let _ = self.row.style().remove_property("--swipe");
        for name in ["data-swipe", "data-far", "data-swipe-words"] {
            let _ = self.row.remove_attribute(name);
        }
    }
}

/// Listens on the list while it is there; draws nothing.
#[component]
pub fn Swipes() -> impl IntoView {
    let (store, locale, panels) = (Store::current(), Locale::current(), Panels::current());
    effect(move || {
        let Some(list) = document().query_selector(".list").ok().flatten() else { return };
        let swipe = Rc::new(RefCell::new(None::<Swipe>));
        let resolved =
            move |id| store.row(id).is_some_and(|row| row.with_untracked(|row| row.conversation.status.kind() == StatusKind::Resolved));
        let handle = move |event: PointerEvent| {
            let mut swipe = swipe.borrow_mut();
            match (event.type_().as_str(), swipe.as_mut()) {
                ("pointerdown", _) if event.pointer_type() == "touch" && event.is_primary() => *swipe = Swipe::begin(&event),
                ("pointermove", Some(now)) if now.pointer == event.pointer_id() => {
                    let id = now.conversation;
                    now.follow(&event, |right| {
                        locale
                            .say(match right {
                                true if resolved(id) => text::THREAD_REOPEN,
                                true => text::THREAD_RESOLVE,
                                false => text::SNOOZE_TITLE,
                            })
                            .to_owned()
                    });
                }
                ("pointerup" | "pointercancel", Some(now)) => {
                    now.end();
                    let (id, by) = (now.conversation, now.by);
                    *swipe = None;
                    if event.type_() == "pointercancel" || by.abs() < ENOUGH {
                        return;
                    }
                    if by < 0 {
                        panels.open(Panel::Snooze(id));
                    } else {
                        store.set_status(id, if resolved(id) { Status::Open } else { Status::Resolved });
                    }
                }
                _ => {}
            }
        };
        let handle = Closure::<dyn FnMut(PointerEvent)>::new(handle);
        let names = ["pointerdown", "pointermove", "pointerup", "pointercancel"];
        for name in names {
            // Listening to a well-known event cannot fail.
            let _ = list.add_event_listener_with_callback(name, handle.as_ref().unchecked_ref());
        }
        let kept = send_wrapper::SendWrapper::new((list, handle));
        on_cleanup(move || {
            let (list, handle) = kept.take();
            for name in names {
                let _ = list.remove_event_listener_with_callback(name, handle.as_ref().unchecked_ref());
            }
        });
    });
    ().any()
}
