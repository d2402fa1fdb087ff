//! Outgoing webhooks: endpoints, what each is to be sent (the text once for all of them), and how far the journal was turned into deliveries. What is sent, when and how
//! often is the service's business.

use crate::sql::{Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, ContactId, Seq, Timestamp};
use sea_orm::FromQueryResult;

/// An address that hears of what happens.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Webhook {
    /// Its id.
    pub id: i64,
    /// Its account.
    pub account_id: i64,
    /// Only of this inbox.
    pub inbox_id: Option<i64>,
    /// The bot it belongs to.
    pub bot_id: Option<i64>,
    /// `account`, `inbox` (an API inbox's callback) or `bot`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Where.
    pub url: String,
    /// The events it hears, as a JSON list; bots and callbacks hear all of theirs.
    pub subscriptions: String,
    /// The random part its secret is derived from.
    pub nonce: String,
    /// Since when nothing has arrived.
    pub failing_since: Option<i64>,
    /// Why it was switched off.
    pub disabled: Option<String>,
}

const COLUMNS: &str = "id, account_id, inbox_id, bot_id, kind, name, url, subscriptions, nonce, failing_since, disabled";

/// Makes an endpoint. `Taken` when the account has one of this address for the same.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, hook: &Webhook, now: Timestamp) -> Result<i64, Error> {
    let sql = "INSERT INTO webhook (account_id, inbox_id, bot_id, kind, name, url, subscriptions, nonce, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    let values = vals![
        hook.account_id,
        hook.inbox_id,
        hook.bot_id,
        hook.kind.as_str(),
        hook.name.as_str(),
        hook.url.as_str(),
        hook.subscriptions.as_str(),
        hook.nonce.as_str(),
        now.0
    ];
    tx.inserted(sql, values).await
}

/// Writes an endpoint's name, address, inbox and events, and switches it on again.
///
/// # Errors
/// Those of the database.
pub async fn update(tx: &Tx, hook: &Webhook) -> Result<(), Error> {
    let sql = "UPDATE webhook SET name = $1, url = $2, subscriptions = $3, inbox_id = $4, disabled = NULL, failing_since = NULL WHERE account_id = $5 AND id = $6";
    let values = vals![hook.name.as_str(), hook.url.as_str(), hook.subscriptions.as_str(), hook.inbox_id, hook.account_id, hook.id];
    tx.run(sql, values).await?;
    Ok(())
}

/// Removes an endpoint with what it was still to be sent.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: AccountId, id: i64) -> Result<bool, Error> {
    tx.run("DELETE FROM webhook_delivery WHERE account_id = $1 AND webhook_id = $2", vals![account.0, id]).await?;
    Ok(tx.run("DELETE FROM webhook WHERE account_id = $1 AND id = $2", vals![account.0, id]).await? > 0)
}

/// Every endpoint of an account.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<Webhook>, Error> {
    c.all(&format!("SELECT {COLUMNS} FROM webhook WHERE account_id = $1 ORDER BY id"), vals![account.0]).await
}

/// One endpoint.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, id: i64) -> Result<Option<Webhook>, Error> {
    c.one(&format!("SELECT {COLUMNS} FROM webhook WHERE account_id = $1 AND id = $2"), vals![account.0, id]).await
}

/// Locks an endpoint for the rest of the write: whoever adds deliveries and whoever finds none left must not miss each other.
///
/// # Errors
/// Those of the database.
pub async fn lock(tx: &Tx, account: AccountId, id: i64) -> Result<(), Error> {
    tx.run("UPDATE webhook SET touched = touched + 1 WHERE account_id = $1 AND id = $2", vals![account.0, id]).await?;
    Ok(())
}

/// Notes that an endpoint fails since a moment, or no longer.
///
/// # Errors
/// Those of the database.
pub async fn set_failing(tx: &Tx, account: AccountId, id: i64, since: Option<Timestamp>) -> Result<(), Error> {
    let sql = "UPDATE webhook SET failing_since = CASE WHEN $1 = 0 THEN NULL ELSE COALESCE(failing_since, $1) END WHERE account_id = $2 AND id = $3";
    tx.run(sql, vals![since.map_or(0, |t| t.0), account.0, id]).await?;
    Ok(())
}

