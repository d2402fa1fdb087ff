//! Search with two operators and a word that few said, permissions applied, on two sizes of data. The baseline scans the same file with `LIKE`,
//! which is what help desks on plain SQL do.

use crate::Outcome;
use crate::ground::{Agent, Ground, Kept, demo_agent};
use crate::load::{Ask, Load, closed};
use crate::table::{Goal, Rounds, Row, Unit};
use crate::wire::Wire;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many rare words are asked in turn.
const WORDS: usize = 40;
/// How many scans make a round: each takes long.
const SCANS: usize = 3;

/// Ours at both sizes, the scan at both, alternating.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let (few, many) = ground.sizes();
    let small = one(ground, &ground.kept(few)?).await?;
    let large = one(ground, &ground.kept(many)?).await?;
    let what = |of: &str, messages: u32| format!("search with 2 operators and a rare word on {messages} messages, {of}");
    let ratio = Row::beside(format!("the same on {many} messages beside {few}, p95"), Unit::Ms, &large.most, &small.most);
    Ok(vec![
        Row::beside(what("p50", few), Unit::Ms, &small.half, &small.scan)
            .goal(Goal::TimesAtMost(0.005))
            .note("over HTTP, session and rights looked up; baseline: LIKE through rusqlite on the same file, newest first, 20 hits"),
        Row::beside(what("p50", many), Unit::Ms, &large.half, &large.scan).goal(Goal::TimesAtMost(0.005)),
        Row::alone(what("p95", many), Unit::Ms, large.most.median()).goal(Goal::AtMost(15.0)),
        ratio.goal(Goal::TimesAtMost(1.5)).note("ours at the larger size; its baseline is ours at the smaller"),
    ])
}

#[derive(Default)]
struct Figures {
    half: Rounds,
    most: Rounds,
    scan: Rounds,
}

async fn one(ground: &Ground, kept: &Kept) -> Outcome<Figures> {
    let file = kept.folder.join("data/recado.db");
    let disk = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let words = rare(&disk)?;
    let server = ground.serve(&kept.folder, &[])?;
    let agent: Agent = demo_agent(server.address).await?;
    let asked = words.clone();
    let ask: Ask = Arc::new(move |connection, n| {
        let word = &asked[(connection + n as usize) % asked.len()];
        agent.call("search", json!({ "text": format!("canal:website depois:2020-01-01 {word}"), "below": null }))
    });
    // A search that finds nothing measures nothing.
    let found = Wire::open(server.address).await?.ask(&ask(0, 0)).await?.json()?;
    if found["messages"].as_array().is_none_or(Vec::is_empty) {
        return Err(format!("nothing was found: {found}").into());
    }
    closed(server.address, 1, Duration::from_millis(500), &ask).await?;
    let mut figures = Figures::default();
    for round in 0..ground.rounds() {
        let ours = closed(server.address, 1, ground.round(), &ask).await?;
        figures.half.0.push(ours.quantile(0.5));
        figures.most.0.push(ours.quantile(0.95));
        figures.scan.0.push(scans(&disk, &words[round % words.len()..])?.quantile(0.5));
    }
    server.stop()?;
    Ok(figures)
}

/// Words that nearly nobody said: the numbers of orders, from all over the data.
fn rare(disk: &Connection) -> Outcome<Vec<String>> {
    let last: i64 = disk.query_row("SELECT max(id) FROM message", [], |row| row.get(0))?;
    let mut words = Vec::new();
    let mut statement = disk.prepare("SELECT text FROM message WHERE id >= ?1 AND text LIKE 'Isso mesmo, é o %' LIMIT 1")?;
    for at in 0..WORDS as i64 {
        let found: Option<String> = statement.query_map([last * at / WORDS as i64], |row| row.get(0))?.next().transpose()?;
        words.extend(found.and_then(|text| Some(text.trim_end_matches('.').rsplit(' ').next()?.to_owned())));
    }
    if words.is_empty() { Err("nobody says anything rare in this data".into()) } else { Ok(words) }
}

fn scans(disk: &Connection, words: &[String]) -> Outcome<Load> {
    let (begun, mut times) = (Instant::now(), Vec::new());
    let text = "SELECT id, conversation_id, text FROM message WHERE account_id = 1 AND text LIKE ?1 ORDER BY id DESC LIMIT 20";
    for word in words.iter().take(SCANS) {
        let sent = Instant::now();
        let mut statement = disk.prepare_cached(text)?;
        let found: Vec<i64> = statement.query_map([format!("%{word}%")], |row| row.get(0))?.collect::<Result<_, _>>()?;
        if found.is_empty() {
            return Err(format!("nobody said {word}").into());
        }
        times.push(Instant::now() - sent);
    }
    Ok(Load::of(times, Instant::now() - begun))
}
