//! An answer is a promise: what was acknowledged before a process is killed is there afterwards.

use crate::world::{World, account, note, person, seqs};
use sea_orm::ConnectionTrait;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use store::{Error, Settings, Store};

/// Names the database to the process that is going to be killed.
const CHILD: &str = "RECADO_TEST_DURABILITY";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    if let Ok(url) = std::env::var(CHILD) {
        return write_until_killed(&url).await;
    }
    let world = World::sqlite().await;
    let account = account(&world.store, "Acme").await;
    world.store.clone().close().await.unwrap();
    let mut expected = 0;
    for _ in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durability::what_was_acknowledged_survives_a_kill", "--nocapture"])
            .env(CHILD, &world.settings.url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut acknowledged: Vec<String> =
            lines.by_ref().filter_map(|line| line.strip_prefix("ack ").map(str::to_owned)).take(300).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(lines.filter_map(|line| line.strip_prefix("ack ").map(str::to_owned)).filter(|line| line.ends_with('.')));
        assert!(acknowledged.len() >= 300);

        let store = Store::open(&world.settings).await.unwrap();
        for email in acknowledged {
            let taken = store.write(async move |tx| person(tx, &email).await).await;
            assert!(matches!(taken, Err(Error::Taken(_))), "an acknowledged row is gone: {taken:?}");
        }
        let kept = seqs(&store, account, 0).await;
        assert_eq!(kept, (1..=kept.len() as i64).collect::<Vec<_>>());
        assert!(kept.len() >= expected + 300);
        expected = kept.len();
        store.close().await.unwrap();
    }
}

#[expect(clippy::print_stdout, reason = "what is printed is the acknowledgement")]
async fn write_until_killed(url: &str) {
    let store = Store::open(&Settings::of(url)).await.unwrap();
    let writers: Vec<_> = (0..16)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..100_000 {
                    let email = format!("{}-{writer}-{number}.", std::process::id());
                    let own = email.clone();
                    store
                        .write::<_, Error, _>(async move |tx| {
                            note(tx, model::AccountId(1), number);
                            person(tx, &own).await
                        })
                        .await
                        .unwrap();
                    println!("ack {email}");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// The log is moved into the file while others write, and begins anew: it does not grow with what is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_anew_while_others_write() {
    const MOST: usize = 2_000;
    let world = World::sqlite().await;
    let account = account(&world.store, "Acme").await;
    let path = world.settings.url.strip_prefix("sqlite://").unwrap();
    let log = format!("{path}-wal");
    // Bytes 12 to 16 of the log's header count how often it began anew ("The WAL File Format", section 4.1).
    let begun = |log: &str| -> [u8; 4] {
        let mut head = [0; 16];
        std::fs::File::open(log).unwrap().read_exact(&mut head).unwrap();
        head[12..].try_into().unwrap()
    };
    let first = begun(&log);
    let mut written = 0;
    while begun(&log) == first {
        assert!(written < MOST, "{written} times 256 kB and the log only grows");
        let write = async move |tx: &mut store::Tx| {
            (0..64).for_each(|_| note(tx, account, 1));
            let text = "x".repeat(256 * 1024);
            tx.execute_unprepared(&format!("UPDATE account SET checklist = '{text}' WHERE id = {account}")).await.map_err(Error::from)?;
            Ok::<_, Error>(())
        };
        store::Store::write(&world.store, write).await.unwrap();
        written += 1;
    }
    let kept = seqs(&world.store, account, 0).await;
    assert_eq!(kept, (1..=written as i64 * 64).collect::<Vec<_>>());
    world.end().await;
}
