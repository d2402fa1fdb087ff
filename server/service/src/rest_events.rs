//! The journal turned into what webhooks, callbacks and bots are sent: read from where it was left, rendered once, and kept as deliveries in
//! the same write that moves the position on. So nothing that was committed is left out, and nothing is told twice.

use crate::rest_shape::{priority_word, status_word};
use crate::rest_world::{Thread, World};
use crate::webhooks::{blank, fresh, job};
use crate::{Error, Result, Service, Tenant};
use model::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use store::journal::{self, Replay};
use store::platform::{self, Bearer};
use store::webhook::{self, Delivery, Webhook};
use store::{JournalRow, Reader, Sight, Tx, bot, message};

/// Events of the journal in one write.
const TURN: u32 = 25;

/// A conversation as it was told last, to say what changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    status: String,
    assignee_id: Option<i64>,
    team_id: Option<i64>,
    priority: Option<String>,
    labels: Vec<String>,
    snoozed_until: Option<i64>,
    custom_attributes: Value,
}

impl Told {
    fn of(world: &World, v: &ConversationView, custom_attributes: Value) -> Self {
        Self {
            status: status_word(v.status.kind()).to_owned(),
            assignee_id: v.assignee.map(|u| u.0),
            team_id: v.team.map(|t| t.0),
            priority: v.priority.map(|p| priority_word(p).to_owned()),
            labels: world.titles(&v.labels).into_iter().map(str::to_owned).collect(),
            snoozed_until: if let Status::Snoozed { until } = v.status { until.map(|t| t.0) } else { None },
            custom_attributes,
        }
    }

    /// What differs, by field, before and now.
    fn changes(&self, now: &Self) -> Vec<Value> {
        let (before, after) = (json!(self), json!(now));
        let keys = ["status", "assignee_id", "team_id", "priority", "labels", "snoozed_until", "custom_attributes"];
        let differ = keys.into_iter().filter(|key| before[key] != after[key]);
        differ.map(|key| json!({ key: { "previous_value": before[key], "current_value": after[key] } })).collect()
    }
}

/// One event for everybody who hears it.
pub(crate) struct News {
    pub event: &'static str,
    body: Map<String, Value>,
    pub inbox: Option<InboxId>,
    pub conversation: Option<ConversationId>,
    pub message: Option<MessageId>,
    /// Whom it tells of.
    pub contact: Option<ContactId>,
}

impl News {
    pub(crate) fn of(event: &'static str, body: Value) -> Self {
        let mut body = if let Value::Object(map) = body { map } else { Map::new() };
        body.insert("event".to_owned(), event.into());
        Self { event, body, inbox: None, conversation: None, message: None, contact: None }
    }

    /// The exact text that is sent.
    pub(crate) fn text(&self) -> String {
        Value::Object(self.body.clone()).to_string()
    }

    pub(crate) fn about(mut self, thread: &Thread) -> Self {
        self.inbox = Some(thread.conversation.view.inbox);
        self.conversation = Some(thread.conversation.view.id);
        self.contact = Some(thread.conversation.view.contact.id);
        self
    }

    /// Writes what each endpoint that hears of it is to be sent; the endpoints go into `due`, locked.
    pub(crate) async fn deliver(
        &self,
        tx: &mut Tx,
        account: AccountId,
        hooks: &[Webhook],
        due: &mut BTreeSet<i64>,
        now: Timestamp,
    ) -> Result<()> {
        let mut body = None;
        for hook in hooks.iter().filter(|h| hears(h, self)) {
            if due.insert(hook.id) {
                webhook::lock(tx, account, hook.id).await?;
            }
            let body = match body {
                Some(body) => body,
                None => *body.insert(webhook::add_body(tx, account, self.contact, &self.text(), now).await?),
            };
            let delivery = Delivery {
                conversation_id: self.conversation.map(|c| c.0),
                message_id: self.message.map(|m| m.0),
                ..fresh(hook.id, self.event, now)
            };
            webhook::add_delivery(tx, account, body, &delivery).await?;
        }
        Ok(())
    }
}

/// Whether an endpoint hears an event.
pub(crate) fn hears(hook: &Webhook, news: &News) -> bool {
    let place = hook.inbox_id.is_none_or(|inbox| news.inbox.is_some_and(|i| i.0 == inbox));
    let wanted = match hook.kind.as_str() {
        "account" => hook.subscriptions.contains(&format!("\"{}\"", news.event)),
        "bot" => matches!(
            news.event,
            "message_created" | "message_updated" | "conversation_opened" | "conversation_resolved" | "webwidget_triggered"
        ),
        _ => news.inbox.is_some() && !matches!(news.event, "conversation_opened" | "conversation_resolved"),
    };
    place && wanted && hook.disabled.is_none()
}

