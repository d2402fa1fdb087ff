//! Held messages: taking them back, putting them off, and letting them go when their moment has come. Writing one stands in `messages`.

use crate::dispatch::deliver_job;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde::{Deserialize, Serialize};
use store::conversation::{self, Conversation};
use store::{Lease, NewJob, Tx, message};

impl Service {
    /// Takes a held message back before it leaves: it is gone from the thread, and answered as a draft with its files.
    ///
    /// # Errors
    /// `Missing`; `Conflict` when it has left, or is a colleague's.
    pub async fn undo_send(&self, scope: &Scope, id: MessageId) -> Result<Withdrawn> {
        let now = self.now();
        let undo = async move |tx: &mut Tx, t: &Tenant| {
            let (found, held) = own_held(tx, t, id).await?;
            let keys = message::withdraw(tx, t.account, &found, &held, now).await?;
            let files = keys.into_iter().zip(&held.files);
            let files = files.map(|(key, f)| UploadView { key, name: f.name.clone(), kind: f.kind, size: f.size }).collect();
            conversation::set_draft(tx, t.account, &found, t.user, DraftMode::Reply, held.text.clone(), now).await?;
            Ok(Withdrawn { text: held.text, files, quote: held.quote.map(|q| q.message), detail: held.detail })
        };
        self.enter(scope, Permission::Reply)?.write(undo).await
    }

    /// Lets a held message go now, or sets another moment for it.
    ///
    /// # Errors
    /// `Missing`, `Invalid`; `Conflict` when it has left, or is a colleague's.
    pub async fn reschedule(&self, scope: &Scope, id: MessageId, at: Option<Timestamp>) -> Result<()> {
        let now = self.now();
        if at.is_some_and(|at| at <= now || at > now.plus(366 * 86_400_000)) {
            return Err(Error::field("at", Violation::Malformed));
        }
        let change = async move |tx: &mut Tx, t: &Tenant| {
            let (mut found, mut held) = own_held(tx, t, id).await?;
            let Some(at) = at else { return let_go(tx, t.account, &mut found, &mut held, now).await };
            held.send_at = Some(at);
            message::save(tx, t.account, &found, &held, now).await?;
            tx.enqueue(release_job(t.account, id, at)).await?;
            Ok(())
        };
        self.enter(scope, Permission::Reply)?.write(change).await
    }

    /// Does the job of a held message whose moment has come; one that was taken back, sent or moved meanwhile is left alone.
    pub(crate) async fn release(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Release>(&lease.body) else {
            tracing::error!(job = %lease.job, "a held message's job cannot be read");
            return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.park(&lease, "unreadable body").await?)).await;
        };
        let now = self.now();
        let let_go = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            let Some(first) = message::load(tx, t.account, job.message).await? else { return Ok(()) };
            let mut found = t.conversation(tx, first.conversation).await?;
            let Some(mut held) = message::load(tx, t.account, job.message).await? else { return Ok(()) };
            if held.is_held() && held.send_at.is_some_and(|at| at <= now) {
                let_go(tx, t.account, &mut found, &mut held, now).await?;
            }
            Ok(())
        };
        self.own(job.account).write(let_go).await
    }
}

/// Lets a held message go: it leaves like one written now.
pub(crate) async fn let_go(
    tx: &mut Tx,
    account: AccountId,
    found: &mut Conversation,
    held: &mut MessageView,
    now: Timestamp,
) -> Result<()> {
    crate::thread::release(tx, account, found, held, now).await?;
    tx.enqueue(deliver_job(account, found.view.id, held.id, now)).await?;
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Release {
    account: AccountId,
    message: MessageId,
}

/// The kind of job that lets a held message go.
pub(crate) const RELEASE: &str = "release";

/// A lane of its own: a message held until tomorrow holds back no other.
pub(crate) fn release_job(account: AccountId, message: MessageId, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("held {account} {message}"),
        kind: RELEASE,
        // The moment is part of the key: a message put off has another job, and the earlier one finds nothing due.
        key: Some(format!("release {account} {message} {}", at.0)),
        body: serde_json::to_string(&Release { account, message }).unwrap_or_default(),
        run_at: at,
    }
}

/// The caller's own held message, with its conversation locked.
async fn own_held(tx: &Tx, t: &Tenant, id: MessageId) -> Result<(Conversation, MessageView)> {
    let first = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
    let found = t.conversation(tx, first.conversation).await?;
    let held = message::load(tx, t.account, id).await?.ok_or_else(Error::missing)?;
    let own = held.author == (Author::User { id: t.user });
    if own && held.is_held() { Ok((found, held)) } else { Err(Error::Fault(FaultCode::Conflict)) }
}
