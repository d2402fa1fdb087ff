//! Asking a name server for the TXT records of a name (RFC 1035): one question, over UDP, and over TCP when the answer did not fit. It follows no
//! delegations and keeps nothing; the name server asked does both.

use ring::rand::{SecureRandom, SystemRandom};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

const TXT: u16 = 16;
/// What an answer over UDP may have, as the DNS flag day of 2020 says.
const DATAGRAM: u16 = 1232;
/// Most records that are read.
const MOST: usize = 100;

/// Why no answer came.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DnsError {
    /// Not in time, or not at all.
    #[error("the name server does not answer")]
    Silent,
    /// The name server could not find out; its code of RFC 1035 section 4.1.1.
    #[error("the name server answers with code {0}")]
    Failed(u8),
    /// What came was no answer.
    #[error("the name server's answer cannot be read")]
    Malformed,
    /// No such name can exist.
    #[error("no such name can exist")]
    Name,
}

/// A name server to ask.
#[derive(Clone, Copy, Debug)]
pub struct Resolver {
    server: SocketAddr,
    deadline: Duration,
}

impl Resolver {
    /// Asks this one; twice over UDP, each time for as long as this.
    #[must_use]
    pub const fn at(server: SocketAddr, deadline: Duration) -> Self {
        Self { server, deadline }
    }

    /// Asks the one this machine asks (resolv.conf(5)); itself where nothing is said.
    #[must_use]
    pub fn of_machine(deadline: Duration) -> Self {
        let written = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        let mut lines = written.lines().filter_map(|line| line.trim().strip_prefix("nameserver")?.split_whitespace().next()?.parse().ok());
        Self::at(SocketAddr::new(lines.next().unwrap_or(Ipv4Addr::LOCALHOST.into()), 53), deadline)
    }

    /// The TXT records of a name, each with its strings joined; none where the name does not exist.
    ///
    /// # Errors
    /// [`DnsError`].
    pub async fn txt(&self, name: &str) -> Result<Vec<String>, DnsError> {
        let mut id = [0; 2];
        SystemRandom::new().fill(&mut id).map_err(|_| DnsError::Silent)?;
        let question = question(name).ok_or(DnsError::Name)?;
        let mut query = id.to_vec();
        // Recursion desired; one question, and one additional record that says how much we take (RFC 6891 section 6.1.2).
        query.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        query.extend(&question);
        query.extend([0, 0, 41]);
        query.extend(DATAGRAM.to_be_bytes());
        query.extend([0; 6]);
        for _ in 0..2 {
            let Ok(Ok(answer)) = timeout(self.deadline, self.datagram(&query, &question)).await else { continue };
            return match read(&answer, &query[..2], &question)? {
                Some(records) => Ok(records),
                None => {
                    let answer = timeout(self.deadline, self.stream(&query)).await.map_err(|_| DnsError::Silent)?;
                    read(&answer.map_err(|_| DnsError::Silent)?, &query[..2], &question)?.ok_or(DnsError::Malformed)
                }
            };
        }
        Err(DnsError::Silent)
    }

    async fn datagram(&self, query: &[u8], question: &[u8]) -> std::io::Result<Vec<u8>> {
        let own: SocketAddr = if self.server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(own).await?;
        socket.connect(self.server).await?;
        socket.send(query).await?;
        let mut answer = vec![0; usize::from(DATAGRAM)];
        loop {
            let length = socket.recv(&mut answer).await?;
            // What answers another question is somebody's guess, and the true answer may still come.
            if answer[..length].starts_with(&query[..2]) && answer[..length].get(12..12 + question.len()) == Some(question) {
                answer.truncate(length);
                return Ok(answer);
            }
        }
    }

    async fn stream(&self, query: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.server).await?;
        let length = u16::try_from(query.len()).unwrap_or_default();
        stream.write_all(&[&length.to_be_bytes()[..], query].concat()).await?;
        let mut answer = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}

/// The question for a name's TXT records; none for what can be no name.
fn question(name: &str) -> Option<Vec<u8>> {
    let mut question = Vec::with_capacity(name.len() + 6);
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length))?;
        if !label.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        question.push(length);
        question.extend(label.to_ascii_lowercase().bytes());
    }
    question.extend([0, 0, TXT as u8, 0, 1]);
    (question.len() <= 259).then_some(question)
}

/// Reads an answer; `None` where it was cut off.
fn read(answer: &[u8], id: &[u8], question: &[u8]) -> Result<Option<Vec<String>>, DnsError> {
    let pair = |at: usize| answer.get(at..at + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).ok_or(DnsError::Malformed);
    let flags = pair(2)?;
    if !answer.starts_with(id) || flags & 0x8000 == 0 || answer.get(12..12 + question.len()) != Some(question) {
        return Err(DnsError::Malformed);
    }
    match (flags & 0x000f) as u8 {
        0 => {}
        // No such name.
        3 => return Ok(Some(Vec::new())),
        code => return Err(DnsError::Failed(code)),
    }
    if flags & 0x0200 != 0 {
        return Ok(None);
    }
    let (mut at, mut records) = (12 + question.len(), Vec::new());
    for _ in 0..usize::from(pair(6)?).min(MOST) {
        at = behind_name(answer, at).ok_or(DnsError::Malformed)?;
        let (kind, length) = (pair(at)?, usize::from(pair(at + 8)?));
        let data = answer.get(at + 10..at + 10 + length).ok_or(DnsError::Malformed)?;
        at += 10 + length;
        if kind == TXT {
            records.push(strings(data).ok_or(DnsError::Malformed)?);
        }
    }
    Ok(Some(records))
}

