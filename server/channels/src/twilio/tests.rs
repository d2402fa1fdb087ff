//! Twilio's sends against a stand-in API.

use super::Twilio;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, Outbound, Reason, RemoteFile, SendError, TemplateStatus, TemplateUse};
use serde_json::json;

async fn sender(medium: &str, answers: Vec<Answer>) -> Provider {
    let settings = [("medium", medium), ("account_sid", "AC1"), ("phone", "+12025550100")];
    Provider::start(answers).await.with(&settings, &[("auth_token", "T")])
}

fn ok(sid: &str) -> Answer {
    Answer::Json(201, json!({"sid": sid, "status": "queued", "error_code": null}))
}

#[tokio::test]
async fn an_sms_leaves_as_a_form() {
    let api = sender("sms", vec![ok("SM1")]).await;
    let sent = api.send(&Twilio, &words("+12025550143", "*Hi* & bye")).await.unwrap();
    assert_eq!(sent.sources, ["SM1"]);
    let request = &api.requests()[0];
    assert_eq!(request.path, "/2010-04-01/Accounts/AC1/Messages.json");
    assert_eq!(request.headers["authorization"], crate::proof::basic("AC1", "T"));
    let said = |name| request.field(name);
    assert_eq!((said("To").as_deref(), said("From").as_deref()), (Some("+12025550143"), Some("+12025550100")));
    assert_eq!((said("Body").as_deref(), said("StatusCallback").as_deref()), (Some("Hi & bye"), Some("https://inbox.example/hooks/x/key")));
}

#[tokio::test]
async fn files_travel_together_by_mms_and_apart_by_whatsapp() {
    let mut message = with_file("+1", "see", FileKind::Image, "image/png", "a.png");
    message.files.push(with_file("+1", "", FileKind::Image, "image/png", "b.png").files.remove(0));
    let api = sender("sms", vec![ok("MM1")]).await;
    api.send(&Twilio, &message).await.unwrap();
    let media = api.requests()[0].form().iter().filter(|(name, _)| name == "MediaUrl").count();
    assert_eq!(media, 2);
    let api = sender("whatsapp", vec![ok("MM1"), Answer::Json(400, json!({"code": 63_019, "message": "Media failed to download"}))]).await;
    let error = api.send(&Twilio, &Outbound { peer: "whatsapp:+1".into(), ..message }).await.unwrap_err();
    assert!(matches!(error, SendError::Partial { ref sources, .. } if sources == &["MM1"]), "{error:?}");
    assert_eq!(api.requests()[0].field("From").as_deref(), Some("whatsapp:+12025550100"));
    assert_eq!(api.requests()[1].field("Body"), None);
}

#[tokio::test]
async fn errors_are_sorted_by_code() {
    let said = |status, code: i64| Answer::Json(status, json!({"code": code, "message": "no", "status": status}));
    let busy = Answer::Raw(429, vec![("retry-after", "2".into())], br#"{"code":20429,"message":"Too Many Requests"}"#.to_vec());
    let api = sender(
        "sms",
        vec![
            said(401, 20_003),
            said(400, 63_016),
            busy,
            said(400, 21_610),
            said(400, 21_211),
            said(500, 20_500),
            said(400, 99_999),
            Answer::Silence,
        ],
    )
    .await;
    let mut all = Vec::new();
    for _ in 0..8 {
        all.push(api.send(&Twilio, &words("+1", "hi")).await.unwrap_err());
    }
    assert!(matches!(all[0], SendError::Disconnected { .. }) && matches!(all[1], SendError::WindowClosed { .. }), "{all:?}");
    assert!(matches!(all[2], SendError::Retry { after: Some(2_000), .. }), "{all:?}");
    assert!(matches!(all[3], SendError::Refused { reason: Reason::OptedOut, .. }), "{all:?}");
    assert!(matches!(all[4], SendError::Refused { reason: Reason::NoSuchPerson, .. }), "{all:?}");
    assert!(matches!(all[5], SendError::Retry { .. }) && matches!(all[6], SendError::Refused { .. }), "{all:?}");
    assert!(matches!(all[7], SendError::Unknown { .. }), "{all:?}");
}

#[tokio::test]
async fn content_templates_are_listed_and_sent() {
    let content = json!({"sid": "HX1", "friendly_name": "order", "language": "pt_BR", "variables": {"1": "Ana"},
        "types": {"twilio/quick-reply": {"body": "Hi {{1}}", "actions": [{"title": "Yes", "id": "y"}]}},
        "approval_requests": {"status": "approved", "category": "UTILITY", "name": "order"}});
    let page = json!({"contents": [content], "meta": {"next_page_url": "https://evil.example/next"}});
    let api = sender("whatsapp", vec![Answer::Json(200, page), ok("MM9")]).await;
    let all = Twilio.templates(&api.link()).await.unwrap();
    assert_eq!(
        (all.len(), all[0].status, &all[0].buttons[..], &all[0].params[..]),
        (1, TemplateStatus::Approved, &["Yes".to_owned()][..], &["1".to_owned()][..])
    );
    let template = TemplateUse { name: "HX1".into(), params: [("1".to_owned(), "Bia".to_owned())].into(), ..TemplateUse::default() };
    api.send(&Twilio, &Outbound { template: Some(template), ..words("whatsapp:+1", "") }).await.unwrap();
    let request = &api.requests()[1];
    assert_eq!(
        (request.field("ContentSid").as_deref(), request.field("ContentVariables").as_deref()),
        (Some("HX1"), Some(r#"{"1":"Bia"}"#))
    );
    assert_eq!(request.field("Body"), None);
}

#[tokio::test]
async fn credentials_stay_behind_when_media_move_elsewhere() {
    let elsewhere = Provider::start(vec![Answer::Raw(200, vec![("content-type", "image/jpeg".into())], b"JPG".to_vec())]).await;
    let api = sender("sms", vec![Answer::Raw(307, vec![("location", format!("{}/signed", elsewhere.base))], vec![])]).await;
    let file = RemoteFile { id_or_url: format!("{}/Media/ME1", api.base), ..RemoteFile::default() };
    let fetched = Twilio.fetch(&api.link(), &file).await.unwrap();
    assert_eq!(&fetched.bytes[..], b"JPG");
    assert!(api.requests()[0].headers.contains_key("authorization"));
    assert!(!elsewhere.requests()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_number_is_found_and_given_our_address() {
    let found = Answer::Json(200, json!({"incoming_phone_numbers": [{"sid": "PN1"}]}));
    let api = sender("sms", vec![found, Answer::Json(200, json!({"sid": "PN1"}))]).await;
    assert!(Twilio.connect(&api.link()).await.unwrap().by_hand.is_empty());
    let requests = api.requests();
    assert!(requests[0].path.ends_with("/IncomingPhoneNumbers.json?PhoneNumber=%2B12025550100"), "{}", requests[0].path);
    assert_eq!(requests[1].field("SmsUrl").as_deref(), Some("https://inbox.example/hooks/x/key"));
    let api = sender("sms", vec![Answer::Json(200, json!({"incoming_phone_numbers": []}))]).await;
    assert_eq!(Twilio.connect(&api.link()).await.unwrap().by_hand.len(), 1);
}
