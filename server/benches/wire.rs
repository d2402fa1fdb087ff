//! HTTP/1.1 on a bare socket, so that the measuring side costs little of the two cores it shares with what is measured.
//! It knows just enough: kept connections, lengths and chunks, and server-sent events.

use crate::Outcome;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is read at once.
const CHUNK: usize = 16 * 1024;

/// Who asks, as headers.
#[derive(Clone, Debug, Default)]
pub struct Caller(String);

impl Caller {
    /// A page of the server's own, signed in by this cookie.
    pub fn session(cookie: &str) -> Self {
        Self(format!("cookie: {cookie}\r\n"))
    }

    /// A visitor with this token.
    pub fn visitor(token: &str) -> Self {
        Self(format!("authorization: Bearer {token}\r\n"))
    }

    /// The same with one header more.
    pub fn with(&self, header: &str) -> Self {
        Self(format!("{}{header}\r\n", self.0))
    }

    /// The bytes of a GET.
    pub fn get(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n{}\r\n", self.0).into_bytes()
    }

    /// The bytes of a POST of JSON.
    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let head = "host: 127.0.0.1\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\naccept: application/json\r\n";
        format!("POST {path} HTTP/1.1\r\n{head}content-length: {}\r\n{}\r\n{body}", body.len(), self.0).into_bytes()
    }
}

/// What came back.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its first lines.
    pub head: String,
    /// All of its body.
    pub body: Vec<u8>,
    /// From asking to the first byte.
    pub first: Duration,
}

impl Answer {
    /// The body as JSON, if the status is 200.
    pub fn json(&self) -> Outcome<serde_json::Value> {
        if self.status == 200 {
            Ok(serde_json::from_slice(&self.body)?)
        } else {
            Err(format!("answered {}: {}", self.status, String::from_utf8_lossy(&self.body)).into())
        }
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// One kept connection.
pub struct Wire {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: Vec::with_capacity(CHUNK) })
    }

    /// Asks and reads the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        tokio::time::timeout(PATIENCE, self.exchange(request)).await.map_err(|_| "no answer in half a minute")?
    }

    async fn exchange(&mut self, request: &[u8]) -> Outcome<Answer> {
        let begun = Instant::now();
        self.buffer.clear();
        self.socket.write_all(request).await?;
        self.more().await?;
        let first = Instant::now() - begun;
        let end = loop {
            match find(&self.buffer, b"\r\n\r\n", 0) {
                Some(at) => break at + 4,
                None => self.more().await?,
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.get(9..12).and_then(|s| s.parse().ok()).ok_or("an answer without a status")?;
        let body = if let Some(length) = header(&head, "content-length") {
            let length: usize = length.parse()?;
            while self.buffer.len() < end + length {
                self.more().await?;
            }
            self.buffer[end..end + length].to_vec()
        } else if header(&head, "transfer-encoding").is_some() {
            self.chunks(end).await?
        } else {
            Vec::new()
        };
        Ok(Answer { status, head, body, first })
    }

    async fn chunks(&mut self, mut at: usize) -> Outcome<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                match find(&self.buffer, b"\r\n", at) {
                    Some(line) => break line,
                    None => self.more().await?,
                }
            };
            let size = usize::from_str_radix(std::str::from_utf8(&self.buffer[at..line])?.trim(), 16)?;
            at = line + 2;
            while self.buffer.len() < at + size + 2 {
                self.more().await?;
            }
            body.extend_from_slice(&self.buffer[at..at + size]);
            at += size + 2;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn more(&mut self) -> Outcome<()> {
        self.buffer.reserve(CHUNK);
        if self.socket.read_buf(&mut self.buffer).await? == 0 { Err("the connection was closed".into()) } else { Ok(()) }
    }
}

/// An open stream of server-sent events. Chunk sizes between events are skipped with the rest of what is not asked for.
pub struct Tail {
    wire: Wire,
    at: usize,
}

impl Tail {
    /// Opens one; the head of the answer has been read when it returns.
    pub async fn open(address: SocketAddr, request: &[u8]) -> Outcome<Self> {
        let mut wire = Wire::open(address).await?;
        wire.socket.write_all(request).await?;
        let end = loop {
            match find(&wire.buffer, b"\r\n\r\n", 0) {
                Some(at) => break at + 4,
                None => tokio::time::timeout(PATIENCE, wire.more()).await.map_err(|_| "no stream in half a minute")??,
            }
        };
        if wire.buffer.get(9..12) != Some(b"200") {
            return Err(format!("a stream answered {}", String::from_utf8_lossy(&wire.buffer[..end])).into());
        }
        wire.buffer.drain(..end);
        Ok(Self { wire, at: 0 })
    }

    /// Gives back what reading needs, for a stream that only stands open.
    pub fn rest(mut self) -> TcpStream {
        self.wire.buffer = Vec::new();
        self.wire.socket
    }

    /// Reads until an event carries a mark, and answers the mark; none once the moment has passed.
    pub async fn mark(&mut self, until: Instant) -> Outcome<Option<u64>> {
        loop {
            while let Some(end) = find(&self.wire.buffer, b"\n\n", self.at) {
                let found = mark(&self.wire.buffer[self.at..end]);
                self.at = end + 2;
                if found.is_some() {
                    return Ok(found);
                }
            }
            self.wire.buffer.drain(..self.at);
            self.at = 0;
            match tokio::time::timeout_at(until.into(), self.wire.more()).await {
                Ok(read) => read?,
                Err(_) => return Ok(None),
            }
        }
    }
}

/// What a marked message says: a number of microseconds. Only the message's own event counts, not those that quote it.
fn mark(event: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(event).ok()?;
    let at = text.find("\"change\":{\"message\":")?;
    let digits = text[at..].split_once("\"text\":\"t=")?.1;
    digits.split_once('"')?.0.parse().ok()
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let (first, mut at) = (*what.first()?, from);
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == first)?;
        if bytes[at..].starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
