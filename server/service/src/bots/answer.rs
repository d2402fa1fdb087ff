//! The rule bot at work: one job for each message of a customer it holds, answered once. What it says is its rules' business.

use super::rules::{Asks, End, Line, Memory, Rules};
use crate::messages::{Says, send};
use crate::thread::add_activity;
use crate::{Error, Result, Service, Tenant, rich};
use channels::Choices;
use jiff::tz::TimeZone;
use model::{
    AccountId, Activity, BotHours, BotRules, Cause, ConversationId, Detail, InboxId, MessageId, MessageKind, Status, StatusKind, Timestamp,
};
use serde::{Deserialize, Serialize};
use store::bot::{self, Bot};
use store::conversation::{self, Conversation};
use store::queue::NewJob;
use store::{Lease, Tx, message};

/// The kind of its jobs.
pub(crate) const ANSWER: &str = "bot_answer";

#[derive(Debug, Serialize, Deserialize)]
struct Job {
    account: AccountId,
    conversation: ConversationId,
    message: MessageId,
    /// Whether the conversation has come back to the bot with this message.
    anew: bool,
    /// What the customer chose or wrote in the message, which is ours then; none for a message of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<String>,
}

/// The job of answering a message, after those before it.
pub(crate) fn answer_job(account: AccountId, conversation: ConversationId, message: MessageId, anew: bool, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("bot {account} {conversation}"),
        kind: ANSWER,
        key: Some(format!("bot {account} {message}")),
        body: serde_json::to_string(&Job { account, conversation, message, anew, chosen: None }).unwrap_or_default(),
        run_at: at,
    }
}

/// The job of going on with what a customer chose in a message of ours.
pub(crate) fn chosen_job(account: AccountId, conversation: ConversationId, message: MessageId, chosen: String, at: Timestamp) -> NewJob {
    NewJob {
        body: serde_json::to_string(&Job { account, conversation, message, anew: false, chosen: Some(chosen) }).unwrap_or_default(),
        ..answer_job(account, conversation, message, false, at)
    }
}

/// The kind of the job that opens what a bot held which is gone.
pub(crate) const GONE: &str = "bot_gone";

/// Conversations opened in one write.
const TURN: u32 = 100;

#[derive(Debug, Serialize, Deserialize)]
struct Gone {
    account: AccountId,
    inbox: InboxId,
}

/// The job of opening what waits in an inbox for a bot that no longer answers there.
pub(crate) fn gone_job(account: AccountId, inbox: InboxId, at: Timestamp) -> NewJob {
    NewJob {
        lane: format!("bot gone {account} {inbox}"),
        kind: GONE,
        key: None,
        body: serde_json::to_string(&Gone { account, inbox }).unwrap_or_default(),
        run_at: at,
    }
}

/// The rules in a bot's configuration.
pub(super) fn rules_of(bot: &Bot) -> Option<BotRules> {
    #[derive(Deserialize)]
    struct Config {
        rules: Option<BotRules>,
    }
    serde_json::from_str::<Config>(&bot.config).ok()?.rules
}

/// Whether what a customer says in an inbox is answered by rules.
pub(crate) async fn has_rules(tx: &Tx, account: AccountId, inbox: InboxId) -> Result<bool> {
    Ok(bot::of_inbox(tx, account, inbox).await?.as_ref().and_then(rules_of).is_some())
}

/// Whether a time zone is one of the IANA database.
pub(super) fn known_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// Whether people are there. In a zone nobody knows they always are: better one answer too hopeful than a closed door.
pub(super) fn open(hours: Option<&BotHours>, now: Timestamp) -> bool {
    let Some(hours) = hours else { return true };
    let (Ok(zone), Ok(now)) = (TimeZone::get(&hours.zone), jiff::Timestamp::from_millisecond(now.0)) else { return true };
    let now = now.to_zoned(zone);
    let day = usize::try_from(now.weekday().to_monday_zero_offset()).unwrap_or_default();
    let minute = u32::try_from(i32::from(now.hour()) * 60 + i32::from(now.minute())).unwrap_or_default();
    hours.days.get(day).copied().unwrap_or_default() && (hours.from..hours.to).contains(&minute)
}

impl Service {
    /// Does one job: says what the rules say, and hands over or resolves where they do.
    pub(crate) async fn answer_by_rules(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Job>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let (now, done) = (self.now(), lease.clone());
        let (account, held) = (job.account, job.conversation);
        let answer = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&done).await?;
            answer(tx, t, &job, now).await
        };
        match self.own(account).write(answer).await {
            Err(Error::Fault(code)) => {
                // Its channel does not take what it has to say: nobody waits on a bot that cannot speak.
                tracing::warn!(%account, conversation = %held, ?code, "a rule bot could not answer; people take over");
                self.hand_over(account, held).await?;
                self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.complete(&lease).await?)).await
            }
            other => other,
        }
    }
}

