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

/// Begins logging in at a provider, for a new inbox or one to connect again; answers the address to go to.
#[server(input = Json)]
pub async fn begin_login(account: AccountId, kind: ChannelKind, inbox: Option<InboxId>) -> Result<String, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    let session = Caller::take()?.token().unwrap_or_default();
    Ok(service.begin_login(&scope, &session, &kind.0, inbox).await?)
}

/// What the name servers say of the domain an inbox sends mail from.
#[server(input = Json)]
pub async fn sending_domain(account: AccountId, inbox: InboxId) -> Result<Vec<RecordView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.sending_domain(&scope, inbox).await?)
}

/// Sends a mail to an inbox's own address, to see whether it comes in.
#[server(input = Json)]
pub async fn try_mail(account: AccountId, inbox: InboxId) -> Result<MailTrial, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.try_mail(&scope, inbox).await?)
}

/// What has come of such a mail by now.
#[server(input = Json)]
pub async fn watch_mail_trial(account: AccountId, inbox: InboxId, mark: String) -> Result<TrialState, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.mail_trial(&scope, inbox, mark).await?)
}

/// What the caller's login at a provider opened.
#[server(input = Json)]
pub async fn login_accounts(account: AccountId) -> Result<LoginView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    let session = Caller::take()?.token().unwrap_or_default();
    Ok(service.login_accounts(&scope, &session).await?)
}

/// Makes an inbox of one of the accounts that the caller's login opened.
#[server(input = Json)]
pub async fn choose_account(account: AccountId, choice: usize) -> Result<InboxDetail, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    let session = Caller::take()?.token().unwrap_or_default();
    Ok(service.choose_account(&scope, &session, choice).await?)
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
