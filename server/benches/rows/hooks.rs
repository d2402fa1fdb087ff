//! From a provider's signed call to the event on an agent's stream: WhatsApp's shape, 500 calls a second on one inbox, three of ten of them
//! repeats. The baseline proves the signature, commits one row under the message's id, waits for the disk too, and broadcasts.

use crate::Outcome;
use crate::ground::{Ground, newcomer};
use crate::load::Load;
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Tail, Wire};
use axum::Json;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Calls a second.
const PACE: f64 = 500.0;
/// Connections of the provider.
const CONNECTIONS: usize = 16;
/// People who write.
const PEOPLE: usize = 50;
/// The app's secret, in the baseline as in ours.
pub const SECRET: &str = "benchmark-app-secret";

/// Several rounds, alternating.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let folder = ground.folder()?;
    let graph = graph().await?;
    let mut command = ground.recado(folder.path())?;
    command.arg("serve");
    for (key, value) in [("GRAPH_BASE", graph.as_str()), ("APP_SECRET", SECRET), ("VERIFY_TOKEN", "benchmark")] {
        command.env(format!("RECADO_CHANNELS__META__{key}"), value);
    }
    let server = crate::process::Process::start(&mut command)?;
    let (agent, _) = newcomer(server.address).await?;
    let settings =
        json!({ "name": "WhatsApp", "phone_number_id": "106540352242922", "business_account_id": "102290129340398", "token": "EAAB" });
    let draft = json!({ "draft": { "kind": "whatsapp", "settings": settings } });
    let made = Wire::open(server.address).await?.ask(&agent.call("create_inbox", draft)).await?.json()?;
    let hook = made["hook"].as_str().and_then(|hook| hook.split_once("/hooks/")).ok_or("an inbox without a hook")?.1;
    let hook = format!("/hooks/{hook}");
    let file = folder.path().join("bare.db");
    let other = ground.baseline(&["hook", &file.to_string_lossy()])?;
    let [mut half, mut most] = [(); 2].map(|()| (Rounds::default(), Rounds::default()));
    for round in 0..ground.rounds() {
        let ours = storm(server.address, &agent.stream(), &hook, round, ground.round()).await?;
        let bare = storm(other.address, &Caller::default().get("/events"), "/hook", round, ground.round()).await?;
        half.0.0.push(ours.quantile(0.5));
        half.1.0.push(bare.quantile(0.5));
        most.0.0.push(ours.quantile(0.99));
        most.1.0.push(bare.quantile(0.99));
    }
    let note =
        "500 signed calls/s on one inbox, 30 % repeats, each message seen once; baseline: axum, HMAC, one row committed, tokio broadcast";
    Ok(vec![
        Row::beside("provider's call to agent's stream, p50", Unit::Ms, &half.0, &half.1).goal(Goal::AtMost(5.0)).note(note),
        Row::beside("provider's call to agent's stream, p99", Unit::Ms, &most.0, &most.1).goal(Goal::AtMost(25.0)),
    ])
}

/// Just enough of the Graph API to connect an inbox: it says yes.
async fn graph() -> Outcome<String> {
    let yes =
        json!({ "success": true, "id": "106540352242922", "verified_name": "Loja", "display_phone_number": "+1 202-555-0100", "data": [] });
    let router = axum::Router::new().fallback(move || async move { Json(yes) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    #[expect(clippy::disallowed_methods, reason = "it serves as long as the benchmark runs")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(base)
}

/// A customer's message as Meta posts it; the number is its mark.
fn call(path: &str, number: usize) -> Vec<u8> {
    let person = format!("1202555{:04}", number % PEOPLE);
    let message = json!({ "from": person, "id": format!("wamid.{number}"), "timestamp": "1780000000", "type": "text",
        "text": { "body": format!("t={number}") } });
    let value = json!({ "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "12025550100", "phone_number_id": "106540352242922" },
        "contacts": [{ "profile": { "name": "Bia" }, "wa_id": person }], "messages": [message] });
    let entry = json!([{ "id": "102290129340398", "changes": [{ "value": value, "field": "messages" }] }]);
    let body = json!({ "object": "whatsapp_business_account", "entry": entry }).to_string();
    Caller::default().with(&format!("x-hub-signature-256: {}", sign(&body))).post(path, &body)
}

/// `sha256=` and the HMAC of the body in hexadecimal.
pub fn sign(body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else { return String::new() };
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().fold("sha256=".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Of ten calls, the last three repeat the first three.
const fn original(slot: usize) -> usize {
    if slot % 10 < 7 { slot } else { slot - 7 }
}

/// Calls at the pace; how long each new message took from its call to the stream. A message seen twice, or never, measures nothing.
async fn storm(address: SocketAddr, stream: &[u8], path: &str, round: usize, time: Duration) -> Outcome<Load> {
    let slots = (PACE * time.as_secs_f64()) as usize;
    let first = round * slots;
    let calls: Arc<Vec<Vec<u8>>> = Arc::new((0..slots).map(|slot| call(path, first + original(slot))).collect());
    let sent: Arc<Vec<OnceLock<Instant>>> = Arc::new((0..slots).map(|_| OnceLock::new()).collect());
    let expected = (0..slots).filter(|slot| original(*slot) == *slot).count();
    let mut tail = Tail::open(address, stream).await?;
    let begun = Instant::now();
    let mut hands = JoinSet::new();
    for hand in 0..CONNECTIONS {
        let (calls, sent) = (calls.clone(), sent.clone());
        hands.spawn(async move {
            let mut wire = Wire::open(address).await?;
            for slot in (hand..calls.len()).step_by(CONNECTIONS) {
                tokio::time::sleep_until((begun + Duration::from_secs_f64(slot as f64 / PACE)).into()).await;
                // Where a connection is late, a repeat may overtake what it repeats.
                sent[original(slot)].get_or_init(Instant::now);
                let answer = wire.ask(&calls[slot]).await?;
                if answer.status != 200 {
                    return Err(format!("a call answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
                }
            }
            Outcome::Ok(())
        });
    }
    let (mut times, mut known) = (Vec::with_capacity(expected), BTreeSet::new());
    let until = begun + time + Duration::from_secs(20);
    while known.len() < expected {
        let seen = tail.mark(until).await?.ok_or_else(|| format!("{} of {expected} messages came", known.len()))?;
        let slot = usize::try_from(seen)?.checked_sub(first).ok_or("a message of an earlier round")?;
        if !known.insert(slot) {
            return Err(format!("message {seen} came twice").into());
        }
        times.push(Instant::now() - *sent.get(slot).and_then(OnceLock::get).ok_or("a message nobody sent")?);
    }
    let lasted = Instant::now() - begun;
    while let Some(done) = hands.join_next().await {
        done??;
    }
    // The last repeats have their time, too.
    if let Some(seen) = tail.mark(Instant::now() + Duration::from_millis(300)).await? {
        return Err(format!("message {seen} came twice").into());
    }
    Ok(Load::of(times, lasted))
}

/// What the baseline reads of a call: the message's id and its words.
pub fn message(body: &str) -> Option<(String, String)> {
    let call: Value = serde_json::from_str(body).ok()?;
    let message = call.pointer("/entry/0/changes/0/value/messages/0")?;
    Some((message["id"].as_str()?.to_owned(), message["text"]["body"].as_str()?.to_owned()))
}
