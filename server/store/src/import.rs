//! Moving in: another product's database as rows to read, and many rows of ours written under ids that clients know already. What a foreign
//! row means is the service's business; nothing here tells anybody of anything, because nobody watches meanwhile.

mod end;
mod rows;
mod source;
mod talk;
pub use end::*;
pub use rows::*;
pub use source::Source;
pub use talk::*;

use crate::sql::{Sql, vals};
use crate::{Error, Tx};
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};

/// What of ours foreign rows refer to.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Accounts, with the tag of their language.
    pub accounts: BTreeMap<i64, String>,
    /// People.
    pub people: BTreeSet<i64>,
    /// Who belongs to which account: account, then person.
    pub members: BTreeSet<(i64, i64)>,
    /// Inboxes: their account and channel.
    pub inboxes: BTreeMap<i64, (i64, String)>,
    /// Labels by account and title.
    pub labels: BTreeMap<(i64, String), i64>,
    /// Teams: their account.
    pub teams: BTreeMap<i64, i64>,
    /// Bots: their account, 0 for the whole installation, and name.
    pub bots: BTreeMap<i64, (i64, String)>,
}

#[derive(FromQueryResult)]
struct Three {
    id: i64,
    of: i64,
    word: String,
}

/// What stands here already.
///
/// # Errors
/// Those of the database.
pub async fn known(c: &impl Sql) -> Result<Known, Error> {
    let three = async |sql: &str| c.all::<Three>(sql, vals![]).await;
    Ok(Known {
        accounts: three("SELECT id, id AS of, language AS word FROM account").await?.into_iter().map(|r| (r.id, r.word)).collect(),
        people: three("SELECT id, id AS of, '' AS word FROM person").await?.into_iter().map(|r| r.id).collect(),
        members: three("SELECT user_id AS id, account_id AS of, '' AS word FROM membership")
            .await?
            .into_iter()
            .map(|r| (r.of, r.id))
            .collect(),
        inboxes: three("SELECT id, account_id AS of, kind AS word FROM inbox").await?.into_iter().map(|r| (r.id, (r.of, r.word))).collect(),
        labels: three("SELECT id, account_id AS of, title AS word FROM label").await?.into_iter().map(|r| ((r.of, r.word), r.id)).collect(),
        bots: three("SELECT id, COALESCE(account_id, 0) AS of, name AS word FROM bot")
            .await?
            .into_iter()
            .map(|r| (r.id, (r.of, r.word)))
            .collect(),
        teams: three("SELECT id, account_id AS of, '' AS word FROM team").await?.into_iter().map(|r| (r.id, r.of)).collect(),
    })
}

/// Numbers as a list for `IN (…)`; one that fits nothing where there are none.
pub(crate) fn list(ids: impl IntoIterator<Item = i64>) -> String {
    let list = ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    if list.is_empty() { "-1".to_owned() } else { list }
}

/// Which of these texts a column of an account, or of an inbox, holds already.
pub(crate) async fn taken(tx: &Tx, table: &str, of: &str, owner: i64, column: &str, texts: &[&str]) -> Result<BTreeSet<String>, Error> {
    #[derive(FromQueryResult)]
    struct Row {
        word: String,
    }
    let mut found = BTreeSet::new();
    for some in texts.chunks(400) {
        let places = (0..some.len()).map(|at| format!("${}", at + 2)).collect::<Vec<_>>().join(",");
        let sql = format!("SELECT {column} AS word FROM {table} WHERE {of} = $1 AND {column} IN ({places})");
        let values = std::iter::once(owner.into()).chain(some.iter().map(|text| sea_orm::Value::from(*text))).collect();
        found.extend(tx.all::<Row>(&sql, values).await?.into_iter().map(|r| r.word));
    }
    Ok(found)
}
