//! Messages as API clients read and write them: replies, notes, what a bridge brings in for a customer, and what became of them outside.

use crate::messages::{Says, permit, quoted, send};
use crate::rest_world::{MessageExtra, World};
use crate::rich;
use crate::secret::key_of;
use crate::thread::add_public;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use serde_json::{Map, Value, json};
use store::conversation::{self, Conversation};
use store::message::{self, NewMessage};
use store::platform::{self, Bearer};
use store::{Reader, Tx, attachment, contact, inbox};

/// Messages of one page.
const PAGE: i64 = 20;
/// Most messages a bot may write without a person in between.
const MONOLOGUE: usize = 20;

/// What a client wants written.
#[derive(Clone, Debug, Default)]
pub struct Write {
    /// The words.
    pub content: String,
    /// For the customer (outgoing), or in their name (incoming).
    pub incoming: bool,
    /// For colleagues only.
    pub private: bool,
    /// `input_select`, `cards`, `form`, `article`, …
    pub content_type: Option<String>,
    /// Of that type.
    pub content_attributes: Map<String, Value>,
    /// Keys of uploads.
    pub files: Vec<String>,
    /// The outside system's id; the same twice in an inbox is one message.
    pub source: Option<String>,
    /// The client's own id.
    pub echo: Option<Value>,
    /// Whatever names this request, so that a repeat is one message.
    pub key: Option<String>,
    /// The bot that writes.
    pub bot: Option<i64>,
    /// An approved text instead.
    pub template: Option<TemplateUse>,
    /// Recipients and subject, where the channel has them.
    pub mail: Option<Box<MailHead>>,
}

/// Which messages of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Those before this one.
    pub before: Option<MessageId>,
    /// Those after this one.
    pub after: Option<MessageId>,
}

/// Keeps which bot wrote a message, and the name of its content where the detail alone does not tell.
///
/// # Errors
/// Those of the store.
pub(crate) async fn keep_bot(tx: &Tx, t: &Tenant, id: MessageId, bot: i64, content_type: Option<&str>) -> Result<()> {
    let content_type = content_type.map(str::to_owned);
    keep_extra(tx, t, id, &MessageExtra { bot: Some(bot), content_type, ..MessageExtra::default() }).await
}

async fn keep_extra(tx: &Tx, t: &Tenant, id: MessageId, extra: &MessageExtra) -> Result<()> {
    if *extra == MessageExtra::default() {
        return Ok(());
    }
    let text = serde_json::to_string(extra).map_err(|error| Error::Unexpected(error.to_string()))?;
    Ok(platform::set_extra(tx, t.account, Bearer::Message, id.0, &text).await?)
}

/// Stops two machines from talking to each other for ever.
async fn in_dialogue(tx: &Tx, t: &Tenant, found: &Conversation) -> Result<()> {
    let last = message::window(tx, t.account, found.view.id, ThreadWindow::Latest, MONOLOGUE as i64, message::Reader::Visitor).await?.rows;
    if last.len() == MONOLOGUE && last.iter().all(|m| m.author == Author::System && !m.detail.as_ref().is_some_and(Detail::is_answered)) {
        return Err(Error::TooMany(60));
    }
    Ok(())
}

async fn incoming(tx: &mut Tx, t: &Tenant, found: &mut Conversation, write: &Write, now: Timestamp) -> Result<MessageView> {
    let place = inbox::load(tx, t.account, found.view.inbox).await?.ok_or_else(Error::missing)?;
    if place.kind != "api" {
        return Err(Error::Fault(FaultCode::NotOnThisChannel));
    }
    let author = Author::Contact { id: found.view.contact.id };
    let key = write.key.as_deref().map(key_of);
    if let Some(key) = key
        && let Some(known) = message::by_key(tx, t.account, &author, key).await?
    {
        return Ok(known);
    }
    let files = attachment::uploads(tx, t.account, &format!("u{}", t.user), &write.files).await?;
    if files.len() != write.files.len() {
        return Err(Error::field("attachments", Violation::Malformed));
    }
    let can = Capabilities { reply_window_hours: None, ..crate::inboxes::view_of(&place).capabilities };
    let text = permit(&can, &write.content, &files, None, now)?;
    let was = found.view.placement();
    let new = NewMessage { kind: MessageKind::Incoming, author, key, text, files, source: write.source.clone(), ..NewMessage::default() };
    let added = add_public(tx, t.account, found, Some(was), new, now).await?;
    crate::desk::tick(tx, t.account, now, |list| list.message = true).await?;
    Ok(added)
}

