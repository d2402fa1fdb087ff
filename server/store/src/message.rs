//! Messages: adding each once, reading a thread, and moving states. Their files stand in `attachment`.

mod change;
mod source;
mod thread;
pub use change::*;
pub use source::*;
pub use thread::*;

use crate::conversation::Conversation;
use crate::sql::{Id, Sql, json, vals, word};
use crate::{Audience, Error, Tx};
use model::*;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    conversation_id: i64,
    kind: String,
    author_kind: String,
    author_id: i64,
    client_key: Option<String>,
    text: String,
    files: i64,
    state: String,
    failure: Option<String>,
    activity: Option<String>,
    at: i64,
    extra: Option<String>,
    send_at: Option<i64>,
    unless_answered: i64,
    reason: Option<String>,
}

const COLUMNS: &str = "id, conversation_id, kind, author_kind, author_id, client_key, text, files, state, failure, activity, at, extra, send_at, \
    unless_answered, reason";

/// What few messages have, in one column, so that ordinary rows stay small.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Extra {
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<Box<Quote>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<Reaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_phone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<String>,
}

impl Extra {
    pub(crate) fn of(m: &MessageView) -> Self {
        Self {
            quote: m.quote.clone(),
            reactions: m.reactions.clone(),
            edited_at: m.edited_at,
            deleted_at: m.deleted_at,
            deleted_by: m.deleted_by,
            detail: m.detail.clone(),
            by_phone: m.by_phone,
            bot: m.bot.clone(),
        }
    }

    /// None for an ordinary message.
    pub(crate) fn column(&self) -> Option<String> {
        (*self != Self::default()).then(|| json(self))
    }
}

impl From<Row> for MessageView {
    fn from(r: Row) -> Self {
        let author = author_of(&r.author_kind, r.author_id);
        let extra: Extra = r.extra.and_then(|e| serde_json::from_str(&e).ok()).unwrap_or_default();
        Self {
            id: MessageId(r.id),
            conversation: ConversationId(r.conversation_id),
            key: r.client_key.and_then(|k| k.parse().ok()).map(ClientKey),
            kind: kind_of(&r.kind),
            author,
            text: r.text,
            files: Vec::new(),
            state: read_state(&r.state, r.failure.as_deref()),
            activity: r.activity.and_then(|a| serde_json::from_str(&a).ok()),
            at: Timestamp(r.at),
            quote: extra.quote,
            reactions: extra.reactions,
            edited_at: extra.edited_at,
            deleted_at: extra.deleted_at,
            deleted_by: extra.deleted_by,
            detail: extra.detail,
            by_phone: extra.by_phone,
            bot: extra.bot,
            send_at: r.send_at.map(Timestamp),
            unless_answered: r.unless_answered != 0,
            reason: r.reason,
        }
    }
}

pub(crate) fn author_of(kind: &str, id: i64) -> Author {
    match kind {
        "contact" => Author::Contact { id: ContactId(id) },
        "user" => Author::User { id: UserId(id) },
        _ => Author::System,
    }
}

pub(crate) fn kind_of(word: &str) -> MessageKind {
    match word {
        "incoming" => MessageKind::Incoming,
        "outgoing" => MessageKind::Outgoing,
        "note" => MessageKind::Note,
        _ => MessageKind::Activity,
    }
}

pub(crate) fn read_state(state: &str, failure: Option<&str>) -> MessageState {
    match state {
        "queued" => MessageState::Queued,
        "delivered" => MessageState::Delivered,
        "read" => MessageState::Read,
        "unconfirmed" => MessageState::Unconfirmed,
        "failed" => {
            MessageState::Failed { reason: failure.and_then(|f| serde_json::from_value(f.into()).ok()).unwrap_or(FailureReason::Refused) }
        }
        _ => MessageState::Sent,
    }
}

