//! The key that seals secrets meets the database: the first time, and when it is changed. What is sealed where is listed here and nowhere else.

use crate::sql::{Sql, vals};
use crate::{Error, Store, Tx, vault};
use sea_orm::FromQueryResult;

/// Any number all nodes agree on: whoever seals anew holds it.
const SEALING: i64 = 0x7265_6361_646f_0003;

/// The row that says which key a database is sealed with.
const CANARY: &str = "vault";

/// How a key is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Takes the keys before it out of the file, so that they open nothing any more, not even older backups.
    pub forget: bool,
    /// Gives up what does not open because its key is lost.
    pub lost: bool,
}

/// A column of sealed values: its table, what names a row's place after `table.column`, and what stands for a value that is given up; none where its
/// row is no good without it.
struct Place {
    table: &'static str,
    column: &'static str,
    row: &'static str,
    empty: Option<&'static str>,
}

const PLACES: &[Place] = &[
    Place { table: "inbox", column: "secrets", row: "public_key", empty: Some("{}") },
    Place { table: "setting", column: "value", row: "name", empty: None },
    Place { table: "api_answer", column: "body", row: "owner || ' ' || key", empty: None },
    Place { table: "job", column: "body", row: "kind", empty: None },
];

/// What versions before there was a key left in clear.
const CLEAR: &[(usize, &str)] =
    &[(0, "secrets NOT LIKE 'sealed:%'"), (1, "name IN ('door_key', 'link_key', 'mail_key', 'push_key') OR name LIKE 'login %'")];

#[derive(FromQueryResult)]
struct Kept {
    name: String,
    value: String,
}

/// Proves that the key at hand is the one this database is sealed with; false where it is not sealed yet.
pub(crate) async fn prove(store: &Store) -> Result<bool, Error> {
    store.read(async |c: &crate::Reader| Ok(crate::account::secret(c, CANARY).await?.is_some())).await
}

/// Proves the key. Where nothing is sealed yet, makes a key unless there is one, and seals what an earlier version left in clear.
pub(crate) async fn settle(store: &Store) -> Result<(), Error> {
    if prove(store).await? {
        return Ok(());
    }
    if !store.vault().seals() {
        tracing::warn!("secrets in the database are not sealed; name a key in secrets.key on every machine");
        return Ok(());
    }
    let seal = async |tx: &mut Tx| {
        hold(tx).await?;
        if crate::account::secret(tx, CANARY).await?.is_some() {
            return Ok(());
        }
        tx.vault().begin()?;
        for (place, clear) in CLEAR {
            anew(tx, &PLACES[*place], clear, false).await?;
        }
        crate::account::set_secret(tx, CANARY, CANARY).await
    };
    let sealed = store.write_without_limit(seal).await;
    if matches!(sealed, Ok(())) {
        tracing::info!("secrets in the database are sealed: {}", store.vault().summary());
    }
    sealed
}

/// Seals everything with another key: the new first one of the file, or the first that is given.
pub(crate) async fn rotate(store: &Store, how: Rotation) -> Result<usize, Error> {
    if !store.vault().seals() {
        return Err(Error::Key("there is no key to seal secrets with: name one in secrets.key".into()));
    }
    store.vault().renew()?;
    let seal = async move |tx: &mut Tx| {
        hold(tx).await?;
        let mut count = 0;
        for place in PLACES {
            count += anew(tx, place, &format!("{} LIKE '{}%'", place.column, vault::MARK), how.lost).await?;
        }
        crate::account::set_secret(tx, CANARY, CANARY).await?;
        Ok(count)
    };
    let count = store.write_without_limit(seal).await?;
    if how.forget {
        store.vault().forget()?;
    }
    Ok(count)
}

/// Keeps others from sealing at the same time.
async fn hold(tx: &Tx) -> Result<(), Error> {
    if !tx.is_sqlite() {
        tx.run("SELECT pg_advisory_xact_lock($1)", vals![SEALING]).await?;
    }
    Ok(())
}

async fn anew(tx: &Tx, place: &Place, which: &str, lost: bool) -> Result<usize, Error> {
    let Place { table, column, row, empty } = place;
    let sql = format!("SELECT {row} AS name, {column} AS value FROM {table} WHERE {which}");
    let found = tx.all::<Kept>(&sql, vals![]).await?;
    let count = found.len();
    for Kept { name, value } in found {
        let at = format!("{table}.{column} {name}");
        let clear = match (tx.vault().open(&at, &value), empty) {
            (Err(_), Some(empty)) if lost => (*empty).to_owned(),
            (Err(_), None) if lost => {
                tx.run(&format!("DELETE FROM {table} WHERE {row} = $1 AND {column} = $2"), vals![name, value]).await?;
                continue;
            }
            (opened, _) => opened?,
        };
        let sealed = tx.vault().seal(&at, &clear)?;
        tx.run(&format!("UPDATE {table} SET {column} = $1 WHERE {row} = $2 AND {column} = $3"), vals![sealed, name, value]).await?;
    }
    Ok(count)
}
