//! Keys that people hand to programs: a token of one's own, made in the browser's way, and the secrets that sign what programs are told.

use super::*;
use crate::world::*;
use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use model::*;
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_makes_a_token_and_a_reset_ends_the_one_before() {
    let world = world().await;
    let ana = &world.here.ana;
    let since: Option<Timestamp> = ana.ok("access_token", json!({})).await;
    assert_eq!(since, None, "who signs up has none");
    let token: String = ana.ok("reset_access_token", json!({})).await;
    let since: Option<Timestamp> = ana.ok("access_token", json!({})).await;
    assert_eq!(since, Some(world.service.now()));
    let program = Api::with(&world, ana.account, &token);
    assert_eq!(program.ok("GET", "/api/v1/profile", Value::Null).await["email"], json!(ana.email));
    assert_eq!(program.ok("GET", "conversations", Value::Null).await["data"]["meta"]["all_count"], 0);
    let mut stream = program.raw("GET", "events", None, &[]).await;
    assert_eq!(stream.status(), 200);

    // Another one: the first is nobody's, and the stream it had open ends.
    let second: String = ana.ok("reset_access_token", json!({})).await;
    assert_ne!(second, token);
    assert_eq!(program.call("GET", "/api/v1/profile", Value::Null).await.0, 401);
    assert_eq!(program.call("GET", "conversations", Value::Null).await.0, 401);
    let ends = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(PATIENCE, ends).await.expect("a stream of a token that is taken back ends");

    // The same by the ecosystem's route: it answers the profile with the new one.
    let program = Api::with(&world, ana.account, &second);
    let profile = program.ok("POST", "/api/v1/profile/reset_access_token", Value::Null).await;
    let third = profile["access_token"].as_str().unwrap();
    assert!(third != second && profile["id"] == json!(ana.user));
    assert_eq!(program.call("POST", "/api/v1/profile/reset_access_token", Value::Null).await.0, 401, "the second is refused");
    assert_eq!(Api::with(&world, ana.account, third).ok("GET", "agents", Value::Null).await[0]["id"], json!(ana.user));

    // Nobody else's is touched, and no bot has one of this kind.
    let twin = Api::of(&world, &world.twin.ana).await;
    let _: String = ana.ok("reset_access_token", json!({})).await;
    assert_eq!(twin.call("GET", "/api/v1/profile", Value::Null).await.0, 200);
    let bot = twin.ok("POST", "agent_bots", json!({ "name": "Robô" })).await;
    let robot = Api::with(&world, world.twin.account, bot["access_token"].as_str().unwrap());
    assert!(robot.call("POST", "/api/v1/profile/reset_access_token", Value::Null).await.0 >= 400);
    assert_eq!(robot.call("GET", "conversations/999", Value::Null).await.0, 404, "a bot keeps its token");
    world.finish().await;
}

/// Whether a receiver who knows only this secret takes a call, by both ways of signing.
fn believes(secret: &str, (headers, body): &Heard) -> bool {
    let theirs = format!("sha256={}", sign(secret.as_bytes(), &format!("{}.{body}", headers["x-chatwoot-timestamp"])));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&BASE64.decode(secret.trim_start_matches("whsec_").as_bytes()).unwrap()).unwrap();
    mac.update(format!("{}.{}.{body}", headers["webhook-id"], headers["webhook-timestamp"]).as_bytes());
    let ours = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
    headers["x-chatwoot-signature"] == theirs && headers["webhook-signature"] == ours
}

#[tokio::test]
async fn the_secret_that_is_shown_is_the_one_that_signs() {
    let world = neighbourly().await;
    let api = Api::of(&world, &world.here.ana).await;
    let (app, robot) = (Ear::default(), Ear::default());
    let given = json!({ "name": "App", "channel": { "type": "api", "webhook_url": app.open().await } });
    let inbox = api.ok("POST", "inboxes", given).await;
    let bot = api.ok("POST", "agent_bots", json!({ "name": "Robô", "outgoing_url": robot.open().await })).await;
    api.ok("POST", &format!("inboxes/{}/set_agent_bot", inbox["id"]), json!({ "agent_bot": bot["id"] })).await;
    api.ok("POST", &format!("inboxes/{}/set_agent_bot", world.here.inbox), json!({ "agent_bot": bot["id"] })).await;
    let (callback, told) = (inbox["secret"].as_str().unwrap(), bot["secret"].as_str().unwrap());
    assert!(callback.starts_with("whsec_") && told.starts_with("whsec_") && callback != told);

    // A message to each place the bot answers in: one secret of it holds for both.
    let client = Api::with(&world, world.here.account, "");
    let base = format!("/public/api/v1/inboxes/{}/contacts", inbox["inbox_identifier"].as_str().unwrap());
    let contact = client.ok("POST", &base, json!({ "name": "Zé" })).await;
    let base = format!("{base}/{}/conversations", contact["source_id"].as_str().unwrap());
    let thread = client.ok("POST", &base, json!({})).await;
    client.ok("POST", &format!("{base}/{}/messages", thread["id"]), json!({ "content": "Oi" })).await;
    world.visitor().writes("Olá").await;
    world.settle().await;
    let heard = |ear: &Ear, words: &str| ear.events().iter().any(|event| event["content"] == words);
    assert!(heard(&app, "Oi") && heard(&robot, "Oi") && heard(&robot, "Olá") && !heard(&app, "Olá"));
    assert!(app.calls().iter().all(|call| believes(callback, call) && !believes(told, call)));
    assert!(robot.calls().iter().all(|call| believes(told, call) && !believes(callback, call)));

    // It stays when other keys change, is the same wherever it is shown, and is nothing for plain agents.
    let renewed = api.ok("POST", &format!("agent_bots/{}/reset_access_token", bot["id"]), Value::Null).await;
    assert!(renewed["access_token"] != bot["access_token"] && renewed["secret"] == bot["secret"]);
    let bots: Vec<BotView> = world.here.ana.ok("bots", json!({})).await;
    assert_eq!(bots[0].secret.value, told);
    let detail: InboxDetail = world.here.ana.ok("inbox", json!({ "inbox": inbox["id"] })).await;
    let program = detail.program.unwrap();
    assert_eq!((program.secret.value.as_str(), json!(program.identifier)), (callback, inbox["inbox_identifier"].clone()));
    assert_eq!(json!(program.identity_key), inbox["hmac_token"]);
    assert!(program.address.ends_with(&format!("/public/api/v1/inboxes/{}", program.identifier)));
    let rui = world.here.ana.colleague("Rui Dias", "rui@loja.example", Role::Agent).await;
    let members = json!({ "inbox_id": inbox["id"], "user_ids": [rui.user, world.here.ana.user] });
    api.ok("PATCH", "inbox_members", members).await;
    let rui = Api::of(&world, &rui).await;
    for path in ["inboxes", "agent_bots"] {
        let text = rui.ok("GET", path, Value::Null).await.to_string();
        assert!(!text.contains("whsec_") && !text.contains("hmac_token") && text.contains("\"id\""), "{path}: {text}");
    }
    world.finish().await;
}
