//! What an agent's stream costs in the server's memory while nothing happens. Counted from outside, per stream, after all are open.

use super::fanout::open;
use crate::Outcome;
use crate::ground::{Ground, newcomer};
use crate::process::Process;
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::Caller;
use std::time::Duration;

/// As many streams as the machine lets one process have, up to twenty thousand.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let streams = ground.size(20_000, 2_000).min(ground.streams());
    let folder = ground.folder()?;
    let server = ground.serve(folder.path(), &[])?;
    let (agent, _) = newcomer(server.address).await?;
    let (ours, total) = each(&server, &agent.stream(), streams).await?;
    server.stop()?;
    let other = ground.baseline(&["stream"])?;
    let (bare, _) = each(&other, &Caller::default().get("/events"), streams).await?;
    let (ours, bare) = (Rounds(vec![ours / 1024.0]), Rounds(vec![bare / 1024.0]));
    let row = Row::beside(format!("memory of an idle stream, of {streams}"), Unit::KiB, &ours, &bare).goal(Goal::AtMost(10.0));
    let whole = Row::alone(format!("memory with {streams} idle streams"), Unit::MiB, total / 1_048_576.0).goal(Goal::AtMost(260.0));
    Ok(vec![row.note("baseline: axum's own server-sent events on a tokio broadcast, same allocator, nobody signed in"), whole])
}

/// Bytes a stream added, and bytes in all.
async fn each(server: &Process, stream: &[u8], streams: usize) -> Outcome<(f64, f64)> {
    // A few come and go first, so that what the server makes once is not counted as theirs.
    drop(open(server.address, stream, 100).await?);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = server.memory()?;
    let held: Vec<_> = open(server.address, stream, streams).await?.into_iter().map(|tail| tail.rest()).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let after = server.memory()?;
    drop(held);
    Ok(((after - before) / streams as f64, after))
}
