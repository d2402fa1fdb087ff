//! Logging in at a provider instead of pasting tokens: the way there and back belongs to one session and works once (FAULTS 52), the choice
//! becomes an inbox, and an inbox that was cut off works again.

use super::sandbox::{Sandbox, real_time};
use super::table::{INSTAGRAM, MESSENGER, Provider};
use crate::world::*;
use model::*;
use reqwest::header;
use serde_json::json;

/// What the person does at the provider, and where it sends their browser back to.
async fn decides(address: &str, decision: &str) -> String {
    let answer = http().get(format!("{address}&decision={decision}")).send().await.unwrap();
    assert_eq!(answer.status(), 302, "{}", answer.text().await.unwrap());
    // Instagram adds a fragment, which a browser keeps to itself.
    answer.headers()["location"].to_str().unwrap().split('#').next().unwrap().to_owned()
}

/// Where our own way back leads, in this session.
async fn lands(back: &str, cookie: &str) -> String {
    let request = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap().get(back);
    // As a browser comes from another site.
    let answer = request.header(header::COOKIE, cookie).header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
    let answer = answer.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["referrer-policy"]), (303, &header::HeaderValue::from_static("no-referrer")));
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn enters(provider: &'static Provider) {
    let kind = provider.kind;
    let sandbox = Sandbox::start();
    let world = world_at(real_time(), |config| sandbox.configure(config)).await;
    let ana = &world.here.ana;
    let cards: Vec<ChannelCard> = ana.ok("channels", json!({})).await;
    let offered: Vec<_> = cards.iter().filter(|card| card.login).map(|card| card.kind.0.to_string()).collect();
    assert_eq!(offered, ["instagram", "messenger"]);

    let begin = async |inbox: Option<InboxId>| ana.ok::<String>("begin_login", json!({ "kind": kind, "inbox": inbox })).await;
    let here = format!("/app/accounts/{}/settings/inboxes", ana.account);
    let denied = decides(&begin(None).await, "deny").await;
    assert_eq!(lands(&denied, &ana.cookie).await, format!("{here}/new/{kind}?login=denied"));

    let back = decides(&begin(None).await, "allow").await;
    assert!(back.starts_with(&format!("{}/connect/{kind}?", world.base)), "{back}");
    let failed = format!("{here}/new/{kind}?login=failed");
    let second = sign_in(&world.base, &ana.email).await;
    for (what, back, cookie) in [
        ("nobody", back.clone(), ""),
        ("somebody else", back.clone(), world.twin.ana.cookie.as_str()),
        ("another session of the same person", back.clone(), second.cookie.as_str()),
        ("another state", format!("{back}x"), ana.cookie.as_str()),
        ("no state", back.split("&state").next().unwrap().to_owned(), ana.cookie.as_str()),
        ("another channel", back.replace(&format!("/connect/{kind}"), "/connect/telegram"), ana.cookie.as_str()),
    ] {
        let place = lands(&back, cookie).await;
        assert!(place == failed || place == "/" || place.ends_with("telegram?login=failed"), "{what}: {place}");
    }
    assert_eq!(lands(&back, &ana.cookie).await, format!("{here}/new/{kind}?login=choose"));
    assert_eq!(lands(&back, &ana.cookie).await, failed, "a code works once");

    let opened: LoginView = ana.ok("login_accounts", json!({})).await;
    assert_eq!((opened.kind.0.as_ref(), opened.names.len()), (kind, 1));
    for other in [&second, &world.twin.ana] {
        let refused = other.call::<InboxDetail>("choose_account", json!({ "choice": 0 })).await.unwrap_err();
        assert_eq!(refused.body.code, FaultCode::Missing, "what a login opened belongs to its session");
    }
    let made: InboxDetail = ana.ok("choose_account", json!({ "choice": 0 })).await;
    assert_eq!((made.inbox.kind.0.as_ref(), made.inbox.name.as_str()), (kind, opened.names[0].as_str()));
    assert!(made.login && !serde_json::to_string(&made).unwrap().contains("SANDBOX"), "no token reaches a browser");
    assert!(ana.call::<InboxDetail>("choose_account", json!({ "choice": 0 })).await.is_err(), "a choice is made once");

    // It works, is cut off, and works again after another login.
    let object = if kind == "messenger" { "page" } else { "instagram" };
    sandbox.tell("meta/app", &json!({ "callbacks": { object: format!("{}/hooks/meta", world.base) } })).await;
    let account = format!("{kind}/{}", provider.account);
    let told = sandbox.tell(&format!("{account}/say"), &json!({ "from": provider.person, "text": "oi" })).await;
    assert_eq!(told["deliveries"][0]["status"], json!(200), "{told}");
    world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    sandbox.tell(&format!("{account}/knobs"), &json!({ "revoked": true })).await;
    ana.replies(row.id, "olá").await;
    world.settle().await;
    let state = async || ana.desk().await.data.inboxes.into_iter().find(|inbox| inbox.id == made.inbox.id).unwrap().state;
    assert!(!state().await.is_connected());
    let detail: InboxDetail = ana.ok("inbox", json!({ "inbox": made.inbox.id })).await;
    assert_eq!(detail.health.waiting, 1, "how much waits is told");
    sandbox.tell(&format!("{account}/knobs"), &json!({ "revoked": false })).await;
    let back = decides(&begin(Some(made.inbox.id)).await, "allow").await;
    assert_eq!(lands(&back, &ana.cookie).await, format!("{here}/{}", made.inbox.id));
    assert!(state().await.is_connected());
    world.clock.turn(61_000);
    world.settle().await;
    let rows = ana.thread(row.number).await.messages.rows;
    assert!(rows.last().unwrap().state.rank() >= MessageState::Sent.rank(), "what waited leaves");
    let detail: InboxDetail = ana.ok("inbox", json!({ "inbox": made.inbox.id })).await;
    assert_eq!((detail.health.waiting, detail.inbox.name), (0, opened.names[0].clone()));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn a_page_is_chosen_after_logging_in_with_facebook() {
    enters(&MESSENGER).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn an_account_is_connected_by_logging_in_with_instagram() {
    enters(&INSTAGRAM).await;
}

#[tokio::test]
async fn without_an_app_of_ones_own_there_is_no_login() {
    let world = world().await;
    let ana = &world.here.ana;
    let cards: Vec<ChannelCard> = ana.ok("channels", json!({})).await;
    assert!(cards.iter().all(|card| !card.login));
    let refused = ana.call::<String>("begin_login", json!({ "kind": "messenger", "inbox": null })).await.unwrap_err();
    assert_eq!(refused.body.code, FaultCode::Missing);
    world.finish().await;
}
