//! Moving in from a generated Chatwoot database, twenty messages a conversation: messages a second, whether the last go as fast as the first, and
//! memory. The baseline writes the finished rows of the two large tables and the words of search through bare rusqlite, as many at once.

use crate::Outcome;
use crate::ground::Ground;
use crate::table::{self, Goal, Rounds, Row, Unit};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const MIB: f64 = 1_048_576.0;
/// The generator of the import's test.
const STORY: &str = include_str!("../../tests/it/import/chatwoot.sql");
/// Rows of one write, as in the import.
const PIECE: usize = 1000;

/// Once: it takes minutes. Needs RECADO_TEST_POSTGRES; RECADO_BENCH_IMPORT says how many messages.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let named = std::env::var("RECADO_BENCH_IMPORT").ok().and_then(|text| text.parse().ok());
    let messages: i64 = named.unwrap_or_else(|| ground.size(200_000, 5000));
    let Some(url) = ground.postgres().await? else {
        table::progress("      moving in needs RECADO_TEST_POSTGRES, and is left out");
        return Ok(Vec::new());
    };
    let source = sea_orm::Database::connect(&url).await?;
    source.execute_unprepared(&STORY.replace(":messages", &messages.to_string())).await?;
    source.close().await?;
    let (folder, other) = (ground.folder()?, ground.folder()?);
    let mut command = ground.recado(folder.path())?;
    command.args(["import", "chatwoot", "--database-url", &url]).stdout(Stdio::null());
    let begun = Instant::now();
    let watched = watch(folder.path(), command.spawn()?).await?;
    let rate = messages as f64 / begun.elapsed().as_secs_f64();
    drop_database(&url).await?;
    if !ground.recado(other.path())?.arg("migrate").stdout(Stdio::null()).status()?.success() {
        return Err("recado migrate failed".into());
    }
    let bare = load(&folder.path().join("data/recado.db"), &other.path().join("data/recado.db"))?;
    let mut rows = vec![
        Row::beside(format!("{messages} messages moved in"), Unit::PerSecond, &Rounds(vec![rate]), &Rounds(vec![bare]))
            .goal(Goal::AtLeast(10_000.0))
            .goal(Goal::TimesAtLeast(0.35))
            .note("the whole command, contacts, files' places and counts included; baseline: rows of conversation, message and search, 1,000 a commit"),
        Row::alone("memory while moving in", Unit::MiB, watched.most / MIB).goal(Goal::AtMost(250.0)).note("the highest moment"),
    ];
    // Of a few pieces there is no first and last tenth.
    if let Some((first, last)) = watched.ends() {
        let row = Row::beside("messages moved in, last tenth", Unit::PerSecond, &Rounds(vec![last]), &Rounds(vec![first]));
        rows.insert(1, row.goal(Goal::TimesAtLeast(0.9)).note("baseline: the first tenth of the same run"));
    }
    Ok(rows)
}

async fn drop_database(url: &str) -> Outcome<()> {
    let (server, name) = url.rsplit_once('/').ok_or("an address without a database")?;
    let admin = sea_orm::Database::connect(format!("{server}/postgres")).await?;
    admin.execute_unprepared(&format!("DROP DATABASE {name}")).await?;
    Ok(admin.close().await?)
}

/// What was seen of an import while it ran.
struct Watched {
    /// The most memory, in bytes.
    most: f64,
    /// When which id was reached, by the import's stage.
    places: BTreeMap<i64, Vec<(Instant, i64)>>,
}

impl Watched {
    /// Messages a second in the first and the last tenth, where enough moments were seen.
    fn ends(&self) -> Option<(f64, f64)> {
        // That of messages has the most pieces by far.
        let places = self.places.values().max_by_key(|places| places.len())?;
        let tenth = places.len() / 10;
        let rate = |part: &[(Instant, i64)]| {
            let (from, to) = (part.first()?, part.last()?);
            // Three ids a message.
            Some((to.1 - from.1) as f64 / 3.0 / (to.0 - from.0).as_secs_f64())
        };
        if tenth < 3 { None } else { rate(&places[..=tenth]).zip(rate(&places[places.len() - 1 - tenth..])) }
    }
}

/// Looks at an import from outside until it ends. A moment is noted where it has come further, so that there are as many as writes.
async fn watch(folder: &Path, mut child: Child) -> Outcome<Watched> {
    let mut watched = Watched { most: 0.0, places: BTreeMap::new() };
    let mut database = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return if status.success() { Ok(watched) } else { Err(format!("recado import: {status}").into()) };
        }
        if let Some(now) = memory(child.id()) {
            watched.most = watched.most.max(now);
        }
        if database.is_none() {
            database = Connection::open_with_flags(folder.join("data/recado.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).ok();
        }
        if let Some((stage, last)) = database.as_ref().and_then(place).filter(|(_, last)| *last > 0) {
            let places = watched.places.entry(stage).or_default();
            if places.last().is_none_or(|(_, before)| last > *before) {
                places.push((Instant::now(), last));
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The most a process ever held, in bytes (`VmHWM`).
fn memory(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? * 1024.0)
}

/// How far an import is: its stage, and the last id of it.
fn place(database: &Connection) -> Option<(i64, i64)> {
    let text: String = database.query_row("SELECT value FROM setting WHERE name = 'import'", [], |row| row.get(0)).ok()?;
    let place: Json = serde_json::from_str(&text).ok()?;
    Some((place["stage"].as_i64()?, place["last"].as_i64()?))
}

/// Messages a second that bare rusqlite writes, out of one database of ours into an empty one.
fn load(from: &Path, to: &Path) -> Outcome<f64> {
    let read = |database: &Connection, sql: &str| -> Outcome<Vec<Vec<Value>>> {
        let mut statement = database.prepare(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect())?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let (from, to) = (Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?, Connection::open(to)?);
    to.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16000")?;
    let (mut spent, mut messages) = (Duration::ZERO, 0);
    let mut write = |into: &str, rows: &[Vec<Value>]| -> Outcome<()> {
        let Some(columns) = rows.first().map(Vec::len) else { return Ok(()) };
        let places = vec!["?"; columns].join(",");
        let begun = Instant::now();
        to.execute_batch("BEGIN IMMEDIATE")?;
        let mut statement = to.prepare_cached(&format!("INSERT INTO {into} VALUES ({places})"))?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
        to.execute_batch("COMMIT")?;
        spent += begun.elapsed();
        Ok(())
    };
    // What is read is not counted, and a piece is no more than what is written at once.
    for table in ["conversation", "message"] {
        let mut after = Value::Integer(0);
        loop {
            let Value::Integer(id) = after else { return Err("an id that is no number".into()) };
            let rows = read(&from, &format!("SELECT * FROM {table} WHERE id > {id} ORDER BY id LIMIT {PIECE}"))?;
            let Some(last) = rows.last() else { break };
            after = last[0].clone();
            write(table, &rows)?;
            if table == "message" {
                messages += rows.len();
                let words = read(&from, &format!("SELECT id, lower(text) FROM message WHERE id > {id} ORDER BY id LIMIT {PIECE}"))?;
                write("message_fts (rowid, words)", &words)?;
            }
        }
    }
    Ok(messages as f64 / spent.as_secs_f64())
}
