//! API clients of every kind: people's tokens, platform apps with what they made, answers kept for repeats, and what clients attach to our
//! rows beyond our own vocabulary. Who may do what with it is the service's business.

use crate::sql::{Id, Sql, vals};
use crate::{Error, Tx};
use model::{AccountId, ConversationId, MessageId, Timestamp, UserId};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// Whose API token it is.
///
/// # Errors
/// Those of the database.
pub async fn person(c: &impl Sql, token_hash: &str) -> Result<Option<UserId>, Error> {
    Ok(c.one::<Id>("SELECT user_id AS id FROM api_token WHERE token_hash = $1", vals![token_hash]).await?.map(|r| UserId(r.id)))
}

/// Whether this very token is one of the person's.
///
/// # Errors
/// Those of the database.
pub async fn has_token(c: &impl Sql, user: UserId, token_hash: &str) -> Result<bool, Error> {
    Ok(person(c, token_hash).await? == Some(user))
}

/// Makes a platform app under the hash of its token.
///
/// # Errors
/// Those of the database.
pub async fn insert_app(tx: &Tx, name: &str, token_hash: &str, now: Timestamp) -> Result<i64, Error> {
    tx.inserted("INSERT INTO platform_app (name, token_hash, created_at) VALUES ($1, $2, $3) RETURNING id", vals![name, token_hash, now.0])
        .await
}

/// The platform app of a token.
///
/// # Errors
/// Those of the database.
pub async fn app(c: &impl Sql, token_hash: &str) -> Result<Option<i64>, Error> {
    Ok(c.one::<Id>("SELECT id FROM platform_app WHERE token_hash = $1", vals![token_hash]).await?.map(|r| r.id))
}

/// Notes that an app made something: `account`, `user` or `bot`.
///
/// # Errors
/// Those of the database.
pub async fn own(tx: &Tx, app: i64, kind: &str, id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO platform_object (app_id, kind, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.run(sql, vals![app, kind, id]).await?;
    Ok(())
}

/// Whether an app made it.
///
/// # Errors
/// Those of the database.
pub async fn owns(c: &impl Sql, app: i64, kind: &str, id: i64) -> Result<bool, Error> {
    let sql = "SELECT id FROM platform_object WHERE app_id = $1 AND kind = $2 AND id = $3";
    Ok(c.one::<Id>(sql, vals![app, kind, id]).await?.is_some())
}

/// What an app made of a kind.
///
/// # Errors
/// Those of the database.
pub async fn made(c: &impl Sql, app: i64, kind: &str) -> Result<Vec<i64>, Error> {
    let sql = "SELECT id FROM platform_object WHERE app_id = $1 AND kind = $2 ORDER BY id";
    Ok(c.all::<Id>(sql, vals![app, kind]).await?.into_iter().map(|r| r.id).collect())
}

/// Forgets that an app made something, because it is gone.
///
/// # Errors
/// Those of the database.
pub async fn disown(tx: &Tx, kind: &str, id: i64) -> Result<(), Error> {
    tx.run("DELETE FROM platform_object WHERE kind = $1 AND id = $2", vals![kind, id]).await?;
    Ok(())
}

/// Everybody of an account with their role, confirmed or not.
///
/// # Errors
/// Those of the database.
pub async fn members(c: &impl Sql, account: AccountId) -> Result<Vec<(UserId, String)>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: i64,
        role: String,
    }
    let rows = c.all::<Row>("SELECT user_id, role FROM membership WHERE account_id = $1 ORDER BY user_id", vals![account.0]).await?;
    Ok(rows.into_iter().map(|r| (UserId(r.user_id), r.role)).collect())
}

/// Changes a person's name and e-mail, where given. `Taken` when the e-mail is another's.
///
/// # Errors
/// Those of the database.
pub async fn update_person(tx: &Tx, user: UserId, name: Option<&str>, email: Option<&str>) -> Result<(), Error> {
    let sql = "UPDATE person SET name = COALESCE($1, name), email = COALESCE($2, email) WHERE id = $3";
    tx.run(sql, vals![name, email, user.0]).await?;
    Ok(())
}

/// Ends every way in of a person who belongs to no account any more: sessions, links, tokens and password.
///
/// # Errors
/// Those of the database.
pub async fn shut_out(tx: &Tx, user: UserId) -> Result<(), Error> {
    for sql in [
        "DELETE FROM session WHERE user_id = $1",
        "DELETE FROM one_time WHERE user_id = $1",
        "DELETE FROM api_token WHERE user_id = $1",
        "UPDATE person SET password = NULL WHERE id = $1",
    ] {
        tx.run(sql, vals![user.0]).await?;
    }
    Ok(())
}

