//! The threads that read: each has a connection that cannot write, and gives every closure one snapshot. They share one line of
//! waiting closures, so a slow read delays nobody while another thread is free.

use super::task::Read;
use super::{Inline, READ_DEADLINE};
use crate::conn::Conn;
use crate::{Error, Reader};
use futures_util::FutureExt;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// The way to the reader threads.
pub(crate) struct Readers {
    line: Mutex<Option<mpsc::Sender<Box<dyn Read>>>>,
    alive: watch::Sender<()>,
}

impl Readers {
    pub(crate) fn start(path: &Path, count: u32, lock: &Arc<File>) -> Result<Self, Error> {
        let (line, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let (alive, _) = watch::channel(());
        for number in 0..count {
            let connection = super::connect(path)?;
            connection.execute_batch("PRAGMA query_only = ON")?;
            let reader = Reader { conn: Conn::Inline(Arc::new(Inline::new(connection)?)) };
            let (waiting, runtime, lock, living) = (waiting.clone(), runtime()?, lock.clone(), alive.subscribe());
            let thread = std::thread::Builder::new().name(format!("store-reader-{number}"));
            let life = move || {
                runtime.block_on(serve(&reader, &waiting));
                drop(reader);
                drop((lock, living));
            };
            thread.spawn(life).map_err(|e| Error::NotStored(Arc::new(e)))?;
        }
        Ok(Self { line: Mutex::new(Some(line)), alive })
    }

    pub(crate) fn run(&self, work: Box<dyn Read>) -> Result<(), Error> {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.as_ref().and_then(|line| line.send(work).ok()).ok_or(Error::Closed)
    }

    /// Lets what waits finish; the threads end with the line, and this returns with the last of them.
    pub(crate) async fn close(&self) {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.alive.closed().await;
    }
}

/// A runtime of the thread's own: closures are async, but all they await is ready at once.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|e| Error::NotStored(Arc::new(e)))
}

async fn serve(reader: &Reader, waiting: &Mutex<mpsc::Receiver<Box<dyn Read>>>) {
    // Whoever holds the lock waits for the next closure; the others wait for the lock.
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    while let Some(mut work) = next() {
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
