//! LINE's sends against a stand-in Messaging API.

use super::Line;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, Outbound, Quote, Reason, RemoteFile, SendError, Settings};
use serde_json::json;

async fn account(answers: Vec<Answer>) -> Provider {
    Provider::start(answers).await.with(&[], &[("token", "T"), ("channel_secret", "S")])
}

fn ok(ids: &[&str]) -> Answer {
    let sent: Vec<_> = ids.iter().map(|id| json!({"id": id, "quoteToken": format!("q{id}")})).collect();
    Answer::Json(200, json!({"sentMessages": sent}))
}

#[tokio::test]
async fn words_leave_plain_under_a_key_that_stays() {
    let api = account(vec![
        ok(&["1"]),
        Answer::Json(409, json!({"message": "The retry key is already accepted", "sentMessages": [{"id": "1"}]})),
    ])
    .await;
    let quote = Some(Quote { id: "9".into(), attributes: Settings::from([("quote_token".into(), "qt".into())]) });
    let message = Outbound { quote, ..words("Uaaa", "*Hi* there") };
    let sent = api.send(&Line, &message).await.unwrap();
    assert_eq!((sent.sources, sent.attributes["quote_token"].as_str()), (vec!["1".to_owned()], "q1"));
    let again = api.send(&Line, &message).await.unwrap();
    assert_eq!(again.sources, ["1"], "what LINE has already is a success");
    let requests = api.requests();
    assert_eq!(requests[0].json(), json!({"to": "Uaaa", "messages": [{"type": "text", "text": "Hi there", "quoteToken": "qt"}]}));
    let keys: Vec<_> = requests.iter().map(|r| r.headers["x-line-retry-key"].clone()).collect();
    assert_eq!(keys[0], keys[1]);
    let parts: Vec<_> = keys[0].split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
}

#[tokio::test]
async fn another_messages_token_quotes_nothing() {
    let api = account(vec![ok(&["1"])]).await;
    let attributes = Settings::from([("quote_token".into(), "qt".into()), ("quote_of".into(), "8".into())]);
    api.send(&Line, &Outbound { quote: Some(Quote { id: "9".into(), attributes }), ..words("U1", "hi") }).await.unwrap();
    assert!(api.requests()[0].json()["messages"][0].get("quoteToken").is_none());
}

#[tokio::test]
async fn media_are_addresses_and_documents_are_refused() {
    let api = account(vec![ok(&["1", "2"]), ok(&["3"])]).await;
    api.send(&Line, &with_file("U1", "see", FileKind::Image, "image/png", "a.png")).await.unwrap();
    let body = api.requests()[0].json();
    assert_eq!(body["messages"][1]["originalContentUrl"], "https://inbox.example/f/a.png");
    api.send(&Line, &with_file("U1", "", FileKind::Video, "video/mp4", "a.mp4")).await.unwrap();
    let film = &api.requests()[1].json()["messages"][0];
    assert_ne!(film["previewImageUrl"], film["originalContentUrl"]);
    let error = api.send(&Line, &with_file("U1", "", FileKind::Document, "application/pdf", "a.pdf")).await.unwrap_err();
    assert!(matches!(error, SendError::Refused { reason: Reason::FileKind, .. }), "{error:?}");
    assert_eq!(api.requests().len(), 2, "what cannot go is refused before anything goes");
}

#[tokio::test]
async fn six_messages_take_two_calls() {
    let api = account(vec![ok(&["1", "2", "3", "4", "5"]), ok(&["6"])]).await;
    let mut message = with_file("U1", "", FileKind::Image, "image/png", "a.png");
    let file = message.files[0].clone();
    message.files = vec![file; 6];
    assert_eq!(api.send(&Line, &message).await.unwrap().sources.len(), 6);
    let requests = api.requests();
    assert_ne!(requests[0].headers["x-line-retry-key"], requests[1].headers["x-line-retry-key"]);
}

#[tokio::test]
async fn errors_are_sorted() {
    let said = |status, words: &str| Answer::Json(status, json!({"message": words}));
    let api = account(vec![
        said(429, "The API rate limit has been exceeded. Try again later."),
        said(429, "You have reached your monthly limit."),
        said(401, "Authentication failed due to the expired access token"),
        said(400, "The property, 'to', in the request body is invalid"),
        said(500, "oops"),
        Answer::Raw(429, vec![("retry-after", "3".into())], b"{}".to_vec()),
    ])
    .await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(api.send(&Line, &words("U1", "hi")).await.unwrap_err());
    }
    assert!(matches!(all[0], SendError::Retry { .. }), "{all:?}");
    assert!(matches!(all[1], SendError::Refused { reason: Reason::Quota, .. }), "{all:?}");
    assert!(matches!(all[2], SendError::Disconnected { .. }), "{all:?}");
    assert!(matches!(all[3], SendError::Refused { reason: Reason::NoSuchPerson, .. }), "{all:?}");
    assert!(matches!(all[4], SendError::Retry { .. }), "{all:?}");
    assert!(matches!(all[5], SendError::Retry { after: Some(3_000), .. }), "{all:?}");
}

#[tokio::test]
async fn silence_is_tried_again_because_the_key_protects() {
    assert!(Line.repeatable());
    let api = account(vec![Answer::Silence]).await;
    let error = api.send(&Line, &words("U1", "hi")).await.unwrap_err();
    assert!(matches!(error, SendError::Retry { .. }), "{error:?}");
}

#[tokio::test]
async fn content_is_fetched_with_the_token_or_without() {
    let ready = Answer::Raw(200, vec![("content-type", "video/mp4; x=1".into())], b"MP4".to_vec());
    let api = account(vec![Answer::Raw(202, vec![], vec![]), ready, Answer::Raw(200, vec![], b"JPG".to_vec())]).await;
    let file = RemoteFile { id_or_url: "560".into(), ..RemoteFile::default() };
    assert!(matches!(Line.fetch(&api.link(), &file).await, Err(SendError::Retry { after: Some(_), .. })));
    assert_eq!(Line.fetch(&api.link(), &file).await.unwrap().mime.as_deref(), Some("video/mp4"));
    let outside = RemoteFile { id_or_url: format!("{}/o.jpg", api.base), ..RemoteFile::default() };
    Line.fetch(&api.link(), &outside).await.unwrap();
    let requests = api.requests();
    assert_eq!(requests[1].headers["authorization"], "Bearer T");
    assert!(!requests[2].headers.contains_key("authorization"));
}

#[tokio::test]
async fn connecting_sets_the_address_and_asks_for_the_switch() {
    let off = Answer::Json(200, json!({"endpoint": "https://inbox.example/hooks/x/key", "active": false}));
    let api = account(vec![Answer::Json(200, json!({})), off]).await;
    assert_eq!(Line.connect(&api.link()).await.unwrap().by_hand.len(), 1);
    let request = &api.requests()[0];
    assert_eq!((request.method.as_str(), request.json()), ("PUT", json!({"endpoint": "https://inbox.example/hooks/x/key"})));
    let on = Answer::Json(200, json!({"endpoint": "https://inbox.example/hooks/x/key", "active": true}));
    let api = account(vec![Answer::Json(200, json!({})), on]).await;
    assert!(Line.connect(&api.link()).await.unwrap().by_hand.is_empty());
}
