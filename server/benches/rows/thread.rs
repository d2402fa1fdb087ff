//! Opening a long conversation and paging up through it forty times: messages, notes, files, who follows. The baseline is axum with one
//! statement on rusqlite behind it, on the same file, answering the same messages as JSON.

use crate::Outcome;
use crate::ground::{Ground, newcomer};
use crate::load::{Ask, closed};
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::{Caller, Wire};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Messages of a page, as the server gives them.
const PAGE: usize = 50;
/// Pages from the newest upward.
const PAGES: usize = 41;
const AT_ONCE: usize = 16;
/// Every so many a note, and every so many a file.
const NOTE: usize = 10;
const FILE: usize = 50;

/// One caller for the times, many for the rate, alternating with the baseline.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let folder = ground.folder()?;
    let server = ground.serve(folder.path(), &[])?;
    let (agent, token) = newcomer(server.address).await?;
    let mut wire = Wire::open(server.address).await?;
    let hello = json!({ "inbox": token, "key": uuid::Uuid::now_v7(), "text": "oi" });
    let begun = wire.ask(&Caller::default().post("/widget/v1/messages", &hello.to_string())).await?;
    if begun.status != 200 {
        return Err(format!("a visitor could not write: {}", begun.status).into());
    }
    let (mut ids, mut upload) = (Vec::new(), None);
    for at in 0..PAGE * PAGES {
        let mut draft = json!({ "conversation": 1, "key": uuid::Uuid::now_v7(), "text": format!("Mensagem {at} de uma conversa longa") });
        if at % FILE == 1 {
            let path = format!("/uploads/{}?name=tabela.txt", agent.account);
            let kept = wire.ask(&agent.caller.post(&path, "precos")).await?;
            upload = kept.json()?["key"].as_str().map(str::to_owned);
        }
        if let Some(key) = upload.take() {
            draft["files"] = json!([key]);
        }
        let function = if at % NOTE == 0 { "add_note" } else { "send_reply" };
        let said = wire.ask(&agent.call(function, json!({ "draft": draft }))).await?;
        ids.push(said.json()?["id"].as_i64().ok_or("a message without an id")?);
    }
    let other = ground.baseline(&["thread", &folder.path().join("data/recado.db").to_string_lossy()])?;
    let below: Vec<i64> = ids.iter().rev().step_by(PAGE).copied().collect();
    let bounds = below.clone();
    let ask: Ask = Arc::new(move |_, n| match n as usize % bounds.len() {
        0 => agent.call("thread", json!({ "number": 1, "window": "latest" })),
        page => agent.call("messages", json!({ "conversation": 1, "window": { "before": bounds[page] } })),
    });
    let bare: Ask = Arc::new(move |_, n| {
        let below = match n as usize % below.len() {
            0 => i64::MAX,
            page => below[page],
        };
        Caller::default().get(&format!("/thread?below={below}"))
    });
    let rows = |page: &Value| page["rows"].as_array().map_or(0, Vec::len);
    let (ours, theirs) = (wire.ask(&ask(0, 1)).await?.json()?, Wire::open(other.address).await?.ask(&bare(0, 1)).await?.json()?);
    if rows(&ours["data"]).max(rows(&ours)) != PAGE || theirs.as_array().map_or(0, Vec::len) != PAGE {
        return Err(format!("a page is not {PAGE} messages on both sides").into());
    }
    closed(server.address, 2, Duration::from_millis(500), &ask).await?;
    let [mut half, mut most, mut rate] = [(); 3].map(|()| (Rounds::default(), Rounds::default()));
    for _ in 0..ground.rounds() {
        let (ours, theirs) =
            (closed(server.address, 1, ground.round(), &ask).await?, closed(other.address, 1, ground.round(), &bare).await?);
        half.0.0.push(ours.quantile(0.5));
        half.1.0.push(theirs.quantile(0.5));
        most.0.0.push(ours.quantile(0.99));
        most.1.0.push(theirs.quantile(0.99));
        rate.0.0.push(closed(server.address, AT_ONCE, ground.round(), &ask).await?.rate);
        rate.1.0.push(closed(other.address, AT_ONCE, ground.round(), &bare).await?.rate);
    }
    Ok(vec![
        Row::beside("a conversation opened and paged up 40 times, pages/s", Unit::PerSecond, &rate.0, &rate.1)
            .goal(Goal::TimesAtLeast(0.6))
            .note(format!(
                "{AT_ONCE} connections, {PAGE} messages a page, notes and files among them; baseline: axum, one statement, JSON"
            )),
        Row::beside("the same, p50 of a page", Unit::Ms, &half.0, &half.1),
        Row::beside("the same, p99 of a page", Unit::Ms, &most.0, &most.1).goal(Goal::AtMost(8.0)),
    ])
}
