//! Starting a conversation, and everything about contacts beyond looking at one.
//! No logic lives here.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// Contacts for the client selector: at most 20, the lately active first.
#[server(input = Json)]
pub async fn find_clients(account: AccountId, search: String) -> Result<Vec<ContactView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.find_clients(&scope, &search).await?)
}

/// Makes a contact, or answers the one that has this e-mail, phone or identifier already.
#[server(input = Json)]
pub async fn create_contact(account: AccountId, draft: ContactDraft) -> Result<MadeContact, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.create_contact(&scope, draft).await?)
}

/// Through which of the caller's inboxes a contact can be written to, and why not through the others.
#[server(input = Json)]
pub async fn reach(account: AccountId, contact: ContactId) -> Result<ReachView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.reach(&scope, contact).await?)
}

/// Begins a conversation with a contact through an inbox; one key begins one.
#[server(input = Json)]
pub async fn start_conversation(account: AccountId, contact: ContactId, inbox: InboxId, key: ClientKey) -> Result<ConversationView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.start_conversation(&scope, contact, inbox, key).await?)
}

/// Contacts whose words contain the search and for whom the filter holds, in an order, 25 a page.
#[server(input = Json)]
pub async fn list_contacts(
    account: AccountId,
    search: String,
    filter: Filter,
    order: ContactOrder,
    after: Option<ContactId>,
) -> Result<Page<ContactView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.contacts(&scope, &search, filter, order, after).await?)
}

/// Blocks a contact, or no longer.
#[server(input = Json)]
pub async fn block_contact(account: AccountId, contact: ContactId, on: bool) -> Result<ContactView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.block_contact(&scope, contact, on).await?)
}

/// The lines kept about a contact, newest first.
#[server(input = Json)]
pub async fn contact_notes(account: AccountId, contact: ContactId) -> Result<Vec<ContactNoteView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.contact_notes(&scope, contact).await?)
}

/// Keeps a line about a contact.
#[server(input = Json)]
pub async fn add_contact_note(account: AccountId, contact: ContactId, text: String) -> Result<ContactNoteView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.add_contact_note(&scope, contact, &text).await?)
}

/// Removes a line about a contact.
#[server(input = Json)]
pub async fn delete_contact_note(account: AccountId, contact: ContactId, note: NoteId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_contact_note(&scope, contact, note).await?)
}

/// What merging one contact into another would leave.
#[server(input = Json)]
pub async fn preview_merge(account: AccountId, from: ContactId, into: ContactId) -> Result<MergePreview, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.preview_merge(&scope, from, into).await?)
}

/// Merges one contact into another; the first is gone.
#[server(input = Json)]
pub async fn merge_contacts(account: AccountId, from: ContactId, into: ContactId) -> Result<ContactView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.merge_contacts(&scope, from, into).await?)
}

/// Erases a contact with all their conversations.
#[server(input = Json)]
pub async fn erase_contact(account: AccountId, contact: ContactId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.erase_contact(&scope, contact).await?)
}

/// All that is kept of one person, as JSON.
#[server(input = Json)]
pub async fn export_contact(account: AccountId, contact: ContactId) -> Result<String, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.export_contact(&scope, contact).await?)
}

/// Contacts as CSV, a page of 500 rows at a time.
#[server(input = Json)]
pub async fn export_contacts(account: AccountId, search: String, filter: Filter, after: Option<ContactId>) -> Result<ExportPage, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.export_contacts(&scope, &search, filter, after).await?)
}

/// Takes contacts from a file, as work one can watch.
#[server(input = Json)]
pub async fn import_contacts(account: AccountId, draft: ImportDraft) -> Result<OperationView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.import_contacts(&scope, draft).await?)
}
