//! What the desk and the providers' calls keep, on both databases: each function as its callers rely on it.

use crate::contract;
use crate::world::World;
use model::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::inbox::{Inbox, Seen};
use store::message::NewMessage;
use store::receipt::Receipt;
use store::search::Wanted;
use store::{Error, Inboxes, Sight, Store, Tx, call, contact, conversation, inbox, message, receipt, search};

contract![
    a_call_is_kept_once_and_forgotten_when_done,
    an_account_of_a_provider_has_one_inbox,
    receipts_wait_for_their_message,
    a_message_is_found_by_each_of_its_parts,
    an_address_is_found_by_every_name_it_had,
    a_line_is_one_however_it_is_written,
    lists_come_in_every_order_without_gap_or_repeat,
    search_pages_through_many_and_few_alike,
];

const NOW: Timestamp = Timestamp(1_780_000_000_000);

async fn write<T: Send + 'static>(store: &Store, f: impl AsyncFnOnce(&mut Tx) -> Result<T, Error> + Send + 'static) -> T {
    store.write(f).await.unwrap()
}

fn an_inbox(account: AccountId, key: &str, at_provider: Option<&str>) -> Inbox {
    Inbox {
        id: InboxId(0),
        account,
        kind: "telegram".into(),
        name: key.into(),
        public_key: key.into(),
        settings: BTreeMap::new(),
        secrets: BTreeMap::new(),
        account_key: at_provider.map(str::to_owned),
        state: InboxState::Connected,
        health: InboxHealth::default(),
    }
}

async fn made(world: &World, account: AccountId, key: &'static str) -> InboxId {
    write(&world.store, async move |tx| inbox::insert(tx, &an_inbox(account, key, None), NOW).await).await
}

async fn a_call_is_kept_once_and_forgotten_when_done(world: &World) {
    let account = world.account("Loja").await;
    let inbox = made(world, account, "k1").await;
    let body = b"{\"a\":\0\xff}".to_vec();
    let keep = |at: i64| {
        let body = body.clone();
        async move |tx: &mut Tx| {
            let headers = BTreeMap::from([("x-signature".to_owned(), "s".to_owned())]);
            call::insert(tx, account, inbox, "telegram", "update 1", &headers, body, Timestamp(at)).await
        }
    };
    let first = write(&world.store, keep(NOW.0)).await.expect("a new call");
    assert_eq!(write(&world.store, keep(NOW.0 + 5)).await, None, "the same key again");
    let kept = world.store.read::<_, Error, _>(async move |c| call::load(c, account, first).await).await.unwrap().unwrap();
    assert_eq!((kept.body, kept.headers["x-signature"].as_str(), kept.inbox), (body.clone(), "s", inbox));
    write(&world.store, async move |tx| call::finish(tx, account, first, None).await).await;
    assert_eq!(write(&world.store, keep(NOW.0 + 9)).await, None, "a call that was read is known still");
    let gone = write(&world.store, async |tx: &mut Tx| call::prune(tx, NOW.plus(1)).await).await;
    assert_eq!(gone, 1);
}

async fn an_account_of_a_provider_has_one_inbox(world: &World) {
    let (account, other) = (world.account("Loja").await, world.account("Gêmea").await);
    let one = write(&world.store, async move |tx| inbox::insert(tx, &an_inbox(account, "k1", Some("bot 7")), NOW).await).await;
    let again = world.store.write(async move |tx: &mut Tx| inbox::insert(tx, &an_inbox(other, "k2", Some("bot 7")), NOW).await).await;
    assert!(matches!(again, Err(Error::Taken(_))), "{again:?}");
    let found = world.store.read::<_, Error, _>(async move |c| inbox::by_account_key(c, "telegram", "bot 7").await).await.unwrap();
    assert_eq!(found.map(|i| (i.id, i.account)), Some((one, account)));
    let lost = InboxState::Reauthorise { since: NOW, words: "Unauthorized".into() };
    for (state, changed) in [(lost.clone(), true), (lost.clone(), false), (InboxState::Connected, true), (InboxState::Connected, false)] {
        assert_eq!(write(&world.store, async move |tx| inbox::set_state(tx, account, one, &state).await).await, changed);
    }
    write(&world.store, async move |tx: &mut Tx| {
        inbox::saw(tx, account, one, Seen::In, NOW).await?;
        inbox::saw(tx, account, one, Seen::In, NOW.plus(30_000)).await?;
        inbox::saw(tx, account, one, Seen::Error("Bad Gateway"), NOW).await
    })
    .await;
    let health = world.store.read::<_, Error, _>(async move |c| inbox::load(c, account, one).await).await.unwrap().unwrap().health;
    assert_eq!(health, InboxHealth { last_in: Some(NOW), last_out: None, last_error: Some((NOW, "Bad Gateway".into())), waiting: 0 });
}

