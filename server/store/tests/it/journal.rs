//! Numbers: without gaps, in the order of commits, and forgotten only from the beginning.

use crate::contract;
use crate::world::{World, note, seqs};
use model::{AccountId, Change, ContactInboxId, InboxId, Seq, Timestamp, UserId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Audience, Error, Replay, journal};

contract![
    numbers_follow_commits_without_gaps,
    an_event_comes_back_whole,
    pruning_forgets_the_beginning_only,
    a_position_of_another_history_is_too_old,
];

async fn numbers_follow_commits_without_gaps(world: &World) {
    let accounts = [world.account("Acme").await, world.account("Twin").await];
    let ended = Arc::new(AtomicBool::new(false));
    let watchers = accounts.map(|account| {
        let (store, ended) = (world.store.clone(), ended.clone());
        tokio::spawn(async move {
            let mut last = 0;
            loop {
                let over = ended.load(Ordering::SeqCst);
                for seq in seqs(&store, account, last).await {
                    // A number below or beyond the next one would have been missed, or seen too soon.
                    assert_eq!(seq, last + 1);
                    last = seq;
                }
                if over {
                    return last;
                }
                tokio::task::yield_now().await;
            }
        })
    });
    let writers: Vec<_> = (0..64i64)
        .map(|writer| {
            let store = world.store.clone();
            tokio::spawn(async move {
                let mut kept = [0, 0];
                for round in 0..6i64 {
                    let number = writer * 100 + round;
                    let both = (writer + round) % 4 == 0;
                    let refused = number % 7 < 2;
                    let own = (writer % 2) as usize;
                    let answer = store
                        .write(async move |tx| {
                            // Both orders of accounts, so that careless locking would deadlock.
                            note(tx, accounts[own], number);
                            if both {
                                note(tx, accounts[1 - own], number);
                                note(tx, accounts[own], number);
                            }
                            if refused { Err(Error::LeaseLost) } else { Ok(()) }
                        })
                        .await;
                    assert_eq!(answer.is_err(), refused, "{answer:?}");
                    if !refused {
                        kept[own] += if both { 2 } else { 1 };
                        kept[1 - own] += i64::from(both);
                    }
                }
                kept
            })
        })
        .collect();
    let mut kept = [0, 0];
    for writer in writers {
        let own = writer.await.unwrap();
        kept = [kept[0] + own[0], kept[1] + own[1]];
    }
    ended.store(true, Ordering::SeqCst);
    for (at, watcher) in watchers.into_iter().enumerate() {
        assert_eq!(watcher.await.unwrap(), kept[at]);
        let account = accounts[at];
        let head = world.store.read(async move |reader| journal::head(reader, account).await).await.unwrap();
        assert_eq!(head, Seq(kept[at]));
    }
}

async fn an_event_comes_back_whole(world: &World) {
    let account = world.account("Acme").await;
    let audience =
        Audience { inbox: Some(InboxId(3)), contact_inbox: Some(ContactInboxId(4)), only_user: Some(UserId(5)), ..Audience::everybody() };
    let change = Change::AgentRemoved { user: UserId(6) };
    let noted = change.clone();
    world
        .store
        .write::<_, Error, _>(async move |tx| {
            tx.note(account, Timestamp(7), audience, noted);
            Ok(())
        })
        .await
        .unwrap();
    let replay = world.store.read(async move |reader| journal::after(reader, account, Seq(0), 10).await).await.unwrap();
    let Replay::Rows(rows) = replay else { panic!("too old") };
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].seq, rows[0].at, rows[0].audience, &rows[0].change), (Seq(1), Timestamp(7), audience, &change));
}

async fn pruning_forgets_the_beginning_only(world: &World) {
    let (account, twin) = (world.account("Acme").await, world.account("Twin").await);
    world
        .store
        .write::<_, Error, _>(async move |tx| {
            // The fourth was dated back by an erring clock.
            [10, 20, 30, 15, 40].into_iter().for_each(|at| note(tx, account, at));
            note(tx, twin, 100);
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(prune(world, 30).await, 2);
    assert_eq!(prune(world, 30).await, 0);
    assert!(too_old(world, account, 1).await);
    assert!(!too_old(world, account, 2).await);
    assert_eq!(seqs(&world.store, account, 2).await, [3, 4, 5]);
    assert_eq!(prune(world, 50).await, 3);
    assert_eq!(seqs(&world.store, account, 5).await, [0; 0]);
    assert!(too_old(world, account, 4).await);
    assert_eq!(seqs(&world.store, twin, 0).await, [1]);
    world
        .store
        .write::<_, Error, _>(async move |tx| {
            note(tx, account, 60);
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(seqs(&world.store, account, 5).await, [6]);
}

async fn a_position_of_another_history_is_too_old(world: &World) {
    let account = world.account("Acme").await;
    assert!(!too_old(world, account, 0).await);
    assert!(too_old(world, account, 1).await);
    assert!(too_old(world, AccountId(account.0 + 1), 0).await);
}

async fn prune(world: &World, before: i64) -> u64 {
    world.store.write(async move |tx| journal::prune(tx, Timestamp(before)).await).await.unwrap()
}

async fn too_old(world: &World, account: AccountId, seq: i64) -> bool {
    let replay = world.store.read(async move |reader| journal::after(reader, account, Seq(seq), 10).await).await.unwrap();
    matches!(replay, Replay::TooOld)
}
