//! Providers' calls, kept as they came until they are understood. What stands in them is the channels' business.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, InboundCallId, InboxId, Timestamp};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// A proven call as it is kept.
#[derive(Clone, Debug)]
pub struct InboundCall {
    /// Its id.
    pub id: InboundCallId,
    /// The account.
    pub account: AccountId,
    /// The inbox it is for.
    pub inbox: InboxId,
    /// Which channel reads it.
    pub kind: String,
    /// What it carried beside the body, with lower-case names; the ones a channel needs to read it again.
    pub headers: BTreeMap<String, String>,
    /// The raw body.
    pub body: Vec<u8>,
    /// Whether it was read, or given up.
    pub state: CallState,
    /// When it came.
    pub at: Timestamp,
}

/// How far a call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// Waits to be read.
    Waiting,
    /// Was read; all in it is stored.
    Done,
    /// Could not be read; kept for a person to look at.
    Failed,
}

impl CallState {
    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    account_id: i64,
    inbox_id: i64,
    kind: String,
    headers: String,
    body: Vec<u8>,
    state: String,
    at: i64,
}

impl From<Row> for InboundCall {
    fn from(r: Row) -> Self {
        Self {
            id: InboundCallId(r.id),
            account: AccountId(r.account_id),
            inbox: InboxId(r.inbox_id),
            kind: r.kind,
            headers: serde_json::from_str(&r.headers).unwrap_or_default(),
            body: r.body,
            state: match r.state.as_str() {
                "done" => CallState::Done,
                "failed" => CallState::Failed,
                _ => CallState::Waiting,
            },
            at: Timestamp(r.at),
        }
    }
}

/// Keeps a call under the provider's key; none when this inbox had a call of that key before.
///
/// # Errors
/// Those of the database.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub async fn insert(
    tx: &Tx,
    account: AccountId,
    inbox: InboxId,
    kind: &str,
    key: &str,
    headers: &BTreeMap<String, String>,
    body: Vec<u8>,
    at: Timestamp,
) -> Result<Option<InboundCallId>, Error> {
    let sql = "INSERT INTO inbound_call (account_id, inbox_id, kind, key, headers, body, state, at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7) \
               ON CONFLICT (inbox_id, key) DO NOTHING RETURNING id";
    let values = vals![account.0, inbox.0, kind, key, crate::sql::json(headers), body, at.0];
    Ok(tx.one::<Id>(sql, values).await?.map(|r| InboundCallId(r.id)))
}

/// One call.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, account: AccountId, call: InboundCallId) -> Result<Option<InboundCall>, Error> {
    let sql = "SELECT id, account_id, inbox_id, kind, headers, body, state, at FROM inbound_call WHERE account_id = $1 AND id = $2";
    Ok(c.one::<Row>(sql, vals![account.0, call.0]).await?.map(Into::into))
}

/// The calls of an inbox that wait to be read, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn waiting(c: &impl Sql, account: AccountId, inbox: InboxId, limit: u32) -> Result<Vec<InboundCall>, Error> {
    let sql = "SELECT id, account_id, inbox_id, kind, headers, body, state, at FROM inbound_call \
               WHERE inbox_id = $1 AND state = 'waiting' AND account_id = $2 ORDER BY id LIMIT $3";
    Ok(c.all::<Row>(sql, vals![inbox.0, account.0, i64::from(limit)]).await?.into_iter().map(Into::into).collect())
}

/// Notes that a call was read, or why it could not be. A read one keeps its key, against repeats, and loses its body.
///
/// # Errors
/// Those of the database.
pub async fn finish(tx: &Tx, account: AccountId, call: InboundCallId, error: Option<&str>) -> Result<(), Error> {
    let state = if error.is_none() { CallState::Done } else { CallState::Failed };
    let sql =
        "UPDATE inbound_call SET state = $1, error = $2, body = CASE WHEN $3 = 1 THEN $4 ELSE body END WHERE account_id = $5 AND id = $6";
    let values = vals![state.name(), error, i64::from(error.is_none()), Vec::<u8>::new(), account.0, call.0];
    tx.run(sql, values).await?;
    Ok(())
}

/// Forgets calls that were read before a moment; those given up stay for a person.
///
/// # Errors
/// Those of the database.
pub async fn prune(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM inbound_call WHERE id IN (SELECT id FROM inbound_call WHERE state = 'done' AND at < $1 LIMIT 2000)";
    tx.run(sql, vals![before.0]).await
}
