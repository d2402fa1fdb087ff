//! Messengers from the provider's call to the reply that leaves: the provider is played by a small strict server, everything else is real.

use crate::world::*;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode, Uri};
use model::*;
use serde_json::{Value, json};
use server::config::Words;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

/// Telegram, as far as these tests go: it knows one bot, and remembers what it was asked.
#[derive(Clone, Default)]
struct Telegram {
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    /// What it says next instead of taking a message.
    refuses: Arc<Mutex<Vec<(u16, Value)>>>,
}

impl Telegram {
    async fn open(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        base
    }

    /// What it was asked to do of this kind.
    fn asked(&self, method: &str) -> Vec<Value> {
        self.asked.lock().unwrap().iter().filter(|(name, _)| name == method).map(|(_, body)| body.clone()).collect()
    }

    fn refuse(&self, status: u16, body: Value) {
        self.refuses.lock().unwrap().push((status, body));
    }
}

async fn answer(State(telegram): State<Telegram>, uri: Uri, headers: HeaderMap, body: Bytes) -> axum::response::Response {
    let path = uri.path();
    if path.starts_with(&format!("/file/bot{TOKEN}/")) {
        return (StatusCode::OK, [PNG, b"where it was taken"].concat()).into_response();
    }
    let Some(method) = path.strip_prefix(&format!("/bot{TOKEN}/")) else {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "ok": false, "error_code": 401, "description": "Unauthorized" }))).into_response();
    };
    let json_body = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let asked: Value = if json_body { serde_json::from_slice(&body).unwrap() } else { json!({ "bytes": body.len() }) };
    let count = {
        let mut all = telegram.asked.lock().unwrap();
        all.push((method.to_owned(), asked));
        all.len()
    };
    if method.starts_with("send")
        && let Some((status, refusal)) = telegram.refuses.lock().unwrap().pop()
    {
        return (StatusCode::from_u16(status).unwrap(), Json(refusal)).into_response();
    }
    let result = match method {
        "getMe" => json!({ "id": 110201543, "is_bot": true, "first_name": "Loja", "username": "loja_bot" }),
        "getFile" => json!({ "file_id": "x", "file_unique_id": "y", "file_size": PNG.len(), "file_path": "photos/file_1.png" }),
        "getWebhookInfo" => json!({ "url": "", "has_custom_certificate": false, "pending_update_count": 0 }),
        "getUserProfilePhotos" => json!({ "total_count": 0, "photos": [] }),
        name if name.starts_with("send") => {
            json!({ "message_id": 1000 + count, "date": 1_780_000_000, "chat": { "id": 5_000_000_143_i64, "type": "private" } })
        }
        _ => json!(true),
    };
    Json(json!({ "ok": true, "result": result })).into_response()
}

/// One pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

struct Shop {
    world: World,
    telegram: Telegram,
    inbox: InboxDetail,
    secret: String,
}

/// A world with a Telegram inbox in it.
async fn shop() -> Shop {
    let telegram = Telegram::default();
    let base = telegram.open().await;
    let world = world_with(|config| {
        config.channels.get_mut("telegram").unwrap().insert("api_base".to_owned(), Words(base));
    })
    .await;
    let settings = json!({ "name": "Bot da loja", "token": TOKEN });
    let inbox: InboxDetail = world.here.ana.ok("create_inbox", json!({ "draft": { "kind": "telegram", "settings": settings } })).await;
    let hook = telegram.asked("setWebhook").pop().expect("the webhook was arranged by us");
    assert_eq!(hook["url"], json!(inbox.hook), "Telegram calls the inbox's own address");
    let secret = hook["secret_token"].as_str().unwrap().to_owned();
    Shop { world, telegram, inbox, secret }
}

impl Shop {
    async fn call(&self, update: &Value) -> StatusCode {
        self.call_as(update, &self.secret).await
    }

    async fn call_as(&self, update: &Value, secret: &str) -> StatusCode {
        let address = self.inbox.hook.as_ref().unwrap();
        let call = reqwest::Client::new().post(address).header("x-telegram-bot-api-secret-token", secret).json(update);
        StatusCode::from_u16(call.send().await.unwrap().status().as_u16()).unwrap()
    }
}

fn says(id: i64, text: &str) -> Value {
    let ana = json!({ "id": 5_000_000_143_i64, "is_bot": false, "first_name": "Bia", "last_name": "Reis", "language_code": "pt-br" });
    json!({
        "update_id": 900_000 + id,
        "message": { "message_id": id, "from": ana, "chat": { "id": 5_000_000_143_i64, "type": "private", "first_name": "Bia" },
            "date": 1_779_999_000, "text": text }
    })
}

