//! The whole server's memory: idle after its first page, and at work on the large database. What the system counts, not what we think we hold.

use super::fanout::open;
use crate::Outcome;
use crate::ground::{Ground, demo_agent};
use crate::load::{Ask, paced};
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Tail, Wire};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const MIB: f64 = 1_048_576.0;
const AGENTS: usize = 50;
const A_SECOND: f64 = 200.0;

/// Idle beside a bare axum, then under load.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let (mut idle, mut bare) = (Rounds::default(), Rounds::default());
    let copy = ground.folder()?;
    let file = copy.path().join("page.html");
    let ask = Caller::default().get("/signup");
    for _ in 0..3 {
        let folder = ground.folder()?;
        let server = ground.serve(folder.path(), &[])?;
        std::fs::write(&file, Wire::open(server.address).await?.ask(&ask).await?.body)?;
        let other = ground.baseline(&["page", &file.to_string_lossy()])?;
        Wire::open(other.address).await?.ask(&ask).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        idle.0.push(server.memory()? / MIB);
        bare.0.push(other.memory()? / MIB);
    }
    let row = Row::beside("memory idle, after the first page", Unit::MiB, &idle, &bare).goal(Goal::AtMost(50.0));
    let mut rows = vec![row.note("baseline: axum serving the same page from memory")];
    let (most, messages) = at_work(ground).await?;
    let what = format!("memory at work, {messages} messages");
    let row = Row::alone(what, Unit::MiB, most / MIB).goal(Goal::AtMost(160.0));
    rows.push(row.note(format!("the highest moment of {AGENTS} agents' streams, {A_SECOND} replies a second, the list read as often")));
    Ok(rows)
}

/// The most it held at any moment, in bytes.
async fn at_work(ground: &Ground) -> Outcome<(f64, u32)> {
    let big = ground.big()?;
    let server = ground.serve(big.folder.path(), &[])?;
    let agent = demo_agent(server.address).await?;
    let mut readers = JoinSet::new();
    let lasts = Duration::from_secs(ground.size(15, 4));
    let until = Instant::now() + lasts + Duration::from_secs(5);
    for tail in open(server.address, &agent.stream(), AGENTS).await? {
        readers.spawn(read(tail, until));
    }
    let conversations = i64::from(big.messages / 10);
    let writer = agent.clone();
    let reply: Ask = Arc::new(move |connection, n| {
        // Spread over all conversations, so that the database's own pages are spread as well.
        let at = (connection as i64 * 7919 + n.cast_signed() * 104_729) % conversations + 1;
        writer.reply(at, "Prontinho. Posso ajudar com mais alguma coisa?")
    });
    let list: Ask = Arc::new(move |_, _| {
        agent.call("conversations", serde_json::json!({ "filter": { "tab": "all", "status": "open", "inbox": null }, "below": null }))
    });
    let mut most = server.memory()?;
    let address = server.address;
    let work = async { tokio::try_join!(paced(address, A_SECOND, 16, lasts, &reply), paced(address, A_SECOND, 16, lasts, &list)) };
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => { done?; break }
            () = tokio::time::sleep(Duration::from_millis(200)) => most = most.max(server.memory()?),
        }
    }
    most = most.max(server.memory()?);
    readers.abort_all();
    server.stop()?;
    Ok((most, big.messages))
}

/// Reads whatever comes, as an open screen does.
async fn read(mut tail: Tail, until: Instant) {
    while let Ok(Some(_)) = tail.mark(until).await {}
}
