//! A chat's window that pops out: a code that is good once and for a minute, and the same visitor behind it.

use crate::world::*;
use serde_json::{Value, json};

/// What the site's own page asks, from an origin that is not ours.
async fn code(world: &World, inbox: &str, token: &str) -> (u16, Value) {
    let body = json!({ "inbox": inbox, "token": token }).to_string();
    let asked = http().post(format!("{}/widget/v1/code", world.base)).header("origin", "https://loja.example");
    let answer = asked.header("sec-fetch-site", "cross-site").header("content-type", "text/plain").body(body).send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "*", "refusals too are for the page to read");
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn popped(world: &World, inbox: &str, code: &str, site: &str) -> (u16, Value) {
    let body = json!({ "inbox": inbox, "code": code });
    let asked = http().post(format!("{}/widget/v1/popped", world.base)).header("sec-fetch-site", site);
    let answer = asked.json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_code_gives_the_visitors_key_once_and_within_a_minute() {
    let world = world().await;
    let mut rui = world.visitor();
    rui.writes("Oi").await;
    let (inbox, token) = (rui.inbox().to_owned(), rui.token.clone().unwrap());
    let made = async || {
        let (status, told) = code(&world, &inbox, &token).await;
        assert_eq!(status, 200);
        let code = told["code"].as_str().unwrap().to_owned();
        assert!(!code.contains(&token) && code.len() == 65, "{code}");
        code
    };
    let first = made().await;
    let given = popped(&world, &inbox, &first, "same-origin").await;
    assert_eq!(given, (200, json!({ "token": token })), "the very key, so that signing out ends both");
    assert_eq!(popped(&world, &inbox, &first, "same-origin").await.0, 401, "once");

    // One that waits too long, and one that is another inbox's; a page of others cannot spend one.
    let late = made().await;
    world.clock.turn(59_000);
    let kept = made().await;
    world.clock.turn(1_000);
    assert_eq!(popped(&world, &inbox, &late, "same-origin").await.0, 401);
    let other = world.visitor_of(&world.twin);
    assert_eq!(popped(&world, other.inbox(), &kept, "same-origin").await.0, 401);
    assert_eq!(popped(&world, &inbox, &kept, "cross-site").await.0, 403);
    assert_eq!(popped(&world, &inbox, &kept, "same-origin").await.1["token"], json!(token), "none of which spent it");

    // A code is no key, and neither is made of what is none; whoever signed out gets none.
    let unused = made().await;
    let mut stranger = world.visitor();
    stranger.token = Some(unused.clone());
    assert!(stranger.hello().await.thread.is_none());
    for wrong in ["", "x", &unused[..43], "ção"] {
        assert_eq!(code(&world, &inbox, wrong).await.0, 401, "{wrong}");
        assert_eq!(popped(&world, &inbox, wrong, "same-origin").await.0, 401, "{wrong}");
    }
    assert_eq!(code(&world, "nowhere", &token).await.0, 404);
    let mut changed = unused.clone();
    changed.replace_range(30..31, if &unused[30..31] == "A" { "B" } else { "A" });
    assert_eq!(popped(&world, &inbox, &changed, "same-origin").await.0, 401);
    let _: Option<Value> = rui.post("goodbye", json!({ "inbox": inbox })).await.ok();
    assert_eq!(code(&world, &inbox, &token).await.0, 401);
    let told = popped(&world, &inbox, &unused, "same-origin").await;
    let mut gone = world.visitor();
    gone.token = told.1["token"].as_str().map(str::to_owned);
    assert!(gone.hello().await.thread.is_none(), "a key that ended opens nothing in the other window either");
    world.finish().await;
}
