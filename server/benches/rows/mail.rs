//! Mail that was missed, read in from one mailbox, and what a hundred quiet mailboxes cost in memory. The mailboxes are played here, in small; the
//! server's own work on a mail is all of it: taken in, understood, filed, and told to the agents.

use crate::Outcome;
use crate::ground::{Agent, Ground, newcomer};
use crate::process::Process;
use crate::table::{Goal, Row, Unit};
use crate::wire::Wire;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const MIB: f64 = 1_048_576.0;
/// People who wrote; each thread has several mails.
const PEOPLE: usize = 1_000;
const MAILBOXES: usize = 100;
/// A mailbox is looked for every ten seconds, and mails may take minutes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// The back-fill, then the quiet mailboxes.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let mails = ground.size(10_000, 1_000);
    let (pace, most) = missed(ground, mails).await?;
    let each = quiet(ground).await?;
    let filled = Row::alone(format!("{mails} missed mails read in"), Unit::PerSecond, pace).goal(Goal::AtLeast(200.0));
    let memory = Row::alone(format!("memory while {mails} mails are read in"), Unit::MiB, most / MIB).goal(Goal::AtMost(160.0));
    let idle = Row::alone(format!("memory of a quiet mailbox, of {MAILBOXES}"), Unit::KiB, each / 1024.0).goal(Goal::AtMost(64.0));
    let note = format!(
        "plain text and HTML with a quote, {PEOPLE} senders, from the first word of the server to the last message in its conversation"
    );
    Ok(vec![filled.note(note), memory.note("the highest moment"), idle.note("IDLE without TLS, whose own buffers come on top")])
}

