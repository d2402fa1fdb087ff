//! Outgoing webhooks: endpoints, signed deliveries that are tried for three days, and their log. What happened is turned into deliveries in
//! `rest_events`.
//!
//! Order per endpoint holds while it is healthy: fresh deliveries leave one after the other. One that fails steps aside and is tried again
//! by itself, so that a single event no receiver takes holds back nothing.

use crate::bots::address;
use crate::tokens::{derived, key, known_key};
use crate::{Error, Result, Scope, Service, Tenant, secret};
use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, Mac};
use model::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;
use store::webhook::{self, Delivery, Webhook};
use store::{Lease, NewJob, Reader, Tx, conversation, message};

/// The kind of job.
pub(crate) const WEBHOOK: &str = "webhook";
/// Events an account's webhook can hear.
pub const EVENTS: [&str; 12] = [
    "conversation_created",
    "conversation_status_changed",
    "conversation_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
    "contact_created",
    "contact_updated",
    "inbox_created",
    "inbox_updated",
    "conversation_typing_on",
    "conversation_typing_off",
];
/// When a delivery is tried again, in seconds after each failure (Standard Webhooks 1.0, its example): some three days in all.
const AGAIN: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// A bot is waited for less: people wait behind it.
const AGAIN_BOT: [i64; 2] = [2, 5];
/// How long an endpoint may take.
const PATIENCE: Duration = Duration::from_secs(15);
const PATIENCE_BOT: Duration = Duration::from_secs(5);
/// An endpoint that took nothing for so long is switched off, in milliseconds.
const DEAD: i64 = 5 * 86_400_000;
/// A message of an API inbox shows as failed when its callback did for so long, in milliseconds.
const SHOWN_FAILED: i64 = 600_000;
/// Deliveries written down in one write, and so many writes of one lease.
const AT_ONCE: i64 = 20;
const TURNS: usize = 10;
/// How long deliveries may go on before they are written down: a lease and an endpoint's patience must hold them.
const LONGEST: Duration = Duration::from_secs(10);
/// Most of an answer that is kept.
const KEPT: usize = 2048;

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

/// Queues the late deliveries of an endpoint for a moment, or moves them up to it.
async fn later(tx: &mut Tx, account: AccountId, hook: i64, at: Timestamp) -> Result<()> {
    let job = job(account, hook, true, at);
    let key = job.key.clone().unwrap_or_default();
    tx.enqueue(job).await?;
    Ok(webhook::hasten(tx, &key, at).await?)
}

/// The secret that signs an endpoint's deliveries. A bot has one for all places it answers in and an inbox one for its callback, known before
/// there is an endpoint; neither changes with the token or the identity key, which prove other things.
pub(crate) fn secret_of(key: &str, hook: &Webhook) -> String {
    match (hook.kind.as_str(), hook.inbox_id, hook.bot_id) {
        ("bot", _, Some(bot)) => bot_secret(key, bot),
        ("inbox", Some(inbox), _) => inbox_secret(key, InboxId(inbox)),
        _ => secret_from(&derived(key, "webhook", hook.id, &hook.nonce)),
    }
}

/// The secret that signs what a bot is told.
pub(crate) fn bot_secret(key: &str, bot: i64) -> String {
    secret_from(&derived(key, "bot webhook", bot, ""))
}

/// The secret that signs an API inbox's callback.
pub(crate) fn inbox_secret(key: &str, inbox: InboxId) -> String {
    secret_from(&derived(key, "inbox webhook", inbox.0, ""))
}

