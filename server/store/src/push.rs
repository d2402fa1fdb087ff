//! Browsers that asked for Web Push, each bound to the session it was asked in: whoever signs out is told nothing more there. It encrypts nothing.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{Timestamp, UserId};
use sea_orm::FromQueryResult;

/// Most browsers of one person; the oldest makes room.
const MOST: i64 = 20;

/// A browser to push to (the W3C's PushSubscription).
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Subscription {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// Where its push service takes messages for it.
    pub endpoint: String,
    /// Its public key, as the browser gave it.
    pub p256dh: String,
    /// Its shared secret, as the browser gave it.
    pub auth: String,
}

const COLUMNS: &str =
    "p.id, p.user_id, p.endpoint, p.p256dh, p.auth FROM push_subscription p JOIN session s ON s.id = p.session_id AND s.expires_at >";

/// Remembers a browser, under the session it asked in; one that is known is the newest asker's.
///
/// # Errors
/// Those of the database.
pub async fn keep(tx: &Tx, user: UserId, token_hash: &str, of: (&str, &str, &str), now: Timestamp) -> Result<bool, Error> {
    let (endpoint, p256dh, auth) = of;
    let sql = "INSERT INTO push_subscription (user_id, session_id, endpoint, p256dh, auth, created_at) \
               SELECT s.user_id, s.id, $3, $4, $5, CAST($6 AS BIGINT) FROM session s WHERE s.token_hash = $2 AND s.user_id = $1 \
               ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, session_id = excluded.session_id, p256dh = excluded.p256dh, auth = excluded.auth";
    let kept = tx.run(sql, vals![user.0, token_hash, endpoint, p256dh, auth, now.0]).await? > 0;
    let old = "DELETE FROM push_subscription WHERE user_id = $1 AND id NOT IN \
               (SELECT id FROM push_subscription WHERE user_id = $1 ORDER BY id DESC LIMIT $2)";
    tx.run(old, vals![user.0, MOST]).await?;
    Ok(kept)
}

/// Forgets a person's browser.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &Tx, user: UserId, endpoint: &str) -> Result<(), Error> {
    tx.run("DELETE FROM push_subscription WHERE user_id = $1 AND endpoint = $2", vals![user.0, endpoint]).await?;
    Ok(())
}

/// Forgets a browser whose push service knows it no longer.
///
/// # Errors
/// Those of the database.
pub async fn drop_one(tx: &Tx, id: i64) -> Result<(), Error> {
    tx.run("DELETE FROM push_subscription WHERE id = $1", vals![id]).await?;
    Ok(())
}

/// Whether news go to this browser of a person's.
///
/// # Errors
/// Those of the database.
pub async fn knows(c: &impl Sql, user: UserId, endpoint: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = format!("SELECT {COLUMNS} $3 WHERE p.user_id = $1 AND p.endpoint = $2");
    Ok(c.one::<Subscription>(&sql, vals![user.0, endpoint, now.0]).await?.is_some())
}

/// The ids of a person's browsers whose sessions live.
///
/// # Errors
/// Those of the database.
pub async fn of(c: &impl Sql, user: UserId) -> Result<Vec<i64>, Error> {
    let sql = "SELECT p.id FROM push_subscription p JOIN session s ON s.id = p.session_id WHERE p.user_id = $1 ORDER BY p.id";
    Ok(c.all::<Id>(sql, vals![user.0]).await?.into_iter().map(|r| r.id).collect())
}

/// A browser whose session lives.
///
/// # Errors
/// Those of the database.
pub async fn one(c: &impl Sql, id: i64, now: Timestamp) -> Result<Option<Subscription>, Error> {
    c.one::<Subscription>(&format!("SELECT {COLUMNS} $2 WHERE p.id = $1"), vals![id, now.0]).await
}

/// Drops browsers whose sessions ended.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &Tx) -> Result<u64, Error> {
    tx.run("DELETE FROM push_subscription WHERE session_id NOT IN (SELECT id FROM session)", vals![]).await
}
