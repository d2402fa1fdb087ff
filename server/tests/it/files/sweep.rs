//! Files that are nobody's go after a day; a file that is somebody's never does.

use super::{place, sent};
use crate::world::{World, http, key, world};
use model::*;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const DAY: i64 = 24 * 3_600_000;

pub(super) fn all(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { all(&path) } else { vec![path] }).collect()
}

/// Makes every file as old as the world's clock says, less this.
fn age(world: &World, by: i64) {
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis((world.service.now().0 - by).cast_unsigned());
    for path in all(&world.files) {
        std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    }
}

#[tokio::test]
async fn what_has_no_row_goes_after_a_day_and_nothing_else() {
    let world = world().await;
    let kept = sent(&world, "fica.txt", b"fica".to_vec()).await;
    let photo = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"[..], &[0; 40]].concat();
    let photo = reqwest::multipart::Part::bytes(photo).file_name("a.png");
    let form = reqwest::multipart::Form::new().part("photo", photo);
    let set = http().post(format!("{}/profile/photo", world.base)).header("cookie", &world.here.ana.cookie).multipart(form);
    assert_eq!(set.send().await.unwrap().status(), 200);
    let whole = all(&world.files).len();
    let lost = world.files.join("1/ab/abababababababababababab");
    std::fs::create_dir_all(lost.parent().unwrap()).unwrap();
    std::fs::write(&lost, "nobody's").unwrap();
    std::fs::write(world.files.join("leia-me.txt"), "of the machine's owner").unwrap();
    age(&world, DAY - 60_000);
    assert_eq!(world.service.sweep_files().await.unwrap(), 0, "not yet a day");
    age(&world, DAY + 60_000);
    assert_eq!(world.service.sweep_files().await.unwrap(), 1);
    assert!(!lost.exists() && world.files.join("leia-me.txt").exists());
    assert_eq!(all(&world.files).len(), whole + 2, "with the owner's mark and the stranger's file");
    assert_eq!(world.here.ana.get(&kept).await.bytes().await.unwrap(), b"fica"[..]);
    // Where another installation keeps its files, nothing is removed.
    std::fs::write(&lost, "another's").unwrap();
    std::fs::write(world.files.join("owner"), "another").unwrap();
    age(&world, 3 * DAY);
    assert_eq!(world.service.sweep_files().await.unwrap(), 0);
    world.finish().await;
}

#[tokio::test]
async fn a_file_whose_row_is_made_while_the_sweep_runs_stays() {
    let (world, bucket) = place().await;
    let ana = &world.here.ana;
    assert_eq!(world.service.sweep_files().await.unwrap(), 0, "the first leaves its mark");
    // Its bytes are there, and its row waits until the sweep is over.
    let closed = bucket.gate.write().await;
    let request = http().post(format!("{}/uploads/{}?name=a.bin", world.base, ana.account)).header("cookie", &ana.cookie);
    let upload = tokio::spawn(request.body("a").send());
    while bucket.held().objects.len() < 2 {
        tokio::task::yield_now().await;
    }
    let now = bucket.held().now;
    for n in 0..7 {
        let key = format!("ar quivos/1/ab/{}{n}", "ab".repeat(11));
        bucket.held().objects.insert(key, (b"nobody's".to_vec(), now.plus(-2 * DAY)));
    }
    assert_eq!(world.service.sweep_files().await.unwrap(), 7, "over three pages of the list");
    assert_eq!(bucket.held().objects.len(), 2, "the file and the mark");
    drop(closed);
    let file: UploadView = upload.await.unwrap().unwrap().json().await.unwrap();
    world.visitor().writes("manda?").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "", "files": [file.key] } });
    let sent: MessageView = ana.ok("send_reply", draft).await;
    let path = format!("/files/{}/{}/a.bin", world.here.account, sent.files[0].id);
    assert_eq!(ana.get(&path).await.bytes().await.unwrap(), b"a"[..]);
    // However old it grows, it stays.
    world.clock.turn(3 * DAY);
    bucket.held().now = world.service.now();
    assert_eq!(world.service.sweep_files().await.unwrap(), 0);
    world.finish().await;
}

/// A saved text's file that is sent is a file of its own, as young as it is, however old the first.
#[tokio::test]
async fn a_copy_is_as_young_as_it_is() {
    let world = world().await;
    let ana = &world.here.ana;
    let file = ana.upload("tabela.txt", b"tabela".to_vec()).await.key;
    let draft = json!({ "id": null, "code": "precos", "text": "Segue.", "files": { "add": [file] } });
    let id: CannedId = ana.ok("save_canned", draft).await;
    age(&world, 3 * DAY);
    let _: Vec<UploadView> = ana.ok("attach_canned", json!({ "id": id })).await;
    let ages: Vec<_> = all(&world.files).iter().map(|path| std::fs::metadata(path).unwrap().modified().unwrap()).collect();
    assert_eq!((ages.len(), ages[0] == ages[1]), (2, false));
    world.finish().await;
}