/// Where the name that begins here ends; what a pointer leads to need not be read.
fn behind_name(answer: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *answer.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length if length & 0xc0 == 0 => at += 1 + usize::from(length),
            _ => return None,
        }
    }
}

/// The strings of a record, joined as SPF and DKIM want them (RFC 7208 section 3.3).
fn strings(mut data: &[u8]) -> Option<String> {
    let mut joined = Vec::with_capacity(data.len());
    while let Some((length, rest)) = data.split_first() {
        let (string, after) = rest.split_at_checked(usize::from(*length))?;
        joined.extend(string);
        data = after;
    }
    Some(String::from_utf8_lossy(&joined).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::net::TcpListener;

    /// An answer to a query with these records, each cut into strings.
    fn answer(query: &[u8], flags: [u8; 2], records: &[&[&str]]) -> Vec<u8> {
        let end = 12 + query[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
        let mut answer = [&query[..2], &flags, &[0, 1, 0, records.len() as u8, 0, 0, 0, 0], &query[12..end]].concat();
        for strings in records {
            let data: Vec<u8> = strings.iter().flat_map(|s| std::iter::once(s.len() as u8).chain(s.bytes())).collect();
            answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
            answer.extend((data.len() as u16).to_be_bytes());
            answer.extend(data);
        }
        answer
    }

    /// A name server on this machine: its datagrams and its streams are answered as told.
    #[expect(clippy::disallowed_methods, reason = "the tasks end with the test's own runtime")]
    async fn server(
        datagram: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static,
        stream: impl Fn(&[u8]) -> Vec<u8> + Send + 'static,
    ) -> Resolver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap();
        let socket = UdpSocket::bind(place).await.unwrap();
        tokio::spawn(async move {
            let mut query = [0; 600];
            loop {
                let (length, from) = socket.recv_from(&mut query).await.unwrap();
                for answer in datagram(&query[..length]) {
                    socket.send_to(&answer, from).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut query = vec![0; usize::from(socket.read_u16().await.unwrap())];
                socket.read_exact(&mut query).await.unwrap();
                let answer = stream(&query);
                socket.write_all(&[&(answer.len() as u16).to_be_bytes()[..], &answer].concat()).await.unwrap();
            }
        });
        Resolver::at(place, Duration::from_secs(5))
    }

    #[tokio::test]
    async fn records_come_joined_and_a_guess_is_not_believed() {
        let resolver = server(
            |query| {
                let mut forged = answer(query, [0x81, 0x80], &[&["v=spf1 +all"]]);
                forged[0] ^= 1;
                vec![forged, answer(query, [0x81, 0x80], &[&["v=spf1 ", "mx ~all"], &["other"]])]
            },
            |_| Vec::new(),
        )
        .await;
        assert_eq!(resolver.txt("Loja.Example.").await.unwrap(), ["v=spf1 mx ~all", "other"]);
        assert_eq!(resolver.txt("loja..example").await, Err(DnsError::Name));
    }

    #[tokio::test]
    async fn what_does_not_fit_is_asked_again_over_tcp() {
        let long = "A".repeat(250);
        let resolver =
            server(|query| vec![answer(query, [0x83, 0x80], &[])], move |query| answer(query, [0x81, 0x80], &[&[&long, &long, &long]]))
                .await;
        assert_eq!(resolver.txt("k._domainkey.loja.example").await.unwrap()[0].len(), 750);
    }

    #[tokio::test]
    async fn nothing_there_is_not_the_same_as_no_answer() {
        let none = server(|query| vec![answer(query, [0x81, 0x83], &[])], |_| Vec::new()).await;
        assert_eq!(none.txt("loja.example").await.unwrap(), Vec::<String>::new());
        let broken = server(|query| vec![answer(query, [0x81, 0x82], &[])], |_| Vec::new()).await;
        assert_eq!(broken.txt("loja.example").await, Err(DnsError::Failed(2)));
        let silent = Resolver { deadline: Duration::from_millis(1), ..server(|_| Vec::new(), |_| Vec::new()).await };
        assert_eq!(silent.txt("loja.example").await, Err(DnsError::Silent));
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reader(rest in proptest::collection::vec(any::<u8>(), 0..200)) {
            let question = question("loja.example").unwrap();
            let good = [&[1, 2, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0][..], &question, &rest].concat();
            let _ = read(&good, &[1, 2], &question);
            let _ = read(&rest, &[1, 2], &question);
        }
    }
}
