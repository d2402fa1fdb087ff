//! FAULTS 61: what is secret is found in clear nowhere: not in the database's files, a backup, the log, `/metrics`, an error's page, nor in the settings
//! that `recado config` prints.

use crate::process::{recado, wait_for};
use crate::world::{PASSWORD, cookie_of, http};
use axum::extract::Path as Place;
use axum::routing::any;
use axum::{Json, Router};
use model::*;
use reqwest::header;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

const BOT: &str = "110201543:AAcanary-telegram-bot-token-00000000";

/// A Telegram that takes a bot and refuses its messages; answers its address and the secrets it was told.
async fn telegram() -> (String, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = told.clone();
    let answer = async move |Place((_, method)): Place<(String, String)>, body: String| {
        let asked: Value = serde_json::from_str(&body).unwrap_or_default();
        kept.lock().unwrap().extend(asked["secret_token"].as_str().map(str::to_owned));
        Json(match method.as_str() {
            "getMe" => json!({ "ok": true, "result": { "id": 110201543, "is_bot": true, "first_name": "Loja", "username": "loja_bot" } }),
            "getWebhookInfo" => json!({ "ok": true, "result": { "url": "", "has_custom_certificate": false, "pending_update_count": 0 } }),
            send if send.starts_with("send") => {
                json!({ "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user" })
            }
            _ => json!({ "ok": true, "result": true }),
        })
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{bot}/{method}", any(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, told)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_lies_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let (base, told) = telegram().await;
    let settings = |command: &mut std::process::Command| {
        command
            .env("RECADO_LOG__LEVEL", "debug")
            .env("RECADO_CHANNELS__TELEGRAM__API_BASE", &base)
            .env("RECADO_CHANNELS__META__APP_SECRET", "canary-app-secret")
            .env("RECADO_MAIL__FROM", "desk@loja.example")
            .env("RECADO_MAIL__SMTP", "smtp://desk:canary-relay-password@127.0.0.1:9?tls=none");
    };
    let run = |args: &[&str]| {
        let mut command = recado(folder.path());
        settings(&mut command);
        let output = command.args(args).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let mut command = recado(folder.path());
    settings(&mut command);
    let log = folder.path().join("log.txt");
    let mut child = command.arg("serve").stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ours = line.trim().strip_prefix("Recado is listening on ").unwrap().to_owned();

    let draft =
        json!({ "draft": { "account": "Loja", "name": "Ana", "email": "ana@loja.example", "password": PASSWORD, "language": "pt-BR" } });
    let answer = http().post(format!("{ours}/rpc/sign_up")).json(&draft).send().await.unwrap();
    let cookie = cookie_of(&answer).unwrap();
    let session: SessionView = answer.json().await.unwrap();
    let account = session.accounts[0].account;
    let rpc = async |what: &str, mut args: Value| {
        args["account"] = json!(account);
        http().post(format!("{ours}/rpc/{what}")).header(header::COOKIE, &cookie).json(&args).send().await.unwrap()
    };
    let bot = json!({ "draft": { "kind": "telegram", "settings": { "name": "Bot", "token": BOT } } });
    let inbox: InboxDetail = rpc("create_inbox", bot).await.json().await.unwrap();
    let mail = json!({ "name": "Suporte", "address": "oi@loja.example", "mode": "forward", "hook_password": "canary-hook-password" });
    assert!(rpc("create_inbox", json!({ "draft": { "kind": "email", "settings": mail } })).await.status().is_success());
    let invite = json!({ "name": "Caio", "email": "caio@loja.example", "role": "agent" });
    assert!(rpc("invite_agent", invite).await.status().is_success());
    // The answer to a repeatable request is kept for a day, with the token it shows once.
    let first: String = rpc("reset_access_token", json!({})).await.json().await.unwrap();
    let renew = http().post(format!("{ours}/api/v1/profile/reset_access_token")).header("api_access_token", &first);
    let renewed: Value = renew.header("idempotency-key", "once").send().await.unwrap().json().await.unwrap();
    // A customer writes, and the answer is refused: what went wrong is logged and shown.
    let secret = told.lock().unwrap().last().expect("a secret for its calls").clone();
    let update = json!({ "update_id": 7, "message": { "message_id": 7, "date": 1_780_000_000, "text": "Oi",
        "from": { "id": 5, "is_bot": false, "first_name": "Bia" }, "chat": { "id": 5, "type": "private", "first_name": "Bia" } } });
    let call = http().post(inbox.hook.as_ref().unwrap()).header("x-telegram-bot-api-secret-token", &secret).json(&update);
    assert!(call.send().await.unwrap().status().is_success());
    let thread = async || rpc("thread", json!({ "number": 1, "window": "latest" })).await.text().await.unwrap();
    wait_for(async || thread().await.contains("Oi").then_some(())).await;
    rpc("send_reply", json!({ "draft": { "conversation": 1, "key": crate::world::key(), "text": "Olá" } })).await;
    wait_for(async || thread().await.contains("failed").then_some(())).await;

    let mut shown = vec![run(&["config"]), thread().await];
    for page in ["/metrics", "/nothing/here", "/reset/none", "/api/v1/accounts/1/nothing", "/rpc/nothing"] {
        shown.push(http().get(format!("{ours}{page}")).header(header::COOKIE, &cookie).send().await.unwrap().text().await.unwrap());
    }
    shown.push(rpc("inboxes", json!({})).await.text().await.unwrap());
    let list = http()
        .get(format!("{ours}/api/v1/accounts/{account}/inboxes"))
        .header("api_access_token", renewed["access_token"].as_str().unwrap());
    shown.push(list.send().await.unwrap().text().await.unwrap());
    let backup = run(&["backup", "copy.backup"]);
    assert!(backup.contains("proven whole"), "{backup}");
    shown.push(backup);

    // The invitation's link waits with its mail, which no relay takes.
    let waiting = "SELECT count(*) FROM job WHERE kind = 'system_mail'";
    let database = rusqlite::Connection::open(folder.path().join("data/recado.db")).unwrap();
    assert_eq!(database.query_row::<i64, _, _>(waiting, [], |row| row.get(0)).unwrap(), 1);
    let invitation = "Aceite o convite";
    let cookie = cookie.split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
    let renewed = renewed["access_token"].as_str().unwrap().to_owned();
    let canaries = [
        BOT,
        &BOT[10..],
        "canary-hook-password",
        "canary-app-secret",
        "canary-relay-password",
        PASSWORD,
        &secret,
        &first,
        &renewed,
        &cookie,
        invitation,
    ];
    assert!(canaries.iter().all(|canary| canary.len() > 10), "{canaries:?}");
    let mut all = Vec::new();
    files(folder.path(), &mut all);
    let names: Vec<_> = all.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert!(["recado.db", "recado.db-wal", "copy.backup", "log.txt"].iter().all(|name| names.contains(name)), "{names:?}");
    for canary in canaries {
        for path in &all {
            let held = std::fs::read(path).unwrap().windows(canary.len()).any(|bytes| bytes == canary.as_bytes());
            assert!(!held, "{canary} lies in {}", path.display());
        }
        assert!(!shown.iter().any(|text| text.contains(canary)), "{canary} is shown: {shown:?}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
