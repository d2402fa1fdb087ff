//! The bell rings after the commit, once, and on every node.

use crate::contract;
use crate::world::{World, note, seqs};
use model::{AccountId, Timestamp};
use std::time::Duration;
use store::{Error, NewJob, Ring, Rings, Store};

contract![a_commit_rings_and_a_refusal_does_not, a_job_rings, a_signal_is_heard, a_listener_far_behind_is_told];

/// The next ring, or a failure instead of a test that hangs.
async fn next(rings: &mut Rings) -> Ring {
    tokio::time::timeout(Duration::from_secs(10), rings.next()).await.expect("the bell rings").expect("the store is open")
}

async fn tell(store: &Store, account: AccountId) {
    store
        .write::<_, Error, _>(async move |tx| {
            note(tx, account, 1);
            Ok(())
        })
        .await
        .unwrap();
}

async fn a_commit_rings_and_a_refusal_does_not(world: &World) {
    let (account, twin) = (world.account("Acme").await, world.account("Twin").await);
    let mut rings = world.store.bell().subscribe();
    let refused = world
        .store
        .write::<(), _, _>(async move |tx| {
            note(tx, twin, 1);
            Err(Error::LeaseLost)
        })
        .await;
    assert!(refused.is_err());
    tell(&world.store, account).await;
    assert_eq!(next(&mut rings).await, Ring::Account(account));
    assert_eq!(seqs(&world.store, account, 0).await, [1]);
    tell(&world.store, twin).await;
    assert_eq!(next(&mut rings).await, Ring::Account(twin), "a node hears itself once");
}

async fn a_job_rings(world: &World) {
    let mut rings = world.store.bell().subscribe();
    let job = NewJob { lane: "a".into(), kind: "test", key: None, body: String::new(), run_at: Timestamp(0) };
    world.store.write(async move |tx| tx.enqueue(job).await).await.unwrap();
    assert_eq!(next(&mut rings).await, Ring::Jobs);
}

async fn a_signal_is_heard(world: &World) {
    let mut rings = world.store.bell().subscribe();
    world.store.bell().signal("ana types".into());
    assert_eq!(next(&mut rings).await, Ring::Signal("ana types".into()));
}

async fn a_listener_far_behind_is_told(world: &World) {
    let mut rings = world.store.bell().subscribe();
    for number in 0..3000 {
        world.store.bell().signal(number.to_string());
    }
    assert_eq!(next(&mut rings).await, Ring::Lost);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn two_nodes_hear_each_other_once() {
    let world = World::postgres().await;
    let other = Store::open(&world.settings).await.unwrap();
    let (account, twin) = (world.account("Acme").await, world.account("Twin").await);
    let (mut here, mut there) = (world.store.bell().subscribe(), other.bell().subscribe());
    tell(&world.store, account).await;
    assert_eq!(next(&mut there).await, Ring::Account(account));
    assert_eq!(next(&mut here).await, Ring::Account(account));
    tell(&other, twin).await;
    assert_eq!(next(&mut here).await, Ring::Account(twin));
    assert_eq!(next(&mut there).await, Ring::Account(twin));
    let long = "x".repeat(store::LONGEST_SIGNAL);
    other.bell().signal(long.clone());
    assert_eq!(next(&mut here).await, Ring::Signal(long));
    other.close().await.unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn a_listener_cut_off_says_so_and_listens_again() {
    let world = World::postgres().await;
    let other = Store::open(&world.settings).await.unwrap();
    let account = world.account("Acme").await;
    let mut here = world.store.bell().subscribe();
    let cut =
        "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    assert_eq!(world.count(cut).await, 2);
    assert_eq!(next(&mut here).await, Ring::Lost);
    // The other node keeps ringing until this one listens again.
    let heard = async {
        loop {
            tell(&other, account).await;
            if let Ok(Some(Ring::Account(_))) = tokio::time::timeout(Duration::from_millis(200), here.next()).await {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), heard).await.unwrap();
    other.close().await.unwrap();
    world.end().await;
}