/// `whsec_` and 32 bytes in base64 (Standard Webhooks 1.0).
fn secret_from(hex: &str) -> String {
    format!("whsec_{}", BASE64.encode(&HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap_or_default()))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The ecosystem's signature: hexadecimal HMAC-SHA256 over `timestamp.body` with the secret as it is shown.
fn signature(secret: &str, seconds: i64, body: &str) -> String {
    format!("sha256={}", data_encoding::HEXLOWER.encode(&mac(secret.as_bytes(), &format!("{seconds}.{body}"))))
}

/// Standard Webhooks 1.0: base64 HMAC-SHA256 over `id.timestamp.body` with the decoded secret.
fn standard(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    let key = BASE64.decode(secret.trim_start_matches("whsec_").as_bytes()).unwrap_or_default();
    format!("v1,{}", BASE64.encode(&mac(&key, &format!("{id}.{seconds}.{body}"))))
}

/// An endpoint as clients see it.
fn value(hook: &Webhook, key: &str) -> Value {
    json!({
        "id": hook.id, "name": hook.name, "url": hook.url, "account_id": hook.account_id, "inbox_id": hook.inbox_id,
        "webhook_type": if hook.kind == "inbox" { "inbox_type" } else { "account_type" },
        "subscriptions": serde_json::from_str::<Value>(&hook.subscriptions).unwrap_or_else(|_| json!([])), "secret": secret_of(key, hook),
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
    /// Only of this inbox.
    pub inbox: Option<InboxId>,
}

fn written(mut hook: Webhook, draft: WebhookDraft) -> Result<Webhook> {
    if let Some(name) = draft.name {
        hook.name = name.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    }
    if let Some(url) = draft.url {
        hook.url = address("url", &url)?;
    }
    if let Some(list) = draft.subscriptions {
        if list.is_empty() || list.iter().any(|event| !EVENTS.contains(&event.as_str())) {
            return Err(Error::field("subscriptions", Violation::Malformed));
        }
        hook.subscriptions = serde_json::to_string(&list).unwrap_or_default();
    }
    if hook.url.is_empty() {
        return Err(Error::field("url", Violation::Required));
    }
    hook.inbox_id = draft.inbox.map(|i| i.0).or(hook.inbox_id);
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
        let look = async move |c: &Reader, t: &Tenant| {
            let key = known_key(c).await?;
            Ok(webhook::all(c, t.account).await?.iter().filter(|h| h.kind == "account").map(|h| value(h, &key)).collect())
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
            if let Some(inbox) = draft.inbox {
                store::inbox::load(tx, t.account, inbox).await?.ok_or_else(Error::missing)?;
            }
            let key = key(tx).await?;
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
                    let mut made = Webhook { subscriptions: json!(EVENTS[..8]).to_string(), ..blank(t.account, "account") };
                    made = written(made, draft)?;
                    made.id = webhook::insert(tx, &made, now).await.map_err(taken)?;
                    // What happened before nobody asked for.
                    let head = store::journal::head(tx, t.account).await?;
                    webhook::move_on(tx, t.account, None, head).await?;
                    made
                }
            };
            Ok(value(&hook, &key))
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
            Ok(webhook::deliveries(c, t.account, id, 100).await?.iter().map(logged).collect())
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// Sends a delivery again, under the id its receiver knows.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn redeliver(&self, scope: &Scope, hook: i64, id: i64) -> Result<Value> {
        let now = self.now();
        let again = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = webhook::delivery(tx, t.account, hook, id).await?.ok_or_else(Error::missing)?;
            (found.state, found.attempts, found.next_at, found.done_at) = ("fresh".to_owned(), 0, now.0, None);
            webhook::lock(tx, t.account, hook).await?;
            webhook::settle(tx, t.account, &found).await?;
            tx.enqueue(job(t.account, hook, false, now)).await?;
            Ok(logged(&found))
        };
        self.enter(scope, Permission::ManageInboxes)?.write(again).await
    }

    /// Does one job: sends an endpoint what is due, in order, and writes down what came of it some at a time. A crash in between repeats those
    /// few, under the ids their receiver knows.
    pub(crate) async fn send_webhooks(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Job>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let tenant = self.own(job.account);
        let state = if job.late { "late" } else { "fresh" };
        for _ in 0..TURNS {
            let now = self.now();
            let look = async move |c: &Reader, t: &Tenant| {
                let hook = webhook::load(c, t.account, job.hook).await?.filter(|h| h.disabled.is_none());
                let Some(hook) = hook else { return Ok(None) };
                let due = webhook::due(c, t.account, job.hook, state, now, AT_ONCE).await?;
                Ok(Some((secret_of(&known_key(c).await?, &hook), hook, due)))
            };
            let found = tenant.read(look).await?.filter(|(_, _, due)| !due.is_empty());
            let Some((secret, hook, due)) = found else { return self.rest_webhooks(&tenant, lease, job.hook, job.late).await };
            let begun = tokio::time::Instant::now();
            let mut outcomes = Vec::with_capacity(due.len());
            for delivery in due {
                let outcome = self.attempt(&hook, delivery, &secret).await;
                let over = outcome.gone || begun.elapsed() > LONGEST;
                outcomes.push(outcome);
                if over {
                    break;
                }
            }
            self.write_down(&tenant, &lease, hook, outcomes).await?;
        }
        // Others' turn; this one goes on at once.
        let now = self.now();
        tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.retry(&lease, now, "its turn is over").await?)).await
    }

    /// Ends the job when nothing is left, or lets it wait for what is due later; under the endpoint's lock, so that nothing is missed.
    async fn rest_webhooks(&self, tenant: &Tenant, lease: Lease, hook: i64, late: bool) -> Result<()> {
        let state = if late { "late" } else { "fresh" };
        let rest = async move |tx: &mut Tx, t: &Tenant| {
            webhook::lock(tx, t.account, hook).await?;
            let on = webhook::load(tx, t.account, hook).await?.is_some_and(|h| h.disabled.is_none());
            match webhook::next_due(tx, t.account, hook, state).await? {
                Some(at) if on => tx.retry(&lease, at, "the next one is due then").await?,
                _ => tx.complete(&lease).await?,
            }
            Ok(())
        };
        tenant.write(rest).await
    }

    /// Sends one delivery.
    async fn attempt(&self, hook: &Webhook, mut due: Delivery, secret: &str) -> Outcome {
        let seconds = self.now().0 / 1000;
        let bot = hook.kind == "bot";
        let stamp = seconds.to_string();
        let (ours, theirs) = (signature(secret, seconds, &due.body), standard(secret, &due.uuid, seconds, &due.body));
        let mut call = self.0.http.post(&hook.url).bytes("application/json; charset=utf-8", Bytes::from(due.body.clone())).cap(64 * 1024);
        for (name, value) in [
            ("x-chatwoot-timestamp", &stamp),
            ("x-chatwoot-signature", &ours),
            ("x-chatwoot-delivery", &due.uuid),
            ("x-recado-timestamp", &stamp),
            ("x-recado-signature", &ours),
            ("x-recado-delivery", &due.uuid),
            ("webhook-id", &due.uuid),
            ("webhook-timestamp", &stamp),
            ("webhook-signature", &theirs),
        ] {
            call = call.header(name, value);
        }
        let patience = if bot { PATIENCE_BOT } else { PATIENCE };
        let reply = tokio::time::timeout(patience, call.send()).await;
        let mut wait = None;
        (due.status, due.answer) = match reply {
            Ok(Ok(reply)) => {
                wait = reply.retry_after().filter(|_| matches!(reply.status, 429 | 503));
                let text = String::from_utf8_lossy(&reply.body[..reply.body.len().min(KEPT)]).replace('\0', "");
                (Some(i64::from(reply.status)), Some(text))
            }
            Ok(Err(error)) => (None, Some(error.to_string())),
            Err(_) => (None, Some("no answer in time".to_owned())),
        };
        let now = self.now();
        let arrived = due.status.is_some_and(|s| (200..300).contains(&s));
        let gone = due.status == Some(410);
        due.attempts += 1;
        let schedule: &[i64] = if bot { &AGAIN_BOT } else { &AGAIN };
        let next = schedule.get(due.attempts as usize - 1).map(|s| s * 1000);
        // A tenth more or less, by the delivery's own number, so that a burst spreads out.
        let jitter = |millis: i64| millis + (due.id.wrapping_mul(2_654_435_761) & 0x3ff) * millis / 10_240;
        let again = next.map(|millis| now.plus(wait.unwrap_or(0).max(jitter(millis))));
        if arrived {
            (due.state, due.done_at) = ("done".to_owned(), Some(now.0));
        } else if let (Some(at), false) = (again, gone) {
            (due.state, due.next_at) = ("late".to_owned(), at.0);
        } else {
            (due.state, due.done_at) = ("failed".to_owned(), Some(now.0));
        }
        Outcome { due, arrived, gone }
    }

    /// Writes down what attempts led to, all in one write.
    async fn write_down(&self, tenant: &Tenant, lease: &Lease, hook: Webhook, outcomes: Vec<Outcome>) -> Result<()> {
        let (now, lease, bot) = (self.now(), lease.clone(), hook.kind == "bot");
        let silent = |o: &Outcome| if bot && o.due.state == "failed" { o.due.conversation_id.map(ConversationId) } else { None };
        let waiting: std::collections::BTreeSet<_> = outcomes.iter().filter_map(silent).collect();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            tx.extend(&lease, now.plus(60_000)).await?;
            webhook::lock(tx, t.account, hook.id).await?;
            let arrived = outcomes.last().is_some_and(|o| o.arrived);
            webhook::set_failing(tx, t.account, hook.id, (!arrived).then_some(now)).await?;
            for Outcome { due, arrived, gone } in &outcomes {
                webhook::settle(tx, t.account, due).await?;
                if due.state == "late" {
                    later(tx, t.account, hook.id, Timestamp(due.next_at)).await?;
                }
                let dead = !arrived && !bot && hook.failing_since.is_some_and(|since| now.since(Timestamp(since)) > DEAD);
                if *gone || dead {
                    let why = if *gone { "the endpoint answered 410 Gone" } else { "nothing arrived for five days" };
                    webhook::disable(tx, t.account, hook.id, why, now).await?;
                    tracing::warn!(webhook = hook.id, account = %t.account, why, "a webhook is switched off");
                }
                if hook.kind == "inbox" {
                    show(tx, t, due, *arrived, now).await?;
                }
            }
            Ok(())
        };
        tenant.write(write).await?;
        for id in waiting {
            self.hand_over(tenant.account, id).await?;
        }
        Ok(())
    }
}

