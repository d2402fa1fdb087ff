//! The one thread that writes: it takes every closure that is waiting, runs each in a savepoint of one transaction, commits once and
//! then answers all. It reads nothing for anybody else and never waits for more closures: the commit itself gathers them.

use super::inline::Inline;
use super::task::Write;
use crate::bell::{Bell, Due};
use crate::conn::Conn;
use crate::words::Words;
use crate::{Error, Tx, Vault};
use futures_util::FutureExt;
use std::collections::VecDeque;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many closures one commit may carry, and how many may wait before callers do.
const GROUP: usize = 256;
const WAITING: usize = 1024;
/// How long writers wait for readers while the log is emptied.
const FOLDING: Duration = Duration::from_millis(100);

enum Order {
    Run(Box<dyn Write>),
    Fold(oneshot::Sender<Result<bool, Error>>),
    Close(oneshot::Sender<Result<(), Error>>),
}

/// The way to the writer thread.
pub(crate) struct Writer {
    orders: mpsc::Sender<Order>,
}

impl Writer {
    pub(crate) fn start(inline: Arc<Inline>, lock: Arc<File>, vault: Vault, bell: Bell) -> Result<Self, Error> {
        let runtime = super::readers::runtime()?;
        let (orders, waiting) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new().name("store-writer".into());
        let life = move || runtime.block_on(serve(inline, lock, vault, bell, waiting));
        thread.spawn(life).map_err(|e| Error::NotStored(Arc::new(e)))?;
        Ok(Self { orders })
    }

    pub(crate) async fn run(&self, work: Box<dyn Write>) -> Result<(), Error> {
        self.orders.send(Order::Run(work)).await.map_err(|_| Error::Closed)
    }

    /// Moves the log into the file and empties it; false when a reader stood in the way.
    pub(crate) async fn fold(&self) -> Result<bool, Error> {
        let (done, folded) = oneshot::channel();
        self.orders.send(Order::Fold(done)).await.map_err(|_| Error::Closed)?;
        folded.await.map_err(|_| Error::Closed)?
    }

    /// Lets what waits finish, moves the log into the file, and returns once file and lock are free.
    pub(crate) async fn close(&self) -> Result<(), Error> {
        let (done, closed) = oneshot::channel();
        self.orders.send(Order::Close(done)).await.map_err(|_| Error::Closed)?;
        closed.await.map_err(|_| Error::Closed)?
    }
}

async fn serve(inline: Arc<Inline>, lock: Arc<File>, vault: Vault, bell: Bell, mut waiting: mpsc::Receiver<Order>) {
    let mut orders = Vec::with_capacity(GROUP);
    let mut works = VecDeque::with_capacity(GROUP);
    // After a failed write to the disk nobody knows what the file holds: nothing is acknowledged until it is opened anew.
    let mut broken: Option<Error> = None;
    let (mut closing, mut folding) = (None, None);
    while closing.is_none() && waiting.recv_many(&mut orders, GROUP).await > 0 {
        for order in orders.drain(..) {
            match order {
                Order::Run(work) if closing.is_some() => work.answer(Some(Error::Closed)),
                Order::Run(work) => works.push_back(work),
                Order::Fold(done) => folding = Some(done),
                Order::Close(done) => closing = Some(done),
            }
        }
        while !works.is_empty() {
            match &broken {
                Some(error) => works.drain(..).for_each(|work| work.answer(Some(error.clone()))),
                None => broken = group(&inline, &vault, &mut works, &bell).await,
            }
        }
        if let Some(done) = folding.take() {
            drop(done.send(fold(&inline.bare()).map_err(Error::from)));
        }
    }
    waiting.close();
    while let Ok(order) = waiting.try_recv() {
        match order {
            Order::Run(work) => work.answer(Some(Error::Closed)),
            Order::Fold(done) => drop(done.send(Err(Error::Closed))),
            Order::Close(done) => drop(done.send(Ok(()))),
        }
    }
    let checkpoint = inline.bare().execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)").map_err(Error::from);
    drop(inline);
    drop(lock);
    if let Some(done) = closing {
        drop(done.send(checkpoint));
    }
}

