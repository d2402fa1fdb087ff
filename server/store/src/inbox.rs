//! Inboxes: their rows and members. What a channel makes of the settings is the service's business.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, InboxId, Timestamp, UserId};
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
}

impl From<Row> for Inbox {
    fn from(r: Row) -> Self {
        Self {
            id: InboxId(r.id),
            account: AccountId(r.account_id),
            kind: r.kind,
            name: r.name,
            public_key: r.public_key,
            settings: serde_json::from_str(&r.settings).unwrap_or_default(),
            secrets: serde_json::from_str(&r.secrets).unwrap_or_default(),
        }
    }
}

const COLUMNS: &str = "id, account_id, kind, name, public_key, settings, secrets";

/// Makes an inbox; its id is drawn here.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, inbox: &Inbox, now: Timestamp) -> Result<InboxId, Error> {
    let sql = "INSERT INTO inbox (account_id, kind, name, public_key, settings, secrets, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let values = vals![
        inbox.account.0,
        inbox.kind.as_str(),
        inbox.name.as_str(),
        inbox.public_key.as_str(),
        crate::sql::json(&inbox.settings),
        crate::sql::json(&inbox.secrets),
        now.0
    ];
    Ok(InboxId(tx.inserted(sql, values).await?))
}

/// Writes an inbox's name, settings and secrets.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, inbox: &Inbox) -> Result<(), Error> {
    let sql = "UPDATE inbox SET name = $1, settings = $2, secrets = $3 WHERE account_id = $4 AND id = $5";
    let values =
        vals![inbox.name.as_str(), crate::sql::json(&inbox.settings), crate::sql::json(&inbox.secrets), inbox.account.0, inbox.id.0];
    tx.run(sql, values).await?;
    Ok(())
}

/// The account's inboxes, by name.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE account_id = $1 ORDER BY lower(name), id");
    Ok(c.all::<Row>(&sql, vals![account.0]).await?.into_iter().map(Into::into).collect())
}

/// One inbox of the account.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, inbox: InboxId) -> Result<Option<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE account_id = $1 AND id = $2");
    Ok(c.one::<Row>(&sql, vals![account.0, inbox.0]).await?.map(Into::into))
}

/// The inbox with this public key; the key is what proves that the caller may reach it.
///
/// # Errors
/// Those of the database.
pub async fn by_key(c: &impl Sql, key: &str) -> Result<Option<Inbox>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM inbox WHERE public_key = $1");
    Ok(c.one::<Row>(&sql, vals![key]).await?.map(Into::into))
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
    let conversations = "(SELECT id FROM conversation WHERE account_id = $1 AND inbox_id = $2)";
    let messages = "(SELECT id FROM message WHERE account_id = $1 AND inbox_id = $2)";
    let search = if tx.is_sqlite() { "rowid" } else { "message_id" };
    for sql in [
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
    Ok(paths.into_iter().map(|p| p.path).collect())
}
