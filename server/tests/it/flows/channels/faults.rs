//! What FAULTS asks of messengers by number, where the other flows do not show it already: a provider that stumbles for long, that slows one inbox down,
//! that is gone, and calls that nobody but a forger makes. (23, 24: `trouble.rs`. 25, 26: `again.rs`. 27: `storm.rs`. 35: `flows/rest.rs`. 50: the client's
//! own tests.)

use super::sandbox::Shop;
use super::table::{LINE, Provider, TELEGRAM, WHATSAPP};
use crate::world::*;
use hmac::{Hmac, Mac};
use model::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A failure of the provider's own, as a 5xx.
fn internal(provider: &Provider, times: i64) -> Value {
    let error = if provider.kind == "whatsapp" { json!(2) } else { json!("internal") };
    json!({ "error": error, "times": times })
}

/// An inbox of another provider beside the shop's, with a customer who wrote; answers the conversation.
async fn neighbour(shop: &Shop) -> ConversationId {
    let provider = if shop.provider.kind == "telegram" { &LINE } else { &TELEGRAM };
    let draft = json!({ "draft": { "kind": provider.kind, "settings": (provider.settings)() } });
    let inbox: InboxDetail = shop.ana().ok("create_inbox", draft).await;
    let path = format!("{}/{}/say", provider.kind, provider.account);
    let told = shop.sandbox.tell(&path, &json!({ "from": provider.person, "text": "e eu?" })).await;
    assert_eq!(told["deliveries"][0]["status"], json!(200), "{told}");
    shop.world.settle().await;
    let rows = shop.ana().list(ListFilter::default()).await;
    rows.into_iter().find(|row| row.conversation.inbox == inbox.inbox.id).unwrap().conversation.id
}

async fn stumbles(provider: &'static Provider) {
    let shop = Shop::open(provider).await;
    shop.says(json!({ "text": "oi" })).await;
    let row = shop.row().await.conversation;
    let state = async |id: MessageId| shop.ana().thread(row.number).await.messages.rows.into_iter().find(|m| m.id == id).unwrap().state;
    let of = async |text: &str| shop.taken().await.iter().filter(|line| line["text"] == json!(text)).count();

    // FAULTS 21: five failures, then it works. Each wait is longer than the one before, and one copy arrives.
    shop.control("fail", internal(provider, 5)).await;
    let sent = shop.replies(json!({ "text": "cinco vezes" })).await;
    assert_eq!(sent.state, MessageState::Queued);
    let (mut waits, mut passed) = (Vec::new(), 0);
    let refused = async || shop.sandbox.ask("refused").await.as_array().map_or(0, Vec::len);
    let mut tries = refused().await;
    while state(sent.id).await == MessageState::Queued {
        shop.world.clock.turn(1_000);
        passed += 1;
        assert!(passed < 3_600, "an hour has passed");
        shop.world.settle().await;
        let now = refused().await;
        if now > tries {
            waits.push(passed);
            (tries, passed) = (now, 0);
        }
    }
    assert!(state(sent.id).await.rank() >= MessageState::Sent.rank());
    assert_eq!((of("cinco vezes").await, waits.len()), (1, 4), "{waits:?}");
    assert!(waits.first() < waits.last() && waits.is_sorted_by(|a, b| *a <= 2 * *b), "it waits longer each time: {waits:?}");

    // FAULTS 22: the provider says how long; this inbox waits so long, another does not.
    let other = neighbour(&shop).await;
    shop.control("fail", (provider.busy)()).await;
    let draft = |to: ConversationId, text: &str| json!({ "draft": { "conversation": to, "key": key(), "text": text } });
    shop.world.clock.turn(7);
    let slow: MessageView = shop.ana().ok("send_reply", draft(row.id, "devagar")).await;
    let quick: MessageView = shop.ana().ok("send_reply", draft(other, "depressa")).await;
    shop.world.settle().await;
    let in_other = async || {
        let rows = shop.ana().list(ListFilter::default()).await;
        let number = rows.into_iter().find(|row| row.conversation.id == other).unwrap().conversation.number;
        shop.ana().thread(number).await.messages.rows.into_iter().find(|m| m.id == quick.id).unwrap().state
    };
    assert_eq!((state(slow.id).await, in_other().await), (MessageState::Queued, MessageState::Sent));
    if let Some(seconds) = (provider.busy)()["retry_after"].as_i64() {
        shop.world.clock.turn((seconds - 2) * 1_000);
        shop.world.settle().await;
        assert_eq!(state(slow.id).await, MessageState::Queued, "the provider's word is kept");
    }
    shop.world.clock.turn(30_000);
    shop.world.settle().await;
    assert!(state(slow.id).await.rank() >= MessageState::Sent.rank());
    assert_eq!(of("devagar").await, 1);
    shop.world.finish().await;
}

