//! The way back from a provider's login page. It believes only the state that the same session set out with; what it opens is the service's
//! business.

use super::App;
use super::session::Token;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};
use serde::Deserialize;
use service::Landing;

/// What a provider sends along (RFC 6749, section 4.1.2).
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `/connect/{kind}`.
pub async fn back(State(app): State<App>, Path(kind): Path<String>, Token(token): Token, Query(answer): Query<Answer>) -> Response {
    // Without the account's number there is no page of ours to go back to but the first.
    let account = answer.state.split_once('.').and_then(|(account, _)| account.parse::<i64>().ok());
    let known = kind.chars().all(|c| c.is_ascii_alphanumeric());
    let shown = service::login_page(&kind);
    let page = |outcome: &str| match account.filter(|_| known) {
        Some(account) => format!("/app/accounts/{account}/settings/inboxes/new/{shown}?login={outcome}"),
        None => "/".to_owned(),
    };
    let place = if !answer.error.is_empty() || answer.code.is_empty() {
        page("denied")
    } else {
        match app.service.end_login(token.as_deref().unwrap_or_default(), &kind, &answer.state, &answer.code).await {
            Ok(Landing::Choose(..)) => page("choose"),
            Ok(Landing::Inbox(account, inbox)) => format!("/app/accounts/{account}/settings/inboxes/{inbox}"),
            Err(error) => {
                tracing::info!(%error, kind, "a login came to nothing");
                page("failed")
            }
        }
    };
    // The address of this page carries a code: nobody who follows it may see where one came from.
    ([(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))], Redirect::to(&place)).into_response()
}
