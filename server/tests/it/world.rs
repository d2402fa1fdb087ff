//! A world to test in: a server on a socket, an account with people in it, and a twin account with the same names, so that any leak shows.

use futures::StreamExt;
use model::*;
use reqwest::{Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::config::Config;
use server::http::{Assets, Door, Edges, Peer};
use service::{Clock, Keys, Service, Store, StoreSettings, TestClock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// How long a test waits for something that must come; only a failing test waits that long.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The password of everybody here.
pub const PASSWORD: &str = "cavalo-bateria-grampo";

/// A server with two accounts in it.
pub struct World {
    pub base: String,
    pub service: Service,
    pub clock: Arc<TestClock>,
    /// The account of most tests.
    pub here: Place,
    /// The other account, with the same names in it.
    pub twin: Place,
    /// Where its files lie.
    pub files: std::path::PathBuf,
    /// Where its database lies.
    pub database: String,
    _folder: TempDir,
}

/// An account with its people and its website inbox.
pub struct Place {
    pub account: AccountId,
    pub ana: Agent,
    pub inbox: InboxId,
    pub token: String,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Agent {
    pub base: String,
    pub account: AccountId,
    pub user: UserId,
    pub cookie: String,
    pub email: String,
    pub http: reqwest::Client,
}

/// A visitor of a site.
pub struct Visitor {
    base: String,
    inbox: String,
    pub token: Option<String>,
    pub http: reqwest::Client,
}

/// A refusal, as callers see it.
#[derive(Debug)]
pub struct Refused {
    pub status: StatusCode,
    pub body: FaultBody,
}

pub async fn world() -> World {
    world_with(|_| {}).await
}

/// A world whose configuration is not the usual one.
pub async fn world_with(configure: impl FnOnce(&mut Config)) -> World {
    world_at(Timestamp(1_780_000_000_000), configure).await
}

/// A world whose clock stands at this moment: providers that are programs of their own live by the real one.
pub async fn world_at(now: Timestamp, configure: impl FnOnce(&mut Config)) -> World {
    let Untouched { base, service, clock, files, database, folder } = untouched(now, configure).await;
    let here = place(&base, "ana@loja.example").await;
    let twin = place(&base, "ana@gemea.example").await;
    World { base, service, clock, here, twin, files, database, _folder: folder }
}

/// A server nobody has signed up at.
pub struct Untouched {
    pub base: String,
    pub service: Service,
    clock: Arc<TestClock>,
    files: std::path::PathBuf,
    database: String,
    folder: TempDir,
}

/// A server before anybody came.
pub async fn untouched(now: Timestamp, configure: impl FnOnce(&mut Config)) -> Untouched {
    let folder = tempfile::tempdir().unwrap();
    // The whole suite runs once on each database; `cargo xtask test` says which.
    let url = match std::env::var("RECADO_TEST_FLOWS_ON") {
        Ok(on) if on == "postgres" => fresh_postgres().await,
        _ => format!("sqlite://{}", folder.path().join("recado.db").display()),
    };
    // One key for all, so that no case leaves a file of keys where it runs.
    let keys = Some(Keys::Given("5e".repeat(32)));
    let store = Store::open(&StoreSettings { keys, ..StoreSettings::of(url.clone()) }).await.unwrap();
    store.migrate(&mut |_, _| {}).await.unwrap();
    let clock = Arc::new(TestClock::at(now));
    let mut config = Config::load(None).unwrap();
    config.files.path = folder.path().join("files");
    configure(&mut config);
    let service = Service::new(store, clock.clone() as Arc<dyn Clock>, config.service()).await.unwrap();
    let base = listen(&service, &config).await;
    service.set_public_url(base.clone());
    Untouched { base, service, clock, files: config.files.path, database: url, folder }
}

/// A database of its own on the server RECADO_TEST_POSTGRES names; it goes with the cluster.
pub async fn fresh_postgres() -> String {
    use sea_orm::ConnectionTrait;
    let server = std::env::var("RECADO_TEST_POSTGRES").expect("RECADO_TEST_POSTGRES names a server");
    let name = format!("recado_flow_{}", uuid::Uuid::now_v7().simple());
    let admin = sea_orm::Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

/// Serves a service on a port of its own; answers the address.
pub async fn listen(service: &Service, config: &Config) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = server::http::router(service.clone(), Edges::new(config), Assets::none());
    tokio::spawn(async move { axum::serve(Door::new(listener).0, router.into_make_service_with_connect_info::<Peer>()).await });
    base
}

async fn place(base: &str, email: &str) -> Place {
    let ana = sign_up(base, "Loja Aurora", "Ana Souza", email).await;
    let made: InboxDetail = ana.ok("create_inbox", json!({ "draft": website("Site da loja") })).await;
    let token = made.website.unwrap().token;
    Place { account: ana.account, ana, inbox: made.inbox.id, token }
}

/// A website inbox to be made.
pub fn website(name: &str) -> InboxDraft {
    let settings = BTreeMap::from([("name".to_owned(), name.to_owned()), ("domain".to_owned(), "loja.example".to_owned())]);
    InboxDraft { kind: ChannelKind("website".into()), settings }
}

/// A client that keeps to one origin, as our pages do.
pub fn http() -> reqwest::Client {
    let mut headers = header::HeaderMap::new();
    headers.insert("sec-fetch-site", header::HeaderValue::from_static("same-origin"));
    reqwest::Client::builder().default_headers(headers).redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build().unwrap()
}

async fn refused(response: Response) -> Refused {
    let status = response.status();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{status} {text}: {e}"));
    Refused { status, body }
}

pub fn cookie_of(response: &Response) -> Option<String> {
    let set = response.headers().get(header::SET_COOKIE)?.to_str().unwrap();
    Some(set.split(';').next().unwrap().to_owned())
}

pub async fn sign_up(base: &str, account: &str, name: &str, email: &str) -> Agent {
    let http = http();
    let draft = json!({ "draft": { "account": account, "name": name, "email": email, "password": PASSWORD, "language": "pt-BR" } });
    let response = http.post(format!("{base}/rpc/sign_up")).json(&draft).send().await.unwrap();
    agent(base, http, response).await
}

pub async fn sign_in(base: &str, email: &str) -> Agent {
    let http = http();
    let response = http.post(format!("{base}/rpc/sign_in")).json(&json!({ "email": email, "password": PASSWORD })).send().await.unwrap();
    agent(base, http, response).await
}

async fn agent(base: &str, http: reqwest::Client, response: Response) -> Agent {
    assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    let cookie = cookie_of(&response).expect("a session");
    let session: SessionView = response.json().await.unwrap();
    let account = session.accounts[0].account;
    Agent { base: base.to_owned(), account, user: session.user, cookie, email: session.email, http }
}

impl Agent {
    /// Calls a server function with an account.
    pub async fn call<T: DeserializeOwned>(&self, function: &str, args: Value) -> Result<T, Refused> {
        self.call_in(self.account, function, args).await
    }

    pub async fn call_in<T: DeserializeOwned>(&self, account: AccountId, function: &str, mut args: Value) -> Result<T, Refused> {
        args["account"] = json!(account);
        let response = self.raw(function, &args).await;
        if response.status() == 200 { Ok(response.json().await.unwrap()) } else { Err(refused(response).await) }
    }

    pub async fn ok<T: DeserializeOwned>(&self, function: &str, args: Value) -> T {
        self.call(function, args).await.unwrap_or_else(|e| panic!("{function}: {e:?}"))
    }

    pub async fn raw(&self, function: &str, args: &Value) -> Response {
        let url = format!("{}/rpc/{function}", self.base);
        self.http.post(url).header(header::COOKIE, &self.cookie).json(args).send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.base)).header(header::COOKIE, &self.cookie).send().await.unwrap()
    }

    /// Posts a form, as a page without its program does.
    pub async fn post_form(&self, path: &str, form: &impl Serialize) -> Response {
        let request = self.http.post(format!("{}{path}", self.base)).header(header::COOKIE, &self.cookie);
        request.header("sec-fetch-site", "same-origin").form(form).send().await.unwrap()
    }

    /// Invites somebody and accepts in their name.
    pub async fn colleague(&self, name: &str, email: &str, role: Role) -> Agent {
        let invited: InvitedView = self.ok("invite_agent", json!({ "name": name, "email": email, "role": role })).await;
        let token = invited.link.unwrap().rsplit('/').next().unwrap().to_owned();
        let http = http();
        let args = json!({ "token": token, "name": name, "password": PASSWORD });
        let response = http.post(format!("{}/rpc/accept_invitation", self.base)).json(&args).send().await.unwrap();
        agent(&self.base, http, response).await
    }

    pub async fn desk(&self) -> Stamped<DeskView> {
        self.ok("desk", json!({})).await
    }

    pub async fn list(&self, filter: ListFilter) -> Vec<ListRow> {
        let page: Stamped<Page<ListRow>> = self.ok("conversations", json!({ "filter": filter, "below": null })).await;
        page.data.rows
    }

    pub async fn thread(&self, number: i64) -> ThreadView {
        let thread: Stamped<ThreadView> = self.ok("thread", json!({ "number": number, "window": "latest" })).await;
        thread.data
    }

    /// Sends a reply under a key of its own.
    pub async fn replies(&self, to: ConversationId, text: &str) -> MessageView {
        self.replies_as(to, text, key()).await.unwrap_or_else(|e| panic!("{e:?}"))
    }

    pub async fn replies_as(&self, to: ConversationId, text: &str, key: ClientKey) -> Result<MessageView, Refused> {
        self.call("send_reply", json!({ "draft": { "conversation": to, "key": key, "text": text } })).await
    }

    /// Puts a file where a reply can name it.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> UploadView {
        let url = format!("{}/uploads/{}?name={name}", self.base, self.account);
        let answer = self.http.post(url).header(header::COOKIE, &self.cookie).body(bytes).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        answer.json().await.unwrap()
    }

    /// Opens the agent's stream after a position.
    pub async fn stream(&self, after: Seq) -> Stream {
        let url = format!("{}/events/{}?after={}", self.base, self.account, after.0);
        let client = reqwest::Client::builder().build().unwrap();
        let response = client.get(url).header(header::COOKIE, &self.cookie).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream::of(response)
    }
}

