//! Streams: subscribe, replay, follow. Each event is judged by its reader's scope when it is given out, and again when rights change.

use super::hub::{News, Whisper};
use crate::visitors::{Visitor, visitor_event};
use crate::{Error, Result, Scope, Service};
use model::*;
use std::sync::Arc;
use store::{JournalRow, Reader, Replay, journal};
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

/// An agent's stream.
pub struct Stream {
    service: Service,
    scope: Scope,
    token: String,
    news: broadcast::Receiver<News>,
    sent: Seq,
    joined: Seq,
    replay: std::vec::IntoIter<JournalRow>,
    over: bool,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.service.0.hub.depart(Some((self.scope.account(), self.scope.user())));
    }
}

fn visible(scope: &Scope, row: &JournalRow) -> bool {
    row.audience.only_user.is_none_or(|user| user == scope.user()) && row.audience.inbox.is_none_or(|inbox| scope.inboxes().contains(inbox))
}

impl Stream {
    /// The next frame; none once the stream is over.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if self.over {
                return None;
            }
            if let Some(row) = self.replay.next() {
                self.sent = row.seq;
                if let Some(frame) = self.judge(&row, || event_frame(&row)) {
                    return Some(frame);
                }
                continue;
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
                    if let Some(frame) = self.judge(&item.row, || item.frame.clone()) {
                        return Some(frame);
                    }
                }
                Ok(News::Row(_)) => {}
                Ok(News::Whisper(whisper)) => {
                    if let Some(signal) = self.signal(&whisper) {
                        return Some(Frame::Signal(frame("signal", None, &signal)));
                    }
                }
                Ok(News::Recheck) => match self.service.scope(Some(&self.token), self.scope.account()).await {
                    Ok(scope) if scope.inboxes() == self.scope.inboxes() && scope.role() == self.scope.role() => {}
                    Ok(_) | Err(_) => return Some(self.end(Frame::Reset)),
                },
                Ok(News::Bye) => return Some(self.end(Frame::Bye)),
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(self.end(Frame::Reset)),
                Err(broadcast::error::RecvError::Closed) => return Some(self.end(Frame::Bye)),
            }
        }
    }

    fn end(&mut self, frame: Frame) -> Frame {
        self.over = true;
        frame
    }

    /// Gives an event out if its reader may see it. A change of the reader's own rights ends the stream, so that nothing leaks after it.
    fn judge(&mut self, row: &JournalRow, text: impl FnOnce() -> Arc<str>) -> Option<Frame> {
        if matches!(row.change, Change::Access { user } if user == self.scope.user()) {
            return Some(self.end(Frame::Reset));
        }
        visible(&self.scope, row).then(|| Frame::Event(text()))
    }

    async fn read_on(&mut self) -> Result<bool> {
        let (account, after) = (self.scope.account(), self.sent);
        let rows =
            self.service.0.store.read(async move |c: &Reader| Ok::<_, Error>(journal::after(c, account, after, TURN).await?)).await?;
        match rows {
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

    fn signal(&self, whisper: &Whisper) -> Option<Signal> {
        match whisper {
            Whisper::Typing { conversation, inbox, author, on, .. } => {
                let own = matches!(author, Author::User { id } if *id == self.scope.user());
                let signal = Signal::Typing { conversation: *conversation, author: author.clone(), on: *on };
                (!own && self.scope.inboxes().contains(*inbox)).then_some(signal)
            }
            Whisper::Presence { user, here } => Some(Signal::Presence { user: *user, here: *here }),
            Whisper::Seen { .. } => None,
        }
    }
}

/// A visitor's stream: their own conversation, never a note.
pub struct VisitorStream {
    service: Service,
    visitor: Visitor,
    news: broadcast::Receiver<News>,
    sent: Seq,
    joined: Seq,
    replay: std::vec::IntoIter<JournalRow>,
    over: bool,
}

impl Drop for VisitorStream {
    fn drop(&mut self) {
        self.service.0.hub.depart(None);
    }
}

impl VisitorStream {
    /// The next frame; none once the stream is over.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if self.over {
                return None;
            }
            if let Some(row) = self.replay.next() {
                self.sent = row.seq;
                if let Some(frame) = self.judge(&row).await {
                    return Some(frame);
                }
                continue;
            }
            if self.sent < self.joined {
                match self.read_on().await {
                    Ok(true) => continue,
                    Ok(false) => return Some(self.end(Frame::Reset)),
                    Err(_) => return Some(self.end(Frame::Bye)),
                }
            }
            match self.news.recv().await {
                Ok(News::Row(item)) if item.row.seq > self.sent => {
                    self.sent = item.row.seq;
                    if let Some(frame) = self.judge(&item.row).await {
                        return Some(frame);
                    }
                }
                Ok(News::Row(_) | News::Recheck) => {}
                Ok(News::Whisper(whisper)) => {
                    if let Some(event) = self.hear(&whisper) {
                        return Some(Frame::Signal(frame("event", None, &event)));
                    }
                }
                Ok(News::Bye) | Err(broadcast::error::RecvError::Closed) => return Some(self.end(Frame::Bye)),
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(self.end(Frame::Reset)),
            }
        }
    }

    fn end(&mut self, frame: Frame) -> Frame {
        self.over = true;
        frame
    }

    async fn judge(&self, row: &JournalRow) -> Option<Frame> {
        if row.audience.contact_inbox != Some(self.visitor.address().id) || row.audience.only_user.is_some() {
            return None;
        }
        let event = visitor_event(&self.service, &self.visitor, &row.change).await?;
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

    async fn read_on(&mut self) -> Result<bool> {
        let (account, after) = (self.visitor.address().account, self.sent);
        let rows =
            self.service.0.store.read(async move |c: &Reader| Ok::<_, Error>(journal::after(c, account, after, TURN).await?)).await?;
        match rows {
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

impl Service {
    /// Opens an agent's stream after a position; without one it follows from now.
    ///
    /// # Errors
    /// `SignedOut`, `Missing`; a node that stops answers `Offline`.
    pub async fn follow(&self, token: &str, account: AccountId, after: Option<Seq>) -> Result<Stream> {
        if self.0.hub.closing() {
            return Err(Error::Fault(FaultCode::Offline));
        }
        // Join first, look at the rights second, replay third: whatever changes in between is among the news.
        let (news, joined) = self.0.hub.join(account).await?;
        let scope = self.scope(Some(token), account).await?;
        let sent = after.unwrap_or(joined);
        let too_long = joined.0 - sent.0 > LONGEST;
        self.0.hub.arrive(Some((account, scope.user())));
        let sent = if too_long { Seq(-1) } else { sent };
        Ok(Stream {
            service: self.clone(),
            scope,
            token: token.to_owned(),
            news,
            sent,
            joined,
            replay: Vec::new().into_iter(),
            over: false,
        })
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
            let events = rows.into_iter().filter(|r| visible(&reads, r)).map(|r| Event { seq: r.seq, at: r.at, change: r.change });
            Ok(Some(events.collect()))
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Opens a visitor's stream after a position.
    ///
    /// # Errors
    /// A node that stops answers `Offline`.
    pub async fn follow_visitor(&self, visitor: Visitor, after: Option<Seq>) -> Result<VisitorStream> {
        if self.0.hub.closing() {
            return Err(Error::Fault(FaultCode::Offline));
        }
        let (news, joined) = self.0.hub.join(visitor.address().account).await?;
        let sent = after.unwrap_or(joined);
        let sent = if joined.0 - sent.0 > LONGEST { Seq(-1) } else { sent };
        self.0.hub.arrive(None);
        Ok(VisitorStream { service: self.clone(), visitor, news, sent, joined, replay: Vec::new().into_iter(), over: false })
    }
}
