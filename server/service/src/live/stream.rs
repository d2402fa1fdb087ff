//! Streams: subscribe, replay, follow. Each event is judged by its reader's scope when it is given out, and again when rights change.

use super::hub::{Item, News, Whisper};
use crate::visitors::{Visitor, visitor_event};
use crate::{Error, Result, Scope, Service};
use model::*;
use std::sync::Arc;
use store::{JournalRow, Judged, Reader, Replay, journal};
use tokio::sync::broadcast;

/// Rows replayed in one read; a longer gap is read in turns.
const TURN: u32 = 500;
/// The longest gap that is replayed; beyond it, loading afresh is cheaper for everybody.
const LONGEST: i64 = 5000;

/// What a stream gives out next.
#[derive(Clone, Debug)]
pub enum Frame {
    /// A numbered event, as the text of a server-sent event.
    Event(Arc<str>),
    /// Something true only now, as the text of a server-sent event.
    Signal(String),
    /// The gap is too long or the rights changed: load afresh. The stream ends.
    Reset,
    /// The node stops: reconnect at once. The stream ends.
    Bye,
}

/// The text of an event for agents: the same for all of them, so it is made once.
pub(super) fn event_frame(row: &JournalRow) -> Arc<str> {
    let event = Event { seq: row.seq, at: row.at, change: row.change.clone() };
    frame("event", Some(row.seq), &event).into()
}

fn frame(name: &str, seq: Option<Seq>, data: &impl serde::Serialize) -> String {
    let id = seq.map(|s| format!("id: {}\n", s.0)).unwrap_or_default();
    // JSON has no raw line breaks, so one data line holds it.
    format!("{id}event: {name}\ndata: {}\n\n", serde_json::to_string(data).unwrap_or_default())
}

/// A row on its way to one reader; those that come live carry their text, made once for everybody.
enum Passing {
    Replayed(JournalRow),
    Live(Arc<Item>),
}

impl Passing {
    fn row(&self) -> &JournalRow {
        match self {
            Self::Replayed(row) => row,
            Self::Live(item) => &item.row,
        }
    }

    fn frame(&self) -> Arc<str> {
        match self {
            Self::Replayed(row) => event_frame(row),
            Self::Live(item) => item.frame.clone(),
        }
    }
}

/// What comes next in an account, before anybody judged who may see it.
enum Step {
    Row(Passing),
    Whisper(Arc<Whisper>),
    Recheck,
    End(Frame),
}

/// One reader's place in an account: what is missing is replayed, then the hub is followed.
struct Cursor {
    service: Service,
    account: AccountId,
    news: broadcast::Receiver<News>,
    /// The last row given out, or passed over.
    sent: Seq,
    /// Where the hub stood when this reader joined; rows up to it are replayed from the journal.
    joined: Seq,
    replay: std::vec::IntoIter<JournalRow>,
    over: bool,
}

impl Cursor {
    /// Joins first: whatever changes while the caller looks at rights is among the news.
    async fn join(service: &Service, account: AccountId, after: Option<Seq>) -> Result<Self> {
        if service.0.hub.closing() {
            return Err(Error::Fault(FaultCode::Offline));
        }
        let (news, joined) = service.0.hub.join(account).await?;
        let sent = after.unwrap_or(joined);
        // No position is before the first: the journal answers that it is too old.
        let sent = if joined.0 - sent.0 > LONGEST { Seq(-1) } else { sent };
        Ok(Self { service: service.clone(), account, news, sent, joined, replay: Vec::new().into_iter(), over: false })
    }

    async fn next(&mut self) -> Option<Step> {
        while !self.over {
            if let Some(row) = self.replay.next() {
                self.sent = row.seq;
                return Some(Step::Row(Passing::Replayed(row)));
            }
            if self.sent < self.joined {
                match self.read_on().await {
                    Ok(true) => continue,
                    Ok(false) => return Some(self.end(Frame::Reset)),
                    Err(error) => {
                        tracing::warn!(%error, "a stream's replay failed; its client comes back");
                        return Some(self.end(Frame::Bye));
                    }
                }
            }
            match self.news.recv().await {
                Ok(News::Row(item)) if item.row.seq > self.sent => {
                    self.sent = item.row.seq;
                    return Some(Step::Row(Passing::Live(item)));
                }
                Ok(News::Row(_)) => {}
                Ok(News::Whisper(whisper)) => return Some(Step::Whisper(whisper)),
                Ok(News::Recheck) => return Some(Step::Recheck),
                Ok(News::Bye) | Err(broadcast::error::RecvError::Closed) => return Some(self.end(Frame::Bye)),
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(self.end(Frame::Reset)),
            }
        }
        None
    }

    /// Nothing comes after this frame.
    fn end(&mut self, frame: Frame) -> Step {
        self.over = true;
        Step::End(frame)
    }

    async fn read_on(&mut self) -> Result<bool> {
        let (account, after) = (self.account, self.sent);
        let read = async move |c: &Reader| Ok::<_, Error>(journal::after(c, account, after, TURN).await?);
        match self.service.0.store.read(read).await? {
            Replay::Rows(rows) => {
                if rows.is_empty() {
                    self.sent = self.joined;
                }
                self.replay = rows.into_iter();
                Ok(true)
            }
            Replay::TooOld => Ok(false),
        }
    }
}

/// An agent's stream.
pub struct Stream {
    cursor: Cursor,
    scope: Scope,
    token: String,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.cursor.service.0.hub.depart(Some((self.scope.account(), self.scope.user())));
    }
}

