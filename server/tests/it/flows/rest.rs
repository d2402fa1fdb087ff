//! The API as its clients use it: an agent's token, a bridge over the API channel, an app's users, bots, webhooks and a platform app.

use crate::world::*;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use model::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A client with a token.
#[derive(Clone)]
pub struct Api {
    base: String,
    account: AccountId,
    pub token: String,
    http: reqwest::Client,
}

/// A status with a body.
pub type Reply = (u16, Value);

impl Api {
    pub async fn of(world: &World, agent: &Agent) -> Self {
        let token = world.service.make_api_token(agent.user).await.unwrap();
        Self::with(world, agent.account, &token)
    }

    pub fn with(world: &World, account: AccountId, token: &str) -> Self {
        Self { base: world.base.clone(), account, token: token.to_owned(), http: reqwest::Client::new() }
    }

    pub async fn raw(&self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> reqwest::Response {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/accounts/{}/{path}", self.account) };
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("api_access_token", &self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap()
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        let body = (!body.is_null()).then_some(body);
        let response = self.raw(method, path, body.as_ref(), &[]).await;
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (
            status,
            if text.is_empty() {
                Value::Null
            } else {
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{method} {path} {status} {text}: {e}"))
            },
        )
    }

    pub async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, value) = self.call(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {value}");
        value
    }

    /// An API inbox with a contact in it: inbox, contact's id, source id.
    async fn bridge(&self, callback: &str) -> (Value, i64, String) {
        let inbox = self.ok("POST", "inboxes/", json!({ "name": "App", "channel": { "type": "api", "webhook_url": callback } })).await;
        let contact = json!({ "inbox_id": inbox["id"], "name": "Zé", "email": "ze@cust.test", "custom_attributes": { "nivel": "ouro", "idade": 30 } });
        let made = self.ok("POST", "contacts", contact).await;
        let (contact, source) = (&made["payload"]["contact"]["id"], &made["payload"]["contact_inbox"]["source_id"]);
        (inbox, contact.as_i64().unwrap(), source.as_str().unwrap().to_owned())
    }

    async fn thread(&self, inbox: &Value, contact: i64, source: &str) -> i64 {
        let begin = json!({ "source_id": source, "inbox_id": inbox["id"], "contact_id": contact });
        self.ok("POST", "conversations", begin).await["id"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn a_bridge_brings_messages_in_and_takes_answers_out() {
    let world = world().await;
    let api = Api::of(&world, &world.here.ana).await;
    let (inbox, contact, source) = api.bridge("").await;
    assert_eq!(inbox["channel_type"], "Channel::Api");
    assert!(inbox["hmac_token"].as_str().is_some_and(|t| t.len() > 20) && inbox["inbox_identifier"].is_string());
    let number = api.thread(&inbox, contact, &source).await;
    let messages = format!("conversations/{number}/messages");
    let incoming = json!({ "content": "Oi, chegou?", "message_type": "incoming", "source_id": "wa-1" });
    let first = api.ok("POST", &messages, incoming.clone()).await;
    assert_eq!((&first["message_type"], &first["conversation_id"]), (&json!(0), &json!(number)));
    assert_eq!(api.ok("POST", &messages, incoming).await["id"], first["id"], "a source id is one message");
    let answer = api.ok("POST", &messages, json!({ "content": "Chegou!", "echo_id": "e-7" })).await;
    assert_eq!((&answer["message_type"], &answer["sender"]["name"], &answer["echo_id"]), (&json!(1), &json!("Ana Souza"), &json!("e-7")));
    assert_eq!(api.ok("POST", &messages, json!({ "content": "Chegou!", "echo_id": "e-7" })).await["id"], answer["id"], "so is an echo id");
    api.ok("POST", &messages, json!({ "content": "só nós", "private": true })).await;
    let page = api.ok("GET", &messages, Value::Null).await;
    let texts: Vec<_> =
        page["payload"].as_array().unwrap().iter().filter(|m| m["message_type"] != 2).map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Oi, chegou?", "Chegou!", "só nós"]);
    assert_eq!(page["meta"]["contact"]["custom_attributes"], json!({ "nivel": "ouro", "idade": 30 }));

    world.settle().await;
    let patch = format!("{messages}/{}", answer["id"]);
    assert_eq!(api.ok("PATCH", &patch, json!({ "status": "read" })).await["status"], "read");
    assert_eq!(api.ok("PUT", &patch, json!({ "status": "delivered" })).await["status"], "read", "never less read");
    // The interface sees the same thread.
    let thread = world.here.ana.thread(number).await;
    assert_eq!(thread.messages.rows.iter().filter(|m| m.kind == MessageKind::Incoming).count(), 1);
    world.finish().await;
}

#[tokio::test]
async fn envelopes_times_and_twins_are_those_of_the_ecosystem() {
    let world = world().await;
    let api = Api::of(&world, &world.here.ana).await;
    let (inbox, contact, source) = api.bridge("").await;
    let number = api.thread(&inbox, contact, &source).await;
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "Oi", "message_type": "incoming" })).await;
    let list = api.ok("GET", "conversations", Value::Null).await;
    assert_eq!(list["data"]["meta"], json!({ "mine_count": 0, "assigned_count": 0, "unassigned_count": 1, "all_count": 1 }));
    let row = &list["data"]["payload"][0];
    assert_eq!(
        (&row["id"], &row["status"], &row["can_reply"], &row["unread_count"]),
        (&json!(number), &json!("open"), &json!(true), &json!(1))
    );
    for key in ["created_at", "last_activity_at", "waiting_since"] {
        assert!(row[key].as_i64().is_some_and(|t| t > 1_700_000_000 && t < 2_000_000_000), "{key} {}", row[key]);
    }
    assert_eq!((&row["first_reply_created_at"], &row["contact_last_seen_at"]), (&json!(0), &json!(0)));
    assert!(row["updated_at"].is_f64() && row["meta"]["sender"]["id"] == contact);
    assert_eq!(api.ok("GET", "conversations/meta", Value::Null).await["meta"]["all_count"], 1);
    let rows =
        json!({ "payload": [{ "attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null }] });
    let found = api.ok("POST", "conversations/filter", rows).await;
    assert_eq!((&found["meta"]["all_count"], &found["payload"][0]["id"]), (&json!(1), &json!(number)));

    let toggled = api.ok("POST", &format!("conversations/{number}/toggle_status"), json!({ "status": "resolved" })).await;
    assert_eq!(toggled["payload"]["current_status"], "resolved");
    assert_eq!(
        api.ok("POST", &format!("conversations/{number}/labels"), json!({ "labels": ["vip", "Pós Venda"] })).await["payload"],
        json!(["pós-venda", "vip"])
    );
    assert_eq!(api.ok("GET", &format!("conversations/{number}/labels/"), Value::Null).await["payload"], json!(["pós-venda", "vip"]));
    let given = api.ok("POST", &format!("conversations/{number}/assignments"), json!({ "assignee_id": world.here.ana.user })).await;
    assert_eq!(given["name"], "Ana Souza");
    let found = api.ok("GET", "contacts/search?q=ze@cust", Value::Null).await;
    assert_eq!((&found["meta"]["count"], &found["payload"][0]["id"]), (&json!(1), &json!(contact)));
    let (status, _) = api.call("GET", "contacts/search", json!({ "q": "ze@cust" })).await;
    assert_eq!(status, 200, "a question may carry its words in a body");
    assert_eq!(api.ok("PUT", &format!("contacts/{contact}"), json!({ "name": "Zé Lima" })).await["payload"]["name"], "Zé Lima");
    let agents = api.ok("GET", "agents", Value::Null).await;
    assert_eq!(agents[0]["role"], "administrator");
    assert_eq!(api.ok("GET", "labels", Value::Null).await["payload"].as_array().unwrap().len(), 2);
    let profile = api.ok("GET", "/api/v1/profile", Value::Null).await;
    assert_eq!((&profile["id"], &profile["access_token"]), (&json!(world.here.ana.user), &json!(api.token)));
    let inboxes = api.ok("GET", &format!("inboxes/{}/", inbox["id"]), Value::Null).await;
    assert_eq!(inboxes["name"], "App");

    let (status, body) = api.call("POST", "contacts", json!({ "email": "ze@cust.test", "account_id": 2, "created_at": 0 })).await;
    assert_eq!((status, &body), (422, &json!({ "message": "Email has already been taken", "attributes": ["email"] })));
    let (status, body) = api.call("GET", "automation_rules", Value::Null).await;
    assert_eq!((status, body), (501, json!({ "error": "Automation rules are not implemented yet" })));
    assert_eq!(api.call("PATCH", "portals", json!({})).await.0, 501, "what clients ask for and is missing is named");
    assert_eq!(api.call("GET", "custom_filters?filter_type=report", Value::Null).await.0, 501);
    let me = api.ok("GET", "/api/v1/profile", Value::Null).await["id"].clone();
    assert_eq!(api.call("PATCH", &format!("agents/{me}"), json!({ "availability": "available" })).await.0, 200);
    let (status, body) = api.call("GET", "conversations/999", Value::Null).await;
    assert_eq!((status, body), (404, json!({ "error": "Resource could not be found" })));
    let response = api.raw("GET", "labels", None, &[]).await;
    assert!(response.headers().contains_key("x-ratelimit-remaining"));
    world.finish().await;
}

#[tokio::test]
async fn files_and_repeats_of_a_request_are_taken_once() {
    let world = world().await;
    let api = Api::of(&world, &world.here.ana).await;
    let (inbox, contact, source) = api.bridge("").await;
    let number = api.thread(&inbox, contact, &source).await;
    let url = format!("{}/api/v1/accounts/{}/conversations/{number}/messages", world.base, world.here.account);
    let boundary = "fronteira";
    let mut body = Vec::new();
    for (name, value) in [("content", "foto"), ("message_type", "incoming"), ("content_attributes", "{\"x\":1}")] {
        body.extend(format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    body.extend(format!("--{boundary}\r\ncontent-disposition: form-data; name=\"attachments[]\"; filename=\"a.png\"\r\n\r\n").into_bytes());
    body.extend(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89");
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    let send = async |key: &str| {
        let call = reqwest::Client::new().post(&url).header("Api-Access-Token", &api.token).header("Idempotency-Key", key);
        let sent =
            call.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body.clone()).send().await.unwrap();
        assert_eq!(sent.status(), 200, "{}", sent.text().await.unwrap());
        (sent.headers().contains_key("idempotent-replayed"), sent.json::<Value>().await.unwrap())
    };
    let (again, first) = send("k1").await;
    assert!(!again);
    assert_eq!((&first["attachments"][0]["file_type"], &first["content_attributes"]), (&json!("image"), &json!({ "x": 1 })));
    let (again, second) = send("k1").await;
    assert!(again && first["id"] == second["id"]);
    assert_ne!(send("k2").await.1["id"], first["id"]);
    let picture = reqwest::get(first["attachments"][0]["data_url"].as_str().unwrap()).await.unwrap();
    assert_eq!(picture.status(), 200, "the link needs no session");
    let other = api
        .raw("POST", &format!("conversations/{number}/messages"), Some(&json!({ "content": "outra" })), &[("idempotency-key", "k1")])
        .await;
    assert_eq!(other.status(), 422, "a key names one request");
    // Forms of other languages write a truth in words of their own; taken for "no", a note would reach the customer.
    for said in [json!(true), json!("True"), json!("1"), json!(1)] {
        let note = json!({ "content": "só entre nós", "private": said });
        let (status, made) = api.call("POST", &format!("conversations/{number}/messages"), note).await;
        assert_eq!((status, &made["private"]), (200, &json!(true)), "{said}");
    }
    let unclear = json!({ "content": "só entre nós", "private": "maybe" });
    assert_eq!(api.call("POST", &format!("conversations/{number}/messages"), unclear).await.0, 422);
    world.finish().await;
}

/// A call's headers and body.
pub type Heard = (BTreeMap<String, String>, String);

/// Whoever listens to webhooks: keeps what came, and answers as told.
#[derive(Clone, Default)]
pub struct Ear {
    heard: Arc<Mutex<Vec<Heard>>>,
    /// Statuses to answer next; 200 after that.
    says: Arc<Mutex<Vec<u16>>>,
}

async fn listen_to(State(ear): State<Ear>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let headers = headers.iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap_or_default().to_owned())).collect();
    ear.heard.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    StatusCode::from_u16(ear.says.lock().unwrap().pop().unwrap_or(200)).unwrap()
}

impl Ear {
    pub async fn open(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(listen_to).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// What it answers next, the first first; 200 after that.
    pub fn says(&self, statuses: &[u16]) {
        *self.says.lock().unwrap() = statuses.iter().rev().copied().collect();
    }

    /// Forgets what it heard.
    pub fn forget(&self) {
        self.heard.lock().unwrap().clear();
    }

    pub fn events(&self) -> Vec<Value> {
        self.heard.lock().unwrap().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    /// The calls themselves: what a receiver checks before it reads.
    pub fn calls(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn names(&self) -> Vec<String> {
        self.events().iter().map(|e| e["event"].as_str().unwrap().to_owned()).collect()
    }
}

/// A world that may call its own machine.
pub async fn neighbourly() -> World {
    world_with(|config| config.egress.allow = vec![server::config::Network::try_from("127.0.0.1".to_owned()).unwrap()]).await
}

#[tokio::test]
async fn webhooks_are_signed_ordered_tried_again_and_logged() {
    let world = neighbourly().await;
    let api = Api::of(&world, &world.here.ana).await;
    let ear = Ear::default();
    let url = ear.open().await;
    let subscriptions = json!(["conversation_created", "conversation_status_changed", "message_created", "contact_created"]);
    let hook = api.ok("POST", "webhooks", json!({ "webhook": { "url": url, "name": "crm", "subscriptions": subscriptions } })).await;
    let hook = &hook["payload"]["webhook"];
    let (status, _) = api.call("POST", "webhooks", json!({ "url": url, "subscriptions": ["message_created"] })).await;
    assert_eq!(status, 422, "one address once");
    let (status, _) = api.call("POST", "webhooks", json!({ "url": "https://a.test", "subscriptions": ["everything"] })).await;
    assert_eq!(status, 422);
    let (inbox, contact, source) = api.bridge("").await;
    let number = api.thread(&inbox, contact, &source).await;
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "um", "message_type": "incoming" })).await;
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "dois" })).await;
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "nota", "private": true })).await;
    api.ok("POST", &format!("conversations/{number}/toggle_status"), json!({ "status": "resolved" })).await;
    world.settle().await;
    assert_eq!(
        ear.names(),
        ["contact_created", "conversation_created", "message_created", "message_created", "message_created", "conversation_status_changed"]
    );
    let events = ear.events();
    let message = &events[2];
    assert_eq!((&message["message_type"], &message["conversation"]["id"]), (&json!("incoming"), &json!(number)));
    assert_eq!(message["conversation"]["messages"][0]["message_type"], json!(1), "a number inside, and the last one only");
    assert!(message["created_at"].as_str().unwrap().ends_with('Z') && message["sender"]["name"] == "Zé");
    assert_eq!(events[4]["private"], json!(true));
    let change = &events[5]["changed_attributes"][0]["status"];
    assert_eq!((&change["previous_value"], &change["current_value"]), (&json!("open"), &json!("resolved")));

    let secret = hook["secret"].as_str().unwrap();
    let (headers, body) = ear.heard.lock().unwrap()[0].clone();
    let signed = sign(secret.as_bytes(), &format!("{}.{body}", headers["x-chatwoot-timestamp"]));
    assert_eq!(headers["x-chatwoot-signature"], format!("sha256={signed}"));
    assert!(headers["webhook-signature"].starts_with("v1,") && headers["webhook-id"] == headers["x-chatwoot-delivery"]);

    // A failure is tried again under the same id; what comes after it does not wait.
    ear.heard.lock().unwrap().clear();
    *ear.says.lock().unwrap() = vec![500];
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "três" })).await;
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "quatro" })).await;
    world.settle().await;
    world.clock.turn(10_000);
    world.settle().await;
    let contents: Vec<_> = ear.events().iter().map(|e| e["content"].clone()).collect();
    assert_eq!(contents, ["três", "quatro", "três"]);
    let ids: Vec<_> = ear.heard.lock().unwrap().iter().map(|(h, _)| h["webhook-id"].clone()).collect();
    assert!(ids[0] == ids[2] && ids[0] != ids[1]);
    let log = api.ok("GET", &format!("webhooks/{}/deliveries", hook["id"]), Value::Null).await;
    let tried = log["payload"].as_array().unwrap().iter().find(|d| d["delivery"] == json!(ids[0])).unwrap().clone();
    assert_eq!((&tried["state"], &tried["attempts"], &tried["status"]), (&json!("done"), &json!(2), &json!(200)));

    // Gone is gone.
    *ear.says.lock().unwrap() = vec![410];
    api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "cinco" })).await;
    world.settle().await;
    let hooks = api.ok("GET", "webhooks", Value::Null).await;
    assert_eq!(hooks["payload"]["webhooks"][0]["disabled"], "the endpoint answered 410 Gone");
    assert!(
        Api::of(&world, &world.twin.ana).await.ok("GET", "webhooks", Value::Null).await["payload"]["webhooks"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    world.finish().await;
}

pub fn sign(key: &[u8], text: &str) -> String {
    use hmac::{Hmac, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn nothing_of_ours_can_be_called_through_a_webhook() {
    let world = world().await;
    let api = Api::of(&world, &world.here.ana).await;
    let ear = Ear::default();
    let url = ear.open().await;
    for bad in ["ftp://a.test", "javascript:alert(1)", "https://user:pass@a.test/", "", "https://"] {
        let (status, _) = api.call("POST", "webhooks", json!({ "url": bad, "subscriptions": ["contact_created"] })).await;
        assert_eq!(status, 422, "{bad}");
    }
    let hook = api.ok("POST", "webhooks", json!({ "url": url, "subscriptions": ["contact_created"] })).await;
    api.ok("POST", "contacts", json!({ "name": "Zé" })).await;
    world.settle().await;
    assert!(ear.events().is_empty());
    let log = api.ok("GET", &format!("webhooks/{}/deliveries", hook["payload"]["webhook"]["id"]), Value::Null).await;
    assert_eq!(log["payload"][0]["answer"], "this address may not be called from here", "and no more is said");
}

#[tokio::test]
async fn a_callback_carries_answers_and_shows_when_it_could_not() {
    let world = neighbourly().await;
    let api = Api::of(&world, &world.here.ana).await;
    let ear = Ear::default();
    let (inbox, contact, source) = api.bridge(&ear.open().await).await;
    let number = api.thread(&inbox, contact, &source).await;
    let sent = api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "Olá" })).await;
    world.settle().await;
    let told = ear.events().into_iter().find(|e| e["event"] == "message_created").expect("the bridge hears of it");
    assert_eq!(
        (&told["id"], &told["message_type"], &told["conversation"]["contact_inbox"]["source_id"]),
        (&sent["id"], &json!("outgoing"), &json!(source))
    );
    *ear.says.lock().unwrap() = vec![500; 40];
    let lost = api.ok("POST", &format!("conversations/{number}/messages"), json!({ "content": "perdida" })).await;
    world.settle().await;
    let path = format!("conversations/{number}/messages/{}", lost["id"]);
    assert_eq!(api.ok("GET", &path, Value::Null).await["status"], "sent", "not yet");
    for _ in 0..4 {
        world.clock.turn(900_000);
        world.settle().await;
    }
    assert_eq!(api.ok("GET", &path, Value::Null).await["status"], "failed");
    ear.says.lock().unwrap().clear();
    world.clock.turn(86_400_000);
    world.settle().await;
    assert_eq!(api.ok("GET", &path, Value::Null).await["status"], "sent", "a later one arrived");
}