pub(crate) fn state_name(state: &MessageState) -> (&'static str, Option<String>) {
    match state {
        MessageState::Queued => ("queued", None),
        MessageState::Sent => ("sent", None),
        MessageState::Delivered => ("delivered", None),
        MessageState::Read => ("read", None),
        MessageState::Unconfirmed => ("unconfirmed", None),
        MessageState::Failed { reason } => ("failed", Some(word(reason))),
    }
}

pub(crate) const fn author_name(author: &Author) -> (&'static str, i64) {
    match author {
        Author::Contact { id } => ("contact", id.0),
        Author::User { id } => ("user", id.0),
        Author::System => ("system", 0),
    }
}

/// A message to be added; its default is an activity line that says nothing.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// What kind.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// The author's own key.
    pub key: Option<ClientKey>,
    /// Plain text.
    pub text: String,
    /// How far it is.
    pub state: MessageState,
    /// What the product says.
    pub activity: Option<Activity>,
    /// Files already stored, now bound to it.
    pub files: Vec<crate::attachment::Attachment>,
    /// The provider's own id.
    pub source: Option<String>,
    /// The earlier message it answers.
    pub quote: Option<Box<Quote>>,
    /// What it is beside text and files.
    pub detail: Option<Detail>,
    /// Sent outside of the product.
    pub by_phone: bool,
    /// The name of the bot that says it.
    pub bot: Option<String>,
    /// Until when it is held.
    pub send_at: Option<Timestamp>,
    /// Does not leave if the customer writes first.
    pub unless_answered: bool,
}

impl Default for NewMessage {
    fn default() -> Self {
        Self {
            kind: MessageKind::Activity,
            author: Author::System,
            key: None,
            text: String::new(),
            state: MessageState::Sent,
            activity: None,
            files: Vec::new(),
            source: None,
            quote: None,
            detail: None,
            by_phone: false,
            bot: None,
            send_at: None,
            unless_answered: false,
        }
    }
}

/// Adds a message to a conversation, with its files and its search row, and notes it. `Taken` when the key or source was used before.
///
/// # Errors
/// Those of the database.
pub async fn add(tx: &mut Tx, account: AccountId, to: &Conversation, new: NewMessage, at: Timestamp) -> Result<MessageView, Error> {
    let (author_kind, author_id) = author_name(&new.author);
    let (state, failure) = state_name(&new.state);
    let mut message = MessageView {
        id: MessageId(0),
        conversation: to.view.id,
        key: new.key,
        kind: new.kind,
        author: new.author,
        text: new.text,
        files: Vec::new(),
        state: new.state,
        activity: new.activity,
        at,
        quote: new.quote,
        detail: new.detail,
        by_phone: new.by_phone,
        bot: new.bot,
        send_at: new.send_at,
        unless_answered: new.unless_answered,
        ..MessageView::default()
    };
    let sql = "INSERT INTO message (account_id, conversation_id, inbox_id, kind, author_kind, author_id, client_key, text, files, state, failure, activity, source_id, at, \
               extra, quote_id, send_at, unless_answered) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id";
    let values = vals![
        account.0,
        to.view.id.0,
        to.view.inbox.0,
        word(&message.kind),
        author_kind,
        author_id,
        message.key.map(|k| k.to_string()),
        message.text.as_str(),
        new.files.len() as i64,
        state,
        failure,
        message.activity.as_ref().map(json),
        new.source,
        at.0,
        Extra::of(&message).column(),
        message.quote.as_ref().map(|q| q.message.0),
        message.send_at.map(|t| t.0),
        i64::from(message.unless_answered)
    ];
    message.id = MessageId(tx.inserted(sql, values).await?);
    crate::attachment::bind(tx, account, to.view.inbox, message.id, &new.files).await?;
    message.files = new.files.into_iter().map(|f| f.view).collect();
    if message.kind != MessageKind::Activity {
        index(tx, account, to.view.inbox, &message);
    }
    note(tx, account, to, &message, at);
    Ok(message)
}

