//! What becomes of messages in the search index, kept aside until a transaction is otherwise whole. Not the search itself.
//!
//! FTS5 gathers words in memory and empties that memory into a segment of its own at every savepoint. Written last, the words of all
//! closures that are committed together become one segment: one reply in six of the writer's time went there.

use crate::sql::{Sql, vals};
use crate::{Error, Tx};
use model::MessageId;
use std::collections::BTreeMap;

/// The index's changes of one transaction, the last word on each message.
#[derive(Default)]
pub(crate) struct Words(BTreeMap<MessageId, Entry>);

#[derive(Default)]
struct Entry {
    /// Whether there may be a row to remove.
    stood: bool,
    words: Option<String>,
}

impl Words {
    /// The message is found by these words.
    pub(crate) fn put(&mut self, message: MessageId, words: String) {
        self.0.entry(message).or_default().words = Some(words);
    }

    /// The message is found no more.
    pub(crate) fn remove(&mut self, message: MessageId) {
        self.0.insert(message, Entry { stood: true, words: None });
    }

    /// Adds what came later.
    pub(crate) fn append(&mut self, later: Self) {
        for (message, entry) in later.0 {
            let before = self.0.entry(message).or_default();
            *before = Entry { stood: before.stood || entry.stood, words: entry.words };
        }
    }

    /// Writes them. A message that was deleted meanwhile, by a statement that deletes many, gets no row.
    pub(crate) async fn write(self, tx: &Tx) -> Result<(), Error> {
        let (remove, insert) = if tx.is_sqlite() {
            ("rowid", "INSERT INTO message_fts (rowid, words) SELECT $1, $2")
        } else {
            ("message_id", "INSERT INTO message_fts (message_id, words) SELECT $1, to_tsvector('simple', $2)")
        };
        let remove = format!("DELETE FROM message_fts WHERE {remove} = $1");
        let insert = format!("{insert} WHERE EXISTS (SELECT 1 FROM message WHERE id = $1)");
        for (message, entry) in self.0 {
            if entry.stood {
                tx.run(&remove, vals![message.0]).await?;
            }
            if let Some(words) = entry.words {
                tx.run(&insert, vals![message.0, words]).await?;
            }
        }
        Ok(())
    }
}
