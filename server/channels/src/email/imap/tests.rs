//! The mailbox reader against a scripted server, one line answered at a time. What a real server says is in the flow tests.

use super::*;
use tokio::io::{AsyncBufReadExt, BufReader as Lines, DuplexStream, split};

/// Serves a connection: each line a client sends is answered by what `answers` says, `{tag}` filled in; `None` hangs up.
#[expect(clippy::disallowed_methods, reason = "the task ends with the test's own runtime")]
fn server(answers: impl Fn(&str) -> Option<String> + Send + 'static) -> (Box<dyn Wire>, tokio::task::JoinHandle<Vec<String>>) {
    let (client, server): (DuplexStream, DuplexStream) = tokio::io::duplex(1 << 16);
    let heard = tokio::task::spawn(async move {
        let (reading, mut writing) = split(server);
        let mut lines = Lines::new(reading).lines();
        let mut heard = Vec::new();
        writing.write_all(b"* OK ready\r\n").await.expect("written");
        let mut last = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            let (tag, command) = line.split_once(' ').filter(|(tag, _)| tag.starts_with('A')).unwrap_or((last.as_str(), line.as_str()));
            let (tag, command) = (tag.to_owned(), command.to_owned());
            heard.push(command.clone());
            let Some(answer) = answers(&command) else { break };
            let (answer, leaves) = answer.strip_suffix("{hang up}").map_or((answer.as_str(), false), |answer| (answer, true));
            if writing.write_all(answer.replace("{tag}", &tag).as_bytes()).await.is_err() || leaves {
                break;
            }
            last = tag;
        }
        heard
    });
    (Box::new(client), heard)
}

fn login() -> Login {
    Login::Password { user: "ana".into(), password: "se\"cret".into() }
}

fn common(command: &str) -> Option<String> {
    Some(match command {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK\r\n".to_owned(),
        "EXAMINE \"INBOX\"" => {
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] next\r\n{tag} OK [READ-ONLY] done\r\n".to_owned()
        }
        _ => "{tag} OK\r\n".to_owned(),
    })
}

async fn signed_in(stream: Box<dyn Wire>) -> Imap {
    let mut imap = Imap::greet(stream).await.expect("a greeting");
    imap.sign_in(&login()).await.expect("in");
    imap
}

#[tokio::test]
async fn new_mails_are_listed_and_fetched_unmarked() {
    let (stream, heard) = server(|command| {
        match command {
        "UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)" => Some(
            "* 1 FETCH (UID 7 RFC822.SIZE 9)\r\n* 3 FETCH (RFC822.SIZE 12 INTERNALDATE \" 5-Jan-2026 10:00:00 -0300\" UID 9)\r\n* 2 FETCH (UID 8 RFC822.SIZE 5)\r\n{tag} OK\r\n".into(),
        ),
        "UID FETCH 8:9 (UID BODY.PEEK[])" => Some("* 2 FETCH (UID 8 BODY[] {5}\r\na\r\n)b UID 9)\r\n* 4 EXISTS\r\n* 3 FETCH (BODY[] \"x\\\"y\" UID 9)\r\n{tag} OK\r\n".into()),
        other => common(other),
    }
    });
    let mut imap = signed_in(stream).await;
    let folder = imap.open("INBOX").await.expect("a folder");
    assert_eq!(folder, Folder { validity: 7, next: Some(10), exists: 3 });
    let entries = imap.list(7).await.expect("a list");
    assert_eq!(entries.iter().map(|entry| entry.uid).collect::<Vec<_>>(), [8, 9]);
    assert_eq!(entries[1].received, Some(1_767_618_000_000));
    let mails = imap.fetch(&entries, 1 << 20).await.expect("mails");
    assert_eq!(mails.iter().map(|mail| mail.raw.as_slice()).collect::<Vec<_>>(), [&b"a\r\n)b"[..], b"x\"y"]);
    // The fourth mail came meanwhile, so there is nothing to wait for.
    assert_eq!(imap.woke(), Woke::News);
    drop(imap);
    assert!(heard.await.expect("a dialogue").contains(&"LOGIN \"ana\" \"se\\\"cret\"".to_owned()));
}

#[tokio::test]
async fn idling_ends_with_news() {
    let (stream, heard) = server(|command| match command {
        "IDLE" => Some("+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n".into()),
        "DONE" => Some("{tag} OK\r\n".into()),
        other => common(other),
    });
    let mut imap = signed_in(stream).await;
    imap.open("INBOX").await.expect("a folder");
    assert_eq!(imap.wait(Duration::from_secs(30)).await.expect("woken"), Woke::News);
    drop(imap);
    assert_eq!(heard.await.expect("a dialogue").last().map(String::as_str), Some("DONE"));
}

#[tokio::test(start_paused = true)]
async fn idling_ends_with_time() {
    let (stream, _heard) = server(|command| match command {
        "IDLE" => Some("+ idling\r\n".into()),
        "DONE" => Some("{tag} OK\r\n".into()),
        other => common(other),
    });
    let mut imap = signed_in(stream).await;
    imap.open("INBOX").await.expect("a folder");
    assert_eq!(imap.wait(Duration::from_secs(540)).await.expect("woken"), Woke::Quiet);
}

