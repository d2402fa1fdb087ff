//! Authority: every server function by every kind of caller. A function that is not in the table fails the test.

use crate::world::*;
use model::*;
use serde_json::{Value, json};

/// Who may call a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Anybody, signed in or not.
    Anybody,
    /// Somebody signed in, about themselves.
    Person,
    /// A member of the account.
    Agent,
    /// A member of the account, about something in an inbox of theirs.
    Member,
    /// An administrator of the account.
    Administrator,
}

/// Functions that name nothing of an account: each lists or makes something in the caller's own.
const NAMELESS: &[&str] = &[
    "desk",
    "conversations",
    "agents",
    "contacts",
    "channels",
    "create_inbox",
    "begin_login",
    "login_accounts",
    "choose_account",
    "invite_agent",
    "set_availability",
    "filtered",
    "count_filtered",
    "bulk",
    "macros",
    "save_macro",
    "find_clients",
    "create_contact",
    "list_contacts",
    "export_contacts",
    "import_contacts",
    "save_label",
    "save_team",
    "canned",
    "save_canned",
    "attributes",
    "save_attribute",
    "folders",
    "save_folder",
    "update_account",
    "notifications",
    "mark_notification",
    "my_preferences",
    "set_preferences",
    "search",
    "bots",
    "webhooks",
];

