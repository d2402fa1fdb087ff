//! *Old desk + events = fresh desk*, asserted after every action: a screen kept by the stream shows what a reload would show.

use crate::world::*;
use model::*;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A screen kept by its stream.
pub struct Screen {
    agent: Agent,
    desk: Desk,
    stream: Stream,
    open: Vec<i64>,
}

impl Screen {
    /// Loads what a screen loads, then follows.
    pub async fn open(agent: &Agent, threads: &[i64]) -> Self {
        let desk = fresh(agent, threads).await;
        let stream = agent.stream(desk.seq).await;
        Self { agent: agent.clone(), desk, stream, open: threads.to_vec() }
    }

    /// Applies the stream up to the account's present, and compares with a screen loaded just now.
    pub async fn matches(&mut self, after: &str) {
        let fresh = fresh(&self.agent, &self.open).await;
        // The journal's end may be an event this screen does not see, so the last visible one is asked for.
        let page: serde_json::Value =
            self.agent.get(&format!("/events/{}/page?after={}", self.agent.account, self.desk.seq.0)).await.json().await.unwrap();
        let events: Vec<Event> = serde_json::from_value(page["events"].clone()).unwrap();
        assert_eq!(page["reset"], false, "{after}");
        if let Some(last) = events.last() {
            while self.desk.seq < last.seq {
                let event = self.stream.event().await;
                assert_eq!(Some(&event), events.iter().find(|e| e.seq == event.seq), "stream and page agree, {after}");
                self.desk.apply(&event);
            }
        }
        let mut kept = self.desk.clone();
        // A screen keeps rows its list has left and threads' contacts; only what a fresh one loads is compared.
        kept.seq = fresh.seq;
        kept.rows.retain(|id, _| fresh.rows.contains_key(id));
        kept.view.tallies.0.retain(|(_, _, t)| *t != Tally::default());
        let mut fresh = fresh;
        fresh.view.tallies.0.retain(|(_, _, t)| *t != Tally::default());
        kept.view.tallies.0.sort_by_key(|(i, s, _)| (*i, *s));
        fresh.view.tallies.0.sort_by_key(|(i, s, _)| (*i, *s));
        kept.view.here.clear();
        fresh.view.here.clear();
        kept.contacts.retain(|id, _| fresh.contacts.contains_key(id));
        kept.threads.retain(|id, _| fresh.threads.contains_key(id));
        kept.drafts.retain(|(id, _), _| fresh.threads.contains_key(id));
        assert_eq!(kept, fresh, "old desk + events = fresh desk, after {after}");
    }

    /// Closes a thread that its reader may no longer open.
    pub fn without(&mut self, number: i64) {
        self.open.retain(|open| *open != number);
    }

    /// Opens one more thread, as a click does.
    pub async fn show(&mut self, number: i64) {
        self.open.push(number);
        let stamp = self.desk.seq;
        let loaded = load_thread(&self.agent, number).await;
        assert!(loaded.seq >= stamp);
        // What was loaded may be newer than the screen; events in between are applied on top, and are harmless twice.
        put(&mut self.desk, loaded.data);
    }
}

fn put(desk: &mut Desk, thread: ThreadView) {
    let id = thread.row.conversation.id;
    desk.threads.insert(id, thread.messages.rows.into_iter().map(|m| (m.id, m)).collect());
    desk.contacts.insert(thread.contact.id, thread.contact);
    desk.drafts.extend(thread.drafts.into_iter().map(|(mode, text)| ((id, mode), text)));
    desk.rows.insert(id, thread.row);
}

async fn load_thread(agent: &Agent, number: i64) -> Stamped<ThreadView> {
    agent.ok("thread", json!({ "number": number, "window": "latest" })).await
}

async fn fresh(agent: &Agent, threads: &[i64]) -> Desk {
    let mut desk = Desk::new(agent.desk().await);
    for row in agent.list(ListFilter { tab: Tab::All, status: None, ..ListFilter::default() }).await {
        desk.rows.insert(row.conversation.id, row);
    }
    for number in threads {
        put(&mut desk, load_thread(agent, *number).await.data);
    }
    desk
}