/// A key nobody has used.
pub fn key() -> ClientKey {
    ClientKey(uuid::Uuid::now_v7())
}

impl World {
    pub fn visitor(&self) -> Visitor {
        self.visitor_of(&self.here)
    }

    pub fn visitor_of(&self, place: &Place) -> Visitor {
        Visitor { base: self.base.clone(), inbox: place.token.clone(), token: None, http: http() }
    }

    /// Does the queued work.
    pub async fn settle(&self) {
        self.service.settle_jobs().await.unwrap();
    }

    /// No job may be left or given up when a test ends well. A provider may still be calling in with its last receipts, so what is
    /// left is looked at until nothing is; what was given up stays and fails at once.
    pub async fn finish(self) {
        for _ in 0..600 {
            self.settle().await;
            let (left, parked) = self.service.queue().await.unwrap();
            assert_eq!(parked, 0, "jobs parked");
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("jobs left: {:?}", self.service.queue().await);
    }
}

impl Visitor {
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: impl Serialize) -> Result<T, Refused> {
        let mut request = self.http.post(format!("{}/widget/v1/{path}", self.base)).json(&body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        if response.status() == 200 {
            Ok(response.json().await.unwrap())
        } else if response.status() == 204 {
            Ok(serde_json::from_value(Value::Null).unwrap())
        } else {
            Err(refused(response).await)
        }
    }

    pub async fn hello(&self) -> VisitorSession {
        self.post("session", json!({ "inbox": self.inbox })).await.unwrap()
    }

    pub fn draft(&self, text: &str) -> Value {
        json!({ "inbox": self.inbox, "key": key(), "text": text })
    }

    pub async fn writes(&mut self, text: &str) -> VisitorSent {
        let sent: VisitorSent = self.post("messages", self.draft(text)).await.unwrap_or_else(|e| panic!("{e:?}"));
        if let Some(token) = &sent.token {
            self.token = Some(token.clone());
        }
        sent
    }

    pub async fn stream(&self, after: Seq) -> Stream {
        let url = format!("{}/widget/v1/events?inbox={}&after={}", self.base, self.inbox, after.0);
        let client = reqwest::Client::builder().build().unwrap();
        let response = client.get(url).bearer_auth(self.token.as_deref().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream::of(response)
    }

    pub fn inbox(&self) -> &str {
        &self.inbox
    }
}

/// One server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sse {
    pub name: String,
    pub id: Option<i64>,
    pub data: String,
}

/// An open stream, read event by event.
pub struct Stream {
    bytes: futures::stream::BoxStream<'static, reqwest::Result<axum::body::Bytes>>,
    text: String,
}

impl Stream {
    pub fn of(response: Response) -> Self {
        Self { bytes: response.bytes_stream().boxed(), text: String::new() }
    }