#[tokio::test]
async fn a_customer_of_a_messenger_is_answered_there() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    assert_eq!(shop.call_as(&says(1, "falso"), "outro").await, StatusCode::FORBIDDEN, "an unproven call is refused");
    assert_eq!(shop.call(&says(7, "Oi, chegou?")).await, StatusCode::OK);
    for _ in 0..4 {
        assert_eq!(shop.call(&says(7, "Oi, chegou?")).await, StatusCode::OK, "a repeat is taken and changes nothing");
    }
    assert_eq!(shop.call(&json!({ "update_id": 1, "poll": { "id": "1" } })).await, StatusCode::OK, "what we do not know breaks nothing");
    shop.world.settle().await;
    let rows = ana.list(ListFilter::default()).await;
    assert_eq!(rows.len(), 1, "five calls, one conversation");
    let thread = ana.thread(rows[0].conversation.number).await;
    assert_eq!((thread.contact.name.as_str(), thread.messages.rows.len()), ("Bia Reis", 1));
    assert!(shop.world.twin.ana.list(ListFilter::default()).await.is_empty());

    let reply = ana.replies(rows[0].conversation.id, "Chega *hoje*.").await;
    shop.world.settle().await;
    let sent = shop.telegram.asked("sendMessage");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["chat_id"].to_string().trim_matches('"'), "5000000143");
    let now = ana.thread(rows[0].conversation.number).await.messages.rows;
    assert_eq!(now.iter().find(|m| m.id == reply.id).unwrap().state, MessageState::Sent);
    shop.world.finish().await;
}

#[tokio::test]
async fn files_come_after_their_message_and_edits_change_it() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    let mut update = says(8, "");
    update["message"]["text"].take();
    update["message"]["caption"] = json!("olha");
    update["message"]["photo"] = json!([{ "file_id": "AgAC", "file_unique_id": "u", "width": 90, "height": 90, "file_size": 68 }]);
    shop.call(&update).await;
    shop.world.settle().await;
    let number = ana.list(ListFilter::default()).await[0].conversation.number;
    let first = ana.thread(number).await.messages.rows.remove(0);
    assert_eq!((first.text.as_str(), first.files.len()), ("olha", 1));
    assert_eq!((first.files[0].kind, first.files[0].state, first.files[0].width), (AttachmentKind::Image, FileState::Ready, Some(1)));
    assert_eq!(first.files[0].size, PNG.len() as i64, "what a picture gives away beside itself is not kept");

    let edited = json!({ "update_id": 950_000, "edited_message": { "message_id": 8, "from": update["message"]["from"],
        "chat": update["message"]["chat"], "date": 1_779_999_000, "edit_date": 1_779_999_100, "caption": "olha só" } });
    shop.call(&edited).await;
    shop.world.settle().await;
    let first = ana.thread(number).await.messages.rows.remove(0);
    assert_eq!(first.text, "olha só");
    assert!(first.edited_at.is_some());
    shop.world.finish().await;
}

#[tokio::test]
async fn refusals_are_sorted_and_a_dead_token_holds_what_waits() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    shop.call(&says(9, "oi")).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0);
    let state =
        async |id: MessageId| ana.thread(row.conversation.number).await.messages.rows.into_iter().find(|m| m.id == id).unwrap().state;

    shop.telegram.refuse(403, json!({ "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user" }));
    let blocked = ana.replies(row.conversation.id, "um").await;
    shop.world.settle().await;
    assert_eq!(state(blocked.id).await, MessageState::Failed { reason: FailureReason::Blocked });

    shop.telegram.refuse(401, json!({ "ok": false, "error_code": 401, "description": "Unauthorized" }));
    let held = ana.replies(row.conversation.id, "dois").await;
    shop.world.settle().await;
    assert_eq!(state(held.id).await, MessageState::Queued, "a message is not lost to a dead token");
    let inboxes = ana.desk().await.data.inboxes;
    assert!(inboxes.iter().any(|inbox| inbox.id == shop.inbox.inbox.id && !inbox.state.is_connected()), "everybody sees that it is down");

    let _: InboxDetail =
        ana.ok("update_inbox", json!({ "inbox": shop.inbox.inbox.id, "change": { "settings": { "token": TOKEN } } })).await;
    shop.world.clock.turn(120_000);
    shop.world.settle().await;
    assert_eq!(state(held.id).await, MessageState::Sent, "once connected again, what waited leaves");
    shop.world.finish().await;
}

#[tokio::test]
async fn a_reply_whose_file_cannot_be_read_has_surely_not_left() {
    let shop = shop().await;
    let ana = &shop.world.here.ana;
    shop.call(&says(10, "manda a nota?")).await;
    shop.world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let uploaded = ana.upload("nota.txt", b"valor 10".to_vec()).await;
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "segue", "files": [uploaded.key] } });
    let reply: MessageView = ana.ok("send_reply", draft).await;
    std::fs::remove_dir_all(&shop.world.files).unwrap();
    for _ in 0..20 {
        shop.world.settle().await;
        shop.world.clock.turn(3_600_000);
    }
    let found = ana.thread(row.number).await.messages.rows.into_iter().find(|m| m.id == reply.id).unwrap();
    assert_eq!(found.state, MessageState::Failed { reason: FailureReason::Refused }, "it did not leave, and nobody need wonder");
    assert!(shop.telegram.asked("sendDocument").is_empty() && shop.telegram.asked("sendMessage").is_empty());
    shop.world.finish().await;
}
