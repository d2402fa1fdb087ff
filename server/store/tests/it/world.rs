//! A fresh database for each case, and the few words the cases are written with. It asserts nothing.

use model::{AccountId, Change, Seq, Timestamp, UserId};
use sea_orm::{ConnectionTrait, Database, FromQueryResult, Value};
use std::hash::{BuildHasher, Hasher, RandomState};
use store::{Audience, Error, Keys, Replay, Settings, Sql, Store, Tx, journal};

/// One store with its schema, alone in its database.
pub struct World {
    pub store: Store,
    pub settings: Settings,
    server: Option<(String, String)>,
    folder: Option<tempfile::TempDir>,
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

impl World {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::of(format!("sqlite://{}", folder.path().join("data/recado.db").display()));
        Self::open(settings, None, Some(folder)).await
    }

    pub async fn postgres() -> Self {
        let server = std::env::var("RECADO_TEST_POSTGRES").expect("RECADO_TEST_POSTGRES names a server");
        let name = format!("recado_test_{:016x}", RandomState::new().build_hasher().finish());
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        // One key for all, so that no case leaves a file of keys where it runs.
        let keys = Some(Keys::Given("5e".repeat(32)));
        let settings = Settings { keys, ..Settings::of(format!("{}/{name}", server.rsplit_once('/').unwrap().0)) };
        Self::open(settings, Some((server, name)), None).await
    }

    async fn open(settings: Settings, server: Option<(String, String)>, folder: Option<tempfile::TempDir>) -> Self {
        let store = Store::open(&settings).await.unwrap();
        store.migrate(&mut |_, _| {}).await.unwrap();
        Self { store, settings, server, folder }
    }

    /// Closes the store and removes its database.
    pub async fn end(self) {
        let _closed_already = self.store.close().await;
        if let Some((server, name)) = self.server {
            let admin = Database::connect(&server).await.unwrap();
            admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            admin.close().await.unwrap();
        }
    }

    /// The folder SQLite's file is in.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.as_ref().unwrap().path().join("data")
    }

    /// A new account.
    pub async fn account(&self, name: &'static str) -> AccountId {
        account(&self.store, name).await
    }

    /// How many rows a `SELECT count(*) AS n …` finds.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.store.read(async move |reader| count(reader, sql).await).await.unwrap()
    }

    /// The account's whole journal.
    pub async fn journal(&self, account: AccountId) -> Vec<i64> {
        seqs(&self.store, account, 0).await
    }
}

pub async fn account(store: &Store, name: &'static str) -> AccountId {
    let sql = "INSERT INTO account (name, language, created_at) VALUES ($1, 'en', 0) RETURNING id";
    store.write::<_, Error, _>(async move |tx| Ok(AccountId(tx.inserted(sql, vec![Value::from(name)]).await?))).await.unwrap()
}

pub async fn count(c: &impl Sql, sql: &str) -> Result<i64, Error> {
    Ok(c.one::<Count>(sql, vec![]).await?.unwrap().n)
}

pub async fn seqs(store: &Store, account: AccountId, after: i64) -> Vec<i64> {
    let replay = store.read(async move |reader| journal::after(reader, account, Seq(after), 100_000).await).await.unwrap();
    match replay {
        Replay::Rows(rows) => rows.into_iter().map(|row| row.seq.0).collect(),
        Replay::TooOld => panic!("{after} is too old"),
    }
}

/// Notes a small change.
pub fn note(tx: &mut Tx, account: AccountId, number: i64) {
    tx.note(account, Timestamp(number), Audience::default(), Change::AgentRemoved { user: UserId(number) });
}

/// Adds a person; the address is unique.
pub async fn person(tx: &Tx, email: &str) -> Result<i64, Error> {
    let sql = "INSERT INTO person (name, email, language, created_at) VALUES ('Ana', $1, 'en', 0) RETURNING id";
    tx.inserted(sql, vec![Value::from(email)]).await
}
