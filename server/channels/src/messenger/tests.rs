//! Messenger's sends against a stand-in Graph API.

use super::Messenger;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, Outbound, Quote, Reason, SendError};
use model::Timestamp;
use serde_json::json;

async fn page(answers: Vec<Answer>) -> Provider {
    Provider::start(answers).await.with(&[("page_id", "610")], &[("token", "PT"), ("app_secret", "S")])
}

fn ok(id: &str) -> Answer {
    Answer::Json(200, json!({"recipient_id": "710", "message_id": id}))
}

fn error(code: i64, subcode: i64) -> Answer {
    Answer::Json(400, json!({"error": {"message": "no", "code": code, "error_subcode": subcode}}))
}

#[tokio::test]
async fn words_leave_plain_with_our_key() {
    let api = page(vec![ok("m_1")]).await;
    let quote = Some(Quote { id: "m_0".into(), ..Quote::default() });
    let sent = api.send(&Messenger, &Outbound { quote, ..words("710", "*Hi*") }).await.unwrap();
    assert_eq!(sent.sources, ["m_1"]);
    let request = &api.requests()[0];
    assert!(request.path.starts_with("/v23.0/610/messages?appsecret_proof="), "{}", request.path);
    let body = request.json();
    assert_eq!(
        (&body["message"]["text"], &body["messaging_type"], &body["reply_to"]["mid"]),
        (&json!("Hi"), &json!("RESPONSE"), &json!("m_0"))
    );
    assert_eq!(body["message"]["metadata"], "0198f2a4-0000-7000-8000-000000000001");
}

#[tokio::test]
async fn the_tag_for_people_is_used_by_people_between_a_day_and_a_week() {
    const HOUR: i64 = 3_600_000;
    for (hours, human, tag) in [(1, true, None), (30, true, Some("HUMAN_AGENT")), (30, false, None), (200, true, None)] {
        let api = page(vec![ok("m_1")]).await;
        let last_incoming_at = Some(Timestamp(api.now.0 - hours * HOUR));
        api.send(&Messenger, &Outbound { last_incoming_at, human, ..words("710", "hi") }).await.unwrap();
        assert_eq!(api.requests()[0].json()["tag"].as_str(), tag, "{hours} {human}");
    }
}

#[tokio::test]
async fn words_and_files_are_calls_of_their_own() {
    let api = page(vec![ok("m_1"), ok("m_2")]).await;
    let sent = api.send(&Messenger, &with_file("710", "see", FileKind::Document, "application/pdf", "a.pdf")).await.unwrap();
    assert_eq!(sent.sources, ["m_1", "m_2"]);
    let body = api.requests()[1].text();
    assert!(body.contains("FILEBYTES") && body.contains(r#""type":"file""#) && body.contains("name=\"filedata\""), "{body}");
    let api = page(vec![ok("m_1"), error(100, 2_018_047)]).await;
    let failed = api.send(&Messenger, &with_file("710", "see", FileKind::Image, "image/png", "a.png")).await.unwrap_err();
    assert!(matches!(failed, SendError::Partial { ref sources, .. } if sources == &["m_1"]), "{failed:?}");
}

#[tokio::test]
async fn errors_are_sorted_by_code_and_subcode() {
    let slow = Answer::Raw(
        400,
        vec![("x-business-use-case-usage", json!({"610": [{"estimated_time_to_regain_access": 5}]}).to_string())],
        br#"{"error":{"code":613,"message":"slow"}}"#.to_vec(),
    );
    let api = page(vec![
        error(10, 2_018_278),
        error(190, 463),
        error(10, 0),
        error(551, 1_545_041),
        error(100, 2_018_001),
        slow,
        Answer::Silence,
    ])
    .await;
    let mut all = Vec::new();
    for _ in 0..7 {
        all.push(api.send(&Messenger, &words("710", "hi")).await.unwrap_err());
    }
    assert!(matches!(all[0], SendError::WindowClosed { .. }), "{all:?}");
    assert!(matches!(all[1], SendError::Disconnected { .. }) && matches!(all[2], SendError::Disconnected { .. }), "{all:?}");
    assert!(matches!(all[3], SendError::Refused { reason: Reason::Blocked, .. }), "{all:?}");
    assert!(matches!(all[4], SendError::Refused { reason: Reason::NoSuchPerson, .. }), "{all:?}");
    assert!(matches!(all[5], SendError::Retry { after: Some(300_000), .. }), "{all:?}");
    assert!(matches!(all[6], SendError::Unknown { .. }), "{all:?}");
}

#[tokio::test]
async fn who_does_not_consent_has_no_profile() {
    let api =
        page(vec![error(100, 33), Answer::Json(200, json!({"first_name": "Ana", "last_name": "E", "profile_pic": "https://c/p.jpg"}))])
            .await;
    assert_eq!(Messenger.profile(&api.link(), "710").await, Ok(None));
    assert_eq!(Messenger.profile(&api.link(), "710").await.unwrap().unwrap().name.as_deref(), Some("Ana E"));
}

#[tokio::test]
async fn a_login_opens_the_pages_to_choose_from() {
    let pages = json!({"data": [{"id": "610", "name": "Acme", "access_token": "P1"}, {"id": "611", "name": "No token"}]});
    let mut api = page(vec![
        Answer::Json(200, json!({"access_token": "SHORT"})),
        Answer::Json(200, json!({"access_token": "LONG"})),
        Answer::Json(200, pages),
    ])
    .await;
    assert_eq!(Messenger.login(&api.link(), "https://i/cb", "st"), None, "no button without an app");
    api.app.insert("meta.app_id".into(), "900".into());
    api.app.insert("meta.app_secret".into(), "AS".into());
    let address = Messenger.login(&api.link(), "https://i/cb", "s t").unwrap();
    assert!(address.contains("client_id=900") && address.contains("state=s+t") && !address.contains("AS"), "{address}");
    let found = Messenger.redeem(&api.link(), "https://i/cb", "CODE").await.unwrap();
    assert_eq!((found.len(), found[0].settings["page_id"].as_str(), found[0].secrets["token"].as_str()), (1, "610", "P1"));
    let requests = api.requests();
    assert_eq!((requests[0].field("code").as_deref(), requests[1].field("fb_exchange_token").as_deref()), (Some("CODE"), Some("SHORT")));
    assert_eq!(requests[2].headers["authorization"], "Bearer LONG");
}
