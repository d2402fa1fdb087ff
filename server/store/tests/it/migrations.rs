//! The schema's runner: once, whole, and never over a newer one.

use crate::contract;
use crate::world::World;
use store::migrations::{ALL, Migration};
use store::{Error, Sql, Store};

contract![a_second_run_does_nothing, a_newer_schema_is_refused, a_failing_migration_leaves_nothing, two_may_migrate_at_once];

const GOOD: Migration = Migration { name: "m2_good", both: &["CREATE TABLE good (id {id})"], sqlite: &[], postgres: &[] };
const BAD: Migration = Migration { name: "m3_bad", both: &["CREATE TABLE bad (id {id})", "CREATE NONSENSE"], sqlite: &[], postgres: &[] };
const MENDED: Migration = Migration { name: "m3_bad", both: &["CREATE TABLE bad (id {id})"], sqlite: &[], postgres: &[] };

fn with(more: &[Migration]) -> &'static [Migration] {
    Vec::leak([ALL, more].concat())
}

async fn a_second_run_does_nothing(world: &World) {
    let mut reports = Vec::new();
    world.store.migrate(&mut |done, total| reports.push((done, total))).await.unwrap();
    assert_eq!(reports, [(0, 0)]);
    assert_eq!(world.store.pending().await.unwrap(), [""; 0]);
    assert_eq!(world.count("SELECT count(*) AS n FROM migration WHERE at > 0").await, ALL.len() as i64);
}

async fn a_newer_schema_is_refused(world: &World) {
    let mut reports = Vec::new();
    world.store.migrate_with(with(&[GOOD]), &mut |done, total| reports.push((done, total))).await.unwrap();
    assert_eq!(reports, [(0, 1), (1, 1)]);
    let refused = world.store.migrate(&mut |_, _| {}).await;
    assert!(matches!(&refused, Err(Error::NewerSchema(name)) if name == "m2_good"), "{refused:?}");
    assert!(matches!(world.store.pending().await, Err(Error::NewerSchema(_))));
}

async fn a_failing_migration_leaves_nothing(world: &World) {
    assert!(world.store.migrate_with(with(&[GOOD, BAD]), &mut |_, _| {}).await.is_err());
    assert_eq!(world.count("SELECT count(*) AS n FROM good").await, 0);
    assert!(world.store.read(async |reader| reader.run("SELECT id FROM bad", vec![]).await).await.is_err());
    // Mended, it goes on where it stood.
    world.store.migrate_with(with(&[GOOD, MENDED]), &mut |_, _| {}).await.unwrap();
    assert_eq!(world.count("SELECT count(*) AS n FROM bad").await, 0);
}

async fn two_may_migrate_at_once(world: &World) {
    let list = with(&[GOOD, MENDED]);
    let run = |store: Store| tokio::spawn(async move { store.migrate_with(list, &mut |_, _| {}).await });
    let (one, two) = (run(world.store.clone()), run(world.store.clone()));
    one.await.unwrap().unwrap();
    two.await.unwrap().unwrap();
    assert_eq!(world.count("SELECT count(*) AS n FROM migration").await, list.len() as i64);
}
