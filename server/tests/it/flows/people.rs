//! People: invitations, roles, sessions and resets.

use crate::world::*;
use model::*;
use serde_json::json;

#[tokio::test]
async fn an_agent_sees_only_inboxes_they_are_a_member_of() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Agent).await;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let number = 1;
    assert!(bia.list(ListFilter::default()).await.is_empty());
    assert_eq!(bia.desk().await.data.tallies.of(None, None), Tally::default());
    let args = json!({ "number": number, "window": "latest" });
    assert_eq!(bia.call::<serde_json::Value>("thread", args.clone()).await.unwrap_err().status, 404);
    let mut live = bia.stream(bia.desk().await.seq).await;
    // Membership is told at once: the stream ends, and what is loaded afresh has the inbox.
    let _: InboxDetail = ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": { "members": [ana.user, bia.user] } })).await;
    loop {
        let sse = live.next().await.expect("a reset before the end");
        if sse.name == "reset" {
            break;
        }
        assert!(!sse.data.contains("\"message\""), "nothing of the inbox comes before the reset");
    }
    assert_eq!(bia.list(ListFilter::default()).await.len(), 1);
    // And taken away again while the thread is open: FAULTS 39.
    let mut live = bia.stream(bia.desk().await.seq).await;
    let _: InboxDetail = ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": { "members": [ana.user] } })).await;
    while let Some(sse) = live.next().await {
        if sse.name == "reset" {
            break;
        }
    }
    rui.writes("segredo").await;
    assert_eq!(live.next().await, None, "the stream is over");
    assert_eq!(bia.call::<serde_json::Value>("thread", args).await.unwrap_err().status, 404);
    world.finish().await;
}

#[tokio::test]
async fn an_invitation_works_once_and_not_for_ever() {
    let world = world().await;
    let ana = &world.here.ana;
    let invite = async |email: &str| {
        let made: InvitedView = ana.ok("invite_agent", json!({ "name": "Caio", "email": email, "role": "agent" })).await;
        made.link.unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let accept = async |token: &str| {
        let args = json!({ "token": token, "name": "Caio", "password": PASSWORD });
        http().post(format!("{}/rpc/accept_invitation", world.base)).json(&args).send().await.unwrap().status().as_u16()
    };
    let first = invite("caio@loja.example").await;
    let second = invite("caio@loja.example").await;
    assert_eq!(accept(&first).await, 410, "a newer link replaces it");
    assert_eq!(accept(&second).await, 200);
    assert_eq!(accept(&second).await, 410, "it works once");
    let late = invite("davi@loja.example").await;
    world.clock.turn(8 * 24 * 3_600_000);
    assert_eq!(accept(&late).await, 410);
    world.finish().await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let world = world().await;
    let ana = &world.here.ana;
    let refused = ana.call::<()>("set_role", json!({ "user": ana.user, "role": "agent" })).await.unwrap_err();
    assert_eq!(refused.body.code, FaultCode::Conflict);
    assert_eq!(ana.call::<()>("remove_agent", json!({ "user": ana.user })).await.unwrap_err().body.code, FaultCode::Conflict);
    world.finish().await;
}

/// FAULTS 54.
#[tokio::test]
async fn sessions_end_when_they_should() {
    let world = world().await;
    let ana = &world.here.ana;
    let phone = sign_in(&world.base, &ana.email).await;
    assert_ne!(phone.cookie, ana.cookie);
    let alive = async |agent: &Agent| agent.call::<serde_json::Value>("desk", json!({})).await.is_ok();
    // Signing out ends this one only, on the server too.
    assert_eq!(phone.raw("sign_out", &json!({})).await.status(), 200);
    assert!(!alive(&phone).await && alive(ana).await);
    // A new password ends the others.
    let phone = sign_in(&world.base, &ana.email).await;
    let args = json!({ "current": PASSWORD, "new": "outra-senha-boa" });
    assert_eq!(ana.raw("change_password", &args).await.status(), 200);
    assert!(!alive(&phone).await && alive(ana).await);
    // A reset link ends all of them, works once, and its stream goes too.
    let mut live = ana.stream(ana.desk().await.seq).await;
    let link = world.service.make_reset_link(&ana.email).await.unwrap().unwrap();
    let token = link.rsplit('/').next().unwrap();
    let reset = async |password: &str| {
        let args = json!({ "token": token, "password": password });
        http().post(format!("{}/rpc/reset_password", world.base)).json(&args).send().await.unwrap().status().as_u16()
    };
    assert_eq!(reset("curta").await, 422, "a bad password does not use the link up");
    assert_eq!(reset(PASSWORD).await, 200);
    assert_eq!(reset(PASSWORD).await, 410);
    assert!(!alive(ana).await);
    while let Some(sse) = live.next().await {
        assert!(["reset", "signal"].contains(&sse.name.as_str()), "{sse:?}");
    }
    // And a month unused is the end.
    let fresh = sign_in(&world.base, &ana.email).await;
    world.clock.turn(31 * 24 * 3_600_000);
    assert!(!alive(&fresh).await);
    world.finish().await;
}
