//! Website chat from the first message to the reply that was read.

use crate::world::*;
use model::*;
use serde_json::json;

#[tokio::test]
async fn a_visitor_writes_an_agent_answers_and_both_see_it_at_once() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut live = ana.stream(ana.desk().await.seq).await;
    let mut rui = world.visitor();
    assert_eq!(rui.hello().await.thread, None);

    let sent = rui.writes("Oi, vocês abrem no domingo?").await;
    let seen = live.until(|c| matches!(c, Change::Message { .. })).await;
    assert!(
        matches!(seen.change, Change::Message { message } if message.text == "Oi, vocês abrem no domingo?" && message.kind == MessageKind::Incoming)
    );
    let row = ana.list(ListFilter::default()).await.remove(0);
    assert_eq!((row.unread(), row.conversation.preview.unwrap().text.as_str()), (1, "Oi, vocês abrem no domingo?"));

    let mut hears = rui.stream(sent.seq).await;
    let reply = ana.replies(row.conversation.id, "Abrimos das 9h às 14h.").await;
    assert_eq!(reply.state, MessageState::Queued);
    let heard = hears.heard(|e| matches!(e, VisitorEvent::Message { message } if !message.mine)).await;
    let VisitorEvent::Message { message } = heard else { unreachable!() };
    assert_eq!((message.text.as_str(), message.author.as_deref()), ("Abrimos das 9h às 14h.", Some("Ana Souza")));

    world.settle().await;
    let state = |m: &MessageView| (m.id == reply.id).then(|| m.state.clone());
    let of = async || ana.thread(1).await.messages.rows.iter().find_map(state).unwrap();
    assert_eq!(of().await, MessageState::Sent);
    for (read, state) in [(false, MessageState::Delivered), (true, MessageState::Read), (false, MessageState::Read)] {
        let _: () = rui.post("seen", json!({ "inbox": rui.inbox(), "up_to": message.id, "read": read })).await.unwrap();
        assert_eq!(of().await, state, "a receipt never lowers");
    }
    // Whoever replied has read; the first reply ticks the checklist.
    assert_eq!(ana.list(ListFilter::default()).await[0].unread(), 0);
    assert!(ana.desk().await.data.checklist.reply);
    let again = rui.hello().await.thread.unwrap();
    assert_eq!((again.messages.len(), again.unread), (2, 0));
    world.finish().await;
}

#[tokio::test]
async fn one_key_sends_once_however_often_it_is_asked() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    // The visitor's first message is repeated before its answer has arrived: FAULTS 38.
    let draft = rui.draft("primeira");
    let first: VisitorSent = rui.post("messages", &draft).await.unwrap();
    let second: VisitorSent = rui.post("messages", &draft).await.unwrap();
    assert_eq!(first.message.id, second.message.id);
    assert!(first.token.is_some() && second.token.is_some(), "either answer may be the one that arrives");
    rui.token = second.token;
    let third: VisitorSent = rui.post("messages", &draft).await.unwrap();
    assert_eq!((third.message.id, third.token), (first.message.id, None));
    let rows = ana.list(ListFilter::default()).await;
    assert_eq!((rows.len(), rows[0].conversation.incoming), (1, 1));

    let (id, twice) = (rows[0].conversation.id, key());
    let (a, b) = tokio::join!(ana.replies_as(id, "oi", twice), ana.replies_as(id, "oi", twice));
    assert_eq!(a.unwrap().id, b.unwrap().id);
    assert_eq!(ana.thread(1).await.messages.rows.iter().filter(|m| m.kind == MessageKind::Outgoing).count(), 1);
    // A key used elsewhere is not taken for this conversation's.
    let mut other = world.visitor();
    other.writes("outra pessoa").await;
    let second = ana.list(ListFilter::default()).await[0].conversation.id;
    assert_eq!(ana.replies_as(second, "oi", twice).await.unwrap_err().body.code, FaultCode::Conflict);
    world.finish().await;
}