async fn receipts_wait_for_their_message(world: &World) {
    let account = world.account("Loja").await;
    let inbox = made(world, account, "k1").await;
    let receipt = |state| Receipt { state, reason: None, at: NOW };
    let (sent, read) = (receipt(MessageState::Delivered), receipt(MessageState::Read));
    let all = [sent, read];
    let parked = all.clone();
    write(&world.store, async move |tx: &mut Tx| {
        for one in &parked {
            receipt::park(tx, account, inbox, "wamid.1", one).await?;
        }
        receipt::park(tx, account, inbox, "wamid.2", &parked[0]).await
    })
    .await;
    let take = async move |tx: &mut Tx| receipt::take(tx, account, inbox, "wamid.1").await;
    assert_eq!(write(&world.store, take).await, all);
    assert_eq!(write(&world.store, take).await, [], "taken once");
    assert_eq!(write(&world.store, async |tx: &mut Tx| receipt::sweep(tx, NOW.plus(1)).await).await, 1);
}

/// A person with an address in an inbox, and a conversation.
async fn thread(world: &World, account: AccountId, inbox: InboxId, source: &'static str) -> conversation::Conversation {
    write(&world.store, async move |tx: &mut Tx| {
        let person = ContactView { created_at: NOW, name: source.into(), ..ContactView::default() };
        let id = contact::insert(tx, account, &person).await?;
        let address = contact::add_address(tx, account, inbox, id, source, NOW).await?;
        conversation::insert(tx, &address, Status::Open, &Origin::default(), &format!("{account} {source}"), NOW).await
    })
    .await
}

async fn a_message_is_found_by_each_of_its_parts(world: &World) {
    let account = world.account("Loja").await;
    let inbox = made(world, account, "k1").await;
    let to = thread(world, account, inbox, "77").await;
    let id = write(&world.store, async move |tx: &mut Tx| {
        let new = NewMessage {
            kind: MessageKind::Outgoing,
            text: "três fotos".into(),
            source: Some("10".into()),
            detail: Some(Detail::Location(Place { latitude: "-23.5".into(), longitude: "-46.6".into(), ..Place::default() })),
            ..NewMessage::default()
        };
        let added = message::add(tx, account, &to, new, NOW).await?;
        message::add_sources(tx, account, inbox, added.id, &["11".into(), "12".into(), "11".into()]).await?;
        Ok(added)
    })
    .await;
    for source in ["10", "11", "12"] {
        let found = world.store.read::<_, Error, _>(async move |c| message::by_source(c, account, inbox, source).await).await.unwrap();
        assert_eq!(found.as_ref(), Some(&id), "{source}");
    }
    let other = made(world, account, "k2").await;
    let none = world.store.read::<_, Error, _>(async move |c| message::by_source(c, account, other, "11").await).await.unwrap();
    assert_eq!(none, None, "another inbox's ids are its own");
}

async fn an_address_is_found_by_every_name_it_had(world: &World) {
    let account = world.account("Loja").await;
    let inbox = made(world, account, "k1").await;
    let at = thread(world, account, inbox, "551187654321").await.contact_inbox;
    write(&world.store, async move |tx: &mut Tx| {
        let mut address = contact::address_by_id(tx, account, at).await?.unwrap();
        contact::add_alias(tx, &address, "BR.100").await?;
        assert!(contact::rename_address(tx, &mut address, "5511987654321").await?);
        address.attributes.insert("quote".into(), "q1".into());
        contact::set_address_attributes(tx, &address).await
    })
    .await;
    for name in ["551187654321", "BR.100", "5511987654321"] {
        let found = world.store.read::<_, Error, _>(async move |c| contact::address(c, account, inbox, name).await).await.unwrap().unwrap();
        assert_eq!((found.id, found.source.as_str(), found.attributes["quote"].as_str()), (at, "5511987654321", "q1"), "{name}");
    }
}

