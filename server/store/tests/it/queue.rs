//! Lanes, leases and keys, with a clock turned by hand.

use crate::contract;
use crate::world::World;
use model::Timestamp;
use std::collections::BTreeSet;
use store::{Error, Lease, NewJob, queue};

contract![
    a_lane_runs_in_order_one_at_a_time,
    a_waiting_job_holds_back_its_lane_only,
    an_expired_lease_is_claimed_again_and_fenced,
    a_key_is_queued_once,
    a_parked_job_frees_its_lane_and_key,
    the_next_moment_is_known,
    claimers_never_share_a_lane,
    a_job_commits_with_its_data,
];

async fn add(world: &World, lane: &str, body: &str, run_at: i64, key: Option<&str>) {
    let job = NewJob { lane: lane.into(), kind: "test", key: key.map(Into::into), body: body.into(), run_at: Timestamp(run_at) };
    world.store.write(async move |tx| tx.enqueue(job).await).await.unwrap();
}

async fn claim(world: &World, now: i64) -> Vec<Lease> {
    queue::claim(&world.store, Timestamp(now), 100, 10).await.unwrap()
}

async fn complete(world: &World, lease: &Lease) -> Result<(), Error> {
    let lease = lease.clone();
    world.store.write(async move |tx| tx.complete(&lease).await).await
}

fn bodies(leases: &[Lease]) -> Vec<&str> {
    leases.iter().map(|lease| lease.body.as_str()).collect()
}

async fn a_lane_runs_in_order_one_at_a_time(world: &World) {
    for (lane, body) in [("b", "b1"), ("a", "a1"), ("b", "b2"), ("a", "a2")] {
        add(world, lane, body, 0, None).await;
    }
    let first = claim(world, 1).await;
    assert_eq!(bodies(&first), ["b1", "a1"]);
    assert_eq!(bodies(&claim(world, 2).await), [""; 0]);
    complete(world, &first[1]).await.unwrap();
    let second = claim(world, 3).await;
    assert_eq!(bodies(&second), ["a2"]);
    assert_eq!((second[0].attempts, second[0].kind.as_str(), second[0].lane.as_str()), (1, "test", "a"));
    complete(world, &first[0]).await.unwrap();
    complete(world, &second[0]).await.unwrap();
    assert_eq!(bodies(&claim(world, 4).await), ["b2"]);
    assert_eq!(world.store.read(async |reader| queue::pending(reader).await).await.unwrap(), 1);
}

async fn a_waiting_job_holds_back_its_lane_only(world: &World) {
    add(world, "a", "later", 50, None).await;
    add(world, "a", "behind", 0, None).await;
    add(world, "b", "other", 0, None).await;
    let now = claim(world, 10).await;
    assert_eq!(bodies(&now), ["other"]);
    let other = now[0].clone();
    world.store.write(async move |tx| tx.retry(&other, Timestamp(60), "busy").await).await.unwrap();
    assert_eq!(bodies(&claim(world, 50).await), ["later"]);
    let again = claim(world, 60).await;
    assert_eq!(bodies(&again), ["other"]);
    assert_eq!(again[0].attempts, 2);
}

async fn an_expired_lease_is_claimed_again_and_fenced(world: &World) {
    add(world, "a", "a1", 0, None).await;
    let old = claim(world, 0).await.remove(0);
    assert_eq!(bodies(&claim(world, 99).await), [""; 0]);
    let held = old.clone();
    world.store.write(async move |tx| tx.extend(&held, Timestamp(200)).await).await.unwrap();
    assert_eq!(bodies(&claim(world, 199).await), [""; 0]);
    let new = claim(world, 200).await.remove(0);
    assert_eq!(new.attempts, 2);
    assert!(matches!(complete(world, &old).await, Err(Error::LeaseLost)));
    let late = old.clone();
    let retry = world.store.write(async move |tx| tx.retry(&late, Timestamp(0), "late").await).await;
    assert!(matches!(retry, Err(Error::LeaseLost)));
    complete(world, &new).await.unwrap();
    assert!(matches!(complete(world, &new).await, Err(Error::LeaseLost)));
    // The next job may get the same id on SQLite: the old right must not reach it.
    add(world, "a", "a2", 0, None).await;
    assert_eq!(bodies(&claim(world, 500).await), ["a2"]);
    assert!(matches!(complete(world, &new).await, Err(Error::LeaseLost)));
    assert!(matches!(complete(world, &old).await, Err(Error::LeaseLost)));
}

