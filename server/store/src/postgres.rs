//! PostgreSQL: a pool whose transactions run beside each other, and the bell between nodes. It knows no table.

use crate::bell::{Bell, LONGEST_SIGNAL, Ring};
use crate::conn::Conn;
use crate::sqlite::{READ_DEADLINE, WRITE_DEADLINE};
use crate::{Error, Reader, Settings, Tx, Vault};
use futures_util::FutureExt;
use model::AccountId;
use sea_orm::sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sea_orm::{AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, IsolationLevel, TransactionTrait, sqlx};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The channel every node listens on; it is the database's own, so databases on one server do not hear each other.
const CHANNEL: &str = "recado";

/// How long to wait before looking for a lost connection again.
const AGAIN: Duration = Duration::from_secs(1);

/// One database and the two tasks that ring for it.
pub(crate) struct Postgres {
    pub(crate) pool: DatabaseConnection,
    vault: Vault,
    tasks: [JoinHandle<()>; 2],
}

impl Postgres {
    /// Connects, and listens before it returns, so that no ring after `open` is missed.
    pub(crate) async fn open(settings: &Settings, vault: Vault, bell: &Bell, away: mpsc::UnboundedReceiver<Ring>) -> Result<Self, Error> {
        let mut options = ConnectOptions::new(&settings.url);
        options.max_connections(settings.pool.max(1)).sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
        options.test_before_acquire_if_idle_for(Duration::from_secs(5));
        let pool = Database::connect(options).await?;
        let mut listener = PgListener::connect(&settings.url).await?;
        listener.listen(CHANNEL).await?;
        let ringer = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10)).connect_lazy(&settings.url)?;
        let node = format!("{:016x}", RandomState::new().build_hasher().finish());
        #[expect(clippy::disallowed_methods, reason = "the handles are kept, and the tasks end with the store")]
        let tasks = [tokio::spawn(listen(listener, node.clone(), bell.clone())), tokio::spawn(ring(ringer, node, away))];
        Ok(Self { pool, vault, tasks })
    }

    pub(crate) async fn write<T, E, F>(&self, bell: &Bell, limit: Option<Duration>, closure: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<Error>,
    {
        let begun = self.pool.begin().await.map_err(Error::from)?;
        let mut tx = Tx::new(Conn::Postgres(begun), self.vault.clone());
        let run = AssertUnwindSafe(async { closure(&mut tx).await }).catch_unwind();
        // Whatever ends early here drops `tx`, and a dropped transaction is rolled back, if somewhat later.
        let answer = tokio::time::timeout(limit.unwrap_or(Duration::MAX), run).await;
        let value = match answer.map_err(|_| Error::Deadline)?.map_err(|_| Error::Panicked)? {
            Ok(value) => value,
            Err(refusal) => {
                if let Conn::Postgres(begun) = tx.conn
                    && let Err(error) = begun.rollback().await
                {
                    tracing::warn!(%error, "a refused transaction is left to the server to undo: {error}");
                }
                return Err(refusal);
            }
        };
        std::mem::take(&mut tx.words).write(&tx).await?;
        let due = tx.number().await?;
        if let Conn::Postgres(begun) = tx.conn {
            begun.commit().await.map_err(Error::from)?;
        }
        bell.ring(due);
        Ok(value)
    }

    pub(crate) async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&Reader) -> Result<T, E>,
        E: From<Error>,
    {
        let begun =
            self.pool.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await.map_err(Error::from)?;
        let reader = Reader { conn: Conn::Postgres(begun), vault: self.vault.clone() };
        let run = AssertUnwindSafe(async { closure(&reader).await }).catch_unwind();
        let answer = tokio::time::timeout(READ_DEADLINE, run).await;
        let value = answer.map_err(|_| Error::Deadline)?.map_err(|_| Error::Panicked)??;
        if let Conn::Postgres(begun) = reader.conn {
            begun.rollback().await.map_err(Error::from)?;
        }
        Ok(value)
    }

    pub(crate) async fn ping(&self) -> Result<(), Error> {
        let answer = tokio::time::timeout(WRITE_DEADLINE, self.pool.execute_unprepared("SELECT 1")).await;
        answer.map_err(|_| Error::Deadline)?.map(|_| ()).map_err(Error::from)
    }

    pub(crate) async fn close(&self) -> Result<(), Error> {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.pool.close_by_ref().await.map_err(Error::from)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Passes on what other nodes ring. The node's own rings come back too and are known by its tag: it has heard them already.
async fn listen(mut listener: PgListener, node: String, bell: Bell) {
    loop {
        match listener.try_recv().await {
            Ok(Some(notification)) => rings(&node, notification.payload()).into_iter().for_each(|ring| bell.ring_here(ring)),
            // The connection was cut and is made anew; what was rung meanwhile is lost.
            Ok(None) => bell.ring_here(Ring::Lost),
            Err(error) => {
                tracing::warn!(%error, "cannot listen to the database, trying again: {error}");
                bell.ring_here(Ring::Lost);
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Tells other nodes, in one statement, all that was rung while the last one ran. Never inside a transaction: notifying there makes
/// every commit of the server wait in one line.
async fn ring(pool: PgPool, node: String, mut away: mpsc::UnboundedReceiver<Ring>) {
    let mut waiting = Vec::new();
    while away.recv_many(&mut waiting, 1024).await > 0 {
        let payloads = payloads(&node, waiting.drain(..));
        let sql = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";
        if let Err(error) = sqlx::query(sql).bind(CHANNEL).bind(payloads).execute(&pool).await {
            // Those who wait look for themselves every few seconds.
            tracing::warn!(%error, "other nodes could not be told of news: {error}");
        }
    }
}

/// `node a 1 2 3` for accounts, `node j` for jobs, `node s text` for a signal.
fn payloads(node: &str, rings: impl Iterator<Item = Ring>) -> Vec<String> {
    let (mut accounts, mut jobs, mut payloads) = (BTreeSet::new(), false, Vec::new());
    for ring in rings {
        match ring {
            Ring::Account(account) => drop(accounts.insert(account)),
            Ring::Jobs => jobs = true,
            Ring::Signal(text) if text.len() <= LONGEST_SIGNAL => payloads.push(format!("{node} s {text}")),
            Ring::Signal(_) | Ring::Lost => {}
        }
    }
    let accounts: Vec<String> = accounts.into_iter().map(|account| account.to_string()).collect();
    // 256 of the longest ids are still below the limit of 8,000 bytes.
    payloads.extend(accounts.chunks(256).map(|some| format!("{node} a {}", some.join(" "))));
    payloads.extend(jobs.then(|| format!("{node} j")));
    payloads
}

fn rings(node: &str, payload: &str) -> Vec<Ring> {
    let mut parts = payload.splitn(3, ' ');
    let (from, kind, rest) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    match kind {
        _ if from == Some(node) => Vec::new(),
        Some("a") => rest.split(' ').filter_map(|id| id.parse().ok().map(|id: AccountId| Ring::Account(id))).collect(),
        Some("j") => vec![Ring::Jobs],
        Some("s") => vec![Ring::Signal(rest.to_owned())],
        // A newer node may ring in ways this one does not know.
        _ => vec![Ring::Lost],
    }
}
