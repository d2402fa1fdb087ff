//! What bots did, for administrators: on the bots' page and in the ecosystem's reports. It counts rows that are few, never messages.

use crate::{Error, Result, Scope, Service, Tenant};
use model::{BotFigures, BotLine, BotSums, InboxId, Period, Permission, Timestamp, Violation};
use serde_json::{Value, json};
use std::cmp::Reverse;
use store::Reader;
use store::bot::part::{self, Counted};

/// Most days of a period.
const MOST_DAYS: u32 = 3_660;

fn between(period: Period, now: Timestamp) -> Result<(Timestamp, Timestamp)> {
    match period {
        Period::Days(days) if (1..=MOST_DAYS).contains(&days) => Ok((now.plus(-i64::from(days) * 86_400_000), now)),
        Period::Between(since, until) if since <= until => Ok((since, until)),
        Period::Days(_) | Period::Between(..) => Err(Error::field("period", Violation::Malformed)),
    }
}

impl Service {
    /// What the bots of an account did in a time, perhaps in one inbox or one bot of them only.
    ///
    /// # Errors
    /// `Forbidden`; `Missing` for an inbox that is not there, `Invalid` for a time that is none.
    pub async fn bot_report(&self, scope: &Scope, period: Period, inbox: Option<InboxId>, bot: Option<i64>) -> Result<BotSums> {
        let (since, until) = between(period, self.now())?;
        let look = async move |c: &Reader, t: &Tenant| {
            if let Some(inbox) = inbox {
                store::inbox::load(c, t.account, t.inbox(inbox)?).await?.ok_or_else(Error::missing)?;
            }
            let (whole, each) = part::figures(c, t.account, Counted { since, until, inbox, bot }).await?;
            let known = store::bot::all(c, t.account).await?;
            let name = |id| known.iter().find(|bot| bot.id == id).map(|bot| bot.name.clone()).unwrap_or_default();
            let mut bots: Vec<_> = each.into_iter().map(|(id, figures)| BotLine { id, name: name(id), figures }).collect();
            bots.sort_by_key(|line| (Reverse(line.figures.conversations), line.id));
            Ok(BotSums { whole, bots })
        };
        self.enter(scope, Permission::ManageInboxes)?.read(look).await
    }

    /// The figures of all bots, in the ecosystem's words.
    ///
    /// # Errors
    /// Those of [`Service::bot_report`].
    pub async fn rest_bot_metrics(&self, scope: &Scope, since: Timestamp, until: Timestamp) -> Result<Value> {
        let all = self.bot_report(scope, Period::Between(since, until), None, None).await?.whole;
        Ok(json!({
            "conversation_count": all.conversations, "message_count": all.messages,
            "resolution_rate": all.percent(all.resolved), "handoff_rate": all.percent(all.handed),
        }))
    }

    /// How bots' conversations ended, in a time and in the one of the same length before it.
    ///
    /// # Errors
    /// Those of [`Service::bot_report`].
    pub async fn rest_bot_summary(&self, scope: &Scope, since: Timestamp, until: Timestamp) -> Result<Value> {
        let shown = |all: BotFigures| json!({ "bot_resolutions_count": all.resolved, "bot_handoffs_count": all.handed });
        let before = Period::Between(since.plus(-until.since(since)), since.plus(-1));
        let mut told = shown(self.bot_report(scope, Period::Between(since, until), None, None).await?.whole);
        told["previous"] = shown(self.bot_report(scope, before, None, None).await?.whole);
        Ok(told)
    }
}
