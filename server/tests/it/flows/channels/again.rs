//! The same call five times, calls in the wrong order, two at once from somebody new, and a batch with one broken file: everything once.

use super::sandbox::Shop;
use super::table::Provider;
use model::*;
use serde_json::{Value, json};

pub async fn repeats(provider: &'static Provider) {
    let shop = Shop::open(provider).await;

    // FAULTS 26. Two calls in the same millisecond from somebody new, each of them five times.
    shop.control("knobs", json!({ "redeliver": 4 })).await;
    let say = |text: &str| shop.control("say", json!({ "from": provider.person, "name": "Bia", "text": text }));
    let (one, two) = tokio::join!(say("um"), say("dois"));
    for told in [&one, &two] {
        assert_eq!(told["deliveries"][0]["status"], json!(200), "{told}");
    }
    let attempts = async || {
        let hooks: Vec<Value> = serde_json::from_value(shop.sandbox.ask("hooks").await).unwrap();
        hooks.iter().filter(|hook| hook["channel"] == json!(provider.kind)).filter(|hook| hook["status"] == json!(200)).count()
    };
    shop.until("ten calls", async || attempts().await >= 10).await;
    let texts = async || {
        let mut all: Vec<String> = shop.messages().await.into_iter().map(|m| m.text).collect();
        all.sort();
        all
    };
    assert_eq!(texts().await, ["dois", "um"], "one contact, one conversation, each message once");

    // Out of order: what came last is told first.
    shop.control("knobs", json!({ "redeliver": 0, "hold": 3 })).await;
    for text in ["três", "quatro", "cinco"] {
        shop.control("say", json!({ "from": provider.person, "text": text, "wait": false })).await;
    }
    shop.until("all of them", async || shop.messages().await.len() == 5).await;
    shop.control("knobs", json!({ "hold": 0 })).await;
    assert_eq!(texts().await, ["cinco", "dois", "quatro", "três", "um"]);

    // Three at once, one of them with a file that cannot be had: the others do not suffer.
    let kind = provider.hears[0].0;
    let batch = json!([
        { "from": provider.person, "text": "antes" },
        { "from": provider.other, "name": "Caio", "media": { "kind": kind, "broken": true } },
        { "from": provider.person, "media": { "kind": kind } },
    ]);
    shop.says(json!({ "batch": batch })).await;
    let file = async || {
        let rows = shop.ana().list(ListFilter::default()).await;
        let mut files = Vec::new();
        for row in rows {
            let rows = shop.ana().thread(row.conversation.number).await.messages.rows;
            files.extend(rows.into_iter().flat_map(|m| m.files).map(|file| file.state));
        }
        files
    };
    shop.until("the broken one is given up", async || {
        // A little at a time: some providers refuse whose clock is minutes away.
        shop.world.clock.turn(2_000);
        let mut all = file().await;
        all.sort_by_key(|state| format!("{state:?}"));
        all == [FileState::Failed, FileState::Ready]
    })
    .await;
    let rows = shop.ana().list(ListFilter::default()).await;
    assert_eq!(rows.len(), 2);
    let bia = rows.iter().max_by_key(|row| row.conversation.incoming).unwrap();
    assert_eq!(shop.ana().thread(bia.conversation.number).await.messages.rows.len(), 7);

    // FAULTS 25. A kind nobody knows is shown as such, and the next message comes as ever.
    if !matches!(provider.kind, "bandwidth") {
        shop.control("say", json!({ "from": provider.person, "unsupported": true })).await;
    }
    shop.says(json!({ "text": "depois" })).await;
    let rows = shop.ana().thread(bia.conversation.number).await.messages.rows;
    assert_eq!(rows.last().unwrap().text, "depois");
    shop.world.finish().await;
}
