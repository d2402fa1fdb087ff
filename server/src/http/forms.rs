//! Plain form posts, for pages whose script has not arrived yet: signing in, up and out. Refusals go back to the page with their code.

use super::fault::Refusal;
use super::session::{self, Token};
use super::{App, Caller};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header;
use model::{AccountId, Language, MessageId, SignUpDraft};
use serde::Deserialize;

/// What the sign-in page posts.
#[derive(Deserialize)]
pub struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// What the sign-up page posts.
#[derive(Deserialize)]
pub struct SignUp {
    account: String,
    name: String,
    email: String,
    password: String,
}

/// What the page of a forgotten password posts.
#[derive(Deserialize)]
pub struct Forgotten {
    email: String,
}

/// Only our own paths: one leading slash, and nothing a browser could read as another host (FAULTS 53).
fn own_path(next: &str) -> &str {
    let fits = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if fits { next } else { "/" }
}

fn welcome(token: &str, caller: Caller, next: &str) -> Response {
    ([(header::SET_COOKIE, session::write(Some(token), caller.secure))], Redirect::to(own_path(next))).into_response()
}

/// Back to the page, with where the person meant to go.
fn back(page: &str, refusal: &Refusal, next: &str) -> Response {
    let code = serde_json::to_value(refusal.code()).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let next = match own_path(next) {
        "/" => String::new(),
        next => format!("&next={}", super::files::percent(next)),
    };
    Redirect::to(&format!("{page}?failed={code}{next}")).into_response()
}

/// Signs in.
pub async fn sign_in(State(app): State<App>, caller: Caller, Form(form): Form<SignIn>) -> Response {
    match app.service.sign_in(&form.email, &form.password, caller.address).await {
        Ok((token, _)) => welcome(&token, caller, &form.next),
        Err(error) => back("/login", &error.into(), &form.next),
    }
}

/// Signs up, in the language the browser prefers.
pub async fn sign_up(State(app): State<App>, caller: Caller, headers: http::HeaderMap, Form(form): Form<SignUp>) -> Response {
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::negotiate).unwrap_or_default();
    let draft = SignUpDraft { account: form.account, name: form.name, email: form.email, password: form.password, language };
    match app.service.sign_up(draft, caller.address).await {
        Ok((token, _)) => welcome(&token, caller, "/"),
        Err(error) => back("/signup", &error.into(), "/"),
    }
}

/// Mails a link to set a new password; the page says the same whoever asks.
pub async fn forgot(State(app): State<App>, caller: Caller, Form(form): Form<Forgotten>) -> Response {
    match app.service.forgot_password(&form.email, caller.address).await {
        Ok(()) => Redirect::to("/forgot?sent=1").into_response(),
        Err(error) => back("/forgot", &error.into(), "/"),
    }
}

/// What the reply field posts.
#[derive(Deserialize)]
pub struct Reply {
    #[serde(default)]
    text: String,
    /// The newest message on the page it was written on.
    #[serde(default)]
    seen: Option<i64>,
}

/// Replies to a customer. The same words on the same page are one reply, however often they are posted; words that could not be sent
/// stand in the field again.
pub async fn reply(
    State(app): State<App>,
    Path((account, number)): Path<(i64, i64)>,
    Token(token): Token,
    Form(form): Form<Reply>,
) -> Result<Response, Refusal> {
    let scope = app.service.scope(token.as_deref(), AccountId(account)).await?;
    let page = format!("/app/accounts/{account}/conversations/{number}");
    if let Err(error) = app.service.reply_plainly(&scope, number, form.text, form.seen.map(MessageId)).await {
        return Ok(back(&page, &error.into(), "/"));
    }
    Ok(Redirect::to(&page).into_response())
}

/// Signs out.
pub async fn sign_out(State(app): State<App>, caller: Caller, Token(token): Token) -> Result<Response, Refusal> {
    if let Some(token) = token {
        app.service.sign_out(&token).await?;
    }
    Ok(([(header::SET_COOKIE, session::write(None, caller.secure))], Redirect::to("/login")).into_response())
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn next_is_a_path_of_ours() {
        assert_eq!(own_path("/app/accounts/1/conversations/3?tab=mine"), "/app/accounts/1/conversations/3?tab=mine");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\t/evil.example"] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }
}
