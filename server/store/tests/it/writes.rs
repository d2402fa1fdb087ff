//! Closures: each alone stays or goes, and a read sees one moment.

use crate::contract;
use crate::world::{World, count, note, person};
use sea_orm::{ConnectionTrait, Value};
use std::sync::Arc;
use store::{Error, Settings, Sql, Store, Tx};
use tokio::sync::Notify;

contract![
    a_refused_or_panicking_closure_undoes_only_itself,
    a_slow_closure_meets_its_deadline_alone,
    a_taken_value_is_told_as_such,
    a_read_sees_one_moment,
    values_come_back_as_they_went_in,
    a_caller_that_went_away_leaves_no_trace_or_all,
    a_closed_store_says_so,
];

const PEOPLE: &str = "SELECT count(*) AS n FROM person";

async fn a_refused_or_panicking_closure_undoes_only_itself(world: &World) {
    let account = world.account("Acme").await;
    let tasks: Vec<_> = (0..30)
        .map(|number| {
            let store = world.store.clone();
            tokio::spawn(async move {
                store
                    .write::<i64, Error, _>(async move |tx| {
                        let id = person(tx, &format!("{number}@example.com")).await?;
                        note(tx, account, number);
                        match number % 3 {
                            0 => Ok(id),
                            1 => Err(Error::LeaseLost),
                            _ => panic!("as the case wants"),
                        }
                    })
                    .await
            })
        })
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        let answer = task.await.unwrap();
        match number % 3 {
            0 => assert!(answer.is_ok(), "{answer:?}"),
            1 => assert!(matches!(answer, Err(Error::LeaseLost)), "{answer:?}"),
            _ => assert!(matches!(answer, Err(Error::Panicked)), "{answer:?}"),
        }
    }
    assert_eq!(world.count(PEOPLE).await, 10);
    assert_eq!(world.journal(account).await, (1..=10).collect::<Vec<_>>());
}

async fn a_slow_closure_meets_its_deadline_alone(world: &World) {
    let begun = Arc::new(Notify::new());
    let (store, started) = (world.store.clone(), begun.clone());
    let slow = tokio::spawn(async move {
        store
            .write::<(), Error, _>(async move |tx| {
                person(tx, "slow@example.com").await?;
                started.notify_one();
                std::future::pending().await
            })
            .await
    });
    begun.notified().await;
    let quick = world.store.write(async |tx| person(tx, "quick@example.com").await).await;
    assert!(quick.is_ok(), "{quick:?}");
    let slow = slow.await.unwrap();
    assert!(matches!(slow, Err(Error::Deadline)), "{slow:?}");
    assert_eq!(world.count(PEOPLE).await, 1);
}

async fn a_taken_value_is_told_as_such(world: &World) {
    world.store.write(async |tx| person(tx, "ana@example.com").await).await.unwrap();
    let again = world.store.write(async |tx| person(tx, "ana@example.com").await).await;
    assert!(matches!(&again, Err(Error::Taken(what)) if what.contains("email")), "{again:?}");
}

async fn a_read_sees_one_moment(world: &World) {
    let store = world.store.clone();
    let seen = world
        .store
        .read::<_, Error, _>(async move |reader| {
            let before = count(reader, PEOPLE).await?;
            store.write(async |tx| person(tx, "ana@example.com").await).await?;
            Ok((before, count(reader, PEOPLE).await?))
        })
        .await
        .unwrap();
    assert_eq!(seen, (0, 0));
    assert_eq!(world.count(PEOPLE).await, 1);
}

async fn values_come_back_as_they_went_in(world: &World) {
    #[derive(sea_orm::FromQueryResult, Debug, PartialEq)]
    struct Row {
        id: i64,
        name: String,
        password: Option<String>,
        last_account: Option<i64>,
    }
    // Numbers of first use out of order, one used twice.
    let sql =
        "INSERT INTO person (email, name, language, password, last_account, created_at) VALUES ($2, $2, 'en', $3, $4, $1) RETURNING id";
    let empty = vec![Value::from(7i64), Value::from("Zoë 🦀"), Value::from(None::<String>), Value::from(None::<i64>)];
    let full = vec![Value::from(i64::MAX), Value::from(""), Value::from("it's"), Value::from(i64::MIN)];
    let ids = world
        .store
        .write::<_, Error, _>(async move |tx| Ok((tx.inserted(sql, empty).await?, tx.inserted(sql, full).await?)))
        .await
        .unwrap();
    let sql = "SELECT last_account, name, id, password FROM person ORDER BY id";
    let rows = world.store.read(async move |reader| reader.all::<Row>(sql, vec![]).await).await.unwrap();
    let empty = Row { id: ids.0, name: "Zoë 🦀".into(), password: None, last_account: None };
    let full = Row { id: ids.1, name: String::new(), password: Some("it's".into()), last_account: Some(i64::MIN) };
    assert_eq!(rows, [empty, full]);
}