/// What an attempt led to.
struct Outcome {
    due: Delivery,
    arrived: bool,
    /// The endpoint says that it is no more.
    gone: bool,
}

/// What became of a callback shows on the message it carried.
async fn show(tx: &mut Tx, t: &Tenant, due: &Delivery, arrived: bool, now: Timestamp) -> Result<()> {
    let Some(id) = due.message_id.filter(|_| due.event == "message_created") else { return Ok(()) };
    let Some(first) = message::load(tx, t.account, MessageId(id)).await? else { return Ok(()) };
    if first.kind != MessageKind::Outgoing {
        return Ok(());
    }
    conversation::lock(tx, t.account, first.conversation).await?;
    let Some(mut found) = conversation::load(tx, t.account, &t.inboxes, first.conversation).await? else { return Ok(()) };
    let Some(mut message) = message::load(tx, t.account, MessageId(id)).await? else { return Ok(()) };
    let over = due.state == "failed" || now.0 - due.created_at >= SHOWN_FAILED;
    match message.state {
        MessageState::Failed { .. } if arrived => {
            message::set_state(tx, t.account, &mut found, &mut message, MessageState::Sent, None, now).await?;
        }
        MessageState::Queued | MessageState::Sent if !arrived && over => {
            message.reason.clone_from(&due.answer);
            let state = MessageState::Failed { reason: FailureReason::Unreachable };
            message::set_state(tx, t.account, &mut found, &mut message, state, None, now).await?;
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        let body = r#"{"event":"message_created","id":101}"#;
        assert_eq!(signature("cw-secret", 1_767_618_000, body), "sha256=51b979484a451df70faf789c5a8816fa9c7c0e87fae67dd1105150c1d1c650e8");
        assert_eq!(
            standard("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert_eq!(
            standard("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "msg_0001", 1_767_618_000, body),
            "v1,3JJsXDBaDsriYNU/tMX5aO+X7uh4A04KM3HuVDp2668="
        );
    }

    #[test]
    fn retries_last_about_three_days() {
        let days = AGAIN.iter().sum::<i64>() as f64 / 86_400.0;
        assert!((2.8..3.5).contains(&days), "{days}");
    }
}
