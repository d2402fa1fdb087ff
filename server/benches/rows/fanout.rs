//! One account, a thousand open streams of agents, fifty messages of visitors a second: how many deliveries arrive, and how late.
//! The baseline is a bare tokio broadcast behind axum, with nothing stored, nothing judged and one event where ours has two.

use super::website::{Visitors, bare_message};
use crate::Outcome;
use crate::ground::{Ground, newcomer};
use crate::load::Load;
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Tail, Wire};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

const A_SECOND: usize = 50;

/// Several rounds, alternating.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let (streams, messages) = (ground.size(1000, 200), ground.size(200, 50));
    let folder = ground.folder()?;
    let server = ground.serve(folder.path(), &[])?;
    let (agent, inbox) = newcomer(server.address).await?;
    let visitors = Arc::new(Visitors::arrive(server.address, &inbox).await?);
    let other = ground.baseline(&["stream"])?;
    let [mut rate, mut half, mut most] = [(); 3].map(|()| (Rounds::default(), Rounds::default()));
    for _ in 0..ground.rounds().min(3) {
        let by = visitors.clone();
        let ours = spread(server.address, agent.stream(), streams, messages, move |n, text| by.write(n, text)).await?;
        let bare = spread(other.address, Caller::default().get("/events"), streams, messages, |_, text| bare_message(text)).await?;
        for (side, load) in [(0, &ours), (1, &bare)] {
            for (rounds, value) in [(&mut rate, load.rate), (&mut half, load.quantile(0.5)), (&mut most, load.quantile(0.99))] {
                if side == 0 { rounds.0.0.push(value) } else { rounds.1.0.push(value) }
            }
        }
    }
    let offered = (streams * A_SECOND) as f64;
    let what = |of: &str| format!("fan-out to {streams} streams, {of}");
    let rate =
        Row::beside(what("deliveries"), Unit::PerSecond, &rate.0, &rate.1).goal(Goal::TimesAtLeast(0.6)).goal(Goal::AtLeast(offered * 0.9));
    Ok(vec![
        rate.note(format!("offered {offered}/s; ours stores and judges each message and sends its conversation's row as a second event")),
        Row::beside(what("p50"), Unit::Ms, &half.0, &half.1),
        Row::beside(what("p99"), Unit::Ms, &most.0, &most.1).goal(Goal::AtMost(60.0)),
    ])
}

/// Opens the streams, sends at the pace, and answers every delivery's time.
async fn spread(
    address: SocketAddr,
    stream: Vec<u8>,
    streams: usize,
    messages: usize,
    write: impl Fn(usize, &str) -> Vec<u8> + Send + Sync,
) -> Outcome<Load> {
    let start = Instant::now();
    let open: Vec<Tail> = open(address, &stream, streams).await?;
    let lasts = Duration::from_secs_f64(messages as f64 / A_SECOND as f64);
    let until = Instant::now() + lasts + Duration::from_secs(8);
    let mut readers = JoinSet::new();
    for mut tail in open {
        readers.spawn(async move {
            let mut times = Vec::with_capacity(messages);
            while times.len() < messages {
                let Some(sent) = tail.mark(until).await? else { break };
                times.push((Instant::now() - start).saturating_sub(Duration::from_micros(sent)));
            }
            Outcome::Ok((times, Instant::now()))
        });
    }
    let begun = Instant::now();
    let mut wire = Wire::open(address).await?;
    for n in 0..messages {
        tokio::time::sleep_until((begun + Duration::from_secs_f64(n as f64 / A_SECOND as f64)).into()).await;
        let text = format!("t={}", (Instant::now() - start).as_micros());
        let answer = wire.ask(&write(n, &text)).await?;
        if answer.status != 200 {
            return Err(format!("a message answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
        }
    }
    let (mut all, mut last) = (Vec::with_capacity(streams * messages), begun);
    while let Some(done) = readers.join_next().await {
        let (times, at) = done??;
        all.extend(times);
        last = last.max(at);
    }
    Ok(Load::of(all, last - begun))
}

/// So many streams, opened by a few at once.
pub async fn open(address: SocketAddr, stream: &[u8], streams: usize) -> Outcome<Vec<Tail>> {
    const AT_ONCE: usize = 32;
    let made = Arc::new(Mutex::new(Vec::with_capacity(streams)));
    let mut hands = JoinSet::new();
    for hand in 0..AT_ONCE {
        let (made, stream) = (made.clone(), stream.to_vec());
        hands.spawn(async move {
            for _ in (hand..streams).step_by(AT_ONCE) {
                let tail = Tail::open(address, &stream).await?;
                made.lock().await.push(tail);
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = hands.join_next().await {
        done??;
    }
    Ok(std::mem::take(&mut *made.lock().await))
}
