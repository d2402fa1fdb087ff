//! Secrets at rest: sealed, opened by their key only, sealed anew, and nowhere in the files of a database in clear.

use crate::contract;
use crate::world::World;
use model::{AccountId, InboxHealth, InboxState, Timestamp};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use std::path::Path;
use store::inbox::{self, Inbox};
use store::{Error, Keys, Reader, Rotation, Settings, Sql, Store, Tx};

contract![a_secret_is_sealed_where_it_lies, what_an_earlier_version_left_is_sealed, another_key_opens_nothing];

const CANARY: &str = "7:canary-token";

async fn connect(store: &Store, account: AccountId) -> inbox::Inbox {
    let fresh = Inbox {
        id: model::InboxId(0),
        account,
        kind: "telegram".to_owned(),
        name: "Bot".to_owned(),
        public_key: "k".repeat(22),
        settings: BTreeMap::new(),
        secrets: BTreeMap::from([("token".to_owned(), CANARY.to_owned())]),
        account_key: None,
        state: InboxState::default(),
        health: InboxHealth::default(),
    };
    let id = store.write(async move |tx: &mut Tx| inbox::insert(tx, &fresh, Timestamp(0)).await).await.unwrap();
    load(store, account, id).await.unwrap()
}

async fn load(store: &Store, account: AccountId, id: model::InboxId) -> Result<Inbox, Error> {
    store.read(async move |c: &Reader| Ok::<_, Error>(inbox::load(c, account, id).await?.unwrap())).await
}

/// Every value of a column as it lies there.
async fn raw(store: &Store, sql: &'static str) -> String {
    #[derive(FromQueryResult)]
    struct Row {
        v: String,
    }
    let rows = store.read(async move |c: &Reader| c.all::<Row>(sql, vec![]).await).await.unwrap();
    rows.into_iter().map(|r| r.v).collect::<Vec<_>>().join("\n")
}

/// Which files of a folder hold these words; keys are none of them.
fn holding(folder: &Path, words: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    let holds = |path: &Path| std::fs::read(path).unwrap().windows(words.len()).any(|w| w == words.as_bytes());
    files.filter(|path| holds(path)).map(|path| path.display().to_string()).collect()
}

async fn a_secret_is_sealed_where_it_lies(world: &World) {
    let account = world.account("Acme").await;
    let made = connect(&world.store, account).await;
    assert_eq!(made.secrets["token"], CANARY);
    let lies = raw(&world.store, "SELECT secrets AS v FROM inbox").await;
    assert!(lies.starts_with("sealed:1:") && !lies.contains("canary"), "{lies}");
    let id = made.id;
    world.store.write(async move |tx: &mut Tx| inbox::update(tx, &made).await).await.unwrap();
    assert_ne!(raw(&world.store, "SELECT secrets AS v FROM inbox").await, lies, "a nonce is used once");
    assert_eq!(load(&world.store, account, id).await.unwrap().secrets["token"], CANARY);
    // Bound to its row: moved to another, it opens nothing.
    world.store.write(async |tx: &mut Tx| tx.run("UPDATE inbox SET public_key = 'another'", vec![]).await).await.unwrap();
    assert!(matches!(load(&world.store, account, id).await, Err(Error::Corrupt(_))));
}

async fn what_an_earlier_version_left_is_sealed(world: &World) {
    let account = world.account("Acme").await;
    let id = connect(&world.store, account).await.id;
    let clear = async |tx: &mut Tx| {
        tx.run(&format!("UPDATE inbox SET secrets = '{{\"token\":\"{CANARY}\"}}'"), vec![]).await?;
        tx.run("DELETE FROM setting", vec![]).await?;
        tx.run(
            &format!("INSERT INTO setting (name, value) VALUES ('door_key', '{CANARY}'), ('login 1 1', '{CANARY}'), ('import', 'open')"),
            vec![],
        )
        .await
    };
    world.store.write(clear).await.unwrap();
    assert_eq!(load(&world.store, account, id).await.unwrap().secrets["token"], CANARY, "it is read as it was");
    world.store.migrate(&mut |_, _| {}).await.unwrap();
    let lies = raw(&world.store, "SELECT secrets AS v FROM inbox UNION ALL SELECT value FROM setting ORDER BY 1").await;
    assert!(!lies.contains("canary") && lies.starts_with("open\nsealed:1:"), "{lies}");
    assert_eq!(load(&world.store, account, id).await.unwrap().secrets["token"], CANARY);
    let door = world.store.read(async |c: &Reader| store::account::secret(c, "door_key").await).await.unwrap();
    assert_eq!(door.as_deref(), Some(CANARY));
}