#[tokio::test]
async fn a_bot_answers_hands_over_and_is_not_waited_for() {
    let world = neighbourly().await;
    let api = Api::of(&world, &world.here.ana).await;
    let ear = Ear::default();
    let bot = api.ok("POST", "agent_bots", json!({ "name": "Robô", "outgoing_url": ear.open().await })).await;
    let (inbox, contact, source) = api.bridge("").await;
    api.ok("POST", &format!("inboxes/{}/set_agent_bot", inbox["id"]), json!({ "agent_bot": bot["id"] })).await;
    assert_eq!(api.ok("GET", &format!("inboxes/{}/agent_bot", inbox["id"]), Value::Null).await["agent_bot"]["name"], "Robô");
    let number = api.thread(&inbox, contact, &source).await;
    let messages = format!("conversations/{number}/messages");
    api.ok("POST", &messages, json!({ "content": "Oi", "message_type": "incoming" })).await;
    let status = async || api.ok("GET", &format!("conversations/{number}"), Value::Null).await["status"].clone();
    assert_eq!(status().await, "pending");
    world.settle().await;
    assert_eq!(ear.names(), ["message_created"]);
    let robot = Api::with(&world, world.here.account, bot["access_token"].as_str().unwrap());
    let choices = json!({ "items": [{ "title": "Vendas", "value": "v" }, { "title": "Suporte", "value": "s" }] });
    let asked = robot
        .ok("POST", &messages, json!({ "content": "Qual setor?", "content_type": "input_select", "content_attributes": choices }))
        .await;
    assert_eq!((&asked["sender"]["type"], &asked["content_type"]), (&json!("agent_bot"), &json!("input_select")));
    assert_eq!(status().await, "pending", "a bot's answer takes nothing over");
    for (method, path) in [
        ("GET", "conversations"),
        ("GET", "contacts"),
        ("POST", "contacts"),
        ("GET", "webhooks"),
        ("DELETE", &format!("conversations/{number}")),
    ] {
        let (status, body) = robot.call(method, path, Value::Null).await;
        assert_eq!(status, 401, "{method} {path} {body}");
    }
    let (status_code, _) = robot.call("POST", &messages, json!({ "content": "x", "message_type": "incoming" })).await;
    assert_eq!(status_code, 401, "a bot is no customer");
    let foreign = Api::with(&world, world.twin.account, &robot.token);
    assert_eq!(foreign.call("POST", "conversations/1/messages", json!({ "content": "x" })).await.0, 404);

    // Its user chooses, by the client API.
    let place = format!("/public/api/v1/inboxes/{}/contacts/{source}/conversations/{number}", inbox["inbox_identifier"].as_str().unwrap());
    let nobody = Api::with(&world, world.here.account, "");
    let chosen = json!({ "submitted_values": [{ "title": "Vendas", "value": "v" }] });
    let after = nobody.ok("PATCH", &format!("{place}/messages/{}", asked["id"]), chosen.clone()).await;
    assert_eq!(after["content_attributes"]["submitted_values"], chosen["submitted_values"]);
    world.settle().await;
    let told = ear.events().into_iter().rev().find(|e| e["event"] == "message_updated").expect("the bot hears of the choice");
    assert_eq!(told["content_attributes"]["submitted_values"], chosen["submitted_values"]);

    robot.ok("POST", &format!("conversations/{number}/toggle_status"), json!({ "status": "open" })).await;
    assert_eq!(status().await, "open");
    let lines = world.here.ana.thread(number).await.messages.rows.into_iter().filter_map(|message| message.activity).collect::<Vec<_>>();
    assert_eq!(lines.last(), Some(&Activity::Moved { to: StatusKind::Open, cause: Cause::Bot }), "nobody wrote again");
    api.ok("POST", &format!("conversations/{number}/toggle_status"), json!({ "status": "pending" })).await;
    *ear.says.lock().unwrap() = vec![500; 9];
    api.ok("POST", &messages, json!({ "content": "Alguém?", "message_type": "incoming" })).await;
    for _ in 0..4 {
        world.settle().await;
        world.clock.turn(10_000);
    }
    assert_eq!(status().await, "open", "nobody waits on a dead bot");

    // Clients hang values on plain messages too.
    let plain = robot.ok("POST", &messages, json!({ "content": "Certo" })).await;
    let hung = json!({ "submitted_values": { "name": "a", "title": "b", "value": "c" } });
    let after = nobody.ok("PATCH", &format!("{place}/messages/{}", plain["id"]), hung.clone()).await;
    assert_eq!(after["content_attributes"]["submitted_values"], hung["submitted_values"]);
    let asked =
        json!({ "content": "?", "content_type": "input_select", "content_attributes": { "items": [{ "title": "A", "value": "a" }] } });
    let asked = robot.ok("POST", &messages, asked).await;
    let after = nobody.ok("PATCH", &format!("{place}/messages/{}", asked["id"]), hung.clone()).await;
    assert_eq!(after["content_attributes"]["submitted_values"], hung["submitted_values"], "what was not offered is the app's own doing");
}

