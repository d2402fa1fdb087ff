//! Where files lie: in a bucket as in a folder, and what nobody needs any more goes.

mod backup;
mod bucket;
mod sweep;
mod told;

use crate::world::{World, http, key, world_with};
use bucket::{ACCESS, Bucket, SECRET};
use model::*;
use serde_json::json;
use server::config::{Config, Words};
use service::{FilePlace, TestClock};
use std::sync::Arc;

/// When worlds begin.
const BEGIN: Timestamp = Timestamp(1_780_000_000_000);

fn point(config: &mut Config, bucket: &Bucket, secret: &str) {
    config.files.url = bucket.url.clone();
    (config.files.access_key, config.files.secret_key) = (Words(ACCESS.to_owned()), Words(secret.to_owned()));
}

async fn place() -> (World, Bucket) {
    let bucket = Bucket::open(BEGIN).await;
    let world = world_with(|config| point(config, &bucket, SECRET)).await;
    (world, bucket)
}

/// Sends a file to a visitor; answers where it is given out.
async fn sent(world: &World, name: &str, bytes: Vec<u8>) -> String {
    let ana = &world.here.ana;
    let file = ana.upload(name, bytes).await.key;
    world.visitor().writes("manda?").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "", "files": [file] } });
    let sent: MessageView = ana.ok("send_reply", draft).await;
    format!("/files/{}/{}/{name}", world.here.account, sent.files[0].id)
}

#[tokio::test]
async fn files_lie_in_a_bucket_whole_or_in_parts() {
    let (world, bucket) = place().await;
    let ana = &world.here.ana;
    let small = sent(&world, "nota.txt", b"um recibo".to_vec()).await;
    assert_eq!(ana.get(&small).await.bytes().await.unwrap(), b"um recibo"[..]);
    assert!(bucket.held().calls.iter().all(|call| !call.contains("upload")), "a small one goes as it is");
    let bytes: Vec<u8> = (0..=250).cycle().take(13 << 20).collect();
    let large = sent(&world, "filme.bin", bytes.clone()).await;
    assert!(ana.get(&large).await.bytes().await.unwrap() == bytes);
    let (from, to) = (6 << 20, (6 << 20) + 99);
    let ask = http().get(format!("{}{large}", world.base)).header("cookie", &ana.cookie).header("range", format!("bytes={from}-{to}"));
    let part = ask.send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), part.headers()["content-range"].to_str().unwrap()),
        (206, &*format!("bytes {from}-{to}/{}", bytes.len()))
    );
    assert_eq!(part.bytes().await.unwrap(), bytes[from..=to]);
    let held = bucket.held();
    assert!(held.uploads.is_empty() && held.objects.keys().all(|key| key.starts_with("ar quivos/")), "{:?}", held.objects.keys());
}

#[tokio::test]
async fn a_busy_bucket_is_asked_again_and_a_failed_upload_leaves_nothing() {
    let (world, bucket) = place().await;
    let ana = &world.here.ana;
    let post = async |bytes: Vec<u8>| {
        let request = http().post(format!("{}/uploads/{}?name=a.bin", world.base, ana.account)).header("cookie", &ana.cookie);
        request.body(bytes).send().await.unwrap().status().as_u16()
    };
    bucket.held().trouble.extend([503, 500]);
    assert_eq!(post(vec![1; 100]).await, 200);
    assert_eq!(bucket.held().objects.len(), 1);
    // Two parts; then the end is answered with an error under a status that says yes, as is documented.
    bucket.held().trouble.extend([0, 0, 0, 200]);
    assert_eq!(post(vec![1; 6 << 20]).await, 500);
    let calls = std::mem::take(&mut bucket.held().calls).split_off(3);
    assert_eq!(calls.iter().filter(|call| call.ends_with(" uploadId")).count(), 2, "{calls:?}");
    bucket.held().trouble.extend([503; 4]);
    assert_eq!(post(vec![1; 100]).await, 500);
    let counts = |held: std::sync::MutexGuard<'_, bucket::Held>| (held.calls.len(), held.objects.len(), held.uploads.len());
    assert_eq!(counts(bucket.held()), (4, 1, 0));
    world.finish().await;
}

#[tokio::test]
async fn a_bucket_is_proven_before_it_is_used() {
    let bucket = Bucket::open(BEGIN).await;
    let prove = async |secret: &str, at: i64, change: &dyn Fn(&mut Config)| {
        let mut config = Config::load(None).unwrap();
        point(&mut config, &bucket, secret);
        change(&mut config);
        config.file_place()?.prove(Arc::new(TestClock::at(BEGIN.plus(at)))).await
    };
    assert_eq!(prove(SECRET, 0, &|_| {}).await, Ok(()));
    assert!(bucket.held().objects.is_empty(), "nothing stays");
    assert!(prove("other", 0, &|_| {}).await.unwrap_err().contains("SignatureDoesNotMatch"));
    assert!(prove(SECRET, 3_600_000, &|_| {}).await.unwrap_err().contains("RequestTimeTooSkewed"));
    let gone = prove(SECRET, 0, &|config| config.files.url = config.files.url.replace("desk/", "none/")).await.unwrap_err();
    assert!(gone.contains("NoSuchBucket"), "{gone}");
    let mut config = Config::load(None).unwrap();
    point(&mut config, &bucket, SECRET);
    assert!(!config.masked().contains(SECRET) && config.masked().contains("s3://desk"), "{}", config.masked());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    assert!(FilePlace::Folder(folder.path().join("file/x")).prove(Arc::new(TestClock::at(BEGIN))).await.is_err());
}
