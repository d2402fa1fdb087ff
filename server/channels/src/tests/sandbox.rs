//! The channels against the simulators of all providers, which know them by their protocols alone: connected, written to, answered. They
//! are a program of their own, so this runs only when asked: `RECADO_SIMULATORS=http://127.0.0.1:4777 cargo test -p channels -- --ignored`.

use super::provider::{Request, words};
use crate::pick::Pick;
use crate::*;
use bytes::Bytes;
use model::Timestamp;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// An inbox in the sandbox, with the server that its provider calls and fetches from.
struct Inbox {
    channel: &'static dyn Channel,
    state: Arc<State>,
    control: String,
    account: &'static str,
    calls: Arc<Mutex<VecDeque<Request>>>,
    _tasks: JoinSet<()>,
}

struct State {
    settings: Mutex<Settings>,
    secrets: Settings,
    app: Settings,
    http: Http,
    own: String,
    hook: String,
}

const NAMES: [(&str, &str); 13] = [
    ("telegram", "telegram.api_base"),
    ("graph", "meta.graph_base"),
    ("instagram", "meta.instagram_base"),
    ("line", "line.api_base"),
    ("line-data", "line.data_base"),
    ("twilio", "twilio.api_base"),
    ("twilio-messaging", "twilio.messaging_base"),
    ("twilio-content", "twilio.content_base"),
    ("bandwidth", "bandwidth.api_base"),
    ("x", "x.api_base"),
    ("facebook", "meta.dialog_base"),
    ("instagram-login", "instagram.dialog_base"),
    ("instagram-login", "instagram.token_base"),
];

#[expect(clippy::disallowed_methods, reason = "the simulators live by the real clock, and signatures carry it")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

