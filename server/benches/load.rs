//! Two ways to ask: as fast as answers come, and at a fixed pace whatever comes. Both end by themselves after the time given.

use crate::Outcome;
use crate::wire::Wire;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Makes the n-th request of a connection.
pub type Ask = Arc<dyn Fn(usize, u64) -> Vec<u8> + Send + Sync>;

/// What a load measured.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Answers a second.
    pub rate: f64,
    /// How long each took, sorted.
    times: Vec<Duration>,
}

impl Load {
    /// Of so many times within so long.
    pub fn of(mut times: Vec<Duration>, lasted: Duration) -> Self {
        times.sort_unstable();
        Self { rate: times.len() as f64 / lasted.as_secs_f64(), times }
    }

    /// The time that this part of the answers took at most, in milliseconds.
    pub fn quantile(&self, part: f64) -> f64 {
        let at = ((self.times.len() as f64 * part).ceil() as usize).clamp(1, self.times.len().max(1)) - 1;
        self.times.get(at).map_or(f64::NAN, |t| t.as_secs_f64() * 1000.0)
    }
}

/// So many connections, each asking anew as soon as it is answered; times are those of whole answers.
pub async fn closed(address: SocketAddr, connections: usize, time: Duration, ask: &Ask) -> Outcome<Load> {
    let mut all = JoinSet::new();
    let (begun, until) = (Instant::now(), Instant::now() + time);
    for connection in 0..connections {
        let ask = ask.clone();
        all.spawn(async move {
            let mut wire = Wire::open(address).await?;
            let mut times = Vec::new();
            for n in 0.. {
                let request = ask(connection, n);
                let sent = Instant::now();
                if sent >= until {
                    break;
                }
                let answer = wire.ask(&request).await?;
                refuse(answer.status, &answer.body)?;
                times.push(Instant::now() - sent);
            }
            Outcome::Ok(times)
        });
    }
    let times = gather(all).await?;
    Ok(Load::of(times, Instant::now() - begun))
}

/// So many requests a second over these connections; times are those to the first byte, counted from the moment a request was due
/// where its connection was still busy then.
pub async fn paced(address: SocketAddr, per_second: f64, connections: usize, time: Duration, ask: &Ask) -> Outcome<Load> {
    let mut all = JoinSet::new();
    let begun = Instant::now();
    let total = (per_second * time.as_secs_f64()) as usize;
    for connection in 0..connections {
        let ask = ask.clone();
        all.spawn(async move {
            let mut wire = Wire::open(address).await?;
            let mut times = Vec::new();
            for (n, slot) in (connection..total).step_by(connections).enumerate() {
                let request = ask(connection, n as u64);
                let due = begun + Duration::from_secs_f64(slot as f64 / per_second);
                let late = Instant::now().saturating_duration_since(due);
                if late.is_zero() {
                    tokio::time::sleep_until(due.into()).await;
                }
                let answer = wire.ask(&request).await?;
                refuse(answer.status, &answer.body)?;
                times.push(late + answer.first);
            }
            Outcome::Ok(times)
        });
    }
    let times = gather(all).await?;
    Ok(Load::of(times, Instant::now() - begun))
}

async fn gather(mut all: JoinSet<Outcome<Vec<Duration>>>) -> Outcome<Vec<Duration>> {
    let mut times = Vec::new();
    while let Some(done) = all.join_next().await {
        times.extend(done??);
    }
    Ok(times)
}

/// A load that is refused measures nothing.
fn refuse(status: u16, body: &[u8]) -> Outcome<()> {
    if (200..300).contains(&status) { Ok(()) } else { Err(format!("answered {status}: {}", String::from_utf8_lossy(body)).into()) }
}