#[tokio::test]
async fn the_newest_message_is_on_top_and_nothing_else_moves_a_row() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut all = Vec::new();
    for name in ["a", "b", "c"] {
        world.clock.turn(1000);
        let mut visitor = world.visitor();
        visitor.writes(name).await;
        all.push(visitor);
    }
    let order = async || ana.list(ListFilter::default()).await.into_iter().map(|r| r.conversation.number).collect::<Vec<_>>();
    assert_eq!(order().await, [3, 2, 1]);
    world.clock.turn(1000);
    let first = ana.thread(1).await.row.conversation.id;
    let _: () = ana.ok("assign", json!({ "conversation": first, "to": ana.user })).await;
    assert_eq!(order().await, [3, 2, 1], "an assignment stays where it is");
    world.clock.turn(1000);
    all[0].writes("de novo").await;
    assert_eq!(order().await, [1, 3, 2]);
    world.clock.turn(1000);
    let second = ana.thread(2).await.row.conversation.id;
    ana.replies(second, "oi").await;
    assert_eq!(order().await, [2, 1, 3]);
    // Tabs and tallies agree with the list.
    let tally = ana.desk().await.data.tallies.of(Some(StatusKind::Open), None);
    assert_eq!(tally, Tally { mine: 1, unassigned: 2, all: 3 });
    let mine = ana.list(ListFilter { tab: Tab::Mine, ..ListFilter::default() }).await;
    assert_eq!(mine.iter().map(|r| r.conversation.number).collect::<Vec<_>>(), [1]);
    world.finish().await;
}

#[tokio::test]
async fn pages_follow_without_gap_or_repeat_while_the_list_moves() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut visitors = Vec::new();
    for n in 0..30 {
        world.clock.turn(10);
        let mut visitor = world.visitor();
        visitor.writes(&format!("{n}")).await;
        visitors.push(visitor);
    }
    let page: Stamped<Page<ListRow>> = ana.ok("conversations", json!({ "filter": ListFilter::default(), "below": null })).await;
    assert_eq!((page.data.rows.len(), page.data.more), (25, true));
    let last = &page.data.rows[24].conversation;
    let below = ListCursor::of(last, ListOrder::Newest);
    // Meanwhile a row of the first page moves up; the second page is what it was.
    visitors[10].writes("subo").await;
    let rest: Stamped<Page<ListRow>> = ana.ok("conversations", json!({ "filter": ListFilter::default(), "below": below })).await;
    assert_eq!(rest.data.rows.iter().map(|r| r.conversation.number).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    assert!(!rest.data.more);
    world.finish().await;
}

#[tokio::test]
async fn a_resolved_conversation_opens_again_when_the_customer_writes() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    let sent = rui.writes("oi").await;
    let id = ana.thread(1).await.row.conversation.id;
    let mut hears = rui.stream(sent.seq).await;
    let _: () = ana.ok("set_status", json!({ "conversation": id, "status": "resolved" })).await;
    hears.heard(|e| matches!(e, VisitorEvent::Resolved { on: true })).await;
    assert!(ana.list(ListFilter::default()).await.is_empty());
    rui.writes("mais uma coisa").await;
    let thread = ana.thread(1).await;
    assert_eq!(thread.row.conversation.status, Status::Open);
    let lines: Vec<_> = thread.messages.rows.iter().filter_map(|m| m.activity.clone()).collect();
    let resolved = Activity::Status { by: Some(ana.user), to: StatusKind::Resolved };
    assert_eq!(lines, [resolved, Activity::Status { by: None, to: StatusKind::Open }]);
    world.finish().await;
}

#[tokio::test]
async fn the_greeting_is_said_once_and_answers_for_nobody() {
    let world = world().await;
    let ana = &world.here.ana;
    let settings = json!({ "greeting_enabled": "true", "greeting": "Já vamos te atender." });
    let _: InboxDetail = ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": { "settings": settings } })).await;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    rui.writes("tem alguém?").await;
    let thread = ana.thread(1).await;
    let greetings = thread.messages.rows.iter().filter(|m| m.author == Author::System && m.kind == MessageKind::Outgoing).count();
    assert_eq!(greetings, 1);
    assert!(thread.row.conversation.waiting_since.is_some(), "a greeting is no answer");
    assert!(!ana.desk().await.data.checklist.reply);
    world.finish().await;
}