/// Every function, its door, and arguments that name what is in Ana's account.
fn table(world: &World) -> Vec<(&'static str, Door, Value)> {
    use Door::{Administrator, Agent, Anybody, Member, Person};
    let (inbox, conversation, message, contact, user) = (world.here.inbox, 1, 1, 1, world.here.ana.user);
    let draft = json!({ "conversation": conversation, "key": key(), "text": "oi" });
    vec![
        ("session", Anybody, json!({})),
        ("sign_up_open", Anybody, json!({})),
        ("sign_up", Anybody, json!({ "draft": { "account": "", "name": "", "email": "", "password": "", "language": "en" } })),
        ("sign_in", Anybody, json!({ "email": "ninguem@loja.example", "password": "x" })),
        ("sign_out", Anybody, json!({})),
        ("help", Anybody, json!({ "language": "en" })),
        ("sends_mail", Anybody, json!({})),
        ("forgot_password", Anybody, json!({ "email": "ninguem@loja.example" })),
        ("reset_password", Anybody, json!({ "token": "x", "password": PASSWORD })),
        ("invitation", Anybody, json!({ "token": "x" })),
        ("accept_invitation", Anybody, json!({ "token": "x", "name": "x", "password": PASSWORD })),
        ("attach_canned", Member, json!({ "id": 9999 })),
        ("push_key", Person, json!({ "endpoint": null })),
        ("subscribe_push", Person, json!({ "draft": { "endpoint": "", "p256dh": "", "auth": "" } })),
        ("unsubscribe_push", Person, json!({ "endpoint": "https://push.example/x" })),
        ("sign_out_everywhere", Person, json!({})),
        ("update_profile", Person, json!({ "draft": {} })),
        ("change_password", Person, json!({ "current": "errada", "new": "outra-senha-boa" })),
        ("access_token", Person, json!({})),
        ("reset_access_token", Person, json!({})),
        ("set_availability", Agent, json!({ "availability": "online" })),
        ("desk", Agent, json!({})),
        ("conversations", Agent, json!({ "filter": ListFilter::default(), "below": null })),
        ("agents", Agent, json!({})),
        ("contacts", Agent, json!({ "search": "", "after": null })),
        ("contact", Agent, json!({ "contact": contact })),
        ("update_contact", Agent, json!({ "contact": contact, "draft": {} })),
        ("thread", Member, json!({ "number": 1, "window": "latest" })),
        ("assign", Member, json!({ "conversation": conversation, "to": null })),
        ("set_status", Member, json!({ "conversation": conversation, "status": "open" })),
        ("mark_read", Member, json!({ "conversation": conversation, "seen": 1, "unread": false })),
        ("typing", Member, json!({ "conversation": conversation, "on": true })),
        ("messages", Member, json!({ "conversation": conversation, "window": "latest" })),
        ("send_reply", Member, json!({ "draft": draft })),
        ("reply_head", Member, json!({ "conversation": conversation, "quote": null })),
        ("send_transcript", Member, json!({ "conversation": conversation, "to": "rui@cliente.example" })),
        ("retry_message", Member, json!({ "message": message })),
        ("save_draft", Member, json!({ "conversation": conversation, "mode": "reply", "text": "oi" })),
        ("act", Member, json!({ "conversation": conversation, "actions": [{ "priority": "high" }] })),
        ("set_participant", Member, json!({ "conversation": conversation, "user": user, "on": true })),
        ("set_attributes", Member, json!({ "conversation": conversation, "values": {} })),
        ("mark_unread", Member, json!({ "conversation": conversation, "from": message })),
        ("viewing", Member, json!({ "conversation": conversation, "on": true })),
        ("merge_conversations", Member, json!({ "from": conversation, "into": conversation })),
        ("delete_conversation", Administrator, json!({ "conversation": 9999 })),
        ("filtered", Agent, json!({ "filter": Filter::everything(), "order": "newest", "below": null })),
        ("count_filtered", Agent, json!({ "filters": [] })),
        ("bulk", Agent, json!({ "target": { "ids": [conversation] }, "actions": ["assign_me"] })),
        ("undo_operation", Member, json!({ "operation": 9999 })),
        ("operation", Member, json!({ "operation": 9999 })),
        ("macros", Agent, json!({})),
        ("save_macro", Agent, json!({ "id": null, "draft": { "name": "m", "shared": false, "actions": ["assign_me"] } })),
        ("delete_macro", Member, json!({ "id": 9999 })),
        ("run_macro", Member, json!({ "id": 9999, "conversation": conversation, "key": key() })),
        ("find_clients", Agent, json!({ "search": "" })),
        ("create_contact", Agent, json!({ "draft": { "name": "Novo", "email": "novo@exemplo.example" } })),
        ("templates", Member, json!({ "inbox": inbox })),
        ("reach", Agent, json!({ "contact": contact })),
        ("start_conversation", Member, json!({ "contact": contact, "inbox": inbox, "key": key() })),
        ("list_contacts", Agent, json!({ "search": "", "filter": Filter::everything(), "order": "name", "after": null })),
        ("block_contact", Agent, json!({ "contact": contact, "on": false })),
        ("contact_notes", Agent, json!({ "contact": contact })),
        ("add_contact_note", Agent, json!({ "contact": contact, "text": "x" })),
        ("delete_contact_note", Member, json!({ "contact": contact, "note": 9999 })),
        ("preview_merge", Member, json!({ "from": contact, "into": 9999 })),
        ("merge_contacts", Member, json!({ "from": contact, "into": 9999 })),
        ("erase_contact", Administrator, json!({ "contact": 9999 })),
        ("export_contact", Administrator, json!({ "contact": contact })),
        ("export_contacts", Administrator, json!({ "search": "", "filter": Filter::everything(), "after": null })),
        ("import_contacts", Administrator, json!({ "draft": { "text": "a@exemplo.example", "columns": ["email"], "heading": false } })),
        ("save_label", Administrator, json!({ "id": null, "draft": label("vip") })),
        ("delete_label", Administrator, json!({ "id": 9999 })),
        (
            "save_team",
            Administrator,
            json!({ "id": null, "draft": { "name": "t", "description": "", "auto_assign": true, "members": [] } }),
        ),
        ("delete_team", Administrator, json!({ "id": 9999 })),
        ("canned", Agent, json!({ "search": "" })),
        ("save_canned", Agent, json!({ "id": null, "code": "oi", "text": "Olá!" })),
        ("delete_canned", Member, json!({ "id": 9999 })),
        ("attributes", Agent, json!({})),
        (
            "save_attribute",
            Administrator,
            json!({ "id": null, "draft": AttributeDraft { key: "plano".into(), label: "Plano".into(), ..AttributeDraft::default() } }),
        ),
        ("delete_attribute", Administrator, json!({ "id": 9999 })),
        ("folders", Agent, json!({})),
        (
            "save_folder",
            Agent,
            json!({ "id": null, "draft": { "name": "f", "entity": "conversation", "shared": false, "filter": Filter::everything() } }),
        ),
        ("delete_folder", Member, json!({ "id": 9999 })),
        ("update_account", Administrator, json!({ "draft": {} })),
        ("reset_link", Administrator, json!({ "user": user })),
        ("notifications", Agent, json!({ "below": null })),
        ("mark_notification", Agent, json!({ "id": null, "read": true })),
        ("my_preferences", Agent, json!({})),
        ("set_preferences", Agent, json!({ "wanted": {}, "auto_offline": true })),
        ("search", Agent, json!({ "text": "oi", "below": null })),
        ("add_note", Member, json!({ "draft": draft })),
        ("undo_send", Member, json!({ "message": message })),
        ("reschedule", Member, json!({ "message": message, "at": null })),
        ("delete_message", Member, json!({ "message": message })),
        ("message_html", Member, json!({ "message": message })),
        ("take_original_sender", Member, json!({ "message": message })),
        ("channels", Administrator, json!({})),
        ("create_inbox", Administrator, json!({ "draft": website("Mais um") })),
        ("sending_domain", Administrator, json!({ "inbox": 9999 })),
        ("try_mail", Administrator, json!({ "inbox": 9999 })),
        ("watch_mail_trial", Administrator, json!({ "inbox": 9999, "mark": "x" })),
        ("bots", Administrator, json!({})),
        (
            "save_bot",
            Administrator,
            json!({ "id": null, "edit": BotEdit { name: "r".into(), inboxes: vec![inbox], ..BotEdit::default() } }),
        ),
        ("bot_report", Administrator, json!({ "period": Period::Days(30), "inbox": inbox, "bot": null })),
        ("delete_bot", Administrator, json!({ "id": 9999 })),
        ("webhooks", Administrator, json!({})),
        (
            "save_webhook",
            Administrator,
            json!({ "id": null, "edit": HookEdit { url: "https://a.example".into(), events: vec!["message_created".into()], inbox: Some(inbox), ..HookEdit::default() } }),
        ),
        ("delete_webhook", Administrator, json!({ "id": 9999 })),
        ("resume_webhook", Administrator, json!({ "id": 9999 })),
        ("test_webhook", Administrator, json!({ "id": 9999 })),
        ("webhook_log", Administrator, json!({ "id": 9999, "below": null })),
        ("webhook_delivery", Administrator, json!({ "webhook": 9999, "id": 9999 })),
        ("send_webhook_again", Administrator, json!({ "webhook": 9999, "id": 9999 })),
        ("rotate_secret", Administrator, json!({ "of": SecretOf::Webhook(9999) })),
        ("begin_login", Administrator, json!({ "kind": "messenger", "inbox": null })),
        ("login_accounts", Administrator, json!({})),
        ("choose_account", Administrator, json!({ "choice": 0 })),
        ("inbox", Administrator, json!({ "inbox": inbox })),
        ("update_inbox", Administrator, json!({ "inbox": inbox, "change": {} })),
        ("invite_agent", Administrator, json!({ "name": "Davi", "email": "davi@loja.example", "role": "agent" })),
        ("set_role", Administrator, json!({ "user": user, "role": "administrator" })),
        ("remove_agent", Administrator, json!({ "user": 9999 })),
        ("delete_inbox", Administrator, json!({ "inbox": inbox, "name": "outro nome" })),
    ]
}

