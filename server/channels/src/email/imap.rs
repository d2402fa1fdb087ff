//! Reading a mailbox over IMAP (RFC 3501, IDLE of RFC 2177): what is new since a cursor, in bounded pieces, without marking anything read. The cursor is
//! plain data that the caller keeps; nothing here survives a connection, and no mail is parsed.
//!
//! The dozen commands are spoken by hand: a literal is read once into its own buffer under a limit of ours, and an idle connection holds one small buffer,
//! neither of which the client crates allow.

use super::{
    oauth::xoauth2,
    presets::Tls,
    smtp::Login,
    wire::{self, Wire},
};
use forms::{body_of, clip, encode, fetch_item, finish, imap_day, internal_date, literal, modified_utf7, number, quoted, set};
use std::{io, time::Duration};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

mod forms;

/// For each piece of an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// A line longer than this is no line.
const LINE: usize = 64 << 10;
/// Pieces of one answer; a FETCH of ours has one literal.
const LITERALS: usize = 16;
/// A mail is never larger than this, whatever the server says.
const LITERAL: usize = 80 << 20;
/// Mails fetched at once: at most this many, of at most so many bytes together.
const BATCH: (usize, u64) = (50, 20 << 20);

/// A mailbox and how to reach it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// How to sign in.
    pub login: Login,
    /// One more authority to trust, in PEM.
    pub authority: Option<Vec<u8>>,
}

/// How far a folder has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The folder's UIDVALIDITY: with another one, all UIDs mean other mails.
    pub validity: u32,
    /// The highest UID that was taken in.
    pub last: u32,
}

/// A folder as it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// UIDVALIDITY.
    pub validity: u32,
    /// UIDNEXT; servers may leave it out.
    pub next: Option<u32>,
    /// How many mails are in it.
    pub exists: u32,
}

/// What to read of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// It was never read: everything from now on, so this cursor is stored first. `None` where the server does not say its next UID.
    Begin(Option<Cursor>),
    /// Everything above this UID.
    Continue(u32),
    /// The UIDs start over: look by date, with some days of overlap, and let fingerprints tell what is known ([`super::thread::fingerprint`]).
    Reset,
}

/// Compares a cursor with the folder.
#[must_use]
pub fn plan(cursor: Option<Cursor>, folder: &Folder) -> Plan {
    match cursor {
        None => Plan::Begin(folder.next.map(|next| Cursor { validity: folder.validity, last: next.saturating_sub(1) })),
        Some(cursor) if cursor.validity != folder.validity || folder.next.is_some_and(|next| next <= cursor.last) => Plan::Reset,
        Some(cursor) => Plan::Continue(cursor.last),
    }
}

/// A mail in the folder, before it is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its UID.
    pub uid: u32,
    /// Its size, as the server says.
    pub size: u64,
    /// When the server took it, in milliseconds since 1970.
    pub received: Option<i64>,
}

/// A fetched mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Which one.
    pub entry: Entry,
    /// Its bytes, or only its headers.
    pub raw: Vec<u8>,
    /// Whether the body was left out because the mail is too large.
    pub headers_only: bool,
}

/// Splits a list into what is fetched at once.
#[must_use]
pub fn batches(entries: &[Entry]) -> Vec<Vec<Entry>> {
    let mut batches: Vec<Vec<Entry>> = Vec::new();
    let mut size = 0;
    for entry in entries {
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH.0 && size + entry.size <= BATCH.1 => {
                size += entry.size;
                batch.push(*entry);
            }
            _ => {
                size = entry.size;
                batches.push(vec![*entry]);
            }
        }
    }
    batches
}

/// Why a mailbox cannot be read now.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The login is no longer good: a person must act.
    #[error("sign in again: {0}")]
    Reauthorise(String),
    /// There is no such folder; the cursor stays.
    #[error("no such folder: {0}")]
    NoFolder(String),
    /// The connection is gone, or was never there: connect again, later each time.
    #[error("connect again: {0}")]
    Lost(String),
    /// The server said no to something it should do.
    #[error("refused: {0}")]
    Refused(String),
}

