//! Inboxes: their rows and members. What a channel makes of the settings is the service's business.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, InboxHealth, InboxId, InboxState, Timestamp, UserId};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// An inbox's row.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// Its id.
    pub id: InboxId,
    /// Its account.
    pub account: AccountId,
    /// Which channel.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The random key its public addresses carry.
    pub public_key: String,
    /// What its form holds, and what the channel keeps beside it.
    pub settings: BTreeMap<String, String>,
    /// What never goes to a browser.
    pub secrets: BTreeMap<String, String>,
    /// The provider's own id of what it connects; one inbox of a kind has it.
    pub account_key: Option<String>,
    /// Whether it works.
    pub state: InboxState,
    /// What was last seen of its traffic.
    pub health: InboxHealth,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    account_id: i64,
    kind: String,
    name: String,
    public_key: String,
    settings: String,
    secrets: String,
    account_key: Option<String>,
    state: Option<String>,
    last_in: Option<i64>,
    last_out: Option<i64>,
    last_error: Option<String>,
    last_error_at: Option<i64>,
}

/// Where an inbox's secrets are sealed to: its public key, which it has before it has an id and keeps for good.
fn place(public_key: &str) -> String {
    format!("inbox.secrets {public_key}")
}

fn sealed(c: &impl Sql, inbox: &Inbox) -> Result<String, Error> {
    c.vault().seal(&place(&inbox.public_key), &crate::sql::json(&inbox.secrets))
}

fn opened(c: &impl Sql, r: Row) -> Result<Inbox, Error> {
    let secrets = c.vault().open(&place(&r.public_key), &r.secrets)?;
    Ok(Inbox {
        id: InboxId(r.id),
        account: AccountId(r.account_id),
        kind: r.kind,
        name: r.name,
        public_key: r.public_key,
        settings: serde_json::from_str(&r.settings).unwrap_or_default(),
        secrets: serde_json::from_str(&secrets).unwrap_or_default(),
        account_key: r.account_key,
        state: r.state.and_then(|s| serde_json::from_str(&s).ok()).unwrap_or_default(),
        health: InboxHealth {
            last_in: r.last_in.map(Timestamp),
            last_out: r.last_out.map(Timestamp),
            last_error: r.last_error_at.map(Timestamp).zip(r.last_error),
            waiting: 0,
        },
    })
}

const COLUMNS: &str =
    "id, account_id, kind, name, public_key, settings, secrets, account_key, state, last_in, last_out, last_error, last_error_at";

/// Makes an inbox; its id is drawn here. `Taken` when another inbox connects the same account of the provider.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, inbox: &Inbox, now: Timestamp) -> Result<InboxId, Error> {
    let sql = "INSERT INTO inbox (account_id, kind, name, public_key, settings, secrets, created_at, account_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let values = vals![
        inbox.account.0,
        inbox.kind.as_str(),
        inbox.name.as_str(),
        inbox.public_key.as_str(),
        crate::sql::json(&inbox.settings),
        sealed(tx, inbox)?,
        now.0,
        inbox.account_key.as_deref()
    ];
    Ok(InboxId(tx.inserted(sql, values).await?))
}

/// Writes an inbox's name, settings, secrets and the provider's own id. `Taken` as for [`insert`].
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, inbox: &Inbox) -> Result<(), Error> {
    let sql = "UPDATE inbox SET name = $1, settings = $2, secrets = $3, account_key = $4 WHERE account_id = $5 AND id = $6";
    let (settings, secrets) = (crate::sql::json(&inbox.settings), sealed(tx, inbox)?);
    let values = vals![inbox.name.as_str(), settings, secrets, inbox.account_key.as_deref(), inbox.account.0, inbox.id.0];
    tx.run(sql, values).await?;
    Ok(())
}

/// The account's inboxes, by name.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE account_id = $1 ORDER BY lower(name), id");
    c.all::<Row>(&sql, vals![account.0]).await?.into_iter().map(|row| opened(c, row)).collect()
}