#[tokio::test]
async fn a_pre_chat_form_is_asked_and_kept_but_typing_an_address_proves_nothing() {
    let world = world().await;
    let ana = &world.here.ana;
    let field = |key: &str, required: bool| json!({ "key": key, "label": "", "required": required, "enabled": true });
    let form = json!({ "enabled": true, "message": "Quem é você?", "fields": [field("name", true), field("email", true)] });
    let _: InboxDetail = ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": { "pre_chat": form } })).await;
    let mut rui = world.visitor();
    let mut draft = rui.draft("oi");
    draft["answers"] = json!({ "name": "Rui", "email": "rui" });
    let wrong = rui.post::<VisitorSent>("messages", &draft).await.unwrap_err();
    assert_eq!((wrong.status.as_u16(), wrong.body.fields), (422, vec![("email".to_owned(), Violation::Malformed)]));
    draft["answers"] = json!({ "name": "Rui", "email": "Rui@Exemplo.example" });
    let sent: VisitorSent = rui.post("messages", &draft).await.unwrap();
    rui.token = sent.token;
    assert_eq!(rui.hello().await.known.get("email").map(String::as_str), Some("rui@exemplo.example"));
    // Somebody else types the same address: another contact, and Rui's history stays his.
    let other = world.visitor();
    let mut draft = other.draft("sou o Rui mesmo");
    draft["answers"] = json!({ "name": "Impostor", "email": "rui@exemplo.example" });
    let _: VisitorSent = other.post("messages", &draft).await.unwrap();
    let (first, second) = (ana.thread(1).await.contact, ana.thread(2).await.contact);
    assert_ne!(first.id, second.id);
    assert_eq!((second.email, second.attributes.get("claimed_email").map(String::as_str)), (None, Some("rui@exemplo.example")));
    assert_eq!(first.name, "Rui");
    world.finish().await;
}

#[tokio::test]
async fn typing_is_told_both_ways_and_never_of_others() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    let sent = rui.writes("oi").await;
    let id = ana.thread(1).await.row.conversation.id;
    let mut live = ana.stream(ana.desk().await.seq).await;
    let mut next_door = world.twin.ana.stream(world.twin.ana.desk().await.seq).await;
    let mut hears = rui.stream(sent.seq).await;
    let _: () = rui.post("typing", json!({ "inbox": rui.inbox(), "on": true })).await.unwrap();
    let signal = async |stream: &mut Stream| loop {
        let sse = stream.next().await.unwrap();
        if sse.name == "signal" {
            let signal: Signal = serde_json::from_str(&sse.data).unwrap();
            if matches!(signal, Signal::Typing { .. }) {
                return signal;
            }
        }
    };
    assert!(
        matches!(signal(&mut live).await, Signal::Typing { conversation, author: Author::Contact { .. }, on: true } if conversation == id)
    );
    let _: () = ana.ok("typing", json!({ "conversation": id, "on": true })).await;
    let heard = hears.heard(|e| matches!(e, VisitorEvent::Typing { .. })).await;
    assert_eq!(heard, VisitorEvent::Typing { name: "Ana Souza".to_owned(), on: true });
    let _: () = ana.ok("mark_read", json!({ "conversation": id, "seen": 1, "unread": false })).await;
    hears.heard(|e| matches!(e, VisitorEvent::Seen { .. })).await;
    // Next door something visible happens last; nothing came before it.
    world.visitor_of(&world.twin).writes("cá").await;
    let first = next_door.until(|_| true).await;
    assert!(
        matches!(first.change, Change::Message { .. } | Change::Conversation { .. } | Change::Checklist { .. } | Change::Contact { .. }),
        "{first:?}"
    );
    world.finish().await;
}

#[tokio::test]
async fn files_are_decided_by_content_and_given_out_inert() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("vou mandar").await;
    let send = async |name: &str, bytes: Vec<u8>, key: ClientKey| {
        let url = format!("{}/widget/v1/files?inbox={}&draft={key}&name={name}", world.base, rui.inbox());
        let request = http().post(url).bearer_auth(rui.token.as_deref().unwrap()).body(bytes);
        request.send().await.unwrap()
    };
    // FAULTS 47: an SVG with a picture's name is a document of opaque bytes.
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let draft = key();
    let kept: UploadView = send("foto.png", svg.clone(), draft).await.json().await.unwrap();
    assert_eq!(kept.kind, AttachmentKind::Document);
    let body = json!({ "inbox": rui.inbox(), "key": draft, "text": "", "files": [kept.key] });
    let sent: VisitorSent = rui.post("messages", &body).await.unwrap();
    let link = sent.message.files[0].link.clone().unwrap();
    let file = http().get(format!("{}{link}", world.base)).send().await.unwrap();
    let headers = file.headers().clone();
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(file.bytes().await.unwrap(), svg);
    // The agent gets it by session, the twin's agent and a stranger do not, and the link dies.
    let path = format!("/files/{}/{}/x", world.here.account, sent.message.files[0].id);
    assert_eq!(ana.get(&path).await.status(), 200);
    assert_eq!(world.twin.ana.get(&path).await.status(), 404);
    assert_eq!(http().get(format!("{}{path}", world.base)).send().await.unwrap().status(), 401);
    assert_eq!(world.twin.ana.get(&path.replacen(&world.here.account.to_string(), &world.twin.account.to_string(), 1)).await.status(), 404);
    world.clock.turn(16 * 60_000);
    assert_eq!(http().get(format!("{}{link}", world.base)).send().await.unwrap().status(), 410);
    // Film is off by the mission's table; an empty or endless file is refused.
    let film = [&[0, 0, 0, 24][..], b"ftypmp42", &[0; 64]].concat();
    assert_eq!(send("a.mp4", film, key()).await.status(), 422);
    assert_eq!(send("vazio.txt", Vec::new(), key()).await.status(), 422);
    assert_eq!(send("grande.bin", vec![7; 41 * 1024 * 1024], key()).await.status(), 413);
    world.finish().await;
}

