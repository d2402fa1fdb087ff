//! WhatsApp's sends against a stand-in Graph API.

use super::WhatsApp;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, Outbound, Quote, Reason, RemoteFile, SendError, TemplateHeader, TemplateStatus, TemplateUse};
use serde_json::json;

async fn number(answers: Vec<Answer>) -> Provider {
    let settings = [("phone_number_id", "100"), ("business_account_id", "200")];
    Provider::start(answers).await.with(&settings, &[("token", "EAA")])
}

fn ok(id: &str) -> Answer {
    Answer::Json(
        200,
        json!({"messaging_product": "whatsapp", "contacts": [{"input": "5511", "wa_id": "12025550143"}], "messages": [{"id": id}]}),
    )
}

fn error(status: u16, code: i64) -> Answer {
    Answer::Json(status, json!({"error": {"message": format!("(#{code}) no"), "code": code, "type": "OAuthException"}}))
}

#[tokio::test]
async fn words_leave_with_our_key_and_the_quote() {
    let api = number(vec![ok("wamid.A")]).await;
    let quote = Some(Quote { id: "wamid.Q".into(), ..Quote::default() });
    let sent = api.send(&WhatsApp, &Outbound { quote, ..words("12025550143", "**Hi** [x](https://e.example)") }).await.unwrap();
    assert_eq!((sent.sources, sent.peer), (vec!["wamid.A".to_owned()], None));
    let request = &api.requests()[0];
    assert_eq!(request.path, "/v23.0/100/messages");
    assert_eq!(request.headers["authorization"], "Bearer EAA");
    let body = request.json();
    assert_eq!((&body["to"], &body["text"]["body"]), (&json!("12025550143"), &json!("*Hi* x (https://e.example)")));
    assert_eq!((&body["context"]["message_id"], &body["recipient_type"]), (&json!("wamid.Q"), &json!("individual")));
    assert_eq!(body["biz_opaque_callback_data"], "0198f2a4-0000-7000-8000-000000000001");
}

#[tokio::test]
async fn people_without_a_number_are_reached_by_their_other_id() {
    let api = number(vec![ok("a"), ok("b")]).await;
    api.send(&WhatsApp, &words("US.90000000000000000177", "hi")).await.unwrap();
    let sent = api.send(&WhatsApp, &words("5511912345678", "hi")).await.unwrap();
    assert_eq!(sent.peer.as_deref(), Some("12025550143"), "the number the person has, not the one we dialled");
    let body = api.requests()[0].json();
    assert_eq!((&body["recipient"], body.get("to")), (&json!("US.90000000000000000177"), None));
}

#[tokio::test]
async fn files_are_uploaded_then_sent_by_id() {
    for (kind, mime, name, part) in [
        (FileKind::Image, "image/jpeg", "a.jpg", json!({"id": "M1", "caption": "see"})),
        (FileKind::Document, "application/pdf", "a.pdf", json!({"id": "M1", "filename": "a.pdf", "caption": "see"})),
        (FileKind::Image, "image/webp", "a.webp", json!({"id": "M1", "filename": "a.webp", "caption": "see"})),
    ] {
        let api = number(vec![Answer::Json(200, json!({"id": "M1"})), ok("wamid.F")]).await;
        api.send(&WhatsApp, &with_file("1", "see", kind, mime, name)).await.unwrap();
        let requests = api.requests();
        assert_eq!(requests[0].path, "/v23.0/100/media");
        assert!(requests[0].text().contains("FILEBYTES"));
        let body = requests[1].json();
        assert_eq!(body[body["type"].as_str().unwrap()], part);
    }
    let api = number(vec![Answer::Json(200, json!({"id": "M2"})), ok("t"), ok("v")]).await;
    let sent = api.send(&WhatsApp, &with_file("1", "listen", FileKind::Voice, "audio/ogg", "v.ogg")).await.unwrap();
    assert_eq!(sent.sources, ["t", "v"], "a voice message takes no words along");
    assert_eq!(api.requests()[2].json()["audio"], json!({"id": "M2", "voice": true}));
}