async fn a_line_is_one_however_it_is_written(world: &World) {
    let (account, other) = (world.account("Loja").await, world.account("Gêmea").await);
    let id = write(&world.store, async move |tx: &mut Tx| {
        contact::insert(tx, account, &ContactView { phone: Some("+5511987654321".into()), created_at: NOW, ..ContactView::default() }).await
    })
    .await;
    for (account, found) in [(account, Some(id)), (other, None)] {
        let look = async move |c: &store::Reader| contact::by_phone(c, account, "+551187654321").await;
        assert_eq!(world.store.read::<_, Error, _>(look).await.unwrap().map(|c| c.id), found);
    }
}

async fn lists_come_in_every_order_without_gap_or_repeat(world: &World) {
    let account = world.account("Loja").await;
    let inboxes = [made(world, account, "k1").await, made(world, account, "k2").await, made(world, account, "k3").await];
    let me = UserId(1);
    for (at, source) in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"].into_iter().enumerate() {
        let mut it = thread(world, account, inboxes[at % 3], source).await;
        write(&world.store, async move |tx: &mut Tx| {
            let was = it.view.placement();
            let n = at as i64;
            it.view.last_message_at = NOW.plus(n * 7 % 5);
            it.view.status = [Status::Open, Status::Resolved, Status::Pending, Status::Snoozed { until: None }][at % 4];
            it.view.assignee = (at % 2 == 0).then_some(me);
            it.view.priority = Priority::from_number(n % 6 - 1);
            it.view.waiting_since = (at % 3 == 1).then(|| NOW.plus(-n));
            conversation::save(tx, account, Some(was), &it, NOW).await
        })
        .await;
    }
    let seen = Sight { inboxes: store::Inboxes::Only(inboxes[..2].to_vec()), rule: Visibility::Inbox, user: me, teams: Vec::new() };
    let orders = [
        ListOrder::Newest,
        ListOrder::Oldest,
        ListOrder::LastCreated,
        ListOrder::FirstCreated,
        ListOrder::Priority,
        ListOrder::LongestWaiting,
    ];
    for order in orders {
        for tab in [Tab::All, Tab::Mine, Tab::Unassigned] {
            for status in [None, Some(StatusKind::Open)] {
                let filter = ListFilter { tab, status, order, ..ListFilter::default() };
                let (seen, mut below, mut rows) = (seen.clone(), None, Vec::new());
                loop {
                    let sight = seen.clone();
                    let look = async move |c: &store::Reader| {
                        let query = conversation::ListQuery { account, sight: &sight, viewer: me, filter, below, now: NOW, limit: 3 };
                        let page = conversation::list(c, &query).await?;
                        // Asked as a filter, the same order has the same pages.
                        let whole = conversation::filtered(c, &query, &Filter::everything()).await?;
                        Ok((page, whole))
                    };
                    let (page, whole) = world.store.read::<_, Error, _>(look).await.unwrap();
                    if tab == Tab::All && status.is_none() {
                        assert_eq!(page, whole, "{filter:?}");
                    }
                    below = page.rows.last().map(|r| ListCursor::of(&r.conversation, order));
                    rows.extend(page.rows.into_iter().map(|r| r.conversation));
                    if !page.more {
                        break;
                    }
                }
                let all = conversation_rows(world, account).await;
                let mut expected: Vec<_> = all.into_iter().filter(|c| filter.admits(c, me) && seen.admits_view(c)).collect();
                expected.sort_by_key(|c| order.key(c));
                let ids = |list: &[ConversationView]| list.iter().map(|c| c.number).collect::<Vec<_>>();
                assert_eq!(ids(&rows), ids(&expected), "{filter:?}");
            }
        }
    }
}

async fn conversation_rows(world: &World, account: AccountId) -> Vec<ConversationView> {
    let look = async move |c: &store::Reader| {
        let mut all = Vec::new();
        for number in 1..=12 {
            all.extend(conversation::by_number(c, account, &Sight::everything(), number).await?.map(|found| found.view));
        }
        Ok(all)
    };
    world.store.read::<_, Error, _>(look).await.unwrap()
}