#[tokio::test]
async fn every_action_leaves_screens_as_a_reload_would() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let _: InboxDetail = ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": { "members": [ana.user, bia.user] } })).await;
    let mut screen = Screen::open(ana, &[]).await;
    let mut hers = Screen::open(&bia, &[]).await;
    let mut twin = Screen::open(&world.twin.ana, &[]).await;
    let mut rui = world.visitor();

    rui.writes("Oi, tudo bem?").await;
    world.settle().await;
    screen.matches("the first message").await;
    hers.matches("the first message").await;
    let row = &ana.list(ListFilter::default()).await[0];
    let (id, number) = (row.conversation.id, row.conversation.number);
    screen.show(number).await;
    hers.show(number).await;
    world.clock.turn(1000);

    let both = [
        ("mark_read", json!({ "conversation": id, "seen": 1, "unread": false })),
        ("assign", json!({ "conversation": id, "to": bia.user })),
    ];
    for (function, args) in both {
        let _: () = ana.ok(function, args).await;
        screen.matches(function).await;
        hers.matches(function).await;
    }
    ana.replies(id, "Olá! Como posso ajudar?").await;
    screen.matches("a reply").await;
    world.settle().await;
    screen.matches("its delivery").await;
    hers.matches("a reply and its delivery").await;

    let _: () = ana.ok("save_draft", json!({ "conversation": id, "mode": "reply", "text": "Um mom" })).await;
    screen.matches("a draft").await;
    hers.matches("a colleague's draft").await;
    let _: () = ana.ok("save_draft", json!({ "conversation": id, "mode": "reply", "text": "" })).await;
    screen.matches("a draft gone").await;

    world.clock.turn(1000);
    let sent = rui.writes("Meu pedido não chegou").await;
    screen.matches("another message").await;
    let _: () = rui.post("seen", json!({ "inbox": rui.inbox(), "up_to": sent.message.id, "read": true })).await.unwrap();
    screen.matches("the visitor reads").await;
    hers.matches("the visitor reads").await;

    for status in [json!("resolved"), json!("open"), json!({ "snoozed": { "until": world.service.now().0 + 60_000 } })] {
        let _: () = bia.ok("set_status", json!({ "conversation": id, "status": status })).await;
        screen.matches("a status").await;
        hers.matches("a status").await;
    }
    world.clock.turn(61_000);
    assert_eq!(world.service.wake_snoozed().await.unwrap(), 1);
    screen.matches("a snooze that ended").await;

    let contact = ana.thread(number).await.contact.id;
    let _: ContactView =
        ana.ok("update_contact", json!({ "contact": contact, "draft": { "name": "Rui Alves", "email": "rui@exemplo.example" } })).await;
    screen.matches("a contact's name").await;
    hers.matches("a contact's name").await;
    let _: SessionView =
        serde_json::from_value(bia.raw("update_profile", &json!({ "draft": { "name": "Beatriz" } })).await.json().await.unwrap()).unwrap();
    screen.matches("a colleague's name").await;
    let _: () = ana.ok("set_availability", json!({ "availability": "busy" })).await;
    hers.matches("a colleague's availability").await;
    let made: InboxDetail = ana.ok("create_inbox", json!({ "draft": website("Outro site") })).await;
    screen.matches("a new inbox").await;
    let _: () = ana.ok("delete_inbox", json!({ "inbox": made.inbox.id, "name": "Outro site" })).await;
    screen.matches("an inbox removed").await;
    let _: () = ana.ok("remove_agent", json!({ "user": bia.user })).await;
    screen.matches("a colleague removed").await;
    twin.matches("all of it, next door").await;
    world.finish().await;
}

#[tokio::test]
async fn a_stream_resumes_where_it_was_and_starts_afresh_when_too_old() {
    let world = world().await;
    let ana = &world.here.ana;
    let start = ana.desk().await.seq;
    let mut rui = world.visitor();
    rui.writes("um").await;
    let mut first = ana.stream(start).await;
    let one = first.until(|c| matches!(c, Change::Message { .. })).await;
    drop(first);
    rui.writes("dois").await;
    rui.writes("três").await;
    let mut second = ana.stream(one.seq).await;
    let mut texts = Vec::new();
    while texts.len() < 2 {
        if let Change::Message { message } = second.event().await.change {
            texts.push(message.text);
        }
    }
    assert_eq!(texts, ["dois", "três"]);
    // Two days and an hour later the journal is pruned, and the old position is no good any more (FAULTS 30).
    world.clock.turn(49 * 3_600_000);
    world.service.come_round().await.unwrap();
    let mut late = ana.stream(start).await;
    assert_eq!(late.next().await.unwrap().name, "reset");
    assert_eq!(late.next().await, None);
    world.finish().await;
}

/// A stream leaves hyper's hands after its first words; what follows is HTTP all the same, to the last chunk and the end of the connection.
#[tokio::test]
async fn a_stream_is_whole_http_to_its_last_byte() {
    let world = world().await;
    let ana = &world.here.ana;
    let host = world.base.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(host).await.unwrap();
    // A request that came before on the same connection changes nothing.
    let events = format!("/events/{}?after={}", ana.account, ana.desk().await.seq.0);
    for path in ["/health/live", &events] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {}\r\n\r\n", ana.cookie);
        line.write_all(head.as_bytes()).await.unwrap();
        if path == "/health/live" {
            let mut answer = [0; 1024];
            assert!(line.read(&mut answer).await.unwrap() > 0);
        }
    }
    let mut read = BufReader::new(line);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(read.read_line(&mut head).await.unwrap() > 0, "{head}");
    }
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("transfer-encoding: chunked"), "{head}");
    world.visitor().writes("Olá, tudo bem?").await;
    let mut said = String::new();
    while !said.contains("Olá, tudo bem?") {
        said.push_str(&chunk(&mut read).await.expect("an open stream"));
    }
    assert!(said.starts_with("retry: 1000\nevent: ping\n"), "{said}");
    world.service.dismiss_streams();
    let mut last = String::new();
    while let Some(words) = chunk(&mut read).await {
        last = words;
    }
    assert_eq!(last, "event: bye\ndata: {}\n\n");
    assert_eq!(read.read(&mut [0; 8]).await.unwrap(), 0, "nothing after the last chunk");
    world.finish().await;
}

/// The next chunk; none for the last one.
async fn chunk(read: &mut BufReader<TcpStream>) -> Option<String> {
    let mut size = String::new();
    read.read_line(&mut size).await.unwrap();
    let mut words = vec![0; usize::from_str_radix(size.strip_suffix("\r\n").unwrap(), 16).unwrap() + 2];
    read.read_exact(&mut words).await.unwrap();
    let words = String::from_utf8(words).unwrap().strip_suffix("\r\n").unwrap().to_owned();
    (!words.is_empty()).then_some(words)
}
