//! Messages: reading on, sending, trying again, drafts.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// More messages of a thread, oldest first.
#[server(input = Json)]
pub async fn messages(account: AccountId, conversation: ConversationId, window: ThreadWindow) -> Result<Stamped<Page<MessageView>>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.messages(&scope, conversation, window).await?)
}

/// Sends a reply the agent may give; one key sends once, however often it is called.
#[server(input = Json)]
pub async fn send_reply(account: AccountId, draft: ReplyDraft) -> Result<MessageView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.send_reply(&scope, draft).await?)
}

/// To whom a reply by mail goes and about what, if its author says nothing.
#[server(input = Json)]
pub async fn reply_head(account: AccountId, conversation: ConversationId, quote: Option<MessageId>) -> Result<MailHead, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.reply_head(&scope, conversation, quote).await?)
}

/// Takes the writer of the mail that a message passes on for the sender; asked twice, it is done once.
#[server(input = Json)]
pub async fn take_original_sender(account: AccountId, message: MessageId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.take_original_sender(&scope, message).await?)
}

/// Mails a conversation's public messages to somebody.
#[server(input = Json)]
pub async fn send_transcript(account: AccountId, conversation: ConversationId, to: String) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.send_transcript(&scope, conversation, &to).await?)
}

/// Sends a failed or unconfirmed message again, because a person decided so.
#[server(input = Json)]
pub async fn retry_message(account: AccountId, message: MessageId) -> Result<MessageView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.retry_message(&scope, message).await?)
}

/// Keeps the caller's unsent text; empty text removes it.
#[server(input = Json)]
pub async fn save_draft(account: AccountId, conversation: ConversationId, mode: DraftMode, text: String) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_draft(&scope, conversation, mode, text).await?)
}

/// Writes to colleagues only; one key adds once.
#[server(input = Json)]
pub async fn add_note(account: AccountId, draft: NoteDraft) -> Result<MessageView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.add_note(&scope, draft).await?)
}

/// Takes a held message back before it leaves; answers it as a draft.
#[server(input = Json)]
pub async fn undo_send(account: AccountId, message: MessageId) -> Result<Withdrawn, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.undo_send(&scope, message).await?)
}

/// Lets a held message go now, or sets another moment for it.
#[server(input = Json)]
pub async fn reschedule(account: AccountId, message: MessageId, at: Option<Timestamp>) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.reschedule(&scope, message, at).await?)
}

/// Takes a message's words and files away for good.
#[server(input = Json)]
pub async fn delete_message(account: AccountId, message: MessageId) -> Result<MessageView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_message(&scope, message).await?)
}

/// A mail's cleaned HTML.
#[server(input = Json)]
pub async fn message_html(account: AccountId, message: MessageId) -> Result<String, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.message_html(&scope, message).await?)
}
