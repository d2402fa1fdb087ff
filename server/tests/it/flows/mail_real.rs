//! Mail through real servers that the test starts itself: Dovecot keeps the mailboxes and takes what is sent, over TLS, and the hop behind it refuses and
//! bounces. What other servers play in small, where every word is chosen, is `mail.rs`.

use super::channels::real_time;
use crate::world::*;
use model::*;
use serde_json::{Value, json};
use server::config::Network;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use tokio::sync::watch;

/// The mail servers, gone when dropped.
struct Post {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    ports: Value,
    authority: String,
}

impl Drop for Post {
    fn drop(&mut self) {
        // At the end of its input it puts everything away.
        self.input = None;
        let _gone = self.process.wait();
    }
}

impl Post {
    fn start() -> Self {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/mail/main.mjs");
        let mut process = Command::new("node").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node");
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut post = Self { process, input, output, ports: Value::Null, authority: String::new() };
        let ready = post.line();
        (post.ports, post.authority) = (ready["ports"].clone(), ready["authority"].as_str().expect("Dovecot").to_owned());
        post
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("the mail servers run (Debian: dovecot-imapd dovecot-lmtpd dovecot-submissiond openssl)")
    }

    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{command}").unwrap();
        let said = self.line();
        assert!(said["error"].is_null(), "{said}");
        said["ok"].clone()
    }

    /// What lies in a mailbox, oldest first.
    fn inbox(&mut self, address: &str) -> Vec<String> {
        serde_json::from_value(self.ask(&json!(["inbox", address]))).unwrap()
    }

    fn deliver(&mut self, mails: &[String]) {
        let mut command = vec![json!("deliver"), json!("oi@loja.test")];
        command.extend(mails.iter().map(|mail| json!(mail)));
        self.ask(&Value::Array(command));
    }
}

struct Shop {
    world: World,
    inbox: InboxDetail,
    stop: watch::Sender<bool>,
}

impl Shop {
    /// A world whose mail inbox reads `oi@loja.test`, by TLS or, through `imap`, at a port of the test's own.
    async fn open(post: &Post, imap: Option<u16>) -> Self {
        let world = world_at(real_time(), |config| config.egress.allow.push(Network::try_from("127.0.0.0/8".to_owned()).unwrap())).await;
        let port = |name: &str| post.ports[name].to_string();
        let mut settings = json!({
            "name": "Suporte", "address": "oi@loja.test", "business": "Loja Aurora", "imap_password": "errada", "authority": post.authority,
            "imap_host": "127.0.0.1", "imap_port": port("imaps"), "imap_security": "tls",
            "smtp_host": "127.0.0.1", "smtp_port": port("submission"), "smtp_security": "starttls",
        });
        if let Some(imap) = imap {
            (settings["imap_port"], settings["imap_security"]) = (json!(imap.to_string()), json!("none"));
        }
        let draft = |settings: &Value| json!({ "draft": { "kind": "email", "settings": settings } });
        let refused = world.here.ana.call::<InboxDetail>("create_inbox", draft(&settings)).await.unwrap_err();
        assert!(refused.body.words.as_ref().is_some_and(|words| words.starts_with("IMAP ")), "{:?}", refused.body);
        settings["imap_password"] = json!("pw-oi");
        let inbox: InboxDetail = world.here.ana.ok("create_inbox", draft(&settings)).await;
        let mut shop = Self { world, inbox, stop: watch::Sender::new(true) };
        shop.read().await;
        shop
    }

    /// Reads the mailbox from now on; what comes before the first look is not ours.
    async fn read(&mut self) {
        let (stop, stopped) = watch::channel(false);
        self.stop = stop;
        let service = self.world.service.clone();
        tokio::spawn(async move { service.run_mailboxes(stopped).await });
        let id = self.inbox.inbox.id;
        self.until("the mailbox was looked at", async || {
            let detail: InboxDetail = self.world.here.ana.ok("inbox", json!({ "inbox": id })).await;
            detail.health.last_in.is_some()
        })
        .await;
    }

