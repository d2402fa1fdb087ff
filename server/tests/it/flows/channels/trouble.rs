//! Providers that refuse, stumble, hang and forget us: what an agent is told, what waits, and what is never sent twice.

use super::sandbox::Shop;
use super::table::Provider;
use model::*;
use serde_json::json;

pub async fn refusals(provider: &'static Provider) {
    let shop = Shop::open(provider).await;
    shop.says(json!({ "text": "oi" })).await;

    // It passes: the same message leaves later, once.
    shop.control("fail", (provider.busy)()).await;
    let busy = shop.replies(json!({ "text": "um" })).await;
    assert_eq!(busy.state, MessageState::Queued, "{busy:?}");
    shop.world.clock.turn(25_000);
    shop.world.settle().await;
    assert!(shop.message(busy.id).await.state.rank() >= MessageState::Sent.rank(), "{}", shop.refusals().await);
    let of = async |text: &str| shop.taken().await.iter().filter(|line| line["text"] == json!(text)).count();
    assert_eq!(of("um").await, 1);

    // It does not: an agent is told why.
    shop.control("fail", (provider.refusal.0)()).await;
    let refused = shop.replies(json!({ "text": "dois" })).await;
    assert_eq!(refused.state, MessageState::Failed { reason: provider.refusal.1 }, "{:?}", refused.reason);
    if provider.echoes {
        // Written again on the phone: a message of its own, not our echo.
        shop.says(json!({ "echo": "dois" })).await;
        let twins: Vec<_> = shop.messages().await.into_iter().filter(|m| m.text == "dois").collect();
        assert_eq!(twins.len(), 2, "what was written on the phone shows");
        assert!(twins.iter().any(|m| m.by_phone && m.kind == MessageKind::Outgoing));
        assert!(twins.iter().any(|m| m.id == refused.id && matches!(m.state, MessageState::Failed { .. })));
    }

    // Taken, and never answered: only a provider with a key may be asked again.
    shop.control("knobs", json!({ "hang": 1 })).await;
    let hung = shop.replies(json!({ "text": "três" })).await;
    shop.control("knobs", json!({ "hang": 0 })).await;
    let after = async || {
        shop.world.clock.turn(1_000);
        shop.world.settle().await;
        shop.message(hung.id).await.state.rank() >= MessageState::Unconfirmed.rank()
    };
    shop.until("it is settled", after).await;
    assert_eq!(of("três").await, 1, "sent twice");
    if provider.resolves {
        shop.until("its echo or receipt ends the doubt", async || shop.message(hung.id).await.state.rank() >= MessageState::Sent.rank())
            .await;
    }

    // Taken, and answered with nonsense: no crash, and no second copy (FAULTS 23).
    shop.control("knobs", json!({ "garble": 1 })).await;
    let garbled = shop.replies(json!({ "text": "três e meio" })).await;
    shop.until("it is settled, too", async || {
        shop.world.clock.turn(1_000);
        shop.message(garbled.id).await.state.rank() >= MessageState::Unconfirmed.rank()
    })
    .await;
    assert_eq!(of("três e meio").await, 1, "sent twice");

    // FAULTS 24. The token is dead: the inbox says so, what waits stays in its order, and leaves once it is connected again.
    shop.control("knobs", json!({ "revoked": true })).await;
    let first = shop.replies(json!({ "text": "quatro" })).await;
    let second = shop.replies(json!({ "text": "cinco" })).await;
    assert_eq!((&first.state, &second.state), (&MessageState::Queued, &MessageState::Queued), "{first:?}");
    let state = async || shop.ana().desk().await.data.inboxes.into_iter().find(|i| i.id == shop.inbox.inbox.id).unwrap().state;
    assert!(!state().await.is_connected(), "everybody sees that it is down");
    shop.says_anyway(json!({ "text": "alô?" })).await;
    // The signatures of some say when they were made: a turned clock must stay within minutes of the real one.
    shop.world.clock.turn(61_000);
    shop.world.settle().await;
    assert_eq!(of("quatro").await, 0);
    let again = json!({ "inbox": shop.inbox.inbox.id, "change": { "settings": {} } });
    let dead = shop.ana().call::<InboxDetail>("update_inbox", again.clone()).await.unwrap_err();
    assert_eq!(dead.body.code, FaultCode::Provider, "the test button says that it is still dead");
    shop.control("knobs", json!({ "revoked": false })).await;
    shop.world.clock.turn(1_000);
    let _: InboxDetail = shop.ana().ok("update_inbox", again).await;
    assert!(state().await.is_connected());
    shop.world.clock.turn(61_000);
    shop.until("what waited leaves", async || of("cinco").await == 1).await;
    let order: Vec<String> = shop.taken().await.iter().filter_map(|line| line["text"].as_str().map(ToOwned::to_owned)).collect();
    assert!(order.iter().position(|t| t == "quatro") < order.iter().position(|t| t == "cinco"), "{order:?}");
    assert_eq!(of("quatro").await, 1);
    shop.world.finish().await;
}