/// Switches an endpoint off, saying why; what waits for it is given up.
///
/// # Errors
/// Those of the database.
pub async fn disable(tx: &Tx, account: AccountId, id: i64, why: &str, now: Timestamp) -> Result<(), Error> {
    tx.run("UPDATE webhook SET disabled = $1 WHERE account_id = $2 AND id = $3", vals![why, account.0, id]).await?;
    let sql = "UPDATE webhook_delivery SET state = 'failed', done_at = $1 WHERE account_id = $2 AND webhook_id = $3 AND state <> 'done' AND state <> 'failed'";
    tx.run(sql, vals![now.0, account.0, id]).await?;
    Ok(())
}

/// Keeps the text of an event once, for all who hear of it, with the contact it tells of; answers its id.
///
/// # Errors
/// Those of the database.
pub async fn add_body(tx: &Tx, account: AccountId, contact: Option<ContactId>, body: &str, now: Timestamp) -> Result<i64, Error> {
    let sql = "INSERT INTO webhook_body (account_id, contact_id, body, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    tx.inserted(sql, vals![account.0, contact.map(|c| c.0), body, now.0]).await
}

/// Something an endpoint is to be sent, or was.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Delivery {
    /// Its id.
    pub id: i64,
    /// The endpoint.
    pub webhook_id: i64,
    /// The event's name.
    pub event: String,
    /// What the receiver knows it by, whatever the attempt.
    pub uuid: String,
    /// The conversation it is about.
    pub conversation_id: Option<i64>,
    /// The message it is about.
    pub message_id: Option<i64>,
    /// The exact text that is signed and sent; empty when whom it told of was erased.
    pub body: String,
    /// `fresh`, `late` (tried before), `done` or `failed`.
    pub state: String,
    /// Attempts made.
    pub attempts: i64,
    /// Not before this.
    pub next_at: i64,
    /// The last answer's status.
    pub status: Option<i64>,
    /// The last answer's beginning, or why there was none.
    pub answer: Option<String>,
    /// When it came to be.
    pub created_at: i64,
    /// When it was over.
    pub done_at: Option<i64>,
    /// What the last attempt was signed with: the second, the ecosystem's signature and those of Standard Webhooks.
    pub sent: Option<String>,
}

const DELIVERY: &str = "d.id, d.webhook_id, d.event, d.uuid, d.conversation_id, d.message_id, COALESCE(b.body, '') AS body, d.state, d.attempts, \
     d.next_at, d.status, d.answer, d.created_at, d.done_at, d.sent FROM webhook_delivery d LEFT JOIN webhook_body b ON b.id = d.body_id";

/// Adds something to be sent, whose text was kept by [`add_body`].
///
/// # Errors
/// Those of the database.
pub async fn add_delivery(tx: &Tx, account: AccountId, body: i64, delivery: &Delivery) -> Result<i64, Error> {
    let sql = "INSERT INTO webhook_delivery (account_id, webhook_id, event, uuid, conversation_id, message_id, body_id, state, next_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'fresh', $8, $8) RETURNING id";
    let values = vals![
        account.0,
        delivery.webhook_id,
        delivery.event.as_str(),
        delivery.uuid.as_str(),
        delivery.conversation_id,
        delivery.message_id,
        body,
        delivery.created_at
    ];
    tx.inserted(sql, values).await
}

/// Lets a job that waits for later run at a moment before that; one that runs now looks again by itself.
///
/// # Errors
/// Those of the database.
pub async fn hasten(tx: &Tx, key: &str, at: Timestamp) -> Result<(), Error> {
    tx.run("UPDATE job SET run_at = $1 WHERE key = $2 AND leased_until = 0 AND run_at > $1", vals![at.0, key]).await?;
    Ok(())
}