/// Moves the log into the file and empties it, unless a reader is slower than callers may be kept waiting.
fn fold(connection: &rusqlite::Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(FOLDING)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(super::PATIENCE)?;
    Ok(busy? == 0)
}

/// Runs what waits in one transaction and commits it; an error only where the writer must not go on.
async fn group(inline: &Arc<Inline>, vault: &Vault, works: &mut VecDeque<Box<dyn Write>>, bell: &Bell) -> Option<Error> {
    if let Err(error) = inline.control("BEGIN IMMEDIATE") {
        let error = Error::from(error);
        works.drain(..).for_each(|work| work.answer(Some(error.clone())));
        return None;
    }
    let mut done: Vec<(Box<dyn Write>, Option<Error>)> = Vec::with_capacity(works.len());
    let (mut due, mut words) = (Due::default(), Words::default());
    while let Some(mut work) = works.pop_front() {
        let outcome = one(Tx::new(Conn::Inline(inline.clone()), vault.clone()), inline, work.as_mut(), &mut due, &mut words).await;
        // Some failures (a full disk, no memory) make SQLite undo the whole transaction, and with it what others believed written.
        let undone = inline.bare().is_autocommit();
        done.push((work, outcome.err().flatten()));
        if undone {
            let error = Error::NotStored(Arc::new(std::io::Error::other("SQLite undid the transaction")));
            done.into_iter().for_each(|(work, own)| work.answer(Some(own.unwrap_or_else(|| error.clone()))));
            return None;
        }
    }
    let tx = Tx::new(Conn::Inline(inline.clone()), vault.clone());
    match commit(&tx, inline, words).await {
        Ok(()) => {
            bell.ring(due);
            done.into_iter().for_each(|(work, failure)| work.answer(failure));
            None
        }
        Err((error, lost)) => {
            tracing::error!(%error, closures = done.len(), "a commit failed and nothing in it was kept: {error}");
            if !inline.bare().is_autocommit() {
                drop(inline.control("ROLLBACK"));
            }
            done.into_iter().for_each(|(work, _)| work.answer(Some(error.clone())));
            lost.then_some(error)
        }
    }
}

/// Writes what search shall find, then commits. With an error: whether nobody knows any more what the file holds.
async fn commit(tx: &Tx, inline: &Inline, words: Words) -> Result<(), (Error, bool)> {
    words.write(tx).await.map_err(|error| (error, false))?;
    inline.control("COMMIT").map_err(|error| {
        let lost = error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure);
        (Error::NotStored(Arc::new(error)), lost)
    })
}

/// One closure in its savepoint. `Err(None)` is its own refusal, `Err(Some(…))` a failure that speaks for it.
async fn one(mut tx: Tx, inline: &Inline, work: &mut dyn Write, due: &mut Due, words: &mut Words) -> Result<(), Option<Error>> {
    let fail = |error: rusqlite::Error| Some(Error::from(error));
    inline.control("SAVEPOINT closure").map_err(fail)?;
    let limit = work.limit();
    inline.limit(limit);
    let run = AssertUnwindSafe(async { if work.run(&mut tx).await { tx.number().await.map_err(Some) } else { Err(None) } });
    let run = run.catch_unwind();
    let outcome = match limit {
        Some(limit) => tokio::time::timeout(limit, run).await.unwrap_or(Ok(Err(Some(Error::Deadline)))),
        None => run.await,
    };
    inline.limit(None);
    let (end, outcome) = match outcome.unwrap_or(Err(Some(Error::Panicked))) {
        Ok(rings) => (inline.control("RELEASE closure"), Ok(rings)),
        Err(refusal) => (inline.control("ROLLBACK TO closure").and_then(|()| inline.control("RELEASE closure")), Err(refusal)),
    };
    if let Err(error) = end {
        // Whatever is left of the transaction cannot be trusted; the caller sees that it is gone and answers everybody.
        drop(inline.control("ROLLBACK"));
        return Err(fail(error));
    }
    outcome.map(|rings| {
        due.add(rings);
        words.append(tx.words);
    })
}
