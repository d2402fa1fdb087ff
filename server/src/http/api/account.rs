//! Everything below an account: who may enter with which token, and which group of routes answers. The account itself stands here too.

use super::super::handover::Line;
use super::super::{App, Caller, events};
use super::call::{Call, Hands, Verb, done, ok};
use super::docs::Asked;
use super::problem::{Answer, Problem};
use super::{contacts, conversations, desk, docs, hooks, inboxes, people, saved};
use axum::extract::Request;
use model::{AccountDraft, AccountId, Language};
use service::{Bearer, Scope};

/// What a bot's token opens; everything else is for people.
fn open_to_bots(verb: Verb, rest: &[&str]) -> bool {
    match (verb, rest) {
        (Verb::Post, ["conversations"]) | (Verb::Get | Verb::Patch, ["conversations", _]) => true,
        (Verb::Post, ["conversations", _, what]) => {
            matches!(*what, "toggle_status" | "toggle_priority" | "custom_attributes" | "assignments" | "messages" | "toggle_typing_status")
        }
        (Verb::Get, ["events"]) => true,
        _ => false,
    }
}

/// Answers a request below `/accounts`.
pub async fn serve(app: &App, caller: Caller, asked: Asked, bearer: Bearer, request: Request, path: &[&str], rest: &[&str]) -> Answer {
    let [account, rest @ ..] = rest else { return Err(Problem::missing()) };
    let account = AccountId(super::call::id(account)?);
    if matches!(bearer, Bearer::Platform(_)) || matches!(bearer, Bearer::Bot(_)) && !open_to_bots(asked.verb, rest) {
        return Err(Problem::not_yours());
    }
    let scope = app.service.bearer_scope(bearer, account).await?;
    if let (Verb::Get, ["events"]) = (asked.verb, rest) {
        let token = super::call::token(request.headers()).ok_or_else(Problem::nobody)?;
        let after = request.uri().query().and_then(|q| q.split('&').find_map(|p| p.strip_prefix("after="))).and_then(|a| a.parse().ok());
        let stream = app.service.follow(&token, account, events::position(request.headers(), after)).await?;
        return Ok(events::answer(stream, Line::of(request.method(), request.version(), request.extensions())));
    }
    let mut call = Call::open(app, caller, asked.verb, bearer, Some(Hands::Scope(&scope)), request).await?;
    asked.given(&call)?;
    if let Some(kept) = call.begin(path).await? {
        return Ok(kept);
    }
    let answer = group(&mut call, &scope, path, rest).await;
    call.end(answer).await
}

async fn group(call: &mut Call, scope: &Scope, path: &[&str], rest: &[&str]) -> Answer {
    let newer = path.get(1) == Some(&"v2");
    match rest {
        _ if newer && rest.first() != Some(&"reports") => Err(docs::later_outside(path).map_or_else(Problem::missing, Problem::later)),
        [] => account(call, scope).await,
        ["conversations", rest @ ..] => conversations::serve(call, scope, rest).await,
        ["messages", id] => conversations::lone_message(call, scope, id).await,
        ["contacts", rest @ ..] => contacts::serve(call, scope, rest).await,
        ["actions", "contact_merge"] => contacts::merge(call, scope).await,
        ["inboxes", rest @ ..] => inboxes::serve(call, scope, rest).await,
        ["inbox_members", rest @ ..] => inboxes::members(call, scope, rest).await,
        ["assignable_agents"] => inboxes::assignable(call, scope).await,
        ["agents", rest @ ..] => people::agents(call, scope, rest).await,
        ["teams", rest @ ..] => people::teams(call, scope, rest).await,
        ["canned_responses", rest @ ..] => saved::canned(call, scope, rest).await,
        ["labels", rest @ ..] => saved::labels(call, scope, rest).await,
        ["macros", rest @ ..] => saved::macros(call, scope, rest).await,
        ["custom_attribute_definitions", rest @ ..] => saved::attributes(call, scope, rest).await,
        ["custom_filters", rest @ ..] => saved::folders(call, scope, rest).await,
        ["webhooks", rest @ ..] => hooks::webhooks(call, scope, rest).await,
        ["agent_bots", rest @ ..] => hooks::bots(call, scope, rest).await,
        ["search", rest @ ..] => desk::search(call, scope, rest).await,
        ["notifications", rest @ ..] => desk::notifications(call, scope, rest).await,
        ["notification_settings"] => desk::settings(call, scope).await,
        ["bulk_actions"] => desk::bulk(call, scope).await,
        ["reports", rest @ ..] => desk::reports(call, scope, rest).await,
        // One client looks for itself here.
        ["profile"] => people::profile(call, &[]).await,
        ["update_active_at"] => done(),
        ["cache_keys"] => ok(serde_json::json!({ "cache_keys": { "label": "0", "inbox": "0", "team": "0" } })),
        ["integrations", "apps"] if call.verb == Verb::Get => ok(serde_json::json!({ "payload": [] })),
        _ => Err(docs::later(rest).map_or_else(Problem::missing, Problem::later)),
    }
}

async fn account(call: &mut Call, scope: &Scope) -> Answer {
    match call.verb {
        Verb::Get => ok(call.app.service.rest_account(scope).await?),
        Verb::Patch => {
            let language = match call.text("locale") {
                Some(tag) => Some(Language::from_tag(&tag).ok_or_else(|| Problem::field("locale", model::Violation::Malformed))?),
                None => None,
            };
            let draft = AccountDraft { name: call.text("name"), language, settings: None };
            call.app.service.update_account(scope, draft).await?;
            ok(call.app.service.rest_account(scope).await?)
        }
        Verb::Post | Verb::Delete => Err(Problem::missing()),
    }
}