impl Stream {
    /// The next frame; none once the stream is over.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            match self.cursor.next().await? {
                // A change of the reader's own rights ends the stream, so that nothing leaks after it.
                Step::Row(passing) if matches!(passing.row().change, Change::Access { user } if user == self.scope.user()) => {
                    return Some(self.reset());
                }
                Step::Row(passing) => match self.scope.sight().judge(&passing.row().audience, &passing.row().change) {
                    Judged::Whole => return Some(Frame::Event(passing.frame())),
                    Judged::Instead(change) => {
                        let row = passing.row();
                        let event = Event { seq: row.seq, at: row.at, change };
                        return Some(Frame::Event(frame("event", Some(row.seq), &event).into()));
                    }
                    Judged::Hidden => {}
                },
                Step::Whisper(whisper) => {
                    if let Some(signal) = self.signal(&whisper) {
                        return Some(Frame::Signal(frame("signal", None, &signal)));
                    }
                }
                Step::Recheck => match self.cursor.service.stream_scope(&self.token, self.scope.account()).await {
                    Ok(scope) if scope.sight() == self.scope.sight() && scope.role() == self.scope.role() => {}
                    Ok(_) | Err(_) => return Some(self.reset()),
                },
                Step::End(frame) => return Some(frame),
            }
        }
    }

    const fn reset(&mut self) -> Frame {
        self.cursor.over = true;
        Frame::Reset
    }

    fn signal(&self, whisper: &Whisper) -> Option<Signal> {
        match whisper {
            Whisper::Typing { conversation, place, author, on, .. } => {
                let own = matches!(author, Author::User { id } if *id == self.scope.user());
                let signal = Signal::Typing { conversation: *conversation, author: author.clone(), on: *on };
                (!own && self.scope.sight().admits(place)).then_some(signal)
            }
            Whisper::Viewing { conversation, place, user, on } => {
                let signal = Signal::Viewing { conversation: *conversation, user: *user, on: *on };
                (*user != self.scope.user() && self.scope.sight().admits(place)).then_some(signal)
            }
            Whisper::Presence { user, here } => Some(Signal::Presence { user: *user, here: *here }),
            Whisper::Seen { .. } => None,
        }
    }
}

/// A visitor's stream: their own conversation, never a note.
pub struct VisitorStream {
    cursor: Cursor,
    visitor: Visitor,
}

impl Drop for VisitorStream {
    fn drop(&mut self) {
        self.cursor.service.0.hub.depart(None);
    }
}

impl VisitorStream {
    /// The next frame; none once the stream is over.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            match self.cursor.next().await? {
                Step::Row(passing) => {
                    if let Some(frame) = self.judge(passing.row()).await {
                        return Some(frame);
                    }
                }
                Step::Whisper(whisper) => {
                    if let Some(event) = self.hear(&whisper) {
                        return Some(Frame::Signal(frame("event", None, &event)));
                    }
                }
                Step::Recheck => {}
                Step::End(frame) => return Some(frame),
            }
        }
    }

    async fn judge(&self, row: &JournalRow) -> Option<Frame> {
        if row.audience.contact_inbox != Some(self.visitor.address().id) || row.audience.only_user.is_some() {
            return None;
        }
        let event = visitor_event(&self.cursor.service, &self.visitor, &row.change).await?;
        Some(Frame::Event(frame("event", Some(row.seq), &event).into()))
    }

    fn hear(&self, whisper: &Whisper) -> Option<VisitorEvent> {
        let own = self.visitor.address().id;
        match whisper {
            Whisper::Typing { address, author: Author::User { .. }, name, on, .. } if *address == own => {
                Some(VisitorEvent::Typing { name: name.clone(), on: *on })
            }
            Whisper::Seen { address, up_to } if *address == own => Some(VisitorEvent::Seen { up_to: *up_to }),
            _ => None,
        }
    }
}

impl Service {
    /// Opens an agent's stream after a position; without one it follows from now.
    ///
    /// # Errors
    /// `SignedOut`, `Missing`; a node that stops answers `Offline`.
    pub async fn follow(&self, token: &str, account: AccountId, after: Option<Seq>) -> Result<Stream> {
        let cursor = Cursor::join(self, account, after).await?;
        let scope = self.stream_scope(token, account).await?;
        self.0.hub.arrive(Some((account, scope.user())));
        Ok(Stream { cursor, scope, token: token.to_owned() })
    }

    /// The events after a position that the caller may see, for a tab that shares another tab's stream; none when it must load afresh.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn events_after(&self, scope: &Scope, after: Seq) -> Result<Option<Vec<Event>>> {
        let reads = scope.clone();
        let look = async move |c: &Reader, t: &crate::Tenant| {
            let Replay::Rows(rows) = journal::after(c, t.account, after, TURN).await? else { return Ok(None) };
            if rows.len() >= TURN as usize || rows.iter().any(|r| matches!(r.change, Change::Access { user } if user == t.user)) {
                return Ok(None);
            }
            let judge = |r: JournalRow| {
                let change = match reads.sight().judge(&r.audience, &r.change) {
                    Judged::Whole => r.change,
                    Judged::Instead(change) => change,
                    Judged::Hidden => return None,
                };
                Some(Event { seq: r.seq, at: r.at, change })
            };
            Ok(Some(rows.into_iter().filter_map(judge).collect()))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Opens a visitor's stream after a position.
    ///
    /// # Errors
    /// A node that stops answers `Offline`.
    pub async fn follow_visitor(&self, visitor: Visitor, after: Option<Seq>) -> Result<VisitorStream> {
        let cursor = Cursor::join(self, visitor.address().account, after).await?;
        self.0.hub.arrive(None);
        Ok(VisitorStream { cursor, visitor })
    }
}
