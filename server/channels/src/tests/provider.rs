//! A provider in miniature: answers what it is told, in order, and keeps every request. It speaks just enough HTTP/1.1 for our client.

use crate::{Allow, Channel, Http, Link, Outbound, SendError, Sent, Settings};
use model::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What to answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A status and JSON.
    Json(u16, Value),
    /// A status, headers and a body.
    Raw(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Nothing, ever: the request is read and the line stays open.
    Silence,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The first form value of this name.
    pub fn field(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// The running stand-in, with an inbox to use it by.
pub struct Provider {
    pub base: String,
    pub http: Http,
    pub settings: Settings,
    pub secrets: Settings,
    pub app: Settings,
    pub now: Timestamp,
    requests: Arc<Mutex<Vec<Request>>>,
    _tasks: JoinSet<()>,
}

impl Provider {
    /// Starts; the requests are answered in this order, further ones with 599.
    pub async fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        let mut tasks = JoinSet::new();
        let kept = Arc::clone(&requests);
        tasks.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answers) = (Arc::clone(&kept), Arc::clone(&answers));
                lines.spawn(async move {
                    let _closed = line(stream, &kept, &answers).await;
                });
            }
        });
        let allow = Allow { networks: vec!["127.0.0.0/8".parse().unwrap()], ..Allow::default() };
        let app = crate::APP.iter().filter(|key| key.key.ends_with("_base")).map(|key| (key.key.to_owned(), base.clone())).collect();
        let http = Http::new(allow, Duration::from_millis(1_500)).unwrap();
        let (settings, secrets, now) = (Settings::new(), Settings::new(), Timestamp(1_772_366_400_000));
        Self { base, http, settings, secrets, app, now, requests, _tasks: tasks }
    }

    pub fn with(mut self, settings: &[(&str, &str)], secrets: &[(&str, &str)]) -> Self {
        let own = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Settings>();
        self.settings = own(settings);
        self.secrets = own(secrets);
        self
    }

    pub fn link(&self) -> Link<'_> {
        Link {
            settings: &self.settings,
            secrets: &self.secrets,
            app: &self.app,
            http: &self.http,
            public_url: "https://inbox.example",
            hook_url: "https://inbox.example/hooks/x/key",
            now: self.now,
        }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub async fn send(&self, channel: &dyn Channel, message: &Outbound) -> Result<Sent, SendError> {
        channel.send(&self.link(), message).await
    }
}

async fn line(stream: TcpStream, kept: &Mutex<Vec<Request>>, answers: &Mutex<VecDeque<Answer>>) -> std::io::Result<()> {
    let (mut stream, Some(request)) = request(stream).await? else { return Ok(()) };
    kept.lock().unwrap().push(request);
    let answer = answers.lock().unwrap().pop_front().unwrap_or(Answer::Raw(599, Vec::new(), b"unexpected request".to_vec()));
    let (status, headers, body) = match answer {
        Answer::Json(status, value) => (status, vec![("content-type", "application/json".to_owned())], value.to_string().into_bytes()),
        Answer::Raw(status, headers, body) => (status, headers, body),
        Answer::Silence => return std::future::pending().await,
    };
    respond(&mut stream, status, headers, &body).await
}

/// Answers one request by a function: status, media type, body.
pub async fn serve(stream: TcpStream, answer: impl FnOnce(Request) -> (u16, String, Vec<u8>)) -> std::io::Result<()> {
    let (mut stream, Some(request)) = request(stream).await? else { return Ok(()) };
    let (status, kind, body) = answer(request);
    respond(&mut stream, status, vec![("content-type", kind)], &body).await
}

async fn request(mut stream: TcpStream) -> std::io::Result<(TcpStream, Option<Request>)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok((stream, None));
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers: BTreeMap<String, String> =
        lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_ascii_lowercase(), v.to_owned())).collect();
    let length: usize = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok((stream, None));
        }
    }
    let body = bytes[head + 4..head + 4 + length].to_vec();
    Ok((stream, Some(Request { method, path, headers, body })))
}

async fn respond(stream: &mut TcpStream, status: u16, headers: Vec<(&str, String)>, body: &[u8]) -> std::io::Result<()> {
    let mut out = format!("HTTP/1.1 {status} .\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    stream.write_all(out.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}

/// A message of words.
pub fn words(peer: &str, text: &str) -> Outbound {
    Outbound {
        peer: peer.into(),
        text: text.into(),
        key: "0198f2a4-0000-7000-8000-000000000001".into(),
        human: true,
        ..Outbound::default()
    }
}

/// A message of one file.
pub fn with_file(peer: &str, text: &str, kind: crate::FileKind, mime: &str, name: &str) -> Outbound {
    let link = format!("https://inbox.example/f/{name}");
    let file = crate::OutFile { name: name.into(), mime: mime.into(), kind, bytes: bytes::Bytes::from_static(b"FILEBYTES"), link };
    Outbound { files: vec![file], ..words(peer, text) }
}
