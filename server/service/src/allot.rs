//! Handing out: what is open and nobody's goes to whoever of the inbox is here, takes conversations and was given one longest ago. The longest waiting
//! goes first, and nobody gets more than the inbox allows. Who is here is known where their streams end, so every process hands out to its own.

use crate::{Error, Result, Service, Tenant};
use model::*;
use std::collections::BTreeSet;
use std::time::Duration;
use store::allot::{self, Candidate};
use store::{Reader, Ring, Tx, conversation};

/// Most conversations handed out of an inbox in one write.
const AT_ONCE: i64 = 100;
/// How often it is looked by itself: somebody may have come, or finished something.
const LOOK: Duration = Duration::from_secs(5);
/// How long news gather before it is looked again.
const PAUSE: Duration = Duration::from_millis(100);

impl Service {
    /// Hands out until told to stop.
    pub async fn run_allotment(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let mut rings = self.0.store.bell().subscribe();
        while !*stop.borrow() {
            if let Err(error) = self.allot().await {
                tracing::warn!(%error, "conversations could not be handed out; it is tried again soon");
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = news(&mut rings) => tokio::time::sleep(PAUSE).await,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Hands out what waits, once; answers how many conversations found somebody.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn allot(&self) -> Result<usize> {
        let mut given = 0;
        for (account, inbox) in self.0.store.read(async move |c: &Reader| Ok::<_, Error>(allot::waiting(c).await?)).await? {
            let here: BTreeSet<UserId> = self.0.hub.here(account).into_iter().collect();
            let tenant = self.own(account);
            // Most of the time nobody can take anything: that is no reason to write.
            let look = async move |c: &Reader, t: &Tenant| {
                let rule = allot::rule(c, t.account, inbox).await?;
                let free = allot::candidates(c, t.account, inbox).await?.into_iter().any(|one| can_take(&one, &here, rule.most));
                Ok(free.then_some(here))
            };
            let Some(here) = tenant.read(look).await? else { continue };
            let now = self.now();
            given += tenant.write(async move |tx: &mut Tx, t: &Tenant| hand_out(tx, t, inbox, &here, now).await).await?;
        }
        Ok(given)
    }
}

fn can_take(one: &Candidate, here: &BTreeSet<UserId>, most: Option<i64>) -> bool {
    (!one.only_here || here.contains(&one.user)) && most.is_none_or(|most| one.open < most)
}

async fn hand_out(tx: &mut Tx, t: &Tenant, inbox: InboxId, here: &BTreeSet<UserId>, now: Timestamp) -> Result<usize> {
    let rule = allot::rule(tx, t.account, inbox).await?;
    let mut line = allot::candidates(tx, t.account, inbox).await?;
    let teams = store::team::all(tx, t.account).await?;
    let mut turn = line.iter().map(|one| one.picked).max().unwrap_or_default();
    let mut given = 0;
    for id in allot::queue(tx, t.account, inbox, rule, AT_ONCE).await? {
        let mut found = t.conversation(tx, id).await?;
        // Somebody may have taken it since it was listed, on another node.
        if found.view.assignee.is_some() || found.view.status != Status::Open || found.blocked {
            continue;
        }
        let team = found.view.team.and_then(|team| teams.iter().find(|known| known.id == team));
        let fits = |one: &Candidate| can_take(one, here, rule.most) && team.is_none_or(|team| team.members.contains(&one.user));
        let Some(at) = line.iter().position(fits) else { continue };
        let was = found.view.placement();
        let mut one = line.remove(at);
        crate::actions::assign(tx, t, &mut found, Some(one.user), now).await?;
        conversation::save(tx, t.account, Some(was), &found, now).await?;
        turn += 1;
        allot::picked(tx, t.account, inbox, one.user, turn).await?;
        (one.open, one.picked) = (one.open + 1, turn);
        line.push(one);
        given += 1;
    }
    Ok(given)
}

/// Waits until something changed; other rings are not ours.
async fn news(rings: &mut store::Rings) {
    while let Some(ring) = rings.next().await {
        if matches!(ring, Ring::Account(_) | Ring::Lost) {
            return;
        }
    }
    std::future::pending().await
}
