//! X's sends against a stand-in API, and its signatures against a published client's.

use super::{X, oauth};
use crate::pick::Pick;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, RawCall, Reason, SendError};
use serde_json::{Value, json};

async fn account(answers: Vec<Answer>) -> Provider {
    let secrets = [("consumer_secret", "CS"), ("token", "1-T"), ("token_secret", "TS"), ("bearer", "B")];
    Provider::start(answers).await.with(&[("consumer_key", "CK"), ("user_id", "111")], &secrets)
}

fn ok(id: &str) -> Answer {
    Answer::Json(201, json!({"data": {"dm_conversation_id": "111-222", "dm_event_id": id}}))
}

#[tokio::test]
async fn words_leave_signed() {
    let api = account(vec![ok("9")]).await;
    assert_eq!(api.send(&X, &words("222", "*hi*")).await.unwrap().sources, ["9"]);
    let request = &api.requests()[0];
    assert_eq!((request.path.as_str(), request.json()), ("/2/dm_conversations/with/222/messages", json!({"text": "hi"})));
    let header = &request.headers["authorization"];
    assert!(header.starts_with("OAuth ") && header.contains("oauth_token=\"1-T\"") && !header.contains("TS"), "{header}");
}

#[test]
fn the_signature_is_the_published_one() {
    let file: Value = serde_json::from_slice(include_bytes!("../tests/signatures.json")).unwrap();
    let vector = file.list("vectors").iter().find(|v| v.text("scheme").as_deref() == Some("x_oauth1_request")).unwrap();
    let text = |path: &str| vector.text(path).unwrap();
    let (consumer, consumer_secret) = (text("secret.consumer_key"), text("secret.consumer_secret"));
    let (token, token_secret) = (text("secret.token"), text("secret.token_secret"));
    let keys = oauth::Keys { consumer: &consumer, consumer_secret: &consumer_secret, token: &token, token_secret: &token_secret };
    let header = oauth::authorization(keys, "POST", &text("url"), &text("oauth_nonce"), &text("oauth_timestamp"));
    assert_eq!(header, text("header_value"));
}

#[tokio::test]
async fn a_picture_is_uploaded_first() {
    let begun = Answer::Json(200, json!({"data": {"id": "M"}}));
    let waits = Answer::Json(200, json!({"data": {"id": "M", "processing_info": {"state": "pending", "check_after_secs": 0}}}));
    let done = Answer::Json(200, json!({"data": {"id": "M", "processing_info": {"state": "succeeded"}}}));
    let api = account(vec![begun, Answer::Json(200, json!({"data": {}})), waits, done, ok("9")]).await;
    api.send(&X, &with_file("222", "see", FileKind::Image, "image/png", "a.png")).await.unwrap();
    let requests = api.requests();
    assert_eq!(requests[0].json()["media_category"], "dm_image");
    assert!(requests[1].text().contains("FILEBYTES"));
    assert_eq!(requests[4].json(), json!({"text": "see", "attachments": [{"media_id": "M"}]}));
    let nonces: std::collections::BTreeSet<_> = requests.iter().map(|r| r.headers["authorization"].clone()).collect();
    assert_eq!(nonces.len(), requests.len(), "no signature is used twice");
    let error = api.send(&X, &with_file("222", "", FileKind::Document, "application/pdf", "a.pdf")).await.unwrap_err();
    assert!(matches!(error, SendError::Refused { reason: Reason::FileKind, .. }), "{error:?}");
}

#[tokio::test]
async fn errors_are_sorted() {
    let problem = |status: u16, detail: &str, kind: &str| {
        Answer::Json(status, json!({"title": "no", "detail": detail, "type": kind, "status": status}))
    };
    let slow = Answer::Raw(429, vec![("x-rate-limit-reset", "1772366460".into())], br#"{"title":"Too Many Requests"}"#.to_vec());
    let api = account(vec![
        problem(401, "Unauthorized", "about:blank"),
        problem(403, "You cannot send messages to this user", "about:blank"),
        problem(403, "no", "https://api.twitter.com/2/problems/client-forbidden"),
        slow,
        problem(429, "spent", "https://api.twitter.com/2/problems/usage-capped"),
        Answer::Silence,
    ])
    .await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(api.send(&X, &words("222", "hi")).await.unwrap_err());
    }
    assert!(matches!(all[0], SendError::Disconnected { .. }) && matches!(all[2], SendError::Disconnected { .. }), "{all:?}");
    assert!(matches!(all[1], SendError::Refused { reason: Reason::Blocked, .. }), "{all:?}");
    assert!(matches!(all[3], SendError::Retry { after: Some(60_000), .. }), "{all:?}");
    assert!(matches!(all[4], SendError::Refused { reason: Reason::Quota, .. }), "{all:?}");
    assert!(matches!(all[5], SendError::Unknown { .. }), "{all:?}");
}

#[tokio::test]
async fn the_handshake_signs_no_bodies() {
    let api = account(Vec::new()).await;
    let ask = |token: &str| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("crc_token", token).finish();
        X.verify(&api.link(), &RawCall { method: "GET".into(), query, ..RawCall::default() })
    };
    assert!(ask("ZmFrZSBjcmMgdG9rZW4=").is_ok());
    assert!(ask(r#"{"data":{"event_type":"dm.received"}}"#).is_err());
}

#[tokio::test]
async fn connecting_registers_the_address_once_and_subscribes() {
    let none = Answer::Json(200, json!({"data": []}));
    let made = Answer::Json(200, json!({"data": {"id": "W1", "url": "u", "valid": true}}));
    let subscribed = || Answer::Json(201, json!({"data": [{"subscription_id": "s"}]}));
    let api = account(vec![none, made, subscribed(), subscribed(), subscribed(), subscribed(), subscribed()]).await;
    assert_eq!(X.connect(&api.link()).await.unwrap().settings["webhook_id"], "W1");
    let requests = api.requests();
    assert_eq!(requests[0].headers["authorization"], "Bearer B");
    assert_eq!(requests[2].json()["filter"]["user_id"], "111");
    let known = Answer::Json(200, json!({"data": [{"id": "W0", "url": "https://inbox.example/hooks/x/key"}]}));
    let api = account(vec![known, subscribed(), subscribed(), subscribed(), subscribed(), subscribed()]).await;
    assert_eq!(X.connect(&api.link()).await.unwrap().settings["webhook_id"], "W0");
}