/// One inbox of the account.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Option<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE account_id = $1 AND id = $2");
    c.one::<Row>(&sql, vals![account.0, inbox.0]).await?.map(|row| opened(c, row)).transpose()
}

/// The settings of an inbox that greets, or says that nobody is there; none for all others, which are most.
///
/// # Errors
/// Those of the database.
pub async fn says_by_itself(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Option<BTreeMap<String, String>>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        settings: String,
    }
    let sql = "SELECT settings FROM inbox WHERE account_id = $1 AND id = $2 \
               AND (settings LIKE '%\"greeting_enabled\":\"true\"%' OR settings LIKE '%\"hours\":%')";
    Ok(c.one::<Row>(sql, vals![account.0, inbox.0]).await?.and_then(|row| serde_json::from_str(&row.settings).ok()))
}

/// The inbox with this public key; the key is what proves that the caller may reach it.
///
/// # Errors
/// Those of the database.
pub async fn by_public_key(c: &impl Sql, key: &str) -> Result<Option<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE public_key = $1");
    c.one::<Row>(&sql, vals![key]).await?.map(|row| opened(c, row)).transpose()
}

/// The inbox of this kind that connects this account of the provider; a provider's signature is what proves that the caller may reach it.
///
/// # Errors
/// Those of the database.
pub async fn by_account_key(c: &impl Sql, kind: &str, key: &str) -> Result<Option<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE kind = $1 AND account_key = $2");
    c.one::<Row>(&sql, vals![kind, key]).await?.map(|row| opened(c, row)).transpose()
}

/// Every inbox of a kind, of every account; for work that goes through all of them, such as reading mailboxes.
///
/// # Errors
/// Those of the database.
pub async fn of_kind(c: &impl Sql, kind: &str) -> Result<Vec<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE kind = $1 ORDER BY id");
    c.all::<Row>(&sql, vals![kind]).await?.into_iter().map(|row| opened(c, row)).collect()
}

/// Sets whether an inbox works; true when that changed. Telling of it is the caller's business.
///
/// # Errors
/// Those of the database.
pub async fn set_state(tx: &Tx, account: AccountId, inbox: InboxId, state: &InboxState) -> Result<bool, Error> {
    let text = (!state.is_connected()).then(|| crate::sql::json(state));
    // A repeated failure keeps the moment of the first.
    let changed = if state.is_connected() { "state IS NOT NULL" } else { "state IS NULL" };
    let sql = format!("UPDATE inbox SET state = $1 WHERE account_id = $2 AND id = $3 AND {changed}");
    Ok(tx.run(&sql, vals![text, account.0, inbox.0]).await? > 0)
}

/// What happened to an inbox just now.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'s> {
    /// The provider called, or was read.
    In,
    /// The provider took a message.
    Out,
    /// The provider refused, in its words.
    Error(&'s str),
}

/// Notes traffic of an inbox, at most once a minute, so that a busy inbox does not rewrite its row all the time.
///
/// # Errors
/// Those of the database.
pub async fn saw(tx: &Tx, account: AccountId, inbox: InboxId, what: Seen<'_>, at: Timestamp) -> Result<(), Error> {
    let (set, column, words) = match what {
        Seen::In => ("last_in = $3, last_error = COALESCE($4, last_error)", "last_in", None),
        Seen::Out => ("last_out = $3, last_error = COALESCE($4, last_error)", "last_out", None),
        Seen::Error(words) => ("last_error_at = $3, last_error = $4", "last_error_at", Some(words.chars().take(500).collect::<String>())),
    };
    let sql = format!("UPDATE inbox SET {set} WHERE account_id = $1 AND id = $2 AND ({column} IS NULL OR {column} < $3 - 60000)");
    tx.run(&sql, vals![account.0, inbox.0, at.0, words]).await?;
    Ok(())
}

