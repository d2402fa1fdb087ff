//! Inboxes and the channels they connect.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// The channel grid.
#[server(input = Json)]
pub async fn channels(account: AccountId) -> Result<Vec<ChannelCard>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.channels(&scope).await?)
}

/// Creates an inbox; its maker is its first member.
#[server(input = Json)]
pub async fn create_inbox(account: AccountId, draft: InboxDraft) -> Result<InboxDetail, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.create_inbox(&scope, draft).await?)
}

/// One inbox as administrators configure it.
#[server(input = Json)]
pub async fn inbox(account: AccountId, inbox: InboxId) -> Result<InboxDetail, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.inbox(&scope, inbox).await?)
}

/// Changes an inbox; absent parts stay.
#[server(input = Json)]
pub async fn update_inbox(account: AccountId, inbox: InboxId, change: InboxChange) -> Result<InboxDetail, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.update_inbox(&scope, inbox, change).await?)
}

/// Removes an inbox with its conversations. The name must be given as it is written, against slips.
#[server(input = Json)]
pub async fn delete_inbox(account: AccountId, inbox: InboxId, name: String) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_inbox(&scope, inbox, &name).await?)
}

/// The approved templates of an inbox, as its provider knows them now.
#[server(input = Json)]
pub async fn templates(account: AccountId, inbox: InboxId) -> Result<Vec<TemplateView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.templates(&scope, inbox).await?)
}
