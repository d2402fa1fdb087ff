//! Colleagues and contacts.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// Everybody in the account.
#[server(input = Json)]
pub async fn agents(account: AccountId) -> Result<Vec<AgentView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.agents(&scope).await?)
}

/// Invites somebody; the answer carries a link to hand over where no system mail is configured.
#[server(input = Json)]
pub async fn invite_agent(account: AccountId, name: String, email: String, role: Role) -> Result<InvitedView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.invite_agent(&scope, &name, &email, role).await?)
}

/// Changes a colleague's role.
#[server(input = Json)]
pub async fn set_role(account: AccountId, user: UserId, role: Role) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.set_role(&scope, user, role).await?)
}

/// Takes a colleague out of the account; their conversations become unassigned.
#[server(input = Json)]
pub async fn remove_agent(account: AccountId, user: UserId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.remove_agent(&scope, user).await?)
}

/// The contacts whose name, e-mail, phone or identifier contains the text, by name; pages follow the last row's id.
#[server(input = Json)]
pub async fn contacts(account: AccountId, search: String, after: Option<ContactId>) -> Result<Page<ContactView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.contacts(&scope, &search, Filter::everything(), ContactOrder::Newest, after).await?)
}

/// One contact with the conversations the viewer may see, newest first.
#[server(input = Json)]
pub async fn contact(account: AccountId, contact: ContactId) -> Result<(ContactView, Vec<ListRow>), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.contact(&scope, contact).await?)
}

/// Changes a contact's details.
#[server(input = Json)]
pub async fn update_contact(account: AccountId, contact: ContactId, draft: ContactDraft) -> Result<ContactView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.update_contact(&scope, contact, draft).await?)
}