/// The oldest due deliveries of an endpoint in a state, of those above one.
///
/// # Errors
/// Those of the database.
pub async fn due(
    c: &impl Sql,
    account: AccountId,
    hook: i64,
    state: &str,
    above: i64,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    let sql = format!(
        "SELECT {DELIVERY} WHERE d.account_id = $1 AND d.webhook_id = $2 AND d.state = $3 AND d.id > $4 AND d.next_at <= $5 ORDER BY d.id LIMIT {limit}"
    );
    c.all(&sql, vals![account.0, hook, state, above, now.0]).await
}

/// When an endpoint's next delivery in a state is due.
///
/// # Errors
/// Those of the database.
pub async fn next_due(c: &impl Sql, account: AccountId, hook: i64, state: &str) -> Result<Option<Timestamp>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        at: Option<i64>,
    }
    let sql = "SELECT MIN(next_at) AS at FROM webhook_delivery WHERE account_id = $1 AND webhook_id = $2 AND state = $3";
    Ok(c.one::<Row>(sql, vals![account.0, hook, state]).await?.and_then(|r| r.at).map(Timestamp))
}

/// Writes what an attempt led to.
///
/// # Errors
/// Those of the database.
pub async fn settle(tx: &Tx, account: AccountId, d: &Delivery) -> Result<(), Error> {
    let sql = "UPDATE webhook_delivery SET state = $1, attempts = $2, next_at = $3, status = $4, answer = $5, done_at = $6, sent = $7 WHERE account_id = $8 AND id = $9";
    let values =
        vals![d.state.as_str(), d.attempts, d.next_at, d.status, d.answer.as_deref(), d.done_at, d.sent.as_deref(), account.0, d.id];
    tx.run(sql, values).await?;
    Ok(())
}

/// The last deliveries of an endpoint below one of them, newest first.
///
/// # Errors
/// Those of the database.
pub async fn deliveries(c: &impl Sql, account: AccountId, hook: i64, below: Option<i64>, limit: i64) -> Result<Vec<Delivery>, Error> {
    let mut found: Vec<Delivery> = Vec::new();
    // State by state, as the one index orders them: an index of its own would be paid for by every delivery.
    for state in ["fresh", "late", "done", "failed"] {
        let sql = format!(
            "SELECT {DELIVERY} WHERE d.account_id = $1 AND d.webhook_id = $2 AND d.state = $3 AND d.id < $4 ORDER BY d.id DESC LIMIT {limit}"
        );
        found.extend(c.all::<Delivery>(&sql, vals![account.0, hook, state, below.unwrap_or(i64::MAX)]).await?);
    }
    found.sort_by_key(|d| std::cmp::Reverse(d.id));
    found.truncate(limit as usize);
    Ok(found)
}

/// One delivery of an endpoint.
///
/// # Errors
/// Those of the database.
pub async fn delivery(c: &impl Sql, account: AccountId, hook: i64, id: i64) -> Result<Option<Delivery>, Error> {
    let sql = format!("SELECT {DELIVERY} WHERE d.account_id = $1 AND d.webhook_id = $2 AND d.id = $3");
    c.one(&sql, vals![account.0, hook, id]).await
}

/// Lets an account's position begin at its journal's head where nobody heard until now: what happened before nobody is to be told.
///
/// # Errors
/// Those of the database.
pub async fn begin(tx: &Tx, account: AccountId, head: Seq) -> Result<(), Error> {
    let sql = "INSERT INTO webhook_cursor (account_id, seq) SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT) \
               WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE account_id = $1 AND disabled IS NULL) \
               AND NOT EXISTS (SELECT 1 FROM bot_inbox WHERE account_id = $1) AND NOT EXISTS (SELECT 1 FROM inbox WHERE account_id = $1 AND kind = 'api') \
               ON CONFLICT (account_id) DO UPDATE SET seq = excluded.seq";
    tx.run(sql, vals![account.0, head.0]).await?;
    Ok(())
}

