//! kill -9 in the middle of a storm: a thousand messages come in while a thousand go out, and the real binary dies twice. Afterwards the
//! provider's log and the database say the same: nothing is lost, nothing was sent twice (FAULTS 1, 2, 3, 7, 27).

use super::sandbox::Sandbox;
use super::table::{LINE, Provider, TELEGRAM, WHATSAPP};
use crate::process::{Process, serve_with, settle_in, wait_for};
use crate::world::{http, key};
use model::*;
use reqwest::header;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Messages each way.
const MANY: usize = 1000;
/// Customers they are spread over.
const PEOPLE: usize = 20;

struct Storm {
    sandbox: Sandbox,
    provider: &'static Provider,
    folder: tempfile::TempDir,
    base: String,
    variables: Vec<(String, String)>,
    cookie: String,
    account: i64,
}

impl Storm {
    fn serve(&self) -> Process {
        let variables: Vec<(&str, &str)> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        serve_with(self.folder.path(), &variables)
    }

    /// The server and its inbox; it comes back under the same address, where the provider calls it.
    async fn gather(provider: &'static Provider) -> (Self, Process) {
        let sandbox = Sandbox::start();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut variables: Vec<_> = sandbox
            .values()
            .into_iter()
            .map(|(section, key, value)| (format!("RECADO_CHANNELS__{}__{}", section.to_uppercase(), key.to_uppercase()), value))
            .collect();
        variables.push(("RECADO_EGRESS__ALLOW".to_owned(), "[\"127.0.0.0/8\"]".to_owned()));
        variables.push(("RECADO_SERVER__LISTEN".to_owned(), format!("127.0.0.1:{port}")));
        variables.push(("RECADO_SERVER__METRICS".to_owned(), "true".to_owned()));
        let mut storm = Self {
            sandbox,
            provider,
            folder: tempfile::tempdir().unwrap(),
            base: format!("http://127.0.0.1:{port}"),
            variables,
            cookie: String::new(),
            account: 0,
        };
        let process = storm.serve();
        (storm.cookie, storm.account, _) = settle_in(&storm.base).await;
        let draft = json!({ "account": storm.account, "draft": { "kind": provider.kind, "settings": (provider.settings)() } });
        let made = http().post(format!("{}/rpc/create_inbox", storm.base)).header(header::COOKIE, &storm.cookie).json(&draft);
        let made = made.send().await.unwrap();
        assert_eq!(made.status(), 200, "{}", made.text().await.unwrap());
        let calm = json!({ "rates": false, "statusMs": 40 });
        storm.control("knobs", calm).await;
        if provider.kind == "line" {
            let about = json!({ "channel_id": provider.account, "redelivery": true, "quota": null });
            storm.sandbox.tell("line/accounts", &about).await;
        }
        (storm, process)
    }

    async fn control(&self, what: &str, body: Value) -> Value {
        self.sandbox.tell(&format!("{}/{}/{what}", self.provider.kind, self.provider.account), &body).await
    }

    /// So many messages of all these customers.
    async fn burst(&self, messages: usize, text: &str) -> Value {
        let about =
            json!({ "people": PEOPLE, "messages": messages, "perSecond": 400, "redelivered": 0.3, "prefix": "1202556", "text": text });
        self.control("burst", about).await
    }

    async fn conversations(&self) -> Option<Vec<ConversationId>> {
        let args = json!({ "account": self.account, "filter": ListFilter::default(), "below": null });
        let asked = http().post(format!("{}/rpc/conversations", self.base)).header(header::COOKIE, &self.cookie).json(&args);
        let page: Stamped<Page<ListRow>> = asked.send().await.ok()?.json().await.ok()?;
        Some(page.data.rows.into_iter().map(|row| row.conversation.id).collect())
    }

