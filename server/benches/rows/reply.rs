//! A reply, accepted durably: message, conversation, event, job and search row, answered after the disk has them. The baseline writes
//! the same five rows through bare rusqlite into the same schema, one commit each, on the same disk.

use crate::Outcome;
use crate::ground::{Ground, demo_agent};
use crate::load::{Ask, Load, closed};
use crate::table::{Goal, Rounds, Row, Unit};
use model::{AccountId, ClientKey, ConversationId, ReplyDraft};
use rusqlite::{Connection, params};
use service::{Scope, Service, Settings, Store, StoreSettings, SystemClock};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const MANY: usize = 64;
const CONVERSATIONS: u32 = 500;
const TEXT: &str = "Sinto muito pelo transtorno. Vou abrir a troca agora e te mando o código de postagem.";

/// Both sides of one figure.
type Sides = (Rounds, Rounds);

fn conversation(caller: usize, n: u64) -> i64 {
    (caller as i64 + n.cast_signed() * MANY as i64) % i64::from(CONVERSATIONS) + 1
}

/// At one caller and at many: over HTTP, with and without the worker that delivers meanwhile, and the service without HTTP.
pub async fn run(ground: &Ground) -> Outcome<Vec<Row>> {
    let folders = [(); 4].map(|()| ground.folder());
    let [web, whole, inside, bare] = folders;
    let (web, whole, inside, bare) = (web?, whole?, inside?, bare?);
    for folder in [&web, &whole, &inside, &bare] {
        ground.demo(folder.path(), CONVERSATIONS, CONVERSATIONS * 10)?;
    }
    let accepts = ground.serve(web.path(), &["--roles", "web"])?;
    let does_all = ground.serve(whole.path(), &[])?;
    let product = alone(inside.path()).await?;
    let disk = Disk::open(&bare.path().join("data/recado.db"))?;
    let asks = [asking(accepts.address).await?, asking(does_all.address).await?];
    let mut one: [Sides; 3] = Default::default();
    let [mut rate, mut delivering, mut within]: [Sides; 3] = Default::default();
    let [mut half, mut most]: [Rounds; 2] = Default::default();
    for _ in 0..ground.rounds() {
        ground.settle()?;
        let ours = closed(accepts.address, 1, ground.round(), &asks[0]).await?;
        ground.settle()?;
        let theirs = disk.write(1, ground.round())?;
        for ((sides, load), part) in one.iter_mut().zip([&ours; 3]).zip([None, Some(0.5), Some(0.99)]) {
            sides.0.0.push(part.map_or(load.rate, |p| load.quantile(p)));
            sides.1.0.push(part.map_or(theirs.rate, |p| theirs.quantile(p)));
        }
        ground.settle()?;
        let ours = closed(accepts.address, MANY, ground.round(), &asks[0]).await?;
        ground.settle()?;
        let theirs = disk.write(MANY, ground.round())?;
        rate.0.0.push(ours.rate);
        rate.1.0.push(theirs.rate);
        half.0.push(ours.quantile(0.5));
        most.0.push(ours.quantile(0.99));
        ground.settle()?;
        delivering.0.0.push(closed(does_all.address, MANY, ground.round(), &asks[1]).await?.rate);
        delivering.1.0.push(theirs.rate);
        ground.settle()?;
        within.0.0.push(replies(&product, ground.round()).await?.rate);
        within.1.0.push(theirs.rate);
    }
    product.close().await?;
    drop((accepts, does_all));
    let elsewhere = on_postgres(ground).await?;
    let [one_rate, one_half, one_most] = one;
    let row = |what: &str, unit, sides: &Sides| Row::beside(what, unit, &sides.0, &sides.1);
    let mut rows = vec![
        row("reply accepted, 1 caller", Unit::PerSecond, &one_rate)
            .goal(Goal::TimesAtLeast(0.7))
            .note("HTTP, session and rights included; baseline: the same five rows through bare rusqlite, one commit each"),
        row("reply accepted, 1 caller, p50", Unit::Ms, &one_half).goal(Goal::AtMost(2.0)),
        row("reply accepted, 1 caller, p99", Unit::Ms, &one_most).goal(Goal::AtMost(25.0)),
        row("reply accepted, 64 callers", Unit::PerSecond, &rate).goal(Goal::TimesAtLeast(3.0)).goal(Goal::AtLeast(5000.0)),
        Row::alone("reply accepted, 64 callers, p50", Unit::Ms, half.median())
            .goal(Goal::AtMost(10.0))
            .note("no baseline: who waits for the bare connection is luck, its turns are not fair"),
        Row::alone("reply accepted, 64 callers, p99", Unit::Ms, most.median()).goal(Goal::AtMost(25.0)),
        row("reply accepted, 64 callers, without HTTP", Unit::PerSecond, &within).note("the service's own call, in this process"),
        row("reply accepted, 64 callers, while delivering", Unit::PerSecond, &delivering)
            .note("the same process hands every message to its channel meanwhile"),
    ];
    rows.extend(elsewhere);
    Ok(rows)
}

