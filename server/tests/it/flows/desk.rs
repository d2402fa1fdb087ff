//! A day at the desk: starting conversations, notes, actions, macros, bulk work, finding, being told; each held against screens kept by their streams.

use super::feed::Screen;
use crate::world::*;
use model::*;
use serde_json::json;

/// An inbox's members: Ana and Bia.
async fn two(world: &World) -> Agent {
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let members = json!({ "inbox": world.here.inbox, "change": { "members": [ana.user, bia.user] } });
    let _: InboxDetail = ana.ok("update_inbox", members).await;
    bia
}

async fn unread(agent: &Agent) -> i64 {
    agent.desk().await.data.unread
}

/// How a call is answered.
async fn status(agent: &Agent, function: &str, args: &serde_json::Value) -> u16 {
    let mut args = args.clone();
    args["account"] = json!(agent.account);
    agent.raw(function, &args).await.status().as_u16()
}

/// What a visitor's own screen shows.
async fn seen(visitor: &Visitor) -> Vec<String> {
    visitor.hello().await.thread.unwrap().messages.into_iter().map(|m| m.text).collect()
}

#[tokio::test]
async fn a_conversation_is_started_once_and_shown_when_something_is_said() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = two(&world).await;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let contact = ana.thread(1).await.contact.id;
    let _: ContactView =
        ana.ok("update_contact", json!({ "contact": contact, "draft": { "name": "Rui Conceição", "phone": "+55 11 98765-4321", "attributes": { "company": "Padaria" } } })).await;
    // Found by name without accents, by company, by a part of the number.
    for search in ["conceicao", "padar", "8765", "RUI pada"] {
        let found: Vec<ContactView> = ana.ok("find_clients", json!({ "search": search })).await;
        assert_eq!(found.iter().map(|c| c.id).collect::<Vec<_>>(), [contact], "{search}");
    }
    // The same line without the ninth digit is the same person.
    let draft = json!({ "draft": { "name": "Outro", "phone": "+55 11 8765-4321" } });
    let made: MadeContact = ana.ok("create_contact", draft).await;
    assert!(made.existed && made.contact.id == contact);
    let made: MadeContact = ana.ok("create_contact", json!({ "draft": { "name": "Lia", "email": "lia@exemplo.example" } })).await;
    assert!(!made.existed);
    let refused = ana.call::<MadeContact>("create_contact", json!({ "draft": { "name": "Ninguém" } })).await.unwrap_err();
    assert_eq!(refused.status, 422);

    // A website reaches only whom it knows.
    let reach: ReachView = ana.ok("reach", json!({ "contact": made.contact.id })).await;
    assert_eq!((reach.inboxes, reach.why_not), (vec![], vec![Unreachable::WritesFirst]));
    let reach: ReachView = ana.ok("reach", json!({ "contact": contact })).await;
    assert_eq!(reach.inboxes, [world.here.inbox]);

    let mut hers = Screen::open(&bia, &[]).await;
    let mut mine = Screen::open(ana, &[]).await;
    let start = json!({ "contact": contact, "inbox": world.here.inbox, "key": key() });
    let (one, two): (ConversationView, ConversationView) =
        tokio::join!(ana.ok("start_conversation", start.clone()), ana.ok("start_conversation", start));
    assert_eq!((one.id, one.starter), (two.id, Some(ana.user)));
    mine.matches("a conversation begun").await;
    hers.matches("a colleague's conversation begun").await;
    let all = ListFilter { status: None, ..ListFilter::default() };
    assert_eq!((ana.list(all).await.len(), bia.list(all).await.len()), (2, 1));
    assert_eq!(ana.desk().await.data.tallies.of(None, None).all, 1, "what was only begun counts nowhere");
    ana.replies(one.id, "Olá, Rui!").await;
    world.settle().await;
    mine.matches("its first message").await;
    hers.matches("its first message, next to her").await;
    assert_eq!(bia.list(all).await[0].conversation.id, one.id);
    world.finish().await;
}

