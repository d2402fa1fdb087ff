//! Bandwidth's sends against a stand-in API.

use super::Bandwidth;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, RawCall, Reason, SendError};
use serde_json::json;

async fn number(answers: Vec<Answer>) -> Provider {
    let settings = [("account_id", "500"), ("application_id", "app"), ("phone", "+12025550100"), ("api_user", "u")];
    Provider::start(answers).await.with(&settings, &[("api_secret", "s")])
}

#[tokio::test]
async fn words_and_files_leave_in_one_call() {
    let api = number(vec![Answer::Json(202, json!({"id": "b1"}))]).await;
    let sent = api.send(&Bandwidth, &with_file("+12025550143", "_see_", FileKind::Image, "image/png", "a.png")).await.unwrap();
    assert_eq!(sent.sources, ["b1"]);
    let request = &api.requests()[0];
    assert_eq!((request.path.as_str(), &request.headers["authorization"]), ("/api/v2/users/500/messages", &crate::proof::basic("u", "s")));
    let body = request.json();
    assert_eq!(
        (&body["to"], &body["text"], &body["media"]),
        (&json!(["+12025550143"]), &json!("see"), &json!(["https://inbox.example/f/a.png"]))
    );
    assert_eq!(body["tag"], "0198f2a4-0000-7000-8000-000000000001");
}

#[tokio::test]
async fn errors_are_sorted() {
    let busy = Answer::Raw(429, vec![("retry-after", "9".into())], b"{}".to_vec());
    let wrong = json!({"type": "request-validation", "description": "bad", "fieldErrors": [{"fieldName": "to", "description": "'to' is no number"}]});
    let api = number(vec![Answer::Json(401, json!({"type": "unauthorized"})), busy, Answer::Json(400, wrong), Answer::Silence]).await;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(api.send(&Bandwidth, &words("+1", "hi")).await.unwrap_err());
    }
    assert!(matches!(all[0], SendError::Disconnected { .. }) && matches!(all[1], SendError::Retry { after: Some(9_000), .. }), "{all:?}");
    assert!(matches!(all[2], SendError::Refused { reason: Reason::NoSuchPerson, .. }), "{all:?}");
    assert!(matches!(all[3], SendError::Unknown { .. }), "{all:?}");
}

#[tokio::test]
async fn what_is_pasted_is_what_is_asked_for() {
    let api = number(Vec::new()).await;
    let pasted = Bandwidth.connect(&api.link()).await.unwrap().by_hand;
    let authorization = crate::proof::basic(&pasted[2].value, &pasted[3].value);
    let mut raw = RawCall { method: "POST".into(), body: b"[]".to_vec(), ..RawCall::default() };
    raw.headers.insert("authorization".into(), authorization);
    assert!(Bandwidth.verify(&api.link(), &raw).is_ok());
}
