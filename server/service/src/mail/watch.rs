//! Reading mailboxes: a task for each inbox that has one, on one node at a time, waiting at the server for news. What is read is taken in and understood
//! elsewhere.

use super::KIND;
use super::take::{Incoming, LARGEST};
use crate::{Error, Result, Service, secret};
use channels::SendError;
use channels::email::imap::{self, Entry, Imap, ImapError, Plan};
use channels::email::{self, Mail, thread};
use model::*;
use std::collections::BTreeMap;
use std::time::Duration;
use store::inbox::{self, Inbox};
use store::mailbox::{self, Cursor};
use store::{Reader, Tx};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often inboxes that came, went or changed are looked for.
const LOOK: Duration = Duration::from_secs(10);
/// The longest silence at the server; a mailbox is looked through after it in any case.
const WAIT: Duration = Duration::from_secs(240);
/// How long a mailbox is held without a sign of life, in milliseconds: longer than the longest silence.
const HELD: i64 = 420_000;
/// Until a mailbox that another node reads is asked for again.
const TAKEN: Duration = Duration::from_secs(60);
/// How far behind the newest mail a mailbox is looked through again after its identifiers changed, in milliseconds.
const OVERLAP: i64 = 2 * 86_400_000;

/// Why a mailbox is not read now.
enum Broken {
    /// Another node reads it.
    Taken,
    /// A person must sign in again.
    Reauthorise(String),
    /// Later it may work.
    Lost(String),
}

impl From<ImapError> for Broken {
    fn from(error: ImapError) -> Self {
        match error {
            ImapError::Reauthorise(why) => Self::Reauthorise(why),
            other => Self::Lost(other.to_string()),
        }
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        match error {
            // Somebody else moved the cursor.
            Error::Fault(FaultCode::Conflict) => Self::Taken,
            other => Self::Lost(other.to_string()),
        }
    }
}

/// What a task was started with; when it changes, another is.
fn mark(inbox: &Inbox) -> String {
    // What is renewed by itself is no reason to connect anew.
    let stays = |(key, _): &(&String, &String)| !key.contains("token") || key.as_str() == "token";
    let lasting = |map: &BTreeMap<String, String>| map.iter().filter(stays).map(|(k, v)| format!("{k:?}{v:?}")).collect::<String>();
    format!("{} {}", lasting(&inbox.settings), lasting(&inbox.secrets))
}

