//! Changing messages that are there: edits, taking back, letting go, telling again. Adding one and its states stand above.

use super::*;

/// Writes a message back as it is now (text, files' count, quote, reactions, detail, moment), with its search row, and notes it.
/// State and provider's id have [`set_state`].
///
/// # Errors
/// Those of the database.
pub async fn save(tx: &mut Tx, account: AccountId, of: &Conversation, message: &MessageView, at: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE message SET text = $1, files = $2, extra = $3, quote_id = $4, send_at = $5, unless_answered = $6, reason = $7 \
               WHERE account_id = $8 AND id = $9";
    let values = vals![
        message.text.as_str(),
        message.files.len() as i64,
        Extra::of(message).column(),
        message.quote.as_ref().map(|q| q.message.0),
        message.send_at.map(|t| t.0),
        i64::from(message.unless_answered),
        message.reason.as_deref(),
        account.0,
        message.id.0
    ];
    tx.run(sql, values).await?;
    tx.words.remove(message.id);
    if message.kind != MessageKind::Activity && message.deleted_at.is_none() {
        index(tx, account, of.view.inbox, message);
    }
    note(tx, account, of, message, at);
    Ok(())
}

/// Lets a held message go: it takes its place at the thread's end, under a new id where something was said since, and is noted.
///
/// # Errors
/// Those of the database.
pub async fn release(tx: &mut Tx, account: AccountId, of: &Conversation, message: &mut MessageView, at: Timestamp) -> Result<(), Error> {
    let old = message.id;
    let later = "SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2 AND id > $3 LIMIT 1";
    if tx.one::<Id>(later, vals![account.0, message.conversation.0, old.0]).await?.is_some() {
        let next = if tx.is_sqlite() {
            "SELECT max(id) + 1 AS id FROM message"
        } else {
            "SELECT nextval(pg_get_serial_sequence('message', 'id')) AS id"
        };
        message.id = MessageId(tx.inserted(next, vals![]).await?);
        for (table, column) in
            [("message", "id"), ("attachment", "message_id"), ("message_html", "message_id"), ("message_part", "message_id")]
        {
            let sql = format!("UPDATE {table} SET {column} = $1 WHERE account_id = $2 AND {column} = $3");
            tx.run(&sql, vals![message.id.0, account.0, old.0]).await?;
        }
        tx.words.remove(old);
        tx.note(account, at, of.audience(), Change::MessageGone { conversation: message.conversation, message: old });
    }
    message.send_at = None;
    message.unless_answered = false;
    message.at = at;
    tx.run("UPDATE message SET at = $1 WHERE account_id = $2 AND id = $3", vals![at.0, account.0, message.id.0]).await?;
    save(tx, account, of, message, at).await
}

/// Takes a message off its thread as if it had never been, and notes it; for held messages taken back. Its files wait for their author again.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    message: &MessageView,
    at: Timestamp,
) -> Result<Vec<String>, Error> {
    let (_, author) = author_name(&message.author);
    let mut keys = Vec::new();
    for file in &message.files {
        let key = format!("back-{}-{}", message.id, file.id);
        let sql = "UPDATE attachment SET message_id = NULL, inbox_id = NULL, upload_key = $1, uploader = $2, created_at = $3 WHERE account_id = $4 AND id = $5";
        tx.run(sql, vals![key.as_str(), format!("u{author}"), at.0, account.0, file.id.0]).await?;
        keys.push(key);
    }
    tx.words.remove(message.id);
    tx.run("DELETE FROM message_html WHERE account_id = $1 AND message_id = $2", vals![account.0, message.id.0]).await?;
    tx.run("DELETE FROM message WHERE account_id = $1 AND id = $2", vals![account.0, message.id.0]).await?;
    tx.note(account, at, of.audience(), Change::MessageGone { conversation: message.conversation, message: message.id });
    Ok(keys)
}

