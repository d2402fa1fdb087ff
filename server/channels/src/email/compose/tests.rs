//! What we write, read back by our own reader. The fixtures hold whole mails; these are the rules one by one.

use super::*;
use crate::email::quote::Fold;

fn outgoing() -> Outgoing {
    Outgoing {
        from: Address { name: Some("Lia da Padaria São João".into()), email: "support@desk.test".into() },
        to: vec![Address { name: Some("Souza, Ana".into()), email: "ana@cust.test".into() }],
        bcc: vec![Address::bare("chefe@desk.test"), Address::bare("ANA@cust.test")],
        subject: "Re: Pedido 4411 não chegou\r\nBcc: eve@evil.test".into(),
        message_id: "m1.c9.abc@desk.test".into(),
        date: 1_767_618_000_000,
        in_reply_to: Some("p1@cust.test".into()),
        references: (0..30).map(|n| format!("a-rather-long-reference-{n}@mail.cust.test")).collect(),
        markdown: "Olá **Ana**,\nsegue a foto. <script>x</script>".into(),
        signature: Some("Lia\nPadaria".into()),
        quoted: Some(Quoted {
            attribution: "Em 5/1/2026 10:00, Ana <ana@cust.test> escreveu:".into(),
            text: "Não chegou\n> antes".into(),
            html: None,
        }),
        files: vec![
            File { name: "relatório \"final\".pdf".into(), kind: "application/pdf".into(), bytes: b"%PDF".to_vec(), content_id: None },
            File {
                name: "foto.png".into(),
                kind: "image/png".into(),
                bytes: b"\x89PNG".to_vec(),
                content_id: Some("foto@desk.test".into()),
            },
        ],
        ..Outgoing::default()
    }
}

#[test]
fn what_we_write_we_read_back() {
    let written = outgoing().write().expect("a mail");
    let mail = Mail::read(&written.raw);
    assert_eq!(mail.from, Some(outgoing().from));
    assert_eq!(mail.to, outgoing().to);
    assert_eq!(mail.subject, "Re: Pedido 4411 não chegou  Bcc: eve@evil.test");
    assert_eq!((mail.message_id.as_deref(), mail.date), (Some("m1.c9.abc@desk.test"), Some(1_767_618_000_000)));
    assert_eq!(mail.references, outgoing().references);
    assert_eq!(mail.in_reply_to, ["p1@cust.test"]);
    assert!(mail.text.starts_with("Olá **Ana**,\nsegue a foto. <script>x</script>\n\n-- \nLia\nPadaria\n\nEm 5/1/2026"), "{}", mail.text);
    assert!(mail.text.contains("> Não chegou\n>> antes"));
    let html = mail.html.as_deref().unwrap_or_default();
    assert!(html.contains("<strong>Ana</strong>,<br") && html.contains("&lt;script&gt;"), "{html}");
    let names: Vec<(&str, bool)> = mail.attachments.iter().map(|file| (file.name.as_str(), file.content_id.is_some())).collect();
    assert_eq!(names, [("foto.png", true), ("relatório \"final\".pdf", false)]);
    assert_eq!(mail.attachments[1].bytes(&written.raw).as_ref(), b"%PDF");
    let fold = Fold::of(&mail);
    assert!(fold.html.is_some() && fold.text.is_some() && fold.signature.is_some());
}

#[test]
fn secrets_stay_out_of_the_headers_and_lines_stay_short() {
    let written = outgoing().write().expect("a mail");
    let raw = String::from_utf8_lossy(&written.raw).into_owned();
    assert_eq!(written.recipients, ["ana@cust.test", "chefe@desk.test"]);
    assert!(!raw.contains("chefe@") && !raw.contains("\nBcc:") && !raw.to_lowercase().contains("list-unsubscribe"));
    assert!(raw.lines().all(|line| line.len() <= 998) && raw.is_ascii());
    assert!(!raw.contains("Auto-Submitted"));
}

#[test]
fn machines_say_that_they_are() {
    let automatic = Outgoing { automatic: Some(Automatic::Replied), loop_mark: Some("7.x".into()), ..outgoing() };
    let mail = Mail::read(&automatic.write().expect("a mail").raw);
    assert_eq!(mail.headers.text("auto-submitted").as_deref(), Some("auto-replied"));
    assert_eq!(mail.headers.text("x-recado-loop").as_deref(), Some("7.x"));
    assert!(!mail.text.contains("-- \n"));
}

#[test]
fn nobody_is_no_recipient() {
    assert_eq!(Outgoing { to: Vec::new(), bcc: Vec::new(), ..outgoing() }.write(), Err(ComposeError::NoRecipient));
    let wrong = Outgoing { to: vec![Address::bare("a b@c\r\nd")], ..outgoing() };
    assert!(matches!(wrong.write(), Err(ComposeError::Address(_))));
}

#[test]
fn answers_go_to_everybody_but_us() {
    let own = Own { addresses: vec!["support@desk.test".into()], domains: vec!["desk.test".into()] };
    let of = |raw: &str| {
        let recipients = reply_all(&Mail::read(raw.as_bytes()), &own);
        let emails = |list: Vec<Address>| list.into_iter().map(|address| address.email).collect::<Vec<_>>().join(" ");
        (emails(recipients.to), emails(recipients.cc))
    };
    let raw = "From: ana@c.test\nTo: Support@desk.test, bia@c.test\nCc: reply+8a6e@desk.test, ana@c.test, caio@c.test, bia@c.test\n\nx";
    assert_eq!(of(raw), ("ana@c.test".into(), "bia@c.test caio@c.test".into()));
    assert_eq!(of("From: ana@c.test\nReply-To: a2@c.test\nTo: support@desk.test\n\nx").0, "a2@c.test");
    assert_eq!(of("From: ana@c.test\nReply-To: l@l.test\nList-Id: <l>\nTo: l@l.test\n\nx").0, "ana@c.test");
    assert_eq!(of("From: support@desk.test\nTo: ana@c.test\n\nx").0, "ana@c.test");
}

#[test]
fn subjects_and_references_stay_short() {
    assert_eq!(reply_subject("RES: Re: AW: Pedido"), "Re: Pedido");
    assert_eq!(reply_subject(""), "Re:");
    assert_eq!(reply_subject("Região"), "Re: Região");
    let ids: Vec<String> = (0..100).map(|n| format!("<i{n}@x>")).collect();
    let mail = Mail::read(format!("Message-ID: <last@x>\nReferences: {}\n\nx", ids.join(" ")).as_bytes());
    let kept = references(&mail);
    assert_eq!((kept.len(), kept[0].as_str(), kept[1].as_str(), kept[20].as_str()), (21, "i0@x", "i81@x", "last@x"));
}
