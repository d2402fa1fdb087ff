//! Being told, and finding: notifications with their preferences, and search.
//! No logic lives here.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// The caller's notifications, newest first, 25 a page.
#[server(input = Json)]
pub async fn notifications(account: AccountId, below: Option<NotificationId>) -> Result<Page<NotificationView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.notifications(&scope, below).await?)
}

/// Marks one notification as read, or unread again; without one, all are read.
#[server(input = Json)]
pub async fn mark_notification(account: AccountId, id: Option<NotificationId>, read: bool) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.mark_notification(&scope, id, read).await?)
}

/// What the caller wants to be told, and whether they count as away without an open screen.
#[server(input = Json)]
pub async fn my_preferences(account: AccountId) -> Result<(Preferences, bool), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.preferences(&scope).await?)
}

/// Sets what [`my_preferences`] answers.
#[server(input = Json)]
pub async fn set_preferences(account: AccountId, wanted: Preferences, auto_offline: bool) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.set_preferences(&scope, wanted, auto_offline).await?)
}

/// The key browsers subscribe to our pushes with (`applicationServerKey`), and whether news go to this browser already.
#[server(input = Json)]
pub async fn push_key(endpoint: Option<String>) -> Result<(String, bool), Fault> {
    let caller = Caller::take()?;
    let person = caller.person().await?;
    Ok(caller.service.push_key(person, endpoint).await?)
}

/// From now on news go to this browser too, for as long as this session lives.
#[server(input = Json)]
pub async fn subscribe_push(draft: PushDraft) -> Result<(), Fault> {
    let caller = Caller::take()?;
    let person = caller.person().await?;
    Ok(caller.service.subscribe_push(person, caller.token().as_deref(), draft).await?)
}

/// No more news to this browser.
#[server(input = Json)]
pub async fn unsubscribe_push(endpoint: String) -> Result<(), Fault> {
    let caller = Caller::take()?;
    let person = caller.person().await?;
    Ok(caller.service.unsubscribe_push(person, endpoint).await?)
}

/// What was typed, operators understood, and what it finds; `below` asks on after the last message found.
#[server(input = Json)]
pub async fn search(account: AccountId, text: String, below: Option<MessageId>) -> Result<SearchView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.search(&scope, &text, below).await?)
}