#[tokio::test]
async fn notes_and_actions_reach_colleagues_and_never_the_customer() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = two(&world).await;
    let mut rui = world.visitor();
    let first = rui.writes("oi").await;
    let mut heard = rui.stream(first.seq).await;
    let mut mine = Screen::open(ana, &[1]).await;
    let mut hers = Screen::open(&bia, &[1]).await;
    let id = ana.thread(1).await.row.conversation.id;

    let note = json!({ "draft": { "conversation": id, "key": key(), "text": "Cuidado, @Bia", "users": [bia.user] } });
    let (a, b): (MessageView, MessageView) = (ana.ok("add_note", note.clone()).await, ana.ok("add_note", note).await);
    assert_eq!((a.id, a.kind), (b.id, MessageKind::Note));
    assert_eq!(unread(&bia).await, 1);
    hers.matches("a note that names her").await;
    let told: Page<NotificationView> = bia.ok("notifications", json!({ "below": null })).await;
    assert_eq!((told.rows[0].kind, told.rows[0].number, told.rows[0].message), (NotificationKind::Mentioned, 1, Some(a.id)));

    let label: LabelView = ana.ok("save_label", json!({ "id": null, "draft": label("VIP") })).await;
    assert_eq!(label.title, "vip");
    let team = json!({ "id": null, "draft": { "name": "Vendas", "description": "", "auto_assign": false, "members": [bia.user] } });
    let team: TeamView = ana.ok("save_team", team).await;
    mine.matches("a label and a team").await;
    let actions = json!([{ "assign": bia.user }, { "assign_team": team.id }, { "priority": "urgent" }, { "add_labels": [label.id] }, { "snooze_for": 3_600_000 }]);
    let _: () = ana.ok("act", json!({ "conversation": id, "actions": actions })).await;
    mine.matches("actions").await;
    hers.matches("actions on hers").await;
    let thread = ana.thread(1).await;
    let view = &thread.row.conversation;
    assert_eq!(
        (view.assignee, view.team, view.priority, view.labels.clone()),
        (Some(bia.user), Some(team.id), Some(Priority::Urgent), vec![label.id])
    );
    assert!(thread.participants.contains(&bia.user));
    assert_eq!(unread(&bia).await, 2, "the mention and the assignment");
    // One that cannot be done undoes them all.
    let bad = json!({ "conversation": id, "actions": [{ "priority": null }, { "assign": 9999 }] });
    assert_eq!(status(ana, "act", &bad).await, 422);
    assert_eq!(ana.thread(1).await.row.conversation.priority, Some(Priority::Urgent));
    // Filters of the list know team and label.
    let filter = ListFilter { status: None, team: Some(team.id), label: Some(label.id), ..ListFilter::default() };
    assert_eq!(ana.list(filter).await.len(), 1);
    // Muted: a message neither wakes it nor tells anybody.
    let _: () = ana.ok("act", json!({ "conversation": id, "actions": [{ "mute": true }] })).await;
    let before = unread(&bia).await;
    rui.writes("alô?").await;
    mine.matches("a message in a muted one").await;
    assert_eq!((ana.thread(1).await.row.conversation.status, unread(&bia).await), (Status::Resolved, before));
    let _: () = ana.ok("delete_label", json!({ "label": 0, "id": label.id })).await;
    let _: () = ana.ok("delete_team", json!({ "id": team.id })).await;
    mine.matches("label and team gone").await;
    hers.matches("label and team gone").await;
    // The customer heard their own two messages and that it was resolved, and nothing else.
    let session: VisitorSession = rui.hello().await;
    assert!(session.thread.unwrap().messages.iter().all(|m| !m.text.contains("Cuidado")));
    let _: () = ana.ok("act", json!({ "conversation": id, "actions": [{ "send": "Resposta" }] })).await;
    let VisitorEvent::Message { message } = heard.heard(|e| matches!(e, VisitorEvent::Message { message } if !message.mine)).await else {
        unreachable!()
    };
    assert_eq!(message.text, "Resposta");
    world.finish().await;
}

