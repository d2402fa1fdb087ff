//! Mail beside the conversations: a forgotten password, asked for on its page, and what name servers say of a sending domain. The relay and the name
//! server are the test's own.

use super::mail::{MailServer, Sent};
use crate::world::*;
use http::StatusCode;
use model::*;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Talks to a listener: each line is sent when the one before was answered; answers the codes.
async fn talks(place: std::net::SocketAddr, lines: &[&str]) -> Vec<String> {
    let (read, mut write) = TcpStream::connect(place).await.unwrap().into_split();
    let mut read = BufReader::new(read).lines();
    let mut codes = Vec::new();
    let mut answer = async || loop {
        let line = read.next_line().await.unwrap().expect("an answer");
        if line.as_bytes()[3] == b' ' {
            return line[..3].to_owned();
        }
    };
    assert_eq!(answer().await, "220");
    for line in lines {
        write.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        codes.push(answer().await);
    }
    codes
}

#[tokio::test]
async fn a_mail_server_of_ones_own_hands_mail_over() {
    let world = world().await;
    let ana = &world.here.ana;
    let settings = json!({ "name": "Suporte", "address": "oi@loja.example", "mode": "forward" });
    let inbox: InboxDetail = ana.ok("create_inbox", json!({ "draft": { "kind": "email", "settings": settings } })).await;
    let key = inbox.hook.unwrap().rsplit('/').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(server::listener::run(world.service.clone(), listener, stopped));
    let rcpt = format!("RCPT TO:<{key}@recado.local>");
    let mail = "From: Bia <bia@cliente.example>\r\nTo: oi@loja.example\r\nSubject: Oi\r\nMessage-ID: <l1@c.example>\r\n\r\nTudo bem?\r\n..pontos\r\n.";
    let said = ["LHLO mta", "MAIL FROM:<bia@cliente.example>", "RCPT TO:<alguem@recado.local>", "DATA", &rcpt, "DATA", mail, "QUIT"];
    assert_eq!(talks(place, &said).await, ["250", "250", "550", "503", "250", "354", "250", "221"]);
    // By SMTP again: what was taken is known.
    let again = ["EHLO mta", "MAIL FROM:<bia@cliente.example>", &rcpt, "DATA", mail, "AUTH PLAIN x", "QUIT"];
    assert_eq!(talks(place, &again).await, ["250", "250", "250", "354", "250", "502", "221"]);
    world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let rows = ana.thread(row.number).await.messages.rows;
    assert_eq!((rows.len(), rows[0].text.as_str()), (1, "Tudo bem?\n.pontos"));
    world.finish().await;
}

