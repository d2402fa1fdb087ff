//! What follows from imported rows and is written once they are all here: previews, counts, marks, tallies, and where ids go on. Every step may
//! be repeated.

use super::list;
use crate::sql::{Id, Sql, json, vals};
use crate::{Error, Tx};
use model::*;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// What the source says about how far a conversation was read.
#[derive(Clone, Copy, Debug)]
pub struct ReadUntil {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Until when its agents have read it.
    pub at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Sum {
    id: i64,
    account_id: i64,
    incoming: i64,
    seen: i64,
    last_in: Option<i64>,
    last_at: Option<i64>,
    last_id: Option<i64>,
    reply_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct Last {
    id: i64,
    conversation_id: i64,
    author_kind: String,
    author_id: i64,
    text: String,
    state: String,
    failure: Option<String>,
    file: Option<String>,
}

/// Settles conversations by their messages: preview, order in lists, counts, and what their inbox's members and administrators have read.
///
/// # Errors
/// Those of the database.
pub async fn settle(tx: &Tx, all: &[ReadUntil]) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    let read = all.iter().map(|r| format!("({}, {})", r.conversation, r.at.map_or(-1, |t| t.0))).collect::<Vec<_>>().join(",");
    let sql = format!(
        "WITH r (id, until) AS (VALUES {read}) SELECT v.id, v.account_id, \
         CAST(SUM(CASE WHEN m.kind = 'incoming' THEN 1 ELSE 0 END) AS BIGINT) AS incoming, \
         CAST(SUM(CASE WHEN m.kind = 'incoming' AND m.at <= r.until THEN 1 ELSE 0 END) AS BIGINT) AS seen, \
         MAX(CASE WHEN m.kind = 'incoming' THEN m.at END) AS last_in, \
         MAX(CASE WHEN m.kind IN ('incoming', 'outgoing') THEN m.at END) AS last_at, \
         MAX(CASE WHEN m.kind IN ('incoming', 'outgoing') THEN m.id END) AS last_id, \
         MIN(CASE WHEN m.kind = 'outgoing' AND m.author_kind = 'user' THEN m.at END) AS reply_at \
         FROM r JOIN conversation v ON v.id = r.id JOIN message m ON m.account_id = v.account_id AND m.conversation_id = v.id GROUP BY v.id, v.account_id"
    );
    let sums = tx.all::<Sum>(&sql, vals![]).await?;
    let sql = format!(
        "SELECT m.id, m.conversation_id, m.author_kind, m.author_id, substr(m.text, 1, 140) AS text, m.state, m.failure, \
         (SELECT MIN(a.kind) FROM attachment a WHERE a.account_id = m.account_id AND a.message_id = m.id) AS file FROM message m WHERE m.id IN ({})",
        list(sums.iter().filter_map(|s| s.last_id))
    );
    let lasts: BTreeMap<i64, Last> = tx.all::<Last>(&sql, vals![]).await?.into_iter().map(|l| (l.conversation_id, l)).collect();
    for s in &sums {
        let preview = lasts.get(&s.id).map(|l| Preview {
            author: crate::message::author_of(&l.author_kind, l.author_id),
            text: l.text.split_whitespace().collect::<Vec<_>>().join(" "),
            file: l.file.as_deref().map(crate::sql::from_word),
            state: crate::message::read_state(&l.state, l.failure.as_deref()),
            message: MessageId(l.id),
        });
        let sql = "UPDATE conversation SET incoming = $1, last_incoming_at = $2, last_message_at = COALESCE($3, last_message_at), \
                   first_reply_at = COALESCE(first_reply_at, $4), preview = $5 WHERE account_id = $6 AND id = $7";
        let values = vals![s.incoming, s.last_in, s.last_at, s.reply_at, preview.as_ref().map(json), s.account_id, s.id];
        tx.run(sql, values).await?;
    }
    let seen = sums.iter().filter(|s| s.seen > 0).map(|s| format!("({}, {})", s.id, s.seen)).collect::<Vec<_>>().join(",");
    if !seen.is_empty() {
        let sql = format!(
            "WITH s (id, seen) AS (VALUES {seen}) INSERT INTO mark (account_id, conversation_id, user_id, seen) \
             SELECT v.account_id, v.id, m.user_id, s.seen FROM s JOIN conversation v ON v.id = s.id JOIN membership m ON m.account_id = v.account_id \
             WHERE m.role = 'administrator' OR EXISTS (SELECT 1 FROM inbox_member i WHERE i.account_id = v.account_id AND i.inbox_id = v.inbox_id \
             AND i.user_id = m.user_id) ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET seen = excluded.seen"
        );
        tx.run(&sql, vals![]).await?;
    }
    Ok(())
}

/// Counts an account's conversations afresh, and lets their numbers go on past the highest, or past `counted`.
///
/// # Errors
/// Those of the database.
pub async fn recount(tx: &Tx, account: AccountId, counted: i64) -> Result<(), Error> {
    tx.run("DELETE FROM tally WHERE account_id = $1", vals![account.0]).await?;
    let sql = "INSERT INTO tally (account_id, inbox_id, status, assignee_id, count) SELECT account_id, inbox_id, status, COALESCE(assignee_id, 0), count(*) \
               FROM conversation WHERE account_id = $1 AND starter_id IS NULL GROUP BY account_id, inbox_id, status, COALESCE(assignee_id, 0)";
    tx.run(sql, vals![account.0]).await?;
    let highest = tx.inserted("SELECT COALESCE(MAX(number), 0) AS id FROM conversation WHERE account_id = $1", vals![account.0]).await?;
    tx.run("UPDATE account SET numbers = $1 WHERE id = $2 AND numbers < $1", vals![highest.max(counted), account.0]).await?;
    Ok(())
}

/// Lets every table's ids go on past the highest. SQLite does so by itself: a growing key is one more than the highest there is.
///
/// # Errors
/// Those of the database.
pub async fn go_on(tx: &Tx) -> Result<(), Error> {
    if tx.is_sqlite() {
        return Ok(());
    }
    for table in [
        "account",
        "person",
        "label",
        "team",
        "canned",
        "attribute",
        "macro",
        "inbox",
        "contact",
        "contact_inbox",
        "contact_note",
        "conversation",
        "message",
        "attachment",
        "webhook",
        "bot",
        "folder",
    ] {
        let sql =
            format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false) AS id");
        tx.one::<Id>(&sql, vals![]).await?;
    }
    Ok(())
}

/// Imported files whose bytes are not here: account, file, its name, and where its bytes were.
///
/// # Errors
/// Those of the database.
pub async fn absent(c: &impl Sql, after: i64, most: i64) -> Result<Vec<Absent>, Error> {
    let sql = "SELECT id, account_id, message_id, name, voice, content_id, remote FROM attachment WHERE uploader = 'import' AND state = 'failed' AND remote IS NOT NULL \
               AND id > $1 ORDER BY id LIMIT $2";
    c.all(sql, vals![after, most]).await
}

/// An imported file whose bytes are not here.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Absent {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub account_id: i64,
    /// The message it is on.
    pub message_id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Whether it is a voice message.
    pub voice: i64,
    /// By which name a mail shows it.
    pub content_id: Option<String>,
    /// Where its bytes were.
    pub remote: String,
}

/// How many there are.
///
/// # Errors
/// Those of the database.
pub async fn absences(c: &impl Sql) -> Result<i64, Error> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS id FROM attachment WHERE uploader = 'import' AND state = 'failed' AND remote IS NOT NULL";
    Ok(c.one::<Id>(sql, vals![]).await?.map_or(0, |r| r.id))
}
