//! Whether a message is to be deleted for good: whose it is and how it begins, asked once.
//! What is left in its place is the bubble's business.

use super::sheet::{Close, Sheet};
use crate::pages::Trip;
use crate::parts::person_name;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, said, t, text};
use kit::{Failure, Submit};
use kit::{act, live};
use leptos::ev;
use leptos::prelude::*;
use model::{ContactBrief, ConversationId, MessageId};

/// Most letters of a message that say which one it is.
const BEGINNING: usize = 60;

/// The question.
#[component]
pub fn Erase(
    /// The conversation.
    conversation: ConversationId,
    /// The message.
    message: MessageId,
) -> impl IntoView {
    view! { <Sheet title=text::BUBBLE_DELETE><Sure conversation=conversation message=message/></Sheet> }.any()
}

#[component]
fn Sure(conversation: ConversationId, message: MessageId) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let Close(open) = expect_context();
    let thread = store.thread(conversation);
    let Some(bubble) = thread.and_then(|thread| thread.key_of(message).and_then(|key| thread.bubble(key))) else { return ().any() };
    let Some(contact) = store.row(conversation).map(|row| row.with_untracked(|row| row.conversation.contact.clone())) else {
        return ().any();
    };
    let sentence = move || bubble.with_untracked(|bubble| sentence(store, locale, &bubble.message, &contact));
    let trip = Trip::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::DeleteMessage { account: store.account, message }), move |_| {
            open.set(false);
            // The button that asked is gone with the message.
            kit::browser::focus_soon("#reply");
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p>{live(sentence)}</p>
            <div class="form__end" data-danger="true">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                <Submit label=said(text::BUBBLE_DELETE) busy=trip.busy/>
            </div>
        </form>
    }
    .any()
}

fn sentence(store: Store, locale: Locale, message: &model::MessageView, contact: &ContactBrief) -> String {
    let name = message.bot.clone().unwrap_or_else(|| person_name(store, locale.language(), &message.author, contact));
    let whole = message.text.trim();
    let mut words: String = whole.chars().take(BEGINNING).collect();
    if words.len() < whole.len() {
        words.push('…');
    }
    if words.is_empty() {
        words = message.files.first().map_or_else(|| locale.say(text::BUBBLE_FILE).to_owned(), |file| file.name.clone());
    }
    locale.say_with(text::BUBBLE_DELETE_SURE, &[("words", &words), ("name", &name)])
}
