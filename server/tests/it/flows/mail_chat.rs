//! A visitor who left the chat: what they did not see reaches them by mail, and their answer by mail comes back into the chat.

use super::mail::shop;
use model::*;
use serde_json::json;

#[tokio::test]
async fn a_visitor_who_left_goes_on_by_mail() {
    let shop = shop().await;
    let (world, ana) = (&shop.world, &shop.world.here.ana);
    let mut rui = world.visitor();
    rui.writes("oi, chega hoje?").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let _: ContactView = ana.ok("update_contact", json!({ "contact": row.contact.id, "draft": { "email": "rui@cliente.example" } })).await;
    ana.replies(row.id, "Sem correio").await;
    world.settle().await;
    world.clock.turn(10 * 60_000);
    world.settle().await;
    assert!(shop.server.sent().is_empty(), "only where the inbox says so");

    let change = json!({ "inbox": world.here.inbox, "change": { "settings": { "continuity": "true" } } });
    let _: InboxDetail = ana.ok("update_inbox", change).await;
    let seen = ana.replies(row.id, "Esta ele vê").await;
    world.settle().await;
    let receipt = json!({ "inbox": rui.inbox(), "up_to": seen.id, "read": true });
    let _: serde_json::Value = rui.post("seen", receipt).await.unwrap();
    world.clock.turn(3 * 60_000);
    world.settle().await;
    assert!(shop.server.sent().is_empty(), "what was seen is not mailed");

    ana.replies(row.id, "Chega *hoje*.").await;
    ana.replies(row.id, "Até as 18h.").await;
    world.settle().await;
    assert!(shop.server.sent().is_empty(), "there is a pause first");
    world.clock.turn(2 * 60_000);
    world.settle().await;
    let sent = shop.server.sent();
    assert_eq!((sent.len(), sent[0].to.as_slice()), (1, &["rui@cliente.example".to_owned()][..]), "both in one mail");
    let body = sent[0].raw.replace("=\r\n", "");
    assert!(body.contains("hoje") && body.contains("18h") && !body.contains("Esta ele") && body.contains("Ana Souza"), "{body}");
    assert!(sent[0].header("Reply-To").is_none_or(|to| to.contains("oi+conv-")));
    world.clock.turn(60 * 60_000);
    world.settle().await;
    assert_eq!(shop.server.sent().len(), 1, "once");

    let id = sent[0].header("Message-ID").unwrap();
    let answer = |from: &str, name: &str| {
        format!(
            "From: {from}\nTo: oi@loja.example\nSubject: Re: Resposta\nMessage-ID: <{name}@cliente.example>\nIn-Reply-To: {id}\n\
             Content-Type: text/plain; charset=utf-8\n\nObrigado!\n\nEm seg., 1 de jun. de 2026 às 10:00, Loja <oi@loja.example> escreveu:\n> Chega hoje.\n"
        )
    };
    shop.server.deliver(&answer("Rui <rui@cliente.example>", "r1")).await;
    world.settle().await;
    let rows = ana.list(ListFilter::default()).await;
    assert_eq!(rows.len(), 1, "the same conversation");
    let last = ana.thread(row.number).await.messages.rows.pop().unwrap();
    assert_eq!((last.kind, last.text.as_str()), (MessageKind::Incoming, "Obrigado!"), "without what it quotes");
    assert_eq!(last.author, Author::Contact { id: row.contact.id });

    // Whoever has only learnt the identifier opens a conversation of their own.
    shop.server.deliver(&answer("x@outro.example", "x1")).await;
    world.settle().await;
    assert_eq!(ana.list(ListFilter::default()).await.len(), 2);
    shop.world.finish().await;
}
