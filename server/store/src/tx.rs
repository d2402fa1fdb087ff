//! A write in progress: a connection inside a transaction, and the news it will carry. It neither begins nor ends that transaction;
//! [`crate::Store::write`] does.

use crate::bell::Due;
use crate::conn::Conn;
use crate::queue::NewJob;
use crate::sql::{Sql, json, vals};
use crate::words::Words;
use crate::{Error, Vault, queue};
use model::{AccountId, Change, ContactInboxId, InboxId, TeamId, Timestamp, UserId};
use sea_orm::Value;
use std::collections::BTreeMap;

/// Event rows in one statement: far below either database's limit on parameters.
const ROWS: usize = 500;

/// A transaction's inside. All that happens on it stays, or nothing does.
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) vault: Vault,
    notes: BTreeMap<AccountId, Vec<Note>>,
    pub(crate) jobs: bool,
    pub(crate) words: Words,
}

/// Who may see a change, beside what their role permits. Nothing set: everybody in the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Those who see this inbox.
    pub inbox: Option<InboxId>,
    /// The visitor behind this address, too.
    pub contact_inbox: Option<ContactInboxId>,
    /// Nobody but this person.
    pub only_user: Option<UserId>,
    /// Who has the conversation it is about, for readers who see only their own.
    pub assignee: Option<UserId>,
    /// Which team has it, likewise.
    pub team: Option<TeamId>,
}

impl Audience {
    /// Everybody in the account.
    #[must_use]
    pub const fn everybody() -> Self {
        Self { inbox: None, contact_inbox: None, only_user: None, assignee: None, team: None }
    }

    /// Those who see this inbox.
    #[must_use]
    pub const fn of(inbox: InboxId) -> Self {
        Self { inbox: Some(inbox), contact_inbox: None, only_user: None, assignee: None, team: None }
    }

    /// Nobody but this person.
    #[must_use]
    pub const fn only(user: UserId) -> Self {
        Self { inbox: None, contact_inbox: None, only_user: Some(user), assignee: None, team: None }
    }
}

struct Note {
    at: Timestamp,
    audience: Audience,
    change: Change,
}

impl Tx {
    pub(crate) fn new(conn: Conn, vault: Vault) -> Self {
        Self { conn, vault, notes: BTreeMap::new(), jobs: false, words: Words::default() }
    }

    /// Collects a change; it is numbered and written as the transaction's last act, and told after its commit.
    pub fn note(&mut self, account: AccountId, at: Timestamp, audience: Audience, change: Change) {
        self.notes.entry(account).or_default().push(Note { at, audience, change });
    }

    /// Queues a job with this write. A job whose key is queued already, running or not, is not queued again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn enqueue(&mut self, job: NewJob) -> Result<(), Error> {
        self.jobs = true;
        queue::insert(self, job).await
    }

    /// Numbers the changes: raising an account's counter locks its row until the commit, so numbering order is commit order, and a
    /// rollback gives the numbers back. Accounts go in order of their ids, so two writers cannot wait for each other.
    pub(crate) async fn number(&mut self) -> Result<Due, Error> {
        let notes = std::mem::take(&mut self.notes);
        let mut due = Due { jobs: self.jobs, ..Due::default() };
        for (account, notes) in notes {
            let count = notes.len() as i64;
            let last =
                self.inserted("UPDATE account SET seq = seq + $1 WHERE id = $2 RETURNING seq AS id", vals![count, account.0]).await?;
            let mut seq = last - count;
            for some in notes.chunks(ROWS) {
                let mut values: Vec<Value> = Vec::with_capacity(some.len() * 9);
                for note in some {
                    seq += 1;
                    let Audience { inbox, contact_inbox, only_user, assignee, team } = note.audience;
                    let (inbox, contact_inbox, only_user) = (inbox.map(|i| i.0), contact_inbox.map(|i| i.0), only_user.map(|i| i.0));
                    let (assignee, team) = (assignee.map(|i| i.0), team.map(|i| i.0));
                    values.extend(vals![account.0, seq, note.at.0, inbox, contact_inbox, only_user, assignee, team, json(&note.change)]);
                }
                self.run(&insert(some.len()), values).await?;
            }
            due.accounts.insert(account);
        }
        Ok(due)
    }
}

/// One statement for so many rows of nine columns.
fn insert(rows: usize) -> String {
    let mut sql =
        String::from("INSERT INTO event (account_id, seq, at, inbox_id, contact_inbox_id, only_user, assignee_id, team_id, body) VALUES ");
    for row in 0..rows {
        let numbers: Vec<String> = (1..=9).map(|column| format!("${}", row * 9 + column)).collect();
        sql.push_str(if row == 0 { "(" } else { ", (" });
        sql.push_str(&numbers.join(", "));
        sql.push(')');
    }
    sql
}
