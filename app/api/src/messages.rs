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