async fn a_caller_that_went_away_leaves_no_trace_or_all(world: &World) {
    let account = world.account("Acme").await;
    for number in 0..20 {
        let store = world.store.clone();
        let task = tokio::spawn(async move {
            store
                .write::<_, Error, _>(async move |tx| {
                    note(tx, account, number);
                    person(tx, &format!("{number}@example.com")).await
                })
                .await
        });
        tokio::task::yield_now().await;
        task.abort();
        let _gone = task.await;
    }
    world
        .store
        .write::<_, Error, _>(async move |tx| {
            note(tx, account, 99);
            Ok(())
        })
        .await
        .unwrap();
    let seqs = world.journal(account).await;
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    assert_eq!(world.count(PEOPLE).await, seqs.len() as i64 - 1);
}

async fn a_closed_store_says_so(world: &World) {
    world.store.ping().await.unwrap();
    world.store.clone().close().await.unwrap();
    assert!(world.store.ping().await.is_err());
    let write = world.store.write(async |tx| person(tx, "late@example.com").await).await;
    assert!(write.is_err(), "{write:?}");
    let again = Store::open(&world.settings).await.unwrap();
    again.ping().await.unwrap();
    again.close().await.unwrap();
}

#[tokio::test]
async fn one_file_has_one_store() {
    let world = World::sqlite().await;
    let second = Store::open(&world.settings).await.err();
    assert!(matches!(second, Some(Error::InUse(_))), "{second:?}");
    let restore = Store::restore(std::path::Path::new("/nowhere"), &world.settings.url, true);
    assert!(restore.is_err());
    world.store.clone().close().await.unwrap();
    // Nothing of it is left open: SQLite's last connection took the log away with it.
    let left: std::collections::BTreeSet<_> = std::fs::read_dir(world.data()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["recado.db".into(), "recado.db.key".into(), "recado.db.lock".into()].into());
    Store::open(&world.settings).await.unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_writes_until_there_is_room() {
    let world = World::sqlite().await;
    world.store.write(async |tx| person(tx, "before@example.com").await).await.unwrap();
    let pages = async |limit: &'static str| {
        let write = async move |tx: &mut Tx| Ok(tx.execute_unprepared(limit).await?);
        world.store.write::<_, Error, _>(write).await.unwrap()
    };
    pages("PRAGMA max_page_count = 1").await;
    let mut full = Ok(0);
    for number in 0..10_000 {
        full = world.store.write(async move |tx| person(tx, &format!("{number:0>500}@example.com")).await).await;
        if full.is_err() {
            break;
        }
    }
    assert!(matches!(full, Err(Error::NotStored(_))), "{full:?}");
    let before = world.count(PEOPLE).await;
    pages("PRAGMA max_page_count = 1000000").await;
    world.store.write(async |tx| person(tx, "after@example.com").await).await.unwrap();
    assert_eq!(world.count(PEOPLE).await, before + 1);
    assert_eq!(world.count("SELECT count(*) AS n FROM pragma_integrity_check WHERE integrity_check = 'ok'").await, 1);
    world.end().await;
}

#[tokio::test]
async fn an_address_of_neither_kind_is_refused() {
    for url in ["mysql://host/db", "recado.db", "sqlite::memory:", "sqlite://"] {
        let refused = Store::open(&Settings::of(url)).await.err();
        assert!(matches!(refused, Some(Error::Address(_))), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn values_postgres_would_refuse_are_refused_on_sqlite() {
    let world = World::sqlite().await;
    for values in [vec![], vec![Value::from(1i64), Value::from(2i64)], vec![Value::from(true)]] {
        let refused = world.store.write(async move |tx| tx.run("UPDATE account SET seq = $1", values).await).await;
        assert!(matches!(refused, Err(Error::Database(_) | Error::Corrupt(_))), "{refused:?}");
    }
    world.end().await;
}