async fn a_key_is_queued_once(world: &World) {
    add(world, "a", "first", 0, Some("k")).await;
    add(world, "b", "second", 0, Some("k")).await;
    let held = claim(world, 0).await;
    assert_eq!(bodies(&held), ["first"]);
    add(world, "b", "third", 0, Some("k")).await;
    complete(world, &held[0]).await.unwrap();
    assert_eq!(bodies(&claim(world, 1).await), [""; 0]);
    add(world, "b", "fourth", 0, Some("k")).await;
    assert_eq!(bodies(&claim(world, 2).await), ["fourth"]);
}

async fn a_parked_job_frees_its_lane_and_key(world: &World) {
    add(world, "a", "poison", 0, Some("k")).await;
    add(world, "a", "behind", 0, None).await;
    let lease = claim(world, 0).await.remove(0);
    world.store.write(async move |tx| tx.park(&lease, "cannot be read").await).await.unwrap();
    assert_eq!(bodies(&claim(world, 1).await), ["behind"]);
    add(world, "b", "anew", 0, Some("k")).await;
    assert_eq!(bodies(&claim(world, 2).await), ["anew"]);
    let parked = world.store.read(async |reader| queue::parked(reader).await).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].body.as_str(), parked[0].error.as_str(), parked[0].attempts), ("poison", "cannot be read", 1));
}

async fn the_next_moment_is_known(world: &World) {
    let due = async || world.store.read(async |reader| queue::next_due(reader).await).await.unwrap();
    assert_eq!(due().await, None);
    add(world, "a", "a1", 70, None).await;
    add(world, "a", "a2", 10, None).await;
    assert_eq!(due().await, Some(Timestamp(70)));
    add(world, "b", "b1", 30, None).await;
    assert_eq!(due().await, Some(Timestamp(30)));
    assert_eq!(bodies(&claim(world, 30).await), ["b1"]);
    assert_eq!(due().await, Some(Timestamp(70)));
    let a1 = claim(world, 70).await;
    assert_eq!(bodies(&a1), ["a1"]);
    assert_eq!(due().await, Some(Timestamp(130)));
}

async fn claimers_never_share_a_lane(world: &World) {
    for number in 0..40 {
        add(world, &format!("lane {}", number % 5), &number.to_string(), 0, None).await;
    }
    let mut done = Vec::new();
    while done.len() < 40 {
        let claims: Vec<_> = (0..8)
            .map(|_| {
                let store = world.store.clone();
                tokio::spawn(async move { queue::claim(&store, Timestamp(1), 100, 2).await.unwrap() })
            })
            .collect();
        let mut leases = Vec::new();
        for claim in claims {
            leases.extend(claim.await.unwrap());
        }
        let lanes: BTreeSet<_> = leases.iter().map(|lease| lease.lane.clone()).collect();
        assert_eq!(lanes.len(), leases.len(), "two jobs of one lane: {leases:?}");
        assert_eq!(lanes.len(), 5, "every lane has a job to give");
        for lease in leases {
            complete(world, &lease).await.unwrap();
            done.push(lease.body.parse::<i64>().unwrap());
        }
    }
    for lane in 0..5 {
        let order: Vec<_> = done.iter().filter(|number| *number % 5 == lane).collect();
        assert!(order.is_sorted(), "lane {lane} ran out of order: {order:?}");
    }
}

async fn a_job_commits_with_its_data(world: &World) {
    let job = NewJob { lane: "a".into(), kind: "test", key: None, body: String::new(), run_at: Timestamp(0) };
    let refused = world
        .store
        .write::<(), _, _>(async move |tx| {
            tx.enqueue(job).await?;
            Err(Error::LeaseLost)
        })
        .await;
    assert!(refused.is_err());
    assert_eq!(bodies(&claim(world, 1).await), [""; 0]);
}
