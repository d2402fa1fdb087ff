//! Which secret signs what an endpoint, an inbox's callback or a bot is told, once it was given another. The secrets themselves stand nowhere: a row
//! holds the random part they are derived from, and the one before it.

use crate::sql::{Sql, json, vals};
use crate::{Error, Tx};
use model::{AccountId, SecretOf, Timestamp};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// The random parts of a secret that was given anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    /// That of the secret that signs.
    pub now: String,
    /// That of the one before.
    pub before: String,
    /// When it changed.
    pub at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    signing: Option<String>,
}

const fn place(of: SecretOf) -> (&'static str, i64) {
    match of {
        SecretOf::Webhook(id) => ("webhook", id),
        SecretOf::Inbox(id) => ("inbox", id.0),
        SecretOf::Bot(id) => ("bot", id),
    }
}

/// What was given anew; none while the first secret stands.
///
/// # Errors
/// Those of the database.
pub async fn load(c: &impl Sql, of: SecretOf) -> Result<Option<Signing>, Error> {
    let (table, id) = place(of);
    let row = c.one::<Row>(&format!("SELECT signing FROM {table} WHERE id = $1"), vals![id]).await?;
    Ok(row.and_then(|r| r.signing).and_then(|text| serde_json::from_str(&text).ok()))
}

/// All of an account's inboxes and of the bots it can use.
///
/// # Errors
/// Those of the database.
pub async fn all(c: &impl Sql, account: AccountId) -> Result<Vec<(SecretOf, Signing)>, Error> {
    #[derive(FromQueryResult)]
    struct One {
        is_bot: i64,
        id: i64,
        signing: String,
    }
    let sql = "SELECT CAST(0 AS BIGINT) AS is_bot, id, signing FROM inbox WHERE account_id = $1 AND signing IS NOT NULL \
               UNION ALL SELECT CAST(1 AS BIGINT), id, signing FROM bot WHERE (account_id = $1 OR account_id IS NULL) AND signing IS NOT NULL";
    let one = |r: One| {
        let of = if r.is_bot == 1 { SecretOf::Bot(r.id) } else { SecretOf::Inbox(model::InboxId(r.id)) };
        Some((of, serde_json::from_str(&r.signing).ok()?))
    };
    Ok(c.all::<One>(sql, vals![account.0]).await?.into_iter().filter_map(one).collect())
}

/// Writes what was given anew.
///
/// # Errors
/// Those of the database.
pub async fn save(tx: &Tx, of: SecretOf, signing: &Signing) -> Result<(), Error> {
    let (table, id) = place(of);
    tx.run(&format!("UPDATE {table} SET signing = $1 WHERE id = $2"), vals![json(signing), id]).await?;
    Ok(())
}
