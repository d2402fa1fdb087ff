//! Authority over the API: every route as nobody, with a wrong token, as the other account, and as a plain agent who is no member.

use crate::flows::Api;
use crate::world::*;
use model::*;
use serde_json::{Value, json};

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// A member of the account; lists are empty for those who see nothing.
    Agent,
    /// Somebody who sees the inbox.
    Member,
    /// An administrator.
    Administrator,
}

/// Method, path and door of what names something in Ana's account or changes it.
fn table(inbox: i64) -> Vec<(&'static str, String, Door)> {
    use Door::{Administrator, Agent, Member};
    let own = |path: &str| path.replace("INBOX", &inbox.to_string());
    [
        ("GET", "", Agent),
        ("PATCH", "", Administrator),
        ("GET", "agents", Agent),
        ("POST", "agents", Administrator),
        ("PATCH", "agents/1", Administrator),
        ("DELETE", "agents/1", Administrator),
        ("GET", "agent_bots", Agent),
        ("POST", "agent_bots", Administrator),
        ("GET", "inboxes", Agent),
        ("POST", "inboxes", Administrator),
        ("GET", "inboxes/INBOX", Member),
        ("PATCH", "inboxes/INBOX", Administrator),
        ("DELETE", "inboxes/INBOX", Administrator),
        ("POST", "inboxes/INBOX/set_agent_bot", Administrator),
        ("POST", "inboxes/INBOX/reset_secret", Administrator),
        ("POST", "agent_bots/1/reset_secret", Administrator),
        ("POST", "webhooks/1/reset_secret", Administrator),
        ("GET", "inbox_members/INBOX", Member),
        ("POST", "inbox_members?inbox_id=INBOX&user_ids[]=1", Administrator),
        ("GET", "contacts/1", Agent),
        ("DELETE", "contacts/1", Administrator),
        ("GET", "contacts/1/conversations", Agent),
        ("GET", "contacts/export", Administrator),
        ("GET", "conversations/1", Member),
        ("PATCH", "conversations/1", Member),
        ("DELETE", "conversations/1", Administrator),
        ("GET", "conversations/1/messages", Member),
        ("POST", "conversations/1/messages", Member),
        ("DELETE", "conversations/1/messages/1", Member),
        ("POST", "conversations/1/messages/1/retry", Member),
        ("POST", "conversations/1/toggle_status", Member),
        ("POST", "conversations/1/assignments", Member),
        ("GET", "conversations/1/labels", Member),
        ("POST", "conversations/1/mute", Member),
        ("GET", "conversations/1/attachments", Member),
        ("GET", "conversations/1/participants", Member),
        ("POST", "conversations/1/update_last_seen", Member),
        ("GET", "teams", Agent),
        ("POST", "teams", Administrator),
        ("GET", "labels", Agent),
        ("POST", "labels", Administrator),
        ("GET", "canned_responses", Agent),
        ("GET", "macros", Agent),
        ("GET", "custom_attribute_definitions", Agent),
        ("POST", "custom_attribute_definitions", Administrator),
        ("GET", "custom_filters", Agent),
        ("GET", "webhooks", Administrator),
        ("POST", "webhooks?url=https://a.test", Administrator),
        ("GET", "search?q=oi", Agent),
        ("GET", "notifications", Agent),
        ("GET", "reports/summary", Administrator),
    ]
    .into_iter()
    .map(|(method, path, door)| (method, own(path), door))
    .collect()
}

