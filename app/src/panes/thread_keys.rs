//! The single letters that act on the open conversation. Those of the list are its page's.

use crate::panels::{Panel, Panels};
use crate::parts::{Command, is_free, turn};
use crate::store::Store;
use kit::{browser, effect};
use leptos::ev;
use leptos::prelude::*;
use model::{ConversationId, Permission};

/// Listens while the conversation is open; inert while somebody writes or a dialog or menu is open.
pub fn wire(store: Store, panels: Panels, id: ConversationId, pane: RwSignal<Option<bool>>) {
    let keys = move |event: ev::KeyboardEvent| {
        if !is_free(&event) || browser::writing() {
            return;
        }
        match Command::of(&event) {
            Some(Command::Back) => drop(browser::press(".thread__back")),
            Some(Command::Reply) => {
                browser::press(".composer__tab[data-mode=reply]");
                browser::focus("#reply");
            }
            Some(Command::Note) => {
                browser::press(".composer__tab[data-mode=note]");
                browser::focus_soon("#reply");
            }
            Some(Command::Resolve) => turn(store, id),
            Some(Command::Assign) => drop(browser::press(".thread__assign")),
            Some(Command::Pane) => super::toggle(pane),
            Some(Command::Unread) => store.mark_unread(id),
            Some(Command::Snooze) => panels.open(Panel::Snooze(id)),
            Some(Command::Labels) => panels.open(Panel::Labels(id)),
            Some(Command::Macros) => panels.open(Panel::Macros(id)),
            Some(Command::Delete) if store.may(Permission::Delete) => panels.open(Panel::Delete(id)),
            _ => return,
        }
        event.prevent_default();
    };
    effect(move || {
        let handle = window_event_listener(ev::keydown, keys);
        on_cleanup(move || handle.remove());
    });
}
