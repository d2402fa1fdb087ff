//! What an account keeps for its work: labels, teams, canned responses, custom attributes, folders; and its own settings.
//! No logic lives here.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// Makes a label, or changes one.
#[server(input = Json)]
pub async fn save_label(account: AccountId, id: Option<LabelId>, draft: LabelDraft) -> Result<LabelView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_label(&scope, id, draft).await?)
}

/// Removes a label from everything.
#[server(input = Json)]
pub async fn delete_label(account: AccountId, id: LabelId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_label(&scope, id).await?)
}

/// Makes a team, or changes one with its members.
#[server(input = Json)]
pub async fn save_team(account: AccountId, id: Option<TeamId>, draft: TeamDraft) -> Result<TeamView, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_team(&scope, id, draft).await?)
}

/// Removes a team; what it had belongs to no team.
#[server(input = Json)]
pub async fn delete_team(account: AccountId, id: TeamId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_team(&scope, id).await?)
}

/// Canned responses by fitness for what was typed, at most 50.
#[server(input = Json)]
pub async fn canned(account: AccountId, search: String) -> Result<Vec<CannedView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.canned(&scope, &search).await?)
}

/// Keeps a canned response with its files, or changes one.
#[server(input = Json)]
pub async fn save_canned(
    account: AccountId,
    id: Option<CannedId>,
    code: String,
    text: String,
    #[server(default)] files: CannedFiles,
) -> Result<CannedId, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_canned(&scope, id, &code, &text, files).await?)
}

/// Puts the files of a canned response beside what the caller writes, as uploads of their own.
#[server(input = Json)]
pub async fn attach_canned(account: AccountId, id: CannedId) -> Result<Vec<UploadView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.attach_canned(&scope, id).await?)
}

/// Removes a canned response.
#[server(input = Json)]
pub async fn delete_canned(account: AccountId, id: CannedId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_canned(&scope, id).await?)
}

/// The custom attributes' definitions.
#[server(input = Json)]
pub async fn attributes(account: AccountId) -> Result<Vec<AttributeView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.attributes(&scope).await?)
}

/// Defines a custom attribute, or renames one.
#[server(input = Json)]
pub async fn save_attribute(account: AccountId, id: Option<AttributeId>, draft: AttributeDraft) -> Result<AttributeId, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_attribute(&scope, id, draft).await?)
}

/// Removes a definition; values stay.
#[server(input = Json)]
pub async fn delete_attribute(account: AccountId, id: AttributeId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_attribute(&scope, id).await?)
}

/// The folders the caller sees, with how much each finds for them.
#[server(input = Json)]
pub async fn folders(account: AccountId) -> Result<Vec<FolderView>, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.folders(&scope).await?)
}

/// Keeps a folder, or changes one.
#[server(input = Json)]
pub async fn save_folder(account: AccountId, id: Option<FolderId>, draft: FolderDraft) -> Result<FolderId, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.save_folder(&scope, id, draft).await?)
}

/// Removes a folder.
#[server(input = Json)]
pub async fn delete_folder(account: AccountId, id: FolderId) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.delete_folder(&scope, id).await?)
}

/// Changes the account's name, language or settings.
#[server(input = Json)]
pub async fn update_account(account: AccountId, draft: AccountDraft) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.update_account(&scope, draft).await?)
}

/// A link by which a colleague sets a new password, to be handed over.
#[server(input = Json)]
pub async fn reset_link(account: AccountId, user: UserId) -> Result<String, Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.reset_link(&scope, user).await?)
}
