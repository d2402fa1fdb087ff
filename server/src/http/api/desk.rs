//! What lies across conversations: search, notifications, work on many at once, and the figures that are kept anyway.

use super::call::{Call, Verb, done, id, list, number, object, ok, text};
use super::problem::{Answer, Problem};
use model::*;
use serde_json::{Map, Value, json};
use service::{Ask, Scope};

/// Answers a request below `/search`.
pub async fn search(call: &Call, scope: &Scope, rest: &[&str]) -> Answer {
    let service = &call.app.service;
    let words = call.text("q").unwrap_or_default();
    if call.verb != Verb::Get {
        return Err(Problem::missing());
    }
    let wants = |what: &str| rest.is_empty() || rest == [what];
    if !["conversations", "contacts", "messages"].iter().any(|what| wants(what)) {
        return Err(Problem::missing());
    }
    let mut payload = Map::new();
    if wants("conversations") {
        let ask = Ask { status: None, text: words.clone(), page: call.page(), ..Ask::default() };
        let found = if words.trim().is_empty() { Vec::new() } else { service.rest_conversations(scope, ask).await?.1 };
        payload.insert("conversations".to_owned(), found.into());
    }
    if wants("contacts") {
        let found = service.rest_contacts(scope, &words, Filter::everything(), ContactOrder::Active, call.page()).await?.1;
        payload.insert("contacts".to_owned(), found.into());
    }
    if wants("messages") {
        let mut found = Vec::new();
        for hit in service.search(scope, &words, None).await?.messages {
            found.push(service.rest_message(scope, hit.number, hit.message).await?);
        }
        payload.insert("messages".to_owned(), found.into());
    }
    ok(json!({ "payload": payload }))
}

fn kind(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Created => "conversation_creation",
        NotificationKind::Assigned => "conversation_assignment",
        NotificationKind::AssignedMessage => "assigned_conversation_new_message",
        NotificationKind::ParticipatingMessage => "participating_conversation_new_message",
        NotificationKind::Mentioned => "conversation_mention",
        NotificationKind::Webhook => "webhook_off",
    }
}

/// The kinds clients know.
fn kinds() -> impl Iterator<Item = NotificationKind> {
    NotificationKind::ALL.into_iter().filter(|k| k.of_conversation())
}

/// Answers a request below `/notifications`.
pub async fn notifications(call: &Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Get, Patch, Post};
    let service = &call.app.service;
    let unread = || async { Ok::<_, Problem>(service.desk(scope).await?.data.unread) };
    match (call.verb, rest) {
        (Get, []) => {
            let mut rows = Vec::new();
            let mut below = None;
            for _ in 0..call.page().min(40) {
                let page = service.notifications(scope, below).await?;
                below = page.rows.last().map(|n| n.id);
                rows = page.rows;
                if !page.more {
                    break;
                }
            }
            let mut payload = Vec::new();
            // Clients know of conversations only.
            for n in rows.iter().filter(|n| n.kind.of_conversation()) {
                // What the caller may no longer see is told no more.
                let Ok(actor) = service.rest_conversation(scope, n.conversation).await else { continue };
                payload.push(json!({
                    "id": n.id, "notification_type": kind(n.kind), "push_message_title": n.text, "primary_actor_type": "Conversation",
                    "primary_actor_id": n.number, "primary_actor": actor, "read_at": n.read_at.map(|t| t.0 / 1000), "created_at": n.at.0 / 1000,
                    "last_activity_at": n.at.0 / 1000, "snoozed_until": null, "account_id": scope.account(),
                }));
            }
            let meta = json!({ "unread_count": unread().await?, "count": payload.len(), "current_page": call.page() });
            ok(json!({ "data": { "meta": meta, "payload": payload } }))
        }
        (Get, ["unread_count"]) => ok(json!(unread().await?)),
        (Post, ["read_all"]) => {
            service.mark_notification(scope, None, true).await?;
            done()
        }
        (Patch, [one]) => {
            service.mark_notification(scope, Some(NotificationId(id(one)?)), true).await?;
            done()
        }
        (Post, [one, "unread"]) => {
            service.mark_notification(scope, Some(NotificationId(id(one)?)), false).await?;
            done()
        }
        (_, [_, "snooze"] | [_]) => Err(Problem::later("Snoozing and deleting notifications is")),
        _ => Err(Problem::missing()),
    }
}

/// `notification_settings`: what the caller wants to be told by mail and by push.
pub async fn settings(call: &Call, scope: &Scope) -> Answer {
    let service = &call.app.service;
    let (mut wanted, away) = service.preferences(scope).await?;
    if call.verb == Verb::Patch {
        let given = call.inner("notification_settings");
        let chosen = |key: &str| list(&given, key);
        let (mail, push) = (chosen("selected_email_flags"), chosen("selected_push_flags"));
        for known in kinds() {
            let mut ways = wanted.of(known);
            let named = |prefix: &str, flags: &[String]| flags.iter().any(|f| *f == format!("{prefix}_{}", kind(known)));
            if let Some(flags) = &mail {
                ways.mail = named("email", flags);
            }
            if let Some(flags) = &push {
                ways.push = named("push", flags);
            }
            wanted.0.insert(known, ways);
        }
        service.set_preferences(scope, wanted.clone(), away).await?;
    } else if call.verb != Verb::Get {
        return Err(Problem::missing());
    }
    let flags = |prefix: &str, on: fn(Ways) -> bool| -> Vec<String> {
        kinds().filter(|k| on(wanted.of(*k))).map(|k| format!("{prefix}_{}", kind(k))).collect()
    };
    let all = |prefix: &str| -> Vec<String> { kinds().map(|k| format!("{prefix}_{}", kind(k))).collect() };
    ok(json!({
        "id": scope.user(), "user_id": scope.user(), "account_id": scope.account(), "all_email_flags": all("email"), "all_push_flags": all("push"),
        "selected_email_flags": flags("email", |w| w.mail), "selected_push_flags": flags("push", |w| w.push),
    }))
}

