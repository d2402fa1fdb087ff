//! Mail that somebody passes on: whoever wrote it first becomes the customer, when an agent says so; and the test of whether forwarding works at all. What
//! reaches the relay is what counts.

use super::mail::{MailServer, shop};
use crate::world::*;
use model::*;
use serde_json::json;
use server::config::Network;

const ENCLOSED: &str = "From: Ana Parceira <ana@parceira.example>\nTo: oi@loja.example\nSubject: Enc: Pedido 12\nMessage-ID: <fw1@parceira.example>\n\
    Date: Thu, 28 May 2026 20:05:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
    --b\nContent-Type: text/plain; charset=utf-8\n\nEsse cliente é difícil, cuidem.\n\n\
    --b\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=pedido.eml\n\n\
    From: Caio Reis <Caio@Fim.example>\nTo: ana@parceira.example\nSubject: Pedido 12\nMessage-ID: <c2@fim.example>\nReferences: <c1@fim.example>\n\
    Date: Thu, 28 May 2026 19:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\nCadê meu pedido?\n\n--b--\n";

#[tokio::test]
async fn the_writer_of_a_forwarded_mail_is_answered_when_an_agent_says_so() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    shop.server.deliver(ENCLOSED).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let thread = ana.thread(row.number).await;
    assert_eq!(thread.contact.email.as_deref(), Some("ana@parceira.example"), "never by itself");
    let first = thread.messages.rows[0].clone();
    let Some(Detail::Mail(head)) = &first.detail else { panic!("{:?}", first.detail) };
    assert_eq!(head.forwarded.as_deref(), Some("Caio Reis <caio@fim.example>"), "who would be taken is said before");

    // What she adds before anybody looks is not what the next reply answers.
    let more = "From: ana@parceira.example\nTo: oi@loja.example\nSubject: Re: Enc: Pedido 12\nMessage-ID: <fw9@parceira.example>\n\
        In-Reply-To: <fw1@parceira.example>\n\né urgente\n";
    shop.server.deliver(more).await;
    shop.world.settle().await;
    let take = json!({ "message": first.id });
    let foreign = shop.world.twin.ana.call::<()>("take_original_sender", take.clone()).await.unwrap_err();
    assert_eq!(foreign.body.code, FaultCode::Missing, "nobody else's");
    for _ in 0..2 {
        let _: () = ana.ok("take_original_sender", take.clone()).await;
    }
    let thread = ana.thread(row.number).await;
    assert_eq!((thread.contact.name.as_str(), thread.contact.email.as_deref()), ("Caio Reis", Some("caio@fim.example")));
    assert_eq!(thread.row.conversation.contact.id, thread.contact.id);
    let told: Vec<_> = thread.messages.rows.iter().filter_map(|m| m.activity.clone()).collect();
    assert!(matches!(told.as_slice(), [Activity::Sender { to, .. }] if to == "Caio Reis <caio@fim.example>"), "told once: {told:?}");
    let Some(Detail::Mail(head)) = &thread.messages.rows[0].detail else { panic!() };
    assert_eq!(head.forwarded, None, "it is not offered again");

    let usual: MailHead = ana.ok("reply_head", json!({ "conversation": row.id, "quote": null })).await;
    assert_eq!((usual.to.as_slice(), usual.subject.as_str()), (&["Caio Reis <caio@fim.example>".to_owned()][..], "Re: Pedido 12"));
    assert_eq!(usual.cc, ["Ana Parceira <ana@parceira.example>"], "somebody outside who passed it on hears of it");
    ana.replies(row.id, "Sai hoje.").await;
    shop.world.settle().await;
    let sent = shop.server.sent().remove(0);
    assert!(sent.header("To").unwrap().contains("caio@fim.example") && sent.header("Cc").unwrap().contains("ana@parceira.example"));
    assert_eq!(sent.header("In-Reply-To").as_deref(), Some("<c2@fim.example>"));
    assert_eq!(sent.header("References").as_deref(), Some("<c1@fim.example> <c2@fim.example>"));
    assert!(sent.raw.contains("meu pedido?") && !sent.raw.contains("cuidem"), "what was said to us stays with us: {}", sent.raw);

    // His mail program's answer joins, and so does one more word of hers.
    let answer = |from: &str, id: &str, to: &str| {
        format!("From: {from}\nTo: oi@loja.example\nSubject: Re: Pedido 12\nMessage-ID: <{id}>\nIn-Reply-To: {to}\n\nrecebi de {from}\n")
    };
    shop.server.deliver(&answer("caio@fim.example", "c3@fim.example", &sent.header("Message-ID").unwrap())).await;
    shop.server.deliver(&answer("ana@parceira.example", "fw2@parceira.example", "<fw1@parceira.example>")).await;
    shop.world.settle().await;
    assert_eq!(ana.list(ListFilter::default()).await.len(), 1);
    shop.world.finish().await;
}

