//! The real binary as a process: started, asked, killed. What it must have kept is said by the tests.

use crate::world::{PASSWORD, http};
use model::*;
use reqwest::header;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running `recado serve`, killed when dropped.
pub struct Process {
    pub child: Child,
    pub base: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub fn recado(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recado"));
    command
        .current_dir(folder)
        .env("RECADO_SERVER__LISTEN", "127.0.0.1:0")
        .env("RECADO_SERVER__SITE", folder)
        .env("RECADO_LOG__LEVEL", "warn");
    command
}

pub fn serve(folder: &Path, crash_at: Option<&str>) -> Process {
    serve_with(folder, &crash_at.map(|place| ("RECADO_CRASH_AT", place)).into_iter().collect::<Vec<_>>())
}

/// Starts a server with these variables; answers once it listens.
pub fn serve_with(folder: &Path, variables: &[(&str, &str)]) -> Process {
    let mut command = recado(folder);
    command.arg("serve").stdout(Stdio::piped()).envs(variables.iter().copied());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base = line.trim().strip_prefix("Recado is listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
    Process { child, base }
}

/// Signs up and makes a website inbox; answers cookie, account and the inbox's token.
pub async fn settle_in(base: &str) -> (String, i64, String) {
    let email = "ana@loja.example";
    let made: Value = {
        let draft = json!({ "draft": { "account": "Loja", "name": "Ana", "email": email, "password": PASSWORD, "language": "pt-BR" } });
        let answer = http().post(format!("{base}/rpc/sign_up")).json(&draft).send().await.unwrap();
        let cookie = crate::world::cookie_of(&answer).unwrap();
        let session: SessionView = answer.json().await.unwrap();
        json!({ "cookie": cookie, "account": session.accounts[0].account })
    };
    let (cookie, account) = (made["cookie"].as_str().unwrap().to_owned(), made["account"].as_i64().unwrap());
    let args = json!({ "account": account, "draft": crate::world::website("Site") });
    let answer = http().post(format!("{base}/rpc/create_inbox")).header(header::COOKIE, &cookie).json(&args).send().await.unwrap();
    let inbox: InboxDetail = answer.json().await.unwrap();
    (cookie, account, inbox.website.unwrap().token)
}

pub async fn visitor_writes(base: &str, inbox: &str, key: ClientKey, text: &str) -> Option<VisitorSent> {
    let draft = json!({ "inbox": inbox, "key": key, "text": text });
    http().post(format!("{base}/widget/v1/messages")).json(&draft).send().await.ok()?.json().await.ok()
}

pub async fn reply(base: &str, cookie: &str, account: i64, key: ClientKey) -> Option<MessageView> {
    let args = json!({ "account": account, "draft": { "conversation": 1, "key": key, "text": "resposta" } });
    http().post(format!("{base}/rpc/send_reply")).header(header::COOKIE, cookie).json(&args).send().await.ok()?.json().await.ok()
}

pub async fn thread(base: &str, cookie: &str, account: i64) -> ThreadView {
    let args = json!({ "account": account, "number": 1, "window": "latest" });
    let answer = http().post(format!("{base}/rpc/thread")).header(header::COOKIE, cookie).json(&args).send().await.unwrap();
    answer.json::<Stamped<ThreadView>>().await.unwrap().data
}

/// Asks until something is so. Leases last half a minute, and only a failing test asks longer.
pub async fn wait_for<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..450 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it never came to be");
}