/// The same on PostgreSQL, where there is one: all callers in one account, whose counter row they share.
async fn on_postgres(ground: &Ground) -> Outcome<Option<Row>> {
    let Some(url) = ground.postgres().await? else { return Ok(None) };
    let folder = ground.folder()?;
    ground.demo_on(folder.path(), &url, CONVERSATIONS, CONVERSATIONS * 10)?;
    let server = ground.serve_on(folder.path(), &url, &["--roles", "web"])?;
    let ask = asking(server.address).await?;
    let mut rate = Rounds::default();
    for _ in 0..ground.rounds() {
        rate.0.push(closed(server.address, MANY, ground.round(), &ask).await?.rate);
    }
    let row = Row::alone("reply accepted, 64 callers, PostgreSQL", Unit::PerSecond, rate.median());
    Ok(Some(row.note("synchronous_commit on, server on the same cores, everybody in one account")))
}

async fn asking(address: std::net::SocketAddr) -> Outcome<Ask> {
    let agent = demo_agent(address).await?;
    let ask: Ask = Arc::new(move |caller, n| agent.reply(conversation(caller, n), TEXT));
    closed(address, 4, Duration::from_millis(300), &ask).await?;
    Ok(ask)
}

/// The service without a server around it, on a folder of `recado demo`.
pub struct Alone {
    /// The product.
    pub service: Service,
    /// Its administrator.
    pub scope: Scope,
    store: Store,
}

/// Opens it; no server may hold the folder.
pub async fn alone(folder: &Path) -> Outcome<Alone> {
    let data = folder.join("data");
    let store = Store::open(&StoreSettings::of(format!("sqlite://{}", data.join("recado.db").display()))).await?;
    store.migrate(&mut |_, _| {}).await?;
    let settings = Settings {
        public_url: "http://127.0.0.1".to_owned(),
        sign_up: service::SignUp::Closed,
        files: service::FilePlace::Folder(data.join("files")),
        providers: std::collections::BTreeMap::new(),
        allow: service::Allow::default(),
        mail: None,
        resolver: None,
        journal_keep: 48 * 3_600_000,
    };
    let service = Service::new(store.clone(), Arc::new(SystemClock), settings).await?;
    let (token, session) = service.sign_in("ana@aurora.example", "aurora-demonstra", std::net::Ipv4Addr::LOCALHOST.into()).await?;
    let account: AccountId = session.accounts.first().ok_or("nobody's account")?.account;
    let scope = service.scope(Some(&token), account).await?;
    Ok(Alone { service, scope, store })
}

impl Alone {
    /// Leaves the folder to others.
    pub async fn close(self) -> Outcome<()> {
        drop(self.service);
        Ok(self.store.close().await?)
    }
}

