//! Reading an account's events in order, and forgetting old ones. Writing them is [`crate::Tx::note`]'s work alone.

use crate::sql::{Id, Sql, vals};
use crate::{Audience, Error, Tx};
use model::{AccountId, Change, ContactId, ContactInboxId, ConversationId, InboxId, Seq, TeamId, Timestamp, UserId};
use sea_orm::FromQueryResult;

/// Events one call of [`prune`] removes per account at most, so that it never holds the writer for long.
const PRUNED_AT_ONCE: i64 = 5_000;

/// One event as stored, with whom it concerns.
#[derive(Clone, Debug)]
pub struct JournalRow {
    /// Its position.
    pub seq: Seq,
    /// When it was written.
    pub at: Timestamp,
    /// Who may see it.
    pub audience: Audience,
    /// What changed.
    pub change: Change,
}

/// What follows a position.
#[derive(Clone, Debug)]
pub enum Replay {
    /// The next events, fewer than asked for only at the journal's end.
    Rows(Vec<JournalRow>),
    /// That position is no longer (or, after a restore, not yet) in the journal: load afresh.
    TooOld,
}

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    at: i64,
    inbox_id: Option<i64>,
    contact_inbox_id: Option<i64>,
    only_user: Option<i64>,
    assignee_id: Option<i64>,
    team_id: Option<i64>,
    body: String,
}

/// The number of the newest event; read it before the data a snapshot stamps with it.
///
/// # Errors
/// Those of the database.
pub async fn head(c: &impl Sql, account: AccountId) -> Result<Seq, Error> {
    let row = c.one::<Id>("SELECT seq AS id FROM account WHERE id = $1", vals![account.0]).await?;
    Ok(Seq(row.map_or(0, |r| r.id)))
}

/// The events after `seq`, oldest first.
///
/// # Errors
/// Those of the database, and [`Error::Corrupt`] for a row that is no event.
pub async fn after(c: &impl Sql, account: AccountId, seq: Seq, limit: u32) -> Result<Replay, Error> {
    #[derive(FromQueryResult)]
    struct Bounds {
        seq: i64,
        pruned_seq: i64,
    }
    let bounds = c.one::<Bounds>("SELECT seq, pruned_seq FROM account WHERE id = $1", vals![account.0]).await?;
    if bounds.is_none_or(|b| seq.0 < b.pruned_seq || seq.0 > b.seq) {
        return Ok(Replay::TooOld);
    }
    let sql = "SELECT seq, at, inbox_id, contact_inbox_id, only_user, assignee_id, team_id, body FROM event WHERE account_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let rows = c.all::<Row>(sql, vals![account.0, seq.0, i64::from(limit)]).await?;
    rows.into_iter().map(JournalRow::try_from).collect::<Result<_, _>>().map(Replay::Rows)
}

impl TryFrom<Row> for JournalRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let change = serde_json::from_str(&row.body).map_err(|e| Error::Corrupt(format!("event {}: {e}", row.seq)))?;
        let audience = Audience {
            inbox: row.inbox_id.map(InboxId),
            contact_inbox: row.contact_inbox_id.map(ContactInboxId),
            only_user: row.only_user.map(UserId),
            assignee: row.assignee_id.map(UserId),
            team: row.team_id.map(TeamId),
        };
        Ok(Self { seq: Seq(row.seq), at: Timestamp(row.at), audience, change })
    }
}

/// Empties the events that speak of a contact who was erased, or of their conversations; their numbers stay, so nobody misses a step.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &Tx, account: AccountId, contact: ContactId, conversations: &[ConversationId]) -> Result<(), Error> {
    // What is left says that they are gone, which is true and tells nothing.
    let gone = crate::sql::json(&Change::ContactGone { contact });
    // A contact stands in an event as a view or brief, whose id comes first, or as an author, who is an id alone.
    let mut patterns = vec![format!("%\"contact\":{{\"id\":{contact},%"), format!("%\"contact\":{{\"id\":{contact}}}%")];
    patterns.extend(conversations.iter().map(|id| format!("%\"conversation\":{id},%")));
    patterns.extend(conversations.iter().map(|id| format!("%\"now\":{{\"id\":{id},%")));
    for pattern in patterns {
        tx.run("UPDATE event SET body = $1 WHERE account_id = $2 AND body LIKE $3", vals![gone.as_str(), account.0, pattern]).await?;
    }
    Ok(())
}

/// Forgets events written before a moment, some thousands at a time: repeat while it answers more than nothing. Always a beginning
/// of the journal, so that a newer event an erring clock dated back keeps those after it.
///
/// # Errors
/// Those of the database.
pub async fn prune(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    let first = "(SELECT at FROM event WHERE account_id = a.id ORDER BY seq LIMIT 1)";
    let accounts = tx.all::<Id>(&format!("SELECT a.id FROM account a WHERE {first} < $1 ORDER BY a.id"), vals![before.0]).await?;
    let mut gone = 0;
    for account in accounts {
        // The counter's row is locked first: nobody commits an event between the look and the deletion.
        let seq = tx.inserted("UPDATE account SET pruned_seq = pruned_seq WHERE id = $1 RETURNING seq AS id", vals![account.id]).await?;
        let pruned = tx.one::<Id>("SELECT pruned_seq AS id FROM account WHERE id = $1", vals![account.id]).await?.map_or(0, |r| r.id);
        let most = seq.min(pruned + PRUNED_AT_ONCE);
        let kept = "SELECT seq AS id FROM event WHERE account_id = $1 AND seq <= $2 AND at >= $3 ORDER BY seq LIMIT 1";
        let until = tx.one::<Id>(kept, vals![account.id, most, before.0]).await?.map_or(most, |first| first.id - 1);
        if until > pruned {
            gone += tx.run("DELETE FROM event WHERE account_id = $1 AND seq <= $2", vals![account.id, until]).await?;
            tx.run("UPDATE account SET pruned_seq = $1 WHERE id = $2", vals![until, account.id]).await?;
        }
    }
    Ok(gone)
}
