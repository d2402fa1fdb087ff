//! Mail from the customer's mailbox program to ours and back: the mailbox and the relay are played by small strict servers, everything else is real.

use crate::world::*;
use http::StatusCode;
use model::*;
use serde_json::json;
use server::config::Network;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A mail server: one mailbox that is read over IMAP, and a relay that takes everything but mail to `reject@`.
#[derive(Clone)]
pub(super) struct MailServer {
    mailbox: Arc<Mutex<Vec<Vec<u8>>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    /// Rings when a mail came.
    news: watch::Sender<usize>,
    /// How often somebody began to wait: whatever came before is taken in by then.
    waits: watch::Sender<usize>,
    /// The access token it takes, and those it was shown.
    pub token: Arc<Mutex<String>>,
    pub shown: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    pub to: Vec<String>,
    pub raw: String,
}

impl Sent {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{name}: ");
        head.lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
    }
}

impl MailServer {
    pub fn new() -> Self {
        Self {
            mailbox: Arc::default(),
            sent: Arc::default(),
            news: watch::Sender::new(0),
            waits: watch::Sender::new(0),
            token: Arc::default(),
            shown: Arc::default(),
        }
    }

    /// What a client says of its token, in XOAUTH2's words.
    fn said(said: &str) -> String {
        service::from_base64(said).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn opened(&self, said: &str) {
        self.shown.lock().unwrap().push(Self::said(said));
    }

    fn takes(&self, said: &str) -> bool {
        Self::said(said) == format!("user=oi@loja.example\u{1}auth=Bearer {}\u{1}\u{1}", self.token.lock().unwrap())
    }

    pub async fn open(&self) -> (u16, u16) {
        let (imap, smtp) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let ports = (imap.local_addr().unwrap().port(), smtp.local_addr().unwrap().port());
        let server = self.clone();
        tokio::spawn(async move {
            loop {
                let (socket, _) = imap.accept().await.unwrap();
                tokio::spawn(server.clone().imap(socket));
            }
        });
        let server = self.clone();
        tokio::spawn(async move {
            loop {
                let (socket, _) = smtp.accept().await.unwrap();
                tokio::spawn(server.clone().smtp(socket));
            }
        });
        ports
    }

    /// Puts a mail into the mailbox, and waits until it was taken in.
    pub async fn deliver(&self, raw: &str) {
        let before = *self.waits.borrow();
        let count = {
            let mut mailbox = self.mailbox.lock().unwrap();
            mailbox.push(raw.replace('\n', "\r\n").into_bytes());
            mailbox.len()
        };
        self.news.send_replace(count);
        self.waited(before + 1).await;
    }

    pub async fn waited(&self, times: usize) {
        let mut waits = self.waits.subscribe();
        tokio::time::timeout(PATIENCE, waits.wait_for(|count| *count >= times)).await.expect("the mailbox is read").unwrap();
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    async fn imap(self, socket: TcpStream) {
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"* OK ready\r\n").await.unwrap();
        let mut news = self.news.subscribe();
        while let Ok(Some(line)) = lines.next_line().await {
            let (tag, command) = line.split_once(' ').unwrap();
            let done = format!("{tag} OK done\r\n");
            let answer: Vec<u8> = if command == "CAPABILITY" {
                format!("* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN AUTH=XOAUTH2\r\n{done}").into_bytes()
            } else if command == "AUTHENTICATE XOAUTH2" {
                write.write_all(b"+ \r\n").await.unwrap();
                let said = lines.next_line().await.unwrap().unwrap();
                self.opened(&said);
                if self.takes(&said) { done.into_bytes() } else { format!("{tag} NO [AUTHENTICATIONFAILED] stale token\r\n").into_bytes() }
            } else if command == "AUTHENTICATE PLAIN" {
                write.write_all(b"+ \r\n").await.unwrap();
                // base64 of "\0oi@loja.example\0segredo"
                let good = lines.next_line().await.unwrap().unwrap() == "AG9pQGxvamEuZXhhbXBsZQBzZWdyZWRv";
                if good { done.into_bytes() } else { format!("{tag} NO [AUTHENTICATIONFAILED] wrong password\r\n").into_bytes() }
            } else if command.starts_with("EXAMINE") {
                let count = self.mailbox.lock().unwrap().len();
                format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {}] x\r\n{done}", count + 1).into_bytes()
            } else if let Some(rest) = command.strip_prefix("UID FETCH ") {
                let mut answer = self.fetch(rest);
                answer.extend(done.into_bytes());
                answer
            } else if command == "IDLE" {
                write.write_all(b"+ idling\r\n").await.unwrap();
                self.waits.send_modify(|count| *count += 1);
                loop {
                    tokio::select! {
                        changed = news.changed() => {
                            changed.unwrap();
                            let count = *news.borrow_and_update();
                            write.write_all(format!("* {count} EXISTS\r\n").as_bytes()).await.unwrap();
                        }
                        line = lines.next_line() => {
                            match line {
                                Ok(Some(line)) => assert_eq!(line, "DONE"),
                                _ => return,
                            }
                            break;
                        }
                    }
                }
                done.into_bytes()
            } else {
                done.into_bytes()
            };
            if write.write_all(&answer).await.is_err() {
                return;
            }
        }
    }

