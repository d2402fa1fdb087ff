//! What can go wrong in the store, said for its caller. It holds no sentence for people: the service turns these into faults.

use sea_orm::{DbErr, RuntimeErr, sqlx};
use std::path::PathBuf;
use std::sync::Arc;

/// A cause as the database reported it; shared, because one failed commit answers many writers.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why the store refused or failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Another process, or another `Store` of this one, holds the database file.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The database carries a migration this build does not know, so a newer build wrote it.
    #[error("the database was migrated by a newer version: it carries {0}")]
    NewerSchema(String),
    /// A unique constraint: the columns on SQLite, the constraint's name on PostgreSQL.
    #[error("already taken: {0}")]
    Taken(String),
    /// Nothing was kept: the disk is full or failing, or the database is read-only or held by somebody else.
    #[error("the database could not store it: {0}")]
    NotStored(#[source] Cause),
    /// Somebody else holds this job by now; whatever the former holder did must not count.
    #[error("the job's lease is lost")]
    LeaseLost,
    /// The closure panicked; its changes are undone, nobody else's.
    #[error("a database closure panicked")]
    Panicked,
    /// The closure took longer than a closure may; its changes are undone.
    #[error("a database closure met its deadline")]
    Deadline,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Any other refusal of the database.
    #[error("database: {0}")]
    Database(#[source] Cause),
    /// What is stored cannot be what was written.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// Not a database address this store can open.
    #[error("not a database address: {0}")]
    Address(String),
    /// This database cannot do it; the text says what can.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// A restore would overwrite a database that holds something.
    #[error("{} exists and is not empty", .0.display())]
    Occupied(PathBuf),
    /// What the key that seals secrets has to do with it.
    #[error("{0}")]
    Key(String),
    /// A file or folder beside the database.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] Arc<std::io::Error>),
}

impl Error {
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| Self::File(path.to_owned(), Arc::new(error))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::from_sqlite(&Arc::new(error))
    }
}

impl Error {
    fn from_sqlite(error: &Arc<rusqlite::Error>) -> Self {
        use rusqlite::ErrorCode as Code;
        let cause = || -> Cause { error.clone() };
        let rusqlite::Error::SqliteFailure(failure, text) = error.as_ref() else { return Self::Database(cause()) };
        let text = text.as_deref().unwrap_or_default();
        match failure.code {
            Code::ConstraintViolation if is_unique(failure.extended_code) => {
                Self::Taken(text.strip_prefix("UNIQUE constraint failed: ").unwrap_or(text).to_owned())
            }
            Code::DiskFull | Code::SystemIoFailure | Code::ReadOnly | Code::DatabaseBusy | Code::DatabaseLocked => Self::NotStored(cause()),
            Code::DatabaseCorrupt | Code::NotADatabase => Self::Corrupt(error.to_string()),
            Code::OperationInterrupted => Self::Deadline,
            _ => Self::Database(cause()),
        }
    }

    fn from_postgres(error: &Arc<sqlx::Error>) -> Self {
        let cause: Cause = error.clone();
        let Some(refusal) = error.as_database_error() else { return Self::Database(cause) };
        let code = refusal.code().unwrap_or_default();
        match code.as_ref() {
            _ if refusal.is_unique_violation() => Self::Taken(refusal.constraint().unwrap_or_default().to_owned()),
            // 53: disk full and other exhausted resources, 58: the server's own I/O, 25006: a read-only server or transaction.
            c if c.starts_with("53") || c.starts_with("58") || c == "25006" => Self::NotStored(cause),
            _ => Self::Database(cause),
        }
    }
}

fn is_unique(extended: std::ffi::c_int) -> bool {
    use rusqlite::ffi;
    [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID].contains(&extended)
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::TryIntoErr { source, .. } if let Some(sqlite) = carried(source) => Self::from_sqlite(sqlite),
            DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) | DbErr::Conn(RuntimeErr::SqlxError(e)) => {
                Self::from_postgres(e)
            }
            DbErr::Type(text) | DbErr::Json(text) => Self::Corrupt(text.clone()),
            _ => Self::Database(Arc::new(error)),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::from_postgres(&Arc::new(error))
    }
}

/// SQLite's own error on its way through SeaORM, which has no place for a foreign driver's.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Carried(Arc<rusqlite::Error>);

fn carried(source: &Cause) -> Option<&Arc<rusqlite::Error>> {
    source.downcast_ref::<Carried>().map(|c| &c.0)
}

/// Packs SQLite's error so that [`Error::from`] finds it whole again.
pub(crate) fn carry(error: rusqlite::Error) -> DbErr {
    DbErr::TryIntoErr { from: "SQLite", into: "result", source: Arc::new(Carried(Arc::new(error))) }
}
