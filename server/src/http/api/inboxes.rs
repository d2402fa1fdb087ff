//! Inboxes and who is in them; which bot answers there.

use super::call::{Call, Verb, done, id, ok};
use super::problem::{Answer, Problem};
use axum::response::IntoResponse;
use http::StatusCode;
use model::{InboxId, Permission, SecretOf, UserId, Violation};
use serde_json::{Value, json};
use service::Scope;

/// Answers a request below `/inboxes`.
pub async fn serve(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    match (call.verb, rest) {
        (Get, []) => ok(json!({ "payload": service.rest_inboxes(scope, None).await? })),
        (Post, []) => {
            let made = service.rest_create_inbox(scope, &call.inner("inbox")).await?;
            one(call, scope, made).await
        }
        (_, [inbox, rest @ ..]) => {
            let inbox = InboxId(id(inbox)?);
            match (call.verb, rest) {
                (Get, []) => one(call, scope, inbox).await,
                (Patch, []) => {
                    service.rest_update_inbox(scope, inbox, &call.inner("inbox")).await?;
                    one(call, scope, inbox).await
                }
                (Delete, []) => {
                    let name = service.inbox(scope, inbox).await?.inbox.name;
                    service.delete_inbox(scope, inbox, &name).await?;
                    ok(json!({ "message": "Your inbox was deleted." }))
                }
                (Get, ["agent_bot"]) => match service.bot_of_inbox(scope, inbox).await? {
                    Some(bot) => ok(json!({ "agent_bot": bot })),
                    None => Ok(StatusCode::NO_CONTENT.into_response()),
                },
                (Post, ["set_agent_bot"]) => {
                    let bot = call.number("agent_bot").filter(|id| *id > 0);
                    service.attach_bot(scope, inbox, bot).await?;
                    Ok(StatusCode::NO_CONTENT.into_response())
                }
                (Post, ["rotate_hmac_token"]) => {
                    service.rotate_identity_key(scope, inbox).await?;
                    one(call, scope, inbox).await
                }
                (Post, ["reset_secret"]) => {
                    service.rotate_secret(scope, SecretOf::Inbox(inbox)).await?;
                    one(call, scope, inbox).await
                }
                (Get, ["assignable_agents"]) => ok(json!({ "payload": service.rest_members(scope, inbox).await? })),
                (Get, ["campaigns"]) => Err(Problem::later("Campaigns are")),
                (Delete, ["avatar"]) => {
                    service.inbox(scope, inbox).await?;
                    done()
                }
                _ => Err(Problem::missing()),
            }
        }
        _ => Err(Problem::missing()),
    }
}

async fn one(call: &Call, scope: &Scope, inbox: InboxId) -> Answer {
    ok(call.app.service.rest_inboxes(scope, Some(inbox)).await?.pop().ok_or_else(Problem::missing)?)
}

/// Answers a request below `/inbox_members`.
pub async fn members(call: &Call, scope: &Scope, rest: &[&str]) -> Answer {
    let service = &call.app.service;
    if let (Verb::Get, [inbox]) = (call.verb, rest) {
        return ok(json!({ "payload": service.rest_members(scope, InboxId(id(inbox)?)).await? }));
    }
    // Some clients name the inbox in the path, too, when they take people off it.
    if !(rest.is_empty() || (call.verb == Verb::Delete && rest.len() == 1)) || call.verb == Verb::Get {
        return Err(Problem::missing());
    }
    let place = rest.first().map(|named| id(named)).transpose()?;
    let said = call.number("inbox_id");
    if place.is_some() && said.is_some() && place != said {
        return Err(Problem::missing());
    }
    let inbox = InboxId(place.or(said).ok_or_else(|| Problem::field("inbox_id", Violation::Required))?);
    let named = call.numbers("user_ids").ok_or_else(|| Problem::field("user_ids", Violation::Required))?;
    let users: Vec<_> = named.into_iter().map(UserId).collect();
    let verb = call.verb;
    let change = move |now: &mut Vec<UserId>| match verb {
        Verb::Delete => now.retain(|u| !users.contains(u)),
        Verb::Patch => *now = users,
        Verb::Get | Verb::Post => now.extend(users),
    };
    let payload = service.rest_set_members(scope, inbox, change).await?;
    if verb == Verb::Delete { done() } else { ok(json!({ "payload": payload })) }
}

/// `assignable_agents`: whom conversations of all these inboxes can be given to. Administrators can always be.
pub async fn assignable(call: &Call, scope: &Scope) -> Answer {
    let service = &call.app.service;
    let inboxes = call.numbers("inbox_ids").unwrap_or_default();
    let mut common: Option<Vec<i64>> = None;
    for inbox in inboxes.into_iter().take(100) {
        let members = service.rest_members(scope, InboxId(inbox)).await?;
        let ids: Vec<_> = members.iter().filter_map(|m| m["id"].as_i64()).collect();
        common = Some(match common {
            None => ids,
            Some(before) => before.into_iter().filter(|id| ids.contains(id)).collect(),
        });
    }
    let common = common.unwrap_or_default();
    let payload: Vec<Value> =
        service.rest_agents(scope, move |a| a.confirmed && (common.contains(&a.id.0) || a.role.may(Permission::ManageAgents))).await?;
    ok(json!({ "payload": payload }))
}
