//! Outgoing webhooks: endpoints, and what each is to be sent and was. What happened is turned into deliveries in `rest_events`, what is true only
//! now in `now`; `send` sends them, signed by `sign`, and `page` is what administrators see.
//!
//! Order per endpoint holds while it is healthy: fresh deliveries leave one after the other. One that fails steps aside and is tried again
//! by itself, so that a single event no receiver takes holds back nothing.

use crate::bots::address;
use crate::tokens::{key, known_key};
use crate::{Error, Result, Scope, Service, Tenant, secret};
use model::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::webhook::{self, Delivery, Webhook};
use store::{NewJob, Reader, Sql, Tx};

mod now;
mod page;
mod send;
mod sign;

pub use now::Opened;
pub(crate) use sign::{of as secrets_of, standing};

/// The kind of job.
pub(crate) const WEBHOOK: &str = "webhook";
#[derive(Serialize, Deserialize)]
struct Job {
    account: AccountId,
    hook: i64,
    late: bool,
}

/// The job that sends an endpoint what is due, fresh or late.
pub(crate) fn job(account: AccountId, hook: i64, late: bool, at: Timestamp) -> NewJob {
    let name = format!("webhook {account} {hook}{}", if late { " late" } else { "" });
    NewJob {
        lane: name.clone(),
        kind: WEBHOOK,
        key: Some(name),
        body: serde_json::to_string(&Job { account, hook, late }).unwrap_or_default(),
        run_at: at,
    }
}

/// Whether an event is true only for a moment: it is sent once and soon, or not at all, since nobody needs to hear tomorrow who typed today.
pub(crate) fn fleeting(event: &str) -> bool {
    event.starts_with("conversation_typing")
}

/// What an endpoint is to be sent at once; its text is kept for all of them.
pub(crate) fn fresh(hook: i64, event: &str, now: Timestamp) -> Delivery {
    Delivery {
        id: 0,
        webhook_id: hook,
        event: event.to_owned(),
        uuid: uuid::Uuid::new_v4().to_string(),
        conversation_id: None,
        message_id: None,
        body: String::new(),
        state: "fresh".to_owned(),
        attempts: 0,
        next_at: now.0,
        status: None,
        answer: None,
        created_at: now.0,
        done_at: None,
        sent: None,
    }
}

/// What people call an endpoint.
async fn called(c: &impl Sql, hook: &Webhook) -> Result<String> {
    let account = AccountId(hook.account_id);
    let name = match (hook.inbox_id, hook.bot_id) {
        (_, Some(bot)) => store::bot::load(c, bot).await?.map(|b| b.name),
        (Some(inbox), None) if hook.kind == "inbox" => store::inbox::load(c, account, InboxId(inbox)).await?.map(|i| i.name),
        _ => Some(hook.name.clone()),
    };
    Ok(name.filter(|n| !n.is_empty()).unwrap_or_else(|| hook.url.clone()))
}

/// An endpoint as clients see it.
fn value(hook: &Webhook, secret: &str) -> Value {
    json!({
        "id": hook.id, "name": hook.name, "url": hook.url, "account_id": hook.account_id, "inbox_id": hook.inbox_id,
        "webhook_type": if hook.kind == "inbox" { "inbox_type" } else { "account_type" },
        "subscriptions": serde_json::from_str::<Value>(&hook.subscriptions).unwrap_or_else(|_| json!([])), "secret": secret,
        "disabled": hook.disabled, "failing_since": hook.failing_since.map(|at| crate::rest_time::iso(Timestamp(at))),
    })
}

fn logged(d: &Delivery) -> Value {
    json!({
        "id": d.id, "event": d.event, "delivery": d.uuid, "state": d.state, "attempts": d.attempts, "status": d.status, "answer": d.answer, "request": d.body,
        "created_at": crate::rest_time::iso(Timestamp(d.created_at)), "done_at": d.done_at.map(|at| crate::rest_time::iso(Timestamp(at))),
        "next_at": (d.state == "late" || d.state == "fresh").then(|| crate::rest_time::iso(Timestamp(d.next_at))),
    })
}

/// An endpoint as administrators write it; absent parts stay.
#[derive(Clone, Debug, Default)]
pub struct WebhookDraft {
    /// What people call it.
    pub name: Option<String>,
    /// Where.
    pub url: Option<String>,
    /// Which events.
    pub subscriptions: Option<Vec<String>>,
    /// Only of this inbox, or of all.
    pub inbox: Option<Option<InboxId>>,
}