/// An answer kept for a repeat of its request.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Answer {
    /// What was asked, as a digest.
    pub request: String,
    /// The status; 0 while the first request is still being answered.
    pub status: i64,
    /// The body.
    pub body: String,
    /// When it was asked.
    pub at: i64,
}

/// Where an answer is sealed to: it may hold a token that is shown once.
fn answer_place(owner: &str, key: &str) -> String {
    format!("api_answer.body {owner} {key}")
}

/// Begins an answer under a key; none when the key is free, else what was kept.
///
/// # Errors
/// Those of the database.
pub async fn begin_answer(tx: &Tx, owner: &str, key: &str, request: &str, now: Timestamp) -> Result<Option<Answer>, Error> {
    let sql = "INSERT INTO api_answer (owner, key, request, status, body, at) VALUES ($1, $2, $3, 0, '', $4) ON CONFLICT DO NOTHING";
    if tx.run(sql, vals![owner, key, request, now.0]).await? > 0 {
        return Ok(None);
    }
    let sql = "SELECT request, status, body, at FROM api_answer WHERE owner = $1 AND key = $2";
    let Some(mut known) = tx.one::<Answer>(sql, vals![owner, key]).await? else { return Ok(None) };
    known.body = tx.vault().open(&answer_place(owner, key), &known.body)?;
    Ok(Some(known))
}

/// Keeps an answer; a status of nothing frees the key, for a request that changed nothing.
///
/// # Errors
/// Those of the database.
pub async fn keep_answer(tx: &Tx, owner: &str, key: &str, answer: Option<(i64, &str)>) -> Result<(), Error> {
    match answer {
        Some((status, body)) => {
            let body = tx.vault().seal(&answer_place(owner, key), body)?;
            tx.run("UPDATE api_answer SET status = $1, body = $2 WHERE owner = $3 AND key = $4", vals![status, body, owner, key]).await?
        }
        None => tx.run("DELETE FROM api_answer WHERE owner = $1 AND key = $2", vals![owner, key]).await?,
    };
    Ok(())
}

/// Forgets answers asked for before a moment.
///
/// # Errors
/// Those of the database.
pub async fn prune_answers(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    tx.run("DELETE FROM api_answer WHERE at < $1", vals![before.0]).await
}

/// What API clients attach things to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// A message.
    Message,
    /// A conversation.
    Conversation,
    /// A contact.
    Contact,
}

impl Bearer {
    const fn table(self) -> &'static str {
        match self {
            Self::Message => "message_extra",
            Self::Conversation => "conversation_extra",
            Self::Contact => "contact_extra",
        }
    }
}

/// What clients attached to these rows, as the JSON they gave.
///
/// # Errors
/// Those of the database.
pub async fn extras(c: &impl Sql, account: AccountId, of: Bearer, ids: &[i64]) -> Result<BTreeMap<i64, String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        body: String,
    }
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let list = crate::sight::numbers(ids.iter().copied());
    let sql = format!("SELECT id, body FROM {} WHERE account_id = $1 AND id IN ({list})", of.table());
    Ok(c.all::<Row>(&sql, vals![account.0]).await?.into_iter().map(|r| (r.id, r.body)).collect())
}

/// Attaches JSON to a row, in place of what was attached before.
///
/// # Errors
/// Those of the database.
pub async fn set_extra(tx: &Tx, account: AccountId, of: Bearer, id: i64, body: &str) -> Result<(), Error> {
    let table = of.table();
    let sql = format!("INSERT INTO {table} (id, account_id, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET body = excluded.body");
    tx.run(&sql, vals![id, account.0, body]).await?;
    Ok(())
}

/// How many contacts an account has.
///
/// # Errors
/// Those of the database.
pub async fn contacts(c: &impl Sql, account: AccountId) -> Result<i64, Error> {
    Ok(c.one::<Id>("SELECT CAST(count(*) AS BIGINT) AS id FROM contact WHERE account_id = $1", vals![account.0]).await?.map_or(0, |r| r.id))
}

/// A conversation's random name and its last messages, as lists show them.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Tail {
    /// Which conversation.
    pub id: i64,
    /// Its random name.
    pub uuid: String,
    /// Its own attributes, as JSON.
    pub attributes: String,
    /// The last message of any kind.
    pub last: Option<i64>,
    /// The last one that is no activity.
    pub said: Option<i64>,
    /// The last one the customer may see.
    pub shown: Option<i64>,
}

