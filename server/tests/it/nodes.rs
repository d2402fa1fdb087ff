//! Two processes on one PostgreSQL: they share work and live updates, and one's death loses nothing.

use crate::process::*;
use crate::world::{Stream, fresh_postgres, http, key};
use model::*;
use reqwest::header;
use serde_json::json;

async fn stream(base: &str, cookie: &str, account: i64, after: i64) -> Stream {
    let url = format!("{base}/events/{account}?after={after}");
    let client = reqwest::Client::builder().build().unwrap();
    let response = client.get(url).header(header::COOKIE, cookie).send().await.unwrap();
    assert_eq!(response.status(), 200);
    Stream::of(response)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn a_visitor_on_one_node_meets_an_agent_on_the_other_and_a_death_loses_nothing() {
    let url = fresh_postgres().await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = [("RECADO_DATABASE__URL", url.as_str()), ("RECADO_DATABASE__POOL", "6")];
    let widget = serve_with(one.path(), &database);
    let mut desk = serve_with(two.path(), &database);
    let (cookie, account, inbox) = settle_in(&widget.base).await;
    let mut live = stream(&desk.base, &cookie, account, 0).await;

    let sent = visitor_writes(&widget.base, &inbox, key(), "oi, do outro lado").await.unwrap();
    let seen = live.until(|c| matches!(c, Change::Message { .. })).await;
    assert!(matches!(&seen.change, Change::Message { message } if message.text == "oi, do outro lado"));
    // Typing crosses too, though it is never stored.
    let token = sent.token.unwrap();
    let typing = json!({ "inbox": inbox, "on": true });
    http().post(format!("{}/widget/v1/typing", widget.base)).bearer_auth(&token).json(&typing).send().await.unwrap();
    loop {
        let sse = live.next().await.unwrap();
        if sse.name == "signal" && sse.data.contains("typing") {
            break;
        }
    }
    // The agent's node dies with a reply just accepted; the other node delivers it, and the stream goes on there from where it was.
    let replied = reply(&desk.base, &cookie, account, key()).await.unwrap();
    desk.child.kill().unwrap();
    desk.child.wait().unwrap();
    let mut resumed = stream(&widget.base, &cookie, account, seen.seq.0).await;
    let sent_state =
        |c: &Change| matches!(c, Change::Message { message } if message.id == replied.id && message.state == MessageState::Sent);
    let told = wait_for(async || {
        let now = thread(&widget.base, &cookie, account).await;
        now.messages.rows.iter().any(|m| m.id == replied.id && m.state == MessageState::Sent).then_some(())
    });
    told.await;
    resumed.until(sent_state).await;
    let after = thread(&widget.base, &cookie, account).await;
    let outgoing: Vec<_> = after.messages.rows.iter().filter(|m| m.kind == MessageKind::Outgoing).collect();
    assert_eq!(outgoing.len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn signing_out_on_one_node_ends_the_stream_on_the_other() {
    let url = fresh_postgres().await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = [("RECADO_DATABASE__URL", url.as_str()), ("RECADO_DATABASE__POOL", "6")];
    let (here, there) = (serve_with(one.path(), &database), serve_with(two.path(), &database));
    let (cookie, account, _) = settle_in(&here.base).await;
    let mut live = stream(&there.base, &cookie, account, 0).await;
    live.until(|c| matches!(c, Change::Inbox { .. })).await;
    let out = http().post(format!("{}/rpc/sign_out", here.base)).header(header::COOKIE, &cookie).json(&json!({})).send().await.unwrap();
    assert_eq!(out.status(), 200);
    while live.next().await.expect("a reset before the end").name != "reset" {}
    assert_eq!(live.next().await, None);
}
