//! Events told to twenty webhooks, two of which are gone and two of which take ten seconds: how fast the sixteen others hear of everything, beside
//! the same engine with all twenty in health and beside a bare reqwest loop, and what is missing after a kill. Receivers are played here.

use crate::Outcome;
use crate::ground::{Agent, Ground, sign_in};
use crate::process::Process;
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Wire};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;
use serde_json::{Value, json};
use std::io::Write;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Endpoints in all, of which the first are measured, then come those that are slow and those that are gone.
const ENDPOINTS: usize = 20;
const MEASURED: usize = 16;
const SLOW: usize = 2;
/// How long a slow one takes.
const SLEEP: Duration = Duration::from_secs(10);
/// Agents who write at once, and conversations they write in.
const AGENTS: usize = 8;
const CONVERSATIONS: usize = 20;
/// Nothing new for so long means that nothing more comes: the first repeat of a failed delivery is due after five seconds.
const SILENCE: Duration = Duration::from_secs(20);

/// Throughput in both states of health and of the loop, then the kill.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let messages = ground.size(1000, 100);
    let [mut ailing, mut healthy, mut bare] = [(); 3].map(|()| Rounds::default());
    for _ in 0..ground.size(3, 1) {
        let (rate, sample) = told(ground, messages, true).await?;
        ailing.0.push(rate);
        healthy.0.push(told(ground, messages, false).await?.0);
        bare.0.push(looped(messages, sample).await?);
    }
    let (lost, repeated, left) = killed(ground, messages).await?;
    let each = format!("{messages} messages to {MEASURED} healthy endpoints, from the first reply sent to the last event received");
    Ok(vec![
        Row::beside("webhooks, 2 of 20 dead, 2 slow", Unit::PerSecond, &ailing, &healthy)
            .goal(Goal::TimesAtLeast(0.95))
            .goal(Goal::AtLeast(2000.0))
            .note(format!("{each}; baseline: the same engine, all twenty healthy")),
        Row::beside("webhooks beside a bare loop", Unit::PerSecond, &ailing, &bare)
            .goal(Goal::TimesAtLeast(0.7))
            .note("baseline: reqwest, one loop an endpoint, the same bodies, nothing made, signed or kept"),
        Row::alone("events lost after kill -9", Unit::Count, lost as f64)
            .goal(Goal::AtMost(0.0))
            .note(format!("{left} deliveries still to come when it was killed; {repeated} came twice, under the id their receiver knows")),
    ])
}

/// What has arrived.
struct Receivers {
    address: SocketAddr,
    seen: Arc<Seen>,
    /// Closed with them.
    _serving: JoinSet<()>,
}

struct Seen {
    /// By endpoint and message.
    marks: Vec<Vec<AtomicBool>>,
    fresh: AtomicUsize,
    repeated: AtomicUsize,
    sample: OnceLock<Bytes>,
    news: Notify,
}

impl Receivers {
    async fn open(messages: usize) -> Outcome<Self> {
        let marks = (0..ENDPOINTS).map(|_| (0..messages).map(|_| AtomicBool::new(false)).collect()).collect();
        let seen = Arc::new(Seen { marks, fresh: 0.into(), repeated: 0.into(), sample: OnceLock::new(), news: Notify::new() });
        let router = axum::Router::new().route("/hook/{number}", post(hook)).route("/slow/{number}", post(slow)).with_state(seen.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut serving = JoinSet::new();
        serving.spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, seen, _serving: serving })
    }

    /// Waits until so many have come, and says how many have; fewer after a long silence.
    async fn until(&self, wanted: usize) -> usize {
        loop {
            let news = self.seen.news.notified();
            let now = self.seen.fresh.load(Ordering::Acquire);
            if now >= wanted || tokio::time::timeout(SILENCE, news).await.is_err() {
                return now;
            }
        }
    }
}

async fn slow() {
    tokio::time::sleep(SLEEP).await;
}

/// Notes which message an event tells of, at endpoints that are measured.
async fn hook(State(seen): State<Arc<Seen>>, Path(number): Path<usize>, body: Bytes) {
    let Some(mark) = marked(&body).and_then(|message| seen.marks.get(number)?.get(message)).filter(|_| number < MEASURED) else { return };
    if mark.swap(true, Ordering::AcqRel) {
        seen.repeated.fetch_add(1, Ordering::Relaxed);
    } else {
        seen.sample.get_or_init(|| body.clone());
        seen.fresh.fetch_add(1, Ordering::AcqRel);
        seen.news.notify_one();
    }
}

/// The number in `"content":"t=…"`.
fn marked(body: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(body).ok()?;
    text.split_once("\"content\":\"t=")?.1.split_once('"')?.0.parse().ok()
}

/// A server with a conversation or more, and endpoints as they shall be.
struct Desk {
    folder: TempDir,
    server: Process,
    agent: Agent,
    conversations: Vec<i64>,
}

