//! SQLite: one writer thread that commits in groups, a few reader threads, online backup. It knows no table but its own bookkeeping.

mod backup;
mod inline;
mod readers;
mod task;
mod writer;

pub(crate) use backup::{backup, restore, verify};
pub(crate) use inline::Inline;
pub(crate) use task::Task;

use crate::{Error, Settings, Vault, bell::Bell};
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long a write may hold everybody else, and how long a PostgreSQL one may hold its connection and its rows.
pub(crate) const WRITE_DEADLINE: Duration = Duration::from_secs(5);

/// How long a read may hold its snapshot, which the log cannot be cut behind.
pub(crate) const READ_DEADLINE: Duration = Duration::from_secs(30);

/// One open database file: the threads that serve it.
pub(crate) struct Sqlite {
    pub(crate) path: PathBuf,
    pub(crate) writer: writer::Writer,
    pub(crate) readers: readers::Readers,
    lock: Weak<File>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, settings: &Settings, vault: &Vault, bell: Bell) -> Result<Self, Error> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let lock = lock(path)?;
        let connection = connect(path)?;
        // The log is moved into the file every 16 MB: busy pages are written once then, not four times, and others wait less often.
        // What is deleted is overwritten, so that nothing of it lies in the file's free pages.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8000; \
             PRAGMA secure_delete = ON",
        )?;
        // Every thread holds the lock for as long as its connection is open. SQLite's last connection removes the log by its *name*:
        // one that closed after the lock was free could take away the log of whoever came next.
        let lock = Arc::new(lock);
        let held = Arc::downgrade(&lock);
        let writer = writer::Writer::start(Arc::new(Inline::new(connection)?), lock.clone(), vault.clone(), bell)?;
        let readers = readers::Readers::start(path, settings.readers.max(1), vault, &lock)?;
        Ok(Self { path: path.to_owned(), writer, readers, lock: held })
    }

    /// Keeps the file locked while somebody outside the threads uses it; none once it is closed.
    pub(crate) fn hold(&self) -> Option<Arc<File>> {
        self.lock.upgrade()
    }

    /// Moves the log into the file and empties it; false when a reader stood in the way.
    pub(crate) async fn fold(&self) -> Result<bool, Error> {
        self.writer.fold().await
    }

    /// Lets what waits finish, and returns once every connection and the lock are gone.
    pub(crate) async fn close(&self) -> Result<(), Error> {
        self.readers.close().await;
        self.writer.close().await
    }
}

/// The file an address such as `sqlite://data/recado.db` names.
pub(crate) fn path_of(url: &str) -> Result<PathBuf, Error> {
    let rest = url.strip_prefix("sqlite:").ok_or_else(|| Error::Address("it must begin with sqlite: or postgres:".into()))?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let rest = rest.split('?').next().unwrap_or_default();
    if rest.is_empty() || rest == ":memory:" { Err(Error::Address("sqlite: needs a file".into())) } else { Ok(PathBuf::from(rest)) }
}

/// A path with something appended to its whole name, extension included.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Takes the one lock of a database file; the system releases it with the handle, however the process ends.
fn lock(path: &Path) -> Result<File, Error> {
    let at = beside(path, ".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&at).map_err(Error::file(&at))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::file(&at)(error)),
    }
}

/// How long a connection waits for another's lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection with what every one of them needs. Commits wait for the disk: an answer is a promise.
fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA trusted_schema = OFF",
    )?;
    Ok(connection)
}