/// Mails a second, and the most the server held at any moment in bytes.
async fn missed(ground: &Ground, mails: usize) -> Outcome<(f64, f64)> {
    let folder = ground.folder()?;
    let server = serve(ground, folder.path())?;
    let (agent, _) = newcomer(server.address).await?;
    let post = Post::open().await?;
    let mut wire = Wire::open(server.address).await?;
    connect(&mut wire, &agent, &post, 0).await?;
    post.until_quiet(1).await?;
    let begun = Instant::now();
    post.mails.send_replace(mails);
    let threads = PEOPLE.min(mails) as i64 + 1;
    let mut most = server.memory()?;
    while counted(&mut wire, &agent).await? < threads {
        if begun.elapsed() > PATIENCE {
            return Err("the mails were not read in".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        most = most.max(server.memory()?);
    }
    let pace = mails as f64 / begun.elapsed().as_secs_f64();
    server.stop()?;
    Ok((pace, most))
}

/// Bytes that one mailbox adds.
async fn quiet(ground: &Ground) -> Outcome<f64> {
    let folder = ground.folder()?;
    let server = serve(ground, folder.path())?;
    let (agent, _) = newcomer(server.address).await?;
    let post = Post::open().await?;
    let mut wire = Wire::open(server.address).await?;
    // The first ones make what is made once.
    for number in 0..10 {
        connect(&mut wire, &agent, &post, number).await?;
    }
    post.until_quiet(10).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = server.memory()?;
    for number in 10..10 + MAILBOXES {
        connect(&mut wire, &agent, &post, number).await?;
    }
    post.until_quiet(10 + MAILBOXES).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = server.memory()?;
    server.stop()?;
    Ok((after - before).max(0.0) / MAILBOXES as f64)
}

fn serve(ground: &Ground, folder: &std::path::Path) -> Outcome<Process> {
    let mut command = ground.recado(folder)?;
    command.arg("serve").env("RECADO_EGRESS__ALLOW", "[\"127.0.0.0/8\"]");
    Process::start(&mut command)
}

async fn connect(wire: &mut Wire, agent: &Agent, post: &Post, number: usize) -> Outcome<()> {
    let settings = json!({
        "name": format!("Caixa {number}"), "address": format!("caixa{number}@loja.example"), "imap_password": "x",
        "imap_host": "127.0.0.1", "imap_port": post.imap.to_string(), "imap_security": "none",
        "smtp_host": "127.0.0.1", "smtp_port": post.smtp.to_string(), "smtp_security": "none",
    });
    let answer = wire.ask(&agent.call("create_inbox", json!({ "draft": { "kind": "email", "settings": settings } }))).await?;
    if answer.status == 200 { Ok(()) } else { Err(format!("a mailbox was refused: {}", String::from_utf8_lossy(&answer.body)).into()) }
}

/// Conversations there are. Mails are filed in their order, so that the last one's being there says that all are.
async fn counted(wire: &mut Wire, agent: &Agent) -> Outcome<i64> {
    let desk = wire.ask(&agent.call("desk", json!({}))).await?.json()?;
    let cells = desk["data"]["tallies"].as_array().ok_or("a desk without tallies")?;
    Ok(cells.iter().filter_map(|cell| cell[2]["all"].as_i64()).sum())
}

/// A mail server in small: every mailbox holds the same mails, and whoever asks is let in.
struct Post {
    imap: u16,
    smtp: u16,
    mails: watch::Sender<usize>,
    /// How many wait for news.
    waiting: Arc<AtomicUsize>,
}

impl Post {
    async fn open() -> Outcome<Self> {
        let (imap, smtp) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let post = Self {
            imap: imap.local_addr()?.port(),
            smtp: smtp.local_addr()?.port(),
            mails: watch::Sender::new(0),
            waiting: Arc::default(),
        };
        let (mails, waiting) = (post.mails.clone(), post.waiting.clone());
        spawn(async move {
            while let Ok((socket, _)) = imap.accept().await {
                let (news, waiting) = (mails.subscribe(), waiting.clone());
                spawn(async move { drop(read(socket, news, &waiting).await) });
            }
        });
        spawn(async move {
            while let Ok((socket, _)) = smtp.accept().await {
                spawn(async move { drop(greet(socket).await) });
            }
        });
        Ok(post)
    }

    async fn until_quiet(&self, mailboxes: usize) -> Outcome<()> {
        let begun = Instant::now();
        while self.waiting.load(Ordering::Relaxed) < mailboxes {
            if begun.elapsed() > PATIENCE {
                return Err("a mailbox is not waited at".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "it serves as long as the benchmark runs")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

/// One connection of IMAP, in the words our reader uses.
async fn read(socket: TcpStream, mut news: watch::Receiver<usize>, waiting: &AtomicUsize) -> std::io::Result<()> {
    let (reading, mut writing) = socket.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"* OK ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let done = format!("{tag} OK done\r\n");
        let count = *news.borrow_and_update();
        let answer = if command == "CAPABILITY" {
            format!("* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n{done}").into_bytes()
        } else if command.starts_with("AUTHENTICATE") {
            writing.write_all(b"+ \r\n").await?;
            lines.next_line().await?;
            done.into_bytes()
        } else if command.starts_with("EXAMINE") {
            format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {}] x\r\n{done}", count + 1).into_bytes()
        } else if let Some(rest) = command.strip_prefix("UID FETCH ") {
            let mut answer = fetch(rest, count);
            answer.extend(done.into_bytes());
            answer
        } else if command == "IDLE" {
            writing.write_all(b"+ idling\r\n").await?;
            waiting.fetch_add(1, Ordering::Relaxed);
            loop {
                tokio::select! {
                    changed = news.changed() => {
                        if changed.is_err() {
                            return Ok(());
                        }
                        let count = *news.borrow_and_update();
                        writing.write_all(format!("* {count} EXISTS\r\n").as_bytes()).await?;
                    }
                    line = lines.next_line() => match line? {
                        Some(_) => break,
                        None => return Ok(()),
                    },
                }
            }
            done.into_bytes()
        } else {
            done.into_bytes()
        };
        writing.write_all(&answer).await?;
    }
    Ok(())
}

/// What a FETCH of a set answers; the highest mail always, as servers do with `n:*`.
fn fetch(rest: &str, count: usize) -> Vec<u8> {
    let (set, items) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut answer = Vec::new();
    for range in set.split(',') {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let number = |word: &str| word.parse().unwrap_or(count);
        let (from, to) = (number(from).min(count), number(to).min(count));
        for uid in from.min(to).max(1)..=from.max(to) {
            let raw = mail(uid, count);
            let head = if items.contains("RFC822.SIZE") {
                format!("* {uid} FETCH (UID {uid} RFC822.SIZE {} INTERNALDATE \"28-May-2026 20:00:00 +0000\")\r\n", raw.len())
            } else {
                format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{raw})\r\n", raw.len())
            };
            answer.extend(head.into_bytes());
        }
    }
    answer
}

/// A mail as mail programs write them: some 3 KB, in two forms, with a quote. All but the first of a person answer their own last one.
fn mail(uid: usize, count: usize) -> String {
    // The last of all is somebody new.
    let last = uid == count;
    let person = if last { PEOPLE } else { uid % PEOPLE };
    let earlier = uid.checked_sub(PEOPLE).filter(|earlier| *earlier > 0 && !last);
    let thread =
        earlier.map_or_else(String::new, |id| format!("In-Reply-To: <m{id}@cliente.example>\r\nReferences: <m{id}@cliente.example>\r\n"));
    let words = "Olá! Queria saber quando chega o meu pedido, porque já faz uma semana que ele saiu.";
    let text =
        format!("{words}\r\nNúmero {uid}.\r\n\r\nEm seg., 25 de mai. de 2026 às 10:00, Loja <oi@loja.example> escreveu:\r\n> {words}\r\n")
            .repeat(3);
    let html = format!(
        "<div dir=\"ltr\"><p>{words}</p><p>Número <b>{uid}</b>.</p></div><div class=\"gmail_quote\"><blockquote>{words}</blockquote></div>"
    )
    .repeat(4);
    format!(
        "From: Cliente {person} <p{person}@cliente.example>\r\nTo: oi@loja.example\r\nSubject: Pedido {person}\r\nMessage-ID: <m{uid}@cliente.example>\r\n\
         Date: Thu, 28 May 2026 20:00:00 +0000\r\n{thread}MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    )
}

/// A relay that says yes, so that a mailbox may be connected.
async fn greet(socket: TcpStream) -> std::io::Result<()> {
    let (reading, mut writing) = socket.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 relay\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = if line.starts_with("EHLO") { b"250-relay\r\n250 AUTH PLAIN\r\n" } else { b"235 ok\r\n" };
        writing.write_all(answer).await?;
    }
    Ok(())
}