    /// What a FETCH of a set answers; the highest mail always, as real servers do with `n:*`.
    fn fetch(&self, rest: &str) -> Vec<u8> {
        let (set, items) = rest.split_once(' ').unwrap();
        let mailbox = self.mailbox.lock().unwrap();
        let last = mailbox.len();
        let wanted = |uid: usize| {
            set.split(',').any(|range| {
                let (from, to) = range.split_once(':').unwrap_or((range, range));
                let (from, to) = (from.parse::<usize>().unwrap(), if to == "*" { last } else { to.parse().unwrap() });
                (from.min(to)..=from.max(to)).contains(&uid)
            })
        };
        let mut answer = Vec::new();
        for (at, raw) in mailbox.iter().enumerate().filter(|(at, _)| wanted(at + 1)) {
            let uid = at + 1;
            if items.contains("RFC822.SIZE") {
                let line = format!("* {uid} FETCH (UID {uid} RFC822.SIZE {} INTERNALDATE \"28-May-2026 20:00:00 +0000\")\r\n", raw.len());
                answer.extend(line.into_bytes());
            } else {
                answer.extend(format!("* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n", raw.len()).into_bytes());
                answer.extend(raw);
                answer.extend(b")\r\n");
            }
        }
        answer
    }

    async fn smtp(self, socket: TcpStream) {
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 relay.example ESMTP\r\n").await.unwrap();
        let mut mail = Sent::default();
        while let Ok(Some(line)) = lines.next_line().await {
            let word = line.split([' ', ':']).next().unwrap().to_uppercase();
            let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let answer = match word.as_str() {
                "EHLO" => "250-relay.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n",
                "AUTH" if line.starts_with("AUTH XOAUTH2 ") => {
                    let said = line.trim_start_matches("AUTH XOAUTH2 ");
                    self.opened(said);
                    if self.takes(said) { "235 2.7.0 ok\r\n" } else { "535 5.7.8 stale token\r\n" }
                }
                "AUTH" if line.ends_with("AG9pQGxvamEuZXhhbXBsZQBzZWdyZWRv") => "235 2.7.0 ok\r\n",
                "AUTH" => "535 5.7.8 wrong password\r\n",
                "RCPT" if address().starts_with("reject@") => "550 5.1.1 no such user\r\n",
                "RCPT" => {
                    mail.to.push(address());
                    "250 ok\r\n"
                }
                "DATA" => {
                    write.write_all(b"354 go\r\n").await.unwrap();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line == "." {
                            break;
                        }
                        mail.raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                        mail.raw.push_str("\r\n");
                    }
                    self.sent.lock().unwrap().push(std::mem::take(&mut mail));
                    "250 2.0.0 queued\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            if write.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

pub(super) struct Shop {
    pub world: World,
    pub server: MailServer,
    pub inbox: InboxDetail,
    /// Ends the reading when the test does.
    _stop: watch::Sender<bool>,
}

/// A world whose mail inbox is being read.
pub(super) async fn shop() -> Shop {
    shop_of(|_| {}).await
}

/// The same, with something more in its configuration.
pub(super) async fn shop_of(more: impl FnOnce(&mut server::config::Config)) -> Shop {
    let server = MailServer::new();
    let (imap, smtp) = server.open().await;
    let world = world_with(|config| {
        config.egress.allow.push(Network::try_from("127.0.0.0/8".to_owned()).unwrap());
        more(config);
    })
    .await;
    let mut settings = json!({
        "name": "Suporte", "address": "Oi@Loja.example", "business": "Loja Aurora", "imap_login": "oi@loja.example", "imap_password": "errada",
        "imap_host": "127.0.0.1", "imap_port": imap.to_string(), "imap_security": "none",
        "smtp_host": "127.0.0.1", "smtp_port": smtp.to_string(), "smtp_security": "none",
    });
    let draft = |settings: &serde_json::Value| json!({ "draft": { "kind": "email", "settings": settings } });
    let refused = world.here.ana.call::<InboxDetail>("create_inbox", draft(&settings)).await.unwrap_err();
    assert!(refused.body.words.is_some_and(|words| words.contains("IMAP") && words.contains("wrong password")), "the refusal is told");
    settings["imap_password"] = json!("segredo");
    let inbox: InboxDetail = world.here.ana.ok("create_inbox", draft(&settings)).await;
    assert!(!inbox.settings.contains_key("imap_password"), "a password is never shown");
    let (stop, stopped) = watch::channel(false);
    let service = world.service.clone();
    tokio::spawn(async move { service.run_mailboxes(stopped).await });
    server.waited(1).await;
    Shop { world, server, inbox, _stop: stop }
}

pub(super) const ORDER: &str = "From: Bia Reis <Bia@Cliente.example>\nTo: Loja <oi@loja.example>, Caio <caio@cliente.example>\nSubject: Pedido 12\n\
    Message-ID: <m1@cliente.example>\nDate: Thu, 28 May 2026 20:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n\
    --b\nContent-Type: text/plain; charset=utf-8\n\nOlá, chegou?\n\n--b\nContent-Type: text/html; charset=utf-8\n\n\
    <p>Olá, <b>chegou</b>?</p><script>alert(1)</script><img src=\"https://espiao.example/p.gif\">\n--b--\n";

#[tokio::test]
async fn a_mail_is_answered_and_its_answer_joins() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    shop.server.deliver(ORDER).await;
    shop.world.settle().await;
    let rows = ana.list(ListFilter::default()).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0].conversation;
    assert_eq!((row.subject.as_deref(), row.inbox), (Some("Pedido 12"), shop.inbox.inbox.id));
    let thread = ana.thread(row.number).await;
    assert_eq!((thread.contact.name.as_str(), thread.contact.email.as_deref()), ("Bia Reis", Some("bia@cliente.example")));
    let first = &thread.messages.rows[0];
    assert!(first.text.starts_with("Olá, chegou?"), "{}", first.text);
    let Some(Detail::Mail(head)) = &first.detail else { panic!("{:?}", first.detail) };
    assert!(head.html && head.to.len() == 2, "{head:?}");

    let page = ana.get(&format!("/mail/{}/{}/html", ana.account, first.id)).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("sandbox") && !policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
    assert_eq!(page.headers()["x-held-back"], "1");
    let html = page.text().await.unwrap();
    assert!(html.contains("<b>chegou</b>") && !html.contains("script") && !html.contains("src="), "{html}");
    let html = ana.get(&format!("/mail/{}/{}/html?pictures=1", ana.account, first.id)).await.text().await.unwrap();
    assert!(html.contains("src=\"/mail/picture/") && !html.contains("espiao.example"), "pictures come through us alone: {html}");
    let raw = ana.get(&format!("/mail/{}/{}/raw", ana.account, first.id)).await.bytes().await.unwrap();
    assert_eq!(raw, ORDER.replace('\n', "\r\n"), "byte for byte");
    let foreign = shop.world.twin.ana.get(&format!("/mail/{}/{}/raw", ana.account, first.id)).await;
    assert_eq!(foreign.status().as_u16(), 404, "nobody else's");

    let reply = ana.replies(row.id, "Chega *hoje*.").await;
    shop.world.settle().await;
    let sent = shop.server.sent();
    assert_eq!((sent.len(), sent[0].to.as_slice()), (1, &["bia@cliente.example".to_owned(), "caio@cliente.example".to_owned()][..]));
    assert_eq!(sent[0].header("Subject").as_deref(), Some("Re: Pedido 12"));
    assert_eq!(sent[0].header("In-Reply-To").as_deref(), Some("<m1@cliente.example>"));
    assert!(sent[0].header("From").unwrap().contains("oi@loja.example") && sent[0].header("Auto-Submitted").is_none());
    assert!(sent[0].header("Cc").unwrap().contains("caio@cliente.example"), "everybody but ourselves");
    let after = ana.thread(row.number).await.messages.rows;
    assert_eq!(after.iter().find(|m| m.id == reply.id).unwrap().state, MessageState::Sent);

    let id = sent[0].header("Message-ID").unwrap();
    let answer = format!(
        "From: caio@cliente.example\nTo: oi@loja.example\nSubject: outro assunto\nMessage-ID: <m2@cliente.example>\nIn-Reply-To: {id}\n\
         Date: Thu, 28 May 2026 20:10:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nObrigado!\n\n\
         --b\nContent-Type: text/plain; name=nota.txt\nContent-Disposition: attachment; filename=nota.txt\n\nvalor 10\n--b--\n"
    );
    shop.server.deliver(&answer).await;
    shop.world.settle().await;
    assert_eq!(ana.list(ListFilter::default()).await.len(), 1, "whoever was on the mail may answer it");
    let last = ana.thread(row.number).await.messages.rows.pop().unwrap();
    assert_eq!((last.text.as_str(), last.files.len(), last.files[0].name.as_str()), ("Obrigado!", 1, "nota.txt"));
    let file = ana.get(&format!("/files/{}/{}/nota.txt", ana.account, last.files[0].id)).await.text().await.unwrap();
    assert_eq!(file.trim_end(), "valor 10");

    // A stranger who only learnt the identifiers of others opens a conversation of their own.
    let stranger = "From: x@outro.example\nTo: oi@loja.example\nSubject: Re: Pedido 12\nMessage-ID: <m3@outro.example>\nReferences: <m1@cliente.example>\n\noi\n";
    shop.server.deliver(stranger).await;
    shop.world.settle().await;
    assert_eq!(ana.list(ListFilter::default()).await.len(), 2);
    shop.world.finish().await;
}

#[tokio::test]
async fn a_bounce_fails_the_message_it_is_about_and_machines_open_nothing() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    shop.server.deliver(ORDER).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let uploaded =
        ana.http.post(format!("{}/uploads/{}?name=nota.txt", ana.base, ana.account)).header("cookie", &ana.cookie).body("valor 10");
    let uploaded: UploadView = uploaded.send().await.unwrap().json().await.unwrap();
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "Segue a nota", "files": [uploaded.key] } });
    let reply: MessageView = ana.ok("send_reply", draft).await;
    shop.world.settle().await;
    let sent = shop.server.sent().pop().unwrap();
    assert!(sent.raw.contains("nota.txt"), "files travel along");

    let id = sent.header("Message-ID").unwrap();
    let bounce = format!(
        "From: MAILER-DAEMON@relay.example\nTo: oi@loja.example\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <d1@relay.example>\n\
         Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n\
         --r\nContent-Type: text/plain\n\nno such user\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n\
         Final-Recipient: rfc822; bia@cliente.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n\
         --r\nContent-Type: text/rfc822-headers\n\nMessage-ID: {id}\nSubject: Re: Pedido 12\n\n--r--\n"
    );
    shop.server.deliver(&bounce).await;
    let away = "From: y@outro.example\nTo: oi@loja.example\nSubject: Resposta automática: Oi\nMessage-ID: <a1@outro.example>\nAuto-Submitted: auto-replied\n\nfora\n";
    shop.server.deliver(away).await;
    shop.world.settle().await;
    let rows = ana.list(ListFilter::default()).await;
    assert_eq!(rows.len(), 1, "neither a bounce nor an absence note opens a conversation");
    let thread = ana.thread(row.number).await.messages.rows;
    let failed = thread.iter().find(|m| m.id == reply.id).unwrap();
    assert_eq!(failed.state, MessageState::Failed { reason: FailureReason::BadAddress });
    assert!(failed.reason.as_ref().is_some_and(|words| words.contains("no such user")), "{:?}", failed.reason);
    shop.world.finish().await;
}

#[tokio::test]
async fn a_posted_mail_is_taken_once_and_only_with_its_password() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    let change = json!({ "inbox": shop.inbox.inbox.id, "change": { "settings": { "hook_password": "entrega" } } });
    let _: InboxDetail = ana.ok("update_inbox", change).await;
    let address = shop.inbox.hook.clone().unwrap();
    let post = async |password: &str| {
        let call = reqwest::Client::new().post(&address).header("content-type", "message/rfc822").bearer_auth(password).body(ORDER);
        StatusCode::from_u16(call.send().await.unwrap().status().as_u16()).unwrap()
    };
    assert_eq!(post("palpite").await, StatusCode::FORBIDDEN);
    for _ in 0..3 {
        assert_eq!(post("entrega").await, StatusCode::NO_CONTENT, "a repeat is taken and changes nothing");
    }
    shop.world.settle().await;
    let rows = ana.list(ListFilter::default()).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(ana.thread(rows[0].conversation.number).await.messages.rows.len(), 1);
    shop.world.finish().await;
}