/// An inbox's members.
///
/// # Errors
/// Those of the database.
pub async fn members(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Vec<UserId>, Error> {
    let sql = "SELECT user_id AS id FROM inbox_member WHERE account_id = $1 AND inbox_id = $2 ORDER BY user_id";
    Ok(c.all::<Id>(sql, vals![account.0, inbox.0]).await?.into_iter().map(|r| UserId(r.id)).collect())
}

/// Sets an inbox's members; people who are not of the account are left out.
///
/// # Errors
/// Those of the database.
pub async fn set_members(tx: &Tx, account: AccountId, inbox: InboxId, members: &[UserId]) -> Result<(), Error> {
    tx.run("DELETE FROM inbox_member WHERE account_id = $1 AND inbox_id = $2", vals![account.0, inbox.0]).await?;
    for user in members {
        let sql = "INSERT INTO inbox_member (account_id, inbox_id, user_id) SELECT account_id, CAST($1 AS BIGINT), user_id FROM membership \
                   WHERE account_id = $2 AND user_id = $3 ON CONFLICT DO NOTHING";
        tx.run(sql, vals![inbox.0, account.0, user.0]).await?;
    }
    Ok(())
}

/// Removes an inbox with all that came through it. Paths of its files are answered, for the caller to remove them after the commit.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: AccountId, inbox: InboxId) -> Result<Vec<String>, Error> {
    #[derive(FromQueryResult)]
    struct Path {
        path: String,
    }
    let both = vals![account.0, inbox.0];
    let paths = tx.all::<Path>("SELECT path FROM attachment WHERE account_id = $1 AND inbox_id = $2", both.clone()).await?;
    let mails = crate::mailbox::delete_inbox(tx, account, inbox).await?;
    let conversations = "(SELECT id FROM conversation WHERE account_id = $1 AND inbox_id = $2)";
    let messages = "(SELECT id FROM message WHERE account_id = $1 AND inbox_id = $2)";
    let search = if tx.is_sqlite() { "rowid" } else { "message_id" };
    for sql in [
        format!("DELETE FROM message_html WHERE account_id = $1 AND message_id IN {messages}"),
        "DELETE FROM message_part WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM inbound_call WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM pending_receipt WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM contact_alias WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        format!("DELETE FROM conversation_label WHERE account_id = $1 AND conversation_id IN {conversations}"),
        format!("DELETE FROM participant WHERE account_id = $1 AND conversation_id IN {conversations}"),
        format!("DELETE FROM notification WHERE account_id = $1 AND conversation_id IN {conversations}"),
        format!("DELETE FROM message_fts WHERE {search} IN {messages}"),
        "DELETE FROM attachment WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM message WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        format!("DELETE FROM mark WHERE account_id = $1 AND conversation_id IN {conversations}"),
        "DELETE FROM conversation WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM visitor_session WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM contact_inbox WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM inbox_member WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM tally WHERE account_id = $1 AND inbox_id = $2".to_owned(),
        "DELETE FROM inbox WHERE account_id = $1 AND id = $2".to_owned(),
    ] {
        tx.run(&sql, both.clone()).await?;
    }
    Ok(paths.into_iter().map(|p| p.path).chain(mails).collect())
}

/// How many messages wait to leave by an inbox.
///
/// # Errors
/// Those of the database.
pub async fn waiting(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<i64, Error> {
    // From the few jobs to their messages, never through all messages.
    let prefix = format!("deliver {account} ");
    let sql = "SELECT CAST(count(*) AS BIGINT) AS id FROM job j JOIN message m ON m.id = CASE WHEN j.key LIKE $1 THEN CAST(substr(j.key, CAST($2 AS INTEGER)) AS BIGINT) END \
               WHERE j.kind = 'deliver' AND j.key LIKE $1 AND m.account_id = $3 AND m.inbox_id = $4 AND m.state = 'queued'";
    let values = vals![format!("{prefix}%"), prefix.len() as i64 + 1, account.0, inbox.0];
    Ok(c.one::<Id>(sql, values).await?.map_or(0, |row| row.id))
}
