//! The baselines that serve: axum with nothing behind it, as processes of their own so that memory and time are counted alike.
//! They are what one would write in twenty lines, not what one would ship.

use crate::Outcome;
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

/// Starts the baseline named: `stream` (a broadcast), `kept FILE` (each message committed first), `page FILE` (always these bytes).
pub async fn serve(args: &[String]) -> Outcome<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let router = match args[..] {
        ["stream"] => streams(None),
        ["kept", file] => streams(Some(durable(file)?)),
        ["page", file] => page(Bytes::from(std::fs::read(file)?)),
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

async fn follow(State(state): State<Wireless>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = state.news.subscribe();
    Sse::new(unfold(news, |mut news| async move {
        let text = news.recv().await.ok()?;
        Some((Ok(Event::default().data(&*text)), news))
    }))
}