impl Desk {
    async fn open(ground: &Ground, receivers: SocketAddr, ailing: bool) -> Outcome<Self> {
        let folder = ground.folder()?;
        if !ground.recado(folder.path())?.arg("migrate").stdout(Stdio::null()).status()?.success() {
            return Err("recado migrate failed".into());
        }
        let (email, password) = ("ana@loja.example", "cavalo-bateria-grampo");
        let words = ["admin", "create-account", "--account", "Loja", "--name", "Ana", "--email", email, "--password-stdin"];
        let mut made = ground.recado(folder.path())?.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        made.stdin.take().ok_or("no standard input")?.write_all(password.as_bytes())?;
        let made: Value = serde_json::from_slice(&made.wait_with_output()?.stdout)?;
        let server = serve(ground, &folder)?;
        let agent = sign_in(server.address, email, password).await?;
        let program = Caller::default().with(&format!("api_access_token: {}", made["api_token"].as_str().ok_or("no token")?));
        let mut wire = Wire::open(server.address).await?;
        let mut make = async |what: &str, body: Value| -> Outcome<Value> {
            let request = program.post(&format!("/api/v1/accounts/{}/{what}", agent.account), &body.to_string());
            wire.ask(&request).await?.json()
        };
        let inbox = make("inboxes", json!({ "name": "App", "channel": { "type": "api", "webhook_url": "" } })).await?["id"].clone();
        let mut conversations = Vec::new();
        for person in 0..CONVERSATIONS {
            let contact = make("contacts", json!({ "name": format!("Bia {person}") })).await?["payload"]["contact"]["id"].clone();
            make("conversations", json!({ "contact_id": contact, "inbox_id": inbox })).await?;
            // In a fresh database numbers and ids are the same.
            conversations.push(person as i64 + 1);
        }
        // Where nobody listens: a port that was free a moment ago.
        let gone = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        for number in 0..ENDPOINTS {
            let (at, way) = match number {
                _ if !ailing || number < MEASURED => (receivers, "hook"),
                _ if number < MEASURED + SLOW => (receivers, "slow"),
                _ => (gone, "hook"),
            };
            make("webhooks", json!({ "url": format!("http://{at}/{way}/{number}"), "subscriptions": ["message_created"] })).await?;
        }
        Ok(Self { folder, server, agent, conversations })
    }

    /// Replies, each with its number, by several agents at once; returns when all are accepted.
    async fn write(&self, messages: usize) -> Outcome<()> {
        let mut hands = JoinSet::new();
        for hand in 0..AGENTS {
            let (agent, address, conversations) = (self.agent.clone(), self.server.address, self.conversations.clone());
            hands.spawn(async move {
                let mut wire = Wire::open(address).await?;
                for message in (hand..messages).step_by(AGENTS) {
                    let request = agent.reply(conversations[message % conversations.len()], &format!("t={message}"));
                    let answer = wire.ask(&request).await?;
                    if answer.status != 200 {
                        return Err(format!("a reply answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
                    }
                }
                Outcome::Ok(())
            });
        }
        while let Some(done) = hands.join_next().await {
            done??;
        }
        Ok(())
    }
}

fn serve(ground: &Ground, folder: &TempDir) -> Outcome<Process> {
    Process::start(ground.recado(folder.path())?.arg("serve").env("RECADO_EGRESS__ALLOW", "[\"127.0.0.0/8\"]"))
}

/// Deliveries a second to the endpoints that are measured, and a body as they are.
async fn told(ground: &Ground, messages: usize, ailing: bool) -> Outcome<(f64, Bytes)> {
    let receivers = Receivers::open(messages).await?;
    let desk = Desk::open(ground, receivers.address, ailing).await?;
    let begun = Instant::now();
    desk.write(messages).await?;
    let wanted = messages * MEASURED;
    let came = receivers.until(wanted).await;
    let lasted = begun.elapsed().as_secs_f64();
    if came < wanted {
        return Err(format!("{came} of {wanted} deliveries came").into());
    }
    let sample = receivers.seen.sample.get().cloned().ok_or("no body was seen")?;
    Ok((wanted as f64 / lasted, sample))
}

/// The same calls by a loop an endpoint.
async fn looped(messages: usize, sample: Bytes) -> Outcome<f64> {
    let receivers = Receivers::open(messages).await?;
    let client = reqwest::Client::new();
    let text = String::from_utf8(sample.to_vec())?;
    let (head, tail) = text.split_once("\"content\":\"t=").ok_or("a body without its mark")?;
    let tail = tail.split_once('"').ok_or("a body without its mark")?.1;
    let bodies: Arc<Vec<Bytes>> = Arc::new((0..messages).map(|n| format!("{head}\"content\":\"t={n}\"{tail}").into()).collect());
    let begun = Instant::now();
    let mut loops = JoinSet::new();
    for number in 0..MEASURED {
        let (client, bodies, to) = (client.clone(), bodies.clone(), format!("http://{}/hook/{number}", receivers.address));
        loops.spawn(async move {
            for body in bodies.iter() {
                let request = client.post(&to).header("content-type", "application/json; charset=utf-8").body(body.clone());
                request.send().await?.error_for_status()?.bytes().await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = loops.join_next().await {
        done??;
    }
    let wanted = messages * MEASURED;
    let came = receivers.until(wanted).await;
    if came < wanted {
        return Err(format!("the loop brought {came} of {wanted}").into());
    }
    Ok(wanted as f64 / begun.elapsed().as_secs_f64())
}

/// What is missing after a kill in the middle, what came twice, and how much was still to come.
async fn killed(ground: &Ground, messages: usize) -> Outcome<(usize, usize, usize)> {
    let receivers = Receivers::open(messages).await?;
    let desk = Desk::open(ground, receivers.address, true).await?;
    let wanted = messages * MEASURED;
    desk.write(messages).await?;
    receivers.until(wanted / 4).await;
    let Desk { folder, server, .. } = desk;
    drop(server);
    let left = wanted - receivers.seen.fresh.load(Ordering::Acquire);
    if left == 0 {
        return Err("all was told before it could be killed".into());
    }
    let _again = serve(ground, &folder)?;
    let came = receivers.until(wanted).await;
    Ok((wanted - came, receivers.seen.repeated.load(Ordering::Relaxed), left))
}