async fn outgoing(tx: &mut Tx, t: &Tenant, found: &mut Conversation, write: &Write, now: Timestamp) -> Result<MessageView> {
    if write.bot.is_some() {
        in_dialogue(tx, t, found).await?;
    }
    let detail = match (&write.template, &write.mail, &write.content_type) {
        (Some(template), _, _) => Some(Detail::Template(template.clone())),
        (None, Some(mail), _) => Some(Detail::Mail(mail.clone())),
        (None, None, Some(kind)) => rich::shape(kind, &write.content_attributes)?,
        (None, None, None) => None,
    };
    let quote = match write.content_attributes.get("in_reply_to").and_then(Value::as_i64) {
        // A reference to nothing of this thread is left out, as upstream does.
        Some(id) => quoted(tx, t, found, MessageId(id)).await.ok().map(|q| q.message),
        None => None,
    };
    let bot = match write.bot {
        Some(id) => store::bot::load(tx, id).await?.map(|bot| (id, bot.name)),
        None => None,
    };
    let says = Says {
        text: write.content.clone(),
        key: write.key.as_deref().map(key_of),
        files: write.files.clone(),
        quote,
        detail,
        bot,
        ..Says::default()
    };
    send(tx, t, found, says, now).await
}

async fn private(tx: &mut Tx, t: &Tenant, found: &Conversation, write: &Write, now: Timestamp) -> Result<MessageView> {
    let author = if t.user.0 == 0 { Author::System } else { Author::User { id: t.user } };
    let key = write.key.as_deref().map(key_of);
    if let Some(key) = key
        && let Some(known) = message::by_key(tx, t.account, &author, key).await?
    {
        return Ok(known);
    }
    let text = write.content.replace('\0', "").trim().to_owned();
    let files = attachment::uploads(tx, t.account, &format!("u{}", t.user), &write.files).await?;
    if text.is_empty() && files.is_empty() {
        return Err(Error::field("content", Violation::Required));
    }
    if text.chars().count() > 150_000 {
        return Err(Error::field("content", Violation::TooLong(150_000)));
    }
    let new = NewMessage { kind: MessageKind::Note, author, key, text, files, ..NewMessage::default() };
    Ok(message::add(tx, t.account, found, new, now).await?)
}

impl Service {
    /// A page of a thread, oldest first, with what stands above it.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_messages(&self, scope: &Scope, number: i64, slice: Slice) -> Result<Value> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::by_number(c, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let id = found.view.id;
            let world = World::load(&service, c, t.account).await?;
            let thread = world.thread(c, &t.inboxes, id).await?;
            let (window, most) = match (slice.before, slice.after) {
                (_, Some(after)) => (ThreadWindow::After(after), 100),
                (Some(before), None) => (ThreadWindow::Before(before), PAGE),
                (None, None) => (ThreadWindow::Latest, PAGE),
            };
            let mut rows = message::window(c, t.account, id, window, most, message::Reader::Agent).await?.rows;
            if let (Some(before), Some(_)) = (slice.before, slice.after) {
                rows.retain(|m| m.id < before);
            }
            let payload: Vec<_> = world.said(c, rows).await?.iter().map(|said| world.message(said, &thread)).collect();
            let whole = world.conversation(&thread);
            let seen = (thread.seen > 0).then(|| crate::rest_time::iso(thread.conversation.view.last_message_at));
            let mut meta = json!({
                "labels": whole["labels"], "additional_attributes": whole["additional_attributes"], "contact": whole["meta"]["sender"],
                "agent_last_seen_at": seen, "assignee_last_seen_at": seen,
            });
            if let Some(assignee) = whole["meta"].get("assignee") {
                meta["assignee"] = assignee.clone();
            }
            Ok(json!({ "meta": crate::rest_shape::bare(meta), "payload": payload }))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Writes a message: to the customer, to colleagues, or, in an API inbox, in the customer's name. A repeat of a key or of a source id
    /// answers the first.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `NotOnThisChannel`, `TooMany`.
    pub async fn rest_write(&self, scope: &Scope, number: i64, write: Write) -> Result<Value> {
        if Value::Object(write.content_attributes.clone()).to_string().len() > 64 * 1024 {
            return Err(Error::Fault(FaultCode::TooLarge));
        }
        let (service, now) = (self.clone(), self.now());
        let add = async move |tx: &mut Tx, t: &Tenant| {
            let first = conversation::by_number(tx, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.view.id).await?;
            let known = match &write.source {
                Some(source) => {
                    message::by_source(tx, t.account, found.view.inbox, source).await?.filter(|m| m.conversation == found.view.id)
                }
                None => None,
            };
            let written = match known {
                Some(known) => known,
                None => {
                    let written = if write.incoming {
                        incoming(tx, t, &mut found, &write, now).await?
                    } else if write.private {
                        private(tx, t, &found, &write, now).await?
                    } else {
                        outgoing(tx, t, &mut found, &write, now).await?
                    };
                    if let (Some(source), false) = (&write.source, write.incoming) {
                        message::add_sources(tx, t.account, found.view.inbox, written.id, std::slice::from_ref(source)).await?;
                    }
                    let extra = MessageExtra {
                        bot: write.bot,
                        content_type: write.content_type.clone().filter(|kind| kind != "text"),
                        content_attributes: write.content_attributes.clone(),
                        echo_id: write.echo.clone(),
                        source_id: write.source.clone().filter(|_| !write.incoming),
                    };
                    keep_extra(tx, t, written.id, &extra).await?;
                    written
                }
            };
            let world = World::load(&service, tx, t.account).await?;
            let thread = world.thread(tx, &t.inboxes, found.view.id).await?;
            let said = world.said(tx, vec![written]).await?.pop().ok_or_else(Error::missing)?;
            Ok(world.message(&said, &thread))
        };
        self.enter(scope, Permission::Reply)?.write(add).await
    }

