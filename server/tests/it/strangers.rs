//! Every operation of the published document, asked by those who may not: nobody, another account, one's own account with what is another's, and
//! a colleague of lower rank (FAULTS 44). What is asserted is that nothing is done and nothing told; what a right caller gets is asserted elsewhere.

use crate::docs::{Seeds, document};
use crate::flows::Api;
use crate::world::*;
use model::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What only administrators and the people of an inbox change.
const KEPT: [&str; 9] = [
    "/agents",
    "/agent_bots",
    "/inboxes",
    "/inbox_members",
    "/teams",
    "/labels",
    "/custom_attribute_definitions",
    "/webhooks",
    "/conversations/{conversation_id}",
];

/// An operation on an account: its method, its path's template and the body the document shows.
type Operation = (String, String, Option<Value>);

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains("/accounts/{account_id}")) {
        for (method, operation) in methods.as_object().unwrap() {
            // An open stream has no answer to wait for.
            let later = operation["responses"].get("200").or(operation["responses"].get("204")).is_none();
            if !later && path.starts_with("/api/") && !path.ends_with("/events") {
                let example = operation["requestBody"]["content"]["application/json"]["example"].clone();
                all.push((method.to_uppercase(), path.clone(), (!example.is_null()).then_some(example)));
            }
        }
    }
    all
}

/// Makes one of everything in an account, and says under which ids it stands.
async fn furnish(document: &Value, place: &Place, api: &Api) -> Seeds {
    let mut seeds = Seeds(BTreeMap::from([
        ("accounts".to_owned(), json!(place.account)),
        ("self".to_owned(), json!(place.ana.user)),
        ("inboxes".to_owned(), json!(place.inbox)),
        ("inbox_members".to_owned(), json!(place.inbox)),
    ]));
    let mut makes: Vec<_> =
        operations(document).into_iter().filter(|(method, path, _)| method == "POST" && !path.ends_with("filter")).collect();
    makes.sort_by_key(|(_, path, _)| (path.matches('/').count(), path.clone()));
    // A contact stands before its conversation, and an inbox before both.
    for (_, path, body) in &makes {
        let (Some(body), false) = (body, path.contains("actions")) else { continue };
        if path.contains("{id}/") && !path.ends_with("/notes") {
            continue;
        }
        let mut body = seeds.body(path, body);
        if body.get("email").is_some() {
            // Who is in both accounts is no stranger to either.
            body["email"] = json!(format!("somebody{}@loja.example", place.account));
        }
        let answer = api.raw("POST", &seeds.path(path), Some(&body), &[]).await;
        if answer.status().is_success() {
            seeds.keep(path, &answer.json().await.unwrap_or_default());
        }
    }
    seeds
}

/// What an administrator of an account can read of it, by path; but an address a contact might have is drawn anew whenever it is asked for.
async fn snapshot(all: &[Operation], seeds: &Seeds, api: &Api) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for (_, path, _) in all.iter().filter(|(method, path, _)| method == "GET" && !path.ends_with("/contactable_inboxes")) {
        let answer = api.raw("GET", &seeds.path(path), None, &[]).await;
        told.insert(path.clone(), format!("{} {}", answer.status(), answer.text().await.unwrap()));
    }
    told
}

fn assert_same(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, who: &str) {
    for (path, told) in before {
        assert_eq!(told, &after[path], "{who} changed {path}");
    }
}

/// The same ids, but these.
fn with(seeds: &Seeds, changed: [(&str, Value); 2]) -> Seeds {
    Seeds(seeds.0.clone().into_iter().chain(changed.map(|(key, id)| (key.to_owned(), id))).collect())
}

#[tokio::test]
async fn no_operation_serves_a_stranger() {
    let world = world().await;
    let document = document(&world).await;
    let all = operations(&document);
    assert!(all.len() > 170, "{}", all.len());
    let (ana, twin) = (Api::of(&world, &world.here.ana).await, Api::of(&world, &world.twin.ana).await);
    let theirs = furnish(&document, &world.twin, &twin).await;
    let ours = furnish(&document, &world.here, &ana).await;
    let before = (snapshot(&all, &theirs, &twin).await, snapshot(&all, &ours, &ana).await);

    let (nobody, foreign) = (Api::with(&world, world.here.account, ""), Api::with(&world, world.here.account, &twin.token));
    // Numbers of conversations are each account's own: one that is not here stands for another's.
    let mixed = with(&theirs, [("accounts", json!(world.here.account)), ("conversations", json!(999))]);
    let mut wrong = Vec::new();
    for (method, path, body) in &all {
        let (own, body, others) = (ours.path(path), body.as_ref().map(|b| ours.body(path, b)), body.as_ref().map(|b| mixed.body(path, b)));
        let named = path.matches('{').count() > 1 && !path.ends_with("/{what}");
        let tries = [
            (&nobody, &own, &body, 401..402),
            (&foreign, &own, &body, 404..405),
            (&ana, &mixed.path(path), &body, if named { 404..405 } else { 0..1000 }),
            // Taking off whoever was never there is done already.
            (
                &ana,
                &own,
                &others,
                if body == others {
                    0..1000
                } else if method == "DELETE" {
                    200..500
                } else {
                    400..500
                },
            ),
        ];
        for (at, (caller, to, body, wanted)) in tries.into_iter().enumerate().filter(|(_, (.., wanted))| wanted.end < 1000) {
            let status = caller.raw(method, to, body.as_ref(), &[]).await.status().as_u16();
            if !wanted.contains(&status) {
                wrong.push(format!("try {at}: {method} {to} {}: {status}", body.clone().unwrap_or_default()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_same(&before.0, &snapshot(&all, &theirs, &twin).await, "a stranger");
    assert_same(&before.1, &snapshot(&all, &ours, &ana).await, "a stranger");

    // A colleague who is in no inbox and administers nothing may write down people, and has texts and settings of their own: no more.
    let bia = world.here.ana.colleague("Bia", "bia@loja.example", Role::Agent).await;
    let bia = Api::of(&world, &bia).await;
    let kept: Vec<Operation> =
        all.iter().filter(|(_, path, _)| KEPT.iter().any(|kept| path.contains(&format!("{{account_id}}{kept}")))).cloned().collect();
    let before = snapshot(&kept, &ours, &ana).await;
    assert!(before.len() > 25, "{}", before.len());
    for (method, path, body) in all.iter().filter(|(_, path, _)| !path.ends_with("/profile") && !path.contains("/contact")) {
        let (to, body) = (ours.path(path), body.as_ref().map(|b| ours.body(path, b)));
        let status = bia.raw(method, &to, body.as_ref(), &[]).await.status().as_u16();
        if path.contains("{conversation_id}") && status != 404 {
            wrong.push(format!("{method} {to}: {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_same(&before, &snapshot(&kept, &ours, &ana).await, "a colleague");
}