/// The endpoints of an account, those of its API inboxes and bots brought up to what is configured now.
pub(crate) async fn endpoints(tx: &Tx, world: &World, now: Timestamp) -> Result<Vec<Webhook>> {
    let mut known = webhook::all(tx, world.account).await?;
    let mut wanted = Vec::new();
    for inbox in world.inboxes.values() {
        if inbox.kind == "api"
            && let Some(url) = inbox.settings.get("webhook_url").filter(|url| !url.is_empty())
        {
            wanted.push(("inbox", inbox.id.0, None, url.clone()));
        }
        if let Some(bot) = bot::of_inbox(tx, world.account, inbox.id).await?.filter(|b| !b.url.is_empty()) {
            wanted.push(("bot", inbox.id.0, Some(bot.id), bot.url));
        }
    }
    for (kind, inbox, bot, url) in &wanted {
        let at = known.iter().position(|h| h.kind == *kind && h.inbox_id == Some(*inbox) && h.bot_id == *bot);
        match at {
            Some(at) if known[at].url == *url => {}
            Some(at) => {
                known[at].url.clone_from(url);
                webhook::update(tx, &known[at]).await?;
                (known[at].disabled, known[at].failing_since) = (None, None);
            }
            None => {
                let mut made = Webhook { inbox_id: Some(*inbox), bot_id: *bot, url: url.clone(), ..blank(world.account, kind) };
                made.id = webhook::insert(tx, &made, now).await?;
                known.push(made);
            }
        }
    }
    let kept =
        |h: &Webhook| h.kind == "account" || wanted.iter().any(|(k, i, b, _)| h.kind == *k && h.inbox_id == Some(*i) && h.bot_id == *b);
    for hook in known.iter().filter(|h| !kept(h)) {
        webhook::delete(tx, world.account, hook.id).await?;
    }
    known.retain(kept);
    Ok(known)
}

/// What a change says to those outside.
async fn tell(tx: &Tx, world: &World, row: &JournalRow) -> Result<Vec<News>> {
    match &row.change {
        Change::Message { message } => of_message(tx, world, row, message).await,
        Change::Advanced { up_to, .. } => match message::load(tx, world.account, *up_to).await? {
            Some(found) => of_message(tx, world, row, &found).await,
            None => Ok(Vec::new()),
        },
        Change::Conversation { now, .. } if now.starter.is_none() => of_conversation(tx, world, now, row.at).await,
        Change::Contact { contact } => {
            let young = row.at.since(contact.created_at) < 60_000;
            let event = if first(tx, world, "k", contact.id.0, row.at).await? && young { "contact_created" } else { "contact_updated" };
            let Some(found) = store::contact::load(tx, world.account, contact.id).await? else { return Ok(Vec::new()) };
            let who = world.who(tx, vec![found]).await?.pop().ok_or_else(Error::missing)?;
            let mut body = world.contact(&who, None);
            body["account"] = json!({ "id": world.account, "name": world.name });
            Ok(vec![News { contact: Some(contact.id), ..News::of(event, body) }])
        }
        Change::Inbox { inbox } => {
            let event = if first(tx, world, "i", inbox.id.0, row.at).await? { "inbox_created" } else { "inbox_updated" };
            let Some(found) = world.inboxes.get(&inbox.id) else { return Ok(Vec::new()) };
            Ok(vec![News::of(event, world.inbox(found, false))])
        }
        _ => Ok(Vec::new()),
    }
}

/// Whether something is told for the first time; notes that it is told now.
async fn first(tx: &Tx, world: &World, kind: &str, id: i64, at: Timestamp) -> Result<bool> {
    if webhook::told(tx, world.account, kind, id).await?.is_some() {
        return Ok(false);
    }
    webhook::tell(tx, world.account, kind, id, "", at).await?;
    Ok(true)
}

async fn of_message(tx: &Tx, world: &World, row: &JournalRow, message: &MessageView) -> Result<Vec<News>> {
    if message.kind == MessageKind::Activity || message.is_held() {
        return Ok(Vec::new());
    }
    let Some(thread) = world.threads(tx, &Sight::everything(), &[message.conversation]).await?.pop() else { return Ok(Vec::new()) };
    // As it was then: the states a message went through are told one by one.
    let said = world.said(tx, vec![message.clone()]).await?.pop().ok_or_else(Error::missing)?;
    // One that was written before anybody listened is not new.
    let fresh = first(tx, world, "m", message.id.0, row.at).await? && (message.at == row.at || row.at.since(message.at) < 60_000);
    let event = if fresh { "message_created" } else { "message_updated" };
    let mut news = News::of(event, world.hook_message(event, &said, &thread)).about(&thread);
    news.message = Some(message.id);
    Ok(vec![news])
}

