//! Outgoing webhooks: endpoints, their log, tests, and the secrets that sign what programs are told.
//! No logic lives here.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// Every endpoint of an account.
#[server(input = Json)]
pub async fn webhooks(account: AccountId) -> Result<Vec<HookView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.hook_views(&scope).await?)
}

/// Makes a webhook, or changes one, which switches it on again; answers its id.
#[server(input = Json)]
pub async fn save_webhook(account: AccountId, id: Option<i64>, edit: HookEdit) -> Result<i64, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.edit_hook(&scope, id, edit).await?)
}

/// Removes a webhook with its log.
#[server(input = Json)]
pub async fn delete_webhook(account: AccountId, id: i64) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_webhook(&scope, id).await?)
}

/// Switches an endpoint on again.
#[server(input = Json)]
pub async fn resume_webhook(account: AccountId, id: i64) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.resume_hook(&scope, id).await?)
}

/// Sends an endpoint a signed test; answers what came back.
#[server(input = Json)]
pub async fn test_webhook(account: AccountId, id: i64) -> Result<DeliveryDetail, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.test_hook(&scope, id).await?)
}

/// An endpoint's log, newest first, below one of its lines.
#[server(input = Json)]
pub async fn webhook_log(account: AccountId, id: i64, below: Option<i64>) -> Result<Page<DeliveryView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.hook_log(&scope, id, below).await?)
}

/// What one delivery carried, and what came back.
#[server(input = Json)]
pub async fn webhook_delivery(account: AccountId, webhook: i64, id: i64) -> Result<DeliveryDetail, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.hook_delivery(&scope, webhook, id).await?)
}

/// Sends a delivery again, under the id its receiver knows.
#[server(input = Json)]
pub async fn send_webhook_again(account: AccountId, webhook: i64, id: i64) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.redeliver(&scope, webhook, id).await.map(drop)?)
}

/// Gives a webhook, an API inbox's callback or a bot another secret; for a day the one before signs as well.
#[server(input = Json)]
pub async fn rotate_secret(account: AccountId, of: SecretOf) -> Result<SecretView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.rotate_secret(&scope, of).await?)
}
