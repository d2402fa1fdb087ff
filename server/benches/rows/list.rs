//! A page of the conversation list on the large database, through three filters in turn. The baseline is the statement alone, prepared,
//! on rusqlite; ours is that statement with everything around it, once without and once with HTTP, session and rights included.

use super::reply::{Alone, alone};
use crate::Outcome;
use crate::ground::{Ground, demo_agent};
use crate::load::{Ask, Load, closed};
use crate::table::{Goal, Rounds, Row, Unit};
use model::{InboxId, ListFilter, StatusKind, Tab};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const AT_ONCE: usize = 16;

const COLUMNS: &str = "SELECT v.id, v.number, v.inbox_id, v.contact_id, v.contact_inbox_id, k.name, k.email, k.phone, k.blocked, v.status, \
    v.snoozed_until, v.assignee_id, v.last_message_at, v.last_incoming_at, v.created_at, v.incoming, v.waiting_since, v.contact_seen_at, \
    v.first_reply_at, v.preview, v.origin, m.seen, m.reply_draft <> '' OR m.note_draft <> '' \
    FROM conversation v JOIN contact k ON k.id = v.contact_id \
    LEFT JOIN mark m ON m.account_id = v.account_id AND m.conversation_id = v.id AND m.user_id = 1 WHERE v.account_id = 1";
const ORDER: &str = "ORDER BY v.last_message_at DESC, v.id DESC LIMIT 26";
const CONDITIONS: [&str; 3] =
    ["AND v.status = 0", "AND v.status = 0 AND v.inbox_id = 1 AND v.assignee_id = 1", "AND v.assignee_id IS NULL"];

fn filters() -> [ListFilter; 3] {
    [
        ListFilter { tab: Tab::All, status: Some(StatusKind::Open), inbox: None, ..ListFilter::default() },
        ListFilter { tab: Tab::Mine, status: Some(StatusKind::Open), inbox: Some(InboxId(1)), ..ListFilter::default() },
        ListFilter { tab: Tab::Unassigned, status: None, inbox: None, ..ListFilter::default() },
    ]
}

/// Over HTTP, then in process, each alternating with the statement.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let big = ground.big()?;
    on(ground, big.folder.path(), big.messages).await
}

/// The same on a database that lies there.
pub async fn on(ground: &Ground, folder: &Path, messages: u32) -> Outcome<Vec<Row>> {
    let file = folder.join("data/recado.db");
    let server = ground.serve(folder, &[])?;
    let agent = demo_agent(server.address).await?;
    let ask: Ask = Arc::new(move |connection, n| {
        agent.call("conversations", json!({ "filter": filters()[(connection + n as usize) % 3], "below": null }))
    });
    closed(server.address, 2, Duration::from_millis(500), &ask).await?;
    let [mut half, mut most, mut rate, mut inner] = [(); 4].map(|()| (Rounds::default(), Rounds::default()));
    for _ in 0..ground.rounds() {
        let ours = closed(server.address, 1, ground.round(), &ask).await?;
        let bare = statements(&file, 1, ground.round())?;
        half.0.0.push(ours.quantile(0.5));
        half.1.0.push(bare.quantile(0.5));
        most.0.0.push(ours.quantile(0.99));
        most.1.0.push(bare.quantile(0.99));
        rate.0.0.push(closed(server.address, AT_ONCE, ground.round(), &ask).await?.rate);
        rate.1.0.push(statements(&file, 2, ground.round())?.rate);
    }
    server.stop()?;
    let product = alone(folder).await?;
    for _ in 0..ground.rounds() {
        inner.0.0.push(pages(&product, ground.round()).await?.quantile(0.5));
        inner.1.0.push(statements(&file, 1, ground.round())?.quantile(0.5));
    }
    product.close().await?;
    let what = |of: &str| format!("list page on {messages} messages, {of}");
    let inner = Row::beside(what("p50 without HTTP"), Unit::Ms, &inner.0, &inner.1).goal(Goal::TimesAtMost(3.0));
    Ok(vec![
        inner.note("the service's own call; baseline: the prepared statement on rusqlite, its cells read"),
        Row::beside(what("p50"), Unit::Ms, &half.0, &half.1)
            .goal(Goal::AtMost(2.0))
            .note("over HTTP, one caller, session and rights looked up"),
        Row::beside(what("p99"), Unit::Ms, &most.0, &most.1).goal(Goal::AtMost(10.0)),
        Row::beside(what("at saturation"), Unit::PerSecond, &rate.0, &rate.1)
            .goal(Goal::AtLeast(4000.0))
            .note(format!("{AT_ONCE} connections; baseline: the statement on two threads")),
    ])
}

async fn pages(product: &Alone, time: Duration) -> Outcome<Load> {
    let (begun, mut times) = (Instant::now(), Vec::new());
    for n in 0.. {
        let sent = Instant::now();
        if sent - begun > time {
            break;
        }
        let page = product.service.conversations(&product.scope, filters()[n % 3], None).await?;
        if page.data.rows.is_empty() {
            return Err("a list without rows measures nothing".into());
        }
        times.push(Instant::now() - sent);
    }
    Ok(Load::of(times, Instant::now() - begun))
}

/// The bare statement on so many threads, each with a connection of its own.
fn statements(file: &Path, threads: usize, time: Duration) -> Outcome<Load> {
    let begun = Instant::now();
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads).map(|_| scope.spawn(|| read(file, begun + time))).collect();
        for hand in hands {
            all.extend(hand.join().map_err(|_| "a reading thread panicked")??);
        }
        Outcome::Ok(())
    })?;
    Ok(Load::of(all, Instant::now() - begun))
}

fn read(file: &Path, until: Instant) -> Outcome<Vec<Duration>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let texts = CONDITIONS.map(|condition| format!("{COLUMNS} {condition} {ORDER}"));
    let mut times = Vec::new();
    for n in 0.. {
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        let mut statement = connection.prepare_cached(&texts[n % 3])?;
        let mut rows = statement.query([])?;
        let mut cells = Vec::with_capacity(26 * 23);
        while let Some(row) = rows.next()? {
            for at in 0..23 {
                // What a caller would keep of it.
                cells.push(match row.get_ref(at)? {
                    ValueRef::Text(text) | ValueRef::Blob(text) => Some(text.to_vec()),
                    ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
                });
            }
        }
        if cells.is_empty() {
            return Err("a list without rows measures nothing".into());
        }
        std::hint::black_box(&cells);
        times.push(Instant::now() - sent);
    }
    Ok(times)
}
