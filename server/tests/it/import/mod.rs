//! Moving in from another product: a generated Chatwoot database through the real binary, killed on the way, on both databases.

mod after;

use crate::process::recado;
use crate::world::fresh_postgres;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Output, Stdio};

/// Everybody's password there.
const PASSWORD: &str = "U*U";
const MESSAGES: i64 = 3000;

/// A Chatwoot database of so many messages, with this done to it afterwards.
async fn source(messages: i64, then: &str) -> String {
    let url = fresh_postgres().await;
    let connection = sea_orm::Database::connect(&url).await.unwrap();
    let sql = include_str!("chatwoot.sql").replace(":messages", &messages.to_string());
    connection.execute_unprepared(&sql).await.unwrap();
    if !then.is_empty() {
        connection.execute_unprepared(then).await.unwrap();
    }
    connection.close().await.unwrap();
    url
}

fn import(folder: &Path, source: &str, further: &[&str]) -> std::process::Command {
    let mut command = recado(folder);
    command.args(["import", "chatwoot", "--database-url", source, "--report", "report.json"]).args(further);
    command
}

fn ended(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("report.json")).unwrap()).unwrap()
}

fn open(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("data/recado.db")).unwrap()
}

fn number(folder: &Path, sql: &str) -> i64 {
    open(folder).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// How far an import is: its stage, and the last id of it. None while it cannot be known.
fn place(folder: &Path) -> Option<(i64, i64)> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(folder.join("data/recado.db"), flags).ok()?;
    let text: String = database.query_row("SELECT value FROM setting WHERE name = 'import'", [], |row| row.get(0)).ok()?;
    let place: Value = serde_json::from_str(&text).ok()?;
    Some((place["stage"].as_i64()?, place["last"].as_i64()?))
}

/// Lets an import run until it is so far, and kills it there.
fn killed_at(folder: &Path, mut child: Child, stage: i64, last: i64) {
    loop {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "it ended before it could be killed: {ended:?}");
        if place(folder).is_some_and(|at| at >= (stage, last)) {
            child.kill().unwrap();
            let _killed = child.wait().unwrap();
            return;
        }
        std::thread::yield_now();
    }
}

