//! The inbox page rendered on the server for somebody signed in, with the rows of the large database. The baseline answers the same bytes.

use crate::Outcome;
use crate::ground::{Ground, demo_agent};
use crate::load::{Ask, closed, paced};
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Wire};
use std::sync::Arc;
use std::time::Duration;

const AT_ONCE: usize = 16;
const A_SECOND: f64 = 200.0;

/// At a pace and at saturation, alternating.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let big = ground.big()?;
    let server = ground.serve(big.folder.path(), &[])?;
    let agent = demo_agent(server.address).await?;
    let path = format!("/app/accounts/{}/conversations", agent.account);
    let plain = agent.caller.get(&path);
    let page = Wire::open(server.address).await?.ask(&plain).await?;
    if page.status != 200 {
        return Err(format!("the inbox answered {}", page.status).into());
    }
    let bytes = page.body.len();
    let folder = ground.folder()?;
    let file = folder.path().join("page.html");
    std::fs::write(&file, &page.body)?;
    let other = ground.baseline(&["page", &file.to_string_lossy()])?;
    let packed = agent.caller.with("accept-encoding: gzip, br").get(&path);
    let bare_ask = Caller::default().get(&path);
    let [plain, packed, bare_ask] = [plain, packed, bare_ask].map(|request| -> Ask { Arc::new(move |_, _| request.clone()) });
    closed(server.address, AT_ONCE, Duration::from_millis(500), &plain).await?;
    let [mut rate, mut first, mut browser] = [(); 3].map(|()| (Rounds::default(), Rounds::default()));
    for _ in 0..ground.rounds() {
        rate.0.0.push(closed(server.address, AT_ONCE, ground.round(), &plain).await?.rate);
        rate.1.0.push(closed(other.address, AT_ONCE, ground.round(), &bare_ask).await?.rate);
        first.0.0.push(paced(server.address, A_SECOND, AT_ONCE, ground.round(), &plain).await?.quantile(0.99));
        first.1.0.push(paced(other.address, A_SECOND, AT_ONCE, ground.round(), &bare_ask).await?.quantile(0.99));
        browser.0.0.push(closed(server.address, AT_ONCE, ground.round(), &packed).await?.rate);
    }
    let rate_row = Row::beside("inbox page, at saturation", Unit::PerSecond, &rate.0, &rate.1)
        .goal(Goal::TimesAtLeast(0.2))
        .goal(Goal::AtLeast(1500.0));
    let first_row = Row::beside("inbox page, first byte p99 at 200/s", Unit::Ms, &first.0, &first.1).goal(Goal::AtMost(20.0));
    Ok(vec![
        rate_row.note(format!("{bytes} bytes, {AT_ONCE} connections; baseline: axum answering the same bytes")),
        first_row,
        Row::alone("inbox page, at saturation, compressed", Unit::PerSecond, browser.0.median())
            .note("as a browser asks: accept-encoding gzip, br"),
    ])
}
