//! Agent bots and the inboxes they answer in. What a bot may do, and where its events go, is the service's business.

pub mod part;

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, ConversationId, InboxId, MessageId, StatusKind, Timestamp};
use sea_orm::FromQueryResult;

/// A bot: a caller with a token of its own that answers in the inboxes it is attached to.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Bot {
    /// Its id.
    pub id: i64,
    /// Its account; none for one of the whole installation.
    pub account_id: Option<i64>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where its events go; empty for none.
    pub url: String,
    /// Its own configuration, as JSON it gave us.
    pub config: String,
    /// The random part its token is derived from.
    pub nonce: String,
}

const COLUMNS: &str = "id, account_id, name, description, url, config, nonce";

/// Makes a bot under the hash of its token; the id is drawn first because the token is derived from it.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, bot: &Bot, token_hash: impl Fn(i64) -> String, now: Timestamp) -> Result<i64, Error> {
    let sql = "INSERT INTO bot (account_id, name, description, url, config, nonce, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7) RETURNING id";
    let values = vals![
        bot.account_id,
        bot.name.as_str(),
        bot.description.as_str(),
        bot.url.as_str(),
        bot.config.as_str(),
        bot.nonce.as_str(),
        now.0
    ];
    let id = tx.inserted(sql, values).await?;
    tx.run("UPDATE bot SET token_hash = $1 WHERE id = $2", vals![token_hash(id), id]).await?;
    Ok(id)
}

/// Writes what may change about a bot; the caller loaded it within its reach before.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, bot: &Bot, token_hash: &str) -> Result<(), Error> {
    let sql = "UPDATE bot SET name = $1, description = $2, url = $3, config = $4, nonce = $5, token_hash = $6 WHERE id = $7";
    let values =
        vals![bot.name.as_str(), bot.description.as_str(), bot.url.as_str(), bot.config.as_str(), bot.nonce.as_str(), token_hash, bot.id];
    tx.run(sql, values).await?;
    Ok(())
}

/// The inboxes a bot answers in, in every account.
///
/// # Errors
/// Those of the database.
pub async fn places(c: &impl Sql, bot: i64) -> Result<Vec<(AccountId, InboxId)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        account_id: i64,
        inbox_id: i64,
    }
    let rows = c.all::<Row>("SELECT account_id, inbox_id FROM bot_inbox WHERE bot_id = $1", vals![bot]).await?;
    Ok(rows.into_iter().map(|row| (AccountId(row.account_id), InboxId(row.inbox_id))).collect())
}

/// Conversations of an inbox that wait for a bot, at most this many.
///
/// # Errors
/// Those of the database.
pub async fn waiting(c: &impl Sql, account: AccountId, inbox: InboxId, most: u32) -> Result<Vec<ConversationId>, Error> {
    let sql = "SELECT id FROM conversation WHERE account_id = $1 AND inbox_id = $2 AND status = $3 ORDER BY last_message_at DESC LIMIT $4";
    let rows = c.all::<Id>(sql, vals![account.0, inbox.0, StatusKind::Pending.number(), i64::from(most)]).await?;
    Ok(rows.into_iter().map(|row| ConversationId(row.id)).collect())
}

/// Removes a bot, and from every inbox.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, id: i64) -> Result<(), Error> {
    tx.run("DELETE FROM bot_inbox WHERE bot_id = $1", vals![id]).await?;
    tx.run("DELETE FROM bot WHERE id = $1", vals![id]).await?;
    Ok(())
}

/// The bots an account can use: its own and the installation's.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<Bot>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM bot WHERE account_id = $1 OR account_id IS NULL ORDER BY id");
    c.all(&sql, vals![account.0]).await
}

/// One bot, whosever it is.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, id: i64) -> Result<Option<Bot>, Error> {
    c.one(&format!("SELECT {COLUMNS} FROM bot WHERE id = $1"), vals![id]).await
}

/// The bot of a token, ours or one it brought.
///
/// # Errors
/// Those of the database.
pub async fn by_token(c: &impl Sql, token_hash: &str) -> Result<Option<Bot>, Error> {
    let known = "SELECT id FROM bot WHERE token_hash = $1 UNION SELECT bot_id FROM bot_token WHERE token_hash = $1 LIMIT 1";
    c.one(&format!("SELECT {COLUMNS} FROM bot WHERE id = ({known})"), vals![token_hash]).await
}