/// Empties a message that was taken back: text, files, details, what others quoted of it. Answers where its files lie.
///
/// # Errors
/// Those of the database.
pub async fn empty(
    tx: &mut Tx,
    account: AccountId,
    of: &Conversation,
    message: &mut MessageView,
    at: Timestamp,
) -> Result<Vec<String>, Error> {
    let paths = crate::attachment::remove_of(tx, account, message.id).await?;
    tx.run("DELETE FROM message_html WHERE account_id = $1 AND message_id = $2", vals![account.0, message.id.0]).await?;
    message.text.clear();
    message.files.clear();
    message.quote = None;
    message.detail = None;
    message.reactions.clear();
    message.deleted_at = Some(at);
    save(tx, account, of, message, at).await?;
    let sql = format!("SELECT {COLUMNS} FROM message WHERE account_id = $1 AND conversation_id = $2 AND quote_id = $3");
    let quoting = tx.all::<Row>(&sql, vals![account.0, message.conversation.0, message.id.0]).await?;
    for mut other in with_files(tx, account, quoting).await? {
        if let Some(quote) = other.quote.as_mut() {
            quote.text.clear();
            quote.file = None;
        }
        save(tx, account, of, &other, at).await?;
    }
    Ok(paths)
}

/// Messages of a conversation that wait for their moment, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn held(c: &impl Sql, account: AccountId, conversation: ConversationId) -> Result<Vec<MessageView>, Error> {
    let sql = format!(
        // The sign leaves SQLite only the small index of held messages; it would walk the whole thread instead.
        "SELECT {COLUMNS} FROM message WHERE +account_id = $1 AND conversation_id = $2 AND send_at IS NOT NULL AND state = 'queued' ORDER BY +id"
    );
    let rows = c.all::<Row>(&sql, vals![account.0, conversation.0]).await?;
    with_files(c, account, rows).await
}

/// The messages of a conversation, or those its contact wrote, newest first; at most five hundred, which is more than a screen holds.
///
/// # Errors
/// Those of the database.
pub async fn ids_of(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    author: Option<ContactId>,
) -> Result<Vec<MessageId>, Error> {
    let by = author.map(|id| format!(" AND author_kind = 'contact' AND author_id = {id}")).unwrap_or_default();
    let sql = format!("SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2{by} ORDER BY id DESC LIMIT 500");
    Ok(c.all::<Id>(&sql, vals![account.0, conversation.0]).await?.into_iter().map(|r| MessageId(r.id)).collect())
}

/// Tells colleagues again of these messages, after their author or conversation became another; the customer's screen shows neither.
///
/// # Errors
/// Those of the database.
pub async fn tell_again(tx: &mut Tx, account: AccountId, of: &Conversation, ids: &[MessageId], at: Timestamp) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let list = crate::sight::numbers(ids.iter().map(|m| m.0));
    let sql = format!("SELECT {COLUMNS} FROM message WHERE account_id = $1 AND id IN ({list}) ORDER BY id");
    let rows = tx.all::<Row>(&sql, vals![account.0]).await?;
    for message in with_files(tx, account, rows).await? {
        tx.note(account, at, of.audience(), Change::Message { message: Box::new(message) });
    }
    Ok(())
}

/// Writes the search rows of a conversation's messages anew; needed when they changed their inbox.
///
/// # Errors
/// Those of the database.
pub(crate) async fn reindex(tx: &mut Tx, account: AccountId, of: &Conversation) -> Result<(), Error> {
    let sql = format!("SELECT {COLUMNS} FROM message WHERE account_id = $1 AND conversation_id = $2 AND kind <> 'activity' ORDER BY id");
    let rows = tx.all::<Row>(&sql, vals![account.0, of.view.id.0]).await?;
    for message in with_files(tx, account, rows).await? {
        tx.words.remove(message.id);
        index(tx, account, of.view.inbox, &message);
    }
    Ok(())
}