/// Few hits are looked up by their words, many within their account: paging from one into the other neither skips nor repeats, and
/// nobody sees what others said.
async fn search_pages_through_many_and_few_alike(world: &World) {
    const OURS: usize = 560;
    let (ours, theirs) = (world.account("Loja").await, world.account("Outra").await);
    let (site, shut) = (made(world, ours, "k1").await, made(world, ours, "k2").await);
    let foreign = made(world, theirs, "k3").await;
    let places = [(ours, site, "77", OURS), (ours, shut, "78", 20), (theirs, foreign, "79", 30)];
    let mut threads = Vec::new();
    for (account, inbox, who, times) in places {
        threads.push((account, thread(world, account, inbox, who).await, times));
    }
    write(&world.store, async move |tx| {
        for n in 0..OURS {
            for (account, to, times) in &threads {
                if n < *times {
                    let text = format!("o pedido {n} chegou");
                    let new = NewMessage { kind: MessageKind::Outgoing, text, ..NewMessage::default() };
                    message::add(tx, *account, to, new, NOW).await?;
                }
            }
        }
        Ok(())
    })
    .await;
    let sight = Sight { inboxes: Inboxes::Only(vec![site]), ..Sight::everything() };
    let (mut seen, mut below) = (Vec::new(), None);
    loop {
        let wanted = Wanted { query: Query::parse("chegou"), below, ..Wanted::default() };
        let sight = sight.clone();
        let look = async move |c: &store::Reader| search::messages(c, ours, &sight, UserId(1), &wanted, 50).await;
        let page = world.store.read::<_, Error, _>(look).await.unwrap();
        assert!(page.rows.iter().all(|hit| hit.inbox == site), "another inbox's");
        below = page.rows.last().map(|hit| hit.message);
        seen.extend(page.rows.into_iter().map(|hit| hit.message));
        if !page.more {
            break;
        }
    }
    assert_eq!(seen.len(), OURS);
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, each once");
    let wanted = Wanted { query: Query::parse("\"pedido 7\""), ..Wanted::default() };
    let look = async move |c: &store::Reader| search::messages(c, theirs, &Sight::everything(), UserId(1), &wanted, 50).await;
    let page = world.store.read::<_, Error, _>(look).await.unwrap();
    assert_eq!(page.rows.iter().map(|hit| hit.inbox).collect::<Vec<_>>(), [foreign], "only their own, though three said it");
}

/// What search finds is written once for everything that is committed together: the last word on each message counts, whoever had it.
#[tokio::test]
async fn one_commit_leaves_in_the_search_what_stood_last() {
    let world = World::sqlite().await;
    let account = world.account("Loja").await;
    let inbox = made(&world, account, "k1").await;
    let (stays, goes) = (thread(&world, account, inbox, "77").await, thread(&world, account, inbox, "78").await);
    let held = Arc::new(tokio::sync::Notify::new());
    let said = Arc::new(Mutex::new(None::<MessageView>));
    let add = |to: &conversation::Conversation, text: &'static str, keep: bool| {
        let (to, said) = (to.clone(), said.clone());
        async move |tx: &mut Tx| {
            let new = NewMessage { kind: MessageKind::Outgoing, text: text.into(), ..NewMessage::default() };
            let added = message::add(tx, account, &to, new, NOW).await?;
            if keep {
                *said.lock().unwrap() = Some(added);
            }
            Ok::<_, Error>(())
        }
    };
    let (wait, of, word) = (held.clone(), stays.clone(), said.clone());
    let gone = goes.clone();
    // All of them wait while the first is at work, so one commit carries them.
    let store = world.store.clone();
    let all = (
        store.write::<_, Error, _>(async move |_| {
            wait.notified().await;
            Ok(())
        }),
        store.write(add(&stays, "laranja", true)),
        store.write::<_, Error, _>(async move |tx| {
            let mut message = word.lock().unwrap().clone().unwrap();
            message.text = "limão".into();
            message::save(tx, account, &of, &message, NOW).await
        }),
        store.write(add(&goes, "uva", false)),
        store.write::<_, Error, _>(async move |tx| {
            let new = NewMessage { kind: MessageKind::Outgoing, text: "figo".into(), ..NewMessage::default() };
            message::add(tx, account, &gone, new, NOW).await?;
            Err::<(), _>(Error::LeaseLost)
        }),
        store.write::<_, Error, _>(async move |tx| conversation::delete(tx, account, &goes, NOW).await),
        async { held.notify_one() },
    );
    let (first, second, third, fourth, refused, sixth, ()) = tokio::join!(all.0, all.1, all.2, all.3, all.4, all.5, all.6);
    assert!(first.is_ok() && second.is_ok() && third.is_ok() && fourth.is_ok() && sixth.is_ok());
    assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
    for (word, hits) in [("laranja", 0), ("limão", 1), ("uva", 0), ("figo", 0)] {
        let sql = format!("SELECT count(*) AS n FROM message_fts WHERE message_fts MATCH '\"{word}\"'");
        let found = world.store.read::<_, Error, _>(async move |c| crate::world::count(c, &sql).await).await.unwrap();
        assert_eq!(found, hits, "{word}");
    }
    world.end().await;
}
