//! What a message is beside its row: the provider's ids of its parts, its place among others, a mail's HTML. States stand above.

use super::*;

/// The message of an inbox that the provider knows under this id, whichever of its parts it names.
///
/// # Errors
/// Those of the database.
pub async fn by_source(c: &impl Sql, account: AccountId, inbox: InboxId, source: &str) -> Result<Option<MessageView>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM message WHERE account_id = $1 AND inbox_id = $2 AND source_id = $3");
    let mut row = c.one::<Row>(&sql, vals![account.0, inbox.0, source]).await?;
    if row.is_none() {
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE account_id = $1 AND id = \
             (SELECT message_id FROM message_part WHERE account_id = $1 AND inbox_id = $2 AND source_id = $3)"
        );
        row = c.one::<Row>(&sql, vals![account.0, inbox.0, source]).await?;
    }
    with_files(c, account, row.into_iter().collect()).await.map(|mut v| v.pop())
}

/// The provider's id of a message.
///
/// # Errors
/// Those of the database.
pub async fn source_of(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        source_id: Option<String>,
    }
    let sql = "SELECT source_id FROM message WHERE account_id = $1 AND id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, message.0]).await?.and_then(|r| r.source_id))
}

/// The provider's id of a message, with what its channel wants back when it is quoted or seen.
///
/// # Errors
/// Those of the database.
pub async fn named(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<(String, BTreeMap<String, String>)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        source_id: Option<String>,
        tokens: Option<String>,
    }
    let sql = "SELECT source_id, tokens FROM message WHERE account_id = $1 AND id = $2";
    let Some(row) = c.one::<Row>(sql, vals![account.0, message.0]).await? else { return Ok(None) };
    let tokens = row.tokens.as_deref().and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default();
    Ok(row.source_id.map(|id| (id, tokens)))
}

/// Keeps what a message's channel wants back of it.
///
/// # Errors
/// Those of the database.
pub async fn set_tokens(tx: &Tx, account: AccountId, message: MessageId, tokens: &BTreeMap<String, String>) -> Result<(), Error> {
    if tokens.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE message SET tokens = $1 WHERE account_id = $2 AND id = $3";
    tx.run(sql, vals![crate::sql::json(tokens), account.0, message.0]).await?;
    Ok(())
}

/// A provider's id by which a message was spoken of, whether or not its send was answered.
///
/// # Errors
/// Those of the database.
pub async fn part_of(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        source_id: String,
    }
    let sql = "SELECT source_id FROM message_part WHERE account_id = $1 AND message_id = $2 LIMIT 1";
    Ok(c.one::<Row>(sql, vals![account.0, message.0]).await?.map(|row| row.source_id))
}

/// Keeps further provider's ids of a message that became several there; one known already stays whose it is.
///
/// # Errors
/// Those of the database.
pub async fn add_sources(tx: &Tx, account: AccountId, inbox: InboxId, message: MessageId, sources: &[String]) -> Result<(), Error> {
    for source in sources {
        let sql = "INSERT INTO message_part (account_id, inbox_id, source_id, message_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        tx.run(sql, vals![account.0, inbox.0, source.as_str(), message.0]).await?;
    }
    Ok(())
}

/// How many incoming messages stand before this one.
///
/// # Errors
/// Those of the database.
pub async fn incoming_before(c: &impl Sql, account: AccountId, conversation: ConversationId, before: MessageId) -> Result<i64, Error> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS id FROM message WHERE account_id = $1 AND conversation_id = $2 AND id < $3 AND kind = 'incoming'";
    Ok(c.one::<Id>(sql, vals![account.0, conversation.0, before.0]).await?.map_or(0, |r| r.id))
}

/// Whether somebody else answered the customer after this message.
///
/// # Errors
/// Those of the database.
pub async fn answered_since(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    seen: MessageId,
    but: UserId,
) -> Result<bool, Error> {
    let sql = "SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2 AND id > $3 AND kind = 'outgoing' AND author_kind = 'user' \
               AND author_id <> $4 LIMIT 1";
    Ok(c.one::<Id>(sql, vals![account.0, conversation.0, seen.0, but.0]).await?.is_some())
}

/// Our messages that the provider surely has, up to this moment or this message, and that may still rise. What waits, failed or is in doubt
/// is none of them: a receipt for all that came before never speaks of what has not left.
///
/// # Errors
/// Those of the database.
pub async fn taken_until(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
    until: Option<Timestamp>,
    last: Option<MessageId>,
) -> Result<Vec<MessageId>, Error> {
    let sql = "SELECT id FROM message WHERE account_id = $1 AND conversation_id = $2 AND kind = 'outgoing' AND source_id IS NOT NULL \
               AND state IN ('sent', 'delivered') AND at <= $3 AND id <= $4 ORDER BY id";
    let (until, last) = (until.map_or(i64::MAX, |at| at.0), last.map_or(i64::MAX, |id| id.0));
    Ok(c.all::<Id>(sql, vals![account.0, conversation.0, until, last]).await?.into_iter().map(|row| MessageId(row.id)).collect())
}

/// Keeps a mail's cleaned HTML beside its text.
///
/// # Errors
/// Those of the database.
pub async fn set_html(tx: &Tx, account: AccountId, message: MessageId, html: &str) -> Result<(), Error> {
    let sql = "INSERT INTO message_html (message_id, account_id, html) VALUES ($1, $2, $3) ON CONFLICT (message_id) DO UPDATE SET html = excluded.html";
    tx.run(sql, vals![message.0, account.0, html]).await?;
    Ok(())
}

/// A mail's cleaned HTML.
///
/// # Errors
/// Those of the database.
pub async fn html(c: &impl Sql, account: AccountId, message: MessageId) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        html: String,
    }
    let sql = "SELECT html FROM message_html WHERE account_id = $1 AND message_id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, message.0]).await?.map(|r| r.html))
}

/// When an inbox last said something by itself in a conversation, and when anybody of ours did.
///
/// # Errors
/// Those of the database.
pub async fn told_last(
    c: &impl Sql,
    account: AccountId,
    conversation: ConversationId,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Error> {
    #[derive(FromQueryResult)]
    struct Row {
        by_itself: Option<i64>,
        any: Option<i64>,
    }
    let sql = "SELECT MAX(CASE WHEN author_kind = 'system' THEN at END) AS by_itself, MAX(at) AS \"any\" FROM message \
               WHERE account_id = $1 AND conversation_id = $2 AND kind = 'outgoing'";
    let row = c.one::<Row>(sql, vals![account.0, conversation.0]).await?;
    Ok(row.map_or((None, None), |row| (row.by_itself.map(Timestamp), row.any.map(Timestamp))))
}
