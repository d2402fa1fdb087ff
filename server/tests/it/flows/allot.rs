//! Handing out: whose turn it is, who counts as here, and where it stops.

use crate::world::*;
use model::*;
use serde_json::json;

/// Who has each conversation, by number.
async fn holders(of: &Agent) -> Vec<Option<UserId>> {
    let mut rows = of.list(ListFilter { status: None, ..ListFilter::default() }).await;
    rows.sort_by_key(|row| row.conversation.number);
    rows.into_iter().map(|row| row.conversation.assignee).collect()
}

async fn begins(world: &World, text: &str) {
    world.clock.turn(1_000);
    world.visitor().writes(text).await;
}

#[tokio::test]
async fn conversations_go_to_who_is_here_in_turn_and_no_further_than_allowed() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let caio = ana.colleague("Caio Reis", "caio@loja.example", Role::Agent).await;
    let inbox = json!({ "inbox": world.here.inbox, "change": { "members": [ana.user, bia.user, caio.user], "allotment": { "on": true, "most": 2 } } });
    let detail: InboxDetail = ana.ok("update_inbox", inbox).await;
    assert_eq!(detail.allotment, Allotment { on: true, most: Some(2) });
    begins(&world, "um").await;
    assert_eq!(world.service.allot().await.unwrap(), 0, "nobody is here");

    let mut ana_sees = ana.stream(ana.desk().await.seq).await;
    let bia_sees = bia.stream(bia.desk().await.seq).await;
    let _caio_sees = caio.stream(caio.desk().await.seq).await;
    let _: () = caio.ok("set_availability", json!({ "availability": "busy" })).await;
    begins(&world, "dois").await;
    begins(&world, "três").await;
    assert_eq!(world.service.allot().await.unwrap(), 3);
    // The longest waiting first, in turn; whoever is busy is passed over.
    assert_eq!(holders(ana).await, [Some(ana.user), Some(bia.user), Some(ana.user)]);
    ana_sees.until(|change| matches!(change, Change::Notified { notification: Some(n), .. } if n.kind == NotificationKind::Assigned && n.by.is_none())).await;
    let line = ana.thread(1).await.messages.rows.into_iter().find_map(|m| m.activity);
    assert_eq!(line, Some(Activity::Assigned { by: UserId(0), to: Some(ana.user) }));

    begins(&world, "quatro").await;
    begins(&world, "cinco").await;
    assert_eq!(world.service.allot().await.unwrap(), 1, "two each, and no more");
    assert_eq!(holders(ana).await[3..], [Some(bia.user), None]);
    // Who finishes something has room again; who left has none.
    drop(bia_sees);
    let first = ana.thread(2).await.row.conversation.id;
    let _: () = ana.ok("set_status", json!({ "conversation": first, "status": "resolved" })).await;
    let second = ana.thread(1).await.row.conversation.id;
    let _: () = ana.ok("set_status", json!({ "conversation": second, "status": "resolved" })).await;
    while world.service.allot().await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(holders(ana).await[4], Some(ana.user));
    // What is opened again is handed out again only where nobody has it.
    let _: () = ana.ok("assign", json!({ "conversation": second, "to": null })).await;
    let _: () = caio.ok("set_availability", json!({ "availability": "online" })).await;
    let _: () = caio.ok("set_status", json!({ "conversation": second, "status": "open" })).await;
    let _: () = caio.ok("assign", json!({ "conversation": second, "to": null })).await;
    assert_eq!(world.service.allot().await.unwrap(), 1);
    assert_eq!(holders(ana).await[0], Some(caio.user));
    world.finish().await;
}

#[tokio::test]
async fn a_team_hands_what_it_gets_to_its_own_where_it_wants_to() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let change = json!({ "inbox": world.here.inbox, "change": { "members": [ana.user, bia.user] } });
    let _: InboxDetail = ana.ok("update_inbox", change).await;
    let team = async |name: &str, auto: bool| -> TeamView {
        let draft = json!({ "name": name, "description": "", "auto_assign": auto, "members": [bia.user] });
        ana.ok("save_team", json!({ "id": null, "draft": draft })).await
    };
    let (hands_on, keeps) = (team("Vendas", true).await, team("Troca", false).await);
    let _ana_sees = ana.stream(ana.desk().await.seq).await;
    // Who counts as here without a screen is here.
    let _: () = bia.ok("set_preferences", json!({ "wanted": {}, "auto_offline": false })).await;
    for text in ["um", "dois", "três"] {
        begins(&world, text).await;
    }
    for (number, team) in [(1, hands_on.id), (2, keeps.id)] {
        let id = ana.thread(number).await.row.conversation.id;
        let _: () = ana.ok("act", json!({ "conversation": id, "actions": [{ "assign_team": team }] })).await;
    }
    assert_eq!(world.service.allot().await.unwrap(), 1, "the inbox itself hands out nothing");
    assert_eq!(holders(ana).await, [Some(bia.user), None, None]);
    assert_eq!(world.service.allot().await.unwrap(), 0);
    let wrong = json!({ "inbox": world.here.inbox, "change": { "allotment": { "on": true, "most": 0 } } });
    assert!(ana.call::<InboxDetail>("update_inbox", wrong).await.is_err());
    world.finish().await;
}

#[tokio::test]
async fn api_clients_read_and_set_it_in_the_ecosystems_words() {
    let world = world().await;
    let api = super::Api::of(&world, &world.here.ana).await;
    let path = format!("inboxes/{}", world.here.inbox);
    let shown = |inbox: &serde_json::Value| (inbox["enable_auto_assignment"].clone(), inbox["auto_assignment_config"].clone());
    assert_eq!(shown(&api.ok("GET", &path, json!(null)).await), (json!(false), json!({})));
    let change = json!({ "enable_auto_assignment": true, "auto_assignment_config": { "max_assignment_limit": "3" } });
    api.ok("PATCH", &path, change).await;
    assert_eq!(shown(&api.ok("GET", &path, json!(null)).await), (json!(true), json!({ "max_assignment_limit": 3 })));
    // What is not named stays; a limit of nothing is none.
    api.ok("PATCH", &path, json!({ "name": "Site" })).await;
    assert_eq!(shown(&api.ok("GET", &path, json!(null)).await).0, json!(true));
    api.ok("PATCH", &path, json!({ "auto_assignment_config": {} })).await;
    assert_eq!(shown(&api.ok("GET", &path, json!(null)).await), (json!(true), json!({})));
    world.finish().await;
}