/// FAULTS 28: the provider cannot be reached at all. What is written waits, and nobody else does.
async fn gone(provider: &'static Provider) {
    let mut shop = Shop::open(provider).await;
    shop.says(json!({ "text": "oi" })).await;
    let row = shop.row().await.conversation;
    let mut visitor = shop.world.visitor();
    visitor.writes("estou no site").await;
    shop.sandbox.dies();
    let draft = |to: ConversationId| json!({ "draft": { "conversation": to, "key": key(), "text": "olá" } });
    let waits: MessageView = shop.ana().ok("send_reply", draft(row.id)).await;
    let rows = shop.ana().list(ListFilter::default()).await;
    let site = rows.into_iter().find(|other| other.conversation.id != row.id).unwrap().conversation;
    let begun = Instant::now();
    let arrives: MessageView = shop.ana().ok("send_reply", draft(site.id)).await;
    shop.world.settle().await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let state =
        async |number: i64, id: MessageId| shop.ana().thread(number).await.messages.rows.into_iter().find(|m| m.id == id).unwrap().state;
    assert_eq!(state(row.number, waits.id).await, MessageState::Queued, "it surely did not leave, so it may leave later");
    assert!(state(site.number, arrives.id).await.rank() >= MessageState::Sent.rank());
}

/// FAULTS 57: forged, foreign, huge, deep and doubled calls are refused cheaply, and the next good one is taken.
async fn forged(provider: &'static Provider) {
    let shop = Shop::open(provider).await;
    let hook = shop.inbox.hook.clone().unwrap();
    let http = http();
    let sign = |body: &[u8]| -> (&'static str, String) {
        let code = |secret: &str| {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            mac.update(body);
            mac.finalize().into_bytes()
        };
        match provider.kind {
            "whatsapp" => {
                ("x-hub-signature-256", format!("sha256={}", data_encoding::HEXLOWER.encode(&code("sandbox-meta-app-secret-0123456789ab"))))
            }
            "line" => ("x-line-signature", data_encoding::BASE64.encode(&code("sandbox-line-channel-secret-0001"))),
            // Its token is made by us, and known to nobody else.
            _ => ("x-telegram-bot-api-secret-token", "nobody-knows-it".to_owned()),
        }
    };
    let post = async |signature: Option<(&str, String)>, encoding: &str, body: Vec<u8>| {
        let mut call = http.post(&hook).header("content-type", "application/json").body(body);
        if let Some((name, value)) = signature {
            call = call.header(name, value);
        }
        if !encoding.is_empty() {
            call = call.header("content-encoding", encoding);
        }
        let begun = Instant::now();
        // Whoever sends too much may find the door shut before they are done.
        let status = call.send().await.map_or(413, |answer| answer.status().as_u16());
        assert!(begun.elapsed() < Duration::from_secs(5), "it costs us nothing: {:?}", begun.elapsed());
        status
    };
    let plain = br#"{"object":"whatsapp_business_account","update_id":1,"events":[],"entry":[]}"#.to_vec();
    let (name, good) = sign(&plain);
    assert!([400, 401, 403].contains(&post(None, "", plain.clone()).await), "no signature");
    assert!([400, 401, 403].contains(&post(Some((name, String::new())), "", plain.clone()).await), "an empty one");
    assert!([400, 401, 403].contains(&post(Some((name, format!("{good}x"))), "", plain.clone()).await), "another");
    let mut changed = plain.clone();
    changed.push(b' ');
    assert!([400, 401, 403].contains(&post(Some(sign(&plain)), "", changed).await), "of another body");
    assert_eq!(post(None, "", vec![b' '; 50 << 20]).await, 413, "fifty megabytes");
    // A bomb is not unpacked: what is signed is what came.
    assert!((400..500).contains(&post(None, "deflate", vec![0x78; 1 << 16]).await), "a bomb");
    // Proven, and still no message: nesting without end, keys twice, no JSON at all.
    for odd in [
        "[".repeat(200_000),
        "{\"a\":".repeat(100_000),
        r#"{"entry":[],"entry":[[]],"events":{},"events":[1]}"#.to_owned(),
        "nada".to_owned(),
    ] {
        let signature = sign(odd.as_bytes());
        let status = post(Some(signature), "", odd.into_bytes()).await;
        assert!((200..500).contains(&status), "{status}");
    }
    shop.world.settle().await;
    assert!(shop.ana().list(ListFilter::default()).await.is_empty(), "nothing came of any of it");
    shop.says(json!({ "text": "e agora?" })).await;
    assert_eq!(shop.messages().await.len(), 1);
}

macro_rules! faults {
    ($($name:ident: $provider:ident;)*) => { $(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn a_provider_that_stumbles_is_waited_for() {
                super::stumbles(&super::$provider).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn a_provider_that_is_gone_holds_up_nobody_else() {
                super::gone(&super::$provider).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn forged_and_monstrous_calls_are_refused() {
                super::forged(&super::$provider).await;
            }
        }
    )* };
}

faults! {
    telegram: TELEGRAM;
    whatsapp: WHATSAPP;
    line: LINE;
}
