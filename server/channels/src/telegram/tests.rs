//! Telegram's sends against a stand-in Bot API.

use super::Telegram;
use crate::tests::provider::{Answer, Provider, with_file, words};
use crate::{Channel, FileKind, Outbound, Quote, Reason, RemoteFile, SendError};
use serde_json::{Value, json};

async fn bot(answers: Vec<Answer>) -> Provider {
    Provider::start(answers).await.with(&[], &[("token", "42:secret")])
}

fn ok(id: i64) -> Answer {
    Answer::Json(200, json!({"ok": true, "result": {"message_id": id, "chat": {"id": 5_000_000_143_i64}}}))
}

fn error(code: u16, words: &str) -> Answer {
    Answer::Json(code, json!({"ok": false, "error_code": code, "description": words}))
}

#[tokio::test]
async fn words_leave_as_html() {
    let api = bot(vec![ok(7)]).await;
    let quote = Some(Quote { id: "5000000143:5".into(), ..Quote::default() });
    let sent = api.send(&Telegram, &Outbound { quote, ..words("5000000143", "*Hi* a<b") }).await.unwrap();
    assert_eq!(sent.sources, ["5000000143:7"]);
    let request = &api.requests()[0];
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/bot42:secret/sendMessage"));
    let body = request.json();
    assert_eq!((body["text"].as_str(), body["parse_mode"].as_str()), (Some("<b>Hi</b> a&lt;b"), Some("HTML")));
    assert_eq!((body["chat_id"].as_str(), &body["reply_parameters"]["message_id"]), (Some("5000000143"), &json!(5)));
}

#[tokio::test]
async fn markup_that_telegram_cannot_read_leaves_bare() {
    let api = bot(vec![error(400, "Bad Request: can't parse entities: oh"), ok(8)]).await;
    api.send(&Telegram, &words("1", "*Hi*")).await.unwrap();
    let again = api.requests()[1].json();
    assert_eq!((again["text"].as_str(), again.get("parse_mode")), (Some("*Hi*"), None));
}

#[tokio::test]
async fn files_are_uploaded_with_their_caption() {
    for (kind, mime, method, field) in [
        (FileKind::Image, "image/png", "sendPhoto", "photo"),
        (FileKind::Image, "image/gif", "sendAnimation", "animation"),
        (FileKind::Image, "image/tiff", "sendDocument", "document"),
        (FileKind::Video, "video/mp4", "sendVideo", "video"),
        (FileKind::Voice, "audio/ogg", "sendVoice", "voice"),
        (FileKind::Audio, "audio/mpeg", "sendAudio", "audio"),
        (FileKind::Document, "application/pdf", "sendDocument", "document"),
    ] {
        let api = bot(vec![ok(9)]).await;
        api.send(&Telegram, &with_file("1", "_see_", kind, mime, "a.bin")).await.unwrap();
        let request = &api.requests()[0];
        assert_eq!(request.path, format!("/bot42:secret/{method}"));
        let body = request.text();
        assert!(body.contains(&format!("name=\"{field}\"; filename=\"a.bin\"")) && body.contains("FILEBYTES"), "{body}");
        assert!(body.contains("<i>see</i>"));
    }
}

#[tokio::test]
async fn pictures_travel_as_an_album_and_documents_apart() {
    let result: Value = json!([{"message_id": 1, "chat": {"id": 1}}, {"message_id": 2, "chat": {"id": 1}}]);
    let api = bot(vec![Answer::Json(200, json!({"ok": true, "result": result})), error(400, "Bad Request: wrong file identifier")]).await;
    let mut message = with_file("1", "all", FileKind::Image, "image/png", "a.png");
    let more = [(FileKind::Video, "video/mp4", "b.mp4"), (FileKind::Document, "application/pdf", "c.pdf")];
    message.files.extend(more.map(|(kind, mime, name)| with_file("1", "", kind, mime, name).files.remove(0)));
    let failed = api.send(&Telegram, &message).await.unwrap_err();
    let SendError::Partial { sources, why } = failed else { panic!("{failed:?}") };
    assert_eq!(sources, ["1:1", "1:2"], "what left is told, so that it is not repeated");
    assert!(matches!(*why, SendError::Refused { reason: Reason::FileFailed, .. }));
    assert!(api.requests()[0].text().contains("attach://file1"));
}

