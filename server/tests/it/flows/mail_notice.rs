//! Answering a notice by mail (FAULTS 60): the agent's own answer reaches the customer, and whoever only seems to be the agent writes as a customer.

use super::mail::{MailServer, shop_of};
use model::*;
use serde_json::json;

fn answer(from: &str, to: &str, id: &str, vouched: &str, words: &str) -> String {
    format!(
        "{vouched}From: {from}\nTo: {to}\nSubject: Re: oi\nMessage-ID: <{id}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n\
         {words}\n\nEm seg., 1 de jun. de 2026 às 10:00, Recado <desk@recado.example> escreveu:\n> Meu pedido sumiu\n"
    )
}

const PASS: &str = "Authentication-Results: mx.loja.example; dmarc=pass header.from=loja.example\n";

#[tokio::test]
async fn an_agent_answers_a_notice_by_mail_and_nobody_else_does() {
    let relay = MailServer::new();
    let (_, smtp) = relay.open().await;
    let shop = shop_of(move |config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
    })
    .await;
    let ana = &shop.world.here.ana;
    let both = json!({ "app": true, "push": false, "mail": true });
    let _: () = ana.ok("set_preferences", json!({ "wanted": { "assigned_message": both }, "auto_offline": true })).await;
    let mut rui = shop.world.visitor();
    rui.writes("oi").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let _: () = ana.ok("assign", json!({ "conversation": row.id, "to": ana.user })).await;
    let told = async |count: usize| {
        shop.world.clock.turn(130_000);
        shop.world.settle().await;
        assert_eq!(relay.sent().len(), count);
        relay.sent().pop().unwrap()
    };

    // Where no server vouches for senders, an answer could be anybody's: none is asked for.
    rui.writes("Alô?").await;
    assert_eq!(told(1).await.header("Reply-To"), None);
    let change = json!({ "inbox": shop.inbox.inbox.id, "change": { "settings": { "plus": "true", "voucher": "mx.loja.example" } } });
    let _: InboxDetail = ana.ok("update_inbox", change).await;
    rui.writes("Meu pedido sumiu").await;
    let address = told(2).await.header("Reply-To").expect("a marked address");
    assert!(address.starts_with("oi+conv-") && address.ends_with("@loja.example"), "{address}");

    let said = async || {
        let rows = ana.thread(row.number).await.messages.rows;
        rows.into_iter().filter(|m| m.kind == MessageKind::Outgoing).map(|m| (m.author, m.text)).collect::<Vec<_>>()
    };
    // Everything but the whole proof: no vouching, another server's, a failed one, somebody else's address, a guessed mark.
    let ours = "ana@loja.example";
    let guessed = address.replace("@loja", "a@loja");
    for (n, (from, to, vouched)) in [
        (ours, &address, ""),
        (ours, &address, "Authentication-Results: mx.fora.example; dmarc=pass\n"),
        (ours, &address, "Authentication-Results: mx.loja.example; dmarc=fail\n"),
        ("eva@fora.example", &address, PASS),
        (ours, &guessed, PASS),
    ]
    .into_iter()
    .enumerate()
    {
        shop.server.deliver(&answer(from, to, &format!("x{n}@fora.example"), vouched, "Mande o dinheiro para cá")).await;
        shop.world.settle().await;
        assert!(said().await.is_empty(), "{n}: it speaks for nobody");
    }
    let strangers = ana.list(ListFilter::default()).await;
    assert!(strangers.iter().filter(|other| other.conversation.id != row.id).all(|other| other.conversation.incoming > 0));
    assert!(strangers.len() > 1, "they wrote as customers do");

    // The agent's own, twice over: it is sent once, without what it quotes.
    let good = answer(&format!("Ana <{ours}>"), &address, "ok@loja.example", PASS, "Já encontrei, chega hoje.");
    shop.server.deliver(&good).await;
    shop.server.deliver(&good).await;
    shop.world.settle().await;
    assert_eq!(said().await, [(Author::User { id: ana.user }, "Já encontrei, chega hoje.".to_owned())]);
    shop.world.finish().await;
}