/// What a mail says, as its reader sees it.
fn words(mail: &Sent) -> String {
    mail.raw.replace("=\r\n", "").replace("=3D", "=")
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_mail() {
    let server = MailServer::new();
    let (_, smtp) = server.open().await;
    let world = world_with(|config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
    })
    .await;
    let page = http().get(format!("{}/forgot", world.base)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("name=\"email\"") && page.contains("action=\"/forgot\""), "the page asks for an address");

    let ask = async |email: &str| {
        let call = http().post(format!("{}/rpc/forgot_password", world.base)).json(&json!({ "email": email }));
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let unknown = ask("ninguem@loja.example").await;
    world.settle().await;
    assert!(server.sent().is_empty());
    assert_eq!((ask(" Ana@Loja.example ").await, unknown.0), (unknown, 200), "known or not, the answer is one");
    world.settle().await;
    let mail = server.sent().remove(0);
    assert_eq!(mail.to, ["ana@loja.example"]);
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    let text = words(&mail);
    let token: String =
        text.split("/reset/").nth(1).unwrap().chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let set = async |password: &str| {
        let call = http().post(format!("{}/rpc/reset_password", world.base)).json(&json!({ "token": token, "password": password }));
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!(set("outra-senha-bem-longa").await, 200);
    assert_ne!(set("terceira-senha-longa").await, 200, "a link works once");
    let with = async |password: &str| {
        let call = http().post(format!("{}/rpc/sign_in", world.base)).json(&json!({ "email": "ana@loja.example", "password": password }));
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!((with("outra-senha-bem-longa").await, with(PASSWORD).await == 200), (200, false));

    // Before its script has arrived the page posts a plain form.
    let post = async |email: &str| {
        let answer = http().post(format!("{}/forgot", world.base)).header("sec-fetch-site", "same-origin").form(&[("email", email)]);
        let answer = answer.send().await.unwrap();
        (answer.status(), answer.headers().get("location").map(|at| at.to_str().unwrap().to_owned()))
    };
    assert_eq!(post("ana@loja.example").await, (StatusCode::SEE_OTHER, Some("/forgot?sent=1".to_owned())));
    assert_eq!(post("ninguem@loja.example").await, (StatusCode::SEE_OTHER, Some("/forgot?sent=1".to_owned())));
    world.settle().await;
    assert_eq!(server.sent().len(), 2);
    // Nobody's mailbox is filled: five an hour, however often it is asked.
    for _ in 0..6 {
        ask("ana@loja.example").await;
    }
    world.settle().await;
    assert_eq!(server.sent().len(), 5);
    world.finish().await;
}

#[tokio::test]
async fn where_no_mail_is_sent_the_page_says_what_to_do() {
    let world = world().await;
    let page = http().get(format!("{}/forgot", world.base)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("reset-password") && !page.contains("name=\"email\""), "there is nothing to fill in");
    world.finish().await;
}

/// A name server that knows these TXT records and no other name.
async fn name_server(records: &'static [(&'static str, &'static str)]) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let place = socket.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut query = [0; 600];
        loop {
            let (_, from) = socket.recv_from(&mut query).await.unwrap();
            let (mut at, mut labels) = (12, Vec::new());
            while query[at] != 0 {
                let end = at + 1 + usize::from(query[at]);
                labels.push(String::from_utf8(query[at + 1..end].to_vec()).unwrap());
                at = end;
            }
            let name = labels.join(".");
            let found = records.iter().find(|(known, _)| *known == name);
            let code = if found.is_some() { 0x80 } else { 0x83 };
            let mut answer = [&query[..2], &[0x81, code, 0, 1, 0, u8::from(found.is_some()), 0, 0, 0, 0], &query[12..at + 5]].concat();
            if let Some((_, text)) = found {
                let strings: Vec<u8> = text.as_bytes().chunks(200).flat_map(|s| [&[s.len() as u8][..], s].concat()).collect();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
                answer.extend((strings.len() as u16).to_be_bytes());
                answer.extend(strings);
            }
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    place
}

#[tokio::test]
async fn a_sending_domain_is_judged_by_its_records() {
    const KEY: &str = "v=DKIM1; k=rsa; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let place = name_server(&[("loja.example", "v=spf1 mx +all"), ("google._domainkey.loja.example", KEY)]).await;
    let world = world_with(|config| config.mail.resolver = place).await;
    let ana = &world.here.ana;
    let settings = json!({ "name": "Suporte", "address": "oi@loja.example", "mode": "forward" });
    let inbox: InboxDetail = ana.ok("create_inbox", json!({ "draft": { "kind": "email", "settings": settings } })).await;
    let found: Vec<RecordView> = ana.ok("sending_domain", json!({ "inbox": inbox.inbox.id })).await;
    let grades: Vec<(&str, Grade)> = found.iter().map(|record| (record.what.as_str(), record.grade)).collect();
    assert_eq!(grades, [("SPF", Grade::Bad), ("DKIM", Grade::Good), ("DMARC", Grade::Bad)]);
    assert!(found[0].said.pt.contains("+all") && found[0].said.en.contains("+all"));
    let publish = found[2].publish.clone().expect("what is missing is offered");
    assert!(publish.0 == "_dmarc.loja.example" && publish.1.starts_with("v=DMARC1;"), "{publish:?}");
    let website = ana.call::<Vec<RecordView>>("sending_domain", json!({ "inbox": world.here.inbox })).await.unwrap_err();
    assert_eq!(website.body.code, FaultCode::Missing);
    world.finish().await;
}

#[tokio::test]
async fn a_conversation_is_mailed_to_whom_an_agent_names() {
    let server = MailServer::new();
    let (_, smtp) = server.open().await;
    let world = world_with(|config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
    })
    .await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("chegou quebrado").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    ana.replies(row.id, "Trocamos hoje").await;
    let note = json!({ "draft": { "conversation": row.id, "key": key(), "text": "cliente bravo" } });
    let _: MessageView = ana.ok("add_note", note).await;
    let send = |to: &str| json!({ "conversation": row.id, "to": to });
    let refused = ana.call::<()>("send_transcript", send("ninguem")).await.unwrap_err();
    assert_eq!(refused.body.fields, [("email".to_owned(), Violation::Malformed)]);
    let _: () = ana.ok("send_transcript", send("chefe@cliente.example")).await;
    world.settle().await;
    let mail = server.sent().remove(0);
    let text = words(&mail);
    assert_eq!(mail.to, ["chefe@cliente.example"]);
    assert!(text.contains("chegou quebrado") && text.contains("Trocamos hoje") && text.contains("Ana Souza"), "{text}");
    assert!(!text.contains("bravo"), "notes are for colleagues");
    world.finish().await;
}
