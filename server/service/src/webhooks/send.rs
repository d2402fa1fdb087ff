//! Deliveries on their way: signed, sent in order while their endpoint is healthy, tried again for three days, and written down with what came back.
//! What is to be delivered is made in `rest_events` and `now`.

use super::sign::{self, Secrets};
use super::{Job, fleeting, job};
use crate::tokens::known_key;
use crate::{Result, Service, Tenant};
use bytes::Bytes;
use model::*;
use std::time::Duration;
use store::webhook::{self, Delivery, Webhook};
use store::{Lease, Reader, Tx, conversation, message};

/// When a delivery is tried again, in seconds after each failure (Standard Webhooks 1.0, its example): some three days in all.
const AGAIN: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// A bot is waited for less: people wait behind it.
const AGAIN_BOT: [i64; 2] = [2, 5];
/// How long an endpoint may take.
const PATIENCE: Duration = Duration::from_secs(15);
const PATIENCE_BOT: Duration = Duration::from_secs(5);
/// An endpoint that took nothing for so long is switched off, in milliseconds.
const DEAD: i64 = 5 * 86_400_000;
/// What is true only for a moment is not sent after so long, in milliseconds.
const STALE: i64 = 10_000;
/// A message of an API inbox shows as failed when its callback did for so long, in milliseconds.
const SHOWN_FAILED: i64 = 600_000;
/// Deliveries written down in one write, and so many writes of one lease.
const AT_ONCE: i64 = 20;
const TURNS: usize = 10;
/// How long deliveries may go on before they are written down: a lease and an endpoint's patience must hold them.
const LONGEST: Duration = Duration::from_secs(10);
/// Most of an answer that is kept.
const KEPT: usize = 2048;
/// Why an endpoint is switched off, as it is kept.
pub(super) const GONE: &str = "the endpoint answered 410 Gone";
const SILENT: &str = "nothing arrived for five days";

/// The headers a call is signed with, of what is kept of it.
pub(super) fn headers(uuid: &str, sent: &str) -> Vec<(&'static str, String)> {
    let mut parts = sent.splitn(3, ' ').map(str::to_owned);
    let (stamp, ours, standard) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    vec![
        ("webhook-id", uuid.to_owned()),
        ("webhook-timestamp", stamp.clone()),
        ("webhook-signature", standard),
        ("x-chatwoot-delivery", uuid.to_owned()),
        ("x-chatwoot-timestamp", stamp.clone()),
        ("x-chatwoot-signature", ours.clone()),
        ("x-recado-delivery", uuid.to_owned()),
        ("x-recado-timestamp", stamp),
        ("x-recado-signature", ours),
    ]
}

/// Queues the late deliveries of an endpoint for a moment, or moves them up to it.
async fn later(tx: &mut Tx, account: AccountId, hook: i64, at: Timestamp) -> Result<()> {
    let job = job(account, hook, true, at);
    let key = job.key.clone().unwrap_or_default();
    tx.enqueue(job).await?;
    Ok(webhook::hasten(tx, &key, at).await?)
}

