//! Death at every place of the send path, on the real binary: nothing acknowledged is lost, nothing is doubled (FAULTS 1, 2, 3, 4, 8, 15, 20).

use crate::process::*;
use crate::world::{PASSWORD, PATIENCE, http, key};
use model::*;
use reqwest::header;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_survives_death_at_every_place_and_is_sent_once() {
    let places = [
        "send.before_commit",
        "send.after_commit",
        "deliver.before_send",
        "deliver.after_send",
        "deliver.before_commit",
        "deliver.after_commit",
    ];
    for place in places {
        let folder = tempfile::tempdir().unwrap();
        let mut first = serve(folder.path(), Some(place));
        let (cookie, account, inbox) = settle_in(&first.base).await;
        visitor_writes(&first.base, &inbox, key(), "oi").await.unwrap();
        let sent_as = key();
        let acknowledged = reply(&first.base, &cookie, account, sent_as).await;
        // The process dies by itself at the place, now or while it delivers.
        let died = tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(move || first.child.wait().map(|s| s.success()))).await;
        assert!(!died.expect("it dies at the place").unwrap().unwrap(), "{place}");

        let second = serve(folder.path(), None);
        let before = thread(&second.base, &cookie, account).await;
        if let Some(message) = &acknowledged {
            assert!(before.messages.rows.iter().any(|m| m.id == message.id), "{place}: acknowledged, so there");
        }
        // Whoever got no answer asks again with the same key.
        let again = reply(&second.base, &cookie, account, sent_as).await.unwrap();
        // The dead process's lease runs out by the clock; a person's patience is longer than that, so the test waits for the state.
        let delivered = wait_for(async || {
            let now = thread(&second.base, &cookie, account).await;
            let found: Vec<_> = now.messages.rows.into_iter().filter(|m| m.kind == MessageKind::Outgoing).collect();
            assert_eq!(found.len(), 1, "{place}: once");
            (found[0].state == MessageState::Sent).then(|| found[0].id)
        });
        assert_eq!(delivered.await, again.id, "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_kill_is_there_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = serve(folder.path(), None);
    let (cookie, account, inbox) = settle_in(&first.base).await;
    let sent = visitor_writes(&first.base, &inbox, key(), "0").await.unwrap();
    let token = sent.token.unwrap();
    // Many at once, so that commits are shared, and a kill in the middle of them.
    let tasks: Vec<_> = (1..=8)
        .map(|worker| {
            let (base, inbox, token) = (first.base.clone(), inbox.clone(), token.clone());
            tokio::spawn(async move {
                let mut answered = Vec::new();
                for n in 0..20 {
                    let key = key();
                    let draft = json!({ "inbox": inbox, "key": key, "text": format!("{worker}.{n}") });
                    let asked = http().post(format!("{base}/widget/v1/messages")).bearer_auth(&token).json(&draft).send().await;
                    match asked {
                        Ok(answer) if answer.status() == 200 => answered.push(key),
                        Ok(answer) => panic!("{}", answer.status()),
                        Err(_) => return (answered, Some(key)),
                    }
                }
                (answered, None)
            })
        })
        .collect();
    wait_for(async || (thread(&first.base, &cookie, account).await.row.conversation.incoming > 40).then_some(())).await;
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let mut answered = Vec::new();
    let mut unanswered = Vec::new();
    for task in tasks {
        let (some, open) = task.await.unwrap();
        answered.extend(some);
        unanswered.extend(open);
    }
    let second = serve(folder.path(), None);
    for key in &unanswered {
        let draft = json!({ "inbox": inbox, "key": key, "text": "de novo" });
        let answer = http().post(format!("{}/widget/v1/messages", second.base)).bearer_auth(&token).json(&draft).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let mut kept = Vec::new();
    let mut window = json!("latest");
    loop {
        let args = json!({ "account": account, "conversation": 1, "window": window });
        let answer = http().post(format!("{}/rpc/messages", second.base)).header(header::COOKIE, &cookie).json(&args).send().await.unwrap();
        let page = answer.json::<Stamped<Page<MessageView>>>().await.unwrap().data;
        window = json!({ "before": page.rows[0].id });
        kept.extend(page.rows.into_iter().filter_map(|m| m.key));
        if !page.more {
            break;
        }
    }
    for key in answered.iter().chain(&unanswered) {
        assert_eq!(kept.iter().filter(|k| *k == key).count(), 1, "{key}");
    }
    assert_eq!(kept.len(), answered.len() + unanswered.len() + 1);
}

#[test]
fn a_second_process_on_the_same_file_refuses_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let _first = serve(folder.path(), None);
    let second = recado(folder.path()).arg("serve").output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains("recado.db"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_graceful_and_takes_five_seconds_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = serve(folder.path(), None);
    let (cookie, account, _) = settle_in(&process.base).await;
    // An open stream would hold the server for ever if it were not told to go elsewhere.
    let url = format!("{}/events/{account}?after=0", process.base);
    let stream = reqwest::Client::new().get(url).header(header::COOKIE, &cookie).send().await.unwrap();
    let id = process.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let text = tokio::time::timeout(std::time::Duration::from_secs(5), stream.text()).await.expect("the stream ends in time").unwrap();
    assert!(text.contains("event: bye"), "{text}");
    let status = tokio::time::timeout(std::time::Duration::from_secs(5), tokio::task::spawn_blocking(move || process.child.wait())).await;
    assert!(status.expect("it stops in time").unwrap().unwrap().success());
}

#[test]
fn the_command_line_says_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str], input: &str| {
        let mut child =
            recado(folder.path()).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert!(run(&["migrate"], "").0);
    let create = [
        "admin",
        "create-account",
        "--account",
        "Loja",
        "--name",
        "Ana",
        "--email",
        "ana@loja.example",
        "--password-stdin",
        "--locale",
        "pt-BR",
    ];
    let (ok, line, said) = run(&create, &format!("{PASSWORD}\n"));
    assert!(ok, "{said}");
    let made: Value = serde_json::from_str(line.trim()).unwrap();
    assert!(made["account_id"].is_i64() && made["user_id"].is_i64() && made["api_token"].as_str().unwrap().len() > 40);
    assert!(!run(&create, PASSWORD).0, "the e-mail is taken");
    assert!(run(&["admin", "reset-password", "--email", "ana@loja.example"], "").1.contains("/reset/"));
    let (ok, said, _) = run(&["check"], "");
    assert!(ok && said.contains("database") && said.contains("up to date"), "{said}");
    let config = run(&["config"], "").1;
    assert!(config.contains("listen = \"127.0.0.1:0\""), "{config}");
    assert!(run(&["demo", "--conversations", "20", "--messages", "100"], "").0);
    let file = folder.path().join("copy.db").display().to_string();
    assert!(run(&["backup", &file], "").0);
    assert!(!run(&["restore", &file], "").0, "a database with data is not replaced by accident");
    assert!(run(&["restore", &file, "--force"], "").0);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(!run(&["restore", &file, "--force"], "").0, "one flipped bit is seen");
    let unknown = recado(folder.path()).arg("config").env("RECADO_SERVER__LISSTEN", "x").output().unwrap();
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("lissten"));
}

/// FAULTS 15: somebody looks into the file with a tool of their own and holds it. Reading goes on, writing waits, nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_held_by_another_program_delays_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let process = serve(folder.path(), None);
    let (cookie, account, inbox) = settle_in(&process.base).await;
    visitor_writes(&process.base, &inbox, key(), "oi").await.unwrap();
    let held = rusqlite::Connection::open(folder.path().join("data/recado.db")).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    let sent_as = key();
    let (base, who) = (process.base.clone(), cookie.clone());
    let asked = tokio::spawn(async move { reply(&base, &who, account, sent_as).await });
    // Several rounds of reading pass while the writer stands at the door.
    for _ in 0..20 {
        let now = thread(&process.base, &cookie, account).await;
        assert!(now.messages.rows.iter().all(|m| m.kind == MessageKind::Incoming));
    }
    assert!(!asked.is_finished(), "an answer before the commit would be a lie");
    held.execute_batch("COMMIT").unwrap();
    let message = asked.await.unwrap().expect("accepted once the file is free");
    assert!(thread(&process.base, &cookie, account).await.messages.rows.iter().any(|m| m.id == message.id));
}
