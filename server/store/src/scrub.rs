//! What erased people's words leave behind in SQLite: the search index keeps those of deleted rows until its segments are merged, and the log keeps
//! pages until they are written over. PostgreSQL's own vacuum does the like.

use crate::sql::{Id, Sql, vals};
use crate::{Engine, Error, Store, Tx};
use model::Timestamp;

/// The setting that says since when something waits to be scrubbed.
const WAITING: &str = "scrub";
/// Pages of the index merged in one write, so that others never wait for long.
const PAGES: i64 = 500;

/// Notes that something was erased whose words must not stay in the file.
///
/// # Errors
/// Those of the database.
pub async fn ask(tx: &Tx, now: Timestamp) -> Result<(), Error> {
    if tx.is_sqlite() {
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        tx.run(sql, vals![WAITING, now.0.to_string()]).await?;
    }
    Ok(())
}

impl Store {
    /// Clears what was asked for: merges the indexes, so that they forget deleted rows' words, and empties the log. What a reader holds up is
    /// done the next time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn scrub(&self) -> Result<(), Error> {
        let Engine::Sqlite(sqlite) = &self.inner.engine else { return Ok(()) };
        let asked = self.read(async |c: &crate::Reader| crate::account::setting(c, WAITING).await).await?;
        let Some(asked) = asked else { return Ok(()) };
        for index in ["message_fts", "contact_fts"] {
            // A negative number begins a merge of all segments, positive ones carry it on (SQLite, "FTS5 Extension", 6.8).
            let mut pages = -PAGES;
            while self.write(async move |tx: &mut Tx| merge(tx, index, pages).await).await? {
                pages = PAGES;
            }
        }
        if sqlite.fold().await? {
            let done = async move |tx: &mut Tx| {
                // Unless more was erased meanwhile.
                tx.run("DELETE FROM setting WHERE name = $1 AND value = $2", vals![WAITING, asked]).await
            };
            self.write(done).await?;
        }
        Ok(())
    }
}

/// Merges some pages; whether more is to be done.
async fn merge(tx: &Tx, index: &str, pages: i64) -> Result<bool, Error> {
    let changes = async || Ok::<_, Error>(tx.one::<Id>("SELECT total_changes() AS id", vals![]).await?.map_or(0, |row| row.id));
    let before = changes().await?;
    tx.run(&format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', $1)"), vals![pages]).await?;
    Ok(changes().await? - before >= 2)
}