impl State {
    fn with<T>(&self, run: impl FnOnce(&Link<'_>) -> T) -> T {
        let settings = self.settings.lock().unwrap().clone();
        run(&self.link(&settings))
    }

    fn link<'l>(&'l self, settings: &'l Settings) -> Link<'l> {
        Link { settings, secrets: &self.secrets, app: &self.app, http: &self.http, public_url: &self.own, hook_url: &self.hook, now: now() }
    }
}

async fn ask(http: &Http, url: &str, body: Option<Value>) -> Value {
    let call = body.map_or_else(|| http.get(url), |body| http.post(url).json(&body)).patient();
    let reply = call.send().await.unwrap();
    assert!(reply.ok(), "{url}: {} {:?}", reply.status, reply.body);
    reply.json()
}

impl Inbox {
    async fn open(kind: &str, account: &'static str, settings: &[(&str, &str)], secrets: &[(&str, &str)], more: &[(&str, &str)]) -> Self {
        let control = std::env::var("RECADO_SIMULATORS").expect("RECADO_SIMULATORS names the simulators");
        let control = format!("{}/_sim", control.trim_end_matches('/').trim_end_matches("/_sim"));
        let allow = Allow { networks: vec!["127.0.0.0/8".parse().unwrap()], ..Allow::default() };
        let http = Http::new(allow, Duration::from_secs(2)).unwrap();
        let own = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Settings>();
        let about = ask(&http, &control, None).await;
        let mut app = own(more);
        for (name, key) in NAMES {
            let base = about.at("bases").get(name).and_then(Value::as_str).unwrap_or_default();
            app.insert(key.to_owned(), base.to_owned());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let home = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            settings: Mutex::new(own(settings)),
            secrets: own(secrets),
            app,
            http,
            hook: format!("{home}/hooks/{kind}/key"),
            own: home,
        });
        let channel = find(kind).unwrap();
        let calls = Arc::new(Mutex::new(VecDeque::new()));
        let mut tasks = JoinSet::new();
        let (judge, kept) = (Arc::clone(&state), Arc::clone(&calls));
        tasks.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (judge, kept) = (Arc::clone(&judge), Arc::clone(&kept));
                lines.spawn(async move {
                    let answer = |request: Request| answer(channel, &judge, &kept, request);
                    let _closed = super::provider::serve(stream, answer).await;
                });
            }
        });
        Self { channel, state, control, account, calls, _tasks: tasks }
    }

    /// Asks for health and arranges deliveries, as saving an inbox does.
    async fn connect(&self) {
        let settings = self.state.settings.lock().unwrap().clone();
        let health = self.channel.check(&self.state.link(&settings)).await.unwrap();
        self.state.settings.lock().unwrap().extend(health.learnt);
        let settings = self.state.settings.lock().unwrap().clone();
        let connected = self.channel.connect(&self.state.link(&settings)).await.unwrap();
        self.state.settings.lock().unwrap().extend(connected.settings);
    }

    async fn control(&self, what: &str, body: Value) -> Value {
        let url = format!("{}/{}/{}/{what}", self.control, self.channel.descriptor().kind, self.account);
        ask(&self.state.http, &url, Some(body)).await
    }

    /// Has the customer say something; gives what was read of the calls it led to.
    async fn says(&self, body: Value) -> Vec<Inbound> {
        let told = self.control("say", body).await;
        let mut all = Vec::new();
        let calls: Vec<_> = self.calls.lock().unwrap().drain(..).collect();
        assert!(!calls.is_empty(), "nothing was delivered: {told}");
        for call in calls {
            let raw = raw(&self.state, call);
            let Ok(Verdict::Proven(proven)) = self.state.with(|link| self.channel.verify(link, &raw)) else {
                panic!("not proven: {raw:?}")
            };
            all.extend(self.state.with(|link| self.channel.read(link, &proven)).unwrap());
        }
        all
    }

    async fn send(&self, message: &Outbound) -> Result<Sent, SendError> {
        let settings = self.state.settings.lock().unwrap().clone();
        self.channel.send(&self.state.link(&settings), message).await
    }

    async fn fetch(&self, file: &RemoteFile) -> Result<Fetched, SendError> {
        let settings = self.state.settings.lock().unwrap().clone();
        self.channel.fetch(&self.state.link(&settings), file).await
    }

    fn file(&self, kind: FileKind, mime: &str, name: &str) -> OutFile {
        OutFile { name: name.into(), mime: mime.into(), kind, bytes: sample(name), link: format!("{}/file/{name}", self.state.own) }
    }

    /// A conversation: words and each kind of file both ways, and a quote.
    async fn talk(&self, from: &str, files: &[(FileKind, &str, &str)]) {
        let heard = self.says(json!({"from": from, "text": "Olá 👋🏽 & <b>"})).await;
        let (peer, first) = message(&heard);
        assert_eq!(first.text, "Olá 👋🏽 & <b>");
        let to = peer.reply.clone().unwrap_or_else(|| peer.id.clone());
        let quote = Some(Quote { id: first.external.clone().unwrap(), attributes: first.attributes.clone() });
        // Keys of their own for every run: what was sent before would be known to be sent.
        let key = |n: usize| format!("0198f2a4-0000-7000-{:04}-{:012}", 8000 + n, now().0 % 1_000_000_000_000);
        let first = Outbound { quote, key: key(0), last_incoming_at: Some(now()), ..words(&to, "*Oi* & até <já>") };
        let sent = self.send(&first).await.unwrap();
        assert_eq!(sent.sources.len(), 1);
        for (index, (kind, mime, name)) in files.iter().enumerate() {
            let mut message = words(&to, "veja");
            message.key = key(index + 1);
            message.files = vec![self.file(*kind, mime, name)];
            message.last_incoming_at = Some(now());
            let sent = self.send(&message).await;
            assert!(sent.is_ok(), "{} {name}: {sent:?}", self.channel.descriptor().kind);
        }
        for kind in ["image", "video", "audio", "document"] {
            if self.channel.descriptor().kind == "x" && matches!(kind, "audio" | "document") {
                continue;
            }
            let heard = self.says(json!({"from": from, "media": {"kind": kind}})).await;
            let (_, m) = message(&heard);
            assert_eq!(m.files.len(), 1, "{kind}: {m:?}");
            let fetched = self.fetch(&m.files[0]).await;
            assert!(fetched.as_ref().is_ok_and(|f| f.bytes.len() > 20), "{} {kind}: {fetched:?}", self.channel.descriptor().kind);
        }
        self.trouble(&to).await;
    }
}

