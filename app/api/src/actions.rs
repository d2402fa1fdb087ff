//! What is done to conversations: actions, macros, bulk work, followers, merging and deleting.
//! No logic lives here.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// Does actions to one conversation, all or none.
#[server(input = Json)]
pub async fn act(account: AccountId, conversation: ConversationId, actions: Vec<model::Action>) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.act(&scope, conversation, actions).await?)
}

/// Lets a colleague follow a conversation, or no longer; answers who follows it now.
#[server(input = Json)]
pub async fn set_participant(account: AccountId, conversation: ConversationId, user: UserId, on: bool) -> Result<Vec<UserId>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.set_participant(&scope, conversation, user, on).await?)
}

/// Sets attributes of a conversation as they are defined; an empty value removes one.
#[server(input = Json)]
pub async fn set_attributes(
    account: AccountId,
    conversation: ConversationId,
    values: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.set_attributes(&scope, conversation, values).await?)
}

/// Marks a conversation as unread for the caller from one incoming message on.
#[server(input = Json)]
pub async fn mark_unread(account: AccountId, conversation: ConversationId, from: MessageId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.mark_unread(&scope, conversation, from).await?)
}

/// Tells colleagues that the caller looks at a conversation, or no longer; repeated every half minute.
#[server(input = Json)]
pub async fn viewing(account: AccountId, conversation: ConversationId, on: bool) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.viewing(&scope, conversation, on).await?)
}

/// Deletes a conversation with all that was said in it.
#[server(input = Json)]
pub async fn delete_conversation(account: AccountId, conversation: ConversationId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_conversation(&scope, conversation).await?)
}

/// Merges a conversation into another of the same contact.
#[server(input = Json)]
pub async fn merge_conversations(account: AccountId, from: ConversationId, into: ConversationId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.merge_conversations(&scope, from, into).await?)
}

/// A page of 25 rows of what a filter finds.
#[server(input = Json)]
pub async fn filtered(
    account: AccountId,
    filter: Filter,
    order: ListOrder,
    below: Option<ListCursor>,
) -> Result<Stamped<Page<ListRow>>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.filtered(&scope, filter, order, below).await?)
}

/// How much filters find for the caller, each counted up to a thousand.
#[server(input = Json)]
pub async fn count_filtered(account: AccountId, filters: Vec<Filter>) -> Result<Vec<i64>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.count_filtered(&scope, filters).await?)
}

/// Does actions to many conversations, as work one can watch and take back once.
#[server(input = Json)]
pub async fn bulk(account: AccountId, target: Target, actions: Vec<model::Action>) -> Result<OperationView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.bulk(&scope, target, actions).await?)
}

/// Takes back what bulk work of the caller's changed, where nobody went on since.
#[server(input = Json)]
pub async fn undo_operation(account: AccountId, operation: OperationId) -> Result<OperationView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.undo_operation(&scope, operation).await?)
}

/// How far work of the caller's is.
#[server(input = Json)]
pub async fn operation(account: AccountId, operation: OperationId) -> Result<OperationView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.operation(&scope, operation).await?)
}

/// The macros the caller may run.
#[server(input = Json)]
pub async fn macros(account: AccountId) -> Result<Vec<MacroView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.macros(&scope).await?)
}

/// Keeps a macro, or changes one.
#[server(input = Json)]
pub async fn save_macro(account: AccountId, id: Option<MacroId>, draft: MacroDraft) -> Result<MacroId, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_macro(&scope, id, draft).await?)
}

/// Removes a macro.
#[server(input = Json)]
pub async fn delete_macro(account: AccountId, id: MacroId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_macro(&scope, id).await?)
}

/// Runs a macro on a conversation, all of it or nothing; one key runs once.
#[server(input = Json)]
pub async fn run_macro(account: AccountId, id: MacroId, conversation: ConversationId, key: ClientKey) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.run_macro(&scope, id, conversation, key).await?)
}