impl Service {
    /// Reads every mailbox until told to stop.
    pub async fn run_mailboxes(&self, mut stop: watch::Receiver<bool>) {
        let node = secret::public_key();
        let mut running: BTreeMap<InboxId, (String, String, watch::Sender<bool>)> = BTreeMap::new();
        let mut tasks: JoinSet<(InboxId, String)> = JoinSet::new();
        let mut count = 0_u64;
        while !*stop.borrow() {
            match self.mailboxes().await {
                Ok(inboxes) => {
                    running.retain(|id, (was, _, halt)| {
                        let stays = inboxes.iter().any(|inbox| inbox.id == *id && mark(inbox) == *was);
                        if !stays {
                            halt.send_replace(true);
                        }
                        stays
                    });
                    for inbox in inboxes {
                        if running.contains_key(&inbox.id) {
                            continue;
                        }
                        count += 1;
                        let holder = format!("{node} {count}");
                        let (halt, halted) = watch::channel(false);
                        running.insert(inbox.id, (mark(&inbox), holder.clone(), halt));
                        let service = self.clone();
                        tasks.spawn(async move {
                            let id = inbox.id;
                            service.watch_mailbox(inbox, &holder, halted).await;
                            (id, holder)
                        });
                    }
                }
                Err(error) => tracing::warn!(%error, "mailboxes could not be looked up; it is tried again soon"),
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
                Some(ended) = tasks.join_next(), if !tasks.is_empty() => {
                    if let Ok((id, holder)) = ended && running.get(&id).is_some_and(|(_, own, _)| *own == holder) {
                        running.remove(&id);
                    }
                    // Not at once: what ended may end again.
                    tokio::select! { _ = stop.changed() => {}, () = tokio::time::sleep(LOOK) => {} }
                }
            }
        }
        for (_, _, halt) in running.values() {
            halt.send_replace(true);
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn mailboxes(&self) -> Result<Vec<Inbox>> {
        let look = async move |c: &Reader| Ok::<_, Error>(inbox::of_kind(c, KIND).await?);
        let all = self.0.store.read(look).await?;
        Ok(all.into_iter().filter(|inbox| inbox.state.is_connected() && email::is_mailbox(&inbox.settings)).collect())
    }

    async fn watch_mailbox(&self, inbox: Inbox, holder: &str, mut halt: watch::Receiver<bool>) {
        let mut failures = 0;
        loop {
            let broken = tokio::select! {
                _ = halt.wait_for(|halted| *halted) => break,
                broken = self.read_mailbox(&inbox, holder, &mut failures) => broken,
            };
            let wait = match broken {
                Broken::Taken => TAKEN,
                Broken::Reauthorise(why) => {
                    tracing::warn!(inbox = %inbox.id, %why, "a mailbox does not let us in");
                    let (now, row) = (self.now(), inbox.clone());
                    let tell = async move |tx: &mut Tx| Self::disconnected(tx, &row, &why, now).await;
                    if let Err(error) = self.0.store.write(tell).await {
                        tracing::warn!(%error, "a disconnected mailbox could not be noted");
                    }
                    break;
                }
                Broken::Lost(why) => {
                    tracing::info!(inbox = %inbox.id, %why, failures, "a mailbox is connected to again later");
                    if failures >= 3 {
                        let (now, row) = (self.now(), inbox.clone());
                        let tell = async move |tx: &mut Tx| {
                            Ok::<_, Error>(inbox::saw(tx, row.account, row.id, inbox::Seen::Error(&why), now).await?)
                        };
                        if let Err(error) = self.0.store.write(tell).await {
                            tracing::warn!(%error, "a mailbox's trouble could not be noted");
                        }
                    }
                    // A server that comes back is not met by everybody at once.
                    imap::backoff(failures) + Duration::from_millis(inbox.id.0.unsigned_abs() * 617 % 3_000)
                }
            };
            failures += 1;
            tokio::select! {
                _ = halt.wait_for(|halted| *halted) => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        let (account, id, holder) = (inbox.account, inbox.id, holder.to_owned());
        let release = async move |tx: &mut Tx| Ok::<_, Error>(mailbox::release(tx, account, id, &holder).await?);
        if let Err(error) = self.0.store.write(release).await {
            tracing::debug!(%error, "a mailbox is free when its time runs out");
        }
    }

    async fn hold(&self, inbox: &Inbox, holder: &str) -> Result<(), Broken> {
        let (account, id, holder, now) = (inbox.account, inbox.id, holder.to_owned(), self.now());
        let hold = async move |tx: &mut Tx| Ok::<_, Error>(mailbox::hold(tx, account, id, &holder, now, now.plus(HELD)).await?);
        if self.0.store.write(hold).await? { Ok(()) } else { Err(Broken::Taken) }
    }

    /// Reads a mailbox until something breaks.
    async fn read_mailbox(&self, inbox: &Inbox, holder: &str, failures: &mut u32) -> Broken {
        match self.keep_reading(inbox, holder, failures).await {
            Ok(never) => match never {},
            Err(broken) => broken,
        }
    }

    async fn keep_reading(&self, inbox: &Inbox, holder: &str, failures: &mut u32) -> Result<std::convert::Infallible, Broken> {
        self.hold(inbox, holder).await?;
        let fresh = self.freshened(inbox).await.map_err(|error| match error {
            SendError::Disconnected { why } => Broken::Reauthorise(why),
            other => Broken::Lost(other.to_string()),
        })?;
        let account = {
            let wiring = self.wiring(&fresh.kind, &fresh.public_key);
            email::account(&self.link_of(&wiring, &fresh))
        };
        let account = account.ok_or_else(|| Broken::Lost("IMAP: server or password are missing".to_owned()))?;
        self.0.http.reachable(&account.host, account.port).await.map_err(|error| Broken::Lost(error.to_string()))?;
        let mut imap = Imap::connect(&account).await?;
        loop {
            self.sync(inbox, holder, &mut imap).await?;
            *failures = 0;
            imap.wait(WAIT).await?;
            self.hold(inbox, holder).await?;
        }
    }

    /// Takes in what is new.
    async fn sync(&self, inbox: &Inbox, holder: &str, imap: &mut Imap) -> Result<(), Broken> {
        let folder = imap.open("INBOX").await?;
        let (account, id) = (inbox.account, inbox.id);
        let look = async move |c: &Reader| Ok::<_, Error>((mailbox::cursor(c, account, id).await?, mailbox::newest(c, account, id).await?));
        let (cursor, newest) = self.0.store.read(look).await?;
        let known = cursor.map(|cursor| imap::Cursor { validity: cursor.validity as u32, last: cursor.last as u32 });
        let at = |last: u32| (holder.to_owned(), Cursor { validity: i64::from(folder.validity), last: i64::from(last) });
        match imap::plan(known, &folder) {
            Plan::Begin(Some(begin)) => drop(self.take_mails(inbox, Vec::new(), Some(at(begin.last))).await?),
            Plan::Begin(None) => {
                let last = imap.list(0).await?.last().map_or(0, |entry| entry.uid);
                self.take_mails(inbox, Vec::new(), Some(at(last))).await?;
            }
            Plan::Continue(last) => {
                let entries = imap.list(last).await?;
                for batch in imap::batches(&entries) {
                    let highest = batch.last().map_or(last, |entry| entry.uid);
                    let mails = fetch(imap, &batch).await?;
                    self.take_mails(inbox, mails, Some(at(highest))).await?;
                }
            }
            Plan::Reset => {
                let entries = imap.since(newest.unwrap_or_else(|| self.now()).0 - OVERLAP).await?;
                let highest =
                    entries.iter().map(|entry| entry.uid).max().unwrap_or(0).max(folder.next.map_or(0, |next| next.saturating_sub(1)));
                for some in entries.chunks(500) {
                    let mut unknown = Vec::new();
                    for head in imap.headers(some).await? {
                        let print = thread::fingerprint(&Mail::read(&head.raw), &head.raw);
                        let knows = async move |c: &Reader| Ok::<_, Error>(mailbox::knows(c, account, id, &print).await?);
                        if !self.0.store.read(knows).await? {
                            unknown.push(head.entry);
                        }
                    }
                    for batch in imap::batches(&unknown) {
                        let mails = fetch(imap, &batch).await?;
                        self.take_mails(inbox, mails, None).await?;
                    }
                }
                self.take_mails(inbox, Vec::new(), Some(at(highest))).await?;
            }
        }
        Ok(())
    }
}

async fn fetch(imap: &mut Imap, batch: &[Entry]) -> Result<Vec<Incoming>, ImapError> {
    let fetched = imap.fetch(batch, LARGEST).await?;
    let incoming = fetched.into_iter().map(|mail| Incoming {
        raw: mail.raw.into(),
        size: i64::try_from(mail.entry.size).unwrap_or(i64::MAX),
        whole: !mail.headers_only,
        envelope: Vec::new(),
        received: mail.entry.received.map(Timestamp),
    });
    Ok(incoming.collect())
}