/// Tells of a message; the customer hears only of what was said to them, and of nothing that is still held or did not leave.
fn note(tx: &mut Tx, account: AccountId, to: &Conversation, message: &MessageView, at: Timestamp) {
    let visible = matches!(message.kind, MessageKind::Incoming | MessageKind::Outgoing)
        && !message.is_held()
        && !matches!(message.state, MessageState::Failed { .. });
    let audience = Audience { contact_inbox: visible.then_some(to.contact_inbox), ..to.audience() };
    tx.note(account, at, audience, Change::Message { message: Box::new(message.clone()) });
}

/// Puts a message's words and the names of its files into the search index, with account and inbox as tokens of the same match.
fn index(tx: &mut Tx, account: AccountId, inbox: InboxId, message: &MessageView) {
    let mut words = format!("a{account} i{inbox} {}", message.text);
    for file in &message.files {
        words.push(' ');
        words.push_str(&file.name);
    }
    if let Some(Detail::Mail(head)) = &message.detail {
        words.push(' ');
        words.push_str(&head.subject);
    }
    // PostgreSQL keeps accents in its simple dictionary: they are folded away here, and in what is searched for.
    let words = if tx.is_sqlite() { words } else { crate::contact::fold(&words) };
    tx.words.put(message.id, words);
}

/// The message an author sent under this key before.
///
/// # Errors
/// Those of the database.
pub async fn by_key(c: &impl Sql, account: AccountId, author: &Author, key: ClientKey) -> Result<Option<MessageView>, Error> {
    let (kind, id) = author_name(author);
    let sql = format!("SELECT {COLUMNS} FROM message WHERE account_id = $1 AND author_kind = $2 AND author_id = $3 AND client_key = $4");
    let row = c.one::<Row>(&sql, vals![account.0, kind, id, key.to_string()]).await?;
    with_files(c, account, row.into_iter().collect()).await.map(|mut v| v.pop())
}

/// One message of the account.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<MessageView>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM message WHERE account_id = $1 AND id = $2");
    let row = c.one::<Row>(&sql, vals![account.0, message.0]).await?;
    with_files(c, account, row.into_iter().collect()).await.map(|mut v| v.pop())
}

async fn with_files(c: &impl Sql, account: AccountId, rows: Vec<Row>) -> Result<Vec<MessageView>, Error> {
    let ids: Vec<_> = rows.iter().filter(|r| r.files > 0).map(|r| MessageId(r.id)).collect();
    let mut messages: Vec<MessageView> = rows.into_iter().map(Into::into).collect();
    if !ids.is_empty() {
        for (message, file) in crate::attachment::of_messages(c, account, &ids).await? {
            if let Ok(at) = messages.binary_search_by_key(&message, |m| m.id) {
                messages[at].files.push(file);
            }
        }
    }
    Ok(messages)
}

/// Notes when handing a message to its channel began, so that a crash in between is seen afterwards.
///
/// # Errors
/// Those of the database.
pub async fn begin_attempt(tx: &Tx, account: AccountId, message: MessageId, at: Timestamp) -> Result<(), Error> {
    tx.run("UPDATE message SET attempted_at = $1 WHERE account_id = $2 AND id = $3", vals![at.0, account.0, message.0]).await?;
    Ok(())
}

/// Notes that an attempt ended without a result, because it is certain that nothing left.
///
/// # Errors
/// Those of the database.
pub async fn end_attempt(tx: &Tx, account: AccountId, message: MessageId) -> Result<(), Error> {
    tx.run("UPDATE message SET attempted_at = NULL WHERE account_id = $1 AND id = $2", vals![account.0, message.0]).await?;
    Ok(())
}

/// When handing a message to its channel began without an end; none when no attempt is open.
///
/// # Errors
/// Those of the database.
pub async fn open_attempt(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<Timestamp>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        attempted_at: Option<i64>,
    }
    let sql = "SELECT attempted_at FROM message WHERE account_id = $1 AND id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, message.0]).await?.and_then(|r| r.attempted_at).map(Timestamp))
}