#[tokio::test]
async fn every_route_knows_who_may() {
    let world = world().await;
    world.visitor().writes("Oi").await;
    let bia = world.here.ana.colleague("Bia", "bia@loja.example", Role::Agent).await;
    let (nobody, wrong) = (Api::with(&world, world.here.account, ""), Api::with(&world, world.here.account, "wrong"));
    let twin = Api::of(&world, &world.twin.ana).await;
    let foreign = Api::with(&world, world.here.account, &twin.token);
    let agent = Api::of(&world, &bia).await;
    for (method, path, door) in table(world.here.inbox.0) {
        let path = format!("/api/v1/accounts/{}/{path}", world.here.account);
        for caller in [&nobody, &wrong] {
            let (status, body) = caller.call(method, &path, json!({})).await;
            assert_eq!((status, body), (401, json!({ "error": "Invalid Access Token" })), "{method} {path}");
        }
        let (status, body) = foreign.call(method, &path, json!({})).await;
        assert_eq!((status, body), (404, json!({ "error": "Resource could not be found" })), "{method} {path} from another account");
        let (status, body) = agent.call(method, &path, json!({})).await;
        match door {
            Door::Agent => assert_eq!(status, 200, "{method} {path}: {body}"),
            Door::Member => assert_eq!(status, 404, "{method} {path}: {body}"),
            // Wrong words are told before rights where nothing is looked up for them.
            Door::Administrator => assert!(matches!(status, 403 | 404 | 422), "{method} {path}: {status} {body}"),
        }
    }
    // Nothing of it happened.
    let ana = Api::of(&world, &world.here.ana).await;
    assert_eq!(ana.ok("GET", "conversations/1", Value::Null).await["status"], "open");
    assert_eq!(ana.ok("GET", "webhooks", Value::Null).await["payload"]["webhooks"], json!([]));
    assert_eq!(ana.ok("GET", "agents", Value::Null).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_caller_may_not_set_is_not_set() {
    let world = world().await;
    let ana = Api::of(&world, &world.here.ana).await;
    let more = json!({ "name": "Zé", "account_id": world.twin.account, "id": 77, "created_at": "1999-01-01", "verified": true, "role": "administrator" });
    let made = ana.ok("POST", "contacts", more).await["payload"]["contact"].clone();
    assert_ne!(made["id"], 77);
    assert!(made["created_at"].as_i64().unwrap() > 1_700_000_000);
    let twin = Api::of(&world, &world.twin.ana).await;
    assert_eq!(twin.ok("GET", "contacts", Value::Null).await["meta"]["count"], 0);
    let bia = world.here.ana.colleague("Bia", "bia@loja.example", Role::Agent).await;
    let bia = Api::of(&world, &bia).await;
    bia.ok("PUT", "/api/v1/profile", json!({ "name": "Bia R.", "role": "administrator", "account_id": 2 })).await;
    assert_eq!(bia.ok("GET", "/api/v1/profile", Value::Null).await["role"], "agent");
}

#[tokio::test]
async fn odd_requests_are_refused_cheaply() {
    let world = world().await;
    let ana = Api::of(&world, &world.here.ana).await;
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let url = format!("{}/api/v1/accounts/{}/contacts", world.base, world.here.account);
    for (body, status) in [
        ("{", 400),
        ("not json", 400),
        (deep.as_str(), 400),
        ("[]", 200),
        ("\"x\"", 400),
        ("[null]", 400),
        ("{\"name\":\"a\",\"name\":\"b\"}", 200),
    ] {
        let call = reqwest::Client::new().post(&url).header("api_access_token", &ana.token).header("content-type", "application/json");
        let answer = call.body(body.to_owned()).send().await.unwrap().status().as_u16();
        assert_eq!(answer, status, "{}", &body[..body.len().min(40)]);
    }
    let large =
        reqwest::Client::new().post(&url).header("api_access_token", &ana.token).body(vec![b'x'; 3 * 1024 * 1024]).send().await.unwrap();
    assert_eq!(large.status(), 413);
    for path in [
        "conversations/x",
        "conversations/-1",
        "conversations/99999999999999999999",
        "conversations?status=drop",
        "conversations?page=-5",
        "contacts?page=99999999",
        "contacts/search?q=%25%27%22--",
        "search?q=%00",
        "conversations?labels[]=%27%3B--",
        "conversations?q=%22%2a%28",
        "nothing/at/all",
        "conversations/1%2f2",
    ] {
        let status = ana.raw("GET", path, None, &[]).await.status().as_u16();
        assert!(status < 500, "{path}: {status}");
    }
    for values in [json!(["' OR 1=1"]), json!([{}]), json!([null]), json!("x"), json!([[[]]]), json!(7)] {
        for key in ["status", "name", "inbox_id", "created_at", "labels", "x'y", "city"] {
            for op in ["equal_to", "contains", "is_greater_than", "days_before", "drop"] {
                let rows =
                    json!({ "payload": [{ "attribute_key": key, "filter_operator": op, "values": values, "query_operator": "or" }] });
                for list in ["conversations/filter", "contacts/filter"] {
                    let (status, body) = ana.call("POST", list, rows.clone()).await;
                    assert!(matches!(status, 200 | 422), "{key} {op} {values}: {status} {body}");
                }
            }
        }
    }
}