#[tokio::test]
async fn a_later_part_that_fails_is_told() {
    let api = number(vec![Answer::Json(200, json!({"id": "M2"})), ok("t"), error(400, 131_053)]).await;
    let failed = api.send(&WhatsApp, &with_file("1", "listen", FileKind::Voice, "audio/ogg", "v.ogg")).await.unwrap_err();
    assert!(matches!(failed, SendError::Partial { ref sources, .. } if sources == &["t"]), "{failed:?}");
}

#[tokio::test]
async fn errors_are_sorted_by_code() {
    let codes = [(400, 131_047), (401, 190), (400, 131_056), (400, 131_026), (400, 132_001), (500, 2), (503, -1), (400, 987_654)];
    let api = number(codes.iter().map(|(status, code)| error(*status, *code)).collect()).await;
    let mut said = Vec::new();
    for _ in codes {
        said.push(api.send(&WhatsApp, &words("1", "hi")).await.unwrap_err());
    }
    assert!(matches!(said[0], SendError::WindowClosed { .. }) && matches!(said[1], SendError::Disconnected { .. }), "{said:?}");
    assert!(matches!(said[2], SendError::Retry { .. }), "{said:?}");
    assert!(matches!(said[3], SendError::Refused { reason: Reason::NoSuchPerson, .. }), "{said:?}");
    assert!(matches!(said[4], SendError::Refused { reason: Reason::Template, .. }), "{said:?}");
    assert!(matches!(said[5], SendError::Retry { .. }) && matches!(said[6], SendError::Retry { .. }), "{said:?}");
    assert!(matches!(said[7], SendError::Refused { reason: Reason::Other, text: Some(_), .. }), "{said:?}");
}

#[tokio::test]
async fn delays_are_honoured_and_silence_is_unknown() {
    let busy =
        Answer::Raw(429, vec![("retry-after", "7".into())], br#"{"error":{"code":4,"message":"slow","is_transient":true}}"#.to_vec());
    let api = number(vec![busy, Answer::Raw(200, vec![], b"<html>".to_vec()), Answer::Silence]).await;
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(api.send(&WhatsApp, &words("1", "hi")).await.unwrap_err());
    }
    assert!(matches!(said[0], SendError::Retry { after: Some(7_000), .. }), "{said:?}");
    assert!(matches!(said[1], SendError::Unknown { .. }) && matches!(said[2], SendError::Unknown { .. }), "{said:?}");
}

#[tokio::test]
async fn templates_are_listed_and_filled() {
    let components = json!([
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Hi {{1}}, order {{2}} for {{1}}"},
        {"type": "FOOTER", "text": "bye"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "URL", "text": "Track", "url": "https://e.example/{{1}}"}]}
    ]);
    let first = json!({"data": [{"name": "order", "language": "pt_BR", "status": "approved", "category": "UTILITY", "components": components}],
        "paging": {"cursors": {"after": "C2"}, "next": "https://graph"}});
    let second =
        json!({"data": [{"name": "old", "language": "en", "status": "PAUSED", "components": []}], "paging": {"cursors": {"after": "C3"}}});
    let api = number(vec![Answer::Json(200, first), Answer::Json(200, second), ok("wamid.T")]).await;
    let all = WhatsApp.templates(&api.link()).await.unwrap();
    assert_eq!((all.len(), all[0].status, all[1].status), (2, TemplateStatus::Approved, TemplateStatus::Paused));
    assert_eq!(
        (&all[0].header, &all[0].params[..]),
        (&TemplateHeader::Image, &["1".to_owned(), "2".to_owned(), "button.1.url".to_owned()][..])
    );
    assert!(api.requests()[1].path.contains("after=C2"));
    let params = [("1", "Ana\nMaria"), ("2", "77"), ("button.1.url", "t/77")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let using = TemplateUse {
        name: "order".into(),
        language: "pt_BR".into(),
        params,
        media: Some("https://e.example/a.jpg".into()),
        media_kind: FileKind::Image,
    };
    api.send(&WhatsApp, &Outbound { template: Some(using), ..words("1", "") }).await.unwrap();
    let sent = &api.requests()[2].json()["template"];
    assert_eq!(sent["components"][0]["parameters"][0], json!({"type": "image", "image": {"link": "https://e.example/a.jpg"}}));
    assert_eq!(sent["components"][1]["parameters"][0]["text"], "Ana Maria");
    assert_eq!(sent["components"][2]["sub_type"], "url");
}

