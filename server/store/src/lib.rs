//! The store: rows, migrations, journal, queue and bell, on SQLite or PostgreSQL; the only crate that speaks SQL. It knows no HTTP,
//! no channel and no permission: it does what it is told to do, all of it or nothing.

pub mod account;
pub mod allot;
pub mod attachment;
mod bell;
pub mod bot;
pub mod call;
mod conn;
pub mod contact;
pub mod conversation;
pub mod demo;
mod error;
pub mod filter;
pub mod import;
pub mod inbox;
pub mod journal;
pub mod label;
pub mod mailbox;
pub mod message;
pub mod migrations;
pub mod notification;
pub mod operation;
pub mod person;
pub mod platform;
mod postgres;
pub mod push;
pub mod queue;
pub mod receipt;
mod rotate;
pub mod saved;
pub mod scrub;
pub mod search;
mod sight;
pub mod signing;
mod sql;
mod sqlite;
pub mod team;
mod tx;
mod vault;
pub mod webhook;
mod words;

pub use bell::{Bell, LONGEST_SIGNAL, Ring, Rings};
pub use conn::Reader;
pub use error::{Cause, Error};
pub use journal::{JournalRow, Replay};
pub use queue::{Lease, NewJob, Parked};
pub use rotate::Rotation;
pub use sight::{Inboxes, Judged, Sight};
pub use sql::Sql;
pub use tx::{Audience, Tx};
pub use vault::{Keys, Vault};

use migrations::Migration;
use postgres::Postgres;
use sqlite::{Sqlite, Task};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Where the data is and how much of the machine it may use.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://data/recado.db` or `postgres://user@host/database`.
    pub url: String,
    /// PostgreSQL connections; more than about 16 only queue.
    pub pool: u32,
    /// SQLite reader threads.
    pub readers: u32,
    /// What seals secrets; none for the usual: the file `<database file>.key` beside SQLite, and nothing
    /// with PostgreSQL, where every machine must be given the same.
    pub keys: Option<Keys>,
}

impl Settings {
    /// An address with the usual measure of connections and threads.
    pub fn of(url: impl Into<String>) -> Self {
        Self { url: url.into(), pool: 16, readers: 4, keys: None }
    }

    fn keys(&self) -> Result<Keys, Error> {
        match &self.keys {
            Some(keys) => Ok(keys.clone()),
            None if self.url.starts_with("sqlite") => Ok(Keys::File(sqlite::beside(&sqlite::path_of(&self.url)?, ".key"))),
            None => Ok(Keys::Absent),
        }
    }
}

/// Which database it is, for the few texts that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// One file, one writer.
    Sqlite,
    /// A server that several nodes may share.
    Postgres,
}

/// An open database; clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    vault: Vault,
    bell: Bell,
    tokens: AtomicI64,
}

enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens a database, making file and folder where SQLite's are absent. The schema is left as it is: see [`Store::migrate`].
    ///
    /// # Errors
    /// [`Error::InUse`] when another process holds the file, [`Error::Address`] for an address of neither kind, or what the database says.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let vault = Vault::load(settings.keys()?)?;
        let (engine, bell) = if settings.url.starts_with("postgres:") || settings.url.starts_with("postgresql:") {
            let (away, rings) = mpsc::unbounded_channel();
            let bell = Bell::new(Some(away));
            (Engine::Postgres(Postgres::open(settings, vault.clone(), &bell, rings).await?), bell)
        } else {
            let bell = Bell::new(None);
            let (path, settings, own, sealing) = (sqlite::path_of(&settings.url)?, settings.clone(), bell.clone(), vault.clone());
            (Engine::Sqlite(blocking(move || Sqlite::open(&path, &settings, &sealing, own)).await?), bell)
        };
        // Tokens of different runs and nodes must not meet: each counts from a random place.
        let tokens = AtomicI64::new((RandomState::new().build_hasher().finish() >> 2) as i64 + 1);
        Ok(Self { inner: Arc::new(Inner { engine, vault, bell, tokens }) })
    }

    /// Runs the migrations not yet run, each with its own transaction, and reports how many of how many are done. Then seals secrets that an
    /// earlier version left in clear, making the key first where there is none.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] when a newer version was here, [`Error::Key`] when the secrets here are sealed with another key, or what the database
    /// says; what was begun is undone.
    pub async fn migrate(&self, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<(), Error> {
        self.migrate_with(migrations::ALL, progress).await?;
        rotate::settle(self).await
    }

    /// [`Store::migrate`] with a history of the caller's, so that the runner can be tried on a broken one.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn migrate_with(&self, list: &'static [Migration], progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<(), Error> {
        migrations::run(self, list, progress).await
    }

    /// The migrations [`Store::migrate`] would run.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] when a newer version was here, or what the database says.
    pub async fn pending(&self) -> Result<Vec<&'static str>, Error> {
        migrations::pending(self, migrations::ALL).await
    }

    /// Runs a closure whose changes stay if it answers `Ok`, and returns once they are on the disk. On SQLite closures that wait
    /// together are committed together; each is undone alone. Nothing slow belongs inside: everybody waits for it.
    ///
    /// # Errors
    /// The closure's own, or [`Error::Panicked`], [`Error::Deadline`], [`Error::NotStored`] and what else the database says.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.write_within(Some(sqlite::WRITE_DEADLINE), closure).await
    }

    /// [`Store::write`] for migrations, which take the time they take.
    pub(crate) async fn write_without_limit<T, F>(&self, closure: F) -> Result<T, Error>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        self.write_within(None, closure).await
    }

    async fn write_within<T, E, F>(&self, limit: Option<Duration>, closure: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => {
                let (task, answer) = Task::new(closure, limit);
                sqlite.writer.run(task).await?;
                answer.await.map_err(|_| Error::Closed)?
            }
            Engine::Postgres(postgres) => postgres.write(&self.inner.bell, limit, closure).await,
        }
    }

    /// Runs a closure on one unchanging view of the database.
    ///
    /// # Errors
    /// The closure's own, or [`Error::Panicked`], [`Error::Deadline`] and what else the database says.
    pub async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&Reader) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => {
                let (task, answer) = Task::new(closure, None);
                sqlite.readers.run(task)?;
                answer.await.map_err(|_| Error::Closed)?
            }
            Engine::Postgres(postgres) => postgres.read(closure).await,
        }
    }

    /// What seals and opens secrets.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// Proves that the key at hand opens the secrets here; so it does where nothing is sealed yet.
    ///
    /// # Errors
    /// [`Error::Key`] when it does not.
    pub async fn prove_key(&self) -> Result<(), Error> {
        rotate::prove(self).await.map(drop)
    }

    /// Seals every secret anew with another key; how many they were. Other nodes find the new key in the file when they meet it.
    ///
    /// # Errors
    /// [`Error::Key`] when one does not open and `how` does not give it up, or what the database says; nothing is changed then.
    pub async fn rotate_key(&self, how: Rotation) -> Result<usize, Error> {
        rotate::rotate(self, how).await
    }

    /// What wakes those who wait for news.
    #[must_use]
    pub fn bell(&self) -> Bell {
        self.inner.bell.clone()
    }

    /// Whether both ways, reading and writing, answer.
    ///
    /// # Errors
    /// Why one of them does not.
    pub async fn ping(&self) -> Result<(), Error> {
        match &self.inner.engine {
            Engine::Sqlite(_) => {
                self.read::<_, Error, _>(async |reader| reader.run("SELECT 1", Vec::new()).await).await?;
                self.write::<_, Error, _>(async |_| Ok(())).await
            }
            Engine::Postgres(postgres) => postgres.ping().await,
        }
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match self.inner.engine {
            Engine::Sqlite(_) => Backend::Sqlite,
            Engine::Postgres(_) => Backend::Postgres,
        }
    }

    /// Copies what is committed now into a new file, while writing goes on, and reports pages done of pages in all.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on PostgreSQL, [`Error::Occupied`] when the file exists, [`Error::Corrupt`] when the copy is not whole.
    pub async fn backup(&self, to: &Path, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<(), Error> {
        let Engine::Sqlite(sqlite) = &self.inner.engine else {
            return Err(Error::Unsupported("a PostgreSQL database is backed up with pg_dump"));
        };
        let held = sqlite.hold().ok_or(Error::Closed)?;
        let copied = Self::copy(sqlite.path.clone(), to, progress).await;
        drop(held);
        copied
    }

    /// Copies the database at an address into a new file, whoever has it open, and reports pages done of pages in all.
    ///
    /// # Errors
    /// As [`Store::backup`].
    pub async fn backup_file(url: &str, to: &Path, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<(), Error> {
        if url.starts_with("postgres") {
            return Err(Error::Unsupported("a PostgreSQL database is backed up with pg_dump"));
        }
        Self::copy(sqlite::path_of(url)?, to, progress).await
    }

    async fn copy(from: std::path::PathBuf, to: &Path, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<(), Error> {
        let to = to.to_owned();
        let (report, mut reports) = mpsc::unbounded_channel();
        let copying = blocking(move || {
            sqlite::backup(&from, &to, |done, total| {
                let _unwatched = report.send((done, total));
            })
        });
        let telling = async {
            while let Some((done, total)) = reports.recv().await {
                progress(done, total);
            }
        };
        futures_util::future::join(copying, telling).await.0
    }

    /// Proves that a backup is whole, to the bit.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when it is not.
    pub fn verify_backup(path: &Path) -> Result<(), Error> {
        sqlite::verify(path)
    }

    /// Puts a backup where `url` points, once it has been proven whole; `force` lets it replace what is there.
    ///
    /// # Errors
    /// [`Error::InUse`] while the database is open, [`Error::Occupied`] unless forced, [`Error::Corrupt`] for a broken backup.
    pub fn restore(from: &Path, url: &str, force: bool) -> Result<(), Error> {
        if url.starts_with("postgres") {
            return Err(Error::Unsupported("a PostgreSQL database is restored with pg_restore or psql"));
        }
        sqlite::restore(from, url, force)
    }

    /// Ends what runs, moves SQLite's log into its file and frees the lock; clones find it closed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), Error> {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }

    /// A number no lease had before.
    pub(crate) fn draw_token(&self) -> i64 {
        self.inner.tokens.fetch_add(1, Ordering::Relaxed)
    }
}

/// Runs what waits for the disk where it holds nobody up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Panicked)?
}
