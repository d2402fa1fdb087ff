//! The single-letter shortcuts: what each does, which key calls it for this person.
//! What they do is wired where they act, and the list of them is a panel.

use crate::store::habit;
use kit::i18n::{Text, text};
use leptos::ev;

/// What a single key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// To the next row.
    Next,
    /// To the row before.
    Previous,
    /// Picks the row for many at once.
    Pick,
    /// Writes a reply.
    Reply,
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
    pub const ALL: [(Self, &'static str, &'static str, Text); 15] = [
        (Self::Next, "next", "j", text::KEYS_NEXT),
        (Self::Previous, "previous", "k", text::KEYS_PREVIOUS),
        (Self::Pick, "pick", "x", text::KEYS_PICK),
        (Self::Reply, "reply", "r", text::KEYS_REPLY),
        (Self::Resolve, "resolve", "e", text::KEYS_RESOLVE),
        (Self::Snooze, "snooze", "s", text::KEYS_SNOOZE),
        (Self::Labels, "labels", "l", text::KEYS_LABELS),
        (Self::Macros, "macros", "m", text::KEYS_MACROS),
        (Self::Unread, "unread", "u", text::KEYS_UNREAD),
        (Self::Undo, "undo", "z", text::KEYS_UNDO),
        (Self::Create, "create", "c", text::KEYS_CREATE),
        (Self::Filter, "filter", "f", text::KEYS_FILTER),
        (Self::Find, "find", "/", text::KEYS_FIND),
        (Self::Pane, "pane", "i", text::KEYS_PANE),
        (Self::Help, "help", "?", text::KEYS_HELP),
    ];

    /// What a key press asks for, by the person's own keys; nothing while they are turned off. Only in a browser.
    #[must_use]
    pub fn of(event: &ev::KeyboardEvent) -> Option<Self> {
        if is_off() {
            return None;
        }
        let pressed = event.key();
        Self::ALL.iter().find(|(_, name, usual, _)| key_of(name, usual) == pressed).map(|(command, ..)| *command)
    }
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