#[tokio::test]
async fn a_snooze_ends_on_time_and_the_thread_says_why() {
    let world = world().await;
    let ana = &world.here.ana;
    world.visitor().writes("Amanhã?").await;
    let id = ana.thread(1).await.row.conversation.id;
    let _: () = ana.ok("act", json!({ "conversation": id, "actions": [{ "snooze_for": 3_600_000 }] })).await;
    let status = async || ana.thread(1).await.row.conversation.status;
    world.clock.turn(3_599_000);
    world.service.wake_snoozed().await.unwrap();
    assert!(matches!(status().await, Status::Snoozed { .. }), "not a second early");
    world.clock.turn(1_000);
    world.service.wake_snoozed().await.unwrap();
    assert_eq!(status().await, Status::Open);
    let line = ana.thread(1).await.messages.rows.into_iter().filter_map(|message| message.activity).next_back();
    assert_eq!(line, Some(Activity::Moved { to: StatusKind::Open, cause: Cause::Woke }), "the customer did not write");
    world.finish().await;
}

#[tokio::test]
async fn a_held_message_can_be_taken_back_waits_its_time_and_gives_way() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let mut screen = Screen::open(ana, &[1]).await;
    let id = ana.thread(1).await.row.conversation.id;
    let held = async |text: &str, more: serde_json::Value| {
        let mut draft = json!({ "conversation": id, "key": key(), "text": text });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sent: MessageView = ana.ok("send_reply", json!({ "draft": draft })).await;
        sent
    };
    // Ten seconds to think again.
    let first = held("Ops", json!({ "hold_seconds": 10 })).await;
    assert!(first.is_held());
    world.settle().await;
    screen.matches("a held message").await;
    assert_eq!(seen(&rui).await, ["oi"], "what is held is not the customer's");
    let back: Withdrawn = ana.ok("undo_send", json!({ "message": first.id })).await;
    assert_eq!(back.text, "Ops");
    screen.matches("a message taken back").await;
    // Not taken back, it leaves by itself; once, and behind what was said meanwhile.
    let second = held("Já vou", json!({ "hold_seconds": 10 })).await;
    ana.replies(id, "Um instante").await;
    world.clock.turn(11_000);
    world.settle().await;
    screen.matches("a message let go").await;
    assert_eq!(seen(&rui).await, ["oi", "Um instante", "Já vou"]);
    assert_eq!(status(ana, "undo_send", &json!({ "message": second.id })).await, 404);
    let key_of = ana.thread(1).await.messages.rows.into_iter().find(|m| m.text == "Já vou").unwrap();
    assert_eq!((key_of.key, key_of.state), (second.key, MessageState::Sent));
    // Tomorrow, unless they answer: they do.
    let tomorrow = world.service.now().plus(86_400_000);
    let waits = held("Tudo certo?", json!({ "send_at": tomorrow, "unless_answered": true })).await;
    rui.writes("Resolvido, obrigado").await;
    screen.matches("a message that gave way").await;
    world.clock.turn(86_400_001);
    world.settle().await;
    screen.matches("its time, passed").await;
    assert!(!seen(&rui).await.contains(&"Tudo certo?".to_owned()));
    // Its author may still send it: it takes its place at the end.
    let _: MessageView = ana.ok("retry_message", json!({ "message": waits.id })).await;
    world.settle().await;
    screen.matches("sent after all").await;
    assert_eq!(seen(&rui).await.last().map(String::as_str), Some("Tudo certo?"));
    // A colleague answered since one looked: the second is held back by a refusal.
    let bia = two(&world).await;
    let last = ana.thread(1).await.messages.rows.last().unwrap().id;
    let late = json!({ "draft": { "conversation": id, "key": key(), "text": "eu respondo", "seen": last } });
    bia.replies(id, "Respondi").await;
    assert_eq!(status(ana, "send_reply", &late).await, 409);
    // Deleted for good, quotes of it included.
    let quoting = held("Como eu disse", json!({ "quote": last })).await;
    assert_eq!(quoting.quote.as_ref().map(|q| q.message), Some(last));
    let mine = ana.thread(1).await.messages.rows.into_iter().find(|m| m.text == "Um instante").unwrap();
    let quoting = held("Disse", json!({ "quote": mine.id })).await;
    let gone: MessageView = ana.ok("delete_message", json!({ "message": mine.id })).await;
    assert!(gone.text.is_empty() && gone.deleted_at.is_some());
    let stands = ana.thread(1).await.messages.rows.into_iter().find(|m| m.id == mine.id).unwrap();
    assert_eq!(stands.deleted_by, Some(ana.user), "who did it stays known");
    let theirs = seen(&rui).await;
    assert!(theirs.contains(&"Mensagem apagada".to_owned()) && !theirs.contains(&"Um instante".to_owned()), "{theirs:?}");
    let after = ana.thread(1).await.messages.rows.into_iter().find(|m| m.id == quoting.id).unwrap();
    assert_eq!(after.quote.unwrap().text, "");
    screen.matches("a message deleted").await;
    world.finish().await;
}

