//! Signing up, in and out, and what a person sets about themselves.

use crate::Fault;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::*;

#[cfg(feature = "ssr")]
use crate::caller::{Caller, remember};

/// Who is signed in, if anybody.
#[server(input = Json)]
pub async fn session() -> Result<Option<SessionView>, Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.session(caller.token().as_deref()).await?)
}

/// Whether this server takes new accounts.
#[server(input = Json)]
pub async fn sign_up_open() -> Result<bool, Fault> {
    Ok(Caller::take()?.service.sign_up_open().await?)
}

/// Makes an account with its first administrator, and signs them in.
#[server(input = Json)]
pub async fn sign_up(draft: SignUpDraft) -> Result<SessionView, Fault> {
    let caller = Caller::take()?;
    let (token, view) = caller.service.sign_up(draft, caller.origin()).await?;
    remember(&caller, Some(&token));
    Ok(view)
}

/// Signs in. The answer is the same for unknown people and wrong passwords.
#[server(input = Json)]
pub async fn sign_in(email: String, password: String) -> Result<SessionView, Fault> {
    let caller = Caller::take()?;
    let (token, view) = caller.service.sign_in(&email, &password, caller.origin()).await?;
    remember(&caller, Some(&token));
    Ok(view)
}

/// Ends this browser's session.
#[server(input = Json)]
pub async fn sign_out() -> Result<(), Fault> {
    let caller = Caller::take()?;
    if let Some(token) = caller.token() {
        caller.service.sign_out(&token).await?;
    }
    remember(&caller, None);
    Ok(())
}

/// Ends every session of this person, this one too.
#[server(input = Json)]
pub async fn sign_out_everywhere() -> Result<(), Fault> {
    let caller = Caller::take()?;
    caller.service.sign_out_everywhere(caller.person().await?).await?;
    remember(&caller, None);
    Ok(())
}

/// The help, a page for each part of the panel.
#[server(input = Json)]
pub async fn help(language: Language) -> Result<Vec<HelpPage>, Fault> {
    Ok(service::help(language))
}

/// Whether this server sends mail of its own, so that a forgotten password needs nobody else.
#[server(input = Json)]
pub async fn sends_mail() -> Result<bool, Fault> {
    Ok(Caller::take()?.service.sends_mail())
}

/// Mails a link to set a new password. The answer is the same for known and unknown people.
#[server(input = Json)]
pub async fn forgot_password(email: String) -> Result<(), Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.forgot_password(&email, caller.origin()).await?)
}

/// Sets a new password with the token of a link, and ends every session of the person.
#[server(input = Json)]
pub async fn reset_password(token: String, password: String) -> Result<(), Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.reset_password(&token, &password, caller.origin()).await?)
}

/// Shows an invitation before it is accepted.
#[server(input = Json)]
pub async fn invitation(token: String) -> Result<InvitationView, Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.invitation(&token, caller.origin()).await?)
}

/// Accepts an invitation, and signs in. People who have a password give that one.
#[server(input = Json)]
pub async fn accept_invitation(token: String, name: String, password: String) -> Result<SessionView, Fault> {
    let caller = Caller::take()?;
    let (session, view) = caller.service.accept_invitation(&token, &name, &password, caller.origin()).await?;
    remember(&caller, Some(&session));
    Ok(view)
}

/// Changes what the person set about themselves.
#[server(input = Json)]
pub async fn update_profile(draft: ProfileDraft) -> Result<SessionView, Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.update_profile(caller.person().await?, draft).await?)
}

/// Since when the person has an API token; it was shown when it was made.
#[server(input = Json)]
pub async fn access_token() -> Result<Option<Timestamp>, Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.api_token(caller.person().await?).await?)
}

/// Makes the person's API token, in place of any before; answers it, this once.
#[server(input = Json)]
pub async fn reset_access_token() -> Result<String, Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.reset_api_token(caller.person().await?).await?)
}

/// Changes the password; other sessions end.
#[server(input = Json)]
pub async fn change_password(current: String, new: String) -> Result<(), Fault> {
    let caller = Caller::take()?;
    Ok(caller.service.change_password(caller.person().await?, &current, &new, caller.token().as_deref()).await?)
}

/// Sets the person's availability in one account.
#[server(input = Json)]
pub async fn set_availability(account: AccountId, availability: Availability) -> Result<(), Fault> {
    let (service, scope) = Caller::agent(account).await?;
    Ok(service.set_availability(&scope, availability).await?)
}