#[tokio::test]
async fn an_apps_users_see_their_own_thread_and_no_note() {
    let world = world().await;
    let api = Api::of(&world, &world.here.ana).await;
    let (inbox, ..) = api.bridge("").await;
    let root = format!("/public/api/v1/inboxes/{}", inbox["inbox_identifier"].as_str().unwrap());
    let app = Api::with(&world, world.here.account, "");
    assert_eq!(app.ok("GET", &root, Value::Null).await["name"], "App");
    let page =
        [("origin", "https://loja.example"), ("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];
    let asked = app.raw("OPTIONS", &format!("{root}/contacts"), None, &page).await;
    assert_eq!((asked.status().as_u16(), &asked.headers()["access-control-allow-origin"]), (200, &"*".parse().unwrap()));
    assert!(asked.headers().contains_key("access-control-allow-methods") && asked.headers().contains_key("access-control-allow-headers"));
    let answered = app.raw("POST", &format!("{root}/contacts"), Some(&json!({ "name": "Da página" })), &page[..1]).await;
    assert_eq!((answered.status().as_u16(), &answered.headers()["access-control-allow-origin"]), (200, &"*".parse().unwrap()));
    let inner = api.raw("OPTIONS", "conversations", None, &page).await;
    assert!(!inner.headers().contains_key("access-control-allow-origin"), "tokens of agents are not for pages of others");
    let user = app.ok("POST", &format!("{root}/contacts"), json!({ "name": "Caio", "identifier": "u-1" })).await;
    let source = user["source_id"].as_str().unwrap();
    assert!(source.len() >= 22);
    let (status, _) = app.call("POST", &format!("{root}/contacts"), json!({ "source_id": "1" })).await;
    assert_eq!(status, 422, "a source id that can be guessed proves nobody");
    let thief = app.ok("POST", &format!("{root}/contacts"), json!({ "identifier": "u-1" })).await;
    assert_ne!(thief["id"], user["id"], "an identifier alone opens nothing");
    let (status, _) = app.call("POST", &format!("{root}/contacts"), json!({ "identifier": "u-1", "identifier_hash": "00" })).await;
    assert_eq!(status, 401);
    let hash = sign(inbox["hmac_token"].as_str().unwrap().as_bytes(), "u-1");
    let proven = app.ok("POST", &format!("{root}/contacts"), json!({ "identifier": "u-1", "identifier_hash": hash })).await;
    assert_eq!(proven["id"], user["id"], "a signed one does");

    let own = format!("{root}/contacts/{source}");
    let begun = app.ok("POST", &format!("{own}/conversations"), json!({ "custom_attributes": { "plano": "ouro" } })).await;
    let thread = format!("{own}/conversations/{}", begun["id"]);
    let sent = app.ok("POST", &format!("{thread}/messages"), json!({ "content": "Oi", "echo_id": "a" })).await;
    assert_eq!(app.ok("POST", &format!("{thread}/messages"), json!({ "content": "Oi", "echo_id": "a" })).await["id"], sent["id"]);
    let inside = format!("conversations/{}/messages", begun["id"]);
    api.ok("POST", &inside, json!({ "content": "segredo", "private": true })).await;
    api.ok("POST", &inside, json!({ "content": "Olá, Caio" })).await;
    let seen = app.ok("GET", &format!("{thread}/messages"), Value::Null).await;
    let texts: Vec<_> = seen.as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Oi", "Olá, Caio"]);
    assert!(!app.ok("GET", &format!("{own}/conversations"), Value::Null).await.to_string().contains("segredo"));
    let stranger = format!("{root}/contacts/{}/conversations/{}", thief["source_id"].as_str().unwrap(), begun["id"]);
    for (method, path) in
        [("GET", String::new()), ("GET", "/messages".to_owned()), ("POST", "/messages".to_owned()), ("POST", "/toggle_status".to_owned())]
    {
        assert_eq!(app.call(method, &format!("{stranger}{path}"), json!({ "content": "x" })).await.0, 404, "{method} {path}");
    }
    app.ok("POST", &format!("{thread}/update_last_seen"), json!({})).await;
    app.ok("POST", &format!("{thread}/toggle_typing"), json!({ "typing_status": "on" })).await;
    assert_eq!(app.ok("POST", &format!("{thread}/toggle_status"), json!({})).await["status"], "resolved");
    assert_eq!(app.ok("POST", &format!("{thread}/toggle_status"), json!({})).await["status"], "resolved");
    world.finish().await;
}

#[tokio::test]
async fn a_platform_app_touches_only_what_it_made() {
    let world = world().await;
    let (_, token) = world.service.create_platform_app("provisioner").await.unwrap();
    let app = Api::with(&world, world.here.account, &token);
    let (_, other) = world.service.create_platform_app("other").await.unwrap();
    let other = Api::with(&world, world.here.account, &other);
    let root = "/platform/api/v1";
    let account = app.ok("POST", &format!("{root}/accounts"), json!({ "name": "Filial" })).await;
    let user = json!({ "name": "Rita", "email": "rita@filial.example", "password": PASSWORD });
    let user = app.ok("POST", &format!("{root}/users"), user).await;
    let members = format!("{root}/accounts/{}/account_users", account["id"]);
    app.ok("POST", &members, json!({ "user_id": user["id"], "role": "administrator" })).await;
    assert_eq!(app.ok("GET", &members, Value::Null).await[0]["role"], "administrator");
    let rita = Api::with(&world, AccountId(account["id"].as_i64().unwrap()), user["access_token"].as_str().unwrap());
    assert_eq!(rita.ok("GET", "agents", Value::Null).await[0]["name"], "Rita");
    assert_eq!(rita.call("GET", &format!("/api/v1/accounts/{}/agents", world.here.account), Value::Null).await.0, 404);
    for path in [format!("accounts/{}", account["id"]), format!("users/{}", user["id"]), format!("users/{}/login", user["id"])] {
        assert_eq!(other.call("GET", &format!("{root}/{path}"), Value::Null).await.0, 404, "{path}");
        assert_eq!(rita.call("GET", &format!("{root}/{path}"), Value::Null).await.0, 401, "{path}");
    }
    assert_eq!(app.call("GET", &format!("{root}/accounts/{}", world.here.account), Value::Null).await.0, 404);
    let (status, _) = app.call("POST", &format!("{root}/users"), json!({ "name": "A", "email": world.here.ana.email })).await;
    assert_eq!(status, 422, "people of others are not taken over");
    app.ok("DELETE", &format!("{root}/users/{}", user["id"]), Value::Null).await;
    assert_eq!(rita.call("GET", "agents", Value::Null).await.0, 401);
    app.ok("DELETE", &format!("{root}/accounts/{}", account["id"]), Value::Null).await;
    assert_eq!(app.call("GET", &format!("{root}/accounts/{}", account["id"]), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_token_follows_the_same_stream() {
    let world = world().await;
    let api = Api::of(&world, &world.here.ana).await;
    let response = api.raw("GET", "events", None, &[]).await;
    assert_eq!(response.status(), 200);
    let mut stream = Stream::of(response);
    world.visitor().writes("Oi").await;
    let heard = stream.until(|c| matches!(c, Change::Message { .. })).await;
    assert!(heard.seq.0 > 0);
    let mine = Api::with(&world, world.twin.account, &api.token);
    assert_eq!(mine.raw("GET", "events", None, &[]).await.status(), 404);
}
