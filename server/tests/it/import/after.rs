//! After moving in: people sign in as before, clients' tokens and numbers are theirs, snippets answer, and the work goes on behind the last id.

use super::*;
use crate::process::{Process, serve_with, visitor_writes};
use crate::world::{http, key};
use model::*;
use reqwest::header;
use serde_json::json;

async fn sign_in(base: &str, email: &str, password: &str) -> Option<String> {
    let answer = http().post(format!("{base}/rpc/sign_in")).json(&json!({ "email": email, "password": password })).send().await.unwrap();
    (answer.status() == 200).then(|| crate::world::cookie_of(&answer).unwrap())
}

async fn api(base: &str, token: &str, path: &str) -> Value {
    let answer = reqwest::Client::new().get(format!("{base}{path}")).header("api_access_token", token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

async fn rpc(base: &str, cookie: &str, function: &str, args: Value) -> Value {
    let answer = http().post(format!("{base}/rpc/{function}")).header(header::COOKIE, cookie).json(&args).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{function}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// What holds of a house moved into, on either database.
async fn is_lived_in(server: &Process) {
    let base = &server.base;
    assert!(sign_in(base, "agente1@aurora.example", "errada").await.is_none());
    // The first time by the hash that was brought, the second by ours.
    assert!(sign_in(base, "agente1@aurora.example", PASSWORD).await.is_some());
    let cookie = sign_in(base, "agente1@aurora.example", PASSWORD).await.unwrap();

    let token = "oldtoken1aaaaaaaaaaaaaaa";
    let profile = api(base, token, "/api/v1/profile").await;
    assert_eq!((profile["id"].as_i64(), profile["email"].as_str()), (Some(11), Some("agente1@aurora.example")));
    let one = api(base, token, "/api/v1/accounts/2/conversations/4").await;
    assert_eq!((one["id"].as_i64(), one["inbox_id"].as_i64(), one["meta"]["sender"]["id"].as_i64()), (Some(4), Some(61), Some(1002)));
    assert_eq!(one["uuid"], "00000000-0000-4000-8000-000000000001");
    let said = api(base, token, "/api/v1/accounts/2/conversations/4/messages").await;
    let first = &said["payload"][0];
    assert_eq!((first["id"].as_i64(), first["message_type"].as_i64()), (Some(20_000), Some(0)));
    let activity = said["payload"].as_array().unwrap().iter().find(|m| m["message_type"] == 2).unwrap();
    assert_eq!(activity["content"], "Conversation was marked resolved by Agente 1");
    let contact = api(base, token, "/api/v1/accounts/2/contacts/1002").await;
    assert_eq!(contact["payload"]["custom_attributes"], json!({ "plan": "ouro", "orders": 3 }));
    let inboxes = api(base, token, "/api/v1/accounts/2/inboxes").await;
    assert_eq!(inboxes["payload"].as_array().unwrap().len(), 12);

    // Search finds words whose accents nobody types, and lists agree with their tallies.
    let hits = rpc(base, &cookie, "search", json!({ "account": 2, "text": "acao rapida", "below": null })).await;
    assert!(!hits["messages"].as_array().unwrap().is_empty(), "{hits}");
    let desk: Stamped<DeskView> = serde_json::from_value(rpc(base, &cookie, "desk", json!({ "account": 2 })).await).unwrap();
    assert_eq!(desk.data.tallies.of(None, None).all, 135);
    // An app's own customers are known under the ids it gave them, and its signatures go on being right.
    let site = inboxes["payload"].as_array().unwrap().iter().find(|inbox| inbox["id"] == 61).unwrap();
    let (week, said) = (&site["working_hours"], |day: usize, part: &str| site["working_hours"][day][part].clone());
    assert_eq!((site["working_hours_enabled"].as_bool(), site["timezone"].as_str()), (Some(true), Some("America/Sao_Paulo")));
    assert_eq!((site["out_of_office_message"].as_str(), week.as_array().unwrap().len()), (Some("Abrimos às 10h."), 7));
    assert_eq!((said(0, "closed_all_day"), said(6, "open_all_day")), (true.into(), true.into()));
    assert_eq!((said(3, "open_hour"), said(3, "close_hour"), said(3, "close_minutes")), (10.into(), 19.into(), 30.into()));
    let api_inbox = inboxes["payload"].as_array().unwrap().iter().find(|inbox| inbox["id"] == 62).unwrap();
    assert_eq!(
        (api_inbox["inbox_identifier"].as_str(), api_inbox["hmac_token"].as_str()),
        (Some("ApiIdentifierAurora12345"), Some("segredo-da-api"))
    );
    let client = http().get(format!("{base}/public/api/v1/inboxes/ApiIdentifierAurora12345/contacts/fonte-5")).send().await.unwrap();
    assert_eq!(client.status(), 200);

    // A bot is who it was, its program's token is taken, and what it said bears its name; saved filters find what they found.
    let bot = api(base, "bottokenaaaaaaaaaaaaaaaa", "/api/v1/accounts/2/conversations/4").await;
    assert_eq!(bot["id"].as_i64(), Some(4));
    let bots = api(base, token, "/api/v1/accounts/2/agent_bots").await;
    let bots: Vec<_> = bots
        .as_array()
        .unwrap()
        .iter()
        .map(|bot| (bot["id"].as_i64().unwrap(), bot["outgoing_url"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(bots, [(1, "https://bot.example/hook"), (2, ""), (3, "https://all.example/hook")]);
    let asked = api(base, token, "/api/v1/accounts/2/inboxes/62/agent_bot").await;
    assert_eq!(asked["agent_bot"]["id"].as_i64(), Some(1), "{asked}");
    let folders = api(base, token, "/api/v1/accounts/2/custom_filters").await;
    assert_eq!(
        (folders[0]["id"].as_i64(), folders[0]["name"].as_str(), folders.as_array().unwrap().len()),
        (Some(111), Some("Abertas sem dono"), 1)
    );
    let views: Vec<FolderView> = serde_json::from_value(rpc(base, &cookie, "folders", json!({ "account": 2 })).await).unwrap();
    assert_eq!(views[0].count, Some(desk.data.tallies.of(Some(StatusKind::Open), None).unassigned), "{views:?}");

    // The pasted snippet's token answers, and what is said there goes on behind the last number and id.
    let page = http().get(format!("{base}/widget?website_token=SiteTokenDaAurora1234567")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let sent = visitor_writes(base, "SiteTokenDaAurora1234567", key(), "ainda chego por aqui?").await.expect("the site's token is known");
    let newest = api(base, token, "/api/v1/accounts/2/conversations?status=all&sort_by=created_at_desc").await;
    let newest = &newest["data"]["payload"][0];
    assert_eq!(newest["id"].as_i64(), Some(139), "the last number was 138");
    assert!(sent.message.id.0 > 28_997, "{:?}", sent.message.id);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn people_clients_and_sites_go_on() {
    let from = source(MESSAGES, "").await;
    let folder = tempfile::tempdir().unwrap();
    ended(&import(folder.path(), &from, &[]).output().unwrap());
    let bcrypt = "SELECT count(*) FROM person WHERE password LIKE '$2a$%'";
    assert_eq!(number(folder.path(), bcrypt), 6);
    let named = number(folder.path(), "SELECT count(*) FROM message WHERE extra LIKE '%\"bot\":\"Recepção\"%'");
    assert!(named > 10, "what a bot said bears its name: {named}");
    let server = serve_with(folder.path(), &[]);
    is_lived_in(&server).await;
    let renew = format!("{}/api/v1/accounts/2/agent_bots/1/reset_access_token", server.base);
    let renewed = reqwest::Client::new().post(renew).header("api_access_token", "oldtoken1aaaaaaaaaaaaaaa").send().await.unwrap();
    assert_eq!(renewed.status(), 200);
    let as_before = format!("{}/api/v1/accounts/2/conversations/4", server.base);
    let gone = reqwest::Client::new().get(as_before).header("api_access_token", "bottokenaaaaaaaaaaaaaaaa").send().await.unwrap();
    assert_eq!(gone.status(), 401, "a new token ends those it brought");
    assert_eq!(number(folder.path(), bcrypt), 5, "whoever signed in has a hash of ours");
    assert_eq!(number(folder.path(), "SELECT count(*) FROM person WHERE id = 11 AND password LIKE '$argon2id$%'"), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn the_same_on_postgresql_with_a_kill_between() {
    let (from, to) = (source(MESSAGES, "").await, fresh_postgres().await);
    let folder = tempfile::tempdir().unwrap();
    let database = [("RECADO_DATABASE__URL", to.as_str())];
    let look = sea_orm::Database::connect(&to).await.unwrap();
    let mut child =
        import(folder.path(), &from, &["--batch", "50"]).envs(database).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let beyond = "SELECT count(*) AS n FROM message WHERE id > 21000";
    loop {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        // The table is not there at first.
        let row = look.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, beyond)).await;
        if row.is_ok_and(|row| row.is_some_and(|row| row.try_get::<i64>("", "n").unwrap() > 0)) {
            break;
        }
    }
    child.kill().unwrap();
    let _killed = child.wait().unwrap();
    ended(&import(folder.path(), &from, &[]).envs(database).output().unwrap());
    let report = report(folder.path());
    assert_eq!(report["came"]["messages"].as_i64(), Some(MESSAGES), "each once: {report:#}");
    is_lived_in(&serve_with(folder.path(), &database)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn files_come_from_a_folder_and_those_that_do_not_are_said() {
    let from = source(400, "").await;
    let folder = tempfile::tempdir().unwrap();
    ended(&import(folder.path(), &from, &[]).output().unwrap());
    let absent = "SELECT count(*) FROM attachment WHERE state = 'failed'";
    let all = number(folder.path(), absent);
    assert!(all > 3, "{all}");
    // One of them, a picture of one pixel, where Rails would keep it.
    let remote: String = open(folder.path()).query_row("SELECT remote FROM attachment ORDER BY id LIMIT 1", [], |row| row.get(0)).unwrap();
    let name = serde_json::from_str::<Value>(&remote).unwrap()["active_storage"].as_str().unwrap().to_owned();
    let blobs = folder.path().join("blobs").join(&name[..2]).join(&name[2..4]);
    std::fs::create_dir_all(&blobs).unwrap();
    let png = data_encoding::BASE64
        .decode(b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .unwrap();
    std::fs::write(blobs.join(&name), &png).unwrap();
    ended(&import(folder.path(), &from, &["--attachments-dir", "blobs"]).output().unwrap());
    assert_eq!(number(folder.path(), absent), all - 1);
    assert_eq!(number(folder.path(), "SELECT count(*) FROM attachment WHERE state = 'ready' AND kind = 'image' AND width = 1"), 1);
    let report = report(folder.path());
    let left = report["left"].as_array().unwrap().iter().find(|l| l["what"] == "files' bytes").unwrap();
    assert_eq!((left["count"].as_i64(), left["why"].as_str()), (Some(all - 1), Some("not in the folder")));

    let server = serve_with(folder.path(), &[]);
    let cookie = sign_in(&server.base, "agente1@aurora.example", PASSWORD).await.unwrap();
    let id = number(folder.path(), "SELECT id FROM attachment WHERE state = 'ready'");
    let file = http().get(format!("{}/files/2/{id}/x.png", server.base)).header(header::COOKIE, cookie).send().await.unwrap();
    assert_eq!((file.status().as_u16(), file.bytes().await.unwrap().as_ref()), (200, png.as_slice()));
}