#[tokio::test]
async fn a_colleague_who_passed_it_on_gets_no_copy_and_a_plain_mail_offers_nobody() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    let inline = "From: Ana Souza <ana@loja.example>\nTo: oi@loja.example\nSubject: Fwd: Nota\nMessage-ID: <i1@loja.example>\nIn-Reply-To: <n7@fim.example>\n\n\
        vejam\n\n---------- Forwarded message ---------\nDe: Davi <davi@fim.example>\nDate: qui., 28 de mai. de 2026 às 16:00\nSubject: Nota\nTo: <ana@loja.example>\n\n\
        Falta a nota.\n";
    shop.server.deliver(inline).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let first = ana.thread(row.number).await.messages.rows.remove(0);
    let _: () = ana.ok("take_original_sender", json!({ "message": first.id })).await;
    ana.replies(row.id, "Segue.").await;
    shop.world.settle().await;
    let sent = shop.server.sent().remove(0);
    assert_eq!(sent.to, ["davi@fim.example"], "and no colleague");
    assert_eq!((sent.header("Subject").as_deref(), sent.header("In-Reply-To").as_deref()), (Some("Re: Nota"), Some("<n7@fim.example>")));
    assert!(sent.raw.contains("Falta a nota.") && !sent.raw.contains("vejam"), "{}", sent.raw);

    shop.server.deliver(super::mail::ORDER).await;
    shop.world.settle().await;
    let plain = ana.list(ListFilter::default()).await.into_iter().find(|other| other.conversation.id != row.id).unwrap().conversation;
    let first = ana.thread(plain.number).await.messages.rows.remove(0);
    assert!(matches!(&first.detail, Some(Detail::Mail(head)) if head.forwarded.is_none()));
    let refused = ana.call::<()>("take_original_sender", json!({ "message": first.id })).await.unwrap_err();
    assert_eq!(refused.body.code, FaultCode::Missing);
    shop.world.finish().await;
}