#[tokio::test]
async fn many_at_once_and_back_again() {
    let world = world().await;
    let ana = &world.here.ana;
    for text in ["um", "dois", "três"] {
        world.visitor().writes(text).await;
    }
    let label: LabelView = ana.ok("save_label", json!({ "id": null, "draft": label("lote") })).await;
    let mut screen = Screen::open(ana, &[]).await;
    let find = json!({ "is": { "field": "status", "op": "equal", "values": [{ "number": 0 }] } });
    let bulk = json!({ "target": { "matching": find }, "actions": [{ "add_labels": [label.id] }, { "status": "resolved" }, "assign_me"] });
    let work: OperationView = ana.ok("bulk", bulk).await;
    assert_eq!((work.total, work.finished), (3, false));
    world.settle().await;
    screen.matches("bulk work").await;
    let done: OperationView = ana.ok("operation", json!({ "operation": work.id })).await;
    assert_eq!((done.done, done.failed, done.finished, done.undoable), (3, 0, true, true));
    let tallies = ana.desk().await.data.tallies;
    assert_eq!((tallies.of(Some(StatusKind::Resolved), None).mine, tallies.of(Some(StatusKind::Open), None).all), (3, 0));
    // Somebody goes on with one of them; undoing leaves that as it is.
    let rows = ana.list(ListFilter { status: None, ..ListFilter::default() }).await;
    let _: () = ana.ok("set_status", json!({ "conversation": rows[0].conversation.id, "status": "pending" })).await;
    let _: OperationView = ana.ok("undo_operation", json!({ "operation": work.id })).await;
    assert_eq!(status(ana, "undo_operation", &json!({ "operation": work.id })).await, 404, "once");
    world.settle().await;
    screen.matches("bulk work undone").await;
    let tallies = ana.desk().await.data.tallies;
    assert_eq!((tallies.of(Some(StatusKind::Open), None).unassigned, tallies.of(Some(StatusKind::Pending), None).all), (2, 1));
    // Macros: once for one key, all or nothing.
    let made = json!({ "id": null, "draft": { "name": "Fechar", "shared": true, "actions": [{ "send": "Obrigado! {{agent.first_name}}{{contact.email}}" }, { "status": "resolved" }] } });
    let id: MacroId = ana.ok("save_macro", made).await;
    let run = json!({ "id": id, "conversation": rows[1].conversation.id, "key": key() });
    let _: () = ana.ok("run_macro", run.clone()).await;
    let _: () = ana.ok("run_macro", run).await;
    world.settle().await;
    screen.matches("a macro").await;
    let thread = ana.thread(rows[1].conversation.number).await;
    assert_eq!(thread.messages.rows.iter().filter(|m| m.text == "Obrigado! Ana").count(), 1);
    assert_eq!(thread.row.conversation.status, Status::Resolved);
    world.finish().await;
}