impl Service {
    /// Does one job: sends an endpoint what is due, in order, and writes down what came of it some at a time, while the next ones leave already.
    /// A crash in between repeats those few, under the ids their receiver knows.
    pub(crate) async fn send_webhooks(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Job>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let tenant = self.own(job.account);
        let state = if job.late { "late" } else { "fresh" };
        let (mut before, mut above) = (None, 0);
        for _ in 0..TURNS {
            let now = self.now();
            let look = async move |c: &Reader, t: &Tenant| {
                let hook = webhook::load(c, t.account, job.hook).await?.filter(|h| h.disabled.is_none());
                let Some(hook) = hook else { return Ok(None) };
                let due = webhook::due(c, t.account, job.hook, state, above, now, AT_ONCE).await?;
                Ok(Some((sign::of_hook(c, &known_key(c).await?, &hook, now).await?, hook, due)))
            };
            let found = tenant.read(look).await?.filter(|(_, _, due)| !due.is_empty());
            let Some((secrets, hook, due)) = found else {
                self.write_down(&tenant, &lease, before).await?;
                return self.rest_webhooks(&tenant, lease, job.hook, job.late).await;
            };
            let (written, outcomes) = tokio::join!(self.write_down(&tenant, &lease, before), self.send_in_order(&hook, due, &secrets));
            written?;
            above = outcomes.last().map_or(above, |last| last.due.id);
            let gone = outcomes.last().is_some_and(|last| last.gone);
            before = Some((hook, outcomes));
            if gone {
                self.write_down(&tenant, &lease, before.take()).await?;
            }
        }
        self.write_down(&tenant, &lease, before).await?;
        // Others' turn; this one goes on at once.
        let now = self.now();
        tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.retry(&lease, now, "its turn is over").await?)).await
    }

    /// Sends deliveries one after the other, as long as the endpoint is there and it does not take too long.
    async fn send_in_order(&self, hook: &Webhook, due: Vec<Delivery>, secrets: &Secrets) -> Vec<Outcome> {
        let begun = tokio::time::Instant::now();
        let mut outcomes = Vec::with_capacity(due.len());
        for delivery in due {
            let outcome = self.attempt(hook, delivery, secrets).await;
            let over = outcome.gone || begun.elapsed() > LONGEST;
            outcomes.push(outcome);
            if over {
                break;
            }
        }
        outcomes
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
    pub(super) async fn attempt(&self, hook: &Webhook, mut due: Delivery, secrets: &Secrets) -> Outcome {
        let now = self.now();
        let stale = fleeting(&due.event) && now.0 - due.next_at > STALE;
        if stale || due.body.is_empty() {
            due.answer = Some(if stale { "too old to be news" } else { "whom it told of was erased" }.to_owned());
            (due.state, due.done_at) = ("failed".to_owned(), Some(now.0));
            return Outcome { due, tried: false, arrived: false, gone: false };
        }
        let (seconds, bot) = (now.0 / 1000, hook.kind == "bot");
        let sent = format!("{seconds} {} {}", secrets.signature(seconds, &due.body), secrets.standard(&due.uuid, seconds, &due.body));
        let mut call = self.0.http.post(&hook.url).bytes("application/json; charset=utf-8", Bytes::from(due.body.clone())).cap(64 * 1024);
        for (name, value) in headers(&due.uuid, &sent) {
            call = call.header(name, &value);
        }
        due.sent = Some(sent);
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
        let schedule: &[i64] = match bot {
            _ if fleeting(&due.event) => &[],
            true => &AGAIN_BOT,
            false => &AGAIN,
        };
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
        Outcome { due, tried: true, arrived, gone }
    }

    /// Writes down what attempts led to, if there were any, all in one write.
    async fn write_down(&self, tenant: &Tenant, lease: &Lease, sent: Option<(Webhook, Vec<Outcome>)>) -> Result<()> {
        let Some((hook, outcomes)) = sent else { return Ok(()) };
        let (now, lease, bot, mails) = (self.now(), lease.clone(), hook.kind == "bot", self.sends_mail());
        let silent = |o: &Outcome| if bot && o.due.state == "failed" { o.due.conversation_id.map(ConversationId) } else { None };
        let waiting: std::collections::BTreeSet<_> = outcomes.iter().filter_map(silent).collect();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            tx.extend(&lease, now.plus(60_000)).await?;
            webhook::lock(tx, t.account, hook.id).await?;
            if let Some(last) = outcomes.iter().rfind(|o| o.tried) {
                webhook::set_failing(tx, t.account, hook.id, (!last.arrived).then_some(now)).await?;
            }
            let mut off = None;
            for Outcome { due, tried, arrived, gone } in &outcomes {
                webhook::settle(tx, t.account, due).await?;
                if due.state == "late" {
                    later(tx, t.account, hook.id, Timestamp(due.next_at)).await?;
                }
                let dead = *tried && !arrived && !bot && hook.failing_since.is_some_and(|since| now.since(Timestamp(since)) > DEAD);
                if *gone || dead {
                    off = Some(if *gone { GONE } else { SILENT });
                }
                if hook.kind == "inbox" {
                    show(tx, t, due, *arrived, now).await?;
                }
            }
            if let Some(why) = off {
                webhook::disable(tx, t.account, hook.id, why, now).await?;
                crate::notices::of_webhook(tx, t.account, &super::called(tx, &hook).await?, mails, now).await?;
                tracing::warn!(webhook = hook.id, account = %t.account, why, "a webhook is switched off");
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
pub(super) struct Outcome {
    pub due: Delivery,
    /// Whether it was sent at all.
    tried: bool,
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
    fn retries_last_about_three_days() {
        let days = AGAIN.iter().sum::<i64>() as f64 / 86_400.0;
        assert!((2.8..3.5).contains(&days), "{days}");
    }
}