/// Ends an attempt and sets the state it led to; the conversation's preview follows, and the change is noted. The provider's words on a
/// failure are those of `message.reason`.
///
/// # Errors
/// Those of the database.
pub async fn set_state(
    tx: &mut Tx,
    account: AccountId,
    of: &mut Conversation,
    message: &mut MessageView,
    state: MessageState,
    source: Option<&str>,
    at: Timestamp,
) -> Result<(), Error> {
    let (name, failure) = state_name(&state);
    if !matches!(state, MessageState::Failed { .. }) {
        message.reason = None;
    }
    let sql = "UPDATE message SET state = $1, failure = $2, source_id = COALESCE($3, source_id), reason = $4, attempted_at = NULL \
               WHERE account_id = $5 AND id = $6";
    tx.run(sql, vals![name, failure, source, message.reason.as_deref(), account.0, message.id.0]).await?;
    message.state = state.clone();
    note(tx, account, of, message, at);
    if let Some(preview) = of.view.preview.as_mut()
        && preview.message == message.id
    {
        preview.state = state;
        let place = of.view.placement();
        crate::conversation::save(tx, account, Some(place), of, at).await?;
    }
    Ok(())
}

/// Advances every outgoing message up to this one that is not beyond the state; answers how many moved.
///
/// # Errors
/// Those of the database.
pub async fn advance(
    tx: &mut Tx,
    account: AccountId,
    of: &mut Conversation,
    up_to: MessageId,
    state: MessageState,
    at: Timestamp,
) -> Result<u64, Error> {
    let below: Vec<_> = ["'queued'", "'failed'", "'unconfirmed'", "'sent'", "'delivered'"]
        .into_iter()
        .filter(|name| read_state(name.trim_matches('\''), None).rank() < state.rank())
        .collect();
    let (name, _) = state_name(&state);
    let sql = format!(
        "UPDATE message SET state = $1, failure = NULL WHERE account_id = $2 AND conversation_id = $3 AND id <= $4 AND kind = 'outgoing' AND state IN ({}) \
         AND (send_at IS NULL OR state <> 'queued')",
        below.join(",")
    );
    let moved = tx.run(&sql, vals![name, account.0, of.view.id.0, up_to.0]).await?;
    if moved > 0 {
        if let Some(preview) = of.view.preview.as_mut()
            && preview.message <= up_to
            && !matches!(preview.author, Author::Contact { .. })
            && let Some(next) = preview.state.advance(state.clone())
        {
            preview.state = next;
            let text = json(&of.view.preview);
            tx.run("UPDATE conversation SET preview = $1 WHERE account_id = $2 AND id = $3", vals![text, account.0, of.view.id.0]).await?;
        }
        tx.note(account, at, of.audience(), Change::Advanced { conversation: of.view.id, up_to, state });
    }
    Ok(moved)
}

/// The id of the last public message of one side; for receipts.
///
/// # Errors
/// Those of the database.
pub async fn last_of_kind(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    kind: MessageKind,
) -> Result<Option<MessageId>, Error> {
    let sql = "SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2 AND kind = $3 ORDER BY id DESC LIMIT 1";
    Ok(c.one::<Id>(sql, vals![account.0, conversation.0, word(&kind)]).await?.map(|r| MessageId(r.id)))
}

/// How many outgoing messages a visitor has not seen: those after the moment they last looked.
///
/// # Errors
/// Those of the database.
pub async fn unseen(c: &impl Sql, account: AccountId, conversation: ConversationId) -> Result<i64, Error> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS id FROM message WHERE account_id = $1 AND conversation_id = $2 AND kind = 'outgoing' AND state NOT IN ('read', 'failed') AND (send_at IS NULL OR state <> 'queued')";
    Ok(c.one::<Id>(sql, vals![account.0, conversation.0]).await?.map_or(0, |r| r.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_survive_their_names() {
        for state in [
            MessageState::Queued,
            MessageState::Sent,
            MessageState::Delivered,
            MessageState::Read,
            MessageState::Unconfirmed,
            MessageState::Failed { reason: FailureReason::WindowClosed },
        ] {
            let (name, failure) = state_name(&state);
            assert_eq!(read_state(name, failure.as_deref()), state);
        }
    }
}
