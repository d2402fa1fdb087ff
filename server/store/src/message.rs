//! Messages: adding each once, reading a thread, and moving states. Their files stand in `attachment`.

use crate::conversation::Conversation;
use crate::sql::{Id, Sql, json, vals, word};
use crate::{Audience, Error, Tx};
use model::*;
use sea_orm::FromQueryResult;

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
}

const COLUMNS: &str = "id, conversation_id, kind, author_kind, author_id, client_key, text, files, state, failure, activity, at";

impl From<Row> for MessageView {
    fn from(r: Row) -> Self {
        let author = match r.author_kind.as_str() {
            "contact" => Author::Contact { id: ContactId(r.author_id) },
            "user" => Author::User { id: UserId(r.author_id) },
            _ => Author::System,
        };
        Self {
            id: MessageId(r.id),
            conversation: ConversationId(r.conversation_id),
            key: r.client_key.and_then(|k| k.parse().ok()).map(ClientKey),
            kind: match r.kind.as_str() {
                "incoming" => MessageKind::Incoming,
                "outgoing" => MessageKind::Outgoing,
                "note" => MessageKind::Note,
                _ => MessageKind::Activity,
            },
            author,
            text: r.text,
            files: Vec::new(),
            state: read_state(&r.state, r.failure.as_deref()),
            activity: r.activity.and_then(|a| serde_json::from_str(&a).ok()),
            at: Timestamp(r.at),
        }
    }
}

fn read_state(state: &str, failure: Option<&str>) -> MessageState {
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

fn state_name(state: &MessageState) -> (&'static str, Option<String>) {
    match state {
        MessageState::Queued => ("queued", None),
        MessageState::Sent => ("sent", None),
        MessageState::Delivered => ("delivered", None),
        MessageState::Read => ("read", None),
        MessageState::Unconfirmed => ("unconfirmed", None),
        MessageState::Failed { reason } => ("failed", Some(word(reason))),
    }
}

const fn author_name(author: &Author) -> (&'static str, i64) {
    match author {
        Author::Contact { id } => ("contact", id.0),
        Author::User { id } => ("user", id.0),
        Author::System => ("system", 0),
    }
}

/// A message to be added.
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
}

/// Adds a message to a conversation, with its files and its search row, and notes it. `Taken` when the key or source was used before.
///
/// # Errors
/// Those of the database.
pub async fn add(tx: &mut Tx, account: AccountId, to: &Conversation, new: NewMessage, at: Timestamp) -> Result<MessageView, Error> {
    let (author_kind, author_id) = author_name(&new.author);
    let (state, failure) = state_name(&new.state);
    let sql = "INSERT INTO message (account_id, conversation_id, inbox_id, kind, author_kind, author_id, client_key, text, files, state, failure, activity, source_id, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id";
    let values = vals![
        account.0,
        to.view.id.0,
        to.view.inbox.0,
        word(&new.kind),
        author_kind,
        author_id,
        new.key.map(|k| k.to_string()),
        new.text.as_str(),
        new.files.len() as i64,
        state,
        failure,
        new.activity.as_ref().map(json),
        new.source,
        at.0
    ];
    let id = MessageId(tx.inserted(sql, values).await?);
    crate::attachment::bind(tx, account, to.view.inbox, id, &new.files).await?;
    if new.kind != MessageKind::Activity {
        index(tx, account, to.view.inbox, id, &new.text).await?;
    }
    let message = MessageView {
        id,
        conversation: to.view.id,
        key: new.key,
        kind: new.kind,
        author: new.author,
        text: new.text,
        files: new.files.into_iter().map(|f| f.view).collect(),
        state: new.state,
        activity: new.activity,
        at,
    };
    note(tx, account, to, &message, at);
    Ok(message)
}

fn note(tx: &mut Tx, account: AccountId, to: &Conversation, message: &MessageView, at: Timestamp) {
    let visible = matches!(message.kind, MessageKind::Incoming | MessageKind::Outgoing);
    let audience = Audience { inbox: Some(to.view.inbox), contact_inbox: visible.then_some(to.contact_inbox), only_user: None };
    tx.note(account, at, audience, Change::Message { message: Box::new(message.clone()) });
}