/// Players seek by asking for parts, and some play nothing that cannot be asked for so (RFC 9110 §14).
#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("manda a lista?").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let file = ana.upload("lista.bin", bytes.clone()).await.key;
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "", "files": [file] } });
    let sent: MessageView = ana.ok("send_reply", draft).await;
    let path = format!("{}/files/{}/{}/lista.bin", world.base, world.here.account, sent.files[0].id);
    let ask = async |range: &str| {
        let request = http().get(&path).header("cookie", &ana.cookie).header("range", range);
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let word = move |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        (status, word("content-range"), word("content-length"), word("accept-ranges"), response.bytes().await.unwrap().to_vec())
    };
    let part =
        |status: u16, range: &str, bytes: &[u8]| (status, range.to_owned(), bytes.len().to_string(), "bytes".to_owned(), bytes.to_vec());
    assert_eq!(ask("bytes=0-1").await, part(206, "bytes 0-1/10000", &bytes[..2]), "what Safari asks first");
    assert_eq!(ask("bytes=9000-").await, part(206, "bytes 9000-9999/10000", &bytes[9000..]));
    assert_eq!(ask("bytes=-5").await, part(206, "bytes 9995-9999/10000", &bytes[9995..]));
    assert_eq!(ask("bytes=9000-20000").await, part(206, "bytes 9000-9999/10000", &bytes[9000..]), "up to the end, as the RFC has it");
    assert_eq!(ask("bytes=10000-").await, part(416, "bytes */10000", &[]));
    assert_eq!(ask("bytes=0-1,5-6").await, part(200, "", &bytes), "several at once: the whole");
    assert_eq!(ask("lines=1-2").await, part(200, "", &bytes));
    world.finish().await;
}

#[tokio::test]
async fn files_keep_the_order_their_sender_gave_them() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("manda tudo?").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let mut files = Vec::new();
    for name in ["um.txt", "dois.txt", "três.txt"] {
        files.insert(0, ana.upload(name, name.as_bytes().to_vec()).await.key);
    }
    let draft = json!({ "draft": { "conversation": row.id, "key": key(), "text": "", "files": files } });
    let reply: MessageView = ana.ok("send_reply", draft).await;
    let names = |message: &MessageView| message.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&reply), ["três.txt", "dois.txt", "um.txt"]);
    let kept = ana.thread(row.number).await.messages.rows.into_iter().find(|m| m.id == reply.id).unwrap();
    assert_eq!(names(&kept), names(&reply), "and after a reload");
    world.finish().await;
}

#[tokio::test]
async fn a_reply_posted_before_the_program_is_there_leaves_once() {
    let world = world().await;
    let ana = &world.here.ana;
    world.visitor().writes("Olá").await;
    let seen = ana.thread(1).await.messages.rows.last().unwrap().id;
    let post = async |text: &str| {
        let form = [("text", text.to_owned()), ("seen", seen.to_string())];
        ana.post_form(&format!("/app/accounts/{}/conversations/1/reply", ana.account), &form).await
    };
    for _ in 0..2 {
        let answer = post("Já vejo").await;
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, "/app/accounts/1/conversations/1"));
    }
    let thread = ana.thread(1).await;
    assert_eq!(thread.messages.rows.iter().filter(|m| m.text == "Já vejo").count(), 1);
    // What cannot be sent is not lost.
    let long = "x".repeat(20_000);
    assert!(post(&long).await.headers()["location"].to_str().unwrap().contains("failed="));
    assert_eq!(ana.thread(1).await.drafts, [(DraftMode::Reply, long)]);
    world.finish().await;
}