    async fn until(&self, what: &str, fits: impl AsyncFn() -> bool) {
        // Only a failing test waits so long: a lost connection is tried again after seconds.
        for _ in 0..1200 {
            self.world.settle().await;
            if fits().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never came to be: {what}");
    }

    async fn rows(&self) -> Vec<ListRow> {
        self.world.here.ana.list(ListFilter::default()).await
    }

    /// Every message of every conversation.
    async fn texts(&self) -> Vec<String> {
        let mut all = Vec::new();
        for row in self.rows().await {
            all.extend(self.world.here.ana.thread(row.conversation.number).await.messages.rows.into_iter().map(|m| m.text));
        }
        all.sort();
        all
    }
}

/// A header's value, unfolded.
fn header(raw: &str, name: &str) -> String {
    let head = raw.replace("\r\n", "\n").split("\n\n").next().unwrap().replace("\n ", " ").replace("\n\t", " ");
    let prefix = format!("{name}: ");
    head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
}

fn mail(from: &str, id: &str, more: &str, words: &str) -> String {
    let id = if id.is_empty() { String::new() } else { format!("Message-ID: <{id}>\n") };
    format!(
        "From: {from}\nTo: oi@loja.test\nSubject: Pedido\n{id}{more}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Dovecot"]
async fn a_customer_and_an_agent_write_through_real_servers() {
    let mut post = Post::start();
    let shop = Shop::open(&post, None).await;
    let ana = &shop.world.here.ana;
    let asked = mail("Bia Reis <bia@cliente.test>", "m1@cliente.test", "Cc: caio@cliente.test\n", "Olá, chegou? Ação!");
    post.ask(&json!(["send", "bia@cliente.test", ["oi@loja.test", "caio@cliente.test"], asked]));
    shop.until("her mail is a conversation", async || shop.rows().await.len() == 1).await;
    let row = shop.rows().await.remove(0).conversation;
    assert_eq!(ana.thread(row.number).await.messages.rows[0].text.trim(), "Olá, chegou? Ação!");

    // The answer, with a file, lies in both their mailboxes and threads there.
    let uploaded = ana.upload("nota.txt", b"valor 10".to_vec()).await;
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "Chega *hoje*.", "files": [uploaded.key] } });
    let reply: MessageView = ana.ok("send_reply", draft).await;
    shop.world.settle().await;
    let came = post.inbox("bia@cliente.test").pop().expect("the answer");
    assert_eq!(header(&came, "In-Reply-To"), "<m1@cliente.test>");
    assert!(header(&came, "References").contains("<m1@cliente.test>") && header(&came, "Subject").starts_with("Re: Pedido"), "{came}");
    assert!(header(&came, "From").contains("<oi@loja.test>") && header(&came, "Cc").contains("caio@cliente.test"), "{came}");
    assert!(came.contains("nota.txt") && came.contains("<strong>hoje</strong>"), "{came}");
    assert_eq!(post.inbox("caio@cliente.test").len(), 2, "her mail, and our answer to all");
    let state = async |id: MessageId| ana.thread(row.number).await.messages.rows.into_iter().find(|m| m.id == id).unwrap();
    assert_eq!(state(reply.id).await.state, MessageState::Sent);

    // Her mail program answers, with a file.
    let ours = header(&came, "Message-ID");
    let again = format!(
        "From: bia@cliente.test\nTo: oi@loja.test\nSubject: Re: Pedido\nMessage-ID: <m2@cliente.test>\nIn-Reply-To: {ours}\nReferences: <m1@cliente.test> {ours}\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nRecebi!\n\n\
         --b\nContent-Type: text/plain; name=recibo.txt\nContent-Disposition: attachment; filename=recibo.txt\n\npago\n--b--\n"
    );
    post.ask(&json!(["send", "bia@cliente.test", "oi@loja.test", again]));
    shop.until("her answer joins", async || ana.thread(row.number).await.messages.rows.iter().any(|m| m.text.trim() == "Recebi!")).await;
    assert_eq!(shop.rows().await.len(), 1);
    let last = ana.thread(row.number).await.messages.rows.pop().unwrap();
    assert_eq!((last.files.len(), last.files[0].name.as_str(), last.files[0].state), (1, "recibo.txt", FileState::Ready));

    // Somebody whom the relay refuses while it takes the others is told to the agent.
    let third = mail("bia@cliente.test", "m3@cliente.test", &format!("In-Reply-To: {ours}\nCc: reject@fora.test\n"), "Com a Lia em cópia");
    post.deliver(&[third]);
    shop.until("her third", async || ana.thread(row.number).await.messages.rows.iter().any(|m| m.text.contains("Lia"))).await;
    let partly = ana.replies(row.id, "Olá às duas").await;
    shop.world.settle().await;
    let partly = state(partly.id).await;
    assert_eq!(partly.state, MessageState::Failed { reason: FailureReason::Partly });
    assert!(partly.reason.as_ref().is_some_and(|words| words.contains("reject@fora.test") && words.contains("no such user")), "{partly:?}");
    assert!(post.inbox("bia@cliente.test").iter().any(|raw| raw.contains("duas")), "the other one has it");

    // The test of the way in goes out by the relay and comes back by the mailbox, as nobody's conversation.
    let trial: MailTrial = ana.ok("try_mail", json!({ "inbox": shop.inbox.inbox.id })).await;
    let asked = json!({ "inbox": shop.inbox.inbox.id, "mark": trial.mark });
    let arrived = async || matches!(ana.ok::<TrialState>("watch_mail_trial", asked.clone()).await, TrialState::Arrived { .. });
    shop.until("the test mail arrived", arrived).await;
    assert_eq!(shop.rows().await.len(), 1);

    // What comes back fails the message it is about.
    post.deliver(&[mail("bounce@fora.test", "f1@fora.test", "", "Oi")]);
    shop.until("a stranger's mail", async || shop.rows().await.len() == 2).await;
    let row = shop.rows().await.into_iter().map(|row| row.conversation).find(|other| other.id != row.id).unwrap();
    let lost = ana.replies(row.id, "Olá").await;
    let bounced = async || {
        let lost = ana.thread(row.number).await.messages.rows.into_iter().find(|m| m.id == lost.id).unwrap();
        lost.state == MessageState::Failed { reason: FailureReason::BadAddress }
            && lost.reason.is_some_and(|words| words.contains("no such user"))
    };
    shop.until("it comes back", bounced).await;
    assert_eq!(shop.rows().await.len(), 2, "a bounce is no conversation");
    shop.stop.send_replace(true);
    shop.world.finish().await;
}