#[tokio::test]
async fn forwarding_is_tested_by_a_mail_that_becomes_no_conversation() {
    let server = MailServer::new();
    let (_, smtp) = server.open().await;
    let world = world_with(|config| config.egress.allow.push(Network::try_from("127.0.0.0/8".to_owned()).unwrap())).await;
    let ana = &world.here.ana;
    let settings = json!({
        "name": "Suporte", "address": "oi@loja.example", "mode": "forward", "smtp_host": "127.0.0.1", "smtp_port": smtp.to_string(),
        "smtp_security": "none", "smtp_login": "oi@loja.example", "smtp_password": "segredo",
    });
    let inbox: InboxDetail = ana.ok("create_inbox", json!({ "draft": { "kind": "email", "settings": settings } })).await;
    let trial: MailTrial = ana.ok("try_mail", json!({ "inbox": inbox.inbox.id })).await;
    assert_eq!(trial.to, "oi@loja.example");
    let state = async |mark: &str| -> TrialState { ana.ok("watch_mail_trial", json!({ "inbox": inbox.inbox.id, "mark": mark })).await };
    assert_eq!(state(&trial.mark).await, TrialState::Waiting);
    let sent = server.sent().remove(0);
    assert_eq!(
        (sent.to.as_slice(), sent.header("Auto-Submitted").as_deref()),
        (&["oi@loja.example".to_owned()][..], Some("auto-generated"))
    );

    // The operator's mail server hands it over, as it would any mail to that address.
    let post = async |raw: String| {
        let call = http().post(inbox.hook.as_ref().unwrap()).header("content-type", "message/rfc822").body(raw);
        assert_eq!(call.send().await.unwrap().status().as_u16(), 204);
        world.settle().await;
    };
    world.clock.turn(3_000);
    post(sent.raw.clone()).await;
    assert_eq!(state(&trial.mark).await, TrialState::Arrived { seconds: 3 });
    assert!(ana.list(ListFilter::default()).await.is_empty(), "it is nobody's conversation");

    // A relay that renames what it sends changes nothing, and a forged mark is worth nothing.
    let again: MailTrial = ana.ok("try_mail", json!({ "inbox": inbox.inbox.id })).await;
    let id = server.sent().pop().unwrap().header("Message-ID").unwrap();
    post(server.sent().pop().unwrap().raw.replace(&id, "<0100-aws@email.amazonses.example>")).await;
    assert!(matches!(state(&again.mark).await, TrialState::Arrived { .. }));
    let third: MailTrial = ana.ok("try_mail", json!({ "inbox": inbox.inbox.id })).await;
    let forged = format!("From: x@fora.example\nTo: oi@loja.example\nMessage-ID: <{}.0.aaaaaaaaaaaaaaaa@loja.example>\n\noi\n", third.mark);
    post(forged).await;
    assert_eq!(
        (state(&third.mark).await, ana.list(ListFilter::default()).await.len()),
        (TrialState::Waiting, 1),
        "that one is a customer's"
    );

    // It comes back: the address does not take it.
    let id = server.sent().pop().unwrap().header("Message-ID").unwrap();
    let bounce = format!(
        "From: MAILER-DAEMON@mx.example\nTo: oi@loja.example\nSubject: Undelivered Mail\nMessage-ID: <d1@mx.example>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; oi@loja.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such mailbox\n\n\
         --r\nContent-Type: text/rfc822-headers\n\nMessage-ID: {id}\n\n--r--\n"
    );
    post(bounce).await;
    let TrialState::Refused { words } = state(&third.mark).await else { panic!("it came back") };
    assert!(words.contains("no such mailbox"), "{words}");
    let other = ana.call::<TrialState>("watch_mail_trial", json!({ "inbox": world.here.inbox, "mark": third.mark })).await.unwrap_err();
    assert_eq!(other.body.code, FaultCode::Missing, "of its own inbox only");
    world.finish().await;
}

#[tokio::test]
async fn without_a_relay_the_test_says_so_and_the_installations_own_serves() {
    let world = world().await;
    let settings = json!({ "name": "Suporte", "address": "oi@loja.example", "mode": "forward" });
    let draft = json!({ "draft": { "kind": "email", "settings": settings } });
    let inbox: InboxDetail = world.here.ana.ok("create_inbox", draft.clone()).await;
    let refused = world.here.ana.call::<MailTrial>("try_mail", json!({ "inbox": inbox.inbox.id })).await.unwrap_err();
    assert!(refused.body.code == FaultCode::Provider && refused.body.words.is_some_and(|words| words.contains("SMTP")));
    world.finish().await;

    let server = MailServer::new();
    let (_, smtp) = server.open().await;
    let world = world_with(|config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
    })
    .await;
    let inbox: InboxDetail = world.here.ana.ok("create_inbox", draft).await;
    let _: MailTrial = world.here.ana.ok("try_mail", json!({ "inbox": inbox.inbox.id })).await;
    let sent = server.sent().remove(0);
    assert!(sent.to == ["oi@loja.example"] && sent.header("From").unwrap().contains("desk@recado.example"));
    world.finish().await;
}
