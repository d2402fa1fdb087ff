//! A listener for mail that a mail server of one's own hands over, by LMTP (RFC 2033) or SMTP (RFC 5321). Off unless it is configured; it relays nothing:
//! the only recipients it knows are inboxes by their own secret key, and what it took is in the ledger before it says so.

use axum::body::Bytes;
use service::Service;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Most bytes of a command (RFC 5321 section 4.5.3.1.4, with room for extensions).
const LINE: u64 = 2048;
/// Most bytes of a mail.
const LARGEST: usize = 40 << 20;
/// Most recipients of a mail.
const RECIPIENTS: usize = 100;
/// Connections at once; a mail server that finds none free comes again.
const HANDS: usize = 32;
/// The longest silence (RFC 5321 section 4.5.3.2.7).
const SILENCE: Duration = Duration::from_secs(300);

/// Takes mail until told to stop.
pub async fn run(service: Service, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    let mut hands = JoinSet::new();
    loop {
        tokio::select! {
            // Dropped, the sender has ended with everything else.
            () = async { drop(stop.wait_for(|stop| *stop).await) } => return,
            Some(_) = hands.join_next(), if !hands.is_empty() => {}
            accepted = listener.accept(), if hands.len() < HANDS => match accepted {
                Ok((socket, _)) => {
                    let service = service.clone();
                    hands.spawn(async move {
                        if let Err(error) = talk(&service, socket).await {
                            tracing::debug!(%error, "a mail server left in the middle");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection for mail could not be taken");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
}

/// One recipient: the inbox's key, and the address as it was named.
type Recipient = (String, String);

async fn talk(service: &Service, socket: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = socket.into_split();
    let mut read = BufReader::new(read);
    let (mut local, mut recipients) = (false, Vec::<Recipient>::new());
    write.write_all(b"220 Recado takes mail for its inboxes\r\n").await?;
    while let Some(line) = line(&mut read).await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "LHLO" | "EHLO" => {
                local = verb == "LHLO";
                format!("250-Recado\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LARGEST}\r\n")
            }
            "HELO" | "NOOP" => "250 2.0.0 ok\r\n".to_owned(),
            "RSET" | "MAIL" => {
                recipients.clear();
                "250 2.1.0 ok\r\n".to_owned()
            }
            "RCPT" if recipients.len() >= RECIPIENTS => "452 4.5.3 too many recipients\r\n".to_owned(),
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let key = address.split(['@', '+']).next().unwrap_or_default().to_owned();
                match service.takes_mail(&key).await {
                    Ok(true) => {
                        recipients.push((key, address));
                        "250 2.1.5 ok\r\n".to_owned()
                    }
                    Ok(false) => "550 5.1.1 no such inbox\r\n".to_owned(),
                    Err(_) => "451 4.3.0 try again later\r\n".to_owned(),
                }
            }
            "DATA" if recipients.is_empty() => "503 5.5.1 no recipients\r\n".to_owned(),
            "DATA" => {
                write.write_all(b"354 go on, end with a dot\r\n").await?;
                let Some(raw) = data(&mut read).await? else {
                    write.write_all(b"552 5.3.4 the mail is too large\r\n").await?;
                    return Ok(());
                };
                let taken = take(service, &std::mem::take(&mut recipients), &raw).await;
                // LMTP answers for each recipient, SMTP once for all; repeating a mail harms nothing.
                if local {
                    taken.concat()
                } else {
                    taken.into_iter().find(|answer| !answer.starts_with('2')).unwrap_or_else(|| TAKEN.to_owned())
                }
            }
            "QUIT" => {
                write.write_all(b"221 2.0.0 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 5.5.1 not here\r\n".to_owned(),
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

const TAKEN: &str = "250 2.0.0 taken\r\n";

/// Takes a mail for each of its recipients; answers what to say of each.
async fn take(service: &Service, recipients: &[Recipient], raw: &Bytes) -> Vec<String> {
    let mut answers = Vec::with_capacity(recipients.len());
    for (key, address) in recipients {
        let taken = service.take_local_mail(key, vec![address.clone()], raw.clone()).await;
        answers.push(match taken {
            Ok(()) => TAKEN.to_owned(),
            Err(error) => {
                tracing::warn!(%error, "a mail was not taken");
                "451 4.3.0 try again later\r\n".to_owned()
            }
        });
    }
    answers
}

/// One command; none at the end. A line that is too long ends the connection.
async fn line(read: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let reading = tokio::time::timeout(SILENCE, read.take(LINE).read_until(b'\n', &mut line)).await;
    let whole = matches!(reading, Ok(Ok(_))) && line.ends_with(b"\n");
    Ok(whole.then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
}

/// The mail behind DATA, its dots unstuffed (RFC 5321 section 4.5.2); none where it is too large.
async fn data(read: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Bytes>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        let left = (LARGEST - raw.len().min(LARGEST)) as u64 + 4;
        let reading = tokio::time::timeout(SILENCE, (&mut *read).take(left).read_until(b'\n', &mut line)).await;
        reading.map_err(|_| std::io::ErrorKind::TimedOut)??;
        if line == b".\r\n" || line == b".\n" {
            return Ok(Some(raw.into()));
        }
        if !line.ends_with(b"\n") || raw.len() + line.len() > LARGEST {
            // Cut off or too large: neither is a mail.
            return Ok(None);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
