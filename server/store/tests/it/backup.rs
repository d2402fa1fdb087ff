//! Backups, which only SQLite has: taken while writing goes on, whole to the bit, restored only where that is wanted.

use crate::world::{World, account, note, seqs};
use model::AccountId;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Error, Settings, Store};

async fn fill(store: &Store, account: AccountId, events: i64) {
    store
        .write::<_, Error, _>(async move |tx| {
            (0..events).for_each(|number| note(tx, account, number));
            Ok(())
        })
        .await
        .unwrap();
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_writing_is_a_committed_prefix() {
    let world = World::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let account = account(&world.store, "Acme").await;
    fill(&world.store, account, 20_000).await;
    let ended = Arc::new(AtomicBool::new(false));
    let (store, over) = (world.store.clone(), ended.clone());
    let writing = tokio::spawn(async move {
        while !over.load(Ordering::SeqCst) {
            fill(&store, account, 3).await;
        }
    });
    let copy = folder.path().join("copy");
    let before = world.journal(account).await.len();
    let mut reports = Vec::new();
    world.store.backup(&copy, &mut |done, total| reports.push((done, total))).await.unwrap();
    let after = world.journal(account).await.len();
    ended.store(true, Ordering::SeqCst);
    writing.await.unwrap();
    assert!(reports.is_sorted() && reports.last().is_some_and(|(done, total)| done == total), "{reports:?}");

    Store::verify_backup(&copy).unwrap();
    let restored = folder.path().join("restored/recado.db");
    Store::restore(&copy, &url(&restored), false).unwrap();
    let store = Store::open(&Settings::of(url(&restored))).await.unwrap();
    let kept = seqs(&store, account, 0).await;
    assert!((before..=after).contains(&kept.len()), "{before} <= {} <= {after}", kept.len());
    assert_eq!(kept, (1..=kept.len() as i64).collect::<Vec<_>>());
    assert_eq!((kept.len() - 20_000) % 3, 0, "part of a write was copied");
    assert_eq!(store.pending().await.unwrap(), [""; 0]);
    store.close().await.unwrap();
    world.end().await;
}

#[tokio::test]
async fn one_flipped_bit_is_noticed() {
    let world = World::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    world.store.backup(&copy, &mut |_, _| {}).await.unwrap();
    let whole = std::fs::read(&copy).unwrap();
    for at in [0, 18, 100, whole.len() / 2, whole.len() - 41, whole.len() - 40, whole.len() - 1] {
        let mut broken = whole.clone();
        broken[at] ^= 4;
        std::fs::write(&copy, &broken).unwrap();
        assert!(matches!(Store::verify_backup(&copy), Err(Error::Corrupt(_))), "byte {at} of {}", whole.len());
        let restored = Store::restore(&copy, &url(&folder.path().join("never.db")), false);
        assert!(matches!(restored, Err(Error::Corrupt(_))), "{restored:?}");
    }
    std::fs::write(&copy, &whole[..whole.len() - 4096]).unwrap();
    assert!(matches!(Store::verify_backup(&copy), Err(Error::Corrupt(_))));
    std::fs::write(&copy, &whole).unwrap();
    Store::verify_backup(&copy).unwrap();
    world.end().await;
}

#[tokio::test]
async fn a_restore_replaces_nothing_unasked() {
    let world = World::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let account = account(&world.store, "Acme").await;
    world.store.backup(&copy, &mut |_, _| {}).await.unwrap();
    assert!(matches!(world.store.backup(&copy, &mut |_, _| {}).await, Err(Error::Occupied(_))));
    fill(&world.store, account, 5).await;
    let open = Store::restore(&copy, &world.settings.url, true);
    assert!(matches!(open, Err(Error::InUse(_))), "{open:?}");
    world.store.clone().close().await.unwrap();
    let full = Store::restore(&copy, &world.settings.url, false);
    assert!(matches!(full, Err(Error::Occupied(_))), "{full:?}");
    Store::restore(&copy, &world.settings.url, true).unwrap();
    let store = Store::open(&world.settings).await.unwrap();
    assert_eq!(seqs(&store, account, 0).await, [0; 0]);
    store.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs RECADO_TEST_POSTGRES"]
async fn postgres_names_its_own_tool() {
    let world = World::postgres().await;
    let refused = world.store.backup(Path::new("/tmp/never"), &mut |_, _| {}).await;
    assert!(matches!(refused, Err(Error::Unsupported(text)) if text.contains("pg_dump")), "{refused:?}");
    world.end().await;
}