    /// One message of a conversation.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_message(&self, scope: &Scope, number: i64, id: MessageId) -> Result<Value> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::by_number(c, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let message = message::load(c, t.account, id).await?.filter(|m| m.conversation == found.view.id).ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            let thread = world.thread(c, &t.inboxes, found.view.id).await?;
            let said = world.said(c, vec![message]).await?.pop().ok_or_else(Error::missing)?;
            Ok(world.message(&said, &thread))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Says how far a message of ours got in the outside system behind an API inbox; a read one is never less read.
    ///
    /// # Errors
    /// `Missing`; `Forbidden` in inboxes of other channels.
    pub async fn rest_report(&self, scope: &Scope, number: i64, id: MessageId, state: MessageState, words: Option<String>) -> Result<()> {
        let now = self.now();
        let report = async move |tx: &mut Tx, t: &Tenant| {
            let first = conversation::by_number(tx, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let mut found = t.conversation(tx, first.view.id).await?;
            let mut message =
                message::load(tx, t.account, id).await?.filter(|m| m.conversation == found.view.id).ok_or_else(Error::missing)?;
            let place = inbox::load(tx, t.account, found.view.inbox).await?.ok_or_else(Error::missing)?;
            if place.kind != "api" {
                return Err(Error::Fault(FaultCode::Forbidden));
            }
            let failed =
                matches!(state, MessageState::Failed { .. }) && !matches!(message.state, MessageState::Delivered | MessageState::Read);
            if message.kind == MessageKind::Outgoing && (failed || message.state.advance(state.clone()).is_some()) {
                message.reason = words.map(|w| w.chars().filter(|c| !c.is_control()).take(500).collect());
                message::set_state(tx, t.account, &mut found, &mut message, state, None, now).await?;
            }
            Ok(())
        };
        self.enter(scope, Permission::Reply)?.write(report).await
    }

    /// The files of a conversation, newest first.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_attachments(&self, scope: &Scope, number: i64) -> Result<Vec<Value>> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::by_number(c, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            let thread = world.thread(c, &t.inboxes, found.view.id).await?;
            let rows = message::window(c, t.account, found.view.id, ThreadWindow::Latest, 500, message::Reader::Agent).await?.rows;
            let with: Vec<_> = rows.into_iter().rev().filter(|m| !m.files.is_empty()).collect();
            let said = world.said(c, with).await?;
            Ok(said.iter().flat_map(|s| world.message(s, &thread)["attachments"].as_array().cloned().unwrap_or_default()).collect())
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// A conversation's public messages as plain text, for a transcript.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn rest_transcript(&self, scope: &Scope, number: i64) -> Result<String> {
        let service = self.clone();
        let look = async move |c: &Reader, t: &Tenant| {
            let found = conversation::by_number(c, t.account, &t.inboxes, number).await?.ok_or_else(Error::missing)?;
            let world = World::load(&service, c, t.account).await?;
            let contact = contact::load(c, t.account, found.view.contact.id).await?.ok_or_else(Error::missing)?;
            let rows = message::window(c, t.account, found.view.id, ThreadWindow::Latest, 1000, message::Reader::Visitor).await?.rows;
            let line = |m: &MessageView| {
                let name = match &m.author {
                    Author::Contact { .. } => contact.name.as_str(),
                    Author::User { id } => world.agent(*id).map_or("", |a| a.name.as_str()),
                    Author::System => m.bot.as_deref().unwrap_or(&world.name),
                };
                format!("[{}] {name}: {}", crate::rest_time::iso(m.at), rich::spoken(&m.text, m.detail.as_ref()))
            };
            Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }
}