async fn another_key_opens_nothing(world: &World) {
    let account = world.account("Acme").await;
    let id = connect(&world.store, account).await.id;
    world.store.clone().close().await.unwrap();
    let other = Settings { keys: Some(Keys::Given("0d".repeat(32))), ..world.settings.clone() };
    let store = Store::open(&other).await.unwrap();
    for refused in [store.migrate(&mut |_, _| {}).await, store.prove_key().await, store.rotate_key(Rotation::default()).await.map(drop)] {
        assert!(matches!(&refused, Err(Error::Key(why)) if why.contains("put that key back")), "{refused:?}");
    }
    assert!(matches!(load(&store, account, id).await, Err(Error::Key(_))));
    store.rotate_key(Rotation { lost: true, forget: false }).await.unwrap();
    store.migrate(&mut |_, _| {}).await.unwrap();
    assert!(load(&store, account, id).await.unwrap().secrets.is_empty());
    store.close().await.unwrap();
}

/// FAULTS 61, of the files: nothing in clear after an upgrade, a copy and a change of the key, and each copy opens with the key of its day.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_of_a_database_holds_a_secret() {
    let world = World::sqlite().await;
    let (data, copies) = (world.data(), tempfile::tempdir().unwrap());
    let account = world.account("Acme").await;
    let id = connect(&world.store, account).await.id;
    let clear = format!("UPDATE inbox SET secrets = '{{\"token\":\"{CANARY}\"}}'");
    let leave = async move |tx: &mut Tx| {
        tx.run(&clear, vec![]).await?;
        tx.run("DELETE FROM setting", vec![]).await?;
        // Enough of them that sealing moves them about in their page.
        for login in 0..64 {
            tx.run(&format!("INSERT INTO setting (name, value) VALUES ('login 1 {login}', '{CANARY}')"), vec![]).await?;
        }
        Ok::<_, Error>(())
    };
    world.store.write(leave).await.unwrap();
    world.store.clone().close().await.unwrap();
    assert!(!holding(&data, CANARY).is_empty(), "an old file holds it");

    let store = Store::open(&world.settings).await.unwrap();
    store.migrate(&mut |_, _| {}).await.unwrap();
    let copy = copies.path().join("copy");
    store.backup(&copy, &mut |_, _| {}).await.unwrap();
    let before = store.vault().summary();
    assert!(store.rotate_key(Rotation::default()).await.unwrap() >= 2);
    assert_ne!(store.vault().summary(), before);
    assert_eq!(load(&store, account, id).await.unwrap().secrets["token"], CANARY);
    store.close().await.unwrap();
    assert_eq!((holding(&data, CANARY), holding(copies.path(), CANARY)), (vec![], vec![]));

    // The key of yesterday still opens yesterday's copy, until it is taken away.
    let key = data.join("recado.db.key");
    let restored =
        Settings { keys: Some(Keys::File(key.clone())), ..Settings::of(format!("sqlite://{}", copies.path().join("r.db").display())) };
    Store::restore(&copy, &restored.url, false).unwrap();
    let again = Store::open(&restored).await.unwrap();
    again.migrate(&mut |_, _| {}).await.unwrap();
    assert_eq!(load(&again, account, id).await.unwrap().secrets["token"], CANARY);
    again.close().await.unwrap();
    let store = Store::open(&world.settings).await.unwrap();
    store.rotate_key(Rotation { forget: true, lost: false }).await.unwrap();
    assert_eq!(load(&store, account, id).await.unwrap().secrets["token"], CANARY);
    store.close().await.unwrap();
    let again = Store::open(&restored).await.unwrap();
    assert!(matches!(again.migrate(&mut |_, _| {}).await, Err(Error::Key(_))));
    again.close().await.unwrap();
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    world.end().await;
}
