//! From starting the process to the last byte of a page: in an empty folder, and again on the large database.

use crate::Outcome;
use crate::ground::{Ground, demo_agent};
use crate::process::Process;
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Wire};
use std::time::Instant;

/// Starts, asks, stops, several times; the baseline is axum serving the same page from memory.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let (mut first, mut bare) = (Rounds::default(), Rounds::default());
    let copy = ground.folder()?;
    let file = copy.path().join("page.html");
    let ask = Caller::default().get("/signup");
    for _ in 0..ground.rounds() {
        let folder = ground.folder()?;
        let server = ground.serve(folder.path(), &[])?;
        let (time, page) = until_page(&server, &ask).await?;
        first.0.push(time);
        std::fs::write(&file, page)?;
        let other = ground.baseline(&["page", &file.to_string_lossy()])?;
        bare.0.push(until_page(&other, &ask).await?.0);
    }
    let row = Row::beside("start: empty folder to first page", Unit::Ms, &first, &bare);
    let mut rows = vec![row.goal(Goal::AtMost(2000.0)).note("migrations included; baseline: axum serving the same bytes")];

    let big = ground.big()?;
    let server = ground.serve(big.folder.path(), &[])?;
    let agent = demo_agent(server.address).await?;
    let ask = agent.caller.get(&format!("/app/accounts/{}/conversations", agent.account));
    until_page(&server, &ask).await?;
    server.stop()?;
    let (mut again, mut bare) = (Rounds::default(), Rounds::default());
    for _ in 0..ground.rounds() {
        let server = ground.serve(big.folder.path(), &[])?;
        let (time, page) = until_page(&server, &ask).await?;
        again.0.push(time);
        server.stop()?;
        std::fs::write(&file, page)?;
        let other = ground.baseline(&["page", &file.to_string_lossy()])?;
        bare.0.push(until_page(&other, &ask).await?.0);
    }
    let what = format!("start: restart on {} messages", big.messages);
    let row = Row::beside(what, Unit::Ms, &again, &bare).goal(Goal::AtMost(400.0));
    rows.push(row.note("to the whole inbox page of somebody signed in; baseline: axum serving the same bytes"));
    Ok(rows)
}

/// Milliseconds since the process was started, and the page.
async fn until_page(server: &Process, ask: &[u8]) -> Outcome<(f64, Vec<u8>)> {
    let answer = Wire::open(server.address).await?.ask(ask).await?;
    if answer.status == 200 {
        Ok(((Instant::now() - server.begun).as_secs_f64() * 1000.0, answer.body))
    } else {
        Err(format!("the first page answered {}", answer.status).into())
    }
}