#[tokio::test]
async fn every_function_opens_to_whom_it_should_and_to_nobody_else() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let stranger = Agent { cookie: String::new(), ..ana.clone() };
    let table = table(&world);

    let mut known: Vec<_> = table.iter().map(|(name, ..)| format!("/rpc/{name}")).collect();
    let mut registered: Vec<_> = server_fn_paths();
    known.sort();
    registered.sort();
    assert_eq!(known, registered, "every server function stands in the table");

    for (name, door, args) in &table {
        let status = async |agent: &Agent, account: AccountId| {
            let mut args = args.clone();
            args["account"] = json!(account);
            agent.raw(name, &args).await.status().as_u16()
        };
        let here = world.here.account;
        let signed_out = status(&stranger, here).await;
        match door {
            Door::Anybody => {}
            Door::Person => assert_eq!(signed_out, 401, "{name}, signed out"),
            Door::Agent | Door::Member | Door::Administrator => {
                assert_eq!(signed_out, 401, "{name}, signed out");
                // FAULTS 44: an account one is not of does not exist.
                assert_eq!(status(&world.twin.ana, here).await, 404, "{name}, of another account");
                // Nor do ids of another account exist in one's own.
                let inside = status(&world.twin.ana, world.twin.account).await;
                if !NAMELESS.contains(name) {
                    assert_eq!(inside, 404, "{name}, an id of another account in one's own");
                }
            }
        }
        match door {
            Door::Administrator => assert_eq!(status(&bia, here).await, 403, "{name}, an agent"),
            Door::Member => assert_eq!(status(&bia, here).await, 404, "{name}, not a member of the inbox"),
            Door::Agent => assert_eq!(status(&bia, here).await, 200, "{name}, an agent"),
            Door::Anybody | Door::Person => {}
        }
    }
    world.finish().await;
}

fn server_fn_paths() -> Vec<String> {
    // Naming the crate links it, and with it the registry it fills.
    let _linked = std::any::type_name::<api::Fault>();
    leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(method, http::Method::POST, "{path}: what changes state is never a GET");
            path.to_owned()
        })
        .collect()
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_taken() {
    let world = world().await;
    let ana = &world.here.ana;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    // FAULTS 45: fields that are not the caller's to set are ignored.
    let draft = json!({ "conversation": 1, "key": key(), "text": "oi", "author": { "user": { "id": 2 } }, "state": "read",
        "at": 1, "kind": "note", "account_id": 2 });
    let sent: MessageView = ana.ok("send_reply", json!({ "draft": draft })).await;
    assert_eq!((sent.author, sent.kind, sent.state), (Author::User { id: ana.user }, MessageKind::Outgoing, MessageState::Queued));
    assert_eq!(sent.at, world.service.now());
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let args = json!({ "draft": { "name": "Bia", "role": "administrator", "email": "outra@loja.example", "password": "x" } });
    assert_eq!(bia.raw("update_profile", &args).await.status(), 200);
    let agents: Vec<AgentView> = ana.ok("agents", json!({})).await;
    let her = agents.iter().find(|a| a.id == bia.user).unwrap();
    assert_eq!((her.role, her.email.as_str()), (Role::Agent, "bia@loja.example"));
    world.finish().await;
}