impl Inbox {
    /// A send that is taken and never answered, and a token that has died.
    async fn trouble(&self, to: &str) {
        let kind = self.channel.descriptor().kind;
        let message = Outbound { key: format!("trouble {}", now().0), last_incoming_at: Some(now()), ..words(to, "depois") };
        self.control("knobs", json!({"hang": 1})).await;
        let unknown = self.send(&message).await.unwrap_err();
        if self.channel.repeatable() {
            assert!(matches!(unknown, SendError::Retry { .. }), "{kind}: {unknown:?}");
            assert_eq!(self.send(&message).await.map(|sent| sent.sources.len()), Ok(1), "{kind}: taken once, told twice");
        } else {
            assert!(matches!(unknown, SendError::Unknown { .. }), "{kind}: {unknown:?}");
        }
        self.control("knobs", json!({"hang": 0, "revoked": true})).await;
        let dead = self.send(&message).await.unwrap_err();
        self.control("knobs", json!({"revoked": false})).await;
        assert!(matches!(dead, SendError::Disconnected { .. }), "{kind}: {dead:?}");
    }
}

fn message(heard: &[Inbound]) -> (&Peer, &Message) {
    heard
        .iter()
        .find_map(|one| match &one.what {
            What::Message(m) if !m.outgoing => Some((&one.peer, m.as_ref())),
            _ => None,
        })
        .expect("a message")
}

fn sample(name: &str) -> Bytes {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/simulators/samples");
    Bytes::from(std::fs::read(folder.join(name)).unwrap())
}

fn raw(state: &State, request: Request) -> RawCall {
    let url = format!("{}{}", state.own, request.path);
    let query = request.path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    RawCall { method: request.method, path: String::new(), query, headers: request.headers, body: request.body, url }
}

/// Files for whoever fetches, verdicts for whoever calls.
fn answer(channel: &dyn Channel, state: &State, kept: &Mutex<VecDeque<Request>>, request: Request) -> (u16, String, Vec<u8>) {
    if let Some(name) = request.path.strip_prefix("/file/") {
        let kind = match name.rsplit('.').next() {
            Some("jpg") => "image/jpeg",
            Some("mp4") => "video/mp4",
            Some("mp3") => "audio/mpeg",
            Some("pdf") => "application/pdf",
            _ => "application/octet-stream",
        };
        return (200, kind.to_owned(), sample(name).to_vec());
    }
    if request.path == line::STILL_PATH {
        return (200, "image/png".to_owned(), line::STILL.to_vec());
    }
    let call = raw(state, request.clone());
    match state.with(|link| channel.verify(link, &call)) {
        Ok(Verdict::Answer { status, content_type, body }) => (status, content_type.to_owned(), body.into_bytes()),
        Ok(Verdict::Proven(_)) => {
            kept.lock().unwrap().push_back(request);
            let (kind, body) = channel.answer();
            (200, kind.to_owned(), body.as_bytes().to_vec())
        }
        Err(rejected) => (rejected.status, "text/plain".to_owned(), rejected.why.as_bytes().to_vec()),
    }
}

const PICTURE: (FileKind, &str, &str) = (FileKind::Image, "image/jpeg", "foto.jpg");
const FILM: (FileKind, &str, &str) = (FileKind::Video, "video/mp4", "video.mp4");
const SOUND: (FileKind, &str, &str) = (FileKind::Audio, "audio/mpeg", "audio.mp3");
const VOICE: (FileKind, &str, &str) = (FileKind::Voice, "audio/ogg", "voz.ogg");
const PAPER: (FileKind, &str, &str) = (FileKind::Document, "application/pdf", "documento.pdf");
const META: [(&str, &str); 2] =
    [("meta.app_secret", "sandbox-meta-app-secret-0123456789ab"), ("meta.verify_token", "sandbox-verify-token")];