impl From<io::Error> for ImapError {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

/// How long to wait before connecting again: 5 s, doubled each time, at most 5 min; the caller adds chance.
#[must_use]
pub fn backoff(failures: u32) -> Duration {
    Duration::from_secs((5u64 << failures.min(6)).min(300))
}

/// What waiting ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woke {
    /// Something is new.
    News,
    /// Time passed.
    Quiet,
}

/// One answer of the server, its literals apart.
#[derive(Debug, Default)]
struct Response {
    lines: Vec<Vec<u8>>,
    literals: Vec<Vec<u8>>,
}

impl Response {
    fn text(&self) -> String {
        self.lines.iter().map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join(" ")
    }
}

/// A connection that is signed in.
pub struct Imap {
    wire: BufReader<Box<dyn Wire>>,
    /// What came of the answer being read: it stays when waiting is cut short.
    line: Vec<u8>,
    tag: u32,
    exists: u32,
    listed: u32,
    can_idle: bool,
}

impl std::fmt::Debug for Imap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Imap").field("tag", &self.tag).field("exists", &self.exists).finish_non_exhaustive()
    }
}

impl Imap {
    /// Connects and signs in.
    ///
    /// # Errors
    /// The server cannot be reached, is not who it should be, or does not let us in.
    pub async fn connect(account: &Account) -> Result<Self, ImapError> {
        let stream: Box<dyn Wire> = Box::new(wire::connect(&account.host, account.port, account.tls != Tls::None).await?);
        let authority = account.authority.as_deref();
        let mut imap = match account.tls {
            Tls::Implicit => Self::greet(wire::protect(stream, &account.host, authority).await?).await?,
            Tls::None => Self::greet(stream).await?,
            Tls::StartTls => {
                let mut plain = Self::greet(stream).await?;
                plain.run("STARTTLS", |_| {}).await?;
                // Whatever was sent before the handshake was not sent by whom we trust.
                if !plain.wire.buffer().is_empty() {
                    return Err(ImapError::Lost("words before the handshake".to_owned()));
                }
                Self::over(wire::protect(plain.wire.into_inner(), &account.host, authority).await?)
            }
        };
        imap.sign_in(&account.login).await?;
        Ok(imap)
    }

    fn over(stream: Box<dyn Wire>) -> Self {
        Self { wire: BufReader::with_capacity(8 << 10, stream), line: Vec::new(), tag: 0, exists: 0, listed: 0, can_idle: false }
    }

    async fn greet(stream: Box<dyn Wire>) -> Result<Self, ImapError> {
        let mut imap = Self::over(stream);
        let greeting = imap.respond().await?.text();
        if greeting.starts_with("* OK") || greeting.starts_with("* PREAUTH") { Ok(imap) } else { Err(ImapError::Lost(clip(&greeting))) }
    }

    async fn capabilities(&mut self) -> Result<Vec<String>, ImapError> {
        let mut words = Vec::new();
        self.run("CAPABILITY", |response| {
            if let Some(list) = response.text().strip_prefix("* CAPABILITY ") {
                words = list.split_ascii_whitespace().map(str::to_ascii_uppercase).collect();
            }
        })
        .await?;
        Ok(words)
    }

    async fn sign_in(&mut self, login: &Login) -> Result<(), ImapError> {
        let offered = self.capabilities().await?;
        let offers = |word: &str| offered.iter().any(|known| known == word);
        let outcome = match login {
            Login::Token { user, token } => self.authenticate("XOAUTH2", xoauth2(user, token).as_bytes()).await,
            Login::Password { user, password } if offers("AUTH=PLAIN") => {
                self.authenticate("PLAIN", format!("\0{user}\0{password}").as_bytes()).await
            }
            Login::Password { user, password } => {
                let command = format!("LOGIN {} {}", quoted(user)?, quoted(password)?);
                self.run(&command, |_| {}).await.map(|_| ())
            }
        };
        match outcome {
            // Too many connections, or the password server is down: not the password's fault (RFC 5530 section 3).
            Err(ImapError::Refused(why))
                if ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"].iter().any(|code| why.contains(code)) =>
            {
                Err(ImapError::Lost(why))
            }
            Err(ImapError::Refused(why)) => Err(ImapError::Reauthorise(why)),
            other => other,
        }?;
        // What a server offers may grow once it knows who asks.
        self.can_idle = self.capabilities().await?.iter().any(|word| word == "IDLE");
        Ok(())
    }