/// What lists show of these conversations beside their rows.
///
/// # Errors
/// Those of the database.
pub async fn tails(c: &impl Sql, account: AccountId, ids: &[ConversationId]) -> Result<BTreeMap<i64, Tail>, Error> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let list = crate::sight::numbers(ids.iter().map(|id| id.0));
    let last = |what: &str| {
        format!(
            "(SELECT m.id FROM message m WHERE m.account_id = v.account_id AND m.conversation_id = v.id{what} ORDER BY m.id DESC LIMIT 1)"
        )
    };
    let sql = format!(
        "SELECT v.id, v.uuid, v.attributes, {} AS last, {} AS said, {} AS shown FROM conversation v WHERE v.account_id = $1 AND v.id IN ({list})",
        last(""),
        last(" AND m.kind <> 'activity'"),
        last(" AND m.kind IN ('incoming', 'outgoing')"),
    );
    Ok(c.all::<Tail>(&sql, vals![account.0]).await?.into_iter().map(|r| (r.id, r)).collect())
}

/// The providers' ids of these messages.
///
/// # Errors
/// Those of the database.
pub async fn sources(c: &impl Sql, account: AccountId, ids: &[MessageId]) -> Result<BTreeMap<i64, String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        source_id: Option<String>,
    }
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let list = crate::sight::numbers(ids.iter().map(|id| id.0));
    let sql = format!("SELECT id, source_id FROM message WHERE account_id = $1 AND id IN ({list})");
    Ok(c.all::<Row>(&sql, vals![account.0]).await?.into_iter().filter_map(|r| Some((r.id, r.source_id?))).collect())
}

/// When an account was made.
///
/// # Errors
/// Those of the database.
pub async fn account_made_at(c: &impl Sql, account: AccountId) -> Result<Timestamp, Error> {
    let row = c.one::<Id>("SELECT created_at AS id FROM account WHERE id = $1", vals![account.0]).await?;
    Ok(Timestamp(row.map_or(0, |r| r.id)))
}

/// Moves a conversation just made from one cell of the tallies to another, for it begins where its maker says.
///
/// # Errors
/// Those of the database.
pub async fn recount(tx: &Tx, account: AccountId, from: &model::Placement, to: &model::Placement) -> Result<(), Error> {
    if from.counts_as(to) {
        return Ok(());
    }
    for (place, by) in [(from, -1_i64), (to, 1)] {
        let sql = "INSERT INTO tally (account_id, inbox_id, status, assignee_id, count) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (account_id, inbox_id, status, assignee_id) DO UPDATE SET count = tally.count + excluded.count";
        tx.run(sql, vals![account.0, place.inbox.0, place.status.number(), place.assignee.map_or(0, |u| u.0), by]).await?;
    }
    Ok(())
}

/// A figure of a day: how many there were, and for durations their sum in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Daily {
    /// The day, counted from 1970.
    pub day: i64,
    /// How many.
    pub count: i64,
    /// Their durations' sum.
    pub sum: i64,
}

/// What can be counted by day from the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Conversations begun.
    Conversations,
    /// Messages of customers.
    Incoming,
    /// Messages to customers.
    Outgoing,
    /// Conversations resolved, and how long after their beginning.
    Resolutions,
    /// First replies of people, and how long after the beginning.
    FirstReplies,
}

/// A figure by day between two moments, days without any left out.
///
/// # Errors
/// Those of the database.
pub async fn figures(c: &impl Sql, account: AccountId, figure: Figure, since: Timestamp, until: Timestamp) -> Result<Vec<Daily>, Error> {
    let of = |at: &str, sum: &str, from: &str| {
        format!(
            "SELECT {at} / 86400000 AS day, CAST(count(*) AS BIGINT) AS count, CAST(COALESCE(SUM({sum}), 0) AS BIGINT) AS sum FROM {from} \
             AND {at} >= $2 AND {at} < $3 GROUP BY {at} / 86400000 ORDER BY 1"
        )
    };
    let sql = match figure {
        Figure::Conversations => of("v.created_at", "0", "conversation v WHERE v.account_id = $1"),
        Figure::Incoming => of("m.at", "0", "message m WHERE m.account_id = $1 AND m.kind = 'incoming'"),
        Figure::Outgoing => of("m.at", "0", "message m WHERE m.account_id = $1 AND m.kind = 'outgoing'"),
        Figure::Resolutions => of(
            "m.at",
            "m.at - v.created_at",
            "message m JOIN conversation v ON v.id = m.conversation_id WHERE m.account_id = $1 AND m.kind = 'activity' \
             AND m.activity LIKE '{\"status\"%' AND m.activity LIKE '%\"to\":\"resolved\"%'",
        ),
        Figure::FirstReplies => of(
            "v.first_reply_at",
            "v.first_reply_at - v.created_at",
            "conversation v WHERE v.account_id = $1 AND v.first_reply_at IS NOT NULL",
        ),
    };
    c.all(&sql, vals![account.0, since.0, until.0]).await
}