#[tokio::test]
async fn everything_is_found_by_whom_it_may_be_and_by_nobody_else() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let mut rui = world.visitor();
    rui.writes("A nota fiscal não chegou, veja https://loja.example/x").await;
    world.visitor().writes("Promoção de açúcar").await;
    world.visitor_of(&world.twin).writes("nota fiscal da gêmea").await;
    let id = ana.thread(1).await.row.conversation.id;
    let _: MessageView = ana.ok("add_note", json!({ "draft": { "conversation": id, "key": key(), "text": "Segredo interno" } })).await;
    let find = async |agent: &Agent, text: &str| {
        let found: SearchView = agent.ok("search", json!({ "text": text, "below": null })).await;
        found.messages.into_iter().map(|m| m.number).collect::<Vec<_>>()
    };
    for (text, found) in [
        ("nota fisc", vec![1]),
        ("acucar", vec![2]),
        ("AÇÚCAR", vec![2]),
        ("segredo", vec![1]),
        ("\"fiscal não\"", vec![1]),
        ("\"não fiscal\"", vec![]),
        ("nota -fiscal", vec![]),
        ("tem:link", vec![1]),
        ("status:resolvida nota", vec![]),
        ("canal:site promo", vec![2]),
        ("atribuído:eu nota", vec![]),
        ("' OR 1=1 -- \" * (", vec![]),
        ("tag:nenhuma", vec![]),
        ("antes:2001-01-01 nota", vec![]),
    ] {
        assert_eq!(find(ana, text).await, found, "{text}");
    }
    assert_eq!(find(&bia, "nota").await, [0_i64; 0], "not a member of the inbox");
    let number: SearchView = ana.ok("search", json!({ "text": "#2", "below": null })).await;
    assert_eq!(number.conversations[0].number, 2);

    // Filters: each field as it is meant, and hostile ones refused.
    let filtered = async |filter: serde_json::Value| {
        let page: Stamped<Page<ListRow>> = ana.ok("filtered", json!({ "filter": filter, "order": "first_created", "below": null })).await;
        page.data.rows.into_iter().map(|r| r.conversation.number).collect::<Vec<_>>()
    };
    let is =
        |field: serde_json::Value, op: &str, values: serde_json::Value| json!({ "is": { "field": field, "op": op, "values": values } });
    assert_eq!(filtered(json!({ "all": [] })).await, [1, 2]);
    assert_eq!(filtered(is(json!("unread"), "present", json!([]))).await, [1, 2]);
    assert_eq!(filtered(is(json!("number"), "greater", json!([{ "number": 1 }]))).await, [2]);
    assert_eq!(filtered(json!({ "not": is(json!("assignee"), "absent", json!([])) })).await, [0_i64; 0]);
    assert_eq!(filtered(is(json!({ "attribute": "plano" }), "absent", json!([]))).await, [1, 2]);
    assert_eq!(filtered(is(json!({ "contact_attribute": "company" }), "contains", json!([{ "text": "%' --" }]))).await, [0_i64; 0]);
    assert_eq!(filtered(is(json!("has"), "equal", json!([{ "text": "link" }]))).await, [1]);
    assert_eq!(filtered(is(json!("created"), "older_than_days", json!([{ "number": 3 }]))).await, [0_i64; 0]);
    let bad = json!({ "filter": is(json!({ "attribute": "a') OR 1=1 --" }), "equal", json!([{ "text": "x" }])), "order": "newest", "below": null });
    assert_eq!(status(ana, "filtered", &bad).await, 422);
    // A folder counts what it finds.
    let draft = json!({ "name": "Tudo", "entity": "conversation", "shared": true, "filter": { "all": [] } });
    let _: FolderId = ana.ok("save_folder", json!({ "id": null, "draft": draft })).await;
    let (mine, hers): (Vec<FolderView>, Vec<FolderView>) = (ana.ok("folders", json!({})).await, bia.ok("folders", json!({})).await);
    assert_eq!((mine[0].count, hers[0].count), (Some(2), Some(0)));
    world.finish().await;
}

