//! Outgoing webhooks as administrators look after them: what is told of the moment, the log and its tests, an endpoint that dies, and secrets given
//! anew. How events are worded and tried again stands in `rest`.

use super::mail::MailServer;
use super::*;
use crate::world::*;
use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use model::*;
use serde_json::{Value, json};
use server::config::Network;

const DAY: i64 = 86_400_000;

async fn hook(agent: &Agent, url: &str, events: &[&str]) -> i64 {
    let edit = HookEdit { name: "CRM".into(), url: url.into(), events: events.iter().map(|e| (*e).into()).collect(), inbox: None };
    agent.ok("save_webhook", json!({ "id": null, "edit": edit })).await
}

async fn log(agent: &Agent, hook: i64) -> Page<DeliveryView> {
    agent.ok("webhook_log", json!({ "id": hook, "below": null })).await
}

#[tokio::test]
async fn who_types_and_who_opens_the_chat_is_told_at_once_or_never() {
    let world = neighbourly().await;
    let ana = &world.here.ana;
    let ear = Ear::default();
    let id = hook(ana, &ear.open().await, &["conversation_typing_on", "conversation_typing_off", "webwidget_triggered"]).await;
    // A visitor who never wrote is nobody.
    let mut rui = world.visitor();
    let opened = json!({ "inbox": rui.inbox(), "page": "https://loja.example/canecas", "language": "pt-BR" });
    rui.post::<()>("opened", &opened).await.unwrap();
    rui.writes("Oi").await;
    rui.post::<()>("opened", &opened).await.unwrap();
    rui.post::<()>("typing", json!({ "inbox": rui.inbox(), "on": true })).await.unwrap();
    ana.ok::<()>("typing", json!({ "conversation": 1, "on": true })).await;
    let api = Api::of(&world, ana).await;
    let typing = "conversations/1/toggle_typing_status";
    api.ok("POST", typing, json!({ "typing_status": "on", "is_private": true })).await;
    api.ok("POST", typing, json!({ "typing_status": "off" })).await;
    world.settle().await;
    let heard = ear.events();
    let names: Vec<_> = heard.iter().map(|e| e["event"].as_str().unwrap()).collect();
    let (on, off, open) = ("conversation_typing_on", "conversation_typing_off", "webwidget_triggered");
    assert_eq!(names, [open, open, on, on, on, off], "in order");
    assert_eq!(
        (&heard[0]["contact"], &heard[0]["source_id"], &heard[0]["current_conversation"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let info = &heard[0]["event_info"];
    assert_eq!((&info["referer"], &info["widget_language"]), (&json!("https://loja.example/canecas"), &json!("pt-BR")));
    assert!(
        info["initiated_at"]["timestamp"].is_string() && info["browser"].is_object() && heard[0]["inbox"]["id"] == json!(world.here.inbox)
    );
    assert_eq!(heard[1]["current_conversation"]["id"], 1);
    assert_eq!(heard[1]["source_id"], heard[2]["conversation"]["contact_inbox"]["source_id"]);
    assert_eq!(heard[1]["contact"]["id"], heard[2]["user"]["id"]);
    assert_eq!((&heard[3]["user"]["type"], &heard[3]["user"]["email"]), (&json!("user"), &json!(ana.email)));
    assert_eq!(heard[2..].iter().map(|e| e["is_private"].as_bool().unwrap()).collect::<Vec<_>>(), [false, false, true, false]);

    // One that is refused is not tried again, and one that could not leave at once does not leave at all.
    ear.says(&[500]);
    ana.ok::<()>("typing", json!({ "conversation": 1, "on": true })).await;
    world.settle().await;
    world.clock.turn(DAY);
    world.settle().await;
    assert_eq!(ear.events().len(), 7);
    ana.ok::<()>("typing", json!({ "conversation": 1, "on": false })).await;
    world.clock.turn(11_000);
    world.settle().await;
    assert_eq!(ear.events().len(), 7);
    let lines = log(ana, id).await.rows;
    assert_eq!((lines[0].state, lines[0].attempts), (DeliveryState::Failed, 0));
    assert_eq!((lines[1].state, lines[1].attempts, lines[1].status), (DeliveryState::Failed, 1, Some(500)));

    // Nobody listens, nothing is kept.
    let edit = HookEdit { url: "http://127.0.0.1:9/".into(), events: vec!["contact_created".into()], ..HookEdit::default() };
    ana.ok::<i64>("save_webhook", json!({ "id": id, "edit": edit })).await;
    ana.ok::<()>("typing", json!({ "conversation": 1, "on": true })).await;
    rui.post::<()>("opened", &opened).await.unwrap();
    assert_eq!(log(ana, id).await.rows.len(), lines.len());
    world.finish().await;
}

#[tokio::test]
async fn a_private_note_is_typed_without_the_customer() {
    let world = world().await;
    let mut rui = world.visitor();
    rui.writes("Oi").await;
    let mut stream = rui.stream(Seq(0)).await;
    let api = Api::of(&world, &world.here.ana).await;
    // The interface says it as a program does.
    world.here.ana.ok::<()>("typing", json!({ "conversation": 1, "on": true, "note": true })).await;
    for (private, status) in [(true, "on"), (false, "off")] {
        api.ok("POST", "conversations/1/toggle_typing_status", json!({ "typing_status": status, "is_private": private })).await;
    }
    let heard = stream.heard(|event| matches!(event, VisitorEvent::Typing { .. })).await;
    assert!(matches!(heard, VisitorEvent::Typing { on: false, .. }), "the first they hear is not of the note: {heard:?}");
}

#[tokio::test]
async fn the_log_shows_what_was_sent_and_sends_it_again() {
    let world = neighbourly().await;
    let ana = &world.here.ana;
    let ear = Ear::default();
    let id = hook(ana, &ear.open().await, &["message_created"]).await;
    let none: Result<i64, Refused> =
        ana.call("save_webhook", json!({ "id": null, "edit": HookEdit { url: "https://a.test".into(), ..HookEdit::default() } })).await;
    assert_eq!(none.unwrap_err().body.fields[0].0, "subscriptions");

    // A test is signed, sent once and told as it is, whatever came back.
    ear.says(&[418]);
    let failed: DeliveryDetail = ana.ok("test_webhook", json!({ "id": id })).await;
    assert_eq!((failed.line.state, failed.line.status), (DeliveryState::Failed, Some(418)));
    let good: DeliveryDetail = ana.ok("test_webhook", json!({ "id": id })).await;
    assert_eq!((good.line.state, good.line.status, good.request.contains("webhook_test")), (DeliveryState::Done, Some(200), true));
    let (headers, body) = ear.calls().pop().unwrap();
    assert_eq!(good.request, body);
    assert!(good.headers.iter().all(|(name, value)| headers[name.as_str()] == *value) && good.headers.len() == 9);

    let mut rui = world.visitor();
    for n in 0..25 {
        rui.writes(&format!("mensagem {n}")).await;
    }
    world.settle().await;
    let first = log(ana, id).await;
    assert!(first.more && first.rows.len() == 20 && first.rows.is_sorted_by(|a, b| a.id > b.id));
    let below = first.rows.last().unwrap().id;
    let second: Page<DeliveryView> = ana.ok("webhook_log", json!({ "id": id, "below": below })).await;
    assert_eq!((second.rows.len(), second.more), (7, false));
    assert!(second.rows[0].id < below);

    ear.forget();
    let line = &first.rows[3];
    ana.ok::<()>("send_webhook_again", json!({ "webhook": id, "id": line.id })).await;
    world.settle().await;
    let detail: DeliveryDetail = ana.ok("webhook_delivery", json!({ "webhook": id, "id": line.id })).await;
    let (headers, body) = ear.calls().pop().expect("it was sent again");
    assert_eq!((detail.request, detail.line.attempts), (body, 1));
    assert!(detail.headers.contains(&("webhook-id".to_owned(), headers["webhook-id"].clone())));

    // Another account knows nothing of it.
    let twin = &world.twin.ana;
    assert!(twin.ok::<Vec<HookView>>("webhooks", json!({})).await.is_empty());
    for (function, args) in [
        ("webhook_log", json!({ "id": id, "below": null })),
        ("test_webhook", json!({ "id": id })),
        ("resume_webhook", json!({ "id": id })),
        ("delete_webhook", json!({ "id": id })),
        ("webhook_delivery", json!({ "webhook": id, "id": line.id })),
        ("send_webhook_again", json!({ "webhook": id, "id": line.id })),
        ("rotate_secret", json!({ "of": SecretOf::Webhook(id) })),
    ] {
        assert_eq!(twin.raw(function, &with_account(args, twin)).await.status(), 404, "{function}");
    }
    world.finish().await;
}

fn with_account(mut args: Value, agent: &Agent) -> Value {
    args["account"] = json!(agent.account);
    args
}

async fn told(agent: &Agent) -> Vec<NotificationView> {
    let page: Page<NotificationView> = agent.ok("notifications", json!({ "below": null })).await;
    page.rows.into_iter().filter(|n| n.kind == NotificationKind::Webhook).collect()
}

#[tokio::test]
async fn plain_agents_are_not_told_of_an_endpoint_that_is_gone() {
    let world = neighbourly().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let ear = Ear::default();
    hook(ana, &ear.open().await, &["message_created"]).await;
    ear.says(&[410]);
    world.visitor().writes("oi").await;
    world.settle().await;
    assert_eq!((told(ana).await.len(), told(&bia).await.len(), told(&world.twin.ana).await.len()), (1, 0, 0));
    world.finish().await;
}

#[tokio::test]
async fn an_endpoint_that_dies_is_switched_off_and_administrators_are_told() {
    let server = MailServer::new();
    let (_, smtp) = server.open().await;
    let world = world_with(|config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
        config.egress.allow = vec![Network::try_from("127.0.0.1".to_owned()).unwrap()];
    })
    .await;
    let ana = &world.here.ana;
    let ear = Ear::default();
    let id = hook(ana, &ear.open().await, &["message_created"]).await;
    let mut rui = world.visitor();
    ear.says(&[500; 400]);
    for day in 0..5 {
        assert_eq!(ana.ok::<Vec<HookView>>("webhooks", json!({})).await[0].off, None, "day {day}");
        rui.writes("ainda?").await;
        world.settle().await;
        world.clock.turn(DAY);
        world.settle().await;
    }
    assert!(told(ana).await.is_empty());
    rui.writes("e agora?").await;
    world.clock.turn(1_000);
    world.settle().await;
    let seen = ana.ok::<Vec<HookView>>("webhooks", json!({})).await;
    assert_eq!((seen[0].off, seen[0].failing_since.is_some()), (Some(HookOff::Dead), true));
    let news = told(ana).await;
    assert_eq!((news.len(), news[0].text.as_str(), news[0].read_at), (1, "CRM", None));
    // By mail as well, once there was time to see it on a screen.
    world.clock.turn(120_000);
    world.settle().await;
    let mails = server.sent();
    let words: Vec<_> = mails.iter().filter(|m| m.raw.contains("CRM")).collect();
    assert_eq!(words.iter().map(|m| m.to[0].as_str()).collect::<Vec<_>>(), ["ana@loja.example"]);
    assert!(words[0].raw.replace("=\r\n", "").contains("/settings/webhooks"));

    // Nothing goes there until somebody switches it on again, and what came meanwhile is not sent then.
    let calls = ear.calls().len();
    rui.writes("alguém?").await;
    world.settle().await;
    let dead = log(ana, id).await.rows[0].id;
    let refused: Result<(), Refused> = ana.call("send_webhook_again", json!({ "webhook": id, "id": dead })).await;
    assert_eq!(refused.unwrap_err().body.code, FaultCode::Conflict);
    ear.says(&[]);
    ana.ok::<()>("resume_webhook", json!({ "id": id })).await;
    world.settle().await;
    assert_eq!(ear.calls().len(), calls);
    rui.writes("de volta").await;
    world.settle().await;
    assert_eq!(ear.events().last().unwrap()["content"], "de volta");

    // Gone is told at once.
    ear.says(&[410]);
    rui.writes("e some").await;
    world.settle().await;
    assert_eq!(ana.ok::<Vec<HookView>>("webhooks", json!({})).await[0].off, Some(HookOff::Gone));
    assert_eq!(told(ana).await[0].count, 2, "and stands beside the first while that is unread");
    world.clock.turn(120_000);
    world.finish().await;
}

/// Whether a call is signed by a secret in the way of Standard Webhooks, and in the ecosystem's.
fn signed_by(secret: &SecretView, (headers, body): &Heard) -> (bool, bool) {
    let key = BASE64.decode(secret.value.trim_start_matches("whsec_").as_bytes()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{body}", headers["webhook-id"], headers["webhook-timestamp"]).as_bytes());
    let standard = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
    let theirs = format!("sha256={}", sign(secret.value.as_bytes(), &format!("{}.{body}", headers["x-chatwoot-timestamp"])));
    (headers["webhook-signature"].split(' ').any(|one| one == standard), headers["x-chatwoot-signature"] == theirs)
}

#[tokio::test]
async fn a_secret_given_anew_signs_beside_the_one_before_for_a_day() {
    let world = neighbourly().await;
    let ana = &world.here.ana;
    let api = Api::of(&world, ana).await;
    let (ear, app, robot) = (Ear::default(), Ear::default(), Ear::default());
    let id = hook(ana, &ear.open().await, &["message_created"]).await;
    let given = json!({ "name": "App", "channel": { "type": "api", "webhook_url": app.open().await } });
    let inbox = api.ok("POST", "inboxes", given).await;
    let place = InboxId(inbox["id"].as_i64().unwrap());
    let bot = api.ok("POST", "agent_bots", json!({ "name": "Robô", "outgoing_url": robot.open().await })).await;
    api.ok("POST", &format!("inboxes/{place}/set_agent_bot"), json!({ "agent_bot": bot["id"] })).await;
    let contact = api.ok("POST", "contacts", json!({ "inbox_id": place, "name": "Zé" })).await["payload"].clone();
    let begin = json!({ "inbox_id": place, "contact_id": contact["contact"]["id"], "source_id": contact["contact_inbox"]["source_id"] });
    let number = api.ok("POST", "conversations", begin).await["id"].clone();
    let last = async |ear: &Ear| {
        api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "oi", "message_type": "incoming" })).await;
        world.settle().await;
        ear.calls().pop().expect("it was told")
    };
    let owners = [(SecretOf::Webhook(id), &ear), (SecretOf::Inbox(place), &app), (SecretOf::Bot(bot["id"].as_i64().unwrap()), &robot)];
    let shown = async |of: SecretOf| match of {
        SecretOf::Webhook(_) => ana.ok::<Vec<HookView>>("webhooks", json!({})).await.remove(0).secret,
        SecretOf::Inbox(inbox) => ana.ok::<InboxDetail>("inbox", json!({ "inbox": inbox })).await.program.unwrap().secret,
        SecretOf::Bot(_) => ana.ok::<Vec<BotView>>("bots", json!({})).await.remove(0).secret,
    };
    for (of, ear) in owners {
        let first = shown(of).await;
        assert_eq!((signed_by(&first, &last(ear).await), first.both_until), ((true, true), None), "{of:?}");
        let second: SecretView = ana.ok("rotate_secret", json!({ "of": of })).await;
        assert!(second.value.starts_with("whsec_") && second.value != first.value && shown(of).await == second, "{of:?}");
        assert_eq!(second.both_until, Some(world.service.now().plus(DAY)));
        let call = last(ear).await;
        assert_eq!((signed_by(&first, &call), signed_by(&second, &call)), ((true, false), (true, true)), "{of:?}");
    }
    // What clients of the API read is the same.
    let told = api.ok("GET", "agent_bots", Value::Null).await[0]["secret"].clone();
    assert_eq!(told, json!(shown(owners[2].0).await.value));
    assert_eq!(api.ok("GET", &format!("inboxes/{place}"), Value::Null).await["secret"], json!(shown(owners[1].0).await.value));
    world.clock.turn(DAY);
    for (of, ear) in owners {
        let call = last(ear).await;
        let now = shown(of).await;
        assert_eq!((signed_by(&now, &call), now.both_until), ((true, true), None), "{of:?}");
        assert!(!call.0["webhook-signature"].contains(' '), "one signature: {of:?}");
    }
    // Programs give them anew, too.
    for (of, path, at) in [
        (owners[0].0, format!("webhooks/{id}"), "/payload/webhook/secret"),
        (owners[1].0, format!("inboxes/{place}"), "/secret"),
        (owners[2].0, format!("agent_bots/{}", bot["id"]), "/secret"),
    ] {
        let before = shown(of).await.value;
        let told = api.ok("POST", &format!("{path}/reset_secret"), Value::Null).await;
        let now = shown(of).await;
        assert!(told.pointer(at) == Some(&json!(now.value)) && now.value != before && now.both_until.is_some(), "{of:?}: {told}");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_new_endpoint_hears_nothing_of_before_even_where_there_was_one_once() {
    let world = neighbourly().await;
    let ana = &world.here.ana;
    let ear = Ear::default();
    let url = ear.open().await;
    let first = hook(ana, &url, &["message_created"]).await;
    let mut rui = world.visitor();
    rui.writes("um").await;
    world.settle().await;
    ana.ok::<()>("delete_webhook", json!({ "id": first })).await;
    rui.writes("dois").await;
    world.settle().await;
    hook(ana, &url, &["message_created"]).await;
    rui.writes("três").await;
    world.settle().await;
    let heard: Vec<_> = ear.events().iter().map(|e| e["content"].clone()).collect();
    assert_eq!(heard, ["um", "três"]);
    world.finish().await;
}
