//! What is left of somebody who was erased (LGPD, article 18): nothing that can be found, in the database, its file, or the files beside it.

use super::mail::{MailServer, shop_of};
use super::{Api, Ear};
use crate::world::*;
use model::*;
use serde_json::json;

/// In everything that is known of them, and nowhere else.
const CANARY: &str = "canarinho";

#[tokio::test]
async fn whoever_is_erased_is_found_nowhere() {
    let (_, smtp) = MailServer::new().open().await;
    let shop = shop_of(|config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
    })
    .await;
    let (world, ana) = (&shop.world, &shop.world.here.ana);
    // One endpoint takes what it is told, the other does not yet.
    let (ear, deaf) = (Ear::default(), Ear::default());
    deaf.says(&[500; 60]);
    let api = Api::of(world, ana).await;
    let events =
        ["contact_created", "contact_updated", "conversation_created", "conversation_updated", "message_created", "message_updated"];
    for one in [&ear, &deaf] {
        api.ok("POST", "webhooks", json!({ "url": one.open().await, "subscriptions": events })).await;
    }
    let left = |what: &'static str| async move {
        let found = found(world).await;
        (!found.is_empty()).then(|| format!("{what}: {found:?}"))
    };
    assert_eq!(left("before").await, None);

    // By the site, with a file, a photo of what was typed, and everything an agent does with it.
    let mut rui = world.visitor();
    rui.writes("oi, aqui é o canarinho").await;
    let thread = ana.thread(1).await;
    let (id, contact) = (thread.row.conversation.id, thread.contact.id);
    let draft = json!({ "name": "Canarinho da Silva", "email": "canarinho@cliente.example", "identifier": "canarinho-1", "attributes": { "apelido": "canarinho" } });
    let _: ContactView = ana.ok("update_contact", json!({ "contact": contact, "draft": draft })).await;
    let _: ContactNoteView = ana.ok("add_contact_note", json!({ "contact": contact, "text": "canarinho é antigo" })).await;
    let note = json!({ "conversation": id, "key": key(), "text": "o canarinho voltou" });
    let _: MessageView = ana.ok("add_note", json!({ "draft": note })).await;
    ana.ok::<()>("assign", json!({ "conversation": id, "to": ana.user })).await;
    rui.writes("o canarinho ainda espera").await;
    let _: () = ana.ok("save_draft", json!({ "conversation": id, "mode": "reply", "text": "caro canarinho" })).await;
    let file = ana.upload("canarinho.txt", b"o canarinho por escrito".to_vec()).await;
    let reply = json!({ "conversation": id, "key": key(), "text": "veja, canarinho", "files": [file.key] });
    let sent: MessageView = ana.ok("send_reply", json!({ "draft": reply })).await;
    world.settle().await;
    let _: serde_json::Value = ana.ok("delete_message", json!({ "message": sent.id })).await;
    ana.replies(id, "até logo, canarinho").await;
    ana.ok::<()>("send_transcript", json!({ "conversation": id, "to": "canarinho@cliente.example" })).await;
    world.settle().await;
    // By mail, whole and with a copy to others.
    let mail = "From: Canarinho <canarinho@cliente.example>\nTo: oi@loja.example, Primo <primo-canarinho@cliente.example>\nSubject: Do canarinho\n\
                Message-ID: <canarinho1@cliente.example>\nContent-Type: text/html; charset=utf-8\n\n<p>O <b>canarinho</b> escreve</p>\n";
    shop.server.deliver(mail).await;
    world.settle().await;
    // By programs.
    let post = reqwest::Client::new().post(format!("{}/api/v1/accounts/{}/conversations/1/messages", world.base, world.here.account));
    let post = post.header("api_access_token", &api.token).header("Idempotency-Key", "uma-vez");
    assert_eq!(post.json(&json!({ "content": "pelo programa, canarinho" })).send().await.unwrap().status(), 200);
    api.ok("POST", "conversations/1/custom_attributes", json!({ "custom_attributes": { "canto": "do canarinho" } })).await;
    let rows = "nome;e-mail\nCanarinho;canarinho@cliente.example\nCanarinho ruim;não é do canarinho\n";
    let import = json!({ "draft": { "text": rows, "columns": ["name", "email"], "heading": true } });
    let _: OperationView = ana.ok("import_contacts", import).await;
    world.settle().await;
    assert!(ana.list(ListFilter::default()).await.len() == 2 && ear.events().len() > 5, "it was all taken in");
    assert!(left("known").await.is_some());

    let _: () = ana.ok("erase_contact", json!({ "contact": contact })).await;
    world.settle().await;
    let told = deaf.events().len();
    world.clock.turn(3_600_000);
    world.service.come_round().await.unwrap();
    world.settle().await;
    assert_eq!(left("erased").await, None);
    assert!(deaf.events()[told..].iter().all(|event| !event.to_string().to_lowercase().contains(CANARY)), "nobody hears of them any more");
    shop.world.finish().await;
}

/// Where the canary stands: files by name, rows of PostgreSQL by table.
async fn found(world: &World) -> Vec<String> {
    let mut places = Vec::new();
    let mut folders = vec![world.files.parent().unwrap().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path).unwrap().to_ascii_lowercase().windows(CANARY.len()).any(|bytes| bytes == CANARY.as_bytes()) {
                places.push(path.display().to_string());
            }
        }
    }
    places.extend(rows(&world.database).await);
    places
}

/// The tables in which it stands, with the row's beginning.
async fn rows(database: &str) -> Vec<String> {
    let mut places = Vec::new();
    let mut note = |table: &str, words: Option<String>| {
        let words = words.unwrap_or_default().to_lowercase();
        if words.contains(CANARY) {
            places.push(format!("{table}: {}", words.chars().take(300).collect::<String>()));
        }
    };
    if let Some(file) = database.strip_prefix("sqlite://") {
        let db = rusqlite::Connection::open(file).unwrap();
        let tables = "SELECT m.name, (SELECT group_concat('coalesce(CAST(\"' || c.name || '\" AS TEXT), '''')', ' || ') FROM pragma_table_info(m.name) c) \
                      FROM sqlite_master m WHERE m.type = 'table' AND m.sql NOT LIKE '%USING fts5%'";
        let pairs = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let tables: Vec<_> = db.prepare(tables).unwrap().query_map([], pairs).unwrap().collect::<Result<_, _>>().unwrap();
        for (table, whole) in tables {
            let mut asked = db.prepare(&format!("SELECT {whole} FROM \"{table}\"")).unwrap();
            asked
                .query_map([], |row| row.get_ref(0).map(|v| v.as_bytes().map(|b| String::from_utf8_lossy(b).into_owned())))
                .unwrap()
                .for_each(|row| note(&table, row.unwrap().ok()));
        }
    } else {
        use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
        let db = Database::connect(database).await.unwrap();
        let all = |sql: String| db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql));
        let tables = "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'";
        for table in all(tables.to_owned()).await.unwrap() {
            let table: String = table.try_get("", "name").unwrap();
            for row in all(format!("SELECT t::text AS words FROM \"{table}\" t")).await.unwrap() {
                note(&table, row.try_get("", "words").ok());
            }
        }
        db.close().await.unwrap();
    }
    places
}