/// Ends the tokens a bot brought.
///
/// # Errors
/// Those of the database.
pub async fn forget_tokens(tx: &Tx, bot: i64) -> Result<(), Error> {
    tx.run("DELETE FROM bot_token WHERE bot_id = $1", vals![bot]).await?;
    Ok(())
}

/// The bot that answers in an inbox.
///
/// # Errors
/// Those of the database.
pub async fn of_inbox(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Option<Bot>, Error> {
    let columns: Vec<_> = COLUMNS.split(", ").map(|column| format!("b.{column}")).collect();
    let sql =
        format!("SELECT {} FROM bot_inbox i JOIN bot b ON b.id = i.bot_id WHERE i.account_id = $1 AND i.inbox_id = $2", columns.join(", "));
    c.one(&sql, vals![account.0, inbox.0]).await
}

/// Whether a bot answers in an inbox.
///
/// # Errors
/// Those of the database.
pub async fn answers_in(c: &impl Sql, inbox: InboxId) -> Result<bool, Error> {
    Ok(c.one::<Id>("SELECT bot_id AS id FROM bot_inbox WHERE inbox_id = $1", vals![inbox.0]).await?.is_some())
}

/// The inboxes of an account a bot answers in.
///
/// # Errors
/// Those of the database.
pub async fn inboxes_of(c: &impl Sql, account: AccountId, bot: i64) -> Result<Vec<InboxId>, Error> {
    let sql = "SELECT inbox_id AS id FROM bot_inbox WHERE account_id = $1 AND bot_id = $2 ORDER BY inbox_id";
    Ok(c.all::<Id>(sql, vals![account.0, bot]).await?.into_iter().map(|r| InboxId(r.id)).collect())
}

/// Lets a bot answer in an inbox, or none.
///
/// # Errors
/// Those of the database.
pub async fn attach(tx: &Tx, account: AccountId, inbox: InboxId, bot: Option<i64>) -> Result<(), Error> {
    tx.run("DELETE FROM bot_inbox WHERE account_id = $1 AND inbox_id = $2", vals![account.0, inbox.0]).await?;
    if let Some(bot) = bot {
        tx.run("INSERT INTO bot_inbox (inbox_id, account_id, bot_id) VALUES ($1, $2, $3)", vals![inbox.0, account.0, bot]).await?;
    }
    Ok(())
}

/// What a rule bot remembers of a conversation, and the newest message it has answered.
///
/// # Errors
/// Those of the database.
pub async fn memory(c: &impl Sql, account: AccountId, conversation: ConversationId) -> Result<Option<(String, MessageId)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        state: String,
        message_id: i64,
    }
    let sql = "SELECT state, message_id FROM bot_memory WHERE account_id = $1 AND conversation_id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, conversation.0]).await?.map(|row| (row.state, MessageId(row.message_id))))
}

/// Keeps what a rule bot remembers of a conversation once it has answered a message.
///
/// # Errors
/// Those of the database.
pub async fn remember(tx: &Tx, account: AccountId, conversation: ConversationId, state: &str, message: MessageId) -> Result<(), Error> {
    let sql = "INSERT INTO bot_memory (account_id, conversation_id, state, message_id) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (conversation_id) DO UPDATE SET state = excluded.state, message_id = excluded.message_id";
    tx.run(sql, vals![account.0, conversation.0, state, message.0]).await?;
    Ok(())
}

/// The inboxes a bot of an account answers in, by bot.
///
/// # Errors
/// Those of the database.
pub async fn attached(c: &impl Sql, account: AccountId) -> Result<Vec<(i64, InboxId)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        bot_id: i64,
        inbox_id: i64,
    }
    let sql = "SELECT bot_id, inbox_id FROM bot_inbox WHERE account_id = $1 ORDER BY inbox_id";
    Ok(c.all::<Row>(sql, vals![account.0]).await?.into_iter().map(|row| (row.bot_id, InboxId(row.inbox_id))).collect())
}