async fn of_conversation(tx: &Tx, world: &World, view: &ConversationView, at: Timestamp) -> Result<Vec<News>> {
    let id = view.id;
    // Most changes of a row are a message's doing: whether anything is to be told is seen before the rest is read.
    let attributes = store::conversation::attributes(tx, world.account, id).await?;
    let extra = platform::extras(tx, world.account, Bearer::Conversation, &[id.0]).await?.remove(&id.0);
    let extra: Map<String, Value> = extra.and_then(|e| serde_json::from_str(&e).ok()).unwrap_or_default();
    let now = Told::of(world, view, world.values(Entity::Conversation, attributes.iter(), &extra));
    let kept = webhook::told(tx, world.account, "v", id.0).await?;
    let before: Option<Told> = kept.as_deref().and_then(|text| serde_json::from_str(text).ok());
    if before.as_ref() == Some(&now) {
        return Ok(Vec::new());
    }
    let Some(mut thread) = world.threads(tx, &Sight::everything(), &[id]).await?.pop() else { return Ok(Vec::new()) };
    // As it was then, not as it became since: every step is told.
    thread.conversation.view = view.clone();
    webhook::tell(tx, world.account, "v", id.0, &serde_json::to_string(&now).unwrap_or_default(), at).await?;
    let mut all = Vec::new();
    let mut say = |event: &'static str, changes: Option<&[Value]>| {
        let mut body = world.hook_conversation(&thread);
        if let Some(changes) = changes {
            body["changed_attributes"] = changes.into();
        }
        all.push(News::of(event, body).about(&thread));
    };
    match before {
        None if at.since(thread.conversation.view.created_at) < 60_000 => say("conversation_created", None),
        None => say("conversation_updated", Some(&[])),
        Some(before) => {
            let changes = before.changes(&now);
            say("conversation_updated", Some(&changes));
            if before.status != now.status {
                say("conversation_status_changed", Some(&changes));
                match now.status.as_str() {
                    "open" => say("conversation_opened", None),
                    "resolved" => say("conversation_resolved", None),
                    _ => {}
                }
            }
        }
    }
    Ok(all)
}

impl Service {
    /// Turns what is new in every account's journal into deliveries.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn pump_webhooks(&self) -> Result<()> {
        let behind = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(webhook::behind(c).await?)).await?;
        for (account, mut from) in behind {
            loop {
                let (service, now) = (self.clone(), self.now());
                let turn = async move |tx: &mut Tx, t: &Tenant| service.pump(tx, t, from, now).await;
                match self.own(account).write(turn).await? {
                    Some((seq, true)) => from = Some(seq),
                    _ => break,
                }
            }
        }
        Ok(())
    }

    /// One turn of an account: where it got to, and whether more follows.
    async fn pump(&self, tx: &mut Tx, t: &Tenant, from: Option<Seq>, now: Timestamp) -> Result<Option<(Seq, bool)>> {
        let head = journal::head(tx, t.account).await?;
        // The first look begins a little back, for what brought the first endpoint about.
        let start = from.unwrap_or(Seq((head.0 - i64::from(TURN)).max(0)));
        let rows = match journal::after(tx, t.account, start, TURN).await? {
            Replay::Rows(rows) => rows,
            Replay::TooOld => {
                tracing::warn!(account = %t.account, "webhooks were left behind further than the journal is kept; they go on from now");
                webhook::move_on(tx, t.account, from, head).await?;
                return Ok(None);
            }
        };
        let Some(last) = rows.last().map(|row| row.seq) else { return Ok(None) };
        if !webhook::move_on(tx, t.account, from, last).await? {
            return Ok(None);
        }
        let world = World::load(self, tx, t.account).await?;
        let hooks = endpoints(tx, &world, now).await?;
        let full = rows.len() == TURN as usize;
        if hooks.is_empty() {
            return Ok(Some((last, full)));
        }
        let mut due = BTreeSet::new();
        for row in rows {
            for news in tell(tx, &world, &row).await? {
                news.deliver(tx, t.account, &hooks, &mut due, now).await?;
            }
        }
        for hook in due {
            tx.enqueue(job(t.account, hook, false, now)).await?;
        }
        Ok(Some((last, full)))
    }
}
