//! The single-letter shortcuts: what each does, which key calls it for this person.
//! What they do is wired where they act, and the list of them is a panel.

use crate::store::habit;
use kit::i18n::{Text, text};
use leptos::ev;
use leptos::prelude::*;

/// What a single key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// To the next row.
    Next,
    /// To the row before.
    Previous,
    /// Opens the row.
    Open,
    /// Back to the list.
    Back,
    /// Waits for a second key that says where to.
    Go,
    /// Picks the row for many at once.
    Pick,
    /// Writes a reply.
    Reply,
    /// Writes a note.
    Note,
    /// Gives it to somebody.
    Assign,
    /// Deletes, once somebody is sure.
    Delete,
    /// Resolves or reopens.
    Resolve,
    /// Puts to sleep.
    Snooze,
    /// Labels.
    Labels,
    /// Macros.
    Macros,
    /// Marks as not read.
    Unread,
    /// Takes back what was done last.
    Undo,
    /// Begins a conversation.
    Create,
    /// Filters the list.
    Filter,
    /// Finds anything.
    Find,
    /// Shows or hides the contact.
    Pane,
    /// The list of keys.
    Help,
}

impl Command {
    /// All, each with the name it is kept under, its usual key and its words.
    pub const ALL: [(Self, &'static str, &'static str, Text); 21] = [
        (Self::Next, "next", "j", text::KEYS_NEXT),
        (Self::Previous, "previous", "k", text::KEYS_PREVIOUS),
        (Self::Open, "open", "o", text::KEYS_OPEN),
        (Self::Back, "back", "u", text::THREAD_BACK),
        (Self::Go, "go", "g", text::KEYS_GO),
        (Self::Pick, "pick", "x", text::KEYS_PICK),
        (Self::Reply, "reply", "r", text::KEYS_REPLY),
        (Self::Note, "note", "n", text::KEYS_NOTE),
        (Self::Resolve, "resolve", "e", text::KEYS_RESOLVE),
        (Self::Snooze, "snooze", "b", text::KEYS_SNOOZE),
        (Self::Labels, "labels", "l", text::KEYS_LABELS),
        (Self::Assign, "assign", "v", text::BULK_ASSIGN),
        (Self::Macros, "macros", "m", text::KEYS_MACROS),
        (Self::Unread, "unread", "U", text::KEYS_UNREAD),
        (Self::Delete, "delete", "#", text::DELETE_TITLE),
        (Self::Undo, "undo", "z", text::KEYS_UNDO),
        (Self::Create, "create", "c", text::KEYS_CREATE),
        (Self::Filter, "filter", "F", text::KEYS_FILTER),
        (Self::Find, "find", "/", text::KEYS_FIND),
        (Self::Pane, "pane", "i", text::KEYS_PANE),
        (Self::Help, "help", "?", text::KEYS_HELP),
    ];

    /// What a key press asks for, by the person's own keys, which go before the usual ones; nothing while they are turned off. Only in a browser.
    #[must_use]
    pub fn of(event: &ev::KeyboardEvent) -> Option<Self> {
        if is_off() {
            return None;
        }
        let pressed = event.key();
        let mut usually = None;
        for (command, name, usual, _) in Self::ALL {
            match habit(&format!("key.{name}")) {
                Some(own) if own == pressed => return Some(command),
                None if usual == pressed => usually = Some(command),
                _ => {}
            }
        }
        usually
    }
}

/// Whether a key press is nobody else's: no dialog or menu is open, and nobody took it. Only in a browser.
#[must_use]
pub fn is_free(event: &ev::KeyboardEvent) -> bool {
    let busy = document().query_selector("dialog[open], [role=menu]").ok().flatten().is_some();
    !busy && !event.default_prevented() && !event.ctrl_key() && !event.meta_key() && !event.alt_key()
}

/// How a key is read: capitals by the keys that make them.
#[must_use]
pub fn spelled(key: &str) -> String {
    if key.chars().any(char::is_uppercase) { format!("Shift {key}") } else { key.to_owned() }
}

/// Whether single keys are turned off.
#[must_use]
pub fn is_off() -> bool {
    habit("keys").is_some()
}

/// The key of a command by the name it is kept under.
#[must_use]
pub fn key_of(name: &str, usual: &str) -> String {
    habit(&format!("key.{name}")).unwrap_or_else(|| usual.to_owned())
}