    async fn authenticate(&mut self, mechanism: &str, first: &[u8]) -> Result<(), ImapError> {
        let tag = self.send(&format!("AUTHENTICATE {mechanism}")).await?;
        let mut words = Some(encode(first));
        loop {
            let response = self.respond().await?.text();
            if response.starts_with('+') {
                // After a refusal the server explains itself, and an empty line lets it say NO.
                let line = words.take().unwrap_or_default();
                self.write(format!("{line}\r\n").as_bytes()).await?;
            } else if let Some(done) = response.strip_prefix(&format!("{tag} ")) {
                return finish(done);
            }
        }
    }

    /// Opens a folder to read only: nothing in it is marked.
    ///
    /// # Errors
    /// The folder does not exist, or the connection is gone.
    pub async fn open(&mut self, name: &str) -> Result<Folder, ImapError> {
        let mut folder = Folder::default();
        let outcome = self
            .run(&format!("EXAMINE {}", quoted(&modified_utf7(name))?), |response| {
                let text = response.text();
                let after = |mark: &str| text.find(mark).and_then(|at| number(&text[at + mark.len()..]));
                folder.validity = after("[UIDVALIDITY ").map_or(folder.validity, |value| value as u32);
                folder.next = after("[UIDNEXT ").map(|value| value as u32).or(folder.next);
            })
            .await;
        match outcome {
            Ok(_) => {
                folder.exists = self.exists;
                self.listed = self.exists;
                Ok(folder)
            }
            Err(ImapError::Refused(why)) => Err(ImapError::NoFolder(why)),
            Err(other) => Err(other),
        }
    }

    /// The mails above a UID, lowest first. A server answers its highest mail whatever is asked, so what is not above is left out.
    ///
    /// # Errors
    /// The connection is gone, or the server refuses.
    pub async fn list(&mut self, above: u32) -> Result<Vec<Entry>, ImapError> {
        let exists = self.exists;
        let mut entries = self.entries(&format!("{}:*", above.saturating_add(1))).await?;
        entries.retain(|entry| entry.uid > above);
        self.listed = exists;
        Ok(entries)
    }

    /// The mails taken in since a day (milliseconds since 1970), for [`Plan::Reset`].
    ///
    /// # Errors
    /// The connection is gone, or the server refuses.
    pub async fn since(&mut self, day: i64) -> Result<Vec<Entry>, ImapError> {
        let mut uids: Vec<u32> = Vec::new();
        self.run(&format!("UID SEARCH SINCE {}", imap_day(day)), |response| {
            if let Some(list) = response.text().strip_prefix("* SEARCH") {
                uids.extend(list.split_ascii_whitespace().filter_map(|uid| uid.parse::<u32>().ok()));
            }
        })
        .await?;
        uids.sort_unstable();
        let mut entries = Vec::new();
        for some in uids.chunks(500) {
            entries.extend(self.entries(&set(some.iter().copied())).await?);
        }
        Ok(entries)
    }

    /// The headers a fingerprint is made of, for mails found by [`Imap::since`].
    ///
    /// # Errors
    /// The connection is gone, or the server refuses.
    pub async fn headers(&mut self, entries: &[Entry]) -> Result<Vec<Fetched>, ImapError> {
        self.bodies(entries, "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM DATE SUBJECT)]", true).await
    }