impl Service {
    /// Does one job: opens what waits for a bot that is gone, some at a time.
    pub(crate) async fn open_left(&self, lease: Lease) -> Result<()> {
        let Ok(job) = serde_json::from_str::<Gone>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let now = self.now();
        let open = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            if bot::answers_in(tx, job.inbox).await? {
                return Ok(());
            }
            let waiting = bot::waiting(tx, t.account, job.inbox, TURN).await?;
            if waiting.len() == TURN as usize {
                tx.enqueue(gone_job(t.account, job.inbox, now)).await?;
            }
            for id in waiting {
                let found = t.conversation(tx, id).await?;
                if found.view.status == Status::Pending {
                    end(tx, t, found, Status::Open, Cause::SilentBot, now).await?;
                }
            }
            Ok(())
        };
        self.own(job.account).write(open).await
    }
}

async fn answer(tx: &mut Tx, t: &Tenant, job: &Job, now: Timestamp) -> Result<()> {
    conversation::lock(tx, t.account, job.conversation).await?;
    let Some(mut found) = conversation::load(tx, t.account, &t.inboxes, job.conversation).await? else { return Ok(()) };
    let Some(said) = message::load(tx, t.account, job.message).await? else { return Ok(()) };
    let expected = if job.chosen.is_some() { MessageKind::Outgoing } else { MessageKind::Incoming };
    if found.view.status != Status::Pending || said.kind != expected {
        return Ok(());
    }
    let Some(bot) = bot::of_inbox(tx, t.account, found.view.inbox).await? else { return Ok(()) };
    let Some(rules) = rules_of(&bot) else { return Ok(()) };
    let kept = bot::memory(tx, t.account, job.conversation).await?;
    let last = kept.as_ref().map_or(job.message, |(_, last)| *last);
    let mut memory: Memory = match kept {
        // A message of ours is answered once by itself, whatever was said since.
        Some((_, last)) if last >= job.message && job.chosen.is_none() => return Ok(()),
        Some((state, _)) if !job.anew => serde_json::from_str(&state).unwrap_or_default(),
        _ => Memory::default(),
    };
    // Whoever chooses from the menu has seen it, and no longer answers another question.
    if job.chosen.is_some() && matches!(said.detail, Some(Detail::Choices(_))) {
        memory = Memory { greeted: true, asking: false, ..memory };
    }
    let words = job.chosen.as_deref().unwrap_or(&said.text);
    let turn = Rules(&rules).turn(&memory, words, open(rules.hours.as_ref(), now));
    let state = serde_json::to_string(&turn.memory).map_err(|error| Error::Unexpected(error.to_string()))?;
    bot::remember(tx, t.account, job.conversation, &state, job.message.max(last)).await?;
    if let Some(email) = turn.email {
        crate::visitors::claim(tx, t, &found, "email", email, now).await?;
    }
    let channel = store::inbox::load(tx, t.account, found.view.inbox).await?.and_then(|inbox| channels::find(&inbox.kind));
    let (as_given, ours) = channel.map_or((false, false), |c| (c.choices() == Choices::AsGiven, c.is_journal()));
    for Line { text, asks } in turn.says {
        // Whoever is given choices as they are may know words only; an address can be asked for by a field where the page is our own.
        let (text, detail, content_type) = match asks {
            Asks::Menu if as_given => (rich::spoken(&text, Some(&Rules(&rules).menu())), None, None),
            Asks::Menu => (text, Some(Rules(&rules).menu()), None),
            Asks::Email if ours => (text, Some(rich::asks_email()), Some("input_email")),
            Asks::Email | Asks::Nothing => (text, None, None),
        };
        let says = Says { text, detail, bot: Some((bot.id, bot.name.clone())), ..Says::default() };
        let sent = send(tx, t, &mut found, says, now).await?;
        crate::rest_messages::keep_bot(tx, t, sent.id, bot.id, content_type).await?;
    }
    match turn.end {
        Some(End::HandOver) => end(tx, t, found, Status::Open, Cause::Bot, now).await,
        Some(End::Resolved) => end(tx, t, found, Status::Resolved, Cause::Bot, now).await,
        None => Ok(()),
    }
}

async fn end(tx: &mut Tx, t: &Tenant, mut found: Conversation, to: Status, cause: Cause, now: Timestamp) -> Result<()> {
    let was = found.view.placement();
    found.view.status = to;
    let to: StatusKind = to.kind();
    add_activity(tx, t.account, &found, Activity::Moved { to, cause }, now).await?;
    Ok(conversation::save(tx, t.account, Some(was), &found, now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_place_summer_time_included() {
        let hours =
            |zone: &str| BotHours { zone: zone.to_owned(), days: [true, true, true, true, true, false, false], from: 9 * 60, to: 18 * 60 };
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let (paulo, lisbon) = (hours("America/Sao_Paulo"), hours("Europe/Lisbon"));
        assert!(!open(Some(&paulo), at("2026-11-20T11:59:59Z")));
        assert!(open(Some(&paulo), at("2026-11-20T12:00:00Z")), "a Friday, nine o'clock in São Paulo");
        assert!(!open(Some(&paulo), at("2026-11-20T21:00:00Z")), "six o'clock is over");
        assert!(!open(Some(&paulo), at("2026-11-21T15:00:00Z")), "a Saturday");
        assert!(open(Some(&lisbon), at("2026-07-17T08:30:00Z")), "half past nine in summer");
        assert!(!open(Some(&lisbon), at("2026-11-20T08:30:00Z")), "half past eight in winter");
        assert!(open(Some(&hours("Nowhere/Land")), at("2026-11-21T03:00:00Z")) && open(None, at("2026-11-21T03:00:00Z")));
    }
}