#[tokio::test]
async fn whoever_sees_only_their_own_sees_it_everywhere() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = two(&world).await;
    let mut rui = world.visitor();
    rui.writes("primeira nota").await;
    world.visitor().writes("segunda nota").await;
    let rows = ana.list(ListFilter::default()).await;
    let (second, first) = (rows[0].conversation.id, rows[1].conversation.id);
    let _: () = ana.ok("assign", json!({ "conversation": first, "to": bia.user })).await;
    let _: () = ana.ok("update_account", json!({ "draft": { "settings": { "agents_see": "mine", "undo_seconds": 0 } } })).await;
    let mut hers = Screen::open(&bia, &[1]).await;
    let find: SearchView = bia.ok("search", json!({ "text": "nota", "below": null })).await;
    assert_eq!(find.messages.iter().map(|m| m.number).collect::<Vec<_>>(), [1]);
    assert_eq!(bia.desk().await.data.tallies.of(None, None), Tally { mine: 1, unassigned: 0, all: 1 });
    assert_eq!(status(&bia, "thread", &json!({ "number": 2, "window": "latest" })).await, 404);
    assert_eq!(status(&bia, "assign", &json!({ "conversation": second, "to": bia.user })).await, 404);
    // Who types where is told to whoever sees it: the first she hears of is in her own.
    let mut stream = bia.stream(bia.desk().await.seq).await;
    for conversation in [second, first] {
        let _: () = ana.ok("typing", json!({ "conversation": conversation, "on": true })).await;
    }
    let heard = loop {
        let sse = stream.next().await.unwrap();
        if let Ok(Signal::Typing { conversation, .. }) = serde_json::from_str(&sse.data) {
            break conversation;
        }
    };
    assert_eq!(heard, first);
    // What comes to her appears, what goes from her is gone, and what others have is silent.
    ana.replies(second, "Segunda resposta").await;
    world.settle().await;
    hers.matches("a reply elsewhere").await;
    let _: () = ana.ok("assign", json!({ "conversation": second, "to": bia.user })).await;
    hers.matches("one that came to her").await;
    let _: () = ana.ok("assign", json!({ "conversation": first, "to": ana.user })).await;
    hers.without(1);
    hers.matches("one that went from her").await;
    rui.writes("ainda aí?").await;
    hers.matches("a message in one that went").await;
    // Her team's count too, where that is the rule.
    let team = json!({ "id": null, "draft": { "name": "Vendas", "description": "", "auto_assign": false, "members": [bia.user] } });
    let team: TeamView = ana.ok("save_team", team).await;
    let _: () = ana.ok("act", json!({ "conversation": first, "actions": [{ "assign_team": team.id }] })).await;
    let _: () = ana.ok("update_account", json!({ "draft": { "settings": { "agents_see": "team", "undo_seconds": 0 } } })).await;
    assert_eq!(bia.desk().await.data.tallies.of(None, None).all, 2);
    let mut hers = Screen::open(&bia, &[1, 2]).await;
    let _: () = ana.ok("act", json!({ "conversation": first, "actions": [{ "assign_team": null }] })).await;
    hers.without(1);
    hers.matches("one that left her team").await;
    world.finish().await;
}

