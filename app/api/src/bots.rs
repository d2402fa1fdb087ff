//! Bots: what they are, where they answer, and the rules of those that need no program.
//! No logic lives here.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// The bots an account can use.
#[server(input = Json)]
pub async fn bots(account: AccountId) -> Result<Vec<BotView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.bot_views(&scope).await?)
}

/// Makes a bot, or changes one; answers its id.
#[server(input = Json)]
pub async fn save_bot(account: AccountId, id: Option<i64>, edit: BotEdit) -> Result<i64, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.edit_bot(&scope, id, edit).await?)
}

/// What the bots of an account did in a time, perhaps in one inbox or one bot of them only.
#[server(input = Json)]
pub async fn bot_report(account: AccountId, period: Period, inbox: Option<InboxId>, bot: Option<i64>) -> Result<BotSums, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.bot_report(&scope, period, inbox, bot).await?)
}

/// Removes a bot; what it held stays as it is until the customer writes again.
#[server(input = Json)]
pub async fn delete_bot(account: AccountId, id: i64) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_bot(&scope, id).await?)
}