const fn ana(shop: &Shop) -> &Agent {
    &shop.world.here.ana
}

/// Lets IMAP through, and cuts the first connections after so many bytes of the server's.
async fn cutting(to: u16, cuts: Vec<usize>) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut cuts = cuts.into_iter();
        loop {
            let (mut ours, _) = listener.accept().await.unwrap();
            let mut server = tokio::net::TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            let cut = cuts.next().unwrap_or(usize::MAX);
            tokio::spawn(async move {
                let ((mut up_read, mut up_write), (mut down_read, mut down_write)) = (ours.split(), server.split());
                let mut server = tokio::io::AsyncReadExt::take(&mut down_read, cut as u64);
                tokio::select! {
                    _ = tokio::io::copy(&mut up_read, &mut down_write) => {}
                    _ = tokio::io::copy(&mut server, &mut up_write) => {}
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Dovecot"]
async fn a_mailbox_that_breaks_gives_each_mail_once() {
    let mut post = Post::start();
    // The form's two tests of the connection, the first look, then twice a cut in the middle of a mail.
    let port = cutting(u16::try_from(post.ports["imap"].as_u64().unwrap()).unwrap(), vec![usize::MAX, usize::MAX, 60_000, 90_000]).await;
    let mut shop = Shop::open(&post, Some(port)).await;

    // FAULTS 33: what broken senders write. No identifier, the same one twice, a charset nobody knows, a hundred parts deep.
    let big = "uma linha de um e-mail que não cabe num pacote só\n".repeat(2_000);
    let deep = (0..100).fold(String::new(), |all, n| format!("{all}Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"));
    let odd = [
        mail("a@fora.test", "", "", "sem id um"),
        mail("a@fora.test", "", "", "sem id dois"),
        mail("b@fora.test", "mesmo@fora.test", "", "mesmo id, de b"),
        mail("c@fora.test", "mesmo@fora.test", "", "mesmo id, de c"),
        mail("d@fora.test", "d1@fora.test", "", "conhecida").replace("charset=utf-8", "charset=klingon-8"),
        format!("From: e@fora.test\nMessage-ID: <e1@fora.test>\nMIME-Version: 1.0\n{deep}Content-Type: text/plain\n\nfundo\n"),
        mail("f@fora.test", "f1@fora.test", "", &big),
    ];
    post.deliver(&odd);
    shop.until("all of them", async || shop.rows().await.len() >= odd.len() - 1).await;
    shop.until("both without an identifier", async || shop.texts().await.iter().filter(|text| text.contains("sem id")).count() == 2).await;
    let texts = shop.texts().await;
    assert_eq!(texts.len(), odd.len(), "{:?}", texts.iter().map(|text| text.chars().take(30).collect::<String>()).collect::<Vec<_>>());
    assert!(texts.iter().any(|text| text.contains("conhecida")) && texts.iter().any(|text| text.len() > 90_000));

    // The server numbers its mails anew: nothing comes twice, and what came meanwhile comes.
    post.ask(&json!(["renumber", "oi@loja.test", 4242]));
    post.ask(&json!(["kick", "oi@loja.test"]));
    post.deliver(&[mail("g@fora.test", "g1@fora.test", "", "depois da renumeração")]);
    shop.until("the new one", async || shop.texts().await.iter().any(|text| text.contains("renumeração"))).await;
    assert_eq!(shop.texts().await.len(), odd.len() + 1);

    // We are away for a day.
    shop.stop.send_replace(true);
    let missed: Vec<String> =
        (0..120).map(|n| mail(&format!("h{n}@fora.test"), &format!("h{n}@fora.test"), "", &format!("perdida {n}"))).collect();
    post.deliver(&missed);
    post.deliver(&missed[..10]);
    shop.world.clock.turn(86_400_000);
    shop.read().await;
    let conversations = async || ana(&shop).desk().await.data.tallies.of(None, Some(shop.inbox.inbox.id)).all;
    let before = odd.len() as i64 + 1;
    shop.until("what came meanwhile", async || conversations().await >= before + 120).await;
    assert_eq!(conversations().await, before + 120, "a mail that is delivered twice is one");

    // 60 MB: the head is told, and the connection lives on.
    let huge = mail("i@fora.test", "i1@fora.test", "", &"uma linha das muitas de um arquivo muito grande\n".repeat(1_250_000));
    post.deliver(&[huge, mail("j@fora.test", "j1@fora.test", "", "depois da grande")]);
    shop.until("the one after it", async || shop.texts().await.iter().any(|text| text.contains("depois da grande"))).await;
    let mut heads = Vec::new();
    for row in shop.rows().await.into_iter().take(5) {
        heads.push(ana(&shop).thread(row.conversation.number).await.contact.email);
    }
    assert!(heads.contains(&Some("i@fora.test".to_owned())), "a mail that is too large is there by its head: {heads:?}");
    shop.stop.send_replace(true);
    shop.world.finish().await;
}
