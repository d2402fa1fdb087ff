//! How a query is written: raw text with `$1..$n`, valid on both databases, and rows read by column name. It knows no table.
//!
//! ```text
//! pub async fn name_of(c: &impl Sql, account: AccountId) -> Result<Option<String>, Error> {
//!     #[derive(FromQueryResult)]
//!     struct Row { name: String }
//!     Ok(c.one::<Row>("SELECT name FROM account WHERE id = $1", vals![account.0]).await?.map(|r| r.name))
//! }
//! ```
//!
//! Traps, all of them checked where that is possible:
//! - A row's fields are `i64`, `f64`, `String`, `Vec<u8>` or an `Option` of these. On SQLite a field of another type, or a column
//!   the text does not select, reads as NULL, so an `Option` becomes a silent `None`.
//! - Values are integers, texts, bytes and doubles. A `bool` is refused: `i64::from(it)`. As many values as the text has numbers.
//! - On PostgreSQL `SUM(bigint)` is NUMERIC: `CAST(SUM(x) AS BIGINT)`; and a refused statement, say [`Error::Taken`], ends the whole
//!   transaction there, so do not go on after it: write `ON CONFLICT … DO NOTHING` instead.

use crate::{Error, Vault};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use std::future::Future;

/// The values of a statement in order: `vals![account.0, name, Some(3)]`.
macro_rules! vals {
    ($($value:expr),* $(,)?) => { ::std::vec::Vec::<::sea_orm::Value>::from([$(::sea_orm::Value::from($value)),*]) };
}
pub(crate) use vals;

/// Raw text in, rows out: what every query is written with, on a [`crate::Tx`] and a [`crate::Reader`] alike.
pub trait Sql: ConnectionTrait {
    /// Every row.
    fn all<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Vec<R>, Error>> + Send {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        async move {
            let rows = self.query_all_raw(statement).await?;
            rows.iter().map(|row| R::from_query_result(row, "").map_err(Error::from)).collect()
        }
    }

    /// The first row, if there is one.
    fn one<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Option<R>, Error>> + Send {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        async move {
            let row = self.query_one_raw(statement).await?;
            row.map(|row| R::from_query_result(&row, "").map_err(Error::from)).transpose()
        }
    }

    /// Runs a statement for its effect; how many rows it touched.
    fn run(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<u64, Error>> + Send {
        let statement = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        async move { Ok(self.execute_raw(statement).await?.rows_affected()) }
    }

    /// The `id` a statement returns (`… RETURNING id`, or `RETURNING something AS id`).
    fn inserted(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<i64, Error>> + Send {
        let row = self.one::<Id>(sql, values);
        async move { row.await?.map(|r| r.id).ok_or_else(|| Error::Corrupt("the statement returned no id".into())) }
    }

    /// What seals the secrets this connection writes, and opens those it reads.
    fn vault(&self) -> &Vault;

    /// Whether the text may speak SQLite's dialect, where the two differ.
    fn is_sqlite(&self) -> bool {
        self.get_database_backend() == DbBackend::Sqlite
    }
}

/// A row that is only an `id`.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Id {
    pub(crate) id: i64,
}

/// A value as the JSON text its column holds.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    // Serialising to memory fails only for maps whose keys are not texts; the vocabulary has none.
    serde_json::to_string(value).unwrap_or_default()
}

/// A unit-like enum as the bare word its column holds.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    json(value).trim_matches('"').to_owned()
}

/// The enum of such a word; its default where an older build's word is no longer known.
pub(crate) fn from_word<T: serde::de::DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_value(serde_json::Value::from(text)).unwrap_or_default()
}