    /// Sends one reply until it is acknowledged, whatever dies meanwhile.
    async fn reply(base: String, cookie: String, account: i64, to: ConversationId, text: String) {
        let draft = json!({ "account": account, "draft": { "conversation": to, "key": key(), "text": text } });
        for _ in 0..600 {
            let asked = http().post(format!("{base}/rpc/send_reply")).header(header::COOKIE, &cookie).json(&draft).send().await;
            match asked {
                Ok(answer) if answer.status() == 200 => return,
                Ok(answer) => panic!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("never acknowledged: {text}");
    }

    /// Waits until no job is left.
    async fn calm(&self) {
        wait_for(async || {
            let text = http().get(format!("{}/metrics", self.base)).send().await.ok()?.text().await.ok()?;
            let waiting = text.lines().find_map(|line| line.strip_prefix("recado_jobs_waiting "))?;
            (waiting.trim() == "0").then_some(())
        })
        .await;
    }

    async fn log(&self, direction: &str) -> Vec<Value> {
        let path = format!("log?channel={}&account={}&direction={direction}&what=message", self.provider.kind, self.provider.account);
        serde_json::from_value(self.sandbox.ask(&path).await).unwrap()
    }
}

fn count(texts: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    texts.into_iter().fold(BTreeMap::new(), |mut all, text| {
        *all.entry(text).or_default() += 1;
        all
    })
}

/// Text and state of every message of a kind in the file.
fn kept(folder: &Path, kind: &str) -> Vec<(String, String)> {
    let file = rusqlite::Connection::open_with_flags(folder.join("data/recado.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut asked = file.prepare("SELECT text, state FROM message WHERE kind = ?1").unwrap();
    let rows = asked.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

async fn storm(provider: &'static Provider) {
    let (storm, mut process) = Storm::gather(provider).await;
    storm.burst(PEOPLE, "Primeira").await;
    let threads = wait_for(async || storm.conversations().await.filter(|rows| rows.len() == PEOPLE)).await;

    let replies: Vec<_> = (0..8)
        .map(|worker| {
            let (base, cookie, account, threads) = (storm.base.clone(), storm.cookie.clone(), storm.account, threads.clone());
            tokio::spawn(async move {
                for at in (worker..MANY).step_by(8) {
                    let to = threads[at % threads.len()];
                    Storm::reply(base.clone(), cookie.clone(), account, to, format!("Resposta {at}")).await;
                }
            })
        })
        .collect();
    let killing = async {
        let mut left = Vec::new();
        for _ in 0..2 {
            // Far enough into it that calls, jobs and answers are all under way.
            let before = storm.log("out").await.len();
            wait_for(async || (storm.log("out").await.len() > before + MANY / 10).then_some(())).await;
            process.child.kill().unwrap();
            process.child.wait().unwrap();
            left.push(storm.log("out").await.len());
            process = storm.serve();
        }
        left
    };
    let (_, left) = tokio::join!(storm.burst(MANY, "Mensagem"), killing);
    assert!(left[1] < MANY, "{}: it died after everything had left: {left:?}", provider.kind);
    for worker in replies {
        worker.await.unwrap();
    }
    // What the provider could not deliver it delivers again by itself.
    wait_for(async || {
        let known: usize = kept(storm.folder.path(), "incoming").len();
        (known == MANY + PEOPLE).then_some(())
    })
    .await;
    storm.calm().await;
    process.child.kill().unwrap();
    process.child.wait().unwrap();

    let said = count(storm.log("in").await.into_iter().map(|line| line["text"].as_str().unwrap().to_owned()));
    let heard = count(kept(storm.folder.path(), "incoming").into_iter().map(|(text, _)| text));
    assert_eq!(said, heard, "{}: what customers said and what is kept", provider.kind);

    let taken = count(storm.log("out").await.into_iter().map(|line| line["text"].as_str().unwrap().to_owned()));
    let wanted = kept(storm.folder.path(), "outgoing");
    assert_eq!(count(wanted.iter().map(|(text, _)| text.clone())).len(), MANY, "every reply was acknowledged, so it is there once");
    assert_eq!(wanted.len(), MANY);
    let mut unsure = 0;
    for (text, state) in &wanted {
        let times = taken.get(text).copied().unwrap_or_default();
        assert!(times <= 1, "{}: {text} was sent {times} times", provider.kind);
        match state.as_str() {
            "sent" | "delivered" | "read" => assert_eq!(times, 1, "{}: {text} is {state}", provider.kind),
            "unconfirmed" => unsure += 1,
            other => panic!("{}: {text} is {other}", provider.kind),
        }
    }
    assert_eq!(taken.len(), wanted.iter().filter(|(text, _)| taken.contains_key(text)).count(), "nothing left that nobody wrote");
    // Whoever takes a key is asked again; else as many are in doubt as were in hand when it died.
    let most = if provider.kind == "line" { 0 } else { 2 * 32 };
    assert!(unsure <= most, "{}: {unsure} in doubt", provider.kind);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn a_storm_on_telegram_outlives_kill_9() {
    storm(&TELEGRAM).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn a_storm_on_whatsapp_outlives_kill_9() {
    storm(&WHATSAPP).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn a_storm_on_line_outlives_kill_9() {
    storm(&LINE).await;
}
