//! To whom a reply goes and about what: everybody by itself, whom its author names otherwise. What reaches the relay is what counts.

use super::mail::{ORDER, shop};
use crate::world::*;
use model::*;
use serde_json::{Value, json};

#[tokio::test]
async fn a_reply_goes_to_whom_its_author_names() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    shop.server.deliver(ORDER).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let usual: MailHead = ana.ok("reply_head", json!({ "conversation": row.id, "quote": null })).await;
    assert_eq!(usual.to, ["Bia Reis <bia@cliente.example>"]);
    assert_eq!((usual.cc.as_slice(), usual.subject.as_str()), (&["Caio <caio@cliente.example>".to_owned()][..], "Re: Pedido 12"));
    assert_eq!(usual.cc.len(), 1, "all but ourselves");

    let send = |mail: Value| json!({ "draft": { "conversation": row.id, "key": key(), "text": "Segue", "mail": mail } });
    let head = |to: &str, cc: &str| json!({ "from": "", "to": [to], "cc": [cc], "bcc": ["chefe@outro.example"], "subject": "Nota 7" });
    let refused = ana.call::<MessageView>("send_reply", send(head("Caio <caio@cliente.example>", "bia@"))).await.unwrap_err();
    assert_eq!(refused.body.fields, [("cc".to_owned(), Violation::Malformed)], "the row is named");
    assert!(ana.thread(row.number).await.messages.rows.len() == 1 && shop.server.sent().is_empty());

    let sent: MessageView = ana.ok("send_reply", send(head("Caio <caio@cliente.example>", "dora@cliente.example"))).await;
    shop.world.settle().await;
    let mail = shop.server.sent().remove(0);
    assert_eq!(mail.to, ["caio@cliente.example", "dora@cliente.example", "chefe@outro.example"], "and nobody else");
    assert_eq!(mail.header("Subject").as_deref(), Some("Nota 7"));
    assert!(mail.header("Cc").unwrap().contains("dora@cliente.example") && !mail.header("Cc").unwrap().contains("bia@"));
    assert!(mail.header("Bcc").is_none() && !mail.raw.contains("chefe@"), "a hidden copy is hidden");
    assert_eq!(mail.header("In-Reply-To").as_deref(), Some("<m1@cliente.example>"), "it stays in the thread");
    let rows = ana.thread(row.number).await.messages.rows;
    let Some(Detail::Mail(shown)) = rows.iter().find(|m| m.id == sent.id).unwrap().detail.clone() else { panic!("no head") };
    assert_eq!(
        (shown.to.as_slice(), shown.bcc.as_slice()),
        (&["Caio <caio@cliente.example>".to_owned()][..], &["chefe@outro.example".to_owned()][..])
    );

    // Whoever was added may answer into the conversation.
    let id = mail.header("Message-ID").unwrap();
    let answer = format!(
        "From: dora@cliente.example\nTo: oi@loja.example\nSubject: Re: Nota 7\nMessage-ID: <d1@cliente.example>\nIn-Reply-To: {id}\n\nRecebi\n"
    );
    shop.server.deliver(&answer).await;
    shop.world.settle().await;
    assert_eq!(ana.list(ListFilter::default()).await.len(), 1);

    // An answer to an earlier mail goes to those of that mail.
    let first = rows.first().unwrap().id;
    let quoted: MailHead = ana.ok("reply_head", json!({ "conversation": row.id, "quote": first })).await;
    assert_eq!(quoted.subject, "Re: Pedido 12");
    let latest: MailHead = ana.ok("reply_head", json!({ "conversation": row.id, "quote": null })).await;
    assert_eq!((latest.to.as_slice(), latest.subject.as_str()), (&["dora@cliente.example".to_owned()][..], "Re: Nota 7"));
    shop.world.finish().await;
}

#[tokio::test]
async fn a_person_signs_what_they_write() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    let change =
        json!({ "inbox": shop.inbox.inbox.id, "change": { "settings": { "signature": "{{agent.name}}\nLoja Aurora, todo dia" } } });
    let _: InboxDetail = ana.ok("update_inbox", change).await;
    shop.server.deliver(ORDER).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let shown: MailHead = ana.ok("reply_head", json!({ "conversation": row.id, "quote": null })).await;
    assert_eq!(shown.signature, "Ana Souza\nLoja Aurora, todo dia", "whoever writes sees it before");
    ana.replies(row.id, "Chega hoje.").await;
    shop.world.settle().await;
    let rows = ana.thread(row.number).await.messages.rows;
    let Some(Detail::Mail(kept)) = rows.last().unwrap().detail.clone() else { panic!("no head") };
    assert_eq!(kept.signature, "", "it is told, not kept");
    let raw = shop.server.sent().remove(0).raw;
    let (words, signature) = (raw.find("Chega hoje.").unwrap(), raw.find("Ana Souza").unwrap());
    assert!(words < signature && raw.contains("Loja Aurora, todo dia") && raw.contains("gmail_signature"), "{raw}");
    shop.world.finish().await;
}

#[tokio::test]
async fn where_messages_have_no_subject_a_head_is_refused() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.writes("oi").await;
    let ana = &world.here.ana;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let refused = ana.call::<MailHead>("reply_head", json!({ "conversation": row.id, "quote": null })).await.unwrap_err();
    assert_eq!(refused.body.code, FaultCode::NotOnThisChannel);
    let draft = json!({ "conversation": row.id, "key": key(), "text": "oi", "mail": { "from": "", "to": ["x@y.example"], "subject": "" } });
    let refused = ana.call::<MessageView>("send_reply", json!({ "draft": draft })).await.unwrap_err();
    assert_eq!(refused.body.code, FaultCode::NotOnThisChannel);
    world.finish().await;
}
