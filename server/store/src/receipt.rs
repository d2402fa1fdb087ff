//! Receipts that came before the message they speak of was known under its provider's id. They wait here; what they do is the service's business.

use crate::sql::{Sql, json, vals};
use crate::{Error, Tx};
use model::{AccountId, InboxId, MessageState, Timestamp};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// What a provider said of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// How far the message got.
    pub state: MessageState,
    /// The provider's words, on a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Lets a receipt wait for its message.
///
/// # Errors
/// Those of the database.
pub async fn park(tx: &Tx, account: AccountId, inbox: InboxId, source: &str, receipt: &Receipt) -> Result<(), Error> {
    let sql = "INSERT INTO pending_receipt (account_id, inbox_id, source_id, state, at) VALUES ($1, $2, $3, $4, $5)";
    tx.run(sql, vals![account.0, inbox.0, source, json(receipt), receipt.at.0]).await?;
    Ok(())
}

/// Takes the receipts that wait for this provider's id, oldest first; they are gone afterwards.
///
/// # Errors
/// Those of the database.
pub async fn take(tx: &Tx, account: AccountId, inbox: InboxId, source: &str) -> Result<Vec<Receipt>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        state: String,
    }
    let sql = "DELETE FROM pending_receipt WHERE account_id = $1 AND inbox_id = $2 AND source_id = $3 RETURNING id, state";
    let mut rows = tx.all::<Row>(sql, vals![account.0, inbox.0, source]).await?;
    rows.sort_unstable_by_key(|r| r.id);
    Ok(rows.into_iter().filter_map(|r| serde_json::from_str(&r.state).ok()).collect())
}

/// Forgets receipts nobody took.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    tx.run("DELETE FROM pending_receipt WHERE at < $1", vals![before.0]).await
}
