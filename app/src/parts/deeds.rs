//! What is done to the open conversation from more than one place.

use crate::routes::Place;
use crate::store::{Store, ask};
use kit::i18n::{Locale, fault_text, text};
use kit::{Toasts, browser, spawn};
use leptos::prelude::*;
use model::{ConversationId, Status, StatusKind};

/// Resolves it, or opens it again.
pub fn turn(store: Store, id: ConversationId) {
    let Some(row) = store.row(id) else { return };
    let resolved = row.with_untracked(|row| row.conversation.status.kind() == StatusKind::Resolved);
    store.set_status(id, if resolved { Status::Open } else { Status::Resolved });
}

/// Blocks its customer, or lets them write again; says what came of it.
pub fn block(store: Store, locale: Locale, toasts: Toasts, id: ConversationId, on: bool) {
    let Some(person) = store.thread(id).map(|thread| thread.contact) else { return };
    let Some(contact) = person.with_untracked(|person| person.as_ref().map(|person| person.id)) else { return };
    spawn(async move {
        match ask(api::BlockContact { account: store.account, contact, on }).await {
            Ok(now) => {
                person.set(Some(now));
                toasts.say(locale.say(if on { text::CONTACTS_NOW_BLOCKED } else { text::CONTACTS_NOW_UNBLOCKED }));
            }
            Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
        }
    });
}

/// Copies its address, and says so.
pub fn copy_link(store: Store, locale: Locale, toasts: Toasts, id: ConversationId) {
    let origin = window().location().origin().unwrap_or_default();
    let number = store.row(id).map(|row| row.with_untracked(|row| row.conversation.number));
    let place = Place::Conversations { inbox: None, number };
    if browser::copy(&format!("{origin}{}", place.href(store.account))) {
        toasts.say(locale.say(text::COMMON_COPIED));
    }
}
