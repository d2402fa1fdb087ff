//! A backup holds the files too, where they lie in a folder; what is restored gives them out again.

use crate::process::{recado, serve, settle_in, visitor_writes};
use crate::world::{http, key};
use model::*;
use serde_json::json;
use std::path::Path;

fn run(folder: &Path, args: &[&str]) -> (bool, String) {
    let output = recado(folder).args(args).output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_in_the_backup_and_come_back() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let process = serve(old.path(), None);
    let (cookie, account, inbox) = settle_in(&process.base).await;
    visitor_writes(&process.base, &inbox, key(), "manda?").await.unwrap();
    let post = |path: String| http().post(format!("{}{path}", process.base)).header("cookie", &cookie);
    let upload = post(format!("/uploads/{account}?name=nota.txt")).body("um recibo de papel").send().await.unwrap();
    let upload: UploadView = upload.json().await.unwrap();
    let draft = json!({ "account": account, "draft": { "conversation": 1, "key": key(), "text": "", "files": [upload.key] } });
    let sent: MessageView = post("/rpc/send_reply".into()).json(&draft).send().await.unwrap().json().await.unwrap();
    let file = old.path().join("copy");
    let name = file.to_str().unwrap();
    let (ok, said) = run(old.path(), &["backup", name]);
    assert!(ok && said.contains("1 files are in it"), "{said}");
    assert!(!run(old.path(), &["backup", name]).0, "none is written over");
    assert_eq!(
        std::fs::read_dir(old.path()).unwrap().filter(|e| e.as_ref().unwrap().file_name().to_str().unwrap().starts_with("copy")).count(),
        1
    );
    drop(process);

    let whole = std::fs::read(&file).unwrap();
    let place = whole.windows(9).rposition(|window| window == b"um recibo").unwrap();
    for at in [100, place, whole.len() - 57, whole.len() - 45, whole.len() - 1] {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        std::fs::write(&file, broken).unwrap();
        let (ok, said) = run(new.path(), &["restore", name]);
        assert!(!ok && said.contains("not"), "byte {at}: {said}");
        assert!(!new.path().join("data/recado.db").exists());
    }
    std::fs::write(&file, &whole).unwrap();
    std::fs::create_dir_all(new.path().join("data/files")).unwrap();
    std::fs::write(new.path().join("data/files/mine"), "kept").unwrap();
    assert!(run(new.path(), &["restore", name]).1.contains("holds files"));
    std::fs::remove_file(new.path().join("data/files/mine")).unwrap();
    let (ok, said) = run(new.path(), &["restore", name]);
    assert!(ok && said.contains("with 1 files"), "{said}");
    std::fs::copy(old.path().join("data/recado.db.key"), new.path().join("data/recado.db.key")).unwrap();
    let process = serve(new.path(), None);
    let address = format!("{}/files/{account}/{}/nota.txt", process.base, sent.files[0].id);
    let given = http().get(address).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(given.text().await.unwrap(), "um recibo de papel");
}

#[test]
fn a_backup_of_before_has_no_files_and_is_restored() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(run(old.path(), &["migrate"]).0);
    let file = old.path().join("copy");
    let url = format!("sqlite://{}", old.path().join("data/recado.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(service::Store::backup_file(&url, &file, &mut |_, _| {})).unwrap();
    let (ok, said) = run(new.path(), &["restore", file.to_str().unwrap()]);
    assert!(ok && said.contains("holds no files"), "{said}");
    let (_, said) = run(new.path(), &["check"]);
    assert!(said.contains("up to date"), "{said}");
}