    /// The next event that is no ping; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Sse> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let mut sse = Sse::default();
                for line in block.lines() {
                    match line.split_once(": ") {
                        Some(("event", name)) => sse.name = name.to_owned(),
                        Some(("id", id)) => sse.id = id.parse().ok(),
                        Some(("data", data)) => sse.data = data.to_owned(),
                        _ => {}
                    }
                }
                self.text = rest.to_owned();
                if sse.name != "ping" {
                    return Some(sse);
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.bytes.next()).await.expect("an event in time")?;
            self.text.push_str(std::str::from_utf8(&chunk.ok()?).unwrap());
        }
    }

    /// The next numbered event of the journal.
    pub async fn event(&mut self) -> Event {
        loop {
            let sse = self.next().await.expect("the stream goes on");
            assert_ne!(sse.name, "reset", "the stream asks to load afresh");
            if sse.id.is_some() {
                return serde_json::from_str(&sse.data).unwrap();
            }
        }
    }

    /// Reads until an event fits.
    pub async fn until(&mut self, fits: impl Fn(&Change) -> bool) -> Event {
        loop {
            let event = self.event().await;
            if fits(&event.change) {
                return event;
            }
        }
    }

    /// Reads what a visitor hears until it fits.
    pub async fn heard(&mut self, fits: impl Fn(&VisitorEvent) -> bool) -> VisitorEvent {
        loop {
            let sse = self.next().await.expect("the stream goes on");
            let event: VisitorEvent = serde_json::from_str(&sse.data).unwrap_or_else(|e| panic!("{sse:?}: {e}"));
            if fits(&event) {
                return event;
            }
        }
    }
}

/// A label as a form gives it.
pub fn label(title: &str) -> serde_json::Value {
    serde_json::json!({ "title": title, "colour": "#33aa77", "description": "", "sidebar": true })
}
