//! Saved replies with files: kept beside the text, copied beside what is written, and gone with the text but not from what was sent.

use crate::world::*;
use model::*;
use serde_json::json;

async fn all(of: &Agent) -> Vec<CannedView> {
    of.ok("canned", json!({ "search": "" })).await
}

#[tokio::test]
async fn a_saved_replys_files_go_with_it_as_copies() {
    let world = world().await;
    let ana = &world.here.ana;
    let (price, other) = (ana.upload("tabela.pdf", b"%PDF-1.4 precos".to_vec()).await, ana.upload("extra.txt", b"a mais".to_vec()).await);
    let draft = json!({ "id": null, "code": "/precos", "text": "Segue a tabela.", "files": { "add": [price.key, other.key] } });
    let id: CannedId = ana.ok("save_canned", draft).await;
    let known = all(ana).await.remove(0);
    assert_eq!(known.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["tabela.pdf", "extra.txt"]);
    // A sweep takes uploads that were never used; these are.
    world.clock.turn(25 * 3_600_000);
    world.service.come_round().await.unwrap();
    let change = json!({ "id": id, "code": "precos", "text": "Segue.", "files": { "remove": [known.files[1].id] } });
    let _: CannedId = ana.ok("save_canned", change).await;
    let left = all(ana).await.remove(0);
    assert_eq!((left.text.as_str(), left.files), ("Segue.", vec![known.files[0].clone()]));

    let mut rui = world.visitor();
    rui.writes("quanto custa?").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let copies: Vec<UploadView> = ana.ok("attach_canned", json!({ "id": id })).await;
    assert_eq!((copies.len(), copies[0].name.as_str()), (1, "tabela.pdf"));
    let reply = json!({ "draft": { "conversation": row.id, "key": key(), "text": "Segue.", "files": [copies[0].key] } });
    let sent: MessageView = ana.ok("send_reply", reply).await;
    assert_ne!(sent.files[0].id, known.files[0].id, "a copy");
    let _: () = ana.ok("delete_canned", json!({ "id": id })).await;
    let file = ana.get(&format!("/files/{}/{}/tabela.pdf", world.here.account, sent.files[0].id)).await;
    assert_eq!((file.status().as_u16(), file.bytes().await.unwrap().as_ref()), (200, &b"%PDF-1.4 precos"[..]));
    assert_eq!(ana.raw("attach_canned", &json!({ "account": world.here.account, "id": id })).await.status(), 404);

    // Nobody puts another's upload into a reply of the house, nor one twice.
    let stolen = json!({ "account": world.here.account, "id": null, "code": "x", "text": "x", "files": { "add": [price.key] } });
    assert_eq!(ana.raw("save_canned", &stolen).await.status(), 422);
    assert!(all(ana).await.is_empty(), "all of it or nothing");
    world.finish().await;
}