    /// Fetches one of the [`batches`]; of a mail above `largest` bytes only the headers.
    ///
    /// # Errors
    /// The connection is gone, or the server refuses.
    pub async fn fetch(&mut self, batch: &[Entry], largest: u64) -> Result<Vec<Fetched>, ImapError> {
        let (small, large): (Vec<Entry>, Vec<Entry>) = batch.iter().partition(|entry| entry.size <= largest);
        let mut fetched = self.bodies(&small, "BODY.PEEK[]", false).await?;
        fetched.extend(self.bodies(&large, "BODY.PEEK[HEADER]", true).await?);
        fetched.sort_by_key(|mail| mail.entry.uid);
        Ok(fetched)
    }

    async fn bodies(&mut self, entries: &[Entry], section: &str, headers_only: bool) -> Result<Vec<Fetched>, ImapError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut fetched: Vec<Fetched> = Vec::with_capacity(entries.len());
        self.run(&format!("UID FETCH {} (UID {section})", set(entries.iter().map(|entry| entry.uid))), |mut response| {
            let uid = fetch_item(&response.text(), "UID ").and_then(|text| number(&text));
            let entry = entries.iter().find(|entry| Some(u64::from(entry.uid)) == uid);
            if let (Some(entry), Some(raw)) = (entry, body_of(&mut response))
                && !fetched.iter().any(|mail| mail.entry.uid == entry.uid)
            {
                fetched.push(Fetched { entry: *entry, raw, headers_only });
            }
        })
        .await?;
        Ok(fetched)
    }

    async fn entries(&mut self, set: &str) -> Result<Vec<Entry>, ImapError> {
        let mut entries: Vec<Entry> = Vec::new();
        self.run(&format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)"), |response| {
            let text = response.text();
            let item = |name: &str| fetch_item(&text, name);
            let uid = item("UID ").and_then(|text| number(&text)).and_then(|uid| u32::try_from(uid).ok());
            if let (Some(uid), Some(size)) = (uid, item("RFC822.SIZE ").and_then(|text| number(&text))) {
                let received = item("INTERNALDATE \"").and_then(|text| internal_date(&text));
                entries.push(Entry { uid, size, received });
            }
        })
        .await?;
        entries.sort_unstable_by_key(|entry| entry.uid);
        entries.dedup_by_key(|entry| entry.uid);
        Ok(entries)
    }

    /// Waits until something is new, at most so long: by IDLE where the server has it, by asking once a minute where not. Nine minutes suit: providers and
    /// address translators hang up on silence long before the thirty of RFC 2177.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn wait(&mut self, longest: Duration) -> Result<Woke, ImapError> {
        if !self.can_idle {
            tokio::time::sleep(longest.min(Duration::from_secs(60))).await;
            self.run("NOOP", |_| {}).await?;
            return Ok(self.woke());
        }
        let tag = self.send("IDLE").await?;
        loop {
            let response = self.respond().await?.text();
            if response.starts_with('+') {
                break;
            }
            if let Some(done) = response.strip_prefix(&format!("{tag} ")) {
                self.can_idle = false;
                return finish(done).map(|()| self.woke()).or(Ok(self.woke()));
            }
        }
        let until = tokio::time::Instant::now() + longest;
        // A mail may have come between the list and the IDLE: then there is nothing to wait for.
        while self.woke() == Woke::Quiet {
            match tokio::time::timeout_at(until, self.answer()).await {
                Ok(answer) => drop(answer?),
                Err(_) => break,
            }
        }
        self.write(b"DONE\r\n").await?;
        self.finish(&tag, |_| {}).await?;
        Ok(self.woke())
    }

    fn woke(&self) -> Woke {
        if self.exists == self.listed { Woke::Quiet } else { Woke::News }
    }

    /// Takes leave.
    pub async fn leave(mut self) {
        // The server notices either way.
        let _ = self.run("LOGOUT", |_| {}).await;
    }

    async fn run(&mut self, command: &str, each: impl FnMut(Response)) -> Result<String, ImapError> {
        let tag = self.send(command).await?;
        self.finish(&tag, each).await
    }

    async fn send(&mut self, command: &str) -> Result<String, ImapError> {
        self.tag += 1;
        let tag = format!("A{}", self.tag);
        self.write(format!("{tag} {command}\r\n").as_bytes()).await?;
        Ok(tag)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ImapError> {
        let writing = async {
            self.wire.write_all(bytes).await?;
            self.wire.flush().await
        };
        tokio::time::timeout(PATIENCE, writing).await.map_err(|_| ImapError::Lost("the server does not listen".to_owned()))??;
        Ok(())
    }

    async fn finish(&mut self, tag: &str, mut each: impl FnMut(Response)) -> Result<String, ImapError> {
        loop {
            let response = self.respond().await?;
            let first = response.lines.first().map(Vec::as_slice).unwrap_or_default();
            if first.starts_with(tag.as_bytes()) && first.get(tag.len()) == Some(&b' ') {
                let done = String::from_utf8_lossy(&first[tag.len() + 1..]).into_owned();
                return finish(&done).map(|()| done);
            }
            if first.starts_with(b"* ") {
                each(response);
            }
        }
    }

    async fn respond(&mut self) -> Result<Response, ImapError> {
        tokio::time::timeout(PATIENCE, self.answer()).await.map_err(|_| ImapError::Lost("no answer in time".to_owned()))?
    }

    async fn answer(&mut self) -> Result<Response, ImapError> {
        let mut response = Response::default();
        loop {
            self.read_line().await?;
            let mut line = std::mem::take(&mut self.line);
            let length = literal(&line);
            while line.ends_with(b"\n") || line.ends_with(b"\r") {
                line.pop();
            }
            response.lines.push(line);
            let Some(length) = length else { break };
            if length > LITERAL || response.literals.len() >= LITERALS {
                return Err(ImapError::Lost(format!("a literal of {length} bytes")));
            }
            response.literals.push(self.read_literal(length).await?);
        }
        self.note(&response);
        Ok(response)
    }

    async fn read_literal(&mut self, length: usize) -> Result<Vec<u8>, ImapError> {
        // Room is made as bytes come, not as they are promised.
        let mut bytes = Vec::with_capacity(length.min(1 << 20));
        while bytes.len() < length {
            let want = (length - bytes.len()).min(64 << 10) as u64;
            let mut some = (&mut self.wire).take(want);
            let read = tokio::time::timeout(PATIENCE, some.read_to_end(&mut bytes))
                .await
                .map_err(|_| ImapError::Lost("no answer in time".to_owned()))??;
            if read == 0 {
                return Err(ImapError::Lost("cut in the middle of a mail".to_owned()));
            }
        }
        Ok(bytes)
    }

    async fn read_line(&mut self) -> Result<(), ImapError> {
        loop {
            let some = self.wire.fill_buf().await?;
            if some.is_empty() {
                return Err(ImapError::Lost("the server hung up".to_owned()));
            }
            let end = memchr::memchr(b'\n', some).map_or(some.len(), |at| at + 1);
            self.line.extend_from_slice(&some[..end]);
            self.wire.consume(end);
            if self.line.ends_with(b"\n") {
                return Ok(());
            }
            if self.line.len() > LINE {
                return Err(ImapError::Lost("a line without end".to_owned()));
            }
        }
    }

    /// What servers mention in passing: how many mails there are now.
    fn note(&mut self, response: &Response) {
        let Some(line) = response.lines.first().and_then(|line| line.strip_prefix(b"* ")) else { return };
        let text = String::from_utf8_lossy(&line[..line.len().min(200)]).to_ascii_uppercase();
        let mut words = text.split_ascii_whitespace();
        if let (Some(count), Some(what)) = (words.next().and_then(|count| count.parse::<u32>().ok()), words.next()) {
            match what {
                "EXISTS" => self.exists = count,
                "EXPUNGE" => {
                    self.exists = self.exists.saturating_sub(1);
                    self.listed = self.listed.min(self.exists);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
