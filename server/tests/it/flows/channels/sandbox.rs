//! The simulators of every provider as a process of a test's own, and a shop whose inbox is connected to one of them. What is asked of a
//! provider stands in the table; what it must lead to, in the tests.

use super::table::Provider;
use crate::world::*;
use model::*;
use serde_json::{Value, json};
use server::config::{Config, Words};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Names of providers' hosts, and the settings that hold their addresses.
const BASES: [(&str, &str, &str); 13] = [
    ("telegram", "telegram", "api_base"),
    ("graph", "meta", "graph_base"),
    ("instagram", "meta", "instagram_base"),
    ("facebook", "meta", "dialog_base"),
    ("instagram-login", "instagram", "dialog_base"),
    ("instagram-login", "instagram", "token_base"),
    ("line", "line", "api_base"),
    ("line-data", "line", "data_base"),
    ("twilio", "twilio", "api_base"),
    ("twilio-messaging", "twilio", "messaging_base"),
    ("twilio-content", "twilio", "content_base"),
    ("bandwidth", "bandwidth", "api_base"),
    ("x", "x", "api_base"),
];

/// The apps an operator would have at Meta.
const APPS: [(&str, &str, &str); 5] = [
    ("meta", "app_id", "900000000000001"),
    ("meta", "app_secret", "sandbox-meta-app-secret-0123456789ab"),
    ("meta", "verify_token", "sandbox-verify-token"),
    ("instagram", "app_id", "900000000000002"),
    ("instagram", "app_secret", "sandbox-instagram-app-secret"),
];

/// Every provider in small, gone when dropped.
pub struct Sandbox {
    process: Child,
    pub control: String,
    bases: Value,
    http: reqwest::Client,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

impl Sandbox {
    pub fn start() -> Self {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/simulators/main.mjs");
        let mut process = Command::new("node").arg(program).stdout(Stdio::piped()).spawn().expect("node");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Self { process, control: said["control"].as_str().unwrap().to_owned(), bases: said["bases"].clone(), http }
    }

