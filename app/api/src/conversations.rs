//! The desk, the list, and what is done to a conversation.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// What the agent's screen starts from.
#[server(input = Json)]
pub async fn desk(account: AccountId) -> Result<Stamped<DeskView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.desk(&scope).await?)
}

/// A page of 25 rows, newest message first, strictly below the cursor.
#[server(input = Json)]
pub async fn conversations(account: AccountId, filter: ListFilter, below: Option<ListCursor>) -> Result<Stamped<Page<ListRow>>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.conversations(&scope, filter, below).await?)
}

/// Opens a thread by the number people see: its row, contact, drafts and a window of at most 50 messages.
#[server(input = Json)]
pub async fn thread(account: AccountId, number: i64, window: ThreadWindow) -> Result<Stamped<ThreadView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.thread(&scope, number, window).await?)
}

/// Gives a conversation to somebody, or to nobody.
#[server(input = Json)]
pub async fn assign(account: AccountId, conversation: ConversationId, to: Option<UserId>) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.assign(&scope, conversation, to).await?)
}

/// Resolves, reopens or snoozes a conversation.
#[server(input = Json)]
pub async fn set_status(account: AccountId, conversation: ConversationId, status: Status) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.set_status(&scope, conversation, status).await?)
}

/// Marks the first `seen` incoming messages as read by the caller, and tells the customer's channel. A mark only rises, unless `unread`.
#[server(input = Json)]
pub async fn mark_read(account: AccountId, conversation: ConversationId, seen: i64, unread: bool) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.mark_read(&scope, conversation, seen, unread).await?)
}

/// Tells that the caller types, or stopped: the customer and colleagues of a reply, only webhooks of a note.
#[server(input = Json)]
pub async fn typing(account: AccountId, conversation: ConversationId, on: bool, #[server(default)] note: bool) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.typing(&scope, conversation, on, note).await?)
}
