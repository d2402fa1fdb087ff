//! The runner: claims jobs and does them, and does what comes round by the clock. Several nodes may run it at once.

use crate::dispatch::DELIVER;
use crate::intake::{FETCH, INTAKE, PROFILE};
use crate::{Error, Result, Service};
use std::time::Duration;
use store::{Reader, Ring, Tx, queue};
use tokio::task::JoinSet;

/// How long a job is held, in milliseconds; whoever dies leaves it to others after that.
const LEASE: i64 = 30_000;
/// Jobs in hand at once.
const HANDS: usize = 32;
/// How often what has expired is swept, in milliseconds; each sweep writes, so an idle server does it seldom.
const SWEEP: i64 = 600_000;
/// How often files are looked through, in milliseconds.
const TIDY: i64 = 3_600_000;
/// How often the runner looks by itself.
const LOOK: Duration = Duration::from_secs(5);

impl Service {
    /// Runs jobs until told to stop; then finishes those in hand.
    pub async fn run_jobs(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let mut rings = self.0.store.bell().subscribe();
        let mut hands = JoinSet::new();
        let (mut swept, mut tidied) = (model::Timestamp(0), self.now());
        if let Err(error) = queue::recover(&self.0.store).await {
            tracing::warn!(%error, "leases of an earlier run could not be freed; they run out by themselves");
        }
        loop {
            if *stop.borrow() {
                break;
            }
            if self.now().since(tidied) >= TIDY {
                tidied = self.now();
                let service = self.clone();
                hands.spawn(async move {
                    if let Err(error) = service.sweep_files().await {
                        tracing::warn!(%error, "files could not be looked through; they are in an hour");
                    }
                });
            }
            if let Err(error) = self.round(&mut hands, &mut swept).await {
                tracing::warn!(%error, "the runner could not look for jobs; it looks again soon");
            }
            let wait = self.until_due().await;
            tokio::select! {
                _ = stop.changed() => {}
                () = jobs_ring(&mut rings) => {}
                () = tokio::time::sleep(wait) => {}
                Some(_) = hands.join_next(), if !hands.is_empty() => {}
            }
        }
        while hands.join_next().await.is_some() {}
    }

    async fn until_due(&self) -> Duration {
        let due = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(queue::next_due(c).await?)).await;
        match due {
            Ok(Some(at)) => Duration::from_millis(at.since(self.now()).clamp(1, LOOK.as_millis() as i64).cast_unsigned()),
            Ok(None) | Err(_) => LOOK,
        }
    }

    async fn round(&self, hands: &mut JoinSet<()>, swept: &mut model::Timestamp) -> Result<()> {
        let now = self.now();
        self.wake_snoozed().await?;
        self.pump_webhooks().await?;
        if now.since(*swept) >= SWEEP {
            *swept = now;
            self.come_round().await?;
        }
        while hands.len() < HANDS {
            let leases = queue::claim(&self.0.store, now, LEASE, (HANDS - hands.len()) as u32).await?;
            if leases.is_empty() {
                return Ok(());
            }
            for lease in leases {
                let service = self.clone();
                hands.spawn(async move { service.do_job(lease).await });
            }
        }
        Ok(())
    }

    async fn do_job(&self, lease: store::Lease) {
        let (job, kind) = (lease.job, lease.kind.clone());
        let done = match kind.as_str() {
            DELIVER => self.deliver(lease).await,
            crate::held::RELEASE => self.release(lease).await,
            crate::operations::OPERATE => self.operate(lease).await,
            INTAKE => self.intake(lease).await,
            FETCH => self.fetch_file(lease).await,
            PROFILE => self.fetch_profile(lease).await,
            crate::mail::MAIL => self.read_mail(lease).await,
            crate::mail::CONTINUE => self.continue_by_mail(lease).await,
            crate::mail::SYSTEM => self.send_system(lease).await,
            crate::told::TELL => self.tell_by_mail(lease).await,
            crate::push::PUSH => self.push(lease).await,
            crate::bots::GONE => self.open_left(lease).await,
            crate::bots::ANSWER => self.answer_by_rules(lease).await,
            crate::webhooks::WEBHOOK => self.send_webhooks(lease).await,
            other => {
                tracing::error!(%job, kind = other, "a job of a kind this release does not know waits for one that does");
                return;
            }
        };
        match done {
            // Somebody else holds it by now, and does it.
            Ok(()) | Err(Error::Store(store::Error::LeaseLost)) => {}
            Err(error) => tracing::warn!(%job, %kind, %error, "a job broke off; its lease runs out and it is done again"),
        }
    }

    /// What comes round by the clock: old sessions, links, journals and uploads go.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn come_round(&self) -> Result<()> {
        let now = self.now();
        self.0.limits.sweep();
        self.renew_credentials().await?;
        let keep = self.settings().journal_keep;
        let sweep = async move |tx: &mut Tx| {
            store::person::sweep(tx, now).await?;
            store::journal::prune(tx, now.plus(-keep)).await?;
            store::push::sweep(tx).await?;
            store::notification::prune(tx, now.plus(-31 * 86_400_000)).await?;
            store::operation::prune(tx, now.plus(-31 * 86_400_000)).await?;
            store::call::prune(tx, now.plus(-7 * 86_400_000)).await?;
            store::receipt::sweep(tx, now.plus(-86_400_000)).await?;
            store::webhook::prune(tx, now.plus(-30 * 86_400_000)).await?;
            store::platform::prune_answers(tx, now.plus(-86_400_000)).await?;
            Ok::<_, Error>(store::attachment::sweep(tx, now.plus(-24 * 3_600_000)).await?)
        };
        let paths = self.0.store.write(sweep).await?;
        self.remove_files(paths).await;
        self.0.store.scrub().await?;
        Ok(())
    }

    /// Does everything that is queued and due, then answers how many jobs were done; for tests, whose clock stands still.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle_jobs(&self) -> Result<usize> {
        let mut done = 0;
        loop {
            self.pump_webhooks().await?;
            let leases = queue::claim(&self.0.store, self.now(), LEASE, HANDS as u32).await?;
            if leases.is_empty() {
                return Ok(done);
            }
            for lease in leases {
                done += 1;
                self.do_job(lease).await;
            }
        }
    }
}

/// Waits until there may be a job; other rings are not ours.
async fn jobs_ring(rings: &mut store::Rings) {
    while let Some(ring) = rings.next().await {
        // An account's journal may be work for webhooks.
        if matches!(ring, Ring::Jobs | Ring::Account(_) | Ring::Lost) {
            return;
        }
    }
    std::future::pending().await
}
