//! The REST API the ecosystem speaks: `/api/v1` for people and bots, `/public/api/v1` for apps, `/platform/api/v1` for operators. It words
//! requests and answers as the published document does; what they mean is the services' business, and who may is theirs too.
//!
//! Paths are matched by hand rather than by axum's router: twins with a trailing slash, PUT beside PATCH, and refusals in the callers' own
//! form are then one rule each instead of one per route.

mod account;
mod call;
mod client;
mod contacts;
mod conversations;
mod desk;
mod docs;
mod hooks;
mod inboxes;
mod limit;
mod people;
mod platform;
mod problem;
mod saved;

use super::{App, Caller};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use call::Call;
use http::{HeaderName, HeaderValue};
use limit::Limits;
use problem::{Answer, Problem};
use serde_json::json;
use std::sync::Arc;
use tower_http::cors::{self, CorsLayer};

/// The routes below the three roots, the document's one stray path without a root (and its like, which a client makes of it), and the document
/// itself.
pub fn router() -> Router<App> {
    let limits = Arc::new(Limits::default());
    let enter = {
        move |State(app): State<App>, caller: Caller, request: Request| {
            let limits = limits.clone();
            async move { answer(app, caller, limits, request).await }
        }
    };
    // The path's own handler counts what it reads.
    let door = any(enter).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/api", get(anybody))
        .route("/files/{account}/{file}/signed/{until}/{by}/{name}", get(named))
        .merge(docs::router())
        .route("/api/{*rest}", door.clone())
        .route("/public/api/{*rest}", door.clone().layer(anywhere()))
        .route("/platform/api/{*rest}", door.clone())
        .route("/survey/responses/{uuid}", door.clone())
        .route("/auth/{*rest}", door.clone())
        .route("/accounts/{*rest}", door)
}

/// Apps' own chats call the client API from pages of any origin, as upstream allows. No cookie counts there: who calls is proven by ids and HMAC.
fn anywhere() -> CorsLayer {
    CorsLayer::new().allow_origin(cors::Any).allow_methods(cors::Any).allow_headers(cors::Any).expose_headers(cors::Any)
}

/// The version of the ecosystem's API that is followed here; clients look whether it is new enough for them. Ours stands in the document.
const FOLLOWED: &str = "4.2.0";

/// What clients ask first, without a token, to see whether anybody is there (the n8n node's test of its credential, the mobile app).
async fn anybody(State(app): State<App>) -> Response {
    let now = service::iso(app.service.now());
    let at = now.get(..19).unwrap_or_default().replace('T', " ");
    Json(json!({ "version": FOLLOWED, "timestamp": at, "queue_services": "ok", "data_services": "ok" })).into_response()
}

/// A file's link that ends in its name, as clients expect it, leads to the one without.
async fn named(Path((account, file, until, by, _)): Path<(i64, i64, i64, String, String)>) -> Response {
    if !by.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Problem::missing().into_response();
    }
    Redirect::temporary(&format!("/files/{account}/{file}/signed?until={until}&by={by}")).into_response()
}

async fn answer(app: App, caller: Caller, limits: Arc<Limits>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let decoded: Vec<String> = path.split('/').filter(|s| !s.is_empty()).map(call::decoded).collect();
    let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let who = call::token(request.headers()).map_or_else(|| caller.address.to_string(), |t| t.chars().take(100).collect());
    let allowance = limits.take(&who, app.service.now());
    let mut response = match allowance.wait {
        Some(seconds) => Problem::from(service::Error::TooMany(seconds)).into_response(),
        None => match serve(&app, caller, &limits, request, &segments).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        },
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-ratelimit-limit", i64::from(allowance.most)),
        ("x-ratelimit-remaining", i64::from(allowance.left)),
        ("x-ratelimit-reset", allowance.reset),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    response
}

async fn serve(app: &App, caller: Caller, limits: &Limits, request: Request, path: &[&str]) -> Answer {
    let asked = docs::reachable(path, request.method())?;
    match path {
        ["public", "api", "v1", "inboxes", rest @ ..] => client::serve(app, caller, asked, request, rest).await,
        ["survey", ..] => Err(Problem::later("Satisfaction surveys are")),
        ["platform", "api", "v1", rest @ ..] => {
            let bearer = bearer(app, caller, limits, call::token(request.headers())).await?;
            let mut call = Call::open(app, caller, asked.verb, bearer, None, request).await?;
            asked.given(&call)?;
            let repeat = call.begin(path).await?;
            match repeat {
                Some(kept) => Ok(kept),
                None => {
                    let answer = platform::serve(&mut call, rest).await;
                    call.end(answer).await
                }
            }
        }
        ["accounts", rest @ ..] | ["api", "v1" | "v2", "accounts", rest @ ..] if !rest.is_empty() => {
            let bearer = bearer(app, caller, limits, call::token(request.headers())).await?;
            account::serve(app, caller, asked, bearer, request, path, rest).await
        }
        ["api", "v1", "profile", rest @ ..] => {
            let bearer = bearer(app, caller, limits, call::token(request.headers())).await?;
            let mut call = Call::open(app, caller, asked.verb, bearer, None, request).await?;
            asked.given(&call)?;
            people::profile(&mut call, rest).await
        }
        ["api", "v1", "accounts"] => Err(Problem::later("Making accounts here instead of by the platform API is")),
        _ => Err(docs::later_outside(path).map_or_else(Problem::missing, Problem::later)),
    }
}

/// Who calls, by the token in either spelling of the header. Wrong tokens are counted by the caller's network, so that none is guessed.
async fn bearer(app: &App, caller: Caller, limits: &Limits, token: Option<String>) -> Result<service::Bearer, Problem> {
    let token = token.ok_or_else(Problem::nobody)?;
    let bearer = app.service.bearer(&token).await;
    if matches!(bearer, Err(service::Error::Fault(model::FaultCode::SignedOut)))
        && let Some(wait) = limits.wrong(&caller.address.to_string(), app.service.now())
    {
        return Err(service::Error::TooMany(wait).into());
    }
    Ok(bearer?)
}