/// Puts a message's words into the search index, with account and inbox as tokens of the same match.
async fn index(tx: &Tx, account: AccountId, inbox: InboxId, id: MessageId, text: &str) -> Result<(), Error> {
    let words = format!("a{account} i{inbox} {text}");
    if tx.is_sqlite() {
        tx.run("INSERT INTO message_fts (rowid, words) VALUES ($1, $2)", vals![id.0, words]).await?;
    } else {
        tx.run("INSERT INTO message_fts (message_id, words) VALUES ($1, to_tsvector('simple', $2))", vals![id.0, words]).await?;
    }
    Ok(())
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

/// Who sees a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Everything.
    Agent,
    /// No notes, no activities.
    Visitor,
}

/// A window of a thread, oldest first; `more` tells whether more lie on the far side (older ones, for `After` newer ones).
///
/// # Errors
/// Those of the database.
pub async fn window(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    window: ThreadWindow,
    limit: i64,
    reader: Reader,
) -> Result<Page<MessageView>, Error> {
    match window {
        ThreadWindow::Latest => older(c, account, conversation, MessageId(i64::MAX), limit, reader).await,
        ThreadWindow::Before(id) => older(c, account, conversation, id, limit, reader).await,
        ThreadWindow::After(id) => newer(c, account, conversation, id, limit, reader).await,
        ThreadWindow::Around(id) => {
            let mut page = older(c, account, conversation, MessageId(id.0.saturating_add(1)), limit / 2, reader).await?;
            // Everything newer comes along, so that a deep link's thread is whole down to its end.
            let after = newer(c, account, conversation, id, 1000, reader).await?;
            page.rows.extend(after.rows);
            Ok(page)
        }
    }
}

const fn public(reader: Reader) -> &'static str {
    match reader {
        Reader::Agent => "",
        Reader::Visitor => " AND kind IN ('incoming', 'outgoing')",
    }
}

async fn older(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    before: MessageId,
    limit: i64,
    reader: Reader,
) -> Result<Page<MessageView>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE account_id = $1 AND conversation_id = $2 AND id < $3{} ORDER BY id DESC LIMIT {}",
        public(reader),
        limit + 1
    );
    let mut rows = c.all::<Row>(&sql, vals![account.0, conversation.0, before.0]).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    rows.reverse();
    Ok(Page { rows: with_files(c, account, rows).await?, more })
}

async fn newer(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    after: MessageId,
    limit: i64,
    reader: Reader,
) -> Result<Page<MessageView>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE account_id = $1 AND conversation_id = $2 AND id > $3{} ORDER BY id LIMIT {}",
        public(reader),
        limit + 1
    );
    let mut rows = c.all::<Row>(&sql, vals![account.0, conversation.0, after.0]).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Page { rows: with_files(c, account, rows).await?, more })
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

/// Ends an attempt and sets the state it led to; the conversation's preview follows, and the change is noted.
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
    let sql = "UPDATE message SET state = $1, failure = $2, source_id = COALESCE($3, source_id), attempted_at = NULL WHERE account_id = $4 AND id = $5";
    tx.run(sql, vals![name, failure, source, account.0, message.id.0]).await?;
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
        "UPDATE message SET state = $1, failure = NULL WHERE account_id = $2 AND conversation_id = $3 AND id <= $4 AND kind = 'outgoing' AND state IN ({})",
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
        let audience = Audience { inbox: Some(of.view.inbox), contact_inbox: None, only_user: None };
        tx.note(account, at, audience, Change::Advanced { conversation: of.view.id, up_to, state });
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
    let sql = "SELECT CAST(count(*) AS BIGINT) AS id FROM message WHERE account_id = $1 AND conversation_id = $2 AND kind = 'outgoing' AND state <> 'read'";
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