#[tokio::test]
async fn a_mail_cut_in_the_middle_is_no_mail() {
    let (stream, _heard) = server(|command| match command {
        "UID FETCH 8 (UID BODY.PEEK[])" => Some("* 2 FETCH (UID 8 BODY[] {5000}\r\nonly this{hang up}".into()),
        other => common(other),
    });
    let mut imap = signed_in(stream).await;
    let entry = Entry { uid: 8, size: 5000, received: None };
    assert!(matches!(imap.fetch(&[entry], 1 << 20).await, Err(ImapError::Lost(why)) if why.contains("middle")));
}

#[tokio::test]
async fn hostile_servers_are_left() {
    for answer in ["* 1 FETCH (UID 8 BODY[] {99999999999}\r\n".to_owned(), "x".repeat(100_000)] {
        let (stream, _heard) = server(move |command| if command.starts_with("UID FETCH") { Some(answer.clone()) } else { common(command) });
        let mut imap = signed_in(stream).await;
        assert!(matches!(imap.list(0).await, Err(ImapError::Lost(_))));
    }
    let (stream, _heard) = server(|command| if command == "NOOP" { None } else { common(command) });
    let mut imap = signed_in(stream).await;
    assert!(matches!(imap.run("NOOP", |_| {}).await, Err(ImapError::Lost(_))));
}

#[tokio::test]
async fn a_wrong_password_is_not_a_lost_connection() {
    let refuse = |code: &'static str| {
        let (stream, _heard) =
            server(move |command| if command.starts_with("LOGIN") { Some(format!("{{tag}} NO {code} no\r\n")) } else { common(command) });
        stream
    };
    let mut wrong = Imap::greet(refuse("[AUTHENTICATIONFAILED]")).await.expect("a greeting");
    assert!(matches!(wrong.sign_in(&login()).await, Err(ImapError::Reauthorise(_))));
    let mut busy = Imap::greet(refuse("[UNAVAILABLE]")).await.expect("a greeting");
    assert!(matches!(busy.sign_in(&login()).await, Err(ImapError::Lost(_))));
}

#[tokio::test]
async fn a_refused_token_is_explained_before_it_is_refused() {
    let (stream, heard) = server(|command| match command {
        "AUTHENTICATE XOAUTH2" => Some("+ \r\n".into()),
        "" => Some("{tag} NO [AUTHENTICATIONFAILED] no\r\n".into()),
        token if token.starts_with("dXNlcj") => Some("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n".into()),
        other => common(other),
    });
    let mut imap = Imap::greet(stream).await.expect("a greeting");
    let login = Login::Token { user: "a@b".into(), token: "T".into() };
    assert!(matches!(imap.sign_in(&login).await, Err(ImapError::Reauthorise(_))));
    drop(imap);
    assert!(heard.await.expect("a dialogue").contains(&"dXNlcj1hQGIBYXV0aD1CZWFyZXIgVAEB".to_owned()));
}

#[test]
fn the_cursor_decides_what_is_read() {
    let folder = Folder { validity: 7, next: Some(10), exists: 3 };
    assert_eq!(plan(None, &folder), Plan::Begin(Some(Cursor { validity: 7, last: 9 })));
    assert_eq!(plan(Some(Cursor { validity: 7, last: 4 }), &folder), Plan::Continue(4));
    assert_eq!(plan(Some(Cursor { validity: 7, last: 9 }), &folder), Plan::Continue(9));
    assert_eq!(plan(Some(Cursor { validity: 6, last: 4 }), &folder), Plan::Reset);
    assert_eq!(plan(Some(Cursor { validity: 7, last: 10 }), &folder), Plan::Reset);
    assert_eq!(plan(Some(Cursor { validity: 7, last: 99 }), &Folder { next: None, ..folder }), Plan::Continue(99));
}

#[test]
fn batches_are_small_and_lose_nothing() {
    let entries: Vec<Entry> =
        (1..=120).map(|uid| Entry { uid, size: if uid == 60 { 30 << 20 } else { 1 << 20 }, received: None }).collect();
    let batches = batches(&entries);
    assert_eq!(batches.concat(), entries);
    assert!(batches.iter().all(|batch| batch.len() == 1 || batch.iter().map(|entry| entry.size).sum::<u64>() <= 20 << 20));
}

#[test]
fn names_days_and_sets_are_written_as_servers_read_them() {
    assert_eq!(modified_utf7("Enviados & Lixo/Itens excluídos"), "Enviados &- Lixo/Itens exclu&AO0-dos");
    assert_eq!(modified_utf7("日本"), "&ZeVnLA-");
    assert_eq!((imap_day(1_767_618_000_000), imap_day(1_709_164_800_000)), ("05-Jan-2026".into(), "29-Feb-2024".into()));
    assert_eq!(set([1, 2, 3, 7, 9, 10].into_iter()), "1:3,7,9:10");
    assert_eq!(literal(b"x {12}\r\n"), Some(12));
    assert_eq!((literal(b"x {a}\r\n"), literal(b"x\r\n")), (None, None));
    assert_eq!((backoff(0), backoff(3), backoff(60)), (Duration::from_secs(5), Duration::from_secs(40), Duration::from_secs(300)));
}