/// How far each account's journal was turned into deliveries, of those that have endpoints, with the journal's head.
///
/// # Errors
/// Those of the database.
pub async fn behind(c: &impl Sql) -> Result<Vec<(AccountId, Option<Seq>)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        seq: Option<i64>,
    }
    let sql = "SELECT a.id, c.seq FROM account a LEFT JOIN webhook_cursor c ON c.account_id = a.id WHERE (c.seq IS NULL OR c.seq < a.seq) \
               AND (a.id IN (SELECT account_id FROM webhook WHERE disabled IS NULL) OR a.id IN (SELECT account_id FROM bot_inbox) \
               OR a.id IN (SELECT account_id FROM inbox WHERE kind = 'api')) ORDER BY a.id";
    Ok(c.all::<Row>(sql, vals![]).await?.into_iter().map(|r| (AccountId(r.id), r.seq.map(Seq))).collect())
}

/// Moves an account's position on, if it still stands where the caller read it; false when another node was faster.
///
/// # Errors
/// Those of the database.
pub async fn move_on(tx: &Tx, account: AccountId, from: Option<Seq>, to: Seq) -> Result<bool, Error> {
    let touched = match from {
        None => {
            let sql = "INSERT INTO webhook_cursor (account_id, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            tx.run(sql, vals![account.0, to.0]).await?
        }
        Some(from) => {
            tx.run("UPDATE webhook_cursor SET seq = $1 WHERE account_id = $2 AND seq = $3", vals![to.0, account.0, from.0]).await?
        }
    };
    Ok(touched > 0)
}

/// What was told of something before, by kind (`m`essage, con`v`ersation, `k` contact).
///
/// # Errors
/// Those of the database.
pub async fn told(c: &impl Sql, account: AccountId, kind: &str, id: i64) -> Result<Option<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        state: String,
    }
    let sql = "SELECT state FROM webhook_told WHERE account_id = $1 AND kind = $2 AND id = $3";
    Ok(c.one::<Row>(sql, vals![account.0, kind, id]).await?.map(|r| r.state))
}

/// Notes what was told.
///
/// # Errors
/// Those of the database.
pub async fn tell(tx: &Tx, account: AccountId, kind: &str, id: i64, state: &str, at: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO webhook_told (account_id, kind, id, state, at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (account_id, kind, id) DO UPDATE SET state = excluded.state, at = excluded.at";
    tx.run(sql, vals![account.0, kind, id, state, at.0]).await?;
    Ok(())
}

/// Forgets what was told of a contact: the texts that hold them, and what was told of them last. Deliveries that wait find nothing to send.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &Tx, account: AccountId, contact: ContactId) -> Result<(), Error> {
    tx.run("DELETE FROM webhook_body WHERE account_id = $1 AND contact_id = $2", vals![account.0, contact.0]).await?;
    tx.run("DELETE FROM webhook_told WHERE account_id = $1 AND kind = 'k' AND id = $2", vals![account.0, contact.0]).await?;
    Ok(())
}

/// Forgets old deliveries that are over, and messages told of long ago.
///
/// # Errors
/// Those of the database.
pub async fn prune(tx: &Tx, before: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE state IN ('done', 'failed') AND created_at < $1 LIMIT 2000)";
    tx.run(sql, vals![before.0]).await?;
    // Both grow in one order, but for writes at the same moment: what lies well below the oldest delivery is nobody's.
    let sql = "DELETE FROM webhook_body WHERE id IN (SELECT id FROM webhook_body WHERE created_at < $1 \
               AND id < COALESCE((SELECT body_id - 1000 FROM webhook_delivery ORDER BY id LIMIT 1), id + 1) ORDER BY id LIMIT 2000)";
    tx.run(sql, vals![before.0]).await?;
    tx.run("DELETE FROM webhook_told WHERE kind = 'm' AND at < $1", vals![before.0]).await?;
    Ok(())
}
