//! Moves the log into the file from a thread of its own, so that nobody's commit waits for it. It decides nothing about what is kept: a
//! commit is durable in the log.
//!
//! SQLite's automatic checkpoint runs inside whichever commit crosses the mark, and everybody behind it waits for some thousand pages and
//! two flushes. Here another connection moves what has been committed while the writer goes on; the writer then moves the few pages that
//! came meanwhile, which lets the log begin anew ("Write-Ahead Logging", section 3.2: only a log that was moved whole is overwritten).

use super::Inline;
use crate::Error;
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use std::cell::Cell;
use std::ffi::c_int;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Pages in the log before it is moved: 16 MB. Busy pages are written once then and not four times, as with SQLite's own 1,000.
const OFTEN: c_int = 4_000;

thread_local! {
    /// Pages in the log after this thread's last commit. SQLite's hook takes a bare function, so this is where it can tell them.
    static LOGGED: Cell<c_int> = const { Cell::new(0) };
}

/// The writer's side.
pub(super) struct Checkpoints {
    ask: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    moved: Arc<AtomicBool>,
    under_way: bool,
    next: c_int,
}

impl Checkpoints {
    /// Takes the place of the automatic checkpoint of the writer's connection. Only the thread that commits may use it afterwards.
    pub(super) fn start(writer: &Connection, path: &Path, lock: Arc<File>) -> Result<Self, Error> {
        writer.wal_hook(Some(told));
        let connection = super::connect(path)?;
        let moved = Arc::new(AtomicBool::new(false));
        let (ask, asked) = sync_channel(1);
        let done = moved.clone();
        let life = move || {
            serve(&connection, &asked, &done);
            drop(connection);
            drop(lock);
        };
        let thread = std::thread::Builder::new().name("store-checkpoint".into());
        let thread = thread.spawn(life).map_err(|e| Error::NotStored(Arc::new(e)))?;
        Ok(Self { ask: Some(ask), thread: Some(thread), moved, under_way: false, next: OFTEN })
    }

    /// After each commit, when its callers have their answers.
    pub(super) fn committed(&mut self, writer: &Inline) {
        let logged = LOGGED.get();
        if self.moved.swap(false, Ordering::Acquire) {
            self.under_way = false;
            move_log(&writer.bare());
            // Somebody may still read an old state, and the log grows on: no need to try again at every commit.
            self.next = logged + OFTEN / 4;
        } else if logged < OFTEN {
            self.next = OFTEN;
        } else if logged >= self.next && !self.under_way {
            self.under_way = self.ask.as_ref().is_some_and(|ask| ask.try_send(()).is_ok());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.ask.take();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn told(_: &Wal, pages: c_int) -> rusqlite::Result<()> {
    LOGGED.set(pages);
    Ok(())
}

fn serve(connection: &Connection, asked: &Receiver<()>, moved: &AtomicBool) {
    while asked.recv().is_ok() {
        move_log(connection);
        moved.store(true, Ordering::Release);
    }
}

/// As much as nobody still reads. What could not be moved stands in the log and is moved another time.
fn move_log(connection: &Connection) {
    let moved = connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)").and_then(|mut ask| ask.query_row([], |_| Ok(())));
    if let Err(error) = moved {
        tracing::warn!(%error, "the log could not be moved into the file: {error}");
    }
}