    /// Ends all providers at once: nobody takes a connection any more.
    pub fn dies(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// What an operator's configuration says of the providers, as `(section, key, value)`.
    pub fn values(&self) -> Vec<(&'static str, &'static str, String)> {
        let bases = BASES.iter().map(|(host, section, key)| (*section, *key, self.bases[host].as_str().unwrap().to_owned()));
        bases.chain(APPS.iter().map(|(section, key, value)| (*section, *key, (*value).to_owned()))).collect()
    }

    pub fn configure(&self, config: &mut Config) {
        for (section, key, value) in self.values() {
            let before = config.channels.get_mut(section).unwrap().insert(key.to_owned(), Words(value));
            assert!(before.is_some(), "channels.{section}.{key} stands in no configuration");
        }
        config.egress.allow = vec![serde_json::from_value(json!("127.0.0.0/8")).unwrap()];
    }

    /// Asks the simulators themselves.
    pub async fn ask(&self, path: &str) -> Value {
        self.http.get(format!("{}/{path}", self.control)).send().await.unwrap().json().await.unwrap()
    }

    /// Tells the simulators something; a refusal fails the test.
    pub async fn tell(&self, path: &str, body: &Value) -> Value {
        let answer = self.http.post(format!("{}/{path}", self.control)).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path} {body}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// A world with one inbox of a provider in it.
pub struct Shop {
    pub world: World,
    pub sandbox: Sandbox,
    pub provider: &'static Provider,
    pub inbox: InboxDetail,
}

/// The real moment: the simulators live by it, and signatures carry it.
pub fn real_time() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

impl Shop {
    pub async fn open(provider: &'static Provider) -> Self {
        let sandbox = Sandbox::start();
        let world = world_at(real_time(), |config| sandbox.configure(config)).await;
        let settings = (provider.settings)();
        let draft = json!({ "draft": { "kind": provider.kind, "settings": settings } });
        let inbox: InboxDetail = world.here.ana.ok("create_inbox", draft).await;
        let shop = Self { world, sandbox, provider, inbox };
        shop.plug_in().await;
        shop
    }

    /// What a person does at the provider where its API does not.
    async fn plug_in(&self) {
        let hook = self.inbox.hook.as_ref().unwrap();
        let paste = |at: usize| self.inbox.paste[at].value.clone();
        match self.provider.kind {
            "messenger" | "instagram" => {
                let shared = format!("{}/hooks/meta", self.world.base);
                let object = if self.provider.kind == "messenger" { "page" } else { "instagram" };
                let told = self.sandbox.tell("meta/app", &json!({ "callbacks": { object: shared } })).await;
                assert_eq!(told["handshakes"][object]["ok"], json!(true), "{told}");
            }
            "twilio" if !self.inbox.paste.is_empty() => {
                let sid = self.provider.account;
                self.sandbox.tell("twilio/accounts", &json!({ "account_sid": sid, "webhook": hook })).await;
            }
            "bandwidth" => {
                let keys = json!({ "account_id": self.provider.account, "webhook": paste(0), "callback_user": paste(2), "callback_password": paste(3) });
                self.sandbox.tell("bandwidth/accounts", &keys).await;
            }
            _ => {}
        }
    }

    pub fn ana(&self) -> &Agent {
        &self.world.here.ana
    }

    /// Turns this provider's account.
    pub async fn control(&self, what: &str, body: Value) -> Value {
        self.sandbox.tell(&format!("{}/{}/{what}", self.provider.kind, self.provider.account), &body).await
    }

    /// Has the customer do something, and waits until it is applied; answers the provider's ids.
    pub async fn says(&self, mut speech: Value) -> Vec<String> {
        if speech.get("from").is_none() && speech.get("batch").is_none() {
            speech["from"] = json!(self.provider.person);
        }
        let told = self.control("say", speech).await;
        for delivery in told["deliveries"].as_array().unwrap() {
            assert_eq!(delivery["status"], json!(200), "{told}");
        }
        self.world.settle().await;
        serde_json::from_value(told["ids"].clone()).unwrap()
    }

    /// The only conversation there is.
    pub async fn row(&self) -> ListRow {
        let mut rows = self.ana().list(ListFilter::default()).await;
        assert_eq!(rows.len(), 1, "{:?}", rows.iter().map(|row| &row.conversation.contact.name).collect::<Vec<_>>());
        rows.remove(0)
    }

    pub async fn messages(&self) -> Vec<MessageView> {
        self.ana().thread(self.row().await.conversation.number).await.messages.rows
    }

    pub async fn message(&self, id: MessageId) -> MessageView {
        self.messages().await.into_iter().find(|m| m.id == id).unwrap()
    }

    /// Sends a reply with whatever a draft may have, and has it delivered.
    pub async fn replies(&self, mut draft: Value) -> MessageView {
        draft["conversation"] = json!(self.row().await.conversation.id);
        draft["key"] = json!(key());
        // Providers tell two calls apart by their moment.
        self.world.clock.turn(7);
        let sent: MessageView = self.ana().ok("send_reply", json!({ "draft": draft })).await;
        self.world.settle().await;
        self.message(sent.id).await
    }

    /// What the provider took from us, oldest first.
    pub async fn taken(&self) -> Vec<Value> {
        let path = format!("log?channel={}&account={}&direction=out&what=message", self.provider.kind, self.provider.account);
        serde_json::from_value(self.sandbox.ask(&path).await).unwrap()
    }

    /// Waits for something that comes by itself; the calls it brings are applied on the way.
    pub async fn until(&self, what: &str, fits: impl AsyncFn() -> bool) {
        // Only a failing test waits so long; a busy machine may need some of it.
        for _ in 0..600 {
            self.world.settle().await;
            if fits().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (refused, hooks) = (self.sandbox.ask("refused").await, self.sandbox.ask("hooks").await);
        panic!("{}: it never came to be: {what}\nrefused {refused}\nhooks {hooks}", self.provider.kind);
    }

    /// What the provider refused, for a failing test to show.
    pub async fn refusals(&self) -> String {
        self.sandbox.ask("refused").await.to_string()
    }
}

/// A sample file of the simulators; recordings in forms they have none of are made here.
pub fn sample(name: &str) -> Vec<u8> {
    if name == "som.m4a" {
        let mut sound = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0".to_vec();
        sound.resize(4096, 0);
        return sound;
    }
    if name == "som.wav" {
        let mut wave = b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\x10\0\0".to_vec();
        wave.resize(44 + 4096, 0x80);
        return wave;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/simulators/samples/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}
