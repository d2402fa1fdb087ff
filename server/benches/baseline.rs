//! The baselines that serve: axum with nothing behind it, as processes of their own so that memory and time are counted alike.
//! They are what one would write in twenty lines, not what one would ship.

use crate::Outcome;
use crate::rows::hooks;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use futures::stream::{Stream, unfold};
use rusqlite::Connection;
use std::convert::Infallible;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

/// Says that this executable is to serve, not to measure.
pub const FLAG: &str = "--baseline";

/// Starts the baseline named: `stream` (a broadcast), `kept FILE` (each message committed first), `hook FILE` (each signed call committed once),
/// `page FILE` (always these bytes), `thread FILE` (fifty messages of the first conversation with their files).
pub async fn serve(args: &[String]) -> Outcome<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let router = match args[..] {
        ["stream"] => streams(None),
        ["kept", file] => streams(Some(durable(file)?)),
        ["hook", file] => provider(durable(file)?)?,
        ["page", file] => page(Bytes::from(std::fs::read(file)?)),
        ["thread", file] => Router::new().route("/thread", get(thread)).with_state(Arc::new(Mutex::new(Connection::open(file)?))),
        _ => return Err(format!("no such baseline: {args:?}").into()),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&format!("listening on http://{}", listener.local_addr()?))?;
    Ok(axum::serve(listener, router).await?)
}

fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{text}")?;
    out.flush()
}

fn page(bytes: Bytes) -> Router {
    Router::new().fallback(get(async move || Html(bytes.clone())))
}

type Disk = Arc<Mutex<Connection>>;

#[derive(serde::Deserialize)]
struct Below {
    below: i64,
}

async fn thread(State(disk): State<Disk>, axum::extract::Query(Below { below }): axum::extract::Query<Below>) -> impl IntoResponse {
    let read = move || {
        let disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = disk.prepare_cached(
            "SELECT m.id, m.kind, m.author_kind, m.author_id, m.text, m.state, m.at, (SELECT group_concat(a.name) FROM attachment a \
             WHERE a.account_id = 1 AND a.message_id = m.id) FROM message m WHERE m.account_id = 1 AND m.conversation_id = 1 AND m.id < ?1 \
             ORDER BY m.id DESC LIMIT 50",
        )?;
        let row = |row: &rusqlite::Row<'_>| {
            Ok(serde_json::json!({
                "id": row.get::<_, i64>(0)?, "kind": row.get::<_, String>(1)?, "author": [row.get::<_, String>(2)?, row.get::<_, i64>(3)?.to_string()],
                "text": row.get::<_, String>(4)?, "state": row.get::<_, String>(5)?, "at": row.get::<_, i64>(6)?, "files": row.get::<_, Option<String>>(7)?,
            }))
        };
        statement.query_map([below], row)?.collect::<Result<Vec<_>, rusqlite::Error>>()
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(rows)) => axum::Json(rows).into_response(),
        _ => http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Clone)]
struct Wireless {
    news: broadcast::Sender<Arc<str>>,
    disk: Option<Disk>,
}

fn durable(file: &str) -> Outcome<Disk> {
    let connection = Connection::open(file)?;
    let table = "CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";
    connection.execute_batch(&format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {table}"))?;
    Ok(Arc::new(Mutex::new(connection)))
}

fn streams(disk: Option<Disk>) -> Router {
    let state = Wireless { news: broadcast::Sender::new(1000), disk };
    Router::new().route("/events", get(follow)).route("/send", post(send)).with_state(state)
}

async fn send(State(state): State<Wireless>, body: String) -> impl IntoResponse {
    if let Some(disk) = state.disk.clone() {
        let text = body.clone();
        let insert = move || {
            let disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
            disk.execute("INSERT INTO message (text) VALUES (?1)", [text])
        };
        if !matches!(tokio::task::spawn_blocking(insert).await, Ok(Ok(_))) {
            return http::StatusCode::INTERNAL_SERVER_ERROR;
        }
    }
    // Without a listener there is nobody to miss it.
    let _unheard = state.news.send(body.into());
    http::StatusCode::OK
}

/// A provider's calls: proven, kept once, told.
fn provider(disk: Disk) -> Outcome<Router> {
    disk.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .execute_batch("ALTER TABLE message ADD COLUMN name TEXT; CREATE UNIQUE INDEX once ON message (name)")?;
    let state = Wireless { news: broadcast::Sender::new(1000), disk: Some(disk) };
    Ok(Router::new().route("/events", get(follow)).route("/hook", post(called)).with_state(state))
}

async fn called(State(state): State<Wireless>, headers: http::HeaderMap, body: String) -> impl IntoResponse {
    if headers.get("x-hub-signature-256").is_none_or(|given| given.as_bytes() != hooks::sign(&body).as_bytes()) {
        return http::StatusCode::FORBIDDEN;
    }
    let (Some(disk), Some((name, text))) = (state.disk.clone(), hooks::message(&body)) else { return http::StatusCode::BAD_REQUEST };
    let kept = text.clone();
    let insert = move || {
        let disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        disk.execute("INSERT OR IGNORE INTO message (name, text) VALUES (?1, ?2)", [name, kept])
    };
    match tokio::task::spawn_blocking(insert).await {
        Ok(Ok(0)) => {}
        Ok(Ok(_)) => {
            let event = serde_json::json!({ "change": { "message": { "message": { "text": text } } } });
            // Without a listener there is nobody to miss it.
            let _unheard = state.news.send(event.to_string().into());
        }
        _ => return http::StatusCode::INTERNAL_SERVER_ERROR,
    }
    http::StatusCode::OK
}

async fn follow(State(state): State<Wireless>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = state.news.subscribe();
    Sse::new(unfold(news, |mut news| async move {
        let text = news.recv().await.ok()?;
        Some((Ok(Event::default().data(&*text)), news))
    }))
}
