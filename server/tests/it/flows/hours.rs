//! An inbox whose people are there at certain hours: what it says by itself, to whom, and how often.

use super::Api;
use super::mail::{ORDER, shop};
use crate::world::*;
use model::*;
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

/// What a conversation holds, oldest first, lines of the product left out.
async fn said(ana: &Agent, number: i64) -> Vec<String> {
    let rows = ana.thread(number).await.messages.rows;
    rows.into_iter().filter(|m| m.kind != MessageKind::Activity).map(|m| m.text).collect()
}

#[tokio::test]
async fn whoever_writes_while_nobody_is_there_is_told_so_once_a_day() {
    // A Thursday, 17:26 in São Paulo.
    let world = world().await;
    let ana = &world.here.ana;
    let inbox = world.here.inbox;
    let hours = BusinessHours { on: true, closed: "Abrimos às 9h.".to_owned(), ..BusinessHours::default() };
    let greeting = json!({ "name": "Site", "domain": "loja.example", "greeting_enabled": "true", "greeting": "Oi! Já vamos." });
    let change = json!({ "inbox": inbox, "change": { "hours": hours, "settings": greeting } });
    let kept: InboxDetail = ana.ok("update_inbox", change).await;
    assert_eq!(kept.hours, hours);
    let mut wrong = hours.clone();
    wrong.days[3] = DayHours::Open { from: 700, to: 600 };
    let refused = ana.call::<InboxDetail>("update_inbox", json!({ "inbox": inbox, "change": { "hours": wrong } })).await.unwrap_err();
    assert_eq!(refused.body.fields, [("day3".to_owned(), Violation::Malformed)]);

    let mut rui = world.visitor();
    let hello = rui.hello().await;
    assert_eq!((hello.config.reply_time.as_str(), hello.config.online), ("Voltamos amanhã às 09:00 (Sao Paulo)", false));
    rui.writes("alguém?").await;
    rui.writes("ninguém").await;
    assert_eq!(said(ana, 1).await, ["alguém?", "Abrimos às 9h.", "ninguém"], "once, and instead of the greeting");
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    assert!(row.waiting_since.is_some(), "whoever was told that nobody is there still waits");

    // Friday 08:26, still closed, another day.
    world.clock.turn(15 * HOUR);
    rui.writes("e hoje?").await;
    // 09:26, open.
    world.clock.turn(HOUR);
    rui.writes("agora sim").await;
    assert_eq!(said(ana, 1).await[3..], ["e hoje?", "Abrimos às 9h.", "agora sim"]);
    assert_eq!(rui.hello().await.config.reply_time, "minutes");
    let mut lia = world.visitor();
    lia.writes("bom dia").await;
    assert_eq!(said(ana, 2).await, ["bom dia", "Oi! Já vamos."], "while they are there, the greeting");

    // Saturday 09:26, in a conversation that goes on.
    world.clock.turn(24 * HOUR);
    ana.replies(ana.thread(2).await.row.conversation.id, "Estou aqui por acaso").await;
    lia.writes("que sorte").await;
    assert_eq!(said(ana, 2).await.last().unwrap(), "que sorte");
    world.clock.turn(6 * 60_000);
    lia.writes("ainda aí?").await;
    assert_eq!(said(ana, 2).await.last().unwrap(), "Abrimos às 9h.");
    world.settle().await;
    world.finish().await;
}

#[tokio::test]
async fn programs_set_the_hours_in_the_ecosystems_words_and_mail_is_answered_too() {
    let shop = shop().await;
    let (world, ana) = (&shop.world, &shop.world.here.ana);
    let api = Api::of(world, ana).await;
    let place = format!("inboxes/{}", shop.inbox.inbox.id);
    let day = |day: u32, more: Value| {
        let mut one = json!({ "day_of_week": day });
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one
    };
    let week = [
        day(0, json!({ "closed_all_day": true })),
        day(4, json!({ "open_hour": 8, "open_minutes": 30, "close_hour": 12, "close_minutes": 0 })),
        day(6, json!({ "open_all_day": true })),
    ];
    let draft = json!({ "working_hours_enabled": true, "timezone": "America/Sao_Paulo", "out_of_office_message": "Até amanhã.", "working_hours": week });
    let told = api.ok("PATCH", &place, draft).await;
    assert_eq!(
        (&told["working_hours_enabled"], &told["timezone"], &told["out_of_office_message"]),
        (&json!(true), &json!("America/Sao_Paulo"), &json!("Até amanhã."))
    );
    let days = told["working_hours"].as_array().unwrap();
    assert_eq!((days.len(), &days[6]["open_all_day"], &days[0]["closed_all_day"]), (7, &json!(true), &json!(true)));
    assert_eq!((&days[4]["open_hour"], &days[4]["open_minutes"], &days[4]["close_hour"]), (&json!(8), &json!(30), &json!(12)));
    assert_eq!((&days[1]["open_hour"], &days[1]["close_hour"]), (&json!(9), &json!(17)), "what was left out stayed");
    for (wrong, why) in [(json!({ "timezone": "Lua" }), "zone"), (json!({ "working_hours": [{ "day_of_week": 9 }] }), "day")] {
        assert_eq!(api.call("PATCH", &place, wrong).await.0, 422, "{why}");
    }

    shop.server.deliver(ORDER).await;
    world.settle().await;
    let sent = shop.server.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].raw.contains("Auto-Submitted: auto-") && sent[0].to.contains(&"bia@cliente.example".to_owned()), "{}", sent[0].raw);
    // What a machine answers is not answered.
    let id = sent[0].header("Message-ID").unwrap();
    let answer = format!(
        "From: Bia Reis <bia@cliente.example>\nTo: oi@loja.example\nSubject: Re: Pedido 12\nMessage-ID: <a1@cliente.example>\nIn-Reply-To: {id}\n\
         Auto-Submitted: auto-replied\nContent-Type: text/plain\n\nEstou de férias\n"
    );
    world.clock.turn(24 * HOUR);
    shop.server.deliver(&answer).await;
    world.settle().await;
    assert_eq!(shop.server.sent().len(), 1);
    shop.world.finish().await;
}