#[tokio::test]
async fn the_token_goes_to_metas_hosts_only() {
    let api = number(vec![]).await;
    for (address, may) in [
        ("https://lookaside.fbsbx.com/x", true),
        ("https://evil.example/fbsbx.com", false),
        ("https://notfbsbx.com/", false),
        ("https://fbsbx.com.evil.example/", false),
        ("https://user@evil.example/", false),
    ] {
        assert_eq!(super::outbound::metas(address, &api.link()), may, "{address}");
    }
}

#[tokio::test]
async fn a_file_is_asked_for_its_address_and_checked() {
    let cdn = Provider::start(vec![Answer::Raw(200, vec![], b"JPEG".to_vec()), Answer::Raw(200, vec![], b"CUT".to_vec())]).await;
    let found = json!({"url": format!("{}/file", cdn.base), "mime_type": "image/jpeg", "sha256": crate::proof::sha256_hex(b"JPEG")});
    let api = number(vec![Answer::Json(200, found.clone()), Answer::Json(200, found)]).await;
    let file = RemoteFile { id_or_url: "300".into(), ..RemoteFile::default() };
    let fetched = WhatsApp.fetch(&api.link(), &file).await.unwrap();
    assert_eq!((&fetched.bytes[..], fetched.mime.as_deref()), (&b"JPEG"[..], Some("image/jpeg")));
    assert!(api.requests()[0].path.starts_with("/v23.0/300?phone_number_id=100"));
    assert_eq!(api.requests()[0].headers["authorization"], "Bearer EAA");
    let cut = WhatsApp.fetch(&api.link(), &file).await.unwrap_err();
    assert!(matches!(cut, SendError::Retry { .. }), "a file that is not the one announced: {cut:?}");
}

#[tokio::test]
async fn connecting_subscribes_and_falls_back_to_a_person() {
    let done = || Answer::Json(200, json!({"success": true}));
    let api = number(vec![done(), done()]).await;
    assert!(WhatsApp.connect(&api.link()).await.unwrap().by_hand.is_empty());
    let requests = api.requests();
    assert_eq!(requests[0].path, "/v23.0/200/subscribed_apps");
    let wanted = &requests[1].json()["webhook_configuration"];
    assert_eq!(wanted["override_callback_uri"], "https://inbox.example/hooks/x/key");
    // The token given there is the one the handshake asks for.
    let query = format!("hub.mode=subscribe&hub.challenge=7&hub.verify_token={}", wanted["verify_token"].as_str().unwrap());
    let shaken = WhatsApp.verify(&api.link(), &crate::RawCall { method: "GET".into(), query, ..crate::RawCall::default() });
    assert!(matches!(shaken, Ok(crate::Verdict::Answer { status: 200, ref body, .. }) if body == "7"), "{shaken:?}");
    let api = number(vec![done(), error(400, 100)]).await;
    assert_eq!(WhatsApp.connect(&api.link()).await.unwrap().by_hand.len(), 2, "address and token to paste");
    let api = number(vec![error(401, 190)]).await;
    assert!(matches!(WhatsApp.connect(&api.link()).await, Err(SendError::Disconnected { .. })));
}
