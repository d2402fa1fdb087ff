//! From a visitor's POST to the event on an agent's stream, one message at a time and then at a pace.
//! The baseline commits one row, waits for the disk too, and broadcasts.

use crate::Outcome;
use crate::ground::{Ground, newcomer};
use crate::load::Load;
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Tail, Wire};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Visitors that take turns, so that none meets the limit of what one person may write.
const VISITORS: usize = 10;

/// A visitor's message as a request, with a text of one's choice.
pub struct Visitors {
    inbox: String,
    tokens: Vec<String>,
}

impl Visitors {
    /// Each writes a first message, which makes them.
    pub async fn arrive(address: SocketAddr, inbox: &str) -> Outcome<Self> {
        let mut wire = Wire::open(address).await?;
        let mut tokens = Vec::new();
        for _ in 0..VISITORS {
            let draft = json!({ "inbox": inbox, "key": uuid::Uuid::now_v7(), "text": "Oi" });
            let sent = wire.ask(&Caller::default().post("/widget/v1/messages", &draft.to_string())).await?.json()?;
            tokens.push(sent["token"].as_str().ok_or("a visitor without a token")?.to_owned());
        }
        Ok(Self { inbox: inbox.to_owned(), tokens })
    }

    /// The n-th message.
    pub fn write(&self, n: usize, text: &str) -> Vec<u8> {
        let draft = json!({ "inbox": self.inbox, "key": uuid::Uuid::now_v7(), "text": text });
        Caller::visitor(&self.tokens[n % self.tokens.len()]).post("/widget/v1/messages", &draft.to_string())
    }
}

/// The same message as the baseline broadcasts it: an event of the size and shape of ours.
pub fn bare_message(text: &str) -> Vec<u8> {
    let message = json!({ "id": 4711, "conversation": 4711, "key": uuid::Uuid::now_v7(), "kind": "incoming", "author": { "contact": { "id": 4711 } },
        "text": text, "files": [], "state": "sent", "activity": null, "at": 1_780_000_000_000_u64 });
    let event = json!({ "seq": 4711, "at": 1_780_000_000_000_u64, "change": { "message": { "message": message } } });
    Caller::default().post("/send", &event.to_string())
}

/// Several rounds, alternating.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let folder = ground.folder()?;
    let server = ground.serve(folder.path(), &[])?;
    let (agent, inbox) = newcomer(server.address).await?;
    let visitors = Visitors::arrive(server.address, &inbox).await?;
    let file = folder.path().join("bare.db");
    let other = ground.baseline(&["kept", &file.to_string_lossy()])?;
    let each = ground.size(100, 30);
    let [mut half, mut most] = [(); 2].map(|()| (Rounds::default(), Rounds::default()));
    for _ in 0..ground.rounds() {
        let ours = one_by_one(server.address, &agent.stream(), each, |n, text| visitors.write(n, text)).await?;
        let bare = one_by_one(other.address, &Caller::default().get("/events"), each, |_, text| bare_message(text)).await?;
        half.0.0.push(ours.quantile(0.5));
        half.1.0.push(bare.quantile(0.5));
        most.0.0.push(ours.quantile(0.99));
        most.1.0.push(bare.quantile(0.99));
    }
    let note = "visitor's POST to event seen, disk waited for; baseline: axum, one row committed, tokio broadcast";
    Ok(vec![
        Row::beside("website message to agent's stream, p50", Unit::Ms, &half.0, &half.1).goal(Goal::AtMost(5.0)).note(note),
        Row::beside("website message to agent's stream, p99", Unit::Ms, &most.0, &most.1).goal(Goal::AtMost(25.0)),
    ])
}

async fn one_by_one(address: SocketAddr, stream: &[u8], count: usize, write: impl Fn(usize, &str) -> Vec<u8>) -> Outcome<Load> {
    let (mut tail, mut wire) = (Tail::open(address, stream).await?, Wire::open(address).await?);
    let (begun, mut times) = (Instant::now(), Vec::new());
    for n in 0..count {
        let request = write(n, &format!("t={n}"));
        let sent = Instant::now();
        let seen = async {
            while tail.mark(sent + Duration::from_secs(10)).await?.ok_or("an event that never came")? != n as u64 {}
            Outcome::Ok(Instant::now() - sent)
        };
        let (answer, seen) = tokio::join!(wire.ask(&request), seen);
        let answer = answer?;
        if answer.status != 200 {
            return Err(format!("a message answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
        }
        times.push(seen?);
    }
    Ok(Load::of(times, Instant::now() - begun))
}
