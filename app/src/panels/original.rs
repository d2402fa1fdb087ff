//! Taking whoever wrote a forwarded mail for the sender: who it is, asked once. It is offered on the mail's bubble and nowhere else.

use super::sheet::{Close, Sheet};
use crate::pages::Trip;
use crate::store::{BubbleKey, Store, ask};
use kit::Draw;
use kit::act;
use kit::i18n::{said, t, text};
use kit::{Failure, Icon, Submit};
use leptos::ev;
use leptos::prelude::*;
use model::{ConversationId, Detail, MessageId};

/// The dialog.
#[component]
pub fn Original(
    /// The conversation.
    conversation: ConversationId,
    /// The mail that passes another on.
    message: MessageId,
) -> impl IntoView {
    view! { <Sheet title=text::MAIL_TAKE><Form conversation=conversation message=message/></Sheet> }.any()
}

#[component]
fn Form(conversation: ConversationId, message: MessageId) -> impl IntoView {
    let store = Store::current();
    let Close(open) = expect_context();
    let bubble = store.thread(conversation).and_then(|thread| thread.bubble(BubbleKey::Message(message)));
    let detail = bubble.and_then(|bubble| bubble.with_untracked(|bubble| bubble.message.detail.clone()));
    let who = if let Some(Detail::Mail(head)) = detail { head.forwarded } else { None };
    let trip = Trip::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        trip.send(ask(api::TakeOriginalSender { account: store.account, message }), move |()| open.set(false));
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Failure message=trip.message()/>
            <p class="connection">{Icon::USER_ROUND.view()} <b>{who}</b></p>
            <p class="card__line">{t(text::MAIL_TAKE_LINE)}</p>
            <div class="form__end">
                <button type="button" class="button" on:click=act(move |_| open.set(false))>{t(text::COMMON_CANCEL)}</button>
                <Submit label=said(text::MAIL_TAKE) busy=trip.busy/>
            </div>
        </form>
    }
    .any()
}
