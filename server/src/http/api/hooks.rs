//! Webhooks with their delivery log, and agent bots.

use super::call::{Call, Verb, done, id, list, number, object, ok, text};
use super::problem::{Answer, Problem};
use model::{InboxId, SecretOf};
use serde_json::{Value, json};
use service::{BotDraft, Scope, WebhookDraft};

/// Answers a request below `/webhooks`.
pub async fn webhooks(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let given = call.inner("webhook");
    let draft = || WebhookDraft {
        name: text(&given, "name"),
        url: text(&given, "url"),
        subscriptions: list(&given, "subscriptions"),
        inbox: given.get("inbox_id").map(|id| number(id).map(InboxId)),
    };
    match (call.verb, rest) {
        (Get, []) => ok(json!({ "payload": { "webhooks": service.webhooks(scope).await? } })),
        (Post, []) => ok(json!({ "payload": { "webhook": service.save_webhook(scope, None, draft()).await? } })),
        (Patch, [hook]) => ok(json!({ "payload": { "webhook": service.save_webhook(scope, Some(id(hook)?), draft()).await? } })),
        (Delete, [hook]) => {
            service.delete_webhook(scope, id(hook)?).await?;
            done()
        }
        (Get, [hook]) => one(call, scope, id(hook)?).await,
        (Post, [hook, "reset_secret"]) => {
            let hook = id(hook)?;
            service.rotate_secret(scope, SecretOf::Webhook(hook)).await?;
            one(call, scope, hook).await
        }
        (Get, [hook, "deliveries"]) => ok(json!({ "payload": service.webhook_deliveries(scope, id(hook)?).await? })),
        (Post, [hook, "deliveries", delivery, "redeliver"]) => ok(service.redeliver(scope, id(hook)?, id(delivery)?).await?),
        _ => Err(Problem::missing()),
    }
}

async fn one(call: &Call, scope: &Scope, hook: i64) -> Answer {
    let found = call.app.service.webhooks(scope).await?.into_iter().find(|h| h["id"] == hook);
    ok(json!({ "payload": { "webhook": found.ok_or_else(Problem::missing)? } }))
}

/// A bot as the client wrote it.
pub fn bot(call: &Call) -> BotDraft {
    let given = call.inner("agent_bot");
    BotDraft {
        name: text(&given, "name"),
        description: text(&given, "description"),
        url: text(&given, "outgoing_url"),
        config: object(&given, "bot_config").map(Value::Object),
    }
}

/// Answers a request below `/agent_bots`.
pub async fn bots(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    match (call.verb, rest) {
        (Get, []) => ok(service.bots(scope, None).await?.into()),
        (Post, []) => ok(service.save_bot(scope, None, bot(call), false).await?),
        (Get, [one]) => ok(service.bots(scope, Some(id(one)?)).await?.pop().ok_or_else(Problem::missing)?),
        (Post, [one, "reset_secret"]) => {
            let bot = id(one)?;
            service.rotate_secret(scope, SecretOf::Bot(bot)).await?;
            ok(service.bots(scope, Some(bot)).await?.pop().ok_or_else(Problem::missing)?)
        }
        (Patch, [one]) => ok(service.save_bot(scope, Some(id(one)?), bot(call), false).await?),
        (Post, [one, "reset_access_token"]) => ok(service.save_bot(scope, Some(id(one)?), BotDraft::default(), true).await?),
        (Delete, [one]) => {
            service.delete_bot(scope, id(one)?).await?;
            done()
        }
        (Delete, [one, "avatar"]) => {
            service.bots(scope, Some(id(one)?)).await?.pop().ok_or_else(Problem::missing)?;
            done()
        }
        _ => Err(Problem::missing()),
    }
}