impl Shop {
    /// The customer writes while we are cut off; what comes of it depends on whether the provider still calls.
    async fn says_anyway(&self, mut speech: serde_json::Value) {
        speech["from"] = json!(self.provider.person);
        self.control("say", speech).await;
        self.world.settle().await;
    }
}

/// Who reads what came says nothing of what has not left: a message that waits is still sent, one that failed stays failed.
async fn reading_sends_nothing(provider: &'static Provider) {
    let shop = Shop::open(provider).await;
    shop.says(json!({ "text": "oi" })).await;
    shop.control("knobs", json!({ "status": "manual" })).await;
    shop.control("fail", (provider.refusal.0)()).await;
    let failed = shop.replies(json!({ "text": "zero" })).await;
    let first = shop.replies(json!({ "text": "um" })).await;
    assert_eq!(first.state, MessageState::Sent);
    let id = shop.taken().await[0]["id"].clone();
    shop.control("fail", (provider.busy)()).await;
    let waits = shop.replies(json!({ "text": "dois" })).await;
    assert_eq!(waits.state, MessageState::Queued);
    shop.says(json!({ "read": id })).await;
    assert_eq!(shop.message(first.id).await.state, MessageState::Read);
    assert!(matches!(shop.message(failed.id).await.state, MessageState::Failed { .. }));
    assert_eq!(shop.message(waits.id).await.state, MessageState::Queued);
    shop.world.clock.turn(60_000);
    shop.world.settle().await;
    assert_eq!(shop.message(waits.id).await.state, MessageState::Sent);
    assert_eq!(shop.taken().await.len(), 2, "it left, once");
    shop.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn reading_on_messenger_sends_nothing() {
    reading_sends_nothing(&super::table::MESSENGER).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn reading_on_instagram_sends_nothing() {
    reading_sends_nothing(&super::table::INSTAGRAM).await;
}

/// The provider took it and shows it, but its answer never comes: what was seen is not in doubt.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node for the simulators"]
async fn an_echo_outruns_an_answer_that_never_comes() {
    let shop = Shop::open(&super::table::MESSENGER).await;
    shop.says(json!({ "text": "oi" })).await;
    shop.control("knobs", json!({ "hang": 1, "status": "manual" })).await;
    let draft = json!({ "conversation": shop.row().await.conversation.id, "key": crate::world::key(), "text": "um" });
    let sent: MessageView = shop.ana().ok("send_reply", json!({ "draft": draft })).await;
    let echo = async {
        while !shop.sandbox.ask("hooks").await.to_string().contains("\"echo\"") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // Its delivery still waits for an answer while this is applied.
        shop.world.settle().await;
        assert_eq!(shop.message(sent.id).await.state, MessageState::Queued);
    };
    tokio::join!(shop.world.settle(), echo);
    assert_eq!(shop.message(sent.id).await.state, MessageState::Sent);
    assert_eq!((shop.messages().await.len(), shop.taken().await.len()), (2, 1));
    shop.world.finish().await;
}