/// `bulk_actions`: the same to many conversations.
pub async fn bulk(call: &Call, scope: &Scope) -> Answer {
    let service = &call.app.service;
    if call.verb != Verb::Post {
        return Err(Problem::missing());
    }
    if call.text("type").is_some_and(|kind| kind != "Conversation") {
        return Err(Problem::field("type", Violation::Malformed));
    }
    let numbers = call.params.get("ids").map(super::conversations::numbers).unwrap_or_default();
    if numbers.is_empty() || numbers.len() > 1000 {
        return Err(Problem::field("ids", Violation::Malformed));
    }
    let mut ids = Vec::new();
    for number in numbers {
        ids.push(service.rest_id(scope, number).await?.id);
    }
    let mut actions = Vec::new();
    let fields = object(&call.params, "fields").unwrap_or_default();
    if let Some(word) = text(&fields, "status") {
        let status = match word.as_str() {
            "open" => Status::Open,
            "resolved" => Status::Resolved,
            "pending" => Status::Pending,
            "snoozed" => Status::Snoozed { until: text(&call.params, "snoozed_until").and_then(|t| service::moment(&t)) },
            _ => return Err(Problem::field("status", Violation::Malformed)),
        };
        actions.push(Action::Status(status));
    }
    if let Some(to) = fields.get("assignee_id") {
        actions.push(Action::Assign(number(to).filter(|id| *id > 0).map(UserId)));
    }
    if let Some(to) = fields.get("team_id") {
        actions.push(Action::AssignTeam(number(to).filter(|id| *id > 0).map(TeamId)));
    }
    if let Some(labels) = object(&call.params, "labels") {
        for (key, add) in [("add", true), ("remove", false)] {
            let titles = list(&labels, key).unwrap_or_default();
            if !titles.is_empty() {
                let found = service.rest_labels(scope, &titles).await?;
                actions.push(if add { Action::AddLabels(found) } else { Action::RemoveLabels(found) });
            }
        }
    }
    service.bulk(scope, Target::Ids(ids), actions).await?;
    done()
}

/// From when to when; the last thirty days where nothing is said. Only reports of the whole account are counted.
fn span(call: &Call) -> Result<(Timestamp, Timestamp), Problem> {
    if call.text("type").is_some_and(|of| of != "account") {
        return Err(Problem::later("Reports of less than the account are"));
    }
    let moment = |key: &str, usual: Timestamp| match call.text(key).filter(|t| !t.is_empty()) {
        Some(given) => service::moment(&given).ok_or_else(|| Problem::field(key, Violation::Malformed)),
        None => Ok(usual),
    };
    let now = call.app.service.now();
    Ok((moment("since", now.plus(-30 * 86_400_000))?, moment("until", now)?))
}

/// Answers a request below `/reports` with what is counted anyway; the rest is named as missing.
pub async fn reports(call: &Call, scope: &Scope, rest: &[&str]) -> Answer {
    let service = &call.app.service;
    match (call.verb, rest, call.text("type").as_deref()) {
        (Verb::Get, ["conversations"], Some("account")) => {
            let now = service.desk(scope).await?.data.tallies.of(Some(StatusKind::Open), None);
            let waits = Filter::one(FilterField::Unattended, Operator::Present, None);
            let open = Filter::one(FilterField::Status, Operator::Equal, Some(FilterValue::Number(StatusKind::Open.number())));
            let unattended = service.count_filtered(scope, vec![Filter::All(vec![open, waits])]).await?;
            ok(json!({ "open": now.all, "unattended": unattended.first(), "unassigned": now.unassigned }))
        }
        (Verb::Get, ["conversations"], Some("agent")) => {
            let only = call.number("user_id");
            let mut all = Vec::new();
            for agent in service.agents(scope).await?.into_iter().filter(|a| only.is_none_or(|id| id == a.id.0)).take(100) {
                let of = |field, op, value: Option<i64>| Filter::one(field, op, value.map(FilterValue::Number));
                let open = of(FilterField::Status, Operator::Equal, Some(StatusKind::Open.number()));
                let theirs = of(FilterField::Assignee, Operator::Equal, Some(agent.id.0));
                let waits = of(FilterField::Unattended, Operator::Present, None);
                let counted = service
                    .count_filtered(scope, vec![Filter::All(vec![open.clone(), theirs.clone()]), Filter::All(vec![open, theirs, waits])])
                    .await?;
                all.push(json!({
                    "id": agent.id, "name": agent.name, "email": agent.email, "thumbnail": "", "availability": "online",
                    "metric": { "open": counted.first(), "unattended": counted.get(1) },
                }));
            }
            ok(Value::Array(all))
        }
        (Verb::Get, [], _) => {
            let (since, until) = span(call)?;
            ok(service
                .rest_figures(scope, &call.text("metric").unwrap_or_else(|| "conversations_count".to_owned()), since, until)
                .await?
                .into())
        }
        (Verb::Get, ["summary"], _) => {
            let (since, until) = span(call)?;
            ok(service.rest_summary(scope, since, until).await?)
        }
        (Verb::Get, ["bot_metrics"], _) => {
            let (since, until) = span(call)?;
            ok(service.rest_bot_metrics(scope, since, until).await?)
        }
        (Verb::Get, ["bot_summary"], _) => {
            let (since, until) = span(call)?;
            ok(service.rest_bot_summary(scope, since, until).await?)
        }
        _ => Err(Problem::later("This report is")),
    }
}
