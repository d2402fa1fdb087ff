//! Another product's PostgreSQL database, read in one unchanging view and never written. It knows no table: rows come as the JSON the database
//! makes of them, so that a column more or less between versions is no matter.

use super::list;
use crate::conn::Conn;
use crate::sql::{Id, Sql, vals};
use crate::{Error, Reader, Vault};
use sea_orm::{AccessMode, ConnectOptions, ConnectionTrait, Database, FromQueryResult, IsolationLevel, TransactionTrait};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// An open view of a foreign database.
pub struct Source {
    view: Reader,
    columns: BTreeMap<String, BTreeSet<String>>,
}

#[derive(FromQueryResult)]
struct Body {
    body: String,
}

impl Source {
    /// Connects and begins the view (`REPEATABLE READ`, read only).
    ///
    /// # Errors
    /// Those of that database.
    pub async fn open(url: &str) -> Result<Self, Error> {
        #[derive(FromQueryResult)]
        struct Row {
            table_name: String,
            column_name: String,
        }
        if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
            return Err(Error::Address("the source is a PostgreSQL database: postgres://user@host/name".into()));
        }
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let pool = Database::connect(options).await?;
        let begun = pool.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
        let view = Reader { conn: Conn::Postgres(begun), vault: Vault::absent() };
        // While we write, this side waits; its server must not take that for a forgotten client.
        view.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        view.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        let sql = "SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name FROM information_schema.columns \
                   WHERE table_schema = ANY(current_schemas(false))";
        let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in view.all::<Row>(sql, vals![]).await? {
            columns.entry(row.table_name).or_default().insert(row.column_name);
        }
        Ok(Self { view, columns })
    }

    /// Whether there is such a table.
    #[must_use]
    pub fn has(&self, table: &str) -> bool {
        self.columns.contains_key(table)
    }

    /// Which of these columns a table has not.
    #[must_use]
    pub fn lacks<'c>(&self, table: &str, columns: &[&'c str]) -> Vec<&'c str> {
        let there = self.columns.get(table);
        columns.iter().filter(|column| !there.is_some_and(|known| known.contains(**column))).copied().collect()
    }

    /// How many rows a table has beyond this id; none where there is no such table.
    ///
    /// # Errors
    /// Those of that database.
    pub async fn count(&self, table: &str, after: i64) -> Result<i64, Error> {
        if !self.has(table) {
            return Ok(0);
        }
        let condition = if self.lacks(table, &["id"]).is_empty() { "CAST(id AS BIGINT) > $1" } else { "$1 = $1" };
        let sql = format!("SELECT count(*) AS id FROM {table} WHERE {condition}");
        Ok(self.view.one::<Id>(&sql, vals![after]).await?.map_or(0, |r| r.id))
    }

    /// How many rows of a table have these words in these columns.
    ///
    /// # Errors
    /// Those of that database.
    pub async fn count_of(&self, table: &str, one: (&str, &str), two: (&str, &str)) -> Result<i64, Error> {
        if !self.lacks(table, &[one.0, two.0]).is_empty() {
            return Ok(0);
        }
        let sql = format!("SELECT count(*) AS id FROM {table} WHERE {} = $1 AND {} = $2", one.0, two.0);
        Ok(self.view.one::<Id>(&sql, vals![one.1, two.1]).await?.map_or(0, |r| r.id))
    }

    /// The next rows of a table by id.
    ///
    /// # Errors
    /// Those of that database.
    pub async fn page(&self, table: &str, after: i64, most: i64) -> Result<Vec<Map<String, Value>>, Error> {
        if !self.has(table) {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT CAST(row_to_json(t) AS TEXT) AS body FROM (SELECT * FROM {table} WHERE id > $1 ORDER BY id LIMIT $2) t");
        self.rows(&sql, vals![after, most]).await
    }

    /// The rows of a table whose column is one of these numbers, by id.
    ///
    /// # Errors
    /// Those of that database.
    pub async fn of(&self, table: &str, column: &str, ids: &[i64]) -> Result<Vec<Map<String, Value>>, Error> {
        if ids.is_empty() || !self.lacks(table, &[column]).is_empty() {
            return Ok(Vec::new());
        }
        let ids = list(ids.iter().copied());
        let sql =
            format!("SELECT CAST(row_to_json(t) AS TEXT) AS body FROM (SELECT * FROM {table} WHERE {column} IN ({ids}) ORDER BY id) t");
        self.rows(&sql, vals![]).await
    }

    /// The same, for tables that refer to rows of several others: `kind` and its word say to which.
    ///
    /// # Errors
    /// Those of that database.
    pub async fn of_kind(&self, table: &str, kind: (&str, &str), column: &str, ids: &[i64]) -> Result<Vec<Map<String, Value>>, Error> {
        if ids.is_empty() || !self.lacks(table, &[column, kind.0]).is_empty() {
            return Ok(Vec::new());
        }
        let (ids, name) = (list(ids.iter().copied()), kind.0);
        let sql = format!(
            "SELECT CAST(row_to_json(t) AS TEXT) AS body FROM (SELECT * FROM {table} WHERE {name} = $1 AND {column} IN ({ids}) ORDER BY id) t"
        );
        self.rows(&sql, vals![kind.1]).await
    }

    /// How far a sequence has counted; none where there is no such sequence.
    ///
    /// # Errors
    /// Those of that database.
    pub async fn counted(&self, sequence: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT count(*) AS id FROM pg_sequences WHERE schemaname = ANY(current_schemas(false)) AND sequencename = $1";
        if self.view.one::<Id>(sql, vals![sequence]).await?.is_none_or(|r| r.id == 0) {
            return Ok(None);
        }
        let quoted = sequence.replace('"', "");
        let sql = format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM \"{quoted}\"");
        Ok(self.view.one::<Id>(&sql, vals![]).await?.map(|r| r.id))
    }

    async fn rows(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<Vec<Map<String, Value>>, Error> {
        let rows = self.view.all::<Body>(sql, values).await?;
        let read = |row: Body| serde_json::from_str(&row.body).map_err(|e| Error::Corrupt(format!("a row of the source: {e}")));
        rows.into_iter().map(read).collect()
    }
}