#[tokio::test]
#[ignore = "needs the simulators"]
async fn telegram_in_the_sandbox() {
    let secrets = [("token", "700000001:SANDBOX_telegram_bot_token_00000001")];
    let inbox = Inbox::open("telegram", "700000001", &[], &secrets, &[]).await;
    inbox.connect().await;
    inbox.talk("5000000143", &[PICTURE, FILM, SOUND, VOICE, PAPER]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn whatsapp_in_the_sandbox() {
    let settings = [("phone_number_id", "100000000000001"), ("business_account_id", "200000000000001")];
    let inbox = Inbox::open("whatsapp", "100000000000001", &settings, &[("token", "EAASANDBOXwhatsapp00000000000000000001")], &META).await;
    inbox.connect().await;
    inbox.talk("12025550143", &[PICTURE, FILM, SOUND, VOICE, PAPER]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn messenger_in_the_sandbox() {
    let settings = [("page_id", "610000000000001")];
    let secrets = [("token", "EAASANDBOXpage0000000000000000000000001"), META[0], ("app_secret", META[0].1)];
    let inbox = Inbox::open("messenger", "610000000000001", &settings, &secrets, &META).await;
    inbox.connect().await;
    let callbacks = json!({"callbacks": {"page": inbox.state.hook}});
    ask(&inbox.state.http, &format!("{}/meta/app", inbox.control), Some(callbacks)).await;
    inbox.talk("7100000000000001", &[PICTURE, FILM, SOUND, PAPER]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn instagram_in_the_sandbox() {
    let secrets = [("token", "IGSANDBOXtoken000000000000000000000001")];
    let inbox = Inbox::open("instagram", "17841400000000001", &[("login", "instagram")], &secrets, &META).await;
    inbox.connect().await;
    let callbacks = json!({"callbacks": {"instagram": inbox.state.hook}});
    ask(&inbox.state.http, &format!("{}/meta/app", inbox.control), Some(callbacks)).await;
    inbox.talk("1380000000000001", &[PICTURE, FILM]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn line_in_the_sandbox() {
    let secrets = [("channel_secret", "sandbox-line-channel-secret-0001"), ("token", "SANDBOXlineToken/0000000000000000000000000001=")];
    let inbox = Inbox::open("line", "2000000001", &[], &secrets, &[]).await;
    inbox.connect().await;
    inbox.talk("Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1", &[PICTURE, FILM, SOUND]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn twilio_in_the_sandbox() {
    let settings = [("medium", "sms"), ("account_sid", "AC00000000000000000000000000000001"), ("phone", "+12025550100")];
    let secrets = [("auth_token", "5a4db0c0sandboxtwilioauthtoken01")];
    let inbox = Inbox::open("twilio", "AC00000000000000000000000000000001", &settings, &secrets, &[]).await;
    inbox.connect().await;
    inbox.talk("+12025550143", &[PICTURE]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn bandwidth_in_the_sandbox() {
    let settings = [
        ("account_id", "5000000"),
        ("application_id", "00000000-0000-4000-8000-000000000001"),
        ("phone", "+12025550102"),
        ("api_user", "sandbox-user"),
    ];
    let inbox = Inbox::open("bandwidth", "5000000", &settings, &[("api_secret", "sandbox pass:word")], &[]).await;
    inbox.connect().await;
    let settings = inbox.state.settings.lock().unwrap().clone();
    let paste = inbox.channel.connect(&inbox.state.link(&settings)).await.unwrap().by_hand;
    let hook =
        json!({"webhook": paste[0].value, "account_id": "5000000", "callback_user": paste[2].value, "callback_password": paste[3].value});
    ask(&inbox.state.http, &format!("{}/bandwidth/accounts", inbox.control), Some(hook)).await;
    inbox.talk("+12025550143", &[PICTURE]).await;
}

#[tokio::test]
#[ignore = "needs the simulators"]
async fn x_in_the_sandbox() {
    let settings = [("consumer_key", "sandboxConsumerKey")];
    let secrets = [
        ("consumer_secret", "sandbox-x-consumer-secret"),
        ("token", "1111111111111111111-sandboxToken"),
        ("token_secret", "sandboxTokenSecret"),
        ("bearer", "SANDBOXxAppBearer0000000001"),
    ];
    let inbox = Inbox::open("x", "1111111111111111111", &settings, &secrets, &[]).await;
    inbox.connect().await;
    inbox.talk("2222222222222222222", &[PICTURE]).await;
}
