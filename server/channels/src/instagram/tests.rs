//! Instagram's sends against a stand-in Graph API, by both logins.

use super::Instagram;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, Outbound, Quote, Reason, SendError};
use serde_json::json;

async fn account(answers: Vec<Answer>) -> Provider {
    Provider::start(answers).await.with(&[("login", "instagram"), ("account_id", "178")], &[("token", "IGT")])
}

fn ok(id: &str) -> Answer {
    Answer::Json(200, json!({"recipient_id": "138", "message_id": id}))
}

fn error(code: i64, subcode: i64) -> Answer {
    Answer::Json(400, json!({"error": {"message": "no", "code": code, "error_subcode": subcode, "type": "IGApiException"}}))
}

#[tokio::test]
async fn words_are_counted_in_bytes() {
    let api = account(vec![ok("1"), ok("2")]).await;
    let quote = Some(Quote { id: "q".into(), ..Quote::default() });
    let sent = api.send(&Instagram, &Outbound { quote, ..words("138", &"é".repeat(600)) }).await.unwrap();
    assert_eq!(sent.sources, ["1", "2"]);
    let requests = api.requests();
    assert_eq!((requests[0].path.as_str(), requests[0].headers["authorization"].as_str()), ("/v23.0/178/messages", "Bearer IGT"));
    let body = requests[0].json();
    assert_eq!((body["message"]["text"].as_str().unwrap().len(), &body["reply_to"]["mid"]), (1000, &json!("q")));
    assert!(requests[1].json().get("reply_to").is_none(), "only the first part quotes");
}

#[tokio::test]
async fn a_page_sends_in_its_own_name() {
    let api =
        Provider::start(vec![ok("1")]).await.with(&[("login", "page"), ("page_id", "610"), ("account_id", "178")], &[("token", "PT")]);
    api.send(&Instagram, &words("138", "hi")).await.unwrap();
    assert_eq!(api.requests()[0].path, "/v23.0/610/messages");
}

#[tokio::test]
async fn media_are_addresses_and_documents_do_not_go() {
    let api = account(vec![ok("1")]).await;
    api.send(&Instagram, &with_file("138", "", FileKind::Image, "image/png", "a.png")).await.unwrap();
    let attachment = &api.requests()[0].json()["message"]["attachment"];
    assert_eq!(*attachment, json!({"type": "image", "payload": {"url": "https://inbox.example/f/a.png"}}));
    let error = api.send(&Instagram, &with_file("138", "words", FileKind::Document, "application/pdf", "a.pdf")).await.unwrap_err();
    assert!(matches!(error, SendError::Refused { reason: Reason::FileKind, .. }), "{error:?}");
    assert_eq!(api.requests().len(), 1, "not even its words");
    assert_eq!(Instagram.capabilities(&Default::default()).document, 0);
}

#[tokio::test]
async fn errors_are_sorted() {
    let api =
        account(vec![error(10, 2_534_022), error(190, 0), error(100, 2_534_014), error(2, 1_545_133), error(230, 0), Answer::Silence])
            .await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(api.send(&Instagram, &words("138", "hi")).await.unwrap_err());
    }
    assert!(matches!(all[0], SendError::WindowClosed { .. }) && matches!(all[1], SendError::Disconnected { .. }), "{all:?}");
    assert!(matches!(all[2], SendError::Refused { reason: Reason::NoSuchPerson, .. }), "{all:?}");
    assert!(matches!(all[3], SendError::Retry { .. }), "{all:?}");
    assert!(matches!(all[4], SendError::Refused { reason: Reason::NotStarted, .. }), "{all:?}");
    assert!(matches!(all[5], SendError::Unknown { .. }), "{all:?}");
}

#[tokio::test]
async fn the_account_is_learnt_and_the_token_renewed() {
    let me = json!({"id": "app-scoped", "user_id": "178", "username": "acme", "name": "Acme"});
    let api = account(vec![Answer::Json(200, me), Answer::Json(200, json!({"access_token": "NEW", "expires_in": 100}))]).await;
    let health = Instagram.check(&api.link()).await.unwrap();
    assert_eq!(health.learnt["account_id"], "178", "webhooks carry user_id, not id");
    let renewed = Instagram.renew(&api.link()).await.unwrap().unwrap();
    assert_eq!(renewed.secrets["token"], "NEW");
    assert!(api.requests()[1].path.starts_with("/refresh_access_token?grant_type=ig_refresh_token"));
}

#[tokio::test]
async fn a_login_opens_the_account() {
    let me = json!({"user_id": "178", "username": "acme"});
    let short = json!({"data": [{"access_token": "SHORT", "user_id": 178}]});
    let mut api = account(vec![
        Answer::Json(200, short),
        Answer::Json(200, json!({"access_token": "LONG", "expires_in": 60})),
        Answer::Json(200, me),
    ])
    .await;
    api.app.insert("instagram.app_id".into(), "901".into());
    api.app.insert("instagram.app_secret".into(), "IS".into());
    assert!(Instagram.login(&api.link(), "https://i/cb", "st").is_some());
    let found = Instagram.redeem(&api.link(), "https://i/cb", "CODE#_").await.unwrap();
    assert_eq!((found[0].settings["account_id"].as_str(), found[0].secrets["token"].as_str()), ("178", "LONG"));
    assert_eq!(api.requests()[0].field("code").as_deref(), Some("CODE"), "the tail that Instagram adds is none of the code");
}