#[tokio::test]
async fn contacts_are_merged_imported_and_erased_without_a_trace() {
    let world = world().await;
    let ana = &world.here.ana;
    let (mut rui, mut twice) = (world.visitor(), world.visitor());
    rui.writes("canarinho amarelo").await;
    twice.writes("sou eu de novo").await;
    let (a, b) = (ana.thread(1).await.contact.id, ana.thread(2).await.contact.id);
    let draft = |name: &str, email: &str| json!({ "name": name, "email": email, "attributes": { "cidade": name } });
    let _: ContactView = ana.ok("update_contact", json!({ "contact": a, "draft": draft("Rui", "rui@exemplo.example") })).await;
    let _: ContactView = ana.ok("update_contact", json!({ "contact": b, "draft": draft("Rui A.", "rui2@exemplo.example") })).await;
    let note: ContactNoteView = ana.ok("add_contact_note", json!({ "contact": b, "text": "cliente antigo" })).await;
    let mut screen = Screen::open(ana, &[1, 2]).await;
    let preview: MergePreview = ana.ok("preview_merge", json!({ "from": b, "into": a })).await;
    assert_eq!((preview.conversations, preview.result.email.as_deref()), (1, Some("rui@exemplo.example")));
    assert!(preview.lost.contains(&("email".to_owned(), "rui2@exemplo.example".to_owned())), "{:?}", preview.lost);
    let one: ContactView = ana.ok("merge_contacts", json!({ "from": b, "into": a })).await;
    assert_eq!(one, preview.result);
    screen.matches("contacts merged").await;
    let notes: Vec<ContactNoteView> = ana.ok("contact_notes", json!({ "contact": a })).await;
    assert_eq!(notes, [note]);
    // Now both conversations are one person's, and can be one.
    let _: () =
        ana.ok("save_draft", json!({ "conversation": ana.thread(2).await.row.conversation.id, "mode": "reply", "text": "rascunho" })).await;
    let (from, into) = (ana.thread(2).await.row.conversation.id, ana.thread(1).await.row.conversation.id);
    let _: () = ana.ok("merge_conversations", json!({ "from": from, "into": into })).await;
    screen.without(2);
    screen.matches("conversations merged").await;
    let whole = ana.thread(1).await;
    assert_eq!(whole.drafts, [(DraftMode::Reply, "rascunho".to_owned())]);
    assert_eq!(whole.messages.rows.iter().filter(|m| m.kind == MessageKind::Incoming).count(), 2);
    assert_eq!(ana.desk().await.data.tallies.of(None, None).all, 1);

    let text = "nome;e-mail;fone;plano\nLia;LIA@exemplo.example;(21) 99999-0000;ouro\nRui de novo;rui@exemplo.example;;prata\nSem nada;;;\nRuim;não é;;\n";
    let import = json!({ "draft": { "text": text, "columns": ["name", "email", "phone", "plano"], "heading": true } });
    let work: OperationView = ana.ok("import_contacts", import).await;
    world.settle().await;
    let done: OperationView = ana.ok("operation", json!({ "operation": work.id })).await;
    assert_eq!((done.done, done.failed, done.report.iter().map(|r| r.0).collect::<Vec<_>>()), (4, 2, vec![4, 5]));
    let page: Page<ContactView> =
        ana.ok("list_contacts", json!({ "search": "", "filter": { "all": [] }, "order": "name", "after": null })).await;
    assert_eq!(page.rows.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Lia", "Rui de novo"]);
    // However a number is written, it is found.
    for search in ["(21) 99999-0000", "21 9999-0000", "99999 0000"] {
        let found: Page<ContactView> =
            ana.ok("list_contacts", json!({ "search": search, "filter": { "all": [] }, "order": "name", "after": null })).await;
        assert_eq!(found.rows.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Lia"], "{search}");
    }
    let csv: ExportPage = ana.ok("export_contacts", json!({ "search": "lia", "filter": { "all": [] }, "after": null })).await;
    assert!(csv.text.lines().count() == 2 && csv.text.contains("+5521999990000"), "{}", csv.text);

    let told: String = ana.ok("export_contact", json!({ "contact": a })).await;
    assert!(told.contains("canarinho amarelo") && told.contains("cliente antigo"));
    let before = ana.desk().await.seq;
    let _: () = ana.ok("erase_contact", json!({ "contact": a })).await;
    // Nothing of them is left: not in search, not in the journal, not on their own screen.
    let found: SearchView = ana.ok("search", json!({ "text": "canarinho", "below": null })).await;
    assert!(found.messages.is_empty() && found.contacts.is_empty());
    let journal: serde_json::Value = ana.get(&format!("/events/{}/page?after={}", ana.account, before.0 - 5)).await.json().await.unwrap();
    assert!(!journal.to_string().contains("canarinho") && !journal.to_string().contains("rui@exemplo"), "{journal}");
    assert_eq!(status(ana, "contact", &json!({ "contact": a })).await, 404);
    assert_eq!(ana.desk().await.data.tallies.of(None, None).all, 0);
    world.finish().await;
}