#[tokio::test]
async fn long_words_are_cut() {
    let api = bot(vec![ok(1), ok(2)]).await;
    let sent = api.send(&Telegram, &words("1", &"word ".repeat(1000))).await.unwrap();
    assert_eq!(sent.sources.len(), 2);
}

#[tokio::test]
async fn errors_are_sorted() {
    let slow =
        json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 14", "parameters": {"retry_after": 14}});
    let api = bot(vec![
        Answer::Json(429, slow),
        error(401, "Unauthorized"),
        error(404, "Not Found"),
        error(403, "Forbidden: bot was blocked by the user"),
        error(403, "Forbidden: bot can't initiate conversation with a user"),
        error(400, "Bad Request: chat not found"),
        error(400, "Bad Request: message is too long"),
        error(502, "Bad Gateway"),
    ])
    .await;
    let mut said = Vec::new();
    for _ in 0..8 {
        said.push(api.send(&Telegram, &words("1", "hi")).await.unwrap_err());
    }
    assert!(matches!(said[0], SendError::Retry { after: Some(14_000), .. }), "{said:?}");
    assert!(matches!(said[1], SendError::Disconnected { .. }) && matches!(said[2], SendError::Disconnected { .. }), "{said:?}");
    let reasons = [Reason::Blocked, Reason::NotStarted, Reason::NoSuchPerson, Reason::TooLong];
    for (error, wanted) in said[3..7].iter().zip(reasons) {
        assert!(matches!(error, SendError::Refused { reason, .. } if *reason == wanted), "{error:?}");
    }
    assert!(matches!(said[7], SendError::Retry { after: None, .. }), "{said:?}");
}

#[tokio::test]
async fn silence_is_unknown_and_a_closed_door_is_not() {
    let api = bot(vec![Answer::Silence]).await;
    let error = api.send(&Telegram, &words("1", "hi")).await.unwrap_err();
    assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");
    assert!(!error.to_string().contains("secret"), "the token stays out of the log");
    let mut nowhere = bot(Vec::new()).await;
    // A port that was ours and is closed again.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    nowhere.app.insert("telegram.api_base".into(), format!("http://{free}"));
    let error = nowhere.send(&Telegram, &words("1", "hi")).await.unwrap_err();
    assert!(matches!(error, SendError::Retry { .. }), "{error:?}");
}

#[tokio::test]
async fn a_moved_group_is_followed() {
    let moved = json!({"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded", "parameters": {"migrate_to_chat_id": -100_777}});
    let api = bot(vec![Answer::Json(400, moved), ok(3)]).await;
    let sent = api.send(&Telegram, &words("-7", "hi")).await.unwrap();
    assert_eq!(sent.peer.as_deref(), Some("-100777"));
    assert_eq!(api.requests()[1].json()["chat_id"], "-100777");
}

#[tokio::test]
async fn a_file_is_fetched_by_its_path() {
    let found = json!({"ok": true, "result": {"file_id": "F", "file_path": "voice/file_1.oga"}});
    let api =
        bot(vec![Answer::Json(200, found), Answer::Raw(200, vec![("content-type", "application/octet-stream".into())], b"OGG".to_vec())])
            .await;
    let fetched = Telegram.fetch(&api.link(), &RemoteFile { id_or_url: "F".into(), ..RemoteFile::default() }).await.unwrap();
    assert_eq!((&fetched.bytes[..], fetched.mime), (&b"OGG"[..], None));
    assert_eq!(api.requests()[1].path, "/file/bot42:secret/voice/file_1.oga");
}

#[tokio::test]
async fn connecting_sets_the_webhook_with_a_secret_of_its_own() {
    let api = bot(vec![Answer::Json(200, json!({"ok": true, "result": true}))]).await;
    Telegram.connect(&api.link()).await.unwrap();
    let body = api.requests()[0].json();
    let secret = body["secret_token"].as_str().unwrap();
    assert!(secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_alphanumeric()));
    assert_eq!(body["url"], "https://inbox.example/hooks/x/key");
    let mut raw = crate::RawCall { method: "POST".into(), body: b"{}".to_vec(), ..crate::RawCall::default() };
    raw.headers.insert("x-telegram-bot-api-secret-token".into(), secret.to_owned());
    assert!(Telegram.verify(&api.link(), &raw).is_ok());
}
