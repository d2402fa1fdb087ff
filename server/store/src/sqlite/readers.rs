//! The threads that read: each has a connection that cannot write, and gives every closure one snapshot. They share one line of
//! waiting closures, so a slow read delays nobody while another thread is free.

use super::task::Read;
use super::{Inline, READ_DEADLINE};
use crate::conn::Conn;
use crate::{Error, Reader, Vault};
use futures_util::FutureExt;
use std::collections::VecDeque;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// The way to the reader threads.
pub(crate) struct Readers {
    line: Arc<Line>,
    alive: watch::Sender<()>,
}

/// What waits, for whichever thread is free. Each arrival wakes one thread; a channel behind a mutex would wake two, the second to wait on.
#[derive(Default)]
struct Line {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Default)]
struct Waiting {
    works: VecDeque<Box<dyn Read>>,
    closed: bool,
}

impl Line {
    fn held(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the threads go once nothing waits any more.
    fn end(&self) {
        self.held().closed = true;
        self.came.notify_all();
    }

    /// The next in line, once there is one; none when nothing more will come.
    fn next(&self) -> Option<Box<dyn Read>> {
        let until = self.came.wait_while(self.held(), |waiting| waiting.works.is_empty() && !waiting.closed);
        until.unwrap_or_else(PoisonError::into_inner).works.pop_front()
    }
}

impl Readers {
    pub(crate) fn start(path: &Path, count: u32, vault: &Vault, lock: &Arc<File>) -> Result<Self, Error> {
        let line = Arc::new(Line::default());
        let (alive, _) = watch::channel(());
        for number in 0..count {
            let connection = super::connect(path)?;
            connection.execute_batch("PRAGMA query_only = ON")?;
            let reader = Reader { conn: Conn::Inline(Arc::new(Inline::new(connection)?)), vault: vault.clone() };
            let (next, runtime, lock, living) = (line.clone(), runtime()?, lock.clone(), alive.subscribe());
            let thread = std::thread::Builder::new().name(format!("store-reader-{number}"));
            let life = move || {
                runtime.block_on(serve(&reader, &next));
                drop(reader);
                drop((lock, living));
            };
            thread.spawn(life).map_err(|e| Error::NotStored(Arc::new(e)))?;
        }
        Ok(Self { line, alive })
    }

    pub(crate) fn run(&self, work: Box<dyn Read>) -> Result<(), Error> {
        let mut waiting = self.line.held();
        if waiting.closed {
            return Err(Error::Closed);
        }
        waiting.works.push_back(work);
        drop(waiting);
        self.line.came.notify_one();
        Ok(())
    }

    /// Lets what waits finish; the threads end with the line, and this returns with the last of them.
    pub(crate) async fn close(&self) {
        self.line.end();
        self.alive.closed().await;
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.line.end();
    }
}

/// A runtime of the thread's own: closures are async, but all they await is ready at once.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|e| Error::NotStored(Arc::new(e)))
}

async fn serve(reader: &Reader, line: &Line) {
    while let Some(mut work) = line.next() {
        let failure = one(reader, work.as_mut()).await.err();
        work.answer(failure);
    }
}

async fn one(reader: &Reader, work: &mut dyn Read) -> Result<(), Error> {
    let Conn::Inline(inline) = &reader.conn else { return Err(Error::Closed) };
    inline.control("BEGIN")?;
    inline.limit(Some(READ_DEADLINE));
    let run = AssertUnwindSafe(work.run(reader)).catch_unwind();
    let outcome = tokio::time::timeout(READ_DEADLINE, run).await;
    inline.limit(None);
    inline.control("ROLLBACK")?;
    outcome.map_err(|_| Error::Deadline)?.map_err(|_| Error::Panicked)
}