/// Every row of every table as text, what is random or of the moment left out.
fn rows(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let database = open(folder);
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%' AND name NOT LIKE 'sqlite_%' AND name <> 'migration'").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = BTreeMap::new();
    for name in names {
        let mut statement = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let random = |column: &str| {
            matches!(
                (name.as_str(), column),
                ("inbox", "public_key" | "secrets" | "state") | ("webhook", "nonce") | ("bot", "nonce" | "token_hash")
            )
        };
        let line = |row: &rusqlite::Row<'_>| {
            let cell = |at: usize| format!("{}={:?}", columns[at], row.get_ref(at).unwrap());
            (0..columns.len()).filter(|at| !random(&columns[*at])).map(cell).collect::<Vec<_>>().join(" ")
        };
        let mut lines: Vec<String> = statement.query_map([], |row| Ok(line(row))).unwrap().map(Result::unwrap).collect();
        lines.retain(|line| name != "setting" || line.contains("import"));
        lines.sort();
        all.insert(name, lines);
    }
    let words = "SELECT group_concat(rowid) FROM (SELECT rowid FROM message_fts WHERE words MATCH 'a2 AND acao' ORDER BY rowid)";
    let found: String = database.query_row(words, [], |row| row.get(0)).unwrap();
    all.insert("found".to_owned(), vec![found]);
    all
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn an_import_that_is_killed_twice_ends_as_one_that_is_not() {
    let from = source(MESSAGES, "").await;
    let (whole, cut) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    ended(&import(whole.path(), &from, &[]).output().unwrap());
    // Small pieces, so that there is a middle to be killed in.
    let start = || import(cut.path(), &from, &["--batch", "50"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    killed_at(cut.path(), start(), 15, 1);
    killed_at(cut.path(), start(), 18, 21_000);
    let at = place(cut.path()).unwrap();
    assert!(at.0 == 18 && at.1 < 28_000, "killed among the messages: {at:?}");
    ended(&import(cut.path(), &from, &["--batch", "50"]).output().unwrap());

    let (one, two) = (rows(whole.path()), rows(cut.path()));
    for (table, lines) in &one {
        let differs = lines.iter().zip(&two[table]).find(|(one, two)| one != two);
        assert_eq!((differs, lines.len()), (None, two[table].len()), "{table}");
    }
    assert_eq!(report(whole.path()), report(cut.path()));
    assert_eq!(number(whole.path(), "SELECT count(*) FROM message"), MESSAGES);
    // Once more changes nothing: it is all here.
    ended(&import(cut.path(), &from, &[]).output().unwrap());
    assert!(rows(cut.path()) == two);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn what_cannot_come_is_said_by_name_and_number() {
    let from = source(1000, "").await;
    let folder = tempfile::tempdir().unwrap();
    let said = ended(&import(folder.path(), &from, &[]).output().unwrap());
    let report = report(folder.path());
    let left = |what: &str| {
        let all = report["left"].as_array().unwrap();
        all.iter().find(|l| l["what"] == what).unwrap_or_else(|| panic!("{what}: {report:#}")).clone()
    };
    assert_eq!(left("conversations")["names"], serde_json::json!(["account 2, number 1"]));
    assert_eq!((left("messages")["count"].as_i64(), left("automation rules")["count"].as_i64()), (Some(1), Some(1)));
    assert_eq!(left("contacts' details")["names"], serde_json::json!(["contact 1028: phone +5511900000013"]));
    assert_eq!(left("macro actions")["names"], serde_json::json!(["Transcrever: send_email_transcript a@b.example"]));
    assert_eq!(left("invitations")["names"], serde_json::json!(["person 16"]));
    assert_eq!(left("inbox secrets")["names"], serde_json::json!(["E-mail: smtp_password"]));
    assert_eq!(
        (left("people's photos")["count"].as_i64(), left("webhooks")["names"][0].as_str()),
        (Some(2), Some("https://gone.example/hook"))
    );
    assert_eq!(left("bots' inboxes")["names"], serde_json::json!(["Roteiro: inbox 64"]));
    let all = |what: &str| {
        report["left"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| l["what"] == what)
            .flat_map(|l| l["names"].as_array().unwrap().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(all("bots' inboxes"), ["Roteiro: inbox 64", "Recepção: inbox 65"]);
    assert_eq!(all("agent bots"), ["Roteiro", "De ninguém"]);
    assert_eq!(all("saved filters"), ["De campanha", "Relatório", "De ninguém"]);
    assert_eq!((all("working hours").len(), all("API tokens").len()), (0, 0));
    assert_eq!(left("connections")["count"].as_i64(), Some(8));
    assert!(said.contains("account 2, number 1") && said.contains("WhatsApp velho (Channel::Whatsapp)"), "{said}");
    let came = |what: &str| report["came"][what].as_i64().unwrap_or_default();
    assert_eq!((came("agent bots"), came("bots' inboxes"), came("saved filters")), (3, 2, 2));
    assert_eq!((came("messages"), came("people"), came("inboxes"), came("conversations"), came("webhooks")), (1000, 6, 13, 50, 1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn another_versions_schema_is_no_obstacle() {
    let then = "DROP TABLE macros; DROP TABLE notes; DROP TABLE channel_instagram; DROP TABLE active_storage_attachments; DROP TABLE conversation_participants; \
                ALTER TABLE conversations DROP COLUMN waiting_since; ALTER TABLE conversations DROP COLUMN priority; \
                ALTER TABLE messages ADD COLUMN of_later_versions jsonb DEFAULT '{\"a\": 1}'; \
                ALTER TABLE contacts DROP COLUMN blocked; ALTER TABLE account_users DROP COLUMN auto_offline";
    let from = source(400, then).await;
    let folder = tempfile::tempdir().unwrap();
    ended(&import(folder.path(), &from, &[]).output().unwrap());
    let report = report(folder.path());
    let absent: Vec<&str> = report["absent"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    for name in
        ["macros", "notes", "conversations.waiting_since", "conversations.priority", "contacts.blocked", "account_users.auto_offline"]
    {
        assert!(absent.contains(&name), "{name}: {absent:?}");
    }
    assert_eq!(number(folder.path(), "SELECT count(*) FROM message"), 400);
    assert_eq!(number(folder.path(), "SELECT count(*) FROM membership WHERE auto_offline = 0"), 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn only_an_empty_house_is_moved_into() {
    let from = source(100, "").await;
    let folder = tempfile::tempdir().unwrap();
    let refused = |further: &[&str], from: &str| {
        let output = import(folder.path(), from, further).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = ended(&import(folder.path(), &from, &["--dry-run"]).output().unwrap());
    assert!(said.contains("100  messages") && said.contains("Nothing was written"), "{said}");
    assert!(!folder.path().join("data/recado.db").exists(), "a dry run makes nothing");

    ended(&import(folder.path(), &from, &[]).output().unwrap());
    let other = source(100, "UPDATE accounts SET created_at = created_at + interval '1 day'").await;
    assert!(refused(&[], &other).contains("another database"));
    assert!(refused(&[], &fresh_postgres().await).contains("no table `accounts`"));
    open(folder.path()).execute("DELETE FROM setting WHERE name = 'import'", []).unwrap();
    assert!(refused(&[], &from).contains("holds accounts already"));
}
