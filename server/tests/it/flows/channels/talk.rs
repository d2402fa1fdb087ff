//! A customer and an agent who talk: words, files of every kind both ways, quotes, states up to read, and the window. What goes wrong is
//! elsewhere.

use super::sandbox::{Shop, sample};
use super::table::Provider;
use model::*;
use serde_json::json;

pub async fn words_and_files(provider: &'static Provider) {
    let shop = Shop::open(provider).await;
    let ids = shop.says(json!({ "text": "Olá 👋🏽 & <b>, chegou?", "name": "Bia Reis" })).await;
    let first = shop.messages().await.remove(0);
    assert_eq!((first.text.as_str(), first.kind), ("Olá 👋🏽 & <b>, chegou?", MessageKind::Incoming));
    assert!(shop.world.twin.ana.list(ListFilter::default()).await.is_empty(), "another account sees nothing");

    // The answer, as a quote where the provider has those.
    let quote = if provider.quotes { json!(first.id) } else { json!(null) };
    let answer = shop.replies(json!({ "text": "Chega *hoje* & até <já>", "quote": quote })).await;
    let left = |message: &MessageView| message.state.rank() >= MessageState::Sent.rank();
    assert!(left(&answer), "{answer:?} {}", shop.refusals().await);
    let taken = shop.taken().await;
    assert_eq!(taken.len(), 1, "{taken:?}");
    let plain = taken[0]["text"].as_str().unwrap().replace('*', "");
    assert!(plain.contains("Chega hoje & até <já>"), "{plain}");
    if provider.quotes {
        assert_eq!(taken[0]["reply_to"], json!(ids[0]), "the quote is the provider's own");
    }

    // Every kind of file from the customer.
    for (kind, kept) in provider.hears {
        shop.says(json!({ "media": { "kind": kind } })).await;
        let last = shop.messages().await.pop().unwrap();
        assert_eq!(last.files.len(), 1, "{kind}: {last:?}");
        assert_eq!((last.files[0].kind, last.files[0].state), (*kept, FileState::Ready), "{kind}: {:?}", last.files[0]);
        assert!(last.files[0].size > 20, "{kind}");
    }

    // Every kind of file from the agent.
    for name in provider.sends {
        let before = shop.taken().await.len();
        let uploaded = shop.ana().upload(name, sample(name)).await;
        let sent = shop.replies(json!({ "text": "", "files": [uploaded.key] })).await;
        assert!(left(&sent), "{name}: {sent:?} {}", shop.refusals().await);
        let more: Vec<_> = shop.taken().await.split_off(before);
        assert_eq!(more.len(), 1, "{name}: {more:?}");
        // Some providers fetch the file later; all must be able to.
        shop.until(name, async || shop.taken().await[before]["media"][0]["size"].as_u64() == Some(sample(name).len() as u64)).await;
    }
    if let Some(name) = provider.not {
        let uploaded = shop.ana().upload(name, sample(name)).await;
        let draft = json!({ "draft": { "conversation": shop.row().await.conversation.id, "key": crate::world::key(), "text": "", "files": [uploaded.key] } });
        let refused = shop.ana().call::<MessageView>("send_reply", draft).await.unwrap_err();
        assert_eq!(refused.body.code, FaultCode::NotOnThisChannel);
    }
    shop.world.finish().await;
}

pub async fn states_and_windows(provider: &'static Provider) {
    let shop = Shop::open(provider).await;
    shop.says(json!({ "text": "oi" })).await;
    let sent = shop.replies(json!({ "text": "olá" })).await;
    shop.until("its last state", async || shop.message(sent.id).await.state == provider.reaches).await;

    // Receipts that come late and in the wrong order lower nothing.
    if provider.reaches != MessageState::Sent {
        shop.control("knobs", json!({ "hold": 3, "statusMs": 5 })).await;
        let second = shop.replies(json!({ "text": "mais uma" })).await;
        shop.until("both receipts", async || {
            shop.control("release", json!({})).await;
            shop.message(second.id).await.state == provider.reaches
        })
        .await;
        shop.control("knobs", json!({ "hold": 0, "statusFirst": true })).await;
        let third = shop.replies(json!({ "text": "e outra" })).await;
        shop.until("receipts before the answer", async || shop.message(third.id).await.state == provider.reaches).await;
        assert_eq!(shop.messages().await.len(), 4, "an echo or receipt is no message");
    }

    let Some(hours) = provider.window else { return shop.world.finish().await };
    shop.control("person", json!({ "from": provider.person, "hoursAgo": hours })).await;
    // The provider knows it before we do.
    let late = shop.replies(json!({ "text": "ainda aí?" })).await;
    let closed = MessageState::Failed { reason: FailureReason::WindowClosed };
    shop.until("the window is closed", async || shop.message(late.id).await.state == closed).await;
    if let Some(template) = provider.template {
        let sent = shop.replies(json!({ "text": "", "template": template() })).await;
        shop.until("the template arrives", async || shop.message(sent.id).await.state == provider.reaches).await;
        let last = shop.taken().await.pop().unwrap();
        assert!(last["text"].as_str().unwrap().contains("Olá Ana"), "{last}");
    }
    shop.world.finish().await;
}

/// LINE quotes by a token of the very message: any of them can be quoted, theirs and ours, not just the newest.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn any_message_of_line_can_be_quoted() {
    let shop = Shop::open(&super::table::LINE).await;
    let first = shop.says(json!({ "text": "um" })).await.remove(0);
    shop.says(json!({ "text": "dois" })).await;
    let ours = shop.replies(json!({ "text": "três" })).await;
    shop.says(json!({ "text": "quatro" })).await;
    let rows = shop.messages().await;
    let own = shop.taken().await[0]["id"].clone();
    for (quoted, id) in [(rows[0].id, json!(first)), (ours.id, own)] {
        shop.replies(json!({ "text": "sobre isso", "quote": quoted })).await;
        assert_eq!(shop.taken().await.last().unwrap()["reply_to"], id);
    }
    shop.world.finish().await;
}

/// What a template's header shows is said by its sender: an address need not end in `.jpg`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn a_template_shows_a_picture_from_any_address() {
    let shop = Shop::open(&super::table::WHATSAPP).await;
    shop.says(json!({ "text": "oi" })).await;
    let all: Vec<TemplateView> = shop.ana().ok("templates", json!({ "inbox": shop.inbox.inbox.id })).await;
    let wanted = all.iter().find(|template| template.name == "pedido_enviado").unwrap();
    assert_eq!(wanted.media, Some(AttachmentKind::Image));
    let host = shop.sandbox.ask("").await["bases"]["line-data"].as_str().unwrap().to_owned();
    let params: std::collections::BTreeMap<_, _> = wanted.params.iter().map(|name| (name.clone(), "7".to_owned())).collect();
    let used = json!({ "name": wanted.name, "language": wanted.language, "params": params, "media_kind": wanted.media,
        "media": format!("{host}/picture/U{}", "a".repeat(32)) });
    let sent = shop.replies(json!({ "text": "", "template": used })).await;
    shop.until("it is read", async || shop.message(sent.id).await.state == MessageState::Read).await;
    assert_eq!(shop.taken().await[0]["media"][0]["kind"], json!("image"));
    shop.world.finish().await;
}