fn written(mut hook: Webhook, draft: WebhookDraft) -> Result<Webhook> {
    if let Some(name) = draft.name {
        hook.name = name.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    }
    if let Some(url) = draft.url {
        hook.url = address("url", &url)?;
    }
    if let Some(list) = draft.subscriptions {
        if list.is_empty() || list.iter().any(|event| !HOOK_EVENTS.contains(&event.as_str())) {
            return Err(Error::field("subscriptions", Violation::Malformed));
        }
        hook.subscriptions = serde_json::to_string(&list).unwrap_or_default();
    }
    if hook.url.is_empty() {
        return Err(Error::field("url", Violation::Required));
    }
    if let Some(inbox) = draft.inbox {
        hook.inbox_id = inbox.map(|i| i.0);
    }
    Ok(hook)
}

/// A blank endpoint of a kind.
pub(crate) fn blank(account: AccountId, kind: &str) -> Webhook {
    Webhook {
        id: 0,
        account_id: account.0,
        inbox_id: None,
        bot_id: None,
        kind: kind.to_owned(),
        name: String::new(),
        url: String::new(),
        subscriptions: "[]".to_owned(),
        nonce: secret::public_key(),
        failing_since: None,
        disabled: None,
    }
}

fn taken(error: store::Error) -> Error {
    if matches!(error, store::Error::Taken(_)) { Error::field("url", Violation::Taken) } else { error.into() }
}

impl Service {
    /// The account's webhooks.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn webhooks(&self, scope: &Scope) -> Result<Vec<Value>> {
        let now = self.now();
        let look = async move |c: &Reader, t: &Tenant| {
            let key = known_key(c).await?;
            let mut all = Vec::new();
            for hook in webhook::all(c, t.account).await?.iter().filter(|h| h.kind == "account") {
                all.push(value(hook, &sign::of_hook(c, &key, hook, now).await?.now));
            }
            Ok(all)
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// Makes a webhook, or changes one, which switches it on again.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn save_webhook(&self, scope: &Scope, id: Option<i64>, draft: WebhookDraft) -> Result<Value> {
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            if let Some(Some(inbox)) = draft.inbox {
                store::inbox::load(tx, t.account, inbox).await?.ok_or_else(Error::missing)?;
            }
            let key = key(tx).await?;
            webhook::begin(tx, t.account, store::journal::head(tx, t.account).await?).await?;
            let hook = match id {
                Some(id) => {
                    let found = webhook::load(tx, t.account, id).await?.filter(|h| h.kind == "account").ok_or_else(Error::missing)?;
                    let changed = Webhook { disabled: None, failing_since: None, ..written(found, draft)? };
                    webhook::update(tx, &changed).await.map_err(taken)?;
                    changed
                }
                None => {
                    if webhook::all(tx, t.account).await?.len() >= 200 {
                        return Err(Error::Fault(FaultCode::TooLarge));
                    }
                    let mut made = Webhook { subscriptions: json!(HOOK_EVENTS[..8]).to_string(), ..blank(t.account, "account") };
                    made = written(made, draft)?;
                    made.id = webhook::insert(tx, &made, now).await.map_err(taken)?;
                    made
                }
            };
            Ok(value(&hook, &sign::of_hook(tx, &key, &hook, now).await?.now))
        };
        self.enter(scope, Permission::ManageInboxes)?.write(save).await
    }

    /// Removes a webhook.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn delete_webhook(&self, scope: &Scope, id: i64) -> Result<()> {
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            webhook::load(tx, t.account, id).await?.filter(|h| h.kind == "account").ok_or_else(Error::missing)?;
            webhook::delete(tx, t.account, id).await?;
            Ok(())
        };
        self.enter(scope, Permission::ManageInboxes)?.write(delete).await
    }

    /// The last hundred deliveries of a webhook, newest first, each with request and answer.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn webhook_deliveries(&self, scope: &Scope, id: i64) -> Result<Vec<Value>> {
        let look = async move |c: &Reader, t: &Tenant| {
            webhook::load(c, t.account, id).await?.ok_or_else(Error::missing)?;
            Ok(webhook::deliveries(c, t.account, id, None, 100).await?.iter().map(logged).collect())
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// Sends a delivery again, under the id its receiver knows.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Conflict` while the endpoint is switched off.
    pub async fn redeliver(&self, scope: &Scope, hook: i64, id: i64) -> Result<Value> {
        let now = self.now();
        let again = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = webhook::delivery(tx, t.account, hook, id).await?.ok_or_else(Error::missing)?;
            if webhook::load(tx, t.account, hook).await?.is_none_or(|h| h.disabled.is_some()) {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            (found.state, found.attempts, found.next_at, found.done_at) = ("fresh".to_owned(), 0, now.0, None);
            webhook::lock(tx, t.account, hook).await?;
            webhook::settle(tx, t.account, &found).await?;
            tx.enqueue(job(t.account, hook, false, now)).await?;
            Ok(logged(&found))
        };
        self.enter(scope, Permission::ManageInboxes)?.write(again).await
    }
}