async fn replies(product: &Alone, time: Duration) -> Outcome<Load> {
    let (begun, mut all) = (Instant::now(), JoinSet::new());
    for caller in 0..MANY {
        let (service, scope) = (product.service.clone(), product.scope.clone());
        all.spawn(async move {
            let mut times = Vec::new();
            for n in 0.. {
                let sent = Instant::now();
                if sent - begun > time {
                    break;
                }
                let conversation = ConversationId(conversation(caller, n));
                let key = ClientKey(uuid::Uuid::now_v7());
                service.send_reply(&scope, draft(conversation, key)).await?;
                times.push(Instant::now() - sent);
            }
            Outcome::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = all.join_next().await {
        times.extend(done??);
    }
    Ok(Load::of(times, Instant::now() - begun))
}

/// The bare connection. Its callers take turns, which is faster than SQLite's own waiting between connections.
struct Disk(Mutex<(Connection, i64)>);

impl Disk {
    fn open(file: &Path) -> Outcome<Self> {
        let connection = Connection::open(file)?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA foreign_keys = ON")?;
        connection.set_prepared_statement_cache_capacity(64);
        let seq = connection.query_row("SELECT COALESCE(MAX(seq), 0) FROM event WHERE account_id = 1", [], |row| row.get(0))?;
        Ok(Self(Mutex::new((connection, seq))))
    }

    fn write(&self, callers: usize, time: Duration) -> Outcome<Load> {
        let begun = Instant::now();
        let mut all = Vec::new();
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..callers).map(|caller| scope.spawn(move || self.turns(caller, begun + time))).collect();
            for hand in hands {
                all.extend(hand.join().map_err(|_| "a writing thread panicked")??);
            }
            Outcome::Ok(())
        })?;
        Ok(Load::of(all, Instant::now() - begun))
    }

    fn turns(&self, caller: usize, until: Instant) -> Outcome<Vec<Duration>> {
        let mut times = Vec::new();
        for n in 0.. {
            let sent = Instant::now();
            if sent >= until {
                break;
            }
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            held.1 += 1;
            let seq = held.1;
            five_rows(&mut held.0, seq, conversation(caller, n))?;
            drop(held);
            times.push(Instant::now() - sent);
        }
        Ok(times)
    }
}

/// What a reply writes, and nothing that it reads or checks.
fn five_rows(connection: &mut Connection, seq: i64, conversation: i64) -> Outcome<()> {
    const AT: i64 = 1_780_000_000_000;
    let key = uuid::Uuid::now_v7().to_string();
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.prepare_cached(
        "INSERT INTO message (account_id, conversation_id, inbox_id, kind, author_kind, author_id, client_key, text, state, at) \
         VALUES (1, ?1, 1, 'outgoing', 'user', 1, ?2, ?3, 'queued', ?4)",
    )?
    .execute(params![conversation, key, TEXT, AT])?;
    let message = tx.last_insert_rowid();
    let preview =
        format!("{{\"author\":{{\"user\":{{\"id\":1}}}},\"text\":\"{TEXT}\",\"file\":null,\"state\":\"queued\",\"message\":{message}}}");
    tx.prepare_cached("UPDATE conversation SET last_message_at = ?1, waiting_since = NULL, preview = ?2 WHERE account_id = 1 AND id = ?3")?
        .execute(params![AT + seq, preview, conversation])?;
    let body = format!(
        "{{\"message\":{{\"message\":{{\"id\":{message},\"conversation\":{conversation},\"key\":\"{key}\",\"kind\":\"outgoing\",\"author\":\
         {{\"user\":{{\"id\":1}}}},\"text\":\"{TEXT}\",\"files\":[],\"state\":\"queued\",\"activity\":null,\"at\":{AT}}}}}}}"
    );
    tx.prepare_cached("INSERT INTO event (account_id, seq, at, inbox_id, body) VALUES (1, ?1, ?2, 1, ?3)")?
        .execute(params![seq, AT, body])?;
    let (lane, job_key) = (format!("conversation 1 {conversation}"), format!("deliver 1 {message}"));
    let job = format!("{{\"account\":1,\"message\":{message}}}");
    tx.prepare_cached("INSERT INTO job (lane, kind, key, body, run_at, created_at) VALUES (?1, 'deliver', ?2, ?3, ?4, ?4)")?
        .execute(params![lane, job_key, job, AT])?;
    tx.prepare_cached("INSERT INTO message_fts (rowid, words) VALUES (?1, ?2)")?.execute(params![message, format!("a1 i1 {TEXT}")])?;
    Ok(tx.commit()?)
}

/// The reply every row sends.
fn draft(conversation: ConversationId, key: ClientKey) -> ReplyDraft {
    ReplyDraft::of(conversation, key, TEXT.to_owned())
}
