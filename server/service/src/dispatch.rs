//! Replies on their way out: one job per message, in the conversation's lane, handed to the channel outside any transaction.

use crate::{Error, Result, Service, Tenant};
use channels::{Link, SendError};
use model::*;
use serde::{Deserialize, Serialize};
use store::{Lease, NewJob, Reader, Tx, inbox, message};

/// The kind of job.
pub(crate) const DELIVER: &str = "deliver";
/// Attempts before a message is given up as unreachable.
const ATTEMPTS: i64 = 8;

#[derive(Serialize, Deserialize)]
struct Deliver {
    account: AccountId,
    message: MessageId,
}

/// The job that hands a message to its channel.
pub(crate) fn deliver_job(account: AccountId, conversation: ConversationId, message: MessageId, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("conversation {account} {conversation}"),
        kind: DELIVER,
        key: Some(format!("deliver {account} {message}")),
        body: serde_json::to_string(&Deliver { account, message }).unwrap_or_default(),
        run_at: at,
    }
}

/// The next attempt's delay in milliseconds: 5 s doubling to half an hour, with jitter by the job's own number so that a burst spreads out.
const fn delay(attempts: i64, job: i64) -> i64 {
    let doublings = if attempts > 9 { 9 } else { attempts - 1 };
    let base = 5_000_i64 << (if doublings < 0 { 0 } else { doublings });
    let base = if base > 1_800_000 { 1_800_000 } else { base };
    base + (job.wrapping_mul(2_654_435_761) & 0x3ff) * base / 4096
}

impl Service {
    /// Does one delivery job.
    pub(crate) async fn deliver(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Deliver>(&lease.body) else {
            return self.give_up(&lease, "unreadable body").await;
        };
        let tenant = self.own(job.account);
        let look = async move |c: &Reader, t: &Tenant| {
            let Some(found) = message::load(c, t.account, job.message).await? else { return Ok(None) };
            let begun = message::open_attempt(c, t.account, job.message).await?;
            let conversation = store::conversation::load(c, t.account, &t.inboxes, found.conversation).await?.ok_or_else(Error::missing)?;
            let inbox = inbox::load(c, t.account, conversation.view.inbox).await?.ok_or_else(Error::missing)?;
            Ok(Some((found, begun, inbox)))
        };
        let Some((found, begun, inbox)) = tenant.read(look).await? else { return self.done(&tenant, lease).await };
        if found.state != MessageState::Queued {
            return self.done(&tenant, lease).await;
        }
        let Some(channel) = channels::find(&inbox.kind) else { return self.give_up(&lease, "unknown channel").await };
        if !channel.repeatable() {
            if begun.is_some() {
                return self.settle(&tenant, lease, found.id, MessageState::Unconfirmed, None).await;
            }
            let now = self.now();
            tenant.write(async move |tx: &mut Tx, t: &Tenant| Ok(message::begin_attempt(tx, t.account, found.id, now).await?)).await?;
        }
        crate::crash::point("deliver.before_send");
        let sent = channel.send(&Link { settings: &inbox.settings, secrets: &inbox.secrets }, &found).await;
        crate::crash::point("deliver.after_send");
        match sent {
            Ok(sent) => self.settle(&tenant, lease, found.id, MessageState::Sent, sent.source).await,
            Err(SendError::Retry { why, after }) if lease.attempts < ATTEMPTS => {
                tracing::info!(message = %found.id, %why, attempts = lease.attempts, "a delivery is tried again later");
                let at = self.now().plus(after.unwrap_or_else(|| delay(lease.attempts, lease.job.0)));
                let again = async move |tx: &mut Tx, t: &Tenant| {
                    message::end_attempt(tx, t.account, found.id).await?;
                    Ok(tx.retry(&lease, at, &why).await?)
                };
                tenant.write(again).await
            }
            Err(error) => {
                tracing::warn!(message = %found.id, %error, "a message failed");
                let reason = match error {
                    SendError::Retry { .. } => FailureReason::Unreachable,
                    SendError::Refused { .. } => FailureReason::Refused,
                    SendError::Disconnected { .. } => FailureReason::Disconnected,
                };
                self.settle(&tenant, lease, found.id, MessageState::Failed { reason }, None).await
            }
        }
    }

    async fn done(&self, tenant: &Tenant, lease: Lease) -> Result<()> {
        tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.complete(&lease).await?)).await
    }

    async fn give_up(&self, lease: &Lease, why: &'static str) -> Result<()> {
        tracing::error!(job = %lease.job, kind = %lease.kind, why, "a job is left for a person");
        let lease = lease.clone();
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, why).await?)).await
    }

    /// Records what an attempt led to, and ends its job, in one write.
    async fn settle(&self, tenant: &Tenant, lease: Lease, id: MessageId, state: MessageState, source: Option<String>) -> Result<()> {
        let now = self.now();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            let first = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            let mut conversation = t.conversation(tx, first.conversation).await?;
            // Loaded again under the lock: a receipt may have been faster than we are.
            let mut found = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
            if let Some(next) = found.state.advance(state) {
                message::set_state(tx, t.account, &mut conversation, &mut found, next, source.as_deref(), now).await?;
            }
            crate::crash::point("deliver.before_commit");
            Ok(())
        };
        tenant.write(write).await?;
        crate::crash::point("deliver.after_commit");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn delays_grow_and_stay_bounded() {
        for job in [1, 77, i64::MAX] {
            let all: Vec<_> = (1..=12).map(|n| delay(n, job)).collect();
            assert!(all.windows(2).all(|w| w[0] <= w[1] + w[1] / 4), "{all:?}");
            assert!(all.iter().all(|d| (5_000..=2_250_000).contains(d)), "{all:?}");
        }
    }
}
